/* SPDX-License-Identifier: PostgreSQL */
/*
 * testbed -- a throwaway PostgreSQL for one test program, and short ways to ask it.
 *
 * The cluster is the product's own private one, in a directory under /tmp that goes when the
 * program ends. A case begins with testbed_reset(): the schema is dropped and made again.
 * Everything here ends the case (a fatal assertion) when the database does not do what is asked.
 */
#ifndef WABAMIGRATE_TESTS_INTEGRATION_TESTBED_H
#define WABAMIGRATE_TESTS_INTEGRATION_TESTBED_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"

/* False, with the reason on standard error, when there is no PostgreSQL to be had. */
bool testbed_start(void);
void testbed_stop(void);
/* The program's directory, for files of the cases; gone at the end. */
const char *testbed_directory(void);
const char *testbed_conninfo(void);

/* A connection whose wall clock is shifted by `clock` (NULL: not shifted). */
PGconn *testbed_connect(const struct clock *clock);
/* An empty schema of this program's version. */
void testbed_reset(PGconn *conn);
/* The schema as it is, without a batch in it: much faster than a new one. */
void testbed_clear(PGconn *conn);
/* No schema at all. */
void testbed_drop(PGconn *conn);

#define TESTBED_TEXT_BYTES 4096
/* The first column of every row, joined with blanks; NULL reads "-". Borrowed until the next call.
 */
const char *testbed_ask(PGconn *conn, const char *sql);
/* Asserts that testbed_ask() gives `wanted`, and prints both where it does not. */
void testbed_expect(PGconn *conn, const char *sql, const char *wanted);
/* Runs statements that must succeed. */
void testbed_do(PGconn *conn, const char *sql);

/* Runs one of our statements, which must succeed. */
void testbed_run(PGconn *conn, const char *sql, int count, const char *const *values);
/* Whether somebody waits for a lock. */
bool testbed_somebody_waits(PGconn *conn);

/* Writes a file of the program's directory; the path is borrowed until the next call. */
const char *testbed_write(const char *name, const char *text);

/* Whether a child has ended; it can still be waited for. */
bool testbed_is_over(pid_t child);

/* For what must happen some time; false when `claim` has not come true in a minute. */
bool testbed_wait(bool (*claim)(void *self), void *self);

#endif
