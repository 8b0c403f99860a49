/* SPDX-License-Identifier: PostgreSQL */
#include "base/vault.h"

#include <errno.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/key_file.h"

enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    /* a sealed value: the key's id, the nonce, the ciphertext and its tag */
    HEAD_BYTES = KEY_ID_BYTES + NONCE_BYTES,
};

struct vault {
    char *key_file;
    struct key_ring *ring; /* read again when the file has changed */
    struct secret *digest_key;
};

static const unsigned char *bytes_of(const struct secret *secret)
{
    return (const unsigned char *)secret_reveal(secret);
}

/* A rotation may have put another key on top since. A file that cannot be read just now changes
 * nothing: the keys that are known still open what they have sealed. */
static void follow_file(const struct vault *vault)
{
    struct key_ring fresh;

    if (key_file_is_same(vault->key_file, vault->ring) ||
        key_file_read(vault->key_file, &fresh, NULL) != STATUS_OK)
        return;
    key_ring_finish(vault->ring);
    *vault->ring = fresh;
}

enum status vault_open(const char *key_file, struct vault **vault, struct fault *fault)
{
    struct key_ring *ring = memory_take(sizeof *ring);

    *vault = NULL;
    enum status status = key_file_read(key_file, ring, fault);
    if (status != STATUS_OK) {
        free(ring);
        return status;
    }
    *vault = memory_take(sizeof **vault);
    **vault = (struct vault){.key_file = memory_copy_text(key_file), .ring = ring};
    return STATUS_OK;
}

enum status vault_open_or_create(const char *key_file, struct vault **vault, struct fault *fault)
{
    struct stat about;

    *vault = NULL;
    BUG_UNLESS(sodium_init() >= 0);
    if (stat(key_file, &about) != 0 && errno == ENOENT) {
        enum status status = key_file_create(key_file, fault);
        if (status != STATUS_OK)
            return status;
    }
    return vault_open(key_file, vault, fault);
}

void vault_close(struct vault *vault)
{
    if (vault == NULL)
        return;
    key_ring_finish(vault->ring);
    secret_destroy(vault->digest_key);
    free(vault->ring);
    free(vault->key_file);
    free(vault);
}

/* ---- keys ---- */

const char *vault_key_file(const struct vault *vault)
{
    return vault->key_file;
}

const char *vault_key_id(const struct vault *vault, unsigned at)
{
    return at < vault->ring->count ? vault->ring->keys[at].id_text : NULL;
}

bool vault_holds_key(const struct vault *vault, const char *id)
{
    for (unsigned i = 0; i < vault->ring->count; i++) {
        if (strcmp(vault->ring->keys[i].id_text, id) == 0)
            return true;
    }
    return false;
}

/* Under a lock, and from what the file holds now: two programs that rotate at once must not lose
 * each other's key. */
static enum status change_file(struct vault *vault, bool is_adding, struct fault *fault)
{
    struct key_ring fresh = {.count = 0};
    int lock = -1;

    enum status status = key_file_lock(vault->key_file, &lock, fault);
    if (status == STATUS_OK)
        status = key_file_read(vault->key_file, &fresh, fault);
    if (status == STATUS_OK && is_adding)
        status = key_ring_add(&fresh, fault);
    else if (status == STATUS_OK &&
             strcmp(fresh.keys[0].id_text, vault->ring->keys[0].id_text) != 0)
        status = fault_set(fault, STATUS_CONFLICT,
                           "the key file %s was changed at the same time; run the command again",
                           vault->key_file);
    else if (status == STATUS_OK)
        key_ring_keep_first(&fresh);
    if (status == STATUS_OK)
        status = key_file_replace(vault->key_file, &fresh, fault);
    key_ring_finish(&fresh);
    if (lock >= 0)
        close(lock);
    if (status == STATUS_OK)
        status = key_file_read(vault->key_file, &fresh, fault);
    if (status != STATUS_OK)
        return status;
    key_ring_finish(vault->ring);
    *vault->ring = fresh;
    return STATUS_OK;
}

enum status vault_add_key(struct vault *vault, struct fault *fault)
{
    return change_file(vault, true, fault);
}

enum status vault_retire_keys(struct vault *vault, struct fault *fault)
{
    return change_file(vault, false, fault);
}

/* ---- sealing ---- */

char *vault_seal(const struct vault *vault, const char *context, const struct secret *secret)
{
    follow_file(vault);
    const struct key *key = &vault->ring->keys[0];
    size_t length = secret_length(secret);
    size_t sealed_bytes = HEAD_BYTES + length + TAG_BYTES;
    unsigned char *sealed = memory_take(sealed_bytes);
    char *hex = memory_take(2 * sealed_bytes + 1);
    unsigned long long written = 0;

    memcpy(sealed, key->id, KEY_ID_BYTES);
    randombytes_buf(sealed + KEY_ID_BYTES, NONCE_BYTES);
    int outcome = crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed + HEAD_BYTES, &written, bytes_of(secret), length, (const unsigned char *)context,
        strlen(context), NULL, sealed + KEY_ID_BYTES, bytes_of(key->secret));
    BUG_UNLESS(outcome == 0 && written == length + TAG_BYTES);

    sodium_bin2hex(hex, 2 * sealed_bytes + 1, sealed, sealed_bytes);
    free(sealed);
    return hex;
}

