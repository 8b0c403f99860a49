/* SPDX-License-Identifier: PostgreSQL */
#include "planner/template_book.h"

#include <CUnit/Basic.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "tests/unit/planner/report_fixture.h"

static struct arena *arena;

#define GREEN "\"status\":\"APPROVED\",\"category\":\"UTILITY\",\"quality\":\"GREEN\"}"
#define WHOLE(list) "{\"list\":[" list "],\"is_first\":true,\"is_last\":true}"
#define A_EN "{\"id\":\"1\",\"name\":\"a\",\"language\":\"en\"," GREEN
#define A_FR "{\"id\":2,\"name\":\"a\",\"language\":\"fr\"," GREEN

static const char source_page[] =
    WHOLE(A_EN "," A_FR ",{\"id\":\"3\",\"name\":\"b\",\"language\":\"en\","
               "\"status\":\"APPROVED\",\"quality\":\"RED\"},"
               "{\"id\":\"4\",\"name\":\"c\",\"language\":\"en\",\"status\":\"REJECTED\"},"
               "{\"name\":7},3,null");

static struct template_book *read_both(const char *destination)
{
    struct template_book *book = template_book_create();

    CU_ASSERT_FALSE(template_book_is_read(book, true));
    template_book_learn_page(book, true, source_page);
    template_book_learn_page(book, false, destination);
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

static bool has_fact(const struct template_book *book, int64_t now_ms, const char *fact)
{
    const char *facts = template_book_facts(book, now_ms, 7, arena);
    bool is_there = strstr(facts, fact) != NULL;

    if (!is_there)
        fprintf(stderr, "\nno %s in %s\n", fact, facts);
    return is_there;
}

static void test_only_what_qualifies_and_is_not_there_is_asked_for(void)
{
    struct template_book *book =
        read_both(WHOLE("{\"id\":\"9\",\"name\":\"a\",\"language\":\"fr\"," GREEN
                        ",{\"id\":\"8\",\"name\":\"z\",\"language\":\"en\"," GREEN));
    size_t count;

    CU_ASSERT_EQUAL(template_book_missing(book), 1);
    CU_ASSERT(has_fact(book, 1000, "\"source_total\":4"));
    CU_ASSERT(has_fact(book, 1000, "\"ids\":[\"1\"]"));
    CU_ASSERT(has_fact(book, 1000, "\"is_empty\":false"));
    CU_ASSERT(has_fact(book, 1000, "\"wait_ms\":7"));
    template_book_learn_news(book, "{\"asked\":[\"1\"],\"pause_ms\":500}", 1000);
    CU_ASSERT(has_fact(book, 1400, "\"ids\":[]")); /* too recently */
    CU_ASSERT(has_fact(book, 1400, "\"due_ms\":1500"));
    CU_ASSERT(has_fact(book, 1500, "\"ids\":[\"1\"]"));
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "waiting");
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "fr"), "copied");
    CU_ASSERT_STRING_EQUAL(result_of(book, "b", "en"), "not_qualified");
    (void)template_book_rows(book, &count);
    CU_ASSERT_EQUAL(count, 4); /* what the destination alone has is no difference */
    template_book_destroy(book);
}

static void test_a_refused_template_is_given_up_in_the_end(void)
{
    struct template_book *book = read_both(WHOLE(""));

    for (int64_t i = 1; i <= TEMPLATE_BOOK_REFUSALS_MAX; i++) {
        CU_ASSERT(has_fact(book, i * 1000, "\"ids\":[\"1\",\"2\"]"));
        template_book_learn_news(book,
                                 "{\"asked\":[\"1\"],\"failed\":{\"1\":\"Formatting error\","
                                 "\"no such id\":\"x\"},\"pause_ms\":5,\"refused_pause_ms\":9}",
                                 i * 1000);
    }
    CU_ASSERT(has_fact(book, 9000, "\"ids\":[\"2\"]"));
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "given_up");
    template_book_learn_news(book, "{\"given_up\":\"limit\",\"refusal\":\"full\"}", 9000);
    CU_ASSERT_EQUAL(template_book_missing(book), 0);
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "fr"), "given_up");
    template_book_destroy(book);
}

static void test_a_lost_answer_counts_as_asked(void)
{
    struct template_book *book = read_both(WHOLE(""));

    template_book_learn_news(book, "{\"all\":true,\"pause_ms\":300}", 1000);
    CU_ASSERT(has_fact(book, 1200, "\"asked\":2"));
    CU_ASSERT(has_fact(book, 1200, "\"ids\":[]"));
    template_book_destroy(book);
}

static void test_what_comes_is_copied_and_what_leaves_is_gone(void)
{
    struct template_book *book = read_both(WHOLE(""));

    template_book_learn_page(book, false,
                             "{\"list\":[{\"id\":\"9\",\"name\":\"a\",\"language\":\"en\","
                             "\"status\":\"APPROVED\",\"category\":\"MARKETING\"}],"
                             "\"is_first\":true,\"is_last\":false}");
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "category_changed");
    template_book_learn_page(book, false,
                             "{\"list\":[{\"id\":\"10\",\"name\":\"a\",\"language\":\"fr\","
                             "\"status\":\"APPROVED\"}],\"is_first\":false,\"is_last\":true}");
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "category_changed");
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "fr"), "copied");
    template_book_learn_page(book, false, WHOLE(""));
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "gone");
    CU_ASSERT_EQUAL(template_book_missing(book), 0);
    template_book_destroy(book);
}

