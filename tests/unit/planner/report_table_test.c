/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report.h"

#include <CUnit/Basic.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "tests/unit/planner/report_fixture.h"

static void test_no_line_of_the_table_is_wider_than_the_terminal(void)
{
    static const unsigned widths[] = {40, 71, 72, 80, 81, 119, 120, 121, 200};
    static const fixture_writer writers[] = {report_write, report_write_number};
    static const struct report *const reports[] = {&fixture_book, &fixture_night};

    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        for (size_t j = 0; j < 4; j++) {
            const char *line;
            char *text = fixture_written(writers[j % 2], reports[j / 2], REPORT_TABLE, widths[i]);
            int widest = fixture_widest_line(text, &line);
            if (widest > (int)widths[i])
                fprintf(stderr, "%d columns: %s\n", widest, line);
            CU_ASSERT(widest <= (int)widths[i]);
            /* And the width is made use of: the first book's long remedy fills its lines. */
            CU_ASSERT(j / 2 == 1 || widest > (int)widths[i] - 12);
            free(text);
        }
    }
}

static void test_long_words_from_outside_stay_within_the_lines_too(void)
{
    char name[400], batch[400];
    struct report_number number = fixture_numbers[7];
    struct report report = fixture_book;

    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (size_t i = 0; i + 3 < sizeof batch; i += 3)
        memcpy(batch + i, "\xe7\x89\x99", 4);
    number.number = number.customer = number.customer_name = name;
    number.state = number.step = number.note = batch;
    number.waiting_for = name;
    report.batch = batch;
    report.numbers = &number;
    report.number_count = 1;
    for (unsigned width = 40; width <= 200; width += 40) {
        const char *line;
        char *text = fixture_written(report_write, &report, REPORT_TABLE, width);
        CU_ASSERT(fixture_widest_line(text, &line) <= (int)width);
        free(text);
        text = fixture_written(report_write_number, &report, REPORT_TABLE, width);
        CU_ASSERT(fixture_widest_line(text, &line) <= (int)width);
        free(text);
    }
}

