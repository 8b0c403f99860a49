/* SPDX-License-Identifier: PostgreSQL */
#include "planner/credential_ref.h"

#include <stddef.h>
#include <string.h>

static const char ENV_PREFIX[] = "env:";
static const char FILE_PREFIX[] = "file:";

/* What follows `prefix` in `text`, or NULL when it does not begin so or nothing follows. */
static const char *after(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 && text[length] != '\0' ? text + length : NULL;
}

enum status credential_ref_resolve(const char *reference, struct secret **secret,
                                   struct fault *fault)
{
    *secret = NULL;
    const char *name = reference ? after(reference, ENV_PREFIX) : NULL;
    if (name)
        return secret_from_env(name, secret, fault);
    const char *path = reference ? after(reference, FILE_PREFIX) : NULL;
    if (path)
        return secret_from_file(path, secret, fault);
    /* The text is not repeated: somebody may have put the credential itself where its place
     * belongs. */
    return fault_set(
        fault, STATUS_INVALID,
        "a credential reference is neither env:NAME nor file:PATH; name an environment "
        "variable or a file that holds the credential");
}
