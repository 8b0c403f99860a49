/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "orchestrator/engine.h"
#include "orchestrator/lease.h"
#include "orchestrator/pg.h"
#include "orchestrator/progress.h"
#include "orchestrator/selection.h"
#include "orchestrator/signals.h"

#define CLAIM_PAUSE_MS 1000
#define ASK_PAUSE_MS 1000
/* How a large book stands takes the database a while to say, and nothing is recorded or claimed
 * meanwhile: asking is to cost a hundredth at most. */
#define ASK_PAUSE_FACTOR 100
/* It seems to have taken hours where the machine was asleep meanwhile. */
#define ASK_PAUSE_MAX_MS (5 * 60 * 1000)
/* How long outcomes wait for company at the most, from one flush's start to the next one's. */
#define GATHER_MS 25
#define POLL_MAX_MS 1000
#define LAST_WORD_MAX_MS 10000
/* In hand beside the requests there is room for: steps that send nothing, or ride along. A claim
 * that comes up to it may bring the rest of those that share a read (step_claim.sql). */
#define STEPS_BESIDE_MAX 256
/* Of the slots, for so many a claim may bring one step that sends nothing while all are taken. */
#define LOCAL_SHARE 3
/* Answers are kept in memory until they are recorded. Beyond this much nothing is sent until some
 * of it is: a list of a hundred numbers comes to 250 KiB, and hundreds of them are asked for at
 * once. */
#define UNRECORDED_BYTES (16u << 20)
/* A wait is told once, not at every step that becomes due a little later. */
#define STAYING_NEWS_MS 5000
/* Fewer finished numbers say nothing about a rate. */
#define THRESHOLD_NUMBERS_MIN 10

enum stop {
    STOP_NOT,
    STOP_SIGNAL,
    STOP_WINDOW,
    STOP_THRESHOLD,
    STOP_CREDENTIAL,
    STOP_OUTAGE,
    STOP_BURIED,
    STOP_STORE,
    STOP_FINISHED
};

struct run {
    const struct run_settings *settings;
    struct lease_terms terms;
    struct store_run *store;
    struct engine *engine;
    struct task_queue claimed;
    struct progress_line progress;
    char host[256]; /* what the worker is called unless told otherwise */
    int signal_fd;
    unsigned signals;
    enum stop stop;
    bool is_abandoned;
    int64_t deadline_ms; /* monotonic; 0: none */
    int64_t started_ms, next_claim_ms, next_ask_ms;
    int64_t staying_until_ms;    /* what the log has said last */
    int64_t asked_at_ms;         /* 0: no question is under way */
    int64_t told_at_ms;          /* when the last one was answered */
    int64_t not_asked_before_ms; /* after one that was lost */
    bool asked_since_work;       /* the outlook is from after the last settled step */
    bool must_record_first;      /* what is settled is recorded before the next question */
    int64_t first_failed, first_done;
    bool has_first;
    int64_t flushed_at_ms;
    bool is_flushing;
    int64_t calls_at_flush; /* sent, when the last flush had come back or been followed */
    unsigned sent_by_flush; /* since the one before; the most, fading */
    unsigned left_behind;   /* settled steps that the last flush had no room for */
    bool has_last_word;     /* the outlook is from after everything has landed */
};

static unsigned concurrency(const struct run *run)
{
    return (unsigned)run->settings->options->concurrency;
}

static void stop(struct run *run, enum stop why, const char *text)
{
    if (run->stop != STOP_NOT)
        return;
    run->stop = why;
    if (text)
        log_event(LOG_INFO, "run.stopping", LOG_TEXT("batch", run->settings->batch->name),
                  LOG_TEXT("why", text), LOG_I64("in_flight", engine_in_flight(run->engine)));
}

static void heed_signals(struct run *run)
{
    run->signals += signals_take(run->signal_fd);
    if (run->signals == 1)
        stop(run, STOP_SIGNAL,
             "a signal; what is in flight lands first, a second signal ends at once");
    if (run->signals > 1)
        run->is_abandoned = true;
}

static unsigned clamp(unsigned value, unsigned least, unsigned most)
{
    return value < least ? least : value > most ? most : value;
}

