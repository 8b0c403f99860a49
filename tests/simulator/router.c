/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/router.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/denials.h"
#include "tests/simulator/params.h"
#include "tests/simulator/usage.h"

/* Meta's changelog of November 2026; v20 and older have ended. */
static const char *const versions[] = {"v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"};

/* "/v26.0/610100/register" into version, node and edge. */
static bool split_path(struct exchange *exchange)
{
    char *rest = arena_copy_text(exchange->arena, exchange->path), *state = NULL;
    exchange->version = strtok_r(rest, "/", &state);
    exchange->node_id = strtok_r(NULL, "/", &state);
    exchange->edge = strtok_r(NULL, "/", &state);
    bool is_known = false;
    for (size_t i = 0; exchange->version && i < sizeof versions / sizeof versions[0]; i++)
        is_known = is_known || strcmp(versions[i], exchange->version) == 0;
    if (!exchange->node_id)
        exchange->node_id = "";
    if (is_known && !strtok_r(NULL, "/", &state))
        return true;
    exchange_refuse(exchange, 2500, 0, "Unknown path components: %.100s", exchange->path);
    return false;
}

/* Root calls are named by their path, and have a node of their own kind. */
static bool find_root(struct exchange *exchange)
{
    static struct node root = {.kind = NODE_ROOT};
    bool is_oauth = strcmp(exchange->node_id, "oauth") == 0;
    bool is_other =
        !exchange->edge && (strcmp(exchange->node_id, "debug_token") == 0 ||
                            strcmp(exchange->node_id, "me") == 0 || *exchange->node_id == '\0');
    if (!is_oauth && !is_other)
        return false;
    exchange->node = &root;
    exchange->edge =
        is_oauth ? arena_printf(exchange->arena, "oauth/%s", exchange->edge ? exchange->edge : "")
                 : exchange->node_id;
    return true;
}

static const struct call *find_call(const struct exchange *exchange)
{
    for (size_t i = 0; i < CALL_COUNT; i++) {
        const struct call *call = &CALLS[i];
        bool has_edge = call->edge && exchange->edge && strcmp(call->edge, exchange->edge) == 0;
        if (call->kind == exchange->node->kind && strcmp(call->method, exchange->method) == 0 &&
            (has_edge || (!call->edge && !exchange->edge)))
            return call;
    }
    return NULL;
}

/* ---- tokens ---- */

static bool is_expired(const struct world *world, const struct token *token)
{
    if (token->is_expired || (token->is_system && world->system_token_expired))
        return true;
    if (token->customer && token->customer->token_expired)
        return true;
    return token->expires_ms && world_now_ms(world) >= token->expires_ms;
}

static bool find_token(const struct world *world, struct exchange *exchange)
{
    const char *header = exchange->authorization;
    if (!header || strncasecmp(header, "Bearer ", 7) != 0) {
        exchange_refuse(exchange, 200, 0, "Provide valid app ID");
        return false;
    }
    exchange->token = index_find(&world->tokens, header + 7);
    if (!exchange->token) {
        /* Meta repeats what it cannot read:
         * https://github.com/facebookarchive/react-native-fbsdk/issues/220 */
        exchange_refuse(exchange, 190, 0, "Malformed access token %.200s", header + 7);
    } else if (is_expired(world, exchange->token)) {
        exchange_refuse(exchange, 190, 463, "Error validating access token: Session has expired");
    }
    return !exchange->error_code;
}

/* A token that several customers were given may have ended for one of them only. */
static bool is_ended_for(const struct exchange *exchange)
{
    const struct node *node = exchange->node;
    const struct waba *waba = node->kind == NODE_WABA    ? node->waba
                              : node->kind == NODE_PHONE ? node->phone->waba
                                                         : NULL;
    return waba && !waba->is_source && !exchange->token->is_system && waba->customer->token_expired;
}

static bool find_node(const struct world *world, struct exchange *exchange)
{
    bool is_read = strcmp(exchange->method, "GET") == 0;
    exchange->node = world_find_node(world, exchange->node_id);
    const struct node *node = exchange->node;
    if (node && (is_read ? world_may_read(world, exchange->token, node)
                         : world_may_write(world, exchange->token, node))) {
        if (!is_ended_for(exchange))
            return true;
        exchange_refuse(exchange, 190, 463, "Error validating access token: Session has expired");
    } else if (node && !is_read) {
        exchange_refuse(exchange, 200, 0,
                        "(#200) You do not have the necessary permissions for this object");
    } else {
        exchange_refuse(exchange, 100, 33,
                        "Unsupported %s request. Object with ID '%.40s' does not exist, cannot be "
                        "loaded due to missing permissions, or does not support this operation",
                        is_read ? "get" : "post", exchange->node_id);
    }
    return false;
}

static bool may_call(struct exchange *exchange, const struct call *call)
{
    if (call->audience == FOR_NOBODY_YET)
        return true;
    if (call->audience == FOR_SYSTEM && !exchange->token->is_system) {
        exchange_refuse(exchange, 200, 0,
                        "(#200) Permissions error: this needs the partner's system user");
        return false;
    }
    if ((call->scopes & ~exchange->token->scopes) != 0) {
        exchange_refuse(exchange, 200, 0,
                        "(#200) The token lacks a permission that this call needs");
        return false;
    }
    return true;
}

static void refuse_unknown_call(struct exchange *exchange)
{
    if (strcmp(exchange->method, "GET") == 0 && exchange->edge)
        exchange_refuse(exchange, 100, 0, "(#100) Tried accessing nonexisting field (%.60s)",
                        exchange->edge);
    else
        exchange_refuse(exchange, 100, 33, "Unsupported %s request on '%.40s'", exchange->method,
                        exchange->node_id);
}

