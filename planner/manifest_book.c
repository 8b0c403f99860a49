/* SPDX-License-Identifier: PostgreSQL */
#include "planner/manifest_book.h"

#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "planner/credential_ref.h"
#include "planner/report_text.h"

/* "2026-11-20" */
#define DATE_LENGTH 10
#define ATTESTED_BY_MAX 120

struct manifest_problem {
    struct manifest_place place;
    size_t order; /* among equals: as they were found */
    char *key, *what;
};

void manifest_book_init(struct manifest_book *book, const struct manifest_sink *sink,
                        bool check_credentials)
{
    *book = (struct manifest_book){.sink = sink, .check_credentials = check_credentials};
    book->problems = memory_take(PROBLEMS_HELD_MAX * sizeof *book->problems);
}

static void forget_problems(struct manifest_book *book)
{
    for (size_t i = 0; i < book->problems_held; i++) {
        free(book->problems[i].key);
        free(book->problems[i].what);
    }
    book->problems_held = 0;
}

void manifest_book_finish(struct manifest_book *book)
{
    if (!book)
        return;
    forget_problems(book);
    free(book->problems);
    free(book->folder);
    number_index_finish(&book->numbers);
    known_customers_finish(&book->customers);
    place_index_finish(&book->destinations);
    *book = (struct manifest_book){0};
}

/* --- problems --------------------------------------------------------------------------------- */

