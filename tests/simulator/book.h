/* SPDX-License-Identifier: PostgreSQL */
/* book -- writes a manifest of any size, for tests and benchmarks: the same figures, the same book.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_BOOK_H
#define WABAMIGRATE_TESTS_SIMULATOR_BOOK_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"

enum book_kind {
    BOOK_PLAIN,
    BOOK_MIXED,       /* with FOLDER/scenario.json, see book_mix.h */
    BOOK_PROGRAMMATIC /* every destination is there, and no signup is needed */
};

/* FOLDER/book.yaml; the folder is made when it is missing. */
MUST_CHECK enum status book_write(unsigned numbers, unsigned customers, enum book_kind kind,
                                  const char *folder, struct fault *fault);

/* A file of a book's folder, which is made when it is missing. */
MUST_CHECK enum status book_open(const char *folder, const char *name, FILE **file,
                                 struct fault *fault);
MUST_CHECK enum status book_close(FILE *file, const char *folder, const char *name,
                                  struct fault *fault);

/* The book's number of that place, counted from 1: "+33100000001". */
void book_write_e164(FILE *file, unsigned number);
/* The place of a customer's last number; both are counted from 1. */
unsigned book_last_number(unsigned numbers, unsigned customers, unsigned customer);

#endif
