/* SPDX-License-Identifier: PostgreSQL */
/*
 * What a manifest may not be: endless, bottomless, a file that is waited for; and what YAML makes
 * of plain words, which must stay words. Each is one problem with its place, and nothing is loaded.
 */
#include <CUnit/Basic.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buffer.h"
#include "planner/manifest.h"
#include "planner/manifest_keys.h"
#include "tests/unit/base/suite.h"

#define HEAD             \
    "version: 1\n"       \
    "batch: acme-book\n" \
    "partner: { business_id: 10, app_id: 20, system_token: { env: META_SYSTEM_TOKEN } }\n"
#define CUSTOMER              \
    "customers:\n"            \
    "- id: bakery-lune\n"     \
    "  business_id: 700100\n" \
    "  source_waba_id: 800100\n"
#define NUMBERS "  numbers: [{ number: \"+33 1 23 45 67 89\" }]\n"
#define WHOLE HEAD CUSTOMER NUMBERS

/* --- what was read ---------------------------------------------------------------------------- */

struct seen {
    unsigned problems, records;
    char first[2048]; /* "book.yaml:3:5: key: what" */
    char customer[256], language[16];
};

static enum status on_batch(void *self, const struct manifest_batch *batch, struct fault *fault)
{
    struct seen *seen = self;
    (void)batch, (void)fault;
    seen->records++;
    return STATUS_OK;
}

static enum status on_customer(void *self, const struct manifest_customer *customer,
                               struct fault *fault)
{
    struct seen *seen = self;
    (void)fault;
    seen->records++;
    snprintf(seen->customer, sizeof seen->customer, "%s", customer->id);
    if (customer->settings.language)
        snprintf(seen->language, sizeof seen->language, "%s", customer->settings.language);
    return STATUS_OK;
}

static enum status on_number(void *self, const struct manifest_number *number, struct fault *fault)
{
    struct seen *seen = self;
    (void)number, (void)fault;
    seen->records++;
    return STATUS_OK;
}

static void on_problem(void *self, const char *file, unsigned line, unsigned column,
                       const char *key, const char *what)
{
    struct seen *seen = self;
    if (seen->problems++ == 0)
        snprintf(seen->first, sizeof seen->first, "%s:%u:%u: %s: %s", file, line, column, key,
                 what);
}

static enum status read_manifest(const char *path, bool check_credentials, struct seen *seen)
{
    struct manifest_sink sink = {seen, on_batch, on_customer, on_number, on_problem};

    *seen = (struct seen){0};
    return manifest_read(path, check_credentials, &sink, NULL);
}

static void write_file(const char *name, const char *bytes, size_t count)
{
    FILE *stream = fopen(name, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, count, stream), count);
    fclose(stream);
}

/* `book.yaml` is refused with one problem, that begins with `place` and says `part`. */
static void expect_refusal(const char *sentence, bool check_credentials, const char *place,
                           const char *part)
{
    struct seen seen;
    enum status status = read_manifest("book.yaml", check_credentials, &seen);
    bool is_right = status == STATUS_INVALID && seen.problems == 1 &&
                    strncmp(seen.first, place, strlen(place)) == 0 && strstr(seen.first, part);

    if (!is_right)
        fprintf(stderr, "\n    %s: wanted %s ... %s\n    got %u: %s\n", sentence, place, part,
                seen.problems, seen.first);
    CU_ASSERT(is_right);
}

static void expect_refused_text(const char *yaml, const char *place, const char *part)
{
    write_file("book.yaml", yaml, strlen(yaml));
    expect_refusal(yaml, false, place, part);
}

/* --- files ------------------------------------------------------------------------------------ */

static bool make_odd_files(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_made = mkfifo("pipe", 0600) == 0 && mkdir("folder", 0700) == 0 &&
                   symlink("/dev/zero", "zero") == 0 && symlink("pipe", "link-to-pipe") == 0 &&
                   symlink("loop", "loop") == 0 &&
                   bind(listener, (struct sockaddr *)&address, sizeof address) == 0;

    close(listener);
    return is_made;
}

