/* SPDX-License-Identifier: PostgreSQL */
/*
 * check: may this number move? Decided by the planner's eligibility rules; the engine asks them
 * instead of this phase.
 */
#include "jobs/job_table.h"

static enum outcome build_assess(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    (void)facts;
    (void)request;
    return reply_failed(reply, "The number was not assessed", "partner",
                        "This is a fault of the program: report it, then run `wabamigrate check`.");
}

static const struct job_phase phases[] = {
    {"assess", PHASE_LOCAL, NULL, build_assess, NULL, NULL, BUDGET_PLATFORM, USUAL_NEVER}};

const struct job_kind JOB_CHECK = {.name = "check",
                                   .subject = SUBJECT_NUMBER,
                                   .is_assessed = true,
                                   .phases = phases,
                                   .phase_count = 1};
