/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/claim_marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "orchestrator/pg_columns.h"
#include "sql/statements.h"

/* So many claims begin at their marks before one looks at everything, and more where that is slow:
 * it may take a twentieth of the time. */
#define MARKED_MAX 16
#define WHOLE_SHARE 20
/* Where a claim finds too little, everything is looked at right away, unless that took so many
 * times as long as one that begins at its marks. */
#define SLOW_FACTOR 4
#define SLOW_SHARE 10
/* No claim takes longer by itself: it has waited for a lock, or the program was frozen meanwhile.
 */
#define TOOK_MAX_MS 3000

void claim_marks_init(struct claim_marks *marks)
{
    memset(marks, 0, sizeof *marks);
}

static void free_values(struct claim_marks *marks)
{
    for (unsigned i = 0; i < CLAIM_MARKS_VALUES; i++) {
        free(marks->values[i]);
        marks->values[i] = NULL;
    }
}

void claim_marks_finish(struct claim_marks *marks)
{
    free_values(marks);
}

void claim_marks_forget(struct claim_marks *marks)
{
    memset(marks->places, 0, sizeof marks->places);
    marks->is_any = false;
}

static bool is_slow(const struct claim_marks *marks)
{
    return marks->marked_took_ms > 0 && marks->whole_took_ms > marks->marked_took_ms * SLOW_FACTOR;
}

static bool is_whole_due(const struct claim_marks *marks, int64_t now_ms)
{
    int64_t since_ms = now_ms - marks->whole_at_ms;

    if (!marks->is_any)
        return true;
    if (!marks->was_enough)
        return !is_slow(marks) || since_ms >= marks->whole_took_ms * SLOW_SHARE;
    return marks->marked >= MARKED_MAX && since_ms >= marks->whole_took_ms * WHOLE_SHARE;
}

/* Keeps the text of the arrays, which the columns release. */
static void keep(void *self, const char *sql, const struct pg_params *params)
{
    struct claim_marks *marks = self;

    (void)sql;
    for (int i = 0; i < params->count; i++) {
        marks->values[i] = strdup(params->values[i]);
        BUG_UNLESS(marks->values[i]);
    }
}

/* An entry a place, in the order in which step_claim.sql counts them. */
static void write_values(struct claim_marks *marks)
{
    struct pg_columns columns;

    pg_columns_init(&columns, CLAIM_MARKS_VALUES);
    for (int i = 0; i < CLAIM_MARKS_URGENCIES * TURN_COUNT * CLAIM_MARKS_ORDINALS; i++) {
        int ordinal = i % CLAIM_MARKS_ORDINALS, turn = i / CLAIM_MARKS_ORDINALS % TURN_COUNT;
        int urgency = i / CLAIM_MARKS_ORDINALS / TURN_COUNT;
        const struct claim_mark *mark = &marks->places[urgency][turn][ordinal];
        pg_array_add_text(&columns.arrays[0], mark->is_set ? mark->not_before : "-infinity");
        pg_array_add_i64(&columns.arrays[1], mark->step_id);
    }
    pg_columns_send(&columns, SQL_STEP_CLAIM, NULL, NULL, keep, marks);
}

void claim_marks_begin(struct claim_marks *marks, int64_t now_ms,
                       const char *values[CLAIM_MARKS_VALUES])
{
    marks->is_whole = is_whole_due(marks, now_ms);
    marks->sent_at_ms = now_ms;
    free_values(marks);
    if (!marks->is_whole)
        write_values(marks);
    for (unsigned i = 0; i < CLAIM_MARKS_VALUES; i++)
        values[i] = marks->values[i];
}

static void set(struct claim_mark *mark, int64_t step_id, const char *not_before)
{
    mark->is_set = true;
    mark->step_id = step_id;
    snprintf(mark->not_before, sizeof mark->not_before, "%s", not_before);
}

/* The rows come in the order of the queue: of a place the last one stays. What is held was put off,
 * and does not stand where it stood; what rides was not come to in order. */
static void read_row(struct claim_marks *marks, const PGresult *rows, int row)
{
    int64_t urgency = pg_cell_i64(rows, row, "urgency");
    int64_t turn = pg_cell_i64(rows, row, "turn");
    int64_t ordinal = pg_cell_i64(rows, row, "ordinal");

    BUG_UNLESS(urgency >= 0 && urgency < CLAIM_MARKS_URGENCIES && turn >= 0 && turn < TURN_COUNT &&
               ordinal >= 0 && ordinal < CLAIM_MARKS_ORDINALS);
    if (!pg_cell_bool(rows, row, "is_held") && !pg_cell_bool(rows, row, "is_parked") &&
        !pg_cell_bool(rows, row, "is_riding"))
        set(&marks->places[urgency][turn][ordinal], pg_cell_i64(rows, row, "step_id"),
            pg_cell(rows, row, "not_before"));
}

/* The last one that was come to in order. */
static int last_in_order(const PGresult *rows)
{
    int last = PQntuples(rows) - 1;

    while (last > 0 && pg_cell_bool(rows, last, "is_riding"))
        last--;
    return last;
}

/* What was passed on the way to the last row had nothing more just then. */
static void mark_passed(struct claim_marks *marks, const PGresult *rows)
{
    int last = last_in_order(rows);
    int64_t urgency = pg_cell_i64(rows, last, "urgency");
    int64_t turn = pg_cell_i64(rows, last, "turn");
    int64_t ordinal = pg_cell_i64(rows, last, "ordinal");
    int64_t until =
        (urgency * TURN_COUNT + turn) * CLAIM_MARKS_ORDINALS + CLAIM_MARKS_ORDINALS - 1 - ordinal;

    for (int64_t i = 0; i < until; i++) { /* in the order of the queue */
        int64_t o = CLAIM_MARKS_ORDINALS - 1 - i % CLAIM_MARKS_ORDINALS;
        int64_t t = i / CLAIM_MARKS_ORDINALS % TURN_COUNT;
        struct claim_mark *mark = &marks->places[i / CLAIM_MARKS_ORDINALS / TURN_COUNT][t][o];
        if (!mark->is_set)
            set(mark, 0, pg_cell(rows, last, "claimed_at"));
    }
}

void claim_marks_read(struct claim_marks *marks, const PGresult *rows, bool is_enough,
                      int64_t now_ms)
{
    int64_t took_ms = now_ms - marks->sent_at_ms;

    if (took_ms > TOOK_MAX_MS)
        took_ms = TOOK_MAX_MS;
    if (marks->is_whole) {
        marks->marked = 0;
        marks->whole_at_ms = now_ms;
        marks->whole_took_ms = took_ms;
    } else {
        marks->marked++;
        marks->marked_took_ms = took_ms;
    }
    marks->was_enough = is_enough;
    for (int i = 0; i < PQntuples(rows); i++)
        read_row(marks, rows, i);
    if (PQntuples(rows) > 0) {
        mark_passed(marks, rows);
        marks->is_any = true;
    }
}
