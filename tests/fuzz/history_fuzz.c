/* SPDX-License-Identifier: PostgreSQL */
/*
 * What is kept of an answer holds no secret in clear, is UTF-8 and stays under its ceiling. The
 * input is the answer; in it "@T" stands for the business token as it is, "@J" for it as Meta's
 * JSON writes it, "@U" for it as in a URL, "@X" for every byte of it so, "@E" for it in JSON's \\u
 * escapes, "@H" for it as in HTML, "@P" for the PIN, "@N" for a token nobody knew before.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "jobs/body.h"
#include "orchestrator/history.h"
#include "tests/fuzz/facts.h"
#include "tests/fuzz/fuzz.h"

#define ESCAPED_TOKEN "EAAGmarker\\/business+token\\\"0123"
#define URL_TOKEN "EAAGmarker%2Fbusiness%2Btoken%220123"
#define HTML_TOKEN "EAAGmarker&#x2F;business&#x2B;token&quot;0123"
#define NEW_TOKEN "EAAGbrandnewtoken0123456789"
#define TEXT_BYTES_MAX (1024 * 1024)

/* Every byte of the token, in JSON's or a URL's way. */
static const char *encoded_token(bool is_json, char *text)
{
    size_t length = 0;

    for (const char *c = FACTS_BUSINESS_TOKEN; *c != '\0'; c++) {
        unsigned byte = (unsigned char)*c;
        length += (size_t)(is_json ? sprintf(text + length, "\\u%04X", byte)
                                   : sprintf(text + length, "%%%02x", byte));
    }
    return text;
}

static const char *planted(uint8_t letter)
{
    static char percents[256], escapes[256];

    return letter == 'T'   ? FACTS_BUSINESS_TOKEN
           : letter == 'J' ? ESCAPED_TOKEN
           : letter == 'U' ? URL_TOKEN
           : letter == 'X' ? encoded_token(false, percents)
           : letter == 'E' ? encoded_token(true, escapes)
           : letter == 'H' ? HTML_TOKEN
           : letter == 'P' ? FACTS_PIN
           : letter == 'N' ? NEW_TOKEN
                           : NULL;
}

static void plant(const uint8_t *data, size_t size, struct buffer *answer)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < size && status == STATUS_OK; i++) {
        const char *text = data[i] == '@' && i + 1 < size ? planted(data[i + 1]) : NULL;
        status = text != NULL ? buffer_append_text(answer, text)
                              : buffer_append(answer, (const char *)data + i, 1);
        i += text != NULL;
    }
}

static bool stands_alone(const char *text, const char *found, size_t bytes)
{
    return (found == text || !isalnum((unsigned char)found[-1])) &&
           !isalnum((unsigned char)found[bytes]);
}

static void check_pin(const char *text)
{
    for (const char *at = text; (at = strstr(at, FACTS_PIN)) != NULL; at++)
        BUG_UNLESS(!stands_alone(text, at, sizeof FACTS_PIN - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct facts facts;
    struct buffer answer;

    buffer_init(&answer, TEXT_BYTES_MAX);
    plant(data, size, &answer);
    facts_fill(&facts);
    BODY_OWNED *body = body_parse(buffer_text(&answer), answer.length);
    const char *kept = history_answer(&facts, body, buffer_text(&answer), answer.length, arena);
    BUG_UNLESS(fuzz_is_utf8(kept) && strlen(kept) <= HISTORY_ANSWER_BYTES_MAX);
    BUG_UNLESS((answer.length == 0) == (*kept == '\0'));
    for (const char *letter = "TJUXEH"; *letter != '\0'; letter++)
        BUG_UNLESS(strstr(kept, planted((uint8_t)*letter)) == NULL);
    check_pin(kept);
    /* The token that this answer gives is learned from here; it must not be kept beside it. */
    const char *given = body_text(body, "access_token");
    if (given != NULL && strcmp(given, NEW_TOKEN) == 0)
        BUG_UNLESS(strstr(kept, NEW_TOKEN) == NULL);
    BUG_UNLESS(strstr(kept, "\"access_token\":\"" NEW_TOKEN) == NULL);
    facts_release(&facts);
    buffer_finish(&answer);
    arena_destroy(arena);
    return 0;
}
