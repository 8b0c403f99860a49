/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job.h"
#include "jobs/path.h"
#include "tests/unit/base/suite.h"

static size_t need_count(const struct path_step *step)
{
    size_t count = 0;

    while (count < PATH_NEEDS_MAX && step->needs[count] != NULL)
        count++;
    return count;
}

static const struct path_step *find_step(const struct path *path, const char *kind)
{
    for (size_t i = 0; i < path->step_count; i++) {
        if (strcmp(path->steps[i].kind, kind) == 0)
            return &path->steps[i];
    }
    return NULL;
}

/* Whether `step` waits for that kind even where nothing optional is made. */
static bool waits_for(const struct path *path, const struct path_step *step, const char *kind)
{
    for (size_t n = 0; n < need_count(step); n++) {
        const struct path_step *need = find_step(path, step->needs[n]);
        if (strcmp(step->needs[n], kind) == 0 ||
            (need != NULL && need->only_with == NULL && waits_for(path, need, kind)))
            return true;
    }
    return false;
}

static void every_step_is_a_kind_and_stands_once(void)
{
    for (size_t p = 0; p < PATH_COUNT; p++) {
        for (size_t i = 0; i < PATHS[p].step_count; i++) {
            const struct path_step *step = &PATHS[p].steps[i];
            CU_ASSERT_PTR_NOT_NULL(job_find(step->kind));
            CU_ASSERT_PTR_EQUAL(find_step(&PATHS[p], step->kind), step);
            /* step_refresh.sql: one of the WABA, of a number's. */
            if (step->refreshes != NULL) {
                CU_ASSERT_PTR_NOT_NULL_FATAL(find_step(&PATHS[p], step->refreshes));
                CU_ASSERT_EQUAL(job_find(step->kind)->subject, SUBJECT_WABA);
                CU_ASSERT_EQUAL(job_find(step->refreshes)->subject, SUBJECT_NUMBER);
            }
            /* What may be missing: whoever needs it waits for all that it needs in its own name. */
            for (size_t n = 0; n < need_count(step); n++) {
                const struct path_step *need = find_step(&PATHS[p], step->needs[n]);
                CU_ASSERT_PTR_NOT_NULL_FATAL(need);
                for (size_t k = 0; need->only_with && k < need_count(need); k++) {
                    const struct path_step *own = find_step(&PATHS[p], need->needs[k]);
                    CU_ASSERT_PTR_NOT_NULL_FATAL(own);
                    CU_ASSERT_TRUE(own->only_with != NULL ||
                                   waits_for(&PATHS[p], step, need->needs[k]));
                }
            }
            if (step->renewed_by != NULL)
                CU_ASSERT_PTR_NOT_NULL(find_step(&PATHS[p], step->renewed_by));
        }
    }
}

/* A path without a circle can be walked from its needs: each round takes what has all of them. */
static void every_step_can_be_reached(void)
{
    for (size_t p = 0; p < PATH_COUNT; p++) {
        bool is_done[64] = {false};
        size_t done = 0;
        CU_ASSERT_FATAL(PATHS[p].step_count <= 64);
        for (size_t round = 0; round < PATHS[p].step_count; round++) {
            for (size_t i = 0; i < PATHS[p].step_count; i++) {
                const struct path_step *step = &PATHS[p].steps[i];
                bool has_all = true;
                for (size_t n = 0; n < need_count(step); n++) {
                    const struct path_step *need = find_step(&PATHS[p], step->needs[n]);
                    CU_ASSERT_PTR_NOT_NULL_FATAL(need);
                    has_all = has_all && is_done[need - PATHS[p].steps];
                }
                done += has_all && !is_done[i];
                is_done[i] = is_done[i] || has_all;
            }
        }
        CU_ASSERT_EQUAL(done, PATHS[p].step_count);
    }
}

