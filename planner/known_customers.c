/* SPDX-License-Identifier: PostgreSQL */
#include "planner/known_customers.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Where a record is: the number of its block, and the word in it. Four gigabytes of records do. */
#define WORD_BITS 14
#define BLOCK_WORDS ((size_t)1 << WORD_BITS)

/* A block holds one record that is longer than a block by itself. */
struct known_block {
    size_t used, room; /* words */
    uint32_t words[];
};

/* The fields of a customer that CSV rows may give, and must agree on. */
static const size_t agreed_fields[] = {
    offsetof(struct manifest_customer, name),
    offsetof(struct manifest_customer, business_id),
    offsetof(struct manifest_customer, source_waba_id),
    offsetof(struct manifest_customer, destination_waba_id),
    offsetof(struct manifest_customer, token_ref),
    offsetof(struct manifest_customer, source_token_ref),
    offsetof(struct manifest_customer, webhook_override_callback_uri),
    offsetof(struct manifest_customer, webhook_verify_token_ref),
    offsetof(struct manifest_customer, settings.waba_currency),
    offsetof(struct manifest_customer, settings.templates_wait),
    offsetof(struct manifest_customer, settings.templates_settle),
    offsetof(struct manifest_customer, settings.business_profile),
};
#define AGREED_FIELDS (sizeof agreed_fields / sizeof agreed_fields[0])

void known_customers_finish(struct known_customers *customers)
{
    if (!customers)
        return;
    for (size_t i = 0; i < customers->block_count; i++)
        free(customers->blocks[i]);
    free(customers->blocks);
    free(customers->slots);
    *customers = (struct known_customers){0};
}

/* --- prints ----------------------------------------------------------------------------------- */

static uint32_t print_of(const char *text)
{
    uint64_t hash = hash_text(text);

    return (uint32_t)(hash ^ hash >> 32);
}

static uint32_t attest_print(const struct manifest_attestation *attestation)
{
    return print_of(attestation->rule) * 31 + print_of(attestation->date);
}

static const char *field_of(const struct manifest_customer *customer, size_t offset)
{
    return *(const char *const *)((const char *)customer + offset);
}

static unsigned count_of(unsigned bits)
{
    return (unsigned)__builtin_popcount(bits);
}

const char *known_customer_id(const struct known_customer *known)
{
    return (const char *)(known->prints + count_of(known->fields) + known->attest_count);
}

bool known_customer_agrees(const struct known_customer *known,
                           const struct manifest_customer *customer, size_t offset)
{
    const char *value = field_of(customer, offset);
    unsigned i = 0;

    while (i < AGREED_FIELDS && agreed_fields[i] != offset)
        i++;
    BUG_UNLESS(i < AGREED_FIELDS);
    if (!value || !(known->fields >> i & 1))
        return !value && !(known->fields >> i & 1);
    return known->prints[count_of(known->fields & ((1U << i) - 1))] == print_of(value);
}

bool known_customer_attested(const struct known_customer *known,
                             const struct manifest_attestation *attestation)
{
    const uint32_t *prints = known->prints + count_of(known->fields);

    for (unsigned i = 0; i < known->attest_count; i++)
        if (prints[i] == attest_print(attestation))
            return true;
    return false;
}

struct manifest_place known_customer_place(const struct known_customer *known)
{
    return (struct manifest_place){known->is_in_rows ? FILE_ROWS : FILE_YAML, known->line,
                                   known->column};
}

/* --- the set ---------------------------------------------------------------------------------- */

static struct known_customer *record_at(const struct known_customers *customers, uint32_t where)
{
    const struct known_block *block = customers->blocks[(where - 1) >> WORD_BITS];
    return (struct known_customer *)&block->words[(where - 1) & (BLOCK_WORDS - 1)];
}

/* With the id's text behind it. */
static size_t words_of(size_t prints, const char *id)
{
    return (sizeof(struct known_customer) + prints * sizeof(uint32_t) + strlen(id) + 1 + 3) / 4;
}

static size_t words_of_record(const struct known_customer *known)
{
    return words_of(count_of(known->fields) + known->attest_count, known_customer_id(known));
}

