/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report_templates.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "planner/csv.h"
#include "planner/report_parts.h"
#include "planner/report_table.h"

/* So many names stand in a list for people; all of them are in the JSON and in the CSV. */
#define NAMES_SHOWN 40

static const char *word_of_need(enum template_need need)
{
    static const char *const words[] = {
        [TEMPLATE_FINE] = "none",         [TEMPLATE_WAITS] = "waits",
        [TEMPLATE_OPTIONAL] = "optional", [TEMPLATE_PARTNER] = "required",
        [TEMPLATE_CUSTOMER] = "required",
    };

    return words[need];
}

struct template_downtimes report_downtimes(const struct report *report)
{
    struct template_downtime *all = memory_take((report->number_count + 1) * sizeof *all);

    for (size_t i = 0; i < report->number_count; i++)
        all[i] = report->numbers[i].template_downtime;
    struct template_downtimes sum = template_downtimes_sum(all, report->number_count);
    free(all);
    return sum;
}

/* ---- for people ---- */

/* "category changed" */
static void write_result(struct report_pen *pen, const char *count, const char *result,
                         const char *comma)
{
    char words[32];

    (void)snprintf(words, sizeof words, "%s", result ? result : "not known");
    for (char *at = strchr(words, '_'); at; at = strchr(at, '_'))
        *at = ' ';
    report_pen_printf(pen, 2, "%s %s%s", count, words, comma);
}

static void write_counts(struct report_pen *pen, const struct template_counts *counts)
{
    char count[REPORT_TABLE_COUNT_BYTES];
    size_t left = counts->templates;

    report_table_count_text((int64_t)counts->templates, count);
    report_pen_printf(pen, 2, "Templates: %s on the old account%s", count, left > 0 ? ":" : "");
    /* What is well first: it is nearly all. */
    for (size_t i = TEMPLATE_RESULTS + 1; i-- > 0;) {
        if (counts->by_result[i] == 0)
            continue;
        left -= counts->by_result[i];
        report_table_count_text((int64_t)counts->by_result[i], count);
        write_result(pen, count, template_result_at(i), left > 0 ? "," : "");
    }
    report_pen_end(pen);
}

static void write_downtime(struct report_pen *pen, const struct template_downtimes *sum)
{
    char median[CLOCK_TEXT_BYTES], worst[CLOCK_TEXT_BYTES], count[REPORT_TABLE_COUNT_BYTES];

    if (sum->numbers == 0)
        return;
    clock_format_duration(sum->median * 1000, median);
    clock_format_duration(sum->worst * 1000, worst);
    report_table_count_text((int64_t)sum->numbers, count);
    if (sum->numbers == 1)
        report_pen_printf(pen, 2, "Template downtime: %s", worst);
    else
        report_pen_printf(pen, 2, "Template downtime: median %s, worst %s, of %s numbers", median,
                          worst, count);
    if (sum->open > 0) {
        report_table_count_text((int64_t)sum->open, count);
        report_pen_printf(pen, 2, "(%s still without a template that is on its way)", count);
    }
    report_pen_end(pen);
}

void report_templates_lines(struct report_pen *pen, const struct report *report)
{
    struct template_downtimes sum;

    if (!report->templates || report->templates->counts.templates == 0)
        return;
    sum = report_downtimes(report);
    report_pen_end(pen);
    write_counts(pen, &report->templates->counts);
    write_downtime(pen, &sum);
}

static void write_name(struct report_pen *pen, const struct template_row *row)
{
    char detail[TEMPLATE_DETAIL_BYTES];
    const char *category = template_category(row);

    template_detail(row, detail);
    report_pen_indent(pen, 6);
    report_pen_words(pen, 8, row->name);
    report_pen_printf(pen, 8, "(%.40s%s%.40s)%s", row->language, category ? ", " : "",
                      category ? category : "", *detail ? ":" : "");
    report_pen_words(pen, 8, *detail ? detail : NULL);
    report_pen_end(pen);
}

/* Those that have the same to be done. Returns how many they are. */
static size_t write_group(struct report_pen *pen, const struct template_row *const *rows,
                          size_t count)
{
    const struct template_advice *advice = template_advise(rows[0]);
    size_t same = 0;

    while (same < count && template_advise(rows[same]) == advice)
        same++;
    report_pen_indent(pen, 2);
    report_pen_printf(pen, 4, "%s.", advice->why);
    if (advice->owner)
        report_pen_printf(pen, 4, "%s%s:", advice->owner,
                          advice->need == TEMPLATE_OPTIONAL ? " (optional)" : "");
    report_pen_words(pen, 4, advice->remedy);
    report_pen_end(pen);
    for (size_t i = 0; i < same && i < NAMES_SHOWN; i++)
        write_name(pen, rows[i]);
    if (same > NAMES_SHOWN) {
        report_pen_indent(pen, 6);
        report_pen_printf(pen, 8, "and %zu more (the json and the csv have them all)",
                          same - NAMES_SHOWN);
        report_pen_end(pen);
    }
    return same;
}

