/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/path.h"

#include <string.h>

/* clang-format off */
static const struct path_step embedded_signup[] = {
    /* kind               needs                              refreshes */
    {"read_source",        {NULL}, "check"},
    {"await_signup",       {NULL}, NULL},
    {"exchange_code",      {"await_signup"}, NULL},
    {"read_destination",   {"exchange_code"}, "check"},
    {"check",              {"read_source"}, NULL},
    /* Subscribing before sharing the line also satisfies Meta's "at least one app subscribed". */
    {"subscribe_webhooks", {"check"}, NULL},
    {"assign_system_user", {"subscribe_webhooks"}, NULL},
    {"share_credit_line",  {"assign_system_user"}, NULL},
    /* The storage setting can only be changed while the number is not registered; its one call is made
     * only where the manifest names a region. */
    {"set_storage",        {"check", "share_credit_line"}, NULL},
    {"register_number",    {"set_storage"}, NULL},
    {"confirm_number",     {"register_number"}, NULL},
};
/* clang-format on */

const struct path PATHS[] = {
    {"embedded_signup", embedded_signup, sizeof embedded_signup / sizeof embedded_signup[0]},
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
