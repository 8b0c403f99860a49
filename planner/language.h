/* SPDX-License-Identifier: PostgreSQL */
/*
 * language -- what people read, in their language.
 *
 * English stands in the source, beside what it explains, and is the key (as with gettext). Every
 * other language is one file, planner/languages/CODE.c: a table from English to that language. The
 * build finds it by itself. What a language lacks is shown in English; a test lists what it lacks.
 */
#ifndef WABAMIGRATE_PLANNER_LANGUAGE_H
#define WABAMIGRATE_PLANNER_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

struct language_text {
    const char *english, *text;
};

struct language {
    const char *code; /* "fr": ISO 639-1 */
    const char *name; /* "Français" */
    const struct language_text *texts;
    size_t text_count;
};

/* All there are, English (without texts) first. */
extern const struct language *const LANGUAGES[];
extern const size_t LANGUAGE_COUNT;

/* By "fr", "fr_FR" or "fr-CA"; NULL when there is none such. */
const struct language *language_find(const char *code);

/* `english` in that language; itself where there is no translation. NULL gives NULL. */
const char *language_text(const struct language *language, const char *english);

#endif
