/* SPDX-License-Identifier: PostgreSQL */
/*
 * report -- where every number stands, for people (table), machines (JSON) and spreadsheets (CSV).
 *
 * Pure: it is given rows and writes text. `check`, `status` and `report` all write through it, so
 * that they cannot differ. The JSON's shape is the contract's; keys only ever get added.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_H
#define WABAMIGRATE_PLANNER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"

enum report_format { REPORT_TABLE, REPORT_JSON, REPORT_CSV };

struct report_finding {
    const char *rule, *verdict, *evidence;
    const char *field;          /* or NULL */
    const char *value;          /* JSON text, or NULL */
    const char *read_at;        /* or NULL */
    const char *owner, *remedy; /* or NULL */
    bool is_fixable;
    /* one number's story only: */
    const char *found_at; /* since when the rule gave this answer; or NULL */
    bool is_past;         /* the rule has given another answer since */
};

struct report_error {
    const char *step;
    int64_t code, subcode;                                      /* 0: none */
    const char *title, *details, *fbtrace_id, *class_name, *at; /* or NULL */
    const char *owner, *remedy;                                 /* or NULL */
};

/* One HTTP exchange, for `report --number`. */
struct report_attempt {
    const char *step, *phase, *at; /* RFC 3339 */
    const char *request;           /* "POST /v26.0/610100/register {\"pin\":\"<secret>\"}" */
    const char *outcome, *note;    /* note or NULL */
    int64_t http_status;           /* 0: no answer */
    int64_t ms;
    const char *fbtrace_id; /* or NULL */
    const char *worker;
    const char *answer; /* the body kept, or NULL */
};

struct report_number {
    const char *number, *customer, *customer_name;
    const char *state, *step;
    int eligible;            /* 1, 0; -1: not looked at yet (JSON null) */
    const char *waiting_for; /* or NULL: "signup", "code", "time", "business_verification", ... */
    const char *not_before;  /* RFC 3339 or NULL */
    const char *note;        /* one sentence: why it is where it is, or NULL */
    const struct report_finding *findings;
    size_t finding_count;
    const struct report_error *error;      /* or NULL */
    const struct report_attempt *attempts; /* filled for one number only */
    size_t attempt_count;
};

struct report {
    const char *batch;
    const char *generated_at;            /* RFC 3339 */
    const char *title;                   /* table only: "check (dry run)", "status", "report" */
    const struct report_number *numbers; /* sorted by the caller: customer, then number */
    size_t number_count;
    int64_t calls_made;
    int64_t forecast_calls, forecast_seconds,
        forecast_nights; /* forecast_calls < 0: no forecast key */
    bool with_findings;  /* table: list what blocks, with owner and remedy */
};

/* Writes the whole report. `width`: columns of the terminal (80 where it is not one); the table
 * never writes a wider line, and counts East Asian and combining characters by their columns.
 * STATUS_IO when writing fails. */
MUST_CHECK enum status report_write(const struct report *report, enum report_format format,
                                    unsigned width, FILE *stream, struct fault *fault);

/* One number's whole story (table or JSON). */
MUST_CHECK enum status report_write_number(const struct report *report, enum report_format format,
                                           unsigned width, FILE *stream, struct fault *fault);

#endif
