/* SPDX-License-Identifier: PostgreSQL */
#include "planner/template_difference.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/planner/report_fixture.h"

static bool is_same(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

/* clang-format off */
static const struct {
    struct template_row row;
    const char *result, *reason, *detail;
    enum template_need need;
} judged[] = {
    {{.source_status = "APPROVED", .source_quality = "GREEN"}, "missing", "not_asked", "", TEMPLATE_PARTNER},
    {{.source_status = "APPROVED"}, "missing", "not_asked", "", TEMPLATE_PARTNER},
    {{.source_status = "APPROVED", .source_quality = "UNKNOWN", .is_asked = true}, "waiting", "asked", "", TEMPLATE_WAITS},
    {{.source_status = "APPROVED", .source_quality = "GREEN", .is_asked = true, .refusal = "Formatting error"}, "waiting", "refused", "Formatting error", TEMPLATE_WAITS},
    {{.source_status = "APPROVED", .source_quality = "GREEN", .refusal = "Formatting error", .given_up = "refused"}, "given_up", "refused", "Formatting error", TEMPLATE_CUSTOMER},
    {{.source_status = "APPROVED", .source_quality = "GREEN", .given_up = "limit"}, "given_up", "limit", "", TEMPLATE_PARTNER},
    {{.source_status = "APPROVED", .source_quality = "GREEN", .given_up = "no_time"}, "given_up", "no_time", "", TEMPLATE_CUSTOMER},
    {{.source_status = "APPROVED", .source_quality = "YELLOW"}, "not_qualified", "quality", "YELLOW", TEMPLATE_CUSTOMER},
    {{.source_status = "PENDING"}, "not_qualified", "status", "PENDING", TEMPLATE_OPTIONAL},
    {{.source_status = "PAUSED"}, "not_qualified", "status", "PAUSED", TEMPLATE_CUSTOMER},
    {{.source_status = "REJECTED"}, "not_qualified", "status", "REJECTED", TEMPLATE_OPTIONAL},
    {{.source_status = "ARCHIVED"}, "not_qualified", "status", "ARCHIVED", TEMPLATE_OPTIONAL},
    {{.source_status = "DELETED"}, "not_qualified", "status", "DELETED", TEMPLATE_FINE},
    {{.source_status = "A_NEW_WORD"}, "not_qualified", "status", "A_NEW_WORD", TEMPLATE_CUSTOMER},
    {{.source_status = "APPROVED", .is_source_gone = true}, "gone", "source", "", TEMPLATE_FINE},
    {{.source_status = "APPROVED", .is_destination_gone = true}, "gone", "destination", "", TEMPLATE_OPTIONAL},
    {{.source_status = "APPROVED", .destination_status = "APPROVED"}, "copied", NULL, "", TEMPLATE_FINE},
    {{.source_status = "APPROVED", .destination_status = "PENDING"}, "waiting", "pending", "PENDING", TEMPLATE_WAITS},
    {{.source_status = "REJECTED", .destination_status = "REJECTED", .was_there_before = true}, "was_there", NULL, "", TEMPLATE_FINE},
    {{.source_status = "APPROVED", .destination_status = "REJECTED", .destination_rejected_reason = "SCAM"}, "rejected", "rejected_reason", "SCAM", TEMPLATE_CUSTOMER},
    {{.source_status = "APPROVED", .destination_status = "REJECTED", .destination_rejected_reason = "INCORRECT_CATEGORY"}, "rejected", "category", "INCORRECT_CATEGORY", TEMPLATE_CUSTOMER},
    {{.source_status = "APPROVED", .source_category = "UTILITY", .destination_category = "MARKETING", .destination_status = "APPROVED"}, "category_changed", "category", "UTILITY → MARKETING", TEMPLATE_OPTIONAL},
    {{.source_status = "APPROVED", .destination_status = "PAUSED"}, "paused", NULL, "", TEMPLATE_OPTIONAL},
    {{.source_status = "APPROVED", .destination_status = "DISABLED"}, "disabled", NULL, "", TEMPLATE_CUSTOMER},
    {{.source_status = "APPROVED", .destination_status = "ARCHIVED"}, "archived", NULL, "", TEMPLATE_OPTIONAL},
    {{.source_status = "APPROVED", .destination_status = "PENDING_DELETION"}, "gone", "destination", "", TEMPLATE_OPTIONAL},
};
/* clang-format on */
#define JUDGED (sizeof judged / sizeof judged[0])

static void test_every_template_has_a_result_a_reason_and_somebody_to_act(void)
{
    char detail[TEMPLATE_DETAIL_BYTES];

    for (size_t i = 0; i < JUDGED; i++) {
        struct template_row row = judged[i].row;
        template_judge(&row);
        template_detail(&row, detail);
        bool is_right =
            is_same(row.result, judged[i].result) && is_same(row.reason, judged[i].reason) &&
            strcmp(detail, judged[i].detail) == 0 && template_advise(&row)->need == judged[i].need;
        if (!is_right)
            fprintf(stderr, "\ncase %zu: %s %s %s\n", i, row.result, row.reason, detail);
        CU_ASSERT(is_right);
    }
}

static void test_only_an_approved_copy_can_be_used(void)
{
    for (size_t i = 0; i < JUDGED; i++) {
        struct template_row row = judged[i].row;
        template_judge(&row);
        CU_ASSERT_EQUAL(row.is_usable, is_same(row.destination_status, "APPROVED"));
    }
}

static void test_who_copies_a_template_hangs_on_status_and_quality(void)
{
    static const struct {
        const char *status, *quality, *qualifies;
    } cases[] = {
        {"APPROVED", "GREEN", "automatic"},
        {"APPROVED", "UNKNOWN", "call"},
        {"APPROVED", NULL, "call"},
        {"APPROVED", "YELLOW", "none"},
        {"APPROVED", "RED", "none"},
        {"PAUSED", "GREEN", "none"},
        {NULL, "GREEN", "none"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_STRING_EQUAL(template_qualifies(cases[i].status, cases[i].quality),
                               cases[i].qualifies);
}

/* A word of a newer database is told, not lost. */
static void test_an_unknown_result_has_an_advice_and_is_counted(void)
{
    struct template_row row = {.name = "a", .language = "en", .result = "a new word"};
    struct template_customer customer = {.rows = &row, .row_count = 1};
    struct template_counts counts = {0};

    CU_ASSERT_PTR_NOT_NULL(template_advise(&row)->remedy);
    template_count_customer(&counts, &customer);
    CU_ASSERT_EQUAL(counts.templates, 1);
    CU_ASSERT_EQUAL(counts.by_result[TEMPLATE_RESULTS], 1);
}

static void test_every_result_is_counted_under_its_word(void)
{
    for (size_t i = 0; template_result_at(i); i++) {
        struct template_row row = {.result = template_result_at(i)};
        struct template_counts counts = {0};
        template_count_add(&counts, &row, 3);
        CU_ASSERT_EQUAL(counts.by_result[i], 3);
    }
    CU_ASSERT_PTR_NULL(template_result_at(TEMPLATE_RESULTS));
}

/* An advice that another one before it always wins against would never be seen. */
static void test_every_advice_can_be_reached(void)
{
    for (size_t i = 0; template_advice_at(i); i++) {
        const struct template_advice *advice = template_advice_at(i);
        struct template_row row = {
            .result = advice->result, .reason = advice->reason, .source_status = advice->status};
        CU_ASSERT_PTR_EQUAL(template_advise(&row), advice);
        CU_ASSERT_EQUAL(advice->remedy != NULL, advice->need >= TEMPLATE_OPTIONAL);
        CU_ASSERT_EQUAL(advice->remedy != NULL, advice->owner != NULL);
        if (is_same(advice->owner, "customer"))
            CU_ASSERT_PTR_NULL(strchr(advice->remedy, '`')); /* sent as it is, in a mail */
    }
}

static void test_the_list_has_the_urgent_first_and_leaves_out_what_is_well(void)
{
    static const struct template_row rows[] = {
        {.name = "a", .language = "en", .result = "copied"},
        {.name = "b", .language = "en", .result = "archived"},
        {.name = "c", .language = "fr", .result = "rejected"},
        {.name = "c", .language = "en", .result = "rejected"},
        {.name = "d", .language = "en", .result = "missing", .reason = "not_asked"},
        {.name = "e", .language = "en", .result = "waiting", .reason = "asked"},
    };
    static const size_t order[] = {3, 2, 4, 1};
    struct template_customer customer = {.rows = rows, .row_count = 6};
    size_t count;
    const struct template_row **list = template_list(&customer, &count);

    CU_ASSERT_EQUAL_FATAL(count, 4);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_PTR_EQUAL(list[i], &rows[order[i]]);
    free(list);
}

static void test_downtime_runs_from_the_cut_over_to_the_last_template(void)
{
    static const struct {
        int64_t cut_over_ms, usable_ms;
        size_t on_its_way;
        bool is_known, is_open;
        int64_t seconds;
    } cases[] = {
        {0, 5000, 0, false, false, 0},        {100000, 90000, 0, true, false, 0},
        {100000, 0, 0, true, false, 0},       {100000, 100001, 0, true, false, 1},
        {100000, 160000, 0, true, false, 60}, {100000, 160000, 2, true, true, 900},
        {1000000, 900000, 1, true, true, 0},  {2000000, 0, 1, true, true, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct template_downtime downtime = template_downtime(
            cases[i].cut_over_ms, cases[i].usable_ms, cases[i].on_its_way, 1000000);
        CU_ASSERT_EQUAL(downtime.is_known, cases[i].is_known);
        CU_ASSERT_EQUAL(downtime.seconds, cases[i].seconds);
        if (downtime.is_known)
            CU_ASSERT_EQUAL(downtime.is_open, cases[i].is_open);
    }
}

static void test_median_and_worst_are_of_what_is_known(void)
{
    struct template_downtime some[] = {
        {true, false, 30}, {false, false, 0}, {true, true, 600}, {true, false, 0}};
    struct template_downtime none[] = {{false, false, 0}};
    struct template_downtimes sum = template_downtimes_sum(some, 4);

    CU_ASSERT_EQUAL(sum.numbers, 3);
    CU_ASSERT_EQUAL(sum.open, 1);
    CU_ASSERT_EQUAL(sum.median, 30);
    CU_ASSERT_EQUAL(sum.worst, 600);
    sum = template_downtimes_sum(none, 1);
    CU_ASSERT_EQUAL(sum.numbers, 0);
}

int main(void)
{
    static const struct fixture_test tests[] = {
        {"every template has a result, a reason and somebody to act",
         test_every_template_has_a_result_a_reason_and_somebody_to_act},
        {"only an approved copy can be used", test_only_an_approved_copy_can_be_used},
        {"who copies a template hangs on status and quality",
         test_who_copies_a_template_hangs_on_status_and_quality},
        {"an unknown result has an advice and is counted",
         test_an_unknown_result_has_an_advice_and_is_counted},
        {"every result is counted under its word", test_every_result_is_counted_under_its_word},
        {"every advice can be reached", test_every_advice_can_be_reached},
        {"the list has the urgent first and leaves out what is well",
         test_the_list_has_the_urgent_first_and_leaves_out_what_is_well},
        {"downtime runs from the cut-over to the last template",
         test_downtime_runs_from_the_cut_over_to_the_last_template},
        {"median and worst are of what is known", test_median_and_worst_are_of_what_is_known},
    };

    return fixture_run("template_difference", tests, sizeof tests / sizeof tests[0]);
}
