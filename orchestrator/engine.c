/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "orchestrator/assess.h"
#include "orchestrator/came_along.h"
#include "orchestrator/history.h"
#include "orchestrator/outage.h"
#include "orchestrator/preflight.h"
#include "orchestrator/settle.h"
#include "orchestrator/shared_read.h"

/* A turn of the loop is to take a millisecond or two: the database is not to wait for its next
 * text while hundreds of requests are sent. */
#define STARTS_A_TURN 16

struct engine {
    struct engine_settings settings;
    struct graph *graph;
    struct task_queue waiting; /* offered, not started */
    unsigned waiting_requests; /* of them, those that will be a request of their own */
    struct task_queue settled;
    struct task *flying; /* a list through task->next and task->link */
    unsigned in_flight;
    int64_t calls_of[BUDGET_COUNT];
    bool is_credential_refused;
    struct outage outage;
    char outage_reason[160];
    bool is_probing;
    bool has_more;      /* the last turn has left what may start at once */
    int64_t now_second; /* of now_text; wall clock */
    char now_text[CLOCK_TEXT_BYTES];
};

static void log_task(const struct engine *engine, const struct task *task)
{
    const struct settlement *settlement = &task->settlement;
    const struct reply *reply = &task->reply;
    bool is_done = strcmp(settlement->state, "done") == 0;
    /* What changed on Graph is news; a read that went well is not, and who waits for a person is
     * told by the report, every night anew. */
    bool is_quiet = engine->settings.is_reading_only || strcmp(settlement->state, "ready") == 0 ||
                    !task->was_sent || (is_done && task->phase->type != PHASE_EFFECT);
    enum log_level level = strcmp(settlement->state, "failed") == 0    ? LOG_ERROR
                           : settlement->is_try || reply->is_throttled ? LOG_WARN
                           : is_quiet                                  ? LOG_DEBUG
                                                                       : LOG_INFO;
    const char *event = strcmp(settlement->state, "failed") == 0  ? "step.failed"
                        : settlement->is_in_doubt                 ? "step.in_doubt"
                        : settlement->is_try                      ? "step.retry"
                        : reply->is_throttled                     ? "step.throttled"
                        : strcmp(settlement->state, "ready") == 0 ? "step.next"
                        : is_done                                 ? "step.done"
                                                                  : "step.waiting";
    const char *why = settlement->note;
    if (!why && reply->has_error)
        why = reply->error.title ? reply->error.title : reply->error.message;

    log_event(level, event, LOG_TEXT("batch", engine->settings.batch),
              LOG_TEXT("customer", task->facts.customer), LOG_TEXT("number", task->facts.number),
              LOG_TEXT("step", task->kind->name), LOG_TEXT("phase", task->phase->name),
              LOG_I64("attempt", task->tries + 1), LOG_NONZERO("http_status", task->http_status),
              LOG_NONZERO("code", reply->has_error ? reply->error.code : 0),
              LOG_TEXT("fbtrace_id", task->fbtrace_id), LOG_NONZERO("ms", task->ms),
              LOG_TEXT("waiting_for", settlement->waiting_for), LOG_TEXT("why", why));
}

/* To the second, and thousands of steps are settled in one: formatted when another has begun. */
static const char *now_text(struct engine *engine)
{
    int64_t second = clock_wall_ms(engine->settings.clock) / 1000;

    if (second != engine->now_second || engine->now_text[0] == '\0') {
        clock_format(second * 1000, engine->now_text);
        engine->now_second = second;
    }
    return engine->now_text;
}

static void add_settled(struct engine *engine, struct task *task)
{
    task->bytes = sizeof *task + arena_bytes(task->arena);
    task_queue_add(&engine->settled, task);
}

static void settle(struct engine *engine, struct task *task)
{
    /* A random number is a system call. */
    uint32_t random = task->reply.outcome == OUTCOME_RETRY ? arc4random() : 0;

    settle_decide(task, random, now_text(engine));
    if (task->reply.is_credential_refused && task->was_sent && task->request.is_system_token)
        engine->is_credential_refused = true;
    log_task(engine, task);
    add_settled(engine, task);
}

static void take_off(struct engine *engine, struct task *task)
{
    task->was_sent = true;
    task->next = engine->flying;
    task->link = &engine->flying;
    if (task->next)
        task->next->link = &task->next;
    engine->flying = task;
    engine->in_flight++;
}

