/* SPDX-License-Identifier: PostgreSQL */
#include "planner/manifest.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buffer.h"
#include "tests/unit/base/suite.h"

/* --- a sink that writes down what it is given ---------------------------------------------------
 */

struct notes {
    struct buffer problems; /* "book.yaml:3:5: key: what\n" */
    struct buffer places;   /* "book.yaml:3:5: key\n" */
    struct buffer records;  /* "customer a ...\n", "number a +33...\n", "batch ...\n" */
    unsigned customers, numbers, batches, problem_count;
    bool is_counting;        /* keep no text */
    unsigned refused_number; /* the sink fails at this number */
};

static void note(struct buffer *buffer, const char *name, const char *value)
{
    if (value)
        CU_ASSERT_EQUAL(buffer_printf(buffer, " %s=%s", name, value), STATUS_OK);
}

static void note_settings(struct buffer *buffer, const struct manifest_settings *settings)
{
    note(buffer, "path", settings->path);
    note(buffer, "currency", settings->waba_currency);
    note(buffer, "templates", settings->templates);
    note(buffer, "region", settings->data_localization_region);
    note(buffer, "code", settings->code_method);
    note(buffer, "language", settings->language);
    note(buffer, "wait", settings->templates_wait);
    note(buffer, "settle", settings->templates_settle);
}

static enum status note_batch(void *self, const struct manifest_batch *batch, struct fault *fault)
{
    struct notes *notes = self;
    struct buffer *text = &notes->records;
    (void)fault;
    notes->batches++;
    CU_ASSERT_EQUAL(buffer_printf(text, "batch %s", batch->batch), STATUS_OK);
    note(text, "business", batch->business_id);
    note(text, "app", batch->app_id);
    note(text, "line", batch->credit_line_id);
    note(text, "method", batch->credit_method);
    note(text, "user", batch->system_user_id);
    note(text, "token", batch->system_token_ref);
    note(text, "secret", batch->app_secret_ref);
    note(text, "version", batch->graph_version);
    note_settings(text, &batch->defaults);
    CU_ASSERT_EQUAL(buffer_append_text(text, "\n"), STATUS_OK);
    return STATUS_OK;
}

static enum status note_customer(void *self, const struct manifest_customer *customer,
                                 struct fault *fault)
{
    struct notes *notes = self;
    struct buffer *text = &notes->records;
    (void)fault;
    notes->customers++;
    if (notes->is_counting)
        return STATUS_OK;
    CU_ASSERT_EQUAL(
        buffer_printf(text, "customer %s %s:%u", customer->id, customer->file, customer->line),
        STATUS_OK);
    note(text, "name", customer->name);
    note(text, "business", customer->business_id);
    note(text, "source", customer->source_waba_id);
    note(text, "destination", customer->destination_waba_id);
    note(text, "token", customer->token_ref);
    note(text, "source_token", customer->source_token_ref);
    note(text, "uri", customer->webhook_override_callback_uri);
    note(text, "verify", customer->webhook_verify_token_ref);
    for (unsigned i = 0; i < customer->attest_count; i++)
        note(text, customer->attest[i].rule, customer->attest[i].date);
    note_settings(text, &customer->settings);
    CU_ASSERT_EQUAL(buffer_append_text(text, "\n"), STATUS_OK);
    return STATUS_OK;
}

static enum status note_number(void *self, const struct manifest_number *number,
                               struct fault *fault)
{
    struct notes *notes = self;
    struct buffer *text = &notes->records;
    if (++notes->numbers == notes->refused_number)
        return fault_set(fault, STATUS_DATABASE, "the sink is full");
    if (notes->is_counting)
        return STATUS_OK;
    CU_ASSERT_EQUAL(buffer_printf(text, "number %s %s+%s %s:%u", number->customer_id,
                                  number->number.country_code, number->number.national,
                                  number->file, number->line),
                    STATUS_OK);
    note(text, "source", number->source_phone_number_id);
    note(text, "id", number->phone_number_id);
    note_settings(text, &number->settings);
    CU_ASSERT_EQUAL(buffer_append_text(text, "\n"), STATUS_OK);
    return STATUS_OK;
}

static void note_problem(void *self, const char *file, unsigned line, unsigned column,
                         const char *key, const char *what)
{
    struct notes *notes = self;
    notes->problem_count++;
    if (notes->is_counting)
        return;
    CU_ASSERT_EQUAL(
        buffer_printf(&notes->problems, "%s:%u:%u: %s: %s\n", file, line, column, key, what),
        STATUS_OK);
    CU_ASSERT_EQUAL(buffer_printf(&notes->places, "%s:%u:%u: %s\n", file, line, column, key),
                    STATUS_OK);
}

static void notes_init(struct notes *notes)
{
    *notes = (struct notes){0};
    buffer_init(&notes->problems, 1 << 20);
    buffer_init(&notes->places, 1 << 20);
    buffer_init(&notes->records, 1 << 20);
}

static void notes_finish(struct notes *notes)
{
    buffer_finish(&notes->problems);
    buffer_finish(&notes->places);
    buffer_finish(&notes->records);
}

/* --- books --------------------------------------------------------------------------------------
 */

static void write_file(const char *name, const char *bytes, size_t count)
{
    FILE *stream = fopen(name, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, count, stream), count);
    fclose(stream);
}

static enum status read_book(struct notes *notes, bool check_credentials, struct fault *fault)
{
    struct manifest_sink sink = {notes, note_batch, note_customer, note_number, note_problem};
    return manifest_read("book.yaml", check_credentials, &sink, fault);
}

/* Reads one book given as text (and rows.csv, unless NULL). A book is refused exactly when it has a
 * problem, and only a good one reaches the batch. */
static void read_text(struct notes *notes, const char *yaml, const char *rows)
{
    struct fault fault = FAULT_NONE;

    notes_init(notes);
    write_file("book.yaml", yaml, strlen(yaml));
    if (rows)
        write_file("rows.csv", rows, strlen(rows));
    enum status status = read_book(notes, false, &fault);
    CU_ASSERT_EQUAL(status, notes->problem_count > 0 ? STATUS_INVALID : STATUS_OK);
    CU_ASSERT_EQUAL(notes->batches, notes->problem_count > 0 ? 0 : 1);
}

static void expect_records(const char *yaml, const char *rows, const char *records)
{
    struct notes notes;
    read_text(&notes, yaml, rows);
    check_text(buffer_text(&notes.problems), "");
    check_text(buffer_text(&notes.records), records);
    notes_finish(&notes);
}

/* Exactly one problem, that begins with `place` and says `part`. */
static void expect_problem(const char *yaml, const char *rows, const char *place, const char *part)
{
    struct notes notes;
    read_text(&notes, yaml, rows);
    const char *got = buffer_text(&notes.problems);
    bool is_right = notes.problem_count == 1 && strncmp(got, place, strlen(place)) == 0 &&
                    got[strlen(place)] == ':' && strstr(got, part) && strstr(got, "; ");
    if (!is_right)
        fprintf(stderr, "\n    wanted: %s: ... %s\n    got:    %s    of:\n%s\n%s\n", place, part,
                got, yaml, rows ? rows : "");
    CU_ASSERT(is_right);
    notes_finish(&notes);
}

