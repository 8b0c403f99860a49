/* SPDX-License-Identifier: PostgreSQL */
/*
 * manifest_rows -- the CSV that a manifest names in `numbers_file`: a number a row, and the
 * customer it belongs to, either defined in the YAML or here by its first row.
 *
 * Columns are the keys of a customer and of a number, dotted where a key's value is a mapping
 * ("token.env", "attest.two_step_off"). An empty cell says nothing. What a row says of its customer
 * must be what was said first. Keys that both may have are the number's, except waba_currency.
 *
 * Private to the manifest's own files.
 */
#ifndef WABAMIGRATE_PLANNER_MANIFEST_ROWS_H
#define WABAMIGRATE_PLANNER_MANIFEST_ROWS_H

#include <stdio.h>

#include "planner/manifest_book.h"

/* Reads every row; what is wrong becomes a problem of the book. STATUS_IO when reading fails, or
 * the sink's status. */
MUST_CHECK enum status manifest_rows_read(struct manifest_book *book, FILE *stream,
                                          struct fault *fault);

#endif
