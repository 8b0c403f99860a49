/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/postmaster.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define START_TIMEOUT_MS 60000
#define SILENCE_TIMEOUT_MS 5000
#define STOP_TIMEOUT_MS 60000
#define IMMEDIATE_STOP_TIMEOUT_MS 15000
#define LOG_KEPT_BYTES 1048576L
#define WITHOUT_PIDFD_LOOK_MS 50
#define PATH_BYTES 4096

/* Parts the log, so that the words of one start are not taken for another's. */
static const char log_start_mark[] = "-- wabamigrate starts PostgreSQL";

void postmaster_finish(struct postmaster *server)
{
    if (server->pid != 0 && server->pidfd >= 0)
        close(server->pidfd);
    *server = (struct postmaster){.pidfd = -1};
}

static void sleep_ms(int64_t duration_ms)
{
    struct timespec pause = {duration_ms / 1000, duration_ms % 1000 * 1000000};
    while (nanosleep(&pause, &pause) != 0 && errno == EINTR)
        continue;
}

/* ---- postmaster.pid ---- */

struct pid_file {
    pid_t pid; /* negative for a stand-alone backend */
    bool is_ready;
    char socket_directory[POSTMASTER_SOCKET_DIRECTORY_BYTES];
};

/* At most size - 1 bytes and a NUL. The directory may belong to somebody else: neither a link nor a
 * pipe laid there may lead or hold us. */
static bool read_small_file(const char *directory, const char *name, char *text, size_t size)
{
    char path[PATH_BYTES];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return false;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t count = read(fd, text, size - 1);
    close(fd);
    text[count > 0 ? count : 0] = '\0';
    return count > 0;
}

static bool read_pid_file(const char *data_directory, struct pid_file *found)
{
    char text[PATH_BYTES * 2];
    enum { PID_LINE = 1, SOCKET_DIRECTORY_LINE = 5, STATUS_LINE = 8 };

    *found = (struct pid_file){0};
    if (!read_small_file(data_directory, "postmaster.pid", text, sizeof text))
        return false;
    int line_number = 0;
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        line_number++;
        if (line_number == PID_LINE)
            found->pid = (pid_t)strtol(line, NULL, 10);
        else if (line_number == SOCKET_DIRECTORY_LINE &&
                 strlen(line) < sizeof found->socket_directory)
            memcpy(found->socket_directory, line, strlen(line) + 1);
        else if (line_number == STATUS_LINE)
            found->is_ready = strncmp(line, "ready", 5) == 0;
    }
    return found->pid != 0;
}

static bool socket_answers(const char *socket_directory)
{
    char conninfo[512];
    if (socket_directory[0] != '/' || strpbrk(socket_directory, "'\\"))
        return false;
    /* An empty hostaddr keeps PGHOSTADDR from leading elsewhere (in a string: PQpingParams() skips
     * what is empty). A user whom the server knows keeps its log quiet. */
    snprintf(conninfo, sizeof conninfo,
             "host='%s' hostaddr='' port=5432 user=wabamigrate dbname=wabamigrate "
             "connect_timeout=5",
             socket_directory);
    return PQping(conninfo) == PQPING_OK;
}

bool postmaster_answers(const char *data_directory, struct postmaster *server)
{
    struct pid_file file;
    *server = (struct postmaster){.pidfd = -1};
    if (!read_pid_file(data_directory, &file) || file.pid < 0 || !file.is_ready ||
        !socket_answers(file.socket_directory))
        return false;
    server->pid = file.pid;
    memcpy(server->socket_directory, file.socket_directory, sizeof file.socket_directory);
    return true;
}

/* ---- processes ---- */

struct process_check {
    pid_t pid;
    const char *data_directory;
};

static bool works_in(pid_t pid, const struct stat *directory)
{
    char path[64];
    struct stat found;
    snprintf(path, sizeof path, "/proc/%ld/cwd", (long)pid);
    return stat(path, &found) == 0 && found.st_dev == directory->st_dev &&
           found.st_ino == directory->st_ino;
}

