/* SPDX-License-Identifier: PostgreSQL */
/*
 * database_outage -- the time a run is without its database, and what people are told of it.
 *
 * One line when it begins (database.lost; not where the last one, for the same reason, is less than
 * a minute old, unless this one lasts), one a minute while it lasts (database.away), one at its
 * end (database.back); never one for each try to connect. It lasts until what was under way when it
 * began is known to be committed, not just until somebody picks up the telephone.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_DATABASE_OUTAGE_H
#define WABAMIGRATE_ORCHESTRATOR_DATABASE_OUTAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATABASE_OUTAGE_WHY_BYTES 400

struct database_outage {
    bool is_on, is_told;
    int64_t since_ms, told_ms;            /* monotonic */
    char why[DATABASE_OUTAGE_WHY_BYTES];  /* the latest reason */
    char told[DATABASE_OUTAGE_WHY_BYTES]; /* the reason that the log has had last */
};

/* Begins it, or goes on with it for a newer reason. */
void database_outage_note(struct database_outage *outage, const char *why, int64_t now_ms);
/* Tells that it goes on, when that is due; `limit_ms` is when the run gives up. */
void database_outage_remind(struct database_outage *outage, int64_t limit_ms, int64_t now_ms);
/* `commit`: what became of the commit under way when it began, for people. */
void database_outage_end(struct database_outage *outage, const char *commit, int64_t now_ms);

/* 0 when there is none. */
int64_t database_outage_ms(const struct database_outage *outage, int64_t now_ms);
/* "the database, gone for 35 s: connection refused", for the progress line. */
void database_outage_describe(const struct database_outage *outage, int64_t now_ms, char *text,
                              size_t bytes);

#endif
