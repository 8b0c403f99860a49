/* SPDX-License-Identifier: PostgreSQL */
#include "base/vault.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/base/suite.h"

#define PATH_BYTES 128
#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define CONTEXT "token:acme-book/bakery-lune"

static char folder[] = "/tmp/wm-vault-test-XXXXXX";

static void path_in_folder(char path[PATH_BYTES], const char *name)
{
    snprintf(path, PATH_BYTES, "%s/%s", folder, name);
}

static void write_key_file(const char *path, const char *text, mode_t mode)
{
    (void)unlink(path); /* an earlier case may have left it without write permission */
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    CU_ASSERT_FATAL(file >= 0);
    CU_ASSERT_EQUAL(write(file, text, strlen(text)), (ssize_t)strlen(text));
    CU_ASSERT_EQUAL(fchmod(file, mode), 0);
    close(file);
}

static struct vault *open_fresh_vault(const char *name)
{
    char path[PATH_BYTES];
    struct vault *vault = NULL;

    path_in_folder(path, name);
    CU_ASSERT_EQUAL_FATAL(vault_open_or_create(path, &vault, NULL), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(vault);
    return vault;
}

/* `wanted` NULL: it must not open, and the message must not hold the plain text. */
static void check_unseal(const struct vault *vault, const char *context, const char *sealed_hex,
                         const char *wanted)
{
    struct fault fault = FAULT_NONE;
    struct secret *secret = NULL;
    enum status status = vault_unseal(vault, context, sealed_hex, &secret, &fault);

    CU_ASSERT_EQUAL(status, wanted != NULL ? STATUS_OK : STATUS_CREDENTIAL);
    if (wanted == NULL) {
        CU_ASSERT_EQUAL(fault.status, STATUS_CREDENTIAL);
        CU_ASSERT_PTR_NULL(secret);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, context));
        CU_ASSERT_PTR_NULL(strstr(fault.message, "marker"));
    } else if (secret != NULL) {
        check_text(secret_reveal(secret), wanted);
    }
    secret_destroy(secret);
}

static char *seal_text(const struct vault *vault, const char *context, const char *text)
{
    struct secret *secret = secret_create(text);
    char *sealed = vault_seal(vault, context, secret);

    secret_destroy(secret);
    return sealed;
}

static void what_is_sealed_opens_again(void)
{
    static const char *const texts[] = {"marker", "", "x", "0123456789abcdef0123456789abcdef"};
    struct vault *vault = open_fresh_vault("again");

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *sealed = seal_text(vault, CONTEXT, texts[i]);
        char with_prefix[512];
        CU_ASSERT_EQUAL(strlen(sealed), 2 * (8 + 24 + strlen(texts[i]) + 16));
        CU_ASSERT_EQUAL(strspn(sealed, "0123456789abcdef"), strlen(sealed));
        check_unseal(vault, CONTEXT, sealed, texts[i]);
        snprintf(with_prefix, sizeof with_prefix, "\\x%s", sealed);
        check_unseal(vault, CONTEXT, with_prefix, texts[i]);
        free(sealed);
    }
    vault_close(vault);
    vault_close(NULL);
}

static void each_seal_has_its_own_nonce(void)
{
    struct vault *vault = open_fresh_vault("nonce");
    char *first = seal_text(vault, CONTEXT, "marker");
    char *second = seal_text(vault, CONTEXT, "marker");

    CU_ASSERT_EQUAL(strncmp(first, second, 16), 0); /* the key's id */
    CU_ASSERT_NOT_EQUAL(strncmp(first + 16, second + 16, 48), 0);
    CU_ASSERT_STRING_NOT_EQUAL(first + 64, second + 64);
    free(first);
    free(second);
    vault_close(vault);
}

static void a_seal_does_not_open_in_another_context(void)
{
    struct vault *vault = open_fresh_vault("context");
    char *sealed = seal_text(vault, CONTEXT, "marker");

    check_unseal(vault, "token:acme-book/bakery-sole", sealed, NULL);
    check_unseal(vault, "token:acme-book/bakery-lun", sealed, NULL);
    check_unseal(vault, "", sealed, NULL);
    check_unseal(vault, CONTEXT, sealed, "marker");
    free(sealed);
    vault_close(vault);
}

