/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/hash.h"
#include "orchestrator/account.h"
#include "orchestrator/keeper.h"
#include "orchestrator/postmaster.h"
#include "orchestrator/state_dir.h"

#define ELSEWHERE "/var/lib/wabamigrate"

/* Where everything is and who owns it. */
struct cluster {
    struct arena *arena;
    const char *state_dir;
    char *name;             /* STATE_DIR/postgresql, perhaps a link, perhaps absent */
    char *directory;        /* the data directory: `name`, or what it links to */
    struct account account; /* whom the server runs as */
    struct account holder;  /* who may put names beside the data directory */
    int lock_fd;            /* -1: not taken */
};

static void cluster_finish(struct cluster *cluster)
{
    if (cluster->lock_fd >= 0)
        close(cluster->lock_fd);
    arena_destroy(cluster->arena);
}

/* ---- where it is ---- */

static const char *parent_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == path ? "/" : arena_copy_bytes(arena, path, (size_t)(slash - path));
}

/* A relative link is one beside the name. */
static void resolve_directory(struct cluster *cluster)
{
    char target[4096];
    ssize_t length = readlink(cluster->name, target, sizeof target - 1);
    if (length <= 0) {
        cluster->directory = cluster->name;
        return;
    }
    target[length] = '\0';
    cluster->directory = target[0] == '/'
                             ? arena_copy_text(cluster->arena, target)
                             : arena_printf(cluster->arena, "%s/%s", cluster->state_dir, target);
}

static enum status choose_account(struct cluster *cluster, struct fault *fault)
{
    struct stat owner;
    bool is_made = stat(cluster->directory, &owner) == 0;
    if (!is_made && stat(cluster->state_dir, &owner) != 0)
        return fault_set(fault, STATUS_IO, "cannot look at the state directory %s: %s",
                         cluster->state_dir, strerror(errno));
    if (geteuid() == 0)
        return owner.st_uid == 0 ? account_for_root(&cluster->account, fault)
                                 : account_of_user(owner.st_uid, &cluster->account, fault);
    if (owner.st_uid != geteuid())
        return fault_set(fault, STATUS_DATABASE,
                         "the private database in %s belongs to user %u: run as that user or as "
                         "root, or name a database with --database",
                         cluster->directory, (unsigned)owner.st_uid);
    return account_of_user(geteuid(), &cluster->account, fault);
}

static enum status choose_holder(struct cluster *cluster, struct fault *fault)
{
    struct stat owner;
    const char *parent = parent_of(cluster->arena, cluster->directory);
    if (stat(parent, &owner) != 0)
        return fault_set(fault, STATUS_IO, "cannot look at %s: %s", parent, strerror(errno));
    return account_of_user(owner.st_uid, &cluster->holder, fault);
}

static enum status cluster_init(struct cluster *cluster, const char *state_dir, struct fault *fault)
{
    *cluster = (struct cluster){.arena = arena_create(), .state_dir = state_dir, .lock_fd = -1};
    /* PostgreSQL's lock files are lines. */
    if (state_dir[0] != '/' || strchr(state_dir, '\n'))
        return fault_set(fault, STATUS_INVALID,
                         "the state directory must be an absolute path of one line");
    cluster->name = arena_printf(cluster->arena, "%s/postgresql", state_dir);
    resolve_directory(cluster);
    return STATUS_OK;
}

