/* SPDX-License-Identifier: PostgreSQL */
/* options_help -- what --help prints, made from the tables. To standard output; the caller flushes.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_OPTIONS_HELP_H
#define WABAMIGRATE_ORCHESTRATOR_OPTIONS_HELP_H

#include "orchestrator/options_table.h"

void options_help_program(void);
void options_help_verb(const struct verb_row *verb);
/* "db" or "pins": the commands that begin with the word. */
void options_help_group(const char *group);

#endif
