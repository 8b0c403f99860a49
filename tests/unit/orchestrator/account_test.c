/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/account.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/base/suite.h"

/* How many "=" the kernel shows of this process's first environment. */
static int count_variables(void)
{
    int count = 0;
    FILE *file = fopen("/proc/self/environ", "re");

    for (int byte; file && (byte = getc(file)) != EOF;)
        count += byte == '=';
    if (file)
        fclose(file);
    return count;
}

/* A child that does not exec() keeps the memory it was forked with, and /proc shows it. */
static void a_clean_environment_leaves_nothing_in_proc(void)
{
    int how = -1;

    CU_ASSERT_FATAL(count_variables() > 0);
    setenv("META_APP_SECRET", "marker", 1);
    pid_t child = fork();
    if (child == 0) {
        account_clean_environment();
        _exit(count_variables() == 0 && !getenv("META_APP_SECRET") && getenv("PATH") ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(child, &how, 0), child);
    CU_ASSERT_EQUAL(how, 0);
    CU_ASSERT(count_variables() > 0); /* the parent's is its own */
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a clean environment leaves nothing in /proc", a_clean_environment_leaves_nothing_in_proc},
        CU_TEST_INFO_NULL};

    return run_suite("account", tests);
}
