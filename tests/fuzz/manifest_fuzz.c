/* SPDX-License-Identifier: PostgreSQL */
/*
 * A book is taken whole, or refused with a line for each problem; nothing in between. The input is
 * the YAML; after a line "%%%%" stands the CSV that it may name (numbers_file: book.csv).
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "planner/manifest.h"
#include "tests/fuzz/fuzz.h"

#define CUSTOMERS_MAX 1000

struct seen {
    unsigned batches, problems, numbers, customers;
    char *ids[CUSTOMERS_MAX];
};

/* The working folder stays: libFuzzer writes there what it finds. */
static char folder[PATH_MAX - 16], yaml_path[PATH_MAX], csv_path[PATH_MAX];

static void remove_folder(void)
{
    (void)unlink(yaml_path);
    (void)unlink(csv_path);
    (void)rmdir(folder);
}

static void make_folder(void)
{
    if (folder[0] != '\0')
        return;
    const char *parent = getenv("TMPDIR");
    int length = snprintf(folder, sizeof folder, "%s/wabamigrate-fuzz-XXXXXX",
                          parent != NULL ? parent : "/tmp");
    BUG_UNLESS(length > 0 && (size_t)length < sizeof folder && mkdtemp(folder) != NULL);
    snprintf(yaml_path, sizeof yaml_path, "%s/book.yaml", folder);
    snprintf(csv_path, sizeof csv_path, "%s/book.csv", folder);
    atexit(remove_folder);
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    BUG_UNLESS(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

static enum status take_batch(void *self, const struct manifest_batch *batch, struct fault *fault)
{
    struct seen *seen = self;

    (void)fault;
    BUG_UNLESS(seen->batches++ == 0 && seen->problems == 0 && seen->numbers > 0);
    BUG_UNLESS(batch->batch && batch->business_id && batch->app_id && batch->system_token_ref);
    return STATUS_OK;
}

static enum status take_customer(void *self, const struct manifest_customer *customer,
                                 struct fault *fault)
{
    struct seen *seen = self;

    (void)fault;
    BUG_UNLESS(seen->batches == 0 && seen->problems == 0);
    BUG_UNLESS(customer->id && customer->business_id && customer->line > 0);
    BUG_UNLESS(fuzz_is_utf8(customer->id) && fuzz_is_utf8(customer->name));
    BUG_UNLESS(customer->attest_count <= MANIFEST_ATTESTATIONS_MAX);
    if (seen->customers < CUSTOMERS_MAX)
        seen->ids[seen->customers] = memory_copy_text(customer->id);
    seen->customers++;
    return STATUS_OK;
}

static bool has_customer(const struct seen *seen, const char *id)
{
    for (unsigned i = 0; i < seen->customers && i < CUSTOMERS_MAX; i++) {
        if (strcmp(seen->ids[i], id) == 0)
            return true;
    }
    return seen->customers > CUSTOMERS_MAX;
}

static enum status take_number(void *self, const struct manifest_number *number,
                               struct fault *fault)
{
    struct seen *seen = self;
    struct e164 again;

    BUG_UNLESS(seen->batches == 0 && seen->problems == 0);
    BUG_UNLESS(has_customer(seen, number->customer_id) && number->line > 0);
    BUG_UNLESS(e164_parse(number->number.text, &again, fault) == STATUS_OK);
    seen->numbers++;
    return STATUS_OK;
}

static void take_problem(void *self, const char *file, unsigned line, unsigned column,
                         const char *key, const char *what)
{
    struct seen *seen = self;

    BUG_UNLESS(seen->batches == 0 && line > 0 && column > 0);
    BUG_UNLESS(file[0] != '\0' && fuzz_is_utf8(file));
    BUG_UNLESS(key[0] != '\0' && fuzz_is_utf8(key) && fuzz_is_one_line(key));
    BUG_UNLESS(what[0] != '\0' && fuzz_is_utf8(what) && fuzz_is_one_line(what));
    seen->problems++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char split[] = "\n%%%%\n";
    struct seen seen = {0};
    struct fault fault = FAULT_NONE;
    const struct manifest_sink sink = {&seen, take_batch, take_customer, take_number, take_problem};
    const uint8_t *csv = memmem(data, size, split, sizeof split - 1);
    size_t yaml_bytes = csv != NULL ? (size_t)(csv - data) : size;
    size_t skip = csv != NULL ? yaml_bytes + sizeof split - 1 : size;

    make_folder();
    write_file(yaml_path, data, yaml_bytes);
    write_file(csv_path, data + skip, size - skip);
    enum status status = manifest_read(yaml_path, false, &sink, &fault);
    BUG_UNLESS(status == STATUS_OK || fault.message[0] != '\0');
    BUG_UNLESS((status == STATUS_OK) == (seen.batches == 1));
    BUG_UNLESS((status == STATUS_INVALID) == (seen.problems > 0));
    for (unsigned i = 0; i < seen.customers && i < CUSTOMERS_MAX; i++)
        free(seen.ids[i]);
    return 0;
}
