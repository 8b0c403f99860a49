/* SPDX-License-Identifier: PostgreSQL */
/*
 * nearest_word -- what somebody who mistyped a word probably meant.
 *
 * Start with {.given = text}, try every word there is, then look at `word`. A word is near when a
 * third of its letters is wrong at most, or when the given text is its beginning.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_NEAREST_WORD_H
#define WABAMIGRATE_ORCHESTRATOR_NEAREST_WORD_H

/* Longer words are near nothing. */
#define NEAREST_WORD_MAX 40

struct nearest_word {
    const char *given;
    const char *word; /* NULL: nothing is near */
    unsigned distance;
};

void nearest_word_try(struct nearest_word *nearest, const char *word);

#endif
