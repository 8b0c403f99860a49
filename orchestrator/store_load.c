/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_load.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "jobs/path.h"
#include "orchestrator/graph_version.h"
#include "orchestrator/manifest_problems.h"
#include "orchestrator/pg.h"
#include "orchestrator/store_loaded.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/store_schema.h"
#include "planner/manifest.h"
#include "sql/statements.h"

/* What the manifest does not say. */
#define TEMPLATES_WAIT "15m"
#define TEMPLATES_SETTLE "7d"

/* COPY rows are gathered to blocks of this size before they are handed to libpq. */
#define COPY_BLOCK_BYTES (64u * 1024)
/* One row: every scalar of the manifest at its ceiling would still fit. */
#define COPY_BYTES_MAX (COPY_BLOCK_BYTES + 4u * 1024 * 1024)

struct loader {
    PGconn *conn;
    struct buffer rows;
    const char *manifest;
    struct store_load_result *result;
    /* What the batch is loaded from, for the next time; owned. */
    char digest[DIGEST_TEXT_BYTES], rows_digest[DIGEST_TEXT_BYTES], *numbers_file;
    bool has_told; /* something that the next load has to tell again */
};

static void put(struct buffer *rows, const char *bytes, size_t count)
{
    enum status status = buffer_append(rows, bytes, count);

    BUG_UNLESS(status == STATUS_OK);
}

/* One cell in COPY's text format: \N for NULL, backslash escapes for what would end it. */
static void put_cell(struct buffer *rows, const char *text)
{
    static const char special[] = "\\\t\n\r";
    static const char letter[] = "\\tnr";

    if (!text) {
        put(rows, "\\N\t", 3);
        return;
    }
    while (*text) {
        size_t run = strcspn(text, special);
        put(rows, text, run);
        text += run;
        if (*text) {
            char escape[2] = {'\\', letter[strchr(special, *text) - special]};
            put(rows, escape, 2);
            text++;
        }
    }
    put(rows, "\t", 1);
}

/* "15m" as milliseconds; NULL where nothing is set. */
static const char *duration_ms(const char *text, char ms[24])
{
    int64_t duration = 0;

    if (!text)
        return NULL;
    enum status status = clock_parse_duration(text, &duration, NULL);
    BUG_UNLESS(status == STATUS_OK && "the manifest was checked");
    snprintf(ms, 24, "%" PRId64, duration);
    return ms;
}

static enum status send_rows(struct loader *loader, struct fault *fault)
{
    struct buffer *rows = &loader->rows;

    if (PQputCopyData(loader->conn, buffer_text(rows), (int)rows->length) != 1)
        return pg_fault(loader->conn, NULL, fault);
    buffer_clear(rows);
    return STATUS_OK;
}

static enum status end_row(struct loader *loader, const struct manifest_settings *settings,
                           const char *file, unsigned line, struct fault *fault)
{
    struct buffer *rows = &loader->rows;
    char number[16], wait[24], settle[24];

    put_cell(rows, settings->path);
    put_cell(rows, settings->waba_currency);
    put_cell(rows, settings->templates);
    put_cell(rows, duration_ms(settings->templates_wait, wait));
    put_cell(rows, duration_ms(settings->templates_settle, settle));
    put_cell(rows, settings->business_profile);
    put_cell(rows, settings->data_localization_region);
    put_cell(rows, settings->code_method);
    put_cell(rows, settings->language);
    put_cell(rows, file);
    int length = snprintf(number, sizeof number, "%u\n", line);
    put(rows, number, (size_t)length);
    return rows->length < COPY_BLOCK_BYTES ? STATUS_OK : send_rows(loader, fault);
}

static enum status on_customer(void *self, const struct manifest_customer *customer,
                               struct fault *fault)
{
    struct loader *loader = self;
    struct buffer *rows = &loader->rows;
    json_object *attest = json_object_new_object();

    for (unsigned i = 0; i < customer->attest_count; i++)
        json_object_object_add(attest, customer->attest[i].rule,
                               json_object_new_string(customer->attest[i].date));
    put_cell(rows, "f");
    put_cell(rows, customer->id);
    put_cell(rows, customer->name);
    put_cell(rows, customer->business_id);
    put_cell(rows, customer->source_waba_id);
    put_cell(rows, customer->destination_waba_id);
    put_cell(rows, customer->token_ref);
    put_cell(rows, customer->source_token_ref);
    put_cell(rows, customer->webhook_override_callback_uri);
    put_cell(rows, customer->webhook_verify_token_ref);
    put_cell(rows, json_object_to_json_string_ext(attest, JSON_C_TO_STRING_PLAIN));
    json_object_put(attest);
    for (int i = 0; i < 5; i++)
        put_cell(rows, NULL);
    return end_row(loader, &customer->settings, customer->file, customer->line, fault);
}

static enum status on_number(void *self, const struct manifest_number *number, struct fault *fault)
{
    struct loader *loader = self;
    struct buffer *rows = &loader->rows;

