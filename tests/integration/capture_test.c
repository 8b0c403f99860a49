/* SPDX-License-Identifier: PostgreSQL */
/* Signup results, line by line: what is taken, what is refused and why, and where the code goes. */
#include <stdlib.h>
#include <unistd.h>

#include "orchestrator/capture.h"
#include "orchestrator/pg.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

#define CODE "AQ-marker-of-a-code"

static PGconn *conn;
static struct vault *vault;

/* ---- helpers ---- */

/* Feeds the text; what was said on standard error comes back in `said`. */
static struct capture_counts feed(const char *text, size_t bytes, char *said, size_t said_bytes)
{
    struct capture_counts counts = {0};
    struct fault fault = FAULT_NONE;
    FILE *lines = tmpfile(), *errors = tmpfile();

    CU_ASSERT_FATAL(lines != NULL && errors != NULL);
    CU_ASSERT_EQUAL_FATAL(fwrite(text, 1, bytes, lines), bytes);
    rewind(lines);
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    dup2(fileno(errors), STDERR_FILENO);
    enum status status = capture_stream(conn, vault, lines, "lines", &counts, &fault);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    CU_ASSERT_EQUAL(status, STATUS_OK);
    rewind(errors);
    size_t count = fread(said, 1, said_bytes - 1, errors);
    said[count] = '\0';
    fclose(lines);
    fclose(errors);
    return counts;
}

static const char *name_of(struct capture_counts counts)
{
    unsigned sum = counts.taken + counts.known + counts.refused + counts.passed;

    return sum == 0         ? "nothing"
           : sum != 1       ? "several"
           : counts.taken   ? "taken"
           : counts.known   ? "known"
           : counts.refused ? "refused"
                            : "passed";
}

static void load(const char *manifest)
{
    CU_ASSERT_FATAL(worker_load(conn, manifest) > 0);
}

static void begin(void)
{
    testbed_clear(conn);
    load(WORKER_BOOK);
}

/* One session message: the customer (NULL: left out), the event, and what stands in `data`. */
#define MESSAGE(event, data, rest) \
    "{\"type\":\"WA_EMBEDDED_SIGNUP\",\"event\":\"" event "\",\"data\":{" data "}" rest "}"
#define FLORIST ",\"customer\":\"florist-lune\""
#define BAKERY ",\"customer\":\"bakery-lune\""
#define WITH_CODE ",\"code\":\"" CODE "\""
#define IDS(waba, phone, business) \
    "\"waba_id\":\"" waba "\",\"phone_number_id\":\"" phone "\",\"business_id\":\"" business "\""

/* ---- the lines ---- */

