/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_html_data -- the page's data, as small as it goes: a book may have 100,000 numbers.
 *
 * What numbers share is said once and named by its place, counted from 1; 0 is none. `texts` are
 * strings; `kinds` are what stands in a number's way, without its time:
 *   [0, rule, verdict, evidence, field, value, owner, remedy, attested by, 1 act | 2 fixable]
 *   [1, what it waits for, owner, remedy]
 *   [2, step, code, subcode, title, details, class, owner, remedy]
 * `customers` are [key, name, language, numbers], a number is
 *   [number, state, eligible (1, 0, -1), [kind, time, ...], change, step, waiting for, not before,
 *    note, fbtrace_id]
 * with the zeros at its end left out. One number's `story` has its findings, old ones too, as
 * [kind, time, since when, 1 no more], and its attempts as
 * [at, step, phase, request, http_status, outcome, ms, fbtrace_id, note, worker, answer, taken_at,
 * taken_why, late_at]. `templates` has its counts as [result, templates], its downtime as [numbers,
 * median, worst, open] in seconds, its advices as [need, why, owner, remedy], and by customer
 * [key, why unread, [[name, language, category, advice from 0, detail], ...]]. Both
 * dictionaries are known when all numbers are written, so they come last.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "planner/language.h"
#include "planner/report_page.h"
#include "planner/report_templates.h"
#include "planner/report_text.h"

/* ---- a dictionary: each text once, by its place ---- */

struct pool {
    struct arena *arena;
    const char **entries;
    size_t count, capacity;
    uint32_t *slots; /* places; 0: free */
    size_t slot_count;
};

static uint64_t hash_of(const char *text)
{
    uint64_t hash = hash_text(text);

    return hash ^ hash >> 32;
}

static size_t slot_of(const struct pool *pool, const char *text)
{
    size_t slot = hash_of(text) & (pool->slot_count - 1);

    while (pool->slots[slot] && strcmp(pool->entries[pool->slots[slot] - 1], text) != 0)
        slot = (slot + 1) & (pool->slot_count - 1);
    return slot;
}

/* At most half full, so that a search is short. */
static void pool_grow(struct pool *pool)
{
    pool->capacity = pool->capacity ? 2 * pool->capacity : 256;
    pool->entries = memory_resize(pool->entries, pool->capacity * sizeof pool->entries[0]);
    pool->slot_count = 2 * pool->capacity;
    free(pool->slots);
    pool->slots = memory_take(pool->slot_count * sizeof pool->slots[0]);
    memset(pool->slots, 0, pool->slot_count * sizeof pool->slots[0]);
    for (size_t i = 0; i < pool->count; i++)
        pool->slots[slot_of(pool, pool->entries[i])] = (uint32_t)(i + 1);
}

static size_t pool_place(struct pool *pool, const char *text)
{
    if (pool->count == pool->capacity)
        pool_grow(pool);
    size_t slot = slot_of(pool, text);
    if (!pool->slots[slot]) {
        pool->entries[pool->count++] = arena_copy_text(pool->arena, text);
        pool->slots[slot] = (uint32_t)pool->count;
    }
    return pool->slots[slot];
}

static void pool_finish(struct pool *pool)
{
    free(pool->entries);
    free(pool->slots);
}

/* ---- the pen ---- */

struct rule_count {
    const char *rule;
    size_t verdicts[4]; /* pass, warn, unknown, fail */
};
#define RULES_MAX 64

struct page_pen {
    FILE *stream;
    struct pool texts; /* as JSON, quotes and all */
    struct pool kinds;
    /* texts of ours, by their place in `texts`: what languages translate */
    const char **ours;
    size_t ours_capacity;
    struct buffer text, kind, number; /* being made */
    struct rule_count rules[RULES_MAX];
    size_t rule_count;
};

static void add(struct buffer *buffer, const char *bytes, size_t count)
{
    BUG_UNLESS(buffer_append(buffer, bytes, count) == STATUS_OK);
}

