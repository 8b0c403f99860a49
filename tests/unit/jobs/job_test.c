/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job.h"

#include <json-c/json.h>

#include "tests/unit/base/suite.h"

/* A phase of each type that agrees to everything but {"odd":…}. */
static enum outcome build_any(const struct facts *facts, struct request *request,
                              struct reply *reply)
{
    if (facts->number == NULL)
        return reply_done(reply, "nothing to do");
    request_begin(request, reply->arena, REQUEST_GET, "v26.0", "6", NULL);
    return OUTCOME_SEND;
}

static void answer_any(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    (void)facts;
    if (json_object_object_get_ex(body, "odd", NULL))
        reply->outcome = OUTCOME_RETRY;
    else
        (void)reply_done(reply, NULL);
}

static bool error_any(const struct facts *facts, const struct graph_error *error,
                      struct reply *reply)
{
    (void)facts;
    if (error->code != 55)
        return false;
    (void)reply_next(reply, "look", "it knew better");
    return true;
}

static const struct job_phase phases[] = {
    {"look", PHASE_READ, NULL, build_any, answer_any, error_any, BUDGET_WABA, USUAL_NEVER},
    {"act", PHASE_EFFECT, "look", build_any, answer_any, error_any, BUDGET_WABA, USUAL_ALWAYS},
};

#define ERROR(rest) "{\"error\":{" rest "}}"
#define HOURS(n) ((int64_t)(n)*60 * 60 * 1000)

/* clang-format off */
static const struct {
    const char *sentence;
    enum transport transport;
    int status;
    const char *body;
    int64_t retry_after_ms;
    enum outcome read, effect;
    int64_t wait_ms;
    unsigned tries_max;
    bool is_throttled, is_credential_refused;
} cases[] = {
    {"success", TRANSPORT_OK, 200, "{}", 0, OUTCOME_DONE, OUTCOME_DONE, 0, 0, false, false},
    {"a request that never left", TRANSPORT_UNSENT, 0, NULL, 0, OUTCOME_RETRY, OUTCOME_RETRY, 0, 0, false, false},
    {"a lost answer", TRANSPORT_LOST, 0, NULL, 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"success that is no JSON", TRANSPORT_OK, 200, NULL, 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"success that lacks what is needed", TRANSPORT_OK, 200, "{\"odd\":1}", 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"an empty 502", TRANSPORT_OK, 502, NULL, 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"a 503 that says when", TRANSPORT_OK, 503, NULL, 7000, OUTCOME_RETRY, OUTCOME_UNSURE, 7000, 0, false, false},
    {"a 500 with JSON of somebody else", TRANSPORT_OK, 500, "{\"odd\":1}", 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"a 404 page", TRANSPORT_OK, 404, NULL, 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"a 404 with JSON of somebody else", TRANSPORT_OK, 404, "{\"odd\":1}", 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"a redirect", TRANSPORT_OK, 302, NULL, 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"a redirect with good JSON", TRANSPORT_OK, 307, "{}", 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"success without a body", TRANSPORT_OK, 204, NULL, 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"an interim answer as the last", TRANSPORT_OK, 101, NULL, 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"a 429 without an envelope", TRANSPORT_OK, 429, NULL, 9000, OUTCOME_RETRY, OUTCOME_RETRY, 9000, 0, false, false},
    {"an error under a 200", TRANSPORT_OK, 200, ERROR("\"code\":133005"), 0, OUTCOME_FAILED, OUTCOME_FAILED, 0, 0, false, false},
    {"code 1", TRANSPORT_OK, 400, ERROR("\"code\":1"), 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 4, false, false},
    {"code 2", TRANSPORT_OK, 400, ERROR("\"code\":2"), 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"code 131000", TRANSPORT_OK, 400, ERROR("\"code\":131000"), 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 4, false, false},
    {"code 131016", TRANSPORT_OK, 400, ERROR("\"code\":131016"), 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"code 133004, a refusal", TRANSPORT_OK, 400, ERROR("\"code\":133004"), 0, OUTCOME_RETRY, OUTCOME_RETRY, 0, 0, false, false},
    {"code 133004 under a 503", TRANSPORT_OK, 503, ERROR("\"code\":133004"), 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 0, false, false},
    {"an unknown passing fault", TRANSPORT_OK, 400, ERROR("\"code\":77777,\"is_transient\":true"), 0, OUTCOME_RETRY, OUTCOME_UNSURE, 0, 4, false, false},
    {"an unknown error", TRANSPORT_OK, 400, ERROR("\"code\":77777"), 0, OUTCOME_FAILED, OUTCOME_FAILED, 0, 0, false, false},
    {"a bad parameter", TRANSPORT_OK, 400, ERROR("\"code\":100"), 0, OUTCOME_FAILED, OUTCOME_FAILED, 0, 0, false, false},
    {"a known wait", TRANSPORT_OK, 400, ERROR("\"code\":133015"), 0, OUTCOME_WAIT_TIME, OUTCOME_WAIT_TIME, 300000, 0, false, false},
    {"Retry-After wins over the table", TRANSPORT_OK, 400, ERROR("\"code\":133015"), 1000, OUTCOME_WAIT_TIME, OUTCOME_WAIT_TIME, 1000, 0, false, false},
    {"Retry-After is a floor for a retry", TRANSPORT_OK, 400, ERROR("\"code\":133004"), 5000, OUTCOME_RETRY, OUTCOME_RETRY, 5000, 0, false, false},
    {"a quota of the app", TRANSPORT_OK, 400, ERROR("\"code\":4"), 0, OUTCOME_WAIT_TIME, OUTCOME_WAIT_TIME, 900000, 0, true, false},
    {"a quota of the number", TRANSPORT_OK, 400, ERROR("\"code\":133016"), 0, OUTCOME_WAIT_TIME, OUTCOME_WAIT_TIME, HOURS(72), 0, true, false},
    {"a refused token", TRANSPORT_OK, 401, ERROR("\"code\":190"), 0, OUTCOME_WAIT_PERSON, OUTCOME_WAIT_PERSON, 0, 0, false, true},
    {"an effect that is there already", TRANSPORT_OK, 400, ERROR("\"code\":4000"), 0, OUTCOME_FAILED, OUTCOME_UNSURE, 0, 0, false, false},
    {"an error the phase knows better", TRANSPORT_OK, 400, ERROR("\"code\":55"), 0, OUTCOME_NEXT, OUTCOME_NEXT, 0, 0, false, false},
};
/* clang-format on */

