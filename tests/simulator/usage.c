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

void usage_refuse(struct exchange *exchange, const char *object_id, int percent, int regain_minutes)
{
    add_business_header(exchange, object_id, percent, regain_minutes);
    exchange_refuse(exchange, 80008, 2446079,
                    "(#80008) There have been too many calls to this WhatsApp Business account. "
                    "Wait a bit and try again.");
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

bool usage_charge_waba(struct world *world, struct exchange *exchange, struct waba *waba)
{
    uint32_t limit = waba->registered_count > 0 ? world->waba_limit : world->waba_fresh_limit;
    return charge(world, exchange, &waba->quota, limit, waba->id);
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
