/* SPDX-License-Identifier: PostgreSQL */
/*
 * vault -- seals secrets for the database with the key file's key (libsodium,
 * XChaCha20-Poly1305-IETF; a fresh random nonce each time, stored before the ciphertext).
 *
 * `context` is authenticated, not stored: "token:acme-book/bakery-lune". A sealed value moved to
 * another row does not open there.
 * The key file holds 64 hexadecimal digits and a newline, mode 0600; a file others may read is
 * refused.
 */
#ifndef WABAMIGRATE_BASE_VAULT_H
#define WABAMIGRATE_BASE_VAULT_H

#include "base/fault.h"
#include "base/secret.h"

struct vault;

/* Opens the key file. STATUS_CREDENTIAL when it is absent, unreadable, open to others or not a key;
 * the message says how to mend it (`wabamigrate db init` makes one). */
MUST_CHECK enum status vault_open(const char *key_file, struct vault **vault, struct fault *fault);
/* Makes the key file if it is absent (O_EXCL, 0600, parent folders 0700), then opens it. Two
 * programs at once end up with the same key. */
MUST_CHECK enum status vault_open_or_create(const char *key_file, struct vault **vault,
                                            struct fault *fault);
void vault_close(struct vault *vault);

/* The sealed value as lower-case hexadecimal text, ready for a bytea parameter after "\x". Free
 * with free(). */
char *vault_seal(const struct vault *vault, const char *context, const struct secret *secret);
/* `sealed_hex`: as vault_seal() gave it, a leading "\x" allowed. STATUS_CREDENTIAL when it was
 * sealed with another key or for another context, or was changed. */
MUST_CHECK enum status vault_unseal(const struct vault *vault, const char *context,
                                    const char *sealed_hex, struct secret **secret,
                                    struct fault *fault);

/* A keyed digest (BLAKE2b, 32 bytes) as lower-case hexadecimal text: tells whether two secrets are
 * the same without keeping either. Free with free(). */
char *vault_digest(const struct vault *vault, const struct secret *secret);

#endif
