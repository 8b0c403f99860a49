/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/options.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char OPTIONS_HELP[] =
    "Usage: wabamigrate simulate --manifest FILE [options]\n"
    "       wabamigrate simulate --make-book NUMBERS CUSTOMERS FOLDER [--mix|--programmatic]\n"
    "       wabamigrate simulate --make-pairs FOLDER\n"
    "\n"
    "A Graph API for rehearsals, on loopback only: it answers for the world a manifest\n"
    "describes, as strictly as Meta's documents say. Nothing of it is real.\n"
    "\n"
    "  --manifest FILE       the book whose customers and numbers exist; its credentials\n"
    "                        are read from where it says\n"
    "  --scenario FILE       JSON: what is out of order, latency, quotas, faults\n"
    "  --listen HOST:PORT    default 127.0.0.1:8090; port 0 takes a free one\n"
    "  --port-file FILE      where to write the port once it is listening\n"
    "  --log FILE            appends every request as a JSON line\n"
    "  --latency-ms N|N-M    before each answer (the scenario's latency otherwise)\n"
    "  --clock-offset N      seconds added to the clock (or WABAMIGRATE_CLOCK_OFFSET)\n"
    "  --tls-cert FILE       PEM certificate and key: https instead of http\n"
    "  --tls-key FILE\n"
    "  --make-book NUMBERS CUSTOMERS FOLDER\n"
    "                        writes FOLDER/book.yaml, the same for the same figures\n"
    "  --programmatic        its numbers take the programmatic path, to WABAs that are there\n"
    "  --mix                 and FOLDER/scenario.json: something is wrong with three\n"
    "                        customers in ten, of every kind\n"
    "  --make-pairs FOLDER   writes book.yaml, scenario.json and expected.json: each\n"
    "                        customer fails two eligibility rules, each pair once\n"
    "  --help, --version\n"
    "\n"
    "While it runs, under http://HOST:PORT/simulator/: GET health, state, summary,\n"
    "templates, clock, codes; POST signups {\"all\":true}, scenario {...},\n"
    "clock {\"advance_seconds\":N},\n"
    "faults {\"match\":\"POST */register\",\"kind\":\"reset_after\",\"times\":1}.\n"
    "SIGTERM ends it. Exit codes: 0 ended, 1 internal error, 2 usage, 7 credentials.\n";

static enum status parse_port(const char *text, in_port_t *port, struct fault *fault)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value > 65535)
        return fault_set(fault, STATUS_INVALID, "--listen: %s is no port", text);
    *port = htons((uint16_t)value);
    return STATUS_OK;
}

/* Anything but loopback is refused: the simulator answers every token it was seeded with. */
static enum status parse_listen(const char *text, struct options *options, struct fault *fault)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    in_port_t port = 0;
    if (!colon || (size_t)(colon - text) >= sizeof host)
        return fault_set(fault, STATUS_INVALID, "--listen takes HOST:PORT, not %s", text);
    snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    enum status status = parse_port(colon + 1, &port, fault);
    if (status != STATUS_OK)
        return status;
    if (strcmp(host, "[::1]") == 0) {
        options->listen.v6 = (struct sockaddr_in6){
            .sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        return STATUS_OK;
    }
    struct in_addr address;
    const char *dotted = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    if (inet_pton(AF_INET, dotted, &address) != 1 || (ntohl(address.s_addr) >> 24) != 127)
        return fault_set(
            fault, STATUS_INVALID,
            "--listen: %s is not loopback; the simulator listens on 127.0.0.1, [::1] or "
            "localhost only",
            host);
    options->listen.v4 =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port, .sin_addr = address};
    return STATUS_OK;
}

static enum status parse_latency(const char *text, struct options *options, struct fault *fault)
{
    char *end;
    unsigned long least = strtoul(text, &end, 10), most = least;
    bool is_valid = end != text;
    if (*end == '-') {
        const char *second = end + 1;
        most = strtoul(second, &end, 10);
        is_valid = is_valid && end != second;
    }
    if (!is_valid || *end != '\0' || most < least || most > 600000)
        return fault_set(fault, STATUS_INVALID, "--latency-ms takes N or N-M, not %s", text);
    options->latency_min_ms = (unsigned)least;
    options->latency_max_ms = (unsigned)most;
    options->has_latency = true;
    return STATUS_OK;
}

static enum status parse_offset(const char *text, struct options *options, struct fault *fault)
{
    char *end;
    options->clock_offset_s = strtoll(text, &end, 10);
    options->has_clock_offset = true;
    if (*text == '\0' || *end != '\0')
        return fault_set(fault, STATUS_INVALID, "--clock-offset takes seconds, not %s", text);
    return STATUS_OK;
}

