/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/argument_secrets.h"

#include "tests/unit/base/suite.h"

static void passwords_are_hidden_and_nothing_else_is(void)
{
    /* clang-format off */
    static const struct { const char *argument, *shown; } cases[] = {
        {"run", "run"},
        {"book.yaml", "book.yaml"},
        {"--only=+33123456789", "--only=+33123456789"},
        {"--database=postgresql://host/name", "--database=postgresql://host/name"},
        {"postgresql://user@host/name", "postgresql://user@host/name"},
        {"postgresql://user:pw@host:5432/name", "postgresql://user:**@host:5432/name"},
        {"--database=postgresql://user:pw@host/name", "--database=postgresql://user:**@host/name"},
        {"postgresql://user:p@w@host/name", "postgresql://user:***@host/name"},
        {"postgresql://user:p/w@h1,h2/name", "postgresql://user:***@h1,h2/name"},
        {"postgresql://host/name?user=u&password=pw", "postgresql://host/name?user=u&password=**"},
        {"host=h password=pw user=u", "host=h password=*********"},
        {"host=h password = 'p w'", "host=h password *******"},
        {"host=h sslpassword=pw", "host=h sslpassword=**"},
        {"host=h PASSWORD=pw", "host=h PASSWORD=**"},
        {"https://user:pw@graph.example", "https://user:**@graph.example"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128];
        char *argv[] = {text, NULL};
        snprintf(text, sizeof text, "%s", cases[i].argument);
        char **copies = argument_secrets_hide(1, argv);
        check_text(text, cases[i].shown);
        check_text(copies[0], cases[i].argument);
        CU_ASSERT_PTR_NULL(copies[1]);
        argument_secrets_release(copies);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"passwords are hidden and nothing else is", passwords_are_hidden_and_nothing_else_is},
        CU_TEST_INFO_NULL};

    return run_suite("argument_secrets", tests);
}
