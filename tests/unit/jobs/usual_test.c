/* SPDX-License-Identifier: PostgreSQL */
/*
 * The forecast adds up what the phases say of themselves; here they are gone through. Every kind is
 * walked along a migration that nothing disturbs, with every combination of what a customer may
 * have, and the requests sent are compared with `usual`, and their targets with `budget`.
 */
#include <json-c/json.h>

#include "jobs/body.h"
#include "jobs/job_table.h"
#include "jobs/path.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define HOPS_MAX 10

enum trait {
    HAS_CODE = 1 << 0,
    HAS_LINE = 1 << 1,
    HAS_LINE_IN_PARTS = 1 << 2,
    HAS_OVERRIDE = 1 << 3,
    HAS_REGION = 1 << 4,
    HAS_NEW_NUMBER = 1 << 5,
    HAS_TEMPLATES = 1 << 6,
    HAS_TEMPLATES_BEFORE = 1 << 7,
    TRAITS_END = 1 << 8
};

/* What Graph answers when nothing has been done yet and all goes well. */
static const struct {
    const char *kind, *phase, *body;
} script[] = {
    /* clang-format off */
    {"read_source",        "waba",              "{\"id\":\"800100\",\"phone_numbers\":{\"data\":[{\"id\":\"600100\",\"display_phone_number\":\"+33\"}]}}"},
    {"exchange_code",      "exchange",          "{\"access_token\":\"MARKER\"}"},
    {"read_destination",   "waba",              "{\"id\":\"900100\",\"subscribed_apps\":{\"data\":[]}}"},
    {"subscribe_webhooks", "subscribe",         "{\"success\":true}"},
    {"subscribe_webhooks", "override",          "{\"success\":true}"},
    {"assign_system_user", "assign",            "{\"success\":true}"},
    {"share_credit_line",  "lookup",            "{\"data\":[]}"},
    {"share_credit_line",  "share",             "{\"allocation_config_id\":\"77\"}"},
    {"share_credit_line",  "share_business",    "{\"allocation_config_id\":\"77\"}"},
    {"share_credit_line",  "attach",            "{\"allocation_config_id\":\"77\"}"},
    {"share_credit_line",  "verify_allocation", "{\"receiving_credential\":{\"id\":\"88\"}}"},
    {"share_credit_line",  "verify_waba",       "{\"id\":\"900100\",\"primary_funding_id\":\"88\"}"},
    {"create_number",      "create",            "{\"id\":\"610100\"}"},
    {"request_code",       "request",           "{\"success\":true}"},
    {"verify_code",        "verify",            "{\"success\":true}"},
    {"set_storage",        "set",               "{\"success\":true}"},
    {"register_number",    "register",          "{\"success\":true}"},
    {"confirm_number",     "read",              "{\"data\":[{\"id\":\"610100\",\"status\":\"CONNECTED\"}]}"},
    {"list_templates",     "source",            "{\"data\":[]}"},
    {"migrate_templates",  "migrate",           "{\"migrated_templates\":[\"1\",\"2\"],\"failed_templates\":{}}"},
    {"migrate_templates",  "look",              "{\"data\":[]}"},
    {"settle_templates",   "look",              "{\"data\":[]}"},
    /* clang-format on */
};

/* What the database makes of it: after that phase, and before the first one (""). */
static const struct {
    const char *kind, *phase, *templates;
} reckoned[] = {
    /* clang-format off */
    {"list_templates",    "",        "{\"source_counted\":2}"},
    {"migrate_templates", "",        "{\"source_total\":2,\"destination_counted\":0,\"is_empty\":true,\"missing\":2,\"due\":2,\"wait_ms\":900000,\"ids\":[\"1\",\"2\"]}"},
    {"migrate_templates", "migrate", "{\"source_total\":2,\"is_empty\":true,\"missing\":2,\"asked\":2,\"due\":0,\"due_ms\":3600000,\"wait_ms\":900000}"},
    {"migrate_templates", "look",    "{\"source_total\":2,\"there\":2,\"missing\":0,\"wait_ms\":900000}"},
    {"settle_templates",  "",        "{\"source_total\":2,\"there\":2,\"missing\":0,\"destination_read_ms\":1000,\"settles_ms\":86400000,\"settle_ms\":604800000}"},
    {"settle_templates",  "look",    "{\"source_total\":2,\"there\":0,\"missing\":0,\"destination_read_ms\":86400000,\"settle_ms\":604800000}"},
    /* clang-format on */
};

