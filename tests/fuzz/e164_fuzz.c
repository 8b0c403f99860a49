/* SPDX-License-Identifier: PostgreSQL */
/* A number is taken whole and the same again, or refused in words. */
#include <stdlib.h>
#include <string.h>

#include "planner/e164.h"
#include "tests/fuzz/fuzz.h"

static void check_taken(const struct e164 *number)
{
    struct e164 again;
    struct fault fault = FAULT_NONE;
    size_t digits = strspn(number->text + 1, "0123456789");
    size_t code = strlen(number->country_code);

    BUG_UNLESS(number->text[0] == '+' && number->text[1 + digits] == '\0');
    BUG_UNLESS(digits >= 7 && digits <= 15 && code >= 1 && code <= 3);
    BUG_UNLESS(strncmp(number->text + 1, number->country_code, code) == 0);
    BUG_UNLESS(strcmp(number->text + 1 + code, number->national) == 0);
    BUG_UNLESS(e164_parse(number->text, &again, &fault) == STATUS_OK);
    BUG_UNLESS(memcmp(&again, number, sizeof again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct e164 number;
    struct fault fault = FAULT_NONE;
    enum status status = e164_parse(text, &number, &fault);

    if (status == STATUS_OK) {
        check_taken(&number);
    } else {
        BUG_UNLESS(status == STATUS_INVALID && fault.message[0] != '\0');
        BUG_UNLESS(fuzz_is_utf8(fault.message) && fuzz_is_one_line(fault.message));
    }
    free(text);
    return 0;
}