/* Requests, enough ahead to follow every finished one at once while a flush is under way, and no
 * more: what is claimed ahead and never sent costs a look-up after a crash. For three flushes,
 * since two may come back with hardly a request: what they claim sends nothing, or rides with
 * others. */
static unsigned ahead(const struct run *run)
{
    return clamp(3 * run->sent_by_flush, concurrency(run) / 4 + 1, concurrency(run));
}

static unsigned less(unsigned from, unsigned what)
{
    return from > what ? from - what : 0;
}

/* How many steps more, whatever they are, there is room for in memory. */
static unsigned room_for_steps(const struct run *run)
{
    return less(concurrency(run) + ahead(run) + STEPS_BESIDE_MAX,
                engine_in_hand(run->engine) + run->left_behind);
}

static unsigned least(unsigned one, unsigned other)
{
    return one < other ? one : other;
}

static unsigned room(const struct run *run)
{
    unsigned requests = less(concurrency(run) + ahead(run), engine_requests_in_hand(run->engine));

    return least(requests, room_for_steps(run));
}

/* What sends nothing takes no slot: while all are taken the database has time for some of it, and
 * its successors are there when slots become free. */
static unsigned local_room(const struct run *run)
{
    return engine_requests_in_hand(run->engine) < concurrency(run)
               ? 0
               : least(concurrency(run) / LOCAL_SHARE, less(room_for_steps(run), room(run)));
}

/* Nothing is lost when outcomes wait for company as long as there is enough in hand for the next
 * flush's time too; and a flush has its cost, however few steps it brings. */
static int64_t gathering_ms(const struct run *run, int64_t now_ms)
{
    unsigned in_flight = engine_in_flight(run->engine);
    unsigned waiting = engine_requests_in_hand(run->engine) - in_flight;
    int64_t left_ms = run->flushed_at_ms + GATHER_MS - now_ms;

    if (run->stop != STOP_NOT || in_flight < concurrency(run) || left_ms <= 0 ||
        2 * waiting < 3 * run->sent_by_flush || 4 * waiting < concurrency(run) / 2)
        return 0;
    return left_ms;
}

/* A question that is due comes in between two flushes. */
static bool may_record_ahead(const struct run *run, int64_t now_ms)
{
    return store_run_may_record_ahead(run->store) && now_ms < run->next_ask_ms;
}

/* During an outage nothing is claimed: an intent is to be followed by its request, and not by a
 * pause. */
static bool is_working(const struct run *run)
{
    return run->stop == STOP_NOT && engine_outage_ms(run->engine) == 0;
}

static bool may_claim(const struct run *run)
{
    return is_working(run) && room(run) > 0;
}

/* What the loop waits for, and how long at most. Sleep first, then work: the caller sees "finished"
 * right after the work. */
static void sleep_until_something(struct run *run)
{
    struct curl_waitfd fds[2] = {store_run_interest(run->store),
                                 {.fd = run->signal_fd, .events = CURL_WAIT_POLLIN}};
    int64_t now_ms = clock_monotonic_ms();
    int64_t wait_ms = POLL_MAX_MS, patience_ms = store_run_patience_ms(run->store, now_ms);
    bool has_socket = fds[0].fd != CURL_SOCKET_BAD;

    if (patience_ms >= 0 && patience_ms < wait_ms)
        wait_ms = patience_ms;
    if (run->next_claim_ms > now_ms && run->next_claim_ms - now_ms < wait_ms)
        wait_ms = run->next_claim_ms - now_ms;
    if (run->stop == STOP_NOT && run->deadline_ms && run->deadline_ms - now_ms < wait_ms)
        wait_ms = run->deadline_ms > now_ms ? run->deadline_ms - now_ms : 0;
    bool is_claim_due = may_claim(run) && run->next_claim_ms <= now_ms;
    bool has_settled = engine_settled(run->engine)->count > 0;
    if ((store_run_is_idle(run->store) && (has_settled || is_claim_due)) ||
        (may_record_ahead(run, now_ms) && has_settled)) {
        int64_t left_ms = gathering_ms(run, now_ms);
        wait_ms = left_ms < wait_ms ? left_ms : wait_ms;
    }
    engine_wait(run->engine, has_socket ? fds : fds + 1, has_socket ? 2 : 1, (int)wait_ms);
}