/* Plain ASCII for everything that HTML or JavaScript could take for more than a letter. */
static void add_json_text(struct buffer *buffer, const char *text)
{
    char *harmless = report_text_take_harmless(text);
    char encoded[8];
    uint32_t code_point;
    size_t bytes;

    add(buffer, "\"", 1);
    for (const char *at = harmless; (bytes = report_text_decode(at, &code_point)) > 0;
         at += bytes) {
        if (code_point < 0x20 || code_point == '"' || code_point == '\\' || code_point == '<' ||
            code_point == '>' || code_point == '&' || code_point == 0x2028 || code_point == 0x2029)
            add(buffer, encoded,
                (size_t)snprintf(encoded, sizeof encoded, "\\u%04" PRIx32, code_point));
        else
            add(buffer, at, bytes);
    }
    add(buffer, "\"", 1);
    free(harmless);
}

static void write_json_text(struct page_pen *pen, const char *text)
{
    buffer_clear(&pen->text);
    add_json_text(&pen->text, text ? text : "");
    (void)fputs(buffer_text(&pen->text), pen->stream);
}

static size_t text_place(struct page_pen *pen, const char *text)
{
    if (!text)
        return 0;
    buffer_clear(&pen->text);
    add_json_text(&pen->text, text);
    return pool_place(&pen->texts, buffer_text(&pen->text));
}

static size_t our_text_place(struct page_pen *pen, const char *text)
{
    size_t place = text_place(pen, text);

    if (place >= pen->ours_capacity) {
        size_t capacity = 2 * place + 64;
        pen->ours = memory_resize(pen->ours, capacity * sizeof pen->ours[0]);
        for (size_t i = pen->ours_capacity; i < capacity; i++)
            pen->ours[i] = NULL;
        pen->ours_capacity = capacity;
    }
    pen->ours[place] = text;
    return place;
}

/* ---- what stands in a number's way ---- */

static size_t kind_place(struct page_pen *pen, const int64_t *fields, size_t count)
{
    char figure[24];

    buffer_clear(&pen->kind);
    for (size_t i = 0; i < count; i++)
        add(&pen->kind, figure,
            (size_t)snprintf(figure, sizeof figure, "%c%" PRId64, i > 0 ? ',' : '[', fields[i]));
    add(&pen->kind, "]", 1);
    return pool_place(&pen->kinds, buffer_text(&pen->kind));
}

static int64_t word_index(const char *word, const char *const words[], size_t count)
{
    size_t i = 0;

    while (i < count && (!word || strcmp(word, words[i]) != 0))
        i++;
    return (int64_t)i;
}

/* A verdict nobody knows is not known. */
static size_t verdict_index(const char *verdict)
{
    static const char *const verdicts[] = {"pass", "warn", "unknown", "fail"};
    int64_t index = word_index(verdict, verdicts, 4);

    return index < 4 ? (size_t)index : 2;
}

static size_t finding_place(struct page_pen *pen, const struct report_finding *finding, bool is_act)
{
    static const char *const evidences[] = {"api", "attested", "none"};

    return kind_place(
        pen,
        (int64_t[]){
            0, (int64_t)text_place(pen, finding->rule), (int64_t)verdict_index(finding->verdict),
            word_index(finding->evidence, evidences, 2), (int64_t)text_place(pen, finding->field),
            (int64_t)text_place(pen, finding->value), (int64_t)text_place(pen, finding->owner),
            (int64_t)our_text_place(pen, finding->remedy),
            (int64_t)text_place(pen, finding->attested_by),
            (is_act ? 1 : 0) | (finding->is_fixable ? 2 : 0)},
        10);
}

static size_t error_place(struct page_pen *pen, const struct report_act *act)
{
    const struct report_error *error = act->error;

    return kind_place(pen,
                      (int64_t[]){2, (int64_t)text_place(pen, error->step), error->code,
                                  error->subcode, (int64_t)text_place(pen, error->title),
                                  (int64_t)text_place(pen, error->details),
                                  (int64_t)text_place(pen, error->class_name),
                                  (int64_t)text_place(pen, act->owner),
                                  (int64_t)our_text_place(pen, act->remedy)},
                      9);
}

static size_t wait_place(struct page_pen *pen, const struct report_act *act)
{
    return kind_place(pen,
                      (int64_t[]){1, (int64_t)text_place(pen, act->waiting_for),
                                  (int64_t)text_place(pen, act->owner),
                                  (int64_t)our_text_place(pen, act->remedy)},
                      4);
}

