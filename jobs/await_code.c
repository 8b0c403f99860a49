/* SPDX-License-Identifier: PostgreSQL */
/*
 * await_code: whoever holds the number reads the code and passes it on. `wabamigrate code` takes
 * it.
 */
#include "jobs/job_table.h"

static enum outcome build_wait(const struct facts *facts, struct request *request,
                               struct reply *reply)
{
    (void)request;
    if (facts->is_verified)
        return reply_done(reply, "the number is verified already");
    if (facts->verification_code != NULL)
        return reply_done(reply, "the code is there");
    return reply_wait_person(reply, "code", "customer",
                             "Send the partner the six-digit code that WhatsApp sent to the number "
                             "by SMS or voice. It lives some minutes only; the partner can have a "
                             "new one sent.");
}

static const struct job_phase phases[] = {
    {"wait", PHASE_LOCAL, NULL, build_wait, NULL, NULL, BUDGET_PLATFORM, USUAL_NEVER}};

const struct job_kind JOB_AWAIT_CODE = {.name = "await_code",
                                        .subject = SUBJECT_NUMBER,
                                        .takes_code = true,
                                        .phases = phases,
                                        .phase_count = 1};
