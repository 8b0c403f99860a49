/* SPDX-License-Identifier: PostgreSQL */
#include "base/secret.h"

#include <errno.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/regular_file.h"

#define SECRET_MAX_BYTES 16384

struct secret {
    size_t room; /* of the whole allocation; a slot's size or whole pages */
    size_t length;
    char bytes[]; /* and a NUL */
};

/* ---- locked memory ---- */

/* The system locks, and leaves out of a dump, whole pages, at two system calls each; with pages for
 * each secret a run spent a tenth of its time there. So small ones share regions that are locked
 * once and reused for as long as the program lives. A machine that allows little locked memory gets
 * unlocked secrets, not a refusal. */
struct slot {
    struct slot *next;
};

#define REGION_BYTES 65536

/* One thread, as everywhere: no lock. Only addresses are kept here, and no secret. */
static struct {
    size_t slot_bytes; /* a PIN or a key, a token, a long token */
    struct slot *free;
} slabs[] = {{64, NULL}, {512, NULL}, {4096, NULL}};

/* Every region there is, in the first slot of each: so that a leak checker sees that none is lost.
 */
static struct slot *regions;

enum { SLABS = sizeof slabs / sizeof slabs[0] };

#ifdef SECRET_ALONE
static const bool is_shared = false;
#else
static const bool is_shared = true;
#endif

static void *take_pages(size_t bytes)
{
    void *pages = aligned_alloc((size_t)sysconf(_SC_PAGESIZE), bytes);

    BUG_UNLESS(pages != NULL && "there is memory");
    (void)sodium_mlock(pages, bytes);
    return pages;
}

static void add_region(size_t slab)
{
    char *region = take_pages(REGION_BYTES);

    ((struct slot *)region)->next = regions;
    regions = (struct slot *)region;
    for (size_t at = slabs[slab].slot_bytes; at < REGION_BYTES; at += slabs[slab].slot_bytes) {
        struct slot *slot = (struct slot *)(region + at);
        slot->next = slabs[slab].free;
        slabs[slab].free = slot;
    }
}

/* The slab whose slots hold `bytes`; SLABS when none does. */
static size_t slab_for(size_t bytes)
{
    size_t slab = is_shared ? 0 : SLABS;

    while (slab < SLABS && slabs[slab].slot_bytes < bytes)
        slab++;
    return slab;
}

static struct secret *take_room(size_t bytes)
{
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    size_t slab = slab_for(bytes);
    struct secret *secret;

    if (slab == SLABS) {
        size_t room = (bytes + page_bytes - 1) / page_bytes * page_bytes;
        secret = take_pages(room);
        secret->room = room;
        return secret;
    }
    if (slabs[slab].free == NULL)
        add_region(slab);
    secret = (struct secret *)slabs[slab].free;
    slabs[slab].free = slabs[slab].free->next;
    secret->room = slabs[slab].slot_bytes;
    return secret;
}

static void give_back(struct secret *secret)
{
    size_t room = secret->room, slab = slab_for(room);

    sodium_memzero(secret, room);
    if (slab == SLABS) {
        (void)sodium_munlock(secret, room);
        free(secret);
        return;
    }
    struct slot *slot = (struct slot *)secret;
    slot->next = slabs[slab].free;
    slabs[slab].free = slot;
}

/* ---- secrets ---- */

struct secret *secret_create_bytes(const char *bytes, size_t count)
{
    BUG_UNLESS(sodium_init() >= 0);
    BUG_UNLESS(count < SIZE_MAX / 2);
    struct secret *secret = take_room(sizeof *secret + count + 1);

    secret->length = count;
    if (count > 0)
        memcpy(secret->bytes, bytes, count);
    secret->bytes[count] = '\0';
    return secret;
}

struct secret *secret_create(const char *text)
{
    return secret_create_bytes(text, strlen(text));
}

const char *secret_reveal(const struct secret *secret)
{
    return secret->bytes;
}