static int64_t parked_until_text(const struct store_outlook *outlook, char *text, size_t bytes)
{
    char duration[CLOCK_TEXT_BYTES];

    clock_format_duration(outlook->due_ms, duration);
    snprintf(text, bytes,
             outlook->parked ? "%lld steps parked by a quota, %s"
                             : "%lld steps for a time, next in %s",
             (long long)(outlook->parked ? outlook->parked : outlook->ready), duration);
    return outlook->due_ms;
}

static void show_progress(struct run *run, int64_t now_ms)
{
    const struct store_outlook *outlook = store_run_outlook(run->store);
    struct progress_figures figures = {.eta_ms = -1, .per_second = -1};
    char why[160];

    if (!outlook->is_known || !progress_is_due(&run->progress, now_ms))
        return;
    for (size_t i = 0; i < sizeof outlook->by_state / sizeof outlook->by_state[0]; i++)
        figures.total += outlook->by_state[i];
    figures.done = outlook->by_state[STATE_DONE];
    figures.failed = outlook->by_state[STATE_FAILED];
    figures.blocked = outlook->by_state[STATE_BLOCKED];
    figures.waiting = outlook->by_state[STATE_WAITING];
    figures.in_flight = engine_in_flight(run->engine);
    figures.calls = engine_calls(run->engine);
    int64_t elapsed_ms = now_ms - run->started_ms;
    int64_t moved = figures.done - run->first_done;
    int64_t left = outlook->by_state[STATE_READY] + outlook->by_state[STATE_RUNNING] +
                   outlook->by_state[STATE_PENDING];
    if (elapsed_ms > 500)
        figures.per_second = (double)figures.calls * 1000.0 / (double)elapsed_ms;
    if (moved > 0)
        figures.eta_ms = elapsed_ms * left / moved;
    if (store_run_outage(run->store)) {
        database_outage_describe(store_run_outage(run->store), now_ms, why, sizeof why);
        figures.why = why;
    } else if (engine_outage_ms(run->engine) > 0) {
        figures.why = "Graph, which does not answer; asking again";
    } else if (figures.in_flight == 0 && outlook->due_ms > 0) {
        parked_until_text(outlook, why, sizeof why);
        figures.why = why;
    }
    progress_show(&run->progress, &figures, now_ms);
}

/* Nothing is sent on a lease that could run out before the answer is settled. */
static int64_t not_after_ms(const struct run *run)
{
    return store_run_is_buried(run->store)
               ? 0
               : store_run_lease_until_ms(run->store) - run->terms.margin_ms;
}

/* What it said was due is not to be had, or another worker that was at it may be gone: the book has
 * moved on. Who was frozen while it asked takes that for a long question, and would not ask again
 * for as long. */
static bool is_outlook_stale(const struct run *run, int64_t now_ms)
{
    const struct store_outlook *outlook = store_run_outlook(run->store);
    bool is_due_over =
        outlook->due_ms >= 0 && now_ms >= run->told_at_ms + ASK_PAUSE_MS + outlook->due_ms;
    bool is_holder_over =
        outlook->held_elsewhere > 0 && now_ms >= run->told_at_ms + run->terms.lease_ms;

    return outlook->is_known && run->asked_since_work && may_claim(run) &&
           engine_in_hand(run->engine) == 0 && (is_due_over || is_holder_over);
}

/* A flush has come back, or the next one follows it. */
static void note_sent(struct run *run)
{
    int64_t calls = engine_calls(run->engine);
    unsigned sent = calls > run->calls_at_flush ? (unsigned)(calls - run->calls_at_flush) : 0;
    unsigned faded = run->sent_by_flush - (run->sent_by_flush + 7) / 8;

    run->sent_by_flush = sent > faded ? sent : faded;
    run->calls_at_flush = calls;
}

static void begin_flush(struct run *run, int64_t now_ms)
{
    run->asked_since_work = run->asked_since_work && engine_settled(run->engine)->count == 0;
    run->is_flushing = true;
    run->flushed_at_ms = now_ms;
}

