/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/history.h"

#include <ctype.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "jobs/body.h"

#define NEEDLES_MAX 9
#define SHORT_BYTES 12

static const char hidden[] = "<secret>";
static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
static const char token_name[] = "access_token";

struct needle {
    const char *text;
    size_t length;
};

struct haystack {
    const char *start, *end;
    struct needle needles[NEEDLES_MAX];
    size_t needle_count;
    const char *hidden_end; /* of what was hidden last */
    /* Looking closer at every character costs a fifth of the program, and almost all of an answer
     * begins nothing to hide: told by a character and the one behind it. A bit a needle. */
    bool is_plain[256]; /* ASCII that no needle begins with, encoded or not */
    uint16_t first[256], second[256];
};

#define TOKEN_BIT (1u << NEEDLES_MAX)
#define ALL_BITS ((1u << (NEEDLES_MAX + 1)) - 1)

/* What may stand for any character (spell_encoded()). */
static bool begins_encoding(char c)
{
    return c == '\\' || c == '%' || c == '&';
}

static void add_bits(struct haystack *hay, unsigned bit, const char *text)
{
    hay->is_plain[(unsigned char)text[0]] = false;
    hay->first[(unsigned char)text[0]] |= (uint16_t)bit;
    if (text[1] != '\0')
        hay->second[(unsigned char)text[1]] |= (uint16_t)bit;
    for (size_t c = 0; text[1] == '\0' && c < sizeof hay->is_plain; c++)
        hay->second[c] |= (uint16_t)bit; /* whatever comes behind it */
}

static void begin(struct haystack *hay)
{
    for (size_t c = 1; c < 0x80; c++) {
        hay->is_plain[c] = !begins_encoding((char)c);
        if (!hay->is_plain[c])
            hay->first[c] = hay->second[c] = ALL_BITS;
    }
    add_bits(hay, TOKEN_BIT, token_name);
}

/* Whether a needle, the token's name, or what is no ASCII may begin there. */
static bool may_matter(const struct haystack *hay, const char *at)
{
    unsigned char c = (unsigned char)*at;

    if (hay->is_plain[c])
        return false;
    if (c == 0 || c >= 0x80 || begins_encoding(*at) || at + 1 == hay->end)
        return true;
    return (hay->first[c] & hay->second[(unsigned char)at[1]]) != 0;
}

static void add_needle(struct haystack *hay, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    BUG_UNLESS(hay->needle_count < NEEDLES_MAX);
    add_bits(hay, 1u << hay->needle_count, text);
    hay->needles[hay->needle_count++] = (struct needle){text, strlen(text)};
}

static void add_secret(struct haystack *hay, const struct secret *secret)
{
    if (secret != NULL)
        add_needle(hay, secret_reveal(secret));
}

static int hex_value(char digit)
{
    return isdigit((unsigned char)digit)    ? digit - '0'
           : isxdigit((unsigned char)digit) ? tolower((unsigned char)digit) - 'a' + 10
                                            : -1;
}

/* Whether the `count` digits at `at` are there and spell `byte`. */
static bool spells_hex(const struct haystack *hay, const char *at, size_t count, char byte)
{
    int value = 0;

    if ((size_t)(hay->end - at) < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (hex_value(at[i]) < 0 || value > 0xff)
            return false;
        value = value * 16 + hex_value(at[i]);
    }
    return value == (unsigned char)byte;
}

static bool starts(const struct haystack *hay, const char *at, const char *text)
{
    size_t length = strlen(text);

    return (size_t)(hay->end - at) >= length && memcmp(at, text, length) == 0;
}

/* Bytes at `at` that stand for `byte` in a URL ("%2F"), in JSON ("\u002f", "\/") or in HTML
 * ("&#x2F;",
 * "&amp;"), or 0: a proxy's page of an error repeats the call as it likes. */
static size_t spell_encoded(const struct haystack *hay, const char *at, char byte)
{
    static const struct {
        char byte;
        const char *text;
    } names[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

    if (starts(hay, at, "%"))
        return spells_hex(hay, at + 1, 2, byte) ? 3 : 0;
    if (starts(hay, at, "\\u"))
        return spells_hex(hay, at + 2, 4, byte) ? 6 : 0;
    if (starts(hay, at, "\\"))
        return strchr("/\"\\", byte) != NULL && at + 1 < hay->end && at[1] == byte ? 2 : 0;
    if (starts(hay, at, "&#x") || starts(hay, at, "&#X"))
        return spells_hex(hay, at + 3, 2, byte) && starts(hay, at + 5, ";") ? 6 : 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].byte == byte && starts(hay, at, names[i].text))
            return strlen(names[i].text);
    }
    return 0;
}