static void a_seal_does_not_open_with_another_key(void)
{
    struct vault *vault = open_fresh_vault("key-one");
    struct vault *other = open_fresh_vault("key-two");
    char *sealed = seal_text(vault, CONTEXT, "marker");

    check_unseal(other, CONTEXT, sealed, NULL);
    check_unseal(vault, CONTEXT, sealed, "marker");
    free(sealed);
    vault_close(vault);
    vault_close(other);
}

static void a_seal_changed_anywhere_does_not_open(void)
{
    struct vault *vault = open_fresh_vault("tamper");
    char *sealed = seal_text(vault, CONTEXT, "marker");
    size_t count = strlen(sealed);

    for (size_t i = 0; i < count; i++) {
        char kept = sealed[i];
        sealed[i] = kept == '0' ? '1' : '0';
        check_unseal(vault, CONTEXT, sealed, NULL);
        sealed[i] = 'g';
        check_unseal(vault, CONTEXT, sealed, NULL);
        sealed[i] = kept;
    }
    check_unseal(vault, CONTEXT, sealed, "marker");
    for (size_t i = count; i-- > 0;) {
        sealed[i] = '\0';
        check_unseal(vault, CONTEXT, sealed, NULL);
    }
    check_unseal(vault, CONTEXT, "\\x", NULL);
    free(sealed);
    vault_close(vault);
}

/* Sealed by the first release: the nonce, then the ciphertext. Made with libsodium by hand. */
static void what_the_first_release_sealed_still_opens(void)
{
    static const char sealed[] = "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7d648cd50e3a0617de"
                                 "df7953a20a299125da662fc15d3";
    char path[PATH_BYTES];
    struct vault *vault = NULL;

    path_in_folder(path, "legacy");
    write_key_file(path, KEY_B "\n" KEY_A "\n", 0600);
    CU_ASSERT_EQUAL_FATAL(vault_open(path, &vault, NULL), STATUS_OK);
    check_unseal(vault, CONTEXT, sealed, "marker");
    check_unseal(vault, "token:acme-book/bakery-sole", sealed, NULL);
    vault_close(vault);
    write_key_file(path, KEY_B "\n", 0600);
    CU_ASSERT_EQUAL_FATAL(vault_open(path, &vault, NULL), STATUS_OK);
    check_unseal(vault, CONTEXT, sealed, NULL);
    vault_close(vault);
}

static unsigned count_keys(const struct vault *vault)
{
    unsigned count = 0;

    while (vault_key_id(vault, count))
        count++;
    return count;
}

static bool is_sealed_by(const char *sealed, const char *key_id)
{
    return strncmp(sealed, key_id, strlen(key_id)) == 0;
}

