/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report_tally.h"

#include <stdlib.h>
#include <string.h>

const char *const report_verdicts[REPORT_VERDICTS] = {"pass", "fail", "warn", "unknown"};

static bool is_same_owner(const char *left, const char *right)
{
    return left == right || (left && right && strcmp(left, right) == 0);
}

static void add_owner(struct report_owners *owners, const char *owner)
{
    size_t i = 0;

    while (i < owners->row_count && !is_same_owner(owners->rows[i].owner, owner))
        i++;
    if (i == REPORT_OWNERS_MAX)
        return;
    if (i == owners->row_count)
        owners->rows[owners->row_count++] = (struct report_owner_row){.owner = owner};
    owners->rows[i].count++;
}

/* Numbers come with their findings in the same order, so the rule is most often where it was found
 * in the last number: `guess`. */
static struct report_rule_row *find_rule(struct report_tally *tally, size_t guess, const char *rule)
{
    if (guess < tally->rule_count && strcmp(tally->rules[guess].rule, rule) == 0)
        return &tally->rules[guess];
    for (size_t i = 0; i < tally->rule_count; i++) {
        if (strcmp(tally->rules[i].rule, rule) == 0)
            return &tally->rules[i];
    }
    if (tally->rule_count == REPORT_RULES_MAX)
        return NULL;
    tally->rules[tally->rule_count] = (struct report_rule_row){.rule = rule};
    return &tally->rules[tally->rule_count++];
}

static size_t verdict_index(const char *verdict)
{
    size_t i = 0;

    while (i < REPORT_UNKNOWN && strcmp(verdict, report_verdicts[i]) != 0)
        i++;
    return i;
}

static void add_findings(struct report_tally *tally, const struct report_number *number)
{
    bool is_over = report_is_over(number);

    for (size_t i = 0; i < number->finding_count; i++) {
        const struct report_finding *finding = number->findings[i];
        size_t verdict = verdict_index(finding->verdict);
        struct report_rule_row *row = finding->is_past ? NULL : find_rule(tally, i, finding->rule);
        if (!row)
            continue;
        row->by_verdict[verdict]++;
        row->fixable += finding->is_fixable && verdict != REPORT_PASS && !is_over;
        row->unseen += verdict == REPORT_UNKNOWN && !finding->is_blocking && finding->owner &&
                       !finding->is_fixable && !is_over;
    }
}

static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261U;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash;
}

static void add_cause(struct report_tally *tally, const struct report_act *act)
{
    struct report_cause_row new = {.owner = act->owner, .count = 1};

    report_act_cause(act, new.text);
    new.hash = hash_of(new.text);
    for (size_t i = 0; i < tally->cause_count; i++) {
        struct report_cause_row *row = &tally->causes[i];
        if (row->hash == new.hash && strcmp(row->text, new.text) == 0 &&
            is_same_owner(row->owner, new.owner)) {
            row->count++;
            return;
        }
    }
    if (tally->cause_count == REPORT_CAUSES_MAX)
        tally->other_causes++;
    else
        tally->causes[tally->cause_count++] = new;
}

static void add_finding_act(struct report_tally *tally, const struct report_act *act)
{
    struct report_rule_row *row = find_rule(tally, REPORT_RULES_MAX, act->finding->rule);

    if (!row)
        return;
    if (!act->is_blocking)
        row->warns++;
    else if (verdict_index(act->finding->verdict) == REPORT_UNKNOWN)
        row->unknowns++;
    else
        row->fails++;
    if (act->owner)
        add_owner(&row->owners, act->owner);
}

/* Once a number, however much the same owner has to do for it. */
static void add_act_owner(struct report_tally *tally, const struct report_act *acts, size_t at)
{
    if (!acts[at].owner)
        return;
    for (size_t i = 0; i < at; i++) {
        if (acts[i].is_blocking == acts[at].is_blocking &&
            is_same_owner(acts[i].owner, acts[at].owner))
            return;
    }
    add_owner(acts[at].is_blocking ? &tally->owners : &tally->advised, acts[at].owner);
}

static void add_number(struct report_tally *tally, const struct report_number *number)
{
    struct report_act acts[REPORT_ACTS_MAX];
    size_t count = report_acts(number, acts);

    tally->changes[number->change]++;
    add_findings(tally, number);
    for (size_t i = 0; i < count; i++) {
        if (acts[i].finding)
            add_finding_act(tally, &acts[i]);
        else
            add_cause(tally, &acts[i]);
        add_act_owner(tally, acts, i);
    }
}

static int compare_owners(const void *left, const void *right)
{
    const struct report_owner_row *a = left, *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->owner, b->owner);
}

static void sort_owners(struct report_owners *owners)
{
    qsort(owners->rows, owners->row_count, sizeof owners->rows[0], compare_owners);
}

static int compare_causes(const void *left, const void *right)
{
    const struct report_cause_row *a = left, *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    int order = strcmp(a->text, b->text);
    return order != 0 ? order : strcmp(a->owner ? a->owner : "", b->owner ? b->owner : "");
}

struct report_tally *report_tally_create(const struct report *report)
{
    struct report_tally *tally = memory_take(sizeof *tally);

    memset(tally, 0, sizeof *tally);
    for (size_t i = 0; i < report->number_count; i++)
        add_number(tally, &report->numbers[i]);
    sort_owners(&tally->owners);
    sort_owners(&tally->advised);
    for (size_t i = 0; i < tally->rule_count; i++)
        sort_owners(&tally->rules[i].owners);
    qsort(tally->causes, tally->cause_count, sizeof tally->causes[0], compare_causes);
    return tally;
}
