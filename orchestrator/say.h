/* SPDX-License-Identifier: PostgreSQL */
/*
 * say -- one line for people on standard error; with --log-format json one object, like all the
 * log.
 *
 * What is said may repeat what strangers wrote (a file's name, a customer's key, Meta's message):
 * whatever could end the line or move a terminal's cursor is made harmless first.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_SAY_H
#define WABAMIGRATE_ORCHESTRATOR_SAY_H

#include <stdio.h>

#include "base/fault.h"
#include "base/log.h"

/* As text it is said whatever the level; as an object the level and the event tell programs. */
void say_as(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);
/* What has been done: LOG_INFO, "message". */
void say(const char *format, ...) PRINTF_LIKE(1, 2);
/* The same where people read data. */
void say_to(FILE *stream, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
