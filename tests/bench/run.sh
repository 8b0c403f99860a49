#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# How fast a run is, held against what the machine can do and against what one would write instead:
#
#   tests/bench/run.sh                        64 and 256 in flight, 3 rounds: about a quarter of an hour
#   tests/bench/run.sh --rounds 1 64          one round at 64 only
#   tests/bench/run.sh --calls 100000         at least so many calls in a run instead of 15,000: an hour
#   tests/bench/run.sh --customers 1150       of so many customers instead of one for each 4.57 numbers: a
#                                             run shares its credit line with 3,700 an hour at full speed
#   tests/bench/run.sh --latency 300 64 256   another latency, in ms; 0: how many steps a second are kept
#   tests/bench/run.sh --peers bare           only these beside the run, of bare,curl,python,node; or none
#   tests/bench/run.sh --script-calls 5000    how many of the calls curl and the scripts make (10,000)
#   tests/bench/run.sh --build DIR            a build that is there already, instead of the release preset
#
# In every round, for each concurrency, one after the other, so that what the machine does meanwhile
# strikes all:
#   run     `wabamigrate run` of a made-up book on a fresh embedded database against a fresh simulator (TLS,
#           one fixed latency), from the first reading to the last number. The book is loaded before (by
#           a run that is pointed at a closed port), and the signups are captured before.
#   bare    tests/bench/bare_loop.c: the same calls, from the simulator's log, with as many in flight over
#           one curl multi handle; it parses nothing and stores nothing.
#   curl    `curl --parallel` with the same calls (it takes 300 at a time at the most).
#   python  tests/bench/script.py: threads, each with a connection to Graph and one to PostgreSQL, which
#           is told of each call that has come back.
#   node    tests/bench/script.js: the same with Node; only where its `pg` module is found.
# Each has a fresh simulator with the same signups, so the answers are the same but where a call needs a
# token that only the run was given (the share is in the table). The scripts get their own PostgreSQL,
# with as many connections as calls in flight. A small round of everything goes before, and is not counted.
#
# All of them, the simulator and the database share this machine's cores. Medians over the rounds, and the
# range; a ratio is of two figures of the same round. "Steady" is the rate between the first and the last
# tenth of the calls as they reached the simulator. CPU is user and system time: of the program from start
# to end, checking the manifest included; of PostgreSQL, every process of the cluster; of the
# bare loop and the scripts from the first call to the last answer. The simulator's quotas for credit
# lines and apps are off, since their waits would be measured instead; those of a WABA (200 an hour when
# fresh, 5,000) stand. Its clock goes back an hour once the signups are captured: a code lives 30 s.
#
# No part of the test suite: it takes both cores for minutes and asserts no time. It exits with 1 when a
# run does not move every number. It needs what examples/quickstart.sh needs, openssl, and Python with
# psycopg2 for the scripts.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"
# shellcheck source=tests/bench/lib.sh
. "$PROJECT/tests/bench/lib.sh"

ROUNDS=3
LATENCY_MS=100
CALLS=15000
SCRIPT_CALLS=10000
CUSTOMERS=
PEERS=bare,curl,python,node
CONCURRENCIES=()
# What the moving of a made-up book needs at the least: 3 calls a number, of 4.57 numbers a customer.
CALLS_A_NUMBER=3
NUMBERS_A_CUSTOMER_HUNDREDTHS=457

usage() { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" | head -n 9; }

while (($#)); do
    case $1 in
    --rounds) ROUNDS=${2:?} && shift 2 ;;
    --latency) LATENCY_MS=${2:?} && shift 2 ;;
    --calls) CALLS=${2:?} && shift 2 ;;
    --customers) CUSTOMERS=${2:?} && shift 2 ;;
    --script-calls) SCRIPT_CALLS=${2:?} && shift 2 ;;
    --peers) PEERS=${2:?} && shift 2 ;;
    --build) BUILD=$(cd "${2:?}" && pwd -P) && shift 2 ;;
    --help) usage && exit 0 ;;
    [1-9]*) CONCURRENCIES+=("$1") && shift ;;
    *) usage >&2 && exit 2 ;;
    esac
