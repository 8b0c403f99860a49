/* SPDX-License-Identifier: PostgreSQL */
/* option_value -- reads the value of one option, whoever gave it, into struct options. */
#ifndef WABAMIGRATE_ORCHESTRATOR_OPTION_VALUE_H
#define WABAMIGRATE_ORCHESTRATOR_OPTION_VALUE_H

#include <stddef.h>

#include "orchestrator/options_table.h"

/* `text` is borrowed for the life of `options`. STATUS_INVALID with what is wrong, without the
 * option's name: the caller knows whether it came from the command line or the environment. A
 * flag's value is "1", "true", ... */
MUST_CHECK enum status option_read_value(const struct option_row *row, const char *text,
                                         struct options *options, struct fault *fault);

/* Stores a borrowed text `offset` bytes into `options`. */
void option_set_text(struct options *options, size_t offset, const char *text);

#endif
