/* SPDX-License-Identifier: PostgreSQL */
/* What the database makes of lists of templates and of calls that copy them: which may be asked
 * for, and what the difference says of each. */
#include <stdlib.h>

#include "orchestrator/pg.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

#define PAGE(list) "{\"is_first\":true,\"is_last\":true,\"is_before\":false,\"list\":[" list "]}"
#define PAGE_BEFORE(list) \
    "{\"is_first\":true,\"is_last\":true,\"is_before\":true,\"list\":[" list "]}"
#define PAGE_PART(first, last, list) \
    "{\"is_first\":" first ",\"is_last\":" last ",\"is_before\":false,\"list\":[" list "]}"
#define ONE(id, name, status, quality)                                                  \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"language\":\"fr\",\"status\":\"" status \
    "\",\"category\":\"UTILITY\",\"quality\":\"" quality "\",\"rejected_reason\":\"NONE\"}"
#define OTHER_CATEGORY(id, name)                                                            \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"language\":\"fr\",\"status\":\"APPROVED\"," \
    "\"category\":\"MARKETING\",\"quality\":\"UNKNOWN\"}"
#define ASKED(ids, failed)                                                                    \
    "{\"asked\":[" ids "],\"failed\":{" failed "},\"pause_ms\":3600000,\"refused_pause_ms\":" \
    "30000}"

enum news { SOURCE, DESTINATION, CALL };

/* One after the other, of one WABA, so many seconds after the case has begun. */
struct move {
    const char *sentence;
    int at_s;
    enum news news;
    const char *json;
    const char *difference; /* "name result/reason", by name */
    const char *ids;        /* that may be asked for now */
};

static void tell(const struct move *move)
{
    const char *id = testbed_ask(conn, "SELECT '{' || customer_id || '}' FROM wabamigrate.customer"
                                       " WHERE key = 'bakery-lune'");
    char customer[32], sql[96];
    struct buffer array;
    struct fault fault = FAULT_NONE;

    snprintf(customer, sizeof customer, "%s", id);
    snprintf(sql, sizeof sql, "SET wabamigrate.clock_offset = '%d'", move->at_s);
    testbed_do(conn, sql);
    buffer_init(&array, 65536);
    CU_ASSERT_EQUAL(buffer_append_text(&array, "{\""), STATUS_OK);
    for (const char *at = move->json; *at; at++)
        CU_ASSERT_EQUAL(buffer_printf(&array, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at),
                        STATUS_OK);
    CU_ASSERT_EQUAL(buffer_append_text(&array, "\"}"), STATUS_OK);
    const char *page[] = {customer, move->news == SOURCE ? "{t}" : "{f}", buffer_text(&array)};
    const char *news[] = {customer, buffer_text(&array)};
    enum status status = move->news == CALL
                             ? pg_query(conn, SQL_LEARN_TEMPLATE_NEWS, 2, news, NULL, &fault)
                             : pg_query(conn, SQL_LEARN_TEMPLATES, 3, page, NULL, &fault);
    if (status != STATUS_OK)
        fprintf(stderr, "\n  %s: %s\n", move->sentence, fault.message);
    CU_ASSERT_EQUAL(status, STATUS_OK);
    buffer_finish(&array);
}

static void check_moves(const struct move *moves, size_t count)
{
    testbed_clear(conn);
    testbed_do(conn, "SET wabamigrate.clock_offset = '0'");
    CU_ASSERT_FATAL(worker_load(conn, WORKER_BOOK) > 0);
    for (size_t i = 0; i < count; i++) {
        unsigned failures = CU_get_number_of_failures();
        tell(&moves[i]);
        testbed_expect(
            conn,
            "SELECT string_agg(name || ' ' || result || coalesce('/' || reason, ''), ', '"
            "                  ORDER BY name) FROM wabamigrate.template_difference",
            moves[i].difference);
        testbed_expect(
            conn,
            "SELECT (SELECT string_agg(i, ',' ORDER BY i) FROM jsonb_array_elements_text("
            "          CASE WHEN jsonb_typeof(f -> 'ids') = 'array' THEN f -> 'ids' ELSE '[]' END) "
            "i)"
            "  FROM (SELECT wabamigrate.template_facts(customer_id)::jsonb AS f"
            "          FROM wabamigrate.customer WHERE key = 'bakery-lune') c",
            moves[i].ids);
        if (CU_get_number_of_failures() > failures)
            fprintf(stderr, "  after: %s\n", moves[i].sentence);
    }
    testbed_do(conn, "RESET wabamigrate.clock_offset");
}
#define CHECK(moves) check_moves(moves, sizeof(moves) / sizeof((moves)[0]))
#define DAY 86400

