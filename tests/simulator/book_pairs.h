/* SPDX-License-Identifier: PostgreSQL */
/*
 * book_pairs -- a book in which each customer, with one number, fails two eligibility rules: every
 * pair of them that can go together is there once, and one customer with whom nothing is wrong.
 *
 * FOLDER/book.yaml, FOLDER/scenario.json, FOLDER/tokens/customers, and FOLDER/expected.json:
 * {"+49…": {"customer": "…", "rules": ["a", "b"]}, …, "_skipped": [["a", "b", "why"], …]}, the
 * rules in the contract's order.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_BOOK_PAIRS_H
#define WABAMIGRATE_TESTS_SIMULATOR_BOOK_PAIRS_H

#include "base/fault.h"

MUST_CHECK enum status book_pairs_write(const char *folder, struct fault *fault);

#endif
