/* SPDX-License-Identifier: PostgreSQL */
#include "planner/e164.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MIN = 7, DIGITS_MAX = 15, NANP_DIGITS = 10 };

/* Assigned country codes, ITU-T E.164 list of assigned codes. Codes of one, two and three digits
 * cannot be confused here, because no code begins another. Left out as unassigned: 210, 214, 215,
 * 217, 219, 259, 28x, 292-296, 384, 388, 422, 424-429, 671 and 684 (both within +1 now), 693-699,
 * 969, 978, 990, 991, 997, 999 and the spare blocks. */
/* clang-format off */
static const struct { uint16_t first, last; } country_codes[] = {
    {1, 1},     {7, 7},
    {20, 20},   {27, 27},   {30, 34},   {36, 36},   {39, 41},   {43, 49},   {51, 58},   {60, 66},
    {81, 82},   {84, 84},   {86, 86},   {90, 95},   {98, 98},
    {211, 213}, {216, 216}, {218, 218}, {220, 258}, {260, 269}, {290, 291}, {297, 299},
    {350, 359}, {370, 383}, {385, 387}, {389, 389}, {420, 421}, {423, 423},
    {500, 509}, {590, 599}, {670, 670}, {672, 683}, {685, 692},
    {800, 800}, {808, 808}, {850, 850}, {852, 853}, {855, 856}, {870, 870}, {878, 878},
    {880, 883}, {886, 886}, {888, 888},
    {960, 968}, {970, 977}, {979, 979}, {992, 996}, {998, 998},
};

/* What may stand between digits. Spreadsheets and web pages bring in the typographic kinds. */
static const char *const separators[] = {
    " ", "-", ".", "/", "(", ")", "\t",
    "\xC2\xA0",     /* no-break space */
    "\xE2\x80\x87", /* figure space */
    "\xE2\x80\x89", /* thin space */
    "\xE2\x80\xAF", /* narrow no-break space */
    "\xE2\x80\x90", /* hyphen */
    "\xE2\x80\x91", /* no-break hyphen */
    "\xE2\x80\x92", /* figure dash */
    "\xE2\x80\x93", /* en dash */
};
/* clang-format on */

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Bytes of the separator that `text` begins with, or 0. */
static size_t separator_length(const char *text)
{
    if (is_digit(*text))
        return 0;
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        size_t length = strlen(separators[i]);
        if (strncmp(text, separators[i], length) == 0)
            return length;
    }
    return 0;
}

static const char *skip_separators(const char *text)
{
    size_t length;
    while ((length = separator_length(text)) > 0)
        text += length;
    return text;
}

/* How many digits the country code has that `digits` begins with, or 0. */
static size_t country_code_length(const char *digits)
{
    unsigned value = 0;
    for (size_t length = 1; length <= 3 && is_digit(digits[length - 1]); length++) {
        value = value * 10 + (unsigned)(digits[length - 1] - '0');
        if (value == 0)
            return 0;
        for (size_t i = 0; i < sizeof country_codes / sizeof country_codes[0]; i++)
            if (value >= country_codes[i].first && value <= country_codes[i].last)
                return length;
    }
    return 0;
}

/* Whether a trunk zero in parentheses begins at `text`: "+44 (0)20" is dialled in no country. */
static bool is_trunk_zero(const char *text)
{
    if (*text != '(')
        return false;
    text++;
    while (*text == ' ')
        text++;
    if (*text != '0')
        return false;
    text++;
    while (*text == ' ')
        text++;
    return *text == ')';
}

static enum status refuse_character(const char *at, struct fault *fault)
{
    if (*at == '+')
        return fault_set(fault, STATUS_INVALID,
                         "has a second +; write one number only, with one + before it");
    if (*at == 'E' || *at == 'e')
        return fault_set(fault, STATUS_INVALID,
                         "has the letter %c, as when a spreadsheet shortens a number; format the "
                         "column as text and write every digit",
                         *at);
    if (*at > ' ' && *at < 0x7F)
        return fault_set(fault, STATUS_INVALID,
                         "has '%c' in it; write digits only after the +, without an extension",
                         *at);
    return fault_set(fault, STATUS_INVALID,
                     "has a character in it that is neither a digit nor a separator; write digits "
                     "only after the +");
}

