/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/step.h"

#include <json-c/json.h>

#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

/* Sending again and again: immediately twice, then after growing waits, then never. */
static void rounds_grow_slower_and_end(void)
{
    /* clang-format off */
    static const struct {
        enum outcome outcome;
        int64_t wait_ms;
    } wanted[] = {
        {OUTCOME_NEXT, 0}, {OUTCOME_NEXT, 0},
        {OUTCOME_WAIT_TIME, 60000}, {OUTCOME_NEXT, 0},
        {OUTCOME_WAIT_TIME, 300000}, {OUTCOME_NEXT, 0},
        {OUTCOME_WAIT_TIME, 900000}, {OUTCOME_NEXT, 0},
        {OUTCOME_FAILED, 0},
    };
    /* clang-format on */
    struct arena *arena = arena_create();
    struct facts facts = {.memo = "{\"after\":\"C\",\"keep\":\"me\"}"};

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct reply reply = {.arena = arena};
        step_send_again(&facts, &reply, "act", "why");
        check_text(outcome_name(reply.outcome), outcome_name(wanted[i].outcome));
        CU_ASSERT_EQUAL(reply.wait_ms, wanted[i].wait_ms);
        CU_ASSERT_EQUAL(reply.next_phase != NULL, wanted[i].outcome == OUTCOME_NEXT);
        CU_ASSERT_PTR_NULL(strstr(reply.memo, "after"));
        CU_ASSERT_EQUAL(strstr(reply.memo, "keep") != NULL, wanted[i].outcome != OUTCOME_FAILED);
        facts.memo = reply.memo;
    }
    arena_destroy(arena);
}

static void tokens_are_chosen_by_what_is_known(void)
{
    static const struct {
        enum step_token token;
        unsigned without;
        const char *name; /* NULL: none */
        bool is_system;
    } cases[] = {
        {STEP_TOKEN_NONE, 0, NULL, false},
        {STEP_TOKEN_SYSTEM, 0, "system", true},
        {STEP_TOKEN_CUSTOMER, 0, "business", false},
        {STEP_TOKEN_CUSTOMER, WITHOUT_BUSINESS_TOKEN, "system", true},
        {STEP_TOKEN_SOURCE, 0, "source", false},
        {STEP_TOKEN_SOURCE, WITHOUT_SOURCE_TOKEN, "system", true},
        {STEP_TOKEN_SYSTEM, WITHOUT_SYSTEM_TOKEN, NULL, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct job_case row = {.without = cases[i].without};
        struct arena *arena = arena_create();
        struct reply reply = {.arena = arena};
        struct request request = {.arena = arena};
        struct facts facts;
        job_case_facts(&row, &facts);
        enum outcome outcome = step_send(&facts, &request, &reply, cases[i].token);
        bool is_sent = cases[i].name != NULL || cases[i].token == STEP_TOKEN_NONE;
        CU_ASSERT_EQUAL(outcome, is_sent ? OUTCOME_SEND : OUTCOME_WAIT_PERSON);
        CU_ASSERT_EQUAL(request.token != NULL, cases[i].name != NULL);
        CU_ASSERT_EQUAL(request.is_system_token, cases[i].is_system);
        if (cases[i].name != NULL)
            check_text(request.token_name, cases[i].name);
        job_case_release(&facts);
        arena_destroy(arena);
    }
}

static void a_refusal_of_access_is_told_from_other_errors(void)
{
    static const struct {
        const char *body;
        bool is_refused;
    } cases[] = {
        {"{\"error\":{\"code\":10}}", true},
        {"{\"error\":{\"code\":33}}", true},
        {"{\"error\":{\"code\":100,\"error_subcode\":33}}", true},
        {"{\"error\":{\"code\":100}}", false},
        {"{\"error\":{\"code\":199}}", false},
        {"{\"error\":{\"code\":200}}", true},
        {"{\"error\":{\"code\":299}}", true},
        {"{\"error\":{\"code\":300}}", false},
        {"{\"error\":{\"code\":803}}", true},
        {"{\"error\":{\"code\":131005}}", true},
        {"{\"error\":{\"code\":190}}", false},
        {"{\"error\":{\"code\":200,\"message\":\"Provide valid app ID\"}}", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        BODY_OWNED *body = json_tokener_parse(cases[i].body);
        struct graph_error error;
        CU_ASSERT(graph_error_read(body, 400, arena, &error));
        CU_ASSERT_EQUAL(step_is_refused_access(&error), cases[i].is_refused);
        arena_destroy(arena);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"rounds grow slower and end", rounds_grow_slower_and_end},
        {"tokens are chosen by what is known", tokens_are_chosen_by_what_is_known},
        {"a refusal of access is told from other errors",
         a_refusal_of_access_is_told_from_other_errors},
        CU_TEST_INFO_NULL};

    return run_suite("step", tests);
}
