/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "tests/simulator/scenario.h"
#include "tests/simulator/state.h"
#include "tests/simulator/template_state.h"

static void refuse(struct exchange *exchange, const char *message)
{
    json_object *json = json_object_new_object();
    json_object_object_add(json, "error", json_object_new_string(message));
    exchange_answer(exchange, json);
    exchange->status = 400;
}

static void answer_ok(struct exchange *exchange, enum status status, const struct fault *fault)
{
    if (status != STATUS_OK) {
        refuse(exchange, fault->message);
        return;
    }
    json_object *json = json_object_new_object();
    json_object_object_add(json, "ok", json_object_new_boolean(true));
    exchange_answer(exchange, json);
}

static void get_health(struct simulator *simulator, struct exchange *exchange)
{
    json_object *json = json_object_new_object();
    json_object_object_add(json, "status", json_object_new_string("ok"));
    json_object_object_add(json, "requests", json_object_new_int64((int64_t)simulator->requests));
    exchange_answer(exchange, json);
}

static void get_state(struct simulator *simulator, struct exchange *exchange)
{
    /* An unencoded plus sign has become a space on the way. */
    char *number = arena_copy_text(exchange->arena, exchange_text(exchange, "number"));
    if (number && number[0] == ' ')
        number[0] = '+';
    exchange_answer(exchange, state_json(simulator, exchange->arena, number,
                                         exchange_text(exchange, "customer")));
}

static void get_summary(struct simulator *simulator, struct exchange *exchange)
{
    exchange_answer(exchange, state_summary_json(simulator, exchange->arena));
}

static void get_templates(struct simulator *simulator, struct exchange *exchange)
{
    const char *is_short = exchange_text(exchange, "short");
    exchange_answer(exchange,
                    template_state_json(&simulator->world, exchange_text(exchange, "customer"),
                                        is_short && strcmp(is_short, "1") == 0));
}

static void get_clock(struct simulator *simulator, struct exchange *exchange)
{
    char text[CLOCK_TEXT_BYTES];
    int64_t now = world_now_ms(&simulator->world);
    json_object *json = json_object_new_object();
    clock_format(now, text);
    json_object_object_add(json, "now", json_object_new_string(text));
    json_object_object_add(json, "now_ms", json_object_new_int64(now));
    json_object_object_add(json, "offset_ms",
                           json_object_new_int64(simulator->world.clock.offset_ms));
    exchange_answer(exchange, json);
}

static void post_clock(struct simulator *simulator, struct exchange *exchange)
{
    json_object *value;
    if (!json_object_object_get_ex(exchange->body, "advance_seconds", &value)) {
        refuse(exchange, "the clock takes {\"advance_seconds\": N}");
        return;
    }
    simulator->world.clock.offset_ms += json_object_get_int64(value) * 1000;
    get_clock(simulator, exchange);
}

static void post_faults(struct simulator *simulator, struct exchange *exchange)
{
    struct fault fault = FAULT_NONE;
    json_object *clear;
    if (json_object_object_get_ex(exchange->body, "clear", &clear)) {
        fault_plan_clear(&simulator->faults);
        answer_ok(exchange, STATUS_OK, &fault);
        return;
    }
    answer_ok(exchange, fault_plan_add(&simulator->faults, exchange->body, &fault), &fault);
}

static void post_scenario(struct simulator *simulator, struct exchange *exchange)
{
    struct fault fault = FAULT_NONE;
    answer_ok(exchange, scenario_apply(simulator, exchange->body, &fault), &fault);
}

/* What the phones show: "+33123456789 123-456". */
static void get_codes(struct simulator *simulator, struct exchange *exchange)
{
    struct buffer lines;
    buffer_init(&lines, (size_t)1 << 28);
    for (struct line *line = simulator->world.first_line; line; line = line->next) {
        const char *code = line->destination ? line->destination->otp : "";
        if (*code)
            BUG_UNLESS(buffer_printf(&lines, "%s %.3s-%s\n", line->number.text, code, code + 3) ==
                       STATUS_OK);
    }
    exchange->status = 200;
    exchange->text = arena_copy_text(exchange->arena, buffer_text(&lines));
    buffer_finish(&lines);
}

/* ---- signups ---- */

