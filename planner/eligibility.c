/* SPDX-License-Identifier: PostgreSQL */
#include "planner/eligibility.h"

#include <json-c/json.h>
#include <string.h>

const char ELIGIBILITY_WABA_FIELDS[] =
    "id,name,account_review_status,business_verification_status,ownership_type,currency,"
    "timezone_id,country,primary_funding_id,owner_business_info";
const char ELIGIBILITY_NUMBER_FIELDS[] =
    "id,display_phone_number,verified_name,name_status,new_name_status,new_display_name,"
    "is_pin_enabled,status,account_mode,platform_type,code_verification_status,quality_rating,"
    "last_onboarded_time";

/* Which nodes may answer a rule. Where there are two, the source's answer is taken if it gives the
 * field: it is the account the number still lives in. */
enum origin {
    ORIGIN_OUR_RECORDS,       /* no node: what the manifest and the signup gave us */
    ORIGIN_WABA,              /* the source WABA, else the destination's (the same portfolio) */
    ORIGIN_NUMBER,            /* the source number, else the destination's */
    ORIGIN_SOURCE_NUMBER,     /* the source number and nothing else */
    ORIGIN_DESTINATION_NUMBER /* the destination number and nothing else */
};

/* What one documented value means. */
struct reading {
    const char *value; /* NULL ends the list and stands for every value Meta has not documented */
    enum verdict verdict;
    const char *owner, *remedy, *waits_for;
};

struct rule {
    const char *id;
    const char *field;
    enum origin origin;
    bool is_boolean;  /* else a string */
    bool ignore_case; /* Meta's own descriptions disagree about the case */
    bool is_moot_once_moved;
    const struct reading *readings;
    const char *unreadable_remedy;
};

/* clang-format off */

#define ATTEST(rule) "`attest: {" rule ": DATE}` under the customer in the manifest"
#define UNREADABLE(rule, question)                                                               \
    "Nobody could be asked " question ": Graph did not show it to us. Give the customer's "       \
    "`source_token` (read access to the old account) in the manifest, or ask the customer and "  \
    "write the day of the answer as " ATTEST(rule) "."
#define UNDOCUMENTED(rule, where)                                                                \
    "Graph answered with a value that Meta has not documented. Look at " where "; if it is in "  \
    "order, write the day you looked as " ATTEST(rule) "."

#define REMEDY_READ_AFTER_SIGNUP                                                                 \
    "Nothing to do now: it is read from the new account as soon as the customer has gone "       \
    "through Embedded Signup."
#define REMEDY_READ_WHEN_THERE                                                                   \
    "Nothing to do now: it is read as soon as the number stands in the new account, after the "  \
    "signup or after the run has created it there."

#define SECURITY_CENTRE "Meta Business Suite → Settings → Security Centre"
#define DISPLAY_NAME "WhatsApp Manager → Phone numbers → the number → Profile → Display name"

static const struct reading business_verified_readings[] = {
    {"verified", VERDICT_PASS, NULL, NULL, NULL},
    {"not_verified", VERDICT_FAIL, "customer",
     "The customer's business is not verified by Meta. Start the verification in " SECURITY_CENTRE
     " → Start verification, and send the documents it asks for.", NULL},
    {"pending", VERDICT_FAIL, "meta",
     "Meta is examining the customer's business verification. Wait for Meta's answer; every check "
     "and run looks again by itself.", NULL},
    {"pending_need_more_info", VERDICT_FAIL, "customer",
     "Meta wants more information before it verifies the customer's business. Open "
     SECURITY_CENTRE " and send what it asks for.", NULL},
    {"pending_submission", VERDICT_FAIL, "customer",
     "The customer began the business verification and did not send it. Finish it in "
     SECURITY_CENTRE " → Continue.", NULL},
    {"rejected", VERDICT_FAIL, "customer",
     "Meta rejected the customer's business verification. Read the reason in " SECURITY_CENTRE
     ", mend it, and request a new review.", NULL},
    {"failed", VERDICT_FAIL, "customer",
     "The customer's business verification failed. Read the reason in " SECURITY_CENTRE
     ", correct the business's details or documents, and start it again.", NULL},
    {"expired", VERDICT_FAIL, "customer",
     "The customer's business verification has expired. Renew it in " SECURITY_CENTRE ".", NULL},
    {"revoked", VERDICT_FAIL, "customer",
     "Meta took the customer's business verification back. Read why in " SECURITY_CENTRE
     " and appeal, or verify the business anew.", NULL},
    {"ineligible", VERDICT_FAIL, "customer",
     "Meta says the customer's business may not be verified at present. Open " SECURITY_CENTRE
     " for the reason, and write to Meta Business Support if it is wrong.", NULL},
    {NULL, VERDICT_UNKNOWN, "partner",
     UNDOCUMENTED("business_verified", "the customer's business verification in " SECURITY_CENTRE),
     NULL},
};

