/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/body.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "base/fault.h"
#include "tests/unit/base/suite.h"

static void text_is_text_or_a_whole_number(void)
{
    static const struct {
        const char *json, *text;
    } cases[] = {
        {"{\"id\":\"610100\"}", "610100"},
        {"{\"id\":610100}", "610100"},
        {"{\"id\":\"\"}", NULL},
        {"{\"id\":null}", NULL},
        {"{\"id\":true}", NULL},
        {"{\"id\":{}}", NULL},
        {"{\"id\":[\"6\"]}", NULL},
        {"{\"id\":1.5}", NULL},
        {"{}", NULL},
        {"[\"id\"]", NULL},
        {"\"id\"", NULL},
        {"7", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BODY_OWNED *body = json_tokener_parse(cases[i].json);
        const char *text = body_text(body, "id");
        CU_ASSERT_PTR_NOT_NULL(body);
        check_text(text != NULL ? text : "(none)",
                   cases[i].text != NULL ? cases[i].text : "(none)");
        CU_ASSERT_EQUAL(body_text_is(body, "id", cases[i].text), cases[i].text != NULL);
        CU_ASSERT(!body_text_is(body, "id", "another"));
    }
    CU_ASSERT_PTR_NULL(body_text(NULL, "id"));
}

static void integers_come_as_numbers_or_text(void)
{
    static const struct {
        const char *json;
        bool is_integer;
        int64_t value;
    } cases[] = {
        {"{\"n\":190}", true, 190},
        {"{\"n\":\"190\"}", true, 190},
        {"{\"n\":-3}", true, -3},
        {"{\"n\":19.9}", true, 19},
        {"{\"n\":\"19x\"}", false, 0},
        {"{\"n\":\"\"}", false, 0},
        {"{\"n\":1e300}", false, 0},
        {"{\"n\":NaN}", false, 0},
        {"{\"n\":null}", false, 0},
        {"{\"n\":[190]}", false, 0},
        {"{}", false, 0},
        {"{\"n\":\"99999999999999999999\"}", false, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BODY_OWNED *body = json_tokener_parse(cases[i].json);
        int64_t value = 0;
        CU_ASSERT_PTR_NOT_NULL(body);
        CU_ASSERT_EQUAL(body_integer(body, "n", &value), cases[i].is_integer);
        CU_ASSERT_EQUAL(value, cases[i].value);
    }
}

static void truth_is_neither_absent_nor_false(void)
{
    static const struct {
        const char *json;
        bool is_true, is_false;
    } cases[] = {
        {"{\"b\":true}", true, false},
        {"{\"b\":false}", false, true},
        {"{\"b\":\"true\"}", true, false},
        {"{\"b\":\"False\"}", false, true},
        {"{\"b\":1}", false, false},
        {"{\"b\":null}", false, false},
        {"{}", false, false},
        {"[]", false, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BODY_OWNED *body = json_tokener_parse(cases[i].json);
        CU_ASSERT_EQUAL(body_is_true(body, "b"), cases[i].is_true);
        CU_ASSERT_EQUAL(body_is_false(body, "b"), cases[i].is_false);
    }
}

static void a_list_goes_on_only_where_it_says_so(void)
{
    static const struct {
        const char *json;
        size_t length;
        bool has_list, has_next;
        const char *cursor;
    } cases[] = {
        {"{\"data\":[1,2]}", 2, true, false, NULL},
        {"{\"data\":{}}", 0, false, false, NULL},
        {"{}", 0, false, false, NULL},
        {"{\"data\":[],\"paging\":{\"cursors\":{\"after\":\"A\"}}}", 0, true, false, NULL},
        {"{\"data\":[],\"paging\":{\"cursors\":{\"after\":\"A\"},\"next\":\"u\"}}", 0, true, true,
         "A"},
        {"{\"data\":[],\"paging\":{\"next\":\"u\"}}", 0, true, true, NULL},
        {"{\"data\":[],\"paging\":[]}", 0, true, false, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BODY_OWNED *body = json_tokener_parse(cases[i].json);
        const char *cursor = body_next_cursor(body);
        CU_ASSERT_EQUAL(body_list(body) != NULL, cases[i].has_list);
        CU_ASSERT_EQUAL(body_length(body_list(body)), cases[i].length);
        CU_ASSERT_EQUAL(body_has_next_page(body), cases[i].has_next);
        CU_ASSERT_EQUAL(cursor != NULL, cases[i].cursor != NULL);
        if (cursor != NULL && cases[i].cursor != NULL)
            check_text(cursor, cases[i].cursor);
    }
}

static void what_the_database_would_refuse_counts_as_no_json(void)
{
    static const struct {
        const char *text, *written; /* NULL: refused */
    } cases[] = {
        {"{\"a\":[1,true,null,\"\\u00e9\"]}", "{\"a\":[1,true,null,\"\xc3\xa9\"]}"},
        {"{\"a\":1.}", "{\"a\":1.0}"},
        {"{\"a\":-.5}", "{\"a\":-0.5}"},
        {"{\"a\":\"\\ud800\"}", "{\"a\":\"\xef\xbf\xbd\"}"},
        {"17", "17"},
        {" {} \r\n\t", "{}"},
        {"{}{}", NULL},
        {"{\"a\":1}<html>", NULL},
        {"17 18", NULL},
        {"", NULL},
        {"null", NULL},
        {"{\"a\":", NULL},
        {"<html>", NULL},
        {"{\"a\":NaN}", NULL},
        {"{\"a\":[-Infinity]}", NULL},
        {"{\"a\":1e999}", NULL},
        {"{\"a\":{\"b\":\"c\\u0000d\"}}", NULL},
        {"{\"a\":\"\xc0\xaf\"}", NULL},
        {"{\"a\":\"\xed\xa0\x80\"}", NULL},
        {"{\"caf\xe9\":1}", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        BODY_OWNED *body = body_parse(cases[i].text, strlen(cases[i].text));
        check_text(body == NULL ? "(refused)"
                                : json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN),
                   cases[i].written == NULL ? "(refused)" : cases[i].written);
    }
}

/* "[[],[],…]", or "[[[…]]]". */
static bool is_taken(size_t count, bool is_deep)
{
    char *text = memory_take(count * 3 + 3), *at = text;

    *at++ = '[';
    for (size_t i = 1; i < count; i++) {
        at += is_deep ? 0 : sprintf(at, "%s[]", i > 1 ? "," : "");
        if (is_deep)
            *at++ = '[';
    }
    for (size_t i = 1; is_deep && i < count; i++)
        *at++ = ']';
    *at++ = ']';
    *at = '\0';
    BODY_OWNED *body = body_parse(text, (size_t)(at - text));
    free(text);
    return body != NULL;
}

static void depth_and_number_of_values_have_their_ceilings(void)
{
    CU_ASSERT_TRUE(is_taken(BODY_DEPTH_MAX - 1, true));
    CU_ASSERT_FALSE(is_taken(BODY_DEPTH_MAX + 1, true));
    CU_ASSERT_FALSE(is_taken(100000, true));
    CU_ASSERT_TRUE(is_taken(BODY_VALUES_MAX / 2, false));
    CU_ASSERT_FALSE(is_taken(BODY_VALUES_MAX, false));
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"text is text or a whole number", text_is_text_or_a_whole_number},
        {"integers come as numbers or text", integers_come_as_numbers_or_text},
        {"truth is neither absent nor false", truth_is_neither_absent_nor_false},
        {"a list goes on only where it says so", a_list_goes_on_only_where_it_says_so},
        {"what the database would refuse counts as no JSON",
         what_the_database_would_refuse_counts_as_no_json},
        {"depth and number of values have their ceilings",
         depth_and_number_of_values_have_their_ceilings},
        CU_TEST_INFO_NULL};

    return run_suite("body", tests);
}
