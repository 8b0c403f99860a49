/* SPDX-License-Identifier: PostgreSQL */
#include "base/digest.h"

#include <errno.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/regular_file.h"

#define READ_BYTES ((size_t)64 * 1024)

struct digest {
    crypto_generichash_state state;
};

struct digest *digest_create(void)
{
    /* The state wants to stand on a boundary that malloc does not promise. */
    struct digest *digest = NULL;

    BUG_UNLESS(sodium_init() >= 0);
    BUG_UNLESS(posix_memalign((void **)&digest, 64, sizeof *digest) == 0);
    BUG_UNLESS(crypto_generichash_init(&digest->state, NULL, 0, crypto_generichash_BYTES) == 0);
    return digest;
}

void digest_destroy(struct digest *digest)
{
    free(digest);
}

void digest_add(struct digest *digest, const void *bytes, size_t count)
{
    BUG_UNLESS(crypto_generichash_update(&digest->state, bytes, count) == 0);
}

void digest_text(struct digest *digest, char text[DIGEST_TEXT_BYTES])
{
    unsigned char sum[crypto_generichash_BYTES];

    BUG_UNLESS(crypto_generichash_final(&digest->state, sum, sizeof sum) == 0);
    sodium_bin2hex(text, DIGEST_TEXT_BYTES, sum, sizeof sum);
}

static bool add_file(struct digest *digest, int file)
{
    char *bytes = memory_take(READ_BYTES);
    ssize_t count;

    do {
        count = read(file, bytes, READ_BYTES);
        if (count > 0)
            digest_add(digest, bytes, (size_t)count);
    } while (count > 0 || (count < 0 && errno == EINTR));
    free(bytes);
    return count == 0;
}

bool digest_file(const char *path, char text[DIGEST_TEXT_BYTES])
{
    const char *why = NULL;
    int64_t bytes = 0;
    int file = regular_file_open(path, &bytes, &why);

    if (file < 0)
        return false;
    struct digest *digest = digest_create();
    bool is_read = add_file(digest, file);
    close(file);
    if (is_read)
        digest_text(digest, text);
    digest_destroy(digest);
    return is_read;
}
