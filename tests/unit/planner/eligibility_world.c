/* SPDX-License-Identifier: PostgreSQL */
#include "tests/unit/planner/eligibility_world.h"

#include <CUnit/CUnit.h>
#include <json-c/json.h>
#include <string.h>

#include "base/fault.h"

static const char source_waba[] =
    "{\"id\":\"800100\",\"account_review_status\":\"APPROVED\","
    "\"business_verification_status\":\"verified\",\"primary_funding_id\":\"4400\","
    "\"owner_business_info\":{\"name\":\"Bakery Lune\",\"id\":\"700100\"},"
    "\"_templates\":{\"total\":12,\"approved_green\":9,\"approved_unknown\":1}}";
static const char destination_waba[] =
    "{\"id\":\"900100\",\"account_review_status\":\"APPROVED\","
    "\"business_verification_status\":\"verified\",\"primary_funding_id\":\"4401\","
    "\"currency\":\"EUR\","
    "\"owner_business_info\":{\"name\":\"Bakery Lune\",\"id\":\"700100\"},"
    "\"subscribed_apps\":{\"data\":[{\"whatsapp_business_api_data\":{\"id\":\"998877\"}}]},"
    "\"_templates\":{\"total\":3,\"approved_green\":0,\"approved_unknown\":3}}";
static const char source_number[] =
    "{\"id\":\"600100\",\"name_status\":\"APPROVED\",\"new_name_status\":\"NONE\","
    "\"is_pin_enabled\":false,\"account_mode\":\"LIVE\",\"is_on_biz_app\":false,"
    "\"platform_type\":\"CLOUD_API\",\"status\":\"CONNECTED\"}";
static const char destination_number[] =
    "{\"id\":\"610100\",\"name_status\":\"APPROVED\",\"account_mode\":\"LIVE\","
    "\"status\":\"PENDING\",\"code_verification_status\":\"VERIFIED\"}";

void world_init(struct world *world, struct arena *arena)
{
    arena_reset(arena);
    *world = (struct world){
        .arena = arena,
        .facts = {.source_waba = json_tokener_parse(source_waba),
                  .destination_waba = json_tokener_parse(destination_waba),
                  .source_number = json_tokener_parse(source_number),
                  .destination_number = json_tokener_parse(destination_number),
                  .source_read_at = SOURCE_DAY,
                  .destination_read_at = DESTINATION_DAY,
                  .now = NOW,
                  .business_id = "700100",
                  .destination_waba_id = "900100",
                  .phone_number_id = "610100",
                  .app_id = "998877",
                  .waba_currency = "EUR",
                  .registrations_allowed = 10,
                  .registrations_unasked = 8,
                  .is_embedded_signup = true},
    };
}

void world_finish(struct world *world)
{
    json_object_put(world->facts.source_waba);
    json_object_put(world->facts.destination_waba);
    json_object_put(world->facts.source_number);
    json_object_put(world->facts.destination_number);
}

void world_forget_destination(struct world *world)
{
    world_set(world, "destination_waba", NULL);
    world_set(world, "destination_number", NULL);
    world->facts.destination_waba_id = world->facts.phone_number_id = NULL;
}

void world_forget_source(struct world *world)
{
    world_set(world, "source_waba", NULL);
    world_set(world, "source_number", NULL);
}

void world_reach(struct world *world, enum reach reach)
{
    if (reach == REACH_BEFORE_SIGNUP || reach == REACH_BEFORE_SIGNUP_NO_SOURCE ||
        reach == REACH_OFFLINE_BEFORE_SIGNUP)
        world_forget_destination(world);
    if (reach == REACH_NO_DESTINATION || reach == REACH_OFFLINE) {
        world_set(world, "destination_waba", NULL);
        world_set(world, "destination_number", NULL);
    }
    if (reach != REACH_ALL && reach != REACH_NO_DESTINATION && reach != REACH_BEFORE_SIGNUP)
        world_forget_source(world);
    world->facts.is_offline = reach == REACH_OFFLINE || reach == REACH_OFFLINE_BEFORE_SIGNUP;
}

static struct json_object **node_at(struct world *world, const char *path)
{
    if (strncmp(path, "source_waba", strcspn(path, ".")) == 0)
        return &world->facts.source_waba;
    if (strncmp(path, "destination_waba", strcspn(path, ".")) == 0)
        return &world->facts.destination_waba;
    if (strncmp(path, "source_number", strcspn(path, ".")) == 0)
        return &world->facts.source_number;
    BUG_UNLESS(strncmp(path, "destination_number", strcspn(path, ".")) == 0);
    return &world->facts.destination_number;
}

void world_set(struct world *world, const char *path, const char *json)
{
    struct json_object **node = node_at(world, path);
    const char *dot = strchr(path, '.');
    struct json_object *value = json ? json_tokener_parse(json) : NULL;

    if (!dot) {
        json_object_put(*node);
        *node = value;
    } else if (json) {
        json_object_object_add(*node, dot + 1, value);
    } else {
        json_object_object_del(*node, dot + 1);
    }
}

void world_leave_out(struct world *world, const char *path)
{
    struct json_object *node = *node_at(world, path);
    struct json_object *names = NULL;

    world_set(world, path, NULL);
    if (!json_object_object_get_ex(node, "_left_out", &names)) {
        names = json_object_new_array();
        json_object_object_add(node, "_left_out", names);
    }
    json_object_array_add(names, json_object_new_string(strchr(path, '.') + 1));
}

const struct finding *world_find(const struct world *world, const char *rule)
{
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        if (strcmp(world->findings[i].rule, rule) == 0)
            return &world->findings[i];
    }
    BUG_UNLESS(false);
    return NULL;
}

const struct finding *world_ask(struct world *world, const char *rule)
{
    CU_ASSERT_EQUAL(eligibility_assess(&world->facts, world->arena, world->findings),
                    ELIGIBILITY_RULES_MAX);
    return world_find(world, rule);
}

bool is_text(const char *text, const char *expected)
{
    return text && expected ? strcmp(text, expected) == 0 : text == expected;
}
