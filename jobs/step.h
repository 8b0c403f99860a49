/* SPDX-License-Identifier: PostgreSQL */
/*
 * step -- what several job kinds are made of: which token, the memo, the pages of a list, and the
 * usual ways to decide.
 *
 * Only the kinds (and job.c) use this. The memo is a small JSON object that outlives the process; a
 * memo that cannot be read counts as empty, which costs a look-up and never an effect.
 */
#ifndef WABAMIGRATE_JOBS_STEP_H
#define WABAMIGRATE_JOBS_STEP_H

#include "jobs/body.h"
#include "jobs/job.h"

enum step_token {
    STEP_TOKEN_NONE,     /* the code exchange carries its credentials itself */
    STEP_TOKEN_SYSTEM,   /* the partner's system user */
    STEP_TOKEN_CUSTOMER, /* the customer's business token, else the partner's */
    STEP_TOKEN_SOURCE    /* read access to the source, else the partner's */
};

/* Gives the request its token: OUTCOME_SEND, or waiting for a credential when there is none. */
enum outcome step_send(const struct facts *facts, struct request *request, struct reply *reply,
                       enum step_token token);

/* True when `value` is known; else the step has failed, with what to set. */
bool step_knows(struct reply *reply, const char *value, const char *title, const char *remedy);

/* Whether the answer says {"success":true}; else `reply` is decided: refused, or unclear. */
bool step_succeeded(struct reply *reply, struct json_object *body);
/* The answer lacks what is needed: an effect becomes unsure, a read is tried again. */
void step_unclear(struct reply *reply, const char *note);

/* What the destination's WABA was read to be just before this step first got its turn, so that a
 * look of its own can be spared; owned by the caller. NULL: not known, or `field` was not read. */
struct json_object *step_fresh_destination(const struct facts *facts, const char *field);

/* Never NULL; owned by the caller. */
struct json_object *step_memo(const struct facts *facts);
/* `memo` stays the caller's. */
void step_remember(struct reply *reply, struct json_object *memo);
void step_memo_text(struct json_object *memo, const char *key, const char *text);
int64_t step_memo_count(struct json_object *memo, const char *key); /* 0 when absent */

/* Adds the cursor the memo holds, if any. */
void step_add_page(const struct facts *facts, struct request *request);
/* When the list goes on: decides to go on with `phase` at the next page, and returns true. */
bool step_next_page(const struct facts *facts, struct reply *reply, const char *phase,
                    struct json_object *body);
/* The same with a memo the caller has already changed (it stays the caller's). */
bool step_next_memo_page(struct json_object *memo, struct reply *reply, const char *phase,
                         struct json_object *body);

/* A read has shown that the effect is not there: on to `phase`, which sends it (again). At once at
 * first, then after growing waits and a second look, and after five rounds a person decides: a
 * fault at Meta's that leaves nothing behind must not use up a registration budget in a minute. The
 * count lives in the memo; the cursor of the list just read leaves it. */
void step_send_again(const struct facts *facts, struct reply *reply, const char *phase,
                     const char *note);
/* The same with a memo the caller has already changed (it stays the caller's). */
void step_send_memo_again(struct json_object *memo, struct reply *reply, const char *phase,
                          const char *note);

/* The destination's list of numbers, a page of JOB_PAGE_NUMBERS. */
enum outcome step_list_destination(const struct facts *facts, struct request *request,
                                   struct reply *reply, const char *fields);
/* The same for one number of it whose id is known. */
enum outcome step_list_numbers(const struct facts *facts, struct request *request,
                               struct reply *reply, const char *fields);
/* The entry with that id; NULL: not on this page. */
struct json_object *step_find(struct json_object *list, const char *id);

/* False: the number's id on the destination is not known, and the step has failed. */
bool step_knows_number(const struct facts *facts, struct reply *reply);
/* A read of what the destination's node of the number says of its verification. */
enum outcome step_read_verification(const struct facts *facts, struct request *request,
                                    struct reply *reply);
enum step_verification { STEP_VERIFIED, STEP_NOT_VERIFIED, STEP_VERIFICATION_UNKNOWN };
/* Unknown: the answer is about something else, or does not say; `reply` is decided then. */
enum step_verification step_verification(const struct facts *facts, struct json_object *body,
                                         struct reply *reply);

/* Errors that mean "this token may not see or touch that": 10, 33, 100/33, 200-299, 803, 131005. */
bool step_is_refused_access(const struct graph_error *error);

#endif
