/* SPDX-License-Identifier: PostgreSQL */
/*
 * page_maker -- writes the HTML report of a made-up book, for page.py to open in a browser.
 *
 *   page_maker normal|hostile|empty|huge|story [CUSTOMERS] >FILE
 *
 * The same book every time: what is random comes from a fixed seed.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "planner/eligibility.h"
#include "planner/language.h"
#include "planner/report.h"

#define AT "2026-11-23T01:00:00Z"
#define NUMBERS_MAX 120000
#define LOOKS_MAX 400

static uint64_t random_state = 20261123;

static unsigned random_below(unsigned limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % limit;
}

#define TWO_STEP                                                                                        \
    "Turn two-step verification off in WhatsApp Manager → Phone numbers → the number → Two-step " \
    "verification → Turn off, then confirm with the link in the e-mail Meta sends."
#define ASK                                                                                       \
    "Nobody could be asked whether two-step verification is off at the old account: Graph did "   \
    "not show it to us. Give the customer's `source_token` in the manifest, or ask the customer " \
    "and write the day of the answer as `attest: {two_step_off: DATE}`."

/* clang-format off */
/* What may be found beside everything that passes. */
static const struct report_finding possible[] = {
    {"business_verified", "fail", "api", "business_verification_status", "\"not_verified\"", AT, "customer",
     "Your business is not verified by Meta. Start the verification in Meta Business Suite → Settings → "
     "Security Centre → Start verification, and send the documents it asks for.", false, NULL, true, NULL, false},
    {"business_verified", "fail", "api", "business_verification_status", "\"pending\"", AT, "meta",
     "Meta is examining the business verification. Wait for Meta's answer.", false, NULL, true, NULL, false},
    {"source_waba_approved", "unknown", "none", NULL, NULL, NULL, "partner",
     "Nobody could be asked whether the old account is approved.", false, NULL, false, NULL, false},
    {"destination_waba_approved", "fail", "api", "account_review_status", "\"PENDING\"", AT, "meta",
     "Meta is reviewing the new account.", false, NULL, true, NULL, false},
    {"payment_method", "warn", "attested", NULL, NULL, "2026-10-01", "partner",
     "The answer is older than 30 days: ask again.", false, "the shop's manager, by phone", false, NULL, false},
    {"two_step_off", "fail", "api", "is_pin_enabled", "true", AT, "customer", TWO_STEP, false, NULL, true, NULL, false},
    {"two_step_off", "unknown", "none", NULL, NULL, NULL, "partner", ASK, false, NULL, true, NULL, false},
    {"name_approved", "fail", "api", "name_status", "\"DECLINED\"", AT, "customer",
     "Meta declined the display name. Choose one that follows Meta's display name guidelines in "
     "WhatsApp Manager → Phone numbers → the number → Profile → Display name → Edit.", false, NULL, true, NULL, false},
    {"no_pending_name_change", "fail", "api", "new_name_status", "\"PENDING_REVIEW\"", AT, "meta",
     "A change of the display name is being reviewed. Wait for Meta's answer.", false, NULL, true, NULL, false},
    {"not_test_number", "fail", "api", "account_mode", "\"SANDBOX\"", AT, "partner",
     "WhatsApp issued this number for testing. Take it out of the manifest.", false, NULL, true, NULL, false},
    {"not_business_app", "fail", "api", "platform_type", "\"NOT_APPLICABLE\"", AT, "customer",
     "The number is in use in the WhatsApp Business app. Delete the account there first.", false, NULL, true, NULL, false},
    {"cloud_api", "warn", "api", "platform_type", "\"ON_PREMISE\"", AT, NULL,
     "History and media of the On-Premises API stay behind.", false, NULL, false, NULL, false},
    {"same_business", "fail", "api", "owner_business_info", "{\"id\":\"700199\"}", AT, "source_partner",
     "The old account belongs to another business. Have the previous partner correct it.", false, NULL, true, NULL, false},
    {"webhooks_subscribed", "warn", "api", "subscribed_apps", "[]", AT, NULL,
     "The run subscribes our app by itself.", true, NULL, false, NULL, false},
    {"not_already_moved", "warn", "api", "status", "\"CONNECTED\"", AT, NULL,
     "The number is on the new account already; nothing is to be done.", false, NULL, false, NULL, false},
    {"registration_budget", "fail", "api", NULL, "10", AT, NULL,
     "The number's registrations of 72 hours are used up; a later run goes on by itself.", false, NULL, true, NULL, false},
    {"template_headroom", "warn", "api", "_templates", "{\"total\":260,\"approved_green\":212,\"approved_unknown\":31}", AT, "partner",
     "31 templates are copied by a call of their own.", false, NULL, false, NULL, false},
    {"waba_currency", "warn", "api", "currency", "\"INR\"", AT, "customer",
     "Accounts in INR are billed anew from 2027-01-01. Please look at your billing settings.", false, NULL, false, NULL, false},
    {"signup_captured", "fail", "none", NULL, NULL, NULL, "customer",
     "Go through Embedded Signup on the partner's page, choosing the same business portfolio, a new "
     "WhatsApp Business Account and this number.", false, NULL, true, NULL, false},
    {"number_verified", "unknown", "none", NULL, NULL, NULL, NULL,
     "It is read as soon as the number stands in the new account.", false, NULL, false, NULL, false},
};
#define POSSIBLE (sizeof possible / sizeof possible[0])

