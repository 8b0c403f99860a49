/* SPDX-License-Identifier: PostgreSQL */
#include "planner/language.h"

#include <string.h>
#include <strings.h>

const struct language LANGUAGE_EN = {"en", "English", NULL, 0};

const struct language *language_find(const char *code)
{
    for (size_t i = 0; code && i < LANGUAGE_COUNT; i++) {
        size_t length = strlen(LANGUAGES[i]->code);
        /* What follows is a region (fr_FR, fr-CA), a character set (fr.UTF-8), or nothing. */
        if (strncasecmp(code, LANGUAGES[i]->code, length) == 0 && strchr("_-.@", code[length]))
            return LANGUAGES[i];
    }
    return NULL;
}

/* One by one: a report asks once for every different text, some hundreds, however many numbers it
 * has. */
const char *language_text(const struct language *language, const char *english)
{
    for (size_t i = 0; english && language && i < language->text_count; i++) {
        if (strcmp(language->texts[i].english, english) == 0)
            return language->texts[i].text;
    }
    return english;
}
