/* SPDX-License-Identifier: PostgreSQL */
/*
 * `templates diff` and `templates migrate`: what came along, and the trigger by hand for what did
 * not.
 *
 * Between two WABAs that no batch has, `migrate` works at once and without a database: the
 * destination's list says what is there, and nothing else is asked for. Where a batch has them, the
 * batch's memory is the only one that knows what has been asked for and is on its way: then
 * `migrate` takes up again what was given up, and the next run copies it, under its lease and with
 * its intents.
 */
#include "orchestrator/commands.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/batch_facts.h"
#include "orchestrator/cluster.h"
#include "orchestrator/database.h"
#include "orchestrator/graph_version.h"
#include "orchestrator/output_file.h"
#include "orchestrator/pg.h"
#include "orchestrator/report_output.h"
#include "orchestrator/say.h"
#include "orchestrator/selection.h"
#include "orchestrator/state_dir.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/store_report.h"
#include "orchestrator/store_templates.h"
#include "orchestrator/template_pairs.h"
#include "planner/credential_ref.h"
#include "planner/report_templates.h"
#include "sql/statements.h"

/* Longer is no variable's name but, most likely, the token itself. */
#define VARIABLE_BYTES_MAX 64

struct command {
    const struct options *options;
    const struct clock *clock;
    struct arena *arena;
    struct database database;
    PGconn *conn; /* NULL: no batch */
    struct vault *vault;
    const char *batch;
    int64_t batch_id;
    char *selection;      /* PostgreSQL array, or NULL */
    const char *customer; /* whose the named WABAs are, or NULL */
    struct facts partner;
    struct secret *system_token;
    struct template_pairs pairs;
};

static bool is_migrating(const struct command *command)
{
    return command->options->verb == VERB_TEMPLATES_MIGRATE;
}

/* ---- what is asked for ---- */

static bool is_variable(const char *name)
{
    size_t length = strlen(name);
    bool is_plain = length > 0 && length <= VARIABLE_BYTES_MAX && !isdigit((unsigned char)*name);

    for (size_t i = 0; i < length; i++)
        is_plain &= isalnum((unsigned char)name[i]) || name[i] == '_';
    return is_plain;
}

/* What was given is not repeated: it may be a token after all. */
static enum status check_variable(const char *option, const char *name, struct fault *fault)
{
    if (!name || is_variable(name))
        return STATUS_OK;
    return fault_set(fault, STATUS_INVALID,
                     "--%s names an environment variable that holds the token, never the token "
                     "itself",
                     option);
}