static const char *const trades[] = {"Bakery", "Dental practice", "Florist", "Garage", "Bookshop", "Hotel", "Pharmacy", "Tailor"};
static const char *const names[] = {"Lune", "Étoile", "Zähringer", "Sol", "North", "Ōkami", "Miró", "Petit Pont"};
/* What a stranger may call himself. Each would set the marker if it ran. */
static const char *const hostile[] = {
    "<script>window.hacked=1;alert(1)</script>",
    "</script><img src=x onerror=\"window.hacked=1;alert(2)\">",
    "</ScRiPt ><svg onload=window.hacked=1>",
    "<!--<script>",
    "]]></style><iframe srcdoc=\"<script>parent.hacked=1</script>\"></iframe>",
    "\xE2\x80\xAEgnp.esrever \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D and more",
    "\xD9\x85\xD8\xAE\xD8\xA8\xD8\xB2 \xD8\xA7\xD9\x84\xD9\x82\xD9\x85\xD8\xB1 (Bakery Moon)",
    "javascript:window.hacked=1//${window.hacked=1}{name}{n}`backtick`",
    "quote\" 'quote\\ \\u003cscript> &lt;script&gt; &amp;\xE2\x80\xA8line\x01\x1b[31m\xff\xfe",
    "__proto__",
    "constructor",
};
#define HOSTILE (sizeof hostile / sizeof hostile[0])
/* clang-format on */

static const struct report_error refused = {"register_number",
                                            100,
                                            2388103,
                                            "Cannot migrate phone number",
                                            "No app is subscribed to the account",
                                            "AbC123",
                                            "needs_person",
                                            "2026-11-23T00:58:00Z",
                                            "partner",
                                            "Subscribe the app, then `wabamigrate retry`."};

static void pass_everything(struct report_finding passes[ELIGIBILITY_RULES_MAX])
{
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++)
        passes[i] = (struct report_finding){.rule = eligibility_rule_id(i),
                                            .verdict = "pass",
                                            .evidence = "api",
                                            .field = "status",
                                            .value = "\"x\"",
                                            .read_at = AT};
}

struct maker {
    struct arena *arena;
    struct report_templates templates;
    struct report_finding passes[ELIGIBILITY_RULES_MAX];
    struct report_number numbers[NUMBERS_MAX];
    struct report_look looks[LOOKS_MAX];
    struct report report;
};

