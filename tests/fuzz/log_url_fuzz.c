/* SPDX-License-Identifier: PostgreSQL */
/*
 * A query's value whose name is not listed never reaches the log, wherever strangers' bytes stand
 * around it. The input is three parts with a newline between: before, name, after.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "tests/fuzz/fuzz.h"

#define MARKER "EAAGmarker0123456789secret"
/* The log cuts long values; what is cut cannot be judged. */
#define PART_BYTES_MAX 300

static const char *const listed[] = {"fields",   "limit",         "after",
                                     "waba_id",  "waba_currency", "receiving_business_id",
                                     "business", "code_method",   "language"};

static bool is_listed(const char *name, size_t bytes)
{
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        if (strlen(listed[i]) == bytes && memcmp(listed[i], name, bytes) == 0)
            return true;
    }
    return false;
}

static char *log_line(enum log_format format, const char *url)
{
    static const struct clock clock = {0};
    char *line = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&line, &bytes);

    BUG_UNLESS(stream != NULL);
    log_open(stream, format, LOG_DEBUG, &clock);
    log_event(LOG_INFO, "fuzz.url", LOG_URL("url", url), LOG_TEXT("text", url));
    log_event(LOG_INFO, "fuzz.url", LOG_URL("url", url));
    log_open(NULL, format, LOG_DEBUG, NULL);
    BUG_UNLESS(fclose(stream) == 0);
    return line;
}

/* Every "name=value" that is shown is listed; all others end in a redaction. */
static void check_query(const char *url)
{
    static const char redacted[] = "<redacted>";
    const char *query = strchr(url, '?'), *fragment = strchr(url, '#');

    if (query == NULL || (fragment != NULL && fragment < query))
        return;
    for (const char *at = query; *at != '\0' && *at != '#';) {
        size_t bytes = strcspn(++at, "&;#"), name = strcspn(at, "=&;#");
        BUG_UNLESS(bytes == 0 || is_listed(at, name) ||
                   (bytes >= sizeof redacted - 1 && memcmp(at + bytes - (sizeof redacted - 1),
                                                           redacted, sizeof redacted - 1) == 0));
        at += bytes;
    }
}

/* Two lines: the first with the text as it is, the second with the URL alone. */
static void check_lines(const char *url, bool is_planted)
{
    char *lines[] = {log_line(LOG_FORMAT_JSON, url), log_line(LOG_FORMAT_TEXT, url)};

    for (size_t i = 0; i < 2; i++) {
        char *second = strchr(lines[i], '\n');
        BUG_UNLESS(second != NULL);
        *second++ = '\0';
        char *end = strchr(second, '\n');
        BUG_UNLESS(end != NULL && end[1] == '\0');
        *end = '\0';
        BUG_UNLESS(fuzz_is_one_line(lines[i]) && fuzz_is_one_line(second));
        BUG_UNLESS(fuzz_is_utf8(lines[i]) && fuzz_is_utf8(second));
        BUG_UNLESS(i == 1 || (fuzz_is_jsonb(lines[0]) && fuzz_is_jsonb(second)));
        BUG_UNLESS(!is_planted || strstr(second, MARKER) == NULL);
        struct json_object *line = i == 0 ? json_tokener_parse(second) : NULL, *value;
        if (line != NULL && json_object_object_get_ex(line, "url", &value))
            check_query(json_object_get_string(value));
        json_object_put(line);
        free(lines[i]);
    }
}

static bool may_be_name(const char *name)
{
    return name[strcspn(name, "=&;#\n")] == '\0' && !is_listed(name, strlen(name));
}

static bool may_be_user(const char *user)
{
    return user[strcspn(user, "?#/\n")] == '\0';
}

static void check_planted(const char *const parts[3], struct arena *arena)
{
    const char *separator = parts[2][0] != '\0' ? "&" : "";

    if (may_be_name(parts[1]))
        check_lines(arena_printf(arena, "https://graph.example/v26.0?%s&%s=" MARKER "%s%s",
                                 parts[0], parts[1], separator, parts[2]),
                    true);
    if (may_be_user(parts[0]))
        check_lines(arena_printf(arena, "https://%s:" MARKER "@%s", parts[0], parts[2]), true);
    check_lines(arena_printf(arena, "https://graph.example/%s#access_token=" MARKER "%s", parts[0],
                             parts[2]),
                true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    char *text = fuzz_text(data, size);
    const char *parts[3];
    char *rest = text;

    for (size_t i = 0; i < 3; i++) {
        const char *part = strsep(&rest, "\n");
        parts[i] = arena_printf(arena, "%.*s", PART_BYTES_MAX, part != NULL ? part : "");
    }
    check_lines(parts[0], false);
    /* Whoever has the marker as a name or in a path will see it there. */
    if (memmem(data, size, MARKER, sizeof MARKER - 1) == NULL)
        check_planted(parts, arena);
    free(text);
    arena_destroy(arena);
    return 0;
}
