/* SPDX-License-Identifier: PostgreSQL */
/*
 * process_identity -- tells a process from every other, also after it is gone: host, boot, pid
 * namespace, pid and start time (proc(5)). A dead process of this very host need not be waited for
 * until its lease runs out.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_PROCESS_IDENTITY_H
#define WABAMIGRATE_ORCHESTRATOR_PROCESS_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

/* This process's identity; never empty. */
void process_identity(char *text, size_t bytes);
/* Whether `identity` is of this host and boot, and its process is certainly gone. */
bool process_is_dead(const char *identity);

#endif
