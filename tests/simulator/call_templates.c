/* SPDX-License-Identifier: PostgreSQL */
/*
 * Calls on a WABA's templates: the list of them, and copying them from another WABA.
 *
 * Meta, "Template migration": POST /<DESTINATION>/migrate_message_templates takes source_waba_id,
 * page_number (from zero, pages of 500), count (at most 500, in place of 500; to be lowered when a
 * call takes over 30 seconds) and template_ids (at most 500, for what failed), and answers
 * {"migrated_templates":[…],"failed_templates":…}, the latter a map in its example and a list in
 * its syntax block. The call is not among those that count against a WABA's quota.
 *
 * Undocumented (U), and chosen here, see copying_rules.h for the other choice: pages count all of
 * the source's templates, and what does not qualify is passed over; ids win over pages; ids in
 * migrated_templates are the source's; what is there already stands in failed_templates; an id that
 * does not qualify, or that is not the source's, too. A list of failures has {"id","reason"}.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/copying.h"
#include "tests/simulator/template_kinds.h"
#include "tests/simulator/templates.h"

#define COUNT_MAX 500

void call_list_templates(struct world *world, struct exchange *exchange)
{
    struct listing listing;
    json_object *json = NULL;
    if (listing_read(exchange, &listing))
        json = templates_list(world, exchange, exchange->node->waba, &listing, true);
    if (json)
        exchange_answer(exchange, json);
}

/* What the call was asked for. */
struct wanted {
    struct template *templates;
    size_t count;
    const char **unknown; /* ids that are not the source's */
    size_t unknown_count;
    bool is_by_ids;
};

/* ---- what it is asked for ---- */

static bool read_pages(struct exchange *exchange, size_t *page, size_t *count)
{
    const char *count_text = exchange_text(exchange, "count");
    const char *page_text = exchange_text(exchange, "page_number");
    *count = count_text ? strtoul(count_text, NULL, 10) : COUNT_MAX;
    *page = page_text ? strtoul(page_text, NULL, 10) : 0;
    if (*count >= 1 && *count <= COUNT_MAX)
        return true;
    exchange_refuse(exchange, 100, 0, "(#100) Param count must be a number between 1 and %d",
                    COUNT_MAX);
    return false;
}

static void read_page(const struct world *world, struct exchange *exchange,
                      const struct waba *source, struct wanted *wanted)
{
    size_t page, size, kept = 0, place = 0;
    if (!read_pages(exchange, &page, &size))
        return;
    size_t count = copying_collect(world, exchange->arena, source, &wanted->templates);
    for (size_t i = 0; i < count; i++) {
        bool qualifies = copying_qualifies(world, &wanted->templates[i], true);
        if (qualifies && place / size == page)
            wanted->templates[kept++] = wanted->templates[i];
        place += qualifies || !world->copying.pages_of_qualifying;
    }
    wanted->count = kept;
}

static void read_ids(const struct world *world, struct exchange *exchange,
                     const struct waba *source, json_object *ids, struct wanted *wanted)
{
    size_t count = json_object_array_length(ids);
    if (count > COUNT_MAX) {
        exchange_refuse(exchange, 100, 0, "(#100) Param template_ids takes at most %d ids",
                        COUNT_MAX);
        return;
    }
    wanted->is_by_ids = true;
    wanted->templates = arena_alloc(exchange->arena, (count + 1) * sizeof *wanted->templates);
    wanted->unknown = arena_alloc(exchange->arena, (count + 1) * sizeof *wanted->unknown);
    for (size_t i = 0; i < count; i++) {
        const char *id = arena_copy_text(exchange->arena,
                                         json_object_get_string(json_object_array_get_idx(ids, i)));
        if (template_from_id(world, source, id, &wanted->templates[wanted->count]))
            wanted->count++;
        else
            wanted->unknown[wanted->unknown_count++] = id;
    }
}

/* ---- what it answers ---- */

struct migration {
    json_object *migrated, *failed;
    struct copying_call call;
};

static void add_failed(const struct world *world, struct migration *migration, const char *id,
                       const char *reason)
{
    if (!world->copying.failed_as_list) {
        json_object_object_add(migration->failed, id, json_object_new_string(reason));
        return;
    }
    json_object *json = json_object_new_object();
    json_object_object_add(json, "id", json_object_new_string(id));
    json_object_object_add(json, "reason", json_object_new_string(reason));
    json_object_array_add(migration->failed, json);
}