static void a_new_key_seals_and_the_old_one_opens(void)
{
    struct vault *vault = open_fresh_vault("rotated");
    char *old_id = memory_copy_text(vault_key_id(vault, 0));
    char *sealed = seal_text(vault, CONTEXT, "marker"), *resealed = NULL;

    CU_ASSERT(is_sealed_by(sealed, old_id));
    CU_ASSERT_EQUAL_FATAL(vault_add_key(vault, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(count_keys(vault), 2);
    check_text(vault_key_id(vault, 1), old_id);
    CU_ASSERT_STRING_NOT_EQUAL(vault_key_id(vault, 0), old_id);
    check_unseal(vault, CONTEXT, sealed, "marker");
    CU_ASSERT_EQUAL(vault_reseal(vault, CONTEXT, sealed, &resealed, NULL), STATUS_OK);
    CU_ASSERT(is_sealed_by(resealed, vault_key_id(vault, 0)));
    check_unseal(vault, CONTEXT, resealed, "marker");

    CU_ASSERT_EQUAL(vault_retire_keys(vault, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(count_keys(vault), 1);
    check_unseal(vault, CONTEXT, resealed, "marker");
    free(resealed);
    check_unseal(vault, CONTEXT, sealed, NULL);
    CU_ASSERT_EQUAL(vault_reseal(vault, CONTEXT, sealed, &resealed, NULL), STATUS_CREDENTIAL);
    CU_ASSERT_PTR_NULL(resealed);
    free(sealed);
    free(old_id);
    vault_close(vault);
}

static void a_key_that_is_missing_is_named(void)
{
    struct vault *vault = open_fresh_vault("missing-a");
    struct vault *other = open_fresh_vault("missing-b");
    char *sealed = seal_text(vault, CONTEXT, "marker");
    struct secret *secret = NULL;
    struct fault fault = FAULT_NONE;

    CU_ASSERT_EQUAL(vault_unseal(other, CONTEXT, sealed, &secret, &fault), STATUS_CREDENTIAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, vault_key_id(vault, 0)));
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "missing-b"));
    free(sealed);
    vault_close(vault);
    vault_close(other);
}

/* A run that was there before the rotation. */
static void a_program_that_works_follows_the_rotation(void)
{
    struct vault *worker = open_fresh_vault("followed");
    struct vault *rotator = open_fresh_vault("followed");

    CU_ASSERT_EQUAL_FATAL(vault_add_key(rotator, NULL), STATUS_OK);
    char *sealed = seal_text(rotator, CONTEXT, "marker");
    check_unseal(worker, CONTEXT, sealed, "marker");
    free(sealed);
    CU_ASSERT_EQUAL_FATAL(vault_add_key(rotator, NULL), STATUS_OK);
    sealed = seal_text(worker, CONTEXT, "marker");
    CU_ASSERT(is_sealed_by(sealed, vault_key_id(rotator, 0)));
    free(sealed);

    /* A file that is gone or broken for a moment takes nothing from it. */
    sealed = seal_text(worker, CONTEXT, "marker");
    CU_ASSERT_EQUAL(truncate(vault_key_file(worker), 10), 0);
    check_unseal(worker, CONTEXT, sealed, "marker");
    CU_ASSERT_EQUAL(unlink(vault_key_file(worker)), 0);
    check_unseal(worker, CONTEXT, sealed, "marker");
    free(sealed);
    vault_close(worker);
    vault_close(rotator);
}

static void nobody_loses_the_key_that_another_added(void)
{
    struct vault *first = open_fresh_vault("both");
    struct vault *second = open_fresh_vault("both");
    struct fault fault = FAULT_NONE;

    CU_ASSERT_EQUAL(vault_add_key(first, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(vault_add_key(second, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(count_keys(second), 3);
    CU_ASSERT(vault_holds_key(second, vault_key_id(first, 0)));
    CU_ASSERT_EQUAL(vault_retire_keys(first, &fault), STATUS_CONFLICT); /* not its first any more */
    CU_ASSERT_EQUAL(count_keys(second), 3);
    vault_close(first);
    first = open_fresh_vault("both");
    CU_ASSERT_EQUAL(count_keys(first), 3);
    vault_close(first);
    vault_close(second);
}

static void a_file_full_of_keys_takes_no_more(void)
{
    struct vault *vault = open_fresh_vault("full");
    struct fault fault = FAULT_NONE;
    enum status status = STATUS_OK;

    for (unsigned i = 1; status == STATUS_OK && i < 100; i++)
        status = vault_add_key(vault, &fault);
    CU_ASSERT_EQUAL(status, STATUS_LIMIT);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "key retire"));
    CU_ASSERT_EQUAL(count_keys(vault), 32);
    vault_close(vault);
}

static void digests_outlive_the_key(void)
{
    struct vault *vault = open_fresh_vault("digest");
    struct secret *code = secret_create("marker"), *other = secret_create("marker2");

    vault_adopt_digest_key(vault, vault_make_digest_key());
    char *digest = vault_digest(vault, code);
    CU_ASSERT_EQUAL(vault_add_key(vault, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(vault_retire_keys(vault, NULL), STATUS_OK);
    char *again = vault_digest(vault, code), *another = vault_digest(vault, other);
    check_text(again, digest);
    CU_ASSERT_STRING_NOT_EQUAL(another, digest);
    free(again);
    vault_adopt_digest_key(vault, vault_make_digest_key());
    again = vault_digest(vault, code);
    CU_ASSERT_STRING_NOT_EQUAL(again, digest);
    free(digest);
    free(again);
    free(another);
    secret_destroy(code);
    secret_destroy(other);
    vault_close(vault);
}

static void key_files_are_checked(void)
{
    /* clang-format off */
    static const struct { const char *text; mode_t mode; const char *complaint; } rows[] = {
        {KEY_A "\n",   0600, NULL},
        {KEY_A,        0600, NULL},
        {KEY_A "\n",   0400, NULL},
        {KEY_A "\n" KEY_B "\n", 0600, NULL},
        {KEY_A "\n" KEY_B,      0600, NULL},
        {KEY_A KEY_B "\n",      0600, "does not hold a key"},
        {KEY_A "\n" KEY_B "00", 0600, "does not hold a key"},
        {KEY_A "\n\n" KEY_B "\n", 0600, "does not hold a key"},
        {KEY_A "\n",   0644, "chmod 600"},
        {KEY_A "\n",   0640, "chmod 600"},
        {KEY_A "\n",   0604, "chmod 600"},
        {KEY_A "\n",   0620, "chmod 600"},
        {KEY_A "\n",   0601, "chmod 600"},
        {"",           0600, "does not hold a key"},
        {"\n",         0600, "does not hold a key"},
        {KEY_A "0\n",  0600, "does not hold a key"},
        {KEY_A "00",   0600, "does not hold a key"},
        {KEY_A "\n\n", 0600, "does not hold a key"},
        {KEY_A " ",    0600, "does not hold a key"},
        {"0011\n",     0600, "does not hold a key"},
        {"zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", 0600, "does not hold a key"},
    };
    /* clang-format on */
    char path[PATH_BYTES];

    path_in_folder(path, "checked");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = FAULT_NONE;
        struct vault *vault = NULL;
        write_key_file(path, rows[i].text, rows[i].mode);
        enum status status = i % 2 == 0 ? vault_open(path, &vault, &fault)
                                        : vault_open_or_create(path, &vault, &fault);
        CU_ASSERT_EQUAL(status, rows[i].complaint == NULL ? STATUS_OK : STATUS_CREDENTIAL);
        CU_ASSERT_EQUAL(vault != NULL, rows[i].complaint == NULL);
        if (rows[i].complaint != NULL) {
            CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, rows[i].complaint));
            CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, path));
            CU_ASSERT_PTR_NULL(strstr(fault.message, "112233"));
        }
        vault_close(vault);
    }
}

