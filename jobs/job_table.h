/* SPDX-License-Identifier: PostgreSQL */
/*
 * job_table -- one declaration a job kind; JOB_KINDS in job_table.c lists them all.
 *
 * A new kind is one file, one line here and one line there.
 */
#ifndef WABAMIGRATE_JOBS_JOB_TABLE_H
#define WABAMIGRATE_JOBS_JOB_TABLE_H

#include "jobs/job.h"

extern const struct job_kind JOB_READ_SOURCE, JOB_READ_DESTINATION; /* read_waba.c */
extern const struct job_kind JOB_AWAIT_SIGNUP;
extern const struct job_kind JOB_EXCHANGE_CODE;
extern const struct job_kind JOB_CHECK;
extern const struct job_kind JOB_SUBSCRIBE_WEBHOOKS;
extern const struct job_kind JOB_ASSIGN_SYSTEM_USER;
extern const struct job_kind JOB_SHARE_CREDIT_LINE;
extern const struct job_kind JOB_CREATE_NUMBER;
extern const struct job_kind JOB_REQUEST_CODE;
extern const struct job_kind JOB_AWAIT_CODE;
extern const struct job_kind JOB_VERIFY_CODE;
extern const struct job_kind JOB_SET_STORAGE;
extern const struct job_kind JOB_REGISTER_NUMBER;
extern const struct job_kind JOB_CONFIRM_NUMBER;
extern const struct job_kind JOB_LIST_TEMPLATES, JOB_MIGRATE_TEMPLATES, JOB_SETTLE_TEMPLATES;

#endif