/* Of what is settled, what the flush that has just been handed over could not carry. */
static void note_left_behind(struct run *run)
{
    run->left_behind = engine_settled(run->engine)->count;
    run->must_record_first = run->left_behind > 0;
}

/* The database goes from one flush to the next: what has been settled meanwhile is on its way to it
 * before the last one has come back. */
static void record_ahead(struct run *run, int64_t now_ms)
{
    struct task_queue *settled = engine_settled(run->engine);

    if (settled->count == 0 || gathering_ms(run, now_ms) > 0)
        return;
    note_sent(run);
    begin_flush(run, now_ms);
    store_run_record_ahead(run->store, settled, engine_calls(run->engine), now_ms);
    note_left_behind(run);
}

/* The question is over: answered, or lost with its connection, and then it is asked again, not so
 * soon that one that is lost every time would leave no room for anything else. */
static void note_answer(struct run *run, int64_t now_ms)
{
    int64_t pause_ms = ASK_PAUSE_MS + (now_ms - run->asked_at_ms) * ASK_PAUSE_FACTOR;

    if (store_run_outlook(run->store)->asked_at_ms == run->asked_at_ms) {
        run->next_ask_ms = now_ms + (pause_ms < ASK_PAUSE_MAX_MS ? pause_ms : ASK_PAUSE_MAX_MS);
        run->told_at_ms = now_ms;
    } else {
        run->asked_since_work = false;
        run->next_ask_ms = run->not_asked_before_ms = now_ms + ASK_PAUSE_MS;
    }
    run->asked_at_ms = 0;
}

/* One flush after another, or a question. */
static void use_store(struct run *run, int64_t now_ms)
{
    struct task_queue *settled = engine_settled(run->engine);
    bool is_on_time = now_ms < not_after_ms(run);
    unsigned want = may_claim(run) && is_on_time ? room(run) : 0;
    bool is_claim_due =
        settled->count > 0 || store_run_claimed_all(run->store) || now_ms >= run->next_claim_ms;

    store_run_set_local_room(run->store, is_working(run) && is_on_time ? local_room(run) : 0);
    run->must_record_first |= store_run_outage(run->store) != NULL;
    if (store_run_awaits_claim(run->store)) {
        run->next_claim_ms = now_ms + CLAIM_PAUSE_MS;
        store_run_claim(run->store, want, now_ms);
    }
    if (may_record_ahead(run, now_ms))
        record_ahead(run, now_ms);
    if (!store_run_is_idle(run->store))
        return;
    if (run->is_flushing) {
        note_sent(run);
        run->is_flushing = false;
    }
    if (gathering_ms(run, now_ms) > 0)
        return;
    if (run->asked_at_ms)
        note_answer(run, now_ms);
    /* The question comes in between also while work never stops: the failure threshold, the
     * progress line and other workers' fate hang on it. But it takes back steps past their
     * deadline, ours too, so outcomes in hand are recorded before. */
    bool may_ask = now_ms >= run->not_asked_before_ms;
    bool is_ask_due = may_ask && (now_ms >= run->next_ask_ms || is_outlook_stale(run, now_ms)) &&
                      (settled->count == 0 || !run->must_record_first);
    if (!is_ask_due && (settled->count > 0 || (want > 0 && is_claim_due))) {
        run->next_claim_ms = now_ms + CLAIM_PAUSE_MS;
        begin_flush(run, now_ms);
        store_run_flush(run->store, settled, want, engine_calls(run->engine), now_ms);
        note_left_behind(run);
    } else if (is_ask_due ||
               (may_ask && engine_in_hand(run->engine) == 0 && !run->asked_since_work)) {
        run->asked_at_ms = now_ms;
        run->asked_since_work = true;
        run->must_record_first = true;
        store_run_ask(run->store, now_ms);
    } else {
        /* Who has just been woken has an old lease, on which nothing is claimed, and may have asked
         * for so long that the next question is far. */
        store_run_renew(run->store, now_ms);
    }
}

