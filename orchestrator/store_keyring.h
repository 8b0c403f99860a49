/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_keyring -- the database's side of the key file: which key seals its secrets, whether the
 * key file at hand is the right one, and sealing everything anew.
 *
 * A rotation is: a new key on top of the key file (it is on the disk before anything is sealed with
 * it), the database's word that it seals from now on, then block by block everything sealed anew, a
 * transaction each. Killed anywhere, the same call goes on: every value names its key, and both
 * keys are in the file. Old keys leave the file only by store_keyring_retire(), when nothing names
 * them. Everything here may block.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_KEYRING_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_KEYRING_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/vault.h"

/* Whether a key has sealed something here already: then a missing key file is a loss, not a
 * beginning. */
MUST_CHECK enum status store_keyring_has_key(PGconn *conn, bool *has_key, struct fault *fault);

/* Proves that `vault` is the one whose key sealed this database's secrets, and gives it the
 * database's digest key. With `may_write` a new database gets one. STATUS_CREDENTIAL when the key
 * file is another's. */
MUST_CHECK enum status store_keyring_attach(PGconn *conn, struct vault *vault, bool may_write,
                                            struct fault *fault);

struct store_keyring_rotation {
    bool is_resumed; /* an earlier one had not ended */
    int64_t resealed;
    int64_t unreadable; /* sealed with a key that is not in the file, or changed: left alone */
};

/* STATUS_CONFLICT while a run is at work. `vault` is attached. */
MUST_CHECK enum status store_keyring_rotate(PGconn *conn, struct vault *vault,
                                            struct store_keyring_rotation *done,
                                            struct fault *fault);
/* Drops the keys that nothing of this database is sealed with any more; *count of them.
 * STATUS_CONFLICT while something is, while a run is at work, or within a minute of the rotation: a
 * command begun before it may still be writing. */
MUST_CHECK enum status store_keyring_retire(PGconn *conn, struct vault *vault, unsigned *count,
                                            struct fault *fault);
/* A line a key: its id, what it is for, how many values it has sealed. *is_unfinished: an
 * earlier rotation has not ended. */
MUST_CHECK enum status store_keyring_print(PGconn *conn, const struct vault *vault, FILE *out,
                                           bool *is_unfinished, struct fault *fault);

#endif