/* Inherited as ignored, it would keep the exit status of our children from us. */
static void collect_children(void)
{
    struct sigaction action;
    if (sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        signal(SIGCHLD, SIG_DFL);
}

static enum status cluster_lock(struct cluster *cluster, const char *state_dir, struct fault *fault)
{
    collect_children();
    enum status status = cluster_init(cluster, state_dir, fault);
    if (!status)
        status = keeper_lock(state_dir, &cluster->lock_fd, fault);
    if (!status) {
        resolve_directory(cluster); /* somebody may have made it while we waited */
        status = choose_account(cluster, fault);
    }
    return status;
}

static bool is_made(const struct cluster *cluster)
{
    return postmaster_data_version(cluster->directory) > 0;
}

/* ---- letting PostgreSQL's user in ---- */

static int can_pass(void *self)
{
    return access(self, F_OK) == 0 ? 0 : errno;
}

/* The state directory stays closed to everybody else. */
static enum status let_pass(const struct cluster *cluster, struct fault *fault)
{
    char *inside =
        arena_printf(cluster->arena, "%s/.", parent_of(cluster->arena, cluster->directory));
    if (account_call(&cluster->account, can_pass, inside) == 0)
        return STATUS_OK;
    struct stat found;
    if (geteuid() == 0 && stat(cluster->state_dir, &found) == 0 && found.st_uid == 0 &&
        chown(cluster->state_dir, (uid_t)-1, cluster->account.gid) == 0 &&
        chmod(cluster->state_dir, 0710) == 0 &&
        account_call(&cluster->account, can_pass, inside) == 0)
        return STATUS_OK;
    return fault_set(fault, STATUS_DATABASE,
                     "the user %s, whom PostgreSQL runs as, cannot reach %s: let it pass through "
                     "the directories above",
                     cluster->account.name, cluster->directory);
}

/* Root's state directory may lie where PostgreSQL's user cannot go. The link comes first: a link to
 * nothing is a cluster not made yet, and the next command goes on from there. The random part keeps
 * a new state directory from adopting the cluster of one that was removed. */
static enum status move_elsewhere(struct cluster *cluster, struct fault *fault)
{
    uint64_t random = 0;
    struct stat found;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return fault_set(fault, STATUS_INTERNAL, "no random numbers: %s", strerror(errno));
    if ((mkdir(ELSEWHERE, 0711) != 0 && errno != EEXIST) || lstat(ELSEWHERE, &found) != 0)
        return fault_set(fault, STATUS_DATABASE, "cannot make " ELSEWHERE ": %s", strerror(errno));
    if (!S_ISDIR(found.st_mode) || found.st_uid != 0 || (found.st_mode & 022))
        return fault_set(fault, STATUS_DATABASE,
                         ELSEWHERE " is not a directory that only root may write to");
    /* mkdir() obeys the umask. */
    if (chmod(ELSEWHERE, found.st_mode | 0711) != 0)
        return fault_set(fault, STATUS_DATABASE, "cannot open " ELSEWHERE ": %s", strerror(errno));
    cluster->directory = arena_printf(cluster->arena, ELSEWHERE "/%016" PRIx64 "-%08" PRIx32,
                                      hash_text(cluster->state_dir), (uint32_t)random);
    if (symlink(cluster->directory, cluster->name) != 0)
        return fault_set(fault, STATUS_DATABASE, "cannot make the link %s: %s", cluster->name,
                         strerror(errno));
    return STATUS_OK;
}

static enum status choose_place(struct cluster *cluster, struct fault *fault)
{
    struct stat found;
    bool is_chosen = lstat(cluster->name, &found) == 0;
    bool is_reachable = account_call(&cluster->account, can_pass, (void *)cluster->state_dir) == 0;
    if (is_chosen || is_reachable || geteuid() != 0)
        return STATUS_OK;
    return move_elsewhere(cluster, fault);
}

/* ---- making ---- */

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

static int remove_tree(void *self)
{
    enum { OPEN_DIRECTORIES = 16 };
    int failed = nftw(self, remove_entry, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return failed == 0 || errno == ENOENT ? 0 : errno;
}

static int remove_directory(void *self)
{
    return rmdir(self) == 0 || errno == ENOENT ? 0 : errno;
}

/* What is inside is removed by its owner, its name by who holds the names beside it. */
static enum status remove_unfinished(const struct cluster *cluster, char *unfinished,
                                     struct fault *fault)
{
    struct stat found;
    struct account owner;
    if (lstat(unfinished, &found) != 0)
        return STATUS_OK;
    enum status status = account_of_user(found.st_uid, &owner, fault);
    if (status)
        return status;
    (void)!account_call(&owner, remove_tree, unfinished); /* cannot remove the top itself */
    int failed = account_call(&cluster->holder, remove_directory, unfinished);
    if (failed)
        return fault_set(fault, STATUS_DATABASE, "cannot remove the unfinished cluster %s: %s",
                         unfinished, strerror(failed));
    return STATUS_OK;
}

struct new_directory {
    const char *path;
    const struct account *owner;
};

static int make_directory(void *self)
{
    const struct new_directory *wanted = self;
    if (mkdir(wanted->path, 0700) != 0)
        return errno;
    bool is_own = wanted->owner->uid == geteuid();
    return is_own || lchown(wanted->path, wanted->owner->uid, wanted->owner->gid) == 0 ? 0 : errno;
}

struct new_file {
    const char *path;
    const char *content;
    bool is_appended;
};

static int write_file(void *self)
{
    const struct new_file *file = self;
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (file->is_appended ? O_APPEND : O_TRUNC);
    size_t length = strlen(file->content);
    int fd = open(file->path, flags, 0600);
    if (fd < 0)
        return errno;
    errno = ENOSPC; /* what a short write means here */
    int failed = write(fd, file->content, length) == (ssize_t)length ? 0 : errno;
    close(fd);
    return failed;
}

static enum status write_as_owner(const struct cluster *cluster, const char *path,
                                  const char *content, bool is_appended, struct fault *fault)
{
    struct new_file file = {path, content, is_appended};
    int failed = account_call(&cluster->account, write_file, &file);
    if (failed)
        return fault_set(fault, STATUS_DATABASE, "cannot write %s: %s", path, strerror(failed));
    return STATUS_OK;
}

/* What a person may want to tune. */
static const char settings[] = "\n# wabamigrate\n"
                               "max_connections = 50\n"
                               "fsync = on\n"
                               "synchronous_commit = on\n"
                               "min_wal_size = 64MB\n"
                               "max_wal_size = 512MB\n"
                               "timezone = 'UTC'\n"
                               "log_timezone = 'UTC'\n"
                               "jit = off\n"
                               /* Needs dynamic shared memory, which containers are short of. */
                               "max_parallel_workers_per_gather = 0\n"
                               "max_logical_replication_workers = 0\n"
                               "log_checkpoints = off\n"
                               /* No row in the log: terse leaves out the DETAIL that quotes one. */
                               "log_error_verbosity = terse\n";

/* The renamed database saves the copying of another. */
static const char first_statements[] = "CREATE ROLE wabamigrate LOGIN;\n"
                                       "ALTER DATABASE postgres RENAME TO wabamigrate;\n"
                                       "ALTER DATABASE wabamigrate OWNER TO wabamigrate;\n";

static const char *server_locale(void)
{
    locale_t found = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
    if (found)
        freelocale(found);
    return found ? "C.UTF-8" : "C";
}

static enum status run_initdb(const struct cluster *cluster, const char *programs,
                              const char *directory, struct fault *fault)
{
    const char *const arguments[] = {
        arena_printf(cluster->arena, "%s/initdb", programs), "-D", directory, "--username=postgres",
        "--auth=peer", "--encoding=UTF8",
        arena_printf(cluster->arena, "--locale=%s", server_locale()),
        /* Smaller is quicker to make, but too small costs at every switch. */
        "--wal-segsize=4", "--no-sync", /* synced once, at the end */
        NULL};
    return account_run(&cluster->account, arguments, "", fault);
}

static enum status run_first_statements(const struct cluster *cluster, const char *programs,
                                        const char *directory, struct fault *fault)
{
    const char *const arguments[] = {arena_printf(cluster->arena, "%s/postgres", programs),
                                     "--single",
                                     "-F",
                                     "-D",
                                     directory,
                                     "-c",
                                     "exit_on_error=on",
                                     "template1",
                                     NULL};
    return account_run(&cluster->account, arguments, first_statements, fault);
}

struct new_name {
    const char *from;
    const char *to;
    const char *parent;
};

/* All of it is on disk before it has the name that counts. */
static int put_into_place(void *self)
{
    const struct new_name *names = self;
    int parent_fd = open(names->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent_fd < 0)
        return errno;
    int failed =
        syncfs(parent_fd) == 0 && rename(names->from, names->to) == 0 && fsync(parent_fd) == 0
            ? 0
            : errno;
    close(parent_fd);
    return failed;
}

static enum status fill_and_place(const struct cluster *cluster, const char *programs,
                                  const char *unfinished, struct fault *fault)
{
    struct new_name names = {unfinished, cluster->directory,
                             parent_of(cluster->arena, cluster->directory)};
    enum status status = run_initdb(cluster, programs, unfinished, fault);
    if (!status)
        status =
            write_as_owner(cluster, arena_printf(cluster->arena, "%s/postgresql.conf", unfinished),
                           settings, true, fault);
    if (!status)
        status = run_first_statements(cluster, programs, unfinished, fault);
    if (status)
        return status;
    int failed = account_call(&cluster->holder, put_into_place, &names);
    if (failed == ENOTEMPTY || failed == EEXIST || failed == ENOTDIR)
        return fault_set(fault, STATUS_DATABASE,
                         "%s is there and is not a PostgreSQL data directory: move it away",
                         cluster->directory);
    if (failed)
        return fault_set(fault, STATUS_DATABASE, "cannot put the new cluster into place as %s: %s",
                         cluster->directory, strerror(failed));
    return STATUS_OK;
}

static enum status make(struct cluster *cluster, struct fault *fault)
{
    char *programs = NULL;
    enum status status = postmaster_programs(cluster->arena, 0, &programs, fault);
    if (!status)
        status = choose_place(cluster, fault);
    if (!status)
        status = choose_holder(cluster, fault);
    if (!status)
        status = let_pass(cluster, fault);
    if (status)
        return status;
    char *unfinished = arena_printf(cluster->arena, "%s.new", cluster->directory);
    status = remove_unfinished(cluster, unfinished, fault);
    if (status)
        return status;

    struct new_directory wanted = {unfinished, &cluster->account};
    int failed = account_call(&cluster->holder, make_directory, &wanted);
    if (failed)
        return fault_set(fault, STATUS_DATABASE, "cannot make %s: %s", unfinished,
                         strerror(failed));
    /* The programs inherit the lock: if we are killed, the next command waits for them to end
     * before it clears away what they were making. */
    if (fcntl(cluster->lock_fd, F_SETFD, 0) != 0)
        return fault_set(fault, STATUS_INTERNAL, "fcntl: %s", strerror(errno));
    status = fill_and_place(cluster, programs, unfinished, fault);
    if (fcntl(cluster->lock_fd, F_SETFD, FD_CLOEXEC) != 0 && !status)
        status = fault_set(fault, STATUS_INTERNAL, "fcntl: %s", strerror(errno));
    if (status) {
        fault_prefix(fault, "while making the private database: ");
        (void)!remove_unfinished(cluster, unfinished, NULL);
    }
    return status;
}

/* ---- starting ---- */

/* Each time anew: a user may have another name than when the cluster was made. */
static enum status write_access_rules(const struct cluster *cluster, struct fault *fault)
{
    static const char rules[] = "# Written by wabamigrate at every start.\n"
                                "local all all peer map=wabamigrate\n";
    struct account root;
    if (account_of_user(0, &root, NULL) != STATUS_OK)
        root = cluster->account;
    const char *owner = cluster->account.name;
    const char *map = arena_printf(cluster->arena,
                                   "# Written by wabamigrate at every start.\n"
                                   "wabamigrate \"%s\" wabamigrate\n"
                                   "wabamigrate \"%s\" postgres\n"
                                   "wabamigrate \"%s\" wabamigrate\n"
                                   "wabamigrate \"%s\" postgres\n",
                                   owner, owner, root.name, root.name);
    enum status status =
        write_as_owner(cluster, arena_printf(cluster->arena, "%s/pg_hba.conf", cluster->directory),
                       rules, false, fault);
    if (!status)
        status = write_as_owner(
            cluster, arena_printf(cluster->arena, "%s/pg_ident.conf", cluster->directory), map,
            false, fault);
    return status;
}

static int make_socket_directory(void *self)
{
    const char *path = self;
    struct stat found;
    if (mkdir(path, 0700) == 0)
        return 0;
    if (errno != EEXIST || lstat(path, &found) != 0)
        return errno;
    bool is_ours = S_ISDIR(found.st_mode) && found.st_uid == geteuid() && !(found.st_mode & 077);
    return is_ours ? 0 : EPERM;
}

/* In the data directory, which nobody else enters; but a socket's path must be short, and neither
 * PostgreSQL's list of directories nor libpq's list of hosts takes a comma. */
static enum status choose_socket_directory(const struct cluster *cluster, const char **directory,
                                           struct fault *fault)
{
    *directory = cluster->directory;
    if (strlen(*directory) < POSTMASTER_SOCKET_DIRECTORY_BYTES && !strpbrk(*directory, ",\"'\\"))
        return STATUS_OK;
    char *shorter =
        arena_printf(cluster->arena, "/tmp/wabamigrate-%016" PRIx64, hash_text(cluster->directory));
    int failed = account_call(&cluster->account, make_socket_directory, shorter);
    if (failed)
        return fault_set(fault, STATUS_DATABASE,
                         "cannot use %s for the database's socket: %s; remove it, or set "
                         "XDG_STATE_HOME to a shorter path",
                         shorter, failed == EPERM ? "it is not ours alone" : strerror(failed));
    *directory = shorter;
    return STATUS_OK;
}

static enum status start(struct cluster *cluster, struct postmaster *server, struct fault *fault)
{
    char *programs = NULL;
    const char *socket_directory = NULL;
    int version = postmaster_data_version(cluster->directory);
    enum status status = postmaster_programs(cluster->arena, version, &programs, fault);
    if (!status)
        status = let_pass(cluster, fault);
    if (!status)
        status = write_access_rules(cluster, fault);
    if (!status)
        status = choose_socket_directory(cluster, &socket_directory, fault);
    if (status)
        return status;
    return postmaster_start(&cluster->account, programs, cluster->directory, socket_directory,
                            server, fault);
}

/* A live server that does not answer yet, or no longer. True when it does now. */
static enum status revive(const struct cluster *cluster, struct postmaster *server,
                          bool *is_answering, struct fault *fault)
{
    *is_answering = false;
    if (!postmaster_find(&cluster->account, cluster->directory, server))
        return STATUS_OK;
    enum status status = STATUS_OK;
    switch (postmaster_await(cluster->directory, server)) {
    case POSTMASTER_ANSWERS:
        *is_answering = true;
        return STATUS_OK;
    case POSTMASTER_IS_BUSY:
        status = fault_set(fault, STATUS_DATABASE,
                           "the private database is still recovering or stopping (see "
                           "%s/server.log): try again in a minute",
                           cluster->directory);
        break;
    case POSTMASTER_IS_SILENT: /* its socket was removed: only a new start makes another */
        status = postmaster_stop(server, fault);
        break;
    case POSTMASTER_ENDED:
        break;
    }
    postmaster_finish(server);
    return status;
}

static enum status bring_up(struct cluster *cluster, struct postmaster *server, struct fault *fault)
{
    enum status status = STATUS_OK;
    bool is_answering = false;
    if (!is_made(cluster)) {
        status = make(cluster, fault);
    } else if (postmaster_answers(cluster->directory, server)) {
        return keeper_ensure(cluster->state_dir, &cluster->account, server, false, fault);
    } else {
        status = revive(cluster, server, &is_answering, fault);
    }
    if (!status && !is_answering)
        status = start(cluster, server, fault);
    if (!status)
        status = keeper_ensure(cluster->state_dir, &cluster->account, server, true, fault);
    return status;
}

static char *connection_string(const struct cluster *cluster, const char *socket_directory)
{
    /* requirepeer: whoever squats on the socket is not our server. An empty hostaddr keeps
     * PGHOSTADDR from leading elsewhere. */
    return memory_copy_text(arena_printf(
        cluster->arena,
        "host='%s' hostaddr='' port=5432 user=wabamigrate dbname=wabamigrate requirepeer='%s'",
        socket_directory, cluster->account.name));
}

enum status cluster_ensure(const char *state_dir, char **conninfo, struct fault *fault)
{
    struct cluster cluster;
    struct postmaster server = {.pidfd = -1};
    enum status status = cluster_lock(&cluster, state_dir, fault);
    if (!status)
        status = keeper_note_use(state_dir, fault);
    if (!status)
        status = bring_up(&cluster, &server, fault);
    if (!status)
        *conninfo = connection_string(&cluster, server.socket_directory);
    postmaster_finish(&server);
    cluster_finish(&cluster);
    return status;
}

enum status cluster_stop(const char *state_dir, bool *was_running, struct fault *fault)
{
    struct cluster cluster;
    struct postmaster server = {.pidfd = -1};
    *was_running = false;
    enum status status = cluster_lock(&cluster, state_dir, fault);
    if (!status && postmaster_find(&cluster.account, cluster.directory, &server)) {
        *was_running = true;
        status = postmaster_stop(&server, fault);
    }
    /* One made only for the socket. */
    if (!status && *was_running && strcmp(server.socket_directory, cluster.directory) != 0)
        (void)!account_call(&cluster.account, remove_directory, server.socket_directory);
    postmaster_finish(&server);
    cluster_finish(&cluster);
    return status;
}

enum status cluster_status(const char *state_dir, struct cluster_status *found, struct fault *fault)
{
    struct cluster cluster;
    struct postmaster server = {.pidfd = -1};
    *found = (struct cluster_status){0};
    enum status status = cluster_init(&cluster, state_dir, fault);
    if (!status) {
        found->directory = memory_copy_text(cluster.directory);
        found->version = postmaster_data_version(cluster.directory);
        found->is_made = found->version > 0;
        found->is_running = postmaster_answers(cluster.directory, &server);
        found->pid = server.pid;
    }
    postmaster_finish(&server);
    cluster_finish(&cluster);
    return status;
}

void cluster_status_finish(struct cluster_status *status)
{
    free(status->directory);
    *status = (struct cluster_status){0};
}
