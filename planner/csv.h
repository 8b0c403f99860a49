/* SPDX-License-Identifier: PostgreSQL */
/*
 * csv -- RFC 4180 records from a stream, one at a time, and cells that a spreadsheet opens safely.
 *
 * Reading: a UTF-8 byte order mark, CRLF or LF, quoted cells with doubled quotes and line breaks;
 * a cell or a record past its ceiling is an error with its line. Writing: CRLF, quotes where
 * needed, and an apostrophe before a cell that begins with =, +, -, @ (or their wide forms), tab,
 * CR or LF, and before the same after a semicolon or a tab, where some spreadsheets begin a new
 * cell, so that what a customer wrote is text, not a formula.
 */
#ifndef WABAMIGRATE_PLANNER_CSV_H
#define WABAMIGRATE_PLANNER_CSV_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"

#define CSV_CELLS_MAX 128
#define CSV_RECORD_BYTES_MAX (256 * 1024)

struct csv_reader;

/* `stream` is borrowed. */
struct csv_reader *csv_reader_create(FILE *stream);
void csv_reader_destroy(struct csv_reader *reader);

/* The next record: cells valid until the next call; `line` is where it begins. *count is 0 at the
 * end of the file. Blank lines are passed over. STATUS_INVALID (with what is wrong) for a malformed
 * record (the next call goes on after its line), STATUS_IO when reading fails. */
MUST_CHECK enum status csv_reader_next(struct csv_reader *reader, const char ***cells,
                                       unsigned *count, unsigned *line, struct fault *fault);

/* Writes one record; a NULL cell is empty. Telephone numbers written by this program begin with
 * '+', so they too get the apostrophe: is_number[i] says a cell is a bare E.164 number of ours,
 * which is written without it. `is_number` may be NULL. */
void csv_write_record(FILE *stream, const char *const *cells, const bool *is_number,
                      unsigned count);

#endif