size_t secret_length(const struct secret *secret)
{
    return secret->length;
}

bool secret_equal(const struct secret *left, const struct secret *right)
{
    if (left->length != right->length)
        return false;
    return sodium_memcmp(left->bytes, right->bytes, left->length) == 0;
}

void secret_destroy(struct secret *secret)
{
    if (secret != NULL)
        give_back(secret);
}

struct secret *secret_create_pin(void)
{
    char digits[7];

    BUG_UNLESS(sodium_init() >= 0);
    uint32_t number = randombytes_uniform(1000000);
    for (size_t i = 6; i > 0; i--) {
        digits[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    struct secret *pin = secret_create_bytes(digits, 6);
    sodium_memzero(digits, sizeof digits);
    sodium_memzero(&number, sizeof number);
    return pin;
}

/* A file written on another system may end in CR LF: that is one newline too. */
static size_t without_newline(const char *bytes, size_t count)
{
    if (count > 0 && bytes[count - 1] == '\n') {
        count--;
        if (count > 0 && bytes[count - 1] == '\r')
            count--;
    }
    return count;
}

enum status secret_from_env(const char *name, struct secret **secret, struct fault *fault)
{
    const char *value = getenv(name);
    size_t count = value != NULL ? without_newline(value, strlen(value)) : 0;

    *secret = NULL;
    if (count == 0)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the environment variable %s is %s; set it to the credential", name,
                         value == NULL ? "not set" : "empty");
    if (count > SECRET_MAX_BYTES)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the environment variable %s is longer than %d bytes; set it to the "
                         "credential alone",
                         name, SECRET_MAX_BYTES);

    *secret = secret_create_bytes(value, count);
    return STATUS_OK;
}

/* Reads until the end or until `room` is full; -1 with *why. Plain read(), because stdio would keep
 * a copy of the bytes in a buffer that nobody wipes. */
static ssize_t read_whole(const char *path, char *bytes, size_t room, const char **why)
{
    int64_t file_bytes;
    size_t count = 0;
    ssize_t got = 1;
    int file = regular_file_open(path, &file_bytes, why);

    if (file < 0)
        return -1;
    while (got != 0 && count < room) {
        got = read(file, bytes + count, room - count);
        if (got > 0)
            count += (size_t)got;
        else if (got < 0 && errno != EINTR)
            break;
    }
    if (got < 0)
        *why = strerror(errno);
    close(file);
    return got < 0 ? -1 : (ssize_t)count;
}

static enum status take_file_bytes(const char *path, const char *bytes, size_t read_bytes,
                                   struct secret **secret, struct fault *fault)
{
    size_t count = without_newline(bytes, read_bytes);

    if (count == 0)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the credential file %s is empty; write the credential into it", path);
    if (count > SECRET_MAX_BYTES)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the credential file %s is longer than %d bytes; it must hold the "
                         "credential alone",
                         path, SECRET_MAX_BYTES);
    if (memchr(bytes, '\0', count) != NULL)
        return fault_set(fault, STATUS_CREDENTIAL,
                         "the credential file %s holds a zero byte; write the credential into it "
                         "as plain text",
                         path);

    *secret = secret_create_bytes(bytes, count);
    return STATUS_OK;
}

enum status secret_from_file(const char *path, struct secret **secret, struct fault *fault)
{
    char bytes[SECRET_MAX_BYTES +
               3]; /* the longest, CR LF, and one byte that proves there is more */
    const char *why = "";
    enum status status;

    *secret = NULL;
    ssize_t count = read_whole(path, bytes, sizeof bytes, &why);
    if (count < 0)
        status = fault_set(fault, STATUS_CREDENTIAL,
                           "the credential file %s cannot be read (%s); put the credential there "
                           "and let this user read it",
                           path, why);
    else
        status = take_file_bytes(path, bytes, (size_t)count, secret, fault);

    sodium_memzero(bytes, sizeof bytes);
    return status;
}
