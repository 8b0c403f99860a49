/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/options.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/nearest_word.h"
#include "orchestrator/option_value.h"
#include "orchestrator/options_help.h"
#include "orchestrator/options_table.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

struct scan {
    struct options *options;
    const char *group;           /* "db", "pins": half a verb */
    const struct verb_row *verb; /* NULL: none yet */
    const char *words[2];        /* what follows the verb */
    unsigned word_count;
    bool was_given[OPTION_ROWS_MAX]; /* on the command line */
    bool wants_help, wants_version;
};

static bool is_group(const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i < VERB_ROWS_COUNT; i++)
        if (strncmp(VERB_ROWS[i].name, word, length) == 0 && VERB_ROWS[i].name[length] == ' ')
            return true;
    return false;
}

/* `verb` is "check" or "db init". */
static enum status refuse_verb(const char *verb, struct fault *fault)
{
    struct nearest_word nearest = {.given = verb};

    for (size_t i = 0; i < VERB_ROWS_COUNT; i++)
        nearest_word_try(&nearest, VERB_ROWS[i].name);
    nearest_word_try(&nearest, "help");
    if (nearest.word != NULL)
        return fault_set(fault, STATUS_INVALID, "\"%.40s\" is not a command; did you mean \"%s\"?",
                         verb, nearest.word);
    return fault_set(fault, STATUS_INVALID,
                     "\"%.40s\" is not a command; wabamigrate --help lists them", verb);
}

static enum status take_verb(struct scan *scan, const char *word, struct fault *fault)
{
    char verb[2 * NEAREST_WORD_MAX];

    if (scan->group == NULL && strcmp(word, "help") == 0) {
        scan->wants_help = true;
        return STATUS_OK;
    }
    if (scan->group == NULL && is_group(word)) {
        scan->group = word;
        return STATUS_OK;
    }
    (void)snprintf(verb, sizeof verb, "%s%s%.40s", scan->group != NULL ? scan->group : "",
                   scan->group != NULL ? " " : "", word);
    for (size_t i = 0; i < VERB_ROWS_COUNT; i++)
        if (strcmp(VERB_ROWS[i].name, verb) == 0) {
            scan->verb = &VERB_ROWS[i];
            return STATUS_OK;
        }
    return refuse_verb(verb, fault);
}

static enum status take_word(struct scan *scan, const char *word, struct fault *fault)
{
    if (scan->verb == NULL)
        return take_verb(scan, word, fault);
    if (word[0] == '\0')
        return fault_set(fault, STATUS_INVALID, "%s: an empty word", scan->verb->name);
    if (scan->word_count < scan->verb->words_max) {
        scan->words[scan->word_count++] = word;
        return STATUS_OK;
    }
    return fault_set(fault, STATUS_INVALID,
                     "%s: \"%.40s\" is one word too many; usage: "
                     "wabamigrate %s%s%s",
                     scan->verb->name, word, scan->verb->name, scan->verb->words != NULL ? " " : "",
                     scan->verb->words != NULL ? scan->verb->words : "");
}

static enum status refuse_option(const char *name, size_t length, struct fault *fault)
{
    char given[NEAREST_WORD_MAX + 1];
    struct nearest_word nearest = {.given = given};

    (void)snprintf(given, sizeof given, "%.*s",
                   (int)(length < NEAREST_WORD_MAX ? length : NEAREST_WORD_MAX), name);
    for (size_t i = 0; i < OPTION_ROWS_COUNT; i++)
        nearest_word_try(&nearest, OPTION_ROWS[i].name);
    nearest_word_try(&nearest, "help");
    nearest_word_try(&nearest, "version");
    if (nearest.word != NULL)
        return fault_set(fault, STATUS_INVALID, "--%s is not an option; did you mean --%s?", given,
                         nearest.word);
    return fault_set(fault, STATUS_INVALID,
                     "--%s is not an option; wabamigrate help COMMAND lists them", given);
}

/* One option at argv[*at], which may take argv[*at + 1] too. */
static enum status take_option(struct scan *scan, int argc, char **argv, int *at,
                               struct fault *fault)
{
    const char *name = argv[*at] + 2;
    size_t length = strcspn(name, "=");
    const struct option_row *row = option_find(name, length);
    const char *value = name[length] == '=' ? name + length + 1 : NULL;

    if (row == NULL)
        return refuse_option(name, length, fault);
    if (row->type == OPTION_FLAG && value != NULL)
        return fault_set(fault, STATUS_INVALID, "--%s takes no value", row->name);
    if (row->type == OPTION_FLAG)
        value = "1";
    else if (value == NULL && *at + 1 < argc)
        value = argv[++*at];
    if (value == NULL)
        return fault_set(fault, STATUS_INVALID, "--%s: %s is missing", row->name, row->value_name);

