/* SPDX-License-Identifier: PostgreSQL */
#include "planner/audit.h"

#include <json-c/json.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"

/* Two answers of the largest size that is read, and more. */
#define WRITTEN_BYTES_MAX (64u * 1024 * 1024)

static const char *const verdicts[AUDIT_VERDICTS] = {"kept", "changed_as_documented", "changed",
                                                     "not_readable"};

const char *audit_verdict_name(enum audit_verdict verdict)
{
    return verdicts[verdict];
}

enum audit_verdict audit_verdict_find(const char *name)
{
    unsigned i = 0;

    while (i < AUDIT_VERDICTS && (!name || strcmp(verdicts[i], name) != 0))
        i++;
    return (enum audit_verdict)i;
}

const char AUDIT_CONFIRMED_FIELDS[] =
    "id,status,verified_name,name_status,is_pin_enabled,last_onboarded_time," AUDIT_NUMBER_FIELDS;

/* clang-format off */

#define WHATSAPP_MANAGER "WhatsApp Manager → Phone numbers"

/* What may be said of a field. Owners and remedies as in eligibility_rules.c: what is the
 * customer's is sent to customers as it is. */
struct outcome {
    enum audit_verdict verdict;
    const char *owner, *remedy;
};

enum common {
    COMMON_KEPT, COMMON_BETTER, COMMON_CLOSED, COMMON_NOT_READ_BEFORE, COMMON_NOT_READ_AFTER, COMMON_COUNT
};
static const struct outcome common[COMMON_COUNT] = {
    [COMMON_KEPT] = {AUDIT_KEPT, NULL, NULL},
    [COMMON_BETTER] = {AUDIT_CHANGED, NULL, "Nothing to do: it stands better than before the move."},
    [COMMON_CLOSED] = {AUDIT_NOT_READABLE, NULL,
     "The old account could not be read before the move, so nothing tells how this was there."},
    [COMMON_NOT_READ_BEFORE] = {AUDIT_NOT_READABLE, NULL,
     "Meta did not show this of the old account, so nothing tells how it was before the move."},
    [COMMON_NOT_READ_AFTER] = {AUDIT_NOT_READABLE, NULL,
     "Meta did not show this of the new account: look at it in " WHATSAPP_MANAGER "."},
};

enum said { SAID_WORSE, SAID_BETTER, SAID_OTHERWISE, SAID_COUNT };

struct sides {
    struct json_object *before, *after; /* this field's, made comparable */
};

struct rule {
    const char *field, *source;
    const char *member;       /* what of the field's value is compared; NULL: the value */
    const char *const *ranks; /* from worst to best, ends with NULL; NULL: any change is one */
    /* What is compared, in place of the value; a new reference, NULL for none. */
    struct json_object *(*normalise)(struct json_object *value);
    /* In place of the comparison; `before` may be NULL. NULL: that cannot be said then. */
    const struct outcome *(*judge)(const struct audit_facts *facts, const struct sides *sides);
    bool is_of_waba; /* where the number does not show it, its WABA may */
    struct outcome said[SAID_COUNT]; /* a change; without a remedy: COMMON_BETTER */
};

static const char *const name_ranks[] = {"DECLINED", "EXPIRED", "NONE", "PENDING_REVIEW",
                                         "AVAILABLE_WITHOUT_REVIEW", "APPROVED", NULL};
static const char *const quality_ranks[] = {"RED", "YELLOW", "UNKNOWN", "GREEN", NULL};
static const char *const limit_ranks[] = {"TIER_50", "TIER_250", "TIER_1K", "TIER_2K", "TIER_10K",
                                          "TIER_100K", "TIER_UNLIMITED", NULL};
static const char *const badge_ranks[] = {"false", "true", NULL};
static const char *const throughput_ranks[] = {"NOT_APPLICABLE", "STANDARD", "HIGH", NULL};
static const char *const health_ranks[] = {"BLOCKED", "LIMITED", "AVAILABLE", NULL};

