/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/lease.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/base/suite.h"

static struct lease_terms terms_of(const char *lease)
{
    struct lease_terms terms;
    struct fault fault = FAULT_NONE;

    if (lease)
        setenv("WABAMIGRATE_LEASE", lease, 1);
    else
        unsetenv("WABAMIGRATE_LEASE");
    CU_ASSERT_EQUAL_FATAL(lease_terms_read(&terms, &fault), STATUS_OK);
    unsetenv("WABAMIGRATE_LEASE");
    return terms;
}

static void a_worker_that_lives_never_comes_near_an_end(void)
{
    static const char *const leases[] = {NULL, "", "1s", "6s", "90s", "1h"};

    for (size_t i = 0; i < sizeof leases / sizeof leases[0]; i++) {
        struct lease_terms terms = terms_of(leases[i]);
        int64_t recording_ms = terms.margin_ms - terms.transfer_ms;
        CU_ASSERT(recording_ms > 0); /* after the last answer there is time to record it */
        /* At the worst moment, just before a renewal has come back, it may still send. */
        CU_ASSERT(terms.lease_ms - terms.renewal_ms - recording_ms > terms.margin_ms);
        /* What was claimed ahead waits for one transfer to end, then has its own. */
        CU_ASSERT(terms.step_ms - terms.margin_ms > terms.transfer_ms + terms.renewal_ms);
        /* Others find a silent worker out, whatever step it holds. */
        CU_ASSERT(terms.step_ms > terms.lease_ms);
        /* A wait for a lock ends, and the lease is renewed, before it runs out. */
        CU_ASSERT(terms.lock_ms + terms.renewal_ms + terms.margin_ms < terms.lease_ms);
        /* A server that waits for a lock is not taken for a frozen one, and a frozen one is given
         * up while the lease still holds. */
        CU_ASSERT(terms.lock_ms < terms.silence_ms);
        CU_ASSERT(terms.silence_ms + terms.renewal_ms < terms.lease_ms);
    }
}

static void the_lease_is_a_minute_and_a_half_unless_told_otherwise(void)
{
    static const struct {
        const char *text;
        int64_t lease_ms, transfer_ms;
    } cases[] = {
        {NULL, 90000, 30000}, {"", 90000, 30000}, {"6s", 6000, 2000}, {"3m", 180000, 60000}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_EQUAL(terms_of(cases[i].text).lease_ms, cases[i].lease_ms);
        CU_ASSERT_EQUAL(terms_of(cases[i].text).transfer_ms, cases[i].transfer_ms);
    }
}

static void what_is_no_duration_is_refused_by_name(void)
{
    static const char *const texts[] = {"90", "soon", "0s", "-1s"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct lease_terms terms;
        struct fault fault = FAULT_NONE;
        setenv("WABAMIGRATE_LEASE", texts[i], 1);
        CU_ASSERT_EQUAL(lease_terms_read(&terms, &fault), STATUS_INVALID);
        CU_ASSERT_EQUAL(strncmp(fault.message, "WABAMIGRATE_LEASE: ", 19), 0);
    }
    unsetenv("WABAMIGRATE_LEASE");
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a worker that lives never comes near an end",
         a_worker_that_lives_never_comes_near_an_end},
        {"the lease is a minute and a half unless told otherwise",
         the_lease_is_a_minute_and_a_half_unless_told_otherwise},
        {"what is no duration is refused by name", what_is_no_duration_is_refused_by_name},
        CU_TEST_INFO_NULL,
    };

    return run_suite("lease", tests);
}
