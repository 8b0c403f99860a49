/* SPDX-License-Identifier: PostgreSQL */
/* book -- writes a manifest of any size, for tests and benchmarks: the same figures, the same book.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_BOOK_H
#define WABAMIGRATE_TESTS_SIMULATOR_BOOK_H

#include "base/fault.h"

/* FOLDER/book.yaml; the folder is made when it is missing. */
MUST_CHECK enum status book_write(unsigned numbers, unsigned customers, const char *folder,
                                  struct fault *fault);

#endif
