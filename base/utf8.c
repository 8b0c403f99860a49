/* SPDX-License-Identifier: PostgreSQL */
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

size_t utf8_length(const char *text, size_t left)
{
    const unsigned char *byte = (const unsigned char *)text;

    if (left == 0)
        return 0;
    unsigned char lead = byte[0];
    size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    if (length == 1)
        return lead != 0 && lead < 0x80;
    if (lead > 0xf4 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
    }
    /* Table 3-7 of the Unicode standard: some leads narrow their second byte. */
    if ((lead == 0xe0 && byte[1] < 0xa0) || (lead == 0xed && byte[1] > 0x9f) ||
        (lead == 0xf0 && byte[1] < 0x90) || (lead == 0xf4 && byte[1] > 0x8f))
        return 0;
    return length;
}

/* Eight at a time, since answers are nearly all ASCII: none of them zero, none with its high bit.
 */
static bool are_eight_plain(const char *text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    uint64_t word;

    memcpy(&word, text, sizeof word);
    /* A byte borrows a high bit when it is zero; where none has one, none is zero. */
    return ((word | (word - ones)) & highs) == 0;
}

bool utf8_is_valid(const char *text, size_t bytes)
{
    for (size_t i = 0, length; i < bytes; i += length) {
        if (bytes - i >= 8 && are_eight_plain(text + i)) {
            length = 8;
            continue;
        }
        length = utf8_length(text + i, bytes - i);
        if (length == 0)
            return false;
    }
    return true;
}