static struct json_object *unrated(struct json_object *value);
static struct json_object *profile(struct json_object *value);
static struct json_object *storage(struct json_object *value);
static const struct outcome *judge_pin(const struct audit_facts *facts, const struct sides *sides);
static const struct outcome *judge_webhooks(const struct audit_facts *facts, const struct sides *sides);
static const struct outcome *judge_storage(const struct audit_facts *facts, const struct sides *sides);

static const struct outcome pin_outcomes[] = {
    {AUDIT_CHANGED_AS_DOCUMENTED, NULL,
     "Nothing to do: registering a number sets its PIN, and two-step verification is on from then "
     "on. `wabamigrate pins export` hands the PIN over."},
    {AUDIT_CHANGED, "partner",
     "Two-step verification is off, although registering the number has set a PIN. Set one in "
     WHATSAPP_MANAGER " → the number → Two-step verification."},
};
static const struct outcome webhook_outcomes[] = {
    {AUDIT_CHANGED_AS_DOCUMENTED, NULL,
     "Nothing to do: the webhooks of the new account go where the new partner and the manifest send "
     "them."},
    {AUDIT_CHANGED, "partner",
     "The new account does not send the messages to the callback that the manifest names, although "
     "the run has set it. Find out who has changed it, and set it again with Meta's `subscribed_apps` "
     "call."},
    {AUDIT_CHANGED, "partner",
     "The old account sent the messages to a callback of their own, and the new one does not. Where "
     "it is still wanted, write it under `webhook` in the manifest."},
};
static const struct outcome storage_outcomes[] = {
    {AUDIT_CHANGED_AS_DOCUMENTED, NULL,
     "Nothing to do: the number's data is stored where the manifest says."},
    {AUDIT_CHANGED, "partner",
     "The number's data is not stored where the manifest says. The setting can only be changed while "
     "the number is not registered: deregister it, set it, and register it again."},
    {AUDIT_CHANGED, "partner",
     "The number's data is not stored as it was on the old account, where a setting of its own said "
     "how. For numbers still to move, write `data_localization_region` in the manifest; this one has "
     "to be deregistered, set, and registered again."},
};

static const struct rule rules[] = {
    {.field = "verified_name", .source = "MIG-ES",
     .said[SAID_OTHERWISE] = {AUDIT_CHANGED, "customer",
     "The number shows another display name than before the move. If you did not ask Meta for that, "
     "request the old name in " WHATSAPP_MANAGER " → the number → Profile → Display name."}},
    {.field = "name_status", .source = "MIG-ES", .ranks = name_ranks,
     .said[SAID_WORSE] = {AUDIT_CHANGED, "customer",
     "The display name was approved better on the old account than it is on the new one. Look at it "
     "in " WHATSAPP_MANAGER " → the number → Profile → Display name, and request a review."}},
    {.field = "quality_rating", .source = "MIG-ES", .ranks = quality_ranks, .normalise = unrated,
     .said[SAID_WORSE] = {AUDIT_CHANGED, "partner",
     "The quality rating is lower than before the move, and should have come along. It is made of "
     "how people took the messages of the last days: where " WHATSAPP_MANAGER " → the number → "
     "Insights does not explain it, ask Meta's support with both values."}},
    {.field = "whatsapp_business_manager_messaging_limit", .source = "LIMITS", .ranks = limit_ranks,
     .is_of_waba = true,
     .said[SAID_WORSE] = {AUDIT_CHANGED, "customer",
     "The messaging limit is lower than before the move. It is the business portfolio's, and both "
     "accounts are in one portfolio, so the move cannot have lowered it. Open Meta's Business "
     "Support Home, read the reason, and ask there to have it restored."},
     .said[SAID_BETTER] = {AUDIT_CHANGED_AS_DOCUMENTED, NULL,
     "Nothing to do: the messaging limit is the business portfolio's, and Meta raises it by itself."}},
    {.field = "is_official_business_account", .source = "MIG-ES", .ranks = badge_ranks,
     .said[SAID_WORSE] = {AUDIT_CHANGED, "customer",
     "The number had the badge of an official business account, and has it no longer. Ask for it in "
     WHATSAPP_MANAGER " → the number → Profile → Official business account, or have Meta's support "
     "restore it."}},
    {.field = "throughput", .member = "level", .ranks = throughput_ranks,
     .said[SAID_WORSE] = {AUDIT_CHANGED, "partner",
     "The number's throughput is lower than before the move. Meta raises it by itself where the "
     "number qualifies; where it is needed at once, ask Meta's support."}},
    {.field = "webhook_configuration", .source = "WH-OVR", .judge = judge_webhooks},
    {.field = "is_pin_enabled", .source = "REG", .judge = judge_pin},
    {.field = "health_status", .source = "HEALTH", .member = "can_send_message", .ranks = health_ranks,
     .said[SAID_WORSE] = {AUDIT_CHANGED, "customer",
     "The number can send less than before the move. Open " WHATSAPP_MANAGER " → the number: it "
     "says what limits it, and what to do."}},
    {.field = "whatsapp_business_profile", .normalise = profile,
     .said[SAID_OTHERWISE] = {AUDIT_CHANGED, "partner",
     "The business profile is not what it was before the move. Enter the old values, which stand in "
     "this report, in " WHATSAPP_MANAGER " → the number → Profile."}},
    {.field = "settings", .source = "LOCAL", .normalise = storage, .judge = judge_storage},
};
#define RULE_COUNT (sizeof rules / sizeof rules[0])

