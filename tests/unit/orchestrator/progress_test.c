/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/progress.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/unit/base/suite.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const struct progress_figures busy = {
    .total = 10000,
    .done = 1234,
    .failed = 3,
    .blocked = 20,
    .waiting = 4,
    .in_flight = 64,
    .calls = 9876,
    .per_second = 56.7,
    .eta_ms = 7500000,
    .why = "3 for signup, app parked 12 min",
};

/* clang-format off */
static const struct {
    unsigned width;
    const char *text;
} narrowing[] = {
    {200, "1234/10000 done  12%  3 failed  20 blocked  4 waiting  57/s  ETA 2 h 5 min  64 in flight  9876 calls  waiting: 3 for signup, app parked 12 min"},
    {120, "1234/10000 done  12%  3 failed  20 blocked  4 waiting  57/s  ETA 2 h 5 min  waiting: 3 for signup, app parked 12 min"},
    {80, "1234/10000 done  3 failed  20 blocked  waiting: 3 for signup, app parked 12 min"},
    {60, "1234/10000 done  3 failed  waiting: 3 for signup, app par..."},
    {45, "1234/10000 done  3 failed  waiting: 3 for ..."},
    {36, "1234/10000 done  12%  3 failed  57/s"},
    {24, "1234/10000 done  57/s"},
    {15, "1234/10000 done"},
    {14, "3 failed  57/s"},
    {2, ""},
    {0, ""},
};
/* clang-format on */

static void what_does_not_fit_is_left_out_by_importance(void)
{
    char text[PROGRESS_TEXT_BYTES];

    for (size_t i = 0; i < COUNT_OF(narrowing); i++) {
        progress_format(&busy, narrowing[i].width, text, sizeof text);
        check_text(text, narrowing[i].text);
    }
}

static void only_what_there_is_to_say_is_said(void)
{
    /* clang-format off */
    static const struct { struct progress_figures figures; const char *text; } rows[] = {
        {{.per_second = -1, .eta_ms = -1}, "0/0 done"},
        {{.total = 3, .per_second = 0, .eta_ms = -1}, "0/3 done  0%  0.0/s"},
        {{.total = 3, .done = 3, .per_second = 9.94, .eta_ms = 0}, "3/3 done  100%  9.9/s  ETA 0 s"},
        {{.total = 1000, .done = 999, .per_second = 9.96, .eta_ms = 30000}, "999/1000 done  99%  10/s  ETA 30 s"},
        {{.total = 3, .why = "", .per_second = -1, .eta_ms = -1}, "0/3 done  0%"},
        {{.total = 3, .why = "Jörg\r\n\033[2J", .per_second = -1, .eta_ms = -1}, "0/3 done  0%  waiting: J??rg???[2J"},
    };
    /* clang-format on */
    char text[PROGRESS_TEXT_BYTES];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        progress_format(&rows[i].figures, 200, text, sizeof text);
        check_text(text, rows[i].text);
    }
}

static void neither_width_nor_room_is_ever_exceeded(void)
{
    static char why[2000];
    struct progress_figures figures = busy;
    char text[PROGRESS_TEXT_BYTES];

    memset(why, 'w', sizeof why - 1);
    figures.why = why;
    figures.total = INT64_MAX;
    figures.per_second = 1e18;
    figures.eta_ms = INT64_MAX;
    for (unsigned width = 0; width < 700; width++) {
        progress_format(&figures, width, text, sizeof text);
        CU_ASSERT_TRUE(strlen(text) <= width);
        CU_ASSERT_TRUE(strlen(text) < sizeof text);
    }
    for (size_t room = 1; room < 200; room++) {
        memset(text, '#', sizeof text);
        progress_format(&busy, 200, text, room);
        CU_ASSERT_TRUE(strlen(text) < room);
        CU_ASSERT_EQUAL(text[room], '#');
    }
}

/* ------------------------------------------------------------------------------------- showing */

static void the_way_follows_the_options_and_the_stream(void)
{
    /* clang-format off */
    static const struct {
        enum progress progress;
        enum log_format log_format;
        bool is_quiet;
        enum progress_way on_terminal, elsewhere;
    } rows[] = {
        {PROGRESS_AUTO, LOG_FORMAT_TEXT, false, PROGRESS_REDRAWN, PROGRESS_SILENT},
        {PROGRESS_AUTO, LOG_FORMAT_TEXT, true, PROGRESS_SILENT, PROGRESS_SILENT},
        {PROGRESS_AUTO, LOG_FORMAT_JSON, false, PROGRESS_SILENT, PROGRESS_SILENT},
        {PROGRESS_ALWAYS, LOG_FORMAT_TEXT, false, PROGRESS_REDRAWN, PROGRESS_PLAIN},
        {PROGRESS_ALWAYS, LOG_FORMAT_TEXT, true, PROGRESS_REDRAWN, PROGRESS_PLAIN},
        {PROGRESS_ALWAYS, LOG_FORMAT_JSON, false, PROGRESS_LOGGED, PROGRESS_LOGGED},
        {PROGRESS_NEVER, LOG_FORMAT_TEXT, false, PROGRESS_SILENT, PROGRESS_SILENT},
    };
    /* clang-format on */
    int master, slave;
    FILE *file = tmpfile();

    CU_ASSERT_EQUAL_FATAL(openpty(&master, &slave, NULL, NULL, NULL), 0);
    FILE *terminal = fdopen(slave, "w");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct options options = {.progress = rows[i].progress,
                                  .log_format = rows[i].log_format,
                                  .is_quiet = rows[i].is_quiet};
        struct progress_line line;
        progress_init(&line, &options, terminal);
        CU_ASSERT_EQUAL(line.way, rows[i].on_terminal);
        progress_init(&line, &options, file);
        CU_ASSERT_EQUAL(line.way, rows[i].elsewhere);
    }
    setenv("TERM", "dumb", 1);
    struct progress_line line;
    progress_init(&line, &(struct options){.progress = PROGRESS_AUTO}, terminal);
    CU_ASSERT_EQUAL(line.way, PROGRESS_SILENT);
    setenv("TERM", "xterm", 1);
    fclose(terminal);
    close(master);
    fclose(file);
}

