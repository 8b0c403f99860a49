/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_html -- one page that needs no network: a style, a script and the data.
 *
 * The script presents everything from the data. Nothing of the data can run: it stands in a block
 * that is no script, without any character of markup, and the policy lets nothing run but the one
 * script whose hash it names.
 */
#include <stdlib.h>

#include "planner/language.h"
#include "planner/report_page.h"
#include "planner/report_text.h"

/* Texts that this file shows without the script. */
/* clang-format off */
static const char *const strings[] = {
    "This report is a page with a script of its own, and the script may not run here. Allow it for "
    "this file (it uses no network), or ask for the report with --format table or --format csv.",
};
/* clang-format on */
#define STRINGS (sizeof strings / sizeof strings[0])

const char *report_html_string(size_t at)
{
    size_t scripted = 0;

    if (at < STRINGS)
        return strings[at];
    while (scripted < at - STRINGS && REPORT_PAGE_STRINGS[scripted])
        scripted++;
    return REPORT_PAGE_STRINGS[scripted];
}

static void write_text(const char *text, FILE *stream)
{
    char *harmless = report_text_take_harmless(text ? text : "");

    for (const char *at = harmless; *at; at++) {
        if (*at == '<')
            (void)fputs("&lt;", stream);
        else if (*at == '>')
            (void)fputs("&gt;", stream);
        else if (*at == '&')
            (void)fputs("&amp;", stream);
        else if (*at == '"')
            (void)fputs("&quot;", stream);
        else
            (void)putc(*at, stream);
    }
    free(harmless);
}

static void write_head(const struct report *report, FILE *stream)
{
    (void)fprintf(stream,
                  "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "script-src 'sha256-%s'; style-src 'sha256-%s'; img-src data:; "
                  "base-uri 'none'; form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n"
                  "<link rel=\"icon\" href=\"data:,\">\n<title>",
                  report->language ? report->language->code : "en", REPORT_PAGE_SCRIPT_HASH,
                  REPORT_PAGE_STYLE_HASH);
    write_text(report->batch, stream);
    (void)fprintf(stream, "</title>\n<style>%s</style>\n</head>\n", REPORT_PAGE_STYLE);
}

void report_html_write(const struct report *report, FILE *stream)
{
    write_head(report, stream);
    (void)fputs("<body>\n<noscript>\n<p>", stream);
    write_text(strings[0], stream);
    if (language_text(report->language, strings[0]) != strings[0]) {
        (void)fprintf(stream, "</p>\n<p lang=\"%s\">", report->language->code);
        write_text(language_text(report->language, strings[0]), stream);
    }
    (void)fputs("</p>\n</noscript>\n<div id=\"page\"></div>\n"
                "<script type=\"application/json\" id=\"data\">",
                stream);
    report_page_data_write(report, stream);
    (void)fprintf(stream, "</script>\n<script>%s</script>\n</body>\n</html>\n", REPORT_PAGE_SCRIPT);
}
