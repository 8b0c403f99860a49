/* SPDX-License-Identifier: PostgreSQL */
/* The words of the program's tables and those of the database are the same words. */
#include <stdlib.h>

#include "jobs/path.h"
#include "orchestrator/settle.h"
#include "orchestrator/store_schema.h"
#include "planner/eligibility.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

#define WORDS_MAX 64

static PGconn *conn;

/* ---- sets of words ---- */

struct words {
    char word[WORDS_MAX][64];
    unsigned count;
};

static bool has_word(const struct words *words, const char *word)
{
    for (unsigned i = 0; i < words->count; i++) {
        if (strcmp(words->word[i], word) == 0)
            return true;
    }
    return false;
}

static void add_word(struct words *words, const char *word, size_t length)
{
    char copy[64];

    snprintf(copy, sizeof copy, "%.*s", (int)length, word);
    if (has_word(words, copy))
        return;
    CU_ASSERT_FATAL(words->count < WORDS_MAX);
    memcpy(words->word[words->count++], copy, sizeof copy);
}

static void add_list(struct words *words, const char *list)
{
    for (size_t length; *list; list += length + (list[length] != '\0')) {
        length = strcspn(list, " ");
        add_word(words, list, length);
    }
}

static void expect_within(const struct words *some, const struct words *all, const char *what)
{
    for (unsigned i = 0; i < some->count; i++) {
        if (!has_word(all, some->word[i]))
            fprintf(stderr, "\n    %s: \"%s\" is on one side only\n", what, some->word[i]);
        CU_ASSERT_TRUE(has_word(all, some->word[i]));
    }
}

static void expect_equal(const struct words *left, const struct words *right, const char *what)
{
    CU_ASSERT(left->count > 0);
    expect_within(left, right, what);
    expect_within(right, left, what);
}

/* The words a CHECK constraint allows a column. */
static void read_check(const char *table, const char *column, struct words *words)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g'))[1]"
             "  FROM pg_constraint WHERE contype = 'c' AND conrelid = 'wabamigrate.%s'::regclass"
             "   AND conname = '%s_%s_check'",
             table, table, column);
    words->count = 0;
    add_list(words, testbed_ask(conn, sql));
}

/* ---- states ---- */

static const char *settled_state(enum outcome outcome, const char *preset)
{
    static char state[32];
    struct task *task = task_create();

    task->kind = job_find("register_number");
    task->phase = job_find_phase(task->kind, NULL);
    task->settlement.state = preset;
    if (outcome == OUTCOME_FAILED)
        (void)reply_failed(&task->reply, "Refused", "partner", "Mend it.");
    task->reply.outcome = outcome;
    settle_decide(task, 0, "2026-11-23T01:00:00Z");
    snprintf(state, sizeof state, "%s", task->settlement.state);
    task_destroy(task);
    return state;
}

static void read_settled_states(struct words *words)
{
    static const enum outcome outcomes[] = {OUTCOME_DONE,      OUTCOME_NEXT,        OUTCOME_RETRY,
                                            OUTCOME_WAIT_TIME, OUTCOME_WAIT_PERSON, OUTCOME_FAILED,
                                            OUTCOME_UNSURE};

    words->count = 0;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        const char *state = settled_state(outcomes[i], NULL);
        add_word(words, state, strlen(state));
    }
    const char *verdict = settled_state(OUTCOME_WAIT_PERSON, "blocked");
    add_word(words, verdict, strlen(verdict));
}

static bool starts_with_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    return strncmp(text, word, length) == 0 && (text[length] == ' ' || text[length] == '\n');
}

/* The quoted words of one expression: up to a comma, a closing parenthesis, AND or OR. */
static const char *read_expression(const char *text, struct words *words)
{
    int depth = 0;

    for (; *text && *text != ';'; text++) {
        depth += *text == '(';
        depth -= *text == ')';
        if (depth < 0 || (depth == 0 && (*text == ',' || starts_with_word(text, "AND") ||
                                         starts_with_word(text, "OR"))))
            break;
        if (*text != '\'')
            continue;
        size_t length = strcspn(text + 1, "'");
        add_word(words, text + 1, length);
        text += length + 1;
    }
    return text;
}

