/* SPDX-License-Identifier: PostgreSQL */
/*
 * A password in a database's address reaches no message. What libpq repeats are the other parts of
 * the address, so where the check lets one through, the password is in none of them. The input is
 * texts, each ended by a zero byte: what stands before the password, before and after the marker in
 * it, and after it; the first alone is an address too.
 */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "orchestrator/conninfo.h"
#include "tests/fuzz/fuzz.h"

#define MARKER "marker0123456789password"
#define TEXTS 4

static bool is_secret(const char *keyword)
{
    return strcmp(keyword, "password") == 0 || strcmp(keyword, "sslpassword") == 0;
}

static void check_parts(const char *conninfo)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);

    BUG_UNLESS(options != NULL);
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (option->val == NULL || is_secret(option->keyword))
            continue;
        BUG_UNLESS(strstr(option->val, MARKER) == NULL);
        if (strcmp(option->keyword, "port") == 0)
            BUG_UNLESS(strspn(option->val, "0123456789,") == strlen(option->val));
    }
    PQconninfoFree(options);
}

static void check(const char *conninfo, bool has_password)
{
    struct fault fault = FAULT_NONE;
    enum status status = conninfo_check(conninfo, &fault);

    BUG_UNLESS(strstr(fault.message, MARKER) == NULL);
    if (status == STATUS_OK && has_password)
        check_parts(conninfo);
    else
        BUG_UNLESS(status == STATUS_OK || (status == STATUS_DATABASE && fault.message[0] != '\0'));
}

/* A value without spaces and quotes is one value. */
static bool is_bare(const char *text)
{
    return text[strcspn(text, " \t\n\v\f\r'\\")] == '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    char *texts[TEXTS];
    bool is_marked = size > 0 && memmem(data, size, MARKER, sizeof MARKER - 1) != NULL;

    for (size_t i = 0; i < TEXTS; i++)
        texts[i] = fuzz_next_text(&data, &size);
    check(texts[0], false);
    if (!is_marked) {
        check(arena_printf(arena, "postgresql://%s:%s" MARKER "%s@%s", texts[0], texts[1], texts[2],
                           texts[3]),
              true);
        if (is_bare(texts[1]) && is_bare(texts[2]))
            check(arena_printf(arena, "host=/nowhere password=%s" MARKER "%s user=me", texts[1],
                               texts[2]),
                  true);
    }
    for (size_t i = 0; i < TEXTS; i++)
        free(texts[i]);
    arena_destroy(arena);
    return 0;
}