static void land(struct engine *engine, struct task *task)
{
    *task->link = task->next;
    if (task->next)
        task->next->link = task->link;
    engine->in_flight--;
}

/* Its claim has reserved calls for it: none for what sends nothing, or rides with another. */
static bool is_request(const struct task *task)
{
    return task->calls_reserved > 0;
}

static struct task *take_waiting(struct engine *engine)
{
    struct task *task = task_queue_take(&engine->waiting);

    if (task)
        engine->waiting_requests -= is_request(task);
    return task;
}

/* Unsent, and costing no try. */
static void give_back(struct engine *engine, struct task *task, const char *why)
{
    task->was_sent = task->is_rider = false;
    task->settlement.state = "ready";
    task->settlement.phase = task->phase->name;
    task->settlement.is_in_doubt = task->is_in_doubt;
    task->settlement.note = why;
    add_settled(engine, task);
}

/* What the last one that was not answered came to. */
static void keep_reason(struct engine *engine, const struct answer *answer)
{
    if (answer->transport != TRANSPORT_OK)
        snprintf(engine->outage_reason, sizeof engine->outage_reason, "%s",
                 answer->transport_error);
    else
        snprintf(engine->outage_reason, sizeof engine->outage_reason, "HTTP %d, and %s",
                 answer->http_status,
                 answer->body ? "an error of Graph's own" : "no answer of Graph's");
}

static void note_answer(struct engine *engine, const struct answer *answer, bool is_probe,
                        struct arena *arena)
{
    int64_t now_ms = clock_monotonic_ms(), lasted_ms = outage_ms(&engine->outage, now_ms);
    char duration[CLOCK_TEXT_BYTES];
    bool is_answered = job_is_answered(answer, arena);

    if (!is_answered)
        keep_reason(engine, answer);
    switch (outage_note(&engine->outage, is_answered, is_probe, now_ms)) {
    case OUTAGE_NO_NEWS:
        break;
    case OUTAGE_BEGUN:
        log_event(
            LOG_WARN, "graph.unreachable", LOG_TEXT("batch", engine->settings.batch),
            LOG_TEXT("why", engine->outage_reason),
            LOG_TEXT("next", "nothing is sent until Graph answers; it is asked again and again"));
        break;
    case OUTAGE_OVER:
        clock_format_duration(lasted_ms, duration);
        log_event(LOG_WARN, "graph.back", LOG_TEXT("batch", engine->settings.batch),
                  LOG_TEXT("after", duration));
    }
}

static void land_probe(struct engine *engine, const struct graph_answer *answer)
{
    struct arena *arena = arena_create();

    engine->is_probing = false;
    if (!answer->is_withheld)
        note_answer(engine, &answer->answer, true, arena);
    arena_destroy(arena);
}

static void read_usage(struct task *task, const struct graph_answer *answer)
{
    if (answer->app_usage.percent > 0 || answer->business_usage_count > 0)
        task_keep_usage(task, &answer->app_usage, answer->business_usage,
                        answer->business_usage_count);
}

/* What the answer means for this step. */
static void hear(struct engine *engine, struct task *task, const struct graph_answer *answer)
{
    task->is_outage = engine->outage.is_holding;
    task->http_status = answer->answer.http_status;
    task->ms = answer->ms;
    task->heard_ms = clock_wall_ms(engine->settings.clock);
    task->date_ms = answer->answer.date_ms;
    if (answer->fbtrace_id) /* a header may hold any byte */
        task->fbtrace_id = history_answer(&task->facts, NULL, answer->fbtrace_id,
                                          strlen(answer->fbtrace_id), task->arena);
    const char *part = task->is_rider ? shared_read_part(task, answer->answer.body) : NULL;
    task->answer_text = history_answer(&task->facts, answer->answer.body, part ? part : answer->raw,
                                       part ? strlen(part) : answer->raw_bytes, task->arena);
    if (!task->is_rider)
        read_usage(task, answer);
    history_clean_error(&task->facts, answer->answer.body);
    job_answer(task->phase, &task->facts, &answer->answer, task->arena, &task->reply);
    if (task->kind->is_audited)
        came_along_compare(task);
    /* An effect that never left is told apart: it has used up no quota. */
    if (answer->answer.transport == TRANSPORT_UNSENT && task->phase->type == PHASE_EFFECT)
        task->was_sent = false;
    if (!task->fbtrace_id && task->reply.has_error)
        task->fbtrace_id = task->reply.error.fbtrace_id;
    if (answer->answer.transport != TRANSPORT_OK && !task->reply.note)
        task->reply.note = arena_copy_text(task->arena, answer->answer.transport_error);
    settle(engine, task);
}

