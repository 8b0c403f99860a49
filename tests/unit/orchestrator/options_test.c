/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/options.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "orchestrator/nearest_word.h"
#include "orchestrator/options_table.h"
#include "tests/unit/base/suite.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define WORDS_MAX 24

/* A command line as a table row: the words after the program's name, NULL at the end. */
struct command_line {
    char *words[WORDS_MAX];
};

static enum status parse(const struct command_line *line, struct options *options,
                         struct fault *fault)
{
    static char program[] = "wabamigrate";
    static char *argv[WORDS_MAX + 2]; /* static: options borrow from it */
    int argc = 0;

    argv[argc++] = program;
    for (int i = 0; i < WORDS_MAX && line->words[i] != NULL; i++)
        argv[argc++] = line->words[i];
    argv[argc] = NULL;
    *fault = (struct fault)FAULT_NONE;
    return options_parse(argc, argv, options, fault);
}

static struct options parse_ok(const struct command_line *line)
{
    struct options options;
    struct fault fault;

    enum status status = parse(line, &options, &fault);
    CU_ASSERT_EQUAL(status, STATUS_OK);
    if (status != STATUS_OK)
        fprintf(stderr, "\n%s: %s\n", line->words[0], fault.message);
    return options;
}

/* Runs the parser with standard output in a file and gives what it printed; free() it. */
static char *parse_printing(const struct command_line *line)
{
    struct options options = {.verb = VERB_RUN};
    struct fault fault;
    FILE *file = tmpfile();
    char *text = calloc(1, 65536);

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    enum status status = parse(line, &options, &fault);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    CU_ASSERT_EQUAL(status, STATUS_OK);
    CU_ASSERT_EQUAL(options.verb, VERB_NONE);
    rewind(file);
    size_t length = fread(text, 1, 65535, file);
    text[length] = '\0';
    fclose(file);
    return text;
}

static void clear_environment(void)
{
    for (size_t i = 0; i < OPTION_ROWS_COUNT; i++)
        if (OPTION_ROWS[i].env != NULL)
            unsetenv(OPTION_ROWS[i].env);
}

/* ----------------------------------------------------------------------------------- refusals */

struct refusal {
    struct command_line line;
    const char *says; /* part of the message */
};