/* All rules, with the chosen findings in the place of their rules. */
static void set_findings(struct maker *maker, struct report_number *number,
                         const struct report_finding *const *chosen, size_t chosen_count)
{
    const struct report_finding **findings =
        arena_alloc(maker->arena, ELIGIBILITY_RULES_MAX * sizeof findings[0]);

    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        findings[i] = &maker->passes[i];
        for (size_t j = 0; j < chosen_count; j++) {
            if (strcmp(chosen[j]->rule, maker->passes[i].rule) == 0)
                findings[i] = chosen[j];
            number->eligible &= !chosen[j]->is_blocking;
        }
    }
    number->findings = findings;
    number->finding_count = ELIGIBILITY_RULES_MAX;
}

static void stand(struct report_number *number, size_t at)
{
    unsigned dice = random_below(100);

    number->step = "check";
    if (!number->eligible) {
        number->state = "blocked";
        number->change = at % 9 == 0 ? REPORT_CHANGE_NEWLY_BLOCKED : REPORT_CHANGE_UNCHANGED;
        return;
    }
    number->state = dice < 40   ? "ready"
                    : dice < 75 ? "done"
                    : dice < 90 ? "waiting"
                    : dice < 95 ? "running"
                                : "failed";
    number->step = dice < 75 ? "register_number" : "settle_templates";
    if (dice >= 75 && dice < 90) {
        number->waiting_for = dice < 80 ? "code" : "time";
        number->not_before = dice < 80 ? NULL : "2026-11-24T01:00:00Z";
    }
    if (dice >= 95)
        number->error = &refused;
    number->change = at % 7 == 0    ? REPORT_CHANGE_NEWLY_ELIGIBLE
                     : at % 23 == 0 ? REPORT_CHANGE_NEW
                                    : REPORT_CHANGE_UNCHANGED;
}

/* Findings of one customer are read together, at a second of their own. */
static const struct report_finding *read_then(struct maker *maker,
                                              const struct report_finding *finding, size_t customer)
{
    struct report_finding *copy = arena_alloc(maker->arena, sizeof *copy);

    *copy = *finding;
    if (strcmp(finding->evidence, "api") == 0)
        copy->read_at = arena_printf(maker->arena, "2026-11-23T%02zu:%02zu:%02zuZ",
                                     customer / 3600 % 24, customer / 60 % 60, customer % 60);
    return copy;
}

static void add_customer(struct maker *maker, size_t at, const char *name, size_t count)
{
    const struct report_finding *chosen[3];
    size_t chosen_count = random_below(100) < 45 ? 1 + random_below(2) : 0;

    for (size_t i = 0; i < chosen_count; i++)
        chosen[i] = read_then(maker, &possible[(at + 7 * i) % POSSIBLE], at);
    for (size_t i = 0; i < count; i++) {
        size_t place = maker->report.number_count++;
        struct report_number *number = &maker->numbers[place];
        *number = (struct report_number){
            .number = arena_printf(maker->arena, "+3312%07zu", place),
            .customer =
                i > 0 ? number[-1].customer : arena_printf(maker->arena, "customer-%05zu", at),
            .customer_name = name,
            .language = at % 3 == 0   ? "fr_FR"
                        : at % 3 == 1 ? "en_US"
                                      : NULL,
            .eligible = 1,
        };
        set_findings(maker, number, chosen, i % 4 == 3 ? 0 : chosen_count);
        stand(number, place);
    }
}

static void add_looks(struct maker *maker, size_t count)
{
    int64_t numbers = (int64_t)maker->report.number_count;

    for (size_t i = 0; i < count; i++) {
        time_t when = 1795395600 - (time_t)(count - 1 - i) * 43200; /* 2026-11-23, twice a day */
        struct tm tm;
        char at[32];
        (void)gmtime_r(&when, &tm);
        (void)strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &tm);
        int64_t done = numbers * (int64_t)i / (int64_t)(3 * count);
        int64_t eligible =
            numbers / 4 + numbers * (int64_t)i / (int64_t)(3 * count) + (int64_t)random_below(4);
        maker->looks[i] = (struct report_look){.at = arena_copy_text(maker->arena, at),
                                               .command = i % 2 ? "check" : "run",
                                               .numbers = numbers,
                                               .eligible = eligible,
                                               .not_eligible = numbers - eligible,
                                               .done = done,
                                               .failed = (int64_t)random_below(3),
                                               .calls = 400};
    }
    maker->report.looks = maker->looks;
    maker->report.look_count = count;
}

