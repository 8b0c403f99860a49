/* SPDX-License-Identifier: PostgreSQL */
#include "planner/manifest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/regular_file.h"
#include "planner/manifest_book.h"
#include "planner/manifest_keys.h"
#include "planner/manifest_nodes.h"
#include "planner/manifest_rows.h"

enum { PATH_BYTES = 64, ROWS_BUFFER_BYTES = 64 * 1024 };

/* Ceilings: a manifest is kept by its customers, a numbers file by its numbers, in some bytes each.
 * The third is how far the parser may read for one event: it keeps a text whole. */
static const int64_t YAML_BYTES_MAX = (int64_t)256 * 1024 * 1024;
static const int64_t ROWS_BYTES_MAX = (int64_t)1024 * 1024 * 1024;
static const int64_t EVENT_BYTES_MAX = (int64_t)8 * 1024 * 1024;

struct manifest_reader {
    struct manifest_book book;
    struct manifest_nodes nodes;
    yaml_parser_t parser;
    FILE *stream;
    int read_error;             /* errno of a read that failed, or 0 */
    int64_t bytes, event_bytes; /* read altogether, and since the last event */
    struct digest *digest;
};

/* What has been read of the numbers_file. */
struct rows_stream {
    int descriptor;
    struct digest *digest;
};

/* --- the stream ------------------------------------------------------------------------------- */

static bool is_too_large(const struct manifest_reader *reader)
{
    return reader->bytes > YAML_BYTES_MAX || reader->event_bytes > EVENT_BYTES_MAX;
}

static int read_bytes(void *self, unsigned char *bytes, size_t size, size_t *count)
{
    struct manifest_reader *reader = self;
    *count = fread(bytes, 1, size, reader->stream);
    if (ferror(reader->stream))
        reader->read_error = errno ? errno : EIO;
    reader->bytes += (int64_t)*count;
    reader->event_bytes += (int64_t)*count;
    digest_add(reader->digest, bytes, *count);
    return reader->read_error == 0 && !is_too_large(reader);
}

static void refuse_size(struct manifest_reader *reader)
{
    struct manifest_place place = manifest_nodes_place(&reader->parser.mark);

    reader->nodes.is_broken = true;
    if (reader->bytes > YAML_BYTES_MAX)
        manifest_book_problem(&reader->book, place, "manifest",
                              "is larger than %d MiB; move the numbers to a numbers_file, or make "
                              "several batches of it",
                              (int)(YAML_BYTES_MAX >> 20));
    else
        manifest_book_problem(&reader->book, place, "manifest",
                              "a text, a comment or blank space goes on for more than %d MiB; look "
                              "for a quote that is not closed",
                              (int)(EVENT_BYTES_MAX >> 20));
}