static void test_the_table_replaces_what_could_drive_the_terminal(void)
{
    char *text = fixture_written(report_write, &fixture_book, REPORT_TABLE, 80);

    CU_ASSERT_PTR_NULL(strpbrk(text, "\033\r\t\a\b"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Next\xEF\xBF\xBD[2J\xEF\xBF\xBD"));
    free(text);
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static void test_the_table_begins_and_ends_with_the_answer(void)
{
    static const struct {
        const struct report *report;
        const char *start, *end;
    } cases[] = {
        {&fixture_book,
         "acme-book check (dry run) " FIXTURE_READ_AT
         " — 10 numbers: 1 can move tonight, 4 blocked, 1 failed, 2 waiting, 2 done\n",
         "\n\n10 numbers: 1 can move tonight, 4 blocked, 1 failed, 2 waiting, 2 done\n"},
        {&fixture_night,
         "cafes check (dry run) " FIXTURE_READ_AT
         " — 8 numbers: 5 can move tonight, 2 blocked, 1 waiting\n"
         "Since 2026-11-22T01:00:00Z: 1 newly eligible, 1 newly blocked, 1 new, 2 gone, "
         "5 unchanged\n",
         "\n\n8 numbers: 5 can move tonight, 2 blocked, 1 waiting\n"
         "Since 2026-11-22T01:00:00Z: 1 newly eligible, 1 newly blocked, 1 new, 2 gone, "
         "5 unchanged\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = fixture_written(report_write, cases[i].report, REPORT_TABLE, 200);
        CU_ASSERT(begins_with(text, cases[i].start));
        CU_ASSERT(ends_with(text, cases[i].end));
        free(text);
    }
}

static void test_that_none_can_move_is_said_while_any_is_left(void)
{
    static const struct {
        size_t number;
        const char *answer;
    } cases[] = {
        {0, "1 number: 1 done\n"},
        {1, "1 number: 0 can move tonight, 1 blocked\n"},
        {4, "1 number: 1 can move tonight\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report report = fixture_book;
        report.numbers = &fixture_numbers[cases[i].number];
        report.number_count = 1;
        char *text = fixture_written(report_write, &report, REPORT_TABLE, 80);
        CU_ASSERT(ends_with(text, cases[i].answer));
        free(text);
    }
}

static void test_the_table_lists_what_is_not_done_most_urgent_first(void)
{
    static const unsigned widths[] = {80, 120};

    for (size_t i = 0; i < 2; i++) {
        char *text = fixture_written(report_write, &fixture_book, REPORT_TABLE, widths[i]);
        CU_ASSERT_EQUAL(fixture_count(text, "+33123456701"), 0);
        CU_ASSERT_EQUAL(fixture_count(text, "+4930123453"), 0);
        for (size_t j = 1; j < FIXTURE_NUMBERS - 1; j++)
            CU_ASSERT_EQUAL(fixture_count(text, fixture_numbers[j].number), 1);
        CU_ASSERT(fixture_comes_before(text, "+33123456702", "+33123456706"));
        CU_ASSERT(fixture_comes_before(text, "+33123456707", "+33123456706"));
        CU_ASSERT(fixture_comes_before(text, "+33123456706", "+33123456705"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "All done: florist 1\n"));
        free(text);
    }
}

static void test_customers_with_something_blocked_come_first_and_the_ready_are_a_line(void)
{
    static const char *const order[] = {"e-cafe — 3 numbers: 2 blocked, 1 ready\n",
                                        "b-cafe — 1 number: 1 waiting\n",
                                        "c-cafe — 1 number: 1 ready\n",
                                        "d-cafe — 1 number: 1 ready\n",
                                        "Ready to move: a-cafe 2\n",
                                        "What holds them up",
                                        "Who must act: customer 2, partner 1\n",
                                        "Who may act on warnings: customer 2\n",
                                        "The run mends by itself: webhooks_subscribed 1\n",
                                        "4,123 calls made.\n"};

    for (unsigned width = 80; width <= 200; width += 60) {
        char *text = fixture_written(report_write, &fixture_night, REPORT_TABLE, width);
        for (size_t i = 0; i + 1 < sizeof order / sizeof order[0]; i++)
            CU_ASSERT(fixture_comes_before(text, order[i], order[i + 1]));
        CU_ASSERT_EQUAL(fixture_count(text, "+390000001"), 0);
        CU_ASSERT_EQUAL(fixture_count(text, "+390000002"), 0);
        free(text);
    }
}

/* The line that `part` stands in. Release with free(). */
static char *line_with(const char *text, const char *part)
{
    const char *at_part = strstr(text, part);

    CU_ASSERT_PTR_NOT_NULL_FATAL(at_part);
    while (at_part > text && at_part[-1] != '\n')
        at_part--;
    return strndup(at_part, strcspn(at_part, "\n"));
}

static void test_every_number_says_what_changed_what_stops_it_and_on_what_evidence(void)
{
    /* clang-format off */
    static const struct { const char *number, *end; bool is_offline; } cases[] = {
        {"+390000003", "waits for signup", false},
        {"+390000004", "warning: payment_method (attested 2026-09-01, old)", false},
        {"+390000005", "newly eligible (can move now)", false},
        {"+390000006", "newly blocked: two_step_off, warning: payment_method (attested 2026-09-01, old)", false},
        {"+390000007", "two_step_off (not known: no access)", false},
        {"+390000007", "two_step_off (not known)", true},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report report = fixture_night;
        report.is_offline = cases[i].is_offline;
        char *text = fixture_written(report_write, &report, REPORT_TABLE, 119);
        char *line = line_with(text, cases[i].number);
        if (!ends_with(line, cases[i].end))
            fprintf(stderr, "%s\n", line);
        CU_ASSERT(ends_with(line, cases[i].end));
        free(line);
        free(text);
    }
}

static void test_a_wide_table_has_owner_and_remedy_beside_the_number(void)
{
    /* clang-format off */
    static const struct { const char *part, *cells[3]; } cases[] = {
        {"+390000003", {"waits for signup ", " customer ", "Send the customer the signup page."}},
        {"+390000006", {"newly blocked: two_step_off ", " customer ", FIXTURE_TWO_STEP_REMEDY}},
        {"old)  ", {"warning: payment_method (attested 2026-09-01, old) ", " customer ", "Ask about the payment method again."}},
        {"+390000007", {"two_step_off (not known: no access) ", " partner ", "Ask the customer about two-step verification."}},
    };
    /* clang-format on */

    char *text = fixture_written(report_write, &fixture_night, REPORT_TABLE, 200);
    CU_ASSERT(fixture_comes_before(text, "What to do\n", "+390000006"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *line = line_with(text, cases[i].part);
        CU_ASSERT(fixture_comes_before(line, cases[i].cells[0], cases[i].cells[1]));
        CU_ASSERT(fixture_comes_before(line, cases[i].cells[1], cases[i].cells[2]));
        free(line);
    }
    free(text);
}

static void test_a_wide_remedy_stands_once_a_customer_too(void)
{
    char *text = fixture_written(report_write, &fixture_book, REPORT_TABLE, 200);

    CU_ASSERT_EQUAL(fixture_count(text, FIXTURE_TWO_STEP_REMEDY), 1);
    CU_ASSERT_EQUAL(fixture_count(text, "as above\n"), 2);
    CU_ASSERT_EQUAL(fixture_count(text, FIXTURE_LATER_REMEDY), 0);
    CU_ASSERT_EQUAL(fixture_count(text, "Not shown."), 0);
    CU_ASSERT_EQUAL(fixture_count(text, "No app is subscribed"), 1);
    CU_ASSERT_EQUAL(fixture_count(text, "Subscribe the app.\n"), 1);
    free(text);
}

static void test_the_forecast_names_its_quotas_and_what_takes_the_time(void)
{
    /* clang-format off */
    static const struct { const char *bottleneck, *words; } cases[] = {
        {"credit_line", "; bound by the credit line's 2,500 calls an hour."},
        {"waba", "; bound by one WABA's 5,000 calls an hour."},
        {"registration", "; bound by one number's registrations, 10 calls in 72 hours."},
        {"concurrency", "; bound by how many calls go at once (--concurrency)."},
        {"latency", "; bound by one number's own calls, one after the other."},
        {NULL, "."},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report report = fixture_night;
        report.forecast.bottleneck = cases[i].bottleneck;
        char *text = fixture_written(report_write, &report, REPORT_TABLE, 200);
        char *line = line_with(text, "Forecast: ");
        CU_ASSERT(begins_with(
            line, "Forecast: 25,200 calls, 4,000 registrations, about 2 h 15 min, 2 nights"));
        CU_ASSERT(ends_with(line, cases[i].words));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n  Calls by quota\n"
                                            "  WABA             18,000  busiest WABA 220 of 5,000 "
                                            "an hour\n"
                                            "  credit line       3,200  of 2,500 an hour\n"
                                            "  registration      4,000  busiest number 1 of 10 in "
                                            "72 hours\n"));
        CU_ASSERT_PTR_NULL(strstr(text, "ordinary")); /* none of those */
        free(line);
        free(text);
    }
}

static void test_a_quota_without_a_published_limit_says_so(void)
{
    struct report report = fixture_night;
    report.forecast.budgets[3].calls = 64;
    char *text = fixture_written(report_write, &report, REPORT_TABLE, 80);

    CU_ASSERT_PTR_NULL(strstr(text, "platform"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  ordinary             64  no limit is published\n"));
    free(text);
}

static void test_offline_says_that_nobody_was_asked(void)
{
    struct report report = fixture_night;
    report.is_offline = true;
    char *text = fixture_written(report_write, &report, REPORT_TABLE, 80);

    CU_ASSERT(fixture_comes_before(text, "Offline: nobody was asked.", "e-cafe"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Nobody was asked (--offline)."));
    CU_ASSERT_PTR_NULL(strstr(text, "no access"));
    CU_ASSERT_PTR_NULL(strstr(text, "calls made"));
    free(text);
}

static void test_a_remedy_stands_once_a_customer_with_its_owner(void)
{
    char *text = fixture_written(report_write, &fixture_book, REPORT_TABLE, 80);

    CU_ASSERT_EQUAL(fixture_count(text, FIXTURE_TWO_STEP_REMEDY), 1);
    CU_ASSERT_EQUAL(fixture_count(text, "customer: " FIXTURE_TWO_STEP_REMEDY), 1);
    CU_ASSERT_EQUAL(fixture_count(text, "customer: " FIXTURE_NAME_REMEDY), 1);
    CU_ASSERT_EQUAL(fixture_count(text, "partner: Subscribe the app."), 1);
    CU_ASSERT_EQUAL(fixture_count(text, "customer: two_step_off as above"), 1);
    /* What holds nothing up, or is mended by the run, is nobody's work. */
    CU_ASSERT_EQUAL(fixture_count(text, FIXTURE_LATER_REMEDY), 0);
    CU_ASSERT_EQUAL(fixture_count(text, "Not shown."), 0);
    /* A wait that no finding explains still says who must act. */
    CU_ASSERT_EQUAL(fixture_count(text, "customer: Go through Embedded Signup"), 1);
    free(text);
}

/* clang-format off */
static const struct report_finding unread[] = {
    {"source_waba_approved", "unknown", "none", NULL, NULL, NULL, "partner", "Give a token.", false, NULL, true, NULL, false},
    {"two_step_off", "unknown", "none", NULL, NULL, NULL, "partner", "Give a token.", false, NULL, true, NULL, false},
    {"name_approved", "fail", "api", NULL, NULL, NULL, "customer", FIXTURE_NAME_REMEDY, false, NULL, true, NULL, false},
    {"cloud_api", "unknown", "none", NULL, NULL, NULL, "partner", "Give a token.", false, NULL, false, NULL, false},
    {"number_verified", "unknown", "none", NULL, NULL, NULL, NULL, FIXTURE_LATER_REMEDY, false, NULL, false, NULL, false},
};
static const struct report_finding *const unread_list[] = {&unread[0], &unread[1], &unread[2], &unread[3], &unread[4]};
static const struct report_number unread_numbers[] = {
    {.number = "+3201", .customer = "cafe", .state = "blocked", .step = "check", .findings = unread_list, .finding_count = 5},
    {.number = "+3202", .customer = "cafe", .state = "blocked", .step = "check", .findings = unread_list, .finding_count = 2},
};
/* clang-format on */

static void test_what_one_remedy_answers_is_named_with_it_once(void)
{
    struct report report = {
        .numbers = unread_numbers, .number_count = 2, .title = "check", .with_findings = true};
    char *text = fixture_written(report_write, &report, REPORT_TABLE, 80);

    CU_ASSERT_EQUAL(fixture_count(text, "Give a token."), 1);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "      partner: source_waba_approved, two_step_off: Give a token.\n"
                     "      customer: " FIXTURE_NAME_REMEDY "\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "      partner: source_waba_approved, two_step_off as above\n"));
    free(text);

    text = fixture_written(report_write, &report, REPORT_TABLE, 200);
    char *line = line_with(text, "Give a token.");
    CU_ASSERT_EQUAL(fixture_count(text, "Give a token."), 1);
    CU_ASSERT_EQUAL(fixture_count(text, "as above"), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "+3201 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "source_waba_approved (not known: no access)"));
    CU_ASSERT_EQUAL(fixture_count(text, "two_step_off (not known: no access)"), 2);
    free(line);
    free(text);
}

static void test_what_is_not_known_and_blocks_nothing_is_counted_aside(void)
{
    struct report report = {
        .numbers = unread_numbers, .number_count = 2, .title = "check", .with_findings = true};

    for (unsigned width = 80; width <= 200; width += 60) {
        char *text = fixture_written(report_write, &report, REPORT_TABLE, width);
        CU_ASSERT_EQUAL(fixture_count(text, "cloud_api"), 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nWho must act: partner 2, customer 1\n"
                                            "Not known, but holding nothing up: cloud_api 1\n"));
        CU_ASSERT_PTR_NULL(strstr(text, "Who may act"));
        CU_ASSERT_PTR_NULL(strstr(text, "warning"));
        CU_ASSERT_PTR_NULL(strstr(text, "number_verified"));
        free(text);
    }
}

static void test_a_book_that_can_all_move_says_so_and_is_short(void)
{
    struct report_number numbers[] = {
        {.number = "+3201", .customer = "a", .state = "ready", .step = "check", .eligible = 1},
        {.number = "+3202", .customer = "b", .state = "pending", .step = "check", .eligible = 1},
        {.number = "+3203", .customer = "c", .state = "done", .step = "done", .eligible = 1},
    };
    static const char all[] = "\nNothing holds a number up: all that are left can move.\n";
    struct report report = {.batch = "book",
                            .title = "check",
                            .generated_at = FIXTURE_READ_AT,
                            .numbers = numbers,
                            .number_count = 3,
                            .with_findings = true};

    char *text = fixture_written(report_write, &report, REPORT_TABLE, 80);
    CU_ASSERT_STRING_EQUAL(text, "book check " FIXTURE_READ_AT
                                 " — 3 numbers: 2 can move tonight, 1 done\n"
                                 "\nNothing holds a number up: all that are left can move.\n"
                                 "\nAll done: c 1\n\n0 calls made.\n\n"
                                 "3 numbers: 2 can move tonight, 1 done\n");
    free(text);
    numbers[1].eligible = -1;
    text = fixture_written(report_write, &report, REPORT_TABLE, 80);
    CU_ASSERT_PTR_NULL(strstr(text, all));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nReady to move: a 1\n"));
    free(text);
}

static void test_without_findings_the_table_keeps_to_where_numbers_stand(void)
{
    struct report report = fixture_book;
    report.with_findings = false;

    for (unsigned width = 80; width <= 200; width += 120) {
        char *text = fixture_written(report_write, &report, REPORT_TABLE, width);
        CU_ASSERT_EQUAL(fixture_count(text, FIXTURE_TWO_STEP_REMEDY), 0);
        CU_ASSERT_EQUAL(fixture_count(text, "as above"), 0);
        CU_ASSERT_EQUAL(fixture_count(text, "Subscribe the app."), 1);
        CU_ASSERT_EQUAL(fixture_count(text, "+33123456702"), 1);
        free(text);
    }
}

static void test_the_summary_counts_rules_and_causes_and_names_owners(void)
{
    /* Blanks between words are as wide as the columns ask for; one is as good as ten here. */
    static const struct {
        const struct report *report;
        const char *rows;
    } cases[] = {
        {&fixture_book, " What holds them up fail unknown warn who must act"
                        " two_step_off 3 1 customer 3, partner 1"
                        " name_approved 1 customer 1"
                        " Errors and waits numbers who must act"
                        " Cannot migrate phone number (100/2388103) 1 partner"
                        " waits for signup 1 customer"
                        " waits for time 1 nobody"
                        " Who must act: customer 4, partner 2 "},
        {&fixture_night, " What holds them up fail unknown warn who must act"
                         " two_step_off 1 1 customer 1, partner 1"
                         " signup_captured 1 customer 1"
                         " payment_method 2 customer 2"
                         " Who must act: customer 2, partner 1 "},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = fixture_written(report_write, cases[i].report, REPORT_TABLE, 80);
        char *to = text;
        for (const char *from = text; *from; from++) {
            char sign = *from == '\n' ? ' ' : *from;
            if (sign != ' ' || to == text || to[-1] != ' ')
                *to++ = sign;
        }
        *to = '\0';
        CU_ASSERT_PTR_NOT_NULL(strstr(text, cases[i].rows));
        free(text);
    }
}

/* The columns before `part` in its line, as a terminal counts them. */
static int column_of(const char *text, const char *part)
{
    const char *at_part = strstr(text, part);
    const char *begin = at_part;
    char line[1024];
    wchar_t wide[1024];

    CU_ASSERT_PTR_NOT_NULL_FATAL(at_part);
    while (begin > text && begin[-1] != '\n')
        begin--;
    (void)snprintf(line, sizeof line, "%.*s", (int)(at_part - begin), begin);
    return wcswidth(wide, mbstowcs(wide, line, sizeof wide / sizeof wide[0]));
}

static void test_the_columns_stand_under_each_other_whatever_is_in_them(void)
{
    static const char *const titles[] = {
        "short", "请先关闭两步验证然后再试一次请先关闭两步验证然后再试一次请先关闭",
        "a title that is so long that no line of eighty columns has room for it and for more"};

    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        struct report_error long_error = fixture_error;
        struct report_number number = fixture_numbers[6];
        struct report report = fixture_book;
        long_error.title = titles[i];
        long_error.owner = "meta";
        number.number = "+123456789012345";
        number.error = &long_error;
        report.numbers = &number;
        report.number_count = 1;
        char *text = fixture_written(report_write, &report, REPORT_TABLE, 80);
        CU_ASSERT_EQUAL(column_of(text, "  meta\n"), column_of(text, "  who must act\n"));
        CU_ASSERT_EQUAL(column_of(text, "failed    "), 20);
        CU_ASSERT_EQUAL(column_of(text, "register_number  "), 30);
        free(text);
    }
}

static void test_an_empty_book_is_a_table_too(void)
{
    struct report report = fixture_book;
    report.number_count = 0;
    report.has_forecast = false;
    char *text = fixture_written(report_write, &report, REPORT_TABLE, 80);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "0 numbers:"));
    CU_ASSERT_PTR_NULL(strstr(text, "Who must act"));
    CU_ASSERT_PTR_NULL(strstr(text, "Forecast"));
    free(text);
}

/* In the C locale wcwidth knows ASCII only; lines must still hold what a UTF-8 terminal shows. */
static void test_the_c_locale_keeps_the_lines_as_well(void)
{
    const char *line;

    CU_ASSERT_PTR_NOT_NULL(setlocale(LC_ALL, "C"));
    char *text = fixture_written(report_write, &fixture_book, REPORT_TABLE, 80);
    CU_ASSERT_PTR_NOT_NULL(setlocale(LC_ALL, "C.UTF-8"));
    CU_ASSERT(fixture_widest_line(text, &line) <= 80);
    free(text);
}

int main(void)
{
    /* clang-format off */
    static const struct fixture_test tests[] = {
        {"no line of the table is wider than the terminal", test_no_line_of_the_table_is_wider_than_the_terminal},
        {"long words from outside stay within the lines too", test_long_words_from_outside_stay_within_the_lines_too},
        {"the table replaces what could drive the terminal", test_the_table_replaces_what_could_drive_the_terminal},
        {"the table begins and ends with the answer", test_the_table_begins_and_ends_with_the_answer},
        {"that none can move is said while any is left", test_that_none_can_move_is_said_while_any_is_left},
        {"the table lists what is not done, most urgent first", test_the_table_lists_what_is_not_done_most_urgent_first},
        {"customers with something blocked come first and the ready are a line", test_customers_with_something_blocked_come_first_and_the_ready_are_a_line},
        {"every number says what changed, what stops it, and on what evidence", test_every_number_says_what_changed_what_stops_it_and_on_what_evidence},
        {"a wide table has owner and remedy beside the number", test_a_wide_table_has_owner_and_remedy_beside_the_number},
        {"a wide remedy stands once a customer too", test_a_wide_remedy_stands_once_a_customer_too},
        {"the forecast names its quotas and what takes the time", test_the_forecast_names_its_quotas_and_what_takes_the_time},
        {"a quota without a published limit says so", test_a_quota_without_a_published_limit_says_so},
        {"offline says that nobody was asked", test_offline_says_that_nobody_was_asked},
        {"a remedy stands once a customer with its owner", test_a_remedy_stands_once_a_customer_with_its_owner},
        {"what one remedy answers is named with it once", test_what_one_remedy_answers_is_named_with_it_once},
        {"what is not known and blocks nothing is counted aside", test_what_is_not_known_and_blocks_nothing_is_counted_aside},
        {"a book that can all move says so and is short", test_a_book_that_can_all_move_says_so_and_is_short},
        {"without findings the table keeps to where numbers stand", test_without_findings_the_table_keeps_to_where_numbers_stand},
        {"the summary counts rules and causes and names owners", test_the_summary_counts_rules_and_causes_and_names_owners},
        {"the columns stand under each other whatever is in them", test_the_columns_stand_under_each_other_whatever_is_in_them},
        {"an empty book is a table too", test_an_empty_book_is_a_table_too},
        {"the c locale keeps the lines as well", test_the_c_locale_keeps_the_lines_as_well},
    };
    /* clang-format on */

    return fixture_run("report_table", tests, sizeof tests / sizeof tests[0]);
}