static void reckon(const struct job_kind *kind, const char *phase, struct facts *facts)
{
    for (size_t i = 0; i < sizeof reckoned / sizeof reckoned[0]; i++) {
        if (strcmp(reckoned[i].kind, kind->name) == 0 && strcmp(reckoned[i].phase, phase) == 0)
            facts->templates = reckoned[i].templates;
    }
}

static struct json_object *scripted_answer(const struct job_kind *kind,
                                           const struct job_phase *phase)
{
    for (size_t i = 0; i < sizeof script / sizeof script[0]; i++) {
        if (strcmp(script[i].kind, kind->name) == 0 && strcmp(script[i].phase, phase->name) == 0)
            return json_tokener_parse(script[i].body);
    }
    fprintf(stderr, "\n  %s/%s: not expected on an undisturbed way\n", kind->name, phase->name);
    return NULL;
}

static void fill(unsigned traits, const struct job_kind *kind, struct facts *facts)
{
    const struct job_case row = {.without = (traits & HAS_CODE ? 0u : WITHOUT_CODE) |
                                            (traits & HAS_LINE ? 0u : WITHOUT_CREDIT_LINE) |
                                            (traits & HAS_OVERRIDE ? 0u : WITHOUT_OVERRIDE) |
                                            (traits & HAS_REGION ? 0u : WITHOUT_REGION) |
                                            (traits & HAS_NEW_NUMBER ? WITHOUT_VERIFICATION : 0u),
                                 .credit_method =
                                     traits & HAS_LINE_IN_PARTS ? "sharing_then_attach" : NULL,
                                 .template_fields = "status,quality_score",
                                 /* as read_destination leaves it */
                                 .fresh = "{\"id\":\"900100\",\"subscribed_apps\":{\"data\":[]}}",
                                 .source_ids = "600100"};

    job_case_facts(&row, facts);
    /* The steps after this one have the id it learned. */
    if (kind == &JOB_CREATE_NUMBER && (traits & HAS_NEW_NUMBER) != 0)
        facts->phone_number_id = NULL;
}

static bool is_usual(enum usual usual, unsigned traits)
{
    switch (usual) {
    case USUAL_ALWAYS:
    case USUAL_FOR_A_PAGE:
        return true;
    case USUAL_WITH_SIGNUP_CODE:
        return (traits & HAS_CODE) != 0;
    case USUAL_WITH_CREDIT_LINE:
        return (traits & HAS_LINE) != 0;
    case USUAL_WITH_LINE_IN_PARTS:
        return (traits & HAS_LINE) != 0 && (traits & HAS_LINE_IN_PARTS) != 0;
    case USUAL_WITH_LINE_AT_ONCE:
        return (traits & HAS_LINE) != 0 && (traits & HAS_LINE_IN_PARTS) == 0;
    case USUAL_WITH_WEBHOOK_OVERRIDE:
        return (traits & HAS_OVERRIDE) != 0;
    case USUAL_WITH_STORAGE_REGION:
        return (traits & HAS_REGION) != 0;
    case USUAL_WITH_NEW_NUMBER:
        return (traits & HAS_NEW_NUMBER) != 0;
    case USUAL_WITH_TEMPLATES:
        return (traits & HAS_TEMPLATES) != 0;
    case USUAL_WITH_TEMPLATES_BEFORE:
        return (traits & HAS_TEMPLATES_BEFORE) != 0;
    case USUAL_NEVER:
    case USUAL_COUNT:
        break;
    }
    return false;
}

