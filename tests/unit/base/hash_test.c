/* SPDX-License-Identifier: PostgreSQL */
#include "base/hash.h"

#include "tests/unit/base/suite.h"

/* From the authors' own list of test vectors (FNV-1a, 64 bits). */
static void the_published_values_come_out(void)
{
    static const struct {
        const char *text;
        uint64_t hash;
    } cases[] = {
        {"", UINT64_C(0xcbf29ce484222325)},
        {"a", UINT64_C(0xaf63dc4c8601ec8c)},
        {"foobar", UINT64_C(0x85944171f73967e8)},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(hash_text(cases[i].text), cases[i].hash);
}

static uint64_t record(const char *first, const char *second)
{
    return hash_field(hash_field(HASH_START, first), second);
}

static void fields_do_not_run_into_each_other(void)
{
    static const char *const cases[][2] = {
        {"ab", "c"},   {"a", "bc"},  {"abc", ""}, {"", "abc"}, {"abc", NULL},
        {NULL, "abc"}, {NULL, NULL}, {"", ""},    {NULL, ""},  {"", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_NOT_EQUAL(record(cases[i][0], cases[i][1]), record(cases[j][0], cases[j][1]));
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the published values come out", the_published_values_come_out},
        {"fields do not run into each other", fields_do_not_run_into_each_other},
        CU_TEST_INFO_NULL,
    };

    return run_suite("hash", tests);
}
