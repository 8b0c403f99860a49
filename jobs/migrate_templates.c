/* SPDX-License-Identifier: PostgreSQL */
/*
 * migrate_templates: templates are copied before the first number registers, so that nobody misses
 * them from then on.
 *
 * Registration waits for this step. It is done when all that qualifies is on the destination or
 * given up with a reason, and at the latest when the manifest's templates_wait is over: what is
 * missing then is settle_templates' business. The memo: see jobs/templates.h.
 */
#include <json-c/json.h>

#include "jobs/job_table.h"
#include "jobs/step.h"
#include "jobs/templates.h"

static const struct template_list before = {.phase = "destination", .is_before = true};

/* read_destination has just counted them, and there is none. */
static bool has_none(const struct facts *facts)
{
    BODY_OWNED *known = facts->templates != NULL ? json_tokener_parse(facts->templates) : NULL;
    int64_t count;

    return body_integer(known, "destination_counted", &count) && count == 0;
}

/* What is there before anything is copied is told apart from copies by this list alone. */
static enum outcome build_destination(const struct facts *facts, struct request *request,
                                      struct reply *reply)
{
    struct template_view view;

    templates_view(facts, &view);
    bool is_needless = view.source_total >= 0 && view.missing == 0;
    templates_finish(&view);
    if (is_needless)
        return reply_done(reply, "no template of the source qualifies for a copy");
    if (has_none(facts)) {
        templates_learn_none(&before, reply);
        return reply_next(reply, "compare", NULL);
    }
    return templates_build_destination(facts, request, reply);
}

static void answer_destination(const struct facts *facts, struct json_object *body,
                               struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    if (body_list(body) != NULL) /* retried by a person in the middle of a doubt */
        templates_tell_lost(facts, memo, reply);
    if (!templates_learn_list(memo, body, &before, reply))
        return;
    json_object_object_del(memo, "is_doubted");
    json_object_object_del(memo, "after");
    json_object_object_del(memo, "pages");
    step_remember(reply, memo);
    (void)reply_next(reply, "compare", NULL);
}

static bool error_destination(const struct facts *facts, const struct graph_error *error,
                              struct reply *reply)
{
    return templates_halve_page(facts, error, "destination", reply);
}

static enum outcome end(const struct template_view *view, bool is_over, struct reply *reply)
{
    if (view->source_total < 0)
        return reply_done(reply, "copied unseen: the source's templates cannot be read");
    if (is_over)
        return reply_done(reply,
                          arena_printf(reply->arena,
                                       "registration goes on although %lld templates are not on "
                                       "the destination yet: templates_wait is over",
                                       (long long)view->missing));
    return reply_done(reply, "all that qualifies is on the destination, or given up");
}

static enum outcome decide(const struct facts *facts, const struct template_view *view,
                           struct json_object *memo, struct reply *reply)
{
    static const int64_t pauses_ms[] = {30000, 60000, 120000, 300000};
    int64_t since_ms;

    if (!body_integer(memo, "since", &since_ms)) {
        since_ms = facts->now_ms;
        json_object_object_add(memo, "since", json_object_new_int64(since_ms));
    }
    int64_t left_ms = since_ms + view->wait_ms - facts->now_ms;
    bool is_unseen = view->source_total < 0 && !body_is_true(memo, "is_by_ids");
    if ((view->missing == 0 && !is_unseen) || left_ms <= 0)
        return end(view, view->missing > 0, reply);
    if (view->due > 0 || is_unseen)
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
    {"destination",  PHASE_READ,  NULL, build_destination, answer_destination, error_destination, BUDGET_WABA, USUAL_NEVER},
    {"compare",      PHASE_LOCAL, NULL, build_compare,     NULL,               NULL,              BUDGET_WABA, USUAL_NEVER},
    TEMPLATES_PHASES_SHARED(USUAL_WITH_TEMPLATES_BEFORE, USUAL_WITH_TEMPLATES_BEFORE),
};
/* clang-format on */

const struct job_kind JOB_MIGRATE_TEMPLATES = {.name = "migrate_templates",
                                               .subject = SUBJECT_WABA,
                                               .phases = phases,
                                               .phase_count = sizeof phases / sizeof phases[0]};
