/* SPDX-License-Identifier: PostgreSQL */
/* The rules that a list of values cannot express. */
#include "planner/eligibility_parts.h"

#include <ctype.h>
#include <json-c/json.h>
#include <string.h>
#include <strings.h>

/* ---- payment_method ---- */

static const struct reading *no_funding(const struct question *question)
{
    return eligibility_outcome(question, question->facts->has_credit_line ? "line" : "none");
}

const struct reading *eligibility_judge_payment(const struct question *question)
{
    const struct eligibility_facts *facts = question->facts;
    const char *field = question->rule->field;
    struct json_object *value = eligibility_field(facts->destination_waba, field);

    if (value) {
        eligibility_show(question, field, value, SIDE_DESTINATION);
        if (eligibility_text_is(value, "") || eligibility_text_is(value, "0"))
            return no_funding(question);
        return eligibility_text(value) ? eligibility_outcome(question, "set")
                                       : &ELIGIBILITY_COMMON[COMMON_UNDOCUMENTED];
    }
    if (eligibility_would_show(facts->destination_waba, field)) {
        eligibility_show(question, field, NULL, SIDE_DESTINATION);
        return no_funding(question);
    }
    if (facts->has_credit_line)
        return eligibility_outcome(question, "line later");
    /* How the old account is paid says nothing of the new one, but is good to know. */
    value = eligibility_field(facts->source_waba, field);
    if (value && !eligibility_has_destination(facts, NODE_WABA))
        eligibility_show(question, field, value, SIDE_SOURCE);
    return eligibility_unreadable(question);
}

/* ---- no_pending_name_change ---- */

#define NEW_NAME "new_display_name"

/* NULL: this side does not tell. Graph gives both fields only where a change was asked for. */
static const struct reading *name_change_at(const struct question *question, enum side side)
{
    const char *field = question->rule->field;
    struct json_object *node = eligibility_node(question, side);
    struct json_object *status = eligibility_field(node, field);
    struct json_object *name = eligibility_field(node, NEW_NAME);

    if (status)
        return eligibility_read(question, field, status, side);
    if (name) {
        eligibility_show(question, NEW_NAME, name, side);
        return eligibility_text(name) ? eligibility_outcome(question, "asked for")
                                      : &ELIGIBILITY_COMMON[COMMON_UNDOCUMENTED];
    }
    if (!eligibility_would_show(node, field))
        return NULL;
    eligibility_show(question, field, NULL, side);
    return eligibility_outcome(question, "not asked for");
}

const struct reading *eligibility_judge_name_change(const struct question *question)
{
    const struct reading *reading = name_change_at(question, SIDE_SOURCE);

    if (!reading)
        reading = name_change_at(question, SIDE_DESTINATION);
    return reading ? reading : eligibility_unreadable(question);
}

/* ---- same_business ---- */

struct owner {
    struct json_object *info;
    const char *id; /* NULL: not known */
};

static struct owner owner_at(const struct question *question, enum side side)
{
    struct owner owner = {
        .info = eligibility_field(eligibility_node(question, side), question->rule->field)};

    owner.id = eligibility_text(eligibility_field(owner.info, "id"));
    return owner;
}

/* What is there and is not understood is kept as the text it came in. */
static void add_owner(struct json_object *value, const char *key, const struct owner *owner)
{
    if (owner->info)
        json_object_object_add(
            value, key,
            json_object_new_string(
                owner->id ? owner->id
                          : json_object_to_json_string_ext(owner->info, JSON_C_TO_STRING_PLAIN)));
}

static void show_owners(const struct question *question, const struct owner *source,
                        const struct owner *destination)
{
    struct json_object *value = json_object_new_object();

    add_owner(value, "source", source);
    add_owner(value, "destination", destination);
    eligibility_show_made(question, question->rule->field, value,
                          destination->info ? SIDE_DESTINATION : SIDE_SOURCE);
}

const struct reading *eligibility_judge_business(const struct question *question)
{
    const char *named = question->facts->business_id;
    struct owner source = owner_at(question, SIDE_SOURCE);
    struct owner destination = owner_at(question, SIDE_DESTINATION);
    const char *expected = source.id ? source.id : named;

    if (source.info || destination.info)
        show_owners(question, &source, &destination);
    if ((source.info && !source.id) || (destination.info && !destination.id))
        return &ELIGIBILITY_COMMON[COMMON_UNDOCUMENTED];
    if (destination.id && expected && strcmp(destination.id, expected) != 0)
        return eligibility_outcome(question, "differs");
    if (source.id && named && strcmp(source.id, named) != 0)
        return eligibility_outcome(question, "not the one named");
    if (destination.id && !expected && !eligibility_node(question, SIDE_SOURCE))
        return &ELIGIBILITY_COMMON[COMMON_SOURCE_CLOSED];
    return destination.id && expected ? eligibility_outcome(question, "same")
                                      : eligibility_unreadable(question);
}