static void come_down(struct engine *engine, struct task *task, const struct graph_answer *answer)
{
    if (answer->is_withheld)
        give_back(engine, task, arena_copy_text(task->arena, answer->answer.transport_error));
    else
        hear(engine, task, answer);
}

static void on_answer(void *self, void *context, const struct graph_answer *answer)
{
    struct engine *engine = self;
    struct task *task = context;

    if (context == engine) {
        land_probe(engine, answer);
        return;
    }
    land(engine, task);
    if (answer->is_withheld)
        engine->calls_of[task->phase->budget]--;
    else
        note_answer(engine, &answer->answer, false, task->arena);
    struct task *riders = task->riders;
    task->riders = NULL;
    come_down(engine, task, answer);
    for (struct task *rider; (rider = riders);) {
        riders = rider->next;
        come_down(engine, rider, answer);
    }
}

enum status engine_create(const struct engine_settings *settings, struct engine **out,
                          struct fault *fault)
{
    struct engine *engine = memory_take(sizeof *engine);

    memset(engine, 0, sizeof *engine);
    engine->settings = *settings;
    task_queue_init(&engine->waiting);
    task_queue_init(&engine->settled);
    enum status status = graph_create(&settings->graph, on_answer, engine, &engine->graph, fault);
    if (status != STATUS_OK) {
        free(engine);
        return status;
    }
    *out = engine;
    return STATUS_OK;
}

void engine_destroy(struct engine *engine)
{
    if (!engine)
        return;
    graph_destroy(engine->graph);
    task_queue_destroy_all(&engine->waiting);
    task_queue_destroy_all(&engine->settled);
    while (engine->flying) {
        struct task *task = engine->flying;
        engine->flying = task->next;
        task_destroy(task);
    }
    free(engine);
}

void engine_offer(struct engine *engine, struct task *task)
{
    task_queue_add(&engine->waiting, task);
    engine->waiting_requests += is_request(task);
}

static void take_along(struct engine *engine, struct task *task)
{
    shared_read_board(task, &engine->waiting);
    const char *text = task->riders ? shared_read_describe(task) : NULL;
    for (struct task *rider = task->riders; rider; rider = rider->next) {
        engine->waiting_requests -= is_request(rider);
        rider->was_sent = rider->is_rider = true;
        rider->request_text = arena_copy_text(rider->arena, text);
    }
}

static void fly(struct engine *engine, struct task *task)
{
    struct fault fault = FAULT_NONE;
    bool is_effect = task->phase->type == PHASE_EFFECT;

    task->request_text = request_describe(&task->request);
    /* HTTP/1.1 has no name for its answers: a peer that has answered once too often hands each
     * later request the answer to the one before. Where an absence will be believed, the answer has
     * to be the first one of its connection. */
    if (task->is_in_doubt)
        task->request.is_on_new_connection = true;
    if (graph_send(engine->graph, &task->request, is_effect, task->not_after_ms, task, &fault) ==
        STATUS_OK) {
        engine->calls_of[task->phase->budget]++;
        take_off(engine, task);
        take_along(engine, task);
        return;
    }
    task->reply.outcome =
        reply_failed(&task->reply, arena_copy_text(task->arena, fault.message), "partner",
                     "This is a mistake of the program; report it with this number's history.");
    settle(engine, task);
}

static void start(struct engine *engine, struct task *task)
{
    if (task->missing_credential) {
        task->reply.outcome =
            reply_wait_person(&task->reply, "credential", "partner", task->missing_credential);
        settle(engine, task);
        return;
    }
    if (task->kind->is_assessed) {
        assess_task(task);
        settle(engine, task);
        return;
    }
    enum outcome outcome =
        job_build(task->phase, &task->facts, task->arena, &task->request, &task->reply);
    if (outcome == OUTCOME_SEND) {
        fly(engine, task);
        return;
    }
    task->reply.outcome = outcome;
    settle(engine, task);
}

