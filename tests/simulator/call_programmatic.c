/* SPDX-License-Identifier: PostgreSQL */
/*
 * The programmatic path: a number to migrate, and the code that verifies it.
 *
 * Meta publishes neither how long a code lives nor how many may be asked for; the figures here are
 * of the usual size, so that a client that does not reckon with limits meets some.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/fields.h"

#define CODE_LIFE_MS ((int64_t)10 * 60000)
#define REQUESTS_MAX 5
#define REQUESTS_WINDOW_MS ((int64_t)3600000)
#define GUESSES_MAX 5
#define GUESSES_LOCK_MS ((int64_t)12 * 3600000)

/* ---- create ---- */

static struct line *line_of(const struct world *world, struct exchange *exchange)
{
    const char *text = exchange_text(exchange, "phone_number");
    const char *code = exchange_text(exchange, "cc");
    struct line *line =
        index_find(&world->lines, arena_printf(exchange->arena, "+%s%s", code, text));
    /* "with or without the country calling code" */
    if (!line && strncmp(text, code, strlen(code)) == 0)
        line = index_find(&world->lines, arena_printf(exchange->arena, "+%s", text));
    return line;
}

static void refuse_migration(struct exchange *exchange, int subcode, const char *title)
{
    exchange_refuse_as(exchange, &(struct refusal){.code = 100,
                                                   .subcode = subcode,
                                                   .message = "Invalid parameter",
                                                   .title = title,
                                                   .user_message = title});
}

/* The titles are all that tells the faces of 2388103 apart (Meta, "Error codes"). */
static const char *trouble_with(const struct line *line, const struct waba *waba)
{
    const char *trouble;

    if (strcmp(waba->review_status, "APPROVED") != 0 ||
        strcmp(waba->verification_status, "verified") != 0)
        return "Your WhatsApp account must be approved";
    trouble = call_trouble_with_source(line->source, waba);
    if (trouble)
        return trouble;
    if (!waba->is_subscribed)
        return "Cannot migrate phone number";
    return waba->funding_id ? NULL : "Your WhatsApp account does not have a payment account";
}

static bool may_migrate(struct exchange *exchange, struct line *line, const struct waba *waba)
{
    bool is_there = line->destination && line->destination->waba == waba;

    if (waba->customer->is_restricted) {
        exchange_refuse(exchange, 368, 0,
                        "(#368) The account has been temporarily blocked for policy violations");
        return false;
    }
    if (call_refuse_as_staged(exchange, &line->create_error))
        return false;
    if (is_there) {
        refuse_migration(exchange, 2388012, "This phone number is already in your account");
        return false;
    }
    if (!line->source || !line->source->is_registered) {
        refuse_migration(exchange, 2388103,
                         "Please add this phone number in your WhatsApp account");
        return false;
    }
    if (line->source->is_pin_enabled) {
        refuse_migration(exchange, 2388001, "Two-step verification is enabled for this number");
        return false;
    }
    const char *trouble = trouble_with(line, waba);
    if (trouble)
        refuse_migration(exchange, 2388103, trouble);
    return trouble == NULL;
}

void call_create_phone(struct world *world, struct exchange *exchange)
{
    struct waba *waba = exchange->node->waba;
    struct line *line = line_of(world, exchange);
    const char *migrate = exchange_text(exchange, "migrate_phone_number");

    if (waba->is_source) {
        exchange_refuse(exchange, 200, 0, "(#200) You do not own this WhatsApp account");
    } else if (!migrate || strcmp(migrate, "true") != 0) {
        exchange_refuse(exchange, 100, 0, "(#100) Only migrate_phone_number=true is known here");
    } else if (!line) {
        refuse_migration(exchange, 2388103,
                         "Please add this phone number in your WhatsApp account");
    } else if (may_migrate(exchange, line, waba)) {
        const char *id = world_new_id(world, '6', "destination", line->number.text);
        line->destination = world_add_phone(world, id, line, waba);
        json_object *json = json_object_new_object();
        json_object_object_add(json, "id", json_object_new_string(line->destination->id));
        exchange_answer(exchange, json);
        exchange->has_effect = true;
    }
}

/* ---- codes ---- */

static bool is_verifiable(struct exchange *exchange, const struct phone *phone, int subcode)
{
    if (phone->waba->is_source) {
        exchange_refuse(exchange, 100, subcode, "(#100) The phone number is not being migrated");
        return false;
    }
    if (strcmp(phone->verification, "VERIFIED") == 0) {
        exchange_refuse(exchange, 136024, 0, "(#136024) Request code error: already verified");
        return false;
    }
    return true;
}

/* More than a few in an hour answer 136024, which says "already verified" to those who do not look.
 */
static bool take_request(struct world *world, struct exchange *exchange, struct phone *phone)
{
    int64_t now = world_now_ms(world);
    int64_t *oldest = &phone->code_requests_ms[phone->otp_count % CODE_REQUESTS_KEPT];

    if (phone->otp_count >= REQUESTS_MAX && now - *oldest < REQUESTS_WINDOW_MS) {
        exchange_refuse(exchange, 136024, 0,
                        "(#136024) Request code error: too many codes were asked for");
        return false;
    }
    *oldest = now;
    return true;
}
_Static_assert(CODE_REQUESTS_KEPT == REQUESTS_MAX, "the ring holds one window's requests");

void call_request_code(struct world *world, struct exchange *exchange)
{
    struct phone *phone = exchange->node->phone;
    const char *language = exchange_text(exchange, "language");

    if (strlen(language) < 2 || strlen(language) > 6) {
        exchange_refuse(exchange, 100, 0, "(#100) Param language must be a locale");
        return;
    }
    if (call_refuse_as_staged(exchange, &phone->line->code_error) ||
        !is_verifiable(exchange, phone, 2388091) || !take_request(world, exchange, phone))
        return;
    uint64_t hash = index_hash(phone->id) ^ index_mix(++phone->otp_count);
    snprintf(phone->otp, sizeof phone->otp, "%06" PRIu64, index_mix(hash) % 1000000);
    phone->otp_at_ms = world_now_ms(world);
    if (strcmp(exchange_text(exchange, "code_method"), "SMS") == 0)
        phone->sms_count++;
    exchange_answer_success(exchange);
}

static void refuse_code(struct exchange *exchange, const char *why)
{
    exchange_refuse_as(exchange, &(struct refusal){.code = 136025,
                                                   .message = "(#136025) Verify code error",
                                                   .details = why});
}

/* NULL: it is the code that the phone shows. */
static const char *trouble_with_code(struct world *world, struct phone *phone, const char *code)
{
    int64_t now = world_now_ms(world);

    if (now < phone->guesses_locked_until_ms)
        return "Too many wrong codes. Try again in 12 hours.";
    if (phone->otp[0] == '\0' || now - phone->otp_at_ms > CODE_LIFE_MS)
        return "The code has expired.";
    if (strcmp(phone->otp, code) == 0)
        return NULL;
    if (++phone->guess_count % GUESSES_MAX == 0)
        phone->guesses_locked_until_ms = now + GUESSES_LOCK_MS;
    return "The code is not valid.";
}

void call_verify_code(struct world *world, struct exchange *exchange)
{
    struct phone *phone = exchange->node->phone;

    if (!is_verifiable(exchange, phone, 2388093))
        return;
    const char *trouble = trouble_with_code(world, phone, exchange_text(exchange, "code"));
    if (trouble) {
        refuse_code(exchange, trouble);
        return;
    }
    phone->verification = "VERIFIED";
    phone->verify_count++;
    phone->otp[0] = '\0';
    exchange_answer_success(exchange);
}
