/* SPDX-License-Identifier: PostgreSQL */
#include "planner/eligibility_parts.h"

#include <json-c/json.h>
#include <string.h>
#include <strings.h>

#include "base/fault.h"

struct json_object *eligibility_node(const struct question *question, enum side side)
{
    const struct eligibility_facts *facts = question->facts;

    switch (question->rule->node) {
    case NODE_WABA:
        return side == SIDE_SOURCE ? facts->source_waba : facts->destination_waba;
    case NODE_NUMBER:
        return side == SIDE_SOURCE ? facts->source_number : facts->destination_number;
    case NODE_NONE:
        return NULL;
    }
    return NULL;
}

struct json_object *eligibility_field(struct json_object *node, const char *field)
{
    struct json_object *value = NULL;

    if (node && json_object_is_type(node, json_type_object))
        (void)json_object_object_get_ex(node, field, &value);
    return value;
}

/* A NUL inside the text must not make it equal to what stands before the NUL. */
static bool is_plain_text(struct json_object *value)
{
    return json_object_is_type(value, json_type_string) &&
           strlen(json_object_get_string(value)) == (size_t)json_object_get_string_len(value);
}

bool eligibility_text_is(struct json_object *value, const char *text)
{
    return is_plain_text(value) && strcmp(json_object_get_string(value), text) == 0;
}

const char *eligibility_text(struct json_object *value)
{
    return is_plain_text(value) && json_object_get_string_len(value) > 0
               ? json_object_get_string(value)
               : NULL;
}

bool eligibility_is_left_out(struct json_object *node, const char *field)
{
    struct json_object *names = eligibility_field(node, "_left_out");

    if (!json_object_is_type(names, json_type_array))
        return false;
    for (size_t i = 0; i < json_object_array_length(names); i++) {
        if (eligibility_text_is(json_object_array_get_idx(names, i), field))
            return true;
    }
    return false;
}

bool eligibility_would_show(struct json_object *node, const char *field)
{
    return node && json_object_is_type(node, json_type_object) &&
           !eligibility_is_left_out(node, field);
}

const char *eligibility_read_at(const struct question *question, enum side side)
{
    return side == SIDE_SOURCE ? question->facts->source_read_at
                               : question->facts->destination_read_at;
}

bool eligibility_has_destination(const struct eligibility_facts *facts, enum node node)
{
    return node == NODE_NUMBER ? facts->phone_number_id || facts->destination_number
                               : facts->destination_waba_id || facts->destination_waba;
}

bool eligibility_has_moved(const struct eligibility_facts *facts)
{
    return eligibility_text_is(eligibility_field(facts->destination_number, "status"), "CONNECTED");
}

void eligibility_show(const struct question *question, const char *field, struct json_object *value,
                      enum side side)
{
    struct finding *finding = question->finding;

    finding->evidence = EVIDENCE_API;
    finding->field = field;
    finding->read_at = eligibility_read_at(question, side);
    finding->value =
        value ? arena_copy_text(question->arena,
                                json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN))
              : NULL;
}

void eligibility_show_made(const struct question *question, const char *field,
                           struct json_object *value, enum side side)
{
    eligibility_show(question, field, value, side);
    json_object_put(value);
}

static bool is_asked(const struct question *question, enum side side)
{
    return (question->rule->side & side) != 0;
}

/* What nobody could read yet: the destination alone could tell and is not there, or it will be
 * there after a signup. */
static bool is_too_early(const struct question *question)
{
    const struct rule *rule = question->rule;

    if (!is_asked(question, SIDE_DESTINATION) ||
        eligibility_has_destination(question->facts, rule->node))
        return false;
    return !is_asked(question, SIDE_SOURCE) ||
           (question->facts->is_embedded_signup && !question->facts->is_offline);
}

static enum common why_unreadable(const struct question *question)
{
    const char *field = question->rule->field;
    struct json_object *source =
        is_asked(question, SIDE_SOURCE) ? eligibility_node(question, SIDE_SOURCE) : NULL;
    struct json_object *destination =
        is_asked(question, SIDE_DESTINATION) ? eligibility_node(question, SIDE_DESTINATION) : NULL;

    if (is_too_early(question))
        return COMMON_READ_LATER;
    if (question->facts->is_offline)
        return COMMON_OFFLINE;
    if (eligibility_is_left_out(source, field) || eligibility_is_left_out(destination, field))
        return COMMON_LEFT_OUT;
    if (is_asked(question, SIDE_SOURCE) && !source)
        return question->rule->node == NODE_NUMBER && question->facts->source_waba
                   ? COMMON_NOT_IN_SOURCE
                   : COMMON_SOURCE_CLOSED;
    if (!is_asked(question, SIDE_SOURCE) && !destination)
        return COMMON_DESTINATION_CLOSED;
    return COMMON_ABSENT;
}

const struct reading *eligibility_unreadable(const struct question *question)
{
    return &ELIGIBILITY_COMMON[why_unreadable(question)];
}

static bool means(const struct rule *rule, const char *documented, struct json_object *value)
{
    if (rule->is_boolean)
        return json_object_is_type(value, json_type_boolean) &&
               strcmp(documented, json_object_get_boolean(value) ? "true" : "false") == 0;
    return is_plain_text(value) && (rule->ignore_case ? strcasecmp : strcmp)(
                                       documented, json_object_get_string(value)) == 0;
}

const struct reading *eligibility_read(const struct question *question, const char *field,
                                       struct json_object *value, enum side side)
{
    eligibility_show(question, field, value, side);
    for (const struct reading *at = question->rule->readings; at && at->word; at++) {
        if (means(question->rule, at->word, value))
            return at;
    }
    return &ELIGIBILITY_COMMON[COMMON_UNDOCUMENTED];
}

const struct reading *eligibility_judge_field(const struct question *question)
{
    static const enum side sides[] = {SIDE_SOURCE, SIDE_DESTINATION};
    const char *field = question->rule->field;

    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        struct json_object *value =
            is_asked(question, sides[i])
                ? eligibility_field(eligibility_node(question, sides[i]), field)
                : NULL;
        if (value)
            return eligibility_read(question, field, value, sides[i]);
    }
    return eligibility_unreadable(question);
}

const struct reading *eligibility_outcome(const struct question *question, const char *word)
{
    const struct reading *at = question->rule->outcomes;

    while (at->word && strcmp(at->word, word) != 0)
        at++;
    BUG_UNLESS(at->word);
    return at;
}