static void an_absent_key_file_is_not_made_by_opening_it(void)
{
    char path[PATH_BYTES];
    struct fault fault = FAULT_NONE;
    struct vault *vault = NULL;

    path_in_folder(path, "absent");
    CU_ASSERT_EQUAL(vault_open(path, &vault, &fault), STATUS_CREDENTIAL);
    CU_ASSERT_PTR_NULL(vault);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "wabamigrate db init"));
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    CU_ASSERT_EQUAL(vault_open(folder, &vault, &fault), STATUS_CREDENTIAL);
    CU_ASSERT_EQUAL(vault_open("", &vault, &fault), STATUS_CREDENTIAL);
    CU_ASSERT_NOT_EQUAL(vault_open_or_create("", &vault, &fault), STATUS_OK);
    CU_ASSERT_PTR_NULL(vault);
}

static mode_t mode_of(const char *path)
{
    struct stat about = {0};

    CU_ASSERT_EQUAL(stat(path, &about), 0);
    return about.st_mode & 07777;
}

static void a_made_key_file_and_its_folders_are_private(void)
{
    char path[PATH_BYTES];
    char bytes[80];
    struct vault *vault = NULL;
    mode_t before = umask(0);

    path_in_folder(path, "etc/wabamigrate/key");
    CU_ASSERT_EQUAL_FATAL(vault_open_or_create(path, &vault, NULL), STATUS_OK);
    umask(before);
    vault_close(vault);
    CU_ASSERT_EQUAL(mode_of(path), 0600);
    int file = open(path, O_RDONLY);
    CU_ASSERT_EQUAL(read(file, bytes, sizeof bytes), 65);
    close(file);
    CU_ASSERT_EQUAL(bytes[64], '\n');
    bytes[64] = '\0';
    CU_ASSERT_EQUAL(strspn(bytes, "0123456789abcdef"), 64);
    path_in_folder(path, "etc/wabamigrate");
    CU_ASSERT_EQUAL(mode_of(path), 0700);
    path_in_folder(path, "etc");
    CU_ASSERT_EQUAL(mode_of(path), 0700);
}

static void an_impossible_place_is_reported(void)
{
    char path[PATH_BYTES];
    struct fault fault = FAULT_NONE;
    struct vault *vault = NULL;

    path_in_folder(path, "file");
    write_key_file(path, KEY_A "\n", 0600);
    path_in_folder(path, "file/key");
    CU_ASSERT_NOT_EQUAL(vault_open_or_create(path, &vault, &fault), STATUS_OK);
    CU_ASSERT_PTR_NULL(vault);
    CU_ASSERT_NOT_EQUAL(strlen(fault.message), 0);
}