static void a_waba_step_that_needs_a_number_needs_nothing_else(void)
{
    for (size_t p = 0; p < PATH_COUNT; p++) {
        for (size_t i = 0; i < PATHS[p].step_count; i++) {
            const struct path_step *step = &PATHS[p].steps[i];
            const struct job_kind *kind = job_find(step->kind);
            for (size_t n = 0; n < need_count(step); n++) {
                const struct job_kind *need = job_find(step->needs[n]);
                CU_ASSERT_FATAL(kind != NULL && need != NULL);
                if (kind->subject == SUBJECT_WABA && need->subject == SUBJECT_NUMBER)
                    CU_ASSERT_EQUAL(need_count(step), 1);
            }
        }
    }
}

static void every_kind_is_on_a_path(void)
{
    for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
        bool is_on_path = false;
        for (size_t p = 0; p < PATH_COUNT; p++)
            is_on_path = is_on_path || find_step(&PATHS[p], JOB_KINDS[k]->name) != NULL;
        CU_ASSERT(is_on_path);
    }
}

/* Nothing that changes anything on Graph may come before the check, and registration comes last. */
static bool needs_somehow(const struct path *path, const char *kind, const char *wanted)
{
    const struct path_step *step = find_step(path, kind);

    for (size_t n = 0; step != NULL && n < need_count(step); n++) {
        if (strcmp(step->needs[n], wanted) == 0 || needs_somehow(path, step->needs[n], wanted))
            return true;
    }
    return false;
}

static void no_effect_precedes_the_check_but_the_exchange(void)
{
    for (size_t p = 0; p < PATH_COUNT; p++) {
        for (size_t i = 0; i < PATHS[p].step_count; i++) {
            const struct job_kind *kind = job_find(PATHS[p].steps[i].kind);
            bool has_effect = false;
            CU_ASSERT_PTR_NOT_NULL_FATAL(kind);
            for (size_t f = 0; f < kind->phase_count; f++)
                has_effect = has_effect || kind->phases[f].type == PHASE_EFFECT;
            if (has_effect && !kind->is_urgent)
                CU_ASSERT(needs_somehow(&PATHS[p], kind->name, "check"));
        }
    }
}

static void what_is_renewed_comes_after_what_renews_it(void)
{
    for (size_t p = 0; p < PATH_COUNT; p++) {
        for (size_t i = 0; i < PATHS[p].step_count; i++) {
            const struct path_step *step = &PATHS[p].steps[i];
            if (step->renewed_by == NULL)
                continue;
            CU_ASSERT(needs_somehow(&PATHS[p], step->kind, step->renewed_by));
            CU_ASSERT_EQUAL(job_find(step->kind)->subject, job_find(step->renewed_by)->subject);
        }
    }
}

/* Meta, "Migrating phone numbers programmatically": an app is subscribed and somebody pays before
 * the number is made; it is verified before it is registered. */
static void the_programmatic_path_keeps_to_metas_order(void)
{
    static const char *const order[] = {"check",         "subscribe_webhooks", "share_credit_line",
                                        "create_number", "request_code",       "await_code",
                                        "verify_code",   "set_storage",        "register_number",
                                        "confirm_number"};
    const struct path *path = path_find("programmatic");

    CU_ASSERT_PTR_NOT_NULL_FATAL(path);
    for (size_t i = 1; i < sizeof order / sizeof order[0]; i++)
        CU_ASSERT(needs_somehow(path, order[i], order[i - 1]));
}

static void paths_are_found_by_name(void)
{
    CU_ASSERT_PTR_NOT_NULL(path_find("programmatic"));
    CU_ASSERT_PTR_NOT_NULL(path_find("embedded_signup"));
    CU_ASSERT_PTR_NULL(path_find("by_foot"));
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"every step is a kind and stands once", every_step_is_a_kind_and_stands_once},
        {"every step can be reached", every_step_can_be_reached},
        {"a WABA step that needs a number needs nothing else",
         a_waba_step_that_needs_a_number_needs_nothing_else},
        {"every kind is on a path", every_kind_is_on_a_path},
        {"no effect precedes the check but the exchange",
         no_effect_precedes_the_check_but_the_exchange},
        {"what is renewed comes after what renews it", what_is_renewed_comes_after_what_renews_it},
        {"the programmatic path keeps to Meta's order", the_programmatic_path_keeps_to_metas_order},
        {"paths are found by name", paths_are_found_by_name},
        CU_TEST_INFO_NULL};

    return run_suite("path_table", tests);
}
