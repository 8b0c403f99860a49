/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/dry_book.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/graph_version.h"
#include "orchestrator/manifest_problems.h"
#include "planner/credential_ref.h"
#include "planner/manifest.h"

/* Numbers name their customer; the customer of the row before is almost always the same. */
static size_t find_customer(const struct dry_book *book, const char *key)
{
    for (size_t i = book->customer_count; i > 0; i--) {
        if (strcmp(book->customers[i - 1].key, key) == 0)
            return i - 1;
    }
    return book->customer_count;
}

static enum status on_customer(void *self, const struct manifest_customer *customer,
                               struct fault *fault)
{
    struct dry_book *book = self;
    struct arena *arena = book->arena;

    (void)fault;
    if (book->customer_count == book->customer_room) {
        book->customer_room = book->customer_room ? book->customer_room * 2 : 64;
        book->customers =
            memory_resize(book->customers, book->customer_room * sizeof *book->customers);
    }
    struct dry_customer *made = &book->customers[book->customer_count++];
    memset(made, 0, sizeof *made);
    made->key = arena_copy_text(arena, customer->id);
    made->name = arena_copy_text(arena, customer->name);
    made->business_id = arena_copy_text(arena, customer->business_id);
    made->source_waba_id = arena_copy_text(arena, customer->source_waba_id);
    made->destination_waba_id = arena_copy_text(arena, customer->destination_waba_id);
    made->token_ref = arena_copy_text(arena, customer->token_ref);
    made->source_token_ref = arena_copy_text(arena, customer->source_token_ref);
    made->is_embedded_signup =
        !customer->settings.path || strcmp(customer->settings.path, "embedded_signup") == 0;
    made->attestations =
        arena_alloc(arena, (customer->attest_count + 1) * sizeof *made->attestations);
    made->attestation_count = customer->attest_count;
    for (unsigned i = 0; i < customer->attest_count; i++) {
        made->attestations[i].rule = arena_copy_text(arena, customer->attest[i].rule);
        made->attestations[i].date = arena_copy_text(arena, customer->attest[i].date);
    }
    return STATUS_OK;
}

static enum status on_number(void *self, const struct manifest_number *number, struct fault *fault)
{
    struct dry_book *book = self;

    (void)fault;
    if (book->number_count == book->number_room) {
        book->number_room = book->number_room ? book->number_room * 2 : 256;
        book->numbers = memory_resize(book->numbers, book->number_room * sizeof *book->numbers);
    }
    struct dry_number *made = &book->numbers[book->number_count++];
    memset(made, 0, sizeof *made);
    made->number = arena_copy_text(book->arena, number->number.text);
    made->phone_number_id = arena_copy_text(book->arena, number->phone_number_id);
    made->customer = find_customer(book, number->customer_id);
    BUG_UNLESS(made->customer < book->customer_count);
    return STATUS_OK;
}

static enum status on_batch(void *self, const struct manifest_batch *manifest, struct fault *fault)
{
    struct dry_book *book = self;
    struct batch_facts *batch = &book->batch;
    struct facts *facts = &batch->facts;

    batch->name = arena_copy_text(book->arena, manifest->batch);
    batch->path = arena_copy_text(book->arena, manifest->defaults.path);
    facts->graph_version = manifest->graph_version
                               ? arena_copy_text(book->arena, manifest->graph_version)
                               : GRAPH_VERSION_DEFAULT;
    facts->partner_business_id = arena_copy_text(book->arena, manifest->business_id);
    facts->app_id = arena_copy_text(book->arena, manifest->app_id);
    facts->credit_line_id = arena_copy_text(book->arena, manifest->credit_line_id);
    facts->waba_fields = ELIGIBILITY_WABA_FIELDS;
    facts->number_fields = ELIGIBILITY_NUMBER_FIELDS;
    enum status status =
        credential_ref_resolve(manifest->system_token_ref, &batch->system_token, fault);
    facts->system_token = batch->system_token;
    return status;
}

static void on_problem(void *self, const char *file, unsigned line, unsigned column,
                       const char *key, const char *what)
{
    struct dry_book *book = self;

    manifest_problem_print(&book->problems, file, line, column, key, what);
}

static int compare_numbers(const void *left, const void *right)
{
    return strcmp(((const struct dry_number *)left)->number,
                  ((const struct dry_number *)right)->number);
}

enum status dry_book_read(const char *manifest, struct dry_book *book, struct fault *fault)
{
    const struct manifest_sink sink = {book, on_batch, on_customer, on_number, on_problem};

    memset(book, 0, sizeof *book);
    book->arena = arena_create();
    book->batch.arena = book->arena;
    enum status status = manifest_read(manifest, true, &sink, fault);
    if (book->problems > 0)
        return manifest_problems_fault(manifest, book->problems, fault);
    if (book->number_count > 0)
        qsort(book->numbers, book->number_count, sizeof *book->numbers, compare_numbers);
    return status;
}

void dry_book_finish(struct dry_book *book)
{
    for (size_t i = 0; i < book->customer_count; i++) {
        json_object_put(book->customers[i].source_node);
        json_object_put(book->customers[i].destination_node);
    }
    for (size_t i = 0; i < book->number_count; i++) {
        json_object_put(book->numbers[i].source_node);
        json_object_put(book->numbers[i].destination_node);
    }
    free(book->customers);
    free(book->numbers);
    secret_destroy(book->batch.system_token);
    secret_destroy(book->batch.app_secret);
    arena_destroy(book->arena);
}

struct dry_customer *dry_book_customer(struct dry_book *book, const char *key)
{
    size_t at = find_customer(book, key);

    return at < book->customer_count ? &book->customers[at] : NULL;
}

struct dry_number *dry_book_number(struct dry_book *book, const char *number)
{
    struct dry_number key = {.number = number};

    return book->number_count == 0 ? NULL
                                   : bsearch(&key, book->numbers, book->number_count,
                                             sizeof *book->numbers, compare_numbers);
}
