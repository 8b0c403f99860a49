/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/test_client.h"

#include <CUnit/Basic.h>
#include <curl/curl.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Thirty numbers, so that a list has pages; the other customers have one or two. */
static const char manifest_head[] =
    "version: 1\n"
    "batch: simulator-test\n"
    "partner:\n"
    "  business_id: \"1020304050\"\n"
    "  app_id: \"998877\"\n"
    "  credit_line_id: \"5566778899\"\n"
    "  system_token: { env: TEST_SYSTEM_TOKEN }\n"
    "  app_secret: { env: TEST_APP_SECRET }\n"
    "customers:\n"
    "  - id: bakery-lune\n"
    "    name: Bakery Lune\n"
    "    business_id: \"700100\"\n"
    "    source_waba_id: \"800100\"\n"
    "    source_token: { env: TEST_SOURCE_TOKEN }\n"
    "    numbers:\n"
    "      - { number: \"+33 1 99 00 00 01\", source_phone_number_id: \"600101\" }\n"
    "      - { number: \"+33 1 99 00 00 02\", source_phone_number_id: \"600102\" }\n"
    "  - id: florist-lune\n"
    "    name: Florist Lune\n"
    "    business_id: \"700200\"\n"
    "    source_waba_id: \"800200\"\n"
    "    source_token: { env: TEST_SOURCE_TOKEN }\n"
    "    numbers:\n"
    "      - { number: \"+44 20 7946 0001\", source_phone_number_id: \"600201\" }\n"
    "  - id: garage-lune\n"
    "    name: Garage Lune\n"
    "    business_id: \"700300\"\n"
    "    source_waba_id: \"800300\"\n"
    "    source_token: { env: TEST_SOURCE_TOKEN }\n"
    "    numbers:\n";

static const char *program;

static void must(bool is_well, const char *what)
{
    if (is_well)
        return;
    fprintf(stderr, "the test cannot go on: %s\n", what);
    exit(2);
}

static void set_program(const char *path)
{
    program = path;
    setenv("TEST_SYSTEM_TOKEN", TEST_SYSTEM_TOKEN, 1);
    setenv("TEST_SOURCE_TOKEN", TEST_SOURCE_TOKEN, 1);
    setenv("TEST_APP_SECRET", TEST_APP_SECRET, 1);
    unsetenv("WABAMIGRATE_CLOCK_OFFSET");
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

int test_client_main(int argc, char **argv, const char *suite, const struct test_case *cases)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s SIMULATOR\n", argv[0]);
        return 2;
    }
    set_program(argv[1]);
    CU_initialize_registry();
    CU_pSuite added = CU_add_suite(suite, NULL, NULL);
    for (; cases->sentence; cases++)
        CU_add_test(added, cases->sentence, cases->run);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}

