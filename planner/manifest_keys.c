/* SPDX-License-Identifier: PostgreSQL */
#include "planner/manifest_keys.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

enum {
    KEY_BYTES_MAX = 128,
    TEXT_BYTES_MAX = 1024,
    ID_DIGITS_MAX = 19, /* Meta's ids are 64-bit numbers */
    HTTPS_BYTES_MAX = 200,
    PORT_MAX = 65535,
    ENV_BYTES_MAX = 64,
    ENDED_GRAPH_VERSION = 20, /* ended on 24 September 2026, with all before it */
    NAME_BYTES_MAX = 63       /* longer names are not compared for likeness */
};

/* clang-format off */
static const char *const paths[] = {"embedded_signup", "programmatic", NULL};
static const char *const template_plans[] = {"before_register", "after_register", "leave", NULL};
static const char *const profile_plans[] = {"keep", "report", NULL};
static const char *const code_methods[] = {"SMS", "VOICE", NULL};
static const char *const credit_methods[] = {"sharing_and_attach", "sharing_then_attach", NULL};
static const char *const regions[] = {"AU", "ID", "IN", "JP", "SG", "KR", "DE", "CH", "GB", "BR",
                                      "BH", "ZA", "AE", "CA", NULL};
/* For advice only; eligibility.c decides what a rule is. */
static const char *const rules[] = {
    "business_verified", "source_waba_approved", "destination_waba_approved", "payment_method",
    "two_step_off", "name_approved", "no_pending_name_change", "not_test_number",
    "not_business_app", "cloud_api", "same_business", "webhooks_subscribed", "not_already_moved",
    "registration_budget", "template_headroom", "waba_currency", "signup_captured",
    "number_verified", NULL};

/* NOLINTBEGIN(bugprone-macro-parentheses): parts of initializers, which take no parentheses */
#define TABLE(table_name, what, record, keys)                                                      \
    const struct manifest_table table_name = {what, record, keys, sizeof(keys) / sizeof((keys)[0])}
#define REQUIRED .is_required = true
#define IN(type, field) .offset = offsetof(struct type, field)
#define OF_CUSTOMER .record = RECORD_CUSTOMER
#define OF_NUMBER .record = RECORD_NUMBER
#define SETTINGS_OF_A_NUMBER(type, field)                                                          \
    {"path", KIND_CHOICE, IN(type, field.path), .choices = paths, OF_NUMBER},                      \
    {"templates", KIND_CHOICE, IN(type, field.templates), .choices = template_plans, OF_NUMBER},   \
    {"data_localization_region", KIND_CHOICE, IN(type, field.data_localization_region),            \
     .choices = regions, OF_NUMBER},                                                               \
    {"code_method", KIND_CHOICE, IN(type, field.code_method), .choices = code_methods, OF_NUMBER}, \
    {"language", KIND_LANGUAGE, IN(type, field.language), OF_NUMBER}
/* A WABA has one currency, so in a numbers file this one is the customer's. */
#define SETTINGS_OF_A_CUSTOMER(type, field)                                                        \
    {"waba_currency", KIND_CURRENCY, IN(type, field.waba_currency), OF_CUSTOMER}
/* Of the WABA, like the templates themselves. */
#define TEMPLATE_TIMES(type, field)                                                                \
    {"templates_wait", KIND_DURATION, IN(type, field.templates_wait), OF_CUSTOMER},                \
    {"templates_settle", KIND_DURATION, IN(type, field.templates_settle), OF_CUSTOMER}
#define PROFILE_PLAN(type, field)                                                                  \
    {"business_profile", KIND_CHOICE, IN(type, field.business_profile), .choices = profile_plans, \
     OF_CUSTOMER}
#define SETTINGS(type, field) SETTINGS_OF_A_CUSTOMER(type, field), SETTINGS_OF_A_NUMBER(type, field)
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct manifest_key credential_keys[] = {
    {.name = "env", .kind = KIND_CREDENTIAL_ENV},
    {.name = "file", .kind = KIND_CREDENTIAL_FILE},
};
static TABLE(credential_table, "credential", RECORD_OUTER, credential_keys);
#define CREDENTIAL .kind = KIND_CREDENTIAL, .table = &credential_table