#define HEAD             \
    "version: 1\n"       \
    "batch: acme-book\n" \
    "partner: { business_id: 10, app_id: 20, system_token: { env: META_SYSTEM_TOKEN } }\n"
#define CUSTOMER              \
    "customers:\n"            \
    "- id: bakery-lune\n"     \
    "  business_id: 700100\n" \
    "  source_waba_id: 800100\n"
#define NUMBERS "  numbers: [{ number: \"+33 1 23 45 67 89\" }]\n"
#define BATCH "batch acme-book business=10 app=20 token=env:META_SYSTEM_TOKEN"

/* The contract's example, with a whole URL. */
static const char example[] =
    "version: 1\n"
    "batch: acme-book                 # its name\n"
    "partner:\n"
    "  business_id: \"1020304050\"\n"
    "  app_id: \"998877\"\n"
    "  credit_line_id: \"5566778899\"   # omit: customers pay Meta themselves\n"
    "  system_token: { env: META_SYSTEM_TOKEN }\n"
    "  app_secret: { env: META_APP_SECRET }\n"
    "graph: { version: v26.0 }        # optional\n"
    "defaults:                        # each may be set again\n"
    "  path: embedded_signup          # or programmatic\n"
    "  waba_currency: EUR\n"
    "  templates: before_register     # or after_register, leave\n"
    "  data_localization_region: DE   # optional\n"
    "  code_method: SMS               # programmatic: SMS or VOICE\n"
    "  language: en_US\n"
    "customers:\n"
    "  - id: bakery-lune\n"
    "    name: Bakery Lune\n"
    "    business_id: \"700100\"\n"
    "    source_waba_id: \"800100\"\n"
    "    destination_waba_id: \"900100\"\n"
    "    token: { file: /srv/tokens/bakery-lune }\n"
    "    source_token: { env: OLD_PARTNER_TOKEN }\n"
    "    webhook: { override_callback_uri: \"https://hooks.example/lune\", "
    "verify_token: { env: HOOK_TOKEN } }\n"
    "    attest: { two_step_off: 2026-11-20, payment_method: 2026-11-20 the manager by phone }\n"
    "    numbers:\n"
    "      - number: \"+33 1 23 45 67 89\"\n"
    "        source_phone_number_id: \"600100\"\n"
    "        phone_number_id: \"610100\"\n";

/* --- tests --------------------------------------------------------------------------------------
 */

static void the_example_of_the_contract_is_read_whole(void)
{
    expect_records(
        example, NULL,
        "customer bakery-lune book.yaml:18 name=Bakery Lune business=700100 source=800100 "
        "destination=900100 token=file:/srv/tokens/bakery-lune source_token=env:OLD_PARTNER_TOKEN "
        "uri=https://hooks.example/lune verify=env:HOOK_TOKEN two_step_off=2026-11-20 "
        "payment_method=2026-11-20 the manager by phone\n"
        "number bakery-lune 33+123456789 book.yaml:28 source=600100 id=610100\n"
        "batch acme-book business=1020304050 app=998877 line=5566778899 "
        "token=env:META_SYSTEM_TOKEN secret=env:META_APP_SECRET version=v26.0 path=embedded_signup "
        "currency=EUR templates=before_register region=DE code=SMS language=en_US\n");
}

static void the_order_of_keys_does_not_matter(void)
{
    static const char records[] =
        "customer a book.yaml:2 business=700100 source=800100 destination=900100 currency=USD "
        "settle=14d\n"
        "number a 33+123456789 book.yaml:2 language=fr\n"
        "number a 49+301234567 book.yaml:3 source=5 path=programmatic templates=leave\n"
        "customer b book.yaml:11 business=700101 source=800101\n"
        "number b 1+5550100001 book.yaml:11\n"
        "batch acme-book business=10 app=20 method=sharing_then_attach user=30 "
        "token=env:T language=de wait=90s\n";
    expect_records(
        "customers:\n"
        "- numbers: [{ number: \"+33 1 23 45 67 89\", language: fr },\n"
        "            { path: programmatic, number: \"+49 30 1234567\", source_phone_number_id: 5,\n"
        "              templates: leave }]\n"
        "  templates_settle: 14d\n  waba_currency: USD\n  destination_waba_id: 900100\n"
        "  source_waba_id: '800100'\n"
        "  id: a\n  business_id: 700100\n" /* the next customer begins on line 11 */
        "- numbers: [{ number: +1 555 010 0001 }]\n"
        "  source_waba_id: '800101'\n  id: b\n  business_id: 700101\n"
        "defaults: { language: de, templates_wait: 90s }\n"
        "partner: { system_user_id: 30, credit_method: sharing_then_attach,\n"
        "           system_token: { env: T }, business_id: '10', app_id: 20 }\n"
        "batch: acme-book\n"
        "version: '1'\n",
        NULL, records);
}

static void everything_wrong_is_told_at_once(void)
{
    struct notes notes;
    read_text(&notes,
              "version: 2\n"                                                      /* 1 */
              "batc: acme-book\n"                                                 /* 2 */
              "partner:\n"                                                        /* 3 */
              "  business_id: 100.5\n"                                            /* 4 */
              "  app_id: 0x12\n"                                                  /* 5 */
              "  system_token: opensesame\n"                                      /* 6 */
              "graph: { version: v20.0 }\n"                                       /* 7 */
              "defaults: { path: Programmatic, waba_currency: eur }\n"            /* 8 */
              "customers:\n"                                                      /* 9 */
              "  - id: a\n"                                                       /* 10 */
              "    nane: Bakery Lune\n"                                           /* 11 */
              "    business_id: 2026-11-20\n"                                     /* 12 */
              "    source_waba_id: \"5\"\n"                                       /* 13 */
              "    destination_waba_id: \"5\"\n"                                  /* 14 */
              "    webhook: { override_callback_uri: \"http://x\" }\n"            /* 15 */
              "    attest: { two_steps_off: 2026-11-20, payment_method: soon }\n" /* 16 */
              "    numbers:\n"                                                    /* 17 */
              "      - number: \"+33 1 23\"\n"                                    /* 18 */
              "      - number: +15550100001\n"                                    /* 19 */
              "        language: english\n"                                       /* 20 */
              "      - phone_number_id: 3\n"                                      /* 21 */
              "      - number: \"+1 555 010 0001\"\n"                             /* 22 */
              "  - id: a\n"                                                       /* 23 */
              "    source_waba_id: 6\n"                                           /* 24 */
              "    destination_waba_id: 5\n"                                      /* 25 */
              "  - id: c\n"                                                       /* 26 */
              "    business_id: 1\n"                                              /* 27 */
              "    source_waba_id: 7\n"                                           /* 28 */
              "    numbers: []\n",                                                /* 29 */
              NULL);
    check_text(buffer_text(&notes.places),
               "book.yaml:1:1: batch\n"
               "book.yaml:1:10: version\n"
               "book.yaml:2:1: batc\n"
               "book.yaml:4:16: partner.business_id\n"
               "book.yaml:5:11: partner.app_id\n"
               "book.yaml:6:17: partner.system_token\n"
               "book.yaml:7:19: graph.version\n"
               "book.yaml:8:19: defaults.path\n"
               "book.yaml:8:48: defaults.waba_currency\n"
               "book.yaml:11:5: customers[0].nane\n"
               "book.yaml:12:18: customers[0].business_id\n"
               "book.yaml:14:26: customers[0].destination_waba_id\n"
               "book.yaml:15:14: customers[0].webhook.verify_token\n"
               "book.yaml:15:39: customers[0].webhook.override_callback_uri\n"
               "book.yaml:16:15: customers[0].attest.two_steps_off\n"
               "book.yaml:16:58: customers[0].attest.payment_method\n"
               "book.yaml:18:17: customers[0].numbers[0].number\n"
               "book.yaml:20:19: customers[0].numbers[1].language\n"
               "book.yaml:21:9: customers[0].numbers[2].number\n"
               "book.yaml:22:17: customers[0].numbers[3].number\n"
               "book.yaml:23:5: customers[1].business_id\n"
               "book.yaml:23:9: customers[1].id\n"
               "book.yaml:25:26: customers[1].destination_waba_id\n"
               "book.yaml:26:9: customers[2].numbers\n");
    check_text(buffer_text(&notes.records), "");
    notes_finish(&notes);
}

