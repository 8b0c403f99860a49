/* SPDX-License-Identifier: PostgreSQL */
/*
 * Whatever stands in a field, a line of the log is one line, and it is read back as it was: JSON by
 * json-c, text by the rule that a value with a space in it is quoted. The input is three texts,
 * each ended by a zero byte.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tests/fuzz/fuzz.h"

#define TEXTS 3
/* What the log keeps of a value. */
#define VALUE_BYTES_MAX 4096

static const char *const names[TEXTS] = {"why", "note", "customer"};

static char *write_line(enum log_format format, char *const texts[TEXTS])
{
    static const struct clock clock = {0};
    char *line = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&line, &bytes);

    BUG_UNLESS(stream != NULL);
    log_open(stream, format, LOG_DEBUG, &clock);
    log_event(LOG_WARN, "fuzz.line", LOG_TEXT(names[0], texts[0]), LOG_TEXT(names[1], texts[1]),
              LOG_I64("ms", -9), LOG_TEXT(names[2], texts[2]));
    log_open(NULL, format, LOG_DEBUG, NULL);
    BUG_UNLESS(fclose(stream) == 0);
    BUG_UNLESS(bytes > 0 && strlen(line) == bytes && line[bytes - 1] == '\n');
    line[bytes - 1] = '\0';
    return line;
}

static void check_json(const char *line, char *const texts[TEXTS])
{
    struct json_object *object = json_tokener_parse(line), *value;

    BUG_UNLESS(fuzz_is_jsonb(line) && fuzz_is_showable(line));
    BUG_UNLESS(json_object_is_type(object, json_type_object));
    BUG_UNLESS(json_object_object_length(object) == 3 + TEXTS + 1); /* ts, level, event, ms */
    BUG_UNLESS(json_object_object_get_ex(object, "event", &value));
    BUG_UNLESS(strcmp(json_object_get_string(value), "fuzz.line") == 0);
    for (size_t i = 0; i < TEXTS; i++) {
        BUG_UNLESS(json_object_object_get_ex(object, names[i], &value));
        if (fuzz_is_utf8(texts[i]) && strlen(texts[i]) < VALUE_BYTES_MAX)
            BUG_UNLESS(strcmp(json_object_get_string(value), texts[i]) == 0);
    }
    json_object_put(object);
}

/* Passes over one value. */
static const char *skip_value(const char *at)
{
    if (*at != '"')
        return at + strcspn(at, " ");
    for (at++; *at != '"'; at++) {
        BUG_UNLESS(*at != '\0');
        at += *at == '\\' && at[1] != '\0';
    }
    return at + 1;
}

static void check_text(const char *line)
{
    static const char *const shown[] = {"  why=", " note=", " ms=-9 customer="};
    const char *at = strstr(line, "  why=");

    BUG_UNLESS(fuzz_is_showable(line) && at != NULL);
    for (size_t i = 0; i < TEXTS; i++) {
        BUG_UNLESS(strncmp(at, shown[i], strlen(shown[i])) == 0);
        at = skip_value(at + strlen(shown[i]));
    }
    BUG_UNLESS(*at == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *texts[TEXTS];

    for (size_t i = 0; i < TEXTS; i++)
        texts[i] = fuzz_next_text(&data, &size);
    char *json = write_line(LOG_FORMAT_JSON, texts), *text = write_line(LOG_FORMAT_TEXT, texts);
    check_json(json, texts);
    check_text(text);
    free(json);
    free(text);
    for (size_t i = 0; i < TEXTS; i++)
        free(texts[i]);
    return 0;
}