static char *read_all(int fd, char *text, size_t room)
{
    size_t length = 0;
    ssize_t count;

    while ((count = read(fd, text + length, room - 1 - length)) > 0)
        length += (size_t)count;
    text[length] = '\0';
    return text;
}

static void a_terminal_is_redrawn_five_times_a_second_at_most(void)
{
    struct winsize size = {.ws_row = 24, .ws_col = 25};
    struct progress_line line;
    char text[4096];
    int master, slave;

    CU_ASSERT_EQUAL_FATAL(openpty(&master, &slave, NULL, NULL, &size), 0);
    (void)fcntl(master, F_SETFL, O_NONBLOCK);
    FILE *terminal = fdopen(slave, "w");
    progress_init(&line, &(struct options){.progress = PROGRESS_AUTO}, terminal);

    progress_erase(&line); /* nothing is there yet */
    check_text(read_all(master, text, sizeof text), "");
    progress_show(&line, &busy, 1000);
    check_text(read_all(master, text, sizeof text), "\r1234/10000 done  57/s\033[K");
    CU_ASSERT_FALSE(progress_is_due(&line, 1199));
    progress_show(&line, &busy, 1199);
    check_text(read_all(master, text, sizeof text), "");
    progress_erase(&line);
    progress_erase(&line);
    check_text(read_all(master, text, sizeof text), "\r\033[K");
    CU_ASSERT_FALSE(progress_is_due(&line, 1199));
    progress_show(&line, &busy, 1200);
    check_text(read_all(master, text, sizeof text), "\r1234/10000 done  57/s\033[K");

    size.ws_col = 16;
    (void)ioctl(slave, TIOCSWINSZ, &size);
    progress_show(&line, &busy, 1400);
    check_text(read_all(master, text, sizeof text), "\r1234/10000 done\033[K");
    fclose(terminal);
    close(master);
}

static void elsewhere_a_plain_line_comes_every_ten_seconds(void)
{
    static const struct progress_figures idle = {.total = 3, .per_second = -1, .eta_ms = -1};
    struct progress_line line;
    char text[4096] = "";
    FILE *file = fmemopen(text, sizeof text, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    line = (struct progress_line){.stream = file, .way = PROGRESS_PLAIN};
    progress_show(&line, &idle, 0);
    progress_show(&line, &idle, 9999);
    progress_erase(&line);
    progress_show(&line, &idle, 10000);
    check_text(text, "0/3 done  0%\n0/3 done  0%\n");
    fclose(file);
}

static void with_a_json_log_progress_is_an_event(void)
{
    static const struct clock clock = {0};
    struct progress_line line;
    char text[4096] = "";
    FILE *file = fmemopen(text, sizeof text, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    log_open(file, LOG_FORMAT_JSON, LOG_INFO, &clock);
    line = (struct progress_line){.stream = file, .way = PROGRESS_LOGGED};
    progress_show(&line, &busy, 0);
    progress_show(&line, &busy, 9999);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"event\":\"progress\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"done\":1234"));
    CU_ASSERT_PTR_EQUAL(strchr(text, '\n'), strrchr(text, '\n'));
    log_open(NULL, LOG_FORMAT_TEXT, LOG_ERROR, &clock);
    fclose(file);
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"what does not fit is left out by importance", what_does_not_fit_is_left_out_by_importance},
        {"only what there is to say is said", only_what_there_is_to_say_is_said},
        {"neither width nor room is ever exceeded", neither_width_nor_room_is_ever_exceeded},
        {"the way follows the options and the stream", the_way_follows_the_options_and_the_stream},
        {"a terminal is redrawn five times a second at most", a_terminal_is_redrawn_five_times_a_second_at_most},
        {"elsewhere a plain line comes every ten seconds", elsewhere_a_plain_line_comes_every_ten_seconds},
        {"with a JSON log progress is an event", with_a_json_log_progress_is_an_event},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    setenv("TERM", "xterm", 1);
    return run_suite("progress", tests);
}
