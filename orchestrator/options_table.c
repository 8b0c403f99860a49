/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/options_table.h"

#include <string.h>

#include "planner/eligibility.h"

#define WORKING_VERBS (VERB_BIT(VERB_CHECK) | VERB_BIT(VERB_RUN))
#define BATCH_VERBS \
    (VERB_BIT(VERB_PAUSE) | VERB_BIT(VERB_RESUME) | VERB_BIT(VERB_CANCEL) | VERB_BIT(VERB_RETRY))
#define DATA_VERBS                                                                                \
    (WORKING_VERBS | VERB_BIT(VERB_STATUS) | VERB_BIT(VERB_REPORT) | VERB_BIT(VERB_PINS_EXPORT) | \
     TEMPLATE_VERBS)
#define TEMPLATE_VERBS (VERB_BIT(VERB_TEMPLATES_DIFF) | VERB_BIT(VERB_TEMPLATES_MIGRATE))
#define NUMBER_VERBS \
    (BATCH_VERBS | VERB_BIT(VERB_STATUS) | VERB_BIT(VERB_REPORT) | VERB_BIT(VERB_PINS_EXPORT))

static const struct choice log_formats[] = {
    {"text", LOG_FORMAT_TEXT}, {"json", LOG_FORMAT_JSON}, {NULL, 0}};
static const struct choice progresses[] = {
    {"auto", PROGRESS_AUTO}, {"always", PROGRESS_ALWAYS}, {"never", PROGRESS_NEVER}, {NULL, 0}};
static const struct choice formats[] = {{"table", REPORT_TABLE},
                                        {"json", REPORT_JSON},
                                        {"csv", REPORT_CSV},
                                        {"html", REPORT_HTML},
                                        {NULL, 0}};
static const struct choice failures[] = {{"fail", VERDICT_FAIL}, {"warn", VERDICT_WARN}, {NULL, 0}};
_Static_assert(sizeof(enum verdict) == sizeof(int) && sizeof(enum log_format) == sizeof(int) &&
                   sizeof(enum progress) == sizeof(int) &&
                   sizeof(enum report_format) == sizeof(int),
               "a choice is stored as an int");

#define AT(field) offsetof(struct options, field)