static void write_heading(struct report_pen *pen, const struct template_customer *customer,
                          size_t count)
{
    report_pen_end(pen);
    report_pen_words(pen, 2, customer->customer ? customer->customer : "Templates");
    if (customer->customer_name && *customer->customer_name) {
        report_pen_words(pen, 2, "—");
        report_pen_words(pen, 2, customer->customer_name);
    }
    if (customer->unread)
        report_pen_words(pen, 2, "— the templates of the old account are not known:");
    else
        report_pen_printf(pen, 2, "— %zu template%s to look after", count,
                          report_table_plural((int64_t)count));
    report_pen_words(pen, 2, customer->unread);
    report_pen_end(pen);
}

static void write_list(struct report_pen *pen, const struct template_customer *customer)
{
    size_t count, at = 0;
    const struct template_row **rows = template_list(customer, &count);

    if (count > 0 || customer->unread)
        write_heading(pen, customer, count);
    while (at < count)
        at += write_group(pen, rows + at, count - at);
    free(rows);
}

void report_templates_lists(struct report_pen *pen, const struct report_templates *templates)
{
    for (size_t i = 0; templates && i < templates->customer_count; i++)
        write_list(pen, &templates->customers[i]);
}

/* ---- for programs ---- */

static void add_text(struct json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, text ? json_object_new_string(text) : NULL);
}

static void add_integer(struct json_object *object, const char *key, int64_t value)
{
    json_object_object_add(object, key, json_object_new_int64(value));
}

static struct json_object *by_result(const struct template_counts *counts)
{
    struct json_object *object = json_object_new_object();

    for (size_t i = 0; i <= TEMPLATE_RESULTS; i++) {
        const char *result = template_result_at(i);
        if (counts->by_result[i] > 0)
            add_integer(object, result ? result : "unknown", (int64_t)counts->by_result[i]);
    }
    return object;
}

static struct json_object *downtime_of(const struct report *report)
{
    struct json_object *object = json_object_new_object();
    struct template_downtimes sum = report_downtimes(report);

    json_object_object_add(object, "median",
                           sum.numbers ? json_object_new_int64(sum.median) : NULL);
    json_object_object_add(object, "worst", sum.numbers ? json_object_new_int64(sum.worst) : NULL);
    add_integer(object, "numbers", (int64_t)sum.numbers);
    add_integer(object, "open", (int64_t)sum.open);
    return object;
}

static struct json_object *counts_object(const struct template_counts *counts)
{
    struct json_object *object = json_object_new_object();

    add_integer(object, "templates", (int64_t)counts->templates);
    json_object_object_add(object, "by_result", by_result(counts));
    add_integer(object, "waiting", (int64_t)counts->by_need[TEMPLATE_WAITS]);
    add_integer(object, "for_partner", (int64_t)counts->by_need[TEMPLATE_PARTNER]);
    add_integer(object, "for_customer", (int64_t)counts->by_need[TEMPLATE_CUSTOMER]);
    return object;
}

struct json_object *report_templates_summary(const struct report *report)
{
    struct json_object *object = counts_object(&report->templates->counts);

    json_object_object_add(object, "downtime_seconds", downtime_of(report));
    return object;
}

static struct json_object *side(const char *status, const char *category, const char *quality)
{
    struct json_object *object = json_object_new_object();

    if (!status)
        return (void)json_object_put(object), NULL;
    add_text(object, "status", status);
    add_text(object, "category", category);
    add_text(object, "quality", quality);
    return object;
}

static struct json_object *to_do(const struct template_row *row)
{
    const struct template_advice *advice = template_advise(row);
    struct json_object *object;

    if (advice->need < TEMPLATE_OPTIONAL)
        return NULL;
    object = json_object_new_object();
    add_text(object, "owner", advice->owner);
    json_object_object_add(object, "required",
                           json_object_new_boolean(advice->need > TEMPLATE_OPTIONAL));
    add_text(object, "remedy", advice->remedy);
    return object;
}

static struct json_object *template_object(const struct template_row *row)
{
    struct json_object *object = json_object_new_object();
    struct json_object *destination =
        side(row->destination_status, row->destination_category, row->destination_quality);

    if (destination)
        add_text(destination, "rejected_reason", row->destination_rejected_reason);
    add_text(object, "name", row->name);
    add_text(object, "language", row->language);
    add_text(object, "category", template_category(row));
    add_text(object, "result", row->result);
    add_text(object, "reason", row->reason);
    add_text(object, "reason_text", row->reason_text);
    add_text(object, "why", template_advise(row)->why);
    add_text(object, "qualifies", row->qualifies);
    json_object_object_add(object, "usable", json_object_new_boolean(row->is_usable));
    add_text(object, "usable_at", row->usable_at);
    json_object_object_add(object, "source",
                           side(row->source_status, row->source_category, row->source_quality));
    json_object_object_add(object, "destination", destination);
    json_object_object_add(object, "to_do", to_do(row));
    return object;
}

static void write_object(struct json_object *object, FILE *stream)
{
    (void)fputs(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                           JSON_C_TO_STRING_NOSLASHESCAPE),
                stream);
    (void)json_object_put(object);
}