/* clang-format off */
static const struct refusal refusals[] = {
    {{{NULL}}, "no command"},
    {{{"chek", "book.yaml"}}, "did you mean \"check\"?"},
    {{{"statsu"}}, "did you mean \"status\"?"},
    {{{"zzzzzz"}}, "\"zzzzzz\" is not a command; wabamigrate --help"},
    {{{"help", "reprot"}}, "did you mean \"report\"?"},
    {{{"db"}}, "db is half a command"},
    {{{"pins"}}, "pins is half a command"},
    {{{"db", "inti"}}, "did you mean \"db init\"?"},
    {{{"pins", "import"}}, "did you mean \"pins export\"?"},
    {{{"run"}}, "run: MANIFEST is missing"},
    {{{"check"}}, "check: MANIFEST is missing"},
    {{{"run", ""}}, "an empty word"},
    {{{"run", "a.yaml", "b.yaml"}}, "\"b.yaml\" is one word too many"},
    {{{"capture", "x"}}, "one word too many"},
    {{{"db", "init", "x"}}, "one word too many"},
    {{{"status", "a", "b"}}, "one word too many"},
    {{{"run", "m", "--dryrun"}}, "--dryrun is not an option; did you mean --dry-run?"},
    {{{"run", "m", "--conc=3"}}, "did you mean --concurrency?"},
    {{{"run", "m", "--qqq"}}, "--qqq is not an option; wabamigrate help COMMAND"},
    {{{"run", "m", "-v"}}, "-v is not an option"},
    {{{"run", "m", "--verbose=1"}}, "--verbose takes no value"},
    {{{"run", "m", "--concurrency"}}, "--concurrency: N is missing"},
    {{{"run", "m", "--database="}}, "--database: URL is missing"},
    {{{"run", "m", "--only", ""}}, "--only: SELECTOR is missing"},
    {{{"run", "m", "--concurrency", "0"}}, "--concurrency: \"0\" is not a whole number from 1 to 1024"},
    {{{"run", "m", "--concurrency", "1025"}}, "not a whole number from 1 to 1024"},
    {{{"run", "m", "--concurrency", "-3"}}, "not a whole number"},
    {{{"run", "m", "--concurrency", "+3"}}, "not a whole number"},
    {{{"run", "m", "--concurrency", " 3"}}, "not a whole number"},
    {{{"run", "m", "--concurrency", "3x"}}, "not a whole number"},
    {{{"run", "m", "--limit", "99999999999999999999"}}, "not a whole number"},
    {{{"run", "m", "--canary", "few"}}, "--canary: \"few\" is not a whole number"},
    {{{"run", "m", "--stop-at-failure-rate", "0%"}}, "not a percentage from 1% to 100%"},
    {{{"run", "m", "--stop-at-failure-rate", "101%"}}, "not a percentage"},
    {{{"run", "m", "--stop-at-failure-rate", "5%%"}}, "not a percentage"},
    {{{"run", "m", "--stop-at-failure-rate", "%"}}, "not a percentage"},
    {{{"run", "m", "--stop-at-failure-rate", "000000000000005"}}, "not a percentage"},
    {{{"run", "m", "--until", "24:00"}}, "--until: \"24:00\" is not a time of day"},
    {{{"run", "m", "--for", "2 hours"}}, "--for: \"2 hours\" is not a duration"},
    {{{"run", "m", "--patience", "0s"}}, "--patience: "},
    {{{"run", "m", "--timeout", "31s"}}, "--timeout: \"31s\" is too long: at most 30s"},
    {{{"run", "m", "--timeout", "0s"}}, "--timeout: "},
    {{{"run", "m", "--doubt-grace", "10"}}, "--doubt-grace: \"10\" is not a duration"},
    {{{"run", "m", "--for", "2h", "--until", "05:00"}}, "--until and --for exclude each other"},
    {{{"run", "m", "--quiet", "--verbose"}}, "--verbose and --quiet exclude each other"},
    {{{"status", "--watch", "--output", "f"}}, "--watch and --output exclude each other"},
    {{{"run", "m", "--log-format", "jsn"}}, "--log-format: \"jsn\" is not one of text|json; did you mean \"json\"?"},
    {{{"run", "m", "--progress", "maybe"}}, "--progress: \"maybe\" is not one of auto|always|never"},
    {{{"report", "--language", "tlh"}}, "--language: \"tlh\" is not a language of this version: en, fr"},
    {{{"check", "m", "--fail-on", "pass"}}, "--fail-on: \"pass\" is not one of fail|warn"},
    {{{"check", "m", "--offline", "--since", "last"}}, "--offline and --since exclude each other"},
    {{{"check", "m", "--offline", "--max-age", "1h"}}, "--offline and --max-age exclude each other"},
    {{{"run", "m", "--offline"}}, "--offline is not an option of run; it belongs to: check"},
    {{{"report", "--format", "xml"}}, "is not one of table|json|csv|html"},
    {{{"status", "--canary", "3"}}, "--canary is not an option of status; it belongs to: run"},
    {{{"check", "m", "--dry-run"}}, "it belongs to: run"},
    {{{"db", "init", "--format", "json"}}, "--format is not an option of db init"},
    {{{"capture", "--number", "+33123456789"}}, "--number is not an option of capture"},
    {{{"code"}}, "give either NUMBER and CODE, or --file"},
    {{{"code", "+33123456789"}}, "give either NUMBER and CODE, or --file"},
    {{{"code", "+33123456789", "123456", "--file", "f"}}, "give either NUMBER and CODE, or --file"},
    {{{"check", "m", "--accept", ""}}, "--accept: CODES is missing"},
    {{{"check", "m", "--accept", "8"}}, "not a list of exit codes"},
    {{{"check", "m", "--accept", "4,"}}, "not a list of exit codes"},
    {{{"check", "m", "--accept", ",4"}}, "not a list of exit codes"},
    {{{"check", "m", "--accept", "45"}}, "not a list of exit codes"},
    {{{"check", "m", "--accept", "4 5"}}, "not a list of exit codes"},
    {{{"check", "m", "--graph-url", "http://graph.example"}}, "plain http would send tokens in the clear"},
    {{{"check", "m", "--graph-url", "http://127.0.0.1.example"}}, "plain http"},
    {{{"check", "m", "--graph-url", "http://localhost.example"}}, "plain http"},
    {{{"check", "m", "--graph-url", "http://128.0.0.1"}}, "plain http"},
    {{{"check", "m", "--graph-url", "http://0.0.0.0"}}, "plain http"},
    {{{"check", "m", "--graph-url", "http://[::2]"}}, "plain http"},
    {{{"check", "m", "--graph-url", "http://[::ffff:127.0.0.1]"}}, "plain http"},
    {{{"check", "m", "--graph-url", "HTTP://graph.example"}}, "plain http"},
    {{{"check", "m", "--graph-url", "http://127.0.0.1@graph.example"}}, "user name or password"},
    {{{"check", "m", "--graph-url", "http://127.0.0.1:80@graph.example"}}, "user name or password"},
    {{{"check", "m", "--graph-url", "ftp://127.0.0.1"}}, "ftp is not spoken here"},
    {{{"check", "m", "--graph-url", "graph.facebook.com"}}, "not a URL"},
    {{{"check", "m", "--graph-url", "https://"}}, "not a URL"},
    {{{"check", "m", "--graph-url", "https://graph.example#"}}, "a query or a fragment"},
    {{{"check", "m", "--graph-url", "https://graph.example?"}}, "a query or a fragment"},
    {{{"check", "m", "--graph-url", "https://graph.example/\xE9"}}, "character"},
    {{{"check", "m", "--graph-url", "https://h/?access_token=x"}}, "a query or a fragment"},
    {{{"check", "m", "--graph-url", "https://h/#x"}}, "a query or a fragment"},
};
/* clang-format on */

