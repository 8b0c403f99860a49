/* SPDX-License-Identifier: PostgreSQL */
/*
 * An array literal is read back as the elements it was made of, by the rules of PostgreSQL's manual
 * (8.15.6, written anew here). The input is texts, each ended by a zero byte; one that begins with
 * byte 1 stands for NULL, with byte 2 for an integer, with byte 3 for a boolean.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/pg.h"
#include "tests/fuzz/fuzz.h"

#define ELEMENTS_MAX 64

enum { IS_NULL = 1, IS_INTEGER, IS_BOOLEAN };

/* The element as PostgreSQL would say it; NULL for NULL. */
static char *add_element(struct pg_array *array, const char *text)
{
    char digits[32];

    switch (text[0]) {
    case IS_NULL:
        pg_array_add_text(array, NULL);
        return NULL;
    case IS_INTEGER:
        snprintf(digits, sizeof digits, "%" PRId64, (int64_t)strtoll(text + 1, NULL, 10));
        pg_array_add_i64(array, strtoll(text + 1, NULL, 10));
        return memory_copy_text(digits);
    case IS_BOOLEAN:
        pg_array_add_bool(array, text[1] != '\0');
        return memory_copy_text(text[1] != '\0' ? "t" : "f");
    default:
        pg_array_add_text(array, text);
        return memory_copy_text(text);
    }
}

/* Reads one element; the place after it. *is_null: the bare word. */
static const char *read_element(const char *at, char *out, bool *is_null)
{
    bool is_quoted = *at == '"';

    at += is_quoted;
    const char *start = out;
    for (; is_quoted ? *at != '"' : *at != ',' && *at != '}'; at++) {
        BUG_UNLESS(*at != '\0');
        BUG_UNLESS(is_quoted || strchr("\"\\{ \t\r\n", *at) == NULL);
        if (*at == '\\')
            BUG_UNLESS(*++at != '\0');
        *out++ = *at;
    }
    *out = '\0';
    *is_null = !is_quoted && strcasecmp(start, "NULL") == 0;
    BUG_UNLESS(is_quoted || *start != '\0');
    return at + is_quoted;
}

static void check_literal(const char *literal, char *const *elements, size_t count)
{
    char *text = memory_take(strlen(literal) + 1);
    const char *at = literal;
    bool is_null;

    BUG_UNLESS(*at == '{');
    for (size_t i = 0; i < count; i++) {
        BUG_UNLESS(*at == (i == 0 ? '{' : ','));
        at = read_element(at + 1, text, &is_null);
        BUG_UNLESS(is_null == (elements[i] == NULL));
        BUG_UNLESS(is_null || strcmp(text, elements[i]) == 0);
    }
    BUG_UNLESS(strcmp(at, count == 0 ? "{}" : "}") == 0);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *elements[ELEMENTS_MAX];
    struct pg_array array;
    size_t count = 0;

    pg_array_init(&array);
    while (size > 0 && count < ELEMENTS_MAX) {
        char *text = fuzz_next_text(&data, &size);
        elements[count++] = add_element(&array, text);
        free(text);
    }
    BUG_UNLESS(array.count == count);
    check_literal(pg_array_literal(&array), elements, count);
    pg_array_finish(&array);
    while (count > 0)
        free(elements[--count]);
    return 0;
}