/* ---- webhooks_subscribed ---- */

/* {"data":[{"whatsapp_business_api_data":{"id":"998877"}}]}: false when it has another shape. */
static bool list_apps(struct json_object *edge, struct json_object *ids)
{
    struct json_object *data = eligibility_field(edge, "data");

    if (!json_object_is_type(data, json_type_array))
        return false;
    for (size_t i = 0; i < json_object_array_length(data); i++) {
        struct json_object *app =
            eligibility_field(json_object_array_get_idx(data, i), "whatsapp_business_api_data");
        struct json_object *id = eligibility_field(app, "id");
        if (!eligibility_text(id))
            return false;
        json_object_array_add(ids, json_object_get(id));
    }
    return true;
}

static bool is_among(struct json_object *ids, const char *id)
{
    for (size_t i = 0; i < json_object_array_length(ids); i++) {
        if (eligibility_text_is(json_object_array_get_idx(ids, i), id))
            return true;
    }
    return false;
}

const struct reading *eligibility_judge_webhooks(const struct question *question)
{
    const struct eligibility_facts *facts = question->facts;
    const char *field = question->rule->field;
    struct json_object *edge = eligibility_field(facts->destination_waba, field);

    if (!edge && !eligibility_would_show(facts->destination_waba, field))
        return eligibility_outcome(question, "not seen");
    struct json_object *ids = json_object_new_array();
    /* Graph leaves an edge without entries out. */
    if (edge && !list_apps(edge, ids)) {
        json_object_put(ids);
        eligibility_show(question, field, edge, SIDE_DESTINATION);
        return eligibility_outcome(question, "not seen");
    }
    bool is_ours = facts->app_id && is_among(ids, facts->app_id);
    eligibility_show_made(question, field, ids, SIDE_DESTINATION);
    if (!facts->app_id)
        return eligibility_outcome(question, "not seen");
    return eligibility_outcome(question, is_ours ? "subscribed" : "missing");
}

/* ---- not_already_moved ---- */

const struct reading *eligibility_judge_moved(const struct question *question)
{
    const struct eligibility_facts *facts = question->facts;
    const char *field = question->rule->field;

    if (!eligibility_has_moved(facts))
        return eligibility_judge_field(question);
    eligibility_show(question, field, eligibility_field(facts->destination_number, field),
                     SIDE_DESTINATION);
    return eligibility_outcome(question, "moved");
}

/* ---- registration_budget ---- */

