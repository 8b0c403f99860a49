/* SPDX-License-Identifier: PostgreSQL */
/*
 * calls -- the Graph API calls the simulator knows, as one table.
 *
 * The router has found the node, checked token, quota and parameters before a handler runs; a
 * handler checks what only it can know, changes the world and answers.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_CALLS_H
#define WABAMIGRATE_TESTS_SIMULATOR_CALLS_H

#include "tests/simulator/exchange.h"
#include "tests/simulator/world.h"

enum param_type {
    PARAM_TEXT,
    PARAM_DIGITS,
    PARAM_PIN,      /* six digits */
    PARAM_CURRENCY, /* three capital letters */
    PARAM_FLAG,
    PARAM_OBJECT,
    PARAM_LIST,
    PARAM_NUMBER,
    PARAM_WORD /* one of `words`, "SMS|VOICE" */
};

struct param_spec {
    const char *name;
    enum param_type type;
    bool is_required;
    const char *words;
};

enum quota_class { QUOTA_NONE, QUOTA_WABA, QUOTA_CREDIT };
enum audience { FOR_ANYONE, FOR_SYSTEM, FOR_NOBODY_YET /* no token: the code exchange */ };

struct call {
    const char *method;
    enum node_kind kind;
    const char *edge; /* NULL: the node itself; for NODE_ROOT the path */
    enum quota_class quota;
    enum audience audience;
    unsigned scopes;
    const struct param_spec *params; /* ends with a NULL name */
    void (*handle)(struct world *world, struct exchange *exchange);
};

extern const struct call CALLS[];
extern const size_t CALL_COUNT;

/* call_login.c */
void call_exchange_code(struct world *world, struct exchange *exchange);
void call_debug_token(struct world *world, struct exchange *exchange);
void call_me(struct world *world, struct exchange *exchange);
/* call_many.c */
void call_many(struct world *world, struct exchange *exchange);
/* call_waba.c; call_read_node() serves every kind of node */
void call_read_node(struct world *world, struct exchange *exchange);
void call_list_phones(struct world *world, struct exchange *exchange);
void call_list_subscribed(struct world *world, struct exchange *exchange);
void call_subscribe(struct world *world, struct exchange *exchange);
void call_unsubscribe(struct world *world, struct exchange *exchange);
void call_list_assigned(struct world *world, struct exchange *exchange);
void call_assign(struct world *world, struct exchange *exchange);
void call_unassign(struct world *world, struct exchange *exchange);
/* call_templates.c */
void call_list_templates(struct world *world, struct exchange *exchange);
void call_migrate_templates(struct world *world, struct exchange *exchange);
/* call_flows.c */
void call_list_flows(struct world *world, struct exchange *exchange);
void call_migrate_flows(struct world *world, struct exchange *exchange);
/* call_profile.c */
/* The answer as it stands, for reads that expand the edge; NULL after having refused a name. */
json_object *call_profile(const struct world *world, struct exchange *exchange,
                          const struct phone *phone, const char *names);
void call_read_profile(struct world *world, struct exchange *exchange);
void call_write_profile(struct world *world, struct exchange *exchange);
/* call_register.c */
void call_register(struct world *world, struct exchange *exchange);
void call_deregister(struct world *world, struct exchange *exchange);
/* call_phone.c */
void call_update_phone(struct world *world, struct exchange *exchange);
json_object *call_settings(const struct phone *phone); /* the answer as it stands */
void call_read_settings(struct world *world, struct exchange *exchange);
void call_write_settings(struct world *world, struct exchange *exchange);
/* call_programmatic.c */
void call_create_phone(struct world *world, struct exchange *exchange);
void call_request_code(struct world *world, struct exchange *exchange);
void call_verify_code(struct world *world, struct exchange *exchange);
/* call_credit.c */
void call_list_system_users(struct world *world, struct exchange *exchange);
void call_list_credit_lines(struct world *world, struct exchange *exchange);
void call_list_client_wabas(struct world *world, struct exchange *exchange);
void call_list_allocations(struct world *world, struct exchange *exchange);
void call_share_and_attach(struct world *world, struct exchange *exchange);
void call_share(struct world *world, struct exchange *exchange);
void call_attach(struct world *world, struct exchange *exchange);
void call_revoke(struct world *world, struct exchange *exchange);

/* The title of the 2388103 that keeps a number from leaving `source` for `waba`; NULL: nothing
 * does. */
const char *call_trouble_with_source(const struct phone *source, const struct waba *waba);

/* The WABA of source_waba_id, when it may be copied from; NULL after having refused. */
struct waba *call_find_source(const struct world *world, struct exchange *exchange);
/* A list of texts or numbers, however it came; the caller puts it. NULL: it was not given, or the
 * exchange is refused. */
json_object *call_read_list(struct exchange *exchange, const char *name);
/* A member of an object as text; NULL when it is not there. */
const char *call_text_of(json_object *json, const char *name);

/* Takes one use of a staged error, and answers it. */
bool call_refuse_as_staged(struct exchange *exchange, struct staged_error *staged);

#endif
