/* SPDX-License-Identifier: PostgreSQL */
/*
 * A line of `capture` gives ids that are ids and keys that can be shown, or is refused in words
 * that never repeat a code. The input is the whole stream; in it "@C" stands for a code.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "jobs/body.h"
#include "orchestrator/lines.h"
#include "orchestrator/session_message.h"
#include "tests/fuzz/fuzz.h"

#define CODE "AQmarker0123456789code"
#define STREAM_BYTES_MAX ((size_t)16 * 1024 * 1024)
/* Shorter than the program's, so that the ceiling is reached. */
#define LINE_BYTES_MAX 2048

static void plant(const uint8_t *data, size_t size, struct buffer *text)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < size && status == STATUS_OK; i++) {
        bool is_code = data[i] == '@' && i + 1 < size && data[i + 1] == 'C';
        status = is_code ? buffer_append_text(text, CODE) : buffer_append(text, data + i, 1);
        i += is_code;
    }
}

static void check_id(const char *id, bool may_be_absent)
{
    if (id == NULL && may_be_absent)
        return;
    BUG_UNLESS(id != NULL && strlen(id) >= 1 && strlen(id) <= 19 && *id != '0');
    BUG_UNLESS(strspn(id, "0123456789") == strlen(id));
}

static void check_key(const char *key)
{
    if (key != NULL)
        BUG_UNLESS(*key != '\0' && strlen(key) <= 128 && fuzz_is_utf8(key) &&
                   fuzz_is_one_line(key));
}

static void check_taken(const struct session_message *message)
{
    BUG_UNLESS(strcmp(message->event, "FINISH") == 0 ||
               strcmp(message->event, "FINISH_ONLY_WABA") == 0);
    check_id(message->waba_id, false);
    check_id(message->phone_number_id, true);
    check_id(message->business_id, true);
    check_key(message->customer);
    check_key(message->batch);
    BUG_UNLESS(message->code == NULL || secret_length(message->code) > 0);
}

static void check_passed(const struct session_message *message)
{
    BUG_UNLESS(message->why_passed != NULL && message->waba_id == NULL && message->code == NULL);
}

/* An event's name is repeated; who has a code there sees it. */
static bool is_event_a_code(const char *line)
{
    BODY_OWNED *body = body_parse(line, strlen(line));
    const char *event = body_text(body, "event");

    return event != NULL && strstr(event, CODE) != NULL;
}

static void check_line(const char *line)
{
    struct session_message message;
    struct fault fault = FAULT_NONE;
    enum status status = session_message_read(line, &message, &fault);

    if (status != STATUS_OK) {
        BUG_UNLESS(status == STATUS_INVALID && fault.message[0] != '\0');
        BUG_UNLESS(fuzz_is_utf8(fault.message));
        BUG_UNLESS(strstr(fault.message, CODE) == NULL || is_event_a_code(line));
    } else if (message.is_taken) {
        check_taken(&message);
    } else {
        check_passed(&message);
    }
    session_message_finish(&message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer text;
    struct lines lines;
    unsigned count = 0;

    buffer_init(&text, STREAM_BYTES_MAX);
    plant(data, size, &text);
    FILE *stream = fmemopen(NULL, text.length + 1, "w+e");
    BUG_UNLESS(stream != NULL && fwrite(buffer_text(&text), 1, text.length, stream) == text.length);
    BUG_UNLESS(fflush(stream) == 0);
    rewind(stream);
    lines_init(&lines, stream, LINE_BYTES_MAX);
    while (lines_next(&lines)) {
        BUG_UNLESS(lines.at == ++count && strlen(lines.text) <= LINE_BYTES_MAX);
        BUG_UNLESS(strchr(lines.text, '\n') == NULL && (lines.wrong == NULL || !*lines.text));
        if (lines.wrong == NULL)
            check_line(lines.text);
    }
    lines_finish(&lines);
    fclose(stream);
    size_t ends = text.length > 0 && text.data[text.length - 1] != '\n';
    for (size_t i = 0; i < text.length; i++)
        ends += text.data[i] == '\n';
    BUG_UNLESS(count == ends);
    buffer_finish(&text);
    return 0;
}