/* Copies the digits of `text`, at most DIGITS_MAX; *count counts them all. */
static enum status gather_digits(const char *text, char *digits, size_t *count, struct fault *fault)
{
    *count = 0;
    while (*text != '\0') {
        if (is_trunk_zero(text))
            return fault_set(fault, STATUS_INVALID,
                             "has a (0), which is dialled only inside the country; leave it out "
                             "(in Italy the zero belongs to the number: write it without the "
                             "parentheses)");
        size_t length = separator_length(text);
        if (length == 0 && !is_digit(*text))
            return refuse_character(text, fault);
        if (length == 0) {
            if (*count < DIGITS_MAX)
                digits[*count] = *text;
            ++*count;
            length = 1;
        }
        text += length;
    }
    digits[*count < DIGITS_MAX ? *count : DIGITS_MAX] = '\0';
    return STATUS_OK;
}

/* +1 is one plan (NANP) of fixed length. Area code 555 is let through with any exchange: the
 * platform's own test numbers are of the form +1 555 0xx xxxx. */
static enum status check_nanp(const char *national, struct fault *fault)
{
    size_t length = strlen(national);
    if (length != NANP_DIGITS)
        return fault_set(fault, STATUS_INVALID,
                         "has %zu digits after +1, where there are always 10; complete it", length);
    if (national[0] < '2')
        return fault_set(fault, STATUS_INVALID,
                         "has an area code that begins with %c, which +1 does not have; check the "
                         "digits after +1",
                         national[0]);
    if (national[3] < '2' && strncmp(national, "555", 3) != 0)
        return fault_set(fault, STATUS_INVALID,
                         "has an exchange (the digits after the area code) that begins with %c, "
                         "which +1 does not have; check the digits",
                         national[3]);
    return STATUS_OK;
}

static enum status find_plus(const char **text, struct fault *fault)
{
    const char *start = skip_separators(*text);
    if (*start == '\0')
        return fault_set(fault, STATUS_INVALID,
                         "is empty; write + and the country code, then the number, such as "
                         "+33 1 23 45 67 89");
    if (start[0] == '0' && start[1] == '0')
        return fault_set(fault, STATUS_INVALID,
                         "begins with 00, which means abroad only in some countries; write + "
                         "instead");
    if (*start != '+' && !is_digit(*start))
        return refuse_character(start, fault);
    const char *exponent = strpbrk(start, "Ee");
    if (*start != '+' && exponent)
        return refuse_character(exponent, fault);
    if (*start != '+')
        return fault_set(fault, STATUS_INVALID,
                         "does not begin with +; write + and the country code first, in quotes, "
                         "such as \"+33 1 23 45 67 89\"");
    *text = start + 1;
    return STATUS_OK;
}

enum status e164_parse(const char *text, struct e164 *number, struct fault *fault)
{
    char digits[DIGITS_MAX + 1];
    size_t count;

    memset(number, 0, sizeof *number);
    enum status status = find_plus(&text, fault);
    if (status == STATUS_OK)
        status = gather_digits(text, digits, &count, fault);
    if (status != STATUS_OK)
        return status;
    if (count < DIGITS_MIN || count > DIGITS_MAX)
        return fault_set(fault, STATUS_INVALID,
                         "has %zu digits, where a number has %d to %d with its country code; "
                         "check it",
                         count, DIGITS_MIN, DIGITS_MAX);
    size_t code_length = country_code_length(digits);
    if (code_length == 0)
        return fault_set(fault, STATUS_INVALID,
                         "begins with +%.3s, and no country has that code; check the country code",
                         digits);
    if (digits[0] == '1') {
        status = check_nanp(digits + 1, fault);
        if (status != STATUS_OK)
            return status;
    }
    snprintf(number->text, sizeof number->text, "+%s", digits);
    memcpy(number->country_code, digits, code_length);
    memcpy(number->national, digits + code_length, count - code_length);
    return STATUS_OK;
}
