/* SPDX-License-Identifier: PostgreSQL */
/* How people write a number and its code. */
#include "orchestrator/code_line.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/base/suite.h"

static void a_line_is_a_number_and_its_code(void)
{
    /* clang-format off */
    static const struct { const char *line, *part; } cases[] = {
        {"+33123456789 739105", NULL},
        {"+33123456789 739-105", NULL},
        {"+33 1 23 45 67 89 739105", NULL},
        {" \t+33 1 23 45 67 89\t739105 \t", NULL},
        {"739105", "a line is"},
        {"+33123456789", "a line is"},
        {"", "a line is"},
        {"+33123456789 73910", "no code"},
        {"+33123456789 7391050", "no code"},
        {"+33123456789 739--105", "no code"},
        {"+33123456789 73-9105", "no code"},
        {"+33123456789 739105-", "no code"},
        {"+33123456789 -739105", "no code"},
        {"+33123456789 739 105", "no code"},
        {"+33123456789 \xD9\xA7\xD9\xA3\xD9\xA9\xD9\xA1\xD9\xA0\xD9\xA5", "no code"},
        {"33123456789 739105", "the number does not begin with +"},
        {"739105 +33123456789", "no code"},
        {"739105 739105", "the number"},
        {"+33x 739105", "the number"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[CODE_LINE_BYTES_MAX + 1];
        struct fault fault = FAULT_NONE;
        struct secret *code = NULL;
        struct e164 number;
        snprintf(line, sizeof line, "%s", cases[i].line);
        enum status status = code_line_read(line, &number, &code, &fault);
        CU_ASSERT_EQUAL(status, cases[i].part ? STATUS_INVALID : STATUS_OK);
        if (status == STATUS_OK) {
            check_text(number.text, "+33123456789");
            check_text(secret_reveal(code), "739105");
        } else {
            if (!cases[i].part || !strstr(fault.message, cases[i].part))
                fprintf(stderr, "\n    %s: %s\n", cases[i].line, fault.message);
            CU_ASSERT(cases[i].part && strstr(fault.message, cases[i].part));
            CU_ASSERT_PTR_NULL(code);
            CU_ASSERT_PTR_NULL(strstr(fault.message, "739"));
        }
        secret_destroy(code);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a line is a number and its code", a_line_is_a_number_and_its_code},
        CU_TEST_INFO_NULL,
    };

    return run_suite("code_line", tests);
}