static const struct {
    const char *name, *why;
} odd_files[] = {
    {"pipe", "not a regular file"},
    {"link-to-pipe", "not a regular file"},
    {"zero", "not a regular file"},
    {"/dev/zero", "not a regular file"},
    {"/dev/tty", ""}, /* none where there is no terminal */
    {"socket", ""},
    {"folder", "Is a directory"},
    {"folder/../folder", "Is a directory"},
    {"loop", "Too many levels of symbolic links"},
    {"nowhere/book.csv", "No such file"},
};

static void a_numbers_file_that_never_ends_is_refused_at_once(void)
{
    char yaml[1024];

    for (size_t i = 0; i < sizeof odd_files / sizeof odd_files[0]; i++) {
        snprintf(yaml, sizeof yaml, HEAD "numbers_file: %s\n" CUSTOMER NUMBERS, odd_files[i].name);
        write_file("book.yaml", yaml, strlen(yaml));
        expect_refusal(odd_files[i].name, false,
                       "book.yaml:4:15: numbers_file: ", odd_files[i].why);
    }
}

static void a_credential_file_that_never_ends_is_refused_at_once(void)
{
    char yaml[1024];

    CU_ASSERT_EQUAL(setenv("META_SYSTEM_TOKEN", "x", 1), 0);
    for (size_t i = 0; i < sizeof odd_files / sizeof odd_files[0]; i++) {
        snprintf(yaml, sizeof yaml, HEAD CUSTOMER "  token: { file: %s }\n" NUMBERS,
                 odd_files[i].name);
        write_file("book.yaml", yaml, strlen(yaml));
        expect_refusal(odd_files[i].name, true,
                       "book.yaml:8:18: customers[0].token.file: ", odd_files[i].why);
    }
}

static void a_file_may_be_anywhere_its_reader_may_read(void)
{
    static const char rows[] = "customer,number\nbakery-lune,+33123456780\n";
    struct seen seen;

    write_file("rows.csv", rows, sizeof rows - 1);
    CU_ASSERT_EQUAL(symlink("rows.csv", "link.csv"), 0);
    static const char *const names[] = {"rows.csv", "link.csv", "folder/../rows.csv", "./rows.csv"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char yaml[1024];
        snprintf(yaml, sizeof yaml, HEAD "numbers_file: %s\n" CUSTOMER, names[i]);
        write_file("book.yaml", yaml, strlen(yaml));
        CU_ASSERT_EQUAL(read_manifest("book.yaml", false, &seen), STATUS_OK);
        CU_ASSERT_EQUAL(seen.records, 3);
    }
}

static void files_past_their_ceilings_are_refused_unread(void)
{
    static const char yaml[] = HEAD "numbers_file: rows.csv\n";

    write_file("book.yaml", yaml, sizeof yaml - 1);
    write_file("rows.csv", "", 0);
    CU_ASSERT_EQUAL(truncate("rows.csv", ((off_t)1 << 30) + 1), 0);
    expect_refusal("a numbers file", false, "book.yaml:4:15: numbers_file: rows.csv is larger",
                   "1024 MiB");
    write_file("rows.csv", "", 0);
    CU_ASSERT_EQUAL(truncate("book.yaml", ((off_t)256 << 20) + 1), 0);
    expect_refusal("a manifest", false, "book.yaml:1:1: manifest: is larger", "256 MiB");
}

static long peak_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void fill(const char *begin, const char *line, size_t bytes)
{
    FILE *stream = fopen("book.yaml", "w");

    fputs(begin, stream);
    for (size_t i = 0; i < bytes; i += strlen(line))
        fputs(line, stream);
    fclose(stream);
}

