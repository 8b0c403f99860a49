/* SPDX-License-Identifier: PostgreSQL */
/* A header never fails a call, and its figures stay in their ranges. */
#include <stdlib.h>
#include <string.h>

#include "jobs/usage_header.h"
#include "tests/fuzz/fuzz.h"

#define YEAR_MS ((int64_t)366 * 24 * 60 * 60 * 1000)

static void check_usage(const struct usage *usage, bool is_app)
{
    BUG_UNLESS(memchr(usage->object_id, '\0', sizeof usage->object_id) != NULL);
    BUG_UNLESS(is_app == (usage->object_id[0] == '\0') && fuzz_is_utf8(usage->object_id));
    BUG_UNLESS(usage->percent >= 0 && usage->percent <= 1000000);
    BUG_UNLESS(usage->regain_ms >= 0 && usage->regain_ms <= YEAR_MS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *header = fuzz_text(data, size);
    struct usage usages[USAGE_OBJECTS_MAX];
    size_t count = usage_read_app(header, usages);

    BUG_UNLESS(count <= 1);
    if (count == 1)
        check_usage(&usages[0], true);
    count = usage_read_business(header, usages);
    BUG_UNLESS(count <= USAGE_OBJECTS_MAX);
    for (size_t i = 0; i < count; i++)
        check_usage(&usages[i], false);
    free(header);
    return 0;
}
