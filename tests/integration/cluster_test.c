/* SPDX-License-Identifier: PostgreSQL */
/*
 * The private database, with a real PostgreSQL. Runs as whoever runs it; as root it also goes
 * through what only root meets.
 */
#include <CUnit/Basic.h>
#include <fcntl.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "orchestrator/cluster.h"
#include "orchestrator/state_dir.h"

#define PATIENCE_MS 60000 /* for what must happen some time */

/* ---- helpers ---- */

/* A base directory everybody may pass, with a state directory in it. */
struct place {
    char base[256];
    char *state_dir;
};

static struct place shared; /* one cluster for the cases that leave it whole */

static void pause_ms(long duration_ms)
{
    struct timespec pause = {duration_ms / 1000, duration_ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static void make_place(struct place *place, mode_t base_mode, const char *below)
{
    struct fault fault = FAULT_NONE;
    char parent[512];
    snprintf(place->base, sizeof place->base, "/tmp/cluster_test.XXXXXX");
    place->state_dir = NULL;
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place->base));
    CU_ASSERT_EQUAL_FATAL(chmod(place->base, base_mode), 0);
    snprintf(parent, sizeof parent, "%s%s", place->base, below);
    if (below[0]) {
        CU_ASSERT_EQUAL_FATAL(mkdir(parent, 0755), 0);
    }
    setenv("XDG_STATE_HOME", parent, 1);
    CU_ASSERT_EQUAL_FATAL(state_dir_find(&place->state_dir, &fault), STATUS_OK);
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_place(struct place *place)
{
    bool was_running;
    struct cluster_status status;
    (void)!cluster_stop(place->state_dir, &was_running, NULL);
    if (cluster_status(place->state_dir, &status, NULL) == STATUS_OK)
        (void)!nftw(status.directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    cluster_status_finish(&status);
    (void)!nftw(place->base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(place->state_dir);
}

/* Free the result. NULL, with the reason printed, when it fails. */
static char *ensure(const struct place *place)
{
    struct fault fault = FAULT_NONE;
    char *conninfo = NULL;
    if (cluster_ensure(place->state_dir, &conninfo, &fault) != STATUS_OK)
        printf("\n    cluster_ensure: %s\n", fault.message);
    return conninfo;
}

static void ensure_fatal(const struct place *place)
{
    char *conninfo = ensure(place);
    CU_ASSERT_PTR_NOT_NULL_FATAL(conninfo);
    free(conninfo);
}

/* The first column of the first row, in `answer`; empty when anything fails. */
static void ask(const char *conninfo, const char *statement, char *answer, size_t answer_bytes)
{
    PGconn *connection = PQconnectdb(conninfo);
    PGresult *result = PQexec(connection, statement);
    bool has_row = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0;
    snprintf(answer, answer_bytes, "%s", has_row ? PQgetvalue(result, 0, 0) : "");
    if (!has_row && PQresultStatus(result) != PGRES_COMMAND_OK)
        printf("\n    %s", PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
}

static void assert_answer(const struct place *place, const char *statement, const char *expected)
{
    char answer[256];
    char *conninfo = ensure(place);
    CU_ASSERT_PTR_NOT_NULL_FATAL(conninfo);
    ask(conninfo, statement, answer, sizeof answer);
    CU_ASSERT_STRING_EQUAL(answer, expected);
    free(conninfo);
}

static pid_t server_pid(const struct place *place)
{
    struct cluster_status status;
    CU_ASSERT_EQUAL(cluster_status(place->state_dir, &status, NULL), STATUS_OK);
    pid_t pid = status.pid;
    cluster_status_finish(&status);
    return pid;
}

static bool is_running(const struct place *place)
{
    return server_pid(place) != 0;
}

static pid_t keeper_pid(const struct place *place)
{
    char text[32] = "";
    char *path = state_dir_file(place->state_dir, "keeper");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t count = read(fd, text, sizeof text - 1);
        text[count > 0 ? count : 0] = '\0';
        close(fd);
    }
    free(path);
    return (pid_t)strtol(text, NULL, 10);
}

/* The keeper holds a lock on its file for as long as it lives. */
static bool has_keeper(const struct place *place)
{
    char *path = state_dir_file(place->state_dir, "keeper");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    bool is_locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
    if (fd >= 0)
        close(fd);
    free(path);
    return is_locked;
}

static bool comes_true(bool (*claim)(const struct place *place), const struct place *place,
                       bool wanted)
{
    for (long waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += 20) {
        if (claim(place) == wanted)
            return true;
        pause_ms(20);
    }
    return false;
}

/* A keeper whose idle time is `idle_s`, which it read when it was started. */
static void restart_keeper(const struct place *place, const char *idle_s)
{
    if (has_keeper(place)) {
        CU_ASSERT_EQUAL_FATAL(kill(keeper_pid(place), SIGKILL), 0);
        CU_ASSERT_TRUE_FATAL(comes_true(has_keeper, place, false));
    }
    if (idle_s)
        setenv("WABAMIGRATE_DB_IDLE", idle_s, 1);
    ensure_fatal(place);
    unsetenv("WABAMIGRATE_DB_IDLE");
}

/* ---- the state directory ---- */

static void state_directory_follows_the_environment(void)
{
    static const struct {
        const char *xdg_state_home;
        const char *home;
        const char *expected;
    } cases[] = {
        {"/s", "/h", "/s/wabamigrate"},
        {"relative", "/h", "/h/.local/state/wabamigrate"},
        {"", "/h", "/h/.local/state/wabamigrate"},
        {NULL, "/h", "/h/.local/state/wabamigrate"},
    };
    char *kept_home = memory_copy_text(getenv("HOME") ? getenv("HOME") : "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *path = NULL;
        if (cases[i].xdg_state_home)
            setenv("XDG_STATE_HOME", cases[i].xdg_state_home, 1);
        else
            unsetenv("XDG_STATE_HOME");
        setenv("HOME", cases[i].home, 1);
        CU_ASSERT_EQUAL_FATAL(state_dir_name(&path, NULL), STATUS_OK);
        CU_ASSERT_STRING_EQUAL(path, cases[i].expected);
        free(path);
    }
    setenv("HOME", kept_home, 1);
    free(kept_home);
}

static void state_directory_is_made_with_its_parents_and_closed(void)
{
    char base[] = "/tmp/cluster_test.XXXXXX";
    char parent[64];
    struct stat found;
    char *path = NULL;
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(base));
    snprintf(parent, sizeof parent, "%s/a/b", base);
    setenv("XDG_STATE_HOME", parent, 1);
    mode_t kept_umask = umask(0);
    CU_ASSERT_EQUAL_FATAL(state_dir_find(&path, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(stat(path, &found), 0);
    CU_ASSERT_EQUAL(found.st_mode & 0777, 0700);

    /* One that others may write to is closed to them. */
    CU_ASSERT_EQUAL(chmod(path, 0777), 0);
    free(path);
    CU_ASSERT_EQUAL_FATAL(state_dir_find(&path, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(stat(path, &found), 0);
    CU_ASSERT_EQUAL(found.st_mode & 0777, 0755);
    free(path);
    umask(kept_umask);
    nftw(base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the shared cluster; the order of these cases matters ---- */

static void nothing_is_there_before_it_is_needed(void)
{
    struct cluster_status status;
    bool was_running = true;
    make_place(&shared, 0755, "");
    CU_ASSERT_EQUAL(cluster_stop(shared.state_dir, &was_running, NULL), STATUS_OK);
    CU_ASSERT_FALSE(was_running);
    CU_ASSERT_EQUAL(cluster_status(shared.state_dir, &status, NULL), STATUS_OK);
    CU_ASSERT_FALSE(status.is_made);
    CU_ASSERT_FALSE(status.is_running);
    CU_ASSERT_EQUAL(status.version, 0);
    cluster_status_finish(&status);
}

static void first_commands_at_once_share_one_cluster(void)
{
    enum { COMMANDS = 3 };
    int ends[COMMANDS][2];
    char conninfo[COMMANDS][1024] = {{0}};

    fflush(stdout);
    for (int i = 0; i < COMMANDS; i++) {
        CU_ASSERT_EQUAL_FATAL(pipe(ends[i]), 0);
        if (fork() == 0) {
            char *made = ensure(&shared);
            size_t length = made ? strlen(made) : 0;
            bool is_told = made && write(ends[i][1], made, length) == (ssize_t)length;
            free(made);
            _exit(is_told ? 0 : 1);
        }
        close(ends[i][1]);
    }
    for (int i = 0; i < COMMANDS; i++) {
        int how = 1;
        CU_ASSERT(wait(&how) > 0);
        CU_ASSERT_EQUAL(how, 0);
    }
    for (int i = 0; i < COMMANDS; i++) {
        CU_ASSERT(read(ends[i][0], conninfo[i], sizeof conninfo[i] - 1) > 0);
        close(ends[i][0]);
        CU_ASSERT_STRING_EQUAL(conninfo[i], conninfo[0]);
    }
    CU_ASSERT_TRUE(is_running(&shared));
    CU_ASSERT_TRUE(has_keeper(&shared));
}

static void second_time_it_is_the_same_server(void)
{
    pid_t pid = server_pid(&shared);
    pid_t keeper = keeper_pid(&shared);
    char *first = ensure(&shared);
    char *second = ensure(&shared);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NOT_NULL_FATAL(second);
    CU_ASSERT_TRUE(first && second && strcmp(first, second) == 0);
    CU_ASSERT_EQUAL(server_pid(&shared), pid);
    CU_ASSERT_EQUAL(keeper_pid(&shared), keeper);
    free(first);
    free(second);
}

static void server_is_private_and_durable(void)
{
    static const struct {
        const char *statement;
        const char *expected;
    } cases[] = {
        {"SELECT current_user || '@' || current_database()", "wabamigrate@wabamigrate"},
        {"SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = "
         "current_user",
         "f"},
        {"SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'wabamigrate'",
         "wabamigrate"},
        {"SHOW listen_addresses", ""},
        {"SHOW fsync", "on"},
        {"SHOW synchronous_commit", "on"},
        {"SHOW full_page_writes", "on"},
        {"SHOW server_encoding", "UTF8"},
        {"SHOW timezone", "UTC"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_answer(&shared, cases[i].statement, cases[i].expected);

    struct stat found;
    struct cluster_status status;
    CU_ASSERT_EQUAL(cluster_status(shared.state_dir, &status, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(stat(status.directory, &found), 0);
    CU_ASSERT_EQUAL(found.st_mode & 0777, 0700);
    CU_ASSERT(found.st_uid != 0);
    CU_ASSERT(status.version > 0);
    cluster_status_finish(&status);
}

static void surroundings_of_the_caller_do_not_lead_elsewhere(void)
{
    static const char *const names[] = {"PGHOSTADDR", "PGPORT", "PGUSER", "PGDATABASE", "PGDATA"};
    char answer[64] = "";
    pid_t pid = server_pid(&shared);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        setenv(names[i], "192.0.2.1", 1);
    char *conninfo = ensure(&shared);
    if (conninfo)
        ask(conninfo, "SELECT current_user", answer, sizeof answer);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
    CU_ASSERT_STRING_EQUAL(answer, "wabamigrate");
    CU_ASSERT_EQUAL(server_pid(&shared), pid);
    free(conninfo);
}

static void killed_server_comes_back_with_what_was_committed(void)
{
    char nothing[8];
    char *conninfo = ensure(&shared);
    CU_ASSERT_PTR_NOT_NULL_FATAL(conninfo);
    ask(conninfo, "CREATE TABLE kept AS SELECT 'committed' AS word", nothing, sizeof nothing);
    pid_t pid = server_pid(&shared);
    CU_ASSERT_EQUAL_FATAL(kill(pid, SIGKILL), 0);

    char *again = ensure(&shared);
    CU_ASSERT_PTR_NOT_NULL_FATAL(again);
    CU_ASSERT_TRUE(again && conninfo && strcmp(again, conninfo) == 0);
    CU_ASSERT(server_pid(&shared) != pid);
    assert_answer(&shared, "SELECT word FROM kept", "committed");
    CU_ASSERT_TRUE(has_keeper(&shared));
    free(conninfo);
    free(again);
}

/* Its backends outlive it while they work on something, and hold its shared memory. */
static void killed_server_comes_back_while_a_query_of_it_still_runs(void)
{
    char *conninfo = ensure(&shared);
    CU_ASSERT_PTR_NOT_NULL_FATAL(conninfo);
    PGconn *busy = PQconnectdb(conninfo);
    CU_ASSERT_EQUAL(PQsendQuery(busy, "SELECT count(*) FROM generate_series(1, 2000000000)"), 1);
    CU_ASSERT_EQUAL(PQflush(busy), 0);
    pause_ms(50);
    CU_ASSERT_EQUAL_FATAL(kill(server_pid(&shared), SIGKILL), 0);
    assert_answer(&shared, "SELECT word FROM kept", "committed");
    PQfinish(busy);
    free(conninfo);
}

static void killed_keeper_is_replaced(void)
{
    pid_t pid = server_pid(&shared);
    pid_t keeper = keeper_pid(&shared);
    restart_keeper(&shared, NULL);
    CU_ASSERT_TRUE(has_keeper(&shared));
    CU_ASSERT(keeper_pid(&shared) != keeper);
    CU_ASSERT_EQUAL(server_pid(&shared), pid);
}

static void stopped_server_takes_its_keeper_along(void)
{
    bool was_running = false;
    CU_ASSERT_EQUAL(cluster_stop(shared.state_dir, &was_running, NULL), STATUS_OK);
    CU_ASSERT_TRUE(was_running);
    CU_ASSERT_FALSE(is_running(&shared));
    CU_ASSERT_TRUE(comes_true(has_keeper, &shared, false));
    CU_ASSERT_EQUAL(cluster_stop(shared.state_dir, &was_running, NULL), STATUS_OK);
    CU_ASSERT_FALSE(was_running);
}

/* A crash, and then another process of the same user got the number. */
static void stale_pid_file_that_names_a_stranger_is_no_obstacle(void)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/postgresql/postmaster.pid", shared.state_dir);
    FILE *file = fopen(path, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fprintf(file, "%ld\n%s/postgresql\n1700000000\n5432\n%s/postgresql\n\n  0 0\nready   \n",
            (long)getpid(), shared.state_dir, shared.state_dir);
    fclose(file);
    bool was_running = true;
    CU_ASSERT_EQUAL(cluster_stop(shared.state_dir, &was_running, NULL), STATUS_OK);
    CU_ASSERT_FALSE(was_running);
    assert_answer(&shared, "SELECT word FROM kept", "committed");
    CU_ASSERT(server_pid(&shared) != getpid());
}

static void removed_socket_is_made_again(void)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/postgresql/.s.PGSQL.5432", shared.state_dir);
    CU_ASSERT_EQUAL_FATAL(unlink(path), 0);
    assert_answer(&shared, "SELECT word FROM kept", "committed");
}

static void idle_server_stops_but_not_while_somebody_is_connected(void)
{
    restart_keeper(&shared, "1");
    char *conninfo = ensure(&shared);
    CU_ASSERT_PTR_NOT_NULL_FATAL(conninfo);
    PGconn *client = PQconnectdb(conninfo);
    CU_ASSERT_EQUAL(PQstatus(client), CONNECTION_OK);
    pause_ms(3000);
    CU_ASSERT_TRUE(is_running(&shared));
    PQfinish(client);
    CU_ASSERT_TRUE(comes_true(is_running, &shared, false));
    CU_ASSERT_TRUE(comes_true(has_keeper, &shared, false));
    assert_answer(&shared, "SELECT word FROM kept", "committed");
    CU_ASSERT_TRUE(has_keeper(&shared));
    free(conninfo);
}

static void command_killed_while_starting_leaves_nothing_to_mend_by_hand(void)
{
    for (long delay_ms = 0; delay_ms < 100; delay_ms += 7) {
        bool was_running;
        CU_ASSERT_EQUAL(cluster_stop(shared.state_dir, &was_running, NULL), STATUS_OK);
        fflush(stdout);
        pid_t command = fork();
        if (command == 0) {
            free(ensure(&shared));
            _exit(0);
        }
        pause_ms(delay_ms);
        kill(command, SIGKILL);
        waitpid(command, NULL, 0);
        assert_answer(&shared, "SELECT word FROM kept", "committed");
        CU_ASSERT_TRUE(has_keeper(&shared));
    }
}

static void absent_postgresql_is_said_and_how_to_mend_it(void)
{
    struct fault fault = FAULT_NONE;
    char *conninfo = NULL;
    bool was_running;
    CU_ASSERT_EQUAL(cluster_stop(shared.state_dir, &was_running, NULL), STATUS_OK);
    setenv("WABAMIGRATE_PG_BINDIR", "/nonexistent", 1);
    CU_ASSERT_EQUAL(cluster_ensure(shared.state_dir, &conninfo, &fault), STATUS_DATABASE);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "/nonexistent"));
    CU_ASSERT_PTR_NULL(conninfo);
    unsetenv("WABAMIGRATE_PG_BINDIR");
}

static void server_that_cannot_start_is_quoted(void)
{
    struct fault fault = FAULT_NONE;
    char *conninfo = NULL;
    char path[1024];
    snprintf(path, sizeof path, "%s/postgresql/postgresql.auto.conf", shared.state_dir);
    FILE *file = fopen(path, "ae");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("no_such_setting = 1\n", file);
    fclose(file);
    CU_ASSERT_EQUAL(cluster_ensure(shared.state_dir, &conninfo, &fault), STATUS_DATABASE);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "postgresql.auto.conf"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "server.log"));
    CU_ASSERT_FALSE(has_keeper(&shared));
}

/* ---- clusters of their own ---- */

static void command_killed_while_making_leaves_nothing_that_counts(void)
{
    static const long delays_ms[] = {20, 300, 900};
    for (size_t i = 0; i < sizeof delays_ms / sizeof delays_ms[0]; i++) {
        struct place place;
        make_place(&place, 0755, "");
        fflush(stdout);
        pid_t command = fork();
        if (command == 0) {
            free(ensure(&place));
            _exit(0);
        }
        pause_ms(delays_ms[i]);
        kill(command, SIGKILL);
        waitpid(command, NULL, 0);
        assert_answer(&place, "SELECT current_user", "wabamigrate");
        remove_place(&place);
    }
}

static void half_made_cluster_is_cleared_away_and_long_path_is_no_obstacle(void)
{
    struct place place;
    struct stat found;
    char path[1024];
    char below[160];
    memset(below, 'x', sizeof below);
    memcpy(below, "/it's, long ", 12); /* what lists and quotes must survive, too */
    below[sizeof below - 1] = '\0';
    make_place(&place, 0755, below);
    snprintf(path, sizeof path, "%s/postgresql.new", place.state_dir);
    CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/postgresql.new/base", place.state_dir);
    CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/postgresql.new/PG_VERSION", place.state_dir);
    FILE *file = fopen(path, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("15\n", file);
    fclose(file);

    assert_answer(&place, "SELECT current_user", "wabamigrate");
    snprintf(path, sizeof path, "%s/postgresql.new", place.state_dir);
    CU_ASSERT_EQUAL(stat(path, &found), -1);
    remove_place(&place);
}

static void directory_of_something_else_is_left_alone(void)
{
    struct place place;
    struct fault fault = FAULT_NONE;
    char *conninfo = NULL;
    char path[1024];
    make_place(&place, 0755, "");
    snprintf(path, sizeof path, "%s/postgresql", place.state_dir);
    CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/postgresql/precious", place.state_dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    CU_ASSERT_EQUAL(cluster_ensure(place.state_dir, &conninfo, &fault), STATUS_DATABASE);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "move it away"));
    CU_ASSERT_EQUAL(access(path, F_OK), 0);
    remove_place(&place);
}

static void server_of_a_removed_state_directory_ends(void)
{
    struct place place;
    struct cluster_status status;
    char process[64];
    char command[64] = "";
    make_place(&place, 0755, "");
    setenv("WABAMIGRATE_DB_IDLE", "5", 1);
    ensure_fatal(&place);
    unsetenv("WABAMIGRATE_DB_IDLE");
    CU_ASSERT_EQUAL_FATAL(cluster_status(place.state_dir, &status, NULL), STATUS_OK);
    snprintf(process, sizeof process, "/proc/%ld/cmdline", (long)status.pid);
    nftw(place.base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    /* Where no init collects it, it stays as a zombie, which has no command line. */
    bool is_alive = true;
    for (long waited_ms = 0; is_alive && waited_ms < PATIENCE_MS; waited_ms += 20) {
        int fd = open(process, O_RDONLY | O_CLOEXEC);
        is_alive = fd >= 0 && read(fd, command, sizeof command) > 0;
        if (fd >= 0)
            close(fd);
        pause_ms(20);
    }
    CU_ASSERT_FALSE(is_alive);
    cluster_status_finish(&status);
    free(place.state_dir);
}

/* ---- root only ---- */

static void root_behind_a_closed_directory_gets_a_link_to_an_open_place(void)
{
    struct place place;
    struct stat found;
    char name[1024];
    make_place(&place, 0700, "");
    ensure_fatal(&place);
    snprintf(name, sizeof name, "%s/postgresql", place.state_dir);
    CU_ASSERT_EQUAL(lstat(name, &found), 0);
    CU_ASSERT_TRUE(S_ISLNK(found.st_mode));
    CU_ASSERT_EQUAL(stat(place.state_dir, &found), 0);
    CU_ASSERT_EQUAL(found.st_mode & 0777, 0700);
    assert_answer(&place, "SELECT current_user", "wabamigrate");
    CU_ASSERT_EQUAL_FATAL(kill(server_pid(&place), SIGKILL), 0);
    assert_answer(&place, "SELECT current_user", "wabamigrate");
    remove_place(&place);
}

static void root_state_directory_lets_only_the_servers_group_pass(void)
{
    struct stat state;
    struct stat data;
    char name[1024];
    snprintf(name, sizeof name, "%s/postgresql", shared.state_dir);
    CU_ASSERT_EQUAL(stat(shared.state_dir, &state), 0);
    CU_ASSERT_EQUAL(stat(name, &data), 0);
    CU_ASSERT_EQUAL(state.st_mode & 0777, 0710);
    CU_ASSERT_EQUAL(state.st_uid, 0);
    CU_ASSERT_EQUAL(state.st_gid, data.st_gid);

    bool was_running;
    CU_ASSERT_EQUAL(cluster_stop(shared.state_dir, &was_running, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(chmod(shared.state_dir, 0700), 0); /* a tidy person */
    assert_answer(&shared, "SELECT current_user", "wabamigrate");
}

static void root_acts_as_the_owner_of_another_users_state(void)
{
    enum { SOMEBODY = 1 }; /* daemon: has an entry everywhere and owns nothing of ours */
    struct place place;
    struct stat found;
    char name[1024];
    make_place(&place, 0755, "");
    CU_ASSERT_EQUAL_FATAL(chown(place.state_dir, SOMEBODY, SOMEBODY), 0);
    ensure_fatal(&place);
    static const char *const names[] = {"postgresql", "lock", "used", "keeper"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(name, sizeof name, "%s/%s", place.state_dir, names[i]);
        CU_ASSERT_EQUAL(stat(name, &found), 0);
        CU_ASSERT_EQUAL(found.st_uid, SOMEBODY);
    }
    assert_answer(&place, "SELECT current_user", "wabamigrate");
    remove_place(&place);
}

/* ---- the program ---- */

struct test_case {
    const char *name;
    void (*run)(void);
};

#define CASE(function)      \
    {                       \
#function, function \
    }

static void add_suite(const char *name, const struct test_case *cases, size_t count)
{
    CU_pSuite suite = CU_add_suite(name, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        CU_add_test(suite, cases[i].name, cases[i].run);
}

int main(void)
{
    static const struct test_case state_cases[] = {
        CASE(state_directory_follows_the_environment),
        CASE(state_directory_is_made_with_its_parents_and_closed),
    };
    static const struct test_case shared_cases[] = {
        CASE(nothing_is_there_before_it_is_needed),
        CASE(first_commands_at_once_share_one_cluster),
        CASE(second_time_it_is_the_same_server),
        CASE(server_is_private_and_durable),
        CASE(surroundings_of_the_caller_do_not_lead_elsewhere),
        CASE(killed_server_comes_back_with_what_was_committed),
        CASE(killed_server_comes_back_while_a_query_of_it_still_runs),
        CASE(killed_keeper_is_replaced),
        CASE(stopped_server_takes_its_keeper_along),
        CASE(stale_pid_file_that_names_a_stranger_is_no_obstacle),
        CASE(removed_socket_is_made_again),
        CASE(idle_server_stops_but_not_while_somebody_is_connected),
        CASE(command_killed_while_starting_leaves_nothing_to_mend_by_hand),
    };
    static const struct test_case shared_root_cases[] = {
        CASE(root_state_directory_lets_only_the_servers_group_pass),
    };
    static const struct test_case shared_last_cases[] = {
        CASE(absent_postgresql_is_said_and_how_to_mend_it),
        CASE(server_that_cannot_start_is_quoted),
    };
    static const struct test_case own_cases[] = {
        CASE(command_killed_while_making_leaves_nothing_that_counts),
        CASE(half_made_cluster_is_cleared_away_and_long_path_is_no_obstacle),
        CASE(directory_of_something_else_is_left_alone),
        CASE(server_of_a_removed_state_directory_ends),
    };
    static const struct test_case own_root_cases[] = {
        CASE(root_behind_a_closed_directory_gets_a_link_to_an_open_place),
        CASE(root_acts_as_the_owner_of_another_users_state),
    };
#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))
    bool is_root = geteuid() == 0;

    unsetenv("WABAMIGRATE_DB_IDLE");
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    add_suite("state directory", state_cases, COUNT(state_cases));
    add_suite("one cluster", shared_cases, COUNT(shared_cases));
    if (is_root)
        add_suite("one cluster, root", shared_root_cases, COUNT(shared_root_cases));
    add_suite("one cluster, broken", shared_last_cases, COUNT(shared_last_cases));
    add_suite("clusters of their own", own_cases, COUNT(own_cases));
    if (is_root)
        add_suite("clusters of their own, root", own_root_cases, COUNT(own_root_cases));
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    if (shared.state_dir)
        remove_place(&shared);
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures > 0 || CU_get_error() != CUE_SUCCESS ? 1 : 0;
}
