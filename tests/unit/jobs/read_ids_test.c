/* SPDX-License-Identifier: PostgreSQL */
/* An id that fails never costs the others, and ids that all fail cost little. */
#include "jobs/read_ids.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "jobs/body.h"
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define IDS .source_ids = "600100,600200,600300"
#define ASKED(ids, fields)                                                                         \
    "{\"method\":\"GET\",\"path\":\"/v26.0/\",\"query\":{\"ids\":\"" ids "\",\"fields\":\"" fields \
    "\"},\"body\":{},\"token\":\"source\"}"
#define FIELDS "id,display_phone_number,is_pin_enabled"
#define SAYS(code, subcode, message) \
    "{\"error\":{\"message\":\"" message "\",\"code\":" code ",\"error_subcode\":" subcode "}}"
#define NUMBER(id, last) "{\"id\":\"" id "\",\"display_phone_number\":\"+33 " last "\"}"
#define MEMO(ids) "{\"ids\":\"" ids "\",\"known\":3}"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "a source WABA out of reach leads to its numbers", .phase = "waba", IDS,
     .status = 400, .body = SAYS("100", "33", "x"), .outcome = OUTCOME_NEXT, .next_phase = "ids",
     .memo_after = MEMO("600100,600200,600300"), .learned = "unreadable source 800100"},
    {.sentence = "with what was guessed about fields forgotten", .phase = "waba", IDS, .memo = "{\"without\":\",name,\",\"is_bare\":true}",
     .status = 400, .body = SAYS("10", "0", "x"), .outcome = OUTCOME_NEXT, .next_phase = "ids",
     .memo_after = MEMO("600100,600200,600300"), .learned = "unreadable source 800100"},
    {.sentence = "without a token of the source's it does not", .phase = "waba", IDS, .without = WITHOUT_SOURCE_TOKEN,
     .status = 400, .body = SAYS("100", "33", "x"), .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "unreadable source 800100"},
    {.sentence = "nor without ids", .phase = "waba", .source_ids = ",",
     .status = 400, .body = SAYS("100", "33", "x"), .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "unreadable source 800100"},
    {.sentence = "nor with a token that is refused", .phase = "waba", IDS,
     .status = 401, .body = SAYS("190", "0", "x"), .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "unreadable source 800100"},
    {.sentence = "all of them are asked for at once", .phase = "ids", IDS, .memo = MEMO("600100,600200,600300"),
     .request = ASKED("600100,600200,600300", FIELDS), .status = 200,
     .body = "{\"600100\":" NUMBER("600100", "1") ",\"600300\":" NUMBER("600300", "3") ",\"5\":" NUMBER("5", "5") "}",
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "2 of 3 numbers",
     .learned = "number source 600100 331 " NUMBER("600100", "1") "; number source 600300 333 " NUMBER("600300", "3")},
    {.sentence = "known refusals of fields are heeded", .phase = "ids", IDS, .memo = MEMO("600100"), .source_refused = ",is_pin_enabled,",
     .request = ASKED("600100", "id,display_phone_number"), .status = 200, .body = "{\"600100\":" NUMBER("600100", "1") "}",
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "1 of 3",
     .learned = "number source 600100 331 {\"id\":\"600100\",\"display_phone_number\":\"+33 1\",\"_left_out\":[\"is_pin_enabled\"]}"},
    {.sentence = "an id that is named is taken out", .phase = "ids", IDS, .memo = MEMO("600100,600200,600300"),
     .status = 404, .body = SAYS("803", "0", "(#803) Some of the aliases you requested do not exist: 600200"),
     .outcome = OUTCOME_NEXT, .next_phase = "ids",
     .memo_after = "{\"ids\":\"600100,600300,\",\"known\":3,\"refusals\":1,\"singles\":0,\"suspects\":0}"},
    {.sentence = "by 100/33 as well", .phase = "ids", IDS, .memo = MEMO("600100,600200,600300"),
     .status = 400, .body = SAYS("100", "33", "Object with ID '600100' does not exist"),
     .outcome = OUTCOME_NEXT, .next_phase = "ids",
     .memo_after = "{\"ids\":\"600200,600300,\",\"known\":3,\"refusals\":1,\"singles\":0,\"suspects\":0}"},
    {.sentence = "several at once, but none whose id is only part of what is named", .phase = "ids", IDS, .memo = MEMO("600,600100,600200,600300"),
     .status = 404, .body = SAYS("803", "0", "600100,600300 do not exist"),
     .outcome = OUTCOME_NEXT, .next_phase = "ids",
     .memo_after = "{\"ids\":\"600,600200,\",\"known\":3,\"refusals\":1,\"singles\":0,\"suspects\":0}"},
    {.sentence = "when none is named the request is halved", .phase = "ids", IDS, .memo = MEMO("600100,600200,600300"),
     .status = 403, .body = SAYS("200", "0", "x"), .outcome = OUTCOME_NEXT, .next_phase = "ids", .note = "fewer",
     .memo_after = "{\"ids\":\"600100,600200,600300,\",\"known\":3,\"refusals\":1,\"singles\":0,\"suspects\":3}"},
    {.sentence = "a half of those is asked for", .phase = "ids", IDS, .memo = "{\"ids\":\"600100,600200,600300\",\"known\":3,\"refusals\":1,\"suspects\":3}",
     .request = ASKED("600100", FIELDS), .status = 200, .body = "{\"600100\":" NUMBER("600100", "1") "}",
     .outcome = OUTCOME_NEXT, .next_phase = "ids",
     .memo_after = "{\"ids\":\",600200,600300\",\"known\":3,\"suspects\":2,\"read\":1}", .learned = "number source 600100 331 " NUMBER("600100", "1")},
    {.sentence = "a single id that is refused is passed over", .phase = "ids", IDS, .memo = "{\"ids\":\"600100,600200\",\"known\":3,\"suspects\":1}",
     .request = ASKED("600100", FIELDS), .status = 403, .body = SAYS("200", "0", "x"),
     .outcome = OUTCOME_NEXT, .next_phase = "ids",
     .memo_after = "{\"ids\":\",,600200\",\"known\":3,\"suspects\":0,\"refusals\":1,\"singles\":1}"},
    {.sentence = "after three of them the rest is given up", .phase = "ids", IDS, .memo = "{\"ids\":\"600100,600200\",\"known\":3,\"singles\":2}",
     .status = 403, .body = SAYS("200", "0", "x"),
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "0 of 3"},
    {.sentence = "the last one that is refused ends it", .phase = "ids", IDS, .memo = "{\"ids\":\"600100\",\"known\":3,\"read\":2}",
     .status = 403, .body = SAYS("200", "0", "x"), .outcome = OUTCOME_DONE, .memo_after = "", .note = "2 of 3"},
    {.sentence = "a field that is refused is left out", .phase = "ids", IDS, .memo = MEMO("600100"),
     .status = 400, .body = SAYS("100", "0", "(#100) Tried accessing nonexisting field (is_pin_enabled) on 600100"),
     .outcome = OUTCOME_NEXT, .next_phase = "ids",
     .memo_after = "{\"ids\":\"600100\",\"known\":3,\"without\":\",is_pin_enabled,\",\"refused\":\",is_pin_enabled,\"}"},
    {.sentence = "and learned when that works", .phase = "ids", IDS, .memo = "{\"ids\":\"600100\",\"known\":3,\"without\":\",is_pin_enabled,\",\"refused\":\",is_pin_enabled,\"}",
     .status = 200, .body = "{}", .outcome = OUTCOME_DONE, .memo_after = "", .note = "0 of 3",
     .learned = "refused source is_pin_enabled"},
    {.sentence = "but not when something else was refused as well", .phase = "ids", IDS, .memo = "{\"ids\":\"600100,600200\",\"known\":3,\"without\":\",is_pin_enabled,\",\"refused\":\",is_pin_enabled,\"}",
     .status = 403, .body = SAYS("200", "0", "no is_pin_enabled of 600200"), .outcome = OUTCOME_NEXT, .next_phase = "ids",
     .memo_after = "{\"ids\":\"600100,\",\"known\":3,\"without\":\",is_pin_enabled,\",\"refusals\":1,\"singles\":0,\"suspects\":0}"},
    {.sentence = "a token that ends ends it", .phase = "ids", IDS, .memo = "{\"ids\":\"600100\",\"known\":3,\"read\":2}",
     .status = 401, .body = SAYS("190", "463", "x"), .outcome = OUTCOME_DONE, .memo_after = "", .note = "2 of 3"},
    {.sentence = "a quota is waited for", .phase = "ids", IDS, .memo = MEMO("600100"),
     .status = 400, .body = SAYS("80008", "0", "600100"), .outcome = OUTCOME_WAIT_TIME, .wait_ms = 15 * 60 * 1000},
    {.sentence = "an answer that is lost is asked for again", .phase = "ids", IDS, .memo = MEMO("600100"),
     .status = JOB_CASE_LOST, .outcome = OUTCOME_RETRY, .note = "broke"},
    {.sentence = "a list is no answer", .phase = "ids", IDS, .memo = MEMO("600100"),
     .status = 200, .body = "[]", .outcome = OUTCOME_RETRY},
    {.sentence = "without ids to go on with it starts over", .phase = "ids", IDS,
     .outcome = OUTCOME_NEXT, .next_phase = "waba"},
};
/* clang-format on */