/* clang-format off */
static const struct {
    const char *sentence, *line, *wanted, *said;
} cases[] = {
    {"an empty line is no line", "", "nothing", NULL},
    {"a line that is not JSON", "waba 900200", "refused", "lines:1: "},
    {"a cut line", "{\"type\":\"WA_EMBEDDED_SIGNUP\",\"event\":\"FINI", "refused", "lines:1: "},
    {"a list", "[{\"type\":\"WA_EMBEDDED_SIGNUP\"}]", "refused", "lines:1: "},
    {"another message of the browser's", "{\"type\":\"PING\"}", "refused", "session message"},
    {"no event", "{\"type\":\"WA_EMBEDDED_SIGNUP\"}", "refused", "missing"},
    {"an unknown event", MESSAGE("FINISH_SOMEHOW", IDS("900200", "610201", "700200"), FLORIST),
     "refused", "FINISH_SOMEHOW"},
    {"an event that moves nothing",
     MESSAGE("FINISH_GRANT_ONLY_API_ACCESS", IDS("900200", "610201", "700200"), FLORIST),
     "refused", "repeat it with the number"},
    {"an event that shares the number with the app",
     MESSAGE("FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", IDS("900200", "610201", "700200"), FLORIST),
     "refused", "no move between WABAs"},
    {"a signup that was left", MESSAGE("CANCEL", "\"current_step\":\"PHONE_NUMBER_SETUP\"", FLORIST),
     "passed", "send the link again"},
    {"a signup that failed", MESSAGE("ERROR", "\"error_message\":\"x\"", FLORIST), "passed",
     "send the link again"},
    {"no ids", MESSAGE("FINISH", "", FLORIST), "refused", "data.waba_id"},
    {"a WABA id that is none", MESSAGE("FINISH", IDS("9002OO", "610201", "700200"), FLORIST),
     "refused", "data.waba_id"},
    {"a number id that is none", MESSAGE("FINISH", IDS("900200", "+44 20", "700200"), FLORIST),
     "refused", "data.phone_number_id"},
    {"an unknown customer",
     MESSAGE("FINISH", IDS("900200", "610201", "700200"), ",\"customer\":\"nobody\""), "refused",
     "nobody"},
    {"an unknown batch",
     MESSAGE("FINISH", IDS("900200", "610201", "700200"), FLORIST ",\"batch\":\"other\""), "refused",
     "florist-lune"},
    {"ids that name nobody", MESSAGE("FINISH", IDS("909090", "610909", "700909"), ""), "refused",
     "add \"customer\""},
    {"another business's signup", MESSAGE("FINISH", IDS("900200", "610201", "700999"), FLORIST),
     "refused", "business 700999"},
    {"another customer's destination", MESSAGE("FINISH", IDS("900100", "610201", "700200"), FLORIST),
     "refused", "bakery-lune"},
    {"the customer's own source", MESSAGE("FINISH", IDS("800200", "610201", "700200"), FLORIST),
     "refused", "moves away from"},
    {"another customer's source", MESSAGE("FINISH", IDS("800100", "610201", "700200"), FLORIST),
     "refused", "bakery-lune"},

    {"a whole signup", MESSAGE("FINISH", IDS("900200", "610201", "700200"),
     WITH_CODE FLORIST ",\"batch\":\"book\""), "taken", NULL},
    {"the same line again", MESSAGE("FINISH", IDS("900200", "610201", "700200"),
     WITH_CODE FLORIST ",\"batch\":\"book\""), "known", NULL},
    {"the same signup, written in another order",
     "{\"code\":\"" CODE "\",\"event\":\"FINISH\",\"data\":{\"business_id\":\"700200\","
     "\"waba_id\":\"900200\",\"phone_number_id\":\"610201\"},\"type\":\"WA_EMBEDDED_SIGNUP\"}",
     "known", NULL},
    {"the same signup with a new code", MESSAGE("FINISH", IDS("900200", "610201", "700200"),
     ",\"code\":\"" CODE "-2\"" FLORIST), "taken", NULL},
    {"the next number of the same WABA", MESSAGE("FINISH", IDS("900200", "610202", "700200"),
     FLORIST), "taken", NULL},
    {"a second, different WABA", MESSAGE("FINISH", IDS("900201", "610203", "700200"), FLORIST),
     "refused", "900200 already"},
    {"a number id that another customer's signup brought",
     MESSAGE("FINISH", IDS("900100", "610201", "700100"), BAKERY), "refused", "florist-lune"},
    {"ids alone, where the destination is known", MESSAGE("FINISH", IDS("900100", "610101", "700100"),
     ""), "taken", NULL},
    {"the older shape, without a business",
     "{\"type\":\"WA_EMBEDDED_SIGNUP\",\"version\":3,\"event\":\"FINISH\","
     "\"data\":{\"waba_id\":\"900100\",\"phone_number_id\":\"610102\"}}", "taken", NULL},
    {"a signup without a number", MESSAGE("FINISH_ONLY_WABA",
     "\"waba_id\":\"900100\",\"business_id\":\"700100\"", BAKERY), "taken", NULL},
};
/* clang-format on */
#define CASE_COUNT (sizeof cases / sizeof cases[0])

static void every_line_is_taken_or_refused_for_its_own_reason(void)
{
    char said[2048];

    begin();
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct capture_counts counts =
            feed(cases[i].line, strlen(cases[i].line), said, sizeof said);
        bool is_said = cases[i].said ? strstr(said, cases[i].said) != NULL : said[0] == '\0';
        if (strcmp(name_of(counts), cases[i].wanted) != 0 || !is_said)
            fprintf(stderr, "\n    %s: %s: %s\n", cases[i].sentence, name_of(counts), said);
        CU_ASSERT_STRING_EQUAL(name_of(counts), cases[i].wanted);
        CU_ASSERT_TRUE(is_said);
        CU_ASSERT_PTR_NULL(strstr(said, CODE));
    }
    testbed_expect(conn, "SELECT destination_waba_id FROM wabamigrate.customer ORDER BY key",
                   "900100 900200");
}

