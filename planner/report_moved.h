/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_moved -- of numbers that have moved: what came along (planner/audit.h), and when it was
 * (planner/cutover.h). For people (a section of the table, of a number's story) and for programs.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_MOVED_H
#define WABAMIGRATE_PLANNER_REPORT_MOVED_H

#include "base/buffer.h"
#include "planner/report.h"

struct json_object;
struct report_pen;

/* "audit: 3 numbers: 2 kept, 1 changed: verified_name 1", what changed with who must act and how,
 * and a line a cut-over; nothing where the report has no word of them, or nothing has moved. */
void report_moved_lines(struct report_pen *pen, const struct report *report);
/* One number's: every field, and the cut-over with both of Meta's rules. */
void report_moved_story(struct report_pen *pen, const struct report_number *number);

/* Each is owned by the caller; NULL: there is none. */
struct json_object *report_moved_summary(const struct report *report);
struct json_object *report_moved_audit(const struct report_number *number);
struct json_object *report_moved_cutover(const struct report_number *number);

/* "verified_name=changed;settings=not_readable": what was not kept. */
void report_moved_list(const struct report_number *number, struct buffer *list);

#endif
