/* SPDX-License-Identifier: PostgreSQL */
/*
 * options_table -- every option, every command and every exit code, once.
 *
 * Parsing, the environment, the defaults and --help all read these rows; nothing else knows an
 * option by its name, but for the few that exclude each other. A default is text and is read like a
 * given value, so that help and behaviour cannot differ.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_OPTIONS_TABLE_H
#define WABAMIGRATE_ORCHESTRATOR_OPTIONS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "orchestrator/options.h"

enum option_type {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_GRAPH_URL,
    OPTION_CHOICE,
    OPTION_COUNT,
    OPTION_PERCENT,
    OPTION_DURATION,
    OPTION_HOUR,
    OPTION_LANGUAGE,
    OPTION_ACCEPT
};

struct choice {
    const char *word;
    int value;
};

struct option_row {
    const char *name; /* without the dashes */
    const char *env;  /* NULL: not read from the environment */
    enum option_type type;
    const char *value_name; /* NULL for a flag */
    size_t offset;          /* in struct options */
    int64_t largest;        /* OPTION_COUNT; OPTION_DURATION in ms, 0: any */
    const struct choice *choices;
    const char *fallback; /* read like a given value, so that help and behaviour cannot differ */
    uint32_t verbs;
    const char *help;
};

struct verb_row {
    enum verb verb;
    const char *name;
    const char *words; /* for people; NULL: none */
    unsigned words_min, words_max;
    size_t word_at[2]; /* where the words go in struct options */
    const char *summary;
    const char *help;
};

struct exit_code_row {
    int code;
    const char *meaning;
};

#define VERB_BIT(verb) (UINT32_C(1) << (verb))
#define EVERY_VERB (~UINT32_C(0)) /* a global option */

#define OPTION_ROWS_MAX 64
extern const struct option_row OPTION_ROWS[];
extern const size_t OPTION_ROWS_COUNT;
extern const struct verb_row VERB_ROWS[];
extern const size_t VERB_ROWS_COUNT;
extern const struct exit_code_row EXIT_CODE_ROWS[];
extern const size_t EXIT_CODE_ROWS_COUNT;

/* The row of a name without dashes, `length` bytes of it; NULL: none. */
const struct option_row *option_find(const char *name, size_t length);

#endif