/* clang-format off */
static const struct move copied[] = {
    {"the source is listed", 0, SOURCE,
     PAGE(ONE("1", "a", "APPROVED", "GREEN") "," ONE("2", "b", "APPROVED", "UNKNOWN") "," ONE("3", "c", "APPROVED", "RED") "," ONE("4", "d", "PAUSED", "GREEN")),
     "a missing/not_asked, b missing/not_asked, c not_qualified/quality, d not_qualified/status", "1,2"},
    {"one of them is there before", 1, DESTINATION, PAGE_BEFORE(ONE("91", "a", "APPROVED", "GREEN")),
     "a was_there, b missing/not_asked, c not_qualified/quality, d not_qualified/status", "2"},
    {"the other is asked for, and refused", 2, CALL, ASKED("\"2\"", "\"2\":\"why\""),
     "a was_there, b waiting/refused, c not_qualified/quality, d not_qualified/status", "-"},
    {"it may be asked for again after a while", 40, DESTINATION, PAGE(ONE("91", "a", "APPROVED", "GREEN")),
     "a was_there, b waiting/refused, c not_qualified/quality, d not_qualified/status", "2"},
    {"and is taken", 41, CALL, ASKED("\"2\"", ""),
     "a was_there, b waiting/asked, c not_qualified/quality, d not_qualified/status", "-"},
    {"it shows, and Meta still looks at it", 60, DESTINATION, PAGE(ONE("91", "a", "APPROVED", "GREEN") "," ONE("92", "b", "PENDING", "UNKNOWN")),
     "a was_there, b waiting/pending, c not_qualified/quality, d not_qualified/status", "-"},
    {"it is approved in another category", 70, DESTINATION, PAGE(ONE("91", "a", "APPROVED", "GREEN") "," OTHER_CATEGORY("92", "b")),
     "a was_there, b category_changed/category, c not_qualified/quality, d not_qualified/status", "-"},
    {"somebody deletes the copy", 80, DESTINATION, PAGE(ONE("91", "a", "APPROVED", "GREEN")),
     "a was_there, b gone/destination, c not_qualified/quality, d not_qualified/status", "-"},
    {"it is there again", 90, DESTINATION, PAGE(ONE("91", "a", "APPROVED", "GREEN") "," ONE("92", "b", "PAUSED", "RED")),
     "a was_there, b paused, c not_qualified/quality, d not_qualified/status", "-"},
};

static const struct move given_up[] = {
    {"the source is listed", 0, SOURCE, PAGE(ONE("1", "a", "APPROVED", "GREEN") "," ONE("2", "b", "APPROVED", "GREEN")),
     "a missing/not_asked, b missing/not_asked", "1,2"},
    {"the first is refused", 1, CALL, ASKED("\"1\"", "\"1\":\"why\""), "a waiting/refused, b missing/not_asked", "2"},
    {"twice", 100, CALL, ASKED("\"1\"", "\"1\":\"why\""), "a waiting/refused, b missing/not_asked", "2"},
    {"three times is enough", 500, CALL, ASKED("\"1\"", "\"1\":\"why\""), "a given_up/refused, b missing/not_asked", "2"},
    {"the second has no room", 501, CALL, "{\"given_up\":\"limit\",\"refusal\":\"full\"}", "a given_up/refused, b given_up/limit", "-"},
    {"but it comes all the same", 600, DESTINATION, PAGE(ONE("92", "b", "APPROVED", "UNKNOWN")), "a given_up/refused, b copied", "-"},
};

static const struct move in_parts[] = {
    {"a list's first page says nothing of what is not on it", 0, SOURCE, PAGE_PART("true", "false", ONE("1", "a", "APPROVED", "GREEN")),
     "a missing/not_asked", "1"},
    {"its last one does", 1, SOURCE, PAGE_PART("false", "true", ONE("2", "b", "APPROVED", "GREEN")),
     "a missing/not_asked, b missing/not_asked", "1,2"},
    {"what a later list has no more is gone from the source", 10, SOURCE, PAGE_PART("true", "false", ONE("2", "b", "ARCHIVED", "GREEN")),
     "a missing/not_asked, b not_qualified/status", "1"},
    {"once it is read to its end", 11, SOURCE, PAGE_PART("false", "true", ""), "a gone/source, b not_qualified/status", "-"},
};