_Static_assert(RULE_COUNT == AUDIT_FIELDS_MAX, "a finding for each field");

/* clang-format on */

/* ---- values ---- */

static struct json_object *member(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;

    if (json_object_is_type(object, json_type_object))
        (void)json_object_object_get_ex(object, name, &value);
    return value;
}

static const char *text_of(struct json_object *object, const char *name)
{
    struct json_object *value = member(object, name);

    return value ? json_object_get_string(value) : "";
}

static bool is_same(struct json_object *left, struct json_object *right)
{
    return left && right && json_object_equal(left, right);
}

/* A number that has not been rated: "NA" on older nodes. */
static struct json_object *unrated(struct json_object *value)
{
    const char *text = json_object_get_string(value);

    return text && strcmp(text, "NA") == 0 ? json_object_new_string("UNKNOWN")
                                           : json_object_get(value);
}

static void keep(struct json_object *from, const char *name, struct json_object *into)
{
    struct json_object *value = member(from, name);
    bool is_empty = json_object_is_type(value, json_type_array)
                        ? json_object_array_length(value) == 0
                        : *text_of(from, name) == '\0';

    if (!is_empty)
        json_object_object_add(into, name, json_object_get(value));
}

/* {"data":[{…}]}, where Meta's description has one more object around it (U), without what is
 * empty. A picture's URL is another in every answer, so that there is one is all that it tells. */
static struct json_object *profile(struct json_object *value)
{
    static const char *const names[] = {"about", "address",  "description",
                                        "email", "vertical", "websites"};
    struct json_object *data = member(value, "data"), *own = json_object_new_object();
    struct json_object *from =
        json_object_is_type(data, json_type_array) ? json_object_array_get_idx(data, 0) : value;

    if (member(from, "business_profile"))
        from = member(from, "business_profile");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        keep(from, names[i], own);
    if (*text_of(from, "profile_picture_url") != '\0')
        json_object_object_add(own, "has_picture", json_object_new_boolean(true));
    return own;
}

#define STORAGE_OFF "IN_COUNTRY_STORAGE_DISABLED"

static struct json_object *storage(struct json_object *value)
{
    struct json_object *from = member(value, "storage_configuration");
    struct json_object *own = json_object_new_object();
    const char *status = text_of(from, "status");

    if (*status == '\0' || strcmp(status, STORAGE_OFF) == 0) {
        json_object_object_add(own, "status", json_object_new_string(STORAGE_OFF));
        return own;
    }
    keep(from, "status", own);
    keep(from, "data_localization_region", own);
    keep(from, "retention_minutes", own);
    return own;
}

/* A new reference; NULL: it was not read, or is not shown. */
static struct json_object *read_side(const struct rule *rule, struct json_object *number,
                                     struct json_object *waba)
{
    struct json_object *value = member(number, rule->field);

    if (!value && rule->is_of_waba)
        value = member(waba, rule->field);
    if (rule->member)
        value = member(value, rule->member);
    return value && rule->normalise ? rule->normalise(value) : json_object_get(value);
}

