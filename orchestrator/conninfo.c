/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/conninfo.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>

/* At most one @, and that before any path or query. */
static bool is_clear(const char *conninfo)
{
    const char *at = strstr(conninfo, "://");

    if (!at)
        return true;
    at += 3;
    const char *user_ends = strchr(at, '@');
    return !user_ends || (user_ends < at + strcspn(at, "/?") && !strchr(user_ends + 1, '@'));
}

/* The ports of several hosts stand with commas between them. */
static bool has_numeric_port(const PQconninfoOption *options)
{
    for (; options->keyword; options++) {
        if (strcmp(options->keyword, "port") == 0 && options->val)
            return strspn(options->val, "0123456789,") == strlen(options->val);
    }
    return true;
}

enum status conninfo_check(const char *conninfo, struct fault *fault)
{
    char *error = NULL; /* may repeat the whole of it */

    if (!conninfo || (!strstr(conninfo, "://") && !strchr(conninfo, '=')))
        return STATUS_OK;
    if (!is_clear(conninfo))
        return fault_set(fault, STATUS_DATABASE,
                         "in the database's URL an @ stands where none can be; in a user's name or "
                         "a password write %%40 for @ and %%2F for / (--database)");
    PQconninfoOption *options = PQconninfoParse(conninfo, &error);
    bool is_parsed = options != NULL, is_right = is_parsed && has_numeric_port(options);
    PQconninfoFree(options);
    PQfreemem(error);
    if (is_right)
        return STATUS_OK;
    return fault_set(fault, STATUS_DATABASE,
                     is_parsed ? "the database's port is not a number; the URL looks like "
                                 "postgresql://user@host:5432/name (--database)"
                               : "the database's URL is not one that libpq understands; it looks "
                                 "like postgresql://user@host:5432/name (--database)");
}
