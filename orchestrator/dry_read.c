/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/dry_read.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "orchestrator/credentials.h"
#include "orchestrator/engine.h"
#include "orchestrator/field_refusals.h"
#include "orchestrator/signals.h"

#define POLL_MS 200
#define SOURCE_READ "read_source"
#define DESTINATION_READ "read_destination"

/* A read whose time has not come. */
struct pause {
    int64_t at_ms;
    struct task *task;
    struct pause *next;
};

struct reader {
    const struct dry_read_settings *settings;
    struct dry_read_result *result;
    struct dry_book *book;
    struct engine *engine;
    struct field_refusals refusals;
    struct pause *pauses;
    size_t next_customer;
    unsigned open_reads;
    size_t pause_count;
    int64_t held_until_ms; /* the app's quota is spent: nothing is sent until then */
    enum status taken;     /* of the first customer that could not be taken */
    int64_t answered, answered_ms;
    int64_t warm, warm_ms; /* of these, those after the connections were made */
};

static const struct options *options_of(const struct reader *reader)
{
    return reader->settings->database->options;
}

/* Where the WABA itself is closed to us its numbers may not be. */
static const char *source_ids(const struct reader *reader, const struct dry_customer *customer,
                              struct arena *arena)
{
    struct buffer ids;

    buffer_init(&ids, SIZE_MAX);
    for (size_t i = customer->first_number; i != DRY_NONE; i = reader->book->numbers[i].next) {
        const char *id = reader->book->numbers[i].source_phone_number_id;
        if (id)
            (void)!buffer_printf(&ids, "%s%s", ids.length > 0 ? "," : "", id);
    }
    const char *text = ids.length > 0 ? arena_copy_text(arena, buffer_text(&ids)) : NULL;
    buffer_finish(&ids);
    return text;
}

static struct task *make_read(struct reader *reader, struct dry_customer *customer,
                              const char *kind, const char *phase, const char *memo, int tries)
{
    const struct dry_read_settings *settings = reader->settings;
    struct task *task = task_create();
    struct facts *facts = &task->facts;

    *facts = reader->book->batch.facts;
    facts->customer = customer->key;
    facts->business_id = customer->business_id;
    facts->source_waba_id = customer->source_waba_id;
    facts->destination_waba_id = customer->destination_waba_id;
    facts->source_phone_number_ids = source_ids(reader, customer, task->arena);
    facts->memo = arena_copy_text(task->arena, memo);
    facts->source_token = credentials_resolve(task, customer->source_token_ref);
    facts->business_token =
        customer->token_ref
            ? credentials_resolve(task, customer->token_ref)
            : credentials_unseal(task, settings->vault,
                                 credentials_context(task->arena, "business_token",
                                                     reader->book->batch.name, customer->key),
                                 customer->business_token_sealed);
    task->source_token_ref = customer->source_token_ref;
    task->token_ref = customer->token_ref;
    field_refusals_tell(&reader->refusals, task);
    task->customer_id = customer - reader->book->customers;
    task->tries = tries;
    task->kind = job_find(kind);
    BUG_UNLESS(task->kind);
    task->phase = job_find_phase(task->kind, phase);
    BUG_UNLESS(task->phase);
    return task;
}

static void offer(struct reader *reader, struct task *task)
{
    reader->open_reads++;
    engine_offer(reader->engine, task);
}

/* ---- what was read ---- */

static void put_node(struct json_object **slot, const char *json)
{
    json_object_put(*slot);
    *slot = json ? json_tokener_parse(json) : NULL;
}

static void learn_waba(struct reader *reader, struct dry_side *side, const struct learned *fact)
{
    char now[CLOCK_TEXT_BYTES];

    clock_format(clock_wall_ms(reader->settings->database->clock), now);
    put_node(&side->node, fact->type == LEARNED_WABA ? fact->json : NULL);
    if (!side->read_at || strcmp(side->read_at, now) != 0)
        side->read_at = arena_copy_text(reader->book->arena, now);
    side->is_read = true;
}

static void learn_templates(struct dry_side *side, const struct learned *fact)
{
    struct json_object *part = json_tokener_parse(fact->json);

    if (side->node && json_object_is_type(part, json_type_object)) {
        json_object_object_foreach(part, key, value)
        {
            json_object_object_add(side->node, key, json_object_get(value));
        }
    }
    json_object_put(part);
}

static void learn_number(struct reader *reader, const struct task *task, const struct learned *fact)
{
    struct dry_number *number =
        dry_book_number(reader->book, arena_printf(task->arena, "+%s", fact->digits));

    if (!number || number->customer != (size_t)task->customer_id)
        return;
    put_node(fact->is_source ? &number->source_node : &number->destination_node, fact->json);
    if (!fact->is_source && !number->phone_number_id)
        number->phone_number_id = arena_copy_text(reader->book->arena, fact->id);
}

