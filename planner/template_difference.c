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

/* What the copy's own status says of it; NULL: it is one to be used. */
static const char *result_of_status(const char *status)
{
    static const struct {
        const char *status, *result;
    } results[] = {{"REJECTED", "rejected"},    {"PAUSED", "paused"},
                   {"DISABLED", "disabled"},    {"LIMIT_EXCEEDED", "disabled"},
                   {"ARCHIVED", "archived"},    {"DELETED", "gone"},
                   {"PENDING_DELETION", "gone"}};

    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (is(status, results[i].status))
            return results[i].result;
    }
    return NULL;
}

static bool has_other_category(const struct template_row *row)
{
    return row->source_category && row->destination_category &&
           strcmp(row->source_category, row->destination_category) != 0;
}

static const char *judge_there(const struct template_row *row)
{
    const char *result = result_of_status(row->destination_status);

    if (row->was_there_before)
        return "was_there";
    if (result)
        return result;
    if (has_other_category(row))
        return "category_changed";
    return is_one_of(row->destination_status, (const char *const[]){"PENDING", "IN_APPEAL", NULL})
               ? "waiting"
               : "copied";
}

static const char *judge_missing(const struct template_row *row)
{
    if (row->is_destination_gone || row->is_source_gone)
        return "gone";
    if (is(row->qualifies, "none"))
        return "not_qualified";
    if (row->given_up)
        return "given_up";
    return row->is_asked ? "waiting" : "missing";
}

static const char *not_qualified_by(const struct template_row *row)
{
    return is(row->source_status, "APPROVED") ? "quality" : "status";
}

static const char *rejected_by(const struct template_row *row)
{
    return has_other_category(row) || is(row->destination_rejected_reason, "INCORRECT_CATEGORY")
               ? "category"
               : "rejected_reason";
}

static const char *or_unknown(const char *word)
{
    return word ? word : "UNKNOWN";
}

static void give_reason(struct template_row *row, const char *reason, const char *text)
{
    row->reason = reason;
    row->reason_text = text;
}

static void judge_reason(struct template_row *row)
{
    bool is_there = row->destination_status != NULL;

    give_reason(row, NULL, NULL);
    if (is(row->result, "not_qualified"))
        give_reason(row, not_qualified_by(row),
                    or_unknown(is(row->source_status, "APPROVED") ? row->source_quality
                                                                  : row->source_status));
    else if (is(row->result, "given_up"))
        give_reason(row, row->given_up, row->refusal);
    else if (is(row->result, "rejected"))
        give_reason(row, rejected_by(row), row->destination_rejected_reason);
    else if (is(row->result, "category_changed"))
        give_reason(row, "category", row->destination_category);
    else if (is(row->result, "waiting"))
        give_reason(row,
                    is_there       ? "pending"
                    : row->refusal ? "refused"
                                   : "asked",
                    is_there ? row->destination_status : row->refusal);
    else if (is(row->result, "missing"))
        give_reason(row, "not_asked", NULL);
    else if (is(row->result, "gone"))
        give_reason(row, row->is_destination_gone || is_there ? "destination" : "source", NULL);
}

void template_judge(struct template_row *row)
{
    static const char *const usable[] = {"copied", "category_changed", "was_there", NULL};

    row->qualifies = template_qualifies(row->source_status, row->source_quality);
    row->result = row->destination_status ? judge_there(row) : judge_missing(row);
    row->is_usable = is(row->destination_status, "APPROVED") && is_one_of(row->result, usable);
    judge_reason(row);
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
    {"missing", NULL, NULL, TEMPLATE_PARTNER, "It has not been copied",
     "partner", "Copy it with `wabamigrate templates migrate`."},
    {"given_up", "limit", NULL, TEMPLATE_PARTNER, "The new account has no room for more message templates",
     "partner", "Have message templates deleted that the new account does not need, or have the business verified (250 become 6,000), then copy again with `wabamigrate templates migrate`."},
    {"given_up", "refused", NULL, TEMPLATE_CUSTOMER, "Meta did not copy it",
     "customer", "Create it again on the new account, mending what Meta says of it, and submit it."},
    {"given_up", NULL, NULL, TEMPLATE_CUSTOMER, "It did not come over",
     "customer", "Create it again on the new account and submit it."},
    {"rejected", "category", NULL, TEMPLATE_CUSTOMER, "Meta has rejected the copy because of its category",
     "customer", "Create it again on the new account, in the category that fits its text, and submit it, or appeal in WhatsApp Manager."},
    {"rejected", NULL, NULL, TEMPLATE_CUSTOMER, "Meta has rejected the copy",
     "customer", "Change the copy on the new account so that it keeps to the rules of its category and submit it again, or appeal in WhatsApp Manager."},
    {"disabled", NULL, NULL, TEMPLATE_CUSTOMER, "Meta has disabled the copy",
     "customer", "Create another message template in its place and submit it: a disabled one does not come back."},
    {"paused", NULL, NULL, TEMPLATE_OPTIONAL, "Meta has paused the copy because of its quality",
     "customer", "Meta ends the pause by itself. Change its text if its recipients keep reporting it."},
    {"archived", NULL, NULL, TEMPLATE_OPTIONAL, "The copy has been archived because nobody used it",
     "customer", "If it is still needed, take it out of the archive in WhatsApp Manager: Meta deletes it 28 days after it was archived."},
    {"gone", "source", NULL, TEMPLATE_FINE, "It is no longer on the old account, and was not copied", NULL, NULL},
    {"gone", NULL, NULL, TEMPLATE_OPTIONAL, "The copy is no longer on the new account",
     "customer", "If it is still needed and nobody deleted it on purpose, create it again on the new account and submit it."},
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
    (void)snprintf(detail, TEMPLATE_DETAIL_BYTES, "%.60s → %.60s",
                   row->source_category ? row->source_category : "?",
                   row->destination_category ? row->destination_category : "?");
}

void template_detail(const struct template_row *row, char detail[TEMPLATE_DETAIL_BYTES])
{
    const char *text = row->reason_text;
    size_t bytes = text && !is(text, "NONE") ? strlen(text) : 0;

    if (is(row->result, "category_changed")) {
        write_categories(row, detail);
        return;
    }
    bytes = bytes < TEMPLATE_DETAIL_BYTES ? bytes : TEMPLATE_DETAIL_BYTES - 1;
    (void)snprintf(detail, TEMPLATE_DETAIL_BYTES, "%.*s",
                   (int)report_text_fit(text ? text : "", bytes), text ? text : "");
}

/* ---- counting ---- */

static const char *const results[TEMPLATE_RESULTS] = {
    "rejected", "given_up",         "not_qualified", "missing", "disabled", "gone",
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

void template_count_add(struct template_counts *counts, const struct template_row *row,
                        size_t count)
{
    counts->by_result[result_index(row->result)] += count;
    counts->by_need[template_advise(row)->need] += count;
    counts->templates += count;
}

void template_count_customer(struct template_counts *counts,
                             const struct template_customer *customer)
{
    for (size_t i = 0; i < customer->row_count; i++)
        template_count_add(counts, &customer->rows[i], 1);
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

struct template_downtime template_downtime(int64_t cut_over_ms, int64_t usable_ms,
                                           size_t on_its_way, int64_t now_ms)
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