/* The end of an escape ("\n", "%3D", "\u003a") belongs to no word. */
static bool is_word(const struct haystack *hay, const char *at)
{
    if (at >= hay->end || !isalnum((unsigned char)*at))
        return false;
    if (at > hay->start && at[-1] == '\\')
        return false;
    if (at - hay->start >= 2 && at[-2] == '%' && hex_value(at[-1]) >= 0 && hex_value(*at) >= 0)
        return false;
    return at - hay->start < 5 || at[-5] != '\\' || at[-4] != 'u';
}

/* Bytes at `at` that spell the needle, or 0: as it is, or with any of it encoded. A needle may have
 * itself what looks like an encoding, so the two are tried apart. */
static size_t spell(const struct haystack *hay, const struct needle *needle, const char *at)
{
    const char *from = at;

    if (starts(hay, at, needle->text))
        return needle->length;
    for (size_t i = 0; i < needle->length; i++) {
        size_t bytes = spell_encoded(hay, at, needle->text[i]);
        if (bytes == 0 && (at == hay->end || *at != needle->text[i]))
            return 0;
        at += bytes > 0 ? bytes : 1;
    }
    return (size_t)(at - from);
}

/* Nearly always the answer is no: neither its first character nor the start of an encoding. */
static bool may_begin(const struct haystack *hay, const struct needle *needle, const char *at)
{
    return at < hay->end && (*at == needle->text[0] || *at == '%' || *at == '\\' || *at == '&');
}

static size_t find_long(const struct haystack *hay, const char *at)
{
    size_t longest = 0;

    for (size_t i = 0; i < hay->needle_count; i++) {
        const struct needle *needle = &hay->needles[i];
        bool may_be = needle->length >= SHORT_BYTES && may_begin(hay, needle, at);
        size_t bytes = may_be ? spell(hay, needle, at) : 0;
        longest = bytes > longest ? bytes : longest;
    }
    return longest;
}

/* A short secret (a PIN) only counts where it stands alone, or will once its neighbour is hidden:
 * its digits may be part of any id. */
static size_t find_short(const struct haystack *hay, const char *at)
{
    for (size_t i = 0; i < hay->needle_count; i++) {
        const struct needle *needle = &hay->needles[i];
        bool may_be = needle->length < SHORT_BYTES && may_begin(hay, needle, at);
        size_t bytes = may_be ? spell(hay, needle, at) : 0;
        if (bytes > 0 && at > hay->start && at != hay->hidden_end && is_word(hay, at - 1))
            return 0;
        if (bytes > 0 && (!is_word(hay, at + bytes) || find_long(hay, at + bytes) > 0))
            return bytes;
    }
    return 0;
}

/* Whether `at` is a token's name, by which the token of a code exchange is hidden even in an answer
 * that was cut or is no JSON. *value is where the token begins, *after where it ends. */
static bool names_token(const struct haystack *hay, const char *at, const char **value,
                        const char **after)
{
    size_t length = sizeof token_name - 1;
    bool is_assigned = false, is_quoted = false;

    if (*at != token_name[0] || (size_t)(hay->end - at) < length ||
        memcmp(at, token_name, length) != 0)
        return false;
    for (at += length; at < hay->end && *at != '\0' && strchr("\\\" \t\r\n:=", *at); at++) {
        is_quoted = is_assigned && *at == '"';
        is_assigned = is_assigned || *at == ':' || *at == '=';
        if (is_quoted) {
            at++;
            break;
        }
    }
    const char *ends = is_quoted ? "\"" : "\"&,}] \t\r\n";
    *value = at;
    while (at < hay->end && (*at == '\0' || strchr(ends, *at) == NULL))
        at++;
    *after = at;
    return is_assigned && *after > *value;
}

/* As much of it as there is room for, whole characters: an answer is kept up to its ceiling. */
static enum status append_run(struct buffer *out, const char *text, size_t bytes)
{
    size_t room = HISTORY_ANSWER_BYTES_MAX - out->length;

