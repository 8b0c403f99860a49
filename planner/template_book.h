/* SPDX-License-Identifier: PostgreSQL */
/*
 * template_book -- the templates of two WABAs side by side, in memory, for `templates` between
 * WABAs of which no database knows.
 *
 * Pure. It is to the steps of templates what the database is in a run: it takes what they learn
 * (learn_templates*.sql) and tells what they are taken up with (template_facts of schema 018). What
 * the database keeps this keeps for as long as the command runs: after that, the destination's list
 * alone says what has come over.
 */
#ifndef WABAMIGRATE_PLANNER_TEMPLATE_BOOK_H
#define WABAMIGRATE_PLANNER_TEMPLATE_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "planner/template_difference.h"

struct arena;
struct template_book;

struct template_book *template_book_create(void);
/* NULL is fine. */
void template_book_destroy(struct template_book *book);

/* Each takes what a step of templates learns (jobs/templates.h), as text; what is no such JSON
 * changes nothing. With a list's last page, what was there before and is not on its pages is gone.
 */
void template_book_learn_page(struct template_book *book, bool is_source, const char *json);
void template_book_learn_news(struct template_book *book, const char *json, int64_t now_ms);
void template_book_learn_flows(struct template_book *book, const char *json);
/* Why the source's list is not known; NULL: it is, or nobody asked. Borrowed. */
const char *template_book_unread(const struct template_book *book);
bool template_book_is_read(const struct template_book *book, bool is_source);

/* What such a step is taken up with: the counts of what is missing and may be asked for now, with
 * at most 500 ids, and the flows to be copied before. `wait_ms`: how long it is waited for. In
 * `arena`. */
const char *template_book_facts(const struct template_book *book, int64_t now_ms, int64_t wait_ms,
                                struct arena *arena);

/* Whether a template that is missing opens a flow that is to be copied before. */
bool template_book_needs_flows(const struct template_book *book);

/* How many qualify, are not there and are not given up. */
size_t template_book_missing(const struct template_book *book);

/* A template that was refused is asked for again so many times at most. */
#define TEMPLATE_BOOK_REFUSALS_MAX 3

/* What another memory knows of one of them: it was asked for, was there before, was given up. Only
 * of templates that the source's list has. */
void template_book_remember(struct template_book *book, const struct template_row *row);

/* Those of the source, judged, by name and language; the memory is the book's until it is changed.
 */
const struct template_row *template_book_rows(struct template_book *book, size_t *count);

#endif
