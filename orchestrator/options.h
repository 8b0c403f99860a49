/* SPDX-License-Identifier: PostgreSQL */
/*
 * options -- one table of options and one of verbs; they drive parsing, the environment, --help and
 * the man page's option list.
 *
 * Precedence: option, environment (WABAMIGRATE_LOG_FORMAT for --log-format), default. Global
 * options may stand before or after the verb. There is no option that takes a secret.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_OPTIONS_H
#define WABAMIGRATE_ORCHESTRATOR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/log.h"
#include "planner/report.h"

enum progress { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

enum verb {
    VERB_NONE, /* help or version was printed: exit 0 */
    VERB_CHECK,
    VERB_RUN,
    VERB_STATUS,
    VERB_REPORT,
    VERB_CAPTURE,
    VERB_CODE,
    VERB_PAUSE,
    VERB_RESUME,
    VERB_CANCEL,
    VERB_RETRY,
    VERB_PINS_EXPORT,
    VERB_TEMPLATES_DIFF,
    VERB_TEMPLATES_MIGRATE,
    VERB_SERVE,
    VERB_SIMULATE,
    VERB_DOCTOR,
    VERB_DB_INIT,
    VERB_DB_UPGRADE,
    VERB_DB_STATUS,
    VERB_DB_STOP,
    VERB_KEY_STATUS,
    VERB_KEY_ROTATE,
    VERB_KEY_RETIRE
};

/* All text is borrowed from argv, the environment or constants; NULL where not given. */
struct options {
    enum verb verb;
    const char *verb_name; /* "db init" */

    /* global */
    const char *database;  /* libpq URL or keyword string */
    const char *graph_url; /* default https://graph.facebook.com; may end with a path or a slash */
    const char *key_file;
    const char *ca_file; /* PEM file to verify the Graph peer with instead of the system's */
    enum log_format log_format;
    bool is_verbose, is_quiet;
    enum progress progress;

    /* output of check, run, status, report, pins export */
    bool has_format;
    enum report_format format;
    const char *output;       /* --output FILE */
    const char *accept;       /* --accept 4,5 */
    const char *accept_codes; /* the same, validated; NULL when not given */

    /* run and check */
    const char *manifest; /* positional */
    bool is_dry_run;
    int64_t concurrency; /* 1..1024, default 64 */
    int64_t timeout_ms;  /* of one call, 1..30 s, default 30 s */
    int64_t limit;       /* numbers; 0: none */
    bool has_until;
    int until_hour, until_minute;
    int64_t for_ms;         /* 0: none */
    int64_t patience_ms;    /* how long a run stays for work that becomes due; default 15 min */
    int64_t doubt_grace_ms; /* how long after an effect's intent its absence is believed; default 10
                               s */
    int64_t stop_at_failure_percent; /* 0: none */
    int64_t canary;                  /* 0: none */
    bool spends_last_registrations;  /* of a number's 10 in 72 hours, the two that are kept */
    const char *only;                /* SELECTOR */
    bool is_offline;                 /* check: the manifest alone */
    int fail_on;                     /* check: enum verdict, VERDICT_FAIL or VERDICT_WARN */
    int64_t max_age_ms;              /* check: reads younger than this are not made again */
    const char *since;               /* check, report: "last", a date, a time or a duration */
    const char *language;            /* of the page: "en", "fr" */
    const char *worker_name;

    /* status, report, pause, resume, cancel, retry, pins export */
    const char *batch;  /* positional, may be NULL: the only batch, or all */
    const char *number; /* --number */
    bool is_watching;   /* --watch */

    /* templates diff, templates migrate: between two WABAs that no batch names */
    const char *source_waba_id, *destination_waba_id;
    const char *token_env, *token_file; /* where the token is: a variable's name, or a file's */
    const char *source_token_env, *source_token_file;

    /* capture, code */
    const char *file; /* --file; NULL: standard input */
    const char *code_number, *code;

    /* simulate: everything after the verb, for the simulator itself */
    int simulator_argc;
    char **simulator_argv;
};

/* Fills `options`. Prints help or the version to standard output when asked (verb VERB_NONE). A
 * usage error is STATUS_INVALID with one sentence and the nearest known word, where there is one.
 */
MUST_CHECK enum status options_parse(int argc, char **argv, struct options *options,
                                     struct fault *fault);

/* Exit codes of the contract. */
enum exit_code {
    EXIT_ALL_DONE = 0,
    EXIT_INTERNAL = 1,
    EXIT_USAGE = 2,
    EXIT_SOME_FAILED = 3,
    EXIT_WAITING = 4,
    EXIT_STOPPED = 5,
    EXIT_THRESHOLD = 6,
    EXIT_REFUSED = 7
};

/* What a fault makes the program exit with. */
int options_exit_code(enum status status);
/* `code` after --accept: 0 when it is on the list. */
int options_accept(const struct options *options, int code);

#endif
