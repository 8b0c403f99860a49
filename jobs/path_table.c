/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/path.h"

#include <string.h>

/* clang-format off */
static const struct path_step embedded_signup[] = {
    /* kind               needs                              refreshes, renewed by, only with */
    {"read_source",        {NULL}, "check", NULL, NULL},
    {"await_signup",       {NULL}, NULL, NULL, NULL},
    {"exchange_code",      {"await_signup"}, NULL, NULL, NULL},
    {"read_destination",   {"exchange_code"}, "check", NULL, NULL},
    {"check",              {"read_source"}, NULL, NULL, NULL},
    {"list_templates",     {"check"}, NULL, NULL, "templates"},
    /* Subscribing before sharing the line also satisfies Meta's "at least one app subscribed". */
    {"subscribe_webhooks", {"check"}, NULL, NULL, NULL},
    {"assign_system_user", {"subscribe_webhooks"}, NULL, NULL, NULL},
    {"share_credit_line",  {"assign_system_user"}, NULL, NULL, NULL},
    {"migrate_templates",  {"assign_system_user", "list_templates"}, NULL, NULL, "templates_before"},
    /* The storage setting can only be changed while the number is not registered. */
    {"set_storage",        {"check", "share_credit_line"}, NULL, NULL, "data_localization_region"},
    {"register_number",    {"check", "share_credit_line", "set_storage", "migrate_templates"}, NULL, NULL, NULL},
    {"confirm_number",     {"register_number"}, NULL, NULL, NULL},
    {"settle_templates",   {"confirm_number"}, NULL, NULL, "templates"},
};

/* The destination is there from the start, so the verdict waits for what it says. Meta asks for the
 * subscription and a payment method before the number is created. */
static const struct path_step programmatic[] = {
    {"read_source",        {NULL}, "check", NULL, NULL},
    {"read_destination",   {"read_source"}, "check", NULL, NULL},
    {"check",              {"read_destination"}, NULL, NULL, NULL},
    {"list_templates",     {"check"}, NULL, NULL, "templates"},
    {"subscribe_webhooks", {"check"}, NULL, NULL, NULL},
    {"assign_system_user", {"subscribe_webhooks"}, NULL, NULL, NULL},
    {"share_credit_line",  {"assign_system_user"}, NULL, NULL, NULL},
    {"migrate_templates",  {"assign_system_user", "list_templates"}, NULL, NULL, "templates_before"},
    {"create_number",      {"check", "share_credit_line"}, NULL, NULL, NULL},
    {"request_code",       {"create_number"}, NULL, NULL, NULL},
    {"await_code",         {"request_code"}, NULL, "request_code", NULL},
    {"verify_code",        {"await_code"}, NULL, "request_code", NULL},
    {"set_storage",        {"verify_code"}, NULL, NULL, "data_localization_region"},
    {"register_number",    {"verify_code", "set_storage", "migrate_templates"}, NULL, "request_code", NULL},
    {"confirm_number",     {"register_number"}, NULL, NULL, NULL},
    {"settle_templates",   {"confirm_number"}, NULL, NULL, "templates"},
};
/* clang-format on */

const struct path PATHS[] = {
    {"embedded_signup", embedded_signup, sizeof embedded_signup / sizeof embedded_signup[0]},
    {"programmatic", programmatic, sizeof programmatic / sizeof programmatic[0]},
};
const size_t PATH_COUNT = sizeof PATHS / sizeof PATHS[0];

const struct path *path_find(const char *name)
{
    for (size_t i = 0; i < PATH_COUNT; i++) {
        if (strcmp(PATHS[i].name, name) == 0)
            return &PATHS[i];
    }
    return NULL;
}
