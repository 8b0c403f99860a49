/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/read_fields.h"

#include <ctype.h>
#include <json-c/json.h>
#include <string.h>

#include "jobs/step.h"

/* A name within a list; "a{b,c}" and "a.limit(2){b}" are one name, "a", with all that follows it.
 */
struct field {
    const char *name; /* not terminated */
    size_t name_length, length;
};

static bool next_field(const char **list, struct field *field)
{
    const char *at = *list;
    int depth = 0;

    if (at == NULL)
        return false;
    at += strspn(at, ",");
    if (*at == '\0')
        return false;
    size_t name_length = strcspn(at, ",.{("), i = name_length; /* most are a name alone */
    for (; at[i] != '\0' && (depth > 0 || at[i] != ','); i++)
        depth += (at[i] == '{' || at[i] == '(') - (at[i] == '}' || at[i] == ')');
    *field = (struct field){.name = at, .name_length = name_length, .length = i};
    *list = at + i;
    return true;
}

static bool is_listed(const char *list, const char *name, size_t length)
{
    struct field field;

    while (next_field(&list, &field)) {
        if (field.name_length == length && strncmp(field.name, name, length) == 0)
            return true;
    }
    return false;
}

static const char *needed_fields(enum read_part part)
{
    if (part == READ_CONFIRMED)
        return "id,status";
    return part == READ_NUMBERS ? "id,display_phone_number" : "id";
}

static const char *wanted_fields(const struct read_fields *read, enum read_part part)
{
    const struct facts *facts = read->facts;

    if (part == READ_TEMPLATES)
        return facts->template_fields;
    if (part == READ_CONFIRMED)
        return facts->confirmed_number_fields;
    if (part == READ_WABA)
        return read->is_source ? facts->source_waba_fields : facts->destination_waba_fields;
    return read->is_source ? facts->source_number_fields : facts->destination_number_fields;
}

static bool is_left_out(const struct read_fields *read, const char *name, size_t length)
{
    const char *refused = read->is_source ? read->facts->source_refused_fields
                                          : read->facts->destination_refused_fields;

    return body_is_true(read->memo, "is_bare") ||
           is_listed(body_text(read->memo, "without"), name, length) ||
           is_listed(refused, name, length);
}

/* Whether the field of that part may be done without, and still is asked for. */
static bool is_optional(const struct read_fields *read, enum read_part part,
                        const struct field *field)
{
    return !is_listed(needed_fields(part), field->name, field->name_length) &&
           !is_left_out(read, field->name, field->name_length);
}

static bool asks_for_templates(const struct read_fields *read)
{
    return read->facts->template_fields != NULL &&
           !is_left_out(read, READ_FIELDS_TEMPLATES, strlen(READ_FIELDS_TEMPLATES));
}

/* Puts a field at the list's end, where there is room for it; returns the new end. */
static char *put_field(const char *list, char *end, const struct field *field)
{
    if (end > list)
        *end++ = ',';
    memcpy(end, field->name, field->length);
    return end + field->length;
}

const char *read_fields_list(const struct read_fields *read, enum read_part part)
{
    const char *wanted = wanted_fields(read, part);
    const char *needed = needed_fields(part);
    struct field field;

    if (part == READ_TEMPLATES)
        return asks_for_templates(read) ? wanted : NULL;
    size_t wanted_bytes = wanted != NULL ? strlen(wanted) : 0;
    char *list = arena_alloc(read->arena, wanted_bytes + strlen(needed) + 2), *end = list;
    while (next_field(&wanted, &field)) {
        if (is_listed(needed, field.name, field.name_length) || is_optional(read, part, &field))
            end = put_field(list, end, &field);
    }
    while (next_field(&needed, &field)) {
        if (!is_listed(list, field.name, field.name_length))
            end = put_field(list, end, &field);
    }
    return list;
}

bool read_fields_is_wanted(const struct read_fields *read, enum read_part part, const char *name)
{
    return is_listed(needed_fields(part), name, strlen(name)) ||
           is_listed(wanted_fields(read, part), name, strlen(name));
}

struct json_object *read_fields_left_out(const struct read_fields *read, enum read_part part)
{
    BODY_OWNED *names = json_object_new_array();
    const char *wanted = wanted_fields(read, part);
    struct field field;

    while (next_field(&wanted, &field)) {
        if (!is_listed(needed_fields(part), field.name, field.name_length) &&
            is_left_out(read, field.name, field.name_length))
            json_object_array_add(names,
                                  json_object_new_string_len(field.name, (int)field.name_length));
    }
    if (part == READ_WABA && read->facts->template_fields != NULL && !asks_for_templates(read))
        json_object_array_add(names, json_object_new_string(READ_FIELDS_TEMPLATES));
    return body_length(names) > 0 ? json_object_get(names) : NULL;
}

