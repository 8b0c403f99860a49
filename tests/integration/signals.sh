#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# A run is told to end: by one signal, in order; by two, at once. The same command goes on.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
wabamigrate simulate --make-book 40 10 "$PLACE"
BOOK=$PLACE/book.yaml
LATENCY=40
RUN_OPTIONS=(--progress never --quiet run --concurrency 4 --doubt-grace 1s)

# Waits until the log has $1 registrations.
wait_for_registrations() {
    local tries
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        (($(requests /register) < $1)) || return 0
        kill -0 "$RUN" 2>/dev/null || return 0
        sleep 0.02
    done
}
# Sends $@ to a run that is half-way.
interrupt() {
    local signal
    program_starts "${RUN_OPTIONS[@]}" "$BOOK"
    wait_for_registrations 10
    for signal in "$@"; do
        kill -s "$signal" "$RUN"
        sleep 0.05
    done
}

for signal in TERM INT; do
    fresh "signal-$signal"
    interrupt "$signal"
    program_ended 5 "one SIG$signal ends it in order"
    same "nothing is left running, nothing in doubt, no run open" "0|0|0" "$(running)|$(sql "
        SELECT count(*) FROM wabamigrate.attempt WHERE outcome IS NULL OR outcome = 'lost'")|$(sql "
        SELECT count(*) FROM wabamigrate.run WHERE ended_at IS NULL")"
    check "it was half-way" test "$(count_state 'done')" -lt 40
    program 0 "${RUN_OPTIONS[@]}" "$BOOK"
    same "the same command finishes" 40 "$(count_state 'done')"
    check "and nothing was sent twice" judge once "$LOG"
done

fresh two-signals --latency-ms 200
interrupt TERM TERM
program_ended 5 "a second signal ends it at once"
check "it has left steps as they were" test "$(running)" -gt 0
program 0 "${RUN_OPTIONS[@]}" "$BOOK"
same "the same command finishes" 40 "$(count_state 'done')"
world state >"$PLACE/state.json"
check "nothing took effect twice" judge twice "$LOG"
check "and nothing was sent again without a look-up" judge blind "$LOG" "$PLACE/state.json"

fresh doomed
program_starts "${RUN_OPTIONS[@]}" "$BOOK"
wait_for_registrations 1
# What is sent from here on does not land while the schema goes.
world scenario '{"latency_ms":{"min":20000,"max":20000}}' >/dev/null
sleep 1
kill "$RUN"
sql "DROP SCHEMA wabamigrate CASCADE" >/dev/null
program_ended 7 "a database that fails for good while a run ends does not keep it"
finish