static void test_a_wrong_command_line_says_what_is_wrong(void)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct options options;
        struct fault fault;
        CU_ASSERT_EQUAL(parse(&refusals[i].line, &options, &fault), STATUS_INVALID);
        CU_ASSERT_EQUAL(fault.status, STATUS_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, refusals[i].says));
        if (strstr(fault.message, refusals[i].says) == NULL)
            fprintf(stderr, "\nrow %zu: \"%s\" lacks \"%s\"\n", i, fault.message, refusals[i].says);
    }
}

static void test_a_refused_url_is_never_repeated(void)
{
    static const struct command_line lines[] = {
        {{"check", "m", "--graph-url", "https://who:hunter2@host"}},
        {{"check", "m", "--graph-url", "https://host/?access_token=hunter2"}},
        {{"check", "m", "--graph-url", "hunter2"}},
        {{"check", "m", "--graph-url", "http://hunter2"}},
    };

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct options options;
        struct fault fault;
        CU_ASSERT_EQUAL(parse(&lines[i], &options, &fault), STATUS_INVALID);
        CU_ASSERT_PTR_NULL(strstr(fault.message, "hunter2"));
    }
}

/* ------------------------------------------------------------------------------------ accepted */

static void test_every_command_of_the_contract_is_known(void)
{
    static const struct {
        struct command_line line;
        enum verb verb;
        const char *name;
    } rows[] = {
        {{{"check", "m"}}, VERB_CHECK, "check"},
        {{{"run", "m"}}, VERB_RUN, "run"},
        {{{"status"}}, VERB_STATUS, "status"},
        {{{"report", "b"}}, VERB_REPORT, "report"},
        {{{"capture"}}, VERB_CAPTURE, "capture"},
        {{{"code", "+33123456789", "123456"}}, VERB_CODE, "code"},
        {{{"pause"}}, VERB_PAUSE, "pause"},
        {{{"resume"}}, VERB_RESUME, "resume"},
        {{{"cancel"}}, VERB_CANCEL, "cancel"},
        {{{"retry", "--number", "+33123456789"}}, VERB_RETRY, "retry"},
        {{{"pins", "export"}}, VERB_PINS_EXPORT, "pins export"},
        {{{"templates", "diff"}}, VERB_TEMPLATES_DIFF, "templates diff"},
        {{{"templates", "migrate", "b"}}, VERB_TEMPLATES_MIGRATE, "templates migrate"},
        {{{"serve"}}, VERB_SERVE, "serve"},
        {{{"simulate"}}, VERB_SIMULATE, "simulate"},
        {{{"doctor"}}, VERB_DOCTOR, "doctor"},
        {{{"db", "init"}}, VERB_DB_INIT, "db init"},
        {{{"db", "upgrade"}}, VERB_DB_UPGRADE, "db upgrade"},
        {{{"db", "status"}}, VERB_DB_STATUS, "db status"},
        {{{"db", "stop"}}, VERB_DB_STOP, "db stop"},
        {{{"key", "status"}}, VERB_KEY_STATUS, "key status"},
        {{{"key", "rotate"}}, VERB_KEY_ROTATE, "key rotate"},
        {{{"key", "retire"}}, VERB_KEY_RETIRE, "key retire"},
    };

    CU_ASSERT_EQUAL(COUNT_OF(rows), VERB_ROWS_COUNT);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct options options = parse_ok(&rows[i].line);
        CU_ASSERT_EQUAL(options.verb, rows[i].verb);
        CU_ASSERT_STRING_EQUAL(options.verb_name, rows[i].name);
    }
}