/* The list stands last in its customer's object, streamed. */
static void write_customer(const struct template_customer *customer, FILE *stream)
{
    struct json_object *object = json_object_new_object();

    add_text(object, "customer", customer->customer);
    add_text(object, "customer_name", customer->customer_name);
    add_text(object, "source_waba_id", customer->source_waba_id);
    add_text(object, "destination_waba_id", customer->destination_waba_id);
    add_text(object, "source_read_at", customer->source_read_at);
    add_text(object, "destination_read_at", customer->destination_read_at);
    add_text(object, "unread", customer->unread);
    const char *json = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                                  JSON_C_TO_STRING_NOSLASHESCAPE);
    (void)fwrite(json, 1, strlen(json) - 1, stream);
    (void)json_object_put(object);
    (void)fputs(",\"templates\":[", stream);
    for (size_t i = 0; i < customer->row_count; i++) {
        (void)fputs(i > 0 ? ",\n      " : "\n      ", stream);
        write_object(template_object(&customer->rows[i]), stream);
    }
    (void)fputs("]}", stream);
}

void report_templates_json(const struct report_templates *templates, FILE *stream)
{
    (void)putc('[', stream);
    for (size_t i = 0; i < templates->customer_count; i++) {
        (void)fputs(i > 0 ? ",\n    " : "\n    ", stream);
        write_customer(&templates->customers[i], stream);
    }
    (void)putc(']', stream);
}

/* clang-format off */
static const char *const columns[] = {
    "customer", "name", "language", "category", "result", "reason", "reason_text", "why",
    "qualifies", "usable", "usable_at", "source_status", "source_category", "source_quality",
    "destination_status", "destination_category", "destination_quality", "need", "owner", "remedy",
};
/* clang-format on */
#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

static void write_csv_row(const struct template_customer *customer, const struct template_row *row,
                          FILE *stream)
{
    const struct template_advice *advice = template_advise(row);
    const char *cells[COLUMN_COUNT] = {
        customer->customer,
        row->name,
        row->language,
        template_category(row),
        row->result,
        row->reason,
        row->reason_text,
        advice->why,
        row->qualifies,
        row->is_usable ? "true" : "false",
        row->usable_at,
        row->source_status,
        row->source_category,
        row->source_quality,
        row->destination_status,
        row->destination_category,
        row->destination_quality,
        word_of_need(advice->need),
        advice->owner,
        advice->remedy,
    };
    char *harmless[COLUMN_COUNT];

    for (size_t i = 0; i < COLUMN_COUNT; i++)
        cells[i] = harmless[i] = report_text_take_harmless(cells[i]);
    csv_write_record(stream, cells, NULL, COLUMN_COUNT);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        free(harmless[i]);
}

void report_templates_csv(const struct report_templates *templates, FILE *stream)
{
    csv_write_record(stream, columns, NULL, COLUMN_COUNT);
    for (size_t i = 0; i < templates->customer_count; i++) {
        const struct template_customer *customer = &templates->customers[i];
        for (size_t j = 0; j < customer->row_count; j++)
            write_csv_row(customer, &customer->rows[j], stream);
    }
}

/* ---- alone ---- */

static void write_json(const struct report_templates *templates,
                       const struct report_templates_head *head, FILE *stream)
{
    struct json_object *object = json_object_new_object();
    struct json_object *summary = counts_object(&templates->counts);

    add_integer(summary, "calls_made", head->calls_made);
    add_integer(object, "schema_version", 1);
    add_text(object, "batch", head->batch);
    add_text(object, "generated_at", head->generated_at);
    json_object_object_add(object, "summary", summary);
    const char *json = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
    (void)fwrite(json, 1, strlen(json) - 1, stream);
    (void)json_object_put(object);
    (void)fputs(",\n  \"templates\": ", stream);
    report_templates_json(templates, stream);
    (void)fputs("}\n", stream);
}

static void write_table(const struct report_templates *templates,
                        const struct report_templates_head *head, unsigned width, FILE *stream)
{
    struct report_pen pen;
    char calls[REPORT_TABLE_COUNT_BYTES];

    report_pen_init(&pen, stream, width);
    report_pen_words(&pen, 2, head->batch);
    report_pen_words(&pen, 2, head->title);
    report_pen_words(&pen, 2, head->generated_at);
    report_pen_end(&pen);
    report_templates_lists(&pen, templates);
    report_pen_end(&pen);
    write_counts(&pen, &templates->counts);
    report_table_count_text(head->calls_made, calls);
    report_pen_printf(&pen, 2, "%s call%s made.", calls, report_table_plural(head->calls_made));
    report_pen_end(&pen);
}

enum status report_templates_write(const struct report_templates *templates,
                                   const struct report_templates_head *head,
                                   enum report_format format, unsigned width, FILE *stream,
                                   struct fault *fault)
{
    if (format == REPORT_JSON)
        write_json(templates, head, stream);
    else if (format == REPORT_CSV)
        report_templates_csv(templates, stream);
    else
        write_table(templates, head, width, stream);
    return report_written(stream, fault);
}
