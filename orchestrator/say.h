/* SPDX-License-Identifier: PostgreSQL */
/*
 * say -- one line for people on standard error.
 *
 * What is said may repeat what strangers wrote (a file's name, a customer's key, Meta's message):
 * whatever could end the line or move a terminal's cursor is made harmless first.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_SAY_H
#define WABAMIGRATE_ORCHESTRATOR_SAY_H

#include <stdio.h>

#include "base/fault.h"

void say(const char *format, ...) PRINTF_LIKE(1, 2);
/* The same where people read data. */
void say_to(FILE *stream, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