static void test_what_is_not_given_has_its_default(void)
{
    struct options options = parse_ok(&(struct command_line){{"run", "book.yaml"}});

    CU_ASSERT_STRING_EQUAL(options.manifest, "book.yaml");
    CU_ASSERT_PTR_NULL(options.database);
    CU_ASSERT_STRING_EQUAL(options.graph_url, "https://graph.facebook.com");
    CU_ASSERT_EQUAL(options.log_format, LOG_FORMAT_TEXT);
    CU_ASSERT_EQUAL(options.progress, PROGRESS_AUTO);
    CU_ASSERT_EQUAL(options.concurrency, 64);
    CU_ASSERT_EQUAL(options.timeout_ms, 30 * 1000);
    CU_ASSERT_EQUAL(options.patience_ms, 15 * 60 * 1000);
    CU_ASSERT_EQUAL(options.doubt_grace_ms, 10 * 1000);
    CU_ASSERT_EQUAL(options.limit, 0);
    CU_ASSERT_EQUAL(options.for_ms, 0);
    CU_ASSERT_EQUAL(options.canary, 0);
    CU_ASSERT_EQUAL(options.stop_at_failure_percent, 0);
    CU_ASSERT_FALSE(options.has_until);
    CU_ASSERT_FALSE(options.has_format);
    CU_ASSERT_FALSE(options.is_dry_run);
    CU_ASSERT_FALSE(options.spends_last_registrations);
    CU_ASSERT_PTR_NULL(options.accept_codes);
}

static void test_every_option_of_run_arrives(void)
{
    struct options options = parse_ok(&(struct command_line){
        {"--log-format=json", "--progress", "never", "run", "--concurrency", "256", "--limit=10",
         "--until", "05:30", "--only", "bakery-lune,+33123456789", "--stop-at-failure-rate=5%",
         "--canary=3", "--spend-last-registrations", "--workers-name=left", "--", "-book.yaml"}});

    CU_ASSERT_STRING_EQUAL(options.manifest, "-book.yaml");
    CU_ASSERT_EQUAL(options.log_format, LOG_FORMAT_JSON);
    CU_ASSERT_EQUAL(options.progress, PROGRESS_NEVER);
    CU_ASSERT_EQUAL(options.concurrency, 256);
    CU_ASSERT_EQUAL(options.limit, 10);
    CU_ASSERT_TRUE(options.has_until);
    CU_ASSERT_EQUAL(options.until_hour, 5);
    CU_ASSERT_EQUAL(options.until_minute, 30);
    CU_ASSERT_STRING_EQUAL(options.only, "bakery-lune,+33123456789");
    CU_ASSERT_EQUAL(options.stop_at_failure_percent, 5);
    CU_ASSERT_EQUAL(options.canary, 3);
    CU_ASSERT_TRUE(options.spends_last_registrations);
    CU_ASSERT_STRING_EQUAL(options.worker_name, "left");

    options = parse_ok(&(struct command_line){
        {"run", "-", "--for", "4h", "--patience=90s", "--doubt-grace=2s", "--timeout=5s",
         "--dry-run", "--format", "csv", "--output", "out.csv", "--key-file=k", "--ca-file=c",
         "--stop-at-failure-rate", "100"}});
    CU_ASSERT_STRING_EQUAL(options.manifest, "-");
    CU_ASSERT_EQUAL(options.for_ms, 4 * 3600 * 1000);
    CU_ASSERT_EQUAL(options.patience_ms, 90 * 1000);
    CU_ASSERT_EQUAL(options.doubt_grace_ms, 2 * 1000);
    CU_ASSERT_EQUAL(options.timeout_ms, 5 * 1000);
    CU_ASSERT_TRUE(options.is_dry_run);
    CU_ASSERT_TRUE(options.has_format);
    CU_ASSERT_EQUAL(options.format, REPORT_CSV);
    CU_ASSERT_STRING_EQUAL(options.output, "out.csv");
    CU_ASSERT_STRING_EQUAL(options.key_file, "k");
    CU_ASSERT_STRING_EQUAL(options.ca_file, "c");
    CU_ASSERT_EQUAL(options.stop_at_failure_percent, 100);
}

