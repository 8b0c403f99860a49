/* SPDX-License-Identifier: PostgreSQL */
/* What becomes of a step: every outcome, the waits, the limit of tries, and what a lost answer
 * does. */
#include "orchestrator/settle.h"

#include <json-c/json.h>

#include "tests/unit/base/suite.h"

#define NOW "2026-11-23T01:00:00Z"

static struct task *create(const char *kind, const char *phase)
{
    struct task *task = task_create();

    task->kind = job_find(kind);
    CU_ASSERT_PTR_NOT_NULL_FATAL(task->kind);
    task->phase = job_find_phase(task->kind, phase);
    CU_ASSERT_PTR_NOT_NULL_FATAL(task->phase);
    return task;
}

static const char *error_text(const struct task *task, const char *key)
{
    struct json_object *value = NULL;

    if (!task->settlement.error || !json_object_object_get_ex(task->settlement.error, key, &value))
        return "";
    return json_object_get_string(value);
}

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

/* ---- outcomes ---- */

/* clang-format off */
static const struct {
    const char *sentence, *phase;
    int tries;
    bool is_in_doubt;
    enum outcome outcome;
    const char *next_phase;
    int64_t wait_ms;
    const char *waiting_for;
    /* what becomes of the step */
    const char *state, *phase_after;
    int64_t wait_after_ms;
    bool is_try, is_in_doubt_after;
} cases[] = {
    {"an effect that is done",          "register", 0, false, OUTCOME_DONE, NULL, 0, NULL,
     "done", "register", 0, false, false},
    {"a doubt that is settled",         "lookup",   1, true,  OUTCOME_DONE, NULL, 0, NULL,
     "done", "lookup", 0, false, false},
    {"on to the look-up",               "register", 0, false, OUTCOME_NEXT, "lookup", 0, NULL,
     "ready", "lookup", 0, false, false},
    {"on to the effect",                "lookup",   0, false, OUTCOME_NEXT, "register", 0, NULL,
     "ready", "register", 0, false, false},
    {"a look-up's next page",           "lookup",   1, true,  OUTCOME_NEXT, "lookup", 0, NULL,
     "ready", "lookup", 0, false, true},
    {"nothing found: the effect again", "lookup",   1, true,  OUTCOME_NEXT, "register", 0, NULL,
     "ready", "register", 0, false, false},
    {"a read that failed",              "lookup",   0, false, OUTCOME_RETRY, NULL, 0, NULL,
     "ready", "lookup", 0, true, false},
    {"a look-up that failed",           "lookup",   2, true,  OUTCOME_RETRY, NULL, 0, NULL,
     "ready", "lookup", 0, true, true},
    {"an effect that never left",       "register", 0, false, OUTCOME_RETRY, NULL, 0, NULL,
     "ready", "register", 0, true, false},
    {"a retry the peer put off",        "lookup",   0, false, OUTCOME_RETRY, NULL, 7000, NULL,
     "ready", "lookup", 7000, true, false},
    {"a known wait costs no try",       "register", 5, false, OUTCOME_WAIT_TIME, NULL, 90000, NULL,
     "ready", "register", 90000, false, false},
    {"a wait with another phase",       "register", 0, false, OUTCOME_WAIT_TIME, "lookup", 5, NULL,
     "ready", "lookup", 5, false, false},
    {"a wait within a doubt",           "lookup",   1, true,  OUTCOME_WAIT_TIME, NULL, 60000, NULL,
     "ready", "lookup", 60000, false, true},
    {"a wait for a person",             "register", 1, false, OUTCOME_WAIT_PERSON, NULL, 0, "credential",
     "waiting", "register", 0, false, false},
    {"a doubt that waits for a person", "lookup",   1, true,  OUTCOME_WAIT_PERSON, NULL, 0, "credential",
     "waiting", "lookup", 0, false, true},
    {"a lost answer",                   "register", 0, false, OUTCOME_UNSURE, NULL, 0, NULL,
     "ready", "lookup", 0, true, true},
    {"a doubt that Graph refuses to settle", "lookup", 1, true, OUTCOME_FAILED, NULL, 0, NULL,
     "failed", "lookup", 0, false, true},
    {"a doubt that cannot be settled",  "lookup",   SETTLE_TRIES_MAX - 1, true, OUTCOME_RETRY, NULL, 0, NULL,
     "failed", "lookup", 0, true, true},
    {"a lost answer at the last try",   "register", SETTLE_TRIES_MAX - 1, false, OUTCOME_UNSURE, NULL, 0, NULL,
     "ready", "lookup", 0, true, true},
};
/* clang-format on */

