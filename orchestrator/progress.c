/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define REDRAW_MS 200
#define PLAIN_MS 10000
#define WIDTH_WHERE_UNKNOWN 80
#define PLAIN_WIDTH 200
#define GAP 2        /* spaces between pieces */
#define WHY_LEAST 16 /* a shorter cut tells nothing */

/* ---------------------------------------------------------------------------------- formatting */

enum piece {
    PIECE_DONE,
    PIECE_SHARE,
    PIECE_FAILED,
    PIECE_BLOCKED,
    PIECE_WAITING,
    PIECE_RATE,
    PIECE_ETA,
    PIECE_IN_FLIGHT,
    PIECE_CALLS,
    PIECE_WHY,
    PIECES
};

/* Who gets the room first. */
static const enum piece by_importance[PIECES] = {
    PIECE_DONE, PIECE_FAILED,  PIECE_WHY,       PIECE_BLOCKED, PIECE_ETA,
    PIECE_RATE, PIECE_WAITING, PIECE_IN_FLIGHT, PIECE_SHARE,   PIECE_CALLS,
};

struct pieces {
    char text[PIECES][PROGRESS_TEXT_BYTES]; /* "": nothing to say */
};

static void piece_set(struct pieces *pieces, enum piece piece, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void piece_set(struct pieces *pieces, enum piece piece, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(pieces->text[piece], sizeof pieces->text[piece], format, arguments);
    va_end(arguments);
    for (char *at = pieces->text[piece]; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            *at = '?'; /* one byte is one column then, and no terminal is steered */
}

static void fill_pieces(const struct progress_figures *figures, struct pieces *pieces)
{
    char duration[CLOCK_TEXT_BYTES];

    memset(pieces, 0, sizeof *pieces);
    piece_set(pieces, PIECE_DONE, "%" PRId64 "/%" PRId64 " done", figures->done, figures->total);
    if (figures->total > 0)
        piece_set(pieces, PIECE_SHARE, "%d%%",
                  (int)(100.0 * (double)figures->done / (double)figures->total));
    if (figures->failed > 0)
        piece_set(pieces, PIECE_FAILED, "%" PRId64 " failed", figures->failed);
    if (figures->blocked > 0)
        piece_set(pieces, PIECE_BLOCKED, "%" PRId64 " blocked", figures->blocked);
    if (figures->waiting > 0)
        piece_set(pieces, PIECE_WAITING, "%" PRId64 " waiting", figures->waiting);
    if (figures->per_second >= 0)
        piece_set(pieces, PIECE_RATE, "%.*f/s", figures->per_second < 9.95 ? 1 : 0,
                  figures->per_second);
    if (figures->eta_ms >= 0) {
        clock_format_duration(figures->eta_ms, duration);
        piece_set(pieces, PIECE_ETA, "ETA %s", duration);
    }
    if (figures->in_flight > 0)
        piece_set(pieces, PIECE_IN_FLIGHT, "%" PRId64 " in flight", figures->in_flight);
    if (figures->calls > 0)
        piece_set(pieces, PIECE_CALLS, "%" PRId64 " calls", figures->calls);
    if (figures->why != NULL && figures->why[0] != '\0')
        piece_set(pieces, PIECE_WHY, "waiting: %s", figures->why);
}

static void cut(char *text, size_t columns)
{
    if (strlen(text) <= columns)
        return;
    text[columns] = '\0';
    for (size_t i = columns; i > 0 && columns - i < 3; i--)
        text[i - 1] = '.';
}

void progress_format(const struct progress_figures *figures, unsigned width, char *text,
                     size_t room)
{
    struct pieces pieces;
    size_t columns = room > 0 && width > room - 1 ? room - 1 : width;
    size_t used = 0, length = 0;

    if (room == 0)
        return;
    fill_pieces(figures, &pieces);
    for (size_t i = 0; i < PIECES; i++) {
        char *piece = pieces.text[by_importance[i]];
        size_t gap = used > 0 ? GAP : 0;
        size_t left = columns > used + gap ? columns - used - gap : 0;
        if (by_importance[i] == PIECE_WHY && left >= WHY_LEAST)
            cut(piece, left);
        if (strlen(piece) > left)
            piece[0] = '\0';
        if (piece[0] != '\0')
            used += gap + strlen(piece);
    }
    text[0] = '\0';
    for (size_t i = 0; i < PIECES; i++)
        if (pieces.text[i][0] != '\0')
            length += (size_t)snprintf(text + length, room - length, "%*s%s", length > 0 ? GAP : 0,
                                       "", pieces.text[i]);
}

/* ------------------------------------------------------------------------------------- showing */

static bool is_terminal(FILE *stream)
{
    const char *type = getenv("TERM");

    return isatty(fileno(stream)) == 1 && type != NULL && type[0] != '\0' &&
           strcmp(type, "dumb") != 0;
}

void progress_init(struct progress_line *line, const struct options *options, FILE *stream)
{
    bool is_wanted = options->progress == PROGRESS_ALWAYS;

    *line = (struct progress_line){.stream = stream, .way = PROGRESS_SILENT};
    if (options->progress == PROGRESS_NEVER || (options->is_quiet && !is_wanted))
        return;
    if (options->log_format == LOG_FORMAT_JSON)
        line->way = is_wanted ? PROGRESS_LOGGED : PROGRESS_SILENT;
    else if (is_terminal(stream))
        line->way = PROGRESS_REDRAWN;
    else if (is_wanted)
        line->way = PROGRESS_PLAIN;
}

bool progress_is_due(const struct progress_line *line, int64_t now_ms)
{
    if (line->way == PROGRESS_SILENT)
        return false;
    return !line->was_shown ||
           now_ms - line->shown_at_ms >= (line->way == PROGRESS_REDRAWN ? REDRAW_MS : PLAIN_MS);
}

/* One column less than there is: a full line would wrap, and could not be erased. Asked anew each
 * time, because windows are resized. */
static unsigned terminal_width(FILE *stream)
{
    struct winsize size;

    if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return WIDTH_WHERE_UNKNOWN - 1;
    return size.ws_col - 1U;
}

static void show_as_event(const struct progress_figures *figures)
{
    log_event(LOG_INFO, "progress", LOG_I64("total", figures->total),
              LOG_I64("done", figures->done), LOG_I64("failed", figures->failed),
              LOG_I64("blocked", figures->blocked), LOG_I64("waiting", figures->waiting),
              LOG_I64("in_flight", figures->in_flight), LOG_I64("calls", figures->calls),
              LOG_I64("eta_ms", figures->eta_ms), LOG_TEXT("why", figures->why));
}

void progress_show(struct progress_line *line, const struct progress_figures *figures,
                   int64_t now_ms)
{
    char text[PROGRESS_TEXT_BYTES];

    if (!progress_is_due(line, now_ms))
        return;
    line->was_shown = true;
    line->shown_at_ms = now_ms;
    if (line->way == PROGRESS_LOGGED) {
        show_as_event(figures);
        return;
    }
    bool is_redrawn = line->way == PROGRESS_REDRAWN;
    progress_format(figures, is_redrawn ? terminal_width(line->stream) : PLAIN_WIDTH, text,
                    sizeof text);
    /* "\033[K" clears what is left of a longer line before. A terminal that is gone is no reason to
     * end a run, so failures are ignored. */
    (void)fprintf(line->stream, is_redrawn ? "\r%s\033[K" : "%s\n", text);
    (void)fflush(line->stream);
    line->is_drawn = is_redrawn;
}

void progress_erase(void *self)
{
    struct progress_line *line = self;

    if (!line->is_drawn)
        return;
    (void)fputs("\r\033[K", line->stream);
    (void)fflush(line->stream);
    line->is_drawn = false;
}
