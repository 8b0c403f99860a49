/* SPDX-License-Identifier: PostgreSQL */
/*
 * credentials -- the secrets a run works with: the partner's, resolved once at the start, and the
 * customers', resolved or unsealed when a step of theirs is claimed.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_CREDENTIALS_H
#define WABAMIGRATE_ORCHESTRATOR_CREDENTIALS_H

#include "base/secret.h"
#include "base/vault.h"
#include "orchestrator/task.h"

/* What a sealed value is bound to, so that it opens nowhere else: "business_token:BATCH/CUSTOMER".
 * In the arena. */
const char *credentials_context(struct arena *arena, const char *what, const char *batch,
                                const char *owner);

/* The credential `reference` names, owned by the task; NULL when `reference` is NULL, and when it
 * cannot be had: then task->missing_credential says why. */
const struct secret *credentials_resolve(struct task *task, const char *reference);

/* A sealed column's value, likewise. */
const struct secret *credentials_unseal(struct task *task, const struct vault *vault,
                                        const char *context, const char *sealed);

#endif
