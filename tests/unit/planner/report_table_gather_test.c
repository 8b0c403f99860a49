/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/planner/report_fixture.h"

#define SIGNUP_REMEDY "Send the customer the signup page."

/* clang-format off */
static const struct report_finding signup =
    {"signup_captured", "fail", "none", NULL, NULL, NULL, "customer", SIGNUP_REMEDY, false, NULL, true, NULL, false};
static const struct report_finding two_step =
    {"two_step_off", "fail", "api", "is_pin_enabled", "true", FIXTURE_READ_AT, "customer", FIXTURE_TWO_STEP_REMEDY, false, NULL, true, NULL, false};
static const struct report_finding currency =
    {"waba_currency", "warn", "api", "currency", "\"INR\"", FIXTURE_READ_AT, "partner", "Mind the date.", false, NULL, false, NULL, false};
static const struct report_finding unread =
    {"source_waba_approved", "unknown", "none", NULL, NULL, NULL, "partner", "Give a token.", false, NULL, true, NULL, false};
static const struct report_finding pending =
    {"business_verified", "fail", "api", "business_verification_status", "\"pending\"", FIXTURE_READ_AT, "meta", "Wait for Meta.", false, NULL, true, NULL, false};
static const struct report_finding spent =
    {"registration_budget", "fail", "api", NULL, "10", FIXTURE_READ_AT, NULL, "Wait for three days.", false, NULL, true, NULL, false};
/* Not the same memory: what counts is what they say. */
static const struct report_finding signup_again =
    {"signup_captured", "fail", "none", NULL, NULL, NULL, "customer", "Send the customer " "the signup page.", false, NULL, true, NULL, false};

static const struct report_finding *const signup_list[] = {&signup};
static const struct report_finding *const signup_again_list[] = {&signup_again};
static const struct report_finding *const warned_list[] = {&signup, &currency};
static const struct report_finding *const two_step_list[] = {&two_step};
static const struct report_finding *const unread_list[] = {&unread, &signup};
static const struct report_finding *const pending_list[] = {&pending};
static const struct report_finding *const spent_list[] = {&spent};
#define FINDINGS(list) .findings = (list), .finding_count = sizeof(list) / sizeof(list)[0]
#define WAITS .state = "waiting", .step = "check", .eligible = 0, .waiting_for = "signup"
#define BLOCKED .state = "blocked", .step = "check", .eligible = 0
/* clang-format on */

#define CUSTOMERS 900
#define NUMBERS (2 * CUSTOMERS + 1)
static char keys[CUSTOMERS][16];
static char digits[NUMBERS][16];
static struct report_number book[NUMBERS];

/* One customer with something blocked in the middle of 900 who wait for the signup. */
static struct report make_book(void)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        size_t customer = i / 2 < CUSTOMERS ? i / 2 : CUSTOMERS - 1;
        (void)snprintf(keys[customer], sizeof keys[0], "cafe-%03zu", customer);
        (void)snprintf(digits[i], sizeof digits[0], "+39%06zu", i);
        book[i] = (struct report_number){.number = digits[i],
                                         .customer = keys[customer],
                                         .customer_name = "Café",
                                         WAITS,
                                         FINDINGS(signup_list)};
        if (i % 2 == 1)
            book[i].findings = signup_again_list;
    }
    book[901] = (struct report_number){
        .number = digits[901], .customer = keys[450], BLOCKED, FINDINGS(two_step_list)};
    return (struct report){.batch = "cafes",
                           .title = "check (dry run)",
                           .generated_at = FIXTURE_READ_AT,
                           .numbers = book,
                           .number_count = NUMBERS,
                           .with_findings = true};
}

static void test_customers_who_wait_for_the_same_are_one_block_after_the_blocked(void)
{
    static const unsigned widths[] = {40, 80, 120, 200};
    static const char title[] = "\nWaiting for signup — 899 customers, 1,799 numbers: ";
    struct report report = make_book();

    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        const char *line;
        char word[32];
        char *text = fixture_written(report_write, &report, REPORT_TABLE, widths[i]);
        if (widths[i] > 40) {
            CU_ASSERT(
                fixture_comes_before(text, "\ncafe-450 — Café — 2 numbers: 1 blocked", title));
            /* Once for the customer with a block of its own, once for all the others. */
            CU_ASSERT_EQUAL(fixture_count(text, SIGNUP_REMEDY), 2);
        }
        CU_ASSERT_PTR_NOT_NULL(strstr(text, digits[900]));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, digits[901]));
        CU_ASSERT_EQUAL(fixture_count(text, "+39"), 2);
        for (size_t j = 0; j < CUSTOMERS; j++) {
            (void)snprintf(word, sizeof word, j + 1 < CUSTOMERS ? "%.15s 2, " : "%.15s 3\n",
                           keys[j]);
            word[strlen(word) - 1] = '\0'; /* a line may end there */
            CU_ASSERT_EQUAL(fixture_count(text, keys[j]), 1);
            CU_ASSERT_EQUAL(fixture_count(text, word), j != 450);
        }
        CU_ASSERT(fixture_widest_line(text, &line) <= (int)widths[i]);
        free(text);
    }
}