static void numbers_are_read_by_their_ids(void)
{
    job_case_check(&JOB_READ_SOURCE, cases, sizeof cases / sizeof cases[0]);
}

/* A Graph that refuses some of the ids 1000, 1001, ... and names the first of them, or none. */
struct pretended {
    const char *sentence;
    int known;
    bool (*is_refused)(int at);
    bool is_named;
    int read, requests_max;
};

static bool none_is(int at)
{
    (void)at;
    return false;
}

static bool all_are(int at)
{
    (void)at;
    return true;
}

static bool the_tenth_is(int at)
{
    return at == 9;
}

static bool first_four_are(int at)
{
    return at < 4;
}

static bool each_third_is(int at)
{
    return at % 3 == 0;
}

static bool last_and_one_amid_are(int at)
{
    return at == 17 || at == 119;
}

/* The body for the ids asked for, owned by the caller. */
static struct json_object *pretend(const struct pretended *graph, const char *ids, int *asked)
{
    struct json_object *body = json_object_new_object();

    *asked = 0;
    for (const char *at = ids; at != NULL && *at != '\0';
         at += strcspn(at, ","), at += *at == ',') {
        int id = atoi(at);
        char text[128];
        (*asked)++;
        if (graph->is_refused(id - 1000)) {
            json_object_put(body);
            if (graph->is_named)
                snprintf(text, sizeof text, "{\"error\":{\"code\":803,\"message\":\"no %d\"}}", id);
            else
                snprintf(text, sizeof text, "{\"error\":{\"code\":803,\"message\":\"no\"}}");
            return json_tokener_parse(text);
        }
        snprintf(text, sizeof text, "{\"id\":\"%d\",\"display_phone_number\":\"+%d\"}", id, id);
        json_object *number = json_tokener_parse(text);
        snprintf(text, sizeof text, "%d", id);
        json_object_object_add(body, text, number);
    }
    return body;
}

