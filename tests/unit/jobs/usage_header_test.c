/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/usage_header.h"

#include "tests/unit/base/suite.h"

static void the_app_s_highest_figure_counts(void)
{
    static const struct {
        const char *header;
        size_t count;
        int percent;
    } cases[] = {
        {"{\"call_count\":28,\"total_time\":25,\"total_cputime\":25}", 1, 28},
        {"{\"call_count\":1,\"total_time\":2,\"total_cputime\":93}", 1, 93},
        {"{\"call_count\":\"40\"}", 1, 40},
        {"{\"call_count\":-5}", 1, 0},
        {"{\"call_count\":99999999999}", 1, 1000000},
        {"{}", 0, 0},
        {"[]", 0, 0},
        {"28", 0, 0},
        {"{\"call_count\":", 0, 0},
        {"", 0, 0},
        {NULL, 0, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct usage usages[1] = {{.percent = 0}};
        CU_ASSERT_EQUAL(usage_read_app(cases[i].header, usages), cases[i].count);
        CU_ASSERT_EQUAL(usages[0].percent, cases[i].percent);
        check_text(usages[0].object_id, "");
    }
}

static void each_object_has_its_worst_entry(void)
{
    struct usage usages[USAGE_OBJECTS_MAX];
    const char *header = "{\"102290129340398\":[{\"type\":\"x\",\"call_count\":97,"
                         "\"total_cputime\":23,\"total_time\":23,"
                         "\"estimated_time_to_regain_access\":19},{\"type\":\"y\",\"call_count\":5,"
                         "\"estimated_time_to_regain_access\":0}],"
                         "\"5\":[{\"call_count\":7}],\"6\":[],\"7\":{},\"\":[{\"call_count\":1}],"
                         "\"01234567890123456789012345678901\":[{\"call_count\":1}]}";

    CU_ASSERT_EQUAL_FATAL(usage_read_business(header, usages), 2);
    check_text(usages[0].object_id, "102290129340398");
    CU_ASSERT_EQUAL(usages[0].percent, 97);
    CU_ASSERT_EQUAL(usages[0].regain_ms, 19 * 60 * 1000);
    check_text(usages[1].object_id, "5");
    CU_ASSERT_EQUAL(usages[1].percent, 7);
    CU_ASSERT_EQUAL(usages[1].regain_ms, 0);
}

static void a_broken_header_says_nothing(void)
{
    static const char *const headers[] = {
        NULL, "", "nonsense", "[]", "{", "{\"5\":[{}]}", "{\"5\":null}", "{\"5\":[null,7,\"x\"]}"};
    struct usage usages[USAGE_OBJECTS_MAX];

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        CU_ASSERT_EQUAL(usage_read_business(headers[i], usages), 0);
}

static void more_objects_than_meta_sends_are_cut(void)
{
    struct usage usages[USAGE_OBJECTS_MAX];
    char header[4096] = "{";
    size_t length = 1;

    for (int i = 0; i < USAGE_OBJECTS_MAX + 8; i++)
        length += (size_t)snprintf(header + length, sizeof header - length,
                                   "%s\"%d\":[{\"call_count\":%d}]", i > 0 ? "," : "", 100 + i, i);
    snprintf(header + length, sizeof header - length, "}");
    CU_ASSERT_EQUAL(usage_read_business(header, usages), USAGE_OBJECTS_MAX);
    CU_ASSERT_EQUAL(usages[USAGE_OBJECTS_MAX - 1].percent, USAGE_OBJECTS_MAX - 1);
}

static void an_endless_wait_is_bounded(void)
{
    struct usage usages[USAGE_OBJECTS_MAX];

    CU_ASSERT_EQUAL_FATAL(
        usage_read_business("{\"5\":[{\"estimated_time_to_regain_access\":9223372036854775807}]}",
                            usages),
        1);
    CU_ASSERT(usages[0].regain_ms > 0);
    CU_ASSERT(usages[0].regain_ms <= 24LL * 60 * 60 * 1000);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the app's highest figure counts", the_app_s_highest_figure_counts},
        {"each object has its worst entry", each_object_has_its_worst_entry},
        {"a broken header says nothing", a_broken_header_says_nothing},
        {"more objects than Meta sends are cut", more_objects_than_meta_sends_are_cut},
        {"an endless wait is bounded", an_endless_wait_is_bounded},
        CU_TEST_INFO_NULL};

    return run_suite("usage_header", tests);
}
