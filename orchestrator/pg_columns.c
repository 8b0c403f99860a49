/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/pg_columns.h"

void pg_columns_init(struct pg_columns *columns, unsigned count)
{
    BUG_UNLESS(count <= PG_COLUMNS_MAX);
    columns->count = count;
    for (unsigned i = 0; i < count; i++)
        pg_array_init(&columns->arrays[i]);
}

unsigned pg_columns_rows(const struct pg_columns *columns)
{
    return columns->arrays[0].count;
}

void pg_columns_send(struct pg_columns *columns, const char *sql, const char *first,
                     const char *last, store_send *send, void *self)
{
    const char *values[PG_COLUMNS_MAX + 2];
    int count = 0;

    if (pg_columns_rows(columns) > 0) {
        if (first)
            values[count++] = first;
        for (unsigned i = 0; i < columns->count; i++)
            values[count++] = pg_array_literal(&columns->arrays[i]);
        if (last)
            values[count++] = last;
        send(self, sql, count, values);
    }
    pg_columns_finish(columns);
}

void pg_columns_finish(struct pg_columns *columns)
{
    for (unsigned i = 0; i < columns->count; i++)
        pg_array_finish(&columns->arrays[i]);
    columns->count = 0;
}

void pg_send_now(void *self, const char *sql, int count, const char *const *values)
{
    struct pg_sender *sender = self;

    if (sender->status == STATUS_OK)
        sender->status = pg_query(sender->conn, sql, count, values, NULL, sender->fault);
}