/* As the server's user: in a container root itself may not look at another user's process. */
static int check_process(void *self)
{
    const struct process_check *check = self;
    struct stat directory;
    if (stat(check->data_directory, &directory) != 0)
        return errno;
    return works_in(check->pid, &directory) ? 0 : ESRCH;
}

/* Ended, or a zombie. */
static bool is_gone(pid_t pid)
{
    char directory[64];
    char text[512];
    snprintf(directory, sizeof directory, "/proc/%ld", (long)pid);
    if (!read_small_file(directory, "stat", text, sizeof text))
        return true;
    const char *after_name = strrchr(text, ')');
    return after_name && (after_name[2] == 'Z' || after_name[2] == 'X');
}

bool postmaster_hold(pid_t pid, struct postmaster *server)
{
    *server = (struct postmaster){.pid = pid, .pidfd = pidfd_open(pid, 0)};
    if ((server->pidfd < 0 && errno == ESRCH) || postmaster_has_ended(server, 0)) {
        postmaster_finish(server);
        return false;
    }
    return true;
}

bool postmaster_has_ended(const struct postmaster *server, int timeout_ms)
{
    struct pollfd watch = {.fd = server->pidfd, .events = POLLIN};
    int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
    for (;;) {
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        if (left_ms < 0)
            left_ms = 0;
        if (server->pidfd < 0 && left_ms > WITHOUT_PIDFD_LOOK_MS)
            left_ms = WITHOUT_PIDFD_LOOK_MS;
        int answer = poll(&watch, 1, (int)left_ms);
        if (answer > 0 || (server->pidfd < 0 && is_gone(server->pid)))
            return true;
        if (clock_monotonic_ms() >= deadline_ms || (answer < 0 && errno != EINTR))
            return false;
    }
}

static bool signal_process(const struct postmaster *process, int signal_number)
{
    int failed = process->pidfd < 0 ? kill(process->pid, signal_number)
                                    : pidfd_send_signal(process->pidfd, signal_number, NULL, 0);
    return failed == 0 || errno == ESRCH;
}

bool postmaster_find(const struct account *account, const char *data_directory,
                     struct postmaster *server)
{
    struct pid_file file;
    *server = (struct postmaster){.pidfd = -1};
    if (!read_pid_file(data_directory, &file) || file.pid < 0 || !postmaster_hold(file.pid, server))
        return false;
    struct process_check check = {file.pid, data_directory};
    /* Alive after the look: so it was this process that was looked at. */
    if (account_call(account, check_process, &check) != 0 || postmaster_has_ended(server, 0)) {
        postmaster_finish(server);
        return false;
    }
    memcpy(server->socket_directory, file.socket_directory, sizeof file.socket_directory);
    return true;
}

/* The parent's pid from /proc/PID/stat; 0 when it cannot be told. */
static pid_t parent_of(pid_t pid)
{
    char directory[64];
    char text[512];
    snprintf(directory, sizeof directory, "/proc/%ld", (long)pid);
    if (!read_small_file(directory, "stat", text, sizeof text))
        return 0;
    long parent = 0;
    const char *after_name = strrchr(text, ')');
    return after_name && sscanf(after_name, ") %*c %ld", &parent) == 1 ? (pid_t)parent : 0;
}

/* A server process ("postgres: ...") of the directory whose postmaster is gone. A stand-alone
 * backend or another postmaster does not have that title. */
static bool is_orphan(pid_t pid, const struct stat *directory)
{
    char path[64];
    char title[16];
    snprintf(path, sizeof path, "/proc/%ld", (long)pid);
    return works_in(pid, directory) && read_small_file(path, "cmdline", title, sizeof title) &&
           strncmp(title, "postgres: ", 10) == 0 && !works_in(parent_of(pid), directory);
}

