#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# Three nights in which registrations fail, answered and unanswered, and a person has the failed ones tried
# again: the simulator, which counts as Meta does, never has to refuse one as the eleventh of 72 hours
# (133016), and has counted as many as the ledger. The last two are spent by --spend-last-registrations.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
RUNS=4 # a night
HOUR=3600

wabamigrate simulate --make-book 4 1 "$PLACE"
BOOK=$PLACE/book.yaml
mapfile -t NUMBERS < <(grep -oE '\+[0-9]+' "$BOOK")
REFUSED=${NUMBERS[0]}    # 131016: whether it was carried out must be looked up
UNANSWERED=${NUMBERS[1]} # the same, and the answer is lost
WRONG_PIN=${NUMBERS[2]}  # 133005: a person's matter
cat >"$PLACE/scenario.json" <<END
{ "numbers": {
    "$REFUSED":    { "register_error": { "code": 131016, "message": "(#131016) Service unavailable" } },
    "$UNANSWERED": { "register_error": { "code": 131016, "message": "(#131016) Service unavailable" } },
    "$WRONG_PIN":  { "register_error": { "code": 133005, "times": 1,
                     "message": "(#133005) Two-step verification PIN mismatch" } } } }
END
simulator_starts world --manifest "$BOOK" --scenario "$PLACE/scenario.json"

# later SECONDS: for the program and for the world.
offset=0
later() {
    offset=$((offset + $1))
    export WABAMIGRATE_CLOCK_OFFSET=$offset
    world clock "{\"advance_seconds\":$1}" >/dev/null
}
# works CODES OPTIONS…: a run that does not stay for what is due later.
works() {
    local wanted=$1
    shift
    program "$wanted" --quiet --progress never run --patience 3s --doubt-grace 1s "$@" "$BOOK"
}
# How many registrations of $1 the simulator has counted, and how many we have.
counted() {
    world state | python3 -c 'import json, sys
number = json.load(sys.stdin)["numbers"][sys.argv[1]]
print(number["destination"]["register_attempts"])' "$1"
    sql "SELECT count(*) FROM wabamigrate.attempt a JOIN wabamigrate.step s USING (step_id)
           JOIN wabamigrate.number n USING (number_id)
           JOIN wabamigrate.job_phase p ON p.kind = s.kind AND p.phase = a.phase
          WHERE p.is_registration AND n.number = '$1' AND a.outcome IS DISTINCT FROM 'not_sent'"
}
same_counts() { # SENTENCE NUMBER WANTED
    same "$1: $3, by the simulator and by the ledger" "$3 $3" "$(counted "$2" | paste -sd ' ')"
}
standing() { # NUMBER: state, wait, note
    sql "SELECT state, waiting_for, left(note, 8) FROM wabamigrate.number_status WHERE number = '$1'"
}

works 4
sign_up
phone=$(world state | python3 -c 'import json, sys
print(json.load(sys.stdin)["numbers"][sys.argv[1]]["destination"]["id"])' "$UNANSWERED")
world faults "{\"match\":\"POST */$phone/register\",\"kind\":\"reset_after\",\"times\":-1}" >/dev/null

for night in 1 2 3; do
    for ((run = 1; run <= RUNS; run++)); do
        works 3,4
        # What failed for good by mischance is tried again; the wrong PIN waits for its person.
        wabamigrate --quiet retry --only "$REFUSED,$UNANSWERED" >"$PLACE/retry.out" 2>&1 || true
        later $((HOUR / 2))
    done
    same "night $night: the simulator has never refused an eleventh" 0 "$(requests '"error_code":133016')"
    same_counts "night $night: a wrong PIN is not tried again" "$WRONG_PIN" 1
    later $((12 * HOUR))
done
check "the log has what was refused" test "$(requests '"error_code":131016')" -ge 16
check "and what was not answered" test "$(requests '"fault":"reset_after"')" -ge 8
same_counts "refused, and two are kept" "$REFUSED" 8
same_counts "unanswered, and two are kept" "$UNANSWERED" 8
same "it waits for a time, and says how many are spent" "waiting|time|8 of the" "$(standing "$REFUSED")"
wabamigrate report --number "$REFUSED" --format table >"$PLACE/story" 2>&1
matches "its story offers the last two" 'spend-last-registrations' "$PLACE/story"
wabamigrate check --format json "$BOOK" >"$PLACE/check.json" 2>/dev/null || true
matches "check warns of it" '"rule": *"registration_budget", *"verdict": *"warn"' "$PLACE/check.json"

say "== the last two"
works 3 --spend-last-registrations --only "$REFUSED"
for ((run = 1; run <= RUNS; run++)); do
    later $((HOUR / 2))
    wabamigrate --quiet retry --only "$REFUSED" >"$PLACE/retry.out" 2>&1 || true
    works 3 --spend-last-registrations --only "$REFUSED"
done
same_counts "a person has spent the last two" "$REFUSED" 10
same_counts "of this number alone" "$UNANSWERED" 8
same "and says so" "waiting|time|All 10 r" "$(standing "$REFUSED")"
same "an eleventh was never sent" 0 "$(requests '"error_code":133016')"

say "== three days later"
world faults '{"clear":true}' >/dev/null
world scenario "{\"numbers\":{\"$REFUSED\":{\"register_error\":null},\"$UNANSWERED\":{\"register_error\":null}}}" >/dev/null
wabamigrate --quiet retry --only "$WRONG_PIN" >/dev/null
later $((73 * HOUR))
works 0
same_counts "one more moves it" "$REFUSED" 11
same_counts "and the person's word the one with the wrong PIN" "$WRONG_PIN" 2
same "no registration was ever refused for its number" 0 "$(requests '"error_code":133016')"
check "nothing took effect twice" judge twice "$LOG"
finish
