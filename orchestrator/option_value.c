/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/option_value.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "orchestrator/nearest_word.h"
#include "planner/language.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static enum status read_count(const char *text, int64_t largest, int64_t *count,
                              struct fault *fault)
{
    char *end = NULL;

    errno = 0;
    long long value = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : 0;
    if (end == NULL || *end != '\0' || errno != 0 || value < 1 || value > largest)
        return fault_set(fault, STATUS_INVALID,
                         "\"%.40s\" is not a whole number from 1 to %" PRId64, text, largest);
    *count = value;
    return STATUS_OK;
}

static enum status read_duration(const char *text, int64_t largest_ms, int64_t *duration_ms,
                                 struct fault *fault)
{
    enum status status = clock_parse_duration(text, duration_ms, fault);

    if (status == STATUS_OK && largest_ms > 0 && *duration_ms > largest_ms)
        return fault_set(fault, STATUS_INVALID, "\"%.40s\" is too long: at most %" PRId64 "s", text,
                         largest_ms / 1000);
    return status;
}

static enum status read_percent(const char *text, int64_t *percent, struct fault *fault)
{
    char digits[8];
    size_t length = strlen(text);

    if (length > 0 && text[length - 1] == '%')
        length--;
    if (length > 0 && length < sizeof digits) {
        memcpy(digits, text, length);
        digits[length] = '\0';
        if (read_count(digits, 100, percent, NULL) == STATUS_OK)
            return STATUS_OK;
    }
    return fault_set(fault, STATUS_INVALID, "\"%.40s\" is not a percentage from 1%% to 100%%",
                     text);
}

static enum status check_language(const char *text, struct fault *fault)
{
    char known[80] = "";

    if (language_find(text))
        return STATUS_OK;
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", LANGUAGES[i]->code);
    }
    return fault_set(fault, STATUS_INVALID, "\"%.40s\" is not a language of this version: %s", text,
                     known);
}

static enum status read_choice(const struct option_row *row, const char *text, void *field,
                               struct fault *fault)
{
    struct nearest_word nearest = {.given = text};

    for (const struct choice *choice = row->choices; choice->word != NULL; choice++) {
        if (strcmp(choice->word, text) != 0) {
            nearest_word_try(&nearest, choice->word);
            continue;
        }
        memcpy(field, &choice->value, sizeof choice->value);
        return STATUS_OK;
    }
    if (nearest.word != NULL)
        return fault_set(fault, STATUS_INVALID, "\"%.40s\" is not one of %s; did you mean \"%s\"?",
                         text, row->value_name, nearest.word);
    return fault_set(fault, STATUS_INVALID, "\"%.40s\" is not one of %s", text, row->value_name);
}

static bool is_exit_code(char letter)
{
    return letter >= '0' + EXIT_ALL_DONE && letter <= '0' + EXIT_REFUSED;
}

/* Single digits with a comma between them. */
static enum status read_accept(const char *text, struct fault *fault)
{
    for (const char *at = text;; at += 2) {
        if (!is_exit_code(at[0]) || (at[1] != ',' && at[1] != '\0'))
            return fault_set(fault, STATUS_INVALID,
                             "\"%.40s\" is not a list of exit codes from 0 to 7, such as 4,5",
                             text);
        if (at[1] == '\0')
            return STATUS_OK;
    }
}

/* By the address itself, not by what a resolver says of a name: only localhost is trusted as one.
 */
static bool is_loopback(const char *host)
{
    struct in_addr address;
    struct in6_addr address6;
    char bare[INET6_ADDRSTRLEN];
    size_t length = strlen(host);

    if (strcasecmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &address) == 1)
        return ntohl(address.s_addr) >> 24 == 127;
    if (length < 3 || length - 2 >= sizeof bare || host[0] != '[' || host[length - 1] != ']')
        return false;
    memcpy(bare, host + 1, length - 2);
    bare[length - 2] = '\0';
    return inet_pton(AF_INET6, bare, &address6) == 1 && IN6_IS_ADDR_LOOPBACK(&address6);
}

static void free_curl_text(char **text)
{
    curl_free(*text);
}

