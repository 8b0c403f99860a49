/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/planner/report_fixture.h"

/* A record's cells, undoing RFC 4180 and nothing else; one line a record is part of the promise. */
static size_t cells_of(char *line, char *cells[], size_t room)
{
    size_t count = 0;

    while (count < room) {
        char *to = line;
        bool is_quoted = *line == '"';
        cells[count++] = line;
        const char *from = is_quoted ? line + 1 : line;
        while (*from && (is_quoted || (*from != ',' && *from != '\r'))) {
            if (is_quoted && *from == '"' && *++from != '"')
                break;
            *to++ = *from++;
        }
        bool is_last = *from != ',';
        line = (char *)(from + 1);
        *to = '\0';
        if (is_last)
            break;
    }
    return count;
}

static const char *cell_of(char *text, size_t record, const char *column)
{
    static char cell[1024];
    char *names[64], *cells[64];
    char *header = strsep(&text, "\n");
    char *line = NULL;

    for (size_t i = 0; i < record; i++)
        line = strsep(&text, "\n");
    size_t count = cells_of(header, names, 64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    CU_ASSERT_EQUAL(cells_of(line, cells, 64), count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], column) == 0) {
            (void)snprintf(cell, sizeof cell, "%s", cells[i]);
            return cell;
        }
    }
    return "(no such column)";
}