static void learn(struct reader *reader, const struct task *task)
{
    struct dry_customer *customer = &reader->book->customers[task->customer_id];

    field_refusals_learn(&reader->refusals, task);
    for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
        struct dry_side *side = fact->is_source ? &customer->source : &customer->destination;
        if (fact->type == LEARNED_NUMBER)
            learn_number(reader, task, fact);
        else if (fact->type == LEARNED_TEMPLATES)
            learn_templates(side, fact);
        else if (fact->type == LEARNED_WABA || fact->type == LEARNED_UNREADABLE)
            learn_waba(reader, side, fact);
    }
}

/* ---- the loop ---- */

static void forget_nodes(struct reader *reader, struct dry_customer *customer)
{
    put_node(&customer->source.node, NULL);
    put_node(&customer->destination.node, NULL);
    for (size_t i = customer->first_number; i != DRY_NONE; i = reader->book->numbers[i].next) {
        put_node(&reader->book->numbers[i].source_node, NULL);
        put_node(&reader->book->numbers[i].destination_node, NULL);
    }
}

static void close_read(struct reader *reader, struct dry_customer *customer)
{
    if (--customer->open_reads > 0)
        return;
    enum status status = reader->settings->take(reader->settings->self, customer);
    if (reader->taken == STATUS_OK)
        reader->taken = status;
    forget_nodes(reader, customer);
}

/* The settled read goes on to its next page or its next try as a new task. */
static void follow(struct reader *reader, const struct task *task)
{
    const struct settlement *settlement = &task->settlement;
    const char *memo = settlement->memo ? settlement->memo : task->facts.memo;
    struct task *next = make_read(reader, &reader->book->customers[task->customer_id],
                                  task->kind->name, settlement->phase, memo && *memo ? memo : NULL,
                                  task->tries + (settlement->is_try ? 1 : 0));

    if (settlement->wait_ms <= 0) {
        offer(reader, next);
        return;
    }
    struct pause *pause = memory_take(sizeof *pause);
    *pause = (struct pause){clock_monotonic_ms() + settlement->wait_ms, next, reader->pauses};
    reader->pauses = pause;
    reader->pause_count++;
}

/* The first answers of all connections hold their handshakes, which a night makes once. */
static void note_time(struct reader *reader, const struct task *task)
{
    if (task->http_status <= 0)
        return;
    bool is_warm = reader->answered >= options_of(reader)->concurrency;
    reader->answered++;
    reader->answered_ms += task->ms;
    reader->warm += is_warm;
    reader->warm_ms += is_warm ? task->ms : 0;
}

static void note_failure(struct reader *reader, const struct task *task)
{
    struct dry_customer *customer = &reader->book->customers[task->customer_id];
    bool is_source = strcmp(task->kind->name, SOURCE_READ) == 0;

    /* Who is refused has an answer: the finding says which access is missing. */
    bool is_unanswered = !task->reply.waiting_for;
    (is_source ? &customer->source : &customer->destination)->has_failed = is_unanswered;
    reader->result->unanswered_reads += is_unanswered;
    reader->result->failed_reads++;
}

static void take_settled(struct reader *reader)
{
    for (struct task *task; (task = task_queue_take(engine_settled(reader->engine)));) {
        bool waits_too_long = task->settlement.wait_ms > options_of(reader)->patience_ms;
        reader->open_reads--;
        note_time(reader, task);
        learn(reader, task);
        if (task->settlement.parks_app)
            reader->held_until_ms = clock_monotonic_ms() + task->settlement.park_ms;
        if (strcmp(task->settlement.state, "ready") == 0 && !waits_too_long) {
            follow(reader, task);
        } else {
            if (strcmp(task->settlement.state, "done") != 0)
                note_failure(reader, task);
            close_read(reader, &reader->book->customers[task->customer_id]);
        }
        task_destroy(task);
    }
}

static void take_due(struct reader *reader)
{
    int64_t now_ms = clock_monotonic_ms();

    if (now_ms < reader->held_until_ms)
        return;
    for (struct pause **link = &reader->pauses; *link;) {
        struct pause *pause = *link;
        if (pause->at_ms > now_ms) {
            link = &pause->next;
            continue;
        }
        offer(reader, pause->task);
        *link = pause->next;
        free(pause);
        reader->pause_count--;
    }
}

/* Nothing is asked for a customer all of whose chosen numbers have moved already, or were given up.
 */