static int hex_value(char digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
           : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                          : -1;
}

/* The bytes of `hex`, to be freed; NULL when it is not hexadecimal or too short to be a seal. What
 * is sealed is no secret: libsodium's decoder takes care to need the same time for all digits, and
 * five times this one's. */
static unsigned char *decode_sealed(const char *hex, size_t *sealed_bytes)
{
    size_t count = strlen(hex);

    if (count % 2 != 0 || count / 2 < NONCE_BYTES + TAG_BYTES)
        return NULL;
    unsigned char *sealed = memory_take(count / 2);
    for (size_t i = 0; i < count; i += 2) {
        int high = hex_value(hex[i]), low = hex_value(hex[i + 1]);
        if (high < 0 || low < 0) {
            free(sealed);
            return NULL;
        }
        sealed[i / 2] = (unsigned char)(high << 4 | low);
    }
    *sealed_bytes = count / 2;
    return sealed;
}

/* `sealed`: from the nonce on. NULL when it does not open. */
static struct secret *open_with(const struct key *key, const char *context,
                                const unsigned char *sealed, size_t sealed_bytes)
{
    size_t room = sealed_bytes - NONCE_BYTES - TAG_BYTES;
    unsigned char *plain = memory_take(room);
    unsigned long long length = 0;
    struct secret *secret = NULL;

    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, &length, NULL, sealed + NONCE_BYTES, sealed_bytes - NONCE_BYTES,
            (const unsigned char *)context, strlen(context), sealed, bytes_of(key->secret)) == 0)
        secret = secret_create_bytes((const char *)plain, (size_t)length);
    sodium_memzero(plain, room);
    free(plain);
    return secret;
}

/* The id names the key. What the first releases sealed begins with the nonce; no key's id is there,
 * and the cipher's tag tells whether a key fits. */
static struct secret *open_seal(const struct vault *vault, const char *context,
                                const unsigned char *sealed, size_t sealed_bytes)
{
    const struct key *named = key_ring_find(vault->ring, sealed);
    struct secret *secret = NULL;

    if (named && sealed_bytes >= HEAD_BYTES + TAG_BYTES)
        return open_with(named, context, sealed + KEY_ID_BYTES, sealed_bytes - KEY_ID_BYTES);
    for (unsigned i = 0; !secret && i < vault->ring->count; i++)
        secret = open_with(&vault->ring->keys[i], context, sealed, sealed_bytes);
    return secret;
}

enum status vault_unseal(const struct vault *vault, const char *context, const char *sealed_hex,
                         struct secret **secret, struct fault *fault)
{
    char id[2 * KEY_ID_BYTES + 1];
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

    if (!key_ring_find(vault->ring, sealed))
        follow_file(vault);
    *secret = open_seal(vault, context, sealed, sealed_bytes);
    bool is_known = key_ring_find(vault->ring, sealed) != NULL;
    sodium_bin2hex(id, sizeof id, sealed, KEY_ID_BYTES);
    free(sealed);
    if (*secret != NULL)
        return STATUS_OK;
    if (is_known)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the sealed value for %s does not open: it was changed in the database",
                         context);
    return fault_set(fault, STATUS_CREDENTIAL,
                     "the sealed value for %s does not open: the key that sealed it, %s, is not in "
                     "the key file %s; put that file back from your backup, or copy it from the "
                     "machine where the key was rotated",
                     context, id, vault->key_file);
}

enum status vault_reseal(const struct vault *vault, const char *context, const char *sealed_hex,
                         char **resealed_hex, struct fault *fault)
{
    struct secret *secret = NULL;

    *resealed_hex = NULL;
    enum status status = vault_unseal(vault, context, sealed_hex, &secret, fault);
    if (status == STATUS_OK)
        *resealed_hex = vault_seal(vault, context, secret);
    secret_destroy(secret);
    return status;
}

/* ---- digests ---- */

struct secret *vault_make_digest_key(void)
{
    unsigned char bytes[crypto_generichash_KEYBYTES];

    BUG_UNLESS(sodium_init() >= 0);
    randombytes_buf(bytes, sizeof bytes);
    struct secret *key = secret_create_bytes((const char *)bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    return key;
}

void vault_adopt_digest_key(struct vault *vault, struct secret *key)
{
    secret_destroy(vault->digest_key);
    vault->digest_key = key;
}

char *vault_digest(const struct vault *vault, const struct secret *secret)
{
    unsigned char digest[crypto_generichash_BYTES];
    char *hex = memory_take(2 * sizeof digest + 1);

    BUG_UNLESS(vault->digest_key);
    crypto_generichash(digest, sizeof digest, bytes_of(secret), secret_length(secret),
                       bytes_of(vault->digest_key), secret_length(vault->digest_key));
    return sodium_bin2hex(hex, 2 * sizeof digest + 1, digest, sizeof digest);
}