static void a_bad_line_costs_no_other_line(void)
{
    char text[16384], said[8192];
    struct capture_counts wanted = {0}, counts;
    size_t used = 0;

    begin();
    for (size_t i = 0; i < CASE_COUNT; i++) {
        wanted.taken += strcmp(cases[i].wanted, "taken") == 0;
        wanted.known += strcmp(cases[i].wanted, "known") == 0;
        wanted.refused += strcmp(cases[i].wanted, "refused") == 0;
        wanted.passed += strcmp(cases[i].wanted, "passed") == 0;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", cases[i].line,
                                 i % 2 ? "\n" : "\r\n");
    }
    CU_ASSERT_FATAL(used < sizeof text);
    counts = feed(text, used, said, sizeof said);
    CU_ASSERT_EQUAL(counts.taken, wanted.taken);
    CU_ASSERT_EQUAL(counts.known, wanted.known);
    CU_ASSERT_EQUAL(counts.refused, wanted.refused);
    CU_ASSERT_EQUAL(counts.passed, wanted.passed);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        char at[32];
        snprintf(at, sizeof at, "lines:%zu: ", i + 1);
        CU_ASSERT_EQUAL(strstr(said, at) != NULL, cases[i].said != NULL);
    }

    counts = feed(text, used, said, sizeof said); /* the whole file once more */
    CU_ASSERT_EQUAL(counts.taken, 0);
    CU_ASSERT_EQUAL(counts.known, wanted.taken + wanted.known);
}

static void a_line_that_is_too_long_costs_no_other_line(void)
{
    static const char good[] = "\n" MESSAGE("FINISH", IDS("900200", "610201", "700200"), "") "\n";
    size_t padding = 70 * 1024;
    char said[1024], *text = memory_take(padding + sizeof good);

    begin();
    memset(text, ' ', padding);
    memcpy(text, "{\"type\":\"WA_EMBEDDED_SIGNUP\",", 29);
    memcpy(text + padding, good, sizeof good);
    struct capture_counts counts = feed(text, padding + sizeof good - 1, said, sizeof said);
    free(text);
    CU_ASSERT_EQUAL(counts.refused, 1);
    CU_ASSERT_EQUAL(counts.taken, 1); /* found by the business: its destination was not known */
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "lines:1: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "64 KiB"));
}

static void feed_one(const char *line, const char *wanted)
{
    char said[1024];
    struct capture_counts counts = feed(line, strlen(line), said, sizeof said);

    if (strcmp(name_of(counts), wanted) != 0)
        fprintf(stderr, "\n    %s\n", said);
    CU_ASSERT_STRING_EQUAL(name_of(counts), wanted);
}

/* The same customer in a second book, with other numbers. */
static void load_second_book(void)
{
    char *text = memory_copy_text(WORKER_BOOK), *at;

    memcpy(strstr(text, "batch: book"), "batch: next", 11);
    while ((at = strstr(text, "+331")))
        memcpy(at, "+336", 4);
    while ((at = strstr(text, "+44207")))
        memcpy(at, "+44208", 6);
    load(text);
    free(text);
}

static void a_customer_of_two_batches_needs_the_batch_named(void)
{
    begin();
    load_second_book();
    feed_one(MESSAGE("FINISH", IDS("900200", "610201", "700200"), FLORIST), "refused");
    feed_one(MESSAGE("FINISH", IDS("900200", "610201", "700200"), FLORIST ",\"batch\":\"next\""),
             "taken");
    testbed_expect(conn,
                   "SELECT b.name || '=' || coalesce(c.destination_waba_id, 'none')"
                   "  FROM wabamigrate.customer c JOIN wabamigrate.batch b USING (batch_id)"
                   " WHERE c.key = 'florist-lune' ORDER BY b.name",
                   "book=none next=900200");
    testbed_do(conn, "UPDATE wabamigrate.batch SET state = 'cancelled' WHERE name = 'next'");
    feed_one(MESSAGE("FINISH", IDS("900200", "610201", "700200"), FLORIST), "taken");
    testbed_expect(conn,
                   "SELECT count(*) FROM wabamigrate.customer"
                   " WHERE key = 'florist-lune' AND destination_waba_id = '900200'",
                   "2");
}

/* What a cancelled batch's signup brought is free again, whatever the customer is called there. */
static void what_was_cancelled_holds_nothing(void)
{
    begin();
    load_second_book();
    testbed_do(conn, "UPDATE wabamigrate.customer SET key = 'florist' WHERE key = 'florist-lune'"
                     " AND batch_id = (SELECT min(batch_id) FROM wabamigrate.batch)");
    feed_one(MESSAGE("FINISH", IDS("900200", "610201", "700200"), ",\"customer\":\"florist\""),
             "taken");
    feed_one(MESSAGE("FINISH", IDS("900200", "610201", "700200"), FLORIST), "refused");
    testbed_do(conn, "UPDATE wabamigrate.batch SET state = 'cancelled' WHERE name = 'book'");
    feed_one(MESSAGE("FINISH", IDS("900200", "610201", "700200"), FLORIST), "taken");
}

