#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# Several at once, as docs/together.md has it: two books, two runs of one book, runs that share a part of
# it, and what people tell a book while a run is at work on it.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
wabamigrate simulate --make-book 24 6 "$PLACE"
BOOK=$PLACE/book.yaml
LATENCY=30
RUN_OPTIONS=(--progress never run --concurrency 2 --doubt-grace 1s --patience 1s)
declare -A PIDS
mapfile -t numbers < <(grep -oE '"\+[0-9]+"' "$BOOK" | tr -d '"')

# part NAME FROM TO: the customers FROM to TO of $BOOK as a book of that name.
part() {
    awk -v name="$1" -v from="$2" -v to="$3" '
        /^batch:/ { print "batch: " name; next }
        /^  - id: / { customer++ }
        !customer || (customer >= from && customer <= to)' "$BOOK" >"$PLACE/$1.yaml"
}
# starts NAME ARGUMENTS…, ends NAME CODES WHAT: one of several programs.
starts() {
    local name=$1
    shift
    : >"$PLACE/$name.err" # there before the shell that is to open it has had its turn
    "$WABAMIGRATE" "$@" >"$PLACE/$name.out" 2>"$PLACE/$name.err" &
    PIDS[$name]=$!
    STARTED+=("$!")
}
ends() {
    RUN=${PIDS[$1]}
    cp "$PLACE/$1.err" "$PLACE/err"
    program_ended "$2" "$3"
}
# Waits until the log has $1 registrations.
wait_for_registrations() {
    local tries
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        (($(requests /register) < $1)) || return 0
        sleep 0.02
    done
    die "there are never $1 registrations"
}
answers_after() { world scenario "{\"latency_ms\":{\"min\":$1,\"max\":$1}}" >/dev/null; } # MS
wait_for_two_runs() {
    local tries
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        [[ $(sql "SELECT count(*) FROM wabamigrate.run WHERE ended_at IS NULL") != 2 ]] || return 0
        sleep 0.05
    done
    die "there are never two runs"
}
in_order() { # what holds after everything that ended in order
    same "$1: nothing is running, in doubt or without an outcome, no run is open" "0|0|0" "$(sql "
        SELECT (SELECT count(*) FROM wabamigrate.step WHERE state = 'running' OR is_in_doubt),
               (SELECT count(*) FROM wabamigrate.attempt WHERE outcome IS NULL OR taken_at IS NOT NULL),
               (SELECT count(*) FROM wabamigrate.run WHERE ended_at IS NULL)")"
    check "$1: nothing was sent twice" judge once "$LOG"
    world state >"$PLACE/state.json"
    wabamigrate report "${2:-made-up-24-6}" --format json --output "$PLACE/report.json"
    lacks "$1: nobody waited in a circle" deadlock "$XDG_STATE_HOME"/wabamigrate/postgresql/server.log
}

say "== two books"
part one 1 3
part two 4 6
simulator_starts books --manifest "$BOOK" --latency-ms "$LATENCY"
state books
starts one "${RUN_OPTIONS[@]}" "$PLACE/one.yaml"
starts two "${RUN_OPTIONS[@]}" "$PLACE/two.yaml"
ends one 4 "the first book waits for signups"
ends two 4 "so does the second, loaded at the same time"
world signups '{"all":true}' | sed 's/,"batch":"[^"]*"//' >"$PLACE/signups.jsonl"
program 0 capture --file "$PLACE/signups.jsonl"
starts one "${RUN_OPTIONS[@]}" "$PLACE/one.yaml"
starts two "${RUN_OPTIONS[@]}" "$PLACE/two.yaml"
ends one 0 "the first book is done"
ends two 0 "and the second"
same "each has its own numbers" "12 12" \
    "$(wabamigrate status one --format csv | grep -c ',done,') $(wabamigrate status two --format csv | grep -c ',done,')"
in_order "two books" one

