/* SPDX-License-Identifier: PostgreSQL */
#include "planner/manifest_rows.h"

#include <stdlib.h>
#include <string.h>

#include "planner/csv.h"
#include "planner/eligibility.h"

struct column {
    const char *name;
    const struct manifest_key *key;        /* NULL: not known, passed over */
    const struct manifest_key *credential; /* whose `env` or `file` it is, or NULL */
    const char *rule;                      /* attest.RULE, else NULL */
    enum manifest_record record;
};

struct rows {
    struct manifest_book *book;
    struct csv_reader *reader;
    struct arena *header_arena, *arena; /* the second: of the row being read */
    struct column columns[CSV_CELLS_MAX];
    unsigned column_count;
    const char **cells;
    unsigned cell_count, line;
    /* the row being read */
    struct manifest_customer customer;
    struct manifest_number number;
    bool is_given[CSV_CELLS_MAX]; /* the cell has a value */
    bool is_kept[CSV_CELLS_MAX];  /* and a good one */
};

/* A cell's place; a row as a whole stands in column 1. */
static struct manifest_place place_of(const struct rows *rows, unsigned column)
{
    return (struct manifest_place){FILE_ROWS, rows->line, column + 1};
}

/* A copy without the spaces around it, which spreadsheets leave behind. */
static const char *trim(struct arena *arena, const char *cell)
{
    cell += strspn(cell, " \t");
    size_t length = strlen(cell);
    while (length > 0 && (cell[length - 1] == ' ' || cell[length - 1] == '\t'))
        length--;
    return arena_copy_bytes(arena, cell, length);
}

/* --- the header ------------------------------------------------------------------------------- */

static void unknown_column(struct rows *rows, unsigned i, const struct manifest_table *table,
                           const char *name)
{
    char advice[MANIFEST_ADVICE_BYTES], shown[MANIFEST_SHOWN_BYTES];

    manifest_keys_advise(table, name, advice);
    manifest_book_problem(rows->book, place_of(rows, i), "header", "unknown column %s; %s",
                          manifest_keys_show(rows->columns[i].name, shown), advice);
}

static bool find_rule(struct rows *rows, unsigned i, const char *rule)
{
    char advice[MANIFEST_ADVICE_BYTES], shown[MANIFEST_SHOWN_BYTES];

    if (eligibility_is_rule(rule)) {
        rows->columns[i].rule = rule;
        return true;
    }
    manifest_keys_advise_rule(rule, advice);
    manifest_book_problem(rows->book, place_of(rows, i), "header",
                          "%s is not an eligibility rule; %s", manifest_keys_show(rule, shown),
                          advice);
    return false;
}

/* Follows a dotted name through the tables of keys. */
static void find_column(struct rows *rows, unsigned i)
{
    struct column *column = &rows->columns[i];
    const struct manifest_table *table = &MANIFEST_ROW_KEYS;
    const struct manifest_key *key = NULL;
    const char *rest = column->name;

    while (table) {
        size_t length = strcspn(rest, ".");
        const char *name = arena_copy_bytes(rows->header_arena, rest, length);
        const struct manifest_key *outer = key;
        key = manifest_keys_find(table, name);
        bool is_last = rest[length] == '\0';
        if (!key || is_last != !(key->table || key->kind == KIND_ATTEST)) {
            if (key && is_last && key->table) /* "token": say token.env or token.file */
                table = key->table;
            unknown_column(rows, i, table, key ? "" : name);
            return;
        }
        if (!outer)
            column->record = key->record;
        if (key->kind == KIND_ATTEST && !find_rule(rows, i, rest + length + 1))
            return;
        if (outer && outer->kind == KIND_CREDENTIAL)
            column->credential = outer;
        rest += length + !is_last;
        table = key->table;
    }
    column->key = key;
}

static void refuse_second(struct rows *rows, unsigned i)
{
    for (unsigned j = 0; j < i; j++)
        if (strcmp(rows->columns[j].name, rows->columns[i].name) == 0) {
            char shown[MANIFEST_SHOWN_BYTES];
            manifest_book_problem(rows->book, place_of(rows, i), "header",
                                  "column %s is there twice; remove one of the two",
                                  manifest_keys_show(rows->columns[i].name, shown));
            rows->columns[i].key = NULL;
            return;
        }
}

static bool has_column(const struct rows *rows, const char *name)
{
    for (unsigned i = 0; i < rows->column_count; i++)
        if (rows->columns[i].key && strcmp(rows->columns[i].name, name) == 0)
            return true;
    return false;
}

