#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# How fast a run is, held against what the machine can do:
#
#   tests/bench/run.sh                        64 and 256 in flight, 3 rounds: about a quarter of an hour
#   tests/bench/run.sh --rounds 1 64          one round at 64 only
#   tests/bench/run.sh --latency 300 64 256   another latency, in ms
#   tests/bench/run.sh --seconds 5            smaller books: 5 s at the bound instead of 22
#   tests/bench/run.sh --build DIR            a build that is there already, instead of the release preset
#
# For each concurrency a book is made whose moving needs about 22 s at the bound (concurrency ÷ latency).
# In every round, one after the other, so that what the machine does meanwhile strikes both:
#   run        `wabamigrate run` on a fresh embedded database against a fresh simulator (TLS, one fixed
#              latency): a first run loads the book, reads it and waits for signups; then capture takes
#              them; the second run, which moves every number, is the one that is measured.
#   bare loop  tests/bench/bare_loop.c sends the same calls, from the simulator's log, to the same
#              simulator with as many in flight; it parses nothing and stores nothing.
# Client, simulator and database share this machine's cores. Medians over the rounds, and the range.
# "Steady" is the rate between the first and the last tenth of the calls as they reached the simulator.
# CPU is user and system time: of the program from start to end, loading the manifest again included; of
# PostgreSQL, every process of the cluster; of the bare loop from the first call to the last answer.
# The simulator's quotas for credit lines and apps are off, since their waits would be measured instead;
# those of a WABA (200 an hour when fresh, 5,000) stand. Its clock goes back an hour once the signups are
# captured: a code lives 30 s, and waiting for capture is not what is measured.
#
# No part of the test suite: it takes both cores for minutes and asserts no time. It exits with 1 when a
# run does not move every number. It needs what examples/quickstart.sh needs, and openssl.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"

ROUNDS=3
LATENCY_MS=100
SECONDS_AT_BOUND=22
BUILD=
CONCURRENCIES=()
# What a book of made-up numbers needs: 4.5 calls a number after the signups, 4.57 numbers a customer.
CALLS_A_NUMBER_TENTHS=45
NUMBERS_A_CUSTOMER_HUNDREDTHS=457

PLACE= # a folder of our own for everything
SIMULATOR=
TICKS=$(getconf CLK_TCK)

usage() { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" | head -n 5; }

while (($#)); do
    case $1 in
    --rounds) ROUNDS=${2:?} && shift 2 ;;
    --latency) LATENCY_MS=${2:?} && shift 2 ;;
    --seconds) SECONDS_AT_BOUND=${2:?} && shift 2 ;;
    --build) BUILD=$(cd "${2:?}" && pwd -P) && shift 2 ;;
    --help) usage && exit 0 ;;
    [1-9]*) CONCURRENCIES+=("$1") && shift ;;
    *) usage >&2 && exit 2 ;;
    esac
