/* SPDX-License-Identifier: PostgreSQL */
/*
 * log -- one event a line on standard error, for people (text) or machines (JSON).
 *
 * Levels: error = a person is needed; warn = it is retried; info = state changes; debug = the shape
 * of the wire. Event names are stable and dotted ("graph.retry"). Fields are typed. There is no
 * field type that takes a secret, and LOG_URL shows only the query values on its allow-list
 * (fields, limit, after, waba_id, waba_currency, receiving_business_id, business, code_method,
 * language); every other value is written <redacted>. Bodies are never logged.
 *
 * JSON lines have ts, level, event, then the fields by their names. Text lines read
 * "01:00:00 warn  graph.retry  number=+49... http_status=500 ms=120".
 * The log sink is the only file-scope mutable data of the program.
 */
#ifndef WABAMIGRATE_BASE_LOG_H
#define WABAMIGRATE_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

struct log_field {
    enum { LOG_FIELD_TEXT, LOG_FIELD_INTEGER, LOG_FIELD_URL } type;
    const char *name;
    const char *text; /* NULL leaves the field out */
    int64_t integer;
};

#define LOG_TEXT(field_name, value) ((struct log_field){LOG_FIELD_TEXT, (field_name), (value), 0})
#define LOG_I64(field_name, value) \
    ((struct log_field){LOG_FIELD_INTEGER, (field_name), "", (value)})
/* Left out when 0: for figures that not every event has. */
#define LOG_NONZERO(field_name, value) \
    ((struct log_field){LOG_FIELD_INTEGER, (field_name), (value) ? "" : NULL, (value)})
#define LOG_URL(field_name, value) ((struct log_field){LOG_FIELD_URL, (field_name), (value), 0})

/* Where lines go and how much of them. `stream` and `clock` are borrowed for the program's life. */
void log_open(FILE *stream, enum log_format format, enum log_level level,
              const struct clock *clock);
bool log_wants(enum log_level level);
bool log_is_json(void);
void log_write(enum log_level level, const char *event, const struct log_field *fields,
               unsigned count);

/* Called before a line is written, so that a progress line on the same terminal can step aside.
 * NULL (the default) for none. */
void log_set_before_line(void (*before)(void *self), void *self);

/* log_event(LOG_WARN, "graph.retry", LOG_TEXT("number", n), LOG_I64("ms", 12)); at least one field.
 */
#define log_event(level, event, ...)                                           \
    do {                                                                       \
        if (log_wants(level)) {                                                \
            const struct log_field log_fields_[] = {__VA_ARGS__};              \
            log_write((level), (event), log_fields_,                           \
                      (unsigned)(sizeof log_fields_ / sizeof log_fields_[0])); \
        }                                                                      \
    } while (0)

#endif
