/* SPDX-License-Identifier: PostgreSQL */
/* --only and --number become one array literal. */
#include "orchestrator/selection.h"

#include <stdlib.h>

#include "tests/unit/base/suite.h"

static void a_selection_is_a_list_of_customers_and_whole_numbers(void)
{
    /* clang-format off */
    static const struct {
        const char *only, *number, *literal; /* literal NULL: everything */
    } cases[] = {
        {NULL, NULL, NULL},
        {"bakery-lune", NULL, "{\"bakery-lune\"}"},
        {"bakery-lune,florist-lune", NULL, "{\"bakery-lune\",\"florist-lune\"}"},
        {",bakery-lune,,florist-lune,", NULL, "{\"bakery-lune\",\"florist-lune\"}"},
        {"+33 1 23 45 67 89", NULL, "{\"+33123456789\"}"},
        {"bakery-lune,+33 1 23-45.67.89", NULL, "{\"+33123456789\",\"bakery-lune\"}"},
        {NULL, "+33 1 23 45 67 89", "{\"+33123456789\"}"},
        {"florist-lune", "+33123456789", "{\"+33123456789\",\"florist-lune\"}"},
        {"33123456789", NULL, "{\"33123456789\"}"}, /* a customer's key may be digits */
        {"a\"b", NULL, "{\"a\\\"b\"}"},
        {"", NULL, "{}"}, /* asked for nothing: not everything */
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct options options = {.only = cases[i].only, .number = cases[i].number};
        struct fault fault = FAULT_NONE;
        char *literal = NULL;
        CU_ASSERT_EQUAL(selection_read(&options, &literal, &fault), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(literal == NULL, cases[i].literal == NULL);
        if (literal)
            check_text(literal, cases[i].literal);
        free(literal);
    }
}

static void what_looks_like_a_number_and_is_none_is_named(void)
{
    static const struct {
        const char *only, *number, *named;
    } cases[] = {
        {"+33 1 23", NULL, "+33 1 23: "},      {"bakery-lune,+0", NULL, "+0: "},
        {"+33123456789,+49x", NULL, "+49x: "}, {NULL, "+", "+: "},
        {"bakery-lune", "+12", "+12: "},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct options options = {.only = cases[i].only, .number = cases[i].number};
        struct fault fault = FAULT_NONE;
        char *literal = NULL;
        CU_ASSERT_EQUAL(selection_read(&options, &literal, &fault), STATUS_INVALID);
        CU_ASSERT_PTR_NULL(literal);
        CU_ASSERT_EQUAL(strncmp(fault.message, cases[i].named, strlen(cases[i].named)), 0);
        CU_ASSERT(strlen(fault.message) > strlen(cases[i].named));
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a selection is a list of customers and whole numbers",
         a_selection_is_a_list_of_customers_and_whole_numbers},
        {"what looks like a number and is none is named",
         what_looks_like_a_number_and_is_none_is_named},
        CU_TEST_INFO_NULL,
    };

    return run_suite("selection", tests);
}
