/* SPDX-License-Identifier: PostgreSQL */
/* Who is certainly dead: only a process of this very host, boot and pid namespace. */
#include "orchestrator/process_identity.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/base/suite.h"

#define BYTES 512

static void this_process_lives(void)
{
    char identity[BYTES], again[BYTES];

    process_identity(identity, sizeof identity);
    process_identity(again, sizeof again);
    CU_ASSERT(strlen(identity) > 0);
    CU_ASSERT_STRING_EQUAL(identity, again);
    CU_ASSERT_FALSE(process_is_dead(identity));
}

/* A child that tells its identity and waits for the end of `wake`. */
static pid_t start_child(const char *name, char identity[BYTES], int *wake)
{
    int told[2], wakes[2];

    CU_ASSERT_EQUAL_FATAL(pipe(told), 0);
    CU_ASSERT_EQUAL_FATAL(pipe(wakes), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        char text[BYTES] = {0}, byte;
        close(wakes[1]);
        prctl(PR_SET_NAME, name);
        process_identity(text, sizeof text);
        bool is_told = write(told[1], text, sizeof text) == (ssize_t)sizeof text;
        while (read(wakes[0], &byte, 1) > 0)
            continue;
        _exit(is_told ? 0 : 1);
    }
    close(told[1]);
    close(wakes[0]);
    CU_ASSERT_EQUAL_FATAL(read(told[0], identity, BYTES), BYTES);
    close(told[0]);
    *wake = wakes[1];
    return child;
}

static void a_child_is_dead_once_it_has_ended(void)
{
    /* The kernel writes the name between parentheses; a name may hold what it likes. */
    static const char *const names[] = {"child", "a) R 1 1 (b", "two words"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char identity[BYTES], own[BYTES];
        int wake, how = 1;
        pid_t child = start_child(names[i], identity, &wake);
        process_identity(own, sizeof own);
        CU_ASSERT_STRING_NOT_EQUAL(identity, own);
        CU_ASSERT_FALSE(process_is_dead(identity));
        close(wake);
        CU_ASSERT_EQUAL(waitpid(child, &how, 0), child);
        CU_ASSERT_EQUAL(how, 0);
        CU_ASSERT_TRUE(process_is_dead(identity));
    }
}

static void a_process_that_was_killed_is_dead_before_its_parent_has_asked(void)
{
    char identity[BYTES];
    siginfo_t about;
    int wake;
    pid_t child = start_child("child", identity, &wake);

    CU_ASSERT_EQUAL(kill(child, SIGKILL), 0);
    CU_ASSERT_EQUAL(waitid(P_PID, (id_t)child, &about, WEXITED | WNOWAIT), 0);
    CU_ASSERT_TRUE(process_is_dead(identity)); /* a zombie does nothing any more */
    CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
    CU_ASSERT_TRUE(process_is_dead(identity));
    close(wake);
}

/* This process's identity with one of its five parts replaced. */
static void with_part(unsigned part, const char *value, char out[BYTES])
{
    char identity[BYTES], *rest = identity, *word;

    process_identity(identity, sizeof identity);
    out[0] = '\0';
    for (unsigned i = 0; (word = strsep(&rest, "/")); i++)
        snprintf(out + strlen(out), BYTES - strlen(out), "%s%s", i ? "/" : "",
                 i == part ? value : word);
}

static void another_place_is_not_judged_and_another_start_time_is(void)
{
    static const struct {
        unsigned part;
        const char *value;
        bool is_dead;
    } cases[] = {
        {0, "elsewhere", false}, /* the host */
        {1, "another-boot", false},
        {2, "pid:[1]", false},
        {3, "999999999", true}, /* no such process */
        {4, "1", true},         /* the pid was given to another process since */
        {3, "x", false},
        {3, "-5", false},
    };
    char identity[BYTES];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        with_part(cases[i].part, cases[i].value, identity);
        CU_ASSERT_EQUAL(process_is_dead(identity), cases[i].is_dead);
    }
}

static void what_is_no_identity_is_not_dead(void)
{
    static const char *const texts[] = {"", "/", "a/b/c/d/e", "1"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CU_ASSERT_FALSE(process_is_dead(texts[i]));
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"this process lives", this_process_lives},
        {"a child is dead once it has ended", a_child_is_dead_once_it_has_ended},
        {"a process that was killed is dead before its parent has asked",
         a_process_that_was_killed_is_dead_before_its_parent_has_asked},
        {"another place is not judged, and another start time is",
         another_place_is_not_judged_and_another_start_time_is},
        {"what is no identity is not dead", what_is_no_identity_is_not_dead},
        CU_TEST_INFO_NULL,
    };

    return run_suite("process_identity", tests);
}
