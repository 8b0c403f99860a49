/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/usage.h"

static void add_business_header(struct exchange *exchange, const char *object_id, int percent,
                                int regain_minutes)
{
    exchange_add_header(
        exchange, "X-Business-Use-Case-Usage",
        arena_printf(exchange->arena,
                     "{\"%s\":[{\"type\":\"whatsapp_business_management\",\"call_count\":%d,"
                     "\"total_cputime\":%d,\"total_time\":%d,"
                     "\"estimated_time_to_regain_access\":%d}]}",
                     object_id, percent, percent / 4, percent / 4, regain_minutes));
}

static void refuse_many_calls(struct exchange *exchange)
{
    exchange_refuse(exchange, 80008, 2446079,
                    "(#80008) There have been too many calls to this WhatsApp Business account. "
                    "Wait a bit and try again.");
}

void usage_refuse(struct exchange *exchange, const char *object_id, int percent, int regain_minutes)
{
    add_business_header(exchange, object_id, percent, regain_minutes);
    refuse_many_calls(exchange);
}

static bool charge(struct world *world, struct exchange *exchange, struct quota *quota,
                   uint32_t limit, const char *object_id)
{
    struct quota_usage usage = quota_use(quota, world_now_ms(world), limit);
    if (usage.is_refused)
        usage_refuse(exchange, object_id, usage.percent, usage.regain_minutes);
    else if (limit)
        add_business_header(exchange, object_id, usage.percent, 0);
    return !usage.is_refused;
}

static uint32_t limit_of(const struct world *world, const struct waba *waba)
{
    return waba->registered_count > 0 ? world->waba_limit : world->waba_fresh_limit;
}

bool usage_charge_waba(struct world *world, struct exchange *exchange, struct waba *waba)
{
    return charge(world, exchange, &waba->quota, limit_of(world, waba), waba->id);
}

/* The header has an object for each WABA, 32 of them at most. */
#define USAGE_OBJECTS_MAX 32

static bool is_repeated(struct waba *const *wabas, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (wabas[i] == wabas[at])
            return true;
    }
    return false;
}

static const char *usage_of(struct arena *arena, const char *before, const struct waba *waba,
                            const struct quota_usage *usage)
{
    return arena_printf(arena,
                        "%s%c\"%s\":[{\"type\":\"whatsapp_business_management\",\"call_count\":%d,"
                        "\"total_cputime\":%d,\"total_time\":%d,"
                        "\"estimated_time_to_regain_access\":%d}]",
                        before, *before ? ',' : '{', waba->id, usage->percent, usage->percent / 4,
                        usage->percent / 4, usage->regain_minutes);
}

bool usage_charge_many(struct world *world, struct exchange *exchange, struct waba *const *wabas,
                       size_t count)
{
    const char *header = "";
    unsigned objects = 0;
    bool is_refused = false;
    for (size_t i = 0; i < count; i++) {
        struct quota_usage usage = {0};
        if (is_repeated(wabas, i))
            continue;
        for (size_t j = i; j < count; j++) {
            if (wabas[j] == wabas[i])
                usage = quota_use(&wabas[i]->quota, world_now_ms(world), limit_of(world, wabas[i]));
        }
        is_refused = is_refused || usage.is_refused;
        if (limit_of(world, wabas[i]) && objects++ < USAGE_OBJECTS_MAX)
            header = usage_of(exchange->arena, header, wabas[i], &usage);
    }
    if (is_refused)
        refuse_many_calls(exchange);
    if (*header)
        exchange_add_header(exchange, "X-Business-Use-Case-Usage",
                            arena_printf(exchange->arena, "%s}", header));
    return !is_refused;
}

bool usage_charge_credit(struct world *world, struct exchange *exchange)
{
    return charge(world, exchange, &world->credit_quota, world->credit_limit,
                  world->partner_business_id);
}

bool usage_charge_app(struct world *world, struct exchange *exchange)
{
    struct quota_usage usage = quota_use(&world->app_quota, world_now_ms(world), world->app_limit);
    /* Graph sends the header once usage is noticeable. */
    if (usage.percent > 0)
        exchange_add_header(exchange, "X-App-Usage",
                            arena_printf(exchange->arena,
                                         "{\"call_count\":%d,\"total_time\":%d,"
                                         "\"total_cputime\":%d}",
                                         usage.percent, usage.percent / 4, usage.percent / 4));
    if (usage.is_refused)
        exchange_refuse(exchange, 4, 2446079, "(#4) Application request limit reached");
    return !usage.is_refused;
}
