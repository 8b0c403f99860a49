/* SPDX-License-Identifier: PostgreSQL */
/*
 * report -- where every number stands, for people (table, page), machines (JSON) and spreadsheets
 * (CSV).
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
#include "planner/audit.h"
#include "planner/cutover.h"
#include "planner/forecast.h"
#include "planner/template_difference.h"

struct language;

enum report_format { REPORT_TABLE, REPORT_JSON, REPORT_CSV, REPORT_HTML };

struct report_finding {
    const char *rule, *verdict, *evidence;
    const char *field;          /* or NULL */
    const char *value;          /* JSON text, or NULL */
    const char *read_at;        /* or NULL */
    const char *owner, *remedy; /* or NULL */
    bool is_fixable;
    const char *attested_by; /* who confirmed it; NULL: the customer, or nobody */
    bool is_blocking;        /* it alone keeps the number from moving */
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
    /* The step was taken from its worker before it had said what came of it; its word came when the
     * step was no longer its own, and was refused. NULL where that did not happen. */
    const char *taken_at, *taken_why, *late_at;
};

/* Against an earlier look (`--since`). */
enum report_change {
    REPORT_CHANGE_NONE, /* not compared */
    REPORT_CHANGE_UNCHANGED,
    REPORT_CHANGE_NEWLY_ELIGIBLE,
    REPORT_CHANGE_NEWLY_BLOCKED,
    REPORT_CHANGE_NEW /* the earlier look did not know the number */
};

struct report_number {
    const char *number, *customer, *customer_name;
    const char *language; /* of the customer ("fr_FR"), or NULL */
    const char *state, *step;
    int eligible;            /* 1, 0; -1: not looked at yet (JSON null) */
    const char *waiting_for; /* or NULL: "signup", "code", "time", "business_verification", ... */
    const char *not_before;  /* RFC 3339 or NULL */
    const char *note;        /* one sentence: why it is where it is, or NULL */
    const struct report_finding *const *findings; /* numbers share them */
    size_t finding_count;
    enum report_change change;
    const struct report_error *error;      /* or NULL */
    const struct report_attempt *attempts; /* filled for one number only */
    size_t attempt_count;
    struct template_downtime template_downtime;
    const struct audit_finding *audit; /* what came along; once it is confirmed */
    size_t audit_count;
    const struct cutover *cutover; /* when it moved; NULL: not yet, or it had moved before */
};

/* How the whole book stood at an earlier look, for its history. */
struct report_look {
    const char *at;      /* RFC 3339 */
    const char *command; /* "check", "run" */
    int64_t numbers, eligible, not_eligible, done, failed;
    int64_t calls;
};

/* The book's templates. */
struct report_templates {
    struct template_counts counts;
    bool is_listed;                      /* false: the counts alone (status) */
    struct template_customer *customers; /* in the numbers' order; those whose list was asked for */
    size_t customer_count;
};

struct report {
    const char *batch;
    const char *generated_at;            /* RFC 3339 */
    const char *title;                   /* table only: "check (dry run)", "status", "report" */
    const struct report_number *numbers; /* sorted by the caller: customer, then number */
    size_t number_count;
    int64_t calls_made;
    bool has_forecast;
    struct forecast forecast;
    bool with_findings;              /* table: list what blocks, with owner and remedy */
    bool is_offline;                 /* nobody was asked: the manifest alone */
    const struct language *language; /* of the page; NULL: English */
    const struct report_look *looks; /* oldest first; the last is this one, where it is a look */
    size_t look_count;
    const char *since; /* RFC 3339: what `change` is against; NULL: nothing */
    int64_t gone;      /* with since: numbers of then that the book has no more */
    bool with_moved;   /* what came along, and when, has been read (report) */
    const struct report_templates *templates; /* NULL: no word of them (check) */
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