static const struct reading name_approved_readings[] = {
    {"APPROVED", VERDICT_PASS, NULL, NULL, NULL},
    {"AVAILABLE_WITHOUT_REVIEW", VERDICT_FAIL, "customer",
     "The display name is in use without Meta's review, and a move needs an approved one. Submit "
     "it for review in " DISPLAY_NAME " → Edit, and wait until it shows as approved.", NULL},
    {"DECLINED", VERDICT_FAIL, "customer",
     "Meta declined the display name. Choose one that follows Meta's display name guidelines in "
     DISPLAY_NAME " → Edit, or appeal there, and wait until it is approved.", NULL},
    {"EXPIRED", VERDICT_FAIL, "customer",
     "The display name's approval has expired. Submit the name again in " DISPLAY_NAME
     " → Edit, and wait until it is approved.", NULL},
    {"PENDING_REVIEW", VERDICT_FAIL, "meta",
     "Meta is still reviewing the display name. Do not change it meanwhile; wait for Meta's "
     "answer, every check and run looks again by itself.", NULL},
    {"NONE", VERDICT_FAIL, "customer",
     "The number has no display name that Meta has seen. Give it one in " DISPLAY_NAME
     ", and wait until it is approved.", NULL},
    {NULL, VERDICT_UNKNOWN, "partner", UNDOCUMENTED("name_approved", DISPLAY_NAME), NULL},
};

static const struct reading two_step_off_readings[] = {
    {"false", VERDICT_PASS, NULL, NULL, NULL},
    {"true", VERDICT_FAIL, "customer",
     "Turn two-step verification off in WhatsApp Manager → Phone numbers → the number → Two-step "
     "verification → Turn off, then confirm with the link in the e-mail Meta sends. No API can "
     "do it, and whoever manages the old account must.", NULL},
    {NULL, VERDICT_UNKNOWN, "partner",
     UNDOCUMENTED("two_step_off",
                  "WhatsApp Manager → Phone numbers → the number → Two-step verification"), NULL},
};

static const struct reading not_test_number_readings[] = {
    {"LIVE", VERDICT_PASS, NULL, NULL, NULL},
    {"SANDBOX", VERDICT_FAIL, "partner",
     "WhatsApp issued this number for testing, and test numbers cannot move. Take it out of the "
     "manifest, or `wabamigrate cancel` it; the customer uses a number of its own instead.", NULL},
    {NULL, VERDICT_UNKNOWN, "partner",
     UNDOCUMENTED("not_test_number", "the number in WhatsApp Manager → Phone numbers"), NULL},
};

#define REMEDY_VERIFY                                                                            \
    "Have the customer repeat the signup and enter the code that WhatsApp sends to the number, or " \
    "finish the verification in WhatsApp Manager → Phone numbers."

static const struct reading number_verified_readings[] = {
    {"VERIFIED", VERDICT_PASS, NULL, NULL, NULL},
    {"NOT_VERIFIED", VERDICT_FAIL, "customer",
     "The signup ended before the number was verified. " REMEDY_VERIFY, "code"},
    {"UNVERIFIED", VERDICT_FAIL, "customer",
     "The signup ended before the number was verified. " REMEDY_VERIFY, "code"},
    {"EXPIRED", VERDICT_FAIL, "customer",
     "The number's verification has expired before it was registered. " REMEDY_VERIFY, "code"},
    {NULL, VERDICT_UNKNOWN, "partner",
     UNDOCUMENTED("number_verified", "the number in the new account's WhatsApp Manager"), NULL},
};

#define REMEDY_SIGNUP                                                                            \
    "Go through Embedded Signup on the partner's page, choosing the same business portfolio, a " \
    "new WhatsApp Business Account and this number; it stays in service meanwhile."
#define REMEDY_SIGNUP_WITHOUT_NUMBER                                                             \
    "The signup gave a new account but not this number. Go through Embedded Signup once more, "  \
    "choose the account made the first time, and enter this number on the phone number screen."

/* two_step_off never looks at the destination: whether the new node's is_pin_enabled reflects the
 * source's two-step verification before register is not known (graph-api.md, open question 10), and a
 * false that speaks of another node would let a number through that register then refuses. */
