/* SPDX-License-Identifier: PostgreSQL */
/* Questions about the set of all kinds, phases and errors, rather than walks along one of them. */
#include "jobs/job_table.h"

#include <json-c/json.h>

#include "jobs/body.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

static void visit_phases(void (*visit)(const struct job_kind *kind, const struct job_phase *phase))
{
    for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
        for (size_t i = 0; i < JOB_KINDS[k]->phase_count; i++)
            visit(JOB_KINDS[k], &JOB_KINDS[k]->phases[i]);
    }
}

static void check_shape(const struct job_kind *kind, const struct job_phase *phase)
{
    CU_ASSERT_PTR_EQUAL(job_find_phase(kind, phase->name), phase);
    CU_ASSERT_PTR_NOT_NULL(phase->build);
    CU_ASSERT_EQUAL(phase->answer == NULL, phase->type == PHASE_LOCAL);
    CU_ASSERT_EQUAL(phase->in_doubt != NULL, phase->type == PHASE_EFFECT);
    if (phase->in_doubt == NULL)
        return;
    const struct job_phase *settles = job_find_phase(kind, phase->in_doubt);
    CU_ASSERT_PTR_NOT_NULL_FATAL(settles);
    CU_ASSERT_EQUAL(settles->type, PHASE_READ);
}

static void every_effect_has_a_read_that_settles_it(void)
{
    visit_phases(check_shape);
}

static void kinds_are_found_by_name_and_stand_once(void)
{
    for (size_t k = 0; k < JOB_KIND_COUNT; k++)
        CU_ASSERT_PTR_EQUAL(job_find(JOB_KINDS[k]->name), JOB_KINDS[k]);
    CU_ASSERT_PTR_NULL(job_find("wish"));
    CU_ASSERT_PTR_NULL(job_find_phase(JOB_KINDS[0], "wish"));
    CU_ASSERT_PTR_EQUAL(job_find_phase(JOB_KINDS[0], NULL), &JOB_KINDS[0]->phases[0]);
}

/* What any reply to any answer must keep to. */
static void check_rules(const struct job_kind *kind, const struct job_phase *phase,
                        const struct reply *reply)
{
    const struct job_phase *next =
        reply->next_phase != NULL ? job_find_phase(kind, reply->next_phase) : NULL;

    CU_ASSERT(reply->outcome != OUTCOME_SEND);
    CU_ASSERT_EQUAL(next != NULL, reply->next_phase != NULL);
    switch (reply->outcome) {
    case OUTCOME_NEXT:
        CU_ASSERT_PTR_NOT_NULL(next);
        break;
    case OUTCOME_RETRY:
    case OUTCOME_WAIT_TIME:
        CU_ASSERT_PTR_NULL(next);
        break;
    case OUTCOME_UNSURE:
        CU_ASSERT_EQUAL(phase->type, PHASE_EFFECT);
        check_text(reply->next_phase, phase->in_doubt);
        break;
    case OUTCOME_WAIT_PERSON:
        CU_ASSERT_PTR_NOT_NULL(reply->waiting_for);
        /* fall through */
    case OUTCOME_FAILED:
        CU_ASSERT(reply->has_error && reply->error.rule->owner != NULL &&
                  reply->error.rule->remedy != NULL);
        break;
    default:
        break;
    }
}

static enum outcome answer(const struct job_kind *kind, const struct job_phase *phase,
                           const char *memo, int status, struct json_object *body)
{
    const struct job_case row = {
        .memo = memo, .template_fields = "status,quality_score", .source_ids = "600100,600200"};
    const struct answer given = {.http_status = status, .body = body};
    struct arena *arena = arena_create();
    struct facts facts;
    struct reply reply;

    job_case_facts(&row, &facts);
    job_answer(phase, &facts, &given, arena, &reply);
    check_rules(kind, phase, &reply);
    /* No error leads an effect straight to another effect. */
    if (phase->type == PHASE_EFFECT && status >= 400 && reply.next_phase != NULL)
        CU_ASSERT_NOT_EQUAL(job_find_phase(kind, reply.next_phase)->type, PHASE_EFFECT);
    enum outcome outcome = reply.outcome;
    reply_finish(&reply);
    job_case_release(&facts);
    arena_destroy(arena);
    return outcome;
}

static struct json_object *error_body(const struct error_rule *rule)
{
    struct json_object *body = json_object_new_object();
    struct json_object *error = json_object_new_object();

    json_object_object_add(body, "error", error);
    json_object_object_add(error, "code", json_object_new_int64(rule->code));
    json_object_object_add(error, "error_subcode", json_object_new_int64(rule->subcode));
    if (rule->title_prefix != NULL)
        json_object_object_add(error, "message", json_object_new_string(rule->title_prefix));
    return body;
}

