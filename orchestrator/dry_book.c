/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/dry_book.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "orchestrator/graph_version.h"
#include "orchestrator/manifest_problems.h"
#include "planner/credential_ref.h"

/* A place_index holds 64-bit keys. Two of a book's customers with the same one would be taken for
 * each other, so the text is compared as well, and the next key is tried. */
static uint64_t hash_of(const char *text)
{
    uint64_t hash = hash_text(text);

    return hash ? hash : 1;
}

static uint64_t digits_of(const char *number)
{
    return strtoull(number + 1, NULL, 10);
}

struct dry_customer *dry_book_customer(struct dry_book *book, const char *key)
{
    for (uint64_t hash = hash_of(key);; hash++) {
        const struct place_entry *entry = place_index_find(&book->customers_by_key, hash);
        if (!entry)
            return NULL;
        if (strcmp(book->customers[entry->tag].key, key) == 0)
            return &book->customers[entry->tag];
    }
}

struct dry_number *dry_book_number(struct dry_book *book, const char *number)
{
    const struct place_entry *entry =
        number && *number == '+' ? place_index_find(&book->numbers_by_digits, digits_of(number))
                                 : NULL;

    return entry ? &book->numbers[entry->tag] : NULL;
}

static void copy_settings(struct arena *arena, const struct manifest_settings *from,
                          struct manifest_settings *to)
{
    *to = (struct manifest_settings){
        .path = arena_copy_text(arena, from->path),
        .waba_currency = arena_copy_text(arena, from->waba_currency),
        .data_localization_region = arena_copy_text(arena, from->data_localization_region),
        .templates = arena_copy_text(arena, from->templates),
        .language = arena_copy_text(arena, from->language),
    };
}

static void copy_attestations(struct arena *arena, const struct manifest_customer *from,
                              struct dry_customer *to)
{
    to->attestations = arena_alloc(arena, (from->attest_count + 1) * sizeof *to->attestations);
    to->attestation_count = from->attest_count;
    for (unsigned i = 0; i < from->attest_count; i++) {
        eligibility_attestation_split(from->attest[i].date, arena, &to->attestations[i]);
        to->attestations[i].rule = arena_copy_text(arena, from->attest[i].rule);
    }
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
    struct dry_customer *made = &book->customers[book->customer_count];
    *made = (struct dry_customer){
        .key = arena_copy_text(arena, customer->id),
        .name = arena_copy_text(arena, customer->name),
        .business_id = arena_copy_text(arena, customer->business_id),
        .source_waba_id = arena_copy_text(arena, customer->source_waba_id),
        .destination_waba_id = arena_copy_text(arena, customer->destination_waba_id),
        .token_ref = arena_copy_text(arena, customer->token_ref),
        .source_token_ref = arena_copy_text(arena, customer->source_token_ref),
        .has_webhook_override = customer->webhook_override_callback_uri != NULL,
        .first_number = DRY_NONE,
        .last_number = DRY_NONE,
    };
    copy_settings(arena, &customer->settings, &made->settings);
    copy_attestations(arena, customer, made);
    uint64_t hash = hash_of(made->key);
    while (place_index_put(&book->customers_by_key, hash, 0, (uint32_t)book->customer_count))
        hash++;
    book->customer_count++;
    return STATUS_OK;
}

static enum status on_number(void *self, const struct manifest_number *number, struct fault *fault)
{
    struct dry_book *book = self;
    struct arena *arena = book->arena;
    size_t at = book->number_count;