static const char *advice_for(const char *problem)
{
    /* clang-format off */
    static const struct { const char *part, *advice; } table[] = {
        {"cannot start any token", "indent with spaces instead of tabs, and quote a text that begins with @, % or `"},
        {"mapping values are not allowed", "quote a text that has \": \" in it, and check the indentation"},
        {"could not find expected ':'", "put a colon and a space after the key"},
        {"end of quoted scalar", "close the quote"},
        {"unexpected end of stream", "close the quote or the bracket"},
        {"expected ',' or", "close the bracket, or put a comma between the entries"},
        {"UTF-8", "save the file as UTF-8"},
        {"invalid Unicode character", "save the file as UTF-8"},
        {"UTF-16", "save the file as UTF-8"},
        {"control characters", "remove them, and save the file as UTF-8"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strstr(problem, table[i].part))
            return table[i].advice;
    return "check the indentation and the quotes here and on the lines above";
}

/* The parser decodes a buffer ahead of its marks, so the place of a bad byte is counted anew. A
 * stream that cannot go back keeps the parser's place, which is at most that buffer before it. */
static struct manifest_place place_of_byte(struct manifest_reader *reader, size_t offset)
{
    struct manifest_place place = manifest_nodes_place(&reader->parser.mark);

    if (fseek(reader->stream, 0, SEEK_SET) != 0)
        return place;
    place.line = place.column = 1;
    for (int byte; offset > 0 && (byte = getc(reader->stream)) != EOF; offset--) {
        bool is_inside = (byte & 0xC0) == 0x80; /* of a character that was counted already */
        place.column = byte == '\n' ? 1 : place.column + !is_inside;
        place.line += byte == '\n';
    }
    return place;
}

static void refuse_yaml(struct manifest_reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "cannot be read";
    struct manifest_place place = parser->error == YAML_READER_ERROR
                                      ? place_of_byte(reader, parser->problem_offset)
                                      : manifest_nodes_place(&parser->problem_mark);

    reader->nodes.is_broken = true;
    if (parser->context)
        manifest_book_problem(&reader->book, place, "manifest",
                              "not valid YAML: %s (%s that begins on line %zu); %s", problem,
                              parser->context, parser->context_mark.line + 1, advice_for(problem));
    else
        manifest_book_problem(&reader->book, place, "manifest", "not valid YAML: %s; %s", problem,
                              advice_for(problem));
}

/* A regular file says its size before it is read. */
static bool is_large_file(const struct manifest_reader *reader)
{
    struct stat about;

    return fstat(fileno(reader->stream), &about) == 0 && S_ISREG(about.st_mode) &&
           about.st_size > YAML_BYTES_MAX;
}

static enum status read_events(struct manifest_reader *reader, struct fault *fault)
{
    enum status status = STATUS_OK;
    bool is_done = false;

    if (is_large_file(reader)) {
        reader->bytes = YAML_BYTES_MAX + 1;
        refuse_size(reader);
    }
    while (!is_done && !reader->nodes.is_broken && status == STATUS_OK) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reader->parser, &event)) {
            if (reader->read_error)
                return fault_set(fault, STATUS_INVALID,
                                 "cannot read %s: %s; check the manifest's path",
                                 reader->book.file_names[FILE_YAML], strerror(reader->read_error));
            BUG_UNLESS(reader->parser.error != YAML_MEMORY_ERROR);
            if (is_too_large(reader))
                refuse_size(reader);
            else
                refuse_yaml(reader);
            return STATUS_OK;
        }
        reader->event_bytes = 0;
        is_done = event.type == YAML_STREAM_END_EVENT;
        status = manifest_nodes_take(&reader->nodes, &event, fault);
        yaml_event_delete(&event);
    }
    if (is_done && reader->nodes.document_count == 0) {
        manifest_book_problem(&reader->book, (struct manifest_place){FILE_YAML, 1, 1}, "manifest",
                              "is empty; begin it with version: 1 and batch: NAME");
        reader->nodes.is_broken = true;
    }
    return status;
}

/* --- the whole book --------------------------------------------------------------------------- */

const char *manifest_beside(struct arena *arena, const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    if (*name == '/' || !slash)
        return arena_copy_text(arena, name);
    return arena_printf(arena, "%.*s/%s", (int)(slash - path), path, name);
}

/* The manifest's folder, absolute. Links are not followed: a mounted manifest may be one, and what
 * it names stands beside the link. */
static enum status find_folder(const char *path, char **folder, struct fault *fault)
{
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 0;
    char *here = *path == '/' ? strdup("") : get_current_dir_name();

    if (!here)
        return fault_set(fault, STATUS_IO, "cannot find the working folder: %s", strerror(errno));
    *folder = memory_take(strlen(here) + (size_t)length + 2);
    sprintf(*folder, "%s%s%.*s", here, length > 0 && *path != '/' ? "/" : "", length, path);
    free(here);
    return STATUS_OK;
}

/* `why`: it cannot be opened; NULL: it is too large. */
static void refuse_numbers_file(struct manifest_reader *reader, const char *file, const char *why)
{
    struct manifest_place place = reader->nodes.numbers_file_place;

    reader->book.has_lost_rows = true;
    if (why)
        manifest_book_problem(&reader->book, place, "numbers_file",
                              "%s cannot be opened (%s); mend the path, which is taken from the "
                              "manifest's folder",
                              file, why);
    else
        manifest_book_problem(&reader->book, place, "numbers_file",
                              "%s is larger than %d MiB; make several batches of it", file,
                              (int)(ROWS_BYTES_MAX >> 20));
}

static ssize_t read_rows(void *self, char *bytes, size_t size)
{
    struct rows_stream *rows = self;
    ssize_t count;

    do
        count = read(rows->descriptor, bytes, size);
    while (count < 0 && errno == EINTR);
    if (count > 0)
        digest_add(rows->digest, bytes, (size_t)count);
    return count;
}

/* Reads the rows, and takes their digest on the way. The descriptor is closed. */
static enum status read_opened_rows(struct manifest_reader *reader, int descriptor,
                                    struct fault *fault)
{
    struct rows_stream rows = {descriptor, digest_create()};
    FILE *stream = fopencookie(&rows, "r", (cookie_io_functions_t){.read = read_rows});

    BUG_UNLESS(stream && "there is memory");
    setvbuf(stream, NULL, _IOFBF, ROWS_BUFFER_BYTES);
    enum status status = manifest_rows_read(&reader->book, stream, fault);
    fclose(stream);
    close(descriptor);
    digest_text(rows.digest, reader->nodes.document.batch.numbers_file_digest);
    digest_destroy(rows.digest);
    return status;
}

