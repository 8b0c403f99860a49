/* SPDX-License-Identifier: PostgreSQL */
/* dry_report -- a dry run's book as a report's rows, its forecast, and its exit code. */
#ifndef WABAMIGRATE_ORCHESTRATOR_DRY_REPORT_H
#define WABAMIGRATE_ORCHESTRATOR_DRY_REPORT_H

#include "orchestrator/dry_book.h"
#include "orchestrator/options.h"

/* Fills `report` and *rows (sorted; in the book's arena) with the chosen numbers. `latency_ms`: the
 * measured mean of a call; 0: unknown. */
void dry_report_make(const struct dry_book *book, const struct options *options, const char *now,
                     int64_t calls, int64_t latency_ms, struct report *report,
                     struct report_number **rows);

/* The contract's: 0 when every chosen number is eligible or has moved already, else 3 (a number
 * that failed needs a decision first); a warning counts with --fail-on warn where somebody has to
 * act on it. */
int dry_report_exit_code(const struct dry_book *book, const struct options *options);

#endif
