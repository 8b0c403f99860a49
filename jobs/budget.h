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

#include <stdint.h>

enum budget {
    BUDGET_PLATFORM,     /* ordinary platform limits: no figure is published */
    BUDGET_WABA,         /* WhatsApp Business Management API: per app and WABA */
    BUDGET_CREDIT_LINE,  /* credit line calls: per app */
    BUDGET_REGISTRATION, /* register and deregister: per number */
    BUDGET_COUNT
};

struct budget_limit {
    const char *name;       /* "waba": the word of logs and reports */
    const char *subject;    /* what has its own: "app", "WABA", "number" */
    int64_t calls;          /* 0: none published */
    int64_t calls_at_first; /* of a WABA without a registered number; else the same */
    int64_t window_ms;
};

extern const struct budget_limit BUDGETS[BUDGET_COUNT];

#endif
