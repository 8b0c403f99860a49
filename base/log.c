/* SPDX-License-Identifier: PostgreSQL */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"

/* More of one value helps nobody; more of one line breaks collectors. */
#define VALUE_MAX_BYTES 4096
#define LINE_MAX_BYTES 262144
#define QUERY_NAME_MAX_BYTES 40

static const char redacted[] = "<redacted>";

static struct {
    FILE *stream; /* NULL until log_open(): nothing is written */
    enum log_format format;
    enum log_level level;
    const struct clock *clock;
    void (*before)(void *self);
    void *before_self;
} sink;

void log_open(FILE *stream, enum log_format format, enum log_level level, const struct clock *clock)
{
    tzset();
    sink.stream = stream;
    sink.format = format;
    sink.level = level;
    sink.clock = clock;
}

bool log_wants(enum log_level level)
{
    return sink.stream != NULL && level <= sink.level;
}

bool log_is_json(void)
{
    return sink.stream != NULL && sink.format == LOG_FORMAT_JSON;
}

void log_set_before_line(void (*before)(void *self), void *self)
{
    sink.before = before;
    sink.before_self = self;
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_ERROR:
        return "error";
    case LOG_WARN:
        return "warn";
    case LOG_INFO:
        return "info";
    case LOG_DEBUG:
        return "debug";
    }
    return "error";
}

/* Decodes one character of NUL-terminated text and says how many bytes it took. Overlong forms,
 * surrogates, stray and missing continuation bytes count as U+FFFD, one byte each. */
static size_t decode_utf8(const unsigned char *at, uint32_t *character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t count;

    *character = at[0];
    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xC2 && at[0] <= 0xDF)
        count = 2;
    else if (at[0] >= 0xE0 && at[0] <= 0xEF)
        count = 3;
    else if (at[0] >= 0xF0 && at[0] <= 0xF4)
        count = 4;
    else
        count = 0;

    uint32_t value = count > 0 ? at[0] & (0x7FU >> count) : 0;
    for (size_t i = 1; i < count; i++) {
        if ((at[i] & 0xC0) != 0x80) /* the NUL at the end stops here too */
            count = 0;
        else
            value = value << 6 | (at[i] & 0x3FU);
    }
    if (count == 0 || value < smallest[count] || value > 0x10FFFF ||
        (value >= 0xD800 && value <= 0xDFFF)) {
        *character = 0xFFFD;
        return 1;
    }
    *character = value;
    return count;
}

/* What could end a line, move a terminal's cursor, or show text in another order than it is
 * written: none of it may reach a reader raw. */
static bool is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character <= 0x9F) || character == 0x061C ||
           character == 0x200E || character == 0x200F ||
           (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xFEFF;
}

static enum status put_character(struct buffer *line, uint32_t character, const void *bytes,
                                 size_t count)
{
    switch (character) {
    case '"':
        return buffer_append_text(line, "\\\"");
    case '\\':
        return buffer_append_text(line, "\\\\");
    case '\b':
        return buffer_append_text(line, "\\b");
    case '\f':
        return buffer_append_text(line, "\\f");
    case '\n':
        return buffer_append_text(line, "\\n");
    case '\r':
        return buffer_append_text(line, "\\r");
    case '\t':
        return buffer_append_text(line, "\\t");
    case 0xFFFD:
        return buffer_append_text(line, "\xEF\xBF\xBD");
    default:
        if (is_control(character))
            return buffer_printf(line, "\\u%04" PRIx32, character);
        return buffer_append(line, bytes, count);
    }
}

/* Stands for itself, and ends nothing. */
static bool is_plain(char byte)
{
    return byte >= ' ' && byte < '\x7F' && byte != '"' && byte != '\\';
}

static enum status put_escaped(struct buffer *line, const char *text)
{
    const char *at = text;
    enum status status = STATUS_OK;

    while (*at != '\0' && status == STATUS_OK) {
        const char *run = at;
        while (is_plain(*at) && at - text < VALUE_MAX_BYTES)
            at++;
        status = buffer_append(line, run, (size_t)(at - run));
        if (*at == '\0' || status != STATUS_OK)
            break;
        if (at - text >= VALUE_MAX_BYTES)
            return buffer_append_text(line, "\xE2\x80\xA6"); /* an ellipsis: the value was cut */
        uint32_t character;
        size_t count = decode_utf8((const unsigned char *)at, &character);
        status = put_character(line, character, at, count);
        at += count;
    }
    return status;
}

