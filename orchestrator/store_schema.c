/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_schema.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "jobs/job.h"
#include "jobs/path.h"
#include "orchestrator/pg.h"
#include "orchestrator/store_budget.h"
#include "sql/statements.h"

/* Tells an edited migration from the one that was applied. */
static void checksum(const char *text, char out[17])
{
    snprintf(out, 17, "%016" PRIx64, hash_text(text));
}

int store_schema_version(void)
{
    return SQL_MIGRATIONS[SQL_MIGRATION_COUNT - 1].version;
}

static const struct sql_migration *find_migration(int version)
{
    for (unsigned i = 0; i < SQL_MIGRATION_COUNT; i++) {
        if (SQL_MIGRATIONS[i].version == version)
            return &SQL_MIGRATIONS[i];
    }
    return NULL;
}

/* The highest version applied, 0 for none; refuses one whose text is no longer what was applied. */
static enum status read_version(PGconn *conn, int *version, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;

    *version = 0;
    if (pg_query(conn, SQL_MIGRATION_LIST, 0, NULL, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (int i = 0; i < PQntuples(rows); i++) {
        char expected[17];
        *version = (int)pg_cell_i64(rows, i, "version");
        const struct sql_migration *migration = find_migration(*version);
        if (!migration)
            continue;
        checksum(migration->text, expected);
        if (strcmp(expected, pg_cell(rows, i, "checksum")) != 0)
            return fault_set(fault, STATUS_DATABASE,
                             "schema migration %d (%s) was applied from another text than this "
                             "program has; use the release that made this database",
                             *version, migration->name);
    }
    return STATUS_OK;
}

enum status store_schema_state(PGconn *conn, enum schema_state *state, int *version,
                               struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *exists = NULL;

    *version = 0;
    *state = SCHEMA_ABSENT;
    if (pg_query(conn, SQL_MIGRATION_EXISTS, 0, NULL, &exists, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (PQgetvalue(exists, 0, 0)[0] != 't')
        return STATUS_OK;
    if (read_version(conn, version, fault) != STATUS_OK)
        return STATUS_DATABASE;
    *state = *version < store_schema_version()   ? SCHEMA_OLD
             : *version > store_schema_version() ? SCHEMA_NEWER
                                                 : SCHEMA_CURRENT;
    return STATUS_OK;
}

static void put_text(json_object *row, const char *name, const char *text)
{
    json_object_object_add(row, name, text ? json_object_new_string(text) : NULL);
}

static void describe_paths(json_object *steps, json_object *needs)
{
    for (size_t p = 0; p < PATH_COUNT; p++) {
        for (size_t i = 0; i < PATHS[p].step_count; i++) {
            const struct path_step *step = &PATHS[p].steps[i];
            const struct job_kind *kind = job_find(step->kind);
            BUG_UNLESS(kind);
            json_object *row = json_object_new_object();
            put_text(row, "path", PATHS[p].name);
            put_text(row, "kind", step->kind);
            json_object_object_add(row, "ordinal", json_object_new_int((int)i));
            put_text(row, "subject", kind->subject == SUBJECT_WABA ? "waba" : "number");
            json_object_object_add(row, "urgency", json_object_new_int(kind->is_urgent ? 0 : 1));
            put_text(row, "first_phase", kind->phases[0].name);
            put_text(row, "refreshes", step->refreshes);
            put_text(row, "renewed_by", step->renewed_by);
            put_text(row, "only_with", step->only_with);
            json_object_object_add(row, "takes_code", json_object_new_boolean(kind->takes_code));
            json_object_object_add(row, "gather_ms", json_object_new_int64(kind->gather_ms));
            json_object_object_add(row, "is_assessed", json_object_new_boolean(kind->is_assessed));
            json_object_object_add(row, "is_audited", json_object_new_boolean(kind->is_audited));
            json_object_array_add(steps, row);
            for (size_t n = 0; n < PATH_NEEDS_MAX && step->needs[n]; n++) {
                json_object *need = json_object_new_object();
                put_text(need, "path", PATHS[p].name);
                put_text(need, "kind", step->kind);
                put_text(need, "needs", step->needs[n]);
                json_object_array_add(needs, need);
            }
        }
    }
}

static void describe_phases(json_object *phases)
{
    for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
        for (size_t i = 0; i < JOB_KINDS[k]->phase_count; i++) {
            const struct job_phase *phase = &JOB_KINDS[k]->phases[i];
            json_object *row = json_object_new_object();
            put_text(row, "kind", JOB_KINDS[k]->name);
            put_text(row, "phase", phase->name);
            json_object_object_add(row, "is_effect",
                                   json_object_new_boolean(phase->type == PHASE_EFFECT));
            put_text(row, "in_doubt", phase->in_doubt);
            json_object_object_add(row, "is_registration",
                                   json_object_new_boolean(phase->type == PHASE_EFFECT &&
                                                           phase->budget == BUDGET_REGISTRATION));
            put_text(row, "budget", BUDGETS[phase->budget].name);
            json_object_object_add(row, "lane",
                                   json_object_new_int((int)budget_lane_of(JOB_KINDS[k], phase)));
            json_object_object_add(
                row, "is_shared",
                json_object_new_boolean(JOB_KINDS[k]->shares_reads && phase->type == PHASE_READ));
            json_object_object_add(row, "calls_max",
                                   json_object_new_int((int)budget_calls_max(phase)));
            json_object_array_add(phases, row);
        }
    }
}

/* Those by the hour; what a number may be registered has a ledger of its own. */
static json_object *describe_quotas(void)
{
    static const struct {
        enum budget budget;
        const char *scope;
    } scopes[] = {
        {BUDGET_PLATFORM, "app"}, {BUDGET_WABA, "waba"}, {BUDGET_CREDIT_LINE, "credit_line"}};
    json_object *quotas = json_object_new_array();

    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        const struct budget_limit *limit = &BUDGETS[scopes[i].budget];
        json_object *row = json_object_new_object();
        put_text(row, "scope", scopes[i].scope);
        json_object_object_add(row, "calls", json_object_new_int64(limit->calls));
        json_object_object_add(row, "calls_at_first", json_object_new_int64(limit->calls_at_first));
        json_object_object_add(row, "minutes",
                               json_object_new_int64(budget_memory_ms(scopes[i].budget) / 60000));
        json_object_object_add(row, "spare_permille", json_object_new_int64(limit->spare_permille));
        json_object_array_add(quotas, row);
    }
    return quotas;
}

uint64_t store_schema_catalog_hash(void)
{
    json_object *lists[] = {json_object_new_array(), json_object_new_array(),
                            json_object_new_array(), describe_quotas()};
    uint64_t hash = HASH_START;

    describe_paths(lists[0], lists[1]);
    describe_phases(lists[2]);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        hash = hash_field(hash, json_object_to_json_string(lists[i]));
        json_object_put(lists[i]);
    }
    return hash;
}

/* A load that finds the catalog as it is has nothing to write, and waits for nobody. */
static enum status put_catalog(PGconn *conn, const char *const values[4], struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;

    if (pg_query(conn, SQL_CATALOG_IS_CURRENT, 4, values, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (pg_cell_bool(row, 0, "is_current"))
        return STATUS_OK;
    if (pg_script(conn, SQL_CATALOG_LOCK, fault) != STATUS_OK)
        return STATUS_DATABASE;
    return pg_query(conn, SQL_CATALOG_PUT, 4, values, NULL, fault);
}

enum status store_schema_put_catalog(PGconn *conn, struct fault *fault)
{
    json_object *steps = json_object_new_array(), *needs = json_object_new_array();
    json_object *phases = json_object_new_array(), *quotas = describe_quotas();

    describe_paths(steps, needs);
    describe_phases(phases);
    const char *values[] = {json_object_to_json_string(steps), json_object_to_json_string(needs),
                            json_object_to_json_string(phases), json_object_to_json_string(quotas)};
    enum status status = put_catalog(conn, values, fault);
    json_object_put(steps);
    json_object_put(needs);
    json_object_put(phases);
    json_object_put(quotas);
    return status;
}

static enum status apply(PGconn *conn, const struct sql_migration *migration, struct fault *fault)
{
    char version[16], sum[17];
    const char *values[] = {version, migration->name, sum};

    snprintf(version, sizeof version, "%d", migration->version);
    checksum(migration->text, sum);
    if (pg_script(conn, migration->text, fault) != STATUS_OK) {
        fault_prefix(fault, "schema migration %s: ", migration->name);
        return STATUS_DATABASE;
    }
    return pg_query(conn, SQL_MIGRATION_RECORD, 3, values, NULL, fault);
}

static enum status upgrade_locked(PGconn *conn, int *applied, struct fault *fault)
{
    int version;

    if (pg_query(conn, SQL_MIGRATION_LOCK, 0, NULL, NULL, fault) != STATUS_OK ||
        pg_script(conn, SQL_MIGRATION_PREPARE, fault) != STATUS_OK ||
        read_version(conn, &version, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (version > store_schema_version())
        return fault_set(
            fault, STATUS_DATABASE,
            "the database's schema is version %d, newer than this program's %d; use the "
            "newer release",
            version, store_schema_version());
    for (unsigned i = 0; i < SQL_MIGRATION_COUNT; i++) {
        if (SQL_MIGRATIONS[i].version <= version)
            continue;
        if (apply(conn, &SQL_MIGRATIONS[i], fault) != STATUS_OK)
            return STATUS_DATABASE;
        (*applied)++;
    }
    return store_schema_put_catalog(conn, fault);
}

enum status store_schema_upgrade(PGconn *conn, int *applied, struct fault *fault)
{
    *applied = 0;
    if (pg_script(conn, "SET client_min_messages = warning; BEGIN", fault) != STATUS_OK)
        return STATUS_DATABASE;
    enum status status = upgrade_locked(conn, applied, fault);
    if (status != STATUS_OK) {
        (void)!pg_script(conn, "ROLLBACK", NULL);
        return status;
    }
    return pg_script(conn, "COMMIT; RESET client_min_messages", fault);
}

enum status store_schema_require(PGconn *conn, struct fault *fault)
{
    enum schema_state state;
    int version;

    if (store_schema_state(conn, &state, &version, fault) != STATUS_OK)
        return STATUS_DATABASE;
    switch (state) {
    case SCHEMA_CURRENT:
        return STATUS_OK;
    case SCHEMA_ABSENT:
        return fault_set(fault, STATUS_DATABASE,
                         "this database has no wabamigrate schema yet; run `wabamigrate db init`");
    case SCHEMA_OLD:
        return fault_set(fault, STATUS_DATABASE,
                         "the database's schema is version %d and this program needs %d; run "
                         "`wabamigrate db upgrade`",
                         version, store_schema_version());
    case SCHEMA_NEWER:
        break;
    }
    return fault_set(fault, STATUS_DATABASE,
                     "the database's schema is version %d, newer than this program's %d; use the "
                     "newer release",
                     version, store_schema_version());
}

enum status store_schema_print(PGconn *conn, FILE *out, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;

    if (pg_query(conn, SQL_MIGRATION_LIST, 0, NULL, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (int i = 0; i < PQntuples(rows); i++)
        fprintf(out, "migration %s  %s  applied %s  checksum %s\n", pg_cell(rows, i, "version"),
                pg_cell(rows, i, "name"), pg_cell(rows, i, "applied_at"),
                pg_cell(rows, i, "checksum"));
    return STATUS_OK;
}