static bool is_id(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static enum status check_waba(const char *option, const char *id, struct fault *fault)
{
    return is_id(id)
               ? STATUS_OK
               : fault_set(fault, STATUS_INVALID, "--%s takes a WABA's id, digits alone", option);
}

static enum status check_pair(const struct options *options, struct fault *fault)
{
    const char *name = options->verb_name;

    if (options->batch)
        return fault_set(fault, STATUS_INVALID,
                         "%s: name a batch, or --source and --destination, not both", name);
    if (!options->source_waba_id || !options->destination_waba_id)
        return fault_set(fault, STATUS_INVALID, "%s: --source and --destination go together", name);
    if (strcmp(options->source_waba_id, options->destination_waba_id) == 0)
        return fault_set(fault, STATUS_INVALID, "%s: --source and --destination are the same WABA",
                         name);
    if (!options->token_env && !options->token_file)
        return fault_set(fault, STATUS_INVALID,
                         "%s: --token-env or --token-file says where the token for the WABAs is",
                         name);
    enum status status = check_waba("source", options->source_waba_id, fault);
    return status == STATUS_OK ? check_waba("destination", options->destination_waba_id, fault)
                               : status;
}

static bool has_pair(const struct options *options)
{
    return options->source_waba_id || options->destination_waba_id || options->token_env ||
           options->token_file || options->source_token_env || options->source_token_file;
}

static enum status check_options(const struct options *options, struct fault *fault)
{
    enum status status = check_variable("token-env", options->token_env, fault);

    if (status == STATUS_OK)
        status = check_variable("source-token-env", options->source_token_env, fault);
    if (status == STATUS_OK && options->has_format && options->format == REPORT_HTML)
        status = fault_set(fault, STATUS_INVALID,
                           "--format html: templates are written as table, json or csv; the page "
                           "of `report` has them too");
    if (status == STATUS_OK && has_pair(options))
        status = check_pair(options, fault);
    return status == STATUS_OK ? report_output_check(options, fault) : status;
}

/* ---- whose templates ---- */

static const char *reference(struct arena *arena, const char *variable, const char *file)
{
    return variable ? arena_join(arena, "env:", variable)
           : file   ? arena_join(arena, "file:", file)
                    : NULL;
}

static void begin_pairs(struct command *command, size_t count)
{
    struct template_pair *pairs =
        arena_alloc(command->arena, (count + 1) * sizeof(struct template_pair));

    memset(pairs, 0, (count + 1) * sizeof(struct template_pair));
    for (size_t i = 0; i < count; i++)
        pairs[i].book = template_book_create();
    command->pairs = (struct template_pairs){.options = command->options,
                                             .clock = command->clock,
                                             .batch = command->batch ? command->batch : "",
                                             .partner = &command->partner,
                                             .vault = command->vault,
                                             .arena = command->arena,
                                             .pairs = pairs,
                                             .count = count};
}

static enum status take_system_token(struct command *command, const char *token_ref,
                                     struct fault *fault)
{
    enum status status = credential_ref_resolve(token_ref, &command->system_token, fault);

    command->partner.system_token = command->system_token;
    return status;
}

static enum status name_pair(struct command *command, struct fault *fault)
{
    const struct options *options = command->options;

    command->partner.graph_version = GRAPH_VERSION_DEFAULT;
    begin_pairs(command, 1);
    struct template_pair *pair = &command->pairs.pairs[0];
    pair->customer = command->customer;
    pair->source_waba_id = options->source_waba_id;
    pair->destination_waba_id = options->destination_waba_id;
    pair->source_token_ref =
        reference(command->arena, options->source_token_env, options->source_token_file);
    return take_system_token(
        command, reference(command->arena, options->token_env, options->token_file), fault);
}

static enum status open_batch(struct command *command, const char *name, struct fault *fault)
{
    enum status status = store_batch_find(command->conn, name, command->arena, &command->batch_id,
                                          &command->batch, fault);

    if (status == STATUS_OK)
        status = database_open_vault(&command->database, command->conn, VAULT_READ, &command->vault,
                                     fault);
    return status;
}

static enum status connect(struct command *command, struct fault *fault)
{
    enum status status = database_find(command->options, command->clock, &command->database, fault);

    return status == STATUS_OK ? database_connect(&command->database, &command->conn, fault)
                               : status;
}

static const char *text(const struct command *command, const PGresult *rows, int row,
                        const char *column)
{
    return arena_copy_text(command->arena, pg_cell(rows, row, column));
}

static void read_pair(const struct command *command, const PGresult *rows, int at,
                      struct template_pair *pair)
{
    pair->customer = text(command, rows, at, "customer");
    pair->customer_name = text(command, rows, at, "customer_name");
    pair->language = text(command, rows, at, "language");
    pair->business_id = text(command, rows, at, "business_id");
    pair->source_waba_id = text(command, rows, at, "source_waba_id");
    pair->destination_waba_id = text(command, rows, at, "destination_waba_id");
    pair->token_ref = text(command, rows, at, "token_ref");
    pair->source_token_ref = text(command, rows, at, "source_token_ref");
    pair->business_token_sealed = text(command, rows, at, "business_token_sealed");
}

static enum status list_pairs(struct command *command, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    char id[24];
    const char *values[] = {id, command->selection};

    snprintf(id, sizeof id, "%" PRId64, command->batch_id);
    if (pg_query(command->conn, SQL_TEMPLATES_CUSTOMERS, 2, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    int count = PQntuples(rows);
    if (count == 0)
        return fault_set(fault, STATUS_INVALID,
                         "no customer of batch %s %shas a destination WABA yet", command->batch,
                         command->selection ? "that was named " : "");
    begin_pairs(command, (size_t)count);
    for (int i = 0; i < count; i++)
        read_pair(command, rows, i, &command->pairs.pairs[i]);
    command->partner.graph_version = text(command, rows, 0, "graph_version");
    command->partner.app_id = text(command, rows, 0, "app_id");
    command->partner.partner_business_id = text(command, rows, 0, "partner_business_id");
    return take_system_token(command, pg_cell(rows, 0, "system_token_ref"), fault);
}

/* Whether there is a database to ask at all: the private one is not made for a question. */
static bool has_database(const struct options *options)
{
    struct fault none = FAULT_NONE;
    struct cluster_status cluster = {0};
    char *dir = NULL;
    bool is_there = options->database || getenv("PGHOST") || getenv("PGSERVICE");

    if (!is_there && state_dir_name(&dir, &none) == STATUS_OK &&
        cluster_status(dir, &cluster, &none) == STATUS_OK) {
        is_there = cluster.is_made;
        cluster_status_finish(&cluster);
    }
    free(dir);
    return is_there;
}

/* Whose the two WABAs are, where a batch has them: only that batch knows what it has asked for. */
static enum status find_batch_of_pair(struct command *command, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const struct options *options = command->options;
    const char *values[] = {options->source_waba_id, options->destination_waba_id};

    if (!has_database(options))
        return STATUS_OK;
    enum status status = connect(command, fault);
    if (status == STATUS_OK)
        status = pg_query(command->conn, SQL_TEMPLATES_FIND, 2, values, &rows, fault);
    if (status != STATUS_OK || PQntuples(rows) == 0) {
        pg_close(&command->conn);
        return status;
    }
    struct pg_array names;
    pg_array_init(&names);
    pg_array_add_text(&names, pg_cell(rows, 0, "customer"));
    command->selection = memory_copy_text(pg_array_literal(&names));
    command->customer = text(command, rows, 0, "customer");
    pg_array_finish(&names);
    say("customer %s of batch %s has these WABAs: what the batch knows of them counts",
        pg_cell(rows, 0, "customer"), pg_cell(rows, 0, "batch"));
    return open_batch(command, pg_cell(rows, 0, "batch"), fault);
}

static enum status find_pairs(struct command *command, struct fault *fault)
{
    const struct options *options = command->options;
    enum status status = STATUS_OK;

    if (!has_pair(options)) {
        status = selection_read(options, &command->selection, fault);
        if (status == STATUS_OK)
            status = connect(command, fault);
        if (status == STATUS_OK)
            status = open_batch(command, options->batch, fault);
        return status == STATUS_OK ? list_pairs(command, fault) : status;
    }
    if (is_migrating(command))
        status = find_batch_of_pair(command, fault);
    return status == STATUS_OK ? name_pair(command, fault) : status;
}

/* ---- what the batch knows ---- */

static void remember(struct template_pair *pair, const struct template_customer *customer)
{
    for (size_t i = 0; i < customer->row_count; i++) {
        struct template_row known = customer->rows[i];
        bool is_given_up = strcmp(known.result, "given_up") == 0;
        bool is_waiting = strcmp(known.result, "waiting") == 0;
        known.was_there_before = strcmp(known.result, "was_there") == 0;
        known.is_destination_gone = strcmp(known.result, "gone") == 0 && known.reason &&
                                    strcmp(known.reason, "destination") == 0;
        known.is_asked = is_waiting;
        known.given_up = is_given_up ? known.reason : NULL;
        known.refusal =
            (is_given_up || is_waiting) && !known.destination_status ? known.reason_text : NULL;
        template_book_remember(pair->book, &known);
    }
}

static enum status add_memory(struct command *command, struct fault *fault)
{
    struct template_customer *customers = NULL;
    size_t count = 0, at = 0;

    if (!command->conn)
        return STATUS_OK;
    if (store_templates_read(command->conn, command->batch_id, NULL, command->arena, &customers,
                             &count, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (size_t i = 0; i < command->pairs.count; i++) { /* both by customer */
        struct template_pair *pair = &command->pairs.pairs[i];
        const char *key = pair->customer;
        while (key && at < count && strcmp(customers[at].customer, key) < 0)
            at++;
        if (key && at < count && strcmp(customers[at].customer, key) == 0)
            remember(pair, &customers[at]);
    }
    return STATUS_OK;
}

/* ---- acting ---- */

static size_t missing(const struct command *command)
{
    size_t count = 0;

    for (size_t i = 0; i < command->pairs.count; i++)
        count += template_book_missing(command->pairs.pairs[i].book);
    return count;
}

static enum status read_lists(struct command *command, struct fault *fault)
{
    enum status status = template_pairs_read(&command->pairs, fault);

    return status == STATUS_OK ? add_memory(command, fault) : status;
}

/* The steps of a batch are the run's to take; see the head of this file. */
static enum status reopen(struct command *command, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    char id[24];
    const char *values[] = {id, command->selection};

    snprintf(id, sizeof id, "%" PRId64, command->batch_id);
    if (pg_begin(command->conn, fault) != STATUS_OK ||
        store_lock_batch(command->conn, command->batch_id, command->selection, fault) !=
            STATUS_OK ||
        pg_query(command->conn, SQL_TEMPLATES_REOPEN, 2, values, &row, fault) != STATUS_OK ||
        pg_script(command->conn, "COMMIT", fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (pg_cell_i64(row, 0, "opened") == 0 && pg_cell_i64(row, 0, "given_up") == 0) {
        say("nothing is to be taken up again in batch %s: the next run goes on with what has been "
            "asked for; where the manifest says `templates: leave`, name the two WABAs with "
            "--source and --destination",
            command->batch);
        return STATUS_OK;
    }
    say("%s templates that were given up may be asked for again; the next run of batch %s copies "
        "what is missing for %s customers",
        pg_cell(row, 0, "given_up"), command->batch, pg_cell(row, 0, "opened"));
    return STATUS_OK;
}

static enum status copy(struct command *command, struct fault *fault)
{
    enum status status = template_pairs_copy(&command->pairs, fault);

    return status == STATUS_OK ? template_pairs_read(&command->pairs, fault) : status;
}

/* Whether the lists of both sides are known, of every pair. */
static bool are_read(const struct command *command)
{
    for (size_t i = 0; i < command->pairs.count; i++) {
        const struct template_book *book = command->pairs.pairs[i].book;
        if (!template_book_is_read(book, true) || !template_book_is_read(book, false))
            return false;
    }
    return true;
}

static enum status migrate(struct command *command, struct fault *fault)
{
    size_t count = missing(command);
    const char *plural = count == 1 ? "" : "s";
    bool is_dry = command->options->is_dry_run;

    if (command->conn && !is_dry) {
        enum status status = reopen(command, fault);
        return status == STATUS_OK ? add_memory(command, fault) : status;
    }
    if (count == 0) {
        say(are_read(command) ? "nothing that can be copied is missing on the destination"
                              : "nothing is known to be missing on the destination: not every list "
                                "could be read, see below");
        return STATUS_OK;
    }
    say("%zu template%s that can be copied %s missing on the destination: %s", count, plural,
        count == 1 ? "is" : "are", is_dry ? "nothing is sent (--dry-run)" : "copying");
    return is_dry ? STATUS_OK : copy(command, fault);
}

/* ---- the answer ---- */

static void make_customer(const struct template_pair *pair, struct template_customer *customer)
{
    *customer = (struct template_customer){
        .customer = pair->customer,
        .customer_name = pair->customer_name,
        .language = pair->language,
        .source_waba_id = pair->source_waba_id,
        .destination_waba_id = pair->destination_waba_id,
        .source_read_at = pair->source_read_at,
        .destination_read_at = pair->destination_read_at,
        .unread =
            template_book_unread(pair->book) ? template_book_unread(pair->book) : pair->failure,
    };
    customer->rows = template_book_rows(pair->book, &customer->row_count);
}

static void make_templates(const struct command *command, struct report_templates *templates)
{
    const struct template_pairs *pairs = &command->pairs;

    *templates = (struct report_templates){.is_listed = true, .customer_count = pairs->count};
    templates->customers =
        arena_alloc(command->arena, (pairs->count + 1) * sizeof(struct template_customer));
    for (size_t i = 0; i < pairs->count; i++) {
        make_customer(&pairs->pairs[i], &templates->customers[i]);
        template_count_customer(&templates->counts, &templates->customers[i]);
    }
}

static enum status write(const struct command *command, const struct report_templates *templates,
                         struct fault *fault)
{
    const struct options *options = command->options;
    struct output_file file = {0};
    char now[CLOCK_TEXT_BYTES];
    struct report_templates_head head = {.batch = command->batch,
                                         .title = options->verb_name,
                                         .generated_at = now,
                                         .calls_made = command->pairs.calls};

    clock_format(clock_wall_ms(command->clock), now);
    enum status status = output_file_open(&file, options->output, false, fault);
    if (status != STATUS_OK)
        return status;
    status = report_templates_write(templates, &head, report_output_format(options),
                                    report_output_width(options), file.stream, fault);
    if (status == STATUS_OK)
        status = output_file_commit(&file, fault);
    output_file_finish(&file);
    return status;
}

/* 0: all there; 3: somebody has to act; 4: still being copied; 7: a token is refused. */
static int exit_code(const struct command *command, const struct report_templates *templates)
{
    const size_t *by_need = templates->counts.by_need;
    bool is_failed = by_need[TEMPLATE_PARTNER] + by_need[TEMPLATE_CUSTOMER] > 0;
    bool is_waiting = by_need[TEMPLATE_WAITS] > 0;

    for (size_t i = 0; i < command->pairs.count; i++) {
        const struct template_pair *pair = &command->pairs.pairs[i];
        if (pair->is_credential_refused)
            return EXIT_REFUSED;
        is_failed |= pair->failure || template_book_unread(pair->book);
        is_waiting |= pair->is_unfinished;
    }
    return is_failed ? EXIT_SOME_FAILED : is_waiting ? EXIT_WAITING : EXIT_ALL_DONE;
}

static void finish(struct command *command)
{
    for (size_t i = 0; i < command->pairs.count; i++)
        template_book_destroy(command->pairs.pairs[i].book);
    free(command->selection);
    secret_destroy(command->system_token);
    vault_close(command->vault);
    pg_close(&command->conn);
    database_finish(&command->database);
    arena_destroy(command->arena);
}

int command_templates(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct command command = {.options = options, .clock = clock, .arena = arena_create()};
    struct report_templates templates = {0};
    int code = EXIT_INTERNAL;

    enum status status = check_options(options, fault);
    if (status == STATUS_OK)
        status = find_pairs(&command, fault);
    if (status == STATUS_OK)
        status = read_lists(&command, fault);
    if (status == STATUS_OK && is_migrating(&command))
        status = migrate(&command, fault);
    if (status == STATUS_OK) {
        make_templates(&command, &templates);
        code = exit_code(&command, &templates);
        status = write(&command, &templates, fault);
    }
    if (status != STATUS_OK)
        code = command.pairs.is_stopped ? EXIT_STOPPED : options_exit_code(status);
    finish(&command);
    return code;
}