static void migrate_one(struct world *world, struct exchange *exchange, struct migration *migration,
                        const struct template *template)
{
    const struct copying_rules *rules = &world->copying;
    bool is_repeat;
    const char *id = arena_printf(exchange->arena, "%" PRIu64, template_id(template));
    const char *reason = copying_ask(world, &migration->call, template, &is_repeat);
    if (is_repeat && rules->repeats != REPEATS_MIGRATED)
        reason = "A message template of this name and language exists already";
    exchange->has_effect = exchange->has_effect || (!reason && !is_repeat);
    if (reason) {
        if (!is_repeat || rules->repeats == REPEATS_FAILED)
            add_failed(world, migration, id, reason);
        return;
    }
    const struct copy *copy = copying_find(migration->call.destination, template);
    if (rules->ids_of_destination && copy && copy->by != COPIED_BY_NOBODY) {
        struct template made = {migration->call.destination, template->kind, template->number,
                                template->is_own_named, copy};
        id = arena_printf(exchange->arena, "%" PRIu64, template_id(&made));
    }
    json_object_array_add(migration->migrated, json_object_new_string(id));
}

/* A longer call than a gateway waits for: its answer is lost, what it did is not. */
static void take_time(const struct world *world, struct exchange *exchange, size_t count)
{
    const struct copying_rules *rules = &world->copying;
    unsigned took_ms = rules->ms_per_template * (unsigned)count;
    bool is_too_long = rules->call_limit_ms && took_ms > rules->call_limit_ms;
    exchange->delay_ms += is_too_long ? rules->call_limit_ms : took_ms;
    if (is_too_long) {
        exchange_refuse_as(exchange,
                           &(struct refusal){.code = 2,
                                             .message = "(#2) Service temporarily unavailable",
                                             .is_transient = true});
    }
}

static void migrate(struct world *world, struct exchange *exchange, const struct wanted *wanted,
                    unsigned room)
{
    struct migration migration = {json_object_new_array(),
                                  world->copying.failed_as_list ? json_object_new_array()
                                                                : json_object_new_object(),
                                  {exchange->node->waba, room, 0, wanted->is_by_ids}};
    for (size_t i = 0; i < wanted->count; i++)
        migrate_one(world, exchange, &migration, &wanted->templates[i]);
    for (size_t i = 0; i < wanted->unknown_count; i++)
        add_failed(world, &migration, wanted->unknown[i],
                   "The source account has no such message template");
    json_object *json = json_object_new_object();
    json_object_object_add(json, "migrated_templates", migration.migrated);
    json_object_object_add(json, "failed_templates", migration.failed);
    exchange_answer(exchange, json);
    take_time(world, exchange, wanted->count + wanted->unknown_count);
}

/* Whether there is something to copy, and room for none of it. */
static bool is_full(const struct world *world, const struct waba *destination,
                    const struct wanted *wanted, unsigned room)
{
    for (size_t i = 0; room == 0 && i < wanted->count; i++) {
        if (copying_qualifies(world, &wanted->templates[i], true) &&
            !copying_is_there(world, destination, &wanted->templates[i]))
            return true;
    }
    return false;
}

static void migrate_if_it_fits(struct world *world, struct exchange *exchange,
                               const struct wanted *wanted)
{
    const struct waba *destination = exchange->node->waba;
    unsigned limit = copying_limit(world, destination);
    unsigned taken = copying_taken(world, destination);
    unsigned room = limit > taken ? limit - taken : 0;
    if (is_full(world, destination, wanted, room)) {
        exchange_refuse_as(exchange, &(struct refusal){.code = 100,
                                                       .subcode = 2388019,
                                                       .message = "Invalid parameter",
                                                       .title = "Message template limit exceeded",
                                                       .user_message =
                                                           "This account has reached its limit of "
                                                           "message templates"});
        return;
    }
    migrate(world, exchange, wanted, room);
}

void call_migrate_templates(struct world *world, struct exchange *exchange)
{
    struct waba *destination = exchange->node->waba;
    struct wanted wanted = {0};
    if (destination->customer->is_restricted) {
        exchange_refuse(exchange, 368, 0,
                        "(#368) The account has been temporarily blocked for policy violations");
        return;
    }
    if (call_refuse_as_staged(exchange, &destination->customer->template_error))
        return;
    const struct waba *source = call_find_source(world, exchange);
    json_object *ids = source ? call_read_list(exchange, "template_ids") : NULL;
    if (ids)
        read_ids(world, exchange, source, ids, &wanted);
    else if (source && !exchange->error_code)
        read_page(world, exchange, source, &wanted);
    if (source && !exchange->error_code) {
        destination->template_calls++;
        migrate_if_it_fits(world, exchange, &wanted);
    }
    json_object_put(ids);
}
