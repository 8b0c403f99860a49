/* SPDX-License-Identifier: PostgreSQL */
/*
 * key_file -- the keys that seal secrets, and the file that holds them.
 *
 * A key a line, 64 hexadecimal digits: the first seals, all of them open. A rotation puts a new one
 * on top and keeps the rest for what they have sealed, backups of the database included; so the
 * file of an earlier release, one line, is a ring of one.
 * A key is known by its id, the first 8 bytes of a keyed hash of it: it tells which key sealed a
 * value, and says nothing about the key.
 *
 * The file is made whole or not at all, mode 0600, and one that others may read is refused.
 */
#ifndef WABAMIGRATE_BASE_KEY_FILE_H
#define WABAMIGRATE_BASE_KEY_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/secret.h"

#define KEY_BYTES 32
#define KEY_ID_BYTES 8
#define KEY_RING_MAX 32 /* keys in a file */

struct key {
    unsigned char id[KEY_ID_BYTES];
    char id_text[2 * KEY_ID_BYTES + 1];
    struct secret *secret; /* KEY_BYTES raw bytes */
};

struct key_ring {
    struct key keys[KEY_RING_MAX];
    unsigned count;
    /* Which file this was read from: another one by the same name has other numbers. */
    uint64_t device, inode;
    int64_t changed_ns;
};

/* Fills `ring`. STATUS_CREDENTIAL when the file is absent, unreadable, open to others or holds no
 * keys; the message says how to mend it. */
MUST_CHECK enum status key_file_read(const char *path, struct key_ring *ring, struct fault *fault);
/* Makes a file with one new key (parent folders 0700). One that is there already stays: two
 * programs at once end up with the same key. */
MUST_CHECK enum status key_file_create(const char *path, struct fault *fault);
/* Puts a file with these keys in the place of the one that is there: on the disk, whole, before it
 * takes the name. What a symbolic link points to is replaced. STATUS_IO. */
MUST_CHECK enum status key_file_replace(const char *path, const struct key_ring *ring,
                                        struct fault *fault);

/* For whoever reads, changes and replaces: one at a time. Closing `lock` lets go; so does dying.
 * May block while another changes it. STATUS_IO. */
MUST_CHECK enum status key_file_lock(const char *path, int *lock, struct fault *fault);

/* Whether `path` is still the file that was read. */
bool key_file_is_same(const char *path, const struct key_ring *ring);

/* Puts a fresh key first. STATUS_LIMIT when there are KEY_RING_MAX. */
MUST_CHECK enum status key_ring_add(struct key_ring *ring, struct fault *fault);
void key_ring_keep_first(struct key_ring *ring);
const struct key *key_ring_find(const struct key_ring *ring, const unsigned char *id);
void key_ring_finish(struct key_ring *ring);

#endif
