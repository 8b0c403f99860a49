/* SPDX-License-Identifier: PostgreSQL */
/*
 * A line of `code --file` gives a number and six digits, or is refused in words that repeat nothing
 * of a code. The input is the line; in it "@C" stands for a code, "@H" for it with its hyphen.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "orchestrator/code_line.h"
#include "tests/fuzz/fuzz.h"

#define CODE "739105"
#define HYPHENED "739-105"
#define LINE_BYTES_MAX ((size_t)1024 * 1024)

static void plant(const uint8_t *data, size_t size, struct buffer *line)
{
    for (size_t i = 0; i < size && data[i] != '\0'; i++) {
        uint8_t letter = data[i] == '@' && i + 1 < size ? data[i + 1] : 0;
        const char *code = letter == 'C' ? CODE : letter == 'H' ? HYPHENED : NULL;
        BUG_UNLESS((code != NULL ? buffer_append_text(line, code)
                                 : buffer_append(line, data + i, 1)) == STATUS_OK);
        i += code != NULL;
    }
}

static void check_taken(const char *line, const struct e164 *number, const struct secret *code)
{
    const char *digits = secret_reveal(code);
    struct e164 again;

    BUG_UNLESS(strlen(digits) == 6 && strspn(digits, "0123456789") == 6);
    BUG_UNLESS(e164_parse(number->text, &again, NULL) == STATUS_OK);
    BUG_UNLESS(memcmp(&again, number, sizeof again) == 0);
    /* They are the line's last digits. */
    const char *at = line + strlen(line);
    for (size_t left = 6; left > 0; at--) {
        BUG_UNLESS(at > line);
        if (at[-1] >= '0' && at[-1] <= '9')
            BUG_UNLESS(at[-1] == digits[--left]);
    }
}

static void check_refused(const struct fault *fault)
{
    static const char *const parts[] = {"739", "391", "910"}; /* "105" may be a number's digits */

    BUG_UNLESS(fault->message[0] != '\0' && fuzz_is_utf8(fault->message));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        BUG_UNLESS(strstr(fault->message, parts[i]) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer line;
    struct fault fault = FAULT_NONE;
    struct e164 number;
    struct secret *code = NULL;

    buffer_init(&line, LINE_BYTES_MAX);
    plant(data, size, &line);
    if (line.length > CODE_LINE_BYTES_MAX)
        buffer_clear(&line); /* refused before it comes here */
    char *copy = memory_copy_text(buffer_text(&line));
    enum status status = code_line_read(copy, &number, &code, &fault);
    BUG_UNLESS((status == STATUS_OK) == (code != NULL));
    if (status == STATUS_OK)
        check_taken(buffer_text(&line), &number, code);
    else
        check_refused(&fault);
    BUG_UNLESS(status == STATUS_OK || status == STATUS_INVALID);
    secret_destroy(code);
    free(copy);
    buffer_finish(&line);
    return 0;
}
