/* SPDX-License-Identifier: PostgreSQL */
/*
 * settle_templates: what becomes of the copies once a number of the WABA has moved.
 *
 * Registration makes Meta copy what is APPROVED and GREEN by itself, which takes time; what does
 * not come that way, and what qualifies for the call only, is asked for. A copy's quality is
 * UNKNOWN for 24 hours (Meta, the migration guides), and its category is checked: so 24 hours after
 * the last copy the destination is looked at again, and every 24 hours until everything is settled
 * or the manifest's templates_settle is over. The waits cost no attempt and hold no lease, and a
 * number is done without this step. The memo: see jobs/templates.h; "has_looked".
 */
#include <json-c/json.h>

#include "jobs/job_table.h"
#include "jobs/step.h"
#include "jobs/templates.h"

#define MINUTE_MS (INT64_C(60) * 1000)
/* So long Meta's own copying is given before a template of it is asked for. */
#define AUTOMATIC_PAUSE_MS (30 * MINUTE_MS)

static enum outcome wait_ms(int64_t ms, const char *phase, struct json_object *memo,
                            struct reply *reply)
{
    step_remember(reply, memo);
    reply->next_phase = phase;
    reply->wait_ms = ms > 0 ? ms : 0;
    return reply->outcome = OUTCOME_WAIT_TIME;
}

/* Where nothing was read of the destination since this step began, a look says what came by itself.
 */
static enum outcome begin(const struct facts *facts, const struct template_view *view,
                          struct json_object *memo, struct reply *reply)
{
    bool is_seen = view->missing == 0 && (view->read_ms > 0 || view->source_total == 0);

    json_object_object_add(memo, "since", json_object_new_int64(facts->now_ms));
    if (view->missing > 0) {
        struct json_object *news = json_object_new_object();
        json_object_object_add(news, "automatic_pause_ms",
                               json_object_new_int64(AUTOMATIC_PAUSE_MS));
        templates_learn_news(reply, news);
    }
    step_remember(reply, memo);
    return reply_next(reply, is_seen ? "compare" : "look", NULL);
}

static enum outcome give_up(struct json_object *memo, struct reply *reply)
{
    struct json_object *news = json_object_new_object();

    json_object_object_add(news, "given_up", json_object_new_string("time"));
    templates_learn_news(reply, news);
    step_remember(reply, memo);
    return reply_next(reply, "compare", "templates_settle is over");
}

/* Everything is there: when is it to be looked at again? */
static enum outcome await_settling(const struct facts *facts, const struct template_view *view,
                                   struct json_object *memo, struct reply *reply)
{
    int64_t at_ms = view->settles_ms;

    if (view->read_ms >= at_ms) /* looked at, and Meta has not decided */
        at_ms = view->read_ms + TEMPLATES_DAY_MS;
    reply->note =
        arena_printf(reply->arena, "%lld copies are looked at again when they are 24 hours old",
                     (long long)view->there);
    return wait_ms(at_ms - facts->now_ms, "look", memo, reply);
}

static enum outcome decide(const struct facts *facts, const struct template_view *view,
                           struct json_object *memo, struct reply *reply)
{
    static const int64_t pauses_ms[] = {5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS,
                                        360 * MINUTE_MS};
    int64_t since_ms;

    if (view->is_copying_before)
        return wait_ms(MINUTE_MS, NULL, memo, reply);
    if (view->source_total < 0)
        return reply_done(reply, "the source's templates are not known: nothing can be compared");
    if (!body_integer(memo, "since", &since_ms))
        return begin(facts, view, memo, reply);
    int64_t left_ms = since_ms + view->settle_ms - facts->now_ms;
    if (view->missing == 0 && view->there == 0)
        return reply_done(reply, "every template is settled, or given up with a reason");
    if (left_ms <= 0)
        return give_up(memo, reply);
    if (view->missing == 0)
        return await_settling(facts, view, memo, reply);
    if (view->due > 0)
        return templates_ask(view, memo, reply);
    return templates_wait(view, facts->now_ms, pauses_ms, sizeof pauses_ms / sizeof pauses_ms[0],
                          left_ms, memo, reply);
}

static enum outcome build_compare(const struct facts *facts, struct request *request,
                                  struct reply *reply)
{
    (void)request;
    return templates_compare(facts, decide, reply);
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"compare", PHASE_LOCAL, NULL, build_compare, NULL, NULL, BUDGET_WABA, USUAL_NEVER},
    TEMPLATES_PHASES_SHARED(USUAL_WITH_TEMPLATES, USUAL_NEVER),
};
/* clang-format on */

const struct job_kind JOB_SETTLE_TEMPLATES = {.name = "settle_templates",
                                              .subject = SUBJECT_WABA,
                                              .phases = phases,
                                              .phase_count = sizeof phases / sizeof phases[0]};
