/* SPDX-License-Identifier: PostgreSQL */
/*
 * driver -- runs a fuzz target over a corpus without libFuzzer, so that every compiler and every
 * preset keeps what fuzzing once found: driver FOLDER...
 *
 * Each file is read into memory of exactly its size, so that ASan and valgrind see a read past it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "tests/fuzz/fuzz.h"

#define FILE_BYTES_MAX ((size_t)16 * 1024 * 1024)

static bool read_file(const char *path, struct buffer *content)
{
    char bytes[65536];
    size_t count;
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return false;
    while ((count = fread(bytes, 1, sizeof bytes, file)) > 0)
        if (buffer_append(content, bytes, count) != STATUS_OK)
            break;
    bool is_whole = feof(file) && !ferror(file);
    fclose(file);
    return is_whole;
}

static bool run_file(const char *path)
{
    struct buffer content;

    buffer_init(&content, FILE_BYTES_MAX);
    if (!read_file(path, &content)) {
        perror(path);
        buffer_finish(&content);
        return false;
    }
    /* Said first: the last line before an abort names the input. */
    printf("%s (%zu bytes)\n", path, content.length);
    fflush(stdout);
    uint8_t *exact = memory_take(content.length > 0 ? content.length : 1);
    if (content.length > 0)
        memcpy(exact, content.data, content.length);
    (void)LLVMFuzzerTestOneInput(exact, content.length);
    free(exact);
    buffer_finish(&content);
    return true;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool run_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_visible, alphasort);
    bool is_well = count > 0;

    if (count <= 0)
        fprintf(stderr, "%s: no inputs there\n", folder);
    for (int i = 0; i < count; i++) {
        size_t bytes = strlen(folder) + strlen(entries[i]->d_name) + 2;
        char *path = memory_take(bytes);
        snprintf(path, bytes, "%s/%s", folder, entries[i]->d_name);
        is_well = run_file(path) && is_well;
        free(path);
        free(entries[i]);
    }
    free(entries);
    return is_well;
}

int main(int argc, char **argv)
{
    bool is_well = argc > 1;

    if (argc < 2)
        fprintf(stderr, "usage: %s FOLDER...\n", argv[0]);
    for (int i = 1; i < argc; i++)
        is_well = run_folder(argv[i]) && is_well;
    return is_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