    (void)fault;
    if (book->number_count == book->number_room) {
        book->number_room = book->number_room ? book->number_room * 2 : 256;
        book->numbers = memory_resize(book->numbers, book->number_room * sizeof *book->numbers);
    }
    struct dry_customer *customer = dry_book_customer(book, number->customer_id);
    BUG_UNLESS(customer);
    book->numbers[at] = (struct dry_number){
        .number = arena_copy_text(arena, number->number.text),
        .customer = (size_t)(customer - book->customers),
        .next = DRY_NONE,
        .phone_number_id = arena_copy_text(arena, number->phone_number_id),
        .source_phone_number_id = arena_copy_text(arena, number->source_phone_number_id),
        .waba_currency = arena_copy_text(arena, number->settings.waba_currency),
        .path = arena_copy_text(arena, number->settings.path),
        .templates = arena_copy_text(arena, number->settings.templates),
        .has_region = number->settings.data_localization_region != NULL,
        /* Numbers of one file follow each other. */
        .file = at > 0 && strcmp(book->numbers[at - 1].file, number->file) == 0
                    ? book->numbers[at - 1].file
                    : arena_copy_text(arena, number->file),
        .line = number->line,
    };
    if (customer->last_number == DRY_NONE)
        customer->first_number = at;
    else
        book->numbers[customer->last_number].next = at;
    customer->last_number = at;
    (void)place_index_put(&book->numbers_by_digits, digits_of(book->numbers[at].number), 0,
                          (uint32_t)at);
    book->number_count++;
    return STATUS_OK;
}

static enum status on_batch(void *self, const struct manifest_batch *manifest, struct fault *fault)
{
    struct dry_book *book = self;
    struct batch_facts *batch = &book->batch;
    struct facts *facts = &batch->facts;

    batch->name = arena_copy_text(book->arena, manifest->batch);
    copy_settings(book->arena, &manifest->defaults, &book->defaults);
    batch->path = book->defaults.path;
    facts->graph_version = manifest->graph_version
                               ? arena_copy_text(book->arena, manifest->graph_version)
                               : GRAPH_VERSION_DEFAULT;
    facts->partner_business_id = arena_copy_text(book->arena, manifest->business_id);
    facts->app_id = arena_copy_text(book->arena, manifest->app_id);
    facts->credit_line_id = arena_copy_text(book->arena, manifest->credit_line_id);
    facts->credit_method = arena_copy_text(book->arena, manifest->credit_method);
    facts->system_user_id = arena_copy_text(book->arena, manifest->system_user_id);
    batch_facts_set_fields(facts);
    if (book->is_offline)
        return STATUS_OK;
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

enum status dry_book_read(const char *manifest, bool is_offline, struct dry_book *book,
                          struct fault *fault)
{
    const struct manifest_sink sink = {book, on_batch, on_customer, on_number, on_problem};

    *book = (struct dry_book){.arena = arena_create(), .is_offline = is_offline};
    book->batch.arena = book->arena;
    enum status status = manifest_read(manifest, !is_offline, &sink, fault);
    return book->problems > 0 ? manifest_problems_fault(manifest, book->problems, fault) : status;
}

void dry_book_finish(struct dry_book *book)
{
    for (size_t i = 0; i < book->customer_count; i++) {
        json_object_put(book->customers[i].source.node);
        json_object_put(book->customers[i].destination.node);
    }
    for (size_t i = 0; i < book->number_count; i++) {
        json_object_put(book->numbers[i].source_node);
        json_object_put(book->numbers[i].destination_node);
    }
    free(book->customers);
    free(book->numbers);
    place_index_finish(&book->customers_by_key);
    place_index_finish(&book->numbers_by_digits);
    secret_destroy(book->batch.system_token);
    secret_destroy(book->batch.app_secret);
    arena_destroy(book->arena);
}

const char *dry_book_path(const struct dry_book *book, const struct dry_customer *customer)
{
    return customer->settings.path ? customer->settings.path
           : book->defaults.path   ? book->defaults.path
                                   : "embedded_signup";
}

const char *dry_book_number_path(const struct dry_book *book, const struct dry_number *number)
{
    return number->path ? number->path : dry_book_path(book, &book->customers[number->customer]);
}

const char *dry_book_currency(const struct dry_book *book, const struct dry_number *number)
{
    const struct dry_customer *customer = &book->customers[number->customer];

    return number->waba_currency              ? number->waba_currency
           : customer->settings.waba_currency ? customer->settings.waba_currency
                                              : book->defaults.waba_currency;
}

bool dry_number_is_over(const struct dry_number *number)
{
    return number->state &&
           (strcmp(number->state, "done") == 0 || strcmp(number->state, "cancelled") == 0);
}
