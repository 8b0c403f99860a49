#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
#   database_gone.sh [SEED]
#
# PostgreSQL goes away while a book is being moved, and the run pauses, says so, and goes on to the end:
# its connection is cut between every commit and its answer, before every commit, and at the look-up after
# that; its backends are terminated and its server crashes, at random moments; its primary is killed and a
# standby that replicates synchronously takes over. After each, world and database agree and nothing took
# effect twice. failover.sh is the long version of the last part, with a manager.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/postgres.sh
. "$(dirname "$0")/postgres.sh"
SEED=${1:-${WABAMIGRATE_TEST_SEED:-$((SRANDOM % 1000000))}}
begin
servers_begin
RANDOM=$((SEED % 32768))
say "the seed is $SEED (database_gone.sh $SEED)"
RUN_OPTIONS=(--progress never --verbose run --concurrency 4 --doubt-grace 1s --patience 20s)

# part NAME PORT URL NUMBERS CUSTOMERS: a database of its own at that port, for programs that reach it by URL.
part() {
    say "== $1"
    # shellcheck disable=SC2034 # for query()
    DATABASE=$1
    DIRECT=postgresql://wabamigrate@127.0.0.1:$2/$1
    (DATABASE=postgres && query "$2" "CREATE DATABASE $1")
    export WABAMIGRATE_DATABASE=$3
    book_begins "$1" "$DIRECT" "$4" "$5"
}
times() { grep -cE -- "$1" "$2" || true; }

server_is_made one
PORT=$(free_port)
server_starts one "$PORT"

# NAME MODE PATTERN: every transaction is cut once.
cut_part() {
    local cut
    "$HERE/cutter.py" "$PLACE/$1.proxy-port" "$PORT" "$2" "$3" "$PLACE/$1.cuts" >"$PLACE/$1.proxy" 2>&1 &
    STARTED+=($!)
    local tries
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        [[ ! -s $PLACE/$1.proxy-port ]] || break
        sleep 0.05
    done
    [[ -s $PLACE/$1.proxy-port ]] || die "the proxy does not start: $(<"$PLACE/$1.proxy")"
    part "$1" "$PORT" "postgresql://wabamigrate@127.0.0.1:$(<"$PLACE/$1.proxy-port")/$1?sslmode=disable&gssencmode=disable" 6 3
    program 0 "${RUN_OPTIONS[@]}" "$BOOK"
    cut=$(times '^cut' "$PLACE/$1.cuts")
    say "        $cut of $(wc -l <"$PLACE/$1.cuts") transactions cut"
    check "many were cut" test "$cut" -ge 10
    matches "$4" "database.back .*commit=\"$5\"" "$PLACE/err"
    all_is_well "$DIRECT"
}
cut_part after_the_commit after 100 "a commit whose answer was lost is found" 'the last one had happened'
cut_part before_the_commit before 1000 "one that never happened is sent again" \
    'the last one had not happened, and was sent again'
cut_part at_the_look_up after 11000 "also where the look-up was cut" 'the last one had happened'

# Waits until the world has $1 requests more than $2, and a random moment.
moment() {
    local tries
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        (($(wc -l <"$LOG") < $1 + $2)) || break
        kill -0 "$RUN" 2>/dev/null || break
        sleep 0.01
    done
    sleep "$(printf '0.%03d' $((RANDOM % 50)))"
}

# shellcheck disable=SC2034 # for postgres.sh
LATENCY=20-40
part crashes "$PORT" "postgresql://wabamigrate@127.0.0.1:$PORT/crashes" 30 10
program_starts "${RUN_OPTIONS[@]}" "$BOOK"
for ((i = 0; i < 6; i++)); do
    moment 12 "$(wc -l <"$LOG")"
    if ((i % 3 == 2)); then
        server_control one --mode=immediate restart || die "the server does not come back: $(<"$PLACE/control.out")"
    else
        query "$PORT" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = 'crashes' AND pid <> pg_backend_pid()" >/dev/null
    fi
done
program_ended 0 "the run goes on over four terminated backends and two crashes of the server"
check "each was told, once" test "$(times 'database.lost' "$PLACE/err")" -le 6
matches "it says when the database is back, and after how long" 'database.back .*after=' "$PLACE/err"
all_is_well "$DIRECT"

# The standby confirms every commit. It has nothing but what it was sent.
server_is_copied two "$PORT"
PORT_2=$(free_port)
server_starts two "$PORT_2"
DATABASE=postgres query "$PORT" "ALTER SYSTEM SET synchronous_standby_names = 'two'" >/dev/null
DATABASE=postgres query "$PORT" "SELECT pg_reload_conf()" >/dev/null
part failover "$PORT" "postgresql://wabamigrate@127.0.0.1:$PORT,127.0.0.1:$PORT_2/failover?target_session_attrs=read-write" 30 10
program_starts "${RUN_OPTIONS[@]}" "$BOOK"
moment $((20 + RANDOM % 60)) "$(wc -l <"$LOG")"
server_is_killed one
server_control two promote || die "the standby is not promoted: $(<"$PLACE/control.out")"
program_ended 0 "the primary is killed, the standby takes over, the run goes on there"
check "it was told once" test "$(times 'database.lost' "$PLACE/err")" = 1
say "        $(grep -o 'database.back .*' "$PLACE/err" || true)"
all_is_well "postgresql://wabamigrate@127.0.0.1:$PORT_2/failover"
finish