static void test_the_csv_has_one_safe_row_a_number(void)
{
    static const struct {
        size_t record; /* 1 is the first number's */
        const char *column, *expected;
    } cases[] = {
        {1, "number", "+33123456701"},
        {1, "eligible", "true"},
        {1, "findings", ""},
        {2, "findings", "two_step_off=fail;number_verified=unknown"},
        {2, "eligible", "false"},
        {2, "remedy", FIXTURE_TWO_STEP_REMEDY},
        {2, "owner", "customer"},
        {3, "remedy", FIXTURE_NAME_REMEDY},
        {6, "waiting_for", "time"},
        {6, "not_before", "2026-11-24T01:00:00Z"},
        {7, "state", "failed"},
        {7, "remedy", "Subscribe the app."},
        {7, "error_step", "register_number"},
        {7, "error_code", "100"},
        {7, "error_subcode", "2388103"},
        {7, "error_title", "Cannot migrate phone number"},
        {7, "error_details", "No app is subscribed \xEF\xBF\xBD[31m\"here\""},
        {7, "error_fbtrace_id", "AbC\\1"},
        {7, "error_class", "needs_person"},
        {7, "error_at", "2026-11-23T01:02:00Z"},
        {9, "eligible", ""},
        {10, "customer_name", "'=HYPERLINK(\"http://x\")"},
        {10, "note", "'@SUM(1)"},
        {10, "error_code", ""},
        {3, "findings", "name_approved=fail;two_step_off=fail;webhooks_subscribed=warn"},
        {3, "remedies", "customer: " FIXTURE_NAME_REMEDY " | customer: " FIXTURE_TWO_STEP_REMEDY},
        {7, "remedies", "partner: Subscribe the app."},
        {1, "remedies", ""},
        {1, "change", ""},
        {8, "attested", "business_verified=2026-11-20"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = fixture_written(report_write, &fixture_book, REPORT_CSV, 80);
        CU_ASSERT_EQUAL(fixture_count(text, "\r\n"), FIXTURE_NUMBERS + 1);
        CU_ASSERT_EQUAL(fixture_count(text, "\n"), FIXTURE_NUMBERS + 1);
        const char *cell = cell_of(text, cases[i].record, cases[i].column);
        if (strcmp(cell, cases[i].expected) != 0)
            fprintf(stderr, "row %zu, %s: %s\n", cases[i].record, cases[i].column, cell);
        CU_ASSERT_STRING_EQUAL(cell, cases[i].expected);
        free(text);
    }
}

static void test_the_csv_says_what_changed_and_who_attested_it(void)
{
    static const struct {
        size_t record;
        const char *column, *expected;
    } cases[] = {
        {1, "change", "unchanged"},
        {1, "attested", "payment_method=2026-11-20"},
        {2, "change", "new"},
        {5, "change", "newly_eligible"},
        {6, "change", "newly_blocked"},
        {6, "language", "fr_FR"},
        {6, "attested", "payment_method=2026-09-01 (the shop's manager)"},
        {6, "owner", "customer"},
        {6, "owners", "customer"},
        {6, "remedy", FIXTURE_TWO_STEP_REMEDY},
        {6, "remedies",
         "customer: " FIXTURE_TWO_STEP_REMEDY " | customer: Ask about the payment method again."},
        {7, "owner", "partner"},
        {8, "remedies", ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = fixture_written(report_write, &fixture_night, REPORT_CSV, 80);
        CU_ASSERT_STRING_EQUAL(cell_of(text, cases[i].record, cases[i].column), cases[i].expected);
        free(text);
    }
}

static void test_a_remedy_of_two_rules_is_listed_once(void)
{
    const struct report_finding *twice[] = {fixture_two_step_list[1], fixture_two_step_list[1]};
    struct report_number number = fixture_numbers[1];
    struct report report = fixture_book;

    number.findings = twice;
    number.finding_count = 2;
    report.numbers = &number;
    report.number_count = 1;
    char *text = fixture_written(report_write, &report, REPORT_CSV, 80);
    CU_ASSERT_STRING_EQUAL(cell_of(text, 1, "remedies"), "customer: " FIXTURE_TWO_STEP_REMEDY);
    free(text);
}

/* Scripts cut the third column and look for the first one by its name. */
static void test_the_csv_begins_with_its_first_column_and_no_mark(void)
{
    char *text = fixture_written(report_write, &fixture_book, REPORT_CSV, 80);

    CU_ASSERT_EQUAL(strncmp(text, "number,customer,state,", 22), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\r\n+33123456702,bakery-lune,blocked,"));
    free(text);
}

static void test_no_cell_from_outside_begins_like_a_formula(void)
{
    static const char *const attacks[] = {"=1+1",     "+1+1",  "-1+1",   "@SUM(1)",  "\t=1+1",
                                          "\r\n=1+1", " =1+1", "\v=1+1", "=1\",\"=2"};

    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        struct report_error attack = fixture_error;
        struct report_number number = fixture_numbers[6];
        struct report report = fixture_book;
        number.customer = number.customer_name = number.step = number.note = attacks[i];
        attack.title = attack.details = attack.fbtrace_id = attack.remedy = attacks[i];
        number.error = &attack;
        report.numbers = &number;
        report.number_count = 1;
        char *text = fixture_written(report_write, &report, REPORT_CSV, 80);
        char *rest = text, *cells[64];
        (void)strsep(&rest, "\n");
        size_t count = cells_of(strsep(&rest, "\n"), cells, 64);
        CU_ASSERT_EQUAL(count, 33);
        for (size_t j = 1; j < count; j++)
            CU_ASSERT(!*cells[j] || !strchr("=+-@\t\r\n ", *cells[j]));
        CU_ASSERT_STRING_EQUAL(cells[0], "+33123456707");
        free(text);
    }
}

int main(void)
{
    /* clang-format off */
    static const struct fixture_test tests[] = {
        {"the csv has one safe row a number", test_the_csv_has_one_safe_row_a_number},
        {"the csv says what changed and who attested it", test_the_csv_says_what_changed_and_who_attested_it},
        {"a remedy of two rules is listed once", test_a_remedy_of_two_rules_is_listed_once},
        {"the csv begins with its first column and no mark", test_the_csv_begins_with_its_first_column_and_no_mark},
        {"no cell from outside begins like a formula", test_no_cell_from_outside_begins_like_a_formula},
    };
    /* clang-format on */

    return fixture_run("report_csv", tests, sizeof tests / sizeof tests[0]);
}