static void set_forecast(struct report *report)
{
    report->has_forecast = true;
    report->forecast = (struct forecast){.calls = (int64_t)report->number_count * 9,
                                         .registrations = (int64_t)report->number_count,
                                         .seconds = 9340,
                                         .nights = 2,
                                         .budget_count = 4,
                                         .bottleneck = "waba",
                                         .budgets = {{"platform", 420, 420, 0, 3600000},
                                                     {"waba", 2100, 310, 200, 3600000},
                                                     {"credit_line", 120, 120, 5000, 3600000},
                                                     {"registration", 240, 1, 10, 259200000}},
                                         .budget_seconds = {0, 9340, 0, 0}};
}

/* A template of each result, and of strange names and refusals where `text` is one. */
static void add_templates(struct maker *maker, const char *customer, const char *text)
{
    struct report_templates *templates = &maker->templates;
    struct template_customer *of = &templates->customers[templates->customer_count++];
    struct template_row *rows = arena_alloc(maker->arena, TEMPLATE_RESULTS * sizeof *rows);

    for (size_t i = 0; i < TEMPLATE_RESULTS; i++)
        rows[i] = (struct template_row){.name = text ? text : "order_update",
                                        .language = text ? text : "en_US",
                                        .source_status = "APPROVED",
                                        .source_category = text ? text : "UTILITY",
                                        .destination_category = "MARKETING",
                                        .result = template_result_at(i),
                                        .reason = i == 1 ? "refused" : "quality",
                                        .reason_text = text ? text : "RED"};
    *of = (struct template_customer){
        .customer = customer, .rows = rows, .row_count = TEMPLATE_RESULTS, .unread = text};
    template_count_customer(&templates->counts, of);
}

static void begin_templates(struct maker *maker, size_t customers)
{
    maker->templates = (struct report_templates){
        .is_listed = true,
        .customers = arena_alloc(maker->arena, customers * sizeof(struct template_customer))};
    maker->report.templates = &maker->templates;
}

static void make_normal(struct maker *maker, size_t customers, size_t looks)
{
    for (size_t i = 0; i < customers; i++)
        add_customer(maker, i,
                     arena_printf(maker->arena, "%s %s %zu", trades[i % 8], names[i / 8 % 8], i),
                     customers > 1000 ? 5
                     : i == 7         ? 60
                                      : 1 + random_below(9));
    maker->report.since = "2026-11-20T01:00:00Z";
    maker->report.gone = 3;
    add_looks(maker, looks);
    set_forecast(&maker->report);
    begin_templates(maker, 3);
    for (size_t i = 0; i < 3; i++)
        add_templates(maker, maker->numbers[7 * i].customer, NULL);
    for (size_t i = 0; i < 5; i++)
        maker->numbers[i].template_downtime =
            (struct template_downtime){true, i == 4, (int64_t)i * 700};
}