static enum status put_quoted(struct buffer *line, const char *text)
{
    enum status status = buffer_append(line, "\"", 1);

    if (status == STATUS_OK)
        status = put_escaped(line, text);
    if (status == STATUS_OK)
        status = buffer_append(line, "\"", 1);
    return status;
}

/* Quotes what would otherwise read as two fields, or as an escape. */
static bool needs_quotes(const char *text)
{
    if (*text == '\0')
        return true;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text <= ' ' || *text == '"' || *text == '\\' || *text == '\x7F')
            return true;
    return false;
}

static bool is_listed(const char *name, size_t count)
{
    static const char *const listed[] = {
        "fields",   "limit",       "after",    "waba_id", "waba_currency", "receiving_business_id",
        "business", "code_method", "language",
    };

    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++)
        if (strlen(listed[i]) == count && memcmp(listed[i], name, count) == 0)
            return true;
    return false;
}

/* A bare token is a "name" too, so only what looks like a parameter's name is shown. */
static bool is_plain_name(const char *name, size_t count)
{
    if (count > QUERY_NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < count; i++) {
        char byte = name[i];
        if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
              (byte >= '0' && byte <= '9') || byte == '_'))
            return false;
    }
    return true;
}

/* One "name=value" of a query. */
static enum status put_parameter(struct buffer *url, const char *text, size_t count)
{
    const char *equals = memchr(text, '=', count);
    size_t name_bytes = equals != NULL ? (size_t)(equals - text) : count;
    enum status status;

    /* A '?' in a value means that a whole second URL may be in there. */
    if (count == 0 || (is_listed(text, name_bytes) && memchr(text, '?', count) == NULL))
        return buffer_append(url, text, count);
    if (equals == NULL)
        return buffer_append_text(url, redacted);

    status = is_plain_name(text, name_bytes) ? buffer_append(url, text, name_bytes)
                                             : buffer_append_text(url, redacted);
    if (status == STATUS_OK)
        status = buffer_append(url, "=", 1);
    if (status == STATUS_OK)
        status = buffer_append_text(url, redacted);
    return status;
}

static enum status put_query(struct buffer *url, const char *query, size_t count)
{
    const char *end = query + count;
    enum status status = buffer_append(url, "?", 1);

    while (status == STATUS_OK) {
        /* Some servers separate with ';' too: a token after one must not pass as part of a value.
         */
        const char *stop = query;
        while (stop < end && *stop != '&' && *stop != ';')
            stop++;
        status = put_parameter(url, query, (size_t)(stop - query));
        if (stop == end)
            break;
        if (status == STATUS_OK)
            status = buffer_append(url, stop, 1);
        query = stop + 1;
    }
    return status;
}

/* Scheme, host and path, without "user:password@". */
static enum status put_place(struct buffer *url, const char *place, size_t count)
{
    const char *scheme_end = memmem(place, count, "://", 3);
    size_t scheme_bytes = scheme_end != NULL ? (size_t)(scheme_end - place) + 3 : 0;
    const char *at_sign = memrchr(place + scheme_bytes, '@', count - scheme_bytes);
    enum status status = buffer_append(url, place, scheme_bytes);

    if (at_sign == NULL)
        at_sign = place + scheme_bytes;
    else if (status == STATUS_OK)
        status = buffer_append_text(url, redacted);
    if (status == STATUS_OK)
        status = buffer_append(url, at_sign, (size_t)(place + count - at_sign));
    return status;
}

static enum status redact_url(struct buffer *url, const char *text)
{
    size_t place_bytes = strcspn(text, "?#");
    const char *at = text + place_bytes;
    enum status status = put_place(url, text, place_bytes);