static unsigned signal_orphans(const struct stat *directory, int signal_number)
{
    unsigned count = 0;
    DIR *processes = opendir("/proc");
    if (!processes)
        return 0;
    for (struct dirent *entry; (entry = readdir(processes));) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid <= 1)
            continue;
        struct postmaster process;
        if (!postmaster_hold(pid, &process))
            continue;
        if (is_orphan(pid, directory) && signal_process(&process, signal_number))
            count++;
        postmaster_finish(&process);
    }
    closedir(processes);
    return count;
}

static bool is_in_use(const char *data_directory, const struct stat *directory)
{
    struct pid_file file;
    return read_pid_file(data_directory, &file) && works_in(abs(file.pid), directory);
}

/* PostgreSQL clears most of it by itself, but not when the crashed server's pid has gone to another
 * process of the same user or is a zombie nobody collects (a container without an init). */
struct leftovers {
    const char *data_directory;
    const char *socket_directory;
};

static int clear_leftovers(void *self)
{
    const struct leftovers *left = self;
    struct stat directory;
    if (stat(left->data_directory, &directory) != 0)
        return errno;
    if (is_in_use(left->data_directory, &directory))
        return EBUSY;
    /* They end by themselves once they notice, save one deep in a query. */
    for (unsigned round = 0; signal_orphans(&directory, round < 100 ? SIGQUIT : SIGKILL) > 0;
         round++) {
        if (round == 500)
            return EBUSY;
        sleep_ms(20);
    }
    static const char *const names[] = {POSTMASTER_SOCKET_NAME, POSTMASTER_SOCKET_NAME ".lock"};
    char path[PATH_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", left->socket_directory, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/postmaster.pid", left->data_directory);
    return unlink(path) == 0 || errno == ENOENT ? 0 : errno;
}

/* ---- programs ---- */

static bool has_programs(const char *directory)
{
    static const char *const names[] = {"initdb", "postgres"};
    char path[PATH_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (snprintf(path, sizeof path, "%s/%s", directory, names[i]) >= (int)sizeof path ||
            access(path, X_OK) != 0)
            return false;
    return true;
}

/* The first number in the path: /usr/lib/postgresql/15/bin. */
static int version_in(const char *path)
{
    const char *digits = strpbrk(path, "0123456789");
    return digits ? (int)strtol(digits, NULL, 10) : 0;
}

static char *search_usual_places(struct arena *arena, int version)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
                                           "/usr/libexec/postgresql*"};
    char *best = NULL;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        glob_t found = {0};
        if (glob(patterns[i], 0, NULL, &found) == 0)
            for (size_t j = 0; j < found.gl_pathc; j++) {
                int candidate = version_in(found.gl_pathv[j]);
                if (has_programs(found.gl_pathv[j]) &&
                    (version ? candidate == version : !best || candidate > version_in(best)))
                    best = arena_copy_text(arena, found.gl_pathv[j]);
            }
        globfree(&found);
    }
    return best;
}

static char *search_path(struct arena *arena)
{
    const char *value = getenv("PATH");
    char *rest = arena_copy_text(arena, value ? value : "");
    for (char *directory; (directory = strsep(&rest, ":"));)
        if (directory[0] == '/' && has_programs(directory))
            return directory;
    return NULL;
}

enum status postmaster_programs(struct arena *arena, int version, char **directory,
                                struct fault *fault)
{
    const char *named = getenv("WABAMIGRATE_PG_BINDIR");
    if (named && named[0]) {
        if (!has_programs(named))
            return fault_set(fault, STATUS_DATABASE,
                             "WABAMIGRATE_PG_BINDIR is %s, and PostgreSQL's initdb and postgres "
                             "are not there",
                             named);
        /* Absolute: the programs are started from the root directory. */
        char *absolute = realpath(named, NULL);
        *directory = arena_copy_text(arena, absolute ? absolute : named);
        free(absolute);
        return STATUS_OK;
    }
    *directory = search_usual_places(arena, version);
    /* Of unknown version: the server itself says when the data is another's. */
    if (!*directory)
        *directory = search_path(arena);
    if (*directory)
        return STATUS_OK;
    if (version)
        return fault_set(fault, STATUS_DATABASE,
                         "the private database was made by PostgreSQL %d, whose programs are not "
                         "on this machine: install the package postgresql-%d, or name another "
                         "database with --database",
                         version, version);
    return fault_set(fault, STATUS_DATABASE,
                     "PostgreSQL is not installed, and no database is named: install the package "
                     "postgresql (Debian, Ubuntu), or name a database with --database URL");
}

