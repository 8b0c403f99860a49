/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/book_pairs.h"

#include <stdio.h>

#include "tests/simulator/book.h"

/* What makes a rule fail or warn: members of the customer and of its number in the scenario, or a
 * line in the manifest. In the contract's order. */
/* clang-format off */
enum { AT_SOURCE, AT_DESTINATION, NO_DESTINATION };
static const struct condition {
    const char *rule;
    int side;
    const char *customer, *number, *manifest;
} conditions[] = {
    {"business_verified",         AT_SOURCE,      "\"business_verification_status\":\"not_verified\"", NULL, NULL},
    {"source_waba_approved",      AT_SOURCE,      "\"source_waba_review\":\"REJECTED\"", NULL, NULL},
    {"destination_waba_approved", AT_DESTINATION, "\"waba_review\":\"PENDING\"", NULL, NULL},
    {"payment_method",            AT_DESTINATION, "\"no_payment_method\":true", NULL, NULL},
    {"two_step_off",              AT_SOURCE,      NULL, "\"is_pin_enabled\":true", NULL},
    {"name_approved",             AT_SOURCE,      NULL, "\"name_status\":\"DECLINED\"", NULL},
    {"no_pending_name_change",    AT_SOURCE,      NULL, "\"new_name_status\":\"PENDING_REVIEW\",\"new_display_name\":\"Another Name\"", NULL},
    {"not_test_number",           AT_SOURCE,      NULL, "\"account_mode\":\"SANDBOX\"", NULL},
    {"not_business_app",          AT_SOURCE,      NULL, "\"is_on_biz_app\":true", NULL},
    {"cloud_api",                 AT_SOURCE,      NULL, "\"platform_type\":\"ON_PREMISE\"", NULL},
    {"same_business",             AT_DESTINATION, "\"other_business\":true", NULL, NULL},
    {"not_already_moved",         AT_SOURCE,      NULL, "\"status\":\"MIGRATED\"", NULL},
    /* More than the 6,000 that a verified business may have. */
    {"template_headroom",         AT_SOURCE,      "\"templates\":{\"approved_green\":6100}", NULL, NULL},
    {"waba_currency",             AT_SOURCE,      "\"destination_waba\":{\"currency\":\"INR\"}", NULL, "    waba_currency: INR\n"},
    {"signup_captured",           NO_DESTINATION, NULL, NULL, NULL},
    {"number_verified",           AT_DESTINATION, NULL, "\"destination\":{\"code_verification_status\":\"NOT_VERIFIED\"}", NULL},
};
/* clang-format on */
#define CONDITION_COUNT (sizeof conditions / sizeof conditions[0])

static const char head[] =
    "# Every pair of rules that can fail together, once, made up by wabamigrate simulate "
    "--make-pairs.\n"
    "version: 1\n"
    "batch: pairs\n"
    "partner:\n"
    "  business_id: \"1020304050\"\n"
    "  app_id: \"998877\"\n"
    "  system_token: { env: META_SYSTEM_TOKEN }\n"
    "  app_secret: { env: META_APP_SECRET }\n"
    "defaults:\n"
    "  path: embedded_signup\n"
    "  waba_currency: EUR\n"
    "  templates: leave\n"
    "customers:\n";

static bool is_possible(const struct condition *one, const struct condition *two)
{
    bool is_unsigned = one->side == NO_DESTINATION || two->side == NO_DESTINATION;
    return !is_unsigned || (one->side != AT_DESTINATION && two->side != AT_DESTINATION);
}

static const char *text(const char *text_or_null)
{
    return text_or_null ? text_or_null : "";
}

/* A customer's part of a file; `at` counts from 1. */
typedef void write_pair(FILE *file, unsigned at, const struct condition *one,
                        const struct condition *two);