static void opening_again_keeps_the_key(void)
{
    struct vault *vault = open_fresh_vault("kept");
    char *sealed = seal_text(vault, CONTEXT, "marker");

    vault_close(vault);
    vault = open_fresh_vault("kept");
    check_unseal(vault, CONTEXT, sealed, "marker");
    free(sealed);
    vault_close(vault);
}

/* In a child: waits for the start, makes or opens the key file, says what it seals with it. */
static _Noreturn void race(const char *path, int start, int answer)
{
    struct vault *vault = NULL;
    char byte;

    (void)!read(start, &byte, 1); /* ends when the parent closes its end */
    if (vault_open_or_create(path, &vault, NULL) != STATUS_OK)
        _exit(1);
    char *sealed = seal_text(vault, CONTEXT, "marker");
    if (write(answer, sealed, strlen(sealed)) != (ssize_t)strlen(sealed))
        _exit(1);
    _exit(0);
}

static void run_race(const char *path)
{
    enum { RACERS = 6, SEALED_BYTES = 2 * (8 + 24 + 6 + 16) };
    int start[2];
    int answer[2];
    char sealed[SEALED_BYTES + 1] = "";

    CU_ASSERT_EQUAL_FATAL(pipe(start), 0);
    CU_ASSERT_EQUAL_FATAL(pipe(answer), 0);
    fflush(NULL);
    for (int i = 0; i < RACERS; i++) {
        pid_t child = fork();
        CU_ASSERT_NOT_EQUAL_FATAL(child, -1);
        if (child == 0) {
            close(start[1]);
            race(path, start[0], answer[1]);
        }
    }
    close(start[0]);
    close(start[1]);
    close(answer[1]);
    for (int i = 0; i < RACERS; i++) {
        int status = -1;
        CU_ASSERT_NOT_EQUAL(wait(&status), -1);
        CU_ASSERT_EQUAL(status, 0);
    }

    struct vault *vault = NULL;
    CU_ASSERT_EQUAL_FATAL(vault_open(path, &vault, NULL), STATUS_OK);
    for (int i = 0; i < RACERS; i++) {
        CU_ASSERT_EQUAL(read(answer[0], sealed, SEALED_BYTES), SEALED_BYTES);
        check_unseal(vault, CONTEXT, sealed, "marker");
    }
    close(answer[0]);
    vault_close(vault);
}

static void programs_that_make_the_key_at_once_share_it(void)
{
    char path[PATH_BYTES];

    for (int round = 0; round < 20; round++) {
        char name[32];
        snprintf(name, sizeof name, "race-%d/deep/key", round);
        path_in_folder(path, name);
        run_race(path);

        unsigned names = 0;
        *strrchr(path, '/') = '\0';
        DIR *entries = opendir(path);
        while (entries != NULL && readdir(entries) != NULL)
            names++;
        if (entries != NULL)
            closedir(entries);
        CU_ASSERT_EQUAL(names, 3); /* ".", ".." and the key: no draft is left behind */
    }
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"what is sealed opens again", what_is_sealed_opens_again},
        {"each seal has its own nonce", each_seal_has_its_own_nonce},
        {"a seal does not open in another context", a_seal_does_not_open_in_another_context},
        {"a seal does not open with another key", a_seal_does_not_open_with_another_key},
        {"a seal changed anywhere does not open", a_seal_changed_anywhere_does_not_open},
        {"what the first release sealed still opens", what_the_first_release_sealed_still_opens},
        {"a new key seals and the old one opens", a_new_key_seals_and_the_old_one_opens},
        {"a key that is missing is named", a_key_that_is_missing_is_named},
        {"a program that works follows the rotation", a_program_that_works_follows_the_rotation},
        {"nobody loses the key that another added", nobody_loses_the_key_that_another_added},
        {"a file full of keys takes no more", a_file_full_of_keys_takes_no_more},
        {"digests outlive the key", digests_outlive_the_key},
        {"key files are checked", key_files_are_checked},
        {"an absent key file is not made by opening it", an_absent_key_file_is_not_made_by_opening_it},
        {"a made key file and its folders are private", a_made_key_file_and_its_folders_are_private},
        {"an impossible place is reported", an_impossible_place_is_reported},
        {"opening again keeps the key", opening_again_keeps_the_key},
        {"programs that make the key at once share it", programs_that_make_the_key_at_once_share_it},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */

    if (mkdtemp(folder) == NULL)
        return 1;
    int status = run_suite("vault", tests);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return status;
}
