/* SPDX-License-Identifier: PostgreSQL */
/* wabamigrate-simulator: see options.c for what it is told, control.h for what it can be asked. */
#include <stdio.h>

#include "tests/simulator/book.h"
#include "tests/simulator/book_pairs.h"
#include "tests/simulator/options.h"
#include "tests/simulator/router.h"
#include "tests/simulator/scenario.h"
#include "tests/simulator/seed.h"
#include "tests/simulator/server.h"

static int exit_code(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return 0;
    case STATUS_INVALID:
        return 2;
    case STATUS_CREDENTIAL:
        return 7;
    default:
        return 1;
    }
}

static enum status prepare(struct simulator *simulator, const struct options *options,
                           struct fault *fault)
{
    if (options->has_clock_offset)
        simulator->world.clock.offset_ms = options->clock_offset_s * 1000;
    enum status status = request_log_open(&simulator->log, options->log, fault);
    if (status == STATUS_OK)
        status = seed_from_manifest(&simulator->world, options->manifest, fault);
    if (status == STATUS_OK && options->scenario)
        status = scenario_read_file(simulator, options->scenario, fault);
    if (options->has_latency) {
        simulator->latency_min_ms = options->latency_min_ms;
        simulator->latency_max_ms = options->latency_max_ms;
    }
    return status;
}

static enum status run(const struct options *options, struct fault *fault)
{
    struct simulator simulator = {.log = {-1}};
    world_init(&simulator.world);
    simulator.faults.arena = simulator.world.arena;
    enum status status = prepare(&simulator, options, fault);
    if (status == STATUS_OK)
        status = server_run(&simulator, options, fault);
    request_log_close(&simulator.log);
    fault_plan_finish(&simulator.faults);
    index_finish(&simulator.counts);
    world_finish(&simulator.world);
    return status;
}

static enum book_kind book_kind(const struct options *options)
{
    return options->book_is_mixed          ? BOOK_MIXED
           : options->book_is_programmatic ? BOOK_PROGRAMMATIC
                                           : BOOK_PLAIN;
}

int main(int argc, char **argv)
{
    struct options options;
    struct fault fault = FAULT_NONE;
    enum status status = options_parse(argc, argv, &options, &fault);
    if (status == STATUS_OK && options.wants_help)
        fputs(OPTIONS_HELP, stdout);
    else if (status == STATUS_OK && options.wants_version)
        puts("wabamigrate-simulator " WABAMIGRATE_VERSION);
    else if (status == STATUS_OK && options.book_folder)
        status = book_write(options.book_numbers, options.book_customers, book_kind(&options),
                            options.book_folder, &fault);
    else if (status == STATUS_OK && options.pairs_folder)
        status = book_pairs_write(options.pairs_folder, &fault);
    else if (status == STATUS_OK)
        status = run(&options, &fault);
    if (status != STATUS_OK)
        fprintf(stderr, "wabamigrate-simulator: %s\n", fault.message);
    return exit_code(status);
}
