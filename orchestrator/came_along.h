/* SPDX-License-Identifier: PostgreSQL */
/*
 * came_along -- an audited step: what of its number came along, compared as soon as the answer is
 * there, while what it holds is still parsed.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_CAME_ALONG_H
#define WABAMIGRATE_ORCHESTRATOR_CAME_ALONG_H

#include "orchestrator/task.h"

/* Where the reply has learned how the number stands at the end, fills task->came_along from it and
 * from what was before, and lets go of both as parsed. */
void came_along_compare(struct task *task);

#endif