static void heed_threshold(struct run *run)
{
    const struct store_outlook *outlook = store_run_outlook(run->store);
    int64_t percent = run->settings->options->stop_at_failure_percent;

    if (!outlook->is_known)
        return;
    if (!run->has_first) {
        run->has_first = true;
        run->first_failed = outlook->by_state[STATE_FAILED];
        run->first_done = outlook->by_state[STATE_DONE];
    }
    int64_t failed = outlook->by_state[STATE_FAILED] - run->first_failed;
    int64_t finished = failed + outlook->by_state[STATE_DONE] - run->first_done;
    if (percent > 0 && finished >= THRESHOLD_NUMBERS_MIN && failed * 100 >= percent * finished)
        stop(run, STOP_THRESHOLD, "the failure threshold (--stop-at-failure-rate) is reached");
}

/* Nothing in hand, and the outlook is fresh: is there anything left that this run should stay for?
 */
static void heed_outlook(struct run *run, int64_t now_ms)
{
    const struct store_outlook *outlook = store_run_outlook(run->store);

    if (run->stop != STOP_NOT || !run->asked_since_work || !outlook->is_known ||
        !store_run_is_idle(run->store) || engine_in_hand(run->engine) > 0 ||
        engine_settled(run->engine)->count > 0)
        return;
    if (outlook->due_ms == 0 || outlook->held_elsewhere > 0)
        return; /* claimed at the next turn, or another run is at it */
    if (outlook->due_ms < 0 || outlook->due_ms > run->settings->options->patience_ms) {
        run->stop = STOP_FINISHED;
        return;
    }
    if (run->next_claim_ms > now_ms + outlook->due_ms)
        run->next_claim_ms = now_ms + outlook->due_ms;
    if (now_ms + outlook->due_ms > run->staying_until_ms + STAYING_NEWS_MS) {
        char duration[CLOCK_TEXT_BYTES];
        clock_format_duration(outlook->due_ms, duration);
        run->staying_until_ms = now_ms + outlook->due_ms;
        log_event(LOG_INFO, "run.staying", LOG_TEXT("for", duration),
                  LOG_I64("steps", outlook->ready),
                  LOG_TEXT("why", outlook->parked ? "a quota is parked" : "they wait for a time"));
    }
}

static void heed_ends(struct run *run, int64_t now_ms)
{
    struct fault fault;

    if (run->deadline_ms && now_ms >= run->deadline_ms)
        stop(run, STOP_WINDOW, "the window has ended");
    if (engine_is_credential_refused(run->engine))
        stop(run, STOP_CREDENTIAL, "Graph refuses the partner's token");
    /* The operator gave it the window, and Graph may come back in it. */
    if (!run->deadline_ms && engine_outage_ms(run->engine) > run->settings->options->patience_ms)
        stop(run, STOP_OUTAGE, "Graph does not answer, for longer than --patience");
    if (store_run_is_buried(run->store))
        stop(run, STOP_BURIED, "another run has taken this one's work over: its lease had run out");
    /* Whatever else it was told to stop for: nothing that is in flight can be recorded any more. */
    if (run->stop != STOP_STORE && store_run_has_failed(run->store, &fault)) {
        run->stop = STOP_NOT;
        stop(run, STOP_STORE, fault.message);
    }
    heed_threshold(run);
    heed_outlook(run, now_ms);
}

static bool has_landed(const struct run *run)
{
    if (run->is_abandoned || run->stop == STOP_STORE)
        return true;
    if (run->stop == STOP_NOT)
        return false;
    return engine_in_hand(run->engine) == 0 && engine_settled(run->engine)->count == 0 &&
           (store_run_is_idle(run->store) || run->stop == STOP_BURIED) &&
           store_run_is_flushed(run->store);
}

static bool may_send(const struct run *run)
{
    return run->stop == STOP_NOT &&
           engine_settled(run->engine)->bytes + store_run_unrecorded_bytes(run->store) <
               UNRECORDED_BYTES;
}

