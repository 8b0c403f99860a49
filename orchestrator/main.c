/* SPDX-License-Identifier: PostgreSQL */
#include <locale.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/log.h"
#include "orchestrator/argument_secrets.h"
#include "orchestrator/commands.h"
#include "orchestrator/say.h"

typedef int command(const struct options *options, const struct clock *clock, struct fault *fault);

static command *const commands[] = {
    [VERB_CHECK] = command_check,
    [VERB_RUN] = command_run,
    [VERB_STATUS] = command_status,
    [VERB_REPORT] = command_report,
    [VERB_CAPTURE] = command_capture,
    [VERB_CODE] = command_code,
    [VERB_PAUSE] = command_control,
    [VERB_RESUME] = command_control,
    [VERB_CANCEL] = command_control,
    [VERB_RETRY] = command_control,
    [VERB_PINS_EXPORT] = command_pins_export,
    [VERB_TEMPLATES_DIFF] = command_templates,
    [VERB_TEMPLATES_MIGRATE] = command_templates,
    [VERB_SERVE] = command_later,
    [VERB_SIMULATE] = command_simulate,
    [VERB_DOCTOR] = command_doctor,
    [VERB_DB_INIT] = command_db,
    [VERB_DB_UPGRADE] = command_db,
    [VERB_DB_STATUS] = command_db,
    [VERB_DB_STOP] = command_db,
    [VERB_KEY_STATUS] = command_key,
    [VERB_KEY_ROTATE] = command_key,
    [VERB_KEY_RETIRE] = command_key,
};

/* A core dump would hold tokens and PINs, and so does the memory that a debugger reads and the
 * environment in /proc: none of them is for other processes of the same user. Root may all the
 * same. */
static void forbid_looking_in(void)
{
    struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

static int carry_out(int argc, char **argv)
{
    struct options options;
    struct clock clock;
    struct fault fault = FAULT_NONE;

    clock_init(&clock);
    log_open(stderr, LOG_FORMAT_TEXT, LOG_INFO, &clock);
    enum status status = options_parse(argc, argv, &options, &fault);
    if (status != STATUS_OK) {
        say("wabamigrate: %s", fault.message);
        return options_exit_code(status);
    }
    if (options.verb == VERB_NONE)
        return EXIT_ALL_DONE;
    enum log_level level = options.is_verbose ? LOG_DEBUG : options.is_quiet ? LOG_ERROR : LOG_INFO;
    log_open(stderr, options.log_format, level, &clock);
    int code = commands[options.verb](&options, &clock, &fault);
    if (fault.status != STATUS_OK && fault.message[0]) {
        if (options.log_format == LOG_FORMAT_JSON)
            log_event(LOG_ERROR, "command.failed", LOG_TEXT("command", options.verb_name),
                      LOG_I64("exit_code", code), LOG_TEXT("why", fault.message));
        else
            say("wabamigrate: %s", fault.message);
    }
    return options_accept(&options, code);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    forbid_looking_in();
    char **arguments = argument_secrets_hide(argc, argv);
    int code = carry_out(argc, arguments);
    argument_secrets_release(arguments);
    return code;
}
