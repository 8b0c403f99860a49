/* SPDX-License-Identifier: PostgreSQL */
#include "base/utf8.h"

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

bool utf8_is_valid(const char *text, size_t bytes)
{
    for (size_t i = 0, length; i < bytes; i += length) {
        length = utf8_length(text + i, bytes - i);
        if (length == 0)
            return false;
    }
    return true;
}
