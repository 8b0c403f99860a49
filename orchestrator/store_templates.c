/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_templates.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/pg.h"
#include "sql/statements.h"

#define ID_BYTES 24

struct reading {
    struct arena *arena;
    const PGresult *rows;
};

static const char *text(const struct reading *reading, int row, const char *column)
{
    return arena_copy_text(reading->arena, pg_cell(reading->rows, row, column));
}

static void read_row(const struct reading *reading, int at, struct template_row *row)
{
    row->name = text(reading, at, "name");
    row->language = text(reading, at, "language");
    row->source_status = text(reading, at, "source_status");
    row->source_category = text(reading, at, "source_category");
    row->source_quality = text(reading, at, "source_quality");
    row->destination_status = text(reading, at, "destination_status");
    row->destination_category = text(reading, at, "destination_category");
    row->destination_quality = text(reading, at, "destination_quality");
    row->destination_rejected_reason = text(reading, at, "destination_rejected_reason");
    row->qualifies = text(reading, at, "qualifies");
    row->result = text(reading, at, "result");
    row->reason = text(reading, at, "reason");
    row->reason_text = text(reading, at, "reason_text");
    row->is_usable = pg_cell_bool(reading->rows, at, "is_usable");
    row->usable_at = text(reading, at, "usable_at");
}

static void read_customer(const struct reading *reading, int at, struct template_customer *customer)
{
    customer->customer = text(reading, at, "customer");
    customer->customer_name = text(reading, at, "customer_name");
    customer->language = text(reading, at, "language_of_customer");
    customer->source_waba_id = text(reading, at, "source_waba_id");
    customer->destination_waba_id = text(reading, at, "destination_waba_id");
    customer->source_read_at = text(reading, at, "source_read_at");
    customer->destination_read_at = text(reading, at, "destination_read_at");
    customer->unread = text(reading, at, "source_templates_unread");
}

static bool is_new_customer(const PGresult *rows, int at)
{
    return at == 0 || strcmp(pg_cell(rows, at, "customer"), pg_cell(rows, at - 1, "customer")) != 0;
}

enum status store_templates_read(PGconn *conn, int64_t batch_id, const char *number,
                                 struct arena *arena, struct template_customer **customers,
                                 size_t *customer_count, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    char id[ID_BYTES];
    const char *values[] = {id, number};

    snprintf(id, sizeof id, "%" PRId64, batch_id);
    if (pg_query(conn, SQL_REPORT_TEMPLATES, 2, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    struct reading reading = {arena, rows};
    int count = PQntuples(rows), found = 0;
    struct template_row *all = arena_alloc(arena, ((size_t)count + 1) * sizeof *all);
    for (int i = 0; i < count; i++)
        found += is_new_customer(rows, i);
    struct template_customer *list = arena_alloc(arena, ((size_t)found + 1) * sizeof *list);
    memset(list, 0, ((size_t)found + 1) * sizeof *list);
    *customers = list--;
    for (int i = 0; i < count; i++) {
        if (is_new_customer(rows, i)) {
            read_customer(&reading, i, ++list);
            list->rows = &all[i];
        }
        all[i] = (struct template_row){0};
        if (!pg_cell(rows, i, "name"))
            continue;
        read_row(&reading, i, &all[i]);
        list->row_count++;
    }
    *customer_count = (size_t)found;
    return STATUS_OK;
}

static enum status read_counts(PGconn *conn, const char *id, struct template_counts *counts,
                               struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {id};

    if (pg_query(conn, SQL_REPORT_TEMPLATE_COUNTS, 1, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (int i = 0; i < PQntuples(rows); i++) {
        struct template_row row = {.result = pg_cell(rows, i, "result"),
                                   .reason = pg_cell(rows, i, "reason"),
                                   .source_status = pg_cell(rows, i, "source_status")};
        template_count_add(counts, &row, (size_t)pg_cell_i64(rows, i, "templates"));
    }
    return STATUS_OK;
}

static int compare_numbers(const void *key, const void *number)
{
    return strcmp(key, (*(struct report_number *const *)number)->number);
}

static int compare_places(const void *left, const void *right)
{
    return strcmp((*(struct report_number *const *)left)->number,
                  (*(struct report_number *const *)right)->number);
}

static enum status read_downtimes(PGconn *conn, const char *id, const char *number, int64_t now_ms,
                                  struct report *report, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {id, number};

    if (pg_query(conn, SQL_REPORT_DOWNTIME, 2, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    struct report_number **order =
        memory_take((report->number_count + 1) * sizeof(struct report_number *));
    for (size_t i = 0; i < report->number_count; i++)
        order[i] = (struct report_number *)&report->numbers[i];
    qsort(order, report->number_count, sizeof(struct report_number *), compare_places);
    for (int i = 0; i < PQntuples(rows); i++) {
        struct report_number **found =
            bsearch(pg_cell(rows, i, "number"), order, report->number_count,
                    sizeof(struct report_number *), compare_numbers);
        if (found)
            (*found)->template_downtime = template_downtime(
                pg_cell_i64(rows, i, "cut_over_ms"), pg_cell_i64(rows, i, "usable_ms"),
                (size_t)pg_cell_i64(rows, i, "on_its_way"), now_ms);
    }
    free(order);
    return STATUS_OK;
}

enum status store_templates_report(PGconn *conn, int64_t batch_id, const char *number,
                                   bool with_rows, int64_t now_ms, struct arena *arena,
                                   struct report *report, struct fault *fault)
{
    char id[ID_BYTES];

    snprintf(id, sizeof id, "%" PRId64, batch_id);
    struct report_templates *templates = arena_alloc(arena, sizeof *templates);
    *templates = (struct report_templates){.is_listed = with_rows};
    report->templates = templates;
    enum status status = STATUS_OK;
    if (with_rows) {
        status = store_templates_read(conn, batch_id, number, arena, &templates->customers,
                                      &templates->customer_count, fault);
        for (size_t i = 0; i < templates->customer_count; i++)
            template_count_customer(&templates->counts, &templates->customers[i]);
    } else {
        status = read_counts(conn, id, &templates->counts, fault);
    }
    return status == STATUS_OK ? read_downtimes(conn, id, number, now_ms, report, fault) : status;
}
