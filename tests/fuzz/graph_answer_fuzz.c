/* SPDX-License-Identifier: PostgreSQL */
/*
 * Any answer to any phase of any job kind is decided, and what is decided can be stored. The input
 * is the body; each phase gets it under several statuses, and what it leads to gets it again. A
 * "_memo" in the body, text or object, is what an earlier phase is said to have left.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/body.h"
#include "tests/fuzz/facts.h"
#include "tests/fuzz/fuzz.h"

#define HOPS_MAX 3
#define YEAR_MS ((int64_t)366 * 24 * 60 * 60 * 1000)

static const char constant_memo[] = "{\"after\":\"QVFIUj\",\"rounds\":1}";

static void check_request(const struct request *request)
{
    struct buffer wire, history;
    const char *description = request_describe(request);

    buffer_init(&wire, 64u * 1024 * 1024);
    buffer_init(&history, 64u * 1024 * 1024);
    BUG_UNLESS(request_render_target(request, REQUEST_FOR_WIRE, &wire) == STATUS_OK);
    BUG_UNLESS(fuzz_is_one_line(buffer_text(&wire)) && buffer_text(&wire)[0] == '/');
    buffer_clear(&wire);
    BUG_UNLESS(request_render_body(request, REQUEST_FOR_WIRE, &wire) == STATUS_OK);
    BUG_UNLESS(wire.length == 0 || fuzz_is_jsonb(buffer_text(&wire)));
    BUG_UNLESS(request_render_target(request, REQUEST_FOR_HISTORY, &history) == STATUS_OK);
    BUG_UNLESS(request_render_body(request, REQUEST_FOR_HISTORY, &history) == STATUS_OK);
    BUG_UNLESS(fuzz_is_jsonb(description));
    buffer_finish(&wire);
    buffer_finish(&history);
}

static void check_learned(const struct learned *learned)
{
    for (; learned != NULL; learned = learned->next) {
        BUG_UNLESS(fuzz_is_utf8(learned->id) && fuzz_is_utf8(learned->digits));
        BUG_UNLESS(fuzz_is_jsonb(learned->json));
        BUG_UNLESS((learned->type == LEARNED_BUSINESS_TOKEN) == (learned->secret != NULL));
        if (learned->type == LEARNED_NUMBER)
            BUG_UNLESS(learned->id != NULL && learned->digits != NULL);
        if (learned->type == LEARNED_WABA || learned->type == LEARNED_TEMPLATES)
            BUG_UNLESS(learned->json != NULL);
        if (learned->type == LEARNED_ALLOCATION || learned->type == LEARNED_SYSTEM_USER ||
            learned->type == LEARNED_FIELD_REFUSED)
            BUG_UNLESS(learned->id != NULL);
    }
}

static void check_error(const struct graph_error *error)
{
    BUG_UNLESS(error->rule != NULL && error->rule->owner != NULL && error->rule->remedy != NULL);
    BUG_UNLESS(fuzz_is_utf8(error->title) && fuzz_is_utf8(error->message) &&
               fuzz_is_utf8(error->details) && fuzz_is_utf8(error->fbtrace_id) &&
               fuzz_is_utf8(error->user_message) && fuzz_is_utf8(error->type));
}

static void check_reply(const struct job_kind *kind, const struct job_phase *phase,
                        const struct reply *reply)
{
    const struct job_phase *next =
        reply->next_phase != NULL ? job_find_phase(kind, reply->next_phase) : NULL;

    BUG_UNLESS(strcmp(outcome_name(reply->outcome), "send") != 0);
    BUG_UNLESS((reply->next_phase == NULL) == (next == NULL));
    BUG_UNLESS(reply->outcome != OUTCOME_NEXT || next != NULL);
    if (reply->outcome == OUTCOME_UNSURE) {
        next = job_find_phase(kind, phase->in_doubt);
        BUG_UNLESS(phase->type == PHASE_EFFECT && phase->in_doubt != NULL && next != NULL);
        BUG_UNLESS(next->type == PHASE_READ);
    }
    BUG_UNLESS(reply->outcome != OUTCOME_WAIT_PERSON || reply->waiting_for != NULL);
    BUG_UNLESS(reply->outcome != OUTCOME_FAILED || reply->has_error);
    BUG_UNLESS(reply->wait_ms >= 0 && reply->wait_ms <= YEAR_MS);
    BUG_UNLESS(fuzz_is_utf8(reply->note) && fuzz_is_utf8(reply->waiting_for));
    BUG_UNLESS(reply->memo == NULL || reply->memo[0] == '\0' || fuzz_is_jsonb(reply->memo));
    check_learned(reply->learned);
    if (reply->has_error)
        check_error(&reply->error);
}

/* An effect whose answer was lost is looked up, never sent again. */
static void check_lost(const struct job_kind *kind, const struct job_phase *phase,
                       const struct facts *facts, struct arena *arena)
{
    static const enum transport broken[] = {TRANSPORT_UNSENT, TRANSPORT_LOST};
    struct reply reply;

    for (size_t i = 0; i < 2; i++) {
        const struct answer answer = {.transport = broken[i], .transport_error = "it broke"};
        job_answer(phase, facts, &answer, arena, &reply);
        check_reply(kind, phase, &reply);
        bool is_unsure = broken[i] == TRANSPORT_LOST && phase->type == PHASE_EFFECT;
        BUG_UNLESS(reply.outcome == (is_unsure ? OUTCOME_UNSURE : OUTCOME_RETRY));
        reply_finish(&reply);
    }
}