static void what_goes_on_and_on_is_refused_before_it_fills_memory(void)
{
    static const struct {
        const char *begin, *line;
    } cases[] = {
        {HEAD CUSTOMER "  name: \"", "    a quote that nobody closed\n"},
        {HEAD CUSTOMER "  name: |\n", "    a block that nobody ended\n"},
        {"", "y\n"},
        {HEAD, "# a comment\n"},
        {HEAD, "        \n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fill(cases[i].begin, cases[i].line, (size_t)64 << 20);
        long before_kib = peak_kib();
        expect_refusal(cases[i].line, false, "book.yaml:", "goes on for more than 8 MiB");
        /* ASan's quarantine keeps what was freed; the text alone would be twice 64 MiB. */
        CU_ASSERT(peak_kib() - before_kib < 120 * 1024);
    }
    /* What is long and is not endless is read: a block of comments. */
    fill(WHOLE, "# a comment\n", (size_t)4 << 20);
    struct seen seen;
    CU_ASSERT_EQUAL(read_manifest("book.yaml", false, &seen), STATUS_OK);
}

/* --- what YAML would make of it --------------------------------------------------------------- */

static void words_and_figures_stay_what_was_written(void)
{
    /* clang-format off */
    static const struct { const char *written, *customer; } cases[] = {
        {"no", "no"}, {"y", "y"}, {"true", "true"}, {"0123", "0123"}, {"0x1F", "0x1F"}, {"1e3", "1e3"},
        {"1:20", "1:20"}, {"1_000", "1_000"}, {".inf", ".inf"}, {"2026-11-20", "2026-11-20"}, {"=", "="},
        {"'null'", "null"}, {"\"~\"", "~"}, {"\"\\u00e9\"", "\xC3\xA9"},
    };
    /* clang-format on */
    struct seen seen;
    char yaml[1024];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(yaml, sizeof yaml,
                 HEAD "customers:\n- id: %s\n  business_id: 1\n  source_waba_id: 2\n"
                      "  language: no\n" NUMBERS,
                 cases[i].written);
        write_file("book.yaml", yaml, strlen(yaml));
        CU_ASSERT_EQUAL(read_manifest("book.yaml", false, &seen), STATUS_OK);
        check_text(seen.customer, cases[i].customer);
        check_text(seen.language, "no"); /* Norwegian */
    }
}

static void an_id_is_digits_and_nothing_that_yaml_counts_as_a_number(void)
{
    static const char *const ids[] = {"0123",  "0o17",  "0x1F", "1e3",     "1:20", "1_000",
                                      "+5",    "-5",    "12.0", ".inf",    "true", "no",
                                      "1,000", "'1 2'", "=",    "'\u0663'"};
    char yaml[1024];

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        snprintf(yaml, sizeof yaml, HEAD CUSTOMER "  destination_waba_id: %s\n" NUMBERS, ids[i]);
        expect_refused_text(yaml, "book.yaml:8:24: customers[0].destination_waba_id: ", "copy the");
    }
}

