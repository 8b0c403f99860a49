/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_moved.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "orchestrator/pg.h"
#include "sql/statements.h"

static void read_audit(const PGresult *rows, int row, struct arena *arena,
                       struct report_number *number)
{
    struct audit_finding findings[AUDIT_FIELDS_MAX];
    size_t count = audit_read(pg_cell(rows, row, "audit"), arena, findings);
    struct audit_finding *own = arena_alloc(arena, (count + 1) * sizeof *own);

    memcpy(own, findings, count * sizeof *own);
    number->audit = own;
    number->audit_count = count;
}

static void read_cutover(const PGresult *rows, int row, struct arena *arena,
                         struct report_number *number)
{
    if (!pg_cell(rows, row, "sent_ms"))
        return;
    struct cutover *cutover = arena_alloc(arena, sizeof *cutover);
    *cutover = (struct cutover){
        .path = arena_copy_text(arena, pg_cell(rows, row, "path")),
        .sent_ms = pg_cell_i64(rows, row, "sent_ms"),
        .before_ms = pg_cell_i64(rows, row, "before_ms"),
        .before_date_ms = pg_cell_i64(rows, row, "before_date_ms"),
        .after_ms = pg_cell_i64(rows, row, "after_ms"),
        .after_date_ms = pg_cell_i64(rows, row, "after_date_ms"),
        .was_lost = pg_cell_bool(rows, row, "was_lost"),
    };
    number->cutover = cutover;
}

enum status store_moved_report(PGconn *conn, int64_t batch_id, const char *number,
                               struct arena *arena, struct report *report, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    struct report_number *numbers = (struct report_number *)report->numbers;
    char id[24];
    const char *values[] = {id, number};
    size_t at = 0;

    snprintf(id, sizeof id, "%" PRId64, batch_id);
    if (pg_query(conn, SQL_REPORT_MOVED, 2, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    report->with_moved = true;
    /* Both come by customer and number; what was loaded between the two queries is in one alone. */
    for (int i = 0; i < PQntuples(rows); i++) {
        const char *text = pg_cell(rows, i, "number");
        size_t found = at;
        while (found < report->number_count && strcmp(numbers[found].number, text) != 0)
            found++;
        if (found == report->number_count)
            continue;
        at = found + 1;
        read_audit(rows, i, arena, &numbers[found]);
        read_cutover(rows, i, arena, &numbers[found]);
    }
    return STATUS_OK;
}
