/* SPDX-License-Identifier: PostgreSQL */
/* `db …`, `doctor`, `simulate`, and the verbs that a later release brings. */
#include "orchestrator/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "orchestrator/cluster.h"
#include "orchestrator/database.h"
#include "orchestrator/dry_book.h"
#include "orchestrator/durability.h"
#include "orchestrator/pg.h"
#include "orchestrator/preflight.h"
#include "orchestrator/say.h"
#include "orchestrator/state_dir.h"
#include "orchestrator/store_schema.h"
#include "sql/statements.h"

#define CLOCK_SKEW_MAX_MS 5000

/* ---- db ---- */

static enum status print_state(PGconn *conn, struct fault *fault)
{
    enum schema_state state;
    int version;

    enum status status = store_schema_state(conn, &state, &version, fault);
    if (status != STATUS_OK)
        return status;
    if (state == SCHEMA_ABSENT) {
        printf("schema: none yet; `wabamigrate db init` makes it\n");
        return STATUS_OK;
    }
    printf("schema: version %d, this program's is %d%s\n", version, store_schema_version(),
           state == SCHEMA_OLD ? "; `wabamigrate db upgrade` brings it there" : "");
    return store_schema_print(conn, stdout, fault);
}

static enum status print_cluster(const struct database *database, struct fault *fault)
{
    struct cluster_status cluster;

    if (!database->is_embedded)
        return STATUS_OK;
    enum status status = cluster_status(database->state_dir, &cluster, fault);
    if (status == STATUS_OK)
        printf("database: embedded, PostgreSQL %d in %s, %s\n", cluster.version, cluster.directory,
               cluster.is_running ? "running" : "stopped");
    cluster_status_finish(&cluster);
    return status;
}

static enum status upgrade(const struct database *database, PGconn *conn, enum vault_use use,
                           struct fault *fault)
{
    struct vault *vault = NULL;
    int applied;

    enum status status = store_schema_upgrade(conn, &applied, fault);
    if (status == STATUS_OK)
        printf("schema: version %d, %d migration%s applied\n", store_schema_version(), applied,
               applied == 1 ? "" : "s");
    if (status == STATUS_OK)
        status = database_open_vault(database, conn, use, &vault, fault);
    vault_close(vault);
    return status;
}

static enum status stop_cluster(const struct options *options, struct fault *fault)
{
    char *dir = NULL;
    bool was_running;

    if (options->database || getenv("PGHOST") || getenv("PGSERVICE"))
        return fault_set(fault, STATUS_INVALID,
                         "`db stop` is for the embedded database; a named one is not ours to stop");
    enum status status = state_dir_find(&dir, fault);
    if (status == STATUS_OK)
        status = cluster_stop(dir, &was_running, fault);
    if (status == STATUS_OK)
        printf("%s\n", was_running ? "stopped" : "was not running");
    free(dir);
    return status;
}

int command_db(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct database database = {0};
    PG_AUTO_CLOSE PGconn *conn = NULL;

    if (options->verb == VERB_DB_STOP)
        return options_exit_code(stop_cluster(options, fault));
    enum status status = database_find(options, clock, &database, fault);
    if (status == STATUS_OK)
        status = database_connect_bare(&database, &conn, fault);
    if (status == STATUS_OK)
        status = print_cluster(&database, fault);
    if (status == STATUS_OK && options->verb == VERB_DB_STATUS)
        status = print_state(conn, fault);
    else if (status == STATUS_OK)
        status = upgrade(&database, conn, options->verb == VERB_DB_INIT ? VAULT_INIT : VAULT_WRITE,
                         fault);
    database_finish(&database);
    return options_exit_code(status);
}

/* ---- doctor ---- */

/* One line a check; a failed one says what to mend. The worst one is the exit code. */
struct findings {
    int code;
};

static void tell(struct findings *findings, const char *what, enum status status, const char *text)
{
    say_to(stdout, "%-12s %-5s %s", what, status == STATUS_OK ? "ok" : "MEND", text);
    if (status != STATUS_OK && findings->code == 0)
        findings->code = options_exit_code(status);
}