static void every_outcome_has_its_settlement(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct task *task = create("register_number", cases[i].phase);
        const struct settlement *settlement = &task->settlement;
        task->tries = cases[i].tries;
        task->is_in_doubt = cases[i].is_in_doubt;
        task->reply.outcome = cases[i].outcome;
        task->reply.next_phase = cases[i].next_phase;
        task->reply.wait_ms = cases[i].wait_ms;
        task->reply.waiting_for = cases[i].waiting_for;
        task->reply.memo = "{}";
        task->reply.note = "because";
        settle_decide(task, 0, NOW);
        if (strcmp(settlement->state, cases[i].state) != 0 ||
            strcmp(settlement->phase, cases[i].phase_after) != 0)
            fprintf(stderr, "\n    %s\n", cases[i].sentence);
        CU_ASSERT_STRING_EQUAL(settlement->state, cases[i].state);
        CU_ASSERT_STRING_EQUAL(settlement->phase, cases[i].phase_after);
        CU_ASSERT_EQUAL(settlement->wait_ms, cases[i].wait_after_ms);
        CU_ASSERT_EQUAL(settlement->is_try, cases[i].is_try);
        CU_ASSERT_EQUAL(settlement->is_in_doubt, cases[i].is_in_doubt_after);
        CU_ASSERT_STRING_EQUAL(or_nothing(settlement->waiting_for),
                               or_nothing(cases[i].waiting_for));
        CU_ASSERT_STRING_EQUAL(settlement->memo, "{}");
        CU_ASSERT_STRING_EQUAL(settlement->note, "because");
        CU_ASSERT_EQUAL(settlement->error != NULL, strcmp(settlement->state, "failed") == 0);
        task_destroy(task);
    }
}

static void a_verdict_of_the_rules_stays_blocked(void)
{
    struct task *task = create("check", NULL);

    task->settlement.state = "blocked";
    task->reply.outcome = OUTCOME_WAIT_PERSON;
    task->reply.waiting_for = "two_step_off";
    settle_decide(task, 0, NOW);
    CU_ASSERT_STRING_EQUAL(task->settlement.state, "blocked");
    CU_ASSERT_STRING_EQUAL(task->settlement.waiting_for, "two_step_off");
    task_destroy(task);
}

static void a_throttle_parks_what_it_concerns(void)
{
    static const struct {
        enum error_scope scope;
        bool is_throttled, parks_app, parks_waba;
    } scopes[] = {
        {ERROR_SCOPE_APP, true, true, false},     {ERROR_SCOPE_WABA, true, false, true},
        {ERROR_SCOPE_NUMBER, true, false, false}, {ERROR_SCOPE_STEP, true, false, false},
        {ERROR_SCOPE_APP, false, false, false},
    };

    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        struct task *task = create("register_number", NULL);
        task->reply.outcome = OUTCOME_WAIT_TIME;
        task->reply.wait_ms = 3600000;
        task->reply.is_throttled = scopes[i].is_throttled;
        task->reply.park_scope = scopes[i].scope;
        settle_decide(task, 0, NOW);
        CU_ASSERT_EQUAL(task->settlement.parks_app, scopes[i].parks_app);
        CU_ASSERT_EQUAL(task->settlement.parks_waba, scopes[i].parks_waba);
        CU_ASSERT_EQUAL(task->settlement.park_ms, scopes[i].is_throttled ? 3600000 : 0);
        CU_ASSERT_FALSE(task->settlement.is_try);
        task_destroy(task);
    }
}

