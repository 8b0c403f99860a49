/* SPDX-License-Identifier: PostgreSQL */
/*
 * facts -- a customer of whom everything is known, for targets that need facts.
 *
 * Every long secret begins with FACTS_MARKER, and the PIN is FACTS_PIN: neither may be seen in
 * anything that is kept or shown.
 */
#ifndef WABAMIGRATE_TESTS_FUZZ_FACTS_H
#define WABAMIGRATE_TESTS_FUZZ_FACTS_H

#include "jobs/job.h"

#define FACTS_MARKER "EAAGmarker/"
#define FACTS_BUSINESS_TOKEN FACTS_MARKER "business+token\"0123"
#define FACTS_PIN "739105"

/* Release with facts_release(). */
void facts_fill(struct facts *facts);
/* Only what the database requires: no credential but the partner's, nothing captured. */
void facts_make_sparse(struct facts *facts);
void facts_release(struct facts *facts);

#endif