/* clang-format off */
const struct option_row OPTION_ROWS[] = {
    {"database", "WABAMIGRATE_DATABASE", OPTION_TEXT, "URL", AT(database), 0, NULL, NULL, EVERY_VERB,
     "PostgreSQL, as any libpq URL, several hosts included. Without it libpq's own PG* variables "
     "where PGHOST or PGSERVICE is set, else a private cluster under $XDG_STATE_HOME/wabamigrate "
     "that is made and started when first needed."},
    {"graph-url", "WABAMIGRATE_GRAPH_URL", OPTION_GRAPH_URL, "URL", AT(graph_url), 0, NULL,
     "https://graph.facebook.com", EVERY_VERB,
     "Where the Graph API answers. Plain http only for a loopback host."},
    {"key-file", "WABAMIGRATE_KEY_FILE", OPTION_TEXT, "FILE", AT(key_file), 0, NULL, NULL, EVERY_VERB,
     "The key that seals tokens and PINs in the database."},
    {"ca-file", "WABAMIGRATE_CA_FILE", OPTION_TEXT, "FILE", AT(ca_file), 0, NULL, NULL, EVERY_VERB,
     "PEM certificates to verify the Graph API with, instead of the system's."},
    {"log-format", "WABAMIGRATE_LOG_FORMAT", OPTION_CHOICE, "text|json", AT(log_format), 0,
     log_formats, "text", EVERY_VERB, "How log lines on standard error look."},
    {"verbose", "WABAMIGRATE_VERBOSE", OPTION_FLAG, NULL, AT(is_verbose), 0, NULL, NULL, EVERY_VERB,
     "Log the shape of every request too."},
    {"quiet", "WABAMIGRATE_QUIET", OPTION_FLAG, NULL, AT(is_quiet), 0, NULL, NULL, EVERY_VERB,
     "Log only what a person must see."},
    {"progress", "WABAMIGRATE_PROGRESS", OPTION_CHOICE, "auto|always|never", AT(progress), 0,
     progresses, "auto", EVERY_VERB,
     "The progress line on standard error; auto shows it on a terminal."},
    {"accept", "WABAMIGRATE_ACCEPT", OPTION_ACCEPT, "CODES", AT(accept), 0, NULL, NULL, EVERY_VERB,
     "Exit 0 instead of these codes, such as 4,5: for schedulers."},

    {"format", NULL, OPTION_CHOICE, "table|json|csv|html", AT(format), 0, formats, NULL, DATA_VERBS,
     "How the data looks: table on a terminal, else json, unless said. html is one page that needs "
     "no network, for a browser, for paper, and for sending to customers."},
    {"output", NULL, OPTION_TEXT, "FILE", AT(output), 0, NULL, NULL, DATA_VERBS,
     "Write the data to FILE, whole or not at all, instead of standard output."},

    {"dry-run", NULL, OPTION_FLAG, NULL, AT(is_dry_run), 0, NULL, NULL,
     VERB_BIT(VERB_RUN) | VERB_BIT(VERB_TEMPLATES_MIGRATE),
     "Read, say what would be done, and write nothing: for run that is what check does."},
    {"concurrency", NULL, OPTION_COUNT, "N", AT(concurrency), 1024, NULL, "64",
     WORKING_VERBS | TEMPLATE_VERBS,
     "Requests in flight at most, 1 to 1024."},
    {"timeout", NULL, OPTION_DURATION, "DURATION", AT(timeout_ms), 30000, NULL, "30s",
     WORKING_VERBS | TEMPLATE_VERBS,
     "How long one call may take, 1s to 30s, everything included; a write without an answer by then "
     "is looked up."},
    {"offline", NULL, OPTION_FLAG, NULL, AT(is_offline), 0, NULL, NULL, VERB_BIT(VERB_CHECK),
     "Ask nobody: the manifest alone, and what the customers confirmed in it."},
    {"fail-on", NULL, OPTION_CHOICE, "fail|warn", AT(fail_on), 0, failures, "fail",
     VERB_BIT(VERB_CHECK),
     "Exit 3 also where a rule only warns and somebody has to act on it."},
    {"max-age", NULL, OPTION_DURATION, "DURATION", AT(max_age_ms), 0, NULL, NULL,
     VERB_BIT(VERB_CHECK),
     "What an earlier check has read of a WABA less than this long ago is not read again."},
    {"since", NULL, OPTION_TEXT, "WHEN", AT(since), 0, NULL, NULL,
     VERB_BIT(VERB_CHECK) | VERB_BIT(VERB_REPORT),
     "Show what has changed since an earlier check: last, a date (2026-11-20), a time "
     "(2026-11-20T01:00:00Z), or how long ago (2d)."},
    {"language", NULL, OPTION_LANGUAGE, "CODE", AT(language), 0, NULL, "en",
     DATA_VERBS & ~TEMPLATE_VERBS,
     "The language an HTML page begins with: en or fr. The page itself holds both."},
    {"limit", NULL, OPTION_COUNT, "N", AT(limit), INT64_C(1000000000), NULL, NULL, VERB_BIT(VERB_RUN),
     "Take up at most N numbers."},
    {"only", NULL, OPTION_TEXT, "SELECTOR", AT(only), 0, NULL, NULL, WORKING_VERBS | BATCH_VERBS | TEMPLATE_VERBS,
     "Only these numbers (+33123456789) or customers (by id), several by commas."},
    {"until", NULL, OPTION_HOUR, "HH:MM", AT(until_hour), 0, NULL, NULL, VERB_BIT(VERB_RUN),
     "The window ends the next time the local clock shows HH:MM."},
    {"for", NULL, OPTION_DURATION, "DURATION", AT(for_ms), 0, NULL, NULL, WORKING_VERBS,
     "The window is this long (90s, 15m, 4h, 2d); check forecasts nights of that length."},
    {"stop-at-failure-rate", NULL, OPTION_PERCENT, "P%", AT(stop_at_failure_percent), 0, NULL, NULL,
     VERB_BIT(VERB_RUN), "Stop when P percent of the numbers taken up have failed."},
    {"canary", NULL, OPTION_COUNT, "N", AT(canary), INT64_C(1000000000), NULL, NULL,
     VERB_BIT(VERB_RUN), "Finish N numbers first; go on only when none of them failed."},
    {"spend-last-registrations", NULL, OPTION_FLAG, NULL, AT(spends_last_registrations), 0, NULL, NULL,
     VERB_BIT(VERB_RUN),
     "Spend a number's last two registrations too. Meta takes 10 of a number in 72 hours and blocks "
     "it for as long again at the 11th, so the last two wait for a person who has read why the "
     "others failed. With --only for the numbers that are meant."},
    {"workers-name", NULL, OPTION_TEXT, "NAME", AT(worker_name), 0, NULL, NULL, VERB_BIT(VERB_RUN),
     "What this worker is called in the history."},
    {"patience", NULL, OPTION_DURATION, "DURATION", AT(patience_ms), 0, NULL, "15m",
     WORKING_VERBS | TEMPLATE_VERBS,
     "Stay this long for work that becomes due by itself, and without a window for a Graph that does "
     "not answer, then end."},
    {"doubt-grace", NULL, OPTION_DURATION, "DURATION", AT(doubt_grace_ms), 0, NULL, "10s",
     VERB_BIT(VERB_RUN),
     "How long after the answer to a request was lost the absence of its effect is believed."},

    {"number", NULL, OPTION_TEXT, "NUMBER", AT(number), 0, NULL, NULL, NUMBER_VERBS,
     "One number only; report then tells it attempt by attempt."},
    {"watch", NULL, OPTION_FLAG, NULL, AT(is_watching), 0, NULL, NULL, VERB_BIT(VERB_STATUS),
     "Show it again and again until interrupted."},
    {"source", NULL, OPTION_TEXT, "WABA", AT(source_waba_id), 0, NULL, NULL, TEMPLATE_VERBS,
     "The WABA the templates come from, by its id; with --destination, instead of a batch."},
    {"destination", NULL, OPTION_TEXT, "WABA", AT(destination_waba_id), 0, NULL, NULL, TEMPLATE_VERBS,
     "The WABA they go to, of the same business."},
    {"token-env", NULL, OPTION_TEXT, "NAME", AT(token_env), 0, NULL, NULL, TEMPLATE_VERBS,
     "The environment variable that holds the token for the destination, and for the source too "
     "unless that has one of its own. Never the token itself."},
    {"token-file", NULL, OPTION_TEXT, "FILE", AT(token_file), 0, NULL, NULL, TEMPLATE_VERBS,
     "The same, from a file."},
    {"source-token-env", NULL, OPTION_TEXT, "NAME", AT(source_token_env), 0, NULL, NULL, TEMPLATE_VERBS,
     "The environment variable that holds a token for reading the source."},
    {"source-token-file", NULL, OPTION_TEXT, "FILE", AT(source_token_file), 0, NULL, NULL,
     TEMPLATE_VERBS, "The same, from a file."},
    {"file", NULL, OPTION_TEXT, "FILE", AT(file), 0, NULL, NULL,
     VERB_BIT(VERB_CAPTURE) | VERB_BIT(VERB_CODE),
     "Read FILE; - is standard input."},
};

