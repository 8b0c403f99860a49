/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/options_help.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define HELP_COLUMNS 79

/* Words of `text`, broken so that no line is wider than HELP_COLUMNS, `indent` spaces before each
 * line but the first; `column` is where the first begins. */
static void print_wrapped(const char *text, int indent, int column)
{
    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        if (column > indent && column + 1 + length > HELP_COLUMNS) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", length, text);
        column += length;
        text += length;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_option(const struct option_row *row)
{
    printf("  --%s%s%s\n        ", row->name, row->value_name != NULL ? " " : "",
           row->value_name != NULL ? row->value_name : "");
    print_wrapped(row->help, 8, 8);
    if (row->fallback != NULL)
        printf("        Default: %s.\n", row->fallback);
    if (row->env != NULL)
        printf("        Environment: %s.\n", row->env);
}

static void print_options(uint32_t verbs, bool is_global)
{
    for (size_t i = 0; i < OPTION_ROWS_COUNT; i++)
        if ((OPTION_ROWS[i].verbs == EVERY_VERB) == is_global &&
            (OPTION_ROWS[i].verbs & verbs) != 0)
            print_option(&OPTION_ROWS[i]);
}

void options_help_program(void)
{
    fputs("Usage: wabamigrate [GLOBAL OPTIONS] COMMAND [OPTIONS] [MANIFEST]\n\n"
          "Moves a book of WhatsApp business phone numbers between WhatsApp Business\n"
          "Accounts, in as many nights as it takes, sending nothing twice.\n\nCommands:\n",
          stdout);
    for (size_t i = 0; i < VERB_ROWS_COUNT; i++)
        printf("  %-17s %s\n", VERB_ROWS[i].name, VERB_ROWS[i].summary);
    fputs("  help              this text; with a command: what it does and its options\n\n"
          "Global options, before or after the command (the option wins over the\n"
          "environment):\n",
          stdout);
    print_options(EVERY_VERB, true);
    fputs("  --help\n        This text; after a command: that command's.\n"
          "  --version\n        The version.\n\nExit codes:\n",
          stdout);
    for (size_t i = 0; i < EXIT_CODE_ROWS_COUNT; i++)
        printf("  %d  %s\n", EXIT_CODE_ROWS[i].code, EXIT_CODE_ROWS[i].meaning);
    fputs("Where several hold, the first of 7, 6, 5, 3, 4 wins.\n", stdout);
}

void options_help_verb(const struct verb_row *verb)
{
    uint32_t bit = VERB_BIT(verb->verb);
    bool has_own = false;

    printf("Usage: wabamigrate %s%s%s%s\n\n", verb->name,
           verb->verb == VERB_SIMULATE ? "" : " [OPTIONS]", verb->words != NULL ? " " : "",
           verb->words != NULL ? verb->words : "");
    print_wrapped(verb->help, 0, 0);
    for (size_t i = 0; i < OPTION_ROWS_COUNT; i++)
        has_own |= OPTION_ROWS[i].verbs != EVERY_VERB && (OPTION_ROWS[i].verbs & bit) != 0;
    if (has_own)
        puts("\nOptions:");
    print_options(bit, false);
    puts("\nGlobal options and exit codes: wabamigrate --help");
}

/* "db" or "pins": the verbs that begin with the word. */
void options_help_group(const char *group)
{
    size_t length = strlen(group);

    printf("Usage: wabamigrate %s COMMAND\n\nCommands:\n", group);
    for (size_t i = 0; i < VERB_ROWS_COUNT; i++)
        if (strncmp(VERB_ROWS[i].name, group, length) == 0 && VERB_ROWS[i].name[length] == ' ')
            printf("  %-17s %s\n", VERB_ROWS[i].name, VERB_ROWS[i].summary);
}
