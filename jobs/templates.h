/* SPDX-License-Identifier: PostgreSQL */
/*
 * templates -- what migrate_templates and settle_templates have in common: copying what is missing
 * on the destination by calls, and looking at what has come of it.
 *
 * What is there and what is missing is told by name and language and reckoned by the database
 * (schema 018, template_facts); the phases here only ask, and report. So a lost answer costs a look
 * and nothing else: what was asked for without an answer counts as asked for, is looked for on the
 * destination, and is named again after a pause only if it is still not there.
 *
 * Source: graph-api facts, section 1.3 (Meta, "Template migration"): pages of 500 from zero, at
 * most 500 ids, a smaller count where a call passes 30 seconds; APPROVED with GREEN or UNKNOWN;
 * failures are a map in the page's example and a list in its syntax block; whether the ids that
 * were migrated are the source's is not said, so nothing is made of them.
 *
 * The memo: "since" (when the step began, ms), "page" (of the source's, the next one), "count" (ask
 * for no more at once), "is_by_ids" (pages are over), "looks" (since something was asked for),
 * "is_doubted" (this look has told already what was lost), "limit" (entries of a list's page),
 * "after" and "pages" (of a list).
 */
#ifndef WABAMIGRATE_JOBS_TEMPLATES_H
#define WABAMIGRATE_JOBS_TEMPLATES_H

#include "jobs/job.h"

struct json_object;

#define TEMPLATES_CALL_MAX 500 /* templates that a call copies */
#define TEMPLATES_LIST_LIMIT 1000
#define TEMPLATES_DAY_MS (INT64_C(24) * 60 * 60 * 1000)

/* facts->templates, read; release with templates_finish(). */
struct template_view {
    struct json_object *json;
    int64_t source_total; /* on the source's list; -1: that list is not known */
    int64_t missing;      /* qualify, are not there, and are not given up */
    int64_t due;          /* of these: may be asked for now */
    int64_t asked;        /* of these: were asked for */
    int64_t refused;      /* of these: Graph has refused them so far */
    int64_t there;        /* copied, and not settled yet */
    int64_t due_ms;       /* wall time when the next one may be asked for; 0: none waits */
    int64_t settles_ms;   /* wall time when all that is there is 24 hours old; 0: nothing is */
    int64_t read_ms;      /* wall time of the last whole list of the destination; 0: none */
    int64_t wait_ms, settle_ms; /* the manifest's */
    bool is_empty;          /* nothing of the source's name and language is on the destination */
    bool is_copying_before; /* migrate_templates is at work on the same WABA */
};
void templates_view(const struct facts *facts, struct template_view *view);
void templates_finish(struct template_view *view);

/* What a kind makes of what is known, with its memo: its phase "compare". */
typedef enum outcome templates_decide(const struct facts *facts, const struct template_view *view,
                                      struct json_object *memo, struct reply *reply);
enum outcome templates_compare(const struct facts *facts, templates_decide *decide,
                               struct reply *reply);

/* Decides how to ask for what may be asked for now: its flows first, by page or by id. */
enum outcome templates_ask(const struct template_view *view, struct json_object *memo,
                           struct reply *reply);
/* Decides to look after a pause that grows from look to look, and never longer than `limit_ms`; at
 * once the first time. Where all that is missing was refused, there is nothing to look for. */
enum outcome templates_wait(const struct template_view *view, int64_t now_ms,
                            const int64_t *pauses_ms, size_t pause_count, int64_t limit_ms,
                            struct json_object *memo, struct reply *reply);

/* Where a call is in doubt: what it named counts as asked for, and the next one is for half as
 * many, by their ids. Told once a look. */
void templates_tell_lost(const struct facts *facts, struct json_object *memo, struct reply *reply);

/* What a call learns for the database. */
void templates_learn_news(struct reply *reply, struct json_object *news); /* takes `news` */

/* A list of templates that is read page by page. */
struct template_list {
    const char *phase; /* that goes on with the next page */
    bool is_source;
    bool is_before; /* of the destination, and nothing can have been copied yet */
};
/* A page of it, learned, and on with its phase where the list goes on. True when it was the last
 * one: then the caller decides. The memo's "has_flows" is set where a template opens a flow. */
bool templates_learn_list(struct json_object *memo, struct json_object *body,
                          const struct template_list *list, struct reply *reply);
/* A list that is known to be empty without being read. */
void templates_learn_none(const struct template_list *list, struct reply *reply);
/* Adds fields, limit and cursor of a list; `fields` without blanks. */
void templates_add_page(const struct facts *facts, struct request *request, const char *fields,
                        unsigned limit);
/* Graph finds a page too long (code 1, "reduce the amount of data"): the same with half of it. */
bool templates_halve_page(const struct facts *facts, const struct graph_error *error,
                          const char *phase, struct reply *reply);

/* The phases: both kinds have them by these names, and a PHASE_LOCAL "compare" of their own. */
/* clang-format off */
#define TEMPLATES_PHASES_SHARED(look_usual, page_usual) \
    {"look",         PHASE_READ,   NULL,           templates_build_look,         templates_answer_look,         templates_error_look,  BUDGET_WABA,     look_usual}, \
    {"flows",        PHASE_EFFECT, "flows_lookup", templates_build_flows,        templates_answer_flows,        templates_error_flows, BUDGET_PLATFORM, USUAL_NEVER}, \
    {"flows_lookup", PHASE_READ,   NULL,           templates_build_flows_lookup, templates_answer_flows_lookup, NULL,                  BUDGET_PLATFORM, USUAL_NEVER}, \
    {"migrate",      PHASE_EFFECT, "look",         templates_build_page,         templates_answer_page,         templates_error_write, BUDGET_PLATFORM, page_usual}, \
    {"again",        PHASE_EFFECT, "look",         templates_build_ids,          templates_answer_ids,          templates_error_write, BUDGET_PLATFORM, USUAL_NEVER}
/* clang-format on */

enum outcome templates_build_look(const struct facts *facts, struct request *request,
                                  struct reply *reply);
void templates_answer_look(const struct facts *facts, struct json_object *body,
                           struct reply *reply);
bool templates_error_look(const struct facts *facts, const struct graph_error *error,
                          struct reply *reply);
enum outcome templates_build_flows(const struct facts *facts, struct request *request,
                                   struct reply *reply);
void templates_answer_flows(const struct facts *facts, struct json_object *body,
                            struct reply *reply);
bool templates_error_flows(const struct facts *facts, const struct graph_error *error,
                           struct reply *reply);
enum outcome templates_build_flows_lookup(const struct facts *facts, struct request *request,
                                          struct reply *reply);
void templates_answer_flows_lookup(const struct facts *facts, struct json_object *body,
                                   struct reply *reply);
enum outcome templates_build_page(const struct facts *facts, struct request *request,
                                  struct reply *reply);
void templates_answer_page(const struct facts *facts, struct json_object *body,
                           struct reply *reply);
enum outcome templates_build_ids(const struct facts *facts, struct request *request,
                                 struct reply *reply);
void templates_answer_ids(const struct facts *facts, struct json_object *body, struct reply *reply);
bool templates_error_write(const struct facts *facts, const struct graph_error *error,
                           struct reply *reply);

enum outcome templates_build_destination(const struct facts *facts, struct request *request,
                                         struct reply *reply);

#endif