/* The slot of `id`, or the free one where it belongs. */
static uint32_t *probe(const struct known_customers *customers, const char *id)
{
    /* Ids of one book differ in their last digits, which FNV alone does not carry to the top. */
    uint64_t mixed = hash_text(id) * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)((mixed >> 32) * customers->slot_count >> 32);

    while (customers->slots[at] != 0 &&
           strcmp(known_customer_id(record_at(customers, customers->slots[at])), id) != 0)
        at = at + 1 == customers->slot_count ? 0 : at + 1;
    return &customers->slots[at];
}

struct known_customer *known_customers_find(const struct known_customers *customers, const char *id)
{
    if (customers->count == 0)
        return NULL;
    uint32_t where = *probe(customers, id);
    return where ? record_at(customers, where) : NULL;
}

/* At most three quarters full. */
static void grow_slots(struct known_customers *customers)
{
    customers->slot_count += customers->slot_count / 4 + 64;
    free(customers->slots);
    customers->slots = memory_take(customers->slot_count * sizeof *customers->slots);
    memset(customers->slots, 0, customers->slot_count * sizeof *customers->slots);
    for (size_t i = 0; i < customers->block_count; i++)
        for (size_t word = 0; word < customers->blocks[i]->used;) {
            uint32_t where = (uint32_t)(i << WORD_BITS | word) + 1;
            const struct known_customer *known = record_at(customers, where);
            *probe(customers, known_customer_id(known)) = where;
            word += words_of_record(known);
        }
}

/* Room for so many words at the end; where they are. */
static uint32_t take_words(struct known_customers *customers, size_t words)
{
    size_t count = customers->block_count;
    struct known_block *block = count ? customers->blocks[count - 1] : NULL;

    if (!block || block->room - block->used < words) {
        size_t room = words > BLOCK_WORDS ? words : BLOCK_WORDS;
        BUG_UNLESS(count < UINT32_MAX >> WORD_BITS);
        customers->blocks =
            memory_resize(customers->blocks, (count + 1) * sizeof(struct known_block *));
        block = memory_take(sizeof *block + room * sizeof(uint32_t));
        *block = (struct known_block){.room = room};
        customers->blocks[count] = block;
        customers->block_count = ++count;
    }
    block->used += words;
    return (uint32_t)((count - 1) << WORD_BITS | (block->used - words)) + 1;
}

static uint32_t make(struct known_customers *customers, const struct manifest_customer *customer)
{
    uint16_t fields = 0;
    unsigned next = 0;

    for (unsigned i = 0; i < AGREED_FIELDS; i++)
        fields = (uint16_t)(fields | (field_of(customer, agreed_fields[i]) ? 1U << i : 0));
    uint32_t where =
        take_words(customers, words_of(count_of(fields) + customer->attest_count, customer->id));
    struct known_customer *known = record_at(customers, where);
    *known =
        (struct known_customer){.fields = fields, .attest_count = (uint8_t)customer->attest_count};
    for (unsigned i = 0; i < AGREED_FIELDS; i++)
        if (fields >> i & 1)
            known->prints[next++] = print_of(field_of(customer, agreed_fields[i]));
    for (unsigned i = 0; i < customer->attest_count; i++)
        known->prints[next++] = attest_print(&customer->attest[i]);
    memcpy(known->prints + next, customer->id, strlen(customer->id) + 1);
    return where;
}

struct known_customer *known_customers_add(struct known_customers *customers,
                                           const struct manifest_customer *customer,
                                           struct manifest_place place)
{
    if (customers->count >= customers->slot_count / 4 * 3)
        grow_slots(customers);
    uint32_t *slot = probe(customers, customer->id);
    *slot = make(customers, customer);
    customers->count++;
    struct known_customer *known = record_at(customers, *slot);
    known->line = place.line;
    known->column = place.column < UINT16_MAX ? (uint16_t)place.column : UINT16_MAX;
    known->is_in_rows = place.file == FILE_ROWS;
    known->has_destination = customer->destination_waba_id != NULL;
    known->has_own_path = customer->settings.path != NULL;
    return known;
}

void known_customers_each(const struct known_customers *customers,
                          void (*visit)(void *self, const struct known_customer *known), void *self)
{
    for (size_t i = 0; i < customers->block_count; i++)
        for (size_t word = 0; word < customers->blocks[i]->used;) {
            const struct known_customer *known =
                record_at(customers, (uint32_t)(i << WORD_BITS | word) + 1);
            visit(self, known);
            word += words_of_record(known);
        }
}
