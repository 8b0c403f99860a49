/* SPDX-License-Identifier: PostgreSQL */
/*
 * test_client -- starts a simulator of its own for a test, and talks to it.
 *
 * Anything that goes wrong here, apart from what a test asks about, ends the test program.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_TEST_CLIENT_H
#define WABAMIGRATE_TESTS_SIMULATOR_TEST_CLIENT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <sys/types.h>

#define TEST_SYSTEM_TOKEN "test-system-token"
#define TEST_SOURCE_TOKEN "test-source-token"
#define TEST_APP_SECRET "test-app-secret"

struct test_simulator {
    pid_t pid;
    char folder[64], url[64], log[96];
};

/* A test and what it says, the sentence of what holds; a list ends with NULL. */
struct test_case {
    const char *sentence;
    void (*run)(void);
};
/* main() of a test program: its one argument is the simulator's program file. */
int test_client_main(int argc, char **argv, const char *suite, const struct test_case *cases);

/* With the manifest of test_client.c and this scenario (NULL for none). */
void test_simulator_start(struct test_simulator *simulator, const char *scenario);
/* With these files instead. */
void test_simulator_start_with(struct test_simulator *simulator, const char *manifest,
                               const char *scenario_file);
/* SIGTERM; returns the exit status. Removes its folder. */
int test_simulator_stop(struct test_simulator *simulator);
/* Runs the program with these arguments (ends with NULL) and returns its exit status. */
int test_program_run(const char *const arguments[]);

struct test_answer {
    int curl_code;     /* 0: there was an answer */
    long status;       /* HTTP */
    int code, subcode; /* of the error envelope, else 0 */
    char title[160];
    char usage[256]; /* X-Business-Use-Case-Usage, or X-App-Usage */
    char date[64];
    char text[65536];
};

/* `token` NULL sends none. A body that begins with '{' is sent as JSON, another as a form; NULL
 * sends none. `path` begins with '/'; spaces in it are encoded. Gives up after two seconds. */
struct test_answer test_ask(const struct test_simulator *simulator, const char *method,
                            const char *path, const char *token, const char *body);
/* A value out of an answer by its path, "data.0.id"; "" when it is not there. */
const char *test_value(const struct test_answer *answer, const char *path);

/* How many a list in an answer has, by its path; 0 when it is not there. */
int test_count(const struct test_answer *answer, const char *path);

/* Embedded Signup for one number: its new ids and a fresh code. */
struct test_signup {
    char phone_id[32], waba_id[32], business_id[32], code[64];
};
struct test_signup test_sign_up(const struct test_simulator *simulator, const char *number);
/* The signup's code turned into a business token, which is copied to `token`. */
void test_exchange(const struct test_simulator *simulator, const struct test_signup *signup,
                   char token[128]);
/* The app subscribed, and the partner's credit line attached: ready to register. */
void test_subscribe(const struct test_simulator *simulator, const char *waba_id, const char *token);
void test_pay(const struct test_simulator *simulator, const char *waba_id);
/* Both, and the number registered: it has moved. */
void test_register(const struct test_simulator *simulator, const struct test_signup *signup,
                   const char *token);

#endif