/* ---- starting and stopping ---- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    must(file && fputs(text, file) >= 0 && fclose(file) == 0, path);
}

static void write_manifest(const char *path)
{
    FILE *file = fopen(path, "we");
    must(file != NULL, path);
    fputs(manifest_head, file);
    for (int i = 1; i <= 30; i++)
        fprintf(file,
                "      - { number: \"+34 600 000 %03d\", source_phone_number_id: \"6003%02d\" }\n",
                i, i);
    must(fclose(file) == 0, path);
}

static void wait_for_port(struct test_simulator *simulator, const char *port_file)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    FILE *file = NULL;
    unsigned port = 0;
    for (int i = 0; i < 4000 && !file; i++) {
        must(waitpid(simulator->pid, NULL, WNOHANG) == 0, "the simulator has ended");
        file = fopen(port_file, "re");
        nanosleep(&pause, NULL);
    }
    must(file && fscanf(file, "%u", &port) == 1, "the port file");
    fclose(file);
    snprintf(simulator->url, sizeof simulator->url, "http://127.0.0.1:%u", port);
}

static void make_folder(struct test_simulator *simulator)
{
    snprintf(simulator->folder, sizeof simulator->folder, "/tmp/simulator-test-XXXXXX");
    must(mkdtemp(simulator->folder) != NULL, "mkdtemp");
}

static void start_in_folder(struct test_simulator *simulator, const char *manifest,
                            const char *scenario_file)
{
    char port_file[96];
    snprintf(port_file, sizeof port_file, "%s/port", simulator->folder);
    snprintf(simulator->log, sizeof simulator->log, "%s/log.jsonl", simulator->folder);
    simulator->pid = fork();
    must(simulator->pid >= 0, "fork");
    if (simulator->pid == 0) {
        must(freopen("/dev/null", "w", stdout) != NULL, "/dev/null");
        execl(program, program, "--manifest", manifest, "--scenario", scenario_file, "--listen",
              "127.0.0.1:0", "--port-file", port_file, "--log", simulator->log, (char *)NULL);
        _exit(127);
    }
    wait_for_port(simulator, port_file);
}

void test_simulator_start(struct test_simulator *simulator, const char *scenario)
{
    char manifest[96], scenario_file[96];
    make_folder(simulator);
    snprintf(manifest, sizeof manifest, "%s/book.yaml", simulator->folder);
    snprintf(scenario_file, sizeof scenario_file, "%s/scenario.json", simulator->folder);
    write_manifest(manifest);
    write_file(scenario_file, scenario ? scenario : "{}");
    start_in_folder(simulator, manifest, scenario_file);
}

void test_simulator_start_with(struct test_simulator *simulator, const char *manifest,
                               const char *scenario_file)
{
    make_folder(simulator);
    start_in_folder(simulator, manifest, scenario_file);
}

static void remove_folder(const char *folder)
{
    DIR *directory = opendir(folder);
    must(directory != NULL, folder);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(directory), entry->d_name, 0);
    }
    closedir(directory);
    rmdir(folder);
}

int test_simulator_stop(struct test_simulator *simulator)
{
    int status;
    kill(simulator->pid, SIGTERM);
    must(waitpid(simulator->pid, &status, 0) == simulator->pid, "waitpid");
    remove_folder(simulator->folder);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int test_program_run(const char *const arguments[])
{
    const char *argv[12] = {program};
    int status;
    for (size_t i = 0; arguments[i] && i < 10; i++)
        argv[i + 1] = arguments[i];
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
        must(freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr), "/dev/null");
        execv(program, (char *const *)argv);
        _exit(127);
    }
    must(waitpid(pid, &status, 0) == pid, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- asking ---- */

static size_t take_body(char *bytes, size_t size, size_t count, void *self)
{
    struct test_answer *answer = self;
    size_t have = strlen(answer->text), room = sizeof answer->text - have - 1;
    size_t taken = count * size < room ? count * size : room;
    memcpy(answer->text + have, bytes, taken);
    answer->text[have + taken] = '\0';
    return count * size;
}

static void copy_header(const char *line, const char *name, char *to, size_t room)
{
    size_t length = strlen(name);
    if (strncasecmp(line, name, length) != 0 || line[length] != ':')
        return;
    const char *value = line + length + 1 + strspn(line + length + 1, " ");
    size_t bytes = strcspn(value, "\r\n");
    bytes = bytes < room ? bytes : room - 1;
    memcpy(to, value, bytes);
    to[bytes] = '\0';
}

static size_t take_header(char *bytes, size_t size, size_t count, void *self)
{
    struct test_answer *answer = self;
    char line[512];
    snprintf(line, sizeof line, "%.*s", (int)(size * count), bytes);
    copy_header(line, "X-Business-Use-Case-Usage", answer->usage, sizeof answer->usage);
    copy_header(line, "X-App-Usage", answer->usage, sizeof answer->usage);
    copy_header(line, "Date", answer->date, sizeof answer->date);
    return size * count;
}

/* As much of it as there is room for. */
static void keep(char *to, size_t room, const char *text)
{
    snprintf(to, room, "%.*s", (int)room - 1, text);
}

static void read_error(struct test_answer *answer)
{
    answer->code = atoi(test_value(answer, "error.code"));
    answer->subcode = atoi(test_value(answer, "error.error_subcode"));
    keep(answer->title, sizeof answer->title, test_value(answer, "error.error_user_title"));
}

static void encode_url(char *url, size_t room, const char *base, const char *path)
{
    size_t length = (size_t)snprintf(url, room, "%s", base);
    for (; *path && length + 4 < room; path++) {
        if (strchr(" {}[]'\"+", *path))
            length += (size_t)snprintf(url + length, room - length, "%%%02X", (unsigned)*path);
        else
            url[length++] = *path;
    }
    url[length] = '\0';
}

struct test_answer test_ask(const struct test_simulator *simulator, const char *method,
                            const char *path, const char *token, const char *body)
{
    struct test_answer answer = {0};
    struct curl_slist *headers = NULL;
    char url[2048], authorization[256];
    CURL *curl = curl_easy_init();
    must(curl != NULL, "curl");
    encode_url(url, sizeof url, simulator->url, path);
    if (token) {
        snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", token);
        headers = curl_slist_append(headers, authorization);
    }
    if (body && *body == '{')
        headers = curl_slist_append(headers, "Content-Type: application/json");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 2000L);
    if (body || strcmp(method, "POST") == 0)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body ? body : "");
    answer.curl_code = (int)curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    read_error(&answer);
    return answer;
}