static const struct move after[] = {
    {"the source is listed", 0, SOURCE,
     PAGE(ONE("1", "a", "APPROVED", "GREEN") "," ONE("2", "b", "APPROVED", "UNKNOWN") "," ONE("3", "c", "APPROVED", "GREEN")),
     "a missing/not_asked, b missing/not_asked, c missing/not_asked", "1,2,3"},
    {"what Meta copies by itself is left to it", 1, CALL, "{\"automatic_pause_ms\":1800000}",
     "a missing/not_asked, b missing/not_asked, c missing/not_asked", "2"},
    {"what comes is a copy, and what cannot come was there", 2, DESTINATION,
     PAGE(ONE("91", "a", "APPROVED", "UNKNOWN") "," ONE("92", "b", "APPROVED", "GREEN")),
     "a copied, b was_there, c missing/not_asked", "-"},
    {"half an hour later the rest may be asked for", 1900, DESTINATION, PAGE(ONE("91", "a", "APPROVED", "UNKNOWN") "," ONE("92", "b", "APPROVED", "GREEN")),
     "a copied, b was_there, c missing/not_asked", "3"},
    {"an answer is lost: all that a page may have named counts as asked for", 1901, CALL, "{\"all\":true,\"pause_ms\":300000}",
     "a copied, b was_there, c waiting/asked", "-"},
    {"and is asked for again when it has not come", 2300, DESTINATION, PAGE(ONE("91", "a", "APPROVED", "UNKNOWN") "," ONE("92", "b", "APPROVED", "GREEN")),
     "a copied, b was_there, c waiting/asked", "3"},
    {"until the time is over", 7 * DAY, CALL, "{\"given_up\":\"time\"}", "a copied, b was_there, c given_up/not_seen", "-"},
};
/* clang-format on */

static void a_template_is_told_by_name_and_language_whatever_becomes_of_it(void)
{
    CHECK(copied);
}

static void what_is_refused_or_finds_no_room_is_given_up_with_its_reason(void)
{
    CHECK(given_up);
}

static void what_is_on_no_page_of_a_whole_list_is_gone(void)
{
    CHECK(in_parts);
}

/* Deleted by whoever did not want it: it does not come back by itself. */
static const struct move deleted[] = {
    {"a template", 0, SOURCE, PAGE(ONE("1", "a", "APPROVED", "UNKNOWN")), "a missing/not_asked",
     "1"},
    {"is asked for", 1, CALL, ASKED("\"1\"", ""), "a waiting/asked", "-"},
    {"and comes", 2, DESTINATION, PAGE(ONE("91", "a", "APPROVED", "UNKNOWN")), "a copied", "-"},
    {"it is deleted there, and not asked for again", 7200, DESTINATION, PAGE(""),
     "a gone/destination", "-"},
    {"nor a day later", DAY + 7200, DESTINATION, PAGE(""), "a gone/destination", "-"},
    {"somebody makes it again", 2 * DAY, DESTINATION, PAGE(ONE("92", "a", "PENDING", "UNKNOWN")),
     "a waiting/pending", "-"},
};

static void a_copy_that_was_deleted_is_not_asked_for_again(void)
{
    CHECK(deleted);
}

static void what_comes_by_itself_is_not_asked_for(void)
{
    CHECK(after);
}