static void each_thing_wrong_is_told_where_it_stands(void)
{
    /* clang-format off */
    static const struct { const char *yaml, *place, *part; } cases[] = {
        /* the document */
        {"version: 3\n" "batch: b\n" "partner: {business_id: 1, app_id: 2, system_token: {env: T}}\n" CUSTOMER NUMBERS,
         "book.yaml:1:10: version", "\"3\" is not a version"},
        {HEAD, "book.yaml:1:1: customers", "missing"},
        {HEAD "customers: []\n", "book.yaml:1:1: customers", "no number in this book"},
        {HEAD "customers:\n", "book.yaml:4:11: customers", "must be a list"},
        {HEAD "customers: {a: {}}\n", "book.yaml:4:12: customers", "must be a list"},
        {HEAD "custmers: []\n" CUSTOMER NUMBERS, "book.yaml:4:1: custmers", "did you mean customers?"},
        {HEAD "name: x\n" CUSTOMER NUMBERS, "book.yaml:4:1: name", "the keys of a manifest are version, batch,"},
        {HEAD "batch: again\n" CUSTOMER NUMBERS, "book.yaml:4:1: batch", "first on line 2"},
        {HEAD "defaults: {path: programmatic}\n" CUSTOMER NUMBERS, "book.yaml:6:7: destination_waba_id", "missing; the programmatic path"},
        {HEAD CUSTOMER "  path: programmatic\n" NUMBERS, "book.yaml:5:7: destination_waba_id", "give its id"},
        {HEAD "defaults: {templates_wait: soon}\n" CUSTOMER NUMBERS, "book.yaml:4:28: defaults.templates_wait", "is not a duration"},
        {HEAD CUSTOMER "  templates_settle: 0d\n" NUMBERS, "book.yaml:8:21: customers[0].templates_settle", "as in 90s, 15m, 4h or 7d"},
        {HEAD "defaults: embedded_signup\n" CUSTOMER NUMBERS, "book.yaml:4:11: defaults", "must be a mapping"},
        {HEAD "graph: {version: 26.0}\n" CUSTOMER NUMBERS, "book.yaml:4:18: graph.version", "v26.0"},
        {HEAD "graph: {version: v26.1}\n" CUSTOMER NUMBERS, "book.yaml:4:18: graph.version", "v26.0"},
        {HEAD "graph: {version: v9.0}\n" CUSTOMER NUMBERS, "book.yaml:4:18: graph.version", "has ended"},
        {HEAD "<<: {batch: x}\n" CUSTOMER NUMBERS, "book.yaml:4:1: \"<<\"", "merge keys"},
        {HEAD "? \n" CUSTOMER NUMBERS, "book.yaml:4:2: \"\"", "unknown key"},
        {HEAD "numbers_file: nowhere.csv\n" CUSTOMER NUMBERS, "book.yaml:4:15: numbers_file", "nowhere.csv cannot be opened"},
        {HEAD "? [a]\n: b\n" CUSTOMER NUMBERS, "book.yaml:4:3: manifest", "not plain text"},
        {HEAD "? {a: [b]}\n: {c: [d]}\n" CUSTOMER NUMBERS, "book.yaml:4:3: manifest", "not plain text"},
        /* anchors, aliases, tags, documents */
        {HEAD "graph: &g {version: v26.0}\n" CUSTOMER NUMBERS, "book.yaml:4:8: graph", "anchor"},
        {HEAD "graph: *g\n" CUSTOMER NUMBERS, "book.yaml:4:8: graph", "alias"},
        {HEAD "graph: {version: !!str v26.0}\n" CUSTOMER NUMBERS, "book.yaml:4:18: graph.version", "tag"},
        {"%TAG ! tag:x:\n---\n" HEAD CUSTOMER NUMBERS, "book.yaml:1:1: manifest", "%TAG"},
        {HEAD CUSTOMER NUMBERS "---\na: b\n", "book.yaml:9:1: manifest", "second document"},
        /* a customer */
        {HEAD CUSTOMER, "book.yaml:5:7: customers[0].numbers", "customer \"bakery-lune\" has no numbers"},
        {HEAD CUSTOMER "  numbers:\n", "book.yaml:8:11: customers[0].numbers", "is empty"},
        {HEAD CUSTOMER "  numbers: [+33123456789]\n", "book.yaml:8:13: customers[0].numbers[0]", "- number: ..."},
        {HEAD CUSTOMER "  id: b\n" NUMBERS, "book.yaml:8:3: customers[0].id", "twice"},
        {HEAD CUSTOMER "  name: ''\n" NUMBERS, "book.yaml:8:9: customers[0].name", "is empty"},
        {HEAD CUSTOMER "  name: ~\n" NUMBERS, "book.yaml:8:9: customers[0].name", "is empty"},
        {HEAD CUSTOMER "  name: \"a\\nb\"\n" NUMBERS, "book.yaml:8:9: customers[0].name", "line break"},
        {HEAD CUSTOMER "  name: \"a\\0b\"\n" NUMBERS, "book.yaml:8:9: customers[0].name", "zero byte"},
        {HEAD CUSTOMER "  name: [a]\n" NUMBERS, "book.yaml:8:9: customers[0].name", "one value"},
        {HEAD CUSTOMER "  destination_waba_id: 800100\n" NUMBERS, "book.yaml:8:24: customers[0].destination_waba_id", "source WABA itself"},
        {HEAD CUSTOMER "  destination_waba_id: 9001e3\n" NUMBERS, "book.yaml:8:24: customers[0].destination_waba_id", "digits only"},
        {HEAD CUSTOMER "  destination_waba_id: -5\n" NUMBERS, "book.yaml:8:24: customers[0].destination_waba_id", "digits only"},
        {HEAD CUSTOMER "  destination_waba_id: 1_000\n" NUMBERS, "book.yaml:8:24: customers[0].destination_waba_id", "digits only"},
        {HEAD CUSTOMER "  destination_waba_id: 0700\n" NUMBERS, "book.yaml:8:24: customers[0].destination_waba_id", "begins with 0"},
        {HEAD CUSTOMER "  destination_waba_id: 12345678901234567890\n" NUMBERS, "book.yaml:8:24: customers[0].destination_waba_id", "20 digits"},
        {HEAD CUSTOMER "  waba_currency: EURO\n" NUMBERS, "book.yaml:8:18: customers[0].waba_currency", "currency"},
        {HEAD CUSTOMER "  language: EN\n" NUMBERS, "book.yaml:8:13: customers[0].language", "language"},
        {HEAD CUSTOMER "  language: en-US\n" NUMBERS, "book.yaml:8:13: customers[0].language", "language"},
        {HEAD CUSTOMER "  language: en_us\n" NUMBERS, "book.yaml:8:13: customers[0].language", "language"},
        {HEAD CUSTOMER "  code_method: sms\n" NUMBERS, "book.yaml:8:16: customers[0].code_method", "write SMS"},
        {HEAD CUSTOMER "  code_method: PIGEON\n" NUMBERS, "book.yaml:8:16: customers[0].code_method", "SMS, VOICE"},
        {HEAD CUSTOMER "  templates: keep\n" NUMBERS, "book.yaml:8:14: customers[0].templates", "leave"},
        {HEAD CUSTOMER "  data_localization_region: FR\n" NUMBERS, "book.yaml:8:29: customers[0].data_localization_region", "choose one of"},
        {HEAD CUSTOMER "  attest: {two_step: 2026-11-20}\n" NUMBERS, "book.yaml:8:12: customers[0].attest.two_step", "rule"},
        {HEAD CUSTOMER "  attest: {two_step_off: 2026-02-30}\n" NUMBERS, "book.yaml:8:26: customers[0].attest.two_step_off", "not a date"},
        {HEAD CUSTOMER "  attest: {two_step_off: 2026-02-30 the manager}\n" NUMBERS, "book.yaml:8:26: customers[0].attest.two_step_off", "not a date"},
        {HEAD CUSTOMER "  attest: {two_step_off: 2026-11-20by phone}\n" NUMBERS, "book.yaml:8:26: customers[0].attest.two_step_off", "not a date"},
        {HEAD CUSTOMER "  attest: {two_step_off: true}\n" NUMBERS, "book.yaml:8:26: customers[0].attest.two_step_off", "not a date"},
        {HEAD CUSTOMER "  attest: {two_step_off: [2026-11-20]}\n" NUMBERS, "book.yaml:8:26: customers[0].attest.two_step_off", "the date"},
        {HEAD CUSTOMER "  attest: [two_step_off]\n" NUMBERS, "book.yaml:8:11: customers[0].attest", "rules to dates"},
        {HEAD CUSTOMER "  attest: {two_step_off: 2026-11-20, two_step_off: 2026-11-21}\n" NUMBERS,
         "book.yaml:8:38: customers[0].attest.two_step_off", "twice"},
        {HEAD CUSTOMER "  webhook: {override_callback_uri: \"https://h.example/\"}\n" NUMBERS, "book.yaml:8:12: customers[0].webhook.verify_token", "missing"},
        {HEAD CUSTOMER "  webhook: {override_callback_uri: \"https:///x\", verify_token: {env: V}}\n" NUMBERS,
         "book.yaml:8:36: customers[0].webhook.override_callback_uri", "no host"},
        {HEAD CUSTOMER "  webhook: {override_callback_uri: \"https://h.example/a b\", verify_token: {env: V}}\n" NUMBERS,
         "book.yaml:8:36: customers[0].webhook.override_callback_uri", "space"},
        {HEAD CUSTOMER "  token: {env: A, file: b}\n" NUMBERS, "book.yaml:8:10: customers[0].token", "both"},
        {HEAD CUSTOMER "  token: {}\n" NUMBERS, "book.yaml:8:10: customers[0].token", "does not say where"},
        {HEAD CUSTOMER "  token: {env: 1A}\n" NUMBERS, "book.yaml:8:16: customers[0].token.env", "not the name"},
        {HEAD CUSTOMER "  token: {env: \"A=B\"}\n" NUMBERS, "book.yaml:8:16: customers[0].token.env", "not the name"},
        /* numbers */
        {HEAD CUSTOMER "  numbers: [{number: 33123456789}]\n", "book.yaml:8:22: customers[0].numbers[0].number", "does not begin with +"},
        {HEAD CUSTOMER "  numbers: [{number: \"+33123456789\"}, {number: \"+33 123 456 789\"}]\n",
         "book.yaml:8:48: customers[0].numbers[1].number", "already in the book at book.yaml:8"},
        {HEAD CUSTOMER "  numbers: [{nomber: \"+33123456789\", number: \"+33123456789\"}]\n",
         "book.yaml:8:14: customers[0].numbers[0].nomber", "did you mean number?"},
        {HEAD CUSTOMER "  numbers: [*n, {number: \"+33123456789\"}]\n", "book.yaml:8:13: customers[0].numbers[0]", "alias"},
        /* two customers */
        {HEAD CUSTOMER NUMBERS "- {id: bakery-lune, business_id: 1, source_waba_id: 2, numbers: [{number: +33123456780}]}\n",
         "book.yaml:9:8: customers[1].id", "already a customer at book.yaml:5"},
        {HEAD CUSTOMER "  destination_waba_id: 9\n" NUMBERS
         "- {id: b, business_id: 1, source_waba_id: 2, destination_waba_id: '9', numbers: [{number: +33123456780}]}\n",
         "book.yaml:10:67: customers[1].destination_waba_id", "destination of the customer at book.yaml:8"},
        {HEAD CUSTOMER NUMBERS "- {id: b, business_id: 1, source_waba_id: 2, numbers: [{number: +33123456789}]}\n",
         "book.yaml:9:65: customers[1].numbers[0].number", "already in the book at book.yaml:8"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_problem(cases[i].yaml, NULL, cases[i].place, cases[i].part);
}

static void what_is_not_yaml_is_one_problem_with_its_place(void)
{
    /* clang-format off */
    static const struct { const char *yaml, *place, *part; } cases[] = {
        {"", "book.yaml:1:1: manifest", "is empty"},
        {"# nothing\n", "book.yaml:1:1: manifest", "is empty"},
        {"just text\n", "book.yaml:1:1: manifest", "must be a mapping"},
        {"- a\n", "book.yaml:1:1: manifest", "must be a mapping"},
        {"*a\n", "book.yaml:1:1: manifest", "alias"},
        {HEAD "customers: [\n", "book.yaml:5:1: manifest", "not valid YAML"},
        {HEAD "graph: {version: \"v26.0}\n", "book.yaml:5:1: manifest", "close the quote"},
        {HEAD "graph:\n\tversion: v26.0\n", "book.yaml:5:1: manifest", "spaces instead of tabs"},
        {HEAD "numbers_file: a: b\n", "book.yaml:4:16: manifest", "mapping values are not allowed"},
        {HEAD "  graph: x\n", "book.yaml:4:3: manifest", "not valid YAML"},
        {HEAD "graph: {version: \xFF}\n", "book.yaml:4:18: manifest", "save the file as UTF-8"},
        {HEAD "graph: {version: \x01}\n", "book.yaml:4:18: manifest", "control characters"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_problem(cases[i].yaml, NULL, cases[i].place, cases[i].part);
}

static void a_book_that_is_too_deep_or_too_long_is_refused(void)
{
    struct buffer yaml;
    buffer_init(&yaml, 1 << 20);
    CU_ASSERT_EQUAL(buffer_append_text(&yaml, HEAD CUSTOMER NUMBERS "  nane: "), STATUS_OK);
    for (int i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(buffer_append_text(&yaml, "["), STATUS_OK);
    struct notes notes;
    read_text(&notes, buffer_text(&yaml), NULL);
    check_text(buffer_text(&notes.places), "book.yaml:9:3: customers[0].nane\n"
                                           "book.yaml:9:70: customers[0]\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&notes.problems), "nested deeper than 64 levels"));
    notes_finish(&notes);

    buffer_clear(&yaml);
    CU_ASSERT_EQUAL(buffer_append_text(&yaml, HEAD CUSTOMER NUMBERS "  name: "), STATUS_OK);
    for (int i = 0; i < 64 * 1024 / 16 + 1; i++)
        CU_ASSERT_EQUAL(buffer_append_text(&yaml, "abcdefghijklmnop"), STATUS_OK);
    expect_problem(buffer_text(&yaml), NULL, "book.yaml:9:9: customers[0].name", "64 KiB");
    buffer_finish(&yaml);
}

static void a_callback_uri_may_have_200_characters_and_no_more(void)
{
    char yaml[1024], uri[256];
    for (int length = 200; length <= 201; length++) {
        snprintf(uri, sizeof uri, "https://h.example/%0*d", length - 18, 7);
        snprintf(yaml, sizeof yaml,
                 HEAD CUSTOMER
                 "  webhook: {verify_token: {env: V}, override_callback_uri: %s}\n" NUMBERS,
                 uri);
        struct notes notes;
        read_text(&notes, yaml, NULL);
        CU_ASSERT_EQUAL(notes.problem_count, length > 200 ? 1 : 0);
        notes_finish(&notes);
    }
}

static void expect_uri(const char *yaml, const char *uri)
{
    struct notes notes;
    read_text(&notes, yaml, NULL);
    CU_ASSERT_EQUAL(notes.problem_count, 0);
    const char *found = strstr(buffer_text(&notes.records), " uri=");
    CU_ASSERT(found && strncmp(found + 5, uri, strlen(uri)) == 0 && found[5 + strlen(uri)] == ' ');
    notes_finish(&notes);
}

static void a_callback_uri_is_one_that_can_be_called(void)
{
    /* clang-format off */
    static const struct { const char *uri, *part; } cases[] = {
        {"https://h.example", NULL},
        {"https://h.example:8443/a?b=c&d=%20", NULL},
        {"https://192.0.2.1/", NULL},
        {"https://[2001:db8::1]:8443/", NULL},
        {"http://h.example/", "https://"},
        {"https://user:secret@h.example/", "user name or a password"},
        {"https://h.example@evil.example/", "user name or a password"},
        {"https://h.example/#part", "fragment"},
        {"https://h.example:0/", "no host"},
        {"https://h.example:65536/", "no host"},
        {"https://h.example:https/", "no host"},
        {"https://h.example:/", "no host"},
        {"https://:443/", "no host"},
        {"https://[::1/", "no host"},
        {"https://[21:1]/", "no host"},
        {"https://[2001:db8::1::2]/", "no host"},
        {"https://[]/", "no host"},
        {"https://.example/", "no host"},
        {"https://2/", "no host"},
        {"https://127.1/", "no host"},
        {"https://h.0x7f/", "no host"},
        {"https://192.0.2.256/", "no host"},
        {"https://h2.example2/", NULL},
        {"https://h%65.example/", "no host"},
        {"https://h.example\\\\@evil.example/", "percent-encode"},
        {"https://h.example/<script>", "percent-encode"},
        {"https://h.example/{id}", "percent-encode"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char yaml[1024];
        snprintf(yaml, sizeof yaml,
                 HEAD CUSTOMER
                 "  webhook: {verify_token: {env: V}, override_callback_uri: \"%s\"}\n" NUMBERS,
                 cases[i].uri);
        if (cases[i].part)
            expect_problem(yaml, NULL, "book.yaml:8:60: customers[0].webhook.override_callback_uri",
                           cases[i].part);
        else
            expect_uri(yaml, cases[i].uri);
    }
}

static void every_rule_of_the_contract_may_be_attested(void)
{
    static const char *const rules[] = {
        "business_verified", "source_waba_approved",   "destination_waba_approved",
        "payment_method",    "two_step_off",           "name_approved",
        "cloud_api",         "no_pending_name_change", "not_test_number",
        "not_business_app",  "same_business",          "webhooks_subscribed",
        "not_already_moved", "registration_budget",    "template_headroom",
        "waba_currency",     "signup_captured",        "number_verified"};
    char yaml[1024], advice[64];
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct notes notes;
        snprintf(yaml, sizeof yaml, HEAD CUSTOMER "  attest: {%s: 2026-11-20}\n" NUMBERS, rules[i]);
        read_text(&notes, yaml, NULL);
        check_text(buffer_text(&notes.problems), "");
        notes_finish(&notes);
        snprintf(yaml, sizeof yaml, HEAD CUSTOMER "  attest: {x%s: 2026-11-20}\n" NUMBERS,
                 rules[i]);
        snprintf(advice, sizeof advice, "did you mean %s?", rules[i]);
        read_text(&notes, yaml, NULL);
        CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&notes.problems), advice));
        notes_finish(&notes);
    }
}

/* The credentials below stand where their place or something else belongs. */
#define SECRET "EAABsbCS1iHgBAopensesame"
static void a_secret_in_the_manifest_is_refused_and_not_repeated(void)
{
    static const char *const books[] = {
        HEAD CUSTOMER "  token: " SECRET "\n" NUMBERS,
        HEAD CUSTOMER "  token: \"opensesame\"\n" NUMBERS,
        HEAD CUSTOMER "  token: [opensesame]\n" NUMBERS,
        HEAD CUSTOMER "  token: {env: " SECRET "}\n" NUMBERS,
        HEAD CUSTOMER "  token: {env: \"open sesame opensesame\"}\n" NUMBERS,
        HEAD CUSTOMER "  token: {file: " SECRET "}\n" NUMBERS,
        HEAD CUSTOMER "  token: {" SECRET ": }\n" NUMBERS,
        HEAD CUSTOMER "  token: {value: opensesame}\n" NUMBERS,
        HEAD CUSTOMER "  destination_waba_id: " SECRET "\n" NUMBERS,
        HEAD CUSTOMER "  " SECRET ": x\n" NUMBERS,
        HEAD CUSTOMER "  webhook: {override_callback_uri: \"https://h.example\", "
                      "verify_token: opensesame}\n" NUMBERS,
    };
    for (size_t i = 0; i < sizeof books / sizeof books[0]; i++) {
        struct notes notes;
        read_text(&notes, books[i], NULL);
        CU_ASSERT(notes.problem_count > 0);
        bool is_repeated = strstr(buffer_text(&notes.problems), "opensesame") != NULL;
        if (is_repeated)
            fprintf(stderr, "\n    %s", buffer_text(&notes.problems));
        CU_ASSERT_FALSE(is_repeated);
        notes_finish(&notes);
    }
    struct notes notes;
    read_text(&notes, HEAD "numbers_file: rows.csv\n",
              "customer,number,business_id,source_waba_id,token.env\n"
              "a,+33123456789,1,2," SECRET "\n");
    check_text(buffer_text(&notes.places), "rows.csv:2:5: token.env\n");
    CU_ASSERT_PTR_NULL(strstr(buffer_text(&notes.problems), "opensesame"));
    notes_finish(&notes);
}

static void control_characters_never_reach_a_message(void)
{
    struct notes notes;
    read_text(&notes,
              HEAD "\"a\\e[31mb\": c\n" CUSTOMER "  destination_waba_id: \"\\e[31m\\a\"\n" NUMBERS,
              NULL);
    CU_ASSERT_EQUAL(notes.problem_count, 2);
    for (const char *c = buffer_text(&notes.problems); *c != '\0'; c++)
        CU_ASSERT(*c == '\n' || (unsigned char)*c >= ' ');
    notes_finish(&notes);
}

static void credentials_are_looked_up_when_asked(void)
{
    static const char yaml[] = "version: 1\nbatch: b\npartner:\n"
                               "  business_id: 1\n  app_id: 2\n"
                               "  system_token: { env: MANIFEST_TEST_SET }\n"
                               "  app_secret: { env: MANIFEST_TEST_UNSET }\n" /* line 7 */
                               "numbers_file: rows.csv\n" CUSTOMER "  token: { file: token }\n"
                               "  source_token: { file: no-token }\n" NUMBERS; /* line 14 */
    static const char rows[] = "customer,number,business_id,source_waba_id,token.env\n"
                               "a,+33123456780,1,2,MANIFEST_TEST_SET\n"
                               "a,+33123456781,1,2,MANIFEST_TEST_SET\n"
                               "b,+33123456782,1,2,MANIFEST_TEST_UNSET\n"
                               "b,+33123456783,1,2,MANIFEST_TEST_UNSET\n";
    struct notes notes;
    notes_init(&notes);
    write_file("book.yaml", yaml, strlen(yaml));
    write_file("rows.csv", rows, strlen(rows));
    write_file("token", "opensesame\n", 11);
    setenv("MANIFEST_TEST_SET", "opensesame", 1);
    unsetenv("MANIFEST_TEST_UNSET");
    CU_ASSERT_EQUAL(read_book(&notes, true, NULL), STATUS_INVALID);
    check_text(buffer_text(&notes.places), "book.yaml:7:22: partner.app_secret.env\n"
                                           "book.yaml:14:25: customers[0].source_token.file\n"
                                           "rows.csv:4:5: token.env\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&notes.problems), "MANIFEST_TEST_UNSET"));
    CU_ASSERT_PTR_NULL(strstr(buffer_text(&notes.problems), "opensesame"));
    notes_finish(&notes);

    notes_init(&notes);
    CU_ASSERT_EQUAL(read_book(&notes, false, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(notes.numbers, 5);
    notes_finish(&notes);
}

static void relative_files_stand_beside_the_manifest(void)
{
    struct notes notes;
    struct manifest_sink sink = {&notes, note_batch, note_customer, note_number, note_problem};
    char *here = get_current_dir_name(), wanted[4096], path[4096];

    static const char yaml[] =
        HEAD "numbers_file: more/rows.csv\n" CUSTOMER "  token: { file: tokens/lune }\n" NUMBERS;
    CU_ASSERT_EQUAL(system("mkdir -p books/more"), 0);
    write_file("books/book.yaml", yaml, strlen(yaml));
    write_file("books/more/rows.csv", "customer,number\nbakery-lune,+33123456780\n", 41);
    snprintf(path, sizeof path, "%s/books/book.yaml", here);
    const char *const paths[] = {"books/book.yaml", path};
    for (size_t i = 0; i < 2; i++) {
        notes_init(&notes);
        CU_ASSERT_EQUAL(manifest_read(paths[i], false, &sink, NULL), STATUS_OK);
        snprintf(wanted, sizeof wanted, "token=file:%s/books/tokens/lune\n", here);
        CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&notes.records), wanted));
        CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&notes.records), "books/more/rows.csv:2\n"));
        notes_finish(&notes);
    }
    free(here);
}