/* Whose quota a request uses up, by its target alone (graph-api facts: rate limits). */
static enum budget budget_of_target(const struct request *request)
{
    /* clang-format off */
    static const struct {
        enum request_method method;
        const char *end;
        enum budget budget;
    } targets[] = {
        {REQUEST_GET,  "/900100",                             BUDGET_WABA},
        {REQUEST_GET,  "/800100",                             BUDGET_WABA},
        {REQUEST_GET,  "/610100",                             BUDGET_WABA},
        {REQUEST_GET,  "/v26.0/",                             BUDGET_WABA}, /* numbers by their ids */
        {REQUEST_GET,  "/assigned_users",                     BUDGET_WABA},
        {REQUEST_POST, "/assigned_users",                     BUDGET_WABA},
        {REQUEST_GET,  "/phone_numbers",                      BUDGET_WABA},
        {REQUEST_GET,  "/message_templates",                  BUDGET_WABA},
        {REQUEST_GET,  "/subscribed_apps",                    BUDGET_WABA},
        {REQUEST_POST, "/subscribed_apps",                    BUDGET_WABA},
        {REQUEST_POST, "/whatsapp_credit_sharing_and_attach", BUDGET_CREDIT_LINE},
        {REQUEST_GET,  "/owning_credit_allocation_configs",   BUDGET_CREDIT_LINE},
        {REQUEST_GET,  "/77",                                 BUDGET_CREDIT_LINE}, /* an allocation */
        {REQUEST_POST, "/register",                           BUDGET_REGISTRATION},
    };
    /* clang-format on */
    size_t length = strlen(request->path);

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        size_t end = strlen(targets[i].end);
        if (request->method == targets[i].method && length >= end &&
            strcmp(request->path + length - end, targets[i].end) == 0)
            return targets[i].budget;
    }
    return BUDGET_PLATFORM;
}

static void check_budget(const struct job_kind *kind, const struct job_phase *phase,
                         const struct request *request)
{
    if (phase->budget != budget_of_target(request))
        fprintf(stderr, "\n  %s/%s: %s is not of budget %s\n", kind->name, phase->name,
                request->path, BUDGETS[phase->budget].name);
    CU_ASSERT_EQUAL(phase->budget, budget_of_target(request));
}

/* Goes on with what the answer says; NULL: the step is done. */
static const struct job_phase *take_phase(const struct job_kind *kind,
                                          const struct job_phase *phase, struct facts *facts,
                                          struct arena *arena, unsigned *sent)
{
    struct request request;
    struct reply reply;

    if (job_build(phase, facts, arena, &request, &reply) == OUTCOME_SEND) {
        BODY_OWNED *body = scripted_answer(kind, phase);
        const struct answer answer = {.http_status = 200, .body = body};
        sent[phase - kind->phases]++;
        check_budget(kind, phase, &request);
        CU_ASSERT_PTR_NOT_NULL_FATAL(body);
        reply_finish(&reply);
        job_answer(phase, facts, &answer, arena, &reply);
    }
    bool goes_on = reply.outcome == OUTCOME_NEXT ||
                   (reply.outcome == OUTCOME_WAIT_TIME && reply.next_phase != NULL);
    CU_ASSERT(goes_on || reply.outcome == OUTCOME_DONE);
    reckon(kind, phase->name, facts);
    facts->fresh_destination = NULL; /* of the first turn only */
    if (reply.memo != NULL)
        facts->memo = reply.memo;
    reply_finish(&reply);
    return goes_on ? job_find_phase(kind, reply.next_phase) : NULL;
}

