/* SPDX-License-Identifier: PostgreSQL */
/* commands -- one function a verb: each returns the contract's exit code, and a fault when it is an
 * error's. All may block. */
#ifndef WABAMIGRATE_ORCHESTRATOR_COMMANDS_H
#define WABAMIGRATE_ORCHESTRATOR_COMMANDS_H

#include "base/clock.h"
#include "orchestrator/options.h"

int command_check(const struct options *options, const struct clock *clock, struct fault *fault);
int command_run(const struct options *options, const struct clock *clock, struct fault *fault);
int command_status(const struct options *options, const struct clock *clock, struct fault *fault);
int command_report(const struct options *options, const struct clock *clock, struct fault *fault);
int command_capture(const struct options *options, const struct clock *clock, struct fault *fault);
int command_code(const struct options *options, const struct clock *clock, struct fault *fault);
int command_control(const struct options *options, const struct clock *clock, struct fault *fault);
int command_pins_export(const struct options *options, const struct clock *clock,
                        struct fault *fault);
int command_templates(const struct options *options, const struct clock *clock,
                      struct fault *fault);
int command_simulate(const struct options *options, const struct clock *clock, struct fault *fault);
int command_doctor(const struct options *options, const struct clock *clock, struct fault *fault);
int command_db(const struct options *options, const struct clock *clock, struct fault *fault);
int command_key(const struct options *options, const struct clock *clock, struct fault *fault);
int command_later(const struct options *options, const struct clock *clock, struct fault *fault);

#endif