const struct reading *eligibility_judge_registrations(const struct question *question)
{
    const struct eligibility_facts *facts = question->facts;
    int spent = facts->registrations_spent;
    const char *until = facts->registration_blocked_until;
    struct json_object *value = json_object_new_int(spent);

    if (until) {
        struct json_object *count = value;
        value = json_object_new_object();
        json_object_object_add(value, "spent", count);
        json_object_object_add(value, "blocked_until", json_object_new_string(until));
    }
    question->finding->value = arena_copy_text(
        question->arena, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
    json_object_put(value);
    if (until)
        return eligibility_outcome(question, "refused");
    if (spent >= facts->registrations_allowed)
        return eligibility_outcome(question, "spent");
    /* From here on a person decides what the last ones are spent on. */
    return eligibility_outcome(question,
                               spent >= facts->registrations_unasked ? "few left" : "left");
}

/* ---- template_headroom ---- */

#define TEMPLATES "_templates"
#define TEMPLATES_LIMIT 250
#define TEMPLATES_LIMIT_VERIFIED 6000

struct template_counts {
    int64_t approved_green, approved_unknown, destination, limit;
};

/* No WABA has a thousand million templates; what is more is not a count. */
static bool count_of(struct json_object *counts, const char *key, int64_t *count)
{
    struct json_object *value = eligibility_field(counts, key);

    if (!json_object_is_type(value, json_type_int))
        return false;
    *count = json_object_get_int64(value);
    return *count >= 0 && *count <= 1000000000;
}

/* Meta raises the limit for a verified portfolio one of whose WABAs has a number with an approved
 * name, which name_approved asks for. */
static int64_t template_limit(const struct eligibility_facts *facts)
{
    static const char field[] = "business_verification_status";
    struct json_object *value = eligibility_field(facts->source_waba, field);
    const char *text =
        eligibility_text(value ? value : eligibility_field(facts->destination_waba, field));

    return text && strcasecmp(text, "verified") == 0 ? TEMPLATES_LIMIT_VERIFIED : TEMPLATES_LIMIT;
}

static const struct reading *judge_counts(const struct question *question,
                                          const struct template_counts *counts)
{
    struct json_object *value = json_object_new_object();
    int64_t room = counts->limit - counts->destination;

    json_object_object_add(value, "approved_green", json_object_new_int64(counts->approved_green));
    json_object_object_add(value, "approved_unknown",
                           json_object_new_int64(counts->approved_unknown));
    json_object_object_add(value, "destination", json_object_new_int64(counts->destination));
    json_object_object_add(value, "limit", json_object_new_int64(counts->limit));
    eligibility_show_made(question, question->rule->field, value, SIDE_SOURCE);
    if (counts->approved_green > room && counts->approved_green > 0)
        return eligibility_outcome(question, "green do not fit");
    if (counts->approved_green + counts->approved_unknown > room && counts->approved_unknown > 0)
        return eligibility_outcome(question, "unknown do not fit");
    return eligibility_outcome(question, "fit");
}

static const struct reading *miscounted(const struct question *question, struct json_object *counts,
                                        enum side side)
{
    eligibility_show(question, question->rule->field, counts, side);
    return &ELIGIBILITY_COMMON[COMMON_UNDOCUMENTED];
}

const struct reading *eligibility_judge_templates(const struct question *question)
{
    const struct eligibility_facts *facts = question->facts;
    struct template_counts counts = {.limit = template_limit(facts)};
    struct json_object *source = eligibility_field(facts->source_waba, TEMPLATES);
    struct json_object *destination = eligibility_field(facts->destination_waba, TEMPLATES);
    bool has_destination = eligibility_has_destination(facts, NODE_WABA);

    if (!source && !facts->source_waba)
        return eligibility_unreadable(question);
    if (has_destination && !facts->destination_waba)
        return &ELIGIBILITY_COMMON[COMMON_DESTINATION_CLOSED];
    if (!source || (has_destination && !destination))
        return eligibility_outcome(question, "not counted");
    if (!count_of(source, "approved_green", &counts.approved_green) ||
        !count_of(source, "approved_unknown", &counts.approved_unknown))
        return miscounted(question, source, SIDE_SOURCE);
    if (has_destination && !count_of(destination, "total", &counts.destination))
        return miscounted(question, destination, SIDE_DESTINATION);
    return judge_counts(question, &counts);
}

/* ---- waba_currency ---- */

static bool is_currency(const char *text)
{
    return text && strlen(text) == 3 && isupper((unsigned char)text[0]) &&
           isupper((unsigned char)text[1]) && isupper((unsigned char)text[2]);
}

static void show_currencies(const struct question *question, const char *wished,
                            struct json_object *there)
{
    struct json_object *value = json_object_new_object();

    if (wished)
        json_object_object_add(value, "wished", json_object_new_string(wished));
    if (there)
        json_object_object_add(value, "destination", json_object_get(there));
    eligibility_show_made(question, question->rule->field, value, SIDE_DESTINATION);
    /* The manifest alone is nobody's answer. */
    if (!there) {
        question->finding->evidence = EVIDENCE_NONE;
        question->finding->field = NULL;
        question->finding->read_at = NULL;
    }
}

static bool has_funding(const struct eligibility_facts *facts)
{
    const char *funding =
        eligibility_text(eligibility_field(facts->destination_waba, "primary_funding_id"));

    return funding && strcmp(funding, "0") != 0;
}

const struct reading *eligibility_judge_currency(const struct question *question)
{
    static const char *const obliging[] = {"INR", "BRL"};
    const char *wished = question->facts->waba_currency;
    struct json_object *value =
        eligibility_field(question->facts->destination_waba, question->rule->field);
    const char *there = eligibility_text(value);

    if (!wished && !value)
        return eligibility_outcome(question, "none known");
    show_currencies(question, wished, value);
    for (size_t i = 0; i < sizeof obliging / sizeof obliging[0]; i++) {
        if ((wished && strcasecmp(wished, obliging[i]) == 0) ||
            (there && strcmp(there, obliging[i]) == 0))
            return eligibility_outcome(question, obliging[i]);
    }
    if (value && !is_currency(there))
        return &ELIGIBILITY_COMMON[COMMON_UNDOCUMENTED];
    if (wished && there && strcasecmp(wished, there) != 0 && has_funding(question->facts))
        return eligibility_outcome(question, "frozen");
    return eligibility_outcome(question, "settled");
}

/* ---- signup_captured ---- */

const struct reading *eligibility_judge_signup(const struct question *question)
{
    const struct eligibility_facts *facts = question->facts;

    if (!facts->is_embedded_signup || (facts->destination_waba_id && facts->phone_number_id))
        return eligibility_outcome(question, "captured");
    return eligibility_outcome(question, facts->destination_waba_id ? "without number" : "missing");
}

/* ---- number_verified ---- */

const struct reading *eligibility_judge_verified(const struct question *question)
{
    const struct reading *reading = eligibility_judge_field(question);

    /* The programmatic path verifies what a signup should have verified. */
    if (reading->verdict == VERDICT_FAIL && !question->facts->is_embedded_signup)
        return eligibility_outcome(question, "code to come");
    return reading;
}
