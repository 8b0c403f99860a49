/* SPDX-License-Identifier: PostgreSQL */
/*
 * regular_file -- opens what a stranger's text names, where it is a file that ends.
 *
 * A FIFO would be waited for, for ever where nobody writes into it; a device such as /dev/zero
 * never ends. Links are followed: what they lead to must be a regular file.
 */
#ifndef WABAMIGRATE_BASE_REGULAR_FILE_H
#define WABAMIGRATE_BASE_REGULAR_FILE_H

#include <stdint.h>

/* The descriptor, for reading; *bytes is the file's length now. -1 with *why for people: static, or
 * valid until the next call of strerror(). Never waits for anybody. */
int regular_file_open(const char *path, int64_t *bytes, const char **why);

#endif