    put_cell(rows, "t");
    put_cell(rows, number->customer_id);
    for (int i = 0; i < 9; i++)
        put_cell(rows, NULL);
    put_cell(rows, number->number.text);
    put_cell(rows, number->number.country_code);
    put_cell(rows, number->number.national);
    put_cell(rows, number->source_phone_number_id);
    put_cell(rows, number->phone_number_id);
    return end_row(loader, &number->settings, number->file, number->line, fault);
}

static enum status end_copy(struct loader *loader, struct fault *fault)
{
    if (send_rows(loader, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (PQputCopyEnd(loader->conn, NULL) != 1)
        return pg_fault(loader->conn, NULL, fault);
    enum status status = STATUS_OK;
    for (PGresult *result; (result = PQgetResult(loader->conn)); PQclear(result)) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK && status == STATUS_OK)
            status = pg_fault(loader->conn, result, fault);
    }
    return status;
}

/* The last thing the manifest reader says: the rows are whole, and the batch is known. */
static enum status on_batch(void *self, const struct manifest_batch *batch, struct fault *fault)
{
    struct loader *loader = self;
    PG_AUTO_CLEAR PGresult *row = NULL;
    const struct manifest_settings *defaults = &batch->defaults;
    const char *wait = defaults->templates_wait, *settle = defaults->templates_settle;
    char wait_ms[24], settle_ms[24];
    const char *values[] = {
        batch->batch,
        batch->business_id,
        batch->app_id,
        batch->credit_line_id,
        batch->credit_method,
        batch->system_user_id,
        batch->system_token_ref,
        batch->app_secret_ref,
        batch->graph_version ? batch->graph_version : GRAPH_VERSION_DEFAULT,
        defaults->path ? defaults->path : "embedded_signup",
        defaults->waba_currency,
        defaults->templates ? defaults->templates : "before_register",
        defaults->data_localization_region,
        defaults->code_method ? defaults->code_method : "SMS",
        defaults->language ? defaults->language : "en_US",
        duration_ms(wait ? wait : TEMPLATES_WAIT, wait_ms),
        duration_ms(settle ? settle : TEMPLATES_SETTLE, settle_ms),
        defaults->business_profile,
    };