static void check_case(size_t i, const struct job_phase *phase, enum outcome wanted)
{
    struct arena *arena = arena_create();
    struct json_object *body = cases[i].body != NULL ? json_tokener_parse(cases[i].body) : NULL;
    const struct answer answer = {.transport = cases[i].transport,
                                  .transport_error = "broken",
                                  .http_status = cases[i].status,
                                  .body = body,
                                  .retry_after_ms = cases[i].retry_after_ms};
    const struct facts facts = {.number = "+33123456789"};
    struct reply reply;

    job_answer(phase, &facts, &answer, arena, &reply);
    json_object_put(body);
    if (reply.outcome != wanted)
        fprintf(stderr, "\n  %s (%s)\n", cases[i].sentence, phase->name);
    check_text(outcome_name(reply.outcome), outcome_name(wanted));
    CU_ASSERT_EQUAL(reply.wait_ms, cases[i].wait_ms);
    CU_ASSERT_EQUAL(reply.tries_max, cases[i].tries_max);
    CU_ASSERT_EQUAL(reply.is_throttled, cases[i].is_throttled);
    CU_ASSERT_EQUAL(reply.is_credential_refused, cases[i].is_credential_refused);
    CU_ASSERT_EQUAL(reply.next_phase != NULL, wanted == OUTCOME_UNSURE || wanted == OUTCOME_NEXT);
    if (reply.outcome == OUTCOME_WAIT_PERSON)
        check_text(reply.waiting_for, "credential");
    if (reply.outcome == OUTCOME_FAILED || reply.outcome == OUTCOME_WAIT_PERSON)
        CU_ASSERT(reply.has_error && reply.error.rule != NULL);
    reply_finish(&reply);
    arena_destroy(arena);
}

static void an_answer_means_one_thing_to_a_read_and_another_to_an_effect(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_case(i, &phases[0], cases[i].read);
        check_case(i, &phases[1], cases[i].effect);
    }
}

/* What Graph says of one step is an answer; what says nothing, or that Graph is out of order, is
 * none. */