static void test_words_go_where_the_command_wants_them(void)
{
    struct options options = parse_ok(&(struct command_line){{"report", "acme-book"}});
    CU_ASSERT_STRING_EQUAL(options.batch, "acme-book");
    CU_ASSERT_PTR_NULL(options.manifest);

    options = parse_ok(&(struct command_line){{"code", "+33123456789", "123456"}});
    CU_ASSERT_STRING_EQUAL(options.code_number, "+33123456789");
    CU_ASSERT_STRING_EQUAL(options.code, "123456");

    options = parse_ok(&(struct command_line){{"code", "--file", "-"}});
    CU_ASSERT_STRING_EQUAL(options.file, "-");
    CU_ASSERT_PTR_NULL(options.code);

    options = parse_ok(&(struct command_line){{"doctor", "book.yaml"}});
    CU_ASSERT_STRING_EQUAL(options.manifest, "book.yaml");

    options = parse_ok(&(struct command_line){{"status", "--watch", "--number=+33123456789"}});
    CU_ASSERT_TRUE(options.is_watching);
    CU_ASSERT_STRING_EQUAL(options.number, "+33123456789");
    CU_ASSERT_PTR_NULL(options.batch);
}

static void test_what_follows_simulate_is_the_simulators(void)
{
    struct options options = parse_ok(
        &(struct command_line){{"--quiet", "simulate", "--port", "0", "--help", "--", "x"}});

    CU_ASSERT_EQUAL(options.verb, VERB_SIMULATE);
    CU_ASSERT_TRUE(options.is_quiet);
    CU_ASSERT_EQUAL_FATAL(options.simulator_argc, 5);
    CU_ASSERT_STRING_EQUAL(options.simulator_argv[0], "--port");
    CU_ASSERT_STRING_EQUAL(options.simulator_argv[4], "x");
    CU_ASSERT_PTR_NULL(options.simulator_argv[5]);
}

static void test_plain_http_is_for_loopback_only(void)
{
    static char *const urls[] = {
        "http://127.0.0.1",      "http://127.255.0.9:8080", "http://localhost:1",
        "http://LocalHost/",     "http://[::1]:8080",       "http://[0:0:0:0:0:0:0:1]",
        "https://graph.example", "https://10.0.0.1:8443/a", "HTTPS://graph.example",
    };

    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct options options =
            parse_ok(&(struct command_line){{"check", "m", "--graph-url", urls[i]}});
        CU_ASSERT_STRING_EQUAL(options.graph_url, urls[i]);
    }
}

/* --------------------------------------------------------------------------------- environment */