/* ---- judging ---- */

static const struct outcome *judge_pin(const struct audit_facts *facts, const struct sides *sides)
{
    (void)facts;
    if (!json_object_get_boolean(sides->after))
        return &pin_outcomes[1];
    return sides->before && json_object_get_boolean(sides->before) ? &common[COMMON_KEPT]
                                                                   : &pin_outcomes[0];
}

/* Priority is the number's own callback, then the WABA's, then the app's (WH-OVR). */
static const char *override_of(struct json_object *webhooks)
{
    const char *own = text_of(webhooks, "phone_number");

    return *own ? own : text_of(webhooks, "whatsapp_business_account");
}

static const struct outcome *judge_webhooks(const struct audit_facts *facts,
                                            const struct sides *sides)
{
    const char *wished = facts->webhook_override_callback_uri;
    const char *after = override_of(sides->after);

    if (wished && strcmp(after, wished) != 0)
        return &webhook_outcomes[1];
    if (!wished && !sides->before)
        return NULL;
    if (is_same(sides->before, sides->after))
        return &common[COMMON_KEPT];
    const char *before = override_of(sides->before);
    return wished || *before == '\0' || strcmp(before, after) == 0 ? &webhook_outcomes[0]
                                                                   : &webhook_outcomes[2];
}

static const struct outcome *judge_storage(const struct audit_facts *facts,
                                           const struct sides *sides)
{
    const char *wished = facts->data_localization_region;

    if (wished && strcmp(text_of(sides->after, "data_localization_region"), wished) != 0)
        return &storage_outcomes[1];
    if (!wished && !sides->before)
        return NULL;
    if (is_same(sides->before, sides->after))
        return &common[COMMON_KEPT];
    return wished ? &storage_outcomes[0] : &storage_outcomes[2];
}

static int rank(const struct rule *rule, struct json_object *value)
{
    const char *text = json_object_get_string(value);
    int at = 0;

    while (rule->ranks[at] && (!text || strcmp(rule->ranks[at], text) != 0))
        at++;
    return rule->ranks[at] ? at : -1;
}

/* Which way; a word that nobody has documented is no better than the one before. */
static enum said direction(const struct rule *rule, const struct sides *sides)
{
    if (!rule->ranks)
        return SAID_OTHERWISE;
    return rank(rule, sides->before) >= 0 && rank(rule, sides->after) > rank(rule, sides->before)
               ? SAID_BETTER
               : SAID_WORSE;
}

static const struct outcome *compare(const struct rule *rule, const struct sides *sides)
{
    if (is_same(sides->before, sides->after))
        return &common[COMMON_KEPT];
    const struct outcome *said = &rule->said[direction(rule, sides)];
    return said->remedy ? said : &common[COMMON_BETTER];
}

static const struct outcome *judge(const struct rule *rule, const struct audit_facts *facts,
                                   const struct sides *sides)
{
    const struct outcome *outcome = NULL;

    if (!sides->after)
        return &common[COMMON_NOT_READ_AFTER];
    if (rule->judge)
        outcome = rule->judge(facts, sides);
    else if (sides->before)
        outcome = compare(rule, sides);
    if (outcome)
        return outcome;
    return member(facts->number_before, "id") ? &common[COMMON_NOT_READ_BEFORE]
                                              : &common[COMMON_CLOSED];
}

/* ---- findings ---- */

static const char *write_value(struct json_object *value, struct arena *arena)
{
    return value ? arena_copy_text(
                       arena, json_object_to_json_string_ext(
                                  value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE))
                 : NULL;
}

static void fill(const struct rule *rule, const struct outcome *outcome, const struct sides *sides,
                 struct arena *arena, struct audit_finding *finding)
{
    *finding = (struct audit_finding){.field = rule->field,
                                      .verdict = outcome->verdict,
                                      .before = write_value(sides->before, arena),
                                      .after = write_value(sides->after, arena),
                                      .owner = outcome->owner,
                                      .remedy = outcome->remedy,
                                      .source = rule->source};
}

