/* SPDX-License-Identifier: PostgreSQL */
/*
 * request_log -- what was asked, one JSON object a line, in the order of arrival.
 *
 * {"n","at","method","path","query":{},"body":{},"token":"system","customer","number","status",
 *  "error_code","error_subcode","effect":true,"answered":false,"fault"}
 * Never the Authorization header; `token` says whose it was. Codes and PINs stand as they were
 * sent: they open nothing outside the simulator's own world. A line is one write to a file opened
 * for appending, made when the request is decided.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_REQUEST_LOG_H
#define WABAMIGRATE_TESTS_SIMULATOR_REQUEST_LOG_H

#include "base/fault.h"
#include "tests/simulator/exchange.h"
#include "tests/simulator/world.h"

struct request_log {
    int file; /* -1: none */
};

MUST_CHECK enum status request_log_open(struct request_log *log, const char *path,
                                        struct fault *fault);
void request_log_close(struct request_log *log);
void request_log_write(const struct request_log *log, const struct world *world,
                       const struct exchange *exchange);

#endif