/* ---- a number ---- */

static void add_figure(struct buffer *buffer, char before, int64_t value)
{
    char figure[24];

    add(buffer, figure, (size_t)snprintf(figure, sizeof figure, "%c%" PRId64, before, value));
}

static void add_thing(struct page_pen *pen, size_t *count, size_t kind, const char *at)
{
    add_figure(&pen->number, (*count)++ > 0 ? ',' : '[', (int64_t)kind);
    add_figure(&pen->number, ',', (int64_t)text_place(pen, at));
}

static bool is_among(const struct report_finding *finding, const struct report_act *acts,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (acts[i].finding == finding)
            return true;
    }
    return false;
}

/* What must be done comes first, then what else was found; "0" when there is nothing. */
static void add_things(struct page_pen *pen, const struct report_number *number)
{
    struct report_act acts[REPORT_ACTS_MAX];
    size_t act_count = report_acts(number, acts);
    size_t count = 0;

    for (size_t i = 0; i < act_count; i++) {
        if (acts[i].finding)
            add_thing(pen, &count, finding_place(pen, acts[i].finding, acts[i].is_blocking),
                      acts[i].finding->read_at);
        else if (acts[i].error)
            add_thing(pen, &count, error_place(pen, &acts[i]), acts[i].error->at);
        else
            add_thing(pen, &count, wait_place(pen, &acts[i]), NULL);
    }
    for (size_t i = 0; i < number->finding_count && !report_is_over(number); i++) {
        const struct report_finding *finding = number->findings[i];
        if (!finding->is_past && verdict_index(finding->verdict) != 0 &&
            !is_among(finding, acts, act_count))
            add_thing(pen, &count, finding_place(pen, finding, false), finding->read_at);
    }
    if (count > 0)
        add(&pen->number, "]", 1);
    else
        add(&pen->number, "0", 1);
}

static struct rule_count *count_of_rule(struct page_pen *pen, const char *rule)
{
    size_t i = 0;

    while (i < pen->rule_count && strcmp(pen->rules[i].rule, rule) != 0)
        i++;
    if (i == RULES_MAX)
        return NULL;
    if (i == pen->rule_count)
        pen->rules[pen->rule_count++].rule = rule;
    return &pen->rules[i];
}

static void count_verdicts(struct page_pen *pen, const struct report_number *number)
{
    for (size_t i = 0; i < number->finding_count; i++) {
        const struct report_finding *finding = number->findings[i];
        struct rule_count *count = finding->is_past ? NULL : count_of_rule(pen, finding->rule);
        if (count)
            count->verdicts[verdict_index(finding->verdict)]++;
    }
}

static void write_number(struct page_pen *pen, const struct report_number *number)
{
    struct buffer *buffer = &pen->number;
    const struct report_error *error = report_is_over(number) ? NULL : number->error;

    buffer_clear(buffer);
    add(buffer, "[", 1);
    add_json_text(buffer, number->number ? number->number : "");
    add_figure(buffer, ',', (int64_t)report_state_index(number->state));
    add_figure(buffer, ',', number->eligible);
    add(buffer, ",", 1);
    add_things(pen, number);
    const int64_t rest[] = {
        number->change,
        (int64_t)(report_is_over(number) ? 0 : text_place(pen, number->step)),
        (int64_t)text_place(pen, number->waiting_for),
        (int64_t)text_place(pen, number->not_before),
        (int64_t)our_text_place(pen, number->note),
        (int64_t)text_place(pen, error ? error->fbtrace_id : NULL),
    };
    size_t kept = sizeof rest / sizeof rest[0];
    while (kept > 0 && rest[kept - 1] == 0)
        kept--;
    for (size_t i = 0; i < kept; i++)
        add_figure(buffer, ',', rest[i]);
    add(buffer, "]", 1);
    (void)fwrite(buffer->data, 1, buffer->length, pen->stream);
    if (!report_is_over(number))
        count_verdicts(pen, number);
}

static bool is_same_customer(const struct report_number *left, const struct report_number *right)
{
    return strcmp(left->customer ? left->customer : "", right->customer ? right->customer : "") ==
           0;
}

