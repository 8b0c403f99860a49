/* SPDX-License-Identifier: PostgreSQL */
/*
 * read_ids -- the numbers of a source whose WABA cannot be read, asked for by their own ids.
 *
 * A last resort that saves round trips, not quota: Graph counts every id as a call. Graph fails the
 * whole request for one id it does not give, so that one is taken out and the rest asked again;
 * when the answer does not say which, the request is halved until it is found. Whatever comes of
 * it, the step is done: what stays unread must be attested.
 */
#ifndef WABAMIGRATE_JOBS_READ_IDS_H
#define WABAMIGRATE_JOBS_READ_IDS_H

#include "jobs/job.h"

#define READ_IDS_PHASE "ids"

/* Whether there is anything to ask for, and a token to ask with. */
bool read_ids_are_known(const struct facts *facts);
/* Decides to go on with the first of them. */
void read_ids_begin(const struct facts *facts, struct reply *reply, const char *note);

enum outcome read_ids_build(const struct facts *facts, struct request *request,
                            struct reply *reply);
void read_ids_answer(const struct facts *facts, struct json_object *body, struct reply *reply);
bool read_ids_error(const struct facts *facts, const struct graph_error *error,
                    struct reply *reply);

#endif
