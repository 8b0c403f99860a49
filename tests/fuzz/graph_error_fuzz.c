/* SPDX-License-Identifier: PostgreSQL */
/* Whatever an answer holds, it is no error, or one that somebody knows what to do about. */
#include <stdlib.h>

#include "jobs/body.h"
#include "jobs/graph_error.h"
#include "tests/fuzz/fuzz.h"

#define WAIT_MAX_MS ((int64_t)72 * 60 * 60 * 1000)

static void check_error(const struct graph_error *error, int http_status)
{
    const char *const texts[] = {error->type,         error->message, error->title,
                                 error->user_message, error->details, error->fbtrace_id};

    BUG_UNLESS(error->rule != NULL && error->http_status == http_status);
    BUG_UNLESS(error_class_name(error->rule->class)[0] != '\0');
    BUG_UNLESS(error->rule->owner != NULL && error->rule->remedy != NULL);
    BUG_UNLESS(error->rule->wait_ms >= 0 && error->rule->wait_ms <= WAIT_MAX_MS);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        BUG_UNLESS(fuzz_is_utf8(texts[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {200, 302, 400, 401, 429, 500, 503};
    char *text = fuzz_text(data, size);
    struct arena *arena = arena_create();
    BODY_OWNED *body = body_parse(text, size);
    struct graph_error error;

    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (!graph_error_read(body, statuses[i], arena, &error))
            graph_error_from_status(statuses[i], arena, &error);
        check_error(&error, statuses[i]);
    }
    arena_destroy(arena);
    free(text);
    return 0;
}
