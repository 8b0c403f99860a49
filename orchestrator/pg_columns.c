/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/pg_columns.h"

void pg_columns_init(struct pg_columns *columns, unsigned count)
{
    BUG_UNLESS(count <= PG_COLUMNS_MAX);
    columns->count = count;
    for (unsigned i = 0; i < count; i++)
        pg_array_init(&columns->arrays[i]);
}

void pg_columns_set_binary(struct pg_columns *columns, unsigned column)
{
    BUG_UNLESS(column < columns->count && columns->arrays[column].count == 0);
    pg_array_finish(&columns->arrays[column]);
    pg_array_init_binary(&columns->arrays[column]);
}

unsigned pg_columns_rows(const struct pg_columns *columns)
{
    return columns->arrays[0].count;
}

void pg_columns_send(struct pg_columns *columns, const char *sql, const char *first,
                     const char *last, store_send *send, void *self)
{
    struct pg_params params = {.count = 0};

    if (pg_columns_rows(columns) > 0) {
        if (first)
            pg_params_add_text(&params, first);
        for (unsigned i = 0; i < columns->count; i++)
            pg_params_add_array(&params, &columns->arrays[i]);
        if (last)
            pg_params_add_text(&params, last);
        send(self, sql, &params);
    }
    pg_columns_finish(columns);
}

void pg_columns_finish(struct pg_columns *columns)
{
    for (unsigned i = 0; i < columns->count; i++)
        pg_array_finish(&columns->arrays[i]);
    columns->count = 0;
}

void pg_send_now(void *self, const char *sql, const struct pg_params *params)
{
    struct pg_sender *sender = self;

    if (sender->status == STATUS_OK)
        sender->status = pg_query_params(sender->conn, sql, params, NULL, sender->fault);
}