/* What a statement compares columns called `state` with, or sets them to. */
static void read_states_of_statement(const char *text, struct words *words)
{
    static const char *const operators[] = {" = ", " <> ", " IN ", " NOT IN "};

    while ((text = strstr(text, "state"))) {
        text += strlen("state");
        for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
            if (strncmp(text, operators[i], strlen(operators[i])) == 0) {
                text = read_expression(text, words);
                break;
            }
        }
    }
}

static void states_of_steps_are_the_words_the_program_writes(void)
{
    struct words allowed, settled, batches, written = {.count = 0};

    read_check("step", "state", &allowed);
    read_settled_states(&settled);
    expect_within(&settled, &allowed, "step.state and settle.c");
    CU_ASSERT(settled.count >= 5);

    for (unsigned i = 0; i < SQL_STATEMENT_COUNT; i++)
        read_states_of_statement(SQL_STATEMENTS[i].text, &written);
    CU_ASSERT_TRUE(has_word(&written, "running"));
    /* A word the database allows is one that somebody uses. */
    for (unsigned i = 0; i < settled.count; i++)
        add_word(&written, settled.word[i], strlen(settled.word[i]));
    expect_within(&allowed, &written, "step.state and the statements");
    /* A word somebody uses is one that the database allows. */
    read_check("batch", "state", &batches);
    for (unsigned i = 0; i < batches.count; i++)
        add_word(&allowed, batches.word[i], strlen(batches.word[i]));
    expect_within(&written, &allowed, "the statements and the states of steps and batches");
}

static void states_of_numbers_are_those_of_the_contract(void)
{
    struct words in_view = {.count = 0}, in_program = {.count = 0};

    add_list(&in_view,
             testbed_ask(conn, "SELECT (regexp_matches(substring("
                               "           pg_get_viewdef('wabamigrate.number_status'::regclass)"
                               "           from '^(.*)END AS state'),"
                               "       '(?:THEN|ELSE) ''([a-z]+)''', 'g'))[1]"));
    for (size_t i = 0; i < sizeof STORE_STATES / sizeof STORE_STATES[0]; i++)
        add_word(&in_program, STORE_STATES[i], strlen(STORE_STATES[i]));
    expect_equal(&in_view, &in_program, "number_status and STORE_STATES");
}

/* ---- the tables of steps ---- */

static void expect_row(const char *sql, const char *wanted)
{
    testbed_expect(conn, sql, wanted);
}

static void paths_in_the_database_are_those_of_the_program(void)
{
    size_t steps = 0, needs = 0;
    char sql[512], wanted[256];

    for (size_t p = 0; p < PATH_COUNT; p++) {
        const struct path *path = &PATHS[p];
        for (size_t i = 0; i < path->step_count; i++) {
            const struct path_step *step = &path->steps[i];
            const struct job_kind *kind = job_find(step->kind);
            CU_ASSERT_PTR_NOT_NULL_FATAL(kind);
            snprintf(sql, sizeof sql,
                     "SELECT concat_ws('/', ordinal, subject, urgency, first_phase,"
                     "                 coalesce(refreshes, '-'), is_assessed)"
                     "  FROM wabamigrate.path_step WHERE path = '%s' AND kind = '%s'",
                     path->name, step->kind);
            snprintf(wanted, sizeof wanted, "%zu/%s/%d/%s/%s/%s", i,
                     kind->subject == SUBJECT_WABA ? "waba" : "number", kind->is_urgent ? 0 : 1,
                     kind->phases[0].name, step->refreshes ? step->refreshes : "-",
                     kind->is_assessed ? "t" : "f");
            expect_row(sql, wanted);
            for (size_t n = 0; n < PATH_NEEDS_MAX && step->needs[n]; n++, needs++) {
                snprintf(sql, sizeof sql,
                         "SELECT count(*) FROM wabamigrate.path_need"
                         " WHERE (path, kind, needs) = ('%s', '%s', '%s')",
                         path->name, step->kind, step->needs[n]);
                expect_row(sql, "1");
            }
            steps++;
        }
    }
    snprintf(wanted, sizeof wanted, "%zu %zu", steps, needs);
    expect_row("SELECT count(*) FROM wabamigrate.path_step UNION ALL"
               " SELECT count(*) FROM wabamigrate.path_need",
               wanted);
}