/* A password and every number cross the network: only verify-full proves who gets them. libpq is
 * asked what it did, for URL, environment and service file have a say in it. */
static void examine_link(struct findings *findings, PGconn *conn)
{
    const char *address = PQhostaddr(conn);
    bool is_verified = pg_has_option(conn, "sslmode", "verify-full");
    char text[512];

    if (PQhost(conn)[0] == '/' || strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0) {
        tell(findings, "link", STATUS_OK, "stays on this machine");
        return;
    }
    if (PQsslInUse(conn) && is_verified) {
        snprintf(text, sizeof text, "%s to %s, whose certificate is verified",
                 PQsslAttribute(conn, "protocol"), PQhost(conn));
        tell(findings, "link", STATUS_OK, text);
        return;
    }
    snprintf(text, sizeof text,
             "%s to %s, and nothing proves that it is that host; add sslmode=verify-full and "
             "sslrootcert=FILE to the database's URL",
             PQsslInUse(conn) ? "encrypted" : "in the clear", PQhost(conn));
    printf("%-12s %-5s %s\n", "link", "warn", text);
}

/* Which key a database needs stands in it, so its schema comes first. */
static void examine_key(struct findings *findings, const struct database *database, PGconn *conn)
{
    struct fault fault = FAULT_NONE;
    struct vault *vault = NULL;

    if (store_schema_require(conn, NULL) != STATUS_OK) {
        printf("%-12s %-5s not looked at: the schema comes first\n", "key", "-");
        return;
    }
    enum status status = database_open_vault(database, conn, VAULT_READ, &vault, &fault);
    tell(findings, "key", status,
         status == STATUS_OK ? "readable by its owner alone, and this database's" : fault.message);
    vault_close(vault);
}

static void examine_server(struct findings *findings, PGconn *conn, const struct clock *clock,
                           bool is_embedded)
{
    struct fault fault = FAULT_NONE;
    PG_AUTO_CLEAR PGresult *row = NULL;
    char text[512];

    enum status status = pg_query(conn, SQL_SERVER_FACTS, 0, NULL, &row, &fault);
    if (status != STATUS_OK) {
        tell(findings, "database", status, fault.message);
        return;
    }
    snprintf(text, sizeof text, "PostgreSQL %s as role %s", pg_cell(row, 0, "version"),
             pg_cell(row, 0, "role"));
    tell(findings, "database", STATUS_OK, text);
    int64_t skew_ms = pg_cell_i64(row, 0, "now_ms") + clock->offset_ms - clock_wall_ms(clock);
    snprintf(text, sizeof text, "%s the database's clock by %" PRId64 " ms%s",
             skew_ms > 0 ? "behind" : "ahead of", skew_ms > 0 ? skew_ms : -skew_ms,
             llabs(skew_ms) > CLOCK_SKEW_MAX_MS ? "; set both by NTP" : "");
    tell(findings, "clock", llabs(skew_ms) > CLOCK_SKEW_MAX_MS ? STATUS_DATABASE : STATUS_OK, text);
    enum schema_state state;
    int version;
    if (is_embedded && store_schema_state(conn, &state, &version, &fault) == STATUS_OK &&
        state <= SCHEMA_OLD) {
        tell(findings, "schema", STATUS_OK, "none yet, or an older one; `run` brings it there");
        return;
    }
    status = store_schema_require(conn, &fault);
    snprintf(text, sizeof text, "version %d", store_schema_version());
    tell(findings, "schema", status, status == STATUS_OK ? text : fault.message);
}

/* Whether what it has acknowledged is still there after a power cut, or a failover. */
static void examine_durability(struct findings *findings, PGconn *conn)
{
    struct fault fault = FAULT_NONE;
    struct durability durability;
    char text[DURABILITY_TEXT_BYTES];

    enum status status = durability_read(conn, &durability, &fault);
    if (status == STATUS_OK && !durability_describe(&durability, text))
        status = STATUS_DATABASE;
    tell(findings, "durability", status, fault.status == STATUS_OK ? text : fault.message);
}

