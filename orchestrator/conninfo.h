/* SPDX-License-Identifier: PostgreSQL */
/*
 * conninfo -- whether a database's address can be given to libpq, without repeating any of it.
 *
 * libpq's messages name the host, the port, the user and the database, never the password. But in a
 * URL whose password has an @ or a / in it, or that has no host, a part of the password is the host
 * or the port. Such an address is refused here, before libpq can say what is wrong with it.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_CONNINFO_H
#define WABAMIGRATE_ORCHESTRATOR_CONNINFO_H

#include "base/fault.h"

/* `conninfo`: a URL, keywords and values, or a database's name; NULL or empty is fine.
 * STATUS_DATABASE with how to mend it. */
MUST_CHECK enum status conninfo_check(const char *conninfo, struct fault *fault);

#endif
