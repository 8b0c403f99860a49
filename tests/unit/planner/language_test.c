/* SPDX-License-Identifier: PostgreSQL */
/*
 * Every language says everything, and nothing that is no longer there.
 *
 * The texts of the rules and of the page can be listed. Those of the jobs, and of the waits and
 * errors in report.c, stand as literals in the source, which is read here: a remedy stands after
 * its owner, or after a word that ends in REMEDY or `remedy =`.
 */
#include <CUnit/Basic.h>
#include <dirent.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "planner/audit.h"
#include "planner/cutover.h"
#include "planner/eligibility_parts.h"
#include "planner/language.h"
#include "planner/report_parts.h"

static struct arena *arena;

#define TEXTS_MAX 1024

static const char *wanted[TEXTS_MAX];
static size_t wanted_count;

#define SOURCES_MAX 64

/* With literals that stand side by side joined into one. */
static char *sources[SOURCES_MAX];
static size_t source_count;

/* For people: which text it was. */
static void check(bool is_true, const struct language *language, const char *what, const char *text)
{
    if (!is_true)
        fprintf(stderr, "\n%s: %s: %s\n", language->code, what, text);
    CU_ASSERT(is_true);
}

/* ---- the texts there are ---- */

static void want(const char *text)
{
    for (size_t i = 0; i < wanted_count; i++) {
        if (strcmp(wanted[i], text) == 0)
            return;
    }
    BUG_UNLESS(wanted_count < TEXTS_MAX);
    wanted[wanted_count++] = text;
}

static void join_literals(char *source)
{
    char *to = source;

    for (const char *at = source; *at; at++) {
        const char *next = at + 1 + strspn(at + 1, " \t\n");
        if (*at == '"' && at > source && at[-1] != '\\' && *next == '"')
            at = next;
        else
            *to++ = *at;
    }
    *to = '\0';
}

static void read_source(const char *path)
{
    FILE *file = fopen(path, "r");
    size_t size = 0;
    char *source = NULL;

    BUG_UNLESS(file && source_count < SOURCES_MAX);
    BUG_UNLESS(getdelim(&source, &size, '\0', file) > 0);
    (void)fclose(file);
    join_literals(source);
    sources[source_count++] = source;
}

static void read_sources(void)
{
    DIR *jobs = opendir(SOURCE_DIR "/jobs");

    BUG_UNLESS(jobs);
    for (const struct dirent *entry = readdir(jobs); entry; entry = readdir(jobs)) {
        size_t length = strlen(entry->d_name);
        if (length > 2 && strcmp(entry->d_name + length - 2, ".c") == 0)
            read_source(arena_printf(arena, SOURCE_DIR "/jobs/%s", entry->d_name));
    }
    (void)closedir(jobs);
    read_source(SOURCE_DIR "/planner/report.c");
}

static void want_literals(const char *source)
{
    regex_t remedy;
    regmatch_t parts[4];

    BUG_UNLESS(regcomp(&remedy,
                       "(\"(customer|partner|source_partner|meta)\",|REMEDY|remedy =)"
                       "[[:space:]\\]*\"([^\"]+)\"",
                       REG_EXTENDED) == 0);
    for (const char *at = source; regexec(&remedy, at, 4, parts, 0) == 0; at += parts[0].rm_eo)
        want(arena_printf(arena, "%.*s", (int)(parts[3].rm_eo - parts[3].rm_so),
                          at + parts[3].rm_so));
    regfree(&remedy);
}

static void list_wanted(void)
{
    for (size_t i = 0; eligibility_remedy(i); i++)
        want(eligibility_remedy(i));
    for (size_t i = 0; template_advice_at(i); i++) {
        want(template_advice_at(i)->why);
        if (template_advice_at(i)->remedy)
            want(template_advice_at(i)->remedy);
    }
    for (size_t i = 0; audit_remedy(i); i++)
        want(audit_remedy(i));
    for (size_t i = 0; i < CUTOVER_RULES; i++)
        want(CUTOVER_RULE[i].says);
    want(CUTOVER_ADVICE);
    for (size_t i = 0; report_html_string(i); i++)
        want(report_html_string(i));
    for (size_t i = 0; i < source_count; i++)
        want_literals(sources[i]);
}

static bool is_there(const char *text)
{
    const char *literal = arena_printf(arena, "\"%s\"", text);

    for (size_t i = 0; i < wanted_count; i++) {
        if (strcmp(wanted[i], text) == 0)
            return true;
    }
    for (size_t i = 0; i < source_count; i++) {
        if (strstr(sources[i], literal))
            return true;
    }
    return false;
}

/* ---- languages ---- */