    if (end_copy(loader, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (pg_query(loader->conn, SQL_BATCH_MERGE, sizeof values / sizeof values[0], values, &row,
                 fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (strcmp(pg_cell(row, 0, "state"), "cancelled") == 0)
        return fault_set(
            fault, STATUS_INVALID,
            "batch %s was cancelled; give the manifest another batch name to begin anew",
            batch->batch);
    loader->result->batch_id = pg_cell_i64(row, 0, "batch_id");
    snprintf(loader->result->batch, sizeof loader->result->batch, "%s", batch->batch);
    memcpy(loader->digest, batch->digest, sizeof loader->digest);
    memcpy(loader->rows_digest, batch->numbers_file_digest, sizeof loader->rows_digest);
    loader->numbers_file = batch->numbers_file ? memory_copy_text(batch->numbers_file) : NULL;
    return STATUS_OK;
}

static void on_problem(void *self, const char *file, unsigned line, unsigned column,
                       const char *key, const char *what)
{
    struct loader *loader = self;

    manifest_problem_print(&loader->result->problems, file, line, column, key, what);
}

/* A number or destination in two unfinished batches, or a destination of two customers. */
static enum status refuse_conflicts(struct loader *loader, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {loader->result->batch};

    if (pg_query(loader->conn, SQL_STAGE_CONFLICTS, 1, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (int i = 0; i < PQntuples(rows); i++) {
        char what[512];
        const char *customer = pg_cell(rows, i, "customer");
        if (customer)
            snprintf(what, sizeof what,
                     "%s is the destination of customer %s of this batch already; two customers "
                     "never share one",
                     pg_cell(rows, i, "value"), customer);
        else
            snprintf(what, sizeof what,
                     "%s is in the unfinished batch %s too; take it out of one of them, or cancel "
                     "it there (`wabamigrate cancel %s`)",
                     pg_cell(rows, i, "value"), pg_cell(rows, i, "batch"),
                     pg_cell(rows, i, "batch"));
        manifest_problem_print(&loader->result->problems, pg_cell(rows, i, "file"),
                               (unsigned)pg_cell_i64(rows, i, "line"), 1, pg_cell(rows, i, "key"),
                               what);
    }
    return PQntuples(rows) == 0
               ? STATUS_OK
               : manifest_problems_fault(loader->manifest, loader->result->problems, fault);
}

static void tell(struct loader *loader, const PGresult *kept, const PGresult *left)
{
    for (int i = 0; i < PQntuples(kept); i++)
        log_event(LOG_WARN, "manifest.kept", LOG_TEXT("customer", pg_cell(kept, i, "key")),
                  LOG_TEXT("field", pg_cell(kept, i, "field")),
                  LOG_TEXT("kept", pg_cell(kept, i, "kept")),
                  LOG_TEXT("why", "already used on Graph; the manifest's new value is not taken"));
    bool is_left_out = strcmp(PQgetvalue(left, 0, 0), "0") != 0;
    if (is_left_out)
        log_event(LOG_WARN, "manifest.left_out", LOG_TEXT("numbers", PQgetvalue(left, 0, 0)),
                  LOG_TEXT("first", PQgetvalue(left, 0, 1)),
                  LOG_TEXT("why", "in the batch but no longer in the manifest; they are kept: use "
                                  "`wabamigrate cancel` to give them up"));
    loader->has_told = PQntuples(kept) > 0 || is_left_out;
}

static enum status merge(struct loader *loader, struct fault *fault)
{
    PGconn *conn = loader->conn;
    char batch_id[24];
    const char *values[] = {batch_id};
    PG_AUTO_CLEAR PGresult *kept = NULL, *left = NULL;

    snprintf(batch_id, sizeof batch_id, "%" PRId64, loader->result->batch_id);
    if (store_lock_customers(conn, loader->result->batch_id, NULL, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (pg_query(conn, SQL_STAGE_ANALYZE, 0, NULL, NULL, fault) != STATUS_OK)
        return STATUS_DATABASE;
    enum status status = refuse_conflicts(loader, fault);
    if (status != STATUS_OK)
        return status;
    if (store_schema_put_catalog(conn, fault) != STATUS_OK ||
        pg_query(conn, SQL_CUSTOMER_MERGE, 1, values, NULL, fault) != STATUS_OK ||
        pg_query(conn, SQL_CUSTOMER_KEPT, 1, values, &kept, fault) != STATUS_OK ||
        pg_query(conn, SQL_NUMBER_MERGE, 1, values, NULL, fault) != STATUS_OK ||
        pg_script(conn, SQL_BOOK_ANALYZE, fault) != STATUS_OK ||
        pg_query(conn, SQL_NUMBER_LEFT_OUT, 1, values, &left, fault) != STATUS_OK ||
        pg_query(conn, SQL_STEP_HOLD, 0, NULL, NULL, fault) != STATUS_OK ||
        pg_query(conn, SQL_STEP_CREATE, 1, values, NULL, fault) != STATUS_OK ||
        pg_query(conn, SQL_STEP_CREATE_FIRST, 1, values, NULL, fault) != STATUS_OK ||
        pg_query(conn, SQL_BATCH_COUNT, 1, values, NULL, fault) != STATUS_OK)
        return STATUS_DATABASE;
    tell(loader, kept, left);
    return store_loaded_record(conn, loader->result->batch_id, loader->manifest,
                               loader->has_told ? NULL : loader->digest, loader->numbers_file,
                               loader->rows_digest, fault);
}

static enum status load_in_transaction(struct loader *loader, struct fault *fault)
{
    const struct manifest_sink sink = {loader, on_batch, on_customer, on_number, on_problem};

    if (pg_script(loader->conn, SQL_STAGE_CREATE, fault) != STATUS_OK ||
        pg_script(loader->conn, SQL_STAGE_COPY, fault) != STATUS_OK)
        return STATUS_DATABASE;
    enum status status = manifest_read(loader->manifest, true, &sink, fault);
    if (status == STATUS_OK)
        return merge(loader, fault);
    if (loader->result->problems > 0)
        return manifest_problems_fault(loader->manifest, loader->result->problems, fault);
    return status;
}

/* Leaves the COPY, if it is still open, and undoes everything. */
static void give_up(PGconn *conn)
{
    if (PQputCopyEnd(conn, "the manifest is not valid") == 1) {
        for (PGresult *result; (result = PQgetResult(conn));)
            PQclear(result);
    }
    (void)!pg_script(conn, "ROLLBACK", NULL);
}

static enum status load(PGconn *conn, const char *manifest, struct store_load_result *result,
                        struct fault *fault)
{
    struct loader loader = {.conn = conn, .manifest = manifest, .result = result};

    if (pg_begin(conn, fault) != STATUS_OK)
        return STATUS_DATABASE;
    buffer_init(&loader.rows, COPY_BYTES_MAX);
    enum status status = load_in_transaction(&loader, fault);
    buffer_finish(&loader.rows);
    free(loader.numbers_file);
    if (status != STATUS_OK) {
        give_up(conn);
        return status;
    }
    if (pg_script(conn, "COMMIT", fault) != STATUS_OK)
        return STATUS_DATABASE;
    return pg_script(conn, SQL_STEP_ANALYZE, fault);
}

enum status store_load(PGconn *conn, const char *manifest, struct store_load_result *result,
                       struct fault *fault)
{
    bool is_loaded;

    memset(result, 0, sizeof *result);
    if (store_loaded_find(conn, manifest, result, &is_loaded, fault) != STATUS_OK)
        return STATUS_DATABASE;
    return is_loaded ? STATUS_OK : load(conn, manifest, result, fault);
}
