/* SPDX-License-Identifier: PostgreSQL */
/* A cut-over says between what it lies, by both clocks, and decides nothing for Meta. */
#include "planner/cutover.h"

#include <CUnit/CUnit.h>
#include <string.h>

#include "tests/unit/base/suite.h"

#define SENT INT64_C(1795917605120) /* 2026-11-29T02:00:05.120Z */
#define ROUND INT64_C(1795917605000)

/* clang-format off */
static const struct {
    const char *sentence;
    struct cutover cutover;
    const char *parts[4]; /* of the line */
    const char *lacks;
} lines[] = {
    {"clocks that agree", {.path = "embedded_signup", .sent_ms = SENT, .after_ms = SENT + 80, .before_date_ms = ROUND, .after_date_ms = ROUND},
     {"between 2026-11-29T02:00:05.120Z and 2026-11-29T02:00:05.200Z by our clock",
      "between 2026-11-29T02:00:05.000Z and 2026-11-29T02:00:06.000Z by Meta's (the clocks agree to the second)",
      "in flight: MIG-ES, against it MIG-PROG", "the old partner pays"}, "lost"},
    {"the other path's page comes first on its path", {.path = "programmatic", .sent_ms = SENT, .after_ms = SENT + 80},
     {"in flight: MIG-PROG, against it MIG-ES", "its answers have no Date", "an unknown time and an unknown time by Meta's"}, NULL},
    {"a clock that is behind", {.path = NULL, .sent_ms = SENT, .after_ms = SENT + 80, .before_date_ms = ROUND - 90000, .after_date_ms = ROUND - 90000},
     {"(90 s behind ours)", "MIG-ES, against it"}, NULL},
    {"a clock that is ahead, of which the answer before tells", {.path = NULL, .sent_ms = SENT, .before_ms = SENT - 20, .before_date_ms = ROUND + 3600000},
     {"(3600 s ahead of ours)", "02:00:05.120Z and an unknown time by our clock", "03:00:05.000Z and an unknown time by Meta's"}, NULL},
    {"an answer that was lost", {.path = NULL, .sent_ms = SENT, .after_ms = SENT + 8000, .was_lost = true},
     {"the registration's answer was lost"}, NULL},
};
/* clang-format on */

static void a_line_says_it_all(void)
{
    struct arena *arena = arena_create();

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *line = cutover_line(&lines[i].cutover, arena);
        for (size_t j = 0; j < 4 && lines[i].parts[j]; j++) {
            if (!strstr(line, lines[i].parts[j]))
                fprintf(stderr, "\n  %s: %s\n    lacks %s\n", lines[i].sentence, line,
                        lines[i].parts[j]);
            CU_ASSERT_PTR_NOT_NULL(strstr(line, lines[i].parts[j]));
        }
        if (lines[i].lacks)
            CU_ASSERT_PTR_NULL(strstr(line, lines[i].lacks));
    }
    arena_destroy(arena);
}

static void a_skew_is_told_from_no_skew(void)
{
    struct cutover cutover = {.after_ms = SENT, .after_date_ms = ROUND - 60000};
    int64_t skew_ms = 0;

    CU_ASSERT(cutover_skew_ms(&cutover, &skew_ms));
    CU_ASSERT_EQUAL(skew_ms, -59620);
    cutover = (struct cutover){.after_ms = SENT};
    CU_ASSERT(!cutover_skew_ms(&cutover, &skew_ms));
    CU_ASSERT_EQUAL(cutover_meta_until_ms(&cutover), 0);
}

static void each_page_is_one_paths(void)
{
    CU_ASSERT_STRING_EQUAL(cutover_rule("embedded_signup", false)->source, "MIG-ES");
    CU_ASSERT_STRING_EQUAL(cutover_rule("embedded_signup", true)->source, "MIG-PROG");
    CU_ASSERT_STRING_EQUAL(cutover_rule("programmatic", false)->source, "MIG-PROG");
    CU_ASSERT_STRING_EQUAL(cutover_rule("programmatic", true)->source, "MIG-ES");
}

int main(void)
{
    CU_TestInfo tests[] = {{"a line says it all", a_line_says_it_all},
                           {"a skew is told from no skew", a_skew_is_told_from_no_skew},
                           {"each page is one path's", each_page_is_one_paths},
                           CU_TEST_INFO_NULL};

    return run_suite("cutover", tests);
}
