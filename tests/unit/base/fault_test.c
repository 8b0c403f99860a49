/* SPDX-License-Identifier: PostgreSQL */
#include "base/fault.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/base/suite.h"

static void a_fault_holds_what_it_was_given(void)
{
    struct fault fault = FAULT_NONE;

    CU_ASSERT_EQUAL(fault_set(&fault, STATUS_INVALID, "line %d: %s", 7, "no number"),
                    STATUS_INVALID);
    CU_ASSERT_EQUAL(fault.status, STATUS_INVALID);
    check_text(fault.message, "line 7: no number");
    CU_ASSERT_EQUAL(fault_set(NULL, STATUS_LIMIT, "nobody reads this"), STATUS_LIMIT);
}

static void a_second_fault_keeps_nothing_of_the_first(void)
{
    struct fault fault = {
        .status = STATUS_DATABASE, .sqlstate = "40001", .http_status = 500, .message = "old"};

    fault_set(&fault, STATUS_IO, "new");
    CU_ASSERT_EQUAL(fault.status, STATUS_IO);
    check_text(fault.sqlstate, "");
    CU_ASSERT_EQUAL(fault.http_status, 0);
    check_text(fault.message, "new");
}

static void a_message_may_quote_the_message_it_replaces(void)
{
    struct fault fault = FAULT_NONE;

    fault_set(&fault, STATUS_IO, "inner");
    fault_set(&fault, STATUS_DATABASE, "outer (%s)", fault.message);
    check_text(fault.message, "outer (inner)");
    fault_prefix(&fault, "%s, again: ", fault.message);
    check_text(fault.message, "outer (inner), again: outer (inner)");
}

static void trailing_newlines_are_dropped(void)
{
    struct fault fault = FAULT_NONE;

    fault_set(&fault, STATUS_DATABASE, "the server\nsays no\r\n\n");
    check_text(fault.message, "the server\nsays no");
    fault_set(&fault, STATUS_DATABASE, "\n");
    check_text(fault.message, "");
}

static void a_prefix_stands_before_the_message_and_keeps_the_rest(void)
{
    struct fault fault = FAULT_NONE;

    fault_set(&fault, STATUS_DATABASE, "gone");
    memcpy(fault.sqlstate, "57P01", 6);
    fault.http_status = 503;
    fault_prefix(&fault, "while claiming step %d: ", 3);
    check_text(fault.message, "while claiming step 3: gone");
    check_text(fault.sqlstate, "57P01");
    CU_ASSERT_EQUAL(fault.status, STATUS_DATABASE);
    CU_ASSERT_EQUAL(fault.http_status, 503);
}

static void a_prefix_leaves_an_empty_fault_empty(void)
{
    struct fault fault = FAULT_NONE;

    fault_prefix(&fault, "while doing nothing: ");
    check_text(fault.message, "");
    CU_ASSERT_EQUAL(fault.status, STATUS_OK);
    fault_prefix(NULL, "while doing nothing: ");
}

static void long_messages_are_cut_between_characters(void)
{
    static const char *const characters[] = {"x", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    const size_t room = sizeof((struct fault *)0)->message - 1;

    for (size_t i = 0; i < 4; i++) {
        size_t bytes = strlen(characters[i]);
        char text[4 * 1000 + 1] = "";
        for (size_t at = 0; at < 1000; at++)
            memcpy(text + at * bytes, characters[i], bytes + 1);

        for (size_t pad = 0; pad < 5; pad++) {
            struct fault fault = FAULT_NONE;
            size_t wanted = pad + (room - pad) / bytes * bytes;
            fault_set(&fault, STATUS_IO, "%.*s%s", (int)pad, "-----", text);
            CU_ASSERT_EQUAL(strlen(fault.message), wanted);
            fault_set(&fault, STATUS_IO, "%s", text);
            fault_prefix(&fault, "%.*s", (int)pad, "-----");
            CU_ASSERT_EQUAL(strlen(fault.message), wanted);
            fault_set(&fault, STATUS_IO, "gone");
            fault_prefix(&fault, "%.*s%s", (int)pad, "-----", text);
            CU_ASSERT(strlen(fault.message) >= wanted && strlen(fault.message) <= room);
        }
    }
}

/* Runs `act` in a child whose standard error is `said`; the child exits with 0 if it comes back. */
static int status_of_child(void (*act)(void), char *said, size_t said_bytes)
{
    int ends[2];
    int status = 0;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    CU_ASSERT_NOT_EQUAL_FATAL(child, -1);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        act();
        _exit(0);
    }
    close(ends[1]);
    size_t count = 0;
    ssize_t got;
    while (count < said_bytes - 1 &&
           (got = read(ends[0], said + count, said_bytes - 1 - count)) > 0)
        count += (size_t)got;
    said[count] = '\0';
    close(ends[0]);
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    return status;
}

static void break_an_invariant(void)
{
    volatile int two = 2;

    BUG_UNLESS(two == 3);
}

static void keep_an_invariant(void)
{
    volatile int two = 2;

    BUG_UNLESS(two == 2);
}

static void a_broken_invariant_says_where_and_aborts(void)
{
    char said[1024];
    int status = status_of_child(break_an_invariant, said, sizeof said);

    CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "fault_test.c:"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "break_an_invariant"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "two == 3"));

    status = status_of_child(keep_an_invariant, said, sizeof said);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    check_text(said, "");
}

static void take_too_much(void)
{
    volatile unsigned long bytes = SIZE_MAX / 4;

    free(memory_take(bytes));
}

static void resize_too_much(void)
{
    volatile unsigned long bytes = SIZE_MAX / 4;

    free(memory_resize(NULL, bytes));
}

static void running_out_of_memory_never_comes_back(void)
{
    char said[4096];

    CU_ASSERT_NOT_EQUAL(status_of_child(take_too_much, said, sizeof said), 0);
    CU_ASSERT_NOT_EQUAL(strlen(said), 0);
    CU_ASSERT_NOT_EQUAL(status_of_child(resize_too_much, said, sizeof said), 0);
    CU_ASSERT_NOT_EQUAL(strlen(said), 0);
}

static void memory_is_given_even_for_nothing(void)
{
    char *nothing = memory_take(0);
    char *text = memory_copy_text("Bakery Lune");

    CU_ASSERT_PTR_NOT_NULL(nothing);
    check_text(text, "Bakery Lune");
    text = memory_resize(text, 4096);
    check_text(text, "Bakery Lune");
    text = memory_resize(text, 0);
    CU_ASSERT_PTR_NOT_NULL(text);
    free(text);
    free(nothing);
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"a fault holds what it was given", a_fault_holds_what_it_was_given},
        {"a second fault keeps nothing of the first", a_second_fault_keeps_nothing_of_the_first},
        {"a message may quote the message it replaces", a_message_may_quote_the_message_it_replaces},
        {"trailing newlines are dropped", trailing_newlines_are_dropped},
        {"a prefix stands before the message and keeps the rest", a_prefix_stands_before_the_message_and_keeps_the_rest},
        {"a prefix leaves an empty fault empty", a_prefix_leaves_an_empty_fault_empty},
        {"long messages are cut between characters", long_messages_are_cut_between_characters},
        {"a broken invariant says where and aborts", a_broken_invariant_says_where_and_aborts},
        {"running out of memory never comes back", running_out_of_memory_never_comes_back},
        {"memory is given even for nothing", memory_is_given_even_for_nothing},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    return run_suite("fault", tests);
}