static bool is_wanted(const struct reader *reader, const struct dry_customer *customer)
{
    for (size_t i = customer->first_number; i != DRY_NONE; i = reader->book->numbers[i].next) {
        const struct dry_number *number = &reader->book->numbers[i];
        if (number->is_chosen && !dry_number_is_over(number))
            return true;
    }
    return false;
}

static void begin(struct reader *reader, struct dry_customer *customer)
{
    const struct dry_read_settings *settings = reader->settings;

    if (settings->reuse)
        settings->reuse(settings->self, customer);
    reader->result->reused_reads += customer->source.is_reused + customer->destination.is_reused;
    customer->open_reads = 1; /* this one: nothing is whole before both have been offered */
    if (!customer->source.is_read) {
        customer->open_reads++;
        offer(reader, make_read(reader, customer, SOURCE_READ, NULL, NULL, 0));
    }
    if (customer->destination_waba_id && !customer->destination.is_read) {
        customer->open_reads++;
        offer(reader, make_read(reader, customer, DESTINATION_READ, NULL, NULL, 0));
    }
    close_read(reader, customer);
}

/* A little ahead of the free slots: a task holds tokens, and memory that may not be swapped. */
static void refill(struct reader *reader)
{
    unsigned ahead = (unsigned)options_of(reader)->concurrency * 2;

    if (clock_monotonic_ms() < reader->held_until_ms || reader->pause_count > (size_t)ahead * 2)
        return;
    for (; reader->next_customer < reader->book->customer_count &&
           engine_in_hand(reader->engine) < ahead;
         reader->next_customer++) {
        struct dry_customer *customer = &reader->book->customers[reader->next_customer];
        if (is_wanted(reader, customer))
            begin(reader, customer);
    }
}

static enum status turn(struct reader *reader, int signal_fd, struct fault *fault)
{
    struct curl_waitfd fd = {.fd = signal_fd, .events = CURL_WAIT_POLLIN};

    take_due(reader);
    refill(reader);
    engine_turn(reader->engine, clock_monotonic_ms() >= reader->held_until_ms, GRAPH_ANY_TIME);
    take_settled(reader);
    if (reader->taken != STATUS_OK)
        return reader->taken;
    if (engine_is_credential_refused(reader->engine))
        return fault_set(fault, STATUS_CREDENTIAL,
                         "Graph refuses the partner's token (partner.system_token); put a valid "
                         "one where the manifest points, then check again");
    if (engine_outage_ms(reader->engine) > options_of(reader)->patience_ms)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "Graph does not answer at %s: %s; look at the network, the proxy and "
                         "Meta's status page, then check again",
                         options_of(reader)->graph_url, engine_outage_reason(reader->engine));
    reader->result->is_stopped = signals_take(signal_fd) > 0;
    if (reader->result->is_stopped)
        return fault_set(fault, STATUS_IO, "stopped by a signal before the report was complete");
    bool is_held =
        clock_monotonic_ms() < reader->held_until_ms || engine_outage_ms(reader->engine) > 0;
    if (engine_in_flight(reader->engine) > 0 || reader->pauses || is_held)
        engine_wait(reader->engine, &fd, 1, POLL_MS);
    return STATUS_OK;
}

static bool is_over(const struct reader *reader)
{
    return reader->open_reads == 0 && !reader->pauses &&
           reader->next_customer == reader->book->customer_count;
}

static void finish(struct reader *reader)
{
    engine_destroy(reader->engine);
    while (reader->pauses) {
        struct pause *pause = reader->pauses;
        reader->pauses = pause->next;
        task_destroy(pause->task);
        free(pause);
    }
    field_refusals_finish(&reader->refusals);
}

enum status dry_read(const struct dry_read_settings *settings, struct dry_read_result *result,
                     struct fault *fault)
{
    const struct options *options = settings->database->options;
    struct reader reader = {.settings = settings, .result = result, .book = settings->book};
    struct engine_settings engine = {
        .graph = {.url = options->graph_url,
                  .ca_file = options->ca_file,
                  .concurrency = (unsigned)options->concurrency,
                  .timeout_ms = options->timeout_ms,
                  .is_read_only = true},
        .clock = settings->database->clock,
        .batch = settings->book->batch.name,
        .partner = &settings->book->batch.facts,
        .is_reading_only = true,
    };
    int signal_fd = signals_open();

    *result = (struct dry_read_result){0};
    enum status status = engine_create(&engine, &reader.engine, fault);
    while (status == STATUS_OK && !is_over(&reader))
        status = turn(&reader, signal_fd, fault);
    result->calls = reader.engine ? engine_calls(reader.engine) : 0;
    result->ms = reader.warm       ? reader.warm_ms / reader.warm
                 : reader.answered ? reader.answered_ms / reader.answered
                                   : 0;
    finish(&reader);
    close(signal_fd);
    return status;
}
