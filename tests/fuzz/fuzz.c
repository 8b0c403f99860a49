/* SPDX-License-Identifier: PostgreSQL */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* The bytes of the character at `at`, and the character; 0 where it is none. */
static unsigned read_character(const unsigned char *at, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned count = *at < 0x80             ? 1
                     : (*at & 0xe0) == 0xc0 ? 2
                     : (*at & 0xf0) == 0xe0 ? 3
                     : (*at & 0xf8) == 0xf0 ? 4
                                            : 0;

    *point = count <= 1 ? *at : *at & (0x7fU >> count);
    for (unsigned i = 1; i < count; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (at[i] & 0x3fU);
    }
    bool is_surrogate = *point >= 0xd800 && *point <= 0xdfff;
    return *point < least[count] || *point > 0x10ffff || is_surrogate ? 0 : count;
}

bool fuzz_is_utf8(const char *text)
{
    uint32_t point;

    for (const unsigned char *c = (const unsigned char *)(text ? text : ""); *c != '\0';) {
        unsigned count = read_character(c, &point);
        if (count == 0)
            return false;
        c += count;
    }
    return true;
}

void fuzz_make_utf8(char *text)
{
    uint32_t point;

    for (unsigned char *c = (unsigned char *)text; *c != '\0';) {
        unsigned count = read_character(c, &point);
        if (count == 0)
            *c = '?';
        c += count > 0 ? count : 1;
    }
}

/* Marks (U+200E, U+200F, U+061C) are letters of honest names; what opens and overrides is not. */
static bool turns_direction(uint32_t point)
{
    return (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

bool fuzz_is_showable(const char *text)
{
    uint32_t point;

    for (const unsigned char *c = (const unsigned char *)text; *c != '\0';) {
        unsigned count = read_character(c, &point);
        bool is_control = point < 0x20 || (point >= 0x7f && point <= 0x9f);
        if (count == 0 || is_control || turns_direction(point))
            return false;
        c += count;
    }
    return true;
}

bool fuzz_is_one_line(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c < 0x20 || *c == 0x7f)
            return false;
    }
    return true;
}

/* Each reader returns where its part ends, or NULL. */

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *read_escape(const char *at)
{
    char digits[5] = "";

    if (strchr("\"\\/bfnrt", *at) != NULL && *at != '\0')
        return at + 1;
    if (*at != 'u' || strspn(at + 1, "0123456789abcdefABCDEF") < 4)
        return NULL;
    memcpy(digits, at + 1, 4);
    unsigned long unit = strtoul(digits, NULL, 16);
    /* Our writers put UTF-8 there, never pairs. */
    return unit == 0 || (unit >= 0xd800 && unit <= 0xdfff) ? NULL : at + 5;
}

static const char *read_string(const char *at)
{
    if (*at++ != '"')
        return NULL;
    while (*at != '"') {
        if ((unsigned char)*at < 0x20)
            return NULL;
        at = *at == '\\' ? read_escape(at + 1) : at + 1;
        if (at == NULL)
            return NULL;
    }
    return at + 1;
}

static const char *read_digits(const char *at)
{
    size_t count = strspn(at, "0123456789");

    return count > 0 ? at + count : NULL;
}

static const char *read_number(const char *at)
{
    at += *at == '-';
    at = *at == '0' ? at + 1 : read_digits(at);
    if (at != NULL && *at == '.')
        at = read_digits(at + 1);
    if (at != NULL && (*at == 'e' || *at == 'E')) {
        at += 1 + strspn(at + 1, "+-") % 2;
        if (labs(strtol(at, NULL, 10)) > 400) /* a double's range, and well inside numeric's */
            return NULL;
        at = read_digits(at);
    }
    return at;
}

static const char *read_value(const char *at, unsigned depth);

static const char *read_items(const char *at, char end, unsigned depth)
{
    at = skip_space(at);
    if (*at == end)
        return at + 1;
    for (;;) {
        if (end == '}') {
            at = read_string(skip_space(at));
            at = at != NULL ? skip_space(at) : NULL;
            if (at == NULL || *at++ != ':')
                return NULL;
        }
        at = read_value(at, depth);
        at = at != NULL ? skip_space(at) : NULL;
        if (at == NULL || (*at != ',' && *at != end))
            return NULL;
        if (*at++ == end)
            return at;
    }
}

static const char *read_value(const char *at, unsigned depth)
{
    static const char *const words[] = {"null", "true", "false"};

    at = skip_space(at);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            return at + strlen(words[i]);
    }
    if (*at == '"')
        return read_string(at);
    if (*at == '{' || *at == '[')
        return depth < 100 ? read_items(at + 1, *at == '{' ? '}' : ']', depth + 1) : NULL;
    return read_number(at);
}

bool fuzz_is_jsonb(const char *text)
{
    if (text == NULL)
        return true;
    const char *end = fuzz_is_utf8(text) ? read_value(text, 0) : NULL;

    return end != NULL && *skip_space(end) == '\0';
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = memory_take(size + 1);

    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

char *fuzz_next_text(const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size > 0 ? memchr(*data, '\0', *size) : NULL;
    size_t count = end != NULL ? (size_t)(end - *data) : *size;
    char *text = fuzz_text(*data, count);

    count += end != NULL;
    *size -= count;
    *data = count > 0 ? *data + count : *data;
    return text;
}
