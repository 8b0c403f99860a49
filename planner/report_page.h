/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_page -- the parts of the HTML page: its style and script, embedded by the build from
 * planner/page/, and its data. Private to report_html*.c.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_PAGE_H
#define WABAMIGRATE_PLANNER_REPORT_PAGE_H

#include "planner/report_parts.h"

extern const char REPORT_PAGE_STYLE[], REPORT_PAGE_SCRIPT[];
/* base64 of their SHA-256, for the Content-Security-Policy. */
extern const char REPORT_PAGE_STYLE_HASH[], REPORT_PAGE_SCRIPT_HASH[];
/* Every text of the script, in English; NULL after the last. */
extern const char *const REPORT_PAGE_STRINGS[];

/* Writes the report as one JSON object that may stand in a script element: no <, > or & in it. It
 * is streamed; only what numbers share is kept meanwhile. What its arrays hold is said in the .c
 * and taken apart in planner/page/data.js. */
void report_page_data_write(const struct report *report, FILE *stream);

#endif