static const struct rule rules[] = {
    {"business_verified", "business_verification_status", ORIGIN_WABA, false, true, false,
     business_verified_readings,
     UNREADABLE("business_verified", "whether Meta has verified the customer's business")},
    {"name_approved", "name_status", ORIGIN_NUMBER, false, false, false, name_approved_readings,
     UNREADABLE("name_approved", "whether the display name is approved")},
    {"two_step_off", "is_pin_enabled", ORIGIN_SOURCE_NUMBER, true, false, false,
     two_step_off_readings,
     UNREADABLE("two_step_off", "whether two-step verification is off at the old account")},
    {"not_test_number", "account_mode", ORIGIN_NUMBER, false, false, false,
     not_test_number_readings,
     UNREADABLE("not_test_number", "whether this is one of WhatsApp's test numbers")},
    {"signup_captured", NULL, ORIGIN_OUR_RECORDS, false, false, false, NULL, NULL},
    {"number_verified", "code_verification_status", ORIGIN_DESTINATION_NUMBER, false, false, true,
     number_verified_readings,
     "The number stands in the new account, but Graph did not show whether it is verified. Give a "
     "`token` that can read the new account in the manifest, or look in WhatsApp Manager and write "
     "the day as " ATTEST("number_verified") "."},
};

/* Also those that no row above assesses yet: a manifest may already attest them. */
static const char *const rule_ids[] = {
    "business_verified", "source_waba_approved", "destination_waba_approved", "payment_method",
    "two_step_off", "name_approved", "no_pending_name_change", "not_test_number",
    "not_business_app", "cloud_api", "same_business", "webhooks_subscribed",
    "not_already_moved", "registration_budget", "template_headroom", "waba_currency",
    "signup_captured", "number_verified",
};

/* clang-format on */

#define RULE_COUNT (sizeof rules / sizeof rules[0])
_Static_assert(RULE_COUNT <= ELIGIBILITY_RULES_MAX, "the caller's array holds every rule");

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"pass", "warn", "unknown", "fail"};

    return names[verdict];
}

const char *evidence_name(enum evidence evidence)
{
    static const char *const names[] = {"api", "attested", "none"};

    return names[evidence];
}

bool eligibility_is_rule(const char *rule)
{
    for (size_t i = 0; i < sizeof rule_ids / sizeof rule_ids[0]; i++) {
        if (strcmp(rule, rule_ids[i]) == 0)
            return true;
    }
    return false;
}

/* NULL when there is no node, no such field, or a JSON null: Graph leaves out what we may not see.
 */
static struct json_object *field_of(struct json_object *node, const char *field)
{
    struct json_object *value = NULL;

    if (node && json_object_is_type(node, json_type_object))
        (void)json_object_object_get_ex(node, field, &value);
    return value;
}

static struct json_object *read_field(const struct rule *rule,
                                      const struct eligibility_facts *facts, const char **read_at)
{
    struct json_object *source = NULL;
    struct json_object *destination = NULL;

    if (rule->origin == ORIGIN_WABA) {
        source = facts->source_waba;
        destination = facts->destination_waba;
    } else {
        if (rule->origin != ORIGIN_DESTINATION_NUMBER)
            source = facts->source_number;
        if (rule->origin != ORIGIN_SOURCE_NUMBER)
            destination = facts->destination_number;
    }

    struct json_object *value = field_of(source, rule->field);
    *read_at = facts->source_read_at;
    if (!value) {
        value = field_of(destination, rule->field);
        *read_at = facts->destination_read_at;
    }
    return value;
}

static bool means(const struct rule *rule, const char *documented, struct json_object *value)
{
    if (rule->is_boolean)
        return json_object_is_type(value, json_type_boolean) &&
               strcmp(documented, json_object_get_boolean(value) ? "true" : "false") == 0;
    /* A NUL inside the text must not make it equal to what stands before the NUL. */
    if (!json_object_is_type(value, json_type_string) ||
        (size_t)json_object_get_string_len(value) != strlen(documented))
        return false;
    return (rule->ignore_case ? strcasecmp : strcmp)(documented, json_object_get_string(value)) ==
           0;
}

