/* SPDX-License-Identifier: PostgreSQL */
#include "base/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LINE_BYTES = 2 * KEY_BYTES + 1,
    FILE_BYTES_MAX = KEY_RING_MAX * LINE_BYTES,
};
_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the cipher's key");

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

/* ---- the ring ---- */

/* Keyed the other way round: the key keys the hash of a constant, as crypto_kdf does. */
static void take_key(struct key *key, const unsigned char bytes[KEY_BYTES])
{
    static const char purpose[] = "wabamigrate key id";
    unsigned char digest[crypto_generichash_BYTES];

    crypto_generichash(digest, sizeof digest, (const unsigned char *)purpose, sizeof purpose - 1,
                       bytes, KEY_BYTES);
    memcpy(key->id, digest, KEY_ID_BYTES);
    sodium_bin2hex(key->id_text, sizeof key->id_text, key->id, KEY_ID_BYTES);
    key->secret = secret_create_bytes((const char *)bytes, KEY_BYTES);
}

enum status key_ring_add(struct key_ring *ring, struct fault *fault)
{
    unsigned char bytes[KEY_BYTES];

    BUG_UNLESS(sodium_init() >= 0);
    if (ring->count == KEY_RING_MAX)
        return fault_set(fault, STATUS_LIMIT,
                         "the key file holds %d keys already; run `wabamigrate key retire` first",
                         KEY_RING_MAX);
    memmove(&ring->keys[1], &ring->keys[0], ring->count * sizeof ring->keys[0]);
    crypto_aead_xchacha20poly1305_ietf_keygen(bytes);
    take_key(&ring->keys[0], bytes);
    ring->count++;
    sodium_memzero(bytes, sizeof bytes);
    return STATUS_OK;
}

void key_ring_keep_first(struct key_ring *ring)
{
    while (ring->count > 1)
        secret_destroy(ring->keys[--ring->count].secret);
}

const struct key *key_ring_find(const struct key_ring *ring, const unsigned char *id)
{
    for (unsigned i = 0; i < ring->count; i++) {
        if (memcmp(ring->keys[i].id, id, KEY_ID_BYTES) == 0)
            return &ring->keys[i];
    }
    return NULL;
}

void key_ring_finish(struct key_ring *ring)
{
    key_ring_keep_first(ring);
    if (ring->count > 0)
        secret_destroy(ring->keys[0].secret);
    ring->count = 0;
}

/* ---- reading ---- */

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

static void note_version(struct key_ring *ring, const struct stat *about)
{
    ring->device = (uint64_t)about->st_dev;
    ring->inode = (uint64_t)about->st_ino;
    ring->changed_ns = (int64_t)about->st_mtim.tv_sec * 1000000000 + about->st_mtim.tv_nsec;
}

bool key_file_is_same(const char *path, const struct key_ring *ring)
{
    struct stat about;
    struct key_ring found;

    if (stat(path, &about) != 0)
        return false;
    note_version(&found, &about);
    return found.device == ring->device && found.inode == ring->inode &&
           found.changed_ns == ring->changed_ns;
}

static enum status check_key_file(int file, const char *path, struct key_ring *ring,
                                  struct fault *fault)
{
    struct stat about;

    if (fstat(file, &about) != 0)
        return fault_set(fault, STATUS_CREDENTIAL, "the key file %s cannot be examined (%s)", path,
                         strerror(errno));
    if (!S_ISREG(about.st_mode))
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the key file %s is not a regular file; name the right one with "
                         "--key-file",
                         path);
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the key file %s is open to other users (mode %04o); run chmod 600 on it",
                         path, (unsigned)(about.st_mode & 07777));
    note_version(ring, &about);
    return STATUS_OK;
}

/* Lines of 64 digits; an editor may have dropped the last newline. */
static bool decode_keys(const char *text, size_t count, struct key_ring *ring)
{
    unsigned char bytes[KEY_BYTES];
    bool is_valid = count > 0;

    for (size_t at = 0; is_valid && at < count; at += LINE_BYTES) {
        size_t key_bytes = 0, length = count - at < LINE_BYTES ? count - at : LINE_BYTES;
        is_valid = ring->count < KEY_RING_MAX && length >= LINE_BYTES - 1 &&
                   (length < LINE_BYTES || text[at + LINE_BYTES - 1] == '\n') &&
                   sodium_hex2bin(bytes, KEY_BYTES, text + at, LINE_BYTES - 1, NULL, &key_bytes,
                                  NULL) == 0 &&
                   key_bytes == KEY_BYTES;
        if (is_valid)
            take_key(&ring->keys[ring->count++], bytes);
    }
    sodium_memzero(bytes, sizeof bytes);
    return is_valid;
}

static enum status read_keys(int file, const char *path, struct key_ring *ring, struct fault *fault)
{
    char text[FILE_BYTES_MAX + 1]; /* one more than a key file holds, to notice a longer one */
    enum status status = STATUS_OK;

