/* SPDX-License-Identifier: PostgreSQL */
/*
 * read_fields -- what a read asks for, and what it has learned to do without.
 *
 * Graph fails a whole read for one field (or edge) that it does not give to the token. So such a
 * name is left out and the rest asked for again; every such try leaves out something more, so there
 * is an end to them. What a node lacks for that reason stands in its JSON as "_left_out".
 *
 * The memo: "without" (",name,name,": left out by this step), "refused" (those of them that a read
 * has yet to prove right by working without them), "is_bare" (only what is needed is asked for).
 * What earlier reads with the same token have learned (facts->source_refused_fields,
 * facts->destination_refused_fields) is left out from the start.
 */
#ifndef WABAMIGRATE_JOBS_READ_FIELDS_H
#define WABAMIGRATE_JOBS_READ_FIELDS_H

#include "jobs/job.h"

#define READ_FIELDS_TEMPLATES "message_templates"

enum read_part {
    READ_WABA = 1,
    READ_NUMBERS = 2,
    READ_TEMPLATES = 4,
    READ_CONFIRMED = 8 /* numbers that are registered, on the destination */
};

struct read_fields {
    const struct facts *facts;
    struct arena *arena;
    struct json_object *memo; /* the caller's; leaving out changes it */
    bool is_source;
};

/* The field list of one part. The id is always in it, and a number's digits, or a registered one's
 * status: nothing can be filed, or confirmed, without them. NULL: templates are not asked for. */
const char *read_fields_list(const struct read_fields *read, enum read_part part);
/* Whether `name` is a field that was wished for: what else an answer holds is not kept. */
bool read_fields_is_wanted(const struct read_fields *read, enum read_part part, const char *name);
/* Not for READ_TEMPLATES: the names left out of its list, as a JSON array (a WABA's templates
 * are one of its names), owned by the caller; NULL: none. */
struct json_object *read_fields_left_out(const struct read_fields *read, enum read_part part);

/* Leaves out from now on. Needs no proof, and teaches nobody. */
void read_fields_drop(const struct read_fields *read, const char *name);
/* Leaves out what the error is about, if it is about a field of `parts`, a set of read_part. A note
 * that says so; NULL: there is nothing (more) to leave out. */
const char *read_fields_leave_out(const struct read_fields *read, unsigned parts,
                                  const struct graph_error *error);
/* For a permission error that names no field: leaves out all that is not needed, once. */
const char *read_fields_go_bare(const struct read_fields *read, unsigned parts,
                                const struct graph_error *error);

/* A read has failed for another reason: what was left out for it has not been proved right. */
void read_fields_doubt(struct json_object *memo);
/* A read has worked: what was left out for it is learned as refused. */
void read_fields_learn(const struct read_fields *read, struct reply *reply);
/* Files one number as Graph lists it. False: it has no id or no digits. */
bool read_fields_learn_number(const struct read_fields *read, struct json_object *number,
                              struct reply *reply);

/* A number as far as it was wished for, with what it lacks ("_left_out"); owned by the caller,
 * though its values are the number's own. */
struct json_object *read_fields_number(const struct read_fields *read, enum read_part part,
                                       struct json_object *number);

#endif
