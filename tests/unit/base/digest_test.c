/* SPDX-License-Identifier: PostgreSQL */
#include "base/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/base/suite.h"

/* From RFC 7693's construction, as b2sum --length=256 prints it. */
#define OF_ABC "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"

static void the_published_value_comes_out_however_the_bytes_come(void)
{
    char text[DIGEST_TEXT_BYTES];
    struct digest *digest = digest_create();

    digest_add(digest, "a", 1);
    digest_add(digest, "", 0);
    digest_add(digest, "bc", 2);
    digest_text(digest, text);
    digest_destroy(digest);
    CU_ASSERT_STRING_EQUAL(text, OF_ABC);
}

static void a_file_has_the_digest_of_its_bytes(void)
{
    char text[DIGEST_TEXT_BYTES], path[] = "/tmp/digest-test.XXXXXX";
    int file = mkstemp(path);

    CU_ASSERT_EQUAL(write(file, "abc", 3), 3);
    close(file);
    CU_ASSERT_TRUE(digest_file(path, text));
    CU_ASSERT_STRING_EQUAL(text, OF_ABC);
    CU_ASSERT_EQUAL(truncate(path, 2), 0);
    CU_ASSERT_TRUE(digest_file(path, text));
    CU_ASSERT_STRING_NOT_EQUAL(text, OF_ABC);
    unlink(path);
}

static void what_can_be_read_once_only_has_none(void)
{
    char text[DIGEST_TEXT_BYTES], folder[] = "/tmp/digest-test.XXXXXX", path[64];

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/pipe", folder);
    CU_ASSERT_FALSE(digest_file(path, text)); /* not there */
    CU_ASSERT_FALSE(digest_file(folder, text));
    CU_ASSERT_FALSE(digest_file("-", text));
    CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
    CU_ASSERT_FALSE(digest_file(path, text));
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the published value comes out however the bytes come",
         the_published_value_comes_out_however_the_bytes_come},
        {"a file has the digest of its bytes", a_file_has_the_digest_of_its_bytes},
        {"what can be read once only has none", what_can_be_read_once_only_has_none},
        CU_TEST_INFO_NULL,
    };

    return run_suite("digest", tests);
}
