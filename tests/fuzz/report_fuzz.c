/* SPDX-License-Identifier: PostgreSQL */
/*
 * What customers and Meta wrote is text in every report: no formula for a spreadsheet, no markup
 * for a browser, no control for a terminal. The input is texts, each ended by a zero byte; the
 * report takes them in turn wherever a stranger's text may stand.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "planner/report.h"
#include "tests/fuzz/fuzz.h"

#define TEXTS_MAX 16
#define AT "2026-11-23T01:00:00Z"

struct texts {
    char *all[TEXTS_MAX];
    size_t count, next;
};

static const char *take(struct texts *texts)
{
    return texts->count > 0 ? texts->all[texts->next++ % texts->count] : "";
}

/* --- CSV -------------------------------------------------------------------------------------- */

/* RFC 4180, read anew: one record; the place after it. */
struct record {
    char *text; /* the cells' room */
    const char *cells[64];
    size_t count;
};

static const char *read_record(const char *at, struct record *record)
{
    char *out = record->text;

    for (record->count = 0;; at++) {
        BUG_UNLESS(record->count < 64);
        record->cells[record->count++] = out;
        bool is_quoted = *at == '"';
        for (at += is_quoted; is_quoted || strchr(",\r", *at) == NULL; at++) {
            BUG_UNLESS(*at != '\0' && (is_quoted || *at != '"'));
            if (is_quoted && *at == '"' && *++at != '"')
                break;
            *out++ = *at;
        }
        *out++ = '\0';
        BUG_UNLESS(*at == ',' || (at[0] == '\r' && at[1] == '\n'));
        if (*at != ',')
            return at + 2;
    }
}

/* By what a spreadsheet takes for the beginning of a formula. */
static bool begins_formula(const char *text)
{
    static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                       "\xef\xbc\xa0"};

    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (strncmp(text, wide[i], strlen(wide[i])) == 0)
            return true;
    }
    return *text != '\0' && strchr("=+-@\t\r\n", *text) != NULL;
}

static void check_cell(const char *cell)
{
    BUG_UNLESS(fuzz_is_showable(cell) && !begins_formula(cell));
    /* Where the decimal sign is a comma, a spreadsheet divides lines at semicolons. */
    for (const char *at = cell; (at = strchr(at, ';')) != NULL;) {
        at++;
        BUG_UNLESS(!begins_formula(at + strspn(at, " \"")));
    }
}

static void check_csv(const char *text, size_t numbers)
{
    struct record record = {.text = memory_take(strlen(text) + 1)};
    const char *at = read_record(text, &record);
    size_t columns = record.count, records = 0;

    BUG_UNLESS(strcmp(record.cells[0], "number") == 0);
    for (; *at != '\0'; records++) {
        at = read_record(at, &record);
        BUG_UNLESS(record.count == columns);
        /* Ours, and no formula: +33123456789. */
        BUG_UNLESS(record.cells[0][0] == '+' &&
                   strspn(record.cells[0] + 1, "0123456789") == strlen(record.cells[0] + 1));
        for (size_t i = 1; i < record.count; i++)
            check_cell(record.cells[i]);
    }
    BUG_UNLESS(records == numbers);
    free(record.text);
}

/* --- the page --------------------------------------------------------------------------------- */

static const char data_begins[] = "<script type=\"application/json\" id=\"data\">";

/* The page is this program's own but for its title and its data: the same whatever those are. */
static void check_html(const char *page, const char *plain)
{
    const char *title = strstr(page, "<title>"), *plain_title = strstr(plain, "<title>");

    BUG_UNLESS(title - page == plain_title - plain &&
               memcmp(page, plain, (size_t)(title - page)) == 0);
    title += 7;
    plain_title += 7;
    const char *at = title + strcspn(title, "<"),
               *plain_at = plain_title + strcspn(plain_title, "<");
    const char *data = strstr(at, data_begins), *plain_data = strstr(plain_at, data_begins);
    BUG_UNLESS(data - at == plain_data - plain_at &&
               memcmp(at, plain_at, (size_t)(data - at)) == 0);
    data += sizeof data_begins - 1;
    plain_data += sizeof data_begins - 1;
    const char *end = data + strcspn(data, "<>&"),
               *plain_end = plain_data + strcspn(plain_data, "<>&");
    BUG_UNLESS(strcmp(end, plain_end) == 0 && strncmp(end, "</script>", 9) == 0);
    char *block = fuzz_text((const uint8_t *)data, (size_t)(end - data));
    BUG_UNLESS(fuzz_is_jsonb(block));
    for (char *c = block; (c = strchr(c, '\n')) != NULL;)
        *c = ' '; /* between values */
    BUG_UNLESS(fuzz_is_showable(block));
    free(block);
}

