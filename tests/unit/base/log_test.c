/* SPDX-License-Identifier: PostgreSQL */
#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "tests/unit/base/suite.h"

#define FFFD "\xEF\xBF\xBD"

/* What the log wrote since it was opened, and in how many writes. */
struct captured {
    char text[600000];
    size_t length;
    unsigned writes;
};

static struct captured captured;
static FILE *stream;
static const struct clock real_clock;

static ssize_t capture(void *self, const char *bytes, size_t count)
{
    struct captured *into = self;

    CU_ASSERT_FATAL(into->length + count < sizeof into->text);
    memcpy(into->text + into->length, bytes, count);
    into->length += count;
    into->text[into->length] = '\0';
    into->writes++;
    return (ssize_t)count;
}

static void start_log(enum log_format format, enum log_level level, const struct clock *clock)
{
    captured.length = 0;
    captured.text[0] = '\0';
    captured.writes = 0;
    log_open(stream, format, level, clock);
}

static void empty_capture(void)
{
    start_log(LOG_FORMAT_JSON, LOG_DEBUG, &real_clock);
}

/* The line from its first ',' (JSON) or after its time (text), so that no time is compared. */
static const char *after_time(void)
{
    const char *comma = strchr(captured.text, ',');

    if (captured.text[0] == '{')
        return comma != NULL ? comma : "";
    return captured.length > 8 ? captured.text + 8 : "";
}

static void nothing_is_written_before_the_log_is_open(void)
{
    CU_ASSERT_FALSE(log_wants(LOG_ERROR));
    log_event(LOG_ERROR, "too.early", LOG_I64("n", 1));
    CU_ASSERT_EQUAL(captured.length, 0);
}

static void a_json_line_has_its_fields_in_order(void)
{
    start_log(LOG_FORMAT_JSON, LOG_INFO, &real_clock);
    log_event(LOG_WARN, "graph.retry", LOG_TEXT("number", "+4930"), LOG_I64("http_status", 500),
              LOG_TEXT("none", NULL), LOG_URL("nowhere", NULL), LOG_I64("least", INT64_MIN));
    check_text(after_time(), ",\"level\":\"warn\",\"event\":\"graph.retry\",\"number\":\"+4930\","
                             "\"http_status\":500,\"least\":-9223372036854775808}\n");
}