int postmaster_data_version(const char *data_directory)
{
    char text[16];
    return read_small_file(data_directory, "PG_VERSION", text, sizeof text)
               ? (int)strtol(text, NULL, 10)
               : 0;
}

/* ---- start and stop ---- */

/* PostgreSQL's last words of this start. */
static void read_last_words(const char *data_directory, char *words, size_t words_bytes)
{
    char text[4096];
    char path[PATH_BYTES];

    snprintf(words, words_bytes, "it wrote nothing");
    if (snprintf(path, sizeof path, "%s/server.log", data_directory) >= (int)sizeof path)
        return;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    snprintf(words, words_bytes, "%s",
             account_last_complaint(fd, log_start_mark, text, sizeof text));
    close(fd);
}

enum postmaster_answer postmaster_await(const char *data_directory, struct postmaster *server)
{
    int64_t begun_ms = clock_monotonic_ms();
    int64_t ready_ms = -1; /* when it first said so */
    for (;;) {
        struct pid_file file;
        int64_t now_ms = clock_monotonic_ms();
        bool is_ready =
            read_pid_file(data_directory, &file) && file.pid == server->pid && file.is_ready;
        if (is_ready && socket_answers(file.socket_directory)) {
            memcpy(server->socket_directory, file.socket_directory, sizeof file.socket_directory);
            return POSTMASTER_ANSWERS;
        }
        if (postmaster_has_ended(server, 0))
            return POSTMASTER_ENDED;
        if (is_ready && ready_ms < 0)
            ready_ms = now_ms;
        if (is_ready && now_ms - ready_ms > SILENCE_TIMEOUT_MS)
            return POSTMASTER_IS_SILENT;
        if (now_ms - begun_ms > START_TIMEOUT_MS)
            return POSTMASTER_IS_BUSY;
        /* A start takes 40 ms; no event tells of its end. */
        sleep_ms(now_ms - begun_ms < 500 ? 2 : 50);
    }
}

