/* SPDX-License-Identifier: PostgreSQL */
/*
 * fault -- how a function says that it could not do what it was asked.
 *
 * A fallible function returns enum status and fills a struct fault of fixed size, so that reporting
 * an error cannot itself fail. A fault is filled once, where the problem is seen; a caller may put
 * words before it ("while loading book.yaml: "); it is logged once, where someone decides.
 * A fault's message is for people: it says what is wrong and, where it can, how to mend it. It
 * never holds a secret.
 */
#ifndef WABAMIGRATE_BASE_FAULT_H
#define WABAMIGRATE_BASE_FAULT_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

enum status {
    STATUS_OK = 0,
    STATUS_INVALID,    /* what a person gave us is wrong: usage, manifest, input lines (exit 2) */
    STATUS_DATABASE,   /* the database cannot be reached or refuses us (exit 7) */
    STATUS_CREDENTIAL, /* a token, a key or a password is missing, refused or unreadable (exit 7) */
    STATUS_IO,         /* a file or a socket of this machine fails (exit 1) */
    STATUS_LIMIT, /* more than a ceiling allows; expected, never memory exhaustion (that aborts) */
    STATUS_CONFLICT, /* somebody else moved it first: a compare-and-set that matched nothing */
    STATUS_INTERNAL  /* our own mistake (exit 1) */
};

struct fault {
    enum status status;
    char sqlstate[6];  /* empty unless PostgreSQL said it */
    int http_status;   /* 0 unless an HTTP peer said it */
    char message[768]; /* one sentence or two, no trailing newline; cut, never overrun */
};

#define FAULT_NONE          \
    {                       \
        .status = STATUS_OK \
    }

/* Fills `fault` (NULL is fine: then the caller only wants the status) and returns `status`. */
enum status fault_set(struct fault *fault, enum status status, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Puts words before the message: "while claiming steps: ". Does nothing to a NULL or empty fault.
 */
void fault_prefix(struct fault *fault, const char *format, ...) PRINTF_LIKE(2, 3);

/* A broken invariant: says where, and aborts, in release too. Aborting is safe because leases
 * expire and every effect's intent is committed first. */
#define BUG_UNLESS(condition) \
    ((condition) ? (void)0 : fault_bug(__FILE__, __LINE__, __func__, #condition))
_Noreturn void fault_bug(const char *file, int line, const char *function, const char *condition);

/* malloc, realloc and strdup that abort when memory runs out; never return NULL. Free with free().
 */
void *memory_take(unsigned long bytes) __attribute__((malloc));
void *memory_resize(void *memory, unsigned long bytes);
char *memory_copy_text(const char *text) __attribute__((malloc));

#endif