size_t audit_compare(const struct audit_facts *facts, struct arena *arena,
                     struct audit_finding findings[AUDIT_FIELDS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule *rule = &rules[i];
        struct sides sides = {read_side(rule, facts->number_before, facts->waba_before),
                              read_side(rule, facts->number_after, NULL)};
        fill(rule, judge(rule, facts, &sides), &sides, arena, &findings[count++]);
        json_object_put(sides.before);
        json_object_put(sides.after);
    }
    return count;
}

/* ---- as it is kept ---- */

static void put_value(struct buffer *out, const char *key, const char *json)
{
    if (!json)
        return;
    buffer_add(out, key);
    buffer_add(out, json);
}

/* What was kept is written once. */
const char *audit_write(const struct audit_finding *findings, size_t count, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, WRITTEN_BYTES_MAX);
    buffer_add(&out, "[");
    for (size_t i = 0; i < count; i++) {
        const struct audit_finding *finding = &findings[i];
        buffer_add_member(&out, i == 0 ? "{\"field\":" : ",{\"field\":", finding->field);
        buffer_add_member(&out, ",\"verdict\":", audit_verdict_name(finding->verdict));
        if (finding->verdict != AUDIT_KEPT)
            put_value(&out, ",\"before\":", finding->before);
        put_value(&out, ",\"after\":", finding->after);
        buffer_add_member(&out, ",\"owner\":", finding->owner);
        buffer_add_member(&out, ",\"remedy\":", finding->remedy);
        buffer_add_member(&out, ",\"source\":", finding->source);
        buffer_add(&out, "}");
    }
    buffer_add(&out, "]");
    const char *text = arena_copy_text(arena, buffer_text(&out));
    buffer_finish(&out);
    return text;
}

static const char *read_text(struct json_object *row, const char *name, struct arena *arena)
{
    struct json_object *value = member(row, name);

    return value ? arena_copy_text(arena, json_object_get_string(value)) : NULL;
}

static bool read_row(struct json_object *row, struct arena *arena, struct audit_finding *finding)
{
    *finding = (struct audit_finding){
        .field = read_text(row, "field", arena),
        .verdict = audit_verdict_find(text_of(row, "verdict")),
        .before = write_value(member(row, "before"), arena),
        .after = write_value(member(row, "after"), arena),
        .owner = read_text(row, "owner", arena),
        .remedy = read_text(row, "remedy", arena),
        .source = read_text(row, "source", arena),
    };
    if (finding->verdict == AUDIT_KEPT)
        finding->before = finding->after;
    return finding->field && finding->verdict != AUDIT_VERDICTS;
}

size_t audit_read(const char *text, struct arena *arena,
                  struct audit_finding findings[AUDIT_FIELDS_MAX])
{
    struct json_object *list = text ? json_tokener_parse(text) : NULL;
    size_t count = 0;

    if (json_object_is_type(list, json_type_array)) {
        size_t length = json_object_array_length(list);
        for (size_t i = 0; i < length && count < AUDIT_FIELDS_MAX; i++)
            count += read_row(json_object_array_get_idx(list, i), arena, &findings[count]);
    }
    json_object_put(list);
    return count;
}

/* ---- for the languages ---- */

/* The outcomes that stand in tables of their own, and each rule's. */
const char *audit_remedy(size_t at)
{
    const struct {
        const struct outcome *outcomes;
        size_t count;
    } tables[] = {
        {common, COMMON_COUNT},
        {pin_outcomes, sizeof pin_outcomes / sizeof pin_outcomes[0]},
        {webhook_outcomes, sizeof webhook_outcomes / sizeof webhook_outcomes[0]},
        {storage_outcomes, sizeof storage_outcomes / sizeof storage_outcomes[0]},
    };
    const size_t table_count = sizeof tables / sizeof tables[0];

    for (size_t i = 0; i < table_count + RULE_COUNT; i++) {
        const struct outcome *outcomes =
            i < table_count ? tables[i].outcomes : rules[i - table_count].said;
        size_t count = i < table_count ? tables[i].count : SAID_COUNT;
        for (size_t j = 0; j < count; j++) {
            if (outcomes[j].remedy && at-- == 0)
                return outcomes[j].remedy;
        }
    }
    return NULL;
}
