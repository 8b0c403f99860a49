/* SPDX-License-Identifier: PostgreSQL */
#include "planner/template_difference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "planner/report_text.h"

static bool is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

static bool is_one_of(const char *text, const char *const words[])
{
    for (size_t i = 0; words[i]; i++) {
        if (is(text, words[i]))
            return true;
    }
    return false;
}

/* ---- what it comes to ---- */

/* A quality that Meta does not tell is one that it does not know yet. */
const char *template_qualifies(const char *status, const char *quality)
{
    if (!is(status, "APPROVED"))
        return "none";
    if (is(quality, "GREEN"))
        return "automatic";
    return !quality || is(quality, "UNKNOWN") ? "call" : "none";
}

static void judge_there(struct template_row *row)
{
    static const struct {
        const char *status, *result;
    } results[] = {{"REJECTED", "rejected"}, {"PAUSED", "paused"},        {"DISABLED", "disabled"},
                   {"ARCHIVED", "archived"}, {"PENDING", "waiting"},      {"IN_APPEAL", "waiting"},
                   {"DELETED", "gone"},      {"PENDING_DELETION", "gone"}};

    row->result = row->was_there_before ? "was_there" : "copied";
    row->reason = NULL;
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (is(row->destination_status, results[i].status)) {
            row->result = results[i].result;
            row->reason = "status";
        }
    }
    if (is(row->result, "copied") && row->source_category && row->destination_category &&
        strcmp(row->source_category, row->destination_category) != 0) {
        row->result = "category_changed";
        row->reason = "category";
    }
}

static void judge_missing(struct template_row *row)
{
    if (row->was_seen) {
        row->result = "gone";
        row->reason = "status";
    } else if (is(row->qualifies, "none")) {
        row->result = "not_qualified";
        row->reason = is(row->source_status, "APPROVED") ? "quality" : "status";
    } else if (row->given_up) {
        row->result = "given_up";
        row->reason = row->given_up;
    } else if (row->was_asked && !row->refusal) {
        row->result = "waiting";
        row->reason = NULL;
    } else {
        row->result = "missing";
        row->reason = row->refusal ? "refused" : NULL;
    }
}

void template_judge(struct template_row *row)
{
    row->qualifies = template_qualifies(row->source_status, row->source_quality);
    row->is_usable = is(row->destination_status, "APPROVED");
    if (row->destination_status)
        judge_there(row);
    else
        judge_missing(row);
}

/* ---- what to do ---- */