/* Leaving out */

static void add_name(const struct read_fields *read, const char *key, const char *name,
                     size_t length)
{
    const char *names = body_text(read->memo, key);

    if (!is_listed(names, name, length))
        step_memo_text(
            read->memo, key,
            arena_printf(read->arena, "%s%.*s,", names != NULL ? names : ",", (int)length, name));
}

void read_fields_drop(const struct read_fields *read, const char *name)
{
    add_name(read, "without", name, strlen(name));
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether the text names the field: as a whole word, and where `is_marked`, in parentheses or
 * quotes. */
static bool is_named(const char *text, const struct field *field, bool is_marked)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (strncmp(at, field->name, field->name_length) != 0)
            continue;
        char before = '\0', after = at[field->name_length];
        if (at > text)
            before = at[-1];
        if (is_word(before) || is_word(after))
            continue;
        if (!is_marked || (before != '\0' && after != '\0' && strchr("('\"`[", before) != NULL &&
                           strchr(")'\"`]", after) != NULL))
            return true;
    }
    return false;
}

/* The same for a name within the braces of an edge that is expanded: it goes whole. A name that the
 * node has too is the node's. */
static bool is_named_within(const struct read_fields *read, enum read_part part, const char *text,
                            const struct field *edge, bool is_marked)
{
    const char *open = memchr(edge->name, '{', edge->length);
    const char *list;
    struct field field;

    if (open == NULL)
        return false;
    list =
        arena_copy_bytes(read->arena, open + 1, edge->length - (size_t)(open + 1 - edge->name) - 1);
    while (next_field(&list, &field)) {
        bool is_nodes_own = is_listed(needed_fields(part), field.name, field.name_length) ||
                            is_listed(wanted_fields(read, part), field.name, field.name_length);
        if (!is_nodes_own && is_named(text, &field, is_marked))
            return true;
    }
    return false;
}

/* Where the error may name fields; NULL: this code is not about fields. */
static const char *telling_text(const struct read_fields *read, const struct graph_error *error)
{
    static const char marker[] = "nonexisting field (";
    const struct error_rule *rule = error->rule;
    const char *message = error->message != NULL ? error->message : "";

    if (rule->subcode != 0 || rule->title_prefix != NULL ||
        (rule->code != 100 && rule->code != 10 && rule->code != 200))
        return NULL;
    const char *name = strstr(message, marker);
    if (name != NULL)
        return arena_copy_bytes(read->arena, name + sizeof marker - 1,
                                strcspn(name + sizeof marker - 1, ")"));
    return arena_printf(read->arena, "%s %s", message,
                        error->details != NULL ? error->details : "");
}

static const char *leave(const struct read_fields *read, const char *left, const char *name,
                         size_t length)
{
    add_name(read, "without", name, length);
    add_name(read, "refused", name, length);
    return arena_printf(read->arena, "%s%s%.*s", left != NULL ? left : "", left != NULL ? ", " : "",
                        (int)length, name);
}

static bool names_template_field(const struct read_fields *read, const char *text, bool is_marked)
{
    const char *wanted = read->facts->template_fields;
    struct field field;

    while (next_field(&wanted, &field)) {
        if (is_named(text, &field, is_marked))
            return true;
    }
    return false;
}

/* What the text names of one part, left out: "a, b" behind `left`. */
static const char *leave_named(const struct read_fields *read, enum read_part part,
                               const char *text, bool is_marked, const char *left)
{
    const char *wanted = wanted_fields(read, part);
    struct field field;

    while (next_field(&wanted, &field)) {
        if (is_optional(read, part, &field) &&
            (is_named(text, &field, is_marked) ||
             is_named_within(read, part, text, &field, is_marked)))
            left = leave(read, left, field.name, field.name_length);
    }
    return left;
}

/* Templates without one of their fields cannot be counted: all of them go with it. */
static const char *leave_templates(const struct read_fields *read, const char *text, bool is_marked)
{
    static const struct field edge = {READ_FIELDS_TEMPLATES, sizeof READ_FIELDS_TEMPLATES - 1, 0};

    if (!asks_for_templates(read) ||
        (!is_named(text, &edge, is_marked) && !names_template_field(read, text, is_marked)))
        return NULL;
    return leave(read, NULL, edge.name, edge.name_length);
}

/* A number has a status, too: what a template and something else both have is the template's only
 * where the message speaks of templates. */
