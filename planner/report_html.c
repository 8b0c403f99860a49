/* SPDX-License-Identifier: PostgreSQL */
/* report_html -- one page that needs no network. */
#include "planner/report_parts.h"

void report_html_write(const struct report *report, FILE *stream)
{
    (void)fprintf(stream, "<!doctype html>\n<title>%zu numbers</title>\n", report->number_count);
}
