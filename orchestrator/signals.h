/* SPDX-License-Identifier: PostgreSQL */
/* signals -- SIGTERM and SIGINT as bytes in a pipe: the handler writes one and does nothing else.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_SIGNALS_H
#define WABAMIGRATE_ORCHESTRATOR_SIGNALS_H

/* Installs the handlers (SIGPIPE is ignored) and returns the pipe's reading end, for the loop's
 * poll. */
int signals_open(void);
/* How many signals have come since the last call. Never waits. */
unsigned signals_take(int fd);

#endif