static void write_customers(struct page_pen *pen, const struct report *report)
{
    (void)fputs(",\n\"customers\":[", pen->stream);
    for (size_t i = 0; i < report->number_count; i++) {
        const struct report_number *number = &report->numbers[i];
        if (i > 0 && is_same_customer(number, number - 1)) {
            (void)fputs(",", pen->stream);
        } else {
            (void)fputs(i > 0 ? "]],\n[" : "\n[", pen->stream);
            write_json_text(pen, number->customer);
            (void)fputs(",", pen->stream);
            write_json_text(pen, number->customer_name);
            (void)fprintf(pen->stream, ",%zu,[", text_place(pen, number->language));
        }
        write_number(pen, number);
    }
    (void)fputs(report->number_count ? "]]]" : "]", pen->stream);
}

/* ---- the rest ---- */

static void write_rules(struct page_pen *pen)
{
    (void)fputs(",\n\"rules\":[", pen->stream);
    for (size_t i = 0; i < pen->rule_count; i++) {
        const struct rule_count *rule = &pen->rules[i];
        (void)fprintf(pen->stream, "%s[%zu,%zu,%zu,%zu,%zu]", i > 0 ? "," : "",
                      text_place(pen, rule->rule), rule->verdicts[0], rule->verdicts[1],
                      rule->verdicts[2], rule->verdicts[3]);
    }
    (void)fputs("]", pen->stream);
}

static void write_looks(struct page_pen *pen, const struct report *report)
{
    (void)fputs(",\n\"looks\":[", pen->stream);
    for (size_t i = 0; i < report->look_count; i++) {
        const struct report_look *look = &report->looks[i];
        (void)fputs(i > 0 ? ",\n[" : "\n[", pen->stream);
        write_json_text(pen, look->at);
        (void)fputs(",", pen->stream);
        write_json_text(pen, look->command);
        (void)fprintf(pen->stream,
                      ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "]",
                      look->numbers, look->eligible, look->not_eligible, look->done, look->failed,
                      look->calls);
    }
    (void)fputs("]", pen->stream);
}

static void write_forecast(struct page_pen *pen, const struct report *report)
{
    const struct forecast *forecast = &report->forecast;

    if (!report->has_forecast)
        return;
    (void)fprintf(pen->stream,
                  ",\n\"forecast\":{\"calls\":%" PRId64 ",\"registrations\":%" PRId64
                  ",\"seconds\":%" PRId64 ",\"nights\":%" PRId64
                  ",\"bottleneck\":%zu,\"budgets\":[",
                  forecast->calls, forecast->registrations, forecast->seconds, forecast->nights,
                  text_place(pen, forecast->bottleneck));
    for (size_t i = 0; i < forecast->budget_count; i++) {
        const struct forecast_budget *budget = &forecast->budgets[i];
        (void)fprintf(
            pen->stream, "%s[%zu,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "]",
            i > 0 ? "," : "", text_place(pen, budget->name), budget->calls, budget->busiest_calls,
            budget->limit, budget->window_ms, forecast->budget_seconds[i]);
    }
    (void)fputs("]}", pen->stream);
}

static bool has_story(const struct report *report)
{
    const struct report_number *number = report->numbers;
    bool has_times = false;

    if (report->number_count != 1)
        return false;
    for (size_t i = 0; i < number->finding_count; i++)
        has_times |= number->findings[i]->found_at != NULL;
    return has_times || number->attempt_count > 0;
}