static void write_book_part(FILE *file, unsigned at, const struct condition *one,
                            const struct condition *two)
{
    bool is_signed_up = one->side != NO_DESTINATION && two->side != NO_DESTINATION;
    fprintf(file,
            "  - id: pair-%03u\n"
            "    name: Pair %u\n"
            "    business_id: \"70%08u\"\n"
            "    source_waba_id: \"80%08u\"\n"
            "    source_token: { env: OLD_PARTNER_TOKEN }\n"
            "%s%s",
            at, at, at, at, text(one->manifest), text(two->manifest));
    if (is_signed_up)
        fprintf(file,
                "    destination_waba_id: \"90%08u\"\n"
                "    token: { file: tokens/customers }\n",
                at);
    fprintf(file,
            "    numbers:\n"
            "      - { number: \"+49300%07u\", source_phone_number_id: \"60%09u\"",
            at, at);
    if (is_signed_up)
        fprintf(file, ", phone_number_id: \"61%09u\"", at);
    fputs(" }\n", file);
}

static void write_customer_part(FILE *file, unsigned at, const struct condition *one,
                                const struct condition *two)
{
    fprintf(file, "%s\n\"pair-%03u\":{\"webhooks_subscribed\":true", at > 1 ? "," : "", at);
    fprintf(file, "%s%s", one->customer ? "," : "", text(one->customer));
    fprintf(file, "%s%s}", two->customer ? "," : "", text(two->customer));
}

static void write_number_part(FILE *file, unsigned at, const struct condition *one,
                              const struct condition *two)
{
    fprintf(file, "%s\n\"+49300%07u\":{%s%s%s}", at > 1 ? "," : "", at, text(one->number),
            one->number && two->number ? "," : "", text(two->number));
}

static void write_expected_part(FILE *file, unsigned at, const struct condition *one,
                                const struct condition *two)
{
    fprintf(file, "\"+49300%07u\":{\"customer\":\"pair-%03u\",\"rules\":[", at, at);
    if (one->rule)
        fprintf(file, "\"%s\",\"%s\"", one->rule, two->rule);
    fputs("]},\n", file);
}

/* The first is the customer with whom nothing is wrong. */
static void write_parts(FILE *file, write_pair *write)
{
    static const struct condition nothing = {.rule = NULL};
    unsigned at = 1;
    write(file, at, &nothing, &nothing);
    for (size_t i = 0; i < CONDITION_COUNT; i++) {
        for (size_t j = i + 1; j < CONDITION_COUNT; j++) {
            if (is_possible(&conditions[i], &conditions[j]))
                write(file, ++at, &conditions[i], &conditions[j]);
        }
    }
}

static void write_skipped(FILE *file)
{
    const char *comma = "";
    fputs("\"_skipped\":[", file);
    for (size_t i = 0; i < CONDITION_COUNT; i++) {
        for (size_t j = i + 1; j < CONDITION_COUNT; j++) {
            if (is_possible(&conditions[i], &conditions[j]))
                continue;
            fprintf(file, "%s\n[\"%s\",\"%s\",\"there is no destination before the signup\"]",
                    comma, conditions[i].rule, conditions[j].rule);
            comma = ",";
        }
    }
    fputs("]", file);
}

/* ---- the files ---- */

static void write_book(FILE *file)
{
    fputs(head, file);
    write_parts(file, write_book_part);
}

static void write_scenario(FILE *file)
{
    fputs("{\"customers\":{", file);
    write_parts(file, write_customer_part);
    fputs("},\n\"numbers\":{", file);
    write_parts(file, write_number_part);
    fputs("}}\n", file);
}

static void write_expected(FILE *file)
{
    fputs("{", file);
    write_parts(file, write_expected_part);
    write_skipped(file);
    fputs("}\n", file);
}

static void write_token(FILE *file)
{
    fputs("fictitious-token-of-the-customers\n", file);
}

static enum status write_file(const char *folder, const char *name, void (*write)(FILE *file),
                              struct fault *fault)
{
    FILE *file;
    enum status status = book_open(folder, name, &file, fault);
    if (status != STATUS_OK)
        return status;
    write(file);
    return book_close(file, folder, name, fault);
}

enum status book_pairs_write(const char *folder, struct fault *fault)
{
    char tokens[4096];
    snprintf(tokens, sizeof tokens, "%s/tokens", folder);
    enum status status = write_file(folder, "book.yaml", write_book, fault);
    if (status == STATUS_OK)
        status = write_file(folder, "scenario.json", write_scenario, fault);
    if (status == STATUS_OK)
        status = write_file(folder, "expected.json", write_expected, fault);
    return status == STATUS_OK ? write_file(tokens, "customers", write_token, fault) : status;
}