static int open_log(const char *data_directory)
{
    char path[PATH_BYTES];
    char older[PATH_BYTES];
    struct stat found;
    snprintf(path, sizeof path, "%s/server.log", data_directory);
    snprintf(older, sizeof older, "%s/server.log.1", data_directory);
    if (stat(path, &found) == 0 && found.st_size > LOG_KEPT_BYTES && rename(path, older) != 0)
        return -1;
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static _Noreturn void become_postmaster(const struct account *account, const char *programs,
                                        const char *data_directory, const char *socket_directory)
{
    char program[PATH_BYTES];
    char socket_setting[PATH_BYTES];
    snprintf(program, sizeof program, "%s/postgres", programs);
    snprintf(socket_setting, sizeof socket_setting, "unix_socket_directories=%s", socket_directory);
    /* What this program depends on is given here, where postgresql.conf cannot change it. */
    const char *const arguments[] = {program,
                                     "-D",
                                     data_directory,
                                     "-c",
                                     "port=5432",
                                     "-c",
                                     "listen_addresses=",
                                     "-c",
                                     socket_setting,
                                     "-c",
                                     "unix_socket_permissions=0700",
                                     "-c",
                                     "logging_collector=off",
                                     "-c",
                                     "log_destination=stderr",
                                     "-c",
                                     "cluster_name=wabamigrate",
                                     NULL};
    account_clean_environment();
    umask(077);
    int null_fd = open("/dev/null", O_RDONLY);
    if (!account_become(account) || chdir("/") != 0 || null_fd < 0)
        _exit(126);
    int log_fd = open_log(data_directory);
    if (log_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 || dup2(log_fd, STDOUT_FILENO) < 0 ||
        dup2(log_fd, STDERR_FILENO) < 0)
        _exit(126);
    closefrom(STDERR_FILENO + 1);
    dprintf(STDERR_FILENO, "%s\n", log_start_mark);
    execv(program, (char *const *)arguments);
    dprintf(STDERR_FILENO, "FATAL:  %s: %s\n", program, strerror(errno));
    _exit(127);
}

/* Until the server can be found by its postmaster.pid, or has ended. */
static void see_it_registered(pid_t server, const char *data_directory)
{
    struct pid_file file;
    while (waitpid(server, NULL, WNOHANG) == 0 &&
           !(read_pid_file(data_directory, &file) && file.pid == server))
        sleep_ms(2);
}

/* In a session of its own and adopted by init, so that no terminal, no signal to our group and no
 * wait of ours concerns it. 0 when it cannot be started.
 * The process between outlives us if we are killed, and has our lock by inheritance: so nobody else
 * starts a server, or clears away this one's file, before this one has registered. */
static pid_t launch(const struct account *account, const char *programs, const char *data_directory,
                    const char *socket_directory)
{
    int ends[2];
    pid_t server = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 0;
    pid_t child = fork();
    if (child == 0) {
        setsid();
        signal(SIGPIPE, SIG_IGN);
        pid_t grandchild = fork();
        if (grandchild == 0)
            become_postmaster(account, programs, data_directory, socket_directory);
        bool is_told = write(ends[1], &grandchild, sizeof grandchild) == sizeof grandchild;
        if (grandchild > 0)
            see_it_registered(grandchild, data_directory);
        _exit(is_told ? 0 : 1);
    }
    close(ends[1]);
    if (child > 0) {
        if (read(ends[0], &server, sizeof server) != sizeof server || server < 0)
            server = 0;
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    close(ends[0]);
    return server;
}

enum status postmaster_start(const struct account *account, const char *programs,
                             const char *data_directory, const char *socket_directory,
                             struct postmaster *server, struct fault *fault)
{
    char words[400];
    struct leftovers left = {data_directory, socket_directory};
    *server = (struct postmaster){.pidfd = -1};
    int failed = account_call(account, clear_leftovers, &left);
    if (failed)
        return fault_set(fault, STATUS_DATABASE,
                         "cannot clear what a crashed PostgreSQL left in %s: %s", data_directory,
                         strerror(failed));

    pid_t pid = launch(account, programs, data_directory, socket_directory);
    if (pid == 0)
        return fault_set(fault, STATUS_DATABASE, "cannot start PostgreSQL: %s", strerror(errno));
    enum postmaster_answer answer =
        postmaster_hold(pid, server) ? postmaster_await(data_directory, server) : POSTMASTER_ENDED;
    if (answer == POSTMASTER_ANSWERS)
        return STATUS_OK;
    postmaster_finish(server);
    read_last_words(data_directory, words, sizeof words);
    return fault_set(fault, STATUS_DATABASE, "PostgreSQL %s (see %s/server.log): %s",
                     answer == POSTMASTER_ENDED ? "did not start" : "is not ready after a minute",
                     data_directory, words);
}

enum status postmaster_stop(const struct postmaster *server, struct fault *fault)
{
    static const struct {
        int signal_number;
        int timeout_ms;
    } ways[] = {{SIGINT, STOP_TIMEOUT_MS}, {SIGQUIT, IMMEDIATE_STOP_TIMEOUT_MS}};

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (!signal_process(server, ways[i].signal_number))
            return fault_set(fault, STATUS_DATABASE, "cannot stop PostgreSQL (process %ld): %s",
                             (long)server->pid, strerror(errno));
        if (postmaster_has_ended(server, ways[i].timeout_ms))
            return STATUS_OK;
    }
    return fault_set(fault, STATUS_DATABASE, "PostgreSQL (process %ld) does not stop",
                     (long)server->pid);
}
