/* SPDX-License-Identifier: PostgreSQL */
/*
 * world -- the fictitious world the simulator answers for: businesses, WABAs, numbers, tokens,
 * credit.
 *
 * A *line* is a telephone number; a *phone* is its node on one WABA. A line has a node on the
 * source WABA from the start, and gets one on the destination when its customer goes through
 * Embedded Signup. Everything lives in the world's arena until the end; nothing is ever taken out.
 * A node's JSON
 * (`fields`, `storage`) is owned by the world.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_WORLD_H
#define WABAMIGRATE_TESTS_SIMULATOR_WORLD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "planner/e164.h"
#include "tests/simulator/copying_rules.h"
#include "tests/simulator/index.h"
#include "tests/simulator/losses.h"
#include "tests/simulator/quota.h"

#define REGISTER_LIMIT 10
#define REGISTER_WINDOW_MS ((int64_t)72 * 3600 * 1000)
#define SYSTEM_USERS 2
#define CODE_REQUESTS_KEPT 5
#define TEMPLATE_KINDS 23          /* see template_kinds.c */
#define TEMPLATE_KIND_WITH_FLOW 14 /* its place among them */
#define WORLD_FOREIGN_APP_ID "112233445566"

enum scope {
    SCOPE_BUSINESS_MANAGEMENT = 1,
    SCOPE_WHATSAPP_MANAGEMENT = 2,
    SCOPE_WHATSAPP_MESSAGING = 4,
    SCOPE_ALL = 7
};

/* An error a scenario wants: answered `times` times (-1: always) instead of the truth. */
struct staged_error {
    int times, code, subcode;
    const char *title, *message, *details;
};

struct copies;
struct copy;
struct customer;
struct flow;
struct flow_copy;
struct flow_error;
struct phone;
struct waba;

/* A field or edge that a scenario has Graph deny: see denials.h. */
struct denial {
    const char *name;
    int code; /* 100 or 10 */
    enum {
        DENIED_ANYWHERE,
        DENIED_AT_SOURCE,
        DENIED_AT_DESTINATION,
        DENIED_TO_SYSTEM,
        DENIED_TO_OTHERS
    } where;
    unsigned kind; /* an enum node_kind; 0: of any node */
    struct denial *next;
};

struct token {
    const char *text;
    const char *user_id;
    struct customer *customer; /* a business token: whose; NULL otherwise */
    bool is_system, is_app, is_expired;
    unsigned scopes;
    int64_t expires_ms; /* 0: never */
};

struct business {
    const char *id, *name;
    const char *verification_status;
    bool is_partner;
    struct customer *customer; /* the first one; NULL for the partner */
};

struct signup_code {
    const char *text;
    struct customer *customer;
    int64_t expires_ms;
    bool is_used;
};

struct allocation {
    const char *id, *credential_id;
    const char *receiving_business_id, *receiving_business_name;
    bool is_deleted;
};

struct customer {
    const char *id, *name, *business_id;
    const char *owner_business_id; /* of the WABA that signup makes: business_id, unless staged */
    const char *token_ref, *source_token_ref, *source_waba_id, *destination_waba_id;
    struct waba *source, *destination;
    struct token *given_token, *source_token;
    unsigned token_scopes;
    /* staged by the scenario */
    bool no_signup, source_unreadable, source_shared, token_expired, code_expired, waba_not_shared;
    bool is_restricted, no_payment_method;
    bool source_waba_unreadable, unreadable_unnamed, webhooks_subscribed, foreign_app_subscribed;
    const char *forbidden_reads; /* "source", "destination" or "both"; NULL: neither */
    uint16_t destination_templates[TEMPLATE_KINDS];
    unsigned destination_flows;
    json_object *destination_fields;
    struct staged_error credit_error, template_error, flow_error;
    struct flow_error *flow_errors; /* of single flows */
    struct customer *next;          /* in the order of the book */
};

struct waba {
    const char *id, *name;
    struct customer *customer;
    bool is_source;
    const char *owner_business_id;
    const char *review_status, *verification_status, *currency, *funding_id;
    bool is_credit_attached, is_subscribed;
    const char *override_uri, *verify_token;
    unsigned tasks[SYSTEM_USERS]; /* of the partner's system users; bit by WORLD_TASKS */
    int64_t created_ms;
    uint16_t templates[TEMPLATE_KINDS]; /* how many there are of each kind */
    unsigned flows;                     /* of its own */
    struct copies *copies;              /* NULL: nothing was ever copied to it */
    struct flow_copy *flow_copies;
    unsigned long template_calls;
    json_object *fields; /* what the scenario says of it; NULL or an object */
    struct phone **phones;
    size_t phone_count, phone_capacity;
    unsigned registered_count;
    struct quota quota;
};

/* One telephone number of the book. */
struct line {
    struct e164 number;
    struct customer *customer;
    const char *source_phone_id, *destination_phone_id; /* from the manifest; may be NULL */
    struct phone *source, *destination;
    /* staged by the scenario */
    bool no_signup, unverified_after_signup;
    const char *signup_event; /* NULL: FINISH */
    json_object *fields, *destination_fields;
    json_object *profile; /* its business profile; NULL: a usual one */
    unsigned losses;      /* bits by enum loss, staged for this number */
    struct staged_error register_error, confirm_error, create_error, code_error;
    struct line *next;
};

