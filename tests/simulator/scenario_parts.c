/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/scenario_parts.h"

#include <string.h>

#include "tests/simulator/flows.h"

static const char *copy_member(struct arena *arena, json_object *json, const char *name)
{
    json_object *value;
    if (!json_object_object_get_ex(json, name, &value))
        return NULL;
    return arena_copy_text(arena, json_object_get_string(value));
}

static int int_member(json_object *json, const char *name, int otherwise)
{
    json_object *value;
    return json_object_object_get_ex(json, name, &value) ? json_object_get_int(value) : otherwise;
}

void scenario_read_error(struct arena *arena, json_object *json, struct staged_error *error)
{
    *error = (struct staged_error){0};
    if (!json)
        return; /* null takes it back */
    error->times = int_member(json, "times", -1);
    error->code = int_member(json, "code", 1);
    error->subcode = int_member(json, "subcode", 0);
    error->title = copy_member(arena, json, "title");
    error->message = copy_member(arena, json, "message");
    error->details = copy_member(arena, json, "details");
}

/* ---- a number's move ---- */

static void keep(json_object **at, json_object *value)
{
    json_object_put(*at);
    *at = json_object_get(value);
}

enum status scenario_apply_move(struct line *line, const char *name, json_object *value,
                                bool *is_known, struct fault *fault)
{
    bool is_object = json_object_is_type(value, json_type_object) || !value;
    *is_known = true;
    if (strcmp(name, "after_move") == 0)
        return losses_read_line(line, value, fault);
    if (strcmp(name, "profile") == 0 && is_object)
        keep(&line->profile, value);
    else if (strcmp(name, "storage") == 0 && is_object)
        keep(&line->source->storage, value);
    else
        *is_known = false;
    return STATUS_OK;
}

/* ---- flows, and whole calls that fail ---- */

static enum status read_flow_errors(struct world *world, struct customer *customer,
                                    json_object *json, struct fault *fault)
{
    if (!json_object_is_type(json, json_type_object))
        return fault_set(fault, STATUS_INVALID, "flow_errors is an object: names and errors");
    json_object_object_foreach(json, name, value)
    {
        struct flow_error *error = arena_alloc(world->arena, sizeof *error);
        error->name = arena_copy_text(world->arena, name);
        scenario_read_error(world->arena, value, &error->error);
        error->next = customer->flow_errors;
        customer->flow_errors = error;
    }
    return STATUS_OK;
}

static enum status read_flows(struct customer *customer, bool is_source, json_object *json,
                              struct fault *fault)
{
    int count = json_object_get_int(json);
    if (count < 0 || count > FLOWS_MAX)
        return fault_set(fault, STATUS_INVALID, "flows: 0 to %d", FLOWS_MAX);
    if (is_source)
        customer->source->flows = (unsigned)count;
    else
        customer->destination_flows = (unsigned)count;
    if (!is_source && customer->destination)
        customer->destination->flows = (unsigned)count;
    return STATUS_OK;
}

enum status scenario_apply_flows(struct world *world, struct customer *customer, const char *name,
                                 json_object *value, bool *is_known, struct fault *fault)
{
    *is_known = true;
    if (strcmp(name, "flows") == 0 || strcmp(name, "destination_flows") == 0)
        return read_flows(customer, name[0] == 'f', value, fault);
    if (strcmp(name, "flow_errors") == 0)
        return read_flow_errors(world, customer, value, fault);
    if (strcmp(name, "template_error") == 0)
        scenario_read_error(world->arena, value, &customer->template_error);
    else if (strcmp(name, "flow_error") == 0)
        scenario_read_error(world->arena, value, &customer->flow_error);
    else
        *is_known = false;
    return STATUS_OK;
}

/* ---- the whole world ---- */

static enum status read_date(struct world *world, json_object *json, struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        if (strcmp(name, "skew_s") == 0)
            world->date_skew_ms = json_object_get_int64(value) * 1000;
        else if (strcmp(name, "absent") == 0)
            world->date_absent = json_object_get_boolean(value);
        else
            return fault_set(fault, STATUS_INVALID, "date: unknown key %s", name);
    }
    return STATUS_OK;
}

enum status scenario_apply_rules(struct world *world, const char *name, json_object *value,
                                 bool *is_known, struct fault *fault)
{
    bool is_object = json_object_is_type(value, json_type_object);
    *is_known = true;
    if (strcmp(name, "copying") == 0 && is_object)
        return copying_rules_read(&world->copying, value, fault);
    if (strcmp(name, "after_move") == 0 && is_object)
        return losses_read_rules(&world->losses, value, fault);
    if (strcmp(name, "date") == 0 && is_object)
        return read_date(world, value, fault);
    if (strcmp(name, "profile_nested") == 0)
        world->profile_nested = json_object_get_boolean(value);
    else
        *is_known = false;
    return STATUS_OK;
}
