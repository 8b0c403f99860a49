/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/code_line.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define CODE_DIGITS 6

/* Drops the one hyphen that WhatsApp shows in the middle. */
static bool read_code(const char *text, char digits[CODE_DIGITS + 1])
{
    size_t count = 0;

    for (; *text != '\0'; text++) {
        if (*text == '-' && count == CODE_DIGITS / 2 && text[-1] != '-')
            continue;
        if (!isdigit((unsigned char)*text) || count == CODE_DIGITS)
            return false;
        digits[count++] = *text;
    }
    digits[count] = '\0';
    return count == CODE_DIGITS;
}

enum status code_line_read_words(const char *number, const char *code, struct e164 *e164,
                                 struct secret **secret, struct fault *fault)
{
    char digits[CODE_DIGITS + 1];
    enum status status = STATUS_OK;

    *secret = NULL;
    if (!read_code(code, digits))
        status = fault_set(fault, STATUS_INVALID,
                           "what follows the number is no code; a code is six digits, such as "
                           "123456 or 123-456");
    else if ((status = e164_parse(number, e164, fault)) != STATUS_OK)
        fault_prefix(fault, "the number ");
    if (status == STATUS_OK)
        *secret = secret_create(digits);
    explicit_bzero(digits, sizeof digits);
    return status;
}

enum status code_line_read(char *line, struct e164 *e164, struct secret **secret,
                           struct fault *fault)
{
    size_t length = strlen(line);

    *secret = NULL;
    while (length > 0 && isspace((unsigned char)line[length - 1]))
        line[--length] = '\0';
    line += strspn(line, " \t");
    char *code = strrchr(line, ' '), *tab = strrchr(line, '\t');
    if (!code || (tab && tab > code))
        code = tab;
    if (!code)
        return fault_set(fault, STATUS_INVALID,
                         "a line is a number and its code: +33123456789 123456");
    *code++ = '\0';
    return code_line_read_words(line, code, e164, secret, fault);
}
