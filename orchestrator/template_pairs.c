/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/template_pairs.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "orchestrator/credentials.h"
#include "orchestrator/engine.h"
#include "orchestrator/signals.h"

#define POLL_MS 200
#define LIST_KIND "list_templates"
#define COPY_KIND "migrate_templates"
#define LOOK_PHASE "look"
#define COMPARE_PHASE "compare"
#define FLOWS_LOOKUP_PHASE "flows_lookup"
/* Pages would name what is there already. */
#define COPY_MEMO "{\"is_by_ids\":true}"

struct work {
    struct template_pairs *pairs;
    struct engine *engine;
    bool is_copying;
    size_t next_pair;
    struct template_pair *open; /* those that have begun and are not over */
    int64_t held_until_ms;      /* the app's quota is spent: nothing is sent until then */
    int64_t until_ms;           /* --patience */
};

/* ---- tasks ---- */

static struct task *make_task(const struct work *work, const struct template_pair *pair,
                              const char *kind, const char *phase, const char *memo, int tries)
{
    const struct template_pairs *pairs = work->pairs;
    struct task *task = task_create();
    struct facts *facts = &task->facts;
    int64_t now_ms = clock_wall_ms(pairs->clock), left_ms = work->until_ms - clock_monotonic_ms();

    *facts = *pairs->partner;
    facts->customer = pair->customer;
    facts->business_id = pair->business_id;
    facts->source_waba_id = pair->source_waba_id;
    facts->destination_waba_id = pair->destination_waba_id;
    facts->now_ms = now_ms;
    facts->templates =
        template_book_facts(pair->book, now_ms, left_ms > 0 ? left_ms : 0, task->arena);
    facts->memo = arena_copy_text(task->arena, memo);
    facts->source_token = credentials_resolve(task, pair->source_token_ref);
    facts->business_token =
        pair->token_ref ? credentials_resolve(task, pair->token_ref)
        : pair->business_token_sealed
            ? credentials_unseal(
                  task, pairs->vault,
                  credentials_context(task->arena, "business_token", pairs->batch, pair->customer),
                  pair->business_token_sealed)
            : NULL;
    task->customer_id = pair - pairs->pairs;
    task->tries = tries;
    task->kind = job_find(kind);
    BUG_UNLESS(task->kind);
    task->phase = job_find_phase(task->kind, phase);
    BUG_UNLESS(task->phase);
    return task;
}

static void offer_later(struct template_pair *pair, struct task *task, int64_t wait_ms)
{
    pair->next_task = task;
    pair->due_ms = clock_monotonic_ms() + (wait_ms > 0 ? wait_ms : 0);
}

/* The flows that are there already are looked for before any is asked for. */
static const char *first_copying_phase(const struct template_pair *pair)
{
    return template_book_needs_flows(pair->book) ? FLOWS_LOOKUP_PHASE : COMPARE_PHASE;
}

static void begin(struct work *work, struct template_pair *pair)
{
    struct task *task =
        work->is_copying ? make_task(work, pair, COPY_KIND, first_copying_phase(pair), COPY_MEMO, 0)
                         : make_task(work, pair, LIST_KIND, NULL, NULL, 0);

    pair->next = work->open;
    work->open = pair;
    offer_later(pair, task, 0);
}

static void end(struct work *work, struct template_pair *pair)
{
    struct template_pair **link = &work->open;

    while (*link && *link != pair)
        link = &(*link)->next;
    BUG_UNLESS(*link);
    *link = pair->next;
}

/* ---- what was learned ---- */

static void learn(struct work *work, struct template_pair *pair, const struct task *task)
{
    int64_t now_ms = clock_wall_ms(work->pairs->clock);
    char now[CLOCK_TEXT_BYTES];

    clock_format(now_ms, now);
    for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
        if (fact->type == LEARNED_TEMPLATES_PAGE) {
            template_book_learn_page(pair->book, fact->is_source, fact->json);
            const char **read_at =
                fact->is_source ? &pair->source_read_at : &pair->destination_read_at;
            *read_at = arena_copy_text(work->pairs->arena, now);
        } else if (fact->type == LEARNED_TEMPLATE_NEWS) {
            template_book_learn_news(pair->book, fact->json, now_ms);
        } else if (fact->type == LEARNED_TEMPLATE_FLOWS) {
            template_book_learn_flows(pair->book, fact->json);
        }
    }
}

static const char *why(const struct task *task)
{
    const struct reply *reply = &task->reply;

    if (reply->has_error)
        return reply->error.title ? reply->error.title : reply->error.message;
    if (task->settlement.note)
        return task->settlement.note;
    return task->settlement.waiting_for ? task->settlement.waiting_for : "it could not be done";
}

static void fail(struct work *work, struct template_pair *pair, const struct task *task)
{
    const char *reason = why(task);

    pair->failure =
        arena_copy_text(work->pairs->arena, reason ? reason : "Graph gave no usable answer");
    pair->is_credential_refused =
        task->settlement.waiting_for && strcmp(task->settlement.waiting_for, "credential") == 0;
    end(work, pair);
}

/* ---- how a pair goes on ---- */

/* A reading is the source's list, then the destination's: what a run would do next is not its
 * business. */
static bool is_read(const struct work *work, const struct task *task)
{
    return !work->is_copying && strcmp(task->kind->name, COPY_KIND) == 0 &&
           strcmp(task->settlement.phase, LOOK_PHASE) != 0;
}