done
((${#CONCURRENCIES[@]})) || CONCURRENCIES=(64 256)

has_peer() { [[ ,$PEERS, == *,$1,* ]]; }

# Of the requests in file $1: calls a second between the first and last tenth.
steady_rate() {
    awk '
        match($0, /"at":"[^"]*"/) {
            split(substr($0, RSTART + 17, 12), at, ":")
            ms[++n] = (at[1] * 3600 + at[2] * 60 + at[3]) * 1000
        }
        END {
            from = int(n * 0.1) + 1; to = int(n * 0.9)
            span = ms[to] - ms[from]
            if (span < 0) span += 86400000
            if (span > 0) printf "%.1f\n", (to - from) * 1000 / span; else print 0
        }' "$1"
}

# ms from $2 (of the wall clock) to the first request in file $1, whose clock is an hour behind.
until_first_call() {
    head -n 1 "$1" | awk -v began="$2" '
        match($0, /"at":"[^"]*"/) {
            split(substr($0, RSTART + 17, 12), at, ":")
            ms = (at[1] * 3600 + at[2] * 60 + at[3] + 3600) * 1000 - began % 86400000
            print (ms < -43200000 ? ms + 86400000 : ms > 43200000 ? ms - 86400000 : ms)
        }'
}

# ---- the run ----

# Runs the program to its end; its log goes to $PLACE/run.err, what it used to $PLACE/used.
run_program() {
    local status=0
    "$BUILD/tests/bench/measure" "$PLACE/used" wabamigrate --log-format json --progress never run \
        --concurrency "$CONCURRENCY" --patience 1s "$BOOK" >/dev/null 2>"$PLACE/run.err" || status=$?
    if ((status != 0)); then
        tail -n 3 "$PLACE/run.err" >&2
        fail "run ended with $status"
    fi
}

load_and_sign_up() {
    local before
    start_database
    load_book "$BOOK"
    note load_ms "$(cut -d ' ' -f 2 "$PLACE/used")"
    start_signed_up "$BOOK"
    before=$(now_ms)
    wabamigrate --quiet capture --file "$PLACE/signups.jsonl" &>"$PLACE/capture.out" ||
        fail "capture: $(tail -n 1 "$PLACE/capture.out")"
    note capture_us $((($(now_ms) - before) * 1000 / $(lines "$PLACE/signups.jsonl")))
    codes_live_on
}

measure_run() {
    local began postgres server ended calls ms code wall cpu memory
    load_and_sign_up
    postgres=$(postgres_cpu_ms)
    server=$(simulator_cpu_ms)
    began=$(now_ms)
    run_program
    postgres=$(($(postgres_cpu_ms) - postgres))
    server=$(($(simulator_cpu_ms) - server))
    ended=$(grep '"run.ended"' "$PLACE/run.err")
    calls=$(value calls <<<"$ended")
    ms=$(value ms <<<"$ended")
    # shellcheck disable=SC2034
    read -r code wall cpu memory <"$PLACE/used"
    cp "$PLACE/requests.jsonl" "$PLACE/calls.jsonl"
    note run_calls "$calls"
    note run_rate $((calls * 1000 / ms))
    note run_steady "$(steady_rate "$PLACE/calls.jsonl")"
    note run_first_ms "$(until_first_call "$PLACE/calls.jsonl" "$began")"
    note run_steps_rate "$(sql "SELECT sum(epoch) * 1000 / $ms FROM wabamigrate.step")"
    note run_cpu_us $((cpu / calls))
    note run_memory "$memory"
    note run_pg_us $((postgres * 1000 / calls))
    note run_sim_us $((server * 1000 / calls))
    note run_percent $((cpu / 10 / ms))
    note run_pg_percent $((postgres * 100 / ms))
    note run_sim_percent $((server * 100 / ms))
    run_program # once more, with nothing left to do
    read -r code wall cpu memory <"$PLACE/used"
    note again_ms "$wall"
    note again_cpu_ms $((cpu / 1000))
    stop_world
}

# ---- its peers ----

# note_peer NAME CALLS REFUSED FAILED MS CPU-US SIMULATOR-MS
note_peer() {
    local name=$1 calls=$2 refused=$3 failed=$4 ms=$5 cpu=$6 server=$7
    ((failed == 0)) || fail "$failed calls of $name failed"
    ((ms > 0)) || ms=1
    note "${name}_rate" "$(awk -v n="$calls" -v ms="$ms" 'BEGIN { printf "%.1f", n * 1000 / ms }')"
    note "${name}_cpu_us" $((cpu / calls))
    note "${name}_refused" "$(awk -v r="$refused" -v n="$calls" 'BEGIN { printf "%.2f", r * 100 / n }')"
    note "${name}_sim_us" $((server * 1000 / calls))
    note "${name}_sim_percent" $((server * 100 / ms))
    note "${name}_percent" $((cpu / 10 / ms))
}

# measure_peer NAME COMMAND…: which prints calls, refused, failed, wall ms, CPU µs.
measure_peer() {
    local name=$1 server calls refused failed ms cpu
    shift
    server=$(simulator_cpu_ms)
    "$@" >"$PLACE/peer.out" || fail "$name has failed"
    server=$(($(simulator_cpu_ms) - server))
    read -r calls refused failed ms cpu <"$PLACE/peer.out"
    note_peer "$name" "$calls" "$refused" "$failed" "$ms" "$cpu" "$server"
}

measure_bare() {
    measure_peer bare "$BUILD/tests/bench/bare_loop" "$WABAMIGRATE_GRAPH_URL" "$PLACE/cert.pem" \
        "$CONCURRENCY" <"$PLACE/calls.jsonl"
    note bare_steady "$(steady_rate "$PLACE/requests.jsonl")"
}

run_curl() {
    local code ms cpu memory refused
    "$BUILD/tests/bench/measure" "$PLACE/used" curl --silent --show-error --no-progress-meter --parallel --parallel-max "$CONCURRENCY" \
        --config "$PLACE/curl.conf" >/dev/null || true
    read -r code ms cpu memory <"$PLACE/used"
    refused=$(grep -c '"error_code"' "$PLACE/requests.jsonl" || true)
    ((code == 0)) || code=$(($(lines "$PLACE/some.jsonl") - $(lines "$PLACE/requests.jsonl")))
    say "$(lines "$PLACE/some.jsonl")" "$refused" "$code" "$ms" "$cpu"
}
measure_curl() {
    "$PYTHON" "$PROJECT/tests/bench/calls.py" "$WABAMIGRATE_GRAPH_URL" "$PLACE/cert.pem" \
        <"$PLACE/some.jsonl" >"$PLACE/curl.conf"
    measure_peer curl run_curl
}

# The embedded cluster has room for a few connections only; a script's pool is as large as its calls.
start_script_database() {
    start_database
    wabamigrate --quiet db stop >/dev/null
    printf 'max_connections = %d\n' $((CONCURRENCY + 20)) \
        >>"$PLACE/state/wabamigrate/postgresql/postgresql.conf"
    wabamigrate --quiet db status >/dev/null
}
# measure_script NAME DATABASE COMMAND…
measure_script() {
    local name=$1 database=$2 postgres
    shift 2
    start_script_database
    [[ $database == host ]] && database=$(postmaster_line 5) ||
        database="host=$(postmaster_line 5) user=wabamigrate dbname=wabamigrate"
    postgres=$(postgres_cpu_ms)
    measure_peer "$name" "$@" "$WABAMIGRATE_GRAPH_URL" "$PLACE/cert.pem" "$CONCURRENCY" "$database" \
        <"$PLACE/some.jsonl"
    note "${name}_pg_us" $((($(postgres_cpu_ms) - postgres) * 1000 / $(lines "$PLACE/some.jsonl")))
}
measure_python() { measure_script python conninfo "$PYTHON" "$PROJECT/tests/bench/script.py"; }
measure_node() { measure_script node host node "$PROJECT/tests/bench/script.js"; }

measure_peers() {
    local name
    head -n "$SCRIPT_CALLS" "$PLACE/calls.jsonl" >"$PLACE/some.jsonl"
    for name in bare curl python node; do
        has_peer "$name" || continue
        start_signed_up "$BOOK"
        codes_live_on
        "measure_$name"
        stop_world
    done
}

# ---- the table ----

row() { # LABEL, and what prints a cell, called for every concurrency
    local label=$1 cells=
    shift
    for CONCURRENCY in "${CONCURRENCIES[@]}"; do
        FIGURES=$PLACE/figures.$CONCURRENCY
        BOUND=$((LATENCY_MS > 0 ? CONCURRENCY * 1000 / LATENCY_MS : 0))
        cells+=" $(pad 22 "$("$@")") |"
    done
    say "| $(pad 50 "$label") |$cells"
}

numbers_for() { printf '%d\n' $((CALLS / CALLS_A_NUMBER)); }
customers_for() {
    printf '%d\n' "${CUSTOMERS:-$(($(numbers_for) * 100 / NUMBERS_A_CUSTOMER_HUNDREDTHS))}"
}

bound() { ((BOUND)) && printf '%d' "$BOUND" || printf 'none'; }
share() { ((BOUND)) && spread "$1" 'x / bound' %.3f || printf -- '-'; }
book() { printf '%d of %d' "$(numbers_for)" "$(customers_for)"; }
dashes() { printf -- '---'; }
heading() { printf '%d in flight' "$CONCURRENCY"; }
# CPU of every script ÷ that of the run, at the fastest of them.
fastest_script() {
    awk '$1 == "python_rate" || $1 == "node_rate" { sum[$1] += $2; n[$1]++ }
         END { for (k in sum) if (sum[k] / n[k] > best) { best = sum[k] / n[k]; name = k }
               sub("_rate", "", name); print name }' "$FIGURES"
}
against_fastest() { # FIGURE
    local name
    name=$(fastest_script)
    [[ -n $name ]] && printf '%s of %s' "$(ratio "run_$1" "${name}_$1")" "$name" || printf -- '-'
}

print_run_rows() {
    row 'bound: concurrency ÷ latency, calls/s' bound
    row 'book: numbers of customers' book
    row 'run: calls' spread run_calls
    row 'run: calls a migrated number' spread run_calls "x / $(numbers_for)" %.2f
    row 'run: calls/s, whole' spread run_rate
    row 'run: share of the bound, whole' share run_rate
    row 'run: share of the bound, steady' share run_steady
    row 'run: steps claimed and settled a second' spread run_steps_rate
    row 'run: program CPU, µs a call' spread run_cpu_us
    row 'run: PostgreSQL CPU, µs a call' spread run_pg_us
    row 'run: simulator CPU, µs a call' spread run_sim_us
    row 'run: % of a core, program' spread run_percent
    row 'run: % of a core, PostgreSQL' spread run_pg_percent
    row 'run: % of a core, simulator' spread run_sim_percent
    row 'run: most resident memory, MiB' spread run_memory 'x / 1024' %.1f
    row 'run: from its start to the first call, ms' spread run_first_ms
    row 'a run with nothing left: ms' spread again_ms
    row 'a run with nothing left: program CPU, ms' spread again_cpu_ms
    row 'loading the book before, seconds' spread load_ms 'x / 1000' %.1f
    row 'capture, µs a signup' spread capture_us
}

print_peer_rows() {
    local name
    if has_peer bare; then
        row 'bare: share of the bound, whole' share bare_rate
        row 'bare: share of the bound, steady' share bare_steady
    fi
    for name in bare curl python node; do
        has_peer "$name" || continue
        row "$name: calls/s" spread "${name}_rate"
        row "$name: CPU, µs a call" spread "${name}_cpu_us"
        [[ $name == bare || $name == curl ]] ||
            row "$name: PostgreSQL CPU, µs a call" spread "${name}_pg_us"
        row "$name: simulator CPU, µs a call" spread "${name}_sim_us"
        row "$name: % of a core, itself" spread "${name}_percent"
        row "$name: % of a core, simulator" spread "${name}_sim_percent"
        row "$name: calls refused, %" spread "${name}_refused" x %.1f
        row "run ÷ $name: calls/s" ratio run_rate "${name}_rate"
        row "run ÷ $name: CPU a call" ratio run_cpu_us "${name}_cpu_us"
    done
    ! has_peer bare || row 'run ÷ bare: calls/s, steady' ratio run_steady bare_steady
    has_peer python || has_peer node || return 0
    row 'run ÷ the fastest script: calls/s' against_fastest rate
    row 'run ÷ the fastest script: CPU a call' against_fastest cpu_us
}

print_table() {
    local peers='TLS; median (range)'
    row "$ROUNDS rounds, $LATENCY_MS ms, $peers" heading
    row --- dashes
    print_run_rows
    print_peer_rows
    say
    say "curl and the scripts make the first $SCRIPT_CALLS calls of the run; curl takes 300 at a time at the most."
}

# ---- the whole ----

leave_out() { # PEER WHY
    has_peer "$1" || return 0
    say "without $1: $2" >&2
    PEERS=,$PEERS,
    PEERS=${PEERS//,$1,/,}
}

make_books() {
    local folder=$PLACE/book
    wabamigrate simulate --make-book "$(numbers_for)" "$(customers_for)" "$folder"
    wabamigrate simulate --make-book 200 44 "$PLACE/small"
}

one_round() {
    measure_run
    measure_peers
}

warm_up() {
    say 'warming up …' >&2
    BOOK=$PLACE/small/book.yaml CONCURRENCY=${CONCURRENCIES[0]} FIGURES=$PLACE/not-counted
    one_round
}

bench_begin bare_loop measure
[[ ,$PEERS, != *,curl,* && ,$PEERS, != *,python,* ]] || packages_ensure python3 python3-psycopg2
node -e 'require("pg")' 2>/dev/null || leave_out node "its module pg is not found (Debian: node-pg)"
make_certificate
say '{"quotas":{"credit":0,"app":0}}' >"$PLACE/scenario.json"
make_books
warm_up
for ((round = 1; round <= ROUNDS; round++)); do
    for CONCURRENCY in "${CONCURRENCIES[@]}"; do
        BOOK=$PLACE/book/book.yaml FIGURES=$PLACE/figures.$CONCURRENCY
        say "round $round of $ROUNDS, $CONCURRENCY in flight …" >&2
        one_round
    done
done
print_table
print_machine
