/* SPDX-License-Identifier: PostgreSQL */
/*
 * hash -- FNV-1a, 64 bits: tells texts apart, in tables and from their own earlier selves. It is no
 * defence against anybody who wants two to be alike.
 *
 * Values are kept: a migration's checksum and a cluster's name are made of them.
 */
#ifndef WABAMIGRATE_BASE_HASH_H
#define WABAMIGRATE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(14695981039346656037)

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count);
/* One text, nothing before or behind it. */
uint64_t hash_text(const char *text);
/* Another field of a record: where one ends and the next begins counts, and NULL is not "". */
uint64_t hash_field(uint64_t hash, const char *text_or_null);

#endif