/* --make-book takes three values; getopt gave the first. */
static enum status parse_book(int argc, char **argv, struct options *options, struct fault *fault)
{
    char *end_numbers = NULL, *end_customers = NULL;
    if (optind + 1 < argc) {
        options->book_numbers = (unsigned)strtoul(optarg, &end_numbers, 10);
        options->book_customers = (unsigned)strtoul(argv[optind], &end_customers, 10);
        options->book_folder = argv[optind + 1];
        optind += 2;
    }
    if (!end_numbers || *end_numbers || *end_customers || options->book_customers == 0 ||
        options->book_numbers < options->book_customers || options->book_numbers > 2000000)
        return fault_set(fault, STATUS_INVALID,
                         "--make-book takes NUMBERS CUSTOMERS FOLDER, with at least one number a "
                         "customer and at most 2000000 numbers");
    return STATUS_OK;
}

static enum status apply(int option, int argc, char **argv, struct options *options,
                         struct fault *fault)
{
    switch (option) {
    case 'm':
        options->manifest = optarg;
        return STATUS_OK;
    case 's':
        options->scenario = optarg;
        return STATUS_OK;
    case 'g':
        options->log = optarg;
        return STATUS_OK;
    case 'p':
        options->port_file = optarg;
        return STATUS_OK;
    case 'c':
        options->tls_cert = optarg;
        return STATUS_OK;
    case 'k':
        options->tls_key = optarg;
        return STATUS_OK;
    case 'l':
        return parse_listen(optarg, options, fault);
    case 't':
        return parse_latency(optarg, options, fault);
    case 'o':
        return parse_offset(optarg, options, fault);
    case 'b':
        return parse_book(argc, argv, options, fault);
    case 'x':
        options->book_is_mixed = true;
        return STATUS_OK;
    case 'a':
        options->book_is_programmatic = true;
        return STATUS_OK;
    case 'r':
        options->pairs_folder = optarg;
        return STATUS_OK;
    case 'h':
        options->wants_help = true;
        return STATUS_OK;
    case 'V':
        options->wants_version = true;
        return STATUS_OK;
    default:
        return fault_set(fault, STATUS_INVALID, "unknown option or missing value: %s",
                         argv[optind - 1]);
    }
}

enum status options_parse(int argc, char **argv, struct options *options, struct fault *fault)
{
    static const struct option known[] = {{"manifest", required_argument, NULL, 'm'},
                                          {"scenario", required_argument, NULL, 's'},
                                          {"log", required_argument, NULL, 'g'},
                                          {"port-file", required_argument, NULL, 'p'},
                                          {"tls-cert", required_argument, NULL, 'c'},
                                          {"tls-key", required_argument, NULL, 'k'},
                                          {"listen", required_argument, NULL, 'l'},
                                          {"latency-ms", required_argument, NULL, 't'},
                                          {"clock-offset", required_argument, NULL, 'o'},
                                          {"make-book", required_argument, NULL, 'b'},
                                          {"mix", no_argument, NULL, 'x'},
                                          {"programmatic", no_argument, NULL, 'a'},
                                          {"make-pairs", required_argument, NULL, 'r'},
                                          {"help", no_argument, NULL, 'h'},
                                          {"version", no_argument, NULL, 'V'},
                                          {NULL, 0, NULL, 0}};
    *options = (struct options){0};
    enum status status = parse_listen("127.0.0.1:8090", options, fault);
    opterr = 0;
    for (int option;
         status == STATUS_OK && (option = getopt_long(argc, argv, "+", known, NULL)) != -1;)
        status = apply(option, argc, argv, options, fault);
    if (status != STATUS_OK || options->wants_help || options->wants_version)
        return status;
    if (optind < argc)
        return fault_set(fault, STATUS_INVALID, "unexpected argument: %s", argv[optind]);
    if ((options->book_is_mixed || options->book_is_programmatic) && !options->book_folder)
        return fault_set(fault, STATUS_INVALID, "--mix and --programmatic go with --make-book");
    if (options->book_is_mixed && options->book_is_programmatic)
        return fault_set(fault, STATUS_INVALID, "--mix or --programmatic, not both");
    if (!options->manifest && !options->book_folder && !options->pairs_folder)
        return fault_set(fault, STATUS_INVALID, "--manifest FILE is missing");
    if (!options->tls_cert != !options->tls_key)
        return fault_set(fault, STATUS_INVALID, "--tls-cert and --tls-key go together");
    return STATUS_OK;
}
