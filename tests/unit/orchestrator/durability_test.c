/* SPDX-License-Identifier: PostgreSQL */
/* Which settings of a server are told as dangerous. */
#include "orchestrator/durability.h"

#include <string.h>

#include "tests/unit/base/suite.h"

static void what_could_lose_a_commit_is_told_and_nothing_else_is(void)
{
    /* clang-format off */
    static const struct {
        struct durability durability;
        const char *told; /* NULL: all is well */
    } cases[] = {
        {{true,  true,  false, "on",           0}, NULL},
        {{true,  true,  true,  "on",           2}, NULL},
        {{true,  true,  true,  "remote_write", 1}, NULL},
        {{true,  true,  true,  "remote_apply", 1}, NULL},
        {{true,  true,  true,  "on",           0}, NULL},
        {{false, true,  false, "on",           0}, "fsync = on"},
        {{true,  false, false, "on",           0}, "full_page_writes = on"},
        {{true,  true,  false, "off",          0}, "synchronous_commit = on"},
        {{true,  true,  true,  "local",        1}, "synchronous_commit = on"},
        {{true,  true,  false, "on",           1}, "synchronous_standby_names"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[DURABILITY_TEXT_BYTES];
        CU_ASSERT_EQUAL(durability_describe(&cases[i].durability, text), cases[i].told == NULL);
        if (cases[i].told)
            CU_ASSERT_PTR_NOT_NULL(strstr(text, cases[i].told));
    }
}

static void everything_that_is_wrong_is_told_at_once_and_fits(void)
{
    static const struct durability worst = {false, false, false, "off", 3};
    char text[DURABILITY_TEXT_BYTES];

    CU_ASSERT_FALSE(durability_describe(&worst, text));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "fsync = on"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "synchronous_standby_names"));
    CU_ASSERT(strlen(text) < DURABILITY_TEXT_BYTES - 1);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"what could lose a commit is told, and nothing else is",
         what_could_lose_a_commit_is_told_and_nothing_else_is},
        {"everything that is wrong is told at once, and fits",
         everything_that_is_wrong_is_told_at_once_and_fits},
        CU_TEST_INFO_NULL,
    };

    return run_suite("durability", tests);
}