static void follow(struct work *work, struct template_pair *pair, const struct task *task)
{
    const struct settlement *settlement = &task->settlement;
    const char *memo = settlement->memo ? settlement->memo : task->facts.memo;
    int tries = task->tries + (settlement->is_try ? 1 : 0);

    if (clock_monotonic_ms() + settlement->wait_ms > work->until_ms) {
        pair->is_unfinished = true;
        end(work, pair);
        return;
    }
    struct task *next = make_task(work, pair, task->kind->name, settlement->phase,
                                  memo && *memo ? memo : NULL, tries);
    next->is_in_doubt = next->facts.is_in_doubt = settlement->is_in_doubt;
    offer_later(pair, next, settlement->wait_ms);
}

static void settle(struct work *work, const struct task *task)
{
    struct template_pair *pair = &work->pairs->pairs[task->customer_id];
    bool is_done = strcmp(task->settlement.state, "done") == 0;

    learn(work, pair, task);
    if (task->settlement.parks_app)
        work->held_until_ms = clock_monotonic_ms() + task->settlement.park_ms;
    if (is_done && !work->is_copying && strcmp(task->kind->name, LIST_KIND) == 0)
        offer_later(pair, make_task(work, pair, COPY_KIND, LOOK_PHASE, NULL, 0), 0);
    else if (is_done || is_read(work, task))
        end(work, pair);
    else if (strcmp(task->settlement.state, "ready") == 0)
        follow(work, pair, task);
    else
        fail(work, pair, task);
}

/* ---- the loop ---- */

static bool is_wanted(const struct work *work, const struct template_pair *pair)
{
    return !work->is_copying ||
           (!pair->failure && template_book_is_read(pair->book, true) &&
            template_book_is_read(pair->book, false) && template_book_missing(pair->book) > 0);
}

static void refill(struct work *work)
{
    struct template_pairs *pairs = work->pairs;
    unsigned ahead = (unsigned)pairs->options->concurrency * 2, begun = 0;

    while (work->next_pair < pairs->count && engine_in_hand(work->engine) + begun < ahead) {
        struct template_pair *pair = &pairs->pairs[work->next_pair++];
        if (is_wanted(work, pair)) {
            begin(work, pair);
            begun++;
        }
    }
}

static void offer_due(struct work *work)
{
    int64_t now_ms = clock_monotonic_ms();

    for (struct template_pair *pair = work->open; pair; pair = pair->next) {
        if (!pair->next_task || pair->due_ms > now_ms)
            continue;
        engine_offer(work->engine, pair->next_task);
        pair->next_task = NULL;
    }
}

static enum status turn(struct work *work, int signal_fd, struct fault *fault)
{
    struct template_pairs *pairs = work->pairs;
    struct curl_waitfd fd = {.fd = signal_fd, .events = CURL_WAIT_POLLIN};
    bool is_held = clock_monotonic_ms() < work->held_until_ms;

    if (!is_held) {
        refill(work);
        offer_due(work);
    }
    engine_turn(work->engine, !is_held, GRAPH_ANY_TIME);
    for (struct task *task; (task = task_queue_take(engine_settled(work->engine)));) {
        settle(work, task);
        task_destroy(task);
    }
    if (engine_is_credential_refused(work->engine))
        return fault_set(fault, STATUS_CREDENTIAL,
                         "Graph refuses the token; put a valid one where it is taken from, then "
                         "try again");
    if (engine_outage_ms(work->engine) > pairs->options->patience_ms)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "Graph does not answer at %s: %s; look at the network, the proxy and "
                         "Meta's status page, then try again",
                         pairs->options->graph_url, engine_outage_reason(work->engine));
    pairs->is_stopped = signals_take(signal_fd) > 0;
    if (pairs->is_stopped)
        return fault_set(fault, STATUS_IO, "stopped by a signal before the end");
    if (work->open)
        engine_wait(work->engine, &fd, 1, POLL_MS);
    return STATUS_OK;
}

static void finish(struct work *work)
{
    engine_destroy(work->engine);
    for (struct template_pair *pair = work->open; pair; pair = pair->next) {
        task_destroy(pair->next_task);
        pair->next_task = NULL;
    }
}

static enum status run(struct template_pairs *pairs, bool is_copying, struct fault *fault)
{
    const struct options *options = pairs->options;
    struct work work = {.pairs = pairs,
                        .is_copying = is_copying,
                        .until_ms = clock_monotonic_ms() + options->patience_ms};
    struct engine_settings engine = {
        .graph = {.url = options->graph_url,
                  .ca_file = options->ca_file,
                  .concurrency = (unsigned)options->concurrency,
                  .timeout_ms = options->timeout_ms,
                  .is_read_only = !is_copying},
        .clock = pairs->clock,
        .batch = pairs->batch,
        .partner = pairs->partner,
        .is_reading_only = !is_copying,
    };
    int signal_fd = signals_open();

    enum status status = engine_create(&engine, &work.engine, fault);
    while (status == STATUS_OK && (work.open || work.next_pair < pairs->count))
        status = turn(&work, signal_fd, fault);
    pairs->calls += work.engine ? engine_calls(work.engine) : 0;
    finish(&work);
    close(signal_fd);
    return status;
}

enum status template_pairs_read(struct template_pairs *pairs, struct fault *fault)
{
    return run(pairs, false, fault);
}

enum status template_pairs_copy(struct template_pairs *pairs, struct fault *fault)
{
    return run(pairs, true, fault);
}
