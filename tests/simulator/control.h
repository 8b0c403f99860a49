/* SPDX-License-Identifier: PostgreSQL */
/*
 * control -- /simulator/…: what a test or a person does to the world from outside Graph.
 *
 * GET  /simulator/health    {"status":"ok"}
 * GET  /simulator/state     the whole world; ?number=+33… or ?customer=… for a part
 * GET  /simulator/summary   its sums only: how many moved, calls, effects, faults
 * GET  /simulator/templates which templates and flows were copied where, when and by what, how
 * often each was asked for, and how few calls could have done it; ?customer=… for one, ?short=1 for
 * the sums: see template_state.h GET  /simulator/clock     {"now":"…","now_ms":…} POST
 * /simulator/clock     {"advance_seconds":N} POST /simulator/signups {"customers":["bakery-lune"]},
 * {"numbers":["+33…"]} or {"all":true}: Embedded Signup; answers the lines that `wabamigrate
 * capture` takes GET  /simulator/codes     the codes that phones show and nobody has used: the
 * lines that `wabamigrate code --file` takes POST /simulator/faults    see fault_plan.h;
 * {"clear":true} forgets all of them and the lot POST /simulator/scenario  see scenario.h: added to
 * what holds already
 *
 * None of these is logged, delayed or made to fail.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_CONTROL_H
#define WABAMIGRATE_TESTS_SIMULATOR_CONTROL_H

#include "tests/simulator/router.h"

#define CONTROL_PREFIX "/simulator/"

void control_handle(struct simulator *simulator, struct exchange *exchange);

#endif
