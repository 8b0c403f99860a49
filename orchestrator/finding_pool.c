/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/finding_pool.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define FIRST_ROOM 256

/* Open addressing, at most half full; an entry is a finding, or a list of them. */
struct table {
    const void **entries;
    size_t room, count;
};

struct list {
    size_t count;
    const struct report_finding
        *findings[ELIGIBILITY_RULES_MAX]; /* only `count` of them are kept */
};

struct finding_pool {
    struct arena *arena;
    struct table findings, lists;
};

struct finding_pool *finding_pool_create(struct arena *arena)
{
    struct finding_pool *pool = memory_take(sizeof *pool);

    *pool = (struct finding_pool){.arena = arena};
    return pool;
}

void finding_pool_destroy(struct finding_pool *pool)
{
    if (!pool)
        return;
    free(pool->findings.entries);
    free(pool->lists.entries);
    free(pool);
}

static uint64_t hash_finding(const void *entry)
{
    const struct report_finding *finding = entry;
    uint64_t hash = HASH_START;

    /* The rest follows from these. */
    hash = hash_field(hash, finding->rule);
    hash = hash_field(hash, finding->value);
    hash = hash_field(hash, finding->read_at);
    return hash_field(hash, finding->remedy);
}

static uint64_t hash_list(const void *entry)
{
    const struct list *list = entry;

    return hash_bytes(HASH_START, list->findings,
                      list->count * sizeof(const struct report_finding *));
}

static bool is_same_text(const char *left, const char *right)
{
    return left == right || (left && right && strcmp(left, right) == 0);
}

static bool is_same_finding(const void *left, const void *right)
{
    const struct report_finding *a = left, *b = right;

    return strcmp(a->rule, b->rule) == 0 && strcmp(a->verdict, b->verdict) == 0 &&
           strcmp(a->evidence, b->evidence) == 0 && a->is_fixable == b->is_fixable &&
           a->is_blocking == b->is_blocking && is_same_text(a->field, b->field) &&
           is_same_text(a->value, b->value) && is_same_text(a->read_at, b->read_at) &&
           is_same_text(a->owner, b->owner) && is_same_text(a->remedy, b->remedy) &&
           is_same_text(a->attested_by, b->attested_by);
}

static bool is_same_list(const void *left, const void *right)
{
    const struct list *a = left, *b = right;

    return a->count == b->count &&
           memcmp(a->findings, b->findings, a->count * sizeof(const struct report_finding *)) == 0;
}

/* The place of what equals `entry`, or the empty one where it belongs. */
static const void **probe(const struct table *table, const void *entry,
                          uint64_t (*hash)(const void *),
                          bool (*is_same)(const void *, const void *))
{
    size_t at = hash(entry) & (table->room - 1);

    while (table->entries[at] && !is_same(table->entries[at], entry))
        at = (at + 1) & (table->room - 1);
    return &table->entries[at];
}

static void make_room(struct table *table, uint64_t (*hash)(const void *),
                      bool (*is_same)(const void *, const void *))
{
    struct table grown = {.room = table->room ? table->room * 2 : FIRST_ROOM,
                          .count = table->count};

    if (table->count < table->room / 2)
        return;
    grown.entries = memory_take(grown.room * sizeof *grown.entries);
    memset(grown.entries, 0, grown.room * sizeof *grown.entries);
    for (size_t i = 0; i < table->room; i++) {
        if (table->entries[i])
            *probe(&grown, table->entries[i], hash, is_same) = table->entries[i];
    }
    free(table->entries);
    *table = grown;
}

static const struct report_finding *keep_finding(struct finding_pool *pool,
                                                 const struct finding *finding)
{
    struct report_finding shown = {
        .rule = finding->rule,
        .verdict = verdict_name(finding->verdict),
        .evidence = evidence_name(finding->evidence),
        .field = finding->field,
        .value = finding->value,
        .read_at = finding->read_at,
        .owner = finding->owner,
        .remedy = finding->remedy,
        .attested_by = finding->attested_by,
        .is_fixable = finding->is_fixable,
        .is_blocking = finding->is_blocking,
    };

    make_room(&pool->findings, hash_finding, is_same_finding);
    const void **place = probe(&pool->findings, &shown, hash_finding, is_same_finding);
    if (!*place) {
        struct report_finding *kept = arena_alloc(pool->arena, sizeof *kept);
        *kept = shown;
        kept->value = arena_copy_text(pool->arena, shown.value);
        kept->read_at = arena_copy_text(pool->arena, shown.read_at);
        kept->attested_by = arena_copy_text(pool->arena, shown.attested_by);
        *place = kept;
        pool->findings.count++;
    }
    return *place;
}

const struct report_finding *const *finding_pool_list(struct finding_pool *pool,
                                                      const struct finding *findings, size_t count)
{
    struct list wanted = {.count = count};
    size_t bytes = offsetof(struct list, findings) + count * sizeof wanted.findings[0];

    BUG_UNLESS(count <= ELIGIBILITY_RULES_MAX);
    for (size_t i = 0; i < count; i++)
        wanted.findings[i] = keep_finding(pool, &findings[i]);
    make_room(&pool->lists, hash_list, is_same_list);
    const void **place = probe(&pool->lists, &wanted, hash_list, is_same_list);
    if (!*place) {
        void *kept = arena_alloc(pool->arena, bytes);
        memcpy(kept, &wanted, bytes);
        *place = kept;
        pool->lists.count++;
    }
    return ((const struct list *)*place)->findings;
}