static void check_errors(const struct job_kind *kind, const struct job_phase *phase)
{
    static const int statuses[] = {200, 400, 500};
    size_t count;
    const struct error_rule *rules = graph_error_rules(&count);

    if (phase->type == PHASE_LOCAL)
        return;
    for (size_t i = 0; i < count; i++) {
        BODY_OWNED *body = error_body(&rules[i]);
        for (size_t s = 0; s < sizeof statuses / sizeof statuses[0]; s++)
            (void)answer(kind, phase, NULL, statuses[s], body);
    }
}

static void every_error_leaves_every_phase_in_order(void)
{
    visit_phases(check_errors);
}

/* Bodies no phase expects. */
static void check_odd_bodies(const struct job_kind *kind, const struct job_phase *phase)
{
    /* clang-format off */
    static const char *const bodies[] = {
        "{}", "[]", "7", "\"x\"",
        "{\"data\":null}", "{\"data\":{}}", "{\"data\":[null,7,\"x\",[],{}]}",
        "{\"success\":\"maybe\"}", "{\"success\":null}", "{\"id\":{}}", "{\"access_token\":[]}",
        "{\"allocation_config_id\":{}}", "{\"receiving_credential\":[]}", "{\"storage_configuration\":7}",
        "{\"id\":\"800100\",\"phone_numbers\":7,\"message_templates\":[],\"subscribed_apps\":\"x\"}",
        "{\"id\":\"900100\",\"message_templates\":{\"data\":[7,{\"status\":\"APPROVED\",\"quality_score\":7}]}}",
        "{\"600100\":7,\"600200\":[]}",
        "{\"data\":[],\"paging\":{\"next\":true}}", "{\"data\":[],\"paging\":{\"next\":\"u\"}}",
        "{\"data\":[{\"id\":\"610100\",\"status\":{},\"health_status\":7}]}",
        "{\"data\":[{\"id\":\"610100\",\"status\":\"CONNECTED\",\"health_status\":{\"can_send_message\":\"BLOCKED\",\"entities\":7}}]}",
    };
    /* clang-format on */
    static const char *const memos[] = {NULL,
                                        "",
                                        "7",
                                        "{\"after\":7,\"looks\":\"x\",\"rounds\":-1}",
                                        "{\"allocation\":\"7\",\"credential\":\"77\"}",
                                        "{\"after\":\"C\",\"templates\":7,\"without\":[],"
                                        "\"ids\":\",,600100,\",\"size\":-7,\"known\":\"x\"}"};

    if (phase->type == PHASE_LOCAL)
        return;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        BODY_OWNED *body = json_tokener_parse(bodies[i]);
        CU_ASSERT_PTR_NOT_NULL(body);
        for (size_t m = 0; m < sizeof memos / sizeof memos[0]; m++) {
            enum outcome outcome = answer(kind, phase, memos[m], 200, body);
            /* An effect that is not clearly done is looked up. */
            if (phase->type == PHASE_EFFECT)
                CU_ASSERT_EQUAL(outcome, OUTCOME_UNSURE);
        }
    }
}

static void odd_bodies_are_survived_and_never_taken_for_success(void)
{
    visit_phases(check_odd_bodies);
}

static void check_building(const struct job_kind *kind, const struct job_phase *phase)
{
    static const char *const methods[] = {NULL, "sharing_then_attach", "unheard_of"};

    /* Whatever is missing, alone or with others, building decides and does not fall over. */
    for (unsigned without = 0; without <= WITHOUT_ALL; without += without < 64 ? 1 : 1601) {
        const struct job_case row = {.without = without,
                                     .credit_method = methods[without % 3],
                                     .template_fields = without % 2 == 0 ? "status" : NULL,
                                     .source_ids = without % 3 == 0 ? "600100" : NULL};
        struct arena *arena = arena_create();
        struct facts facts;
        struct request request;
        struct reply reply;
        job_case_facts(&row, &facts);
        enum outcome outcome = job_build(phase, &facts, arena, &request, &reply);
        CU_ASSERT_EQUAL(outcome, reply.outcome);
        if (outcome == OUTCOME_SEND) {
            CU_ASSERT_PTR_NULL(strstr(request_describe(&request), JOB_CASE_MARKER));
        } else {
            check_rules(kind, phase, &reply);
        }
        reply_finish(&reply);
        job_case_release(&facts);
        arena_destroy(arena);
    }
}

static void missing_facts_are_decided_not_sent(void)
{
    visit_phases(check_building);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"every effect has a read that settles it", every_effect_has_a_read_that_settles_it},
        {"kinds are found by name and stand once", kinds_are_found_by_name_and_stand_once},
        {"every error leaves every phase in order", every_error_leaves_every_phase_in_order},
        {"odd bodies are survived and never taken for success",
         odd_bodies_are_survived_and_never_taken_for_success},
        {"missing facts are decided, not sent", missing_facts_are_decided_not_sent},
        CU_TEST_INFO_NULL};

    return run_suite("job_table", tests);
}