static void what_yaml_has_beyond_a_book_is_refused_where_it_stands(void)
{
    /* clang-format off */
    static const struct { const char *yaml, *place, *part; } cases[] = {
        {HEAD "graph: {version: !!binary djI2LjA=}\n" CUSTOMER NUMBERS, "book.yaml:4:18: graph.version: ", "tag"},
        {HEAD "graph: !!set {version: v26.0}\n" CUSTOMER NUMBERS, "book.yaml:4:8: graph: ", "tag"},
        {HEAD "graph: !<tag:yaml.org,2002:map> {version: v26.0}\n" CUSTOMER NUMBERS, "book.yaml:4:8: graph: ", "tag"},
        {HEAD "<<: *base\n" CUSTOMER NUMBERS, "book.yaml:4:1: \"<<\": ", "merge keys"},
        {"a: &a [lol]\n", "book.yaml:1:1: a: ", "unknown key"},
        {HEAD "version: 1\n" CUSTOMER NUMBERS, "book.yaml:4:1: version: ", "twice, first on line 1"},
        {"%YAML 3.0\n---\n" WHOLE, "book.yaml:1:1: manifest: ", "incompatible YAML document"},
        {"---\n" WHOLE "---\n" WHOLE, "book.yaml:10:1: manifest: ", "second document"},
        {WHOLE "...\n---\n" WHOLE, "book.yaml:10:1: manifest: ", "second document"},
        {HEAD "? |\n  a block\n: x\n" CUSTOMER NUMBERS, "book.yaml:4:3: \"a block?\": ", "unknown key"},
        {HEAD CUSTOMER "  attest: { two_step_off: \"2026-11-20 by\\e[31mme\" }\n" NUMBERS,
         "book.yaml:8:27: customers[0].attest.two_step_off: ", "control character"},
        {HEAD CUSTOMER "  name: \"a\\u0085b\"\n" NUMBERS, "book.yaml:8:9: customers[0].name: ", "control character"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct seen seen;
        write_file("book.yaml", cases[i].yaml, strlen(cases[i].yaml));
        CU_ASSERT_EQUAL(read_manifest("book.yaml", false, &seen), STATUS_INVALID);
        bool is_right = strstr(seen.first, cases[i].part) &&
                        strncmp(seen.first, cases[i].place, strlen(cases[i].place)) == 0;
        if (!is_right)
            fprintf(stderr, "\n    wanted %s ... %s\n    got %s\n", cases[i].place, cases[i].part,
                    seen.first);
        CU_ASSERT(is_right);
    }
}

/* Ten levels of ten references each would be 10^10 texts. */
static void a_billion_laughs_are_not_laughed(void)
{
    struct buffer yaml;
    struct seen seen;

    buffer_init(&yaml, 1 << 20);
    CU_ASSERT_EQUAL(buffer_append_text(&yaml, HEAD "a: &a [lol,lol]\n"), STATUS_OK);
    for (char name = 'b'; name <= 'k'; name++) {
        CU_ASSERT_EQUAL(buffer_printf(&yaml, "%c: &%c [", name, name), STATUS_OK);
        for (int i = 0; i < 10; i++)
            CU_ASSERT_EQUAL(buffer_printf(&yaml, "*%c%s", name - 1, i < 9 ? "," : "]\n"),
                            STATUS_OK);
    }
    CU_ASSERT_EQUAL(buffer_append_text(&yaml, CUSTOMER NUMBERS), STATUS_OK);
    write_file("book.yaml", buffer_text(&yaml), yaml.length);
    CU_ASSERT_EQUAL(read_manifest("book.yaml", false, &seen), STATUS_INVALID);
    CU_ASSERT_EQUAL(seen.problems, 2 * 11); /* an unknown key and its anchor each, and no more */
    buffer_finish(&yaml);
}

static void the_ways_to_write_lines_and_unicode_are_read_the_same(void)
{
    /* `tr` writes a line's end, `iconv` the bytes. */
    static const char *const commands[] = {
        "cat plain >book.yaml",
        "sed 's/$/\\r/' plain >book.yaml",
        "tr '\\n' '\\r' <plain >book.yaml",
        "{ printf '\\357\\273\\277'; cat plain; } >book.yaml",
        "iconv -t UTF-16LE plain | { printf '\\377\\376'; cat; } >book.yaml",
        "iconv -t UTF-16BE plain | { printf '\\376\\377'; cat; } >book.yaml",
    };
    struct seen seen;

    write_file("plain", WHOLE, sizeof WHOLE - 1);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        CU_ASSERT_EQUAL(system(commands[i]), 0);
        CU_ASSERT_EQUAL(read_manifest("book.yaml", false, &seen), STATUS_OK);
        check_text(seen.customer, "bakery-lune");
        CU_ASSERT_EQUAL(seen.records, 3);
    }
}

static void bytes_that_are_no_text_have_their_place(void)
{
    static const struct {
        const char *bytes;
        size_t count;
        const char *place, *part;
    } cases[] = {
#define BYTES(text) text, sizeof(text) - 1
        {BYTES("version: 1\nbatch: a\0b\n"), "book.yaml:2:9: manifest: ", "control characters"},
        {BYTES("version: 1\nbatch: \xE9t\xE9\n"), "book.yaml:2:9: manifest: ", "UTF-8"},
        {BYTES("version: 1\nbatch: \xED\xA0\x80\n"), "book.yaml:2:8: manifest: ", "UTF-8"},
        {BYTES("version: 1\nbatch: \xF4\x90\x80\x80\n"), "book.yaml:2:8: manifest: ", "UTF-8"},
        {BYTES("version: 1\nbatch: \x1b[31m\n"), "book.yaml:2:8: manifest: ", "control characters"},
        {BYTES("\0\0\0\0"), "book.yaml:1:1: manifest: ", "control characters"},
        {BYTES("\xFF\xFEv\0e"), "book.yaml:1:", "not valid YAML"},
        {BYTES("PK\x03\x04"), "book.yaml:1:3: manifest: ", "control characters"},
#undef BYTES
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file("book.yaml", cases[i].bytes, cases[i].count);
        expect_refusal(cases[i].bytes, false, cases[i].place, cases[i].part);
    }
}