    ssize_t count = read_up_to(file, text, sizeof text);
    if (count < 0)
        status = fault_set(fault, STATUS_CREDENTIAL, "the key file %s cannot be read (%s)", path,
                           strerror(errno));
    else if (!decode_keys(text, (size_t)count, ring))
        status =
            fault_set(fault, STATUS_CREDENTIAL,
                      "the key file %s does not hold a key a line (%d hexadecimal digits and a "
                      "newline); put back the right file from your backup",
                      path, 2 * KEY_BYTES);
    sodium_memzero(text, sizeof text);
    return status;
}

enum status key_file_read(const char *path, struct key_ring *ring, struct fault *fault)
{
    ring->count = 0;
    BUG_UNLESS(sodium_init() >= 0);
    /* O_NONBLOCK so that a FIFO by that name is refused, not waited for. */
    int file CLOSED_AT_END = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0 && errno == ENOENT)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the key file %s does not exist; put it back from your backup, or name "
                         "the right one with --key-file (`wabamigrate db init` makes one for a new "
                         "database)",
                         path);
    if (file < 0)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the key file %s cannot be opened (%s); this user must own it, mode 0600",
                         path, strerror(errno));

    enum status status = check_key_file(file, path, ring, fault);
    if (status == STATUS_OK)
        status = read_keys(file, path, ring, fault);
    if (status != STATUS_OK)
        key_ring_finish(ring);
    return status;
}

/* ---- writing ---- */

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

static bool write_keys(int file, const struct key_ring *ring)
{
    char text[LINE_BYTES + 1];
    bool is_written = fchmod(file, 0600) == 0;

    for (unsigned i = 0; is_written && i < ring->count; i++) {
        sodium_bin2hex(text, sizeof text,
                       (const unsigned char *)secret_reveal(ring->keys[i].secret), KEY_BYTES);
        text[LINE_BYTES - 1] = '\n';
        is_written = write_all(file, text, LINE_BYTES);
    }
    is_written = is_written && fsync(file) == 0;
    int why = errno;
    sodium_memzero(text, sizeof text);
    errno = why;
    return is_written;
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

/* Writes the keys under a name of their own beside `path`, then gives them that name: link() never
 * replaces, rename() does. O_EXCL on the key file itself would let a second program read it before
 * the first has written it, and a crash in between would leave an empty key for good. */
static enum status write_beside(const char *path, const struct key_ring *ring, bool may_replace,
                                struct fault *fault)
{
    size_t room = strlen(path) + sizeof ".XXXXXX";
    char *draft FREED_AT_END = memory_take(room);

    (void)snprintf(draft, room, "%s.XXXXXX", path);
    int file CLOSED_AT_END = mkostemp(draft, O_CLOEXEC);
    if (file < 0)
        return fault_set(fault, STATUS_IO, "the key file %s cannot be written (%s)", path,
                         strerror(errno));

    bool is_made =
        write_keys(file, ring) &&
        (may_replace ? rename(draft, path) == 0 : link(draft, path) == 0 || errno == EEXIST);
    int why = errno;
    if (!is_made || !may_replace)
        (void)unlink(draft);
    if (!is_made)
        return fault_set(fault, STATUS_IO, "the key file %s cannot be written (%s)", path,
                         strerror(why));
    sync_folder_of(path);
    return STATUS_OK;
}

enum status key_file_create(const char *path, struct fault *fault)
{
    struct key_ring ring = {.count = 0};

    enum status status = make_parents(path, fault);
    if (status == STATUS_OK)
        status = key_ring_add(&ring, fault);
    if (status == STATUS_OK)
        status = write_beside(path, &ring, false, fault);
    key_ring_finish(&ring);
    return status;
}

enum status key_file_replace(const char *path, const struct key_ring *ring, struct fault *fault)
{
    char *target FREED_AT_END = realpath(path, NULL);

    if (target == NULL)
        return fault_set(fault, STATUS_IO, "the key file %s cannot be found (%s)", path,
                         strerror(errno));
    return write_beside(target, ring, true, fault);
}

enum status key_file_lock(const char *path, int *lock, struct fault *fault)
{
    struct stat held, named;

    for (;;) {
        int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        int failed = file < 0 ? -1 : flock(file, LOCK_EX);
        if (failed == 0 && fstat(file, &held) == 0 && stat(path, &named) == 0 &&
            held.st_dev == named.st_dev && held.st_ino == named.st_ino) {
            *lock = file;
            return STATUS_OK;
        }
        int why = errno;
        if (file >= 0)
            close(file);
        /* else it was replaced while we waited: the next one is the one to hold */
        if (failed != 0 && why != EINTR)
            return fault_set(fault, STATUS_IO, "the key file %s cannot be locked (%s)", path,
                             strerror(why));
    }
}