static void set_evidence(struct finding *finding, const char *field, struct json_object *value,
                         const char *read_at, struct arena *arena)
{
    finding->evidence = EVIDENCE_API;
    finding->field = field;
    finding->value =
        arena_copy_text(arena, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
    finding->read_at = read_at;
}

static void judge_value(const struct rule *rule, struct json_object *value, struct finding *finding)
{
    const struct reading *reading = rule->readings;

    while (reading->value && !means(rule, reading->value, value))
        reading++;
    finding->verdict = reading->verdict;
    finding->owner = reading->owner;
    finding->remedy = reading->remedy;
    finding->waits_for = reading->waits_for;
    finding->is_blocking = reading->verdict == VERDICT_FAIL || reading->verdict == VERDICT_UNKNOWN;
}

/* What can be read later without anybody's doing holds nothing up: until the signup is captured
 * signup_captured does, and number_verified asks about a number that does not exist yet. */
static const char *remedy_if_too_early(const struct rule *rule,
                                       const struct eligibility_facts *facts)
{
    switch (rule->origin) {
    case ORIGIN_WABA:
        return facts->is_embedded_signup && !facts->destination_waba_id ? REMEDY_READ_AFTER_SIGNUP
                                                                        : NULL;
    case ORIGIN_NUMBER:
        return facts->is_embedded_signup && !facts->phone_number_id ? REMEDY_READ_AFTER_SIGNUP
                                                                    : NULL;
    case ORIGIN_DESTINATION_NUMBER:
        return !facts->phone_number_id && !facts->destination_number ? REMEDY_READ_WHEN_THERE
                                                                     : NULL;
    case ORIGIN_SOURCE_NUMBER:
    case ORIGIN_OUR_RECORDS:
        return NULL;
    }
    return NULL;
}

static void judge_unreadable(const struct rule *rule, const struct eligibility_facts *facts,
                             struct finding *finding)
{
    const char *too_early = remedy_if_too_early(rule, facts);

    finding->verdict = VERDICT_UNKNOWN;
    finding->evidence = EVIDENCE_NONE;
    finding->is_blocking = !too_early;
    finding->owner = too_early ? NULL : "partner";
    finding->remedy = too_early ? too_early : rule->unreadable_remedy;
}

static void judge_signup(const struct eligibility_facts *facts, struct finding *finding)
{
    finding->evidence = EVIDENCE_NONE;
    if (!facts->is_embedded_signup || (facts->destination_waba_id && facts->phone_number_id)) {
        finding->verdict = VERDICT_PASS;
        return;
    }
    finding->verdict = VERDICT_FAIL;
    finding->is_blocking = true;
    finding->waits_for = "signup";
    finding->owner = "customer";
    finding->remedy = facts->destination_waba_id ? REMEDY_SIGNUP_WITHOUT_NUMBER : REMEDY_SIGNUP;
}

/* A number that is CONNECTED on the destination has moved. Its code verification may show as
 * EXPIRED later while it works, which must not look like a number that cannot be registered. */
static bool judge_moved(const struct eligibility_facts *facts, struct arena *arena,
                        struct finding *finding)
{
    struct json_object *status = field_of(facts->destination_number, "status");

    if (!status || !json_object_is_type(status, json_type_string) ||
        strcmp(json_object_get_string(status), "CONNECTED") != 0)
        return false;
    finding->verdict = VERDICT_PASS;
    set_evidence(finding, "status", status, facts->destination_read_at, arena);
    return true;
}

static const char *attested_date(const struct eligibility_facts *facts, const char *rule)
{
    for (size_t i = 0; i < facts->attestation_count; i++) {
        if (strcmp(facts->attestations[i].rule, rule) == 0)
            return facts->attestations[i].date;
    }
    return NULL;
}

/* The customer's word stands in for what Graph did not say; it never overrules what Graph said. */
static void apply_attestation(const struct eligibility_facts *facts, struct finding *finding)
{
    const char *date =
        finding->verdict == VERDICT_UNKNOWN ? attested_date(facts, finding->rule) : NULL;

    if (date)
        *finding = (struct finding){.rule = finding->rule,
                                    .verdict = VERDICT_PASS,
                                    .evidence = EVIDENCE_ATTESTED,
                                    .read_at = date};
}

static void assess_rule(const struct rule *rule, const struct eligibility_facts *facts,
                        struct arena *arena, struct finding *finding)
{
    const char *read_at = NULL;

    *finding = (struct finding){.rule = rule->id};
    if (rule->origin == ORIGIN_OUR_RECORDS) {
        judge_signup(facts, finding);
        return;
    }

    struct json_object *value = read_field(rule, facts, &read_at);
    if (value) {
        set_evidence(finding, rule->field, value, read_at, arena);
        judge_value(rule, value, finding);
    } else {
        judge_unreadable(rule, facts, finding);
    }
    if (rule->is_moot_once_moved && finding->verdict != VERDICT_PASS) {
        struct finding moved = {.rule = rule->id};
        if (judge_moved(facts, arena, &moved))
            *finding = moved;
    }
    apply_attestation(facts, finding);
}

size_t eligibility_assess(const struct eligibility_facts *facts, struct arena *arena,
                          struct finding findings[ELIGIBILITY_RULES_MAX])
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        assess_rule(&rules[i], facts, arena, &findings[i]);
    return RULE_COUNT;
}

bool eligibility_passes(const struct finding *findings, size_t count,
                        const struct finding **first_block)
{
    *first_block = NULL;
    for (size_t i = 0; i < count && !*first_block; i++) {
        if (findings[i].is_blocking)
            *first_block = &findings[i];
    }
    return !*first_block;
}