static void free_curl_url(CURLU **url)
{
    curl_url_cleanup(*url);
}

static bool has_part(CURLU *url, CURLUPart part)
{
    __attribute__((cleanup(free_curl_text))) char *text = NULL;

    return curl_url_get(url, part, &text, 0) == CURLUE_OK;
}

/* The messages never repeat the URL: what a person pastes there may hold a password. */
static enum status check_graph_url(const char *text, struct fault *fault)
{
    __attribute__((cleanup(free_curl_url))) CURLU *url = curl_url();
    __attribute__((cleanup(free_curl_text))) char *scheme = NULL;
    __attribute__((cleanup(free_curl_text))) char *host = NULL;

    if (url == NULL)
        return fault_set(fault, STATUS_INTERNAL, "libcurl cannot make a URL handle");
    for (const char *c = text; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7F)
            return fault_set(fault, STATUS_INVALID,
                             "that is not a URL (it has a character that none can have); write "
                             "https://HOST");

    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(url, CURLUPART_HOST, &host, 0);
    if (code != CURLUE_OK)
        return fault_set(fault, STATUS_INVALID, "that is not a URL (%s); write https://HOST",
                         curl_url_strerror(code));
    if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
        return fault_set(fault, STATUS_INVALID, "a user name or password has no place in this URL");
    /* Not by libcurl: an empty one is none to it, and the calls' paths would be in it. */
    if (strpbrk(text, "?#") != NULL)
        return fault_set(fault, STATUS_INVALID,
                         "a query or a fragment has no place in this URL; write https://HOST");
    if (strcmp(scheme, "https") == 0)
        return STATUS_OK;
    if (strcmp(scheme, "http") != 0)
        return fault_set(fault, STATUS_INVALID, "%.20s is not spoken here; write https://HOST",
                         scheme);
    if (!is_loopback(host))
        return fault_set(fault, STATUS_INVALID,
                         "plain http would send tokens in the clear and is refused unless the host "
                         "is loopback; write https");
    return STATUS_OK;
}

static void *field_at(struct options *options, size_t offset)
{
    return (char *)options + offset;
}

void option_set_text(struct options *options, size_t offset, const char *text)
{
    memcpy(field_at(options, offset), &text, sizeof text);
}

/* A flag has a value only in the environment. */
static enum status read_flag(const char *text, bool *flag, struct fault *fault)
{
    static const struct choice words[] = {{"1", 1}, {"true", 1},  {"yes", 1}, {"on", 1},
                                          {"0", 0}, {"false", 0}, {"no", 0},  {"off", 0}};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcasecmp(words[i].word, text) == 0) {
            *flag = words[i].value != 0;
            return STATUS_OK;
        }
    return fault_set(fault, STATUS_INVALID, "\"%.40s\" is neither true nor false", text);
}

enum status option_read_value(const struct option_row *row, const char *text,
                              struct options *options, struct fault *fault)
{
    void *field = field_at(options, row->offset);
    enum status status = STATUS_OK;

    if (text[0] == '\0')
        return fault_set(fault, STATUS_INVALID, "%s is missing",
                         row->value_name != NULL ? row->value_name : "a value");
    switch (row->type) {
    case OPTION_FLAG:
        return read_flag(text, field, fault);
    case OPTION_CHOICE:
        return read_choice(row, text, field, fault);
    case OPTION_COUNT:
        return read_count(text, row->largest, field, fault);
    case OPTION_PERCENT:
        return read_percent(text, field, fault);
    case OPTION_DURATION:
        return read_duration(text, row->largest, field, fault);
    case OPTION_HOUR:
        options->has_until = true;
        return clock_parse_hour(text, &options->until_hour, &options->until_minute, fault);
    case OPTION_ACCEPT:
        status = read_accept(text, fault);
        if (status == STATUS_OK)
            options->accept_codes = text;
        break;
    case OPTION_GRAPH_URL:
        status = check_graph_url(text, fault);
        break;
    case OPTION_LANGUAGE:
        status = check_language(text, fault);
        break;
    case OPTION_TEXT:
        break;
    }
    if (status == STATUS_OK)
        option_set_text(options, row->offset, text);
    return status;
}