static void an_outage_is_told_from_an_answer(void)
{
    static const struct {
        const char *sentence;
        enum transport transport;
        int status;
        const char *body;
        bool is_answered;
    } rows[] = {
        {"success", TRANSPORT_OK, 200, "{}", true},
        {"a refusal", TRANSPORT_OK, 400, ERROR("\"code\":100"), true},
        {"a quota", TRANSPORT_OK, 400, ERROR("\"code\":4"), true},
        {"a refused token", TRANSPORT_OK, 401, ERROR("\"code\":190"), true},
        {"an unknown error", TRANSPORT_OK, 400, ERROR("\"code\":77777"), true},
        {"a retry with a wait of its own", TRANSPORT_OK, 400,
         ERROR("\"code\":100,\"error_subcode\":2388103,\"error_user_title\":\"There was an error "
               "migrating this phone number\""),
         true},
        {"no way there", TRANSPORT_UNSENT, 0, NULL, false},
        {"a lost answer", TRANSPORT_LOST, 0, NULL, false},
        {"a sign-in page", TRANSPORT_OK, 200, NULL, false},
        {"a redirect", TRANSPORT_OK, 302, NULL, false},
        {"a redirect with JSON", TRANSPORT_OK, 302, "{}", false},
        {"a proxy's 403", TRANSPORT_OK, 403, NULL, false},
        {"a proxy's 502", TRANSPORT_OK, 502, NULL, false},
        {"a 429 that is not Graph's", TRANSPORT_OK, 429, NULL, false},
        {"JSON that is no object", TRANSPORT_OK, 200, "true", false},
        {"JSON of somebody else", TRANSPORT_OK, 500, "{}", false},
        {"Graph is down", TRANSPORT_OK, 400, ERROR("\"code\":2"), false},
        {"Graph fails", TRANSPORT_OK, 500, ERROR("\"code\":1"), false},
        {"a service of Graph's is down", TRANSPORT_OK, 400, ERROR("\"code\":131016"), false},
        {"an unknown passing fault", TRANSPORT_OK, 503, ERROR("\"code\":77777"), false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        struct json_object *body = rows[i].body != NULL ? json_tokener_parse(rows[i].body) : NULL;
        const struct answer answer = {
            .transport = rows[i].transport, .http_status = rows[i].status, .body = body};
        bool is_answered = job_is_answered(&answer, arena);
        if (is_answered != rows[i].is_answered)
            fprintf(stderr, "\n    %s\n", rows[i].sentence);
        CU_ASSERT_EQUAL(is_answered, rows[i].is_answered);
        json_object_put(body);
        arena_destroy(arena);
    }
}

static void a_throttle_parks_what_the_table_says(void)
{
    static const struct {
        const char *body;
        enum error_scope scope;
    } scopes[] = {{ERROR("\"code\":4"), ERROR_SCOPE_APP},
                  {ERROR("\"code\":80008"), ERROR_SCOPE_WABA},
                  {ERROR("\"code\":133016"), ERROR_SCOPE_NUMBER},
                  {ERROR("\"code\":133015"), ERROR_SCOPE_STEP}};
    const struct facts facts = {.number = NULL};

    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        struct arena *arena = arena_create();
        struct json_object *body = json_tokener_parse(scopes[i].body);
        const struct answer answer = {.http_status = 400, .body = body};
        struct reply reply;
        job_answer(&phases[0], &facts, &answer, arena, &reply);
        CU_ASSERT_EQUAL(reply.park_scope, scopes[i].scope);
        CU_ASSERT_EQUAL(reply.is_throttled, scopes[i].scope != ERROR_SCOPE_STEP);
        json_object_put(body);
        arena_destroy(arena);
    }
}

static void building_sends_or_decides(void)
{
    struct arena *arena = arena_create();
    struct facts facts = {.number = "+33123456789"};
    struct request request;
    struct reply reply;

    CU_ASSERT_EQUAL(job_build(&phases[0], &facts, arena, &request, &reply), OUTCOME_SEND);
    check_text(request.path, "/v26.0/6");
    facts.number = NULL;
    CU_ASSERT_EQUAL(job_build(&phases[0], &facts, arena, &request, &reply), OUTCOME_DONE);
    CU_ASSERT_EQUAL(reply.outcome, OUTCOME_DONE);
    check_text(reply.note, "nothing to do");
    arena_destroy(arena);
}

static void what_is_learned_keeps_its_order_and_its_secrets_are_released(void)
{
    struct arena *arena = arena_create();
    struct reply reply = {.arena = arena};
    char id[] = "5";

    reply_learn(&reply, LEARNED_ALLOCATION, false, id, NULL, NULL, NULL);
    reply_learn(&reply, LEARNED_BUSINESS_TOKEN, false, NULL, NULL, NULL, secret_create("token"));
    reply_learn(&reply, LEARNED_NUMBER, true, "6", "33", "{}", NULL);
    id[0] = 'x'; /* copied, not borrowed */
    CU_ASSERT_EQUAL(reply.learned->type, LEARNED_ALLOCATION);
    check_text(reply.learned->id, "5");
    CU_ASSERT_EQUAL(reply.learned->next->type, LEARNED_BUSINESS_TOKEN);
    CU_ASSERT_EQUAL(reply.learned->next->next->type, LEARNED_NUMBER);
    CU_ASSERT(reply.learned->next->next->is_source);
    reply_finish(&reply);
    CU_ASSERT_PTR_NULL(reply.learned->next->secret);
    reply_finish(&reply);
    arena_destroy(arena);
}

static void outcomes_and_classes_have_names(void)
{
    check_text(outcome_name(OUTCOME_SEND), "send");
    check_text(outcome_name(OUTCOME_WAIT_TIME), "wait_time");
    check_text(outcome_name(OUTCOME_WAIT_PERSON), "wait_person");
    check_text(error_class_name(ERROR_WAIT), "wait");
    check_text(error_class_name(ERROR_DONE), "done");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"an answer means one thing to a read and another to an effect",
         an_answer_means_one_thing_to_a_read_and_another_to_an_effect},
        {"an outage is told from an answer", an_outage_is_told_from_an_answer},
        {"a throttle parks what the table says", a_throttle_parks_what_the_table_says},
        {"building sends or decides", building_sends_or_decides},
        {"what is learned keeps its order and its secrets are released",
         what_is_learned_keeps_its_order_and_its_secrets_are_released},
        {"outcomes and classes have names", outcomes_and_classes_have_names},
        CU_TEST_INFO_NULL};

    return run_suite("job", tests);
}
