#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# A book that takes several nights, as examples/nightly/ starts them: each ends at five in the morning
# with code 5 and nothing in flight left behind, and the next goes on. The nights pass on the virtual
# clock; each window is a few seconds of real time. Then a number that Meta blocks for 72 hours.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
NUMBERS=60
CUSTOMERS=20
CALLS_LEAST=260 # for such a book, which at CONCURRENCY and LATENCY cannot be done in two windows
CONCURRENCY=4
LATENCY=100
WINDOW=3 # seconds
NIGHTS_MAX=30
DAY=86400

wabamigrate simulate --make-book "$NUMBERS" "$CUSTOMERS" "$PLACE"
BOOK=$PLACE/book.yaml
((CALLS_LEAST * LATENCY > 2 * WINDOW * CONCURRENCY * 1000)) || die "the figures do not add up to three nights"

# The offset at which it is WINDOW seconds to 05:00 of the night $1 from now on (UTC, see lib.sh).
night_offset() {
    local now
    now=$(date +%s)
    printf '%d\n' $((DAY * ($1 + 1) + 5 * 3600 - WINDOW - now % DAY))
}
# set_clocks SECONDS: from now on, for the program and for the world.
set_clocks() {
    local there
    export WABAMIGRATE_CLOCK_OFFSET=$1
    there=$(world clock | grep -o '"offset_ms":[-0-9]*' | cut -d : -f 2)
    world clock "{\"advance_seconds\":$(($1 - there / 1000))}" >/dev/null
}
count_done() { wabamigrate status --format csv | grep -c ',done,' || true; }

simulator_starts world --manifest "$BOOK" --latency-ms "$LATENCY"

say "== nights of $WINDOW s, $CONCURRENCY requests at a time of $LATENCY ms each"
set_clocks "$(night_offset 0)"
program 4 --quiet run --for 1m "$BOOK"
nights=0
finished=0
while ((nights < NIGHTS_MAX)); do
    set_clocks "$(night_offset "$nights")"
    ((nights > 0)) || sign_up || die "capture refuses: $(<"$PLACE/capture.out")"
    nights=$((nights + 1))
    CODE=0
    wabamigrate --quiet run --until 05:00 --concurrency "$CONCURRENCY" "$BOOK" >"$PLACE/out" 2>"$PLACE/err" || CODE=$?
    before=$finished
    finished=$(count_done)
    same "night $nights: nothing is left running, no intent without an outcome, no run open" "0|0|0" "$(sql "
        SELECT (SELECT count(*) FROM wabamigrate.step WHERE state = 'running'),
               (SELECT count(*) FROM wabamigrate.attempt WHERE outcome IS NULL OR outcome = 'lost'),
               (SELECT count(*) FROM wabamigrate.run WHERE ended_at IS NULL)")"
    ((finished >= before)) || miss "night $nights: $before numbers were done, now $finished"
    ((CODE == 5)) || break
    pass "night $nights: exit code 5, $finished of $NUMBERS done"
done
same "the last night, the ${nights}th, finishes the book" "0 $NUMBERS" "$CODE $finished"
check "it took three nights or more" test "$nights" -ge 3
same "the runs stand in the history with their codes" "4 $(printf '5 %.0s' $(seq 2 "$nights"))0" \
    "$(sql "SELECT string_agg(exit_code::text, ' ' ORDER BY run_id) FROM wabamigrate.run")"
wabamigrate report --format json --output "$PLACE/report.json"
world state >"$PLACE/state.json"
check "the world agrees" judge world "$PLACE/state.json" "$PLACE/report.json"
check "nothing took effect twice" judge twice "$LOG"
check "and nothing was sent twice" judge once "$LOG"
simulator_ends

say "== a window by its length"
unset WABAMIGRATE_CLOCK_OFFSET
state for-state
simulator_starts for --manifest "$BOOK" --latency-ms "$LATENCY"
program 4 --quiet run "$BOOK"
sign_up
program 5 --quiet run --for 2s --concurrency "$CONCURRENCY" "$BOOK"
same "nothing is left running" 0 "$(sql "SELECT count(*) FROM wabamigrate.step WHERE state = 'running'")"
simulator_ends

say "== blocked for 72 hours"
state block-state
wabamigrate simulate --make-book 3 1 "$PLACE/small"
BOOK=$PLACE/small/book.yaml
NUMBER=$(grep -oE '\+[0-9]+' "$BOOK" | head -n 1)
cat >"$PLACE/scenario.json" <<END
{ "numbers": { "$NUMBER": { "register_error": { "code": 133016, "times": 1,
    "message": "(#133016) Account register deregister rate limit exceeded",
    "details": "There were too many registration attempts for this number. Try again after 72 hours." } } } }
END
simulator_starts block --manifest "$BOOK" --scenario "$PLACE/scenario.json"
program 4 --quiet run "$BOOK"
sign_up
program 4 --quiet run "$BOOK"
same "one number waits for a time" "$NUMBER waiting" "$(wabamigrate status --format json |
    judge states /dev/stdin | grep -v ' done$')"
asked=$(requests /register)
set_clocks $((71 * 3600))
program 4 --quiet run "$BOOK"
same "71 hours later it has not been asked again" "$asked" "$(requests /register)"
set_clocks $((73 * 3600))
program 0 --quiet run "$BOOK"
same "73 hours later it has, once" $((asked + 1)) "$(requests /register)"
finish