/* Partners number their customers: "1" of another book may be another business. */
static void the_same_key_of_another_business_is_another_customer(void)
{
    begin();
    load_second_book();
    testbed_do(conn, "UPDATE wabamigrate.customer SET business_id = '700299'"
                     " WHERE key = 'florist-lune'"
                     " AND batch_id = (SELECT max(batch_id) FROM wabamigrate.batch)");
    feed_one(MESSAGE("FINISH", IDS("900200", "610201", "700200"), FLORIST ",\"batch\":\"book\""),
             "taken");
    feed_one(MESSAGE("FINISH", "\"waba_id\":\"900200\"", FLORIST ",\"batch\":\"next\""), "refused");
    feed_one(MESSAGE("FINISH", "\"waba_id\":\"900201\",\"phone_number_id\":\"610201\"",
                     FLORIST ",\"batch\":\"next\""),
             "refused");
}

static void a_code_is_kept_sealed_and_nowhere_else(void)
{
    static const char *const tables[] = {"customer", "capture", "step", "batch"};
    char sql[256];
    struct worker worker;

    begin();
    feed_one(MESSAGE("FINISH", IDS("900200", "610201", "700200"), WITH_CODE FLORIST), "taken");
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM wabamigrate.%s t"
                 " WHERE t::text LIKE '%%" CODE "%%'"
                 "    OR t::text LIKE '%%' || encode('" CODE "', 'hex') || '%%'",
                 tables[i]);
        testbed_expect(conn, sql, "0");
    }
    worker_open(&worker,
                strtoll(testbed_ask(conn, "SELECT batch_id FROM wabamigrate.batch"), NULL, 10));
    worker_flush(&worker, 64);
    worker_settle(&worker, worker_find(&worker, "await_signup", "florist-lune"), OUTCOME_DONE);
    worker_flush(&worker, 64);
    struct task *task = worker_find(&worker, "exchange_code", "florist-lune");
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    CU_ASSERT_STRING_EQUAL(secret_reveal(task->facts.signup_code), CODE);
    worker_close(&worker);
}

/* A customer whose token is spent signs up again, long after the first code was exchanged. */
static void a_new_code_has_what_was_done_looked_at_again(void)
{
    struct worker worker;

    begin();
    feed_one(MESSAGE("FINISH", IDS("900200", "610201", "700200"), WITH_CODE FLORIST), "taken");
    worker_open(&worker,
                strtoll(testbed_ask(conn, "SELECT batch_id FROM wabamigrate.batch"), NULL, 10));
    worker_work_until(&worker, NULL);
    testbed_expect(conn, "SELECT DISTINCT state FROM wabamigrate.step", "done");
    feed_one(
        MESSAGE("FINISH", IDS("900200", "610201", "700200"), ",\"code\":\"" CODE "-2\"" FLORIST),
        "taken");
    testbed_expect(conn, "SELECT kind FROM wabamigrate.step WHERE state = 'ready' ORDER BY ordinal",
                   "exchange_code read_destination");
    worker_expect_prerequisites(conn);
    worker_work_until(&worker, NULL);
    worker_expect_prerequisites(conn);
    testbed_expect(conn, "SELECT DISTINCT state FROM wabamigrate.step", "done");
    /* What was there before the signup is read again when that was long ago. */
    testbed_do(conn, "UPDATE wabamigrate.step SET moved_at = moved_at - interval '61 minutes'");
    feed_one(
        MESSAGE("FINISH", IDS("900200", "610201", "700200"), ",\"code\":\"" CODE "-3\"" FLORIST),
        "taken");
    testbed_expect(conn, "SELECT kind FROM wabamigrate.step WHERE state = 'ready' ORDER BY ordinal",
                   "read_source exchange_code read_destination");
    worker_close(&worker);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"every line is taken or refused for its own reason",
         every_line_is_taken_or_refused_for_its_own_reason},
        {"a bad line costs no other line", a_bad_line_costs_no_other_line},
        {"a line that is too long costs no other line",
         a_line_that_is_too_long_costs_no_other_line},
        {"a customer of two batches needs the batch named",
         a_customer_of_two_batches_needs_the_batch_named},
        {"what was cancelled holds nothing", what_was_cancelled_holds_nothing},
        {"the same key of another business is another customer",
         the_same_key_of_another_business_is_another_customer},
        {"a code is kept sealed and nowhere else", a_code_is_kept_sealed_and_nowhere_else},
        {"a new code has what was done looked at again",
         a_new_code_has_what_was_done_looked_at_again},
        CU_TEST_INFO_NULL,
    };
    char key_file[256];
    int status = 1;

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    snprintf(key_file, sizeof key_file, "%s/key", testbed_directory());
    if (vault_open_or_create(key_file, &vault, NULL) == STATUS_OK) {
        vault_adopt_digest_key(vault, vault_make_digest_key());
        status = run_suite("capture", tests);
    }
    vault_close(vault);
    PQfinish(conn);
    testbed_stop();
    return status;
}