const struct verb_row VERB_ROWS[] = {
    {VERB_CHECK, "check", "MANIFEST", 1, 1, {AT(manifest)}, "dry run: which numbers may move",
     "Validates the manifest, reads Graph, applies every eligibility rule and forecasts calls, time "
     "and nights. Sends nothing but reads. A MANIFEST of - is standard input."},
    {VERB_RUN, "run", "MANIFEST", 1, 1, {AT(manifest)}, "move what can be moved; again to resume",
     "Loads or updates the batch, then works until nothing more can be done now, the window ends or "
     "it is stopped. The same command resumes. A first SIGTERM or SIGINT ends it in order, a second "
     "at once."},
    {VERB_STATUS, "status", "[BATCH]", 0, 1, {AT(batch)}, "where every number stands",
     "Shows every number's state and what it waits for. Reads the database only."},
    {VERB_REPORT, "report", "[BATCH]", 0, 1, {AT(batch)}, "the whole story of a batch or a number",
     "Tells people and auditors what was found, done and answered; --number tells one number's "
     "story, attempt by attempt. Reads the database only."},
    {VERB_CAPTURE, "capture", NULL, 0, 0, {0}, "feed Embedded Signup results",
     "Reads one JSON object a line from standard input or --file: Meta's session message with "
     "\"code\" and \"customer\" beside it. A line that is refused is named by its number and costs "
     "no other line; repeating a line changes nothing."},
    {VERB_CODE, "code", "NUMBER CODE", 0, 2, {AT(code_number), AT(code)}, "feed a verification code",
     "Hands over the six-digit code that WhatsApp sent to NUMBER (programmatic path), also while a "
     "run is going on; --file takes many, one \"NUMBER CODE\" a line, and shows none of them to "
     "other users of the machine. A line that is refused is named by its number and costs no other "
     "line; repeating a line changes nothing."},
    {VERB_PAUSE, "pause", "[BATCH]", 0, 1, {AT(batch)}, "take nothing new up",
     "Nothing new is taken up for the batch, or for what --number or --only selects, until resume."},
    {VERB_RESUME, "resume", "[BATCH]", 0, 1, {AT(batch)}, "undo pause", "Ends what pause began."},
    {VERB_CANCEL, "cancel", "[BATCH]", 0, 1, {AT(batch)}, "give numbers up for good",
     "What is not done of the batch, or of what --number or --only selects, will not be done."},
    {VERB_RETRY, "retry", "[BATCH]", 0, 1, {AT(batch)}, "let failed numbers try again",
     "What failed in the batch, or in what --number or --only selects, is tried again by the next "
     "run. A number named so that waits for a verification code is sent a new one."},
    {VERB_PINS_EXPORT, "pins export", "[BATCH]", 0, 1, {AT(batch)}, "hand over two-step PINs",
     "Writes the two-step verification PINs that registration set. They are secrets: --output makes "
     "a file only its owner can read."},
    {VERB_TEMPLATES_DIFF, "templates diff", "[BATCH]", 0, 1, {AT(batch)},
     "which message templates came along",
     "Reads the message templates of two WABAs and says of each whether it was copied, or why not and "
     "what to do: for every customer of BATCH (or of what --only selects), or between --source and "
     "--destination. Sends nothing but reads."},
    {VERB_TEMPLATES_MIGRATE, "templates migrate", "[BATCH]", 0, 1, {AT(batch)},
     "copy the message templates that are missing",
     "Says what is missing, has it copied, and shows the difference again. Between --source and "
     "--destination it asks Graph at once, for what is missing there and nothing else. For the customers "
     "of a batch the next run does it, which knows what it has asked for already: what was given up is "
     "taken up again."},
    {VERB_SERVE, "serve", NULL, 0, 0, {0}, "the intake web server (not in this version)",
     "The Embedded Signup page, capture, webhooks, a live page and metrics."},
    {VERB_SIMULATE, "simulate", "[SIMULATOR OPTIONS]", 0, 0, {0}, "a Graph API simulator on loopback",
     "Everything after the word goes to the simulator."},
    {VERB_DOCTOR, "doctor", "[MANIFEST]", 0, 1, {AT(manifest)}, "check the surroundings, say what to mend",
     "Checks database, schema, credentials, clock, Graph and versions, and prints what to mend. With "
     "a MANIFEST its credentials are checked too."},
    {VERB_DB_INIT, "db init", NULL, 0, 0, {0}, "make the schema", "Makes the schema in the database."},
    {VERB_DB_UPGRADE, "db upgrade", NULL, 0, 0, {0}, "bring the schema up to date",
     "Brings an older schema up to date."},
    {VERB_DB_STATUS, "db status", NULL, 0, 0, {0}, "which schema the database has",
     "Says which schema the database has, and which this program wants."},
    {VERB_DB_STOP, "db stop", NULL, 0, 0, {0}, "stop the private cluster",
     "Stops the private PostgreSQL cluster that the embedded default started. It starts again by "
     "itself when needed."},
    {VERB_KEY_STATUS, "key status", NULL, 0, 0, {0}, "which key seals, and how much",
     "Lists the keys of the key file by their ids, and how many secrets of the database each has "
     "sealed."},
    {VERB_KEY_ROTATE, "key rotate", NULL, 0, 0, {0}, "seal everything anew under a new key",
     "Puts a new key on top of the key file and seals every token, code and PIN anew. Not while a "
     "run is at work: exit 5. Killed half-way it goes on when started again. The old keys stay in "
     "the file: backups of the database need them."},
    {VERB_KEY_RETIRE, "key retire", NULL, 0, 0, {0}, "drop the keys that seal nothing any more",
     "Drops every key but the first from the key file, once nothing of this database is sealed with "
     "them. Where several databases share a key file, rotate each of them before."},
};