static void a_text_line_reads_as_in_the_manual(void)
{
    /* clang-format off */
    static const struct { enum log_level level; const char *wanted; } rows[] = {
        {LOG_ERROR, " error graph.retry  number=+4930 ms=-12\n"},
        {LOG_WARN,  " warn  graph.retry  number=+4930 ms=-12\n"},
        {LOG_INFO,  " info  graph.retry  number=+4930 ms=-12\n"},
        {LOG_DEBUG, " debug graph.retry  number=+4930 ms=-12\n"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start_log(LOG_FORMAT_TEXT, LOG_DEBUG, &real_clock);
        log_event(rows[i].level, "graph.retry", LOG_TEXT("none", NULL), LOG_TEXT("number", "+4930"),
                  LOG_I64("ms", -12));
        check_text(after_time(), rows[i].wanted);
    }
    start_log(LOG_FORMAT_TEXT, LOG_DEBUG, &real_clock);
    log_write(LOG_INFO, "run.done", NULL, 0);
    check_text(after_time(), " info  run.done\n");
}

/* True when `text` begins like `shape`, where '9' stands for any digit. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *shape != '\0'; text++, shape++)
        if (*shape == '9' ? !isdigit((unsigned char)*text) : *text != *shape)
            return false;
    return true;
}

/* The offset puts "now" in the middle of an hour of a known day. */
static void times_follow_the_shifted_clock(void)
{
    struct clock clock = {0};
    int64_t wanted_ms = 0;

    CU_ASSERT_EQUAL_FATAL(clock_parse_date("2031-05-06", &wanted_ms, NULL), STATUS_OK);
    wanted_ms += INT64_C(12) * 3600000 + 1800000;
    clock.offset_ms = wanted_ms - clock_wall_ms(&clock);

    setenv("TZ", "XYZ-5", 1);
    start_log(LOG_FORMAT_TEXT, LOG_INFO, &clock);
    log_event(LOG_INFO, "x", LOG_I64("n", 1));
    CU_ASSERT(has_shape(captured.text, "17:99:99 "));
    start_log(LOG_FORMAT_JSON, LOG_INFO, &clock);
    log_event(LOG_INFO, "x", LOG_I64("n", 1));
    CU_ASSERT(has_shape(captured.text, "{\"ts\":\"2031-05-06T12:99:99.999Z\","));
}

static void levels_below_the_wanted_one_are_silent(void)
{
    for (int wanted = LOG_ERROR; wanted <= LOG_DEBUG; wanted++) {
        for (int level = LOG_ERROR; level <= LOG_DEBUG; level++) {
            const struct log_field field = LOG_I64("n", 1);
            start_log(LOG_FORMAT_JSON, (enum log_level)wanted, &real_clock);
            CU_ASSERT_EQUAL(log_wants((enum log_level)level), level <= wanted);
            log_event((enum log_level)level, "x", LOG_I64("n", 1));
            CU_ASSERT_EQUAL(captured.length > 0, level <= wanted);
            empty_capture();
            log_open(stream, LOG_FORMAT_JSON, (enum log_level)wanted, &real_clock);
            log_write((enum log_level)level, "x", &field, 1);
            CU_ASSERT_EQUAL(captured.length > 0, level <= wanted);
        }
    }
}

static void json_escapes_any_bytes(void)
{
    /* clang-format off */
    static const struct { const char *text; const char *wanted; } rows[] = {
        {"",                          ""},
        {"Bakery Lune",               "Bakery Lune"},
        {"say \"hi\" \\o/",           "say \\\"hi\\\" \\\\o/"},
        {"\b\f\n\r\t",                "\\b\\f\\n\\r\\t"},
        {"\x01\x1B[2J\x1F\x7F",       "\\u0001\\u001b[2J\\u001f\\u007f"},
        {"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
        {"\xC2\x85\xC2\x9B",          "\\u0085\\u009b"},
        {"\xE2\x80\xA8\xE2\x80\xA9",  "\\u2028\\u2029"},
        {"\xE2\x80\xAE\xE2\x81\xA6",  "\\u202e\\u2066"},
        {"\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F\xEF\xBB\xBF", "\\u061c\\u200e\\u200f\\ufeff"},
        {"\xEF\xBF\xBF",              "\xEF\xBF\xBF"},
        {"\xF4\x8F\xBF\xBF",          "\xF4\x8F\xBF\xBF"},
        {FFFD,                        FFFD},
        {"\xFF",                      FFFD},
        {"a\x80z",                    "a" FFFD "z"},
        {"\xC3",                      FFFD},
        {"\xC3(",                     FFFD "("},
        {"\xC3\"",                    FFFD "\\\""},
        {"\xC0\xAF",                  FFFD FFFD},
        {"\xE0\x80\xAF",              FFFD FFFD FFFD},
        {"\xE2\x82",                  FFFD FFFD},
        {"\xED\xA0\x80",              FFFD FFFD FFFD},
        {"\xF0\x80\x80\x80",          FFFD FFFD FFFD FFFD},
        {"\xF4\x90\x80\x80",          FFFD FFFD FFFD FFFD},
        {"\xF5\x80\x80\x80",          FFFD FFFD FFFD FFFD},
        {"\xF0\x9F\x98\n",            FFFD FFFD FFFD "\\n"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char wanted[256];
        start_log(LOG_FORMAT_JSON, LOG_INFO, &real_clock);
        log_event(LOG_INFO, "x", LOG_TEXT("v", rows[i].text));
        snprintf(wanted, sizeof wanted, ",\"level\":\"info\",\"event\":\"x\",\"v\":\"%s\"}\n",
                 rows[i].wanted);
        check_text(after_time(), wanted);
    }
}

static bool is_utf8(char *text, size_t count)
{
    static uint32_t wide[sizeof captured.text];
    iconv_t converter = iconv_open("UCS-4", "UTF-8");
    char *out = (char *)wide;
    size_t out_bytes = sizeof wide;

    CU_ASSERT_FATAL((intptr_t)converter != -1);
    size_t outcome = iconv(converter, &text, &count, &out, &out_bytes);
    iconv_close(converter);
    return outcome != (size_t)-1 && count == 0;
}

/* One line: no control byte but the newline that ends it, valid UTF-8, every quote closed. */
static bool is_one_clean_line(void)
{
    bool is_inside = false;
    size_t length = captured.length;

    if (length == 0 || captured.text[length - 1] != '\n')
        return false;
    for (size_t i = 0; i < length - 1; i++) {
        unsigned char byte = (unsigned char)captured.text[i];
        if (byte < ' ' || byte == 0x7F)
            return false;
        if (byte == '\\' && is_inside)
            i++;
        else if (byte == '"')
            is_inside = !is_inside;
    }
    return !is_inside && is_utf8(captured.text, length);
}

static void every_sequence_of_awkward_bytes_stays_one_clean_line(void)
{
    static const unsigned char bytes[] = {
        0x01, '\n', '\r', 0x1B, ' ',  '"',  '\\', 'a',  '=',  0x7F, 0x80, 0x8F, 0x90, 0x9F,
        0xA0, 0xA8, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF};
    const size_t count = sizeof bytes;

    for (size_t i = 0; i < count * count * count; i++) {
        const char text[] = {(char)bytes[i / count / count], (char)bytes[i / count % count],
                             (char)bytes[i % count], '\0'};
        start_log(i % 2 == 0 ? LOG_FORMAT_JSON : LOG_FORMAT_TEXT, LOG_INFO, &real_clock);
        log_event(LOG_INFO, text, LOG_TEXT(text, text), LOG_URL("url", text));
        CU_ASSERT(is_one_clean_line());
    }
}

static void text_values_cannot_forge_lines_or_fields(void)
{
    /* clang-format off */
    static const struct { const char *text; const char *wanted; } rows[] = {
        {"plain",                            "plain"},
        {"a=b",                              "a=b"},
        {"",                                 "\"\""},
        {"Bakery Lune",                      "\"Bakery Lune\""},
        {"x ms=1",                           "\"x ms=1\""},
        {"x\n01:00:00 error forged",         "\"x\\n01:00:00 error forged\""},
        {"x\r\x1B[1A",                       "\"x\\r\\u001b[1A\""},
        {"\"",                               "\"\\\"\""},
        {"\\n",                              "\"\\\\n\""},
        {"\xC2\x85",                         "\\u0085"},
        {"\xFF",                             FFFD},
        {"caf\xC3\xA9",                      "caf\xC3\xA9"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char wanted[256];
        start_log(LOG_FORMAT_TEXT, LOG_INFO, &real_clock);
        log_event(LOG_INFO, "x", LOG_TEXT("v", rows[i].text), LOG_I64("n", 1));
        snprintf(wanted, sizeof wanted, " info  x  v=%s n=1\n", rows[i].wanted);
        check_text(after_time(), wanted);
    }
}

static void urls_show_listed_values_only(void)
{
    /* clang-format off */
    static const struct { const char *url; const char *wanted; } rows[] = {
        {"https://h/v23.0/123",                      "https://h/v23.0/123"},
        {"https://h/p?fields=id,name&limit=5",       "https://h/p?fields=id,name&limit=5"},
        {"https://h/p?after=QVFI==&waba_id=1",       "https://h/p?after=QVFI==&waba_id=1"},
        {"https://h/p?waba_currency=EUR&receiving_business_id=2&business=3&code_method=SMS&language=de_DE",
         "https://h/p?waba_currency=EUR&receiving_business_id=2&business=3&code_method=SMS&language=de_DE"},
        {"https://h/p?access_token=EAAmarker",       "https://h/p?access_token=<redacted>"},
        {"https://h/p?access_token=EAAmarker&limit=5", "https://h/p?access_token=<redacted>&limit=5"},
        {"https://h/p?limit=5&input_token=marker",   "https://h/p?limit=5&input_token=<redacted>"},
        {"/p?client_secret=marker",                  "/p?client_secret=<redacted>"},
        {"?code=marker",                             "?code=<redacted>"},
        /* a name must match whole and letter by letter */
        {"/p?Limit=marker&limits=marker&limi=marker", "/p?Limit=<redacted>&limits=<redacted>&limi=<redacted>"},
        {"/p?%61fter=marker&fields[]=marker",        "/p?<redacted>=<redacted>&<redacted>=<redacted>"},
        /* odd shapes */
        {"",                                         ""},
        {"/p?",                                      "/p?"},
        {"/p?&&",                                    "/p?&&"},
        {"/p?limit=5&&access_token=marker&",         "/p?limit=5&&access_token=<redacted>&"},
        {"/p?marker",                                "/p?<redacted>"},
        {"/p?limit",                                 "/p?limit"},
        {"/p?limit=",                                "/p?limit="},
        {"/p?code=",                                 "/p?code=<redacted>"},
        {"/p?=marker",                               "/p?=<redacted>"},
        {"/p?a=b=marker",                            "/p?a=<redacted>"},
        {"/p?EAAmarker-token==",                     "/p?<redacted>=<redacted>"},
        {"/p?limit=5;access_token=marker",           "/p?limit=5;access_token=<redacted>"},
        {"/p?after=/q?access_token=marker",          "/p?after=<redacted>"},
        /* fragments, where sign-in pages put tokens */
        {"https://h/p#access_token=marker",          "https://h/p#<redacted>"},
        {"https://h/p?limit=5#access_token=marker",  "https://h/p?limit=5#<redacted>"},
        {"https://h/p?code=marker#marker?limit=5",   "https://h/p?code=<redacted>#<redacted>"},
        {"https://h/p#x?limit=marker",               "https://h/p#<redacted>"},
        {"https://h/p?limit=5#",                     "https://h/p?limit=5#"},
        /* user and password */
        {"https://user:marker@h:8443/p?limit=5",     "https://<redacted>@h:8443/p?limit=5"},
        {"postgres://user:mar/ker@h/db",             "postgres://<redacted>@h/db"},
        {"user:marker@h/p",                          "<redacted>@h/p"},
        {"https://user:m@rker@h/p",                  "https://<redacted>@h/p"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char wanted[512];
        start_log(LOG_FORMAT_JSON, LOG_INFO, &real_clock);
        log_event(LOG_INFO, "x", LOG_URL("url", rows[i].url));
        snprintf(wanted, sizeof wanted, ",\"level\":\"info\",\"event\":\"x\",\"url\":\"%s\"}\n",
                 rows[i].wanted);
        check_text(after_time(), wanted);
        CU_ASSERT(strstr(captured.text, "marker") == NULL);

        start_log(LOG_FORMAT_TEXT, LOG_INFO, &real_clock);
        log_event(LOG_INFO, "x", LOG_URL("url", rows[i].url));
        snprintf(wanted, sizeof wanted, " info  x  url=%s\n",
                 rows[i].wanted[0] != '\0' ? rows[i].wanted : "\"\"");
        check_text(after_time(), wanted);
    }
}

static void a_url_too_long_to_redact_is_not_shown(void)
{
    static char url[400001];

    memset(url, 'p', sizeof url - 1);
    start_log(LOG_FORMAT_TEXT, LOG_INFO, &real_clock);
    log_event(LOG_INFO, "x", LOG_URL("url", url));
    check_text(after_time(), " info  x  url=<redacted>\n");
}

static void long_values_are_cut_between_characters(void)
{
    static const char euro[3] = {'\xE2', '\x82', '\xAC'};
    static char text[30001];
    const struct log_field fields[] = {LOG_TEXT("v", text), LOG_I64("n", 1)};

    for (size_t pad = 0; pad < 3; pad++) {
        memset(text, 'a', sizeof text - 1);
        for (size_t i = pad; i + 3 < sizeof text; i += 3)
            memcpy(text + i, euro, sizeof euro);
        start_log(LOG_FORMAT_JSON, LOG_INFO, &real_clock);
        log_write(LOG_INFO, "x", fields, 2);
        CU_ASSERT(captured.length > 4096 && captured.length < 4400);
        CU_ASSERT_PTR_NOT_NULL(strstr(captured.text, "\xE2\x82\xAC\xE2\x80\xA6\",\"n\":1}\n"));
        CU_ASSERT_PTR_NULL(strstr(captured.text, FFFD));
    }
}

static void a_line_too_long_keeps_the_fields_that_fit(void)
{
    static char text[4097];
    struct log_field fields[100];

    memset(text, '\x01', sizeof text - 1); /* six bytes each once escaped */
    for (size_t i = 0; i < 100; i++)
        fields[i] = LOG_TEXT("v", text);
    for (int format = LOG_FORMAT_TEXT; format <= LOG_FORMAT_JSON; format++) {
        start_log((enum log_format)format, LOG_INFO, &real_clock);
        log_write(LOG_INFO, "x", fields, 100);
        CU_ASSERT(captured.length > 200000 && captured.length < 300000);
        CU_ASSERT(is_one_clean_line());
        CU_ASSERT_EQUAL(captured.text[captured.length - 2], format == LOG_FORMAT_JSON ? '}' : '"');
        CU_ASSERT_EQUAL(captured.writes, 1);
    }
}

static void each_line_is_one_write(void)
{
    start_log(LOG_FORMAT_JSON, LOG_DEBUG, &real_clock);
    for (unsigned i = 1; i <= 5; i++) {
        log_event(LOG_INFO, "x", LOG_TEXT("a", "b c"), LOG_URL("u", "/p?code=1"), LOG_I64("n", i));
        CU_ASSERT_EQUAL(captured.writes, i);
    }
}

static void note_call(void *self)
{
    unsigned *calls = self;

    (*calls)++;
    CU_ASSERT_EQUAL(captured.writes, *calls - 1);
}

static void progress_steps_aside_before_each_line(void)
{
    unsigned calls = 0;

    start_log(LOG_FORMAT_TEXT, LOG_INFO, &real_clock);
    log_set_before_line(note_call, &calls);
    log_event(LOG_INFO, "x", LOG_I64("n", 1));
    log_event(LOG_DEBUG, "x", LOG_I64("n", 1));
    log_event(LOG_WARN, "x", LOG_I64("n", 1));
    CU_ASSERT_EQUAL(calls, 2);
    log_set_before_line(NULL, NULL);
    log_event(LOG_WARN, "x", LOG_I64("n", 1));
    CU_ASSERT_EQUAL(calls, 2);
    CU_ASSERT_EQUAL(captured.writes, 3);
}

static void logging_leaves_errno_alone(void)
{
    FILE *full = fopen("/dev/full", "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(full);
    log_open(full, LOG_FORMAT_TEXT, LOG_INFO, &real_clock);
    errno = EDOM;
    log_event(LOG_INFO, "x", LOG_I64("n", 1));
    CU_ASSERT_EQUAL(errno, EDOM);
    empty_capture();
    fclose(full);
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"nothing is written before the log is open", nothing_is_written_before_the_log_is_open},
        {"a JSON line has its fields in order", a_json_line_has_its_fields_in_order},
        {"a text line reads as in the manual", a_text_line_reads_as_in_the_manual},
        {"times follow the shifted clock", times_follow_the_shifted_clock},
        {"levels below the wanted one are silent", levels_below_the_wanted_one_are_silent},
        {"JSON escapes any bytes", json_escapes_any_bytes},
        {"every sequence of awkward bytes stays one clean line", every_sequence_of_awkward_bytes_stays_one_clean_line},
        {"text values cannot forge lines or fields", text_values_cannot_forge_lines_or_fields},
        {"URLs show listed values only", urls_show_listed_values_only},
        {"a URL too long to redact is not shown", a_url_too_long_to_redact_is_not_shown},
        {"long values are cut between characters", long_values_are_cut_between_characters},
        {"a line too long keeps the fields that fit", a_line_too_long_keeps_the_fields_that_fit},
        {"each line is one write", each_line_is_one_write},
        {"progress steps aside before each line", progress_steps_aside_before_each_line},
        {"logging leaves errno alone", logging_leaves_errno_alone},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */

    stream = fopencookie(&captured, "w", (cookie_io_functions_t){.write = capture});
    if (stream == NULL)
        return 1;
    setvbuf(stream, NULL, _IONBF, 0); /* as standard error is */
    int status = run_suite("log", tests);
    fclose(stream);
    return status;
}