#define FACTS_OF_A_NUMBER                                                                          \
    {"number", KIND_NUMBER, REQUIRED, IN(manifest_number, number), OF_NUMBER},                     \
    {"source_phone_number_id", KIND_ID, IN(manifest_number, source_phone_number_id), OF_NUMBER},   \
    {"phone_number_id", KIND_ID, IN(manifest_number, phone_number_id), OF_NUMBER}

static const struct manifest_key number_keys[] = {
    FACTS_OF_A_NUMBER,
    SETTINGS(manifest_number, settings),
};
TABLE(MANIFEST_NUMBER_KEYS, "number", RECORD_NUMBER, number_keys);

static const struct manifest_key webhook_keys[] = {
    {"override_callback_uri", KIND_HTTPS, REQUIRED,
     IN(manifest_customer, webhook_override_callback_uri)},
    {"verify_token", CREDENTIAL, REQUIRED, IN(manifest_customer, webhook_verify_token_ref)},
};
static TABLE(webhook_table, "webhook", RECORD_OUTER, webhook_keys);

#define FACTS_OF_A_CUSTOMER                                                                        \
    {"name", KIND_TEXT, IN(manifest_customer, name), OF_CUSTOMER},                                 \
    {"business_id", KIND_ID, REQUIRED, IN(manifest_customer, business_id), OF_CUSTOMER},           \
    {"source_waba_id", KIND_ID, REQUIRED, IN(manifest_customer, source_waba_id), OF_CUSTOMER},     \
    {"destination_waba_id", KIND_ID, IN(manifest_customer, destination_waba_id), OF_CUSTOMER},     \
    {"token", CREDENTIAL, IN(manifest_customer, token_ref), OF_CUSTOMER},                          \
    {"source_token", CREDENTIAL, IN(manifest_customer, source_token_ref), OF_CUSTOMER},            \
    {"webhook", KIND_MAPPING, .table = &webhook_table, OF_CUSTOMER},                               \
    {"attest", KIND_ATTEST, OF_CUSTOMER}

static const struct manifest_key customer_keys[] = {
    {"id", KIND_KEY, REQUIRED, IN(manifest_customer, id)},
    FACTS_OF_A_CUSTOMER,
    SETTINGS(manifest_customer, settings),
    TEMPLATE_TIMES(manifest_customer, settings),
    PROFILE_PLAN(manifest_customer, settings),
    {"numbers", KIND_SEQUENCE, .table = &MANIFEST_NUMBER_KEYS},
};
TABLE(MANIFEST_CUSTOMER_KEYS, "customer", RECORD_CUSTOMER, customer_keys);

static const struct manifest_key row_keys[] = {
    {"customer", KIND_KEY, REQUIRED, IN(manifest_customer, id), OF_CUSTOMER},
    FACTS_OF_A_NUMBER,
    FACTS_OF_A_CUSTOMER,
    SETTINGS_OF_A_CUSTOMER(manifest_customer, settings),
    TEMPLATE_TIMES(manifest_customer, settings),
    PROFILE_PLAN(manifest_customer, settings),
    SETTINGS_OF_A_NUMBER(manifest_number, settings),
};
TABLE(MANIFEST_ROW_KEYS, "row", RECORD_OUTER, row_keys);

static const struct manifest_key partner_keys[] = {
    {"business_id", KIND_ID, REQUIRED, IN(manifest_document, batch.business_id)},
    {"app_id", KIND_ID, REQUIRED, IN(manifest_document, batch.app_id)},
    {"system_token", CREDENTIAL, REQUIRED, IN(manifest_document, batch.system_token_ref)},
    {"app_secret", CREDENTIAL, IN(manifest_document, batch.app_secret_ref)},
    {"credit_line_id", KIND_ID, IN(manifest_document, batch.credit_line_id)},
    {"credit_method", KIND_CHOICE, IN(manifest_document, batch.credit_method), .choices = credit_methods},
    {"system_user_id", KIND_ID, IN(manifest_document, batch.system_user_id)},
};
static TABLE(partner_table, "partner", RECORD_OUTER, partner_keys);

