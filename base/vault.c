/* SPDX-License-Identifier: PostgreSQL */
#include "base/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    KEY_HEX_BYTES = 2 * KEY_BYTES
};

struct vault {
    struct secret *key; /* KEY_BYTES raw bytes */
};

static void close_file(const int *file)
{
    if (*file >= 0)
        close(*file);
}

static void free_text(char **text)
{
    free(*text);
}

#define CLOSED_AT_END __attribute__((cleanup(close_file)))
#define FREED_AT_END __attribute__((cleanup(free_text)))

static const unsigned char *key_of(const struct vault *vault)
{
    return (const unsigned char *)secret_reveal(vault->key);
}

/* Reads until `room` is full or the file ends; -1 with errno. */
static ssize_t read_up_to(int file, char *bytes, size_t room)
{
    size_t count = 0;

    while (count < room) {
        ssize_t got = read(file, bytes + count, room - count);
        if (got == 0)
            break;
        if (got > 0)
            count += (size_t)got;
        else if (errno != EINTR)
            return -1;
    }
    return (ssize_t)count;
}

static bool write_all(int file, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t put = write(file, bytes, count);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0) {
            bytes += put;
            count -= (size_t)put;
        }
    }
    return true;
}

static enum status check_key_file(int file, const char *key_file, struct fault *fault)
{
    struct stat about;

    if (fstat(file, &about) != 0)
        return fault_set(fault, STATUS_CREDENTIAL, "the key file %s cannot be examined (%s)",
                         key_file, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the key file %s is not a regular file; name the right one with "
                         "--key-file",
                         key_file);
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the key file %s is open to other users (mode %04o); run chmod 600 on it",
                         key_file, (unsigned)(about.st_mode & 07777));
    return STATUS_OK;
}

/* 64 digits and a newline; an editor may have dropped the newline. */
static bool decode_key(const char *text, size_t count, unsigned char key[KEY_BYTES])
{
    size_t key_bytes = 0;

    if (count == KEY_HEX_BYTES + 1 && text[KEY_HEX_BYTES] == '\n')
        count--;
    return count == KEY_HEX_BYTES &&
           sodium_hex2bin(key, KEY_BYTES, text, count, NULL, &key_bytes, NULL) == 0 &&
           key_bytes == KEY_BYTES;
}

static enum status read_key(int file, const char *key_file, struct secret **key_secret,
                            struct fault *fault)
{
    char text[KEY_HEX_BYTES + 2]; /* one more than a key file holds, to notice a longer one */
    unsigned char key[KEY_BYTES];
    enum status status = STATUS_OK;

    ssize_t count = read_up_to(file, text, sizeof text);
    if (count < 0)
        status = fault_set(fault, STATUS_CREDENTIAL, "the key file %s cannot be read (%s)",
                           key_file, strerror(errno));
    else if (!decode_key(text, (size_t)count, key))
        status = fault_set(fault, STATUS_CREDENTIAL,
                           "the key file %s does not hold a key (%d hexadecimal digits and a "
                           "newline); put back the right file from your backup",
                           key_file, KEY_HEX_BYTES);
    else
        *key_secret = secret_create_bytes((const char *)key, KEY_BYTES);

    sodium_memzero(text, sizeof text);
    sodium_memzero(key, sizeof key);
    return status;
}

enum status vault_open(const char *key_file, struct vault **vault, struct fault *fault)
{
    struct secret *key = NULL;

    *vault = NULL;
    BUG_UNLESS(sodium_init() >= 0);
    /* O_NONBLOCK so that a FIFO by that name is refused, not waited for. */
    int file CLOSED_AT_END = open(key_file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0 && errno == ENOENT)
        return fault_set(
            fault, STATUS_CREDENTIAL,
            "the key file %s does not exist; run `wabamigrate db init` to make one, or "
            "name the right one with --key-file",
            key_file);
    if (file < 0)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the key file %s cannot be opened (%s); this user must own it, mode 0600",
                         key_file, strerror(errno));

    enum status status = check_key_file(file, key_file, fault);
    if (status == STATUS_OK)
        status = read_key(file, key_file, &key, fault);
    if (status != STATUS_OK)
        return status;

    *vault = memory_take(sizeof **vault);
    (*vault)->key = key;
    return STATUS_OK;
}

static enum status make_parents(const char *key_file, struct fault *fault)
{
    char *path FREED_AT_END = memory_copy_text(key_file);

    for (char *slash = strchr(path + (path[0] == '/'), '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0700) != 0) {
            int why = errno;
            /* A read-only file system says so even about a folder that is there. */
            if (access(path, F_OK) != 0)
                return fault_set(fault, STATUS_IO,
                                 "the folder %s for the key file cannot be made (%s)", path,
                                 strerror(why));
        }
        *slash = '/';
    }
    return STATUS_OK;
}

/* Makes the new name survive a power cut. Best effort: some file systems refuse it on a folder. */
static void sync_folder_of(const char *path)
{
    char *folder FREED_AT_END = memory_copy_text(path);
    char *slash = strrchr(folder, '/');

    if (slash != NULL)
        slash[slash == folder ? 1 : 0] = '\0';
    int file CLOSED_AT_END = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file >= 0)
        (void)fsync(file);
}