static void test_a_customer_keeps_its_block_where_a_number_has_more_to_say(void)
{
    /* clang-format off */
    static const struct report_number others[] = {
        {.state = "ready", .eligible = 1},
        {.state = "running", .eligible = 1},
        {BLOCKED, FINDINGS(two_step_list)},
        {.state = "failed", .error = &fixture_error},
        {WAITS, FINDINGS(warned_list)},
        {WAITS, FINDINGS(signup_list), .note = "Their own note."},
        {WAITS, FINDINGS(signup_list), .not_before = FIXTURE_READ_AT},
        {WAITS, FINDINGS(signup_list), .change = REPORT_CHANGE_NEWLY_BLOCKED},
        {WAITS, FINDINGS(signup_list), .change = REPORT_CHANGE_NEW},
        {.state = "waiting", .waiting_for = "code"},
        {.state = "waiting"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct report report = make_book();
        book[21] = others[i];
        book[21].number = digits[21];
        book[21].customer = keys[10];
        char *text = fixture_written(report_write, &report, REPORT_TABLE, 80);
        CU_ASSERT_EQUAL(fixture_count(text, "\ncafe-010 — "), 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, digits[20]));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, digits[21]));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nWaiting for signup — 898 customers, 1,797 "));
        free(text);
    }
}

static void test_numbers_that_are_over_neither_count_nor_keep_a_block(void)
{
    static const char *const states[] = {"done", "cancelled"};

    for (size_t i = 0; i < 2; i++) {
        struct report report = make_book();
        book[0].state = states[i];
        char *text = fixture_written(report_write, &report, REPORT_TABLE, 120);
        CU_ASSERT_PTR_NOT_NULL(
            strstr(text, "\nWaiting for signup — 899 customers, 1,798 numbers: cafe-000 1, "));
        free(text);
    }
}

/* The books of two customers, alike but for their keys. */
static void test_two_customers_alike_are_gathered_by_what_stops_them(void)
{
    /* clang-format off */
    static const struct { struct report_number number; const char *title; } cases[] = {
        {{WAITS, FINDINGS(signup_list)}, "Waiting for signup — "},
        {{WAITS, FINDINGS(signup_list), .change = REPORT_CHANGE_UNCHANGED}, "Waiting for signup — "},
        {{WAITS, FINDINGS(warned_list)}, "Waiting for signup; warning: waba_currency (INR) — "},
        {{.state = "waiting", .waiting_for = "time", .not_before = FIXTURE_READ_AT},
         "Waiting for time, not before " FIXTURE_READ_AT " — "},
        {{BLOCKED, FINDINGS(pending_list)}, "Blocked by business_verified (pending) — "},
        {{BLOCKED, FINDINGS(unread_list)}, "Blocked by source_waba_approved (not known: no access), signup_captured — "},
        {{BLOCKED, FINDINGS(spent_list)}, "Blocked by registration_budget — "},
        /* Somebody has to speak with each of these. */
        {{BLOCKED, FINDINGS(two_step_list)}, NULL},
        {{.state = "failed", .step = "register_number", .error = &fixture_error}, NULL},
        {{.state = "waiting", .waiting_for = "code"}, NULL},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_number numbers[] = {cases[i].number, cases[i].number};
        struct report report = make_book();
        char title[200];
        numbers[0].number = "+3900";
        numbers[0].customer = "a-cafe";
        numbers[1].number = "+3901";
        numbers[1].customer = "b-cafe";
        report.numbers = numbers;
        report.number_count = 2;
        (void)snprintf(title, sizeof title, "\n%s2 customers, 2 numbers: a-cafe 1, b-cafe 1\n",
                       cases[i].title ? cases[i].title : "");
        char *text = fixture_written(report_write, &report, REPORT_TABLE, 200);
        CU_ASSERT_EQUAL(fixture_count(text, title), cases[i].title != NULL);
        CU_ASSERT_EQUAL(fixture_count(text, "a-cafe — "), cases[i].title == NULL);
        CU_ASSERT_EQUAL(fixture_count(text, "What to do\n"), cases[i].title == NULL);
        free(text);
        /* Alone, each has a block of its own. */
        report.number_count = 1;
        text = fixture_written(report_write, &report, REPORT_TABLE, 200);
        CU_ASSERT_EQUAL(fixture_count(text, "\na-cafe — 1 number: "), 1);
        CU_ASSERT_EQUAL(fixture_count(text, "customers"), 0);
        free(text);
    }
}

static void test_the_largest_kind_comes_first_with_every_remedy_once(void)
{
    static const char *const order[] = {
        "\ncafe-450 — ", "\nWaiting for signup — 799 customers, 1,599 numbers: ",
        "\n      customer: " SIGNUP_REMEDY "\n",
        "\nWaiting for signup; warning: waba_currency (INR) — 100 customers, 200 numbers: ",
        "\n      customer: " SIGNUP_REMEDY "\n      partner: Mind the date.\n"};
    struct report report = make_book();

    for (size_t i = 0; i < 200; i++) {
        book[i].findings = warned_list;
        book[i].finding_count = 2;
    }
    char *text = fixture_written(report_write, &report, REPORT_TABLE, 120);
    for (size_t i = 0; i + 1 < sizeof order / sizeof order[0]; i++)
        CU_ASSERT(fixture_comes_before(text, order[i], order[i + 1]));
    CU_ASSERT_EQUAL(fixture_count(text, "Mind the date."), 1);
    free(text);
}

int main(void)
{
    /* clang-format off */
    static const struct fixture_test tests[] = {
        {"customers who wait for the same are one block after the blocked", test_customers_who_wait_for_the_same_are_one_block_after_the_blocked},
        {"a customer keeps its block where a number has more to say", test_a_customer_keeps_its_block_where_a_number_has_more_to_say},
        {"numbers that are over neither count nor keep a block", test_numbers_that_are_over_neither_count_nor_keep_a_block},
        {"two customers alike are gathered by what stops them", test_two_customers_alike_are_gathered_by_what_stops_them},
        {"the largest kind comes first with every remedy once", test_the_largest_kind_comes_first_with_every_remedy_once},
    };
    /* clang-format on */

    return fixture_run("report_table_gather", tests, sizeof tests / sizeof tests[0]);
}
