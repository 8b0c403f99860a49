/* SPDX-License-Identifier: PostgreSQL */
/*
 * suite -- the main() of the unit tests of base/: one suite a program.
 *
 * Returns the exit status: 0 only when the tests could be registered, ran, and all passed.
 */
#ifndef WABAMIGRATE_TESTS_UNIT_BASE_SUITE_H
#define WABAMIGRATE_TESTS_UNIT_BASE_SUITE_H

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

/* `tests` ends with CU_TEST_INFO_NULL. */
static inline int run_suite(const char *name, CU_TestInfo *tests)
{
    CU_SuiteInfo suites[] = {{name, NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    unsigned failures = 1;

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    if (CU_register_suites(suites) == CUE_SUCCESS) {
        CU_basic_set_mode(CU_BRM_VERBOSE);
        if (CU_basic_run_tests() == CUE_SUCCESS && CU_get_number_of_tests_run() > 0)
            failures = CU_get_number_of_failures();
    }
    CU_cleanup_registry();
    return failures > 0;
}

/* One row of a table: says which text came instead of the wanted one. */
static inline void check_text(const char *got, const char *wanted)
{
    if (strcmp(got, wanted) != 0)
        fprintf(stderr, "\n    wanted: %s\n    got:    %s\n", wanted, got);
    CU_ASSERT_STRING_EQUAL(got, wanted);
}

#endif