/* Builds the phase's request and answers it; the phase to go on with, or NULL. */
static const struct job_phase *take_phase(const struct job_kind *kind,
                                          const struct job_phase *phase, struct facts *facts,
                                          const struct answer *answer, struct arena *arena)
{
    struct request request;
    struct reply reply;

    if (job_build(phase, facts, arena, &request, &reply) == OUTCOME_SEND) {
        /* What is built from the constant facts alone is the unit tests' matter. */
        if (facts->memo != NULL && facts->memo != constant_memo)
            check_request(&request);
        reply_finish(&reply);
        job_answer(phase, facts, answer, arena, &reply);
    }
    check_reply(kind, phase, &reply);
    if (reply.memo != NULL)
        facts->memo = reply.memo;
    const char *next = reply.outcome == OUTCOME_UNSURE ? phase->in_doubt : reply.next_phase;
    reply_finish(&reply);
    return next != NULL ? job_find_phase(kind, next) : NULL;
}

static void walk(const struct job_kind *kind, const struct job_phase *phase,
                 const struct facts *start, const struct answer *answer)
{
    struct arena *arena = arena_create();
    struct facts facts = *start;

    for (int hops = 0; phase != NULL && phase->type != PHASE_LOCAL && hops < HOPS_MAX; hops++)
        phase = take_phase(kind, phase, &facts, answer, arena);
    arena_destroy(arena);
}

/* An envelope means the same under any status but 5xx; what is no error is read under 2xx only. */
static void answer_every_phase(const struct facts *facts, struct json_object *body)
{
    bool is_error = json_object_is_type(body_get(body, "error"), json_type_object);
    const int statuses[] = {is_error ? 400 : 200, 500};

    for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
        for (size_t p = 0; p < JOB_KINDS[k]->phase_count; p++) {
            for (size_t s = 0; s < (is_error || body == NULL ? 2 : 1); s++) {
                const struct answer answer = {
                    .transport = TRANSPORT_OK, .http_status = statuses[s], .body = body};
                walk(JOB_KINDS[k], &JOB_KINDS[k]->phases[p], facts, &answer);
            }
        }
    }
}

static void lose_every_answer(const struct facts *facts)
{
    struct arena *arena = arena_create();

    for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
        for (size_t p = 0; p < JOB_KINDS[k]->phase_count; p++) {
            if (JOB_KINDS[k]->phases[p].type != PHASE_LOCAL)
                check_lost(JOB_KINDS[k], &JOB_KINDS[k]->phases[p], facts, arena);
        }
    }
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    BODY_OWNED *body = body_parse(text, size);
    struct json_object *memo = body_get(body, "_memo");
    struct facts facts;

    facts_fill(&facts);
    answer_every_phase(&facts, body);
    facts.memo = memo != NULL ? json_object_get_string(memo) : constant_memo;
    facts.credit_method = "sharing_then_attach";
    answer_every_phase(&facts, body);
    lose_every_answer(&facts);
    facts_make_sparse(&facts);
    answer_every_phase(&facts, body);
    facts_release(&facts);
    free(text);
    return 0;
}
