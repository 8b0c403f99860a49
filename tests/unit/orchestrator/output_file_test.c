/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/output_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/base/suite.h"

static char folder[] = "/tmp/wabamigrate-output-XXXXXX";

static void write_file(const char *name, const char *text, mode_t mode)
{
    FILE *file = fopen(name, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    CU_ASSERT_EQUAL(chmod(name, mode), 0);
}

static void check_file(const char *name, const char *wanted)
{
    char text[256] = "";
    FILE *file = fopen(name, "r");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    check_text(text, wanted);
}

static void check_mode(const char *name, mode_t wanted)
{
    struct stat found;

    CU_ASSERT_EQUAL_FATAL(stat(name, &found), 0);
    CU_ASSERT_EQUAL(found.st_mode & 07777, wanted);
}

static int files_here(void)
{
    DIR *directory = opendir(".");
    int count = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2; /* "." and ".." */
}

static struct output_file open_ok(const char *path, bool is_private)
{
    struct output_file file;
    struct fault fault = FAULT_NONE;

    CU_ASSERT_EQUAL_FATAL(output_file_open(&file, path, is_private, &fault), STATUS_OK);
    return file;
}

static void a_new_file_appears_whole_at_commit(void)
{
    struct fault fault = FAULT_NONE;
    struct output_file file = open_ok("new", false);

    fputs("data\n", file.stream);
    CU_ASSERT_NOT_EQUAL(access("new", F_OK), 0);
    CU_ASSERT_EQUAL(output_file_commit(&file, &fault), STATUS_OK);
    output_file_finish(&file);
    check_file("new", "data\n");
    check_mode("new", 0640); /* the umask is 027 */
    CU_ASSERT_EQUAL(files_here(), 1);
    unlink("new");
}

static void an_old_file_stands_until_commit_and_keeps_its_mode(void)
{
    struct fault fault = FAULT_NONE;

    write_file("old", "old", 0604);
    struct output_file file = open_ok("old", false);
    fputs("new", file.stream);
    fflush(file.stream);
    check_file("old", "old");
    CU_ASSERT_EQUAL(output_file_commit(&file, &fault), STATUS_OK);
    check_file("old", "new");
    check_mode("old", 0604);
    CU_ASSERT_EQUAL(files_here(), 1);
    unlink("old");
}

static void an_aborted_file_leaves_no_trace(void)
{
    write_file("old", "old", 0644);
    struct output_file file = open_ok("old", false);
    fputs("half", file.stream);
    output_file_finish(&file);
    output_file_finish(&file);
    check_file("old", "old");
    CU_ASSERT_EQUAL(files_here(), 1);
    unlink("old");

    file = open_ok("never", false);
    output_file_finish(&file);
    CU_ASSERT_EQUAL(files_here(), 0);
}

static void a_private_file_is_its_owners_alone(void)
{
    struct fault fault = FAULT_NONE;

    write_file("pins", "old", 0644);
    struct output_file file = open_ok("pins", true);
    CU_ASSERT_EQUAL(output_file_commit(&file, &fault), STATUS_OK);
    check_mode("pins", 0600);
    unlink("pins");
}

static void a_link_stays_and_its_target_is_replaced(void)
{
    struct fault fault = FAULT_NONE;
    struct stat found;

    write_file("target", "old", 0644);
    CU_ASSERT_EQUAL_FATAL(symlink("target", "link"), 0);
    struct output_file file = open_ok("link", false);
    fputs("new", file.stream);
    CU_ASSERT_EQUAL(output_file_commit(&file, &fault), STATUS_OK);
    check_file("target", "new");
    CU_ASSERT_EQUAL(lstat("link", &found), 0);
    CU_ASSERT_TRUE(S_ISLNK(found.st_mode));
    unlink("link");
    unlink("target");
}

static void what_is_no_plain_file_is_written_directly(void)
{
    struct fault fault = FAULT_NONE;
    struct output_file file = open_ok("/dev/null", false);

    fputs("data", file.stream);
    CU_ASSERT_EQUAL(output_file_commit(&file, &fault), STATUS_OK);
    struct stat found;
    CU_ASSERT_EQUAL(stat("/dev/null", &found), 0);
    CU_ASSERT_TRUE(S_ISCHR(found.st_mode));
}

static void a_full_disk_is_told_and_nothing_is_kept(void)
{
    struct fault fault = FAULT_NONE;
    struct output_file file = open_ok("/dev/full", false);

    fputs("data", file.stream);
    CU_ASSERT_EQUAL(output_file_commit(&file, &fault), STATUS_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "/dev/full"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "No space left"));
    CU_ASSERT_PTR_NULL(file.stream);
}

static void a_write_that_failed_earlier_fails_the_commit(void)
{
    struct fault fault = FAULT_NONE;
    struct output_file file = open_ok("/dev/full", false);

    setvbuf(file.stream, NULL, _IONBF, 0);
    fputs("data", file.stream); /* fails now; the commit has nothing left to flush */
    CU_ASSERT_EQUAL(output_file_commit(&file, &fault), STATUS_IO);
}

static void what_cannot_be_opened_is_named(void)
{
    static const char *const paths[] = {".", "no-such-folder/file", ""};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct fault fault = FAULT_NONE;
        struct output_file file;
        CU_ASSERT_EQUAL(output_file_open(&file, paths[i], false, &fault), STATUS_IO);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, paths[i]));
        CU_ASSERT_PTR_NULL(file.stream);
    }
    CU_ASSERT_EQUAL(files_here(), 0);
}

static void no_name_is_standard_output(void)
{
    struct fault fault = FAULT_NONE;
    struct output_file file = open_ok(NULL, false);

    CU_ASSERT_PTR_EQUAL(file.stream, stdout);
    CU_ASSERT_EQUAL(output_file_commit(&file, &fault), STATUS_OK);
    CU_ASSERT_EQUAL(fcntl(STDOUT_FILENO, F_GETFD) >= 0, true);
    file = open_ok("-", false);
    CU_ASSERT_PTR_EQUAL(file.stream, stdout);
    output_file_finish(&file);
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"a new file appears whole at commit", a_new_file_appears_whole_at_commit},
        {"an old file stands until commit and keeps its mode", an_old_file_stands_until_commit_and_keeps_its_mode},
        {"an aborted file leaves no trace", an_aborted_file_leaves_no_trace},
        {"a private file is its owner's alone", a_private_file_is_its_owners_alone},
        {"a link stays and its target is replaced", a_link_stays_and_its_target_is_replaced},
        {"what is no plain file is written directly", what_is_no_plain_file_is_written_directly},
        {"a full disk is told and nothing is kept", a_full_disk_is_told_and_nothing_is_kept},
        {"a write that failed earlier fails the commit", a_write_that_failed_earlier_fails_the_commit},
        {"what cannot be opened is named", what_cannot_be_opened_is_named},
        {"no name is standard output", no_name_is_standard_output},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return EXIT_FAILURE;
    umask(027);
    int failed = run_suite("output_file", tests);
    if (chdir("/") != 0 || rmdir(folder) != 0)
        failed = EXIT_FAILURE;
    return failed;
}