static void test_the_environment_speaks_where_no_option_does(void)
{
    setenv("WABAMIGRATE_DATABASE", "postgresql:///a", 1);
    setenv("WABAMIGRATE_GRAPH_URL", "http://127.0.0.1:8080", 1);
    setenv("WABAMIGRATE_LOG_FORMAT", "json", 1);
    setenv("WABAMIGRATE_PROGRESS", "", 1);
    setenv("WABAMIGRATE_VERBOSE", "yes", 1);

    struct options options = parse_ok(&(struct command_line){{"status"}});
    CU_ASSERT_STRING_EQUAL(options.database, "postgresql:///a");
    CU_ASSERT_STRING_EQUAL(options.graph_url, "http://127.0.0.1:8080");
    CU_ASSERT_EQUAL(options.log_format, LOG_FORMAT_JSON);
    CU_ASSERT_EQUAL(options.progress, PROGRESS_AUTO);
    CU_ASSERT_TRUE(options.is_verbose);

    options = parse_ok(&(struct command_line){
        {"status", "--database=postgresql:///b", "--log-format", "text", "--quiet"}});
    CU_ASSERT_STRING_EQUAL(options.database, "postgresql:///b");
    CU_ASSERT_EQUAL(options.log_format, LOG_FORMAT_TEXT);
    CU_ASSERT_TRUE(options.is_quiet);
    CU_ASSERT_FALSE(options.is_verbose);
    clear_environment();
}

static void test_a_wrong_variable_is_named(void)
{
    static const struct {
        const char *name, *value;
    } rows[] = {
        {"WABAMIGRATE_LOG_FORMAT", "xml"},        {"WABAMIGRATE_PROGRESS", "1"},
        {"WABAMIGRATE_VERBOSE", "perhaps"},       {"WABAMIGRATE_ACCEPT", "99"},
        {"WABAMIGRATE_GRAPH_URL", "http://10.1"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct options options;
        struct fault fault;
        setenv(rows[i].name, rows[i].value, 1);
        CU_ASSERT_EQUAL(parse(&(struct command_line){{"status"}}, &options, &fault),
                        STATUS_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, rows[i].name));
        unsetenv(rows[i].name);
    }
}

static void test_help_needs_no_sound_environment(void)
{
    setenv("WABAMIGRATE_LOG_FORMAT", "xml", 1);
    char *text = parse_printing(&(struct command_line){{"--help"}});
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Commands:"));
    free(text);
    clear_environment();
}

/* ---------------------------------------------------------------------------------------- help */

static void test_help_is_the_same_whichever_way_it_is_asked_for(void)
{
    static const struct command_line lines[] = {
        {{"help", "run"}},   {{"run", "--help"}},      {{"run", "-h", "--bogus"}},
        {{"--help", "run"}}, {{"run", "m", "--help"}}, {{"run", "--limit", "3", "--help"}},
    };
    char *first = parse_printing(&lines[0]);

    CU_ASSERT_PTR_NOT_NULL(strstr(first, "--canary N"));
    CU_ASSERT_PTR_NULL(strstr(first, "--watch"));
    for (size_t i = 1; i < COUNT_OF(lines); i++) {
        char *text = parse_printing(&lines[i]);
        CU_ASSERT_STRING_EQUAL(text, first);
        free(text);
    }
    free(first);
}

static void test_help_tells_every_command_and_fits_a_terminal(void)
{
    char *text = parse_printing(&(struct command_line){{"help"}});

    for (size_t i = 0; i < VERB_ROWS_COUNT; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "\n  %s ", VERB_ROWS[i].name);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, line));
    }
    for (const char *line = text; *line != '\0'; line += strspn(line, "\n")) {
        CU_ASSERT_TRUE(strcspn(line, "\n") < 80);
        line += strcspn(line, "\n");
    }
    free(text);
}

static void test_half_a_command_lists_its_other_halves(void)
{
    char *text = parse_printing(&(struct command_line){{"help", "db"}});

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "db upgrade"));
    CU_ASSERT_PTR_NULL(strstr(text, "capture"));
    free(text);
}

static void test_version_is_one_line(void)
{
    char *text = parse_printing(&(struct command_line){{"--version"}});

    CU_ASSERT_STRING_EQUAL(text, "wabamigrate " WABAMIGRATE_VERSION "\n");
    free(text);
}

