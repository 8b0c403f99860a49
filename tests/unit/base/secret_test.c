/* SPDX-License-Identifier: PostgreSQL */
#include "base/secret.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/base/suite.h"

#define MOST_BYTES 16384

static void a_secret_gives_back_a_copy_of_its_bytes(void)
{
    char original[] = "marker";
    struct secret *text = secret_create(original);
    struct secret *bytes = secret_create_bytes("a\0b", 3);
    struct secret *nothing = secret_create("");

    original[0] = 'x';
    check_text(secret_reveal(text), "marker");
    CU_ASSERT_EQUAL(secret_length(text), 6);
    CU_ASSERT_EQUAL(secret_length(bytes), 3);
    CU_ASSERT_EQUAL(memcmp(secret_reveal(bytes), "a\0b\0", 4), 0);
    CU_ASSERT_EQUAL(secret_length(nothing), 0);
    check_text(secret_reveal(nothing), "");
    secret_destroy(text);
    secret_destroy(bytes);
    secret_destroy(nothing);
    secret_destroy(NULL);
}

static void secrets_of_every_length_around_a_page_are_whole(void)
{
    static char bytes[9000];

    memset(bytes, 'k', sizeof bytes);
    for (size_t count = 4000; count < sizeof bytes; count = count == 4200 ? 8100 : count + 1) {
        struct secret *secret = secret_create_bytes(bytes, count);
        CU_ASSERT_EQUAL(strlen(secret_reveal(secret)), count);
        CU_ASSERT_EQUAL(memcmp(secret_reveal(secret), bytes, count), 0);
        secret_destroy(secret);
        if (count > 8300)
            break;
    }
}

/* More of each size than one region holds, let go in another order, taken again. */
static void many_secrets_share_memory_and_keep_apart(void)
{
    enum { COUNT = 3000 };
    static struct secret *secrets[COUNT];
    static const size_t lengths[] = {0, 6, 32, 47, 48, 200, 495, 496, 1000, 4079, 4080, 9000};
    char text[9001];

    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            size_t length = lengths[i % (sizeof lengths / sizeof lengths[0])];
            memset(text, 'a' + (int)(i % 23), length);
            if (!secrets[i])
                secrets[i] = secret_create_bytes(text, length);
        }
        for (size_t i = 0; i < COUNT; i++) {
            size_t length = lengths[i % (sizeof lengths / sizeof lengths[0])];
            memset(text, 'a' + (int)(i % 23), length);
            CU_ASSERT(secret_length(secrets[i]) == length &&
                      memcmp(secret_reveal(secrets[i]), text, length) == 0 &&
                      secret_reveal(secrets[i])[length] == '\0');
        }
        for (size_t i = round == 0 ? 1 : 0; i < COUNT; i += round == 0 ? 3 : 1) {
            secret_destroy(secrets[i]);
            secrets[i] = NULL;
        }
    }
}

/* What was there may not be found where the next one of its size lies; with a sanitizer it lies
 * elsewhere, in memory that is not cleared. */
static void a_destroyed_secret_leaves_nothing_behind(void)
{
#ifndef SECRET_ALONE
    static const char marker[] = "marker-0123456789-0123456789-0123456789";
    struct secret *secret = secret_create(marker);

    secret_destroy(secret);
    secret = secret_create("x");
    const char *bytes = secret_reveal(secret);
    for (size_t i = 2; i < 40; i++)
        CU_ASSERT_EQUAL(bytes[i], '\0');
    secret_destroy(secret);
#endif
}

static void equality_compares_every_byte(void)
{
    /* clang-format off */
    static const struct { const char *left; const char *right; bool is_equal; } rows[] = {
        {"abc", "abc", true}, {"", "", true}, {"abc", "abd", false}, {"abc", "bbc", false},
        {"abc", "ab", false}, {"", "a", false}, {"abc", "ABC", false},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct secret *left = secret_create(rows[i].left);
        struct secret *right = secret_create(rows[i].right);
        CU_ASSERT_EQUAL(secret_equal(left, right), rows[i].is_equal);
        CU_ASSERT_EQUAL(secret_equal(right, left), rows[i].is_equal);
        secret_destroy(left);
        secret_destroy(right);
    }
    struct secret *left = secret_create_bytes("a\0b", 3);
    struct secret *right = secret_create_bytes("a\0c", 3);
    CU_ASSERT_FALSE(secret_equal(left, right));
    secret_destroy(left);
    secret_destroy(right);
}

/* 3,000 draws miss a given digit at a given place once in 10^137. */
static void a_pin_is_six_digits_and_any_of_them(void)
{
    bool was_seen[6][10] = {{false}};

    for (int draw = 0; draw < 3000; draw++) {
        struct secret *pin = secret_create_pin();
        CU_ASSERT_EQUAL_FATAL(secret_length(pin), 6);
        CU_ASSERT_EQUAL_FATAL(strspn(secret_reveal(pin), "0123456789"), 6);
        for (size_t place = 0; place < 6; place++)
            was_seen[place][secret_reveal(pin)[place] - '0'] = true;
        secret_destroy(pin);
    }
    for (size_t place = 0; place < 6; place++)
        for (size_t digit = 0; digit < 10; digit++)
            CU_ASSERT_TRUE(was_seen[place][digit]);
}

