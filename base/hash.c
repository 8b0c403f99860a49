/* SPDX-License-Identifier: PostgreSQL */
#include "base/hash.h"

#include <string.h>

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < count; i++)
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    return hash;
}

uint64_t hash_text(const char *text)
{
    return hash_bytes(HASH_START, text, strlen(text));
}

uint64_t hash_field(uint64_t hash, const char *text_or_null)
{
    return text_or_null ? hash_bytes(hash, text_or_null, strlen(text_or_null) + 1)
                        : hash_bytes(hash, "\1", 1);
}
