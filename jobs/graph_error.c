/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/graph_error.h"

#include <ctype.h>
#include <json-c/json.h>
#include <string.h>
#include <strings.h>

#include "jobs/body.h"

#define SECONDS(n) ((int64_t)(n)*1000)
#define MINUTES(n) ((int64_t)(n)*60 * 1000)
#define HOURS(n) ((int64_t)(n)*60 * 60 * 1000)

/* Numbers this large are Meta's own error names: they come as the subcode under code 100, or as the
 * code itself, and mean the same in both places. */
#define NAMED_MIN 1000000
#define NAMED(number) 100, number

#define TEMPLATE_REMEDY \
    "The template's content is refused: mend the template, or create it anew on the destination."

/* clang-format off */
static const struct error_rule rules[] = {
    /* code, subcode, title, class, scope, wait, tries (the first one counts), owner, remedy */

    /* tokens */
    {0, 0, NULL, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Graph could not authenticate the token: give a valid one (the partner's system token, or for a customer's business token a new Embedded Signup), then run again."},
    {102, 0, NULL, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The token's session is not valid any more: give a new token, then run again."},
    {104, 0, NULL, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Graph wants a token or a signature that was not accepted: give a valid token and check whether the app requires appsecret_proof, then run again."},
    {190, 460, NULL, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The token was invalidated because a password changed: make a new token, then run again."},
    {190, 463, NULL, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The token has expired: make a new one (for a customer's business token: a new Embedded Signup), then run again."},
    {190, 467, NULL, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The token was invalidated: make a new one, then run again."},
    {190, 0, NULL, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The token is not valid: give a new one (for a customer's business token: a new Embedded Signup), then run again."},

    /* Graph itself */
    {1, 0, NULL, ERROR_RETRY, ERROR_SCOPE_STEP, 0, 4, "meta",
     "Meta reports an unknown fault or a bad request: if it stays, report it to Meta with the fbtrace_id, then retry."},
    {2, 0, NULL, ERROR_RETRY, ERROR_SCOPE_STEP, 0, 0, "meta",
     "Meta's service is down for the moment: look at Meta's status page, then retry."},
    {3, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The app lacks the capability for this call: obtain it for the app in Meta's App Review, then retry."},
    {33, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The object does not exist or is not visible to the token: check the id, and that the customer still shares the WABA with you, then retry."},
    {100, 33, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The object does not exist, is not visible to the token, or does not support this call: check the id, and that the customer still shares the WABA with you, then retry."},
    {803, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Some of the ids asked for do not exist or are not visible to the token: check the ids, and that the customer still shares the WABA with you, then retry."},
    {10, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The token or the app lacks the permission for this call: grant whatsapp_business_management and whatsapp_business_messaging, then retry."},
    {200, 0, "Provide valid app ID", ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The call left without a token, which is a fault of this program: report it, then retry."},
    {200, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The token has no access to this object, or not the permission or the task this call needs: let the customer share the WABA with you, or grant the permission, then retry."}, /* 200 to 299 */
    {131005, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Access is denied: grant the token whatsapp_business_management and whatsapp_business_messaging on this WABA, then retry."},
    {2500, 0, NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Graph does not know this path or version: check graph.version in the manifest, then retry."},
    {100, 36007, NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The signup's code has expired: go through Embedded Signup once more."},
    {100, 36009, NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The signup's code has already been used: go through Embedded Signup once more."},
    {100, 0, NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Graph refuses a parameter: check the ids in the manifest against the answer's details, then retry."},
    {131008, 0, NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Graph misses a parameter: read the answer's details, check the manifest, then retry."},
    {131009, 0, NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Graph refuses a parameter's value: read the answer's details, check the manifest, then retry."},
    {131000, 0, NULL, ERROR_RETRY, ERROR_SCOPE_STEP, 0, 4, "meta",
     "Meta reports an unknown fault: if it stays, report it to Meta with the fbtrace_id, then retry."},
    {131016, 0, NULL, ERROR_RETRY, ERROR_SCOPE_STEP, 0, 0, "meta",
     "A service at Meta is overloaded or down: look at Meta's status page, then retry."},

    /* quotas */
    {4, 0, NULL, ERROR_THROTTLED, ERROR_SCOPE_APP, MINUTES(15), 0, "partner",
     "The app has made too many calls: everything of this app waits until Meta lets it in again."},
    {17, 0, NULL, ERROR_THROTTLED, ERROR_SCOPE_APP, MINUTES(15), 0, "partner",
     "The token's user has made too many calls: everything waits until Meta lets it in again."},
    {32, 0, NULL, ERROR_THROTTLED, ERROR_SCOPE_APP, MINUTES(15), 0, "partner",
     "Too many calls: everything waits until Meta lets it in again."},
    {613, 0, NULL, ERROR_THROTTLED, ERROR_SCOPE_APP, MINUTES(15), 0, "partner",
     "Too many calls in a short time: everything waits until Meta lets it in again."},
    {80007, 0, NULL, ERROR_THROTTLED, ERROR_SCOPE_WABA, MINUTES(15), 0, "partner",
     "The WABA's hourly quota of calls is used up: this WABA waits until Meta lets it in again."},
    {80008, 0, NULL, ERROR_THROTTLED, ERROR_SCOPE_WABA, MINUTES(15), 0, "partner",
     "The WABA's hourly quota of calls is used up: this WABA waits until Meta lets it in again."},
    {130429, 0, NULL, ERROR_THROTTLED, ERROR_SCOPE_WABA, MINUTES(1), 0, "partner",
     "Too much traffic on this WABA at once: it waits a moment."},
    {131048, 0, NULL, ERROR_WAIT, ERROR_SCOPE_STEP, HOURS(1), 0, "customer",
     "The number is limited because messages were reported as spam: its quality must recover in WhatsApp Manager."},
    {131056, 0, NULL, ERROR_WAIT, ERROR_SCOPE_STEP, MINUTES(1), 0, "partner",
     "Too many messages between the same two numbers: it waits a moment."},
    {131064, 0, NULL, ERROR_WAIT, ERROR_SCOPE_STEP, HOURS(1), 0, "customer",
     "The number has reached a limit of its classification: it waits."},

    /* the account */
    {300, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The WABA could not be changed, often because the portfolio has reached its number limit: raise the limit with Meta, then retry."},
    {200000, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The number cannot be added to the WABA, often because the portfolio has reached its number limit: verify the business or ask Meta for more numbers; the move can then be tried again."},
    {368, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "Meta has restricted the WABA for a policy violation: appeal in Business Support Home; the move can then be tried again."},
    {131031, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The account is locked, or the two-step PIN does not match: look at the WABA's health status in WhatsApp Manager, turn two-step verification off; the move can then be tried again."},
    {131037, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The number's display name is not approved: have the name approved in WhatsApp Manager; the move can then be tried again."},
    {131042, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The destination WABA has a payment problem (no line, over its limit, or currency or time zone not set): mend it in Business settings, then retry."},
    {131057, 0, NULL, ERROR_WAIT, ERROR_SCOPE_STEP, MINUTES(5), 0, "meta",
     "The account is in maintenance: it goes on by itself after a few minutes."},
    {NAMED(2494100), NULL, ERROR_WAIT, ERROR_SCOPE_STEP, MINUTES(5), 0, "meta",
     "The number is in maintenance: it goes on by itself after a few minutes."},

    /* registration */
    {131045, 0, NULL, ERROR_RETRY, ERROR_SCOPE_STEP, 0, 2, "partner",
     "Meta says that the number is not registered properly: look at it in WhatsApp Manager, then retry its registration."},
    {133000, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "An earlier deregistration stopped halfway: deregister the number (POST /<PHONE_NUMBER_ID>/deregister), then retry."},
    {133004, 0, NULL, ERROR_RETRY, ERROR_SCOPE_STEP, 0, 0, "meta",
     "Meta's registration server is not available: read the answer's details, then retry."},
    {133005, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The number still has another two-step PIN: turn two-step verification off in WhatsApp Manager of the old account (the e-mailed link confirms it); the move can then be tried again."},
    {133006, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The number must be verified again: verify it in Embedded Signup or WhatsApp Manager; the move can then be tried again."},
    {133008, 0, NULL, ERROR_PERSON, ERROR_SCOPE_NUMBER, HOURS(1), 0, "customer",
     "Too many wrong two-step PINs: turn two-step verification off in WhatsApp Manager of the old account (the e-mailed link confirms it); the move can then be tried again, as soon as Meta's wait is over."},
    {133009, 0, NULL, ERROR_PERSON, ERROR_SCOPE_NUMBER, HOURS(1), 0, "customer",
     "Two-step PINs were tried too fast: turn two-step verification off in WhatsApp Manager of the old account (the e-mailed link confirms it); the move can then be tried again, as soon as Meta's wait is over."},
    {133010, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The number is not registered on the destination: retry its registration."},
    {133015, 0, NULL, ERROR_WAIT, ERROR_SCOPE_NUMBER, MINUTES(5), 0, "meta",
     "The number was deleted a moment ago and Meta has not finished: it goes on by itself after five minutes."},
    {133016, 0, NULL, ERROR_THROTTLED, ERROR_SCOPE_NUMBER, HOURS(72), 0, "partner",
     "The number has used up its 10 registrations in 72 hours: it waits 72 hours; do not register it elsewhere meanwhile."},
    {136024, 0, NULL, ERROR_DONE, ERROR_SCOPE_STEP, HOURS(1), 0, "customer",
     "The code could not be requested, most often because the number is verified already: look at code_verification_status; if it is not VERIFIED, wait an hour; the move can then be tried again."},
    {136025, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The verification code is wrong or has expired: request a new one."},

    /* credit */
    {4000, 0, NULL, ERROR_DONE, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The credit line is shared with this business already: compare the allocation with the WABA's funding."},

    /* numbers and WABAs */
    {NAMED(2388001), NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "Meta could not confirm who owns the number, or its two-step verification is still on: turn it off in WhatsApp Manager of the old account, and check that the number belongs to the business; the move can then be tried again."},
    {NAMED(2388012), NULL, ERROR_DONE, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The number is in this WABA already: read its id from the WABA's list of numbers."},
    {NAMED(2388019), NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The destination has reached its limit of templates: delete what is not needed or verify the business; the move can then be tried again."},
    {NAMED(2388039), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer", TEMPLATE_REMEDY},
    {NAMED(2388040), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer", TEMPLATE_REMEDY},
    {NAMED(2388047), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer", TEMPLATE_REMEDY},
    {NAMED(2388072), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer", TEMPLATE_REMEDY},
    {NAMED(2388073), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer", TEMPLATE_REMEDY},
    {NAMED(2388293), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer", TEMPLATE_REMEDY},
    {NAMED(2388299), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer", TEMPLATE_REMEDY},
    {NAMED(2388091), NULL, ERROR_DONE, ERROR_SCOPE_STEP, 0, 0, "partner",
     "No code can be requested because the number is not migrating: if it is VERIFIED go on, else register it as a plain number."},
    {NAMED(2388093), NULL, ERROR_DONE, ERROR_SCOPE_STEP, 0, 0, "partner",
     "No code can be verified because the number is not migrating: if it is VERIFIED go on, else register it as a plain number."},
    {NAMED(2593079), NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The WABA is being moved to another solution: settle or withdraw that move in Business settings; the move can then be tried again."},
    {NAMED(2593085), NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The WABA is marked for another solution already: settle or withdraw that move in Business settings; the move can then be tried again."},
    {NAMED(2593107), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "partner",
     "This belongs to WhatsApp Business app coexistence, which is no move between WABAs: cancel this number."},
    {NAMED(2593108), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "partner",
     "This belongs to WhatsApp Business app coexistence, which is no move between WABAs: cancel this number."},
    {NAMED(4233041), NULL, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The flow does not exist on the source WABA: take it off the list of flows."},
    {NAMED(1752041), NULL, ERROR_DONE, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Marketing Messages onboarding has been requested already: nothing to do."},

    /* the nine faces of 2388103, and a tenth for a title in another language */
    {NAMED(2388103), "Cannot migrate phone number", ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "No app is subscribed to the destination WABA: subscribe yours (the subscribe_webhooks step), then retry."},
    {NAMED(2388103), "Please add this phone number in your WhatsApp account", ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The number is free, so there is nothing to migrate: add it to the new account as a new number; the move can then be tried again."},
    {NAMED(2388103), "Registered name should be present and approved", ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The number's display name is not approved, or a change of it is pending: have it approved at the old account; the move can then be tried again."},
    {NAMED(2388103), "The WhatsApp account that this phone number is registered with is not set up correctly", ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "source_partner",
     "The source WABA is not approved, or still in the old on-behalf-of model: the customer or the source partner has it approved, then retry."},
    {NAMED(2388103), "Your WhatsApp account does not have a payment account", ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "The destination WABA has no active payment method: share the credit line (the share_credit_line step) or let the customer add a card, then retry."},
    {NAMED(2388103), "There was an error migrating this phone number", ERROR_RETRY, ERROR_SCOPE_STEP, MINUTES(15), 4, "meta",
     "Meta could not migrate the number and does not say why: if it stays, report it to Meta with the fbtrace_id, then retry."},
    {NAMED(2388103), "This phone number belongs to a different Business Manager account", ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, 0, "customer",
     "Source and destination WABA belong to different business portfolios, which Meta does not allow: create the new account in the portfolio that owns the old one."},
    {NAMED(2388103), "Your WhatsApp account must be approved", ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The destination WABA or its business is not approved yet: finish business verification and wait for Meta's account review; the move can then be tried again."},
    {NAMED(2388103), "Your WhatsApp account's \"Messaging For\" request must be approved", ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "customer",
     "The request to message on behalf of the business has not been accepted yet: accept it in Business settings; the move can then be tried again."},
    {NAMED(2388103), NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
     "Meta refuses the migration for a reason given only in the answer's title: read the kept answer, mend what it names, then retry."},
};

/* What the table does not know. */
static const struct error_rule unknown_rule = {
    -1, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
    "This program does not know the error: read the kept answer (its title, message and details), mend what it names, then retry."};
static const struct error_rule unknown_transient_rule = {
    -1, 0, NULL, ERROR_RETRY, ERROR_SCOPE_STEP, 0, 4, "meta",
    "Meta reports a passing fault that this program does not know: read the kept answer; if it stays, report it to Meta with the fbtrace_id, then retry."};
static const struct error_rule status_retry_rule = {
    -1, 0, NULL, ERROR_RETRY, ERROR_SCOPE_STEP, 0, 0, "meta",
    "Graph answers without a readable error: look at Meta's status page and at whatever stands between here and Graph, then retry."};
static const struct error_rule status_person_rule = {
    -1, 0, NULL, ERROR_PERSON, ERROR_SCOPE_STEP, 0, 0, "partner",
    "Something other than Graph seems to have answered: check --graph-url, the proxy and the network, then retry."};
/* clang-format on */

bool graph_error_is(const struct graph_error *error, int64_t number)
{
    return error->code == number || error->subcode == number;
}

const struct error_rule *graph_error_rules(size_t *count)
{
    *count = sizeof rules / sizeof rules[0];
    return rules;
}

const char *error_class_name(enum error_class class)
{
    switch (class) {
    case ERROR_RETRY:
        return "retry";
    case ERROR_WAIT:
        return "wait";
    case ERROR_THROTTLED:
        return "throttled";
    case ERROR_PERSON:
        return "person";
    case ERROR_CREDENTIAL:
        return "credential";
    case ERROR_PERMANENT:
        return "permanent";
    case ERROR_DONE:
        return "done";
    }
    return "person";
}

/* Reads one character, with typographic quotes as plain ones and letters as lower case. */
static int next_folded(const char **text)
{
    const unsigned char *c = (const unsigned char *)*text;

    if (c[0] == 0xe2 && c[1] == 0x80 && c[2] >= 0x98 && c[2] <= 0x9f) {
        *text += 3;
        return c[2] <= 0x9b ? '\'' : '"';
    }
    if (c[0] != '\0')
        (*text)++;
    return tolower(c[0]);
}

static bool has_prefix(const char *text, const char *prefix)
{
    if (text == NULL)
        return false;
    while (*text == ' ')
        text++;
    /* "(#100) Cannot migrate …": a message begins with its code. */
    if (strncmp(text, "(#", 2) == 0 && strchr(text, ')') != NULL)
        text = strchr(text, ')') + 1;
    while (*text == ' ')
        text++;
    while (*prefix != '\0') {
        if (next_folded(&text) != next_folded(&prefix))
            return false;
    }
    return true;
}

/* Titles move: Meta says that they will go away, and their text then stands in the details. */
static bool has_title(const struct graph_error *error, const char *prefix)
{
    return has_prefix(error->title, prefix) || has_prefix(error->details, prefix) ||
           has_prefix(error->user_message, prefix) || has_prefix(error->message, prefix);
}

static bool has_numbers(const struct graph_error *error, const struct error_rule *rule)
{
    if (rule->subcode >= NAMED_MIN)
        return rule->subcode == error->subcode || rule->subcode == error->code;
    if (rule->subcode != 0)
        return rule->code == error->code && rule->subcode == error->subcode;
    if (rule->code == 200)
        return error->code >= 200 && error->code <= 299;
    return rule->code == error->code;
}

static const struct error_rule *find_rule(const struct graph_error *error, bool with_subcode,
                                          bool with_title)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct error_rule *rule = &rules[i];
        if ((rule->subcode != 0) != with_subcode || (rule->title_prefix != NULL) != with_title)
            continue;
        if (has_numbers(error, rule) && (!with_title || has_title(error, rule->title_prefix)))
            return rule;
    }
    return NULL;
}

static const struct error_rule *classify(const struct graph_error *error, bool has_code)
{
    const struct error_rule *rule = NULL;

    if (has_code) {
        for (int i = 0; i < 4 && rule == NULL; i++)
            rule = find_rule(error, i < 2, i % 2 == 0);
        /* Code 100 with a name the table does not have is not a bad parameter. */
        if (rule != NULL && rule->code == 100 && rule->subcode == 0 && error->subcode >= NAMED_MIN)
            rule = NULL;
    }
    if (rule != NULL)
        return rule;
    return error->is_transient || error->http_status >= 500 ? &unknown_transient_rule
                                                            : &unknown_rule;
}

static int64_t unit_ms(const char *word)
{
    static const struct {
        const char *prefix;
        int64_t unit_ms;
    } units[] = {{"sec", SECONDS(1)},
                 {"min", MINUTES(1)},
                 {"hour", HOURS(1)},
                 {"hr", HOURS(1)},
                 {"day", HOURS(24)}};

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strncasecmp(word, units[i].prefix, strlen(units[i].prefix)) == 0)
            return units[i].unit_ms;
    }
    return 0;
}

/* "Please wait 1 hour and 30 minutes" is 90 minutes; 0 when the text names no duration. */
static int64_t find_duration_ms(const char *text)
{
    int64_t total_ms = 0;
    const char *c = text != NULL ? text : "";

    while (*c != '\0') {
        int64_t number = 0;
        if (!isdigit((unsigned char)*c)) {
            c++;
            continue;
        }
        while (isdigit((unsigned char)*c)) {
            number = number > 100000 ? number : number * 10 + (*c - '0');
            c++;
        }
        while (*c == ' ' || *c == '-')
            c++;
        total_ms += number * unit_ms(c);
    }
    return total_ms > HOURS(72) ? HOURS(72) : total_ms;
}

/* The wait of a PIN guess is given in words. */
static void refine_wait(struct graph_error *error, struct arena *arena)
{
    if (error->rule->code != 133008 && error->rule->code != 133009)
        return;
    int64_t wait_ms = find_duration_ms(error->details);
    if (wait_ms == 0)
        wait_ms = find_duration_ms(error->user_message);
    if (wait_ms == 0)
        return;
    struct error_rule *refined = arena_alloc(arena, sizeof *refined);
    *refined = *error->rule;
    refined->wait_ms = wait_ms;
    error->rule = refined;
}

static const char *read_details(struct json_object *envelope, struct arena *arena)
{
    struct json_object *data = body_get(envelope, "error_data");
    const char *details = body_text(data, "details");

    if (details == NULL)
        details = body_text(envelope, "error_data");
    if (details == NULL && data != NULL)
        details = json_object_to_json_string_ext(data, JSON_C_TO_STRING_PLAIN);
    return arena_copy_text(arena, details);
}

bool graph_error_read(struct json_object *body, int http_status, struct arena *arena,
                      struct graph_error *error)
{
    struct json_object *envelope = body_get(body, "error");

    if (!json_object_is_type(envelope, json_type_object))
        return false;
    *error = (struct graph_error){.http_status = http_status};
    bool has_code = body_integer(envelope, "code", &error->code);
    if (!body_integer(envelope, "error_subcode", &error->subcode))
        error->subcode = 0;
    error->is_transient = body_is_true(envelope, "is_transient");
    error->type = arena_copy_text(arena, body_text(envelope, "type"));
    error->message = arena_copy_text(arena, body_text(envelope, "message"));
    error->title = arena_copy_text(arena, body_text(envelope, "error_user_title"));
    error->user_message = arena_copy_text(arena, body_text(envelope, "error_user_msg"));
    error->details = read_details(envelope, arena);
    error->fbtrace_id = arena_copy_text(arena, body_text(envelope, "fbtrace_id"));
    error->rule = classify(error, has_code);
    refine_wait(error, arena);
    return true;
}

void graph_error_from_status(int http_status, struct arena *arena, struct graph_error *error)
{
    *error = (struct graph_error){.http_status = http_status};
    error->title = arena_printf(arena, "HTTP %d without a readable answer", http_status);
    error->rule =
        http_status >= 500 || http_status == 429 ? &status_retry_rule : &status_person_rule;
}
