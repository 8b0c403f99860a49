/* SPDX-License-Identifier: PostgreSQL */
/*
 * template_book -- the templates of two WABAs side by side, in memory, for `templates` between
 * WABAs of which no database knows.
 *
 * Pure. Fed with the pages of both lists and with what the call that copies said; tells what is
 * missing and what came of each. What the database keeps for a batch's customers this keeps for as
 * long as the command runs: after that, the destination's list alone says what has come over.
 */
#ifndef WABAMIGRATE_PLANNER_TEMPLATE_BOOK_H
#define WABAMIGRATE_PLANNER_TEMPLATE_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "planner/template_difference.h"

struct template_book;

struct template_book *template_book_create(void);
/* NULL is fine. */
void template_book_destroy(struct template_book *book);

/* A page of a WABA's list, as Graph gives it: a JSON array of templates, as text. With the last
 * page, what was there before and is not on this reading's pages is gone. What is no template (no
 * name, no language) is passed over. */
void template_book_add_page(struct template_book *book, bool is_source, const char *json,
                            bool is_last);
bool template_book_is_read(const struct template_book *book, bool is_source);

/* What the call said of a source's template: NULL refusal, it was taken. An id nobody knows is
 * passed over. */
void template_book_told(struct template_book *book, const char *source_id, const char *refusal);
/* Nothing more is tried for what is still missing; why: limit, no_time, ... */
void template_book_give_up(struct template_book *book, const char *why);

/* The source's ids of what qualifies, is not there, was not refused so often that it is given up
 * (TEMPLATE_BOOK_ASKS_MAX), and was not asked for since `asked_before_ms`: at most `room` of them.
 * What is returned counts as asked for at `now_ms`. Ids are borrowed. */
#define TEMPLATE_BOOK_ASKS_MAX 3
size_t template_book_ask(struct template_book *book, int64_t now_ms, int64_t asked_before_ms,
                         const char **ids, size_t room);
/* How many such there are, asked for or not. */
size_t template_book_missing(const struct template_book *book);

/* What another memory knows of one of them: it was asked for, was there before, was given up. Only
 * of templates that the source's list has. */
void template_book_remember(struct template_book *book, const struct template_row *row);

/* Those of the source, judged, by name and language; the memory is the book's until it is changed.
 */
const struct template_row *template_book_rows(struct template_book *book, size_t *count);

#endif
