/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/selection.h"

#include <stdlib.h>
#include <string.h>

#include "orchestrator/pg.h"
#include "planner/e164.h"

static enum status add(struct pg_array *array, const char *name, struct fault *fault)
{
    struct e164 number;

    if (*name != '+') {
        pg_array_add_text(array, name);
        return STATUS_OK;
    }
    enum status status = e164_parse(name, &number, fault);
    if (status != STATUS_OK)
        fault_prefix(fault, "%s: ", name);
    else
        pg_array_add_text(array, number.text);
    return status;
}

enum status selection_read(const struct options *options, char **literal, struct fault *fault)
{
    struct pg_array array;
    enum status status = STATUS_OK;

    *literal = NULL;
    if (!options->only && !options->number)
        return STATUS_OK;
    pg_array_init(&array);
    if (options->number)
        status = add(&array, options->number, fault);
    char *copy = memory_copy_text(options->only ? options->only : ""), *rest = copy;
    for (char *name; status == STATUS_OK && (name = strsep(&rest, ","));) {
        if (*name)
            status = add(&array, name, fault);
    }
    free(copy);
    if (status == STATUS_OK)
        *literal = memory_copy_text(pg_array_literal(&array));
    pg_array_finish(&array);
    return status;
}