/* ---- trying again ---- */

static void the_backoff_s_ceiling_doubles_up_to_five_minutes(void)
{
    static const int64_t ceilings_ms[] = {1000,  2000,   4000,   8000,   16000, 32000,
                                          64000, 128000, 256000, 300000, 300000};

    for (int tries = 0; tries < (int)(sizeof ceilings_ms / sizeof ceilings_ms[0]); tries++)
        CU_ASSERT_EQUAL(settle_backoff_ceiling_ms(tries), ceilings_ms[tries]);
    CU_ASSERT_EQUAL(settle_backoff_ceiling_ms(1000000), SETTLE_BACKOFF_MAX_MS);
}

static int64_t wait_after(int tries, int64_t floor_ms, uint32_t random)
{
    struct task *task = create("read_source", NULL);

    task->tries = tries;
    task->reply.outcome = OUTCOME_RETRY;
    task->reply.wait_ms = floor_ms;
    settle_decide(task, random, NOW);
    int64_t wait_ms = task->settlement.wait_ms;
    task_destroy(task);
    return wait_ms;
}

static void a_retry_waits_anywhere_below_the_ceiling_and_above_what_the_peer_asked_for(void)
{
    for (int tries = 0; tries < SETTLE_TRIES_MAX - 1; tries++) {
        int64_t ceiling_ms = settle_backoff_ceiling_ms(tries);
        CU_ASSERT_EQUAL(wait_after(tries, 0, 0), 0);
        CU_ASSERT_EQUAL(wait_after(tries, 0, UINT32_MAX), ceiling_ms - 1);
        CU_ASSERT_EQUAL(wait_after(tries, 0, UINT32_C(1) << 31), ceiling_ms / 2);
        CU_ASSERT_EQUAL(wait_after(tries, 60000, 0), 60000);
        CU_ASSERT_EQUAL(wait_after(tries, 60000, UINT32_MAX), 60000 + ceiling_ms - 1);
    }
}

static void tries_come_to_an_end_with_somebody_to_act(void)
{
    static const struct {
        unsigned tries_max; /* 0: the usual */
        int tries;
        const char *state;
    } limits[] = {
        {0, 0, "ready"},
        {0, SETTLE_TRIES_MAX - 2, "ready"},
        {0, SETTLE_TRIES_MAX - 1, "failed"},
        {0, 99, "failed"},
        {1, 0, "failed"},
        {2, 0, "ready"},
        {2, 1, "failed"},
    };

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct task *task = create("register_number", "lookup");
        task->tries = limits[i].tries;
        task->reply.outcome = OUTCOME_RETRY;
        task->reply.tries_max = limits[i].tries_max;
        settle_decide(task, 0, NOW);
        CU_ASSERT_STRING_EQUAL(task->settlement.state, limits[i].state);
        CU_ASSERT_TRUE(task->settlement.is_try);
        if (strcmp(limits[i].state, "failed") == 0) {
            CU_ASSERT_STRING_EQUAL(error_text(task, "step"), "register_number");
            CU_ASSERT_STRING_EQUAL(error_text(task, "owner"), "partner");
            CU_ASSERT_STRING_EQUAL(error_text(task, "at"), NOW);
            CU_ASSERT_PTR_NOT_NULL(strstr(error_text(task, "remedy"), "wabamigrate retry"));
        }
        task_destroy(task);
    }
}

