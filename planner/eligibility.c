/* SPDX-License-Identifier: PostgreSQL */
#include "planner/eligibility.h"

#include <string.h>
#include <time.h>

#include "planner/eligibility_parts.h"

#define ATTESTATION_DAYS_MAX 30

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"pass", "warn", "unknown", "fail"};

    return names[verdict];
}

const char *evidence_name(enum evidence evidence)
{
    static const char *const names[] = {"api", "attested", "none"};

    return names[evidence];
}

bool eligibility_is_rule(const char *rule)
{
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        if (strcmp(rule, ELIGIBILITY_RULES[i].id) == 0)
            return true;
    }
    return false;
}

const char *eligibility_rule_id(size_t at)
{
    return ELIGIBILITY_RULES[at].id;
}

const char *eligibility_rule_source(size_t at)
{
    return ELIGIBILITY_RULES[at].source;
}

static bool unknown_blocks(const struct question *question)
{
    const struct rule *rule = question->rule;
    const struct eligibility_facts *facts = question->facts;

    switch (rule->unknown) {
    case UNKNOWN_BLOCKS:
        return true;
    case UNKNOWN_IS_HARMLESS:
        return false;
    case UNKNOWN_BLOCKS_PROGRAMMATIC:
        return !facts->is_embedded_signup;
    case UNKNOWN_BLOCKS_WITHOUT_LINE:
        return !facts->has_credit_line && eligibility_has_destination(facts, NODE_WABA);
    case UNKNOWN_BLOCKS_WITH_WABA:
        return eligibility_has_destination(facts, NODE_WABA);
    case UNKNOWN_BLOCKS_SIGNED_UP:
        return facts->is_embedded_signup && eligibility_has_destination(facts, NODE_NUMBER);
    case UNKNOWN_BLOCKS_UNLESS_SIGNUP:
        /* What Graph did say and nobody understands blocks at once. */
        return !facts->is_embedded_signup || eligibility_has_destination(facts, rule->node) ||
               question->finding->evidence == EVIDENCE_API;
    }
    return true;
}

static void settle(struct finding *finding, const struct reading *reading)
{
    finding->verdict = reading->verdict;
    finding->owner = reading->owner;
    finding->remedy = reading->remedy;
    finding->waits_for = reading->waits_for;
    finding->is_fixable = reading->is_fixable;
}

static const struct eligibility_attestation *find_attestation(const struct eligibility_facts *facts,
                                                              const char *rule)
{
    for (size_t i = 0; i < facts->attestation_count; i++) {
        if (strcmp(facts->attestations[i].rule, rule) == 0)
            return &facts->attestations[i];
    }
    return NULL;
}

/* Days since 1970, of a text that begins with a day; the time of day, if any, is not looked at. */
static bool day_of(const char *text, int64_t *day)
{
    struct tm when = {0};

    if (!text || !strptime(text, "%Y-%m-%d", &when))
        return false;
    *day = timegm(&when) / (24 * 60 * 60);
    return true;
}

static enum common age_of(const struct eligibility_attestation *attestation, const char *now)
{
    int64_t day, today;

    if (!day_of(now, &today))
        return COMMON_ATTESTED;
    /* `now` is UTC: east of Greenwich it is tomorrow already. */
    if (!day_of(attestation->date, &day) || day > today + 1)
        return COMMON_ATTESTED_AHEAD;
    return today - day > ATTESTATION_DAYS_MAX ? COMMON_ATTESTED_LONG_AGO : COMMON_ATTESTED;
}

/* The customer's word stands in for what Graph did not say; it never overrules what Graph said. */
static void apply_attestation(const struct eligibility_facts *facts, struct finding *finding)
{
    const struct eligibility_attestation *attestation =
        finding->verdict == VERDICT_UNKNOWN ? find_attestation(facts, finding->rule) : NULL;

    if (!attestation)
        return;
    *finding = (struct finding){.rule = finding->rule,
                                .evidence = EVIDENCE_ATTESTED,
                                .read_at = attestation->date,
                                .attested_by = attestation->by};
    settle(finding, &ELIGIBILITY_COMMON[age_of(attestation, facts->now)]);
}

