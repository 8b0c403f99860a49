/* SPDX-License-Identifier: PostgreSQL */
/*
 * progress -- how far a run is, on one line of standard error.
 *
 * On a terminal the line is redrawn in place, at most five times a second, and steps aside for log
 * lines (give progress_erase to log_set_before_line). Where there is no terminal, `always` writes a
 * plain line every ten seconds, and `auto` nothing. With a JSON log nothing but JSON may be
 * written: then `always` logs an event "progress" every ten seconds, on a terminal too.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_PROGRESS_H
#define WABAMIGRATE_ORCHESTRATOR_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "orchestrator/options.h"

struct progress_figures {
    int64_t total, done, failed, blocked, waiting; /* numbers */
    int64_t in_flight, calls;                      /* requests */
    double per_second;                             /* calls; negative: not known yet */
    int64_t eta_ms;                                /* negative: not known */
    const char *why; /* why it waits: "3 for signup, app parked 12 min"; NULL: it does not */
};

#define PROGRESS_TEXT_BYTES 512

/* One line without a newline, at most `width` columns and `room` - 1 bytes: what does not fit is
 * left out, the least important first, and `why` is cut. Always printable ASCII. */
void progress_format(const struct progress_figures *figures, unsigned width, char *text,
                     size_t room);

enum progress_way { PROGRESS_SILENT, PROGRESS_REDRAWN, PROGRESS_PLAIN, PROGRESS_LOGGED };

struct progress_line {
    FILE *stream; /* borrowed */
    enum progress_way way;
    bool is_drawn; /* the terminal's last line is ours */
    bool was_shown;
    int64_t shown_at_ms; /* monotonic */
};

void progress_init(struct progress_line *line, const struct options *options, FILE *stream);
/* Whether progress_show() would show something: gathering the figures may cost a query. */
bool progress_is_due(const struct progress_line *line, int64_t now_ms);
/* Shows the figures if it is time; `now_ms` is monotonic. */
void progress_show(struct progress_line *line, const struct progress_figures *figures,
                   int64_t now_ms);
/* Takes the line off the terminal until the next progress_show(); `self` is the progress_line. */
void progress_erase(void *self);

#endif
