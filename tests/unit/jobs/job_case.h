/* SPDX-License-Identifier: PostgreSQL */
/*
 * job_case -- a phase of a job kind as a row: facts and an answer in, a request and a reply out.
 *
 * The facts are those of one customer, Bakery Lune, with everything known; a row takes some away.
 * Every secret of theirs begins with JOB_CASE_MARKER, and every row also checks that no description
 * of its request holds it. With JOB_CASE_REQUESTS=FILE each request is appended to FILE as a JSON
 * line.
 */
#ifndef WABAMIGRATE_TESTS_UNIT_JOBS_JOB_CASE_H
#define WABAMIGRATE_TESTS_UNIT_JOBS_JOB_CASE_H

#include "jobs/job.h"

#define JOB_CASE_MARKER "MARKER"

enum job_case_without {
    WITHOUT_SYSTEM_TOKEN = 1 << 0,
    WITHOUT_BUSINESS_TOKEN = 1 << 1,
    WITHOUT_SOURCE_TOKEN = 1 << 2,
    WITHOUT_APP_SECRET = 1 << 3,
    WITHOUT_CODE = 1 << 4,
    WITHOUT_SOURCE = 1 << 5,
    WITHOUT_DESTINATION = 1 << 6,
    WITHOUT_CREDIT_LINE = 1 << 7,
    WITHOUT_SYSTEM_USER = 1 << 8,
    WITHOUT_CURRENCY = 1 << 9,
    WITHOUT_OVERRIDE = 1 << 10,
    WITHOUT_REGION = 1 << 11,
    WITHOUT_PHONE_ID = 1 << 12,
    WITHOUT_FIELDS = 1 << 13,
    WITHOUT_PIN = 1 << 14,
    WITHOUT_VERIFICATION_CODE = 1 << 15,
    WITHOUT_VERIFICATION = 1 << 16, /* not verified, or not known to be */
    WITHOUT_WAY_TO_VERIFY = 1 << 17,
    WITHOUT_ALL = (1 << 18) - 1
};

/* In place of an HTTP status. */
enum { JOB_CASE_NO_ANSWER = 0, JOB_CASE_UNSENT = -1, JOB_CASE_LOST = -2 };

struct job_case {
    const char *sentence;
    unsigned without;
    const char *credit_method, *memo;
    const char *template_fields, *source_refused, *destination_refused,
        *source_ids; /* NULL: not known */
    int64_t intended_at_ms;
    const char *code_method, *language;
    const char *kept_profile; /* NULL: not to be kept, or not known */
    const char *fresh;        /* the destination, read just now; NULL: not known */
    const char *templates;    /* what is known of them; NULL: nothing */
    int64_t now_ms;
    bool is_in_doubt;
    const char *phase;
    const char *request; /* its description; NULL: not looked at */
    int status;          /* JOB_CASE_NO_ANSWER: what build() decides */
    const char *body;    /* NULL: not JSON */
    /* the reply, whole: what is left out must be absent */
    enum outcome outcome;
    const char *next_phase, *memo_after, *waiting_for;
    int64_t wait_ms;
    const char *learned; /* "waba source 800100 {…}; code_burnt" */
    const char *note;    /* a part of the note, or of the error's title */
    const char *owner;
};

/* Checks every row. */
void job_case_check(const struct job_kind *kind, const struct job_case *cases, size_t count);

/* The facts of a row; release with job_case_release(). */
void job_case_facts(const struct job_case *row, struct facts *facts);
void job_case_release(struct facts *facts);

#endif