static void test_a_language_is_found_by_its_code_in_any_region(void)
{
    static const struct {
        const char *code, *found;
    } cases[] = {
        {"fr", "fr"},          {"FR", "fr"},  {"fr_FR", "fr"}, {"fr-CA", "fr"},
        {"fr_FR.UTF-8", "fr"}, {"en", "en"},  {"en_US", "en"}, {"fra", NULL},
        {"frx", NULL},         {"fr1", NULL}, {"f", NULL},     {"", NULL},
        {"-fr", NULL},         {" fr", NULL}, {"xx", NULL},    {"english", NULL},
        {"français", NULL},    {NULL, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct language *language = language_find(cases[i].code);
        CU_ASSERT_EQUAL(language == NULL, cases[i].found == NULL);
        if (language && cases[i].found)
            CU_ASSERT_STRING_EQUAL(language->code, cases[i].found);
    }
}

static void test_english_comes_first_and_every_language_is_found(void)
{
    CU_ASSERT(LANGUAGE_COUNT >= 2);
    CU_ASSERT_STRING_EQUAL(LANGUAGES[0]->code, "en");
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        CU_ASSERT_PTR_EQUAL(language_find(LANGUAGES[i]->code), LANGUAGES[i]);
        CU_ASSERT(strlen(LANGUAGES[i]->name) > 0);
    }
}

static void test_a_text_without_translation_stays_english(void)
{
    const struct language *french = language_find("fr");
    const char *strange = "no such text";

    CU_ASSERT_STRING_EQUAL(language_text(french, "Customer"), "Client");
    CU_ASSERT_PTR_EQUAL(language_text(french, strange), strange);
    CU_ASSERT_PTR_EQUAL(language_text(LANGUAGES[0], strange), strange);
    CU_ASSERT_PTR_EQUAL(language_text(NULL, strange), strange);
    CU_ASSERT_PTR_NULL(language_text(french, NULL));
}

/* ---- their texts ---- */

static void test_the_lists_of_texts_are_read(void)
{
    static const char *const some[] = {
        "Hello,", /* page */
        "The business verification has expired. Renew it in Meta Business Suite → Settings → "
        "Security Centre.",                                                  /* rule */
        "The verification code is wrong or has expired: request a new one.", /* error */
        "The template's content is refused: mend the template, or create it anew on the "
        "destination.", /* macro */
        "Go through Embedded Signup with the link from the partner; the number stays in service "
        "meanwhile.",
        "Nothing to do: a later run goes on by itself.", /* wait */
    };

    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        size_t before = wanted_count;
        want(some[i]);
        check(wanted_count == before, LANGUAGES[0], "not listed", some[i]);
        wanted_count = before;
    }
    CU_ASSERT_FALSE(is_there("The verification code is wrong"));
}

/* Not by the pointer: equal literals may be one. */
static bool has_translation(const struct language *language, const char *english)
{
    for (size_t i = 0; i < language->text_count; i++) {
        if (strcmp(language->texts[i].english, english) == 0)
            return true;
    }
    return false;
}

static void test_every_text_has_a_translation_in_every_language(void)
{
    for (size_t i = 1; i < LANGUAGE_COUNT; i++) {
        for (size_t j = 0; j < wanted_count; j++)
            check(has_translation(LANGUAGES[i], wanted[j]), LANGUAGES[i], "no translation",
                  wanted[j]);
    }
}

/* Calls `look` with every translation there is. */
static void for_each_text(void (*look)(const struct language *, const struct language_text *))
{
    for (size_t i = 1; i < LANGUAGE_COUNT; i++) {
        for (size_t j = 0; j < LANGUAGES[i]->text_count; j++)
            look(LANGUAGES[i], &LANGUAGES[i]->texts[j]);
    }
}

static void look_for_source(const struct language *language, const struct language_text *text)
{
    check(is_there(text->english), language, "translates what is not there", text->english);
}

static void test_no_language_translates_a_text_that_is_not_there(void)
{
    for_each_text(look_for_source);
}

static void look_for_twin(const struct language *language, const struct language_text *text)
{
    for (const struct language_text *at = language->texts; at < text; at++)
        check(strcmp(at->english, text->english) != 0, language, "twice", text->english);
}

static void test_no_text_is_translated_twice(void)
{
    for_each_text(look_for_twin);
}

static bool may_be_equal(const char *code, const char *english)
{
    static const struct {
        const char *code, *text;
    } equals[] = {{"fr", "Meta"}, {"fr", "Quota"}};

    for (size_t i = 0; i < sizeof equals / sizeof equals[0]; i++) {
        if (strcmp(equals[i].code, code) == 0 && strcmp(equals[i].text, english) == 0)
            return true;
    }
    return false;
}

static void look_for_difference(const struct language *language, const struct language_text *text)
{
    size_t length = strlen(text->text);

    check(length > 0, language, "empty", text->english);
    check((strcmp(text->english, text->text) == 0) == may_be_equal(language->code, text->english),
          language, "equal (or not equal any more)", text->english);
    check(length == 0 ||
              (text->text[0] != ' ' && text->text[length - 1] != ' ' && !strstr(text->text, "  ")),
          language, "spaces", text->english);
}

static void test_a_translation_is_neither_empty_nor_the_english_text_again(void)
{
    for_each_text(look_for_difference);
}

/* How often the `length` bytes at `part` are in `text`. */
static size_t count_of(const char *text, const char *part, size_t length)
{
    size_t count = 0;

    for (; *text; text++)
        count += strncmp(text, part, length) == 0;
    return count;
}