static bool charge(struct world *world, struct exchange *exchange, const struct call *call)
{
    if (!usage_charge_app(world, exchange))
        return false;
    if (call->quota == QUOTA_CREDIT)
        return usage_charge_credit(world, exchange);
    if (call->quota == QUOTA_NONE)
        return true;
    const struct node *node = exchange->node;
    return usage_charge_waba(world, exchange,
                             node->kind == NODE_PHONE ? node->phone->waba : node->waba);
}

static struct call_count *count_of(struct simulator *simulator, const struct call *call)
{
    static const char *const nodes[] = {"business", "waba", "phone", "credit_line", "allocation"};
    unsigned at = 0;
    while (at < 4 && call->kind >> at != 1)
        at++;
    char key[96];
    snprintf(key, sizeof key, "%s %s", call->method, call->edge ? call->edge : nodes[at]);
    struct call_count *count = index_find(&simulator->counts, key);
    if (!count) {
        count = arena_alloc(simulator->world.arena, sizeof *count);
        index_put(&simulator->counts, arena_copy_text(simulator->world.arena, key), count);
    }
    return count;
}

/* ---- faults that take the place of the call ---- */

static void refuse_as_planned(struct exchange *exchange, const struct planned_fault *planned)
{
    exchange_refuse_as(exchange, &(struct refusal){.code = planned->code,
                                                   .subcode = planned->subcode,
                                                   .title = planned->title,
                                                   .user_message = planned->title,
                                                   .message = planned->message
                                                                  ? planned->message
                                                                  : arena_printf(exchange->arena,
                                                                                 "(#%d) As planned",
                                                                                 planned->code)});
}

static void refuse_500(struct exchange *exchange, uint64_t lot)
{
    bool is_down = index_mix(lot ^ 2) & 1;
    exchange_refuse_as(exchange,
                       &(struct refusal){.code = is_down ? 2 : 1,
                                         .message = is_down ? "(#2) Service temporarily unavailable"
                                                            : "(#1) An unknown error occurred",
                                         .is_transient = is_down});
    exchange->status = 500;
}

static const char *quota_object(const struct exchange *exchange)
{
    const struct node *node = exchange->node;
    if (node && node->kind == NODE_PHONE)
        return node->phone->waba->id;
    return exchange->node_id;
}

static void answer_fault(struct world *world, struct exchange *exchange, uint64_t lot,
                         const struct planned_fault *planned)
{
    switch (exchange->fault) {
    case FAULT_HTTP_500:
    case FAULT_HTTP_500_AFTER:
        refuse_500(exchange, lot);
        break;
    case FAULT_HTTP_503_HTML:
        exchange->status = 503;
        exchange->text = "<!DOCTYPE html><html><head><title>Error</title></head>"
                         "<body><h1>Sorry, something went wrong.</h1></body></html>\n";
        break;
    case FAULT_THROTTLE:
        exchange->node = world_find_node(world, exchange->node_id);
        usage_refuse(exchange, quota_object(exchange), 101, 1);
        break;
    case FAULT_ERROR:
        refuse_as_planned(exchange, planned);
        break;
    default:
        break; /* withheld */
    }
}

/* ---- the whole way ---- */

/* Edges are denied by their name, as fields are. The numbers alone are shown to whoever may see the
 * WABA. */
static bool may_read_edge(const struct world *world, struct exchange *exchange)
{
    const struct node *node = exchange->node;
    if (!exchange->edge || strcmp(exchange->method, "GET") != 0 || node->kind == NODE_ROOT)
        return true;
    struct subject subject = denials_subject(node);
    return denials_allow(world, exchange, &subject, exchange->edge) &&
           (strcmp(exchange->edge, "phone_numbers") == 0 || denials_allow_more(exchange, &subject));
}

static void handle(struct simulator *simulator, struct exchange *exchange)
{
    struct world *world = &simulator->world;
    if (exchange_param(exchange, "access_token")) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Send the access token in the Authorization header");
        return;
    }
    bool is_root = find_root(exchange);
    bool needs_token = !is_root || strcmp(exchange->edge, "oauth/access_token") != 0;
    if (needs_token && !find_token(world, exchange))
        return;
    if (!is_root && !find_node(world, exchange))
        return;
    const struct call *call = find_call(exchange);
    if (!call) {
        refuse_unknown_call(exchange);
        return;
    }
    struct call_count *count = count_of(simulator, call);
    count->calls++;
    if (may_call(exchange, call) && charge(world, exchange, call) &&
        params_check(exchange, call->params) && may_read_edge(world, exchange))
        call->handle(world, exchange);
    count->effects += exchange->has_effect;
    count->refused += exchange->error_code != 0;
}

static unsigned latency_of(const struct simulator *simulator, uint64_t lot)
{
    unsigned span = simulator->latency_max_ms - simulator->latency_min_ms + 1;
    return simulator->latency_min_ms + (unsigned)(index_mix(lot ^ 1) % span);
}

void router_handle(struct simulator *simulator, struct exchange *exchange)
{
    const struct planned_fault *planned = NULL;
    uint64_t lot = 0;
    exchange->number = ++simulator->requests;
    bool is_readable = split_path(exchange) && exchange_read_body(exchange);
    exchange->fault =
        fault_plan_draw(&simulator->faults, exchange->method, exchange->path, &planned, &lot);
    exchange->delay_ms = latency_of(simulator, lot);
    if (fault_kind_is_before(exchange->fault))
        answer_fault(&simulator->world, exchange, lot, planned);
    else if (is_readable)
        handle(simulator, exchange);
    if (exchange->fault == FAULT_HTTP_500_AFTER)
        answer_fault(&simulator->world, exchange, lot, planned);
    request_log_write(&simulator->log, &simulator->world, exchange);
}
