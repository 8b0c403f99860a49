/* SPDX-License-Identifier: PostgreSQL */
/*
 * An option's value is taken in its range, or refused in words. The input is two
 * texts, the first ended by a zero byte: an option's name, its value.
 */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/option_value.h"
#include "planner/language.h"
#include "tests/fuzz/fuzz.h"

#define YEAR_MS ((int64_t)366 * 24 * 60 * 60 * 1000)

static const void *field_of(const struct options *options, const struct option_row *row)
{
    return (const char *)options + row->offset;
}

static int64_t integer_of(const struct options *options, const struct option_row *row)
{
    int64_t value;

    memcpy(&value, field_of(options, row), sizeof value);
    return value;
}

/* What the text says, computed anew: digits, and then a unit that is worth so much. */
static void check_duration(const char *text, int64_t ms)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    int64_t count = 0, unit_ms = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        count = count < YEAR_MS ? count * 10 + (*text - '0') : count;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        unit_ms = units[i].unit == *text ? units[i].ms : unit_ms;
    BUG_UNLESS(text[0] != '\0' && text[1] == '\0' && unit_ms > 0);
    BUG_UNLESS(ms == count * unit_ms && ms > 0 && ms <= YEAR_MS);
}

static void check_hour(const struct options *options, const char *text)
{
    BUG_UNLESS(options->has_until && strlen(text) == 5 && text[2] == ':');
    BUG_UNLESS(options->until_hour == (text[0] - '0') * 10 + text[1] - '0');
    BUG_UNLESS(options->until_minute == (text[3] - '0') * 10 + text[4] - '0');
    BUG_UNLESS(options->until_hour >= 0 && options->until_hour < 24);
    BUG_UNLESS(options->until_minute >= 0 && options->until_minute < 60);
}

static char *part(CURLU *url, CURLUPart what)
{
    char *text = NULL;

    return curl_url_get(url, what, &text, 0) == CURLUE_OK ? text : NULL;
}

/* With a call's path behind it, as the client writes it, the host is the same one and nothing else
 * has come in. */
static void check_graph_url(const char *text)
{
    static const char call[] = "/v26.0/610100/register?fields=id";
    size_t bytes = strlen(text) + sizeof call;
    char *whole = memory_take(bytes);
    CURLU *url = curl_url(), *bare = curl_url();

    memcpy(whole, text, strlen(text));
    memcpy(whole + strlen(text), call, sizeof call);
    BUG_UNLESS(curl_url_set(bare, CURLUPART_URL, text, 0) == CURLUE_OK);
    BUG_UNLESS(curl_url_set(url, CURLUPART_URL, whole, 0) == CURLUE_OK);
    char *scheme = part(url, CURLUPART_SCHEME), *host = part(url, CURLUPART_HOST);
    char *bare_host = part(bare, CURLUPART_HOST), *query = part(url, CURLUPART_QUERY);
    char *user = part(url, CURLUPART_USER), *fragment = part(url, CURLUPART_FRAGMENT);
    BUG_UNLESS(fuzz_is_showable(text));
    BUG_UNLESS(host != NULL && bare_host != NULL && strcmp(host, bare_host) == 0);
    BUG_UNLESS(user == NULL && fragment == NULL && strcmp(query, "fields=id") == 0);
    bool is_near = (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host)) ||
                   strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
    BUG_UNLESS(strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && is_near));
    char *const parts[] = {scheme, host, bare_host, query, user, fragment};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        curl_free(parts[i]);
    curl_url_cleanup(url);
    curl_url_cleanup(bare);
    free(whole);
}

static void check_taken(const struct option_row *row, const char *text,
                        const struct options *options)
{
    switch (row->type) {
    case OPTION_DURATION:
        check_duration(text, integer_of(options, row));
        break;
    case OPTION_HOUR:
        check_hour(options, text);
        break;
    case OPTION_COUNT:
        BUG_UNLESS(integer_of(options, row) >= 1 && integer_of(options, row) <= row->largest);
        break;
    case OPTION_PERCENT:
        BUG_UNLESS(integer_of(options, row) >= 1 && integer_of(options, row) <= 100);
        break;
    case OPTION_GRAPH_URL:
        check_graph_url(text);
        break;
    case OPTION_ACCEPT:
        BUG_UNLESS(strspn(text, "01234567,") == strlen(text));
        break;
    case OPTION_CHOICE:
        BUG_UNLESS(fuzz_is_showable(text));
        break;
    case OPTION_LANGUAGE: /* "fr-CA" and whatever follows the hyphen is French */
        BUG_UNLESS(language_find(text) != NULL);
        break;
    case OPTION_FLAG:
    case OPTION_TEXT:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *name = fuzz_next_text(&data, &size), *text = fuzz_next_text(&data, &size);
    const struct option_row *row = option_find(name, strlen(name));
    struct options options = {0};
    struct fault fault = FAULT_NONE;

    if (row != NULL) {
        enum status status = option_read_value(row, text, &options, &fault);
        if (status == STATUS_OK)
            check_taken(row, text, &options);
        else
            BUG_UNLESS(status == STATUS_INVALID && fault.message[0] != '\0');
    }
    free(name);
    free(text);
    return 0;
}