/* The value at "data.0.id" under `at`, borrowed from it. */
static json_object *walk(json_object *at, const char *path)
{
    char names[128], *state = NULL;
    snprintf(names, sizeof names, "%s", path);
    for (char *name = strtok_r(names, ".", &state); name && at;
         name = strtok_r(NULL, ".", &state)) {
        if (json_object_is_type(at, json_type_array))
            at = json_object_array_get_idx(at, (size_t)atoi(name));
        else if (!json_object_object_get_ex(at, name, &at))
            at = NULL;
    }
    return at;
}

const char *test_value(const struct test_answer *answer, const char *path)
{
    static char text[4096];
    json_object *json = json_tokener_parse(answer->text), *at = walk(json, path);
    snprintf(text, sizeof text, "%s", at ? json_object_get_string(at) : "");
    json_object_put(json);
    return text;
}

int test_count(const struct test_answer *answer, const char *path)
{
    json_object *json = json_tokener_parse(answer->text), *at = walk(json, path);
    int count = json_object_is_type(at, json_type_array)    ? (int)json_object_array_length(at)
                : json_object_is_type(at, json_type_object) ? json_object_object_length(at)
                                                            : 0;
    json_object_put(json);
    return count;
}

struct test_signup test_sign_up(const struct test_simulator *simulator, const char *number)
{
    struct test_signup signup;
    char body[128];
    snprintf(body, sizeof body, "{\"numbers\":[\"%s\"]}", number);
    struct test_answer answer = test_ask(simulator, "POST", "/simulator/signups", NULL, body);
    keep(signup.phone_id, sizeof signup.phone_id, test_value(&answer, "data.phone_number_id"));
    keep(signup.waba_id, sizeof signup.waba_id, test_value(&answer, "data.waba_id"));
    keep(signup.business_id, sizeof signup.business_id, test_value(&answer, "data.business_id"));
    keep(signup.code, sizeof signup.code, test_value(&answer, "code"));
    must(signup.code[0] != '\0', "a signup");
    return signup;
}

void test_exchange(const struct test_simulator *simulator, const struct test_signup *signup,
                   char token[128])
{
    char path[256];
    snprintf(path, sizeof path,
             "/v26.0/oauth/access_token?client_id=998877&client_secret=" TEST_APP_SECRET "&code=%s",
             signup->code);
    struct test_answer answer = test_ask(simulator, "GET", path, NULL, NULL);
    keep(token, 128, test_value(&answer, "access_token"));
    must(token[0] != '\0', "a business token");
}

void test_subscribe(const struct test_simulator *simulator, const char *waba_id, const char *token)
{
    char path[96];
    snprintf(path, sizeof path, "/v26.0/%s/subscribed_apps", waba_id);
    must(test_ask(simulator, "POST", path, token, "{}").status == 200, "a subscription");
}

void test_pay(const struct test_simulator *simulator, const char *waba_id)
{
    char path[96], body[128];
    struct test_answer answer =
        test_ask(simulator, "GET", "/v26.0/1020304050/system_users", TEST_SYSTEM_TOKEN, NULL);
    snprintf(path, sizeof path, "/v26.0/%s/assigned_users", waba_id);
    snprintf(body, sizeof body, "{\"user\":\"%.64s\",\"tasks\":[\"MANAGE\"]}",
             test_value(&answer, "data.0.id"));
    must(test_ask(simulator, "POST", path, TEST_SYSTEM_TOKEN, body).status == 200, "a user");
    snprintf(body, sizeof body, "{\"waba_id\":\"%s\",\"waba_currency\":\"EUR\"}", waba_id);
    answer = test_ask(simulator, "POST", "/v26.0/5566778899/whatsapp_credit_sharing_and_attach",
                      TEST_SYSTEM_TOKEN, body);
    must(answer.status == 200, "a credit line");
}

void test_register(const struct test_simulator *simulator, const struct test_signup *signup,
                   const char *token)
{
    char path[96];
    test_subscribe(simulator, signup->waba_id, token);
    test_pay(simulator, signup->waba_id);
    snprintf(path, sizeof path, "/v26.0/%s/register", signup->phone_id);
    struct test_answer answer = test_ask(simulator, "POST", path, token,
                                         "{\"messaging_product\":\"whatsapp\",\"pin\":\"123456\"}");
    must(answer.status == 200, "a registration");
}
