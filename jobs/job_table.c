/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"

#include <string.h>

const struct job_kind *const JOB_KINDS[] = {
    &JOB_READ_SOURCE,
    &JOB_AWAIT_SIGNUP,
    &JOB_EXCHANGE_CODE,
    &JOB_READ_DESTINATION,
    &JOB_CHECK,
    &JOB_SUBSCRIBE_WEBHOOKS,
    &JOB_ASSIGN_SYSTEM_USER,
    &JOB_SHARE_CREDIT_LINE,
    &JOB_CREATE_NUMBER,
    &JOB_REQUEST_CODE,
    &JOB_AWAIT_CODE,
    &JOB_VERIFY_CODE,
    &JOB_SET_STORAGE,
    &JOB_REGISTER_NUMBER,
    &JOB_CONFIRM_NUMBER,
    &JOB_LIST_TEMPLATES,
    &JOB_MIGRATE_TEMPLATES,
    &JOB_SETTLE_TEMPLATES,
};
const size_t JOB_KIND_COUNT = sizeof JOB_KINDS / sizeof JOB_KINDS[0];

const struct job_kind *job_find(const char *name)
{
    for (size_t i = 0; i < JOB_KIND_COUNT; i++) {
        if (strcmp(JOB_KINDS[i]->name, name) == 0)
            return JOB_KINDS[i];
    }
    return NULL;
}

const struct job_phase *job_find_phase(const struct job_kind *kind, const char *phase)
{
    if (phase == NULL)
        return &kind->phases[0];
    for (size_t i = 0; i < kind->phase_count; i++) {
        if (strcmp(kind->phases[i].name, phase) == 0)
            return &kind->phases[i];
    }
    return NULL;
}
