/* SPDX-License-Identifier: PostgreSQL */
/* Which addresses libpq may see, and that none is repeated. */
#include "orchestrator/conninfo.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/base/suite.h"

static void addresses_are_taken_or_refused_and_never_repeated(void)
{
    /* clang-format off */
    static const struct { const char *conninfo, *part; } cases[] = {
        {NULL, NULL},
        {"", NULL},
        {"wabamigrate", NULL},
        {"host=/nowhere password=hunter2 port=5432", NULL},
        {"postgresql://me:hunter2@db.example:5432/name?sslmode=verify-full", NULL},
        {"postgresql://me:hunter%402%2F@a:5432,b:5433/name?target_session_attrs=read-write", NULL},
        {"postgresql:///name?host=/run/postgresql", NULL},
        {"postgres://me@[::1]/name", NULL},
        {"postgresql://me:a@hunter2@db.example/name", "%40 for @"},
        {"postgresql://me:hunter2/x@db.example/name", "%2F for /"},
        {"postgresql://me:x?dbname=hunter2@db.example", "%40 for @"},
        {"postgresql://me:x@db.example/name?application_name=hunter2@y", "%40 for @"},
        {"postgresql://me:hunter2", "port is not a number"},
        {"postgresql://me@db.example:hunter2/name", "port is not a number"},
        {"host=db.example port=hunter2", "port is not a number"},
        {"postgresql://me:hunter2%zz@db.example/name", "not one that libpq understands"},
        {"postgresql://me:hunter2@[::1/name", "not one that libpq understands"},
        {"hunter2://db.example", "not one that libpq understands"},
        {"host=/nowhere password='hunter2", "not one that libpq understands"},
        {"host=/nowhere password=a hunter2", "not one that libpq understands"},
        {"hunter2=x", "not one that libpq understands"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault = FAULT_NONE;
        enum status status = conninfo_check(cases[i].conninfo, &fault);
        bool is_right = cases[i].part ? status == STATUS_DATABASE &&
                                            strstr(fault.message, cases[i].part) != NULL
                                      : status == STATUS_OK;
        if (!is_right)
            fprintf(stderr, "\n    %s: %s\n", cases[i].conninfo, fault.message);
        CU_ASSERT_TRUE(is_right);
        CU_ASSERT_PTR_NULL(strstr(fault.message, "hunter2"));
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"addresses are taken or refused, and never repeated",
         addresses_are_taken_or_refused_and_never_repeated},
        CU_TEST_INFO_NULL,
    };

    return run_suite("conninfo", tests);
}
