/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/argument_secrets.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

static void overwrite(char *from, const char *end)
{
    while (from < end)
        *from++ = '*';
}

/* "//user:password@": up to the last "@" of what can be the host part, so that a password with an
 * "@" or a "/" that should have been written %40 or %2F is hidden too. */
static void hide_in_url(char *url)
{
    char *place = strstr(url, "://");
    char *end = place ? strrchr(place, '@') : NULL;
    char *colon = end ? memchr(place + 3, ':', (size_t)(end - place - 3)) : NULL;

    if (colon)
        overwrite(colon + 1, end);
}

/* password=, sslpassword=: the rest of the argument, for where a quoted one ends is libpq's to say.
 */
static void hide_in_pairs(char *text)
{
    char *found = strcasestr(text, "password");

    while (found && found[strlen("password")] != '=' && found[strlen("password")] != ' ')
        found = strcasestr(found + 1, "password");
    if (found)
        overwrite(found + strlen("password") + 1, found + strlen(found));
}

char **argument_secrets_hide(int argc, char **argv)
{
    char **copies = memory_take(((size_t)argc + 1) * sizeof *copies);

    for (int i = 0; i < argc; i++) {
        copies[i] = memory_copy_text(argv[i]);
        hide_in_url(argv[i]);
        if (strchr(argv[i], '='))
            hide_in_pairs(argv[i]);
    }
    copies[argc] = NULL;
    return copies;
}

void argument_secrets_release(char **copies)
{
    for (char **copy = copies; copy && *copy; copy++) {
        explicit_bzero(*copy, strlen(*copy));
        free(*copy);
    }
    free(copies);
}