say "== two runs of one book"
fresh twins
# On a busy machine the first might have moved the whole book before the second has begun.
answers_after 3000
starts one "${RUN_OPTIONS[@]}" "$BOOK"
starts two "${RUN_OPTIONS[@]}" "$BOOK"
wait_for_two_runs
answers_after "$LATENCY"
ends one 0 "the first run sees the book done"
ends two 0 "and so does the second"
same "both had a part in it" 2 "$(sql "SELECT count(DISTINCT run_id) FROM wabamigrate.attempt
    WHERE run_id > (SELECT min(run_id) FROM wabamigrate.run)")"
in_order "two runs"
check "the world agrees" judge world "$PLACE/state.json" "$PLACE/report.json"

say "== two runs that share a part"
fresh shared
starts one "${RUN_OPTIONS[@]}" --only customer-000001,customer-000002 "$BOOK"
starts two "${RUN_OPTIONS[@]}" --only customer-000002,customer-000003 "$BOOK"
ends one 0,3,4,5 "the one ends"
ends two 0,3,4,5 "the other ends"
same "what either was to move has moved, and nothing else" "12 12" "$(count_state 'done') $(requests /register)"
in_order "a shared part"

say "== pause, cancel, retry, capture and a changed manifest, during a run"
locked='{"code":131031,"message":"(#131031) Business account locked"}'
part made-up-24-6 1 5
simulator_ends
state told
simulator_starts told --manifest "$BOOK" --latency-ms "$LATENCY"
world scenario "{\"numbers\":{\"${numbers[4]}\":{\"register_error\":$locked}}}" >/dev/null
program 4 --quiet run "$PLACE/made-up-24-6.yaml"
world signups '{"all":true}' >"$PLACE/signups.jsonl"
grep -v -e customer-000005 -e customer-000006 "$PLACE/signups.jsonl" >"$PLACE/first.jsonl"
grep -F customer-000005 "$PLACE/signups.jsonl" >"$PLACE/later.jsonl"
program 0 capture --file "$PLACE/first.jsonl"
starts run "${RUN_OPTIONS[@]}" "$PLACE/made-up-24-6.yaml"
wait_for_registrations 1
program 0 pause --only customer-000003
program 0 cancel --only customer-000004
told=$(wc -l <"$LOG")
program 0 retry
program 0 capture --file "$PLACE/later.jsonl"
starts other "${RUN_OPTIONS[@]}" "$BOOK"
ends run 3,4 "the run heeds it"
ends other 3,4 "and so does one with a changed manifest"
tail -n "+$((told + 1))" "$LOG" | grep -F /register >"$PLACE/after" || true
came_late=$(wabamigrate status --format csv | grep -F customer-000005)
same "what came late has moved: $(grep -c . "$PLACE/after") registrations after it was told" "4, but for: none" \
    "$(grep -c . <<<"$came_late"), but for: $(grep -v ',done,' <<<"$came_late" || say none)"
for number in "${numbers[@]:8:8}"; do
    grep -F "\"$number\"" "$PLACE/after" || true
done >"$PLACE/begun"
# What was claimed lands: as many as are in flight, and those that were to follow them at once.
check "what was paused or cancelled is not begun any more" test "$(wc -l <"$PLACE/begun")" -le 4
same "the numbers that the manifest has now have joined it" 24 "$(wabamigrate status --format csv | grep -c customer-)"
same "the failed one has failed" failed "$(state_of "${numbers[4]}")"
program 0 resume --only customer-000003
world scenario "{\"numbers\":{\"${numbers[4]}\":{\"register_error\":null}}}" >/dev/null
grep -F customer-000006 "$PLACE/signups.jsonl" >"$PLACE/last.jsonl"
program 0 capture --file "$PLACE/last.jsonl"
starts run "${RUN_OPTIONS[@]}" "$BOOK"
program 0 retry --number "${numbers[4]}"
ends run 0,3,4 "the next run takes up what was resumed"
program 0 "${RUN_OPTIONS[@]}" "$BOOK"
same "in the end everything is done but for what was cancelled, the failed one too" "24 done" \
    "$(($(count_state 'done') + $(count_state cancelled))) $(state_of "${numbers[4]}")"
check "nothing took effect twice" judge twice "$LOG"
lacks "nobody waited in a circle" deadlock "$XDG_STATE_HOME"/wabamigrate/postgresql/server.log
finish
