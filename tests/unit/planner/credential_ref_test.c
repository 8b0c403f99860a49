/* SPDX-License-Identifier: PostgreSQL */
#include "planner/credential_ref.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/base/suite.h"

static const char VALUE[] = "opensesame";

static void credentials_are_read_from_a_variable_or_a_file(void)
{
    char path[] = "/tmp/credential_ref_test.XXXXXX";
    int file = mkstemp(path);
    char reference[64];
    struct secret *secret = NULL;

    CU_ASSERT_EQUAL(write(file, "opensesame\n", 11), 11);
    close(file);
    setenv("CREDENTIAL_REF_TEST", VALUE, 1);
    snprintf(reference, sizeof reference, "file:%s", path);
    const char *const references[] = {"env:CREDENTIAL_REF_TEST", reference};
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(credential_ref_resolve(references[i], &secret, NULL), STATUS_OK);
        CU_ASSERT_PTR_NOT_NULL_FATAL(secret);
        check_text(secret_reveal(secret), VALUE);
        secret_destroy(secret);
    }
    unlink(path);
    unsetenv("CREDENTIAL_REF_TEST");
}

static void what_is_missing_is_named(void)
{
    /* clang-format off */
    static const struct { const char *reference, *part; } cases[] = {
        {"env:CREDENTIAL_REF_ABSENT", "CREDENTIAL_REF_ABSENT"},
        {"file:/nowhere/at/all", "/nowhere/at/all"},
    };
    /* clang-format on */
    unsetenv("CREDENTIAL_REF_ABSENT");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault = FAULT_NONE;
        struct secret *secret = NULL;
        CU_ASSERT_EQUAL(credential_ref_resolve(cases[i].reference, &secret, &fault),
                        STATUS_CREDENTIAL);
        CU_ASSERT_PTR_NULL(secret);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, cases[i].part));
    }
}

static void what_is_no_reference_is_refused_and_not_repeated(void)
{
    static const char *const references[] = {
        "opensesame", "ENV:opensesame", "env:", "file:", "", "vault:opensesame"};
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        struct fault fault = FAULT_NONE;
        struct secret *secret = NULL;
        CU_ASSERT_EQUAL(credential_ref_resolve(references[i], &secret, &fault), STATUS_INVALID);
        CU_ASSERT_PTR_NULL(secret);
        CU_ASSERT_PTR_NULL(strstr(fault.message, VALUE));
    }
    struct secret *secret = NULL;
    CU_ASSERT_EQUAL(credential_ref_resolve(NULL, &secret, NULL), STATUS_INVALID);
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"credentials are read from a variable or a file", credentials_are_read_from_a_variable_or_a_file},
        {"what is missing is named", what_is_missing_is_named},
        {"what is no reference is refused and not repeated", what_is_no_reference_is_refused_and_not_repeated},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    return run_suite("credential_ref", tests);
}
