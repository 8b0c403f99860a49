/* SPDX-License-Identifier: PostgreSQL */
/*
 * vault -- seals secrets for the database with the key file's first key (libsodium,
 * XChaCha20-Poly1305-IETF), and opens them with any key of the file (base/key_file.h).
 *
 * A sealed value is the id of its key (8 bytes), a fresh random nonce (24), the ciphertext and its
 * tag (16). `context` is authenticated, not stored: "token:acme-book/bakery-lune". A sealed value
 * moved to another row does not open there.
 * The key file may be rotated under a running program: it is looked at before every seal, and when
 * a value names a key that is not known yet.
 */
#ifndef WABAMIGRATE_BASE_VAULT_H
#define WABAMIGRATE_BASE_VAULT_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/secret.h"

struct vault;

/* Opens the key file. STATUS_CREDENTIAL when it is absent, unreadable, open to others or holds no
 * key; the message says how to mend it. */
MUST_CHECK enum status vault_open(const char *key_file, struct vault **vault, struct fault *fault);
/* Makes the key file if it is absent (whole, 0600, parent folders 0700), then opens it. Two
 * programs at once end up with the same key. */
MUST_CHECK enum status vault_open_or_create(const char *key_file, struct vault **vault,
                                            struct fault *fault);
void vault_close(struct vault *vault);

/* The keys by their ids, 16 hexadecimal digits; the first is the one that seals. NULL past the
 * last. Borrowed until a key is added or retired, or the file is read again. */
const char *vault_key_file(const struct vault *vault);
const char *vault_key_id(const struct vault *vault, unsigned at);
bool vault_holds_key(const struct vault *vault, const char *id);
/* Puts a new key on top, in the file and here. STATUS_IO, STATUS_LIMIT: the file stands as it was.
 */
MUST_CHECK enum status vault_add_key(struct vault *vault, struct fault *fault);
/* Drops every key but the first. The caller knows that nothing is sealed with them. STATUS_IO;
 * STATUS_CONFLICT when the file has another first key by now. */
MUST_CHECK enum status vault_retire_keys(struct vault *vault, struct fault *fault);

/* The sealed value as lower-case hexadecimal text, ready for a bytea parameter after "\x". Free
 * with free(). */
char *vault_seal(const struct vault *vault, const char *context, const struct secret *secret);
/* `sealed_hex`: as vault_seal() gave it, a leading "\x" allowed. STATUS_CREDENTIAL when it was
 * sealed with a key that is not in the file, for another context, or was changed. */
MUST_CHECK enum status vault_unseal(const struct vault *vault, const char *context,
                                    const char *sealed_hex, struct secret **secret,
                                    struct fault *fault);
/* The same secret under the first key; free with free(). Fails as vault_unseal() does. */
MUST_CHECK enum status vault_reseal(const struct vault *vault, const char *context,
                                    const char *sealed_hex, char **resealed_hex,
                                    struct fault *fault);

/* A keyed digest (BLAKE2b, 32 bytes) as lower-case hexadecimal text: tells whether two secrets are
 * the same without keeping either. Its key is the database's own and stays when the sealing key is
 * rotated, or what was digested before would not be known again. Free with free(). */
char *vault_digest(const struct vault *vault, const struct secret *secret);
struct secret *vault_make_digest_key(void);
void vault_adopt_digest_key(struct vault *vault, struct secret *key); /* the vault's from then on */

#endif
