/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/finding_pool.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/base/suite.h"

static struct finding healthy(const char *rule, const char *read_at)
{
    return (struct finding){.rule = rule,
                            .verdict = VERDICT_PASS,
                            .evidence = EVIDENCE_API,
                            .field = "status",
                            .value = "\"CONNECTED\"",
                            .read_at = read_at};
}

static void what_is_said_twice_is_kept_once(void)
{
    struct arena *arena = arena_create();
    struct finding_pool *pool = finding_pool_create(arena);
    char value[] = "\"CONNECTED\"", day[] = "2026-11-23T01:00:00Z";
    struct finding first[] = {healthy("a", day), healthy("b", day)};
    struct finding second[] = {healthy("a", "2026-11-23T01:00:00Z"),
                               healthy("b", "2026-11-23T01:00:00Z")};
    first[0].value = value;

    const struct report_finding *const *one = finding_pool_list(pool, first, 2);
    value[1] = day[0] = 'X'; /* what it was given may go */
    const struct report_finding *const *two = finding_pool_list(pool, second, 2);
    CU_ASSERT_PTR_EQUAL(one, two);
    check_text(one[0]->value, "\"CONNECTED\"");
    check_text(one[0]->read_at, "2026-11-23T01:00:00Z");
    check_text(one[1]->rule, "b");
    check_text(one[1]->verdict, "pass");
    check_text(one[1]->evidence, "api");
    finding_pool_destroy(pool);
    arena_destroy(arena);
}

/* Each case differs from a healthy finding in one thing that a report shows. */
static void what_differs_is_kept_apart(void)
{
    struct finding cases[10];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cases[i] = healthy("a", "2026-11-23T01:00:00Z");
    cases[1].rule = "b";
    cases[2].verdict = VERDICT_WARN;
    cases[3].evidence = EVIDENCE_NONE;
    cases[4].value = "\"MIGRATED\"";
    cases[5].read_at = NULL;
    cases[6].owner = "meta";
    cases[7].remedy = "Wait.";
    cases[8].is_blocking = true;
    cases[9].attested_by = "the manager";

    struct arena *arena = arena_create();
    struct finding_pool *pool = finding_pool_create(arena);
    const struct report_finding *kept[sizeof cases / sizeof cases[0]];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kept[i] = finding_pool_list(pool, &cases[i], 1)[0];
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_PTR_NOT_EQUAL(kept[i], kept[j]);
    }
    finding_pool_destroy(pool);
    arena_destroy(arena);
}

static void many_lists_are_all_found_again(void)
{
    enum { MANY = 5000 };
    static char values[MANY][16];
    static const struct report_finding *const *lists[MANY];
    struct arena *arena = arena_create();
    struct finding_pool *pool = finding_pool_create(arena);
    unsigned wrong = 0;

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            (void)snprintf(values[i], sizeof values[i], "%d", i);
            struct finding pair[] = {healthy("a", NULL), healthy("b", NULL)};
            pair[1].value = values[i];
            const struct report_finding *const *list = finding_pool_list(pool, pair, 2);
            wrong += round == 1 && list != lists[i];
            wrong += strcmp(list[1]->value, values[i]) != 0;
            lists[i] = list;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    finding_pool_destroy(pool);
    arena_destroy(arena);
}

static void no_findings_are_a_list_too(void)
{
    struct arena *arena = arena_create();
    struct finding_pool *pool = finding_pool_create(arena);

    CU_ASSERT_PTR_NOT_NULL(finding_pool_list(pool, NULL, 0));
    finding_pool_destroy(pool);
    finding_pool_destroy(NULL);
    arena_destroy(arena);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"what is said twice is kept once", what_is_said_twice_is_kept_once},
        {"what differs is kept apart", what_differs_is_kept_apart},
        {"many lists are all found again", many_lists_are_all_found_again},
        {"no findings are a list, too", no_findings_are_a_list_too},
        CU_TEST_INFO_NULL,
    };

    return run_suite("finding_pool", tests);
}