/* An error of Meta's as the table knows it. */
static void answer_with(struct task *task, const char *body, int http_status)
{
    struct json_object *parsed = json_tokener_parse(body);

    CU_ASSERT_TRUE_FATAL(graph_error_read(parsed, http_status, task->arena, &task->reply.error));
    task->reply.has_error = true;
    json_object_put(parsed);
}

static void the_error_that_ended_it_is_kept_with_owner_and_remedy(void)
{
    static const char body[] = "{\"error\":{\"message\":\"(#133005) PIN\",\"code\":133005,"
                               "\"error_subcode\":7,\"error_user_title\":\"Two step\","
                               "\"error_data\":{\"details\":\"PIN mismatch\"},"
                               "\"fbtrace_id\":\"Atrace\"}}";
    static const enum outcome outcomes[] = {OUTCOME_FAILED, OUTCOME_RETRY, OUTCOME_WAIT_PERSON};

    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        struct task *task = create("register_number", NULL);
        task->tries = SETTLE_TRIES_MAX;
        task->reply.outcome = outcomes[i];
        answer_with(task, body, 400);
        settle_decide(task, 0, NOW);
        CU_ASSERT_STRING_EQUAL(task->settlement.state,
                               outcomes[i] == OUTCOME_WAIT_PERSON ? "waiting" : "failed");
        CU_ASSERT_STRING_EQUAL(error_text(task, "code"), "133005");
        CU_ASSERT_STRING_EQUAL(error_text(task, "subcode"), "7");
        CU_ASSERT_STRING_EQUAL(error_text(task, "details"), "PIN mismatch");
        CU_ASSERT_STRING_EQUAL(error_text(task, "fbtrace_id"), "Atrace");
        CU_ASSERT_STRING_EQUAL(error_text(task, "class"),
                               error_class_name(task->reply.error.rule->class));
        CU_ASSERT(strlen(error_text(task, "title")) > 0);
        CU_ASSERT(strlen(error_text(task, "owner")) > 0);
        CU_ASSERT(strlen(error_text(task, "remedy")) > 0);
        task_destroy(task);
    }
}

static void a_wait_that_is_no_error_of_graph_s_says_what_to_do_in_its_note(void)
{
    struct task *task = create("await_signup", NULL);

    (void)reply_wait_person(&task->reply, "signup", "customer", "Send the link.");
    settle_decide(task, 0, NOW);
    CU_ASSERT_STRING_EQUAL(task->settlement.state, "waiting");
    CU_ASSERT_STRING_EQUAL(task->settlement.note, "Send the link.");
    CU_ASSERT_PTR_NULL(task->settlement.error);
    task_destroy(task);
}

/* ---- doubts: about the whole table of kinds ---- */

static void a_lost_answer_leads_to_a_read_whatever_the_step(void)
{
    unsigned effects = 0;

    for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
        for (size_t i = 0; i < JOB_KINDS[k]->phase_count; i++) {
            const struct job_phase *phase = &JOB_KINDS[k]->phases[i];
            if (phase->type != PHASE_EFFECT)
                continue;
            for (int tries = 0; tries < 2 * SETTLE_TRIES_MAX; tries++, effects++) {
                struct task *task = create(JOB_KINDS[k]->name, phase->name);
                task->tries = tries;
                task->reply.outcome = OUTCOME_UNSURE;
                settle_decide(task, UINT32_MAX, NOW);
                const struct job_phase *after = job_find_phase(task->kind, task->settlement.phase);
                CU_ASSERT_STRING_EQUAL(task->settlement.state, "ready");
                CU_ASSERT_PTR_NOT_NULL_FATAL(after);
                CU_ASSERT_EQUAL(after->type, PHASE_READ);
                CU_ASSERT_TRUE(task->settlement.is_in_doubt);
                CU_ASSERT_TRUE(task->settlement.is_try);
                task_destroy(task);
            }
        }
    }
    CU_ASSERT(effects > 0);
}

