/* SPDX-License-Identifier: PostgreSQL */
/*
 * No bytes but those that were sealed open, and only where they were sealed for; no file but a key
 * is a key. The first byte says what the rest is: 'k' a key file, 's' what the database holds for a
 * context (two texts, each ended by a zero byte), 'm' changes to a true seal: pairs of place and
 * bits; an odd byte at the end cuts it there.
 */
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/vault.h"
#include "tests/fuzz/fuzz.h"

#define CONTEXT "token:acme-book/bakery-lune"
#define SECRET "EAAGmarker0123456789"
#define KEY_DIGITS 64

static char folder[PATH_MAX - 16], key_path[PATH_MAX], other_path[PATH_MAX];
static struct vault *vault;
static char *seal; /* of SECRET for CONTEXT */

static void remove_folder(void)
{
    vault_close(vault);
    free(seal);
    (void)unlink(key_path);
    (void)unlink(other_path);
    (void)rmdir(folder);
}

static void make_vault(void)
{
    struct fault fault = FAULT_NONE;
    const char *parent = getenv("TMPDIR");

    if (vault != NULL)
        return;
    int length = snprintf(folder, sizeof folder, "%s/wabamigrate-fuzz-XXXXXX",
                          parent != NULL ? parent : "/tmp");
    BUG_UNLESS(length > 0 && (size_t)length < sizeof folder && mkdtemp(folder) != NULL);
    snprintf(key_path, sizeof key_path, "%s/key", folder);
    snprintf(other_path, sizeof other_path, "%s/other", folder);
    atexit(remove_folder);
    BUG_UNLESS(vault_open_or_create(key_path, &vault, &fault) == STATUS_OK);
    struct secret *secret = secret_create(SECRET);
    seal = vault_seal(vault, CONTEXT, secret);
    secret_destroy(secret);
}

static void check_refused(const char *context, const char *sealed)
{
    struct secret *secret = NULL;
    struct fault fault = FAULT_NONE;

    BUG_UNLESS(vault_unseal(vault, context, sealed, &secret, &fault) == STATUS_CREDENTIAL);
    BUG_UNLESS(secret == NULL && fault.message[0] != '\0');
    /* Whose context it is sees it there. */
    BUG_UNLESS(strstr(context, SECRET) != NULL || strstr(fault.message, SECRET) == NULL);
}

static void check_opens(const char *sealed)
{
    struct secret *secret = NULL;
    struct fault fault = FAULT_NONE;

    BUG_UNLESS(vault_unseal(vault, CONTEXT, sealed, &secret, &fault) == STATUS_OK);
    BUG_UNLESS(strcmp(secret_reveal(secret), SECRET) == 0);
    secret_destroy(secret);
}

/* Lines of 64 digits, the last one's end may be missing; how many, or 0 where it is anything else.
 */
static size_t count_keys(const uint8_t *data, size_t size)
{
    size_t count = 0;

    for (size_t at = 0; at < size; count++) {
        size_t digits = 0;
        while (at + digits < size && isxdigit(data[at + digits]))
            digits++;
        at += digits;
        if (digits != KEY_DIGITS || (at < size && data[at] != '\n'))
            return 0;
        at += at < size;
    }
    return count;
}

static void open_key_file(const uint8_t *data, size_t size)
{
    struct vault *other = NULL;
    struct fault fault = FAULT_NONE;
    size_t keys = count_keys(data, size);
    int file = open(other_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    BUG_UNLESS(file >= 0 && write(file, data, size) == (ssize_t)size);
    close(file);
    enum status status = vault_open(other_path, &other, &fault);
    BUG_UNLESS(status == STATUS_OK || status == STATUS_CREDENTIAL);
    BUG_UNLESS(keys != 1 || status == STATUS_OK);
    BUG_UNLESS(keys != 0 || status == STATUS_CREDENTIAL);
    BUG_UNLESS((other != NULL) == (status == STATUS_OK) &&
               (fault.message[0] == '\0') == (status == STATUS_OK));
    vault_close(other);
}

static void open_bytes(const uint8_t *data, size_t size)
{
    char *context = fuzz_next_text(&data, &size), *sealed = fuzz_next_text(&data, &size);

    check_refused(context, sealed);
    if (strcmp(context, CONTEXT) != 0)
        check_refused(context, seal);
    free(context);
    free(sealed);
}

static void open_changed(const uint8_t *data, size_t size)
{
    char *changed = memory_copy_text(seal);
    size_t length = strlen(changed);

    for (size_t i = 0; i + 1 < size; i += 2)
        changed[data[i] % length] ^= (char)data[i + 1];
    if (size % 2 == 1)
        changed[data[size - 1] % length] = '\0';
    /* Capitals are the same digits. */
    if (strcasecmp(changed, seal) == 0)
        check_opens(changed);
    else
        check_refused(CONTEXT, changed);
    free(changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    make_vault();
    if (size == 0)
        check_opens(seal);
    else if (data[0] == 'k')
        open_key_file(data + 1, size - 1);
    else if (data[0] == 's')
        open_bytes(data + 1, size - 1);
    else if (data[0] == 'm')
        open_changed(data + 1, size - 1);
    return 0;
}