static void make_hostile(struct maker *maker)
{
    static char long_name[5001];

    memset(long_name, 'W', sizeof long_name - 1);
    begin_templates(maker, HOSTILE);
    for (size_t i = 0; i < HOSTILE; i++) {
        struct report_finding *finding = arena_alloc(maker->arena, sizeof *finding);
        struct report_error *error = arena_alloc(maker->arena, sizeof *error);
        const char *text = hostile[i];
        *finding = (struct report_finding){.rule = i == 9 ? "__proto__" : "two_step_off",
                                           .verdict = "fail",
                                           .evidence = i % 2 ? "api" : "attested",
                                           .field = text,
                                           .value = text,
                                           .read_at = text,
                                           .owner = i % 2 ? "customer" : text,
                                           .remedy = text,
                                           .attested_by = text,
                                           .is_blocking = true};
        *error = (struct report_error){text, 1, 2, text, text, text, text, text, text, text};
        add_customer(maker, i, text, 1);
        add_customer(maker, i + 100, text, 1);
        struct report_number *number = &maker->numbers[maker->report.number_count - 2];
        add_templates(maker, number[0].customer, text);
        number[0].state = "blocked";
        number[0].eligible = 0;
        number[0].note = number[0].waiting_for = number[0].not_before = number[0].language = text;
        number[0].customer = text;
        number[1].state = "failed";
        number[1].error = error;
        const struct report_finding **findings = arena_alloc(maker->arena, sizeof findings[0]);
        findings[0] = finding;
        number[0].findings = findings;
        number[0].finding_count = 1;
    }
    add_customer(maker, 50, long_name, 3);
    add_looks(maker, 1);
    maker->looks[0].command = hostile[1];
    maker->report.batch = hostile[1];
    maker->report.since = "2026-11-20T01:00:00Z";
    set_forecast(&maker->report);
    maker->report.forecast.bottleneck = hostile[0];
}

/* One number, as `report --number` has it. */
static void make_story(struct maker *maker)
{
    static struct report_finding past, now;
    static const struct report_attempt attempts[] = {
        {"register_number", "send", "2026-11-22T01:01:00Z",
         "POST /v26.0/610100/register {\"pin\":\"<secret>\"}", "in_doubt", "the connection was cut",
         0, 30000, NULL, "night-1", NULL, "2026-11-22T01:01:40Z",
         "no answer was recorded by the step's deadline", "2026-11-22T01:03:00Z"},
        {"register_number", "look", "2026-11-22T01:02:00Z", "GET /v26.0/610100?fields=status",
         "done", NULL, 200, 345, "AbC123", "night-2", "{\"status\":\"CONNECTED\"}", NULL, NULL,
         NULL},
    };
    const struct report_finding **findings = arena_alloc(maker->arena, 2 * sizeof findings[0]);

    past = possible[5];
    past.found_at = "2026-11-19T01:00:00Z";
    past.is_past = true;
    now = maker->passes[4];
    now.found_at = "2026-11-21T01:00:00Z";
    findings[0] = &past;
    findings[1] = &now;
    maker->numbers[0] = (struct report_number){.number = "+33123456789",
                                               .customer = "bakery-lune",
                                               .customer_name = "Bakery Lune",
                                               .state = "done",
                                               .eligible = 1,
                                               .findings = findings,
                                               .finding_count = 2,
                                               .attempts = attempts,
                                               .attempt_count = 2};
    maker->report.number_count = 1;
    maker->report.title = "report";
}

int main(int argument_count, char **arguments)
{
    const char *what = argument_count > 1 ? arguments[1] : "normal";
    long customers = argument_count > 2 ? strtol(arguments[2], NULL, 10) : 0;
    struct maker *maker = calloc(1, sizeof *maker);
    struct fault fault = FAULT_NONE;

    if (!maker)
        return 1;
    maker->arena = arena_create();
    maker->report = (struct report){.batch = "acme-book",
                                    .generated_at = AT,
                                    .title = "check (dry run)",
                                    .numbers = maker->numbers,
                                    .calls_made = 412,
                                    .language = language_find("en")};
    pass_everything(maker->passes);
    if (strcmp(what, "normal") == 0)
        make_normal(maker, customers > 0 ? (size_t)customers : 60, 60);
    else if (strcmp(what, "hostile") == 0)
        make_hostile(maker);
    else if (strcmp(what, "story") == 0)
        make_story(maker);
    else if (strcmp(what, "huge") == 0)
        make_normal(maker, customers > 0 ? (size_t)customers : 20000, 400);
    else
        maker->report.is_offline = true;
    enum status status = report_write(&maker->report, REPORT_HTML, 80, stdout, &fault);
    if (status != STATUS_OK)
        (void)fprintf(stderr, "%s\n", fault.message);
    arena_destroy(maker->arena);
    free(maker);
    return status != STATUS_OK;
}
