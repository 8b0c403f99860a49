/* SPDX-License-Identifier: PostgreSQL */
/* options -- the simulator's command line. */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_OPTIONS_H
#define WABAMIGRATE_TESTS_SIMULATOR_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct options {
    const char *manifest, *scenario, *log, *port_file, *tls_cert, *tls_key;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } listen;
    int64_t clock_offset_s;
    bool has_clock_offset, has_latency, wants_help, wants_version;
    unsigned latency_min_ms, latency_max_ms;
    /* --make-book */
    unsigned book_numbers, book_customers;
    const char *book_folder;
    bool book_is_mixed;        /* --mix */
    bool book_is_programmatic; /* --programmatic */
    const char *pairs_folder;  /* --make-pairs */
};

/* `options` borrows from `argv`. STATUS_INVALID with what is wrong. */
MUST_CHECK enum status options_parse(int argc, char **argv, struct options *options,
                                     struct fault *fault);

extern const char OPTIONS_HELP[];

#endif