static void phases_in_the_database_are_those_of_the_program(void)
{
    size_t phases = 0;
    char sql[512], wanted[256];

    for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
        for (size_t i = 0; i < JOB_KINDS[k]->phase_count; i++, phases++) {
            const struct job_phase *phase = &JOB_KINDS[k]->phases[i];
            snprintf(sql, sizeof sql,
                     "SELECT concat_ws('/', is_effect, coalesce(in_doubt, '-'))"
                     "  FROM wabamigrate.job_phase WHERE (kind, phase) = ('%s', '%s')",
                     JOB_KINDS[k]->name, phase->name);
            snprintf(wanted, sizeof wanted, "%s/%s", phase->type == PHASE_EFFECT ? "t" : "f",
                     phase->in_doubt ? phase->in_doubt : "-");
            expect_row(sql, wanted);
        }
    }
    snprintf(wanted, sizeof wanted, "%zu", phases);
    expect_row("SELECT count(*) FROM wabamigrate.job_phase", wanted);
}

static void an_upgrade_brings_the_tables_of_an_older_program_up_to_date(void)
{
    int applied;
    struct fault fault;

    testbed_do(conn,
               "UPDATE wabamigrate.path_step SET ordinal = 17, refreshes = NULL;"
               "UPDATE wabamigrate.job_phase SET is_effect = false, in_doubt = NULL;"
               "INSERT INTO wabamigrate.path_need VALUES ('embedded_signup', 'check', 'gone')");
    CU_ASSERT_EQUAL_FATAL(store_schema_upgrade(conn, &applied, &fault), STATUS_OK);
    paths_in_the_database_are_those_of_the_program();
    phases_in_the_database_are_those_of_the_program();
}

/* ---- prerequisites ---- */

/* A step that is done may be taken up again by a capture or a fresh look, and is then done once
 * more: its successors must not have counted it among others, or they would start before the
 * others. */
static void what_is_done_again_is_the_only_need_of_its_successors(void)
{
    for (size_t p = 0; p < PATH_COUNT; p++) {
        for (size_t i = 0; i < PATHS[p].step_count; i++) {
            const struct path_step *step = &PATHS[p].steps[i];
            if (!step->refreshes && !job_find(step->kind)->is_urgent)
                continue;
            for (size_t s = 0; s < PATHS[p].step_count; s++) {
                const struct path_step *successor = &PATHS[p].steps[s];
                for (size_t n = 0; n < PATH_NEEDS_MAX && successor->needs[n]; n++) {
                    if (strcmp(successor->needs[n], step->kind) == 0)
                        CU_ASSERT_PTR_NULL(successor->needs[1]);
                }
            }
        }
    }
}

static void steps_wait_for_exactly_those_that_are_not_done(void)
{
    struct worker worker;
    unsigned settled = 0;

    testbed_reset(conn);
    int64_t batch_id = worker_load(conn, WORKER_BOOK);
    CU_ASSERT_FATAL(batch_id > 0);
    worker_expect_prerequisites(conn);
    worker_open(&worker, batch_id);
    while (worker_flush(&worker, 1) > 0 || worker.hand.count > 0) {
        worker_expect_prerequisites(conn);
        worker_settle(&worker, worker.hand.first, OUTCOME_DONE);
        settled++;
    }
    worker_expect_prerequisites(conn);
    worker_close(&worker);
    testbed_expect(conn, "SELECT string_agg(DISTINCT state, ',') FROM wabamigrate.step", "done");
    /* 7 steps of each WABA and 4 of each number */
    CU_ASSERT_EQUAL(settled, 2 * 7 + 5 * 4);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"states of steps are the words the program writes",
         states_of_steps_are_the_words_the_program_writes},
        {"states of numbers are those of the contract",
         states_of_numbers_are_those_of_the_contract},
        {"paths in the database are those of the program",
         paths_in_the_database_are_those_of_the_program},
        {"phases in the database are those of the program",
         phases_in_the_database_are_those_of_the_program},
        {"an upgrade brings the tables of an older program up to date",
         an_upgrade_brings_the_tables_of_an_older_program_up_to_date},
        {"what is done again is the only need of its successors",
         what_is_done_again_is_the_only_need_of_its_successors},
        {"steps wait for exactly those that are not done",
         steps_wait_for_exactly_those_that_are_not_done},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("words", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