static void rows_give_customers_and_numbers(void)
{
    /* clang-format off */
    static const struct { const char *yaml, *rows, *records; } cases[] = {
        /* a customer of the YAML, with and without numbers there; numbers_file before and after */
        {HEAD "numbers_file: rows.csv\n" CUSTOMER NUMBERS,
         "customer,number\nbakery-lune,+33 1 23 45 67 80\n",
         "customer bakery-lune book.yaml:6 business=700100 source=800100\n"
         "number bakery-lune 33+123456789 book.yaml:9\n"
         "number bakery-lune 33+123456780 rows.csv:2\n" BATCH "\n"},
        {HEAD CUSTOMER "numbers_file: rows.csv\n",
         "number,customer,language,phone_number_id\r\n+33 1 23 45 67 80, bakery-lune ,,\r\n+33123456781,bakery-lune,fr,61\r\n",
         "customer bakery-lune book.yaml:5 business=700100 source=800100\n"
         "number bakery-lune 33+123456780 rows.csv:2\n"
         "number bakery-lune 33+123456781 rows.csv:3 id=61 language=fr\n" BATCH "\n"},
        /* a row may repeat what the YAML says */
        {HEAD CUSTOMER "  token: {env: T}\n  attest: {two_step_off: 2026-11-20}\nnumbers_file: rows.csv\n",
         "customer,number,business_id,token.env,attest.two_step_off\nbakery-lune,+33123456780,700100,T,2026-11-20\n",
         "customer bakery-lune book.yaml:5 business=700100 source=800100 token=env:T two_step_off=2026-11-20\n"
         "number bakery-lune 33+123456780 rows.csv:2\n" BATCH "\n"},
        /* customers of the rows only, every column */
        {HEAD "numbers_file: rows.csv\n",
         "customer,name,business_id,source_waba_id,destination_waba_id,number,source_phone_number_id,phone_number_id,"
         "token.file,token.env,source_token.env,webhook.override_callback_uri,webhook.verify_token.env,"
         "attest.two_step_off,attest.payment_method,path,waba_currency,templates,data_localization_region,code_method,language\n"
         "a,\"Bakery, \"\"Lune\"\"\",1,2,3,+33123456780,4,5,/t,,S,https://h.example,V,2026-11-20,,programmatic,EUR,leave,DE,SMS,fr\n"
         "b,,1,4,,+33123456781,,,,,,,,,,,,,,,\n"
         "a,,1,,,+33123456782,,,,,,,,2026-11-20,,,,,,VOICE,\n",
         "customer a rows.csv:2 name=Bakery, \"Lune\" business=1 source=2 destination=3 token=file:/t source_token=env:S "
         "uri=https://h.example verify=env:V two_step_off=2026-11-20 currency=EUR\n"
         "number a 33+123456780 rows.csv:2 source=4 id=5 path=programmatic templates=leave region=DE code=SMS language=fr\n"
         "customer b rows.csv:3 business=1 source=4\n"
         "number b 33+123456781 rows.csv:3\n"
         "number a 33+123456782 rows.csv:4 code=VOICE\n" BATCH "\n"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_records(cases[i].yaml, cases[i].rows, cases[i].records);
}

static void each_thing_wrong_with_rows_is_told_where_it_stands(void)
{
#define ROWS HEAD "numbers_file: rows.csv\n"
#define COLUMNS "customer,number,business_id,source_waba_id,destination_waba_id,name\n"
#define ROW "a,+33123456780,1,2,3,Lune\n"
    /* clang-format off */
    static const struct { const char *yaml, *rows, *place, *part; } cases[] = {
        /* the header */
        {ROWS, "", "rows.csv:1:1: header", "is empty"},
        {ROWS, "customer;number\na;+33123456780\n", "rows.csv:1:1: header", "semicolons"},
        {ROWS, "customer\na\n", "rows.csv:1:1: header", "no column number"},
        {ROWS, "customer,number,business_id,source_waba_id,\na,+33123456780,1,2,\n", "rows.csv:1:5: header", "no name"},
        {ROWS, "customer,number,business_id,source_waba_id,nane\na,+33123456780,1,2,\n", "rows.csv:1:5: header", "did you mean name?"},
        {ROWS, "customer,number,business_id,source_waba_id,id\na,+33123456780,1,2,\n", "rows.csv:1:5: header", "unknown column \"id\""},
        {ROWS, "customer,number,business_id,source_waba_id,name.x\na,+33123456780,1,2,\n", "rows.csv:1:5: header", "unknown column"},
        {ROWS, "customer,number,business_id,source_waba_id,token\na,+33123456780,1,2,x\n", "rows.csv:1:5: header", "env, file"},
        {ROWS, "customer,number,business_id,source_waba_id,token.evn\na,+33123456780,1,2,x\n", "rows.csv:1:5: header", "env"},
        {ROWS, "customer,number,business_id,source_waba_id,attest\na,+33123456780,1,2,x\n", "rows.csv:1:5: header", "unknown column"},
        {ROWS, "customer,number,business_id,source_waba_id,attest.two_step\na,+33123456780,1,2,x\n", "rows.csv:1:5: header", "not an eligibility rule"},
        {ROWS, "customer,number,business_id,source_waba_id,number\na,+33123456780,1,2,\n", "rows.csv:1:5: header", "twice"},
        {ROWS, "customer,number,business_id,source_waba_id,numbers\na,+33123456780,1,2,\n", "rows.csv:1:5: header", "did you mean number?"},
        /* rows */
        {ROWS, COLUMNS, "book.yaml:1:1: customers", "no number in this book"},
        {ROWS, COLUMNS ROW "a,+33123456781\n", "rows.csv:3:1: row", "has 2 cells, the header row has 6"},
        {ROWS, COLUMNS ROW "a,+33123456781,1,2,3,Lu\"ne\n", "rows.csv:3:1: row", "quote"},
        {ROWS, COLUMNS ROW ",+33123456781,1,2,3,Lune\n", "rows.csv:3:1: customer", "is empty"},
        {ROWS, COLUMNS ROW "a,,1,2,3,Lune\n", "rows.csv:3:2: number", "is empty"},
        {ROWS, COLUMNS ROW "a,33123456781,1,2,3,Lune\n", "rows.csv:3:2: number", "does not begin with +"},
        {ROWS, COLUMNS ROW "a,+33123456780,1,2,3,Lune\n", "rows.csv:3:2: number", "already in the book at rows.csv:2"},
        {ROWS CUSTOMER NUMBERS, COLUMNS "a,+33123456789,1,2,3,Lune\n", "rows.csv:2:2: number", "already in the book at book.yaml:9"},
        {ROWS, COLUMNS ROW "a,+33123456781,1,9,3,Lune\n", "rows.csv:3:4: source_waba_id", "is not what rows.csv:2 says of customer \"a\""},
        {ROWS, COLUMNS ROW "a,+33123456781,1,2,3,Luna\n", "rows.csv:3:6: name", "is not what rows.csv:2 says"},
        {ROWS, COLUMNS "a,+33123456780,1,2,3,\n" "a,+33123456781,1,2,3,Luna\n", "rows.csv:3:6: name", "is not what rows.csv:2 says"},
        {ROWS CUSTOMER NUMBERS, COLUMNS "bakery-lune,+33123456780,700100,1,,\n", "rows.csv:2:4: source_waba_id", "is not what book.yaml:6 says"},
        {ROWS, COLUMNS "a,+33123456780,1,2x,3,Lune\n", "rows.csv:2:4: source_waba_id", "digits only"},
        {ROWS, COLUMNS "a,+33123456780,1,,3,Lune\n", "rows.csv:2:1: source_waba_id", "customer \"a\" is not in the manifest"},
        {ROWS, COLUMNS "a,+33123456780,1,2,2,Lune\n", "rows.csv:2:5: destination_waba_id", "source WABA itself"},
        {ROWS, COLUMNS ROW "b,+33123456781,1,2,3,Lune\n", "rows.csv:3:5: destination_waba_id", "customer at rows.csv:2"},
        {ROWS CUSTOMER "  destination_waba_id: 3\n" NUMBERS, COLUMNS ROW, "rows.csv:2:5: destination_waba_id", "customer at book.yaml:9"},
        {ROWS CUSTOMER, COLUMNS ROW, "book.yaml:6:7: customers[0].numbers", "has no numbers"},
        {ROWS, "customer,number,business_id,source_waba_id,token.env,token.file\na,+33123456780,1,2,T,t\n", "rows.csv:2:6: token.file", "token.env is filled as well"},
        {ROWS, "customer,number,business_id,source_waba_id,webhook.override_callback_uri\na,+33123456780,1,2,https://h.example\n", "rows.csv:2:1: webhook", "go together"},
        {ROWS, "customer,number,business_id,source_waba_id,attest.two_step_off\na,+33123456780,1,2,yes\n", "rows.csv:2:5: attest.two_step_off", "not a date"},
        {ROWS, "customer,number,business_id,source_waba_id,attest.two_step_off\na,+33123456780,1,2,2026-11-20\na,+33123456781,1,2,2026-11-21\n",
         "rows.csv:3:5: attest.two_step_off", "is not what rows.csv:2 says"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_problem(cases[i].yaml, cases[i].rows, cases[i].place, cases[i].part);
}

static void a_sink_that_fails_ends_the_reading(void)
{
    struct notes notes;
    struct fault fault = FAULT_NONE;
    static const char yaml[] = HEAD "numbers_file: rows.csv\n" CUSTOMER
                                    "  numbers: [{number: +33123456780}, {number: +33123456781}]\n";
    write_file("book.yaml", yaml, strlen(yaml));
    write_file("rows.csv", "customer,number\nbakery-lune,+33123456782\n", 41);
    for (unsigned refused = 1; refused <= 3; refused++) {
        notes_init(&notes);
        notes.refused_number = refused;
        CU_ASSERT_EQUAL(read_book(&notes, false, &fault), STATUS_DATABASE);
        check_text(fault.message, "the sink is full");
        CU_ASSERT_EQUAL(notes.numbers, refused);
        CU_ASSERT_EQUAL(notes.batches, 0);
        CU_ASSERT_EQUAL(notes.problem_count, 0);
        notes_finish(&notes);
    }
}

static void a_manifest_that_cannot_be_read_is_one_fault(void)
{
    static const char *const paths[] = {"absent.yaml", "/", "."};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct notes notes;
        struct fault fault = FAULT_NONE;
        notes_init(&notes);
        struct manifest_sink sink = {&notes, note_batch, note_customer, note_number, note_problem};
        CU_ASSERT_EQUAL(manifest_read(paths[i], false, &sink, &fault), STATUS_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, paths[i]));
        CU_ASSERT_EQUAL(notes.problem_count, 0);
        notes_finish(&notes);
    }
}

/* A xorshift generator: the same damage every time. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void damaged_books_are_refused_or_read_but_never_crash(void)
{
    static const char alphabet[] = " \n\t:-{}[],&*!|>'\"%@`#?~\xC3\xFF\x01+0a\xE2";
    static const char rows[] =
        "customer,number,name\nbakery-lune,+33123456780,\n\"a\",+3312345,b\n";
    uint64_t state = 20261123;
    char book[sizeof example + 64], table[sizeof rows];

    for (int round = 0; round < 3000; round++) {
        size_t length = (size_t)snprintf(book, sizeof book, "%snumbers_file: rows.csv\n", example);
        memcpy(table, rows, sizeof rows);
        for (uint64_t damage = next_random(&state) % 4; damage > 0; damage--)
            book[next_random(&state) % length] = alphabet[next_random(&state) % (sizeof alphabet)];
        table[next_random(&state) % (sizeof rows - 1)] =
            alphabet[next_random(&state) % (sizeof alphabet)];
        if (round % 8 == 0)
            length = next_random(&state) % length;
        write_file("book.yaml", book, length);
        write_file("rows.csv", table, sizeof rows - 1);

        struct notes notes;
        notes_init(&notes);
        enum status status = read_book(&notes, round % 2 == 0, NULL);
        CU_ASSERT(status == STATUS_OK || status == STATUS_INVALID);
        CU_ASSERT_EQUAL(status == STATUS_INVALID, notes.problem_count > 0);
        notes_finish(&notes);
    }
}

static void more_problems_than_are_held_back_are_all_told(void)
{
    enum { PROBLEMS = 10000 };
    struct notes notes;
    FILE *stream = fopen("rows.csv", "w");

    fputs("customer,number,business_id,source_waba_id\n", stream);
    for (int i = 0; i < PROBLEMS; i++)
        fprintf(stream, "a,+3312,1,2\n");
    fclose(stream);
    notes_init(&notes);
    notes.is_counting = true;
    write_file("book.yaml", ROWS, strlen(ROWS));
    CU_ASSERT_EQUAL(read_book(&notes, false, NULL), STATUS_INVALID);
    CU_ASSERT_EQUAL(notes.problem_count, PROBLEMS);
    notes_finish(&notes);
}

/* --- large books --------------------------------------------------------------------------------
 */

static long peak_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* Half of the numbers in customers of ten, half in one customer; or all in rows. */
static void write_large_book(unsigned count, bool is_in_rows)
{
    FILE *yaml = fopen("book.yaml", "w"), *rows = fopen("rows.csv", "w");

    fputs(HEAD "numbers_file: rows.csv\n", yaml);
    fputs("customer,number,business_id,source_waba_id\n", rows);
    fputs(is_in_rows ? "" : "customers:\n", yaml);
    for (unsigned i = 0; i < count; i++) {
        unsigned customer = i < count / 2 ? i / 10 : count / 2;
        if (is_in_rows) {
            fprintf(rows, "customer-%u,+4915%08u,7001,8001\n", customer, i);
            continue;
        }
        if ((i < count / 2 && i % 10 == 0) || i == count / 2)
            fprintf(yaml,
                    "- id: customer-%u\n  name: Bakery %u\n  business_id: 7001\n"
                    "  source_waba_id: 8001\n  numbers:\n",
                    customer, customer);
        fprintf(yaml, "  - number: \"+49 15 %08u\"\n    source_phone_number_id: \"%u\"\n", i,
                i + 1);
    }
    fputs(is_in_rows ? "" : "- {id: last, business_id: 1, source_waba_id: 2}\n", yaml);
    fputs("last,+33123456789,1,2\n", rows);
    fclose(yaml);
    fclose(rows);
}

static void large_books_take_little_memory(void)
{
    enum { NUMBERS_COUNT = 200000 };
#if defined(__SANITIZE_ADDRESS__)
    const long bound_kib = 700 * 1024; /* its quarantine keeps what was freed */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    const long bound_kib = 700 * 1024;
#else
    const long bound_kib = 64 * 1024;
#endif
#else
    const long bound_kib = 64 * 1024;
#endif
    for (int in_rows = 0; in_rows <= 1; in_rows++) {
        struct notes notes;
        write_large_book(NUMBERS_COUNT, in_rows);
        notes_init(&notes);
        notes.is_counting = true;
        long before_kib = peak_kib();
        CU_ASSERT_EQUAL(read_book(&notes, false, NULL), STATUS_OK);
        CU_ASSERT_EQUAL(notes.customers, NUMBERS_COUNT / 20 + 2);
        CU_ASSERT_EQUAL(notes.numbers, NUMBERS_COUNT + 1);
        CU_ASSERT_EQUAL(notes.problem_count, 0);
        long grown_kib = peak_kib() - before_kib;
        if (grown_kib > bound_kib)
            fprintf(stderr, "\n    the peak grew by %ld KiB\n", grown_kib);
        CU_ASSERT(grown_kib <= bound_kib);
        notes_finish(&notes);
    }
}

int main(void)
{
    char folder[] = "/tmp/manifest_test.XXXXXX", command[64];
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"the example of the contract is read whole", the_example_of_the_contract_is_read_whole},
        {"the order of keys does not matter", the_order_of_keys_does_not_matter},
        {"everything wrong is told at once", everything_wrong_is_told_at_once},
        {"each thing wrong is told where it stands", each_thing_wrong_is_told_where_it_stands},
        {"what is not YAML is one problem with its place", what_is_not_yaml_is_one_problem_with_its_place},
        {"a book that is too deep or too long is refused", a_book_that_is_too_deep_or_too_long_is_refused},
        {"a callback URI may have 200 characters and no more", a_callback_uri_may_have_200_characters_and_no_more},
        {"a callback URI is one that can be called", a_callback_uri_is_one_that_can_be_called},
        {"every rule of the contract may be attested", every_rule_of_the_contract_may_be_attested},
        {"a secret in the manifest is refused and not repeated", a_secret_in_the_manifest_is_refused_and_not_repeated},
        {"control characters never reach a message", control_characters_never_reach_a_message},
        {"credentials are looked up when asked", credentials_are_looked_up_when_asked},
        {"relative files stand beside the manifest", relative_files_stand_beside_the_manifest},
        {"rows give customers and numbers", rows_give_customers_and_numbers},
        {"each thing wrong with rows is told where it stands", each_thing_wrong_with_rows_is_told_where_it_stands},
        {"a sink that fails ends the reading", a_sink_that_fails_ends_the_reading},
        {"a manifest that cannot be read is one fault", a_manifest_that_cannot_be_read_is_one_fault},
        {"damaged books are refused or read but never crash", damaged_books_are_refused_or_read_but_never_crash},
        {"more problems than are held back are all told", more_problems_than_are_held_back_are_all_told},
        {"large books take little memory", large_books_take_little_memory},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    int failed = run_suite("manifest", tests);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return chdir("/") != 0 || system(command) != 0 || failed;
}