/* Once a number is registered on the new account, nothing blocks it: two-step verification is on
 * by then, the old account may say anything, and its code verification may show as EXPIRED while it
 * works. A fail blocks by its name, so what failed only warns; the values stay for the record. */
static void apply_move(const struct eligibility_facts *facts, struct finding *finding)
{
    if (!finding->is_blocking || !eligibility_has_moved(facts))
        return;
    finding->is_blocking = false;
    if (finding->verdict == VERDICT_FAIL)
        finding->verdict = VERDICT_WARN;
    finding->waits_for = NULL;
    finding->owner = ELIGIBILITY_COMMON[COMMON_MOOT].owner;
    finding->remedy = ELIGIBILITY_COMMON[COMMON_MOOT].remedy;
}

/* A step before this one says what the destination's read waits for: nothing is wrong with the
 * number. */
static bool waits_for_destination(const struct question *question)
{
    enum unknown unknown = question->rule->unknown;

    return question->facts->is_destination_pending && !question->facts->destination_waba &&
           question->finding->verdict == VERDICT_UNKNOWN &&
           (unknown == UNKNOWN_BLOCKS_WITH_WABA || unknown == UNKNOWN_BLOCKS_WITHOUT_LINE ||
            unknown == UNKNOWN_BLOCKS_SIGNED_UP);
}

static void assess_rule(const struct rule *rule, const struct eligibility_facts *facts,
                        struct arena *arena, struct finding *finding)
{
    struct question question = {rule, facts, arena, finding};

    *finding = (struct finding){.rule = rule->id, .evidence = EVIDENCE_NONE};
    settle(finding, (rule->judge ? rule->judge : eligibility_judge_field)(&question));
    finding->is_blocking = finding->verdict == VERDICT_FAIL ||
                           (finding->verdict == VERDICT_UNKNOWN && unknown_blocks(&question));
    if (finding->is_blocking && waits_for_destination(&question))
        finding->waits_for = "destination";
    apply_attestation(facts, finding);
    apply_move(facts, finding);
}

size_t eligibility_assess(const struct eligibility_facts *facts, struct arena *arena,
                          struct finding findings[ELIGIBILITY_RULES_MAX])
{
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++)
        assess_rule(&ELIGIBILITY_RULES[i], facts, arena, &findings[i]);
    return ELIGIBILITY_RULES_MAX;
}

bool eligibility_passes(const struct finding *findings, size_t count,
                        const struct finding **first_block)
{
    const struct finding *waiting = NULL;

    *first_block = NULL;
    for (size_t i = 0; i < count && !*first_block; i++) {
        if (findings[i].is_blocking && !findings[i].waits_for)
            *first_block = &findings[i];
        else if (findings[i].is_blocking && !waiting)
            waiting = &findings[i];
    }
    if (!*first_block)
        *first_block = waiting;
    return !*first_block;
}

/* The place-th remedy of a list, or NULL with as many places less to go. Equal remedies stand one
 * below the other in it. */
static const char *remedy_in(const struct reading *list, size_t *place)
{
    const char *last = NULL;

    for (; list && list->word; list++) {
        bool is_new = list->remedy && (!last || strcmp(last, list->remedy) != 0);
        if (is_new && (*place)-- == 0)
            return list->remedy;
        last = list->remedy;
    }
    return NULL;
}

const char *eligibility_remedy(size_t at)
{
    const char *remedy = remedy_in(ELIGIBILITY_COMMON, &at);

    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX && !remedy; i++) {
        remedy = remedy_in(ELIGIBILITY_RULES[i].readings, &at);
        if (!remedy)
            remedy = remedy_in(ELIGIBILITY_RULES[i].outcomes, &at);
    }
    return remedy;
}

void eligibility_attestation_split(const char *text, struct arena *arena,
                                   struct eligibility_attestation *attestation)
{
    char *copy = arena_copy_text(arena, text);
    char *space = strchr(copy, ' ');

    *attestation = (struct eligibility_attestation){.date = copy};
    if (!space)
        return;
    *space = '\0';
    attestation->by = space + 1 + strspn(space + 1, " ");
    if (!*attestation->by)
        attestation->by = NULL;
}
