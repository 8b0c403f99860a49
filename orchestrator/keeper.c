/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "orchestrator/state_dir.h"

#define LOCK_TIMEOUT_MS 120000
#define FORMER_KEEPER_TIMEOUT_MS 5000
#define DEFAULT_IDLE_S 900
#define LONGEST_IDLE_S (366L * 24 * 3600)
#define SHORTEST_LOOK_MS 100
#define LONGEST_LOOK_MS 15000

/* ---- the lock between commands ---- */

/* False with errno EWOULDBLOCK when somebody else holds it for all of `timeout_ms`. */
static bool lock_within(int fd, int64_t timeout_ms)
{
    static const struct timespec pause = {.tv_nsec = 3000000};
    int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        if (clock_monotonic_ms() >= deadline_ms) {
            errno = EWOULDBLOCK;
            return false;
        }
        nanosleep(&pause, NULL);
    }
    return true;
}

/* The file may have been removed and made again while we waited for it. */
static bool is_still_named(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 && found.st_nlink > 0;
}

enum status keeper_lock(const char *state_dir, int *lock_fd, struct fault *fault)
{
    for (;;) {
        int fd;
        enum status status = state_dir_open_file(state_dir, KEEPER_LOCK_FILE, &fd, fault);
        if (status)
            return status;
        if (!lock_within(fd, LOCK_TIMEOUT_MS)) {
            status = fault_set(fault, STATUS_DATABASE,
                               errno == EWOULDBLOCK
                                   ? "another command has been making, starting or stopping the "
                                     "private database for two minutes (%s/" KEEPER_LOCK_FILE ")"
                                   : "cannot lock %s/" KEEPER_LOCK_FILE,
                               state_dir);
            close(fd);
            return status;
        }
        if (is_still_named(fd)) {
            *lock_fd = fd;
            return STATUS_OK;
        }
        close(fd);
    }
}

enum status keeper_note_use(const char *state_dir, struct fault *fault)
{
    int fd;
    enum status status = state_dir_open_file(state_dir, KEEPER_USED_FILE, &fd, fault);
    if (status)
        return status;
    if (futimens(fd, NULL) != 0)
        status = fault_set(fault, STATUS_IO, "cannot touch %s/" KEEPER_USED_FILE ": %s", state_dir,
                           strerror(errno));
    close(fd);
    return status;
}

/* ---- the keeper's life ---- */

/* Everything is opened while the process may still enter the state directory. */
struct keeper {
    int file_fd; /* holds the one-keeper lock */
    int state_dir_fd;
    int lock_fd; /* the lock between commands, not taken yet */
    int used_fd;
    struct postmaster server;
    int64_t idle_ms;
    int64_t look_ms; /* between two looks */
};

static int64_t idle_from_environment_ms(void)
{
    const char *text = getenv("WABAMIGRATE_DB_IDLE");
    char *end = NULL;
    long idle_s = text ? strtol(text, &end, 10) : 0;
    if (!text || end == text || *end != '\0' || idle_s <= 0 || idle_s > LONGEST_IDLE_S)
        idle_s = DEFAULT_IDLE_S;
    return idle_s * 1000;
}

/* What `ps` shows: a keeper is not the command that started it. */
static void rename_process(void)
{
    static const char title[] = "wm-keeper: stops the private database when it is idle";
    char arguments[4096];
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t count = fd >= 0 ? read(fd, arguments, sizeof arguments) : -1;
    if (fd >= 0)
        close(fd);
    prctl(PR_SET_NAME, "wm-keeper");
    /* Only if that is where the arguments lie. */
    if (count <= 0 || memcmp(program_invocation_name, arguments, (size_t)count) != 0)
        return;
    memset(program_invocation_name, 0, (size_t)count);
    size_t bytes = (size_t)count < sizeof title ? (size_t)count : sizeof title;
    memcpy(program_invocation_name, title, bytes - 1);
}

/* More than nobody, as far as can be told: who cannot look must not stop. */
static bool has_clients(const struct keeper *keeper)
{
    static const char *const keywords[] = {"host", "port", "user", "dbname", "connect_timeout",
                                           NULL};
    const char *values[] = {
        keeper->server.socket_directory, "5432", "postgres", "wabamigrate", "5", NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 0);
    PGresult *found = PQexec(connection, "SELECT 1 FROM pg_stat_activity WHERE backend_type = "
                                         "'client backend' AND pid <> pg_backend_pid() LIMIT 1");
    bool is_alone = PQresultStatus(found) == PGRES_TUPLES_OK && PQntuples(found) == 0;
    PQclear(found);
    PQfinish(connection);
    return !is_alone;
}

static struct timespec last_note_of_use(const struct keeper *keeper)
{
    struct stat found = {0};
    (void)fstat(keeper->used_fd, &found);
    return found.st_mtim;
}