    scan->was_given[row - OPTION_ROWS] = true;
    enum status status = option_read_value(row, value, scan->options, fault);
    if (status != STATUS_OK)
        fault_prefix(fault, "--%s: ", row->name);
    return status;
}

static enum status take_argument(struct scan *scan, int argc, char **argv, int *at,
                                 struct fault *fault)
{
    const char *text = argv[*at];

    if (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0) {
        scan->wants_help = true;
        return STATUS_OK;
    }
    if (strcmp(text, "--version") == 0 || strcmp(text, "-V") == 0) {
        scan->wants_version = true;
        return STATUS_OK;
    }
    if (strncmp(text, "--", 2) == 0)
        return take_option(scan, argc, argv, at, fault);
    if (text[0] == '-' && text[1] != '\0')
        return fault_set(fault, STATUS_INVALID,
                         "%.40s is not an option; options begin with two dashes", text);
    return take_word(scan, text, fault);
}

/* Whoever asks for help gets it, whatever else is wrong with the line: then only a command's name
 * is still read. */
static enum status scan_arguments(struct scan *scan, int argc, char **argv, struct fault *fault)
{
    bool are_words = false; /* after "--" */

    for (int at = 1; at < argc && !scan->wants_version; at++) {
        enum status status = STATUS_OK;
        if (scan->wants_help && (scan->verb != NULL || argv[at][0] == '-'))
            continue;
        if (!are_words && strcmp(argv[at], "--") == 0)
            are_words = true;
        else if (are_words)
            status = take_word(scan, argv[at], fault);
        else
            status = take_argument(scan, argc, argv, &at, fault);
        if (status != STATUS_OK)
            return status;
        if (!scan->wants_help && scan->verb != NULL && scan->verb->verb == VERB_SIMULATE) {
            scan->options->simulator_argc = argc - at - 1;
            scan->options->simulator_argv = argv + at + 1;
            break;
        }
    }
    return STATUS_OK;
}

static enum status read_fallbacks(struct options *options, struct fault *fault)
{
    for (size_t i = 0; i < OPTION_ROWS_COUNT; i++) {
        const struct option_row *row = &OPTION_ROWS[i];
        if (row->fallback == NULL)
            continue;
        enum status status = option_read_value(row, row->fallback, options, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* An empty variable counts as none. */
static enum status read_environment(struct options *options, struct fault *fault)
{
    for (size_t i = 0; i < OPTION_ROWS_COUNT; i++) {
        const struct option_row *row = &OPTION_ROWS[i];
        const char *text = row->env != NULL ? getenv(row->env) : NULL;
        if (text == NULL || text[0] == '\0')
            continue;
        enum status status = option_read_value(row, text, options, fault);
        if (status != STATUS_OK) {
            fault_prefix(fault, "environment variable %s: ", row->env);
            return status;
        }
    }
    return STATUS_OK;
}

static bool was_given(const struct scan *scan, const char *name)
{
    return scan->was_given[option_find(name, strlen(name)) - OPTION_ROWS];
}

/* "check, run and status" for an option's bits. */
static void list_verbs(uint32_t verbs, char *text, size_t room)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < VERB_ROWS_COUNT && used < room; i++)
        if ((verbs & VERB_BIT(VERB_ROWS[i].verb)) != 0)
            used += (size_t)snprintf(text + used, room - used, "%s%s", used > 0 ? ", " : "",
                                     VERB_ROWS[i].name);
}

static enum status check_belonging(const struct scan *scan, struct fault *fault)
{
    char verbs[128];

    for (size_t i = 0; i < OPTION_ROWS_COUNT; i++) {
        if (!scan->was_given[i] || (OPTION_ROWS[i].verbs & VERB_BIT(scan->verb->verb)) != 0)
            continue;
        list_verbs(OPTION_ROWS[i].verbs, verbs, sizeof verbs);
        return fault_set(fault, STATUS_INVALID, "--%s is not an option of %s; it belongs to: %s",
                         OPTION_ROWS[i].name, scan->verb->name, verbs);
    }
    return STATUS_OK;
}

static enum status check_together(const struct scan *scan, struct fault *fault)
{
    static const char *const pairs[][2] = {
        {"verbose", "quiet"},        {"until", "for"},
        {"watch", "output"},         {"number", "only"},
        {"offline", "since"},        {"offline", "max-age"},
        {"token-env", "token-file"}, {"source-token-env", "source-token-file"},
        {"source", "only"}};

    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (was_given(scan, pairs[i][0]) && was_given(scan, pairs[i][1]))
            return fault_set(fault, STATUS_INVALID, "--%s and --%s exclude each other", pairs[i][0],
                             pairs[i][1]);
    return STATUS_OK;
}

static enum status check_words(const struct scan *scan, struct fault *fault)
{
    const struct verb_row *verb = scan->verb;

