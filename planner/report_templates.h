/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_templates -- the difference of templates for people (a section of the table, of a number's
 * story, of `templates diff`) and for programs (JSON, CSV).
 *
 * The list of what a customer has to create and submit again says of each template its name,
 * language and category, why it did not come along, and what to do.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_TEMPLATES_H
#define WABAMIGRATE_PLANNER_REPORT_TEMPLATES_H

#include <stdio.h>

#include "planner/report.h"

struct json_object;
struct report_pen;

/* "Templates: 120: 97 copied, 3 waiting, ..." and the downtime: a line each; nothing where the
 * report has no word of templates. */
void report_templates_lines(struct report_pen *pen, const struct report *report);
/* What there is to do, by customer; nothing where there is nothing. */
void report_templates_lists(struct report_pen *pen, const struct report_templates *templates);

/* The report's "summary.templates"; owned by the caller. */
struct json_object *report_templates_summary(const struct report *report);
/* [{"customer", ..., "templates": [...]}, ...], a template a line. */
void report_templates_json(const struct report_templates *templates, FILE *stream);
/* A row a template, with its customer's names. */
void report_templates_csv(const struct report_templates *templates, FILE *stream);

/* The templates alone, for `templates`: what they add up to and what there is to do (table), or all
 * of them (JSON, CSV). STATUS_IO when writing fails. */
struct report_templates_head {
    const char *batch; /* or NULL */
    const char *title; /* of the table */
    const char *generated_at;
    int64_t calls_made;
};
MUST_CHECK enum status report_templates_write(const struct report_templates *templates,
                                              const struct report_templates_head *head,
                                              enum report_format format, unsigned width,
                                              FILE *stream, struct fault *fault);

/* The median and the worst of the report's numbers. */
struct template_downtimes report_downtimes(const struct report *report);

#endif