static int count_learned(const struct learned *learned)
{
    int count = 0;

    for (; learned != NULL; learned = learned->next)
        count += learned->type == LEARNED_NUMBER;
    return count;
}

static void walk(const struct pretended *graph)
{
    const struct job_phase *phase = job_find_phase(&JOB_READ_SOURCE, READ_IDS_PHASE);
    struct arena *arena = arena_create();
    const char *ids = "";
    const struct job_case row = {0};
    struct facts facts;
    struct reply reply = {.arena = arena};
    int requests = 0, read = 0;

    for (int i = 0; i < graph->known; i++)
        ids = arena_printf(arena, "%s%s%d", ids, i > 0 ? "," : "", 1000 + i);
    job_case_facts(&row, &facts);
    facts.source_phone_number_ids = ids;
    read_ids_begin(&facts, &reply, NULL);
    for (facts.memo = reply.memo; reply.outcome == OUTCOME_NEXT && requests < 1000; requests++) {
        struct request request;
        int asked;
        CU_ASSERT_FATAL(job_build(phase, &facts, arena, &request, &reply) == OUTCOME_SEND);
        BODY_OWNED *body = pretend(graph, request.params[0].text, &asked);
        const struct answer answer = {.http_status = body_get(body, "error") != NULL ? 404 : 200,
                                      .body = body};
        CU_ASSERT(asked >= 1 && asked <= 50);
        job_answer(phase, &facts, &answer, arena, &reply);
        read += count_learned(reply.learned);
        facts.memo = reply.memo;
    }
    CU_ASSERT(reply.outcome == OUTCOME_DONE);
    if (read != graph->read || requests > graph->requests_max)
        fprintf(stderr, "\n  %s: %d read by %d requests\n", graph->sentence, read, requests);
    CU_ASSERT_EQUAL(read, graph->read);
    CU_ASSERT(requests <= graph->requests_max);
    job_case_release(&facts);
    arena_destroy(arena);
}

static void ids_that_fail_cost_little(void)
{
    /* clang-format off */
    static const struct pretended graphs[] = {
        {"all can be read, 50 a request",        120, none_is,               true,  120, 3},
        {"the tenth cannot, and is named",       120, the_tenth_is,          true,  119, 4},
        {"the tenth cannot, and is not named",    50, the_tenth_is,          false,  49, 8},
        {"four cannot, and are named",            50, first_four_are,        true,   46, 8},
        {"two cannot, and are not named",        120, last_and_one_amid_are, false, 118, 18},
        {"none can, each is named",              120, all_are,               true,    0, 12},
        {"none can, and none is named",          120, all_are,               false,   0, 10},
        {"some cannot, and each is named",       120, each_third_is,         true,   80, 50},
        {"the only one cannot",                    1, all_are,               false,   0, 1},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof graphs / sizeof graphs[0]; i++)
        walk(&graphs[i]);
}

int main(void)
{
    CU_TestInfo tests[] = {{"numbers are read by their ids", numbers_are_read_by_their_ids},
                           {"ids that fail cost little", ids_that_fail_cost_little},
                           CU_TEST_INFO_NULL};

    return run_suite("read_ids", tests);
}