done
((${#CONCURRENCIES[@]})) || CONCURRENCIES=(64 256)

# Shows what a build says only when it fails.
quietly() {
    (cd "$PROJECT" && "$@") >"$PLACE/build.out" 2>&1 && return
    tail -n 40 "$PLACE/build.out" >&2
    fail 'the build has failed'
}

# ---- a world, and its end ----

stop_world() {
    [[ -z $SIMULATOR ]] || kill "$SIMULATOR" 2>/dev/null || true
    [[ -z $SIMULATOR ]] || wait "$SIMULATOR" 2>/dev/null || true
    SIMULATOR=
    [[ ! -e $PLACE/state/wabamigrate ]] || wabamigrate --quiet db stop >/dev/null
    rm -rf "$PLACE/state" "$PLACE/requests.jsonl" "$PLACE/port"
}

leave() {
    local status=$?
    trap - EXIT
    if [[ -n $PLACE ]]; then
        stop_world || true
        rm -rf "$PLACE"
    fi
    exit "$status"
}

start_world() { # BOOK
    local tries
    # The database's user has to pass when this is run by root.
    mkdir -m 711 "$PLACE/state"
    "$BUILD/tests/simulator/wabamigrate-simulator" --manifest "$1" --scenario "$PLACE/scenario.json" \
        --latency-ms "$LATENCY_MS" --listen 127.0.0.1:0 --port-file "$PLACE/port" \
        --log "$PLACE/requests.jsonl" --tls-cert "$PLACE/cert.pem" --tls-key "$PLACE/key.pem" \
        >"$PLACE/simulator.out" 2>&1 &
    SIMULATOR=$!
    for ((tries = 0; tries < 200; tries++)); do
        [[ ! -s $PLACE/port ]] || break
        sleep 0.05
    done
    [[ -s $PLACE/port ]] || fail "the simulator does not start: $(<"$PLACE/simulator.out")"
    WABAMIGRATE_GRAPH_URL=https://127.0.0.1:$(<"$PLACE/port")
    export WABAMIGRATE_GRAPH_URL
    wabamigrate --quiet db init >/dev/null
}

simulator() { # PATH BODY
    curl -sS --fail-with-body --cacert "$PLACE/cert.pem" -d "$2" "$WABAMIGRATE_GRAPH_URL/simulator/$1"
}

# A certificate that is its own authority, for an hour's use.
make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
        -keyout "$PLACE/key.pem" -out "$PLACE/cert.pem" 2>"$PLACE/openssl.out" ||
        fail "openssl: $(<"$PLACE/openssl.out")"
}

# ---- clocks, all in ms ----

now_ms() { printf '%d\n' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

ticks_of() { # PID, and with "all" its reaped children too
    # The command in parentheses may hold blanks: drop up to it.
    sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null |
        awk -v all="${2:-}" '{ print $12 + $13 + (all ? $14 + $15 : 0) }'
}

simulator_cpu_ms() { printf '%d\n' $(($(ticks_of "$SIMULATOR") * 1000 / TICKS)); }

postgres_cpu_ms() {
    local master child children sum
    # A backend that is just ending is neither a child any more nor reaped yet: let it go first.
    sleep 0.3
    master=$(head -n 1 "$PLACE/state/wabamigrate/postgresql/postmaster.pid")
    sum=$(ticks_of "$master" all)
    read -ra children <"/proc/$master/task/$master/children" || true
    for child in "${children[@]}"; do
        sum=$((sum + $(ticks_of "$child")))
    done
    printf '%d\n' $((sum * 1000 / TICKS))
}

# Of the requests from line $1 to line $2 of the log: calls a second between the first and last tenth.
steady_rate() {
    sed -n "$1,$2p" "$PLACE/requests.jsonl" | awk '
        match($0, /"at":"[^"]*"/) {
            split(substr($0, RSTART + 17, 12), at, ":")
            ms[++n] = (at[1] * 3600 + at[2] * 60 + at[3]) * 1000
        }
        END {
            from = int(n * 0.1) + 1; to = int(n * 0.9)
            span = ms[to] - ms[from]
            if (span < 0) span += 86400000
            printf "%.1f\n", (to - from) * 1000 / span
        }'
}

lines() { wc -l <"$1"; }

value() { # NAME of a JSON log line
    sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}

# ---- one round ----

note() { printf '%s %s\n' "$1" "$2" >>"$PLACE/figures.$CONCURRENCY"; }

# Runs the program; its log goes to $PLACE/run.err, its CPU in ms to stdout. $@: exit codes accepted.
run_program() {
    local status=0
    TIMEFORMAT='%U %S'
    {
        time wabamigrate --log-format json --progress never run --concurrency "$CONCURRENCY" \
            --patience 1s "$BOOK" >/dev/null 2>"$PLACE/run.err" || status=$?
    } 2>"$PLACE/time"
    if [[ " $* " != *" $status "* ]]; then
        tail -n 3 "$PLACE/run.err" >&2
        fail "run ended with $status"
    fi
    awk '{ printf "%d\n", ($1 + $2) * 1000 }' "$PLACE/time"
}

load_and_sign_up() {
    local before ended
    before=$(now_ms)
    run_program 4 >/dev/null
    ended=$(grep '"run.ended"' "$PLACE/run.err")
    note load_ms $(($(now_ms) - before - $(value ms <<<"$ended")))
    note first_calls "$(value calls <<<"$ended")"
    before=$(now_ms)
    simulator signups '{"all":true}' >"$PLACE/signups.jsonl"
    wabamigrate --quiet capture --file "$PLACE/signups.jsonl" &>"$PLACE/capture.out" ||
        fail "capture: $(tail -n 1 "$PLACE/capture.out")"
    note capture_us $((($(now_ms) - before) * 1000 / $(lines "$PLACE/signups.jsonl")))
    simulator clock '{"advance_seconds":-3600}' >/dev/null
}

measure_run() {
    local from to program postgres server ended calls ms
    from=$(($(lines "$PLACE/requests.jsonl") + 1))
    postgres=$(postgres_cpu_ms)
    server=$(simulator_cpu_ms)
    program=$(run_program 0)
    postgres=$(($(postgres_cpu_ms) - postgres))
    server=$(($(simulator_cpu_ms) - server))
    to=$(lines "$PLACE/requests.jsonl")
    ended=$(grep '"run.ended"' "$PLACE/run.err")
    calls=$(value calls <<<"$ended")
    ms=$(value ms <<<"$ended")
    note run_calls "$calls"
    note run_ms "$ms"
    note run_steady "$(steady_rate "$from" "$to")"
    note run_cpu_us $((program * 1000 / calls))
    note run_pg_us $((postgres * 1000 / calls))
    note run_sim_us $((server * 1000 / calls))
    note run_sim_percent $((server * 100 / ms))
    note run_pg_percent $((postgres * 100 / ms))
    note run_percent $((program * 100 / ms))
    # once more, with nothing left to do: what loading alone costs
    note again_cpu_ms "$(run_program 0)"
    sed -n "$from,${to}p" "$PLACE/requests.jsonl" >"$PLACE/calls.jsonl"
}

measure_bare_loop() {
    local from to server calls refused failed ms cpu
    from=$(($(lines "$PLACE/requests.jsonl") + 1))
    server=$(simulator_cpu_ms)
    "$BUILD/tests/bench/bare_loop" "$WABAMIGRATE_GRAPH_URL" "$PLACE/cert.pem" "$CONCURRENCY" \
        <"$PLACE/calls.jsonl" >"$PLACE/bare.out"
    server=$(($(simulator_cpu_ms) - server))
    to=$(lines "$PLACE/requests.jsonl")
    read -r calls refused failed ms cpu <"$PLACE/bare.out"
    ((failed == 0)) || fail "$failed calls of the bare loop failed"
    note bare_rate "$(awk -v n="$calls" -v ms="$ms" 'BEGIN { printf "%.1f", n * 1000 / ms }')"
    note bare_steady "$(steady_rate "$from" "$to")"
    note bare_cpu_us $((cpu / calls))
    note bare_refused_percent $((refused * 100 / calls))
    note bare_sim_us $((server * 1000 / calls))
    note bare_sim_percent $((server * 100 / ms))
    note bare_percent $((cpu / 10 / ms))
}

# ---- the table ----

# median, least and most of figure $1, with the expression $2 applied to each (x is the figure)
spread() {
    awk -v name="$1" '$1 == name { print $2 }' "$PLACE/figures.$CONCURRENCY" |
        awk -v bound="$BOUND" "{ x = \$1; print ${2:-x} }" | sort -n |
        awk -v format="${3:-%.0f}" '
            { v[NR] = $1 }
            END {
                m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
                if (NR == 1) printf format, m
                else printf format " (" format "–" format ")", m, v[1], v[NR]
            }'
}

# The ratio of two figures of the same round: median and range.
ratio() {
    awk -v a="$1" -v b="$2" '$1 == a { x[++n] = $2 } $1 == b { y[++k] = $2 }
        END { for (i = 1; i <= n; i++) print "ratio", x[i] / y[i] }' \
        "$PLACE/figures.$CONCURRENCY" >"$PLACE/ratios"
    awk '{ print $2 }' "$PLACE/ratios" | sort -n | awk '
        { v[NR] = $1 }
        END {
            m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
            if (NR == 1) printf "%.2f", m
            else printf "%.2f (%.2f–%.2f)", m, v[1], v[NR]
        }'
}

# printf pads by bytes; these cells hold dashes and signs of several.
pad() { printf '%s%*s' "$2" $(($1 - ${#2})) ''; }

row() { # LABEL, and what prints a cell, called for every concurrency
    local label=$1 cells=
    shift
    for CONCURRENCY in "${CONCURRENCIES[@]}"; do
        BOUND=$((CONCURRENCY * 1000 / LATENCY_MS))
        cells+=" $(pad 22 "$("$@")") |"
    done
    say "| $(pad 46 "$label") |$cells"
}

derive() {
    local name
    for CONCURRENCY in "${CONCURRENCIES[@]}"; do
        name=$PLACE/figures.$CONCURRENCY
        awk '$1 == "run_calls" { calls[++n] = $2 } $1 == "run_ms" { ms[++k] = $2 }
             $1 == "first_calls" { first[++f] = $2 }
             END { for (i = 1; i <= n; i++) {
                 print "run_rate", calls[i] * 1000 / ms[i]
                 print "all_calls", calls[i] + first[i] } }' "$name" >"$PLACE/more"
        cat "$PLACE/more" >>"$name"
    done
}

numbers_for() { printf '%d\n' $((SECONDS_AT_BOUND * $1 * 10000 / (LATENCY_MS * CALLS_A_NUMBER_TENTHS))); }
customers_for() { printf '%d\n' $(($(numbers_for "$1") * 100 / NUMBERS_A_CUSTOMER_HUNDREDTHS)); }

bound() { printf '%d' "$BOUND"; }
book() { printf '%d of %d' "$(numbers_for "$CONCURRENCY")" "$(customers_for "$CONCURRENCY")"; }
calls_a_number() { spread all_calls "x / $(numbers_for "$CONCURRENCY")" %.2f; }
dashes() { printf -- '---'; }
heading() { printf '%d in flight' "$CONCURRENCY"; }

print_table() {
    row "$ROUNDS rounds, $LATENCY_MS ms, TLS; median (range)" heading
    row --- dashes
    row 'bound: concurrency ÷ latency, calls/s' bound
    row 'book: numbers of customers' book
    row 'calls in the measured run' spread run_calls
    row 'calls a migrated number, reading included' calls_a_number
    row 'run: calls/s, whole' spread run_rate
    row 'run: share of the bound, whole' spread run_rate 'x / bound' %.2f
    row 'run: share of the bound, steady' spread run_steady 'x / bound' %.2f
    row 'bare loop: calls/s, whole' spread bare_rate
    row 'bare loop: share of the bound, whole' spread bare_rate 'x / bound' %.2f
    row 'bare loop: share of the bound, steady' spread bare_steady 'x / bound' %.2f
    row 'run ÷ bare loop: calls/s, whole' ratio run_rate bare_rate
    row 'run ÷ bare loop: calls/s, steady' ratio run_steady bare_steady
    row 'run: program CPU, µs a call' spread run_cpu_us
    row 'bare loop: CPU, µs a call' spread bare_cpu_us
    row 'run ÷ bare loop: CPU a call' ratio run_cpu_us bare_cpu_us
    row 'run: PostgreSQL CPU, µs a call' spread run_pg_us
    row 'run: simulator CPU, µs a call' spread run_sim_us
    row 'bare loop: simulator CPU, µs a call' spread bare_sim_us
    row 'run: % of a core, program' spread run_percent
    row 'run: % of a core, PostgreSQL' spread run_pg_percent
    row 'run: % of a core, simulator' spread run_sim_percent
    row 'bare loop: % of a core, loop' spread bare_percent
    row 'bare loop: % of a core, simulator' spread bare_sim_percent
    row 'bare loop: calls refused, %' spread bare_refused_percent
    row 'loading the book, seconds' spread load_ms 'x / 1000' %.1f
    row 'a run with nothing left: program CPU, ms' spread again_cpu_ms
    row 'capture, µs a signup' spread capture_us
}

print_machine() {
    say "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
        "$(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r)"
    say "versions: $("$BUILD/wabamigrate" --version), $(curl --version | sed -n '1s/ (.*//p')," \
        "$(openssl version | cut -d ' ' -f 1-2), $(postgres_version)"
    say "load average before: $LOAD_BEFORE, after: $(cut -d ' ' -f 1 /proc/loadavg) (ours included)"
}

postgres_version() {
    psql --version 2>/dev/null | sed 's/psql (PostgreSQL)/PostgreSQL/; s/ (.*//' || say 'PostgreSQL ?'
}

# ---- the whole ----

trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

packages_ensure "${PACKAGES_TO_BUILD[@]}" "${PACKAGES_TO_RUN[@]}" openssl
PLACE=$(mktemp -d "${TMPDIR:-/tmp}/wabamigrate-bench.XXXXXX")
chmod 711 "$PLACE"
if [[ -z $BUILD ]]; then
    BUILD=$(build_directory release)
    forget_copied_cache "$BUILD"
    quietly cmake -S "$PROJECT" --preset release -B "$BUILD"
fi
quietly cmake --build "$BUILD" --target wabamigrate wabamigrate-simulator bare_loop

for name in "${!WABAMIGRATE_@}" "${!PG@}"; do
    unset "$name"
done
PATH=$BUILD:$PATH
export LC_ALL=C.UTF-8 XDG_STATE_HOME=$PLACE/state WABAMIGRATE_CA_FILE=$PLACE/cert.pem
export WABAMIGRATE_DB_IDLE=3600 # its stopping between two commands would be measured
export META_SYSTEM_TOKEN=fictitious-system-token META_APP_SECRET=fictitious-app-secret
export OLD_PARTNER_TOKEN=fictitious-token-of-the-old-partner
LOAD_BEFORE=$(cut -d ' ' -f 1 /proc/loadavg)
make_certificate
say '{"quotas":{"credit":0,"app":0}}' >"$PLACE/scenario.json"

for CONCURRENCY in "${CONCURRENCIES[@]}"; do
    wabamigrate simulate --make-book "$(numbers_for "$CONCURRENCY")" "$(customers_for "$CONCURRENCY")" \
        "$PLACE/book.$CONCURRENCY"
done
for ((round = 1; round <= ROUNDS; round++)); do
    for CONCURRENCY in "${CONCURRENCIES[@]}"; do
        BOOK=$PLACE/book.$CONCURRENCY/book.yaml
        say "round $round of $ROUNDS, $CONCURRENCY in flight …" >&2
        start_world "$BOOK"
        load_and_sign_up
        measure_run
        measure_bare_loop
        stop_world
    done
done
derive
print_table
print_machine