static void a_copy_is_settled_when_it_is_a_day_old_and_decided_on(void)
{
    static const char settled[] =
        "SELECT string_agg(name || coalesce(' ' || (settled_at IS NOT NULL), ''),"
        " ', ' ORDER BY name) FROM wabamigrate.template";
    static const struct move moves[] = {
        {"", 0, SOURCE,
         PAGE(ONE("1", "a", "APPROVED", "GREEN") "," ONE("2", "b", "APPROVED", "GREEN")), "", ""},
        {"", 1, CALL, ASKED("\"1\",\"2\"", ""), "", ""},
        {"", 2, DESTINATION,
         PAGE(ONE("91", "a", "APPROVED", "UNKNOWN") "," ONE("92", "b", "PENDING", "UNKNOWN")), "",
         ""},
        {"", DAY - 10, DESTINATION,
         PAGE(ONE("91", "a", "APPROVED", "UNKNOWN") "," ONE("92", "b", "APPROVED", "UNKNOWN")), "",
         ""},
        {"", DAY + 3, DESTINATION,
         PAGE(ONE("91", "a", "APPROVED", "GREEN") "," ONE("92", "b", "IN_APPEAL", "UNKNOWN")), "",
         ""},
        {"", 2 * DAY + 3, DESTINATION,
         PAGE(ONE("91", "a", "APPROVED", "GREEN") "," ONE("92", "b", "REJECTED", "UNKNOWN")), "",
         ""},
    };
    static const char *const wanted[] = {"a false, b false", "a false, b false", "a false, b false",
                                         "a false, b false", "a true, b false",  "a true, b true"};

    testbed_clear(conn);
    CU_ASSERT_FATAL(worker_load(conn, WORKER_BOOK) > 0);
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        tell(&moves[i]);
        testbed_expect(conn, settled, wanted[i]);
    }
    testbed_do(conn, "RESET wabamigrate.clock_offset");
}

static void the_settings_of_each_plan_are_those_of_the_paths(void)
{
    testbed_expect(
        conn,
        "SELECT string_agg(wabamigrate.settings_of(r, t)::text, ' ' ORDER BY r NULLS FIRST, t)"
        "  FROM (VALUES (NULL), ('DE')) a (r)"
        " CROSS JOIN (VALUES ('after_register'), ('before_register'), ('leave')) b (t)",
        "{templates} {templates,templates_before} {} {data_localization_region,templates}"
        " {data_localization_region,templates,templates_before} {data_localization_region}");
}

static void a_customer_whose_templates_failed_says_so_though_its_numbers_are_done(void)
{
    testbed_clear(conn);
    CU_ASSERT_FATAL(worker_load(conn, WORKER_BOOK) > 0);
    testbed_do(conn,
               "UPDATE wabamigrate.step SET state = 'done' WHERE number_id IS NOT NULL;"
               "INSERT INTO wabamigrate.step (batch_id, customer_id, path, kind, ordinal,"
               "                              urgency, state, prereqs_left, phase, error)"
               " SELECT c.batch_id, c.customer_id, p.path, p.kind, p.ordinal, 1, 'failed', 0,"
               "        p.first_phase, '{\"title\": \"Two businesses\", \"remedy\": \"Retry.\"}'"
               "   FROM wabamigrate.customer c JOIN wabamigrate.path_step p"
               "     ON p.path = 'embedded_signup' AND p.kind = 'settle_templates'"
               "  WHERE c.key = 'bakery-lune'");
    char batch_id[24];
    const char *values[] = {batch_id, NULL};
    PGresult *rows = NULL;
    struct fault fault = FAULT_NONE;
    snprintf(batch_id, sizeof batch_id, "%s",
             testbed_ask(conn, "SELECT batch_id FROM wabamigrate.batch"));
    CU_ASSERT_EQUAL_FATAL(pg_query(conn, SQL_REPORT_TEMPLATES, 2, values, &rows, &fault),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(PQntuples(rows), 1);
    CU_ASSERT_STRING_EQUAL(PQgetvalue(rows, 0, PQfnumber(rows, "source_templates_unread")),
                           "Two businesses. Retry.");
    PQclear(rows);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a template is told by name and language, whatever becomes of it",
         a_template_is_told_by_name_and_language_whatever_becomes_of_it},
        {"what is refused or finds no room is given up with its reason",
         what_is_refused_or_finds_no_room_is_given_up_with_its_reason},
        {"what is on no page of a whole list is gone", what_is_on_no_page_of_a_whole_list_is_gone},
        {"a copy that was deleted is not asked for again",
         a_copy_that_was_deleted_is_not_asked_for_again},
        {"what comes by itself is not asked for", what_comes_by_itself_is_not_asked_for},
        {"a copy is settled when it is a day old and decided on",
         a_copy_is_settled_when_it_is_a_day_old_and_decided_on},
        {"a customer whose templates failed says so though its numbers are done",
         a_customer_whose_templates_failed_says_so_though_its_numbers_are_done},
        {"the settings of each plan are those of the paths",
         the_settings_of_each_plan_are_those_of_the_paths},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("template", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