/* False when the rows cannot be read by this header. */
static bool read_header(struct rows *rows)
{
    static const char *const needed[] = {"customer", "number"};
    bool is_usable = true;

    if (rows->cell_count == 1 && strchr(rows->cells[0], ';')) {
        manifest_book_problem(rows->book, place_of(rows, 0), "header",
                              "the columns are separated by semicolons; save the file with commas");
        return false;
    }
    rows->column_count = rows->cell_count;
    for (unsigned i = 0; i < rows->cell_count; i++) {
        rows->columns[i].name = trim(rows->header_arena, rows->cells[i]);
        if (*rows->columns[i].name == '\0') {
            manifest_book_problem(rows->book, place_of(rows, i), "header",
                                  "column %u has no name; name it, or remove the column", i + 1);
            continue;
        }
        find_column(rows, i);
        refuse_second(rows, i);
    }
    for (unsigned i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!has_column(rows, needed[i])) {
            manifest_book_problem(rows->book, place_of(rows, 0), "header",
                                  "there is no column %s; add it to the header row", needed[i]);
            is_usable = false;
        }
    return is_usable;
}

/* --- a row ------------------------------------------------------------------------------------ */

static void keep_cell(struct rows *rows, unsigned i)
{
    const struct column *column = &rows->columns[i];
    const char *text = column->key ? trim(rows->arena, rows->cells[i]) : "";

    rows->is_given[i] = *text != '\0';
    rows->is_kept[i] = false;
    if (!rows->is_given[i])
        return;
    if (column->rule) {
        rows->is_kept[i] =
            manifest_book_attest(rows->book, &rows->customer, rows->arena, column->rule, text,
                                 place_of(rows, i), column->name);
        return;
    }
    void *record =
        column->record == RECORD_NUMBER ? (void *)&rows->number : (void *)&rows->customer;
    rows->is_kept[i] = manifest_book_keep(rows->book, column->key, column->credential, record,
                                          rows->arena, text, place_of(rows, i), column->name);
}

/* A credential has two columns, `env` and `file`; a row may fill one of them. */
static void refuse_both(struct rows *rows)
{
    for (unsigned i = 0; i < rows->column_count; i++)
        for (unsigned j = 0; j < i && rows->columns[i].credential; j++)
            if (rows->is_given[i] && rows->is_given[j] &&
                rows->columns[j].credential == rows->columns[i].credential)
                manifest_book_problem(rows->book, place_of(rows, i), rows->columns[i].name,
                                      "%s is filled as well; leave one of the two empty",
                                      rows->columns[j].name);
}

static bool is_given(const struct rows *rows, const char *name)
{
    for (unsigned i = 0; i < rows->column_count; i++)
        if (rows->is_given[i] && strcmp(rows->columns[i].name, name) == 0)
            return true;
    return false;
}

/* What a customer that is defined by this row lacks. */
static void refuse_missing(struct rows *rows)
{
    char shown[MANIFEST_SHOWN_BYTES];
    const struct manifest_customer *customer = &rows->customer;

    for (unsigned i = 0; i < MANIFEST_ROW_KEYS.count; i++) {
        const struct manifest_key *key = &MANIFEST_ROW_KEYS.keys[i];
        if (key->is_required && key->record == RECORD_CUSTOMER && !is_given(rows, key->name))
            manifest_book_problem(rows->book, place_of(rows, 0), key->name,
                                  "missing; customer %s is not in the manifest, so its first row "
                                  "must give it, or mend the customer's id",
                                  manifest_keys_show(customer->id, shown));
    }
    if (!customer->webhook_override_callback_uri != !customer->webhook_verify_token_ref)
        manifest_book_problem(rows->book, place_of(rows, 0), "webhook",
                              "override_callback_uri and verify_token go together; fill both "
                              "columns or neither");
}

static unsigned column_named(const struct rows *rows, const char *name)
{
    for (unsigned i = 0; i < rows->column_count; i++)
        if (strcmp(rows->columns[i].name, name) == 0)
            return i;
    return 0;
}

static enum status define_customer(struct rows *rows, struct known_customer **known,
                                   struct fault *fault)
{
    struct manifest_customer_places places = {
        .id = place_of(rows, column_named(rows, "customer")),
        .destination = place_of(rows, column_named(rows, "destination_waba_id")),
        .id_path = "customer",
        .destination_path = "destination_waba_id",
    };

    refuse_missing(rows);
    for (unsigned i = 0; i < rows->column_count; i++)
        if (rows->is_kept[i] && rows->columns[i].credential)
            manifest_book_resolve(
                rows->book,
                *(const char **)((char *)&rows->customer + rows->columns[i].credential->offset),
                place_of(rows, i), rows->columns[i].name);
    rows->customer.file = rows->book->file_names[FILE_ROWS];
    rows->customer.line = rows->line;
    *known = manifest_book_know(rows->book, &rows->customer, &places);
    return manifest_book_give_customer(rows->book, &rows->customer, fault);
}

static const struct manifest_attestation *attestation_of(const struct manifest_customer *customer,
                                                         const char *rule)
{
    for (unsigned i = 0; i < customer->attest_count; i++)
        if (strcmp(customer->attest[i].rule, rule) == 0)
            return &customer->attest[i];
    return NULL;
}

