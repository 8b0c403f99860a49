#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
#   crash.sh [KILLS] [SEED]
#
# One book twice, each in a fresh world: once undisturbed; once with KILLS times SIGKILL at random
# moments, then one more run. Both worlds and both databases must end alike, and nothing may have taken
# effect twice on the way. The customers sign up in four portions, so that every kind of call is hit.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
KILLS=${1:-20}
SEED=${2:-${WABAMIGRATE_TEST_SEED:-$((SRANDOM % 1000000))}}
begin
RANDOM=$((SEED % 32768))
NUMBERS=60
CUSTOMERS=20
PORTIONS=4
QUIETLY=(--progress never --quiet)
CARE=(--concurrency 4 --doubt-grace 1s --patience 30s)
say "$KILLS kills; the seed is $SEED (crash.sh $KILLS $SEED)"

wabamigrate simulate --make-book "$NUMBERS" "$CUSTOMERS" "$PLACE"
BOOK=$PLACE/book.yaml

# Signs up the customers of portion $1 of PORTIONS.
portion_signs_up() {
    local each=$((CUSTOMERS / PORTIONS)) customers
    customers=$(seq -f '"customer-%06g"' -s , $(($1 * each + 1)) $((($1 + 1) * each)))
    these_sign_up "{\"customers\":[$customers]}" || die "capture refuses: $(<"$PLACE/capture.out")"
}
is_loaded() { wabamigrate status "made-up-$NUMBERS-$CUSTOMERS" >"$PLACE/out" 2>&1; }
keep() { # NAME: how database and world stand
    wabamigrate report --format json --output "$PLACE/$1.report"
    world state >"$PLACE/$1.state"
}

say "== undisturbed"
state calm-state
simulator_starts calm --manifest "$BOOK" --latency-ms 20-60
program 4 "${QUIETLY[@]}" run "${CARE[@]}" "$BOOK"
for ((portion = 0; portion < PORTIONS; portion++)); do
    portion_signs_up "$portion"
done
program 0 "${QUIETLY[@]}" run "${CARE[@]}" "$BOOK"
keep calm
CALM_LOG=$LOG
TOTAL=$(wc -l <"$LOG")
simulator_ends

# Lets the program run until the log has $1 lines and a moment more, or for $1 ms from its start, and
# kills it. Fails when the program has ended by itself.
run_and_kill() {
    local how=$1 much=$2 tries
    "$WABAMIGRATE" "${QUIETLY[@]}" run "${CARE[@]}" "$BOOK" >>"$PLACE/killed.out" 2>&1 &
    RUN=$!
    STARTED+=("$RUN")
    if [[ $how == requests ]]; then
        for ((tries = 0; tries < TRIES_MAX; tries++)); do
            (($(wc -l <"$LOG") < much)) || break
            kill -0 "$RUN" 2>/dev/null || break
            sleep 0.01
        done
        much=$((RANDOM % 60))
    fi
    sleep "$(printf '0.%03d' "$much")"
    kill -KILL "$RUN" 2>/dev/null || return 1
    wait "$RUN" 2>/dev/null || true
}

say "== killed $KILLS times"
state killed-state
simulator_starts killed --manifest "$BOOK" --latency-ms 20-60
portion=0
in_flight=0
alive=0
for ((kill = 0; kill < KILLS; kill++)); do
    # Nobody can sign up for a batch whose loading the kills have not let pass yet.
    while ((portion < PORTIONS && portion * KILLS <= kill * PORTIONS)) && is_loaded; do
        portion_signs_up "$portion"
        portion=$((portion + 1))
    done
    before=$(wc -l <"$LOG")
    # What is left of the book is spread over the kills that are left; one in four comes early, in the
    # start of the program or in its look at what the one before has left.
    left=$((TOTAL * (kill + 1) / KILLS - before))
    if ((RANDOM % 4 == 0)); then
        run_and_kill ms $((RANDOM % 400)) || alive=$((alive + 1))
    else
        run_and_kill requests $((before + 2 + RANDOM % (left > 8 ? left * 2 : 16))) || alive=$((alive + 1))
    fi
    # What the one killed held with an intent: a request may have left, nobody knows.
    ! is_loaded ||
        in_flight=$((in_flight + $(sql "SELECT count(*) FROM wabamigrate.attempt WHERE is_effect AND outcome IS NULL")))
done
say "        $(wc -l <"$LOG") requests by then; $in_flight effects in flight at a kill; $alive times too late to kill"
same "the book was not finished before the last kills" yes "$( ((alive <= KILLS / 3)) && echo yes || echo "no: $alive of $KILLS runs had ended")"
((in_flight > 0)) || miss "no kill has hit an effect in flight: this test has shown nothing"
while ((portion < PORTIONS)); do
    portion_signs_up "$portion"
    portion=$((portion + 1))
done

say "== one more run"
program 0,4 "${QUIETLY[@]}" run "${CARE[@]}" "$BOOK"
if ((CODE == 4)); then
    # A call that was hit several times in a row, always before it was sent, waits some minutes before
    # it is tried again. They pass on the virtual clock, the program's and the world's.
    export WABAMIGRATE_CLOCK_OFFSET=600
    world clock '{"advance_seconds":600}' >/dev/null
    program 0 "${QUIETLY[@]}" run "${CARE[@]}" "$BOOK"
fi
keep killed
same "every number stands where the undisturbed run left it" \
    "$(judge states "$PLACE/calm.report" | sort)" "$(judge states "$PLACE/killed.report" | sort)"
check "the two worlds are alike" judge worlds "$PLACE/calm.state" "$PLACE/killed.state"
wabamigrate pins export --format json --output "$PLACE/pins.json"
check "the database and the killed world agree, PINs and all" \
    judge world "$PLACE/killed.state" "$PLACE/killed.report" "$PLACE/pins.json"
check "no registration, credit share or code exchange took effect twice" judge twice "$LOG"
check "nor did more of them take effect than undisturbed" judge more "$LOG" "$CALM_LOG"
check "whatever was sent again had been looked up before" judge blind "$LOG" "$PLACE/killed.state"
same "no step is left running, and none in doubt" "0|0" "$(sql "
    SELECT count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE is_in_doubt AND state <> 'done')
      FROM wabamigrate.step")"
lines=$(wc -l <"$LOG")
program 0 "${QUIETLY[@]}" run "${CARE[@]}" "$BOOK"
tail -n +$((lines + 1)) "$LOG" >"$PLACE/part.jsonl"
check "a further run has nothing to write" judge reads "$PLACE/part.jsonl"
finish