    if (bytes <= room)
        return buffer_append(out, text, bytes);
    while (room > 0 && ((unsigned char)text[room] & 0xc0) == 0x80)
        room--;
    enum status status = buffer_append(out, text, room);
    return status == STATUS_OK ? STATUS_LIMIT : status;
}

/* Something that is not kept as it is. */
struct find {
    const char *from, *to; /* what is kept ends at `from`, and goes on at `to` */
    const char *instead;
};

/* The next one at or after `at`; false when the rest may stay. */
static bool find_next(struct haystack *hay, const char *at, struct find *find)
{
    const char *value, *after;
    size_t bytes;

    for (; at < hay->end; at += bytes) {
        while (at < hay->end && !may_matter(hay, at))
            at++;
        if (at == hay->end)
            break;
        bytes = find_long(hay, at);
        bytes = bytes > 0 ? bytes : find_short(hay, at);
        if (bytes > 0) {
            *find = (struct find){at, at + bytes, hidden};
            hay->hidden_end = find->to;
            return true;
        }
        if (names_token(hay, at, &value, &after)) {
            *find = (struct find){value, after, hidden};
            return true;
        }
        bytes = utf8_length(at, (size_t)(hay->end - at));
        if (bytes == 0) {
            *find = (struct find){at, at + 1, replacement};
            return true;
        }
    }
    return false;
}

static const char *rewrite(struct haystack *hay, struct arena *arena)
{
    enum status status = STATUS_OK;
    const char *at = hay->start;
    struct buffer out;
    struct find find;

    if (!find_next(hay, at, &find) && hay->end - at <= HISTORY_ANSWER_BYTES_MAX)
        return arena_copy_bytes(arena, at, (size_t)(hay->end - at));
    buffer_init(&out, HISTORY_ANSWER_BYTES_MAX);
    hay->hidden_end = NULL;
    while (status == STATUS_OK && find_next(hay, at, &find)) {
        status = append_run(&out, at, (size_t)(find.from - at));
        status = status == STATUS_OK ? buffer_append_text(&out, find.instead) : status;
        at = find.to;
    }
    if (status == STATUS_OK)
        (void)!append_run(&out, at, (size_t)(hay->end - at));
    const char *text = arena_copy_text(arena, buffer_text(&out));
    buffer_finish(&out);
    return text;
}

static void look_for(struct haystack *hay, const struct facts *facts, struct json_object *body)
{
    begin(hay);
    add_secret(hay, facts->system_token);
    add_secret(hay, facts->app_secret);
    add_secret(hay, facts->business_token);
    add_secret(hay, facts->source_token);
    add_secret(hay, facts->signup_code);
    add_secret(hay, facts->webhook_verify_token);
    add_secret(hay, facts->pin);
    add_secret(hay, facts->verification_code);
    /* However its name was spelled. */
    add_needle(hay, body_text(body, token_name));
}

const char *history_answer(const struct facts *facts, struct json_object *body, const char *raw,
                           size_t raw_bytes, struct arena *arena)
{
    struct haystack hay = {.start = raw, .end = raw + raw_bytes};

    look_for(&hay, facts, body);
    return rewrite(&hay, arena);
}

static void clean_text(struct haystack *hay, struct json_object *text)
{
    struct arena *arena;

    hay->start = json_object_get_string(text);
    hay->end = hay->start + json_object_get_string_len(text);
    hay->hidden_end = NULL;
    arena = arena_create();
    (void)!json_object_set_string(text, rewrite(hay, arena));
    arena_destroy(arena);
}

/* Graph's errors are two or three objects deep, and json-c reads no more than 32. */
static void clean_value(struct haystack *hay, struct json_object *value)
{
    if (json_object_is_type(value, json_type_string)) {
        clean_text(hay, value);
    } else if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, name, member)
        {
            (void)name;
            clean_value(hay, member);
        }
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            clean_value(hay, json_object_array_get_idx(value, i));
    }
}

void history_clean_error(const struct facts *facts, struct json_object *body)
{
    struct haystack hay = {0};
    struct json_object *error;

    if (!json_object_is_type(body, json_type_object) ||
        !json_object_object_get_ex(body, "error", &error))
        return;
    look_for(&hay, facts, NULL);
    clean_value(&hay, error);
}
