/* SPDX-License-Identifier: PostgreSQL */
#include "planner/e164.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/base/suite.h"

static void numbers_are_split_into_code_and_national_number(void)
{
    /* clang-format off */
    static const struct { const char *text, *number, *code, *national; } cases[] = {
        {"+33 1 23 45 67 89", "+33123456789", "33", "123456789"},
        {"+33123456789", "+33123456789", "33", "123456789"},
        {"  +49 (30) 1234-567 ", "+49301234567", "49", "301234567"},
        {"+1 (631) 555-5555", "+16315555555", "1", "6315555555"},
        {"+1 212 555 0123", "+12125550123", "1", "2125550123"},
        {"+1 555 010 0001", "+15550100001", "1", "5550100001"},
        {"+1-555-123-4567", "+15551234567", "1", "5551234567"},
        {"+39 06 1234 5678", "+390612345678", "39", "0612345678"},
        {"+225 01 02 03 04 05", "+2250102030405", "225", "0102030405"},
        {"+7.495.123.45.67", "+74951234567", "7", "4951234567"},
        {"+247 12 34", "+2471234", "247", "1234"},
        {"+49/30/1234567", "+49301234567", "49", "301234567"},
        {"+33\xC2\xA0" "1\xE2\x80\xAF" "23 45\xE2\x80\x91" "67 89", "+33123456789", "33", "123456789"},
        {"(+44) 20 7946 0000", "+442079460000", "44", "2079460000"},
        {"+ 44 20 7946 0000", "+442079460000", "44", "2079460000"},
        {"+44 (020) 7946 000", "+440207946000", "44", "0207946000"},
        {"+999", NULL, NULL, NULL},
        {"+491234567890123", "+491234567890123", "49", "1234567890123"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct e164 number;
        struct fault fault = FAULT_NONE;
        enum status status = e164_parse(cases[i].text, &number, &fault);
        if (!cases[i].number) {
            CU_ASSERT_EQUAL(status, STATUS_INVALID);
            continue;
        }
        if (status != STATUS_OK)
            fprintf(stderr, "\n    %s: %s\n", cases[i].text, fault.message);
        CU_ASSERT_EQUAL(status, STATUS_OK);
        check_text(number.text, cases[i].number);
        check_text(number.country_code, cases[i].code);
        check_text(number.national, cases[i].national);
    }
}

static void what_is_no_number_is_refused_with_a_remedy(void)
{
    /* clang-format off */
    static const struct { const char *text, *part; } cases[] = {
        {"", "is empty"},
        {"   ", "is empty"},
        {"0033123456789", "write + instead"},
        {"33123456789", "does not begin with +"},
        {"0612345678", "does not begin with +"},
        {"+44 (0) 20 7946 0000", "leave it out"},
        {"+44(0)2079460000", "leave it out"},
        {"+33 1 23 45 67 89 x12", "'x'"},
        {"+33 1 23,45", "','"},
        {"3.31235E+10", "letter E"},
        {"+33+33123456", "second +"},
        {"+33123", "5 digits"},
        {"+4912345678901234", "16 digits"},
        {"+49123456789012345678901234567890", "32 digits"},
        {"+0123456789", "no country"},
        {"+210123456", "+210"},
        {"+999123456", "+999"},
        {"+384123456", "+384"},
        {"+684123456", "+684"},
        {"+1 212 555 012", "9 digits after +1"},
        {"+1 212 555 01234", "11 digits after +1"},
        {"+1 112 555 0123", "area code"},
        {"+1 012 555 0123", "area code"},
        {"+1 212 055 0123", "exchange"},
        {"+1 212 155 0123", "exchange"},
        {"+\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x93", "neither a digit nor"},
        {"\xFF\xFE+33", "neither a digit nor"},
        {"bakery", "'b'"},
        {"+", "0 digits"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct e164 number;
        struct fault fault = FAULT_NONE;
        CU_ASSERT_EQUAL(e164_parse(cases[i].text, &number, &fault), STATUS_INVALID);
        if (!strstr(fault.message, cases[i].part))
            fprintf(stderr, "\n    %s: %s\n", cases[i].text, fault.message);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, cases[i].part));
        CU_ASSERT_EQUAL(number.text[0], '\0');
    }
}

/* Asked of the code table through the parser: 10 national digits fit every plan but +1's rules, and
 * 2345678901 fits those too. */
static int codes_of(unsigned first, unsigned last)
{
    int count = 0;
    for (unsigned code = first; code <= last; code++) {
        char text[32], digits[8];
        struct e164 number;
        snprintf(text, sizeof text, "+%u2345678901", code);
        snprintf(digits, sizeof digits, "%u", code);
        if (e164_parse(text, &number, NULL) == STATUS_OK &&
            strcmp(number.country_code, digits) == 0)
            count++;
    }
    return count;
}

static void assigned_country_codes_are_known_and_prefix_free(void)
{
    CU_ASSERT_EQUAL(codes_of(1, 9), 2);
    CU_ASSERT_EQUAL(codes_of(10, 99), 44);
    CU_ASSERT_EQUAL(codes_of(100, 199), 0); /* all within +1 */
    CU_ASSERT_EQUAL(codes_of(200, 299), 59);
    CU_ASSERT_EQUAL(codes_of(300, 399), 28);
    CU_ASSERT_EQUAL(codes_of(400, 499), 3);
    CU_ASSERT_EQUAL(codes_of(500, 599), 20);
    CU_ASSERT_EQUAL(codes_of(600, 699), 21);
    CU_ASSERT_EQUAL(codes_of(700, 799), 0);
    CU_ASSERT_EQUAL(codes_of(800, 899), 15);
    CU_ASSERT_EQUAL(codes_of(900, 999), 24);

    static const char *const unassigned[] = {"210", "214", "215", "217", "219", "259", "280", "292",
                                             "384", "388", "422", "510", "671", "684", "693", "801",
                                             "854", "969", "978", "990", "991", "997", "999"};
    for (size_t i = 0; i < sizeof unassigned / sizeof unassigned[0]; i++) {
        unsigned code = (unsigned)atoi(unassigned[i]);
        CU_ASSERT_EQUAL(codes_of(code, code), 0);
    }
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"numbers are split into code and national number", numbers_are_split_into_code_and_national_number},
        {"what is no number is refused with a remedy", what_is_no_number_is_refused_with_a_remedy},
        {"assigned country codes are known and prefix-free", assigned_country_codes_are_known_and_prefix_free},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    return run_suite("e164", tests);
}