/* {n} and `--offline` are not words: every one must be as often in the one as in the other. */
static bool has_parts_of(const char *text, const char *other, const char *part_pattern)
{
    regex_t part;
    regmatch_t match;
    bool has_all = true;

    BUG_UNLESS(regcomp(&part, part_pattern, REG_EXTENDED) == 0);
    for (const char *at = text; regexec(&part, at, 1, &match, 0) == 0; at += match.rm_eo) {
        size_t length = (size_t)(match.rm_eo - match.rm_so);
        has_all &=
            count_of(text, at + match.rm_so, length) == count_of(other, at + match.rm_so, length);
    }
    regfree(&part);
    return has_all;
}

static void look_for_parts(const struct language *language, const struct language_text *text)
{
    static const char *const patterns[] = {"\\{[A-Za-z]+\\}", "`[^`]*`", "[a-z]+(_[a-z]+)+"};

    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        check(has_parts_of(text->english, text->text, patterns[i]) &&
                  has_parts_of(text->text, text->english, patterns[i]),
              language, "placeholders, code or identifiers differ", text->english);
}

static void test_placeholders_code_and_identifiers_stay_as_they_are(void)
{
    for_each_text(look_for_parts);
}

/* They are sent as they are, in a mail. */
static void test_what_the_rules_tell_customers_has_no_backquote(void)
{
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        const struct reading *lists[] = {ELIGIBILITY_RULES[i].readings,
                                         ELIGIBILITY_RULES[i].outcomes};
        for (size_t j = 0; j < 2; j++) {
            for (const struct reading *at = lists[j]; at && at->word; at++) {
                if (!at->remedy || !at->owner || strcmp(at->owner, "customer") != 0)
                    continue;
                for (size_t k = 0; k < LANGUAGE_COUNT; k++)
                    check(!strchr(language_text(LANGUAGES[k], at->remedy), '`'), LANGUAGES[k],
                          "backquote", at->remedy);
            }
        }
    }
}

#define NO_BREAK "\xc2\xa0"

/* Spaces that a line cannot break at stand before ; : ! ? » and after «; code stays as it is. */
static bool is_set_as_french(const char *text)
{
    bool is_right = !strstr(text, " " NO_BREAK) && !strstr(text, NO_BREAK " "), is_code = false;

    for (const char *at = text; *at; at++) {
        is_code ^= *at == '`';
        if (is_code)
            continue;
        bool has_space = at - text >= 2 && strncmp(at - 2, NO_BREAK, 2) == 0;
        bool is_mark = strchr(";!?", *at) || (*at == ':' && (at[1] == ' ' || at[1] == '\0'));
        if (is_mark || strncmp(at, "»", strlen("»")) == 0)
            is_right &= has_space;
        if (strncmp(at, "«", strlen("«")) == 0)
            is_right &= strncmp(at + strlen("«"), NO_BREAK, 2) == 0;
        is_right &= *at != '\'' && *at != '"';
    }
    return is_right;
}

static void test_french_is_set_as_french_is(void)
{
    const struct language *french = language_find("fr");

    for (size_t i = 0; i < french->text_count; i++)
        check(is_set_as_french(french->texts[i].text), french, "typography", french->texts[i].text);
    CU_ASSERT_FALSE(is_set_as_french("Attention !"));
    CU_ASSERT_FALSE(is_set_as_french("Attention: non"));
    CU_ASSERT_FALSE(is_set_as_french("« non" NO_BREAK "»"));
    CU_ASSERT_FALSE(is_set_as_french("l'un"));
}

int main(void)
{
    static const struct {
        const char *name;
        CU_TestFunc run;
    } tests[] = {
        {"a language is found by its code in any region",
         test_a_language_is_found_by_its_code_in_any_region},
        {"English comes first and every language is found",
         test_english_comes_first_and_every_language_is_found},
        {"a text without translation stays English", test_a_text_without_translation_stays_english},
        {"the lists of texts are read", test_the_lists_of_texts_are_read},
        {"every text has a translation in every language",
         test_every_text_has_a_translation_in_every_language},
        {"no language translates a text that is not there",
         test_no_language_translates_a_text_that_is_not_there},
        {"no text is translated twice", test_no_text_is_translated_twice},
        {"a translation is neither empty nor the English text again",
         test_a_translation_is_neither_empty_nor_the_english_text_again},
        {"placeholders, code and identifiers stay as they are",
         test_placeholders_code_and_identifiers_stay_as_they_are},
        {"what the rules tell customers has no backquote",
         test_what_the_rules_tell_customers_has_no_backquote},
        {"French is set as French is", test_french_is_set_as_french_is},
    };

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    arena = arena_create();
    read_sources();
    list_wanted();
    CU_pSuite suite = CU_add_suite("language", NULL, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    for (size_t i = 0; i < source_count; i++)
        free(sources[i]);
    arena_destroy(arena);
    CU_cleanup_registry();
    return failures > 0;
}