    if (verb->verb == VERB_CODE) {
        bool has_file = was_given(scan, "file");
        if (has_file ? scan->word_count == 0 : scan->word_count == 2)
            return STATUS_OK;
        return fault_set(fault, STATUS_INVALID,
                         "code: give either NUMBER and CODE, or --file FILE with many");
    }
    if (scan->word_count < verb->words_min)
        return fault_set(fault, STATUS_INVALID, "%s: %s is missing; usage: wabamigrate %s %s",
                         verb->name, verb->words, verb->name, verb->words);
    return STATUS_OK;
}

static void settle(const struct scan *scan)
{
    struct options *options = scan->options;

    options->verb = scan->verb->verb;
    options->verb_name = scan->verb->name;
    options->has_format = was_given(scan, "format");
    for (unsigned i = 0; i < scan->word_count; i++)
        option_set_text(options, scan->verb->word_at[i], scan->words[i]);
    /* One of the two was given on the command line and wins over the other's variable. */
    if (was_given(scan, "quiet"))
        options->is_verbose = false;
    if (was_given(scan, "verbose"))
        options->is_quiet = false;
}

static enum status print_what_was_asked(const struct scan *scan, struct fault *fault)
{
    if (scan->wants_version)
        puts("wabamigrate " WABAMIGRATE_VERSION);
    else if (scan->verb != NULL)
        options_help_verb(scan->verb);
    else if (scan->group != NULL)
        options_help_group(scan->group);
    else
        options_help_program();
    if (fflush(stdout) != 0 || ferror(stdout) != 0)
        return fault_set(fault, STATUS_IO, "cannot write to standard output: %s", strerror(errno));
    return STATUS_OK;
}

static enum status check_scan(const struct scan *scan, struct fault *fault)
{
    enum status status;

    if (scan->verb == NULL && scan->group != NULL)
        return fault_set(fault, STATUS_INVALID,
                         "%s is half a command; wabamigrate help %s lists the other halves",
                         scan->group, scan->group);
    if (scan->verb == NULL)
        return fault_set(fault, STATUS_INVALID, "no command; wabamigrate --help lists them");
    status = check_belonging(scan, fault);
    if (status == STATUS_OK)
        status = check_together(scan, fault);
    if (status == STATUS_OK)
        status = check_words(scan, fault);
    return status;
}

enum status options_parse(int argc, char **argv, struct options *options, struct fault *fault)
{
    /* The command line is read twice: first to see whether it holds together and whether help is
     * all that is wanted, then over the environment, because an option wins. */
    struct scan scan = {.options = options};

    *options = (struct options){.verb = VERB_NONE};
    enum status status = scan_arguments(&scan, argc, argv, fault);
    if (status != STATUS_OK)
        return status;
    if (scan.wants_help || scan.wants_version)
        return print_what_was_asked(&scan, fault);
    status = check_scan(&scan, fault);
    if (status != STATUS_OK)
        return status;

    *options = (struct options){.verb = VERB_NONE};
    scan = (struct scan){.options = options};
    status = read_fallbacks(options, fault);
    if (status == STATUS_OK)
        status = read_environment(options, fault);
    if (status == STATUS_OK)
        status = scan_arguments(&scan, argc, argv, fault);
    if (status != STATUS_OK)
        return status;
    settle(&scan);
    if (options->is_verbose && options->is_quiet)
        return fault_set(fault, STATUS_INVALID,
                         "environment variables WABAMIGRATE_VERBOSE and WABAMIGRATE_QUIET exclude "
                         "each other");
    return STATUS_OK;
}

int options_exit_code(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return EXIT_ALL_DONE;
    case STATUS_INVALID:
        return EXIT_USAGE;
    case STATUS_DATABASE:
    case STATUS_CREDENTIAL:
        return EXIT_REFUSED;
    case STATUS_IO:
    case STATUS_LIMIT:
    case STATUS_CONFLICT:
    case STATUS_INTERNAL:
        break;
    }
    return EXIT_INTERNAL;
}

int options_accept(const struct options *options, int code)
{
    const char *codes = options->accept_codes;

    if (codes == NULL || code < EXIT_ALL_DONE || code > EXIT_REFUSED)
        return code;
    return strchr(codes, '0' + code) != NULL ? EXIT_ALL_DONE : code;
}