    if (*at == '?' && status == STATUS_OK) {
        size_t query_bytes = strcspn(at + 1, "#");
        status = put_query(url, at + 1, query_bytes);
        at += 1 + query_bytes;
    }
    if (*at == '#' && status == STATUS_OK)
        status = buffer_append(url, "#", 1);
    /* Sign-in pages hand tokens over in the fragment. */
    if (*at == '#' && at[1] != '\0' && status == STATUS_OK)
        status = buffer_append_text(url, redacted);
    return status;
}

static enum status put_value(struct buffer *line, const char *text)
{
    if (sink.format == LOG_FORMAT_JSON || needs_quotes(text))
        return put_quoted(line, text);
    return put_escaped(line, text);
}

static enum status put_url(struct buffer *line, const char *text)
{
    struct buffer url;

    buffer_init(&url, LINE_MAX_BYTES);
    bool is_redacted = redact_url(&url, text) == STATUS_OK;
    enum status status = put_value(line, is_redacted ? buffer_text(&url) : redacted);
    buffer_finish(&url);
    return status;
}

static enum status put_field(struct buffer *line, const struct log_field *field, bool is_first)
{
    enum status status;

    if (sink.format == LOG_FORMAT_JSON) {
        status = buffer_append(line, ",", 1);
        if (status == STATUS_OK)
            status = put_quoted(line, field->name);
        if (status == STATUS_OK)
            status = buffer_append(line, ":", 1);
    } else {
        status = buffer_append_text(line, is_first ? "  " : " ");
        if (status == STATUS_OK)
            status = put_escaped(line, field->name);
        if (status == STATUS_OK)
            status = buffer_append(line, "=", 1);
    }
    if (status != STATUS_OK)
        return status;

    switch (field->type) {
    case LOG_FIELD_INTEGER:
        return buffer_printf(line, "%" PRId64, field->integer);
    case LOG_FIELD_URL:
        return put_url(line, field->text);
    case LOG_FIELD_TEXT:
        break;
    }
    return put_value(line, field->text);
}

static enum status put_head(struct buffer *line, enum log_level level, const char *event)
{
    static const struct clock unshifted = {0};
    int64_t wall_ms = clock_wall_ms(sink.clock != NULL ? sink.clock : &unshifted);
    char when[CLOCK_TEXT_BYTES];
    enum status status;

    if (sink.format == LOG_FORMAT_TEXT) {
        time_t seconds = (time_t)(wall_ms / 1000);
        struct tm parts;
        if (localtime_r(&seconds, &parts) == NULL ||
            strftime(when, sizeof when, "%H:%M:%S", &parts) == 0)
            memcpy(when, "--:--:--", 9);
        status = buffer_printf(line, "%s %-5s ", when, level_name(level));
        return status == STATUS_OK ? put_escaped(line, event) : status;
    }

    clock_format(wall_ms, when);
    when[strcspn(when, "Z")] = '\0';
    status = buffer_printf(line, "{\"ts\":\"%s.%03dZ\",\"level\":\"%s\",\"event\":", when,
                           abs((int)(wall_ms % 1000)), level_name(level));
    return status == STATUS_OK ? put_quoted(line, event) : status;
}

/* Whole fields or none: when the line is full, the fields that still fit are kept. */
static enum status put_fields(struct buffer *line, const struct log_field *fields, unsigned count)
{
    bool is_first = true;

    for (unsigned i = 0; i < count; i++) {
        size_t length = line->length;
        if (fields[i].text == NULL)
            continue;
        if (put_field(line, &fields[i], is_first) != STATUS_OK) {
            line->length = length;
            break;
        }
        is_first = false;
    }
    line->ceiling += 2; /* the end of the line always fits */
    return buffer_append_text(line, sink.format == LOG_FORMAT_JSON ? "}\n" : "\n");
}

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               unsigned count)
{
    int why = errno;
    struct buffer line;

    if (!log_wants(level))
        return;

    buffer_init(&line, LINE_MAX_BYTES);
    if (put_head(&line, level, event) == STATUS_OK &&
        put_fields(&line, fields, count) == STATUS_OK) {
        if (sink.before != NULL)
            sink.before(sink.before_self);
        /* Nothing sensible can be done about a log that cannot be written. */
        (void)fwrite(line.data, 1, line.length, sink.stream);
        (void)fflush(sink.stream);
    }
    buffer_finish(&line);
    errno = why;
}