/* --- terminals and programs ------------------------------------------------------------------- */

static void check_table(const char *text)
{
    char *line = memory_copy_text(text);

    BUG_UNLESS(*text == '\0' || text[strlen(text) - 1] == '\n');
    for (char *rest = line, *one; (one = strsep(&rest, "\n")) != NULL;)
        BUG_UNLESS(fuzz_is_showable(one));
    free(line);
}

static void check_json(const char *text)
{
    struct json_object *object = json_tokener_parse(text);

    BUG_UNLESS(fuzz_is_jsonb(text) && json_object_is_type(object, json_type_object));
    json_object_put(object);
}

/* --- the report ------------------------------------------------------------------------------- */

static char *write(const struct report *report, enum report_format format, bool is_story)
{
    struct fault fault = FAULT_NONE;
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);

    BUG_UNLESS(stream != NULL);
    enum status status = is_story ? report_write_number(report, format, 80, stream, &fault)
                                  : report_write(report, format, 80, stream, &fault);
    BUG_UNLESS(status == STATUS_OK && fclose(stream) == 0 && strlen(text) == bytes);
    return text;
}

static void check_report(const struct report *report, const char *const plain[2])
{
    for (int is_story = 0; is_story < 2; is_story++) {
        char *texts[] = {write(report, REPORT_TABLE, is_story),
                         write(report, REPORT_JSON, is_story),
                         write(report, REPORT_HTML, is_story)};
        check_table(texts[0]);
        check_json(texts[1]);
        if (plain != NULL)
            check_html(texts[2], plain[is_story]);
        for (size_t i = 0; i < 3; i++)
            free(texts[i]);
    }
    char *csv = write(report, REPORT_CSV, false);
    check_csv(csv, report->number_count);
    free(csv);
}

/* One number of which everything is known, and one of which little is. */
static void with_report(struct texts *texts, void (*use)(const struct report *report, void *self),
                        void *self)
{
    char *value = memory_copy_text(take(texts));
    const struct report_finding finding = {.rule = "two_step_off",
                                           .verdict = "fail",
                                           .evidence = "attested",
                                           .field = "is_pin_enabled",
                                           .value = fuzz_is_jsonb(value) && *value != '\0' ? value
                                                                                           : "true",
                                           .read_at = AT,
                                           .owner = "customer",
                                           .remedy = take(texts),
                                           .attested_by = take(texts),
                                           .is_blocking = true,
                                           .found_at = AT};
    const struct report_finding *const findings[] = {&finding};
    const struct report_error error = {.step = "register_number",
                                       .code = 133005,
                                       .title = take(texts),
                                       .details = take(texts),
                                       .fbtrace_id = take(texts),
                                       .class_name = "person",
                                       .at = AT,
                                       .owner = "customer",
                                       .remedy = take(texts)};
    const struct report_attempt attempt = {.step = "register_number",
                                           .phase = "send",
                                           .at = AT,
                                           .request = take(texts),
                                           .outcome = "failed",
                                           .note = take(texts),
                                           .http_status = 400,
                                           .ms = 12,
                                           .fbtrace_id = take(texts),
                                           .worker = take(texts),
                                           .answer = take(texts)};
    const struct report_number numbers[] = {{.number = "+33123456789",
                                             .customer = take(texts),
                                             .customer_name = take(texts),
                                             .language = take(texts),
                                             .state = "failed",
                                             .step = "register_number",
                                             .eligible = 0,
                                             .note = take(texts),
                                             .findings = findings,
                                             .finding_count = 1,
                                             .error = &error,
                                             .attempts = &attempt,
                                             .attempt_count = 1},
                                            {.number = "+33123456790",
                                             .customer = take(texts),
                                             .state = "waiting",
                                             .step = "await_signup",
                                             .eligible = -1,
                                             .waiting_for = "signup",
                                             .note = take(texts)}};
    const struct report report = {.batch = take(texts),
                                  .generated_at = AT,
                                  .title = "report",
                                  .numbers = numbers,
                                  .number_count = 2,
                                  .with_findings = true};

    use(&report, self);
    free(value);
}

static void keep_plain(const struct report *report, void *self)
{
    const char **plain = self;

    for (int is_story = 0; is_story < 2; is_story++)
        plain[is_story] = write(report, REPORT_HTML, is_story);
}

static void check(const struct report *report, void *self)
{
    check_report(report, self);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *plain[2];
    struct texts texts = {.count = 0};

    if (plain[0] == NULL)
        with_report(&texts, keep_plain, plain);
    while (size > 0 && texts.count < TEXTS_MAX)
        texts.all[texts.count++] = fuzz_next_text(&data, &size);
    with_report(&texts, check, plain);
    while (texts.count > 0)
        free(texts.all[--texts.count]);
    return 0;
}