const struct exit_code_row EXIT_CODE_ROWS[] = {
    {EXIT_ALL_DONE, "everything asked for is done; for check: all eligible or already moved"},
    {EXIT_INTERNAL, "internal error"},
    {EXIT_USAGE, "usage, or the manifest is not valid"},
    {EXIT_SOME_FAILED, "finished, and some failed or are blocked; for check: not eligible"},
    {EXIT_WAITING, "nothing more can be done now: numbers wait for a person or a time"},
    {EXIT_STOPPED, "stopped before the end with work left: run again"},
    {EXIT_THRESHOLD, "stopped by the failure threshold"},
    {EXIT_REFUSED, "the database or the credentials are refused or cannot be reached"},
};
/* clang-format on */

const size_t OPTION_ROWS_COUNT = sizeof OPTION_ROWS / sizeof OPTION_ROWS[0];
const size_t VERB_ROWS_COUNT = sizeof VERB_ROWS / sizeof VERB_ROWS[0];
const size_t EXIT_CODE_ROWS_COUNT = sizeof EXIT_CODE_ROWS / sizeof EXIT_CODE_ROWS[0];
_Static_assert(sizeof OPTION_ROWS / sizeof OPTION_ROWS[0] <= OPTION_ROWS_MAX, "raise the ceiling");

const struct option_row *option_find(const char *name, size_t length)
{
    for (size_t i = 0; i < OPTION_ROWS_COUNT; i++) {
        const char *known = OPTION_ROWS[i].name;
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return &OPTION_ROWS[i];
    }
    return NULL;
}
