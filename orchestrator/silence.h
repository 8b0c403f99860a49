/* SPDX-License-Identifier: PostgreSQL */
/*
 * silence -- how long a server may owe an answer before it is given up for lost.
 *
 * A server that is frozen, or behind a network that drops packets, looks like one that is busy. So
 * patience is doubled each time it has run out, up to five minutes: a slow database is no lost one
 * for ever. And it comes down again after ten minutes without a silence that would have been too
 * long for the first patience, since a frozen one is to be noticed soon. Whoever was frozen itself
 * does not take that for the server's silence.
 *
 * Pure: the time comes from outside, monotonic, and so does the first patience.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_SILENCE_H
#define WABAMIGRATE_ORCHESTRATOR_SILENCE_H

#include <stdbool.h>
#include <stdint.h>

#define SILENCE_MAX_MS (5 * 60 * 1000)
#define SILENCE_FORGOTTEN_MS (10 * 60 * 1000)

/* All zero at the start. */
struct silence {
    int64_t since_ms;      /* the last word, or the question */
    int64_t came_by_at_ms; /* the loop, last */
    int64_t long_at_ms;    /* when the last long one ended, or was cut short */
    unsigned doublings;    /* of the patience */
};

/* A question is asked. */
void silence_begin(struct silence *silence, int64_t now_ms);
/* At every turn of the loop, before anything is heard in it. */
void silence_come_by(struct silence *silence, int64_t now_ms);
/* Something came. */
void silence_hear(struct silence *silence, int64_t patience_ms, int64_t now_ms);
/* The longest that is borne just now. */
int64_t silence_max_ms(const struct silence *silence, int64_t patience_ms);
/* Where it has lasted too long: true, and the next one may last longer. */
bool silence_is_too_long(struct silence *silence, int64_t patience_ms, int64_t now_ms);

#endif