/* The first row that fits counts. */
/* clang-format off */
static const struct template_advice advices[] = {
    {"copied", NULL, NULL, TEMPLATE_FINE, "It was copied", NULL, NULL},
    {"was_there", NULL, NULL, TEMPLATE_FINE, "The new account had it already", NULL, NULL},
    {"waiting", NULL, NULL, TEMPLATE_WAITS, "It is on its way", NULL, NULL},
    {"category_changed", NULL, NULL, TEMPLATE_OPTIONAL, "Meta has put the copy into another category",
     "customer", "It can be used, and nothing has to be created again. Its messages are charged by the new category; where that is wrong, ask for a review in WhatsApp Manager."},
    {"missing", "limit", NULL, TEMPLATE_PARTNER, "The new account has no room for more message templates",
     "partner", "Have message templates deleted that the new account does not need, or have the business verified (250 become 6,000), then copy again with `wabamigrate templates migrate`."},
    {"missing", "refused", NULL, TEMPLATE_PARTNER, "Meta did not copy it",
     "partner", "Copy it again with `wabamigrate templates migrate`; if Meta refuses again, the customer must create it on the new account."},
    {"missing", NULL, NULL, TEMPLATE_PARTNER, "It has not been copied",
     "partner", "Copy it with `wabamigrate templates migrate`."},
    {"given_up", "limit", NULL, TEMPLATE_PARTNER, "The new account has no room for more message templates",
     "partner", "Have message templates deleted that the new account does not need, or have the business verified (250 become 6,000), then copy again with `wabamigrate templates migrate`."},
    {"given_up", "category", NULL, TEMPLATE_CUSTOMER, "Meta did not copy it because of its category",
     "customer", "Create it again on the new account, in the category that fits its text, and submit it."},
    {"given_up", "refused", NULL, TEMPLATE_CUSTOMER, "Meta did not copy it",
     "customer", "Create it again on the new account, mending what Meta says of it, and submit it."},
    {"given_up", NULL, NULL, TEMPLATE_CUSTOMER, "It did not come over",
     "customer", "Create it again on the new account and submit it."},
    {"rejected", NULL, NULL, TEMPLATE_CUSTOMER, "Meta has rejected the copy",
     "customer", "Change the copy on the new account so that it keeps to the rules of its category and submit it again, or appeal in WhatsApp Manager."},
    {"disabled", NULL, NULL, TEMPLATE_CUSTOMER, "Meta has disabled the copy",
     "customer", "Create another message template in its place and submit it: a disabled one does not come back."},
    {"paused", NULL, NULL, TEMPLATE_OPTIONAL, "Meta has paused the copy because of its quality",
     "customer", "Meta ends the pause by itself. Change its text if its recipients keep reporting it."},
    {"archived", NULL, NULL, TEMPLATE_OPTIONAL, "The copy has been archived because nobody used it",
     "customer", "If it is still needed, take it out of the archive in WhatsApp Manager: Meta deletes it 28 days after it was archived."},
    {"gone", NULL, NULL, TEMPLATE_OPTIONAL, "The copy is no longer on the new account",
     "customer", "If it is still needed and nobody deleted it on purpose, create it again on the new account and submit it."},
    {"not_qualified", "not_readable", NULL, TEMPLATE_PARTNER, "The old account could not be read",
     "partner", "Ask the customer for access to the old account, or compare both accounts in WhatsApp Manager."},
    {"not_qualified", "quality", NULL, TEMPLATE_CUSTOMER, "Its quality is too low to be copied",
     "customer", "Create it again on the new account and submit it."},
    {"not_qualified", NULL, "PENDING", TEMPLATE_OPTIONAL, "Meta has not decided on it yet",
     "customer", "Wait for Meta's decision on the old account: once it is approved the partner can copy it. Else create it on the new account and submit it."},
    {"not_qualified", NULL, "IN_APPEAL", TEMPLATE_OPTIONAL, "Meta has not decided on its appeal yet",
     "customer", "Wait for Meta's decision on the old account: once it is approved the partner can copy it. Else create it on the new account and submit it."},
    {"not_qualified", NULL, "PAUSED", TEMPLATE_CUSTOMER, "It is paused, and only what is approved is copied",
     "customer", "Create it again on the new account and submit it."},
    {"not_qualified", NULL, "REJECTED", TEMPLATE_OPTIONAL, "Meta had rejected it on the old account",
     "customer", "If it is still wanted, create it on the new account with the text changed and submit it."},
    {"not_qualified", NULL, "DISABLED", TEMPLATE_OPTIONAL, "Meta had disabled it on the old account",
     "customer", "If it is still wanted, create another message template in its place on the new account and submit it."},
    {"not_qualified", NULL, "ARCHIVED", TEMPLATE_OPTIONAL, "It is archived on the old account",
     "customer", "If it is still needed, take it out of the archive on the old account and tell the partner, who can copy it then."},
    {"not_qualified", NULL, "DELETED", TEMPLATE_FINE, "It had been deleted on the old account", NULL, NULL},
    {"not_qualified", NULL, "PENDING_DELETION", TEMPLATE_FINE, "It was being deleted on the old account", NULL, NULL},
    {"not_qualified", NULL, NULL, TEMPLATE_CUSTOMER, "Its status does not allow copying it",
     "customer", "Create it again on the new account and submit it."},
    {NULL, NULL, NULL, TEMPLATE_OPTIONAL, "What came of it is not known",
     "partner", "Compare both accounts in WhatsApp Manager."},
};
/* clang-format on */
#define ADVICE_COUNT (sizeof advices / sizeof advices[0])

static bool fits(const char *wanted, const char *given)
{
    return !wanted || is(given, wanted);
}

const struct template_advice *template_advise(const struct template_row *row)
{
    size_t i = 0;

    while (!fits(advices[i].result, row->result) || !fits(advices[i].reason, row->reason) ||
           !fits(advices[i].status, row->source_status))
        i++;
    return &advices[i];
}

const struct template_advice *template_advice_at(size_t i)
{
    return i < ADVICE_COUNT ? &advices[i] : NULL;
}

const char *template_category(const struct template_row *row)
{
    return row->destination_category ? row->destination_category : row->source_category;
}

/* "UTILITY → MARKETING" */
static void write_categories(const struct template_row *row, char detail[TEMPLATE_DETAIL_BYTES])
{
    const char *before =
        row->source_category ? row->source_category : row->destination_previous_category;

    (void)snprintf(detail, TEMPLATE_DETAIL_BYTES, "%.60s → %.60s", before ? before : "?",
                   row->destination_category ? row->destination_category : "?");
}