static enum status read_numbers_file(struct manifest_reader *reader, const char *path,
                                     struct fault *fault)
{
    const char *name = reader->nodes.document.numbers_file;
    if (!name)
        return STATUS_OK;
    const char *file = manifest_beside(reader->nodes.document_arena, path, name), *why = NULL;
    int64_t bytes = 0;
    int descriptor = regular_file_open(file, &bytes, &why);

    if (descriptor < 0 || bytes > ROWS_BYTES_MAX) {
        refuse_numbers_file(reader, file, why);
        if (descriptor >= 0)
            close(descriptor);
        return STATUS_OK;
    }
    reader->book.file_names[FILE_ROWS] = file;
    return read_opened_rows(reader, descriptor, fault);
}

static void refuse_without_numbers(void *self, const struct known_customer *known)
{
    char path[PATH_BYTES], shown[MANIFEST_SHOWN_BYTES];

    if (known->has_numbers)
        return;
    snprintf(path, sizeof path, "customers[%u].numbers", known->index);
    manifest_book_problem(self, known_customer_place(known), path,
                          "customer %s has no numbers; list them here or in the numbers_file, "
                          "or remove the customer",
                          manifest_keys_show(known_customer_id(known), shown));
}

static void refuse_empty(struct manifest_reader *reader)
{
    struct manifest_book *book = &reader->book;

    if (book->has_lost_rows)
        return;
    known_customers_each(&book->customers, refuse_without_numbers, book);
    if (book->numbers.count == 0 && book->problem_count == 0)
        manifest_book_problem(book, reader->nodes.document_place, "customers",
                              "there is no number in this book; list customers with numbers here, "
                              "or name a CSV in numbers_file");
}

static enum status read_book(struct manifest_reader *reader, const char *path, struct fault *fault)
{
    enum status status = read_events(reader, fault);
    if (status == STATUS_OK && !reader->nodes.is_broken)
        status = read_numbers_file(reader, path, fault);
    if (status != STATUS_OK)
        return status;
    if (!reader->nodes.is_broken) {
        refuse_empty(reader);
        manifest_book_check_paths(&reader->book, reader->nodes.document.batch.defaults.path);
    }
    const struct manifest_sink *sink = reader->book.sink;
    size_t count = reader->book.problem_count;
    if (count == 0) {
        struct manifest_batch *batch = &reader->nodes.document.batch;
        batch->numbers_file = reader->nodes.document.numbers_file;
        digest_text(reader->digest, batch->digest);
        return sink->batch(sink->self, batch, fault);
    }
    manifest_book_tell(&reader->book);
    return fault_set(fault, STATUS_INVALID, "%s is not valid: %zu problem%s; nothing was loaded",
                     reader->book.file_names[FILE_YAML], count, count == 1 ? "" : "s");
}

static void finish_reader(struct manifest_reader *reader)
{
    yaml_parser_delete(&reader->parser);
    manifest_nodes_finish(&reader->nodes);
    manifest_book_finish(&reader->book);
    digest_destroy(reader->digest);
    if (reader->stream && reader->stream != stdin)
        fclose(reader->stream);
    free(reader);
}

static struct manifest_reader *start_reader(bool check_credentials,
                                            const struct manifest_sink *sink)
{
    struct manifest_reader *reader = memory_take(sizeof *reader);
    memset(reader, 0, sizeof *reader);
    reader->digest = digest_create();
    manifest_book_init(&reader->book, sink, check_credentials);
    manifest_nodes_init(&reader->nodes, &reader->book);
    BUG_UNLESS(yaml_parser_initialize(&reader->parser)); /* fails only without memory */
    yaml_parser_set_input(&reader->parser, read_bytes, reader);
    return reader;
}

enum status manifest_read(const char *path, bool check_credentials,
                          const struct manifest_sink *sink, struct fault *fault)
{
    bool is_standard_input = strcmp(path, "-") == 0;
    struct manifest_reader *reader = start_reader(check_credentials, sink);
    enum status status = find_folder(path, &reader->book.folder, fault);

    reader->book.file_names[FILE_YAML] = is_standard_input ? "<stdin>" : path;
    if (status == STATUS_OK) {
        reader->stream = is_standard_input ? stdin : fopen(path, "re");
        status =
            reader->stream
                ? read_book(reader, path, fault)
                : fault_set(fault, STATUS_INVALID,
                            "cannot open %s: %s; check the manifest's path and its permissions",
                            path, strerror(errno));
    }
    finish_reader(reader);
    return status;
}
