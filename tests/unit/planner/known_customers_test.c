/* SPDX-License-Identifier: PostgreSQL */
#include "planner/known_customers.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/base/suite.h"

enum { COUNT = 20000 };

static const char *id_of(unsigned i, char id[32])
{
    snprintf(id, 32, "customer-%u", i);
    return id;
}

static void fill(struct known_customers *customers)
{
    char id[32];

    for (unsigned i = 0; i < COUNT; i++) {
        struct manifest_customer customer = {.id = id_of(i, id), .business_id = id};
        if (i % 2)
            customer.name = "Bakery Lune";
        if (i % 3 == 0) {
            customer.attest[0] = (struct manifest_attestation){"two_step_off", "2026-11-20"};
            customer.attest_count = 1;
        }
        known_customers_add(customers, &customer,
                            (struct manifest_place){i % 5 ? FILE_YAML : FILE_ROWS, i + 1, i});
    }
}

static unsigned count_wrong(const struct known_customers *customers, unsigned i)
{
    static const struct manifest_attestation attested = {"two_step_off", "2026-11-20"};
    char id[32], other_id[40];
    const struct known_customer *known = known_customers_find(customers, id_of(i, id));
    struct manifest_customer same = {.business_id = id}, other = {.business_id = other_id};

    snprintf(other_id, sizeof other_id, "%s ", id);
    if (!known)
        return 1;
    struct manifest_place place = known_customer_place(known);
    bool is_itself = strcmp(known_customer_id(known), id) == 0 && place.line == i + 1 &&
                     place.column == i && place.file == (i % 5 ? FILE_YAML : FILE_ROWS);
    bool agrees =
        known_customer_agrees(known, &same, offsetof(struct manifest_customer, business_id)) &&
        !known_customer_agrees(known, &other, offsetof(struct manifest_customer, business_id)) &&
        known_customer_agrees(known, &same, offsetof(struct manifest_customer, name)) ==
            (i % 2 == 0) &&
        known_customer_attested(known, &attested) == (i % 3 == 0);
    return is_itself && agrees ? 0 : 1;
}

static void each_customer_is_found_again_as_it_was(void)
{
    struct known_customers customers = {0};
    unsigned wrong = 0;

    CU_ASSERT_PTR_NULL(known_customers_find(&customers, "customer-1"));
    fill(&customers);
    CU_ASSERT_EQUAL(customers.count, COUNT);
    for (unsigned i = 0; i < COUNT; i++)
        wrong += count_wrong(&customers, i);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_PTR_NULL(known_customers_find(&customers, "customer-"));
    known_customers_finish(&customers);
}

static void expect_next(void *self, const struct known_customer *known)
{
    unsigned *next = self;
    char id[32];

    if (strcmp(known_customer_id(known), id_of(*next, id)) == 0)
        ++*next;
}

/* One of them is longer than a block. */
static void they_come_in_the_order_of_the_book(void)
{
    static char long_id[100000];
    struct known_customers customers = {0};
    struct manifest_customer customer = {.id = memset(long_id, 'x', sizeof long_id - 1)};
    unsigned next = 0;

    fill(&customers);
    known_customers_add(&customers, &customer, (struct manifest_place){FILE_ROWS, 1, 99999});
    known_customers_each(&customers, expect_next, &next);
    CU_ASSERT_EQUAL(next, COUNT);
    const struct known_customer *known = known_customers_find(&customers, long_id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(known);
    CU_ASSERT_EQUAL(known_customer_place(known).column, UINT16_MAX);
    known_customers_finish(&customers);
    known_customers_finish(NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"each customer is found again as it was", each_customer_is_found_again_as_it_was},
        {"they come in the order of the book", they_come_in_the_order_of_the_book},
        CU_TEST_INFO_NULL,
    };

    return run_suite("known_customers", tests);
}
