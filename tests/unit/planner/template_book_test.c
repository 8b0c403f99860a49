/* SPDX-License-Identifier: PostgreSQL */
#include "planner/template_book.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/planner/report_fixture.h"

static const char source_page[] =
    "[{\"id\":\"1\",\"name\":\"a\",\"language\":\"en\",\"status\":\"APPROVED\","
    "\"category\":\"UTILITY\",\"quality_score\":{\"score\":\"GREEN\"}},"
    "{\"id\":2,\"name\":\"a\",\"language\":\"fr\",\"status\":\"APPROVED\","
    "\"category\":\"UTILITY\",\"quality_score\":{\"score\":\"UNKNOWN\"}},"
    "{\"id\":\"3\",\"name\":\"b\",\"language\":\"en\",\"status\":\"APPROVED\","
    "\"quality_score\":{\"score\":\"RED\"}},"
    "{\"id\":\"4\",\"name\":\"c\",\"language\":\"en\",\"status\":\"REJECTED\"},"
    "{\"name\":7},3,null]";

static struct template_book *read_both(const char *destination)
{
    struct template_book *book = template_book_create();

    CU_ASSERT_FALSE(template_book_is_read(book, true));
    template_book_add_page(book, true, source_page, true);
    template_book_add_page(book, false, destination, true);
    CU_ASSERT_TRUE(template_book_is_read(book, true) && template_book_is_read(book, false));
    return book;
}

static const char *result_of(struct template_book *book, const char *name, const char *language)
{
    size_t count;
    const struct template_row *rows = template_book_rows(book, &count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, name) == 0 && strcmp(rows[i].language, language) == 0)
            return rows[i].result;
    }
    return "(none)";
}

static void test_only_what_qualifies_and_is_not_there_is_asked_for(void)
{
    struct template_book *book = read_both("[{\"id\":\"9\",\"name\":\"a\",\"language\":\"fr\","
                                           "\"status\":\"APPROVED\"},{\"id\":\"8\",\"name\":\"z\","
                                           "\"language\":\"en\",\"status\":\"APPROVED\"}]");
    const char *ids[4];
    size_t count;

    CU_ASSERT_EQUAL(template_book_missing(book), 1);
    CU_ASSERT_EQUAL(template_book_ask(book, 1000, 500, ids, 4), 1);
    CU_ASSERT_STRING_EQUAL(ids[0], "1");
    CU_ASSERT_EQUAL(template_book_ask(book, 1400, 500, ids, 4), 0); /* too recently */
    CU_ASSERT_EQUAL(template_book_ask(book, 9000, 5000, ids, 4), 1);
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "waiting");
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "fr"), "was_there");
    CU_ASSERT_STRING_EQUAL(result_of(book, "b", "en"), "not_qualified");
    (void)template_book_rows(book, &count);
    CU_ASSERT_EQUAL(count, 4); /* what the destination alone has is no difference */
    template_book_destroy(book);
}

static void test_a_refused_template_is_given_up_in_the_end(void)
{
    struct template_book *book = read_both("[]");
    const char *ids[4];

    for (int64_t i = 1; i <= TEMPLATE_BOOK_ASKS_MAX; i++) {
        CU_ASSERT_EQUAL(template_book_ask(book, i * 1000, i * 1000 - 1, ids, 4), 2);
        template_book_told(book, "1", "Formatting error");
        template_book_told(book, "no such id", "Formatting error");
    }
    CU_ASSERT_EQUAL(template_book_ask(book, 9000, 8999, ids, 4), 1);
    CU_ASSERT_STRING_EQUAL(ids[0], "2");
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "given_up");
    template_book_give_up(book, "limit");
    CU_ASSERT_EQUAL(template_book_missing(book), 0);
    template_book_destroy(book);
}

static void test_what_comes_is_copied_and_what_leaves_is_gone(void)
{
    struct template_book *book = read_both("[]");

    template_book_add_page(book, false,
                           "[{\"id\":\"9\",\"name\":\"a\",\"language\":\"en\","
                           "\"status\":\"APPROVED\",\"category\":\"MARKETING\"}]",
                           false);
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "category_changed");
    template_book_add_page(book, false,
                           "[{\"id\":\"10\",\"name\":\"a\",\"language\":\"fr\","
                           "\"status\":\"APPROVED\"}]",
                           true);
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "fr"), "copied");
    template_book_add_page(book, false, "[]", true);
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "gone");
    CU_ASSERT_EQUAL(template_book_missing(book), 0);
    template_book_destroy(book);
}

static void test_what_another_memory_knows_is_taken_over(void)
{
    struct template_book *book = read_both("[{\"id\":\"9\",\"name\":\"a\",\"language\":\"en\","
                                           "\"status\":\"APPROVED\"}]");
    const struct template_row known[] = {
        {.name = "a", .language = "en", .was_there_before = false, .is_asked = true},
        {.name = "a", .language = "fr", .given_up = "no_time"},
        {.name = "unknown", .language = "fr"},
    };

    for (size_t i = 0; i < 3; i++)
        template_book_remember(book, &known[i]);
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "copied");
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "fr"), "given_up");
    CU_ASSERT_STRING_EQUAL(result_of(book, "unknown", "fr"), "(none)");
    template_book_destroy(book);
}

static void test_thousands_of_pages_are_taken_in_order(void)
{
    struct template_book *book = template_book_create();
    static const char *ids[7000];
    char page[160];

    for (int i = 0; i < 6000; i++) {
        (void)snprintf(page, sizeof page,
                       "[{\"id\":\"%d\",\"name\":\"t%d\",\"language\":\"en\","
                       "\"status\":\"APPROVED\",\"quality_score\":{\"score\":\"GREEN\"}}]",
                       i, i);
        template_book_add_page(book, true, page, i == 5999);
    }
    template_book_add_page(book, false, "[]", true);
    CU_ASSERT_EQUAL(template_book_missing(book), 6000);
    CU_ASSERT_EQUAL(template_book_ask(book, 1, 0, ids, 500), 500);
    CU_ASSERT_EQUAL(template_book_ask(book, 1, 0, ids, 7000), 5500);
    template_book_told(book, "4711", "no");
    CU_ASSERT_STRING_EQUAL(result_of(book, "t4711", "en"), "waiting");
    template_book_destroy(book);
}

static void test_pages_that_are_none_change_nothing(void)
{
    static const char *const pages[] = {NULL, "", "{}", "[", "[[]]", "[{\"name\":\"a\"}]", "7"};
    struct template_book *book = template_book_create();
    size_t count;

    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        template_book_add_page(book, true, pages[i], true);
    (void)template_book_rows(book, &count);
    CU_ASSERT_EQUAL(count, 0);
    template_book_destroy(book);
    template_book_destroy(NULL);
}

int main(void)
{
    static const struct fixture_test tests[] = {
        {"only what qualifies and is not there is asked for",
         test_only_what_qualifies_and_is_not_there_is_asked_for},
        {"a refused template is given up in the end",
         test_a_refused_template_is_given_up_in_the_end},
        {"what comes is copied and what leaves is gone",
         test_what_comes_is_copied_and_what_leaves_is_gone},
        {"what another memory knows is taken over", test_what_another_memory_knows_is_taken_over},
        {"thousands of pages are taken in order", test_thousands_of_pages_are_taken_in_order},
        {"pages that are none change nothing", test_pages_that_are_none_change_nothing},
    };

    return fixture_run("template_book", tests, sizeof tests / sizeof tests[0]);
}