static bool names(json_object *array, const char *name)
{
    for (size_t i = 0; array && i < json_object_array_length(array); i++) {
        if (strcmp(json_object_get_string(json_object_array_get_idx(array, i)), name) == 0)
            return true;
    }
    return false;
}

static json_object *capture_json(struct world *world, const struct line *line)
{
    json_object *json = json_object_new_object(), *data = json_object_new_object();
    const struct phone *phone = line->destination;
    bool is_finished = !line->signup_event || strncmp(line->signup_event, "FINISH", 6) == 0;
    bool has_number = !line->signup_event || strcmp(line->signup_event, "FINISH") == 0;
    json_object_object_add(json, "type", json_object_new_string("WA_EMBEDDED_SIGNUP"));
    json_object_object_add(
        json, "event", json_object_new_string(line->signup_event ? line->signup_event : "FINISH"));
    if (has_number)
        json_object_object_add(data, "phone_number_id", json_object_new_string(phone->id));
    if (is_finished) {
        json_object_object_add(data, "waba_id", json_object_new_string(phone->waba->id));
        json_object_object_add(data, "business_id",
                               json_object_new_string(phone->waba->owner_business_id));
    } else {
        json_object_object_add(data, "current_step", json_object_new_string("PHONE_NUMBER_SETUP"));
    }
    json_object_object_add(json, "data", data);
    if (is_finished)
        json_object_object_add(json, "code",
                               json_object_new_string(world_new_code(world, line->customer)->text));
    json_object_object_add(json, "customer", json_object_new_string(line->customer->id));
    json_object_object_add(json, "batch", json_object_new_string(world->batch));
    return json;
}

static void append_capture(struct world *world, const struct line *line, struct buffer *lines)
{
    json_object *json = capture_json(world, line);
    const char *text = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN |
                                                                JSON_C_TO_STRING_NOSLASHESCAPE);
    BUG_UNLESS(buffer_printf(lines, "%s\n", text) == STATUS_OK);
    json_object_put(json);
}

static void post_signups(struct simulator *simulator, struct exchange *exchange)
{
    struct world *world = &simulator->world;
    json_object *all = NULL, *customers = NULL, *numbers = NULL;
    json_object_object_get_ex(exchange->body, "all", &all);
    json_object_object_get_ex(exchange->body, "customers", &customers);
    json_object_object_get_ex(exchange->body, "numbers", &numbers);
    if (!all && !customers && !numbers) {
        refuse(exchange, "signups take {\"all\": true}, {\"customers\": [...]} or "
                         "{\"numbers\": [...]}");
        return;
    }
    struct buffer lines;
    buffer_init(&lines, (size_t)1 << 30);
    for (struct line *line = world->first_line; line; line = line->next) {
        bool is_asked = json_object_get_boolean(all) || names(customers, line->customer->id) ||
                        names(numbers, line->number.text);
        if (!is_asked || line->no_signup || line->customer->no_signup)
            continue;
        world_sign_up(world, line);
        append_capture(world, line, &lines);
    }
    exchange->status = 200;
    exchange->text = arena_copy_text(exchange->arena, buffer_text(&lines));
    buffer_finish(&lines);
}

/* clang-format off */
static const struct {
    const char *method, *name;
    void (*handle)(struct simulator *simulator, struct exchange *exchange);
} controls[] = {
    {"GET",  "health",   get_health},
    {"GET",  "state",    get_state},
    {"GET",  "summary",  get_summary},
    {"GET",  "templates", get_templates},
    {"GET",  "clock",    get_clock},
    {"POST", "clock",    post_clock},
    {"POST", "signups",  post_signups},
    {"POST", "faults",   post_faults},
    {"POST", "scenario", post_scenario},
    {"GET",  "codes",    get_codes},
};
/* clang-format on */

void control_handle(struct simulator *simulator, struct exchange *exchange)
{
    const char *name = exchange->path + strlen(CONTROL_PREFIX);
    /* Whatever the sender calls it, it is JSON: curl -d says it is a form. */
    exchange->content_type = "application/json";
    if (!exchange_read_body(exchange)) {
        refuse(exchange, "the body is not a JSON object");
        return;
    }
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        if (strcmp(controls[i].name, name) == 0 &&
            strcmp(controls[i].method, exchange->method) == 0) {
            controls[i].handle(simulator, exchange);
            return;
        }
    }
    refuse(exchange, "there is no such call of the simulator");
    exchange->status = 404;
}