static void turn(struct run *run)
{
    sleep_until_something(run);
    int64_t now_ms = clock_monotonic_ms();
    heed_signals(run);
    store_run_advance(run->store, now_ms, &run->claimed);
    for (struct task *task; (task = task_queue_take(&run->claimed));)
        engine_offer(run->engine, task);
    /* At every turn: a claim may have been under way when the run was told to stop. */
    if (run->stop != STOP_NOT || engine_outage_ms(run->engine) > 0)
        engine_give_back(run->engine);
    /* The database first: it works while the requests are sent. */
    use_store(run, now_ms);
    engine_turn(run->engine, may_send(run), not_after_ms(run));
    heed_ends(run, now_ms);
    show_progress(run, now_ms);
}

/* ---- start and end ---- */

static int64_t deadline(const struct run_settings *settings)
{
    const struct options *options = settings->options;
    int64_t now_ms = clock_monotonic_ms(), wall_ms = clock_wall_ms(settings->clock);
    int64_t end_ms = options->for_ms ? now_ms + options->for_ms : 0;

    if (options->has_until) {
        int64_t until_ms = now_ms +
                           clock_next_local(wall_ms, options->until_hour, options->until_minute) -
                           wall_ms;
        end_ms = end_ms && end_ms < until_ms ? end_ms : until_ms;
    }
    return end_ms;
}

static void visit_engine(void *self, void (*visit)(void *, const struct task *), void *visitor)
{
    engine_visit(self, visit, visitor);
}

static enum status open_run(struct run *run, PGconn *conn, const char *only, struct fault *fault)
{
    const struct run_settings *settings = run->settings;
    const struct options *options = settings->options;
    struct store_run_settings store = {
        .conninfo = settings->conninfo,
        .clock = settings->clock,
        .batch = settings->batch,
        .worker = options->worker_name ? options->worker_name : run->host,
        .only = only,
        .highest_number_id = settings->highest_number_id,
        .spends_last_registrations = options->spends_last_registrations,
        .grace_ms = options->doubt_grace_ms,
        .terms = &run->terms,
    };
    struct engine_settings engine = {
        .graph = {.url = options->graph_url,
                  .ca_file = options->ca_file,
                  .concurrency = concurrency(run),
                  .timeout_ms = options->timeout_ms < run->terms.transfer_ms
                                    ? options->timeout_ms
                                    : run->terms.transfer_ms},
        .clock = settings->clock,
        .batch = settings->batch->name,
        .partner = &settings->batch->facts,
    };

    enum status status = store_run_open(conn, &store, &run->store, fault);
    if (status == STATUS_OK)
        status = engine_create(&engine, &run->engine, fault);
    if (status == STATUS_OK)
        store_run_set_inventory(run->store, visit_engine, run->engine);
    return status;
}

static int64_t count(const struct run *run, enum store_state state)
{
    return store_run_outlook(run->store)->by_state[state];
}

/* The last word is that Graph cannot be reached: as when it could not be at the start. */
static bool is_cut_off(const struct run *run)
{
    return run->stop != STOP_FINISHED && engine_outage_ms(run->engine) > 0;
}

/* The contract's order: 7, 6, 5, 3, 4. */
static int exit_code(const struct run *run)
{
    int64_t unfinished =
        count(run, STATE_READY) + count(run, STATE_RUNNING) + count(run, STATE_PENDING);
    bool is_limited = run->settings->highest_number_id > 0;

    if (run->stop == STOP_CREDENTIAL || run->stop == STOP_STORE || is_cut_off(run))
        return EXIT_REFUSED;
    if (run->stop == STOP_THRESHOLD)
        return EXIT_THRESHOLD;
    if (run->is_abandoned || (run->stop == STOP_BURIED && !run->has_last_word) ||
        !store_run_outlook(run->store)->is_known)
        return EXIT_STOPPED;
    if ((run->stop != STOP_FINISHED || is_limited) && unfinished > 0)
        return EXIT_STOPPED;
    if (count(run, STATE_FAILED) + count(run, STATE_BLOCKED) > 0)
        return EXIT_SOME_FAILED;
    if (unfinished + count(run, STATE_WAITING) > 0)
        return EXIT_WAITING;
    return EXIT_ALL_DONE;
}

