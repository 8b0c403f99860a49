/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/credentials.h"

#include "planner/credential_ref.h"

const char *credentials_context(struct arena *arena, const char *what, const char *batch,
                                const char *owner)
{
    return arena_join(arena, what, ":", batch, "/", owner);
}

static const struct secret *take(struct task *task, enum status status, struct secret *secret,
                                 const struct fault *fault)
{
    if (status == STATUS_OK)
        return task_own_secret(task, secret);
    task->missing_credential = arena_copy_text(task->arena, fault->message);
    return NULL;
}

const struct secret *credentials_resolve(struct task *task, const char *reference)
{
    struct fault fault = FAULT_NONE;
    struct secret *secret = NULL;

    if (!reference)
        return NULL;
    enum status status = credential_ref_resolve(reference, &secret, &fault);
    return take(task, status, secret, &fault);
}

const struct secret *credentials_unseal(struct task *task, const struct vault *vault,
                                        const char *context, const char *sealed)
{
    struct fault fault = FAULT_NONE;
    struct secret *secret = NULL;

    if (!sealed)
        return NULL;
    enum status status = vault_unseal(vault, context, sealed, &secret, &fault);
    return take(task, status, secret, &fault);
}