/* What never left, and what fails while nobody is answered, at the very last try. */
static void what_is_no_fault_of_the_step_s_costs_it_no_try(void)
{
    static const struct {
        const char *phase;
        enum outcome outcome;
        bool is_unsent, is_outage, is_try;
        const char *state;
    } rows[] = {
        {"lookup", OUTCOME_RETRY, false, false, true, "failed"},
        {"lookup", OUTCOME_RETRY, true, false, false, "ready"},
        {"lookup", OUTCOME_RETRY, false, true, false, "ready"},
        {"register", OUTCOME_RETRY, true, false, false, "ready"},
        {"register", OUTCOME_UNSURE, false, false, true, "ready"},
        {"register", OUTCOME_UNSURE, false, true, false, "ready"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct task *task = create("register_number", rows[i].phase);
        task->tries = SETTLE_TRIES_MAX - 1;
        task->is_outage = rows[i].is_outage;
        task->reply.outcome = rows[i].outcome;
        task->reply.is_unsent = rows[i].is_unsent;
        settle_decide(task, 0, NOW);
        CU_ASSERT_STRING_EQUAL(task->settlement.state, rows[i].state);
        CU_ASSERT_EQUAL(task->settlement.is_try, rows[i].is_try);
        CU_ASSERT_EQUAL(task->settlement.is_in_doubt, rows[i].outcome == OUTCOME_UNSURE);
        task_destroy(task);
    }
}

/* Lost, looked up, not there, sent again, lost ... a person decides in the end. */
static void a_doubt_does_not_go_round_for_ever(void)
{
    unsigned sent = 0;
    int tries = 0;
    bool is_over = false;

    while (!is_over && sent < 100) {
        struct task *effect = create("register_number", "register");
        effect->tries = tries;
        effect->reply.outcome = OUTCOME_UNSURE;
        settle_decide(effect, 0, NOW);
        tries += effect->settlement.is_try;
        sent++;
        task_destroy(effect);

        struct task *lookup = create("register_number", "lookup");
        lookup->tries = tries;
        lookup->is_in_doubt = true;
        (void)reply_next(&lookup->reply, "register", NULL);
        settle_decide(lookup, 0, NOW);
        is_over = strcmp(lookup->settlement.state, "failed") == 0;
        if (is_over) {
            CU_ASSERT_STRING_EQUAL(error_text(lookup, "owner"), "partner");
            CU_ASSERT(strlen(error_text(lookup, "remedy")) > 0);
        }
        task_destroy(lookup);
    }
    CU_ASSERT_TRUE(is_over);
    CU_ASSERT_EQUAL(sent, SETTLE_TRIES_MAX);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"every outcome has its settlement", every_outcome_has_its_settlement},
        {"a verdict of the rules stays blocked", a_verdict_of_the_rules_stays_blocked},
        {"a throttle parks what it concerns", a_throttle_parks_what_it_concerns},
        {"the backoff's ceiling doubles up to five minutes",
         the_backoff_s_ceiling_doubles_up_to_five_minutes},
        {"a retry waits anywhere below the ceiling and above what the peer asked for",
         a_retry_waits_anywhere_below_the_ceiling_and_above_what_the_peer_asked_for},
        {"tries come to an end with somebody to act", tries_come_to_an_end_with_somebody_to_act},
        {"the error that ended it is kept with owner and remedy",
         the_error_that_ended_it_is_kept_with_owner_and_remedy},
        {"a wait that is no error of Graph's says what to do in its note",
         a_wait_that_is_no_error_of_graph_s_says_what_to_do_in_its_note},
        {"a lost answer leads to a read, whatever the step",
         a_lost_answer_leads_to_a_read_whatever_the_step},
        {"what is no fault of the step's costs it no try",
         what_is_no_fault_of_the_step_s_costs_it_no_try},
        {"a doubt does not go round for ever", a_doubt_does_not_go_round_for_ever},
        CU_TEST_INFO_NULL,
    };

    return run_suite("settle", tests);
}