static void walk(const struct job_kind *kind, unsigned traits)
{
    const struct job_phase *phase = job_find_phase(kind, NULL);
    struct arena *arena = arena_create();
    unsigned sent[8] = {0};
    struct facts facts;

    CU_ASSERT_FATAL(kind->phase_count <= sizeof sent / sizeof sent[0]);
    fill(traits, kind, &facts);
    reckon(kind, "", &facts);
    for (int hops = 0; phase != NULL && hops < HOPS_MAX; hops++)
        phase = take_phase(kind, phase, &facts, arena, sent);
    CU_ASSERT_PTR_NULL(phase);
    for (size_t i = 0; i < kind->phase_count; i++) {
        unsigned wanted = is_usual(kind->phases[i].usual, traits);
        if (sent[i] != wanted)
            fprintf(stderr, "\n  %s/%s: sent %u times with traits %#x, by the table %u\n",
                    kind->name, kind->phases[i].name, sent[i], traits, wanted);
        CU_ASSERT_EQUAL(sent[i], wanted);
    }
    job_case_release(&facts);
    arena_destroy(arena);
}

/* A step that is made for those only that have a setting, and who has not. */
static bool is_made(const struct job_kind *kind, unsigned traits)
{
    for (size_t i = 0; i < PATHS[0].step_count; i++) {
        const char *only_with = PATHS[0].steps[i].only_with;
        if (strcmp(PATHS[0].steps[i].kind, kind->name) != 0 || only_with == NULL)
            continue;
        if (strcmp(only_with, "templates") == 0)
            return (traits & HAS_TEMPLATES) != 0;
        if (strcmp(only_with, "templates_before") == 0)
            return (traits & HAS_TEMPLATES_BEFORE) != 0;
    }
    return true;
}

static void the_usual_phases_are_those_an_undisturbed_migration_goes_through(void)
{
    for (unsigned traits = 0; traits < TRAITS_END; traits++) {
        for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
            if (!JOB_KINDS[k]->is_assessed && is_made(JOB_KINDS[k], traits))
                walk(JOB_KINDS[k], traits);
        }
    }
}

static void every_phase_names_the_quota_its_request_uses_up(void)
{
    /* What earlier phases would have left, so that every phase has something to ask. */
    static const char memo[] = "{\"after\":\"CUR1\",\"ids\":\"600100\",\"allocation\":\"77\","
                               "\"credential\":\"88\",\"absent\":1,"
                               "\"rounds\":1,\"is_tried\":true}";

    for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
        for (size_t i = 0; i < JOB_KINDS[k]->phase_count; i++) {
            const struct job_phase *phase = &JOB_KINDS[k]->phases[i];
            struct arena *arena = arena_create();
            struct facts facts;
            struct request request;
            struct reply reply;
            fill(TRAITS_END - 1, JOB_KINDS[k], &facts);
            /* assign_system_user has nothing to do where the line is shared in parts */
            facts.credit_method = NULL;
            facts.memo = memo;
            facts.kept_profile = "{\"about\":\"Bread\"}";
            facts.templates = "{\"source_total\":2,\"missing\":2,\"due\":2,\"ids\":[\"1\"],"
                              "\"flows\":[\"f\"]}";
            bool is_sent = job_build(phase, &facts, arena, &request, &reply) == OUTCOME_SEND;
            CU_ASSERT_EQUAL(is_sent, phase->type != PHASE_LOCAL);
            if (is_sent)
                check_budget(JOB_KINDS[k], phase, &request);
            reply_finish(&reply);
            job_case_release(&facts);
            arena_destroy(arena);
        }
    }
}

int main(void)
{
    CU_TestInfo tests[] = {{"the usual phases are those an undisturbed migration goes through",
                            the_usual_phases_are_those_an_undisturbed_migration_goes_through},
                           {"every phase names the quota its request uses up",
                            every_phase_names_the_quota_its_request_uses_up},
                           CU_TEST_INFO_NULL};

    return run_suite("usual", tests);
}