static const struct manifest_key graph_keys[] = {
    {"version", KIND_GRAPH_VERSION, IN(manifest_document, batch.graph_version)},
};
static TABLE(graph_table, "graph", RECORD_OUTER, graph_keys);

static const struct manifest_key default_keys[] = {
    SETTINGS(manifest_document, batch.defaults),
    TEMPLATE_TIMES(manifest_document, batch.defaults),
    PROFILE_PLAN(manifest_document, batch.defaults),
};
static TABLE(defaults_table, "defaults", RECORD_OUTER, default_keys);

static const struct manifest_key document_keys[] = {
    {"version", KIND_VERSION, REQUIRED},
    {"batch", KIND_KEY, REQUIRED, IN(manifest_document, batch.batch)},
    {"partner", KIND_MAPPING, REQUIRED, .table = &partner_table},
    {"graph", KIND_MAPPING, .table = &graph_table},
    {"defaults", KIND_MAPPING, .table = &defaults_table},
    {"customers", KIND_SEQUENCE, .table = &MANIFEST_CUSTOMER_KEYS},
    {"numbers_file", KIND_FILE, IN(manifest_document, numbers_file)},
};
TABLE(MANIFEST_DOCUMENT_KEYS, "manifest", RECORD_DOCUMENT, document_keys);
/* clang-format on */

const struct manifest_key *manifest_keys_find(const struct manifest_table *table, const char *name)
{
    for (unsigned i = 0; i < table->count; i++)
        if (strcmp(table->keys[i].name, name) == 0)
            return &table->keys[i];
    return NULL;
}

/* --- likeness ------------------------------------------------------------------------------- */

static unsigned least(unsigned left, unsigned right)
{
    return left < right ? left : right;
}