static void examine_database(struct findings *findings, const struct options *options,
                             const struct clock *clock)
{
    struct fault fault = FAULT_NONE;
    struct database database = {0};
    PG_AUTO_CLOSE PGconn *conn = NULL;

    enum status status = database_find(options, clock, &database, &fault);
    if (status == STATUS_OK)
        status = database_connect_bare(&database, &conn, &fault);
    if (status != STATUS_OK) {
        tell(findings, "database", status, fault.message);
        database_finish(&database);
        return;
    }
    examine_server(findings, conn, clock, database.is_embedded);
    examine_durability(findings, conn);
    examine_link(findings, conn);
    examine_key(findings, &database, conn);
    database_finish(&database);
}

static void examine_graph(struct findings *findings, const struct options *options)
{
    struct fault fault = FAULT_NONE;
    struct dry_book book;
    struct preflight preflight;
    char text[512];
    struct graph_settings graph = {.url = options->graph_url,
                                   .ca_file = options->ca_file,
                                   .concurrency = 1,
                                   .timeout_ms = 15000,
                                   .is_read_only = true};

    if (!options->manifest) {
        printf("%-12s %-5s %s\n", "graph", "-",
               "not asked: give the manifest (`wabamigrate doctor MANIFEST`) for its credentials");
        return;
    }
    enum status status = dry_book_read(options->manifest, false, &book, &fault);
    tell(findings, "manifest", status, status == STATUS_OK ? "valid" : fault.message);
    if (status == STATUS_OK) {
        status = preflight_run(&graph, &book.batch, false, &preflight, &fault);
        snprintf(text, sizeof text, "%s, Graph %s, answered in %" PRId64 " ms", options->graph_url,
                 book.batch.facts.graph_version, preflight.ms);
        tell(findings, "graph", status, status == STATUS_OK ? text : fault.message);
    }
    if (status == STATUS_OK) {
        snprintf(text, sizeof text, "%s%s",
                 preflight.missing_scopes[0] ? "the partner's token lacks "
                                             : "the partner's token is "
                                               "accepted",
                 preflight.missing_scopes);
        tell(findings, "credentials", preflight.missing_scopes[0] ? STATUS_CREDENTIAL : STATUS_OK,
             text);
    }
    dry_book_finish(&book);
}

int command_doctor(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct findings findings = {0};

    (void)fault;
    printf("%-12s %-5s wabamigrate %s\n", "version", "ok", WABAMIGRATE_VERSION);
    examine_database(&findings, options, clock);
    examine_graph(&findings, options);
    return findings.code;
}

/* ---- simulate ---- */

/* The simulator stands beside the program in a build, and in libexec once installed. */
static void find_simulator(char *path, size_t bytes)
{
    static const char *const places[] = {"/wabamigrate-simulator",
                                         "/tests/simulator/wabamigrate-simulator",
                                         "/../libexec/wabamigrate-simulator"};
    char self[PATH_MAX] = "";

    (void)!readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, bytes, "%s%s", self, places[i]);
        if (access(path, X_OK) == 0)
            return;
    }
    snprintf(path, bytes, "wabamigrate-simulator");
}

int command_simulate(const struct options *options, const struct clock *clock, struct fault *fault)
{
    char path[PATH_MAX + 64];
    char **arguments = memory_take(((size_t)options->simulator_argc + 2) * sizeof *arguments);

    (void)clock;
    find_simulator(path, sizeof path);
    arguments[0] = path;
    for (int i = 0; i < options->simulator_argc; i++)
        arguments[i + 1] = options->simulator_argv[i];
    arguments[options->simulator_argc + 1] = NULL;
    execvp(path, arguments);
    fault_set(fault, STATUS_IO, "%s cannot be started: %s; it is installed with the program", path,
              strerror(errno));
    free(arguments);
    return EXIT_INTERNAL;
}

/* ---- later ---- */

int command_later(const struct options *options, const struct clock *clock, struct fault *fault)
{
    (void)clock;
    fault_set(fault, STATUS_INVALID,
              "`%s` is not in this release; feed signups with `wabamigrate capture`",
              options->verb_name);
    return EXIT_USAGE;
}
