/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/history.h"

#include <ctype.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <string.h>

static const char hidden[] = "<secret>";

/* Bytes of the well-formed UTF-8 character at `text`, 0 when it is not one (RFC 3629, table 3-7 of the
 * Unicode standard). NUL counts as malformed: PostgreSQL's text cannot hold it. */
static size_t utf8_length(const unsigned char *text, size_t left)
{
    unsigned char lead = text[0];
    size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;

    if (length == 1)
        return lead != 0 && lead < 0x80;
    if (lead > 0xf4 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    }
    if ((lead == 0xe0 && text[1] < 0xa0) || (lead == 0xed && text[1] > 0x9f) ||
        (lead == 0xf0 && text[1] < 0x90) || (lead == 0xf4 && text[1] > 0x8f))
        return 0;
    return length;
}

static char *clean(const char *raw, size_t bytes, struct arena *arena)
{
    size_t kept = bytes < HISTORY_ANSWER_BYTES_MAX ? bytes : HISTORY_ANSWER_BYTES_MAX;
    char *out = arena_alloc(arena, kept * 3 + 1); /* U+FFFD takes three bytes */
    char *end = out;

    for (size_t i = 0; i < kept;) {
        size_t length = utf8_length((const unsigned char *)raw + i, kept - i);
        memcpy(end, length ? raw + i : "\xef\xbf\xbd", length ? length : 3);
        end += length ? length : 3;
        i += length ? length : 1;
    }
    *end = '\0';
    return out;
}

/* A short secret (a PIN) only counts where it stands alone: its digits may be part of any id. */
static bool stands_alone(const char *start, const char *found, size_t length)
{
    return (found == start || !isalnum((unsigned char)found[-1])) &&
           !isalnum((unsigned char)found[length]);
}

static const char *mask(const char *text, const struct secret *secret, struct arena *arena)
{
    if (!secret || secret_length(secret) == 0)
        return text;
    size_t length = secret_length(secret);
    const char *from = text;
    for (const char *found; (found = strstr(from, secret_reveal(secret)));) {
        if (length < 12 && !stands_alone(text, found, length)) {
            from = found + 1;
            continue;
        }
        size_t before = (size_t)(found - text);
        text = arena_printf(arena, "%.*s%s%s", (int)before, text, hidden, found + length);
        from = text + before + sizeof hidden - 1;
    }
    return text;
}

/* The code exchange answers with the very token: it is hidden by its name. */
static const char *without_token(struct json_object *body, const char *text, struct arena *arena)
{
    struct json_object *token = NULL;

    if (!body || !json_object_is_type(body, json_type_object) ||
        !json_object_object_get_ex(body, "access_token", &token))
        return text;
    struct json_object *copy = NULL;
    if (json_object_deep_copy(body, &copy, NULL) != 0)
        return hidden;
    json_object_object_add(copy, "access_token", json_object_new_string(hidden));
    text = arena_copy_text(arena, json_object_to_json_string_ext(copy, JSON_C_TO_STRING_PLAIN));
    json_object_put(copy);
    return text;
}

const char *history_answer(const struct facts *facts, struct json_object *body, const char *raw,
                           size_t raw_bytes, struct arena *arena)
{
    const struct secret *known[] = {
        facts->system_token, facts->app_secret,           facts->business_token, facts->source_token,
        facts->signup_code,  facts->webhook_verify_token, facts->pin,
    };
    const char *text = without_token(body, clean(raw, raw_bytes, arena), arena);

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        text = mask(text, known[i], arena);
    return text;
}
