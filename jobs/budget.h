/* SPDX-License-Identifier: PostgreSQL */
/*
 * budget -- whose quota a request uses up, and how large Meta says that quota is.
 *
 * One table for everybody who reckons with quotas: each phase of a job kind names its budget, the
 * engine counts what it sends by it, and the forecast adds up the same phases.
 *
 * Source: graph-api.md, section 4 (Meta's "About the platform", rate limits, and the registration
 * page). Limits are per rolling window.
 */
#ifndef WABAMIGRATE_JOBS_BUDGET_H
#define WABAMIGRATE_JOBS_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

enum budget {
    BUDGET_PLATFORM,     /* ordinary platform limits: no figure is published */
    BUDGET_WABA,         /* WhatsApp Business Management API: per app and WABA */
    BUDGET_CREDIT_LINE,  /* credit line calls: per app */
    BUDGET_REGISTRATION, /* register: per number. (deregister has as much of its own; it is never
                            sent) */
    BUDGET_COUNT
};

struct budget_limit {
    const char *name;       /* "waba": the word of logs and reports */
    const char *subject;    /* what has its own: "app", "WABA", "number" */
    int64_t calls;          /* 0: none published */
    int64_t calls_at_first; /* until something proves more: of a WABA without a registered number */
    int64_t window_ms;
    int64_t kept;      /* the last ones of a window, which are spent only when a person says so */
    int64_t margin_ms; /* our own window is so much longer: what was intended at its beginning may
                          have arrived at Meta a little later */
    int64_t spare_permille; /* of a quota by the hour: left for people and for what we do not see */
};

extern const struct budget_limit BUDGETS[BUDGET_COUNT];

/* How many calls may be made in a window: by the program alone, or with the kept ones. */
int64_t budget_allowance(enum budget budget, bool with_kept);
/* How long a call is counted. */
int64_t budget_memory_ms(enum budget budget);

/* Why a number's registration waits, and what a person may do about it, by how many are spent
 * (allowance to calls); BUDGET_REFUSED: Meta itself said 133016. */
#define BUDGET_REFUSED (-1)
const char *budget_registration_note(int64_t spent);

#endif