static const char *detail_of(const struct template_row *row)
{
    static const char *const on_destination[] = {"rejected", "paused", "disabled", "archived", NULL};

    if (row->refusal && is_one_of(row->result, (const char *const[]){"missing", "given_up", NULL}))
        return row->refusal;
    if (is(row->result, "rejected") && row->destination_rejected_reason &&
        !is(row->destination_rejected_reason, "NONE"))
        return row->destination_rejected_reason;
    if (is_one_of(row->result, on_destination))
        return row->destination_status;
    if (is(row->result, "not_qualified"))
        return is(row->reason, "quality") ? row->source_quality : row->source_status;
    return NULL;
}

void template_detail(const struct template_row *row, char detail[TEMPLATE_DETAIL_BYTES])
{
    const char *text = detail_of(row);

    detail[0] = '\0';
    if (is(row->result, "category_changed"))
        write_categories(row, detail);
    else if (text)
        (void)snprintf(detail, TEMPLATE_DETAIL_BYTES, "%.*s",
                       (int)report_text_fit(text, strlen(text) < TEMPLATE_DETAIL_BYTES - 1
                                                      ? strlen(text)
                                                      : TEMPLATE_DETAIL_BYTES - 1),
                       text);
}

/* ---- counting ---- */

static const char *const results[TEMPLATE_RESULTS] = {
    "rejected", "given_up",         "not_qualified", "missing",  "disabled", "gone",
    "paused",   "category_changed", "archived",      "waiting", "copied",   "was_there"};

const char *template_result_at(size_t i)
{
    return i < TEMPLATE_RESULTS ? results[i] : NULL;
}

static size_t result_index(const char *result)
{
    size_t i = 0;

    while (i < TEMPLATE_RESULTS && !is(result, results[i]))
        i++;
    return i;
}

void template_count(const struct template_customer *customers, size_t customer_count,
                    struct template_counts *counts)
{
    *counts = (struct template_counts){0};
    for (size_t i = 0; i < customer_count; i++) {
        for (size_t j = 0; j < customers[i].row_count; j++) {
            const struct template_row *row = &customers[i].rows[j];
            counts->by_result[result_index(row->result)]++;
            counts->by_need[template_advise(row)->need]++;
        }
        counts->templates += customers[i].row_count;
    }
}

/* What must be done before what may be; equal advice together, then by name and language. */
static int compare_rows(const void *left, const void *right)
{
    const struct template_row *a = *(const struct template_row *const *)left;
    const struct template_row *b = *(const struct template_row *const *)right;
    const struct template_advice *of_a = template_advise(a), *of_b = template_advise(b);

    if (of_a->need != of_b->need)
        return of_a->need > of_b->need ? -1 : 1;
    if (of_a != of_b)
        return of_a < of_b ? -1 : 1;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : strcmp(a->language, b->language);
}

const struct template_row **template_list(const struct template_customer *customer, size_t *count)
{
    const struct template_row **list =
        memory_take((customer->row_count + 1) * sizeof(const struct template_row *));

    *count = 0;
    for (size_t i = 0; i < customer->row_count; i++) {
        if (template_advise(&customer->rows[i])->need >= TEMPLATE_OPTIONAL)
            list[(*count)++] = &customer->rows[i];
    }
    qsort(list, *count, sizeof(const struct template_row *), compare_rows);
    return list;
}

/* ---- time ---- */

struct template_downtime template_downtime(int64_t cut_over_ms, int64_t usable_ms, size_t on_its_way,
                                           int64_t now_ms)
{
    struct template_downtime downtime = {.is_known = cut_over_ms > 0, .is_open = on_its_way > 0};
    int64_t until_ms = downtime.is_open ? now_ms : usable_ms;

    if (downtime.is_known && until_ms > cut_over_ms)
        downtime.seconds = (until_ms - cut_over_ms + 999) / 1000;
    return downtime;
}

static int compare_downtimes(const void *left, const void *right)
{
    const struct template_downtime *a = left, *b = right;

    if (a->is_known != b->is_known)
        return a->is_known ? -1 : 1;
    return (a->seconds > b->seconds) - (a->seconds < b->seconds);
}

struct template_downtimes template_downtimes_sum(struct template_downtime *downtimes, size_t count)
{
    struct template_downtimes sum = {0};

    qsort(downtimes, count, sizeof *downtimes, compare_downtimes);
    while (sum.numbers < count && downtimes[sum.numbers].is_known)
        sum.open += downtimes[sum.numbers++].is_open;
    if (sum.numbers > 0) {
        sum.median = downtimes[(sum.numbers - 1) / 2].seconds;
        sum.worst = downtimes[sum.numbers - 1].seconds;
    }
    return sum;
}