void manifest_book_problem(struct manifest_book *book, struct manifest_place place, const char *key,
                           const char *format, ...)
{
    char what[PATH_MAX + 1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    what[report_text_fit(what, sizeof what)] = '\0'; /* no half character at a cut end */
    if (book->problems_held == PROBLEMS_HELD_MAX)
        manifest_book_tell(book);
    book->problems[book->problems_held++] = (struct manifest_problem){
        place, book->problem_count++, memory_copy_text(key), memory_copy_text(what)};
}

static int compare_problems(const void *left, const void *right)
{
    const struct manifest_problem *a = left, *b = right;
    if (a->place.file != b->place.file)
        return a->place.file < b->place.file ? -1 : 1;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    if (a->place.column != b->place.column)
        return a->place.column < b->place.column ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

void manifest_book_tell(struct manifest_book *book)
{
    const struct manifest_sink *sink = book->sink;

    qsort(book->problems, book->problems_held, sizeof *book->problems, compare_problems);
    for (size_t i = 0; i < book->problems_held; i++) {
        const struct manifest_problem *problem = &book->problems[i];
        sink->problem(sink->self, book->file_names[problem->place.file], problem->place.line,
                      problem->place.column, problem->key, problem->what);
    }
    forget_problems(book);
}

/* --- values ----------------------------------------------------------------------------------- */

static const char **field_of(void *record, const struct manifest_key *key)
{
    return (const char **)((char *)record + key->offset);
}

/* "env:NAME", or "file:" and the path from the manifest's folder. */
static const char *reference_to(const struct manifest_book *book, const struct manifest_key *key,
                                struct arena *arena, const char *text)
{
    if (key->kind == KIND_CREDENTIAL_ENV)
        return arena_printf(arena, "env:%s", text);
    if (*text == '/')
        return arena_printf(arena, "file:%s", text);
    return arena_printf(arena, "file:%s/%s", book->folder, text);
}

bool manifest_book_keep(struct manifest_book *book, const struct manifest_key *key,
                        const struct manifest_key *credential, void *record, struct arena *arena,
                        const char *text, struct manifest_place place, const char *path)
{
    struct fault fault = FAULT_NONE;
    enum status status;

    if (key->kind == KIND_NUMBER)
        status = e164_parse(text, (struct e164 *)((char *)record + key->offset), &fault);
    else
        status = manifest_keys_check(key, text, &fault);
    if (status != STATUS_OK) {
        manifest_book_problem(book, place, path, "%s", fault.message);
        return false;
    }
    if (key->kind == KIND_CREDENTIAL_ENV || key->kind == KIND_CREDENTIAL_FILE)
        *field_of(record, credential) = reference_to(book, key, arena, text);
    else if (key->kind != KIND_NUMBER && key->kind != KIND_VERSION)
        *field_of(record, key) = arena_copy_text(arena, text);
    return true;
}

bool manifest_book_attest(struct manifest_book *book, struct manifest_customer *customer,
                          struct arena *arena, const char *rule, const char *text,
                          struct manifest_place place, const char *path)
{
    static const struct manifest_key date_key = {.name = "date", .kind = KIND_DATE};
    static const struct manifest_key by_key = {.name = "by", .kind = KIND_TEXT};
    struct fault fault = FAULT_NONE;
    size_t length = strlen(text);
    /* What follows the date and a space is who confirmed it. */
    size_t date_length = length > DATE_LENGTH && text[DATE_LENGTH] == ' ' ? DATE_LENGTH : length;
    const char *date = arena_copy_bytes(arena, text, date_length);

    if (length - date_length > ATTESTED_BY_MAX) {
        manifest_book_problem(book, place, path,
                              "says in more than %d bytes who confirmed it; shorten it",
                              ATTESTED_BY_MAX);
        return false;
    }
    if (length > date_length &&
        manifest_keys_check(&by_key, text + date_length, &fault) != STATUS_OK) {
        manifest_book_problem(book, place, path, "%s", fault.message);
        return false;
    }
    if (manifest_keys_check(&date_key, date, &fault) != STATUS_OK) {
        manifest_book_problem(book, place, path, "%s", fault.message);
        return false;
    }
    /* Rules are known ones and come once each, so there is always room. */
    BUG_UNLESS(customer->attest_count < MANIFEST_ATTESTATIONS_MAX);
    customer->attest[customer->attest_count++] =
        (struct manifest_attestation){arena_copy_text(arena, rule), arena_copy_text(arena, text)};
    return true;
}

void manifest_book_resolve(struct manifest_book *book, const char *reference,
                           struct manifest_place place, const char *path)
{
    struct fault fault = FAULT_NONE;
    struct secret *secret = NULL;

    if (!book->check_credentials || !reference)
        return;
    if (credential_ref_resolve(reference, &secret, &fault) != STATUS_OK)
        manifest_book_problem(book, place, path, "%s", fault.message);
    secret_destroy(secret);
}

/* --- what is known ---------------------------------------------------------------------------- */

bool manifest_book_is_programmatic(const char *path)
{
    return path && strcmp(path, "programmatic") == 0;
}

static void check_destination(struct manifest_book *book, const struct manifest_customer *customer,
                              const struct manifest_customer_places *places)
{
    const char *destination = customer->destination_waba_id;

    if (!destination)
        return;
    if (customer->source_waba_id && strcmp(destination, customer->source_waba_id) == 0)
        manifest_book_problem(
            book, places->destination, places->destination_path,
            "is the source WABA itself; give the id of the new WABA, or leave the "
            "key out until it has been captured");
    const struct place_entry *taken =
        place_index_put(&book->destinations, strtoull(destination, NULL, 10),
                        places->destination.line, (uint32_t)places->destination.file);
    if (taken)
        manifest_book_problem(book, places->destination, places->destination_path,
                              "%s is already the destination of the customer at %s:%u; give every "
                              "customer a WABA of its own",
                              destination, book->file_names[taken->tag], taken->line);
}

struct known_customer *manifest_book_know(struct manifest_book *book,
                                          const struct manifest_customer *customer,
                                          const struct manifest_customer_places *places)
{
    char shown[MANIFEST_SHOWN_BYTES];

    check_destination(book, customer, places);
    if (!customer->id)
        return NULL;
    const struct known_customer *earlier = known_customers_find(&book->customers, customer->id);
    if (earlier) {
        manifest_book_problem(book, places->id, places->id_path,
                              "%s is already a customer at %s:%u; put its numbers there, or give "
                              "this customer an id of its own",
                              manifest_keys_show(customer->id, shown),
                              book->file_names[known_customer_place(earlier).file], earlier->line);
        return NULL;
    }
    struct known_customer *known = known_customers_add(&book->customers, customer, places->id);
    known->is_programmatic = manifest_book_is_programmatic(customer->settings.path);
    return known;
}

void manifest_book_number(struct manifest_book *book, const struct e164 *number,
                          struct manifest_place place, const char *path)
{
    struct number_place earlier;

    if (number_index_put(&book->numbers, number,
                         (struct number_place){place.line, place.file == FILE_ROWS}, &earlier))
        manifest_book_problem(
            book, place, path, "%s is already in the book at %s:%u; remove one of the two",
            number->text, book->file_names[earlier.is_second_file ? FILE_ROWS : FILE_YAML],
            earlier.line);
}

struct path_check {
    struct manifest_book *book;
    bool is_programmatic; /* the batch's default */
};

static void check_path(void *self, const struct known_customer *known)
{
    const struct path_check *check = self;
    char shown[MANIFEST_SHOWN_BYTES];
    bool takes_path = known->has_own_path ? known->is_programmatic : check->is_programmatic;

    if (known->has_destination || (!takes_path && !known->has_programmatic_number))
        return;
    manifest_book_problem(check->book, known_customer_place(known), "destination_waba_id",
                          "missing; the programmatic path makes the numbers of customer %s on a "
                          "WABA that is there already: give its id, or take path: "
                          "embedded_signup",
                          manifest_keys_show(known_customer_id(known), shown));
}

void manifest_book_check_paths(struct manifest_book *book, const char *default_path)
{
    struct path_check check = {book, manifest_book_is_programmatic(default_path)};

    known_customers_each(&book->customers, check_path, &check);
}

/* --- the sink --------------------------------------------------------------------------------- */

enum status manifest_book_give_customer(struct manifest_book *book,
                                        const struct manifest_customer *customer,
                                        struct fault *fault)
{
    if (book->problem_count > 0)
        return STATUS_OK;
    return book->sink->customer(book->sink->self, customer, fault);
}

enum status manifest_book_give_number(struct manifest_book *book,
                                      const struct manifest_number *number, struct fault *fault)
{
    if (book->problem_count > 0)
        return STATUS_OK;
    return book->sink->number(book->sink->self, number, fault);
}