/* The last word on how the batch stands: asked after everything has landed. */
static void ask_last(struct run *run)
{
    int64_t now_ms = clock_monotonic_ms(), until_ms = now_ms + LAST_WORD_MAX_MS;
    int64_t asked_at_ms = 0;
    struct fault fault;

    while (!run->is_abandoned && now_ms < until_ms && !store_run_has_failed(run->store, &fault)) {
        if (store_run_is_idle(run->store) && asked_at_ms)
            break;
        if (store_run_is_idle(run->store)) {
            asked_at_ms = now_ms;
            store_run_ask(run->store, now_ms);
        }
        struct curl_waitfd fd = store_run_interest(run->store);
        engine_wait(run->engine, &fd, fd.fd != CURL_SOCKET_BAD, 100);
        now_ms = clock_monotonic_ms();
        store_run_advance(run->store, now_ms, &run->claimed);
    }
    run->has_last_word = asked_at_ms && store_run_outlook(run->store)->asked_at_ms == asked_at_ms;
}

static void log_end(const struct run *run, int code)
{
    log_event(LOG_INFO, "run.ended", LOG_TEXT("batch", run->settings->batch->name),
              LOG_I64("exit_code", code), LOG_I64("calls", engine_calls(run->engine)),
              LOG_I64("calls_platform", engine_calls_of(run->engine, BUDGET_PLATFORM)),
              LOG_I64("calls_waba", engine_calls_of(run->engine, BUDGET_WABA)),
              LOG_I64("calls_credit_line", engine_calls_of(run->engine, BUDGET_CREDIT_LINE)),
              LOG_I64("calls_registration", engine_calls_of(run->engine, BUDGET_REGISTRATION)),
              LOG_I64("ms", clock_monotonic_ms() - run->started_ms),
              LOG_I64("done", count(run, STATE_DONE)), LOG_I64("failed", count(run, STATE_FAILED)),
              LOG_I64("blocked", count(run, STATE_BLOCKED)),
              LOG_I64("waiting", count(run, STATE_WAITING)),
              LOG_I64("left", count(run, STATE_READY) + count(run, STATE_PENDING) +
                                  count(run, STATE_RUNNING)));
}

struct run_result run_batch(PGconn *conn, const struct run_settings *settings, struct fault *fault)
{
    struct run_result result = {.exit_code = EXIT_INTERNAL};
    struct run run = {.settings = settings, .signal_fd = signals_open()};
    const struct options *options = settings->options;
    char *only = NULL;

    (void)!gethostname(run.host, sizeof run.host - 1);
    task_queue_init(&run.claimed);
    progress_init(&run.progress, options, stderr);
    log_set_before_line(progress_erase, &run.progress);
    run.started_ms = clock_monotonic_ms();
    run.deadline_ms = deadline(settings);
    enum status status = lease_terms_read(&run.terms, fault);
    if (status == STATUS_OK)
        status = selection_read(options, &only, fault);
    if (status == STATUS_OK)
        status = open_run(&run, conn, only, fault);
    else
        pg_close(&conn);
    if (status == STATUS_OK) {
        while (!has_landed(&run))
            turn(&run);
        ask_last(&run);
        result.exit_code = exit_code(&run);
        result.newly_failed = count(&run, STATE_FAILED) - run.first_failed;
        result.is_finished = run.stop == STOP_FINISHED;
        if (run.stop == STOP_CREDENTIAL)
            fault_set(
                fault, STATUS_CREDENTIAL,
                "Graph refuses the partner's token (partner.system_token); put a valid one where "
                "the manifest points, then run again");
        else if (is_cut_off(&run))
            fault_set(fault, STATUS_CREDENTIAL,
                      "Graph does not answer at %s: %s; no step has failed for that: look at the "
                      "network, the proxy and Meta's status page, then run again",
                      options->graph_url, engine_outage_reason(run.engine));
        else if (!store_run_has_failed(run.store, fault))
            fault->status = STATUS_OK;
        progress_erase(&run.progress);
        log_end(&run, result.exit_code);
        if (!run.is_abandoned)
            store_run_close(run.store, result.exit_code, engine_calls(run.engine));
    } else {
        result.exit_code = options_exit_code(status);
    }
    log_set_before_line(NULL, NULL);
    task_queue_destroy_all(&run.claimed);
    engine_destroy(run.engine);
    store_run_destroy(run.store);
    close(run.signal_fd);
    free(only);
    return result;
}