/* What --help lists, the manual page describes: "Fl Fl dry-run" in mdoc, and "Ic db init". */
static void test_the_manual_page_knows_every_option_and_command(void)
{
    FILE *file = fopen(WABAMIGRATE_MANUAL, "r");
    static char page[131072];

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    for (size_t i = 0; i < OPTION_ROWS_COUNT; i++) {
        char item[64];
        (void)snprintf(item, sizeof item, "\n.It Fl Fl %s", OPTION_ROWS[i].name);
        if (strstr(page, item) == NULL)
            fprintf(stderr, "\nthe manual page lacks --%s\n", OPTION_ROWS[i].name);
        CU_ASSERT_PTR_NOT_NULL(strstr(page, item));
        CU_ASSERT_TRUE(OPTION_ROWS[i].env == NULL || strstr(page, OPTION_ROWS[i].env) != NULL);
    }
    for (size_t i = 0; i < VERB_ROWS_COUNT; i++) {
        char item[64];
        (void)snprintf(item, sizeof item, "Ic %s", VERB_ROWS[i].name);
        if (strstr(page, item) == NULL)
            fprintf(stderr, "\nthe manual page lacks %s\n", VERB_ROWS[i].name);
        CU_ASSERT_PTR_NOT_NULL(strstr(page, item));
    }
}

/* ---------------------------------------------------------------------------------- exit codes */

static void test_every_status_has_an_exit_code(void)
{
    static const struct {
        enum status status;
        int code;
    } rows[] = {
        {STATUS_OK, 0}, {STATUS_INVALID, 2},  {STATUS_DATABASE, 7}, {STATUS_CREDENTIAL, 7},
        {STATUS_IO, 1}, {STATUS_CONFLICT, 1}, {STATUS_LIMIT, 1},    {STATUS_INTERNAL, 1},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CU_ASSERT_EQUAL(options_exit_code(rows[i].status), rows[i].code);
}

static void test_accepted_codes_become_zero_and_no_other_does(void)
{
    struct options options = parse_ok(&(struct command_line){{"run", "m", "--accept", "4,5"}});
    static const int expected[] = {0, 1, 2, 3, 0, 0, 6, 7, 8};

    for (int code = 0; code < (int)COUNT_OF(expected); code++)
        CU_ASSERT_EQUAL(options_accept(&options, code), expected[code]);

    options = parse_ok(&(struct command_line){{"run", "m"}});
    CU_ASSERT_EQUAL(options_accept(&options, 4), 4);
}

static void test_the_nearest_word_is_near(void)
{
    static const struct {
        const char *given, *word;
        bool is_near;
    } rows[] = {
        {"chekc", "check", true},
        {"run", "rnu", true},
        {"cap", "capture", true},
        {"ca", "capture", false},
        {"x", "run", false},
        {"", "run", false},
        {"stop", "status", false},
        {"statsu", "status", true},
        {"a-word-that-is-longer-than-forty-letters-xx", "a-word", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct nearest_word nearest = {.given = rows[i].given};
        nearest_word_try(&nearest, rows[i].word);
        CU_ASSERT_EQUAL(nearest.word != NULL, rows[i].is_near);
    }
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"a wrong command line says what is wrong", test_a_wrong_command_line_says_what_is_wrong},
        {"a refused URL is never repeated", test_a_refused_url_is_never_repeated},
        {"every command of the contract is known", test_every_command_of_the_contract_is_known},
        {"what is not given has its default", test_what_is_not_given_has_its_default},
        {"every option of run arrives", test_every_option_of_run_arrives},
        {"words go where the command wants them", test_words_go_where_the_command_wants_them},
        {"what follows simulate is the simulator's", test_what_follows_simulate_is_the_simulators},
        {"plain http is for loopback only", test_plain_http_is_for_loopback_only},
        {"the environment speaks where no option does", test_the_environment_speaks_where_no_option_does},
        {"a wrong variable is named", test_a_wrong_variable_is_named},
        {"help needs no sound environment", test_help_needs_no_sound_environment},
        {"help is the same whichever way it is asked for", test_help_is_the_same_whichever_way_it_is_asked_for},
        {"help tells every command and fits a terminal", test_help_tells_every_command_and_fits_a_terminal},
        {"half a command lists its other halves", test_half_a_command_lists_its_other_halves},
        {"version is one line", test_version_is_one_line},
        {"the manual page knows every option and command", test_the_manual_page_knows_every_option_and_command},
        {"every status has an exit code", test_every_status_has_an_exit_code},
        {"accepted codes become zero and no other does", test_accepted_codes_become_zero_and_no_other_does},
        {"the nearest word is near", test_the_nearest_word_is_near},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    clear_environment();
    return run_suite("options", tests);
}
