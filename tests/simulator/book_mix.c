/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/book_mix.h"

#include <string.h>

#include "tests/simulator/book.h"
#include "tests/simulator/index.h"

/* What can be wrong: members of a customer and of its first number in the scenario, or a line in
 * the manifest. "%08u" in a member is the customer's place. */
/* clang-format off */
static const struct mix {
    const char *rule, *customer, *number, *manifest;
    bool is_not_signed_up;
} mixes[] = {
    {"two_step_off",       NULL, "\"is_pin_enabled\":true", NULL, false},
    {"name_approved",      NULL, "\"name_status\":\"PENDING_REVIEW\"", NULL, false},
    {"name_approved",      NULL, "\"name_status\":\"AVAILABLE_WITHOUT_REVIEW\"", NULL, false},
    {"name_approved",      NULL, "\"name_status\":\"DECLINED\"", NULL, false},
    {"no_pending_name_change", NULL, "\"new_name_status\":\"PENDING_REVIEW\",\"new_display_name\":\"Another Name\"", NULL, false},
    {"business_verified",  "\"business_verification_status\":\"pending\"", NULL, NULL, false},
    {"business_verified",  "\"business_verification_status\":\"not_verified\"", NULL, NULL, false},
    {"source_waba_approved", "\"source_waba_review\":\"PENDING\"", NULL, NULL, false},
    {"source_waba_approved", "\"source_waba_review\":\"REJECTED\"", NULL, NULL, false},
    {"source_waba_approved", "\"source_waba_review\":\"OF_A_NEW_KIND\"", NULL, NULL, false},
    {"destination_waba_approved", "\"waba_review\":\"PENDING\"", NULL, NULL, false},
    {"not_test_number",    NULL, "\"account_mode\":\"SANDBOX\"", NULL, false},
    {"not_business_app",   NULL, "\"is_on_biz_app\":true", NULL, false},
    {"cloud_api",          NULL, "\"platform_type\":\"ON_PREMISE\"", NULL, false},
    {"same_business",      "\"source_owner\":\"79%08u\"", NULL, NULL, false},
    {"same_business",      "\"other_business\":true", NULL, NULL, false},
    {"waba_currency",      NULL, NULL, "    waba_currency: INR\n", false},
    {"waba_currency",      NULL, NULL, "    waba_currency: BRL\n", false},
    {"template_headroom",  "\"templates\":{\"approved_green\":260},\"business_verification_status\":\"not_verified\"", NULL, NULL, false},
    {"template_headroom",  "\"destination_templates\":{\"approved_green\":180,\"approved_unknown\":68},\"business_verification_status\":\"not_verified\"", NULL, NULL, false},
    {"not_already_moved",  NULL, "\"status\":\"MIGRATED\"", NULL, false},
    {"not_already_moved",  NULL, "\"status\":\"MIGRATED\",\"destination\":{\"status\":\"CONNECTED\"}", NULL, false},
    {"number_verified",    NULL, "\"destination\":{\"code_verification_status\":\"NOT_VERIFIED\"}", NULL, false},
    {"number_verified",    NULL, "\"destination\":{\"code_verification_status\":\"EXPIRED\"}", NULL, false},
    {"webhooks_subscribed", "\"foreign_app_subscribed\":true", NULL, NULL, false},
    {"signup_captured",    NULL, NULL, NULL, true},
    {"unreadable",         "\"source_waba_unreadable\":true", NULL, NULL, false},
    {"unreadable",         "\"source_waba_unreadable\":true", "\"source_unreadable\":true", NULL, false},
    {"unreadable",         "\"source_unreadable\":true", NULL, NULL, false},
    {"unreadable",         "\"forbidden_reads\":\"source\"", NULL, NULL, false},
    {"several",            "\"business_verification_status\":\"expired\"", "\"is_pin_enabled\":true,\"name_status\":\"EXPIRED\"", NULL, false},
    {"several",            "\"source_waba_review\":\"PENDING\"", "\"status\":\"FLAGGED\",\"is_pin_enabled\":true", NULL, false},
};
/* clang-format on */

static const struct mix *mix_of(unsigned customer)
{
    uint64_t lot = index_mix(customer + UINT64_C(0x6d6978));
    if (lot % 100 >= 30)
        return NULL;
    return &mixes[lot / 100 % (sizeof mixes / sizeof mixes[0])];
}

bool book_mix_is_signed_up(unsigned customer)
{
    const struct mix *mix = mix_of(customer);
    return !mix || !mix->is_not_signed_up;
}

static void write_attestations(FILE *file, unsigned customer)
{
    /* Within 30 days of late November 2026, or long before it. */
    const char *first = customer % 20 == 0 ? "2026-11-20" : "2026-09-01";
    const char *second = customer % 30 == 0 ? "2026-11-20" : "2026-09-01";
    fprintf(file,
            "    attest: { business_verified: %s, source_waba_approved: %s, two_step_off: %s, "
            "name_approved: %s, no_pending_name_change: %s, not_test_number: %s, "
            "not_business_app: %s }\n",
            first, first, second, second, second, first, second);
}

void book_mix_customer(FILE *file, unsigned customer)
{
    const struct mix *mix = mix_of(customer);
    if (book_mix_is_signed_up(customer))
        fprintf(file, "    destination_waba_id: \"90%08u\"\n", customer);
    if (mix && mix->manifest)
        fputs(mix->manifest, file);
    /* Of those who cannot be read at the source most have attested. */
    if (customer % 10 != 0)
        fputs("    source_token: { env: OLD_PARTNER_TOKEN }\n", file);
    else if (customer % 50 != 0)
        write_attestations(file, customer);
}

static void write_objects(FILE *file, unsigned numbers, unsigned customers, bool of_numbers)
{
    const char *comma = "";
    for (unsigned customer = 1; customer <= customers; customer++) {
        const struct mix *mix = mix_of(customer);
        const char *members = !mix ? NULL : of_numbers ? mix->number : mix->customer;
        if (!members)
            continue;
        fprintf(file, "%s\n\"", comma);
        if (of_numbers)
            book_write_e164(file, book_last_number(numbers, customers, customer - 1) + 1);
        else
            fprintf(file, "customer-%06u", customer);
        fprintf(file, "\":{\"_\":\"%s\",", mix->rule);
        const char *place = strstr(members, "%08u");
        if (place)
            fprintf(file, "%.*s%08u%s", (int)(place - members), members, customer, place + 4);
        else
            fputs(members, file);
        fputc('}', file);
        comma = ",";
    }
}

enum status book_mix_write(unsigned numbers, unsigned customers, const char *folder,
                           struct fault *fault)
{
    FILE *file;
    enum status status = book_open(folder, "scenario.json", &file, fault);
    if (status != STATUS_OK)
        return status;
    fputs("{\"customers\":{", file);
    write_objects(file, numbers, customers, false);
    fputs("},\n\"numbers\":{", file);
    write_objects(file, numbers, customers, true);
    fputs("}}\n", file);
    return book_close(file, folder, "scenario.json", fault);
}