/* Checks one answer of secret_from_env() or secret_from_file(): `wanted` NULL means refused, with a
 * message that has `name` and not `content`. */
static void check_answer(enum status status, struct secret *secret, const struct fault *fault,
                         const char *wanted, const char *name, const char *content)
{
    if (wanted != NULL) {
        CU_ASSERT_EQUAL(status, STATUS_OK);
        CU_ASSERT_PTR_NOT_NULL_FATAL(secret);
        check_text(secret_reveal(secret), wanted);
    } else {
        CU_ASSERT_EQUAL(status, STATUS_CREDENTIAL);
        CU_ASSERT_EQUAL(fault->status, STATUS_CREDENTIAL);
        CU_ASSERT_PTR_NULL(secret);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault->message, name));
        CU_ASSERT_PTR_NULL(strstr(fault->message, content));
    }
    secret_destroy(secret);
}

static char most[MOST_BYTES + 1];
static char most_and_newline[MOST_BYTES + 3];
static char too_much[MOST_BYTES + 2];
static char far_too_much[3 * MOST_BYTES + 1];

static void make_long_texts(void)
{
    memset(most, 'k', sizeof most - 1);
    memset(too_much, 'k', sizeof too_much - 1);
    memset(far_too_much, 'k', sizeof far_too_much - 1);
    memcpy(most_and_newline, most, MOST_BYTES);
    memcpy(most_and_newline + MOST_BYTES, "\r\n", 3);
}

/* clang-format off */
static const struct { const char *content; const char *wanted; } credential_rows[] = {
    {"EAAmarker",         "EAAmarker"},
    {"EAAmarker\n",       "EAAmarker"},
    {"EAAmarker\r\n",     "EAAmarker"},
    {"EAAmarker\n\n",     "EAAmarker\n"},
    {" EAAmarker ",       " EAAmarker "},
    {most,                most},
    {most_and_newline,    most},
    {too_much,            NULL},
    {far_too_much,        NULL},
    {"",                  NULL},
    {"\n",                NULL},
    {"\r\n",              NULL},
};
/* clang-format on */

static void credentials_come_from_the_environment(void)
{
    struct fault fault = FAULT_NONE;
    struct secret *secret = NULL;

    make_long_texts();
    for (size_t i = 0; i < sizeof credential_rows / sizeof credential_rows[0]; i++) {
        setenv("WM_TEST_TOKEN", credential_rows[i].content, 1);
        enum status status = secret_from_env("WM_TEST_TOKEN", &secret, &fault);
        check_answer(status, secret, &fault, credential_rows[i].wanted, "WM_TEST_TOKEN", "kkk");
    }
    unsetenv("WM_TEST_TOKEN");
    enum status status = secret_from_env("WM_TEST_TOKEN", &secret, &fault);
    check_answer(status, secret, &fault, NULL, "WM_TEST_TOKEN", "kkk");
}

static void write_file(int file, const char *bytes, size_t count)
{
    CU_ASSERT_EQUAL_FATAL(ftruncate(file, 0), 0);
    CU_ASSERT_EQUAL_FATAL(pwrite(file, bytes, count, 0), (ssize_t)count);
}

static void credentials_come_from_a_file(void)
{
    char path[] = "/tmp/wm-secret-test-XXXXXX";
    struct fault fault = FAULT_NONE;
    struct secret *secret = NULL;
    int file = mkstemp(path);

    CU_ASSERT_FATAL(file >= 0);
    make_long_texts();
    for (size_t i = 0; i < sizeof credential_rows / sizeof credential_rows[0]; i++) {
        write_file(file, credential_rows[i].content, strlen(credential_rows[i].content));
        enum status status = secret_from_file(path, &secret, &fault);
        check_answer(status, secret, &fault, credential_rows[i].wanted, path, "kkk");
    }
    write_file(file, "marker\0tail", 11);
    enum status status = secret_from_file(path, &secret, &fault);
    check_answer(status, secret, &fault, NULL, path, "marker");
    close(file);
    unlink(path);

    status = secret_from_file(path, &secret, &fault);
    check_answer(status, secret, &fault, NULL, path, "marker");
    status = secret_from_file("/tmp", &secret, &fault);
    check_answer(status, secret, &fault, NULL, "/tmp", "marker");
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"a secret gives back a copy of its bytes", a_secret_gives_back_a_copy_of_its_bytes},
        {"secrets of every length around a page are whole", secrets_of_every_length_around_a_page_are_whole},
        {"many secrets share memory and keep apart", many_secrets_share_memory_and_keep_apart},
        {"a destroyed secret leaves nothing behind", a_destroyed_secret_leaves_nothing_behind},
        {"equality compares every byte", equality_compares_every_byte},
        {"a PIN is six digits, and any of them", a_pin_is_six_digits_and_any_of_them},
        {"credentials come from the environment", credentials_come_from_the_environment},
        {"credentials come from a file", credentials_come_from_a_file},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    return run_suite("secret", tests);
}
