/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_reading.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "sql/statements.h"

#define COLUMNS 6

enum status store_readings_open(PGconn *conn, const char *batch, int64_t max_age_ms,
                                struct store_readings *readings, struct fault *fault)
{
    char age[24];
    const char *values[] = {batch, age};

    readings->fresh = NULL;
    pg_columns_init(&readings->columns, COLUMNS);
    if (max_age_ms <= 0)
        return STATUS_OK;
    snprintf(age, sizeof age, "%" PRId64, max_age_ms);
    return pg_query(conn, SQL_READING_LOAD, 2, values, &readings->fresh, fault);
}

void store_readings_finish(struct store_readings *readings)
{
    pg_columns_finish(&readings->columns);
    PQclear(readings->fresh);
    readings->fresh = NULL;
}

/* The first row of the customer, or how many rows there are. */
static int first_row(const PGresult *rows, const char *customer)
{
    int low = 0, high = PQntuples(rows);

    while (low < high) {
        int middle = low + (high - low) / 2;
        if (strcmp(PQgetvalue(rows, middle, 0), customer) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void give_number(struct dry_book *book, const struct dry_customer *customer,
                        struct json_object *node, bool is_source)
{
    struct json_object *display = NULL, *id = NULL;
    char digits[32] = "+";
    size_t length = 1;

    (void)json_object_object_get_ex(node, "display_phone_number", &display);
    for (const char *at = display ? json_object_get_string(display) : ""; *at; at++) {
        if (*at >= '0' && *at <= '9' && length < sizeof digits - 1)
            digits[length++] = *at;
    }
    struct dry_number *number = dry_book_number(book, digits);
    if (!number || &book->customers[number->customer] != customer)
        return;
    *(is_source ? &number->source_node : &number->destination_node) = json_object_get(node);
    if (!is_source && !number->phone_number_id && json_object_object_get_ex(node, "id", &id))
        number->phone_number_id = arena_copy_text(book->arena, json_object_get_string(id));
}

/* A reading answers for the token it was made with and the numbers it was made for. */
static const char *question(const struct dry_book *book, const struct dry_customer *customer,
                            bool is_source, char text[17])
{
    uint64_t hash = HASH_START;

    hash = hash_field(hash, is_source ? customer->source_token_ref : customer->token_ref);
    hash = hash_field(hash, is_source ? NULL : customer->business_token_sealed);
    for (size_t i = customer->first_number; i != DRY_NONE; i = book->numbers[i].next) {
        hash = hash_field(hash, book->numbers[i].number);
        hash = hash_field(hash, is_source ? book->numbers[i].source_phone_number_id : NULL);
    }
    (void)snprintf(text, 17, "%016" PRIx64, hash);
    return text;
}

static void give_side(struct dry_book *book, struct dry_customer *customer, struct dry_side *side,
                      bool is_source, const PGresult *rows, int row)
{
    struct json_object *waba = NULL, *numbers = NULL;
    const char *text = pg_cell(rows, row, "answer");
    struct json_object *answer = text ? json_tokener_parse(text) : NULL;

    side->is_read = side->is_reused = true;
    side->read_at = arena_copy_text(book->arena, pg_cell(rows, row, "read_at"));
    if (json_object_object_get_ex(answer, "waba", &waba))
        side->node = json_object_get(waba);
    if (json_object_object_get_ex(answer, "numbers", &numbers)) {
        for (size_t i = 0; i < json_object_array_length(numbers); i++)
            give_number(book, customer, json_object_array_get_idx(numbers, i), is_source);
    }
    json_object_put(answer);
}

void store_readings_reuse(const struct store_readings *readings, struct dry_book *book,
                          struct dry_customer *customer)
{
    const PGresult *rows = readings->fresh;

    for (int row = rows ? first_row(rows, customer->key) : 0;
         rows && row < PQntuples(rows) && strcmp(PQgetvalue(rows, row, 0), customer->key) == 0;
         row++) {
        bool is_source = pg_cell_bool(rows, row, "is_source");
        const char *waba_id = is_source ? customer->source_waba_id : customer->destination_waba_id;
        char asked[17];
        /* The manifest may name another WABA by now, another token, or other numbers. */
        if (waba_id && strcmp(waba_id, pg_cell(rows, row, "waba_id")) == 0 &&
            strcmp(pg_cell(rows, row, "asked"), question(book, customer, is_source, asked)) == 0)
            give_side(book, customer, is_source ? &customer->source : &customer->destination,
                      is_source, rows, row);
    }
}

static void add_side(struct store_readings *readings, const struct dry_book *book,
                     const struct dry_customer *customer, const struct dry_side *side,
                     bool is_source)
{
    const char *waba_id = is_source ? customer->source_waba_id : customer->destination_waba_id;
    struct pg_array *array = readings->columns.arrays;
    char asked[17];

    if (!side->is_read || side->is_reused || side->has_failed || !waba_id)
        return;
    struct json_object *answer = json_object_new_object(), *numbers = json_object_new_array();
    json_object_object_add(answer, "waba", json_object_get(side->node));
    json_object_object_add(answer, "numbers", numbers);
    for (size_t i = customer->first_number; i != DRY_NONE; i = book->numbers[i].next) {
        struct json_object *node =
            is_source ? book->numbers[i].source_node : book->numbers[i].destination_node;
        if (node)
            json_object_array_add(numbers, json_object_get(node));
    }
    pg_array_add_text(array++, customer->key);
    pg_array_add_bool(array++, is_source);
    pg_array_add_text(array++, waba_id);
    pg_array_add_text(array++, side->read_at);
    pg_array_add_text(array++, question(book, customer, is_source, asked));
    pg_array_add_text(array, json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PLAIN));
    json_object_put(answer);
}

void store_readings_add(struct store_readings *readings, const struct dry_book *book,
                        const struct dry_customer *customer)
{
    add_side(readings, book, customer, &customer->source, true);
    add_side(readings, book, customer, &customer->destination, false);
}

void store_readings_send(struct store_readings *readings, const char *batch, store_send *send,
                         void *self)
{
    pg_columns_send(&readings->columns, SQL_READING_RECORD, batch, NULL, send, self);
    pg_columns_init(&readings->columns, COLUMNS);
}