static bool is_same_time(struct timespec left, struct timespec right)
{
    return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

static bool stop(const struct keeper *keeper)
{
    bool is_stopped = postmaster_stop(&keeper->server, NULL) == STATUS_OK;
    /* One made only for the socket is empty now; the data directory never is. */
    if (is_stopped)
        (void)!rmdir(keeper->server.socket_directory);
    return is_stopped;
}

/* True when it is stopped. A command that asks at the same moment either finds the lock taken and
 * starts the server again, or has left its note. */
static bool stop_unless_used(const struct keeper *keeper, struct timespec seen_use)
{
    bool is_stopped = false;
    if (flock(keeper->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return false;
    if (is_same_time(last_note_of_use(keeper), seen_use) && !has_clients(keeper))
        is_stopped = stop(keeper);
    flock(keeper->lock_fd, LOCK_UN);
    return is_stopped;
}

static void keep(const struct keeper *keeper)
{
    struct timespec seen_use = last_note_of_use(keeper);
    int64_t used_ms = clock_monotonic_ms();

    while (!postmaster_has_ended(&keeper->server, (int)keeper->look_ms)) {
        if (!is_still_named(keeper->state_dir_fd)) {
            /* The state directory was removed: nobody will come back for this server. */
            (void)stop(keeper);
            return;
        }
        /* What we hold no longer keeps others out; the next command starts a better keeper. */
        if (!is_still_named(keeper->lock_fd) || !is_still_named(keeper->used_fd) ||
            !is_still_named(keeper->file_fd))
            return;
        struct timespec use = last_note_of_use(keeper);
        int64_t now_ms = clock_monotonic_ms();
        if (!is_same_time(use, seen_use) || has_clients(keeper)) {
            seen_use = use;
            used_ms = now_ms;
        } else if (now_ms - used_ms >= keeper->idle_ms && stop_unless_used(keeper, seen_use)) {
            return;
        }
    }
}

static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Leaves the keeper's own five descriptors (3 to 7) and /dev/null on the standard ones. */
static bool keep_only_own_descriptors(struct keeper *keeper)
{
    int *own[] = {&keeper->file_fd, &keeper->state_dir_fd, &keeper->lock_fd, &keeper->used_fd,
                  &keeper->server.pidfd};
    enum { OWN_COUNT = sizeof own / sizeof own[0], FIRST_OWN = 3, OUT_OF_THE_WAY = 64 };

    for (int i = 0; i < OWN_COUNT; i++)
        if (*own[i] >= 0 && (*own[i] = fcntl(*own[i], F_DUPFD, OUT_OF_THE_WAY)) < 0)
            return false;
    for (int i = 0; i < OWN_COUNT; i++) {
        close(FIRST_OWN + i);
        if (*own[i] >= 0 && (*own[i] = dup2(*own[i], FIRST_OWN + i)) < 0)
            return false;
    }
    closefrom(FIRST_OWN + OWN_COUNT);
    int null_fd = open("/dev/null", O_RDWR);
    if (null_fd < 0)
        return false;
    for (int i = 0; i < FIRST_OWN; i++)
        if (dup2(null_fd, i) < 0)
            return false;
    if (null_fd >= FIRST_OWN)
        close(null_fd);
    return true;
}

static void write_pid(int fd, pid_t pid)
{
    char text[32];
    int count = snprintf(text, sizeof text, "%ld\n", (long)pid);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)count, 0) != count)
        return; /* for people only */
}

static _Noreturn void become_keeper(struct keeper *keeper, const struct account *account)
{
    reset_signals();
    account_clean_environment();
    if (!keep_only_own_descriptors(keeper) || !account_become(account) || chdir("/") != 0)
        _exit(1);
    rename_process();
    keep(keeper);
    _exit(0);
}

static enum status launch(struct keeper *keeper, const struct account *account, struct fault *fault)
{
    pid_t child = fork();
    if (child == 0) {
        setsid();
        pid_t grandchild = fork();
        if (grandchild == 0)
            become_keeper(keeper, account);
        write_pid(keeper->file_fd, grandchild);
        _exit(grandchild < 0 ? 1 : 0);
    }
    int how = 1;
    while (child > 0 && waitpid(child, &how, 0) < 0 && errno == EINTR)
        continue;
    if (how != 0)
        return fault_set(fault, STATUS_DATABASE, "cannot start the keeper of the private database");
    return STATUS_OK;
}

static int64_t look_interval_ms(int64_t idle_ms)
{
    int64_t interval_ms = idle_ms / 10;
    if (interval_ms < SHORTEST_LOOK_MS)
        return SHORTEST_LOOK_MS;
    return interval_ms > LONGEST_LOOK_MS ? LONGEST_LOOK_MS : interval_ms;
}

static enum status open_what_it_needs(const char *state_dir, struct keeper *keeper,
                                      struct fault *fault)
{
    enum status status = state_dir_open_file(state_dir, KEEPER_LOCK_FILE, &keeper->lock_fd, fault);
    if (!status)
        status = state_dir_open_file(state_dir, KEEPER_USED_FILE, &keeper->used_fd, fault);
    if (status)
        return status;
    keeper->state_dir_fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (keeper->state_dir_fd < 0)
        return fault_set(fault, STATUS_IO, "cannot open %s: %s", state_dir, strerror(errno));
    return STATUS_OK;
}

enum status keeper_ensure(const char *state_dir, const struct account *account,
                          const struct postmaster *server, bool is_new_server, struct fault *fault)
{
    struct keeper keeper = {-1, -1, -1, -1, {.pidfd = -1}, idle_from_environment_ms(), 0};
    keeper.look_ms = look_interval_ms(keeper.idle_ms);
    enum status status = state_dir_open_file(state_dir, KEEPER_FILE, &keeper.file_fd, fault);
    if (status)
        return status;
    if (!lock_within(keeper.file_fd, is_new_server ? FORMER_KEEPER_TIMEOUT_MS : 0)) {
        close(keeper.file_fd);
        return STATUS_OK; /* there is one */
    }
    status = open_what_it_needs(state_dir, &keeper, fault);
    /* A server that has just ended needs no keeper. */
    if (!status && postmaster_hold(server->pid, &keeper.server)) {
        memcpy(keeper.server.socket_directory, server->socket_directory,
               sizeof server->socket_directory);
        status = launch(&keeper, account, fault);
    }
    postmaster_finish(&keeper.server);
    int fds[] = {keeper.file_fd, keeper.state_dir_fd, keeper.lock_fd, keeper.used_fd};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return status;
}