/* Asks about the partner's own token: a read that one edge's trouble leaves alone. On a connection
 * of its own, because an old one may live on where no new one can be made. */
static void probe(struct engine *engine)
{
    struct arena *arena = arena_create();
    struct request request;

    preflight_build(engine->settings.partner, arena, &request);
    request.is_on_new_connection = true;
    engine->is_probing =
        graph_send(engine->graph, &request, false, GRAPH_ANY_TIME, engine, NULL) == STATUS_OK;
    engine->calls_of[BUDGET_PLATFORM] += engine->is_probing;
    arena_destroy(arena);
    outage_probed(&engine->outage, arc4random(), clock_monotonic_ms());
}

/* Oldest first, so the first one that is in time ends it. */
static void give_back_late(struct engine *engine)
{
    int64_t now_ms = clock_monotonic_ms();

    while (engine->waiting.first && now_ms >= engine->waiting.first->not_after_ms)
        give_back(engine, take_waiting(engine),
                  "not sent: the step's deadline came before its turn");
}

static bool may_start_one(const struct engine *engine, bool may_start, int64_t not_after_ms)
{
    return may_start && engine->waiting.count > 0 && !engine->outage.is_holding &&
           !engine->is_credential_refused && graph_has_room(engine->graph) &&
           engine->in_flight < engine->settings.graph.concurrency &&
           clock_monotonic_ms() < not_after_ms;
}

void engine_turn(struct engine *engine, bool may_start, int64_t not_after_ms)
{
    outage_come_by(&engine->outage, clock_monotonic_ms());
    graph_set_not_after(engine->graph, not_after_ms);
    graph_collect(engine->graph);
    give_back_late(engine);
    bool may_send = may_start && clock_monotonic_ms() < not_after_ms;
    if (may_send && !engine->is_probing &&
        outage_is_probe_due(&engine->outage, clock_monotonic_ms()))
        probe(engine);
    /* What is on a connection that is there already, and what has failed at once, has made room. */
    unsigned started = 0;
    do {
        while (started < STARTS_A_TURN && may_start_one(engine, may_start, not_after_ms)) {
            start(engine, take_waiting(engine));
            started++;
        }
        engine->has_more = may_start_one(engine, may_start, not_after_ms);
    } while (graph_launch(engine->graph) || (engine->has_more && started < STARTS_A_TURN));
}

struct task_queue *engine_settled(struct engine *engine)
{
    return &engine->settled;
}

void engine_give_back(struct engine *engine)
{
    for (struct task *task; (task = take_waiting(engine));)
        give_back(engine, task, NULL);
}

unsigned engine_in_flight(const struct engine *engine)
{
    return engine->in_flight;
}

unsigned engine_in_hand(const struct engine *engine)
{
    return engine->in_flight + engine->waiting.count;
}

unsigned engine_requests_in_hand(const struct engine *engine)
{
    BUG_UNLESS(engine->waiting_requests <= engine->waiting.count);
    return engine->in_flight + engine->waiting_requests;
}

int64_t engine_calls(const struct engine *engine)
{
    return graph_calls(engine->graph);
}

int64_t engine_calls_of(const struct engine *engine, enum budget budget)
{
    return engine->calls_of[budget];
}

int64_t engine_outage_ms(const struct engine *engine)
{
    return outage_ms(&engine->outage, clock_monotonic_ms());
}

const char *engine_outage_reason(const struct engine *engine)
{
    return engine->outage_reason;
}

bool engine_is_credential_refused(const struct engine *engine)
{
    return engine->is_credential_refused;
}

void engine_wait(struct engine *engine, struct curl_waitfd *others, unsigned count, int timeout_ms)
{
    graph_wait(engine->graph, others, count, engine->has_more ? 0 : timeout_ms);
}

void engine_visit(const struct engine *engine, void (*visit)(void *self, const struct task *task),
                  void *self)
{
    const struct task *lists[] = {engine->waiting.first, engine->settled.first, engine->flying};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct task *task = lists[i]; task; task = task->next) {
            visit(self, task);
            for (const struct task *rider = task->riders; rider; rider = rider->next)
                visit(self, rider);
        }
    }
}
