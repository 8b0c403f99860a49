/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report_tally.h"

#include <stdlib.h>
#include <string.h>

static int compare_owners(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) : (left != NULL) - (right != NULL);
}

static bool is_same_owner(const char *left, const char *right)
{
    return compare_owners(left, right) == 0;
}

static void add(struct report_tally *tally, const char *text, const char *owner)
{
    for (size_t i = 0; i < tally->row_count; i++) {
        struct report_tally_row *row = &tally->rows[i];
        if (strcmp(row->text, text) == 0 && is_same_owner(row->owner, owner)) {
            row->count++;
            return;
        }
    }
    if (tally->row_count == REPORT_TALLY_ROWS_MAX) {
        tally->others++;
        return;
    }
    struct report_tally_row *row = &tally->rows[tally->row_count++];
    (void)snprintf(row->text, sizeof row->text, "%s", text);
    row->owner = owner;
    row->count = 1;
}

static int compare_tally_rows(const void *left, const void *right)
{
    const struct report_tally_row *a = left;
    const struct report_tally_row *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    int order = strcmp(a->text, b->text);
    return order != 0 ? order : compare_owners(a->owner, b->owner);
}

void report_tally_number(const struct report_number *number, struct report_tally *causes,
                         struct report_tally *owners)
{
    struct report_act acts[REPORT_ACTS_MAX];
    size_t count = report_acts(number, acts);

    for (size_t i = 0; i < count; i++) {
        char cause[REPORT_CAUSE_BYTES];
        bool is_counted = !acts[i].owner;
        report_act_cause(&acts[i], cause);
        add(causes, cause, acts[i].owner);
        for (size_t j = 0; j < i && !is_counted; j++)
            is_counted = is_same_owner(acts[j].owner, acts[i].owner);
        if (!is_counted)
            add(owners, acts[i].owner, NULL);
    }
}

void report_tally_sort(struct report_tally *tally)
{
    qsort(tally->rows, tally->row_count, sizeof tally->rows[0], compare_tally_rows);
}