static void compare_with(struct rows *rows, const struct known_customer *known)
{
    char shown[MANIFEST_SHOWN_BYTES];

    for (unsigned i = 0; i < rows->column_count; i++) {
        const struct column *column = &rows->columns[i];
        if (!rows->is_kept[i] || column->record != RECORD_CUSTOMER ||
            strcmp(column->name, "customer") == 0)
            continue;
        size_t offset = column->credential ? column->credential->offset : column->key->offset;
        bool agrees =
            column->rule
                ? known_customer_attested(known, attestation_of(&rows->customer, column->rule))
                : known_customer_agrees(known, &rows->customer, offset);
        if (!agrees)
            manifest_book_problem(rows->book, place_of(rows, i), column->name,
                                  "is not what %s:%u says of customer %s; make the two agree, or "
                                  "leave this cell empty",
                                  rows->book->file_names[known_customer_place(known).file],
                                  known->line, manifest_keys_show(known_customer_id(known), shown));
    }
}

static void refuse_empty(struct rows *rows, const char *name, const char *advice)
{
    if (!is_given(rows, name))
        manifest_book_problem(rows->book, place_of(rows, column_named(rows, name)), name,
                              "is empty; %s", advice);
}

static enum status read_row(struct rows *rows, struct fault *fault)
{
    struct known_customer *known = NULL;
    enum status status = STATUS_OK;

    arena_reset(rows->arena);
    rows->customer = (struct manifest_customer){0};
    rows->number = (struct manifest_number){0};
    for (unsigned i = 0; i < rows->column_count; i++)
        keep_cell(rows, i);
    refuse_both(rows);
    refuse_empty(rows, "customer", "every row names the customer whose number it is");
    refuse_empty(rows, "number", "every row has a number; remove the row if it has none");

    if (rows->customer.id) {
        known = known_customers_find(&rows->book->customers, rows->customer.id);
        if (known)
            compare_with(rows, known);
        else
            status = define_customer(rows, &known, fault);
    }
    if (known) {
        known->has_numbers = true;
        if (manifest_book_is_programmatic(rows->number.settings.path))
            known->has_programmatic_number = true;
    }
    if (status != STATUS_OK || rows->number.number.text[0] == '\0')
        return status;
    manifest_book_number(rows->book, &rows->number.number,
                         place_of(rows, column_named(rows, "number")), "number");
    rows->number.customer_id = rows->customer.id;
    rows->number.file = rows->book->file_names[FILE_ROWS];
    rows->number.line = rows->line;
    return manifest_book_give_number(rows->book, &rows->number, fault);
}

/* --- all of them ------------------------------------------------------------------------------ */

/* The next record that is whole. A malformed one becomes a problem, and is passed over. */
static enum status next_record(struct rows *rows, struct fault *fault)
{
    for (;;) {
        struct fault wrong = FAULT_NONE;
        enum status status =
            csv_reader_next(rows->reader, &rows->cells, &rows->cell_count, &rows->line, &wrong);
        if (status == STATUS_OK)
            return STATUS_OK;
        if (status != STATUS_INVALID)
            return fault_set(fault, status, "%s: %s", rows->book->file_names[FILE_ROWS],
                             wrong.message);
        rows->book->has_lost_rows = true;
        manifest_book_problem(rows->book, place_of(rows, 0), "row", "%s", wrong.message);
    }
}

static enum status read_rows(struct rows *rows, struct fault *fault)
{
    enum status status = next_record(rows, fault);
    if (status != STATUS_OK)
        return status;
    if (rows->cell_count == 0) {
        manifest_book_problem(rows->book, place_of(rows, 0), "header",
                              "the file is empty; begin it with a header row such as "
                              "customer,number");
        return STATUS_OK;
    }
    if (!read_header(rows)) {
        rows->book->has_lost_rows = true;
        return STATUS_OK;
    }
    while ((status = next_record(rows, fault)) == STATUS_OK && rows->cell_count > 0) {
        if (rows->cell_count == rows->column_count) {
            status = read_row(rows, fault);
            if (status != STATUS_OK)
                return status;
            continue;
        }
        rows->book->has_lost_rows = true;
        manifest_book_problem(rows->book, place_of(rows, 0), "row",
                              "has %u cells, the header row has %u; quote the cells that have a "
                              "comma in them",
                              rows->cell_count, rows->column_count);
    }
    return status;
}

enum status manifest_rows_read(struct manifest_book *book, FILE *stream, struct fault *fault)
{
    struct rows *rows = memory_take(sizeof *rows);
    *rows = (struct rows){.book = book,
                          .reader = csv_reader_create(stream),
                          .header_arena = arena_create(),
                          .arena = arena_create()};
    enum status status = read_rows(rows, fault);
    csv_reader_destroy(rows->reader);
    arena_destroy(rows->header_arena);
    arena_destroy(rows->arena);
    free(rows);
    return status;
}