struct phone {
    const char *id;
    struct line *line;
    struct waba *waba;
    const char *status, *verification;
    bool is_registered, is_pin_enabled, is_deregistered;
    bool is_unreadable; /* staged: nobody reads this id, nor finds it in a list */
    char pin[8];
    const char *webhook_uri, *webhook_verify_token;
    json_object *storage; /* storage_configuration, or NULL */
    json_object *profile; /* what was written to its business profile, or NULL */
    int64_t created_ms, onboarded_ms;
    /* the register and deregister budget */
    int64_t attempts_ms[REGISTER_LIMIT]; /* a ring */
    unsigned attempt_count, register_count;
    int64_t blocked_until_ms;
    /* wrong PINs */
    unsigned pin_failures;
    int64_t pin_failed_ms, pin_locked_until_ms;
    /* the programmatic path's one-time code */
    char otp[8];
    int64_t otp_at_ms, guesses_locked_until_ms;
    int64_t code_requests_ms[CODE_REQUESTS_KEPT]; /* a ring */
    unsigned otp_count, sms_count, guess_count, verify_count;
};

/* One message template, made up when it is asked for. */
struct template
{
    const struct waba *waba;
    unsigned kind, number;
    bool is_own_named;       /* of a name that sources do not use */
    const struct copy *copy; /* NULL: one of the WABA's own */
};

enum node_kind {
    NODE_NONE,
    NODE_BUSINESS = 1,
    NODE_WABA = 2,
    NODE_PHONE = 4,
    NODE_CREDIT_LINE = 8,
    NODE_ALLOCATION = 16,
    NODE_ROOT = 32, /* /me, /oauth/access_token, /debug_token, /?ids= */
    NODE_TEMPLATE = 64,
    NODE_FLOW = 128
};

struct node {
    enum node_kind kind;
    union {
        struct business *business;
        struct waba *waba;
        struct phone *phone;
        struct allocation *allocation;
        struct template *template;
        struct flow *flow;
        void *any;
    };
};

struct world {
    struct arena *arena;
    struct clock clock;
    /* the partner */
    const char *batch, *partner_business_id, *app_id, *app_secret, *credit_line_id;
    const char *system_user_ids[SYSTEM_USERS];
    struct token *system_token;
    bool system_token_expired;
    /* staged by the scenario */
    struct denial *denials;
    bool unreadable_unnamed; /* the failure of a read of many names no id */
    bool profile_nested;     /* a business profile stands in an object of its own */
    struct copying_rules copying;
    struct loss_rules losses;
    int64_t date_skew_ms; /* of the Date header against the clock */
    bool date_absent;
    size_t templates_copied, templates_repeated;
    /* everything, by its key */
    struct index nodes;                         /* id → struct node */
    struct index tokens;                        /* text → struct token */
    struct index codes;                         /* text → struct signup_code */
    struct index customers, lines, allocations; /* by id, "+33…", receiving business id */
    struct customer *first_customer, **last_customer;
    struct line *first_line, **last_line;
    size_t customer_count, line_count, codes_made, codes_used, allocation_count, otp_seed;
    /* limits; a scenario may set others */
    uint32_t waba_fresh_limit, waba_limit, credit_limit, app_limit;
    int64_t code_life_ms;
    struct quota credit_quota, app_quota;
};

extern const char *const WORLD_TASKS[]; /* NULL-terminated: DEVELOP, MANAGE, … */
#define TASK_MANAGE 2U                  /* 1 << its place */

void world_init(struct world *world);
void world_finish(struct world *world);
int64_t world_now_ms(const struct world *world);

/* Gets, or makes with everything else unset. */
struct customer *world_customer(struct world *world, const char *id);
struct line *world_line(struct world *world, const struct e164 *number);

struct token *world_add_token(struct world *world, const char *text);
struct node *world_find_node(const struct world *world, const char *id);
void world_add_node(struct world *world, const char *id, enum node_kind kind, void *object);
/* Fifteen digits after `lead` made from `what` and `key`, not in use yet. */
const char *world_new_id(struct world *world, char lead, const char *what, const char *key);
struct business *world_add_business(struct world *world, const char *id, const char *name);

struct waba *world_add_waba(struct world *world, const char *id, struct customer *customer,
                            bool is_source);
struct phone *world_add_phone(struct world *world, const char *id, struct line *line,
                              struct waba *waba);

/* What the scenario says of a node's fields, now; `fields` is borrowed, NULL is fine. A phone's
 * shown fields hang on its line; only what decides something is taken over here. */
void world_stage_waba(struct world *world, struct waba *waba, json_object *fields);
void world_stage_phone(struct world *world, struct phone *phone, json_object *fields);

/* The destination WABA of a customer whose manifest names it, before any signup. */
void world_open_destination(struct world *world, struct customer *customer);
/* Embedded Signup for one number: WABA, node and token access; the ids are the same when repeated.
 */
void world_sign_up(struct world *world, struct line *line);
struct signup_code *world_new_code(struct world *world, struct customer *customer);
/* The number lives on this node from now on; its other node is MIGRATED. */
void world_move_line(struct world *world, struct phone *phone, const char *pin);

/* Whether `token` may see the node at all, and whether it may write to it. */
bool world_may_read(const struct world *world, const struct token *token, const struct node *node);
bool world_may_write(const struct world *world, const struct token *token, const struct node *node);

/* 2026-11-23T01:00:00+0000, as Meta writes a time; in the arena. */
const char *world_format_time(struct arena *arena, int64_t wall_ms);

#endif
