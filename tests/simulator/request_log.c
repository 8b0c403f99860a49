/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/request_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum status request_log_open(struct request_log *log, const char *path, struct fault *fault)
{
    log->file = -1;
    if (!path)
        return STATUS_OK;
    log->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log->file < 0)
        return fault_set(fault, STATUS_IO, "cannot open the log %s: %s", path, strerror(errno));
    return STATUS_OK;
}

void request_log_close(struct request_log *log)
{
    if (log->file >= 0)
        close(log->file);
    log->file = -1;
}

static void add_text(json_object *json, const char *name, const char *text)
{
    json_object_object_add(json, name, json_object_new_string(text));
}

static void add_time(json_object *json, int64_t wall_ms)
{
    char day[32], text[48];
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, sizeof text, "%s.%03dZ", day, (int)(wall_ms % 1000));
    add_text(json, "at", text);
}

static const char *token_name(const struct token *token, const struct node *node)
{
    bool is_source = node && ((node->kind == NODE_WABA && node->waba->is_source) ||
                              (node->kind == NODE_PHONE && node->phone->waba->is_source));
    if (!token)
        return "none";
    if (token->is_system || token->is_app)
        return token->is_system ? "system" : "app";
    return is_source ? "source" : "business";
}

static void add_subject(json_object *json, const struct node *node)
{
    if (!node)
        return;
    if (node->kind == NODE_PHONE) {
        add_text(json, "number", node->phone->line->number.text);
        add_text(json, "customer", node->phone->waba->customer->id);
    } else if (node->kind == NODE_WABA) {
        add_text(json, "customer", node->waba->customer->id);
    }
}

static void add_outcome(json_object *json, const struct exchange *exchange)
{
    json_object_object_add(json, "status", json_object_new_int(exchange->status));
    if (exchange->error_code)
        json_object_object_add(json, "error_code", json_object_new_int(exchange->error_code));
    if (exchange->error_subcode)
        json_object_object_add(json, "error_subcode", json_object_new_int(exchange->error_subcode));
    if (exchange->has_effect)
        json_object_object_add(json, "effect", json_object_new_boolean(true));
    if (exchange->fault != FAULT_KIND_NONE) {
        bool is_answered = !fault_kind_is_withheld(exchange->fault);
        json_object_object_add(json, "answered", json_object_new_boolean(is_answered));
        add_text(json, "fault", fault_kind_name(exchange->fault));
    }
}

void request_log_write(const struct request_log *log, const struct world *world,
                       const struct exchange *exchange)
{
    if (log->file < 0)
        return;
    json_object *json = json_object_new_object();
    json_object *query = exchange->query, *body = exchange->body;
    json_object_object_add(json, "n", json_object_new_int64((int64_t)exchange->number));
    add_time(json, world_now_ms(world));
    add_text(json, "method", exchange->method);
    add_text(json, "path", exchange->path);
    json_object_object_add(json, "query",
                           query ? json_object_get(query) : json_object_new_object());
    json_object_object_add(json, "body", body ? json_object_get(body) : json_object_new_object());
    add_text(json, "token", token_name(exchange->token, exchange->node));
    add_subject(json, exchange->node);
    add_outcome(json, exchange);
    const char *text = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN |
                                                                JSON_C_TO_STRING_NOSLASHESCAPE);
    const char *line = arena_printf(exchange->arena, "%s\n", text);
    /* Nobody to tell, and nothing to do about it: a full disk shows in what the log lacks. */
    if (write(log->file, line, strlen(line)) < 0)
        perror("wabamigrate-simulator: cannot write the log");
    json_object_put(json);
}