/* Past findings have no act left, and what blocks is said with the number itself. */
static void write_story(struct page_pen *pen, const struct report *report)
{
    const struct report_number *number = report->numbers;

    if (!has_story(report))
        return;
    (void)fputs(",\n\"story\":{\"findings\":[", pen->stream);
    for (size_t i = 0; i < number->finding_count; i++) {
        const struct report_finding *finding = number->findings[i];
        (void)fprintf(pen->stream, "%s[%zu,%zu,%zu,%d]", i > 0 ? ",\n" : "\n",
                      finding_place(pen, finding, false), text_place(pen, finding->read_at),
                      text_place(pen, finding->found_at), finding->is_past);
    }
    (void)fputs("],\n\"attempts\":[", pen->stream);
    for (size_t i = 0; i < number->attempt_count; i++) {
        const struct report_attempt *attempt = &number->attempts[i];
        (void)fprintf(pen->stream,
                      "%s[%zu,%zu,%zu,%zu,%" PRId64 ",%zu,%" PRId64 ",%zu,%zu,%zu,%zu,%zu,%zu,%zu]",
                      i > 0 ? ",\n" : "\n", text_place(pen, attempt->at),
                      text_place(pen, attempt->step), text_place(pen, attempt->phase),
                      text_place(pen, attempt->request), attempt->http_status,
                      text_place(pen, attempt->outcome), attempt->ms,
                      text_place(pen, attempt->fbtrace_id), our_text_place(pen, attempt->note),
                      text_place(pen, attempt->worker), text_place(pen, attempt->answer),
                      text_place(pen, attempt->taken_at), our_text_place(pen, attempt->taken_why),
                      text_place(pen, attempt->late_at));
    }
    (void)fputs("]}", pen->stream);
}

static void write_template_counts(struct page_pen *pen, const struct template_counts *counts)
{
    const char *separator = "";

    (void)fputs("\"counts\":[", pen->stream);
    for (size_t i = TEMPLATE_RESULTS; i-- > 0;) {
        if (counts->by_result[i] == 0)
            continue;
        (void)fprintf(pen->stream, "%s[\"%s\",%zu]", separator, template_result_at(i),
                      counts->by_result[i]);
        separator = ",";
    }
    (void)fputs("]", pen->stream);
}

static void write_advices(struct page_pen *pen)
{
    (void)fputs(",\n\"advices\":[", pen->stream);
    for (size_t i = 0; template_advice_at(i); i++) {
        const struct template_advice *advice = template_advice_at(i);
        (void)fprintf(pen->stream, "%s[%d,%zu,%zu,%zu]", i > 0 ? "," : "", (int)advice->need,
                      our_text_place(pen, advice->why), text_place(pen, advice->owner),
                      advice->remedy ? our_text_place(pen, advice->remedy) : 0);
    }
    (void)fputs("]", pen->stream);
}

static void write_template(struct page_pen *pen, const struct template_row *row)
{
    char detail[TEMPLATE_DETAIL_BYTES];

    template_detail(row, detail);
    (void)fputs("[", pen->stream);
    write_json_text(pen, row->name);
    (void)fprintf(pen->stream, ",%zu,%zu,%zu,", text_place(pen, row->language),
                  text_place(pen, template_category(row)),
                  (size_t)(template_advise(row) - template_advice_at(0)));
    write_json_text(pen, detail);
    (void)fputs("]", pen->stream);
}

static bool write_template_list(struct page_pen *pen, const struct template_customer *customer,
                                const char *separator)
{
    size_t count;
    const struct template_row **rows = template_list(customer, &count);
    bool has_any = count > 0 || customer->unread;

    if (has_any) {
        (void)fprintf(pen->stream, "%s[", separator);
        write_json_text(pen, customer->customer);
        (void)fprintf(pen->stream, ",%zu,[", text_place(pen, customer->unread));
    }
    for (size_t i = 0; i < count; i++) {
        (void)fputs(i > 0 ? ",\n" : "\n", pen->stream);
        write_template(pen, rows[i]);
    }
    if (has_any)
        (void)fputs("]]", pen->stream);
    free(rows);
    return has_any;
}

static void write_templates(struct page_pen *pen, const struct report *report)
{
    const struct report_templates *templates = report->templates;
    const char *separator = "\n";

    if (!templates)
        return;
    struct template_downtimes sum = report_downtimes(report);
    (void)fputs(",\n\"templates\":{", pen->stream);
    write_template_counts(pen, &templates->counts);
    (void)fprintf(pen->stream, ",\"downtime\":[%zu,%" PRId64 ",%" PRId64 ",%zu]", sum.numbers,
                  sum.median, sum.worst, sum.open);
    write_advices(pen);
    (void)fputs(",\n\"customers\":[", pen->stream);
    for (size_t i = 0; i < templates->customer_count; i++) {
        if (write_template_list(pen, &templates->customers[i], separator))
            separator = ",\n";
    }
    (void)fputs("]}", pen->stream);
}

