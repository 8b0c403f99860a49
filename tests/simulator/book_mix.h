/* SPDX-License-Identifier: PostgreSQL */
/*
 * book_mix -- a book in which something is wrong with three customers in ten.
 *
 * Most have signed up (their destination is in the manifest); one in ten cannot be read at the
 * source and has attested instead, some long ago. What is wrong stands in the scenario, spread over
 * all rules and decided by the customer's place alone.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_BOOK_MIX_H
#define WABAMIGRATE_TESTS_SIMULATOR_BOOK_MIX_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"

/* The customer's keys beside its ids, as YAML. */
void book_mix_customer(FILE *file, unsigned customer);
bool book_mix_is_signed_up(unsigned customer);
/* FOLDER/scenario.json */
MUST_CHECK enum status book_mix_write(unsigned numbers, unsigned customers, const char *folder,
                                      struct fault *fault);

#endif
