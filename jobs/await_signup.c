/* SPDX-License-Identifier: PostgreSQL */
/*
 * await_signup: the customer goes through Embedded Signup; its result names the destination WABA.
 */
#include "jobs/job_table.h"

static enum outcome build_wait(const struct facts *facts, struct request *request,
                               struct reply *reply)
{
    (void)request;
    if (facts->destination_waba_id != NULL)
        return reply_done(reply, "the destination WABA is known");
    return reply_wait_person(reply, "signup", "customer",
                             "Go through Embedded Signup with the link from the partner; the "
                             "number stays in service meanwhile.");
}

static const struct job_phase phases[] = {
    {"wait", PHASE_LOCAL, NULL, build_wait, NULL, NULL, BUDGET_PLATFORM, USUAL_NEVER}};

const struct job_kind JOB_AWAIT_SIGNUP = {
    .name = "await_signup", .subject = SUBJECT_WABA, .phases = phases, .phase_count = 1};