static const char *leave_parts(const struct read_fields *read, unsigned parts, const char *text,
                               bool is_marked, bool is_of_template)
{
    const char *left = NULL;

    if ((parts & READ_TEMPLATES) != 0 && is_of_template)
        left = leave_templates(read, text, is_marked);
    if (left != NULL)
        return left;
    if ((parts & READ_WABA) != 0)
        left = leave_named(read, READ_WABA, text, is_marked, left);
    if ((parts & READ_NUMBERS) != 0)
        left = leave_named(read, READ_NUMBERS, text, is_marked, left);
    if ((parts & READ_CONFIRMED) != 0)
        left = leave_named(read, READ_CONFIRMED, text, is_marked, left);
    if (left == NULL && (parts & READ_TEMPLATES) != 0)
        left = leave_templates(read, text, is_marked);
    return left;
}

const char *read_fields_leave_out(const struct read_fields *read, unsigned parts,
                                  const struct graph_error *error)
{
    const char *text = telling_text(read, error);
    bool is_of_template = error->message != NULL && strcasestr(error->message, "template") != NULL;
    const char *left = NULL;

    if (text == NULL)
        return NULL;
    /* Names such as "name" and "status" are English words as well: quoted ones are meant. */
    left = leave_parts(read, parts, text, true, is_of_template);
    if (left == NULL)
        left = leave_parts(read, parts, text, false, is_of_template);
    if (left == NULL)
        return NULL;
    /* A field that does not exist for the app (100) does not for its other WABAs either; a right
     * that is missing (10, 200) may be missing on this WABA alone, so the next reads ask for
     * themselves. */
    if (error->code != 100)
        read_fields_doubt(read->memo);
    return arena_printf(read->arena, "Graph does not give %s to this token; reading on without it",
                        left);
}

static bool has_optional(const struct read_fields *read, enum read_part part)
{
    const char *wanted = wanted_fields(read, part);
    struct field field;

    while (next_field(&wanted, &field)) {
        if (is_optional(read, part, &field))
            return true;
    }
    return false;
}

const char *read_fields_go_bare(const struct read_fields *read, unsigned parts,
                                const struct graph_error *error)
{
    if (error->code != 10 ||
        !(((parts & READ_WABA) != 0 && has_optional(read, READ_WABA)) ||
          ((parts & READ_NUMBERS) != 0 && has_optional(read, READ_NUMBERS)) ||
          ((parts & READ_CONFIRMED) != 0 && has_optional(read, READ_CONFIRMED)) ||
          ((parts & READ_TEMPLATES) != 0 && asks_for_templates(read))))
        return NULL;
    read_fields_doubt(read->memo);
    json_object_object_add(read->memo, "is_bare", json_object_new_boolean(true));
    return "Graph refuses something that it does not name; trying with nothing but the ids";
}

/* Filing */

void read_fields_doubt(struct json_object *memo)
{
    json_object_object_del(memo, "refused");
}

void read_fields_learn(const struct read_fields *read, struct reply *reply)
{
    const char *names = body_text(read->memo, "refused");
    struct field field;

    while (next_field(&names, &field))
        reply_learn(reply, LEARNED_FIELD_REFUSED, read->is_source,
                    arena_copy_bytes(read->arena, field.name, field.name_length), NULL, NULL, NULL);
    json_object_object_del(read->memo, "refused");
}

struct json_object *read_fields_number(const struct read_fields *read, enum read_part part,
                                       struct json_object *number)
{
    struct json_object *left_out = read_fields_left_out(read, part);
    struct json_object *own = json_object_new_object();

    json_object_object_foreach(number, key, value)
    {
        if (read_fields_is_wanted(read, part, key))
            json_object_object_add(own, key, json_object_get(value));
    }
    if (left_out != NULL)
        json_object_object_add(own, "_left_out", left_out);
    return own;
}

bool read_fields_learn_number(const struct read_fields *read, struct json_object *number,
                              struct reply *reply)
{
    const char *id = body_text(number, "id");
    const char *display = body_text(number, "display_phone_number");
    char digits[32];
    size_t count = 0;

    for (const char *c = display; c != NULL && *c != '\0' && count < sizeof digits - 1; c++) {
        if (isdigit((unsigned char)*c))
            digits[count++] = *c;
    }
    digits[count] = '\0';
    if (id == NULL || count == 0)
        return false;
    BODY_OWNED *own = read_fields_number(read, READ_NUMBERS, number);
    reply_learn(reply, LEARNED_NUMBER, read->is_source, id, digits,
                json_object_to_json_string_ext(own, JSON_C_TO_STRING_PLAIN), NULL);
    return true;
}
