/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/selection.h"

#include <stdlib.h>
#include <string.h>

#include "orchestrator/pg.h"
#include "planner/e164.h"

static enum status add(struct selection *selection, const char *name, struct fault *fault)
{
    struct e164 number;

    if (*name == '+') {
        enum status status = e164_parse(name, &number, fault);
        if (status != STATUS_OK) {
            fault_prefix(fault, "%s: ", name);
            return status;
        }
        name = number.text;
    }
    selection->names =
        memory_resize(selection->names, (selection->count + 1) * sizeof *selection->names);
    selection->names[selection->count++] = memory_copy_text(name);
    return STATUS_OK;
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

enum status selection_parse(const struct options *options, struct selection *selection,
                            struct fault *fault)
{
    enum status status = STATUS_OK;

    *selection = (struct selection){.is_everything = !options->only && !options->number};
    if (options->number)
        status = add(selection, options->number, fault);
    char *copy = memory_copy_text(options->only ? options->only : ""), *rest = copy;
    for (char *name; status == STATUS_OK && (name = strsep(&rest, ","));) {
        if (*name)
            status = add(selection, name, fault);
    }
    free(copy);
    if (selection->count > 0)
        qsort(selection->names, selection->count, sizeof *selection->names, compare);
    return status;
}

void selection_finish(struct selection *selection)
{
    for (size_t i = 0; i < selection->count; i++)
        free(selection->names[i]);
    free(selection->names);
    *selection = (struct selection){0};
}

static bool names(const struct selection *selection, const char *name)
{
    return selection->count > 0 && bsearch(&name, selection->names, selection->count,
                                           sizeof *selection->names, compare) != NULL;
}

bool selection_has(const struct selection *selection, const char *number, const char *customer)
{
    return selection->is_everything || names(selection, number) || names(selection, customer);
}

enum status selection_read(const struct options *options, char **literal, struct fault *fault)
{
    struct selection selection;
    struct pg_array array;

    *literal = NULL;
    enum status status = selection_parse(options, &selection, fault);
    if (status == STATUS_OK && !selection.is_everything) {
        pg_array_init(&array);
        for (size_t i = 0; i < selection.count; i++)
            pg_array_add_text(&array, selection.names[i]);
        *literal = memory_copy_text(pg_array_literal(&array));
        pg_array_finish(&array);
    }
    selection_finish(&selection);
    return status;
}
