/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/book.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/simulator/book_mix.h"

enum status book_open(const char *folder, const char *name, FILE **file, struct fault *fault)
{
    char path[4096];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return fault_set(fault, STATUS_IO, "cannot make %s: %s", folder, strerror(errno));
    snprintf(path, sizeof path, "%s/%s", folder, name);
    *file = fopen(path, "we");
    if (!*file)
        return fault_set(fault, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
    return STATUS_OK;
}

enum status book_close(FILE *file, const char *folder, const char *name, struct fault *fault)
{
    bool has_failed = ferror(file) != 0;
    if (fclose(file) != 0 || has_failed)
        return fault_set(fault, STATUS_IO, "cannot write %s/%s: %s", folder, name, strerror(errno));
    return STATUS_OK;
}

/* Country code and the digits before a seven-digit counter. */
/* clang-format off */
static const struct {
    const char *code, *lead;
} countries[] = {
    {"1", "555"},  {"33", "10"},  {"49", "300"}, {"39", "06"},  {"34", "91"},  {"44", "200"},
    {"351", "21"}, {"31", "20"},  {"32", "2"},   {"41", "44"},  {"43", "1"},   {"48", "22"},
    {"420", "20"}, {"36", "1"},   {"40", "21"},  {"30", "21"},  {"90", "212"}, {"972", "2"},
    {"27", "10"},  {"234", "10"}, {"254", "20"}, {"225", "01"}, {"91", "800"}, {"62", "21"},
    {"65", "6"},   {"60", "30"},  {"55", "110"}, {"52", "550"}, {"54", "110"}, {"57", "601"},
    {"51", "1"},   {"56", "220"}, {"61", "20"},  {"81", "300"}, {"82", "20"},
};
/* clang-format on */
#define COUNTRY_COUNT (sizeof countries / sizeof countries[0])

static void write_head(FILE *file, unsigned numbers, unsigned customers, enum book_kind kind)
{
    fprintf(file,
            "# A book of %u numbers of %u customers, made up by wabamigrate simulate --make-book.\n"
            "version: 1\n"
            "batch: made-up-%u-%u\n"
            "partner:\n"
            "  business_id: \"1020304050\"\n"
            "  app_id: \"998877\"\n"
            "  credit_line_id: \"5566778899\"\n"
            "  system_token: { env: META_SYSTEM_TOKEN }\n"
            "  app_secret: { env: META_APP_SECRET }\n"
            "defaults:\n"
            "  path: %s\n"
            "  waba_currency: EUR\n"
            "  templates: leave\n"
            "customers:\n",
            numbers, customers, numbers, customers,
            kind == BOOK_PROGRAMMATIC ? "programmatic" : "embedded_signup");
}

static void write_customer(FILE *file, unsigned customer, enum book_kind kind)
{
    fprintf(file,
            "  - id: customer-%06u\n"
            "    name: Customer %u\n"
            "    business_id: \"70%08u\"\n"
            "    source_waba_id: \"80%08u\"\n",
            customer, customer, customer, customer);
    if (kind == BOOK_MIXED) {
        book_mix_customer(file, customer);
        fputs("    numbers:\n", file);
        return;
    }
    if (kind == BOOK_PROGRAMMATIC)
        fprintf(file, "    destination_waba_id: \"90%08u\"\n", customer);
    /* One in ten cannot be read at the source: its customer has confirmed what must hold. */
    if (customer % 10 == 0)
        fputs("    attest: { business_verified: 2026-11-20, source_waba_approved: 2026-11-20, "
              "two_step_off: 2026-11-20, payment_method: 2026-11-20, name_approved: 2026-11-20, "
              "no_pending_name_change: 2026-11-20, not_test_number: 2026-11-20, "
              "not_business_app: 2026-11-20 }\n",
              file);
    else
        fputs("    source_token: { env: OLD_PARTNER_TOKEN }\n", file);
    fputs("    numbers:\n", file);
}

void book_write_e164(FILE *file, unsigned number)
{
    size_t country = number % COUNTRY_COUNT;
    fprintf(file, "+%s%s%07u", countries[country].code, countries[country].lead, number);
}

static void write_number(FILE *file, unsigned number, bool has_destination)
{
    fputs("      - { number: \"", file);
    book_write_e164(file, number);
    fprintf(file, "\", source_phone_number_id: \"60%09u\"", number);
    if (has_destination)
        fprintf(file, ", phone_number_id: \"61%09u\"", number);
    fputs(" }\n", file);
}

unsigned book_last_number(unsigned numbers, unsigned customers, unsigned customer)
{
    return (unsigned)((unsigned long)numbers * customer / customers);
}

static void write_customers(FILE *file, unsigned numbers, unsigned customers, enum book_kind kind)
{
    unsigned next = 1;
    for (unsigned customer = 1; customer <= customers; customer++) {
        unsigned last = book_last_number(numbers, customers, customer);
        write_customer(file, customer, kind);
        for (; next <= last; next++)
            write_number(file, next, kind == BOOK_MIXED && book_mix_is_signed_up(customer));
    }
}

enum status book_write(unsigned numbers, unsigned customers, enum book_kind kind,
                       const char *folder, struct fault *fault)
{
    FILE *file;
    enum status status = book_open(folder, "book.yaml", &file, fault);
    if (status != STATUS_OK)
        return status;
    write_head(file, numbers, customers, kind);
    write_customers(file, numbers, customers, kind);
    status = book_close(file, folder, "book.yaml", fault);
    if (status == STATUS_OK && kind == BOOK_MIXED)
        status = book_mix_write(numbers, customers, folder, fault);
    return status;
}
