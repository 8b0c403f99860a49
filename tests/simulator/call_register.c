/* SPDX-License-Identifier: PostgreSQL */
/* register and deregister: the cut-over, its budget of ten in 72 hours, and all that forbids it. */
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/copying.h"
#include "tests/simulator/fields.h"

#define PIN_TOO_FAST_MS ((int64_t)5 * 60000)
#define PIN_LOCK_MS ((int64_t)60 * 60000)
#define PIN_FAILURES_MAX 3

/* Counts an attempt; an eleventh within 72 hours blocks the number for the next 72. */
static bool take_attempt(struct world *world, struct exchange *exchange, struct phone *phone)
{
    int64_t now = world_now_ms(world);
    int64_t *oldest = &phone->attempts_ms[phone->attempt_count % REGISTER_LIMIT];
    bool is_spent = phone->attempt_count >= REGISTER_LIMIT && now - *oldest < REGISTER_WINDOW_MS;
    if (now >= phone->blocked_until_ms && !is_spent) {
        *oldest = now;
        phone->attempt_count++;
        return true;
    }
    if (now >= phone->blocked_until_ms)
        phone->blocked_until_ms = now + REGISTER_WINDOW_MS;
    exchange_refuse_as(
        exchange,
        &(struct refusal){.code = 133016,
                          .message = "(#133016) Account register deregister rate limit exceeded",
                          .details = "There were too many registration attempts for this number. "
                                     "Try again after 72 hours."});
    return false;
}

static void refuse_pin(struct exchange *exchange, int code, const char *message,
                       const char *details)
{
    exchange_refuse_as(exchange,
                       &(struct refusal){.code = code, .message = message, .details = details});
}

static void refuse_pin_mismatch(struct world *world, struct exchange *exchange, struct phone *phone)
{
    int64_t now = world_now_ms(world);
    bool is_fast = phone->pin_failures > 0 && now - phone->pin_failed_ms < PIN_TOO_FAST_MS;
    phone->pin_failures++;
    phone->pin_failed_ms = now;
    if (phone->pin_failures >= PIN_FAILURES_MAX) {
        phone->pin_locked_until_ms = now + PIN_LOCK_MS;
        refuse_pin(exchange, 133008, "(#133008) Too many two-step verification PIN guesses",
                   "Too many PIN guesses for this phone number. Try again after 3600 seconds.");
    } else if (is_fast) {
        refuse_pin(exchange, 133009, "(#133009) Two-step verification PIN guessed too fast",
                   "PIN was entered too quickly. Try again after 300 seconds.");
    } else {
        refuse_pin(exchange, 133005, "(#133005) Two-step verification PIN mismatch",
                   "The two-step verification PIN does not match.");
    }
}

/* The PIN that holds for this node: its own, else the one still on at the source (which is not ours
 * to know, so that no PIN matches). */
static bool check_pin(struct world *world, struct exchange *exchange, struct phone *phone)
{
    const struct phone *source = phone->line->source;
    const char *pin = exchange_text(exchange, "pin");
    if (world_now_ms(world) < phone->pin_locked_until_ms) {
        refuse_pin(exchange, 133008, "(#133008) Too many two-step verification PIN guesses",
                   "Too many PIN guesses for this phone number. Try again later.");
        return false;
    }
    bool is_own = phone->pin[0] != '\0';
    bool is_on_at_source =
        !is_own && source && source != phone && source->is_registered && source->is_pin_enabled;
    if ((is_own && strcmp(phone->pin, pin) != 0) || is_on_at_source) {
        refuse_pin_mismatch(world, exchange, phone);
        return false;
    }
    phone->pin_failures = 0;
    return true;
}

const char *call_trouble_with_source(const struct phone *source, const struct waba *waba)
{
    if (strcmp(source->waba->owner_business_id, waba->owner_business_id) != 0)
        return "This phone number belongs to a different Business Manager account";
    if (strcmp(source->waba->review_status, "APPROVED") != 0 ||
        strcmp(source->waba->verification_status, "verified") != 0)
        return "The WhatsApp account that this phone number is registered with is not set up "
               "correctly";
    if (strcmp(fields_phone_text(source, "name_status"), "APPROVED") != 0 ||
        strcmp(fields_phone_text(source, "new_name_status"), "NONE") != 0)
        return "Registered name should be present and approved";
    if (strcmp(fields_phone_text(source, "account_mode"), "SANDBOX") == 0 ||
        strcmp(fields_phone_text(source, "is_on_biz_app"), "true") == 0)
        return "There was an error migrating this phone number";
    return NULL;
}

/* The titles are all that tells the faces of 2388103 apart (Meta, "Error codes"). */
static const char *trouble_with_move(const struct phone *phone)
{
    const struct waba *waba = phone->waba;
    const struct phone *source = phone->line->source;
    bool is_moving = source && source != phone && source->is_registered;
    if (strcmp(waba->review_status, "APPROVED") != 0 ||
        strcmp(waba->verification_status, "verified") != 0)
        return "Your WhatsApp account must be approved";
    const char *trouble = is_moving ? call_trouble_with_source(source, waba) : NULL;
    if (trouble)
        return trouble;
    if (is_moving && !waba->is_subscribed)
        return "Cannot migrate phone number";
    if (!waba->funding_id)
        return "Your WhatsApp account does not have a payment account";
    return NULL;
}

static bool may_register(struct exchange *exchange, struct phone *phone)
{
    if (phone->waba->customer->is_restricted) {
        exchange_refuse(exchange, 368, 0,
                        "(#368) The account has been temporarily blocked for policy violations");
        return false;
    }
    if (call_refuse_as_staged(exchange, &phone->line->register_error))
        return false;
    if (!phone->is_registered && strcmp(phone->verification, "VERIFIED") != 0) {
        exchange_refuse_as(
            exchange,
            &(struct refusal){.code = 133006,
                              .message = "(#133006) Phone number re-verification needed",
                              .details = "The phone number must be verified before registering."});
        return false;
    }
    const char *trouble = phone->is_registered ? NULL : trouble_with_move(phone);
    if (trouble)
        exchange_refuse_as(exchange, &(struct refusal){.code = 100,
                                                       .subcode = 2388103,
                                                       .message = "Invalid parameter",
                                                       .title = trouble,
                                                       .user_message = trouble});
    return trouble == NULL;
}

void call_register(struct world *world, struct exchange *exchange)
{
    struct phone *phone = exchange->node->phone;
    if (!take_attempt(world, exchange, phone) || !may_register(exchange, phone) ||
        !check_pin(world, exchange, phone))
        return;
    const struct phone *source = phone->line->source;
    bool is_moving = source && source != phone && source->is_registered;
    phone->register_count++;
    world_move_line(world, phone, exchange_text(exchange, "pin"));
    if (is_moving)
        copying_register(world, source->waba, phone->waba);
    exchange_answer_success(exchange);
}

void call_deregister(struct world *world, struct exchange *exchange)
{
    struct phone *phone = exchange->node->phone;
    if (!take_attempt(world, exchange, phone))
        return;
    if (!phone->is_registered) {
        exchange_refuse(exchange, 100, 2207051, "(#100) The phone number is not registered");
        return;
    }
    phone->is_registered = false;
    phone->is_deregistered = true;
    phone->status = "DISCONNECTED";
    phone->waba->registered_count--;
    /* Deregistering switches local storage off. */
    json_object_put(phone->storage);
    phone->storage = NULL;
    exchange_answer_success(exchange);
}
