/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/report_output.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "orchestrator/output_file.h"
#include "planner/language.h"

#define WIDTH_DEFAULT 80

unsigned report_output_width(const struct options *options)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    unsigned width = columns ? (unsigned)strtoul(columns, NULL, 10) : 0;

    if (width == 0 && !options->output && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    return width ? width : WIDTH_DEFAULT;
}

/* The contract: a table on a terminal. What goes to a pipe or a file is for programs. */
enum report_format report_output_format(const struct options *options)
{
    return options->has_format                         ? options->format
           : !options->output && isatty(STDOUT_FILENO) ? REPORT_TABLE
                                                       : REPORT_JSON;
}

enum status report_output(const struct options *options, struct report *report, bool is_story,
                          struct fault *fault)
{
    struct output_file file = {0};

    report->language = language_find(options->language);
    enum report_format format = report_output_format(options);

    enum status status = output_file_open(&file, options->output, false, fault);
    if (status != STATUS_OK)
        return status;
    unsigned width = report_output_width(options);
    status = is_story ? report_write_number(report, format, width, file.stream, fault)
                      : report_write(report, format, width, file.stream, fault);
    if (status == STATUS_OK)
        status = output_file_commit(&file, fault);
    output_file_finish(&file);
    return status;
}

enum status report_output_check(const struct options *options, struct fault *fault)
{
    struct output_file file = {0};

    enum status status = output_file_open(&file, options->output, false, fault);
    output_file_finish(&file);
    if (status != STATUS_OK)
        fault->status = STATUS_INVALID;
    return status == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}