static void write_entries(struct page_pen *pen, const char *name, const struct pool *pool)
{
    (void)fprintf(pen->stream, ",\n\"%s\":[", name);
    for (size_t i = 0; i < pool->count; i++)
        (void)fprintf(pen->stream, "%s%s", i > 0 ? ",\n" : "\n", pool->entries[i]);
    (void)fputs("]", pen->stream);
}

static void write_language(struct page_pen *pen, const struct language *language)
{
    const char *separator = "";

    (void)fputs("{\"code\":", pen->stream);
    write_json_text(pen, language->code);
    (void)fputs(",\"name\":", pen->stream);
    write_json_text(pen, language->name);
    (void)fputs(",\"strings\":{", pen->stream);
    for (size_t i = 0; REPORT_PAGE_STRINGS[i]; i++) {
        const char *english = REPORT_PAGE_STRINGS[i];
        const char *text = language_text(language, english);
        if (text == english)
            continue;
        (void)fputs(separator, pen->stream);
        write_json_text(pen, english);
        (void)fputs(":", pen->stream);
        write_json_text(pen, text);
        separator = ",\n";
    }
    (void)fputs("},\n\"texts\":{", pen->stream);
    separator = "";
    for (size_t i = 1; i < pen->ours_capacity; i++) {
        const char *text = language_text(language, pen->ours[i]);
        if (text == pen->ours[i])
            continue;
        (void)fprintf(pen->stream, "%s\"%zu\":", separator, i);
        write_json_text(pen, text);
        separator = ",\n";
    }
    (void)fputs("}}", pen->stream);
}

/* All but English, which stands in the script and in the texts. */
static void write_languages(struct page_pen *pen)
{
    (void)fputs(",\n\"languages\":[", pen->stream);
    for (size_t i = 1; i < LANGUAGE_COUNT; i++) {
        (void)fputs(i > 1 ? ",\n" : "\n", pen->stream);
        write_language(pen, LANGUAGES[i]);
    }
    (void)fputs("]", pen->stream);
}

static void write_head(struct page_pen *pen, const struct report *report)
{
    const struct {
        const char *key, *text;
    } texts[] = {
        {"version", WABAMIGRATE_VERSION},
        {"batch", report->batch},
        {"at", report->generated_at},
        {"title", report->title},
        {"language", report->language ? report->language->code : "en"},
        {"since", report->since},
    };

    (void)fputs("{\"states\":[", pen->stream);
    for (size_t i = 0; i < REPORT_STATES; i++)
        (void)fprintf(pen->stream, "%s\"%s\"", i > 0 ? "," : "", report_states[i]);
    (void)fputs("]", pen->stream);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        (void)fprintf(pen->stream, ",\"%s\":", texts[i].key);
        write_json_text(pen, texts[i].text);
    }
    (void)fprintf(pen->stream, ",\"offline\":%s,\"gone\":%" PRId64 ",\"calls\":%" PRId64,
                  report->is_offline ? "true" : "false", report->gone, report->calls_made);
}

void report_page_data_write(const struct report *report, FILE *stream)
{
    struct arena *arena = arena_create();
    struct page_pen pen = {.stream = stream, .texts = {.arena = arena}, .kinds = {.arena = arena}};

    /* Names and messages are as long as their writers made them; memory is their only ceiling. */
    buffer_init(&pen.text, SIZE_MAX / 4);
    buffer_init(&pen.kind, SIZE_MAX / 4);
    buffer_init(&pen.number, SIZE_MAX / 4);
    write_head(&pen, report);
    write_customers(&pen, report);
    write_rules(&pen);
    write_looks(&pen, report);
    write_forecast(&pen, report);
    write_story(&pen, report);
    write_templates(&pen, report);
    write_entries(&pen, "kinds", &pen.kinds);
    write_languages(&pen);
    write_entries(&pen, "texts", &pen.texts);
    (void)fputs("}", stream);

    buffer_finish(&pen.text);
    buffer_finish(&pen.kind);
    buffer_finish(&pen.number);
    pool_finish(&pen.texts);
    pool_finish(&pen.kinds);
    free(pen.ours);
    arena_destroy(arena);
}