static void a_long_path_is_told_without_half_a_character(void)
{
    struct buffer yaml;
    struct seen seen;

    buffer_init(&yaml, 1 << 20);
    for (size_t pairs = 2040; pairs <= 2060; pairs += 20) {
        buffer_clear(&yaml);
        CU_ASSERT_EQUAL(buffer_append_text(&yaml, HEAD "numbers_file: x"), STATUS_OK);
        for (size_t i = 0; i < pairs; i++)
            CU_ASSERT_EQUAL(buffer_append_text(&yaml, "\u00e9"), STATUS_OK);
        CU_ASSERT_EQUAL(buffer_append_text(&yaml, "\n" CUSTOMER NUMBERS), STATUS_OK);
        write_file("book.yaml", buffer_text(&yaml), yaml.length);
        CU_ASSERT_EQUAL(read_manifest("book.yaml", false, &seen), STATUS_INVALID);
        CU_ASSERT_EQUAL(seen.problems, 1);
        CU_ASSERT_PTR_NOT_NULL(
            strstr(seen.first, pairs > 2047 ? "is not the path of a file" : ".yaml:4:15"));
    }
    buffer_finish(&yaml);
}

/* --- what people are told --------------------------------------------------------------------- */

static char manual[64 * 1024];

static void expect_told(const char *prefix, const char *name)
{
    char quoted[128];

    snprintf(quoted, sizeof quoted, "`%s%s`", prefix, name);
    if (!strstr(manual, quoted))
        fprintf(stderr, "\n    docs/manifest.md does not tell %s\n", quoted);
    CU_ASSERT_PTR_NOT_NULL(strstr(manual, quoted));
}

static void expect_keys_told(const struct manifest_table *table, const char *prefix)
{
    for (unsigned i = 0; i < table->count; i++) {
        const struct manifest_key *key = &table->keys[i];
        bool is_nested = key->kind == KIND_MAPPING && strcmp(key->name, "defaults") != 0;
        char inner[64];
        snprintf(inner, sizeof inner, "%s.", key->name);
        if (is_nested)
            expect_keys_told(key->table, inner);
        else
            expect_told(prefix, key->name);
        for (unsigned c = 0; key->choices && key->choices[c] && c < 4; c++)
            if (strlen(key->choices[c]) > 2) /* countries are too many */
                expect_told("", key->choices[c]);
    }
}

static void every_key_is_told_in_the_manual(void)
{
    FILE *stream = fopen(WABAMIGRATE_MANIFEST_MANUAL, "r");

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    manual[fread(manual, 1, sizeof manual - 1, stream)] = '\0';
    fclose(stream);
    expect_keys_told(&MANIFEST_DOCUMENT_KEYS, "");
    expect_keys_told(&MANIFEST_CUSTOMER_KEYS, "");
    expect_keys_told(&MANIFEST_NUMBER_KEYS, "");
}

int main(void)
{
    char folder[] = "/tmp/manifest_limits_test.XXXXXX", command[64];

    if (!mkdtemp(folder) || chdir(folder) != 0 || !make_odd_files())
        return 1;
    alarm(240); /* what waits for ever is ended, and has failed */
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"a numbers file that never ends is refused at once", a_numbers_file_that_never_ends_is_refused_at_once},
        {"a credential file that never ends is refused at once", a_credential_file_that_never_ends_is_refused_at_once},
        {"a file may be anywhere its reader may read", a_file_may_be_anywhere_its_reader_may_read},
        {"files past their ceilings are refused unread", files_past_their_ceilings_are_refused_unread},
        {"what goes on and on is refused before it fills memory", what_goes_on_and_on_is_refused_before_it_fills_memory},
        {"words and figures stay what was written", words_and_figures_stay_what_was_written},
        {"an id is digits and nothing that YAML counts as a number", an_id_is_digits_and_nothing_that_yaml_counts_as_a_number},
        {"what YAML has beyond a book is refused where it stands", what_yaml_has_beyond_a_book_is_refused_where_it_stands},
        {"a billion laughs are not laughed", a_billion_laughs_are_not_laughed},
        {"the ways to write lines and Unicode are read the same", the_ways_to_write_lines_and_unicode_are_read_the_same},
        {"bytes that are no text have their place", bytes_that_are_no_text_have_their_place},
        {"a long path is told without half a character", a_long_path_is_told_without_half_a_character},
        {"every key is told in the manual", every_key_is_told_in_the_manual},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    int failed = run_suite("manifest_limits", tests);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return chdir("/") != 0 || system(command) != 0 || failed;
}