static void test_what_another_memory_knows_is_taken_over(void)
{
    struct template_book *book = read_both(
        WHOLE("{\"id\":\"9\",\"name\":\"a\",\"language\":\"en\",\"status\":\"APPROVED\"}"));
    const struct template_row known[] = {
        {.name = "a", .language = "en", .was_there_before = true},
        {.name = "a", .language = "fr", .given_up = "no_time"},
        {.name = "unknown", .language = "fr"},
    };

    for (size_t i = 0; i < 3; i++)
        template_book_remember(book, &known[i]);
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "en"), "was_there");
    CU_ASSERT_STRING_EQUAL(result_of(book, "a", "fr"), "given_up");
    CU_ASSERT_STRING_EQUAL(result_of(book, "unknown", "fr"), "(none)");
    template_book_destroy(book);
}

static void test_flows_are_named_until_they_are_copied_or_refused(void)
{
    struct template_book *book = template_book_create();

    template_book_learn_page(book, true,
                             WHOLE("{\"id\":\"1\",\"name\":\"a\",\"language\":\"en\","
                                   "\"status\":\"APPROVED\",\"flows\":[\"71\",\"72\",\"71\"]}"));
    CU_ASSERT(has_fact(book, 0, "\"flows\":[]"));
    template_book_learn_flows(book, "{\"source\":[{\"id\":\"71\",\"name\":\"one\"},"
                                    "{\"id\":\"72\",\"name\":\"two\"},"
                                    "{\"id\":\"73\",\"name\":\"of no template\"}]}");
    CU_ASSERT(has_fact(book, 0, "\"flows\":[\"one\",\"two\"]"));
    CU_ASSERT_TRUE(template_book_needs_flows(book));
    template_book_learn_flows(book, "{\"asked\":[\"one\",\"two\"],\"copied\":{\"one\":\"9\"}}");
    CU_ASSERT(has_fact(book, 0, "\"flows\":[\"two\"]"));
    template_book_learn_page(book, false,
                             WHOLE("{\"id\":\"9\",\"name\":\"a\",\"language\":\"en\","
                                   "\"status\":\"APPROVED\"}"));
    CU_ASSERT_FALSE(template_book_needs_flows(book)); /* nothing that is missing opens it */
    template_book_learn_page(book, false, WHOLE(""));
    template_book_learn_flows(book, "{\"failed\":{\"two\":\"no\"}}");
    CU_ASSERT(has_fact(book, 0, "\"flows\":[]"));
    template_book_destroy(book);
}

static void test_a_closed_source_is_told(void)
{
    struct template_book *book = template_book_create();

    CU_ASSERT_PTR_NULL(template_book_unread(book));
    template_book_learn_news(book, "{\"unread\":\"code 200\"}", 0);
    CU_ASSERT_STRING_EQUAL(template_book_unread(book), "code 200");
    CU_ASSERT_PTR_NULL(strstr(template_book_facts(book, 0, 0, arena), "source_total"));
    template_book_destroy(book);
}

static void test_no_more_ids_than_a_call_takes_of_thousands(void)
{
    struct template_book *book = template_book_create();
    char page[240];

    for (int i = 0; i < 6000; i++) {
        (void)snprintf(page, sizeof page,
                       "{\"list\":[{\"id\":\"%d\",\"name\":\"t%d\",\"language\":\"en\"," GREEN
                       "],\"is_first\":%s,\"is_last\":%s}",
                       i, i, i == 0 ? "true" : "false", i == 5999 ? "true" : "false");
        template_book_learn_page(book, true, page);
    }
    template_book_learn_page(book, false, WHOLE(""));
    CU_ASSERT_EQUAL(template_book_missing(book), 6000);
    struct json_object *facts = json_tokener_parse(template_book_facts(book, 1, 1, arena)), *ids;
    CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(facts, "ids", &ids));
    CU_ASSERT_EQUAL(json_object_array_length(ids), 500);
    (void)json_object_put(facts);
    template_book_learn_news(book, "{\"failed\":{\"4711\":\"no\"}}", 1);
    CU_ASSERT_STRING_EQUAL(result_of(book, "t4711", "en"), "waiting");
    template_book_destroy(book);
}

static void test_what_is_no_page_changes_nothing(void)
{
    static const char *const pages[] = {
        NULL, "", "{}", "[", "[[]]", "{\"list\":7}", "{\"list\":[{\"name\":\"a\"}]}", "7"};
    struct template_book *book = template_book_create();
    size_t count;

    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        template_book_learn_page(book, true, pages[i]);
        template_book_learn_news(book, pages[i], 1);
        template_book_learn_flows(book, pages[i]);
    }
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
        {"a lost answer counts as asked", test_a_lost_answer_counts_as_asked},
        {"what comes is copied and what leaves is gone",
         test_what_comes_is_copied_and_what_leaves_is_gone},
        {"what another memory knows is taken over", test_what_another_memory_knows_is_taken_over},
        {"flows are named until they are copied or refused",
         test_flows_are_named_until_they_are_copied_or_refused},
        {"a closed source is told", test_a_closed_source_is_told},
        {"no more ids than a call takes, of thousands",
         test_no_more_ids_than_a_call_takes_of_thousands},
        {"what is no page changes nothing", test_what_is_no_page_changes_nothing},
    };

    arena = arena_create();
    int code = fixture_run("template_book", tests, sizeof tests / sizeof tests[0]);
    arena_destroy(arena);
    return code;
}
