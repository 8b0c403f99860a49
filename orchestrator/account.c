/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static enum status fill(struct account *account, const struct passwd *entry, struct fault *fault)
{
    account->uid = entry->pw_uid;
    account->gid = entry->pw_gid;
    if (strlen(entry->pw_name) >= sizeof account->name)
        return fault_set(fault, STATUS_DATABASE, "the user name of user %u is too long",
                         (unsigned)entry->pw_uid);
    memcpy(account->name, entry->pw_name, strlen(entry->pw_name) + 1);
    return STATUS_OK;
}

enum status account_of_user(uid_t uid, struct account *account, struct fault *fault)
{
    const struct passwd *entry = getpwuid(uid);
    if (!entry)
        return fault_set(fault, STATUS_DATABASE,
                         "user %u has no entry in /etc/passwd, and PostgreSQL does not run without "
                         "one: add it, or name a database with --database",
                         (unsigned)uid);
    return fill(account, entry, fault);
}

enum status account_for_root(struct account *account, struct fault *fault)
{
    const struct passwd *entry = getpwnam("postgres");
    if (!entry)
        entry = getpwnam("nobody");
    if (!entry || entry->pw_uid == 0)
        return fault_set(
            fault, STATUS_DATABASE,
            "PostgreSQL does not run as root, and there is neither a user postgres nor "
            "nobody to run it: run as another user, or name a database with "
            "--database");
    return fill(account, entry, fault);
}

bool account_become(const struct account *account)
{
    if (geteuid() == account->uid && getuid() == account->uid)
        return true;
    return setgroups(1, &account->gid) == 0 &&
           setresgid(account->gid, account->gid, account->gid) == 0 &&
           setresuid(account->uid, account->uid, account->uid) == 0;
}

/* -1 with errno set when there is nothing to wait for. */
static int wait_for(pid_t child)
{
    int how;
    while (waitpid(child, &how, 0) < 0)
        if (errno != EINTR)
            return -1;
    return how;
}

int account_call(const struct account *account, int (*task)(void *self), void *self)
{
    if (geteuid() == account->uid)
        return task(self);
    pid_t child = fork();
    if (child < 0)
        return errno;
    if (child == 0)
        _exit(account_become(account) ? task(self) : errno);
    int how = wait_for(child);
    if (how < 0)
        return errno;
    return WIFEXITED(how) ? WEXITSTATUS(how) : ECHILD;
}

/* The block that the kernel gave us stays in memory, and in /proc, when the variables are gone. */
static void wipe_environment(void)
{
    for (char **variable = environ; variable && *variable; variable++)
        explicit_bzero(*variable, strlen(*variable));
}

void account_clean_environment(void)
{
    const char *value = getenv("LD_LIBRARY_PATH"); /* for a PostgreSQL built by hand */
    char *libraries = value ? memory_copy_text(value) : NULL;
    wipe_environment();
    if (clearenv() != 0 || (libraries && setenv("LD_LIBRARY_PATH", libraries, 1) != 0) ||
        setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1) != 0 ||
        setenv("LC_ALL", "C", 1) != 0 ||
        /* Spares initdb a search through the whole time zone database. */
        setenv("TZ", "UTC", 1) != 0)
        _exit(127);
    free(libraries);
}

static _Noreturn void become_program(const struct account *account, const char *const *arguments,
                                     int input_fd, int output_fd)
{
    account_clean_environment();
    if (account_become(account) && chdir("/") == 0 && dup2(input_fd, STDIN_FILENO) >= 0 &&
        dup2(output_fd, STDOUT_FILENO) >= 0 && dup2(output_fd, STDERR_FILENO) >= 0)
        execv(arguments[0], (char *const *)arguments);
    dprintf(output_fd, "%s: %s\n", arguments[0], strerror(errno));
    _exit(127);
}

/* What follows the mark of an error; NULL where there is none. */
static const char *complaint_in(const char *line)
{
    static const char *const marks[] = {"FATAL:  ", "PANIC:  ", "ERROR:  ", "error: "};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *mark = strstr(line, marks[i]);
        if (mark)
            return mark + strlen(marks[i]);
    }
    return NULL;
}

const char *account_last_complaint(int fd, const char *start, char *text, size_t text_bytes)
{
    off_t length = lseek(fd, 0, SEEK_END);
    off_t room = (off_t)text_bytes - 1;
    ssize_t count = pread(fd, text, (size_t)room, length > room ? length - room : 0);
    text[count > 0 ? count : 0] = '\0';

    const char *last = "it wrote nothing";
    const char *complaint = NULL;
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (start && strcmp(line, start) == 0) {
            last = "it wrote nothing";
            complaint = NULL;
            continue;
        }
        if (line[0])
            last = line;
        if (complaint_in(line))
            complaint = complaint_in(line);
    }
    return complaint ? complaint : last;
}

enum status account_run(const struct account *account, const char *const *arguments,
                        const char *input, struct fault *fault)
{
    /* Files in memory instead of pipes: nothing to poll, nothing to deadlock on. */
    int input_fd = memfd_create("input", MFD_CLOEXEC);
    int output_fd = memfd_create("output", MFD_CLOEXEC);
    enum status status = STATUS_OK;
    pid_t child = -1;
    char output[4096];

    if (input_fd >= 0 && output_fd >= 0 &&
        write(input_fd, input, strlen(input)) == (ssize_t)strlen(input) &&
        lseek(input_fd, 0, SEEK_SET) == 0)
        child = fork();
    if (child == 0)
        become_program(account, arguments, input_fd, output_fd);
    int how = child > 0 ? wait_for(child) : -1;
    if (how < 0)
        status =
            fault_set(fault, STATUS_DATABASE, "cannot run %s: %s", arguments[0], strerror(errno));
    else if (how > 0)
        status = fault_set(fault, STATUS_DATABASE, "%s failed: %s", arguments[0],
                           account_last_complaint(output_fd, NULL, output, sizeof output));
    if (input_fd >= 0)
        close(input_fd);
    if (output_fd >= 0)
        close(output_fd);
    return status;
}