/* Levenshtein's distance, without regard to case. */
static unsigned distance(const char *left, const char *right)
{
    unsigned row[NAME_BYTES_MAX + 1];
    size_t width = strlen(right);

    if (strlen(left) > NAME_BYTES_MAX || width > NAME_BYTES_MAX)
        return NAME_BYTES_MAX;
    for (unsigned j = 0; j <= width; j++)
        row[j] = j;
    for (unsigned i = 1; left[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            int a = tolower((unsigned char)left[i - 1]), b = tolower((unsigned char)right[j - 1]);
            unsigned changed = diagonal + (a != b);
            diagonal = row[j];
            row[j] = least(changed, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[width];
}

/* Keeps `candidate` when it is nearer to `name` than *best and near enough to be what was meant. */
static void consider(const char *name, const char *candidate, const char **best, unsigned *nearest)
{
    unsigned away = distance(name, candidate);
    if (away < *nearest && away <= 1 + strlen(candidate) / 4) {
        *best = candidate;
        *nearest = away;
    }
}

void manifest_keys_advise(const struct manifest_table *table, const char *name,
                          char advice[MANIFEST_ADVICE_BYTES])
{
    const char *best = NULL;
    unsigned nearest = NAME_BYTES_MAX;

    for (unsigned i = 0; i < table->count; i++)
        consider(name, table->keys[i].name, &best, &nearest);
    if (best) {
        snprintf(advice, MANIFEST_ADVICE_BYTES, "did you mean %s?", best);
        return;
    }
    int length = snprintf(advice, MANIFEST_ADVICE_BYTES, "the keys of a %s are", table->what);
    for (unsigned i = 0; i < table->count && length < MANIFEST_ADVICE_BYTES; i++)
        length += snprintf(advice + length, MANIFEST_ADVICE_BYTES - (size_t)length, "%s %s",
                           i > 0 ? "," : "", table->keys[i].name);
}

void manifest_keys_advise_rule(const char *name, char advice[MANIFEST_ADVICE_BYTES])
{
    const char *best = NULL;
    unsigned nearest = NAME_BYTES_MAX;

    for (unsigned i = 0; rules[i]; i++)
        consider(name, rules[i], &best, &nearest);
    if (best)
        snprintf(advice, MANIFEST_ADVICE_BYTES, "did you mean %s?", best);
    else
        snprintf(advice, MANIFEST_ADVICE_BYTES,
                 "a customer can confirm rules such as two_step_off or payment_method");
}

/* --- what a message may repeat ---------------------------------------------------------------- */

bool manifest_keys_looks_secret(const char *text)
{
    size_t length = strlen(text);
    size_t upper = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
    /* Meta's access tokens begin with EAA; its app secrets are 32 hexadecimal digits. A variable's
     * name may begin so too, but then it is short and in capitals. */
    if (strncmp(text, "EAA", 3) == 0 && length >= 8 && (upper < length || length >= 32))
        return true;
    if (length >= 32 && strspn(text, "0123456789abcdefABCDEF") == length)
        return true;
    return length > ENV_BYTES_MAX && !strpbrk(text, " /.");
}

const char *manifest_keys_show(const char *text, char shown[MANIFEST_SHOWN_BYTES])
{
    enum { KEPT_MAX = 64 };
    size_t length = strlen(text), kept = length < KEPT_MAX ? length : KEPT_MAX;

    if (manifest_keys_looks_secret(text)) {
        snprintf(shown, MANIFEST_SHOWN_BYTES, "this text");
        return shown;
    }
    while (kept < length && kept > 0 && ((unsigned char)text[kept] & 0xC0) == 0x80)
        kept--; /* not through the middle of a character */
    snprintf(shown, MANIFEST_SHOWN_BYTES, "\"%.*s%s\"", (int)kept, text,
             kept < length ? "..." : "");
    for (char *c = shown; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = '?';
    return shown;
}

/* --- the forms of values ---------------------------------------------------------------------- */

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        bool is_c1 =
            byte == 0xC2 && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xA0;
        if (byte < ' ' || byte == 0x7F || is_c1)
            return true;
    }
    return false;
}

static bool is_all(const char *text, size_t count, const char *set)
{
    return strlen(text) == count && strspn(text, set) == count;
}

static const char CAPITALS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char SMALLS[] = "abcdefghijklmnopqrstuvwxyz";
static const char DIGITS[] = "0123456789";

static enum status check_text(const char *text, size_t bytes_max, struct fault *fault)
{
    if (has_control(text))
        return fault_set(
            fault, STATUS_INVALID,
            "has a line break or another control character in it; write it on one line");
    if (strlen(text) > bytes_max)
        return fault_set(fault, STATUS_INVALID, "has %zu bytes; shorten it to at most %zu",
                         strlen(text), bytes_max);
    return STATUS_OK;
}

static enum status check_key(const char *text, struct fault *fault)
{
    enum status status = check_text(text, KEY_BYTES_MAX, fault);
    if (status != STATUS_OK)
        return status;
    if (text[0] == ' ' || text[strlen(text) - 1] == ' ')
        return fault_set(fault, STATUS_INVALID,
                         "begins or ends with a space; remove it, because it is looked up by this "
                         "text");
    return STATUS_OK;
}

static enum status check_id(const char *text, struct fault *fault)
{
    char shown[MANIFEST_SHOWN_BYTES];
    size_t length = strlen(text);

    if (strspn(text, DIGITS) != length)
        return fault_set(fault, STATUS_INVALID,
                         "%s is not an id, which is digits only; copy the id from Meta Business "
                         "Suite as text",
                         manifest_keys_show(text, shown));
    if (length > ID_DIGITS_MAX)
        return fault_set(fault, STATUS_INVALID,
                         "has %zu digits, where an id has at most %d; copy the id again", length,
                         ID_DIGITS_MAX);
    if (*text == '0')
        return fault_set(fault, STATUS_INVALID,
                         "begins with 0, which no id does; copy the id again");
    return STATUS_OK;
}

static enum status check_choice(const char *text, const char *const *choices, struct fault *fault)
{
    char shown[MANIFEST_SHOWN_BYTES], list[256];
    int length = 0;
    const char *alike = NULL;

    for (unsigned i = 0; choices[i]; i++) {
        if (strcmp(text, choices[i]) == 0)
            return STATUS_OK;
        if (strcasecmp(text, choices[i]) == 0)
            alike = choices[i];
        length += snprintf(list + length, sizeof list - (size_t)length, "%s%s", i > 0 ? ", " : "",
                           choices[i]);
    }
    if (alike)
        return fault_set(fault, STATUS_INVALID, "%s is not known; write %s",
                         manifest_keys_show(text, shown), alike);
    return fault_set(fault, STATUS_INVALID, "%s is not known; choose one of %s",
                     manifest_keys_show(text, shown), list);
}

static enum status check_currency(const char *text, struct fault *fault)
{
    char shown[MANIFEST_SHOWN_BYTES];
    if (is_all(text, 3, CAPITALS))
        return STATUS_OK;
    return fault_set(fault, STATUS_INVALID,
                     "%s is not a currency code; write three capital letters, such as EUR",
                     manifest_keys_show(text, shown));
}

static enum status check_language(const char *text, struct fault *fault)
{
    char shown[MANIFEST_SHOWN_BYTES];
    size_t small = strspn(text, SMALLS);
    if (small == 2 && (text[2] == '\0' || (text[2] == '_' && is_all(text + 3, 2, CAPITALS))))
        return STATUS_OK;
    return fault_set(fault, STATUS_INVALID,
                     "%s is not a language code; write two small letters, or with a country, such "
                     "as en or en_US",
                     manifest_keys_show(text, shown));
}

static enum status check_graph_version(const char *text, struct fault *fault)
{
    char shown[MANIFEST_SHOWN_BYTES];
    size_t digits = *text == 'v' ? strspn(text + 1, DIGITS) : 0;

    if (digits == 0 || digits > 3 || strcmp(text + 1 + digits, ".0") != 0)
        return fault_set(fault, STATUS_INVALID,
                         "%s is not a Graph API version; write it as in v26.0",
                         manifest_keys_show(text, shown));
    if (atoi(text + 1) <= ENDED_GRAPH_VERSION)
        return fault_set(fault, STATUS_INVALID,
                         "%s has ended: Meta no longer answers to it; use v26.0, or leave the key "
                         "out",
                         text);
    return STATUS_OK;
}

static size_t address_length(const char *text)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr parsed;
    const char *end = strchr(text, ']');
    size_t inside = end ? (size_t)(end - text) - 1 : 0;

    if (inside == 0 || inside >= sizeof address)
        return 0;
    memcpy(address, text + 1, inside);
    address[inside] = '\0';
    return inet_pton(AF_INET6, address, &parsed) == 1 ? inside + 2 : 0;
}

/* Bytes of a host's name, or of an IPv6 address with its brackets; 0 where there is none. */
static size_t host_length(const char *text)
{
    if (*text == '[')
        return address_length(text);
    return *text == '.' ? 0
                        : strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789-._");
}

/* What ends in a figure is an IPv4 address, and there is one way to write it: "2" and "0x7f.1" are
 * addresses to some readers, and names to others. */
static bool is_clear_host(const char *text, size_t length)
{
    char address[INET_ADDRSTRLEN];
    struct in_addr parsed;
    const char *dot = memrchr(text, '.', length), *last = dot ? dot + 1 : text;
    size_t rest = length - (size_t)(last - text);
    bool is_hex = rest >= 2 && last[0] == '0' && (last[1] == 'x' || last[1] == 'X');

    if (*text == '[' || (!is_hex && (rest == 0 || strspn(last, DIGITS) < rest)))
        return true;
    if (length >= sizeof address)
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    return inet_pton(AF_INET, address, &parsed) == 1;
}

/* A host, and a port or none; nothing else in `length` bytes. */
static bool is_host(const char *text, size_t length)
{
    size_t host = host_length(text);

    if (host == 0 || !is_clear_host(text, host))
        return false;
    if (host == length)
        return true;
    size_t digits = text[host] == ':' ? strspn(text + host + 1, DIGITS) : 0;
    int port = digits > 0 && digits <= 5 ? atoi(text + host + 1) : 0;
    return host + 1 + digits == length && port > 0 && port <= PORT_MAX;
}

static enum status check_host(const char *text, struct fault *fault)
{
    size_t length = strcspn(text, "/?#");

    if (memchr(text, '@', length))
        return fault_set(fault, STATUS_INVALID,
                         "has a user name or a password in it (@), which Meta would send to "
                         "nobody; remove it");
    if (!is_host(text, length))
        return fault_set(fault, STATUS_INVALID,
                         "has no host after https://, or one that cannot be; write the whole "
                         "address");
    if (strchr(text, '#'))
        return fault_set(fault, STATUS_INVALID,
                         "has a fragment (#), which is never sent to a server; remove it");
    return STATUS_OK;
}

static enum status check_https(const char *text, struct fault *fault)
{
    static const char scheme[] = "https://";
    size_t length = strlen(text);

    if (strncmp(text, scheme, sizeof scheme - 1) != 0)
        return fault_set(fault, STATUS_INVALID,
                         "does not begin with https://; Meta calls back over HTTPS only");
    if (length > HTTPS_BYTES_MAX)
        return fault_set(fault, STATUS_INVALID,
                         "has %zu characters; Meta takes at most %d, so shorten it", length,
                         HTTPS_BYTES_MAX);
    /* What RFC 3986 has no place for, readers of URLs disagree about. */
    for (const char *c = text; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7F || strchr("\"<>\\^`{|}", *c))
            return fault_set(fault, STATUS_INVALID,
                             "has a space or another character that a URL cannot have; "
                             "percent-encode it");
    return check_host(text + sizeof scheme - 1, fault);
}

static enum status check_env_name(const char *text, struct fault *fault)
{
    bool is_name = !isdigit((unsigned char)*text);
    for (const char *c = text; *c != '\0'; c++)
        is_name = is_name && (isalnum((unsigned char)*c) || *c == '_');
    if (is_name && !manifest_keys_looks_secret(text))
        return STATUS_OK;
    /* Not repeated: it may be the credential. */
    return fault_set(fault, STATUS_INVALID,
                     "is not the name of an environment variable; put the credential into a "
                     "variable such as META_SYSTEM_TOKEN and write that name here");
}

static enum status check_file(const char *text, struct fault *fault)
{
    if (has_control(text) || strlen(text) >= PATH_MAX || manifest_keys_looks_secret(text))
        return fault_set(fault, STATUS_INVALID,
                         "is not the path of a file; write a path, absolute or from the manifest's "
                         "folder");
    return STATUS_OK;
}

enum status manifest_keys_check(const struct manifest_key *key, const char *text,
                                struct fault *fault)
{
    int64_t midnight_ms, duration_ms;
    char shown[MANIFEST_SHOWN_BYTES];

    if (*text == '\0')
        return fault_set(fault, STATUS_INVALID, "is empty; give a value or leave the key out");
    switch (key->kind) {
    case KIND_VERSION:
        if (strcmp(text, "1") == 0)
            return STATUS_OK;
        return fault_set(fault, STATUS_INVALID,
                         "%s is not a version this program reads; write version: 1",
                         manifest_keys_show(text, shown));
    case KIND_KEY:
        return check_key(text, fault);
    case KIND_TEXT:
        return check_text(text, TEXT_BYTES_MAX, fault);
    case KIND_ID:
        return check_id(text, fault);
    case KIND_CHOICE:
        return check_choice(text, key->choices, fault);
    case KIND_CURRENCY:
        return check_currency(text, fault);
    case KIND_LANGUAGE:
        return check_language(text, fault);
    case KIND_GRAPH_VERSION:
        return check_graph_version(text, fault);
    case KIND_HTTPS:
        return check_https(text, fault);
    case KIND_DURATION:
        if (clock_parse_duration(text, &duration_ms, NULL) == STATUS_OK)
            return STATUS_OK;
        return fault_set(fault, STATUS_INVALID,
                         "%s is not a duration; write it as in 90s, 15m, 4h or 7d",
                         manifest_keys_show(text, shown));
    case KIND_CREDENTIAL_ENV:
        return check_env_name(text, fault);
    case KIND_FILE:
    case KIND_CREDENTIAL_FILE:
        return check_file(text, fault);
    case KIND_DATE:
        if (clock_parse_date(text, &midnight_ms, NULL) == STATUS_OK)
            return STATUS_OK;
        return fault_set(fault, STATUS_INVALID, "%s is not a date; write it as in 2026-11-20",
                         manifest_keys_show(text, shown));
    case KIND_NUMBER:
    case KIND_MAPPING:
    case KIND_CREDENTIAL:
    case KIND_ATTEST:
    case KIND_SEQUENCE:
        break;
    }
    return fault_set(fault, STATUS_INTERNAL, "key %s is not one of a scalar", key->name);
}