static bool write_fresh_key(int file)
{
    unsigned char key[KEY_BYTES];
    char text[KEY_HEX_BYTES + 1];

    crypto_aead_xchacha20poly1305_ietf_keygen(key);
    sodium_bin2hex(text, sizeof text, key, sizeof key);
    text[KEY_HEX_BYTES] = '\n';
    bool is_written =
        fchmod(file, 0600) == 0 && write_all(file, text, sizeof text) && fsync(file) == 0;
    int why = errno;
    sodium_memzero(key, sizeof key);
    sodium_memzero(text, sizeof text);
    errno = why;
    return is_written;
}

/* O_EXCL on the key file itself would let a second program read it before the first has written it,
 * and a crash in between would leave an empty key for good. So the whole key is written beside it,
 * and link() gives it its name, which fails when somebody was first. */
static enum status create_key_file(const char *key_file, struct fault *fault)
{
    size_t room = strlen(key_file) + sizeof ".XXXXXX";
    char *draft FREED_AT_END = memory_take(room);

    (void)snprintf(draft, room, "%s.XXXXXX", key_file);
    int file CLOSED_AT_END = mkostemp(draft, O_CLOEXEC);
    if (file < 0)
        return fault_set(fault, STATUS_IO, "the key file %s cannot be made (%s)", key_file,
                         strerror(errno));

    bool is_made = write_fresh_key(file) && (link(draft, key_file) == 0 || errno == EEXIST);
    int why = errno;
    (void)unlink(draft);
    if (!is_made)
        return fault_set(fault, STATUS_IO, "the key file %s cannot be made (%s)", key_file,
                         strerror(why));
    sync_folder_of(key_file);
    return STATUS_OK;
}

enum status vault_open_or_create(const char *key_file, struct vault **vault, struct fault *fault)
{
    struct stat about;

    *vault = NULL;
    BUG_UNLESS(sodium_init() >= 0);
    if (stat(key_file, &about) != 0 && errno == ENOENT) {
        enum status status = make_parents(key_file, fault);
        if (status == STATUS_OK)
            status = create_key_file(key_file, fault);
        if (status != STATUS_OK)
            return status;
    }
    return vault_open(key_file, vault, fault);
}

void vault_close(struct vault *vault)
{
    if (vault == NULL)
        return;
    secret_destroy(vault->key);
    free(vault);
}

char *vault_seal(const struct vault *vault, const char *context, const struct secret *secret)
{
    size_t length = secret_length(secret);
    size_t sealed_bytes = NONCE_BYTES + length + TAG_BYTES;
    unsigned char *sealed = memory_take(sealed_bytes);
    char *hex = memory_take(2 * sealed_bytes + 1);
    unsigned long long written = 0;

    randombytes_buf(sealed, NONCE_BYTES);
    int outcome = crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed + NONCE_BYTES, &written, (const unsigned char *)secret_reveal(secret), length,
        (const unsigned char *)context, strlen(context), NULL, sealed, key_of(vault));
    BUG_UNLESS(outcome == 0 && written == length + TAG_BYTES);

    sodium_bin2hex(hex, 2 * sealed_bytes + 1, sealed, sealed_bytes);
    free(sealed);
    return hex;
}

/* The bytes of `hex`, to be freed; NULL when it is not hexadecimal or too short to be a seal. */
static unsigned char *decode_sealed(const char *hex, size_t *sealed_bytes)
{
    size_t count = strlen(hex);

    if (count % 2 != 0 || count / 2 < NONCE_BYTES + TAG_BYTES)
        return NULL;
    unsigned char *sealed = memory_take(count / 2);
    if (sodium_hex2bin(sealed, count / 2, hex, count, NULL, sealed_bytes, NULL) == 0)
        return sealed;
    free(sealed);
    return NULL;
}

/* NULL when the seal does not open. */
static struct secret *open_seal(const struct vault *vault, const char *context,
                                const unsigned char *sealed, size_t sealed_bytes)
{
    size_t room = sealed_bytes - NONCE_BYTES - TAG_BYTES;
    unsigned char *plain = memory_take(room);
    unsigned long long length = 0;
    struct secret *secret = NULL;

    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, &length, NULL, sealed + NONCE_BYTES, sealed_bytes - NONCE_BYTES,
            (const unsigned char *)context, strlen(context), sealed, key_of(vault)) == 0)
        secret = secret_create_bytes((const char *)plain, (size_t)length);
    sodium_memzero(plain, room);
    free(plain);
    return secret;
}

enum status vault_unseal(const struct vault *vault, const char *context, const char *sealed_hex,
                         struct secret **secret, struct fault *fault)
{
    size_t sealed_bytes = 0;

    *secret = NULL;
    if (strncmp(sealed_hex, "\\x", 2) == 0)
        sealed_hex += 2;
    unsigned char *sealed = decode_sealed(sealed_hex, &sealed_bytes);
    if (sealed == NULL)
        return fault_set(
            fault, STATUS_CREDENTIAL,
            "what is stored for %s is not a sealed value; it was cut or changed in the "
            "database",
            context);

    *secret = open_seal(vault, context, sealed, sealed_bytes);
    free(sealed);
    if (*secret == NULL)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the sealed value for %s does not open: it was sealed with another key "
                         "file or was changed; use the key file it was sealed with",
                         context);
    return STATUS_OK;
}

char *vault_digest(const struct vault *vault, const struct secret *secret)
{
    unsigned char digest[crypto_generichash_BYTES];
    char *hex = memory_take(2 * sizeof digest + 1);

    crypto_generichash(digest, sizeof digest, (const unsigned char *)secret_reveal(secret),
                       secret_length(secret), key_of(vault), KEY_BYTES);
    return sodium_bin2hex(hex, 2 * sizeof digest + 1, digest, sizeof digest);
}
