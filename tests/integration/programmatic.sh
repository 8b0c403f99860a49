#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
#   programmatic.sh [SEED]
#
# The programmatic path: a small book undisturbed; the same with every writing step's answer lost after
# and before its effect, and killed in the middle of each; wrong codes, old codes, and codes for whom
# none are. However it went, the world ends alike, and nothing took effect twice.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
SEED=${1:-${WABAMIGRATE_TEST_SEED:-$((SRANDOM % 1000000))}}
begin
RANDOM=$((SEED % 32768))
NUMBERS=12
CUSTOMERS=4
QUIETLY=(--progress never --quiet)
CARE=(--concurrency 4 --doubt-grace 1s --patience 30s)
say "the seed is $SEED (programmatic.sh $SEED)"

wabamigrate simulate --make-book "$NUMBERS" "$CUSTOMERS" "$PLACE" --programmatic
BOOK=$PLACE/book.yaml
mapfile -t BOOKED < <(grep -oE '"\+[0-9]+"' "$BOOK" | tr -d '"')
ONE=${BOOKED[0]} TWO=${BOOKED[1]} THREE=${BOOKED[2]}

# Another database and another world, both named $1; then the simulator's options.
another() {
    local name=$1
    shift
    [[ -z $SIMULATOR ]] || simulator_ends
    state "$name"
    simulator_starts "$name" --manifest "$BOOK" "$@"
}
run() { program "$1" "${QUIETLY[@]}" run "${CARE[@]}" "$BOOK"; }
# Whoever holds the numbers reads what came, and passes it on.
codes_arrive() {
    world codes >"$PLACE/codes"
    cat "$PLACE/codes" >>"$PLACE/every.code"
    wabamigrate code --file "$PLACE/codes" >"$PLACE/code.out" 2>&1
}
code_of() { world codes | grep -F -- "$1 " | cut -d ' ' -f 2; }
wrong_code() { if [[ $1 == 000-000 ]]; then echo 000-001; else echo 000-000; fi; }
waiting_for_a_code() {
    wabamigrate status --format csv | grep -cE '^\+[0-9]+,[^,]*,waiting,[^,]*_code,' || true
}
keep() { # NAME: how database and world stand
    wabamigrate report --format json --output "$PLACE/$1.report"
    world state >"$PLACE/$1.state"
}
all_is_done() { # NAME
    keep "$1"
    same "every number is done" "$NUMBERS" "$(judge states "$PLACE/$1.report" | grep -c ' done$')"
    wabamigrate pins export --format json --output "$PLACE/pins.json"
    check "and so says the world, PINs and all" judge world "$PLACE/$1.state" "$PLACE/$1.report" "$PLACE/pins.json"
    check "nothing took effect twice" judge twice "$LOG"
    check "whatever was sent again had been looked up before" judge blind "$LOG" "$PLACE/$1.state"
    same "no step is left running, and none in doubt" "0|0" "$(sql "
        SELECT count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE is_in_doubt AND state <> 'done')
          FROM wabamigrate.step")"
}

say "== the example"
program 3 check --offline "$PROJECT/examples/programmatic/book.yaml"

say "== undisturbed"
another calm
program 0 check --format json "$BOOK"
check "check sends reads only" judge reads "$LOG"
FORETOLD=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["summary"]["forecast"]["calls"])' <"$PLACE/out")
before=$(wc -l <"$LOG")
program 2 code "$ONE" 123456
matches "before the batch is there, a code is for nobody" 'in no batch' "$PLACE/err"
run 4
same "every number waits for its code" "$NUMBERS" "$(waiting_for_a_code)"
same "each has been sent one, by SMS" "$NUMBERS" "$(world codes | wc -l)"
check "the codes are taken, hyphens and all" codes_arrive
check "and once more changes nothing" codes_arrive
matches "each was known" "taken 0, known already $NUMBERS, refused 0" "$PLACE/code.out"
run 0
all_is_done calm
check "no call with an effect was even sent twice" judge once "$LOG"
tail -n +$((before + 1)) "$LOG" >"$PLACE/part.jsonl"
same "as many calls as foretold, and the one that the second run began with" "$((FORETOLD + 1))" "$(wc -l <"$PLACE/part.jsonl")"
program 2 code "$ONE" 123456
matches "a number that is through takes no code" 'verified already' "$PLACE/err"

say "== every answer lost once after its effect, and once before"
another lost --latency-ms 5
for edge in phone_numbers request_code verify_code register; do
    for kind in reset_after reset_before http_500_after; do
        world faults "{\"match\":\"POST */$edge\",\"kind\":\"$kind\"}" >/dev/null
    done
done
run 4
codes_arrive || miss "not every code was taken" "$PLACE/code.out"
run 0
all_is_done lost
check "the world is like the undisturbed one" judge worlds "$PLACE/calm.state" "$PLACE/lost.state"
for edge in phone_numbers request_code verify_code register; do
    lost=$(grep -F "/$edge\"" "$LOG" | grep -cE '"fault":"(reset|http_500)' || true)
    ((lost == 3)) || miss "only $lost faults have hit $edge: this test has shown nothing of it"
done
world state | python3 -c '
import json, sys
for number, line in json.load(sys.stdin)["numbers"].items():
    print(line["destination"]["codes_by_sms"], line["destination"]["codes_by_voice"])' | sort | uniq -c >"$PLACE/ways"
same "no number got two SMS or two calls" "" "$(awk '$2 > 1 || $3 > 1' "$PLACE/ways")"
wabamigrate report --format json --number "$(grep -F '/phone_numbers"' "$LOG" | grep -F '"fault":"reset_after"' |
    python3 -c 'import json, sys; b = json.loads(sys.stdin.readline())["body"]; print("+" + b["cc"] + b["phone_number"])')" \
    --output "$PLACE/story.json"
matches "the story of a number whose making was in doubt tells how it was settled" 'it had been created' "$PLACE/story.json"

say "== killed in the middle of each"
another killed --latency-ms 100-200
for edge in phone_numbers request_code verify_code register; do
    [[ $edge != verify_code ]] || { run 0,4; codes_arrive || miss "not every code was taken" "$PLACE/code.out"; }
    "$WABAMIGRATE" "${QUIETLY[@]}" run "${CARE[@]}" "$BOOK" >"$PLACE/killed.out" 2>&1 &
    RUN=$!
    STARTED+=("$RUN")
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        (($(grep -c "\"method\":\"POST\".*/$edge\"" "$LOG" || true) < 1)) || break
        sleep 0.02
    done
    sleep "0.0$((RANDOM % 90 + 10))"
    kill -KILL "$RUN" || miss "the run was over before it could be killed in $edge" "$PLACE/killed.out"
    wait "$RUN" 2>/dev/null || true
done
run 0,4
if ((CODE == 4)); then
    codes_arrive || miss "not every code was taken" "$PLACE/code.out"
    run 0
fi
all_is_done killed
check "the world is like the undisturbed one" judge worlds "$PLACE/calm.state" "$PLACE/killed.state"
lines=$(wc -l <"$LOG")
run 0
tail -n +$((lines + 1)) "$LOG" >"$PLACE/part.jsonl"
check "a further run has nothing to write" judge reads "$PLACE/part.jsonl"

say "== codes that are wrong, late, or for nobody"
another people
run 4
wrong=$(wrong_code "$(code_of "$ONE")")
cat >"$PLACE/lines" <<END
$ONE $wrong
$TWO 12345
$TWO
+33999999999 123456
not-a-number 123456

${THREE:0:4} ${THREE:4}	$(code_of "$THREE")
END
CODE=0
wabamigrate code --file "$PLACE/lines" >"$PLACE/out" 2>&1 || CODE=$?
same "lines that are refused make it exit 2" 2 "$CODE"
same "each by its number, and only they" "2 3 4 5" \
    "$(grep -oE 'lines:[0-9]+:' "$PLACE/out" | cut -d : -f 2 | tr '\n' ' ' | sed 's/ $//')"
matches "the rest is taken" 'taken 2, known already 0, refused 4' "$PLACE/out"
run 4
same "the right code has done its work" "done" "$(state_of "$THREE")"
same "the wrong one is waited for again" waiting "$(state_of "$ONE")"
wabamigrate report --format json --number "$ONE" --output "$PLACE/story.json"
matches "with Meta's answer" '136025' "$PLACE/story.json"
program 2 code "$ONE" "$wrong"
matches "a code that Meta has refused is not sent to it again" 'refused this code' "$PLACE/err"
same "the code went out once" 1 "$(grep -F /verify_code "$LOG" | grep -cF "\"${wrong/-/}\"")"

say "== a run meets the code while it goes on"
program_starts --progress never run "${CARE[@]}" --patience 60s --for 60s "$BOOK"
program 0 code "$ONE" "$(code_of "$ONE")"
codes_arrive || true
program_ended 0,4 "the run that was going on"
run 0

say "== a new code, when a person asks for one"
another again
world scenario "{\"numbers\":{\"$ONE\":{\"register_error\":{\"code\":133006,\"times\":1}}}}" >/dev/null
run 4
program 0 retry
same "retry of everything sends nobody a code" "$NUMBERS" "$(grep -c '/request_code"' "$LOG")"
program 0 retry --number "$TWO"
matches "retry of one that waits does" '^1 numbers .* new code' "$PLACE/err"
old=$(code_of "$TWO")
run 4
[[ $(code_of "$TWO") != "$old" ]] || miss "there is no new code"
codes_arrive || miss "not every code was taken" "$PLACE/code.out"
run 4
same "a verification that has lapsed at the registration waits for a person" waiting "$(state_of "$ONE")"
world scenario "{\"numbers\":{\"$ONE\":{\"destination\":{\"code_verification_status\":\"EXPIRED\"}}}}" >/dev/null
program 2 code "$ONE" 123456
matches "a code that nobody has asked for is refused" 'none has been asked for' "$PLACE/err"
program 0 retry --number "$ONE"
run 4
program 0 code "$ONE" "$(code_of "$ONE")"
run 0
keep again
same "every number is done" "$NUMBERS" "$(judge states "$PLACE/again.report" | grep -c ' done$')"

say "== no code is anywhere but sealed, and with Meta"
mapfile -t OPTIONS < <(database_options)
"$(postgres_program pg_dump)" "${OPTIONS[@]}" >"$PLACE/dump.sql"
sort -u "$PLACE/every.code" | cut -d ' ' -f 2 | sed 'p;s/-//' >"$PLACE/secrets"
same "no code in database, reports or what the programs said" "" \
    "$(grep -lwFf "$PLACE/secrets" "$PLACE"/dump.sql "$PLACE"/*.report "$PLACE"/story.json "$PLACE"/out "$PLACE"/err \
        "$PLACE"/killed.out "$PLACE"/code.out || true)"
check "though they were used" grep -qwFf "$PLACE/secrets" "$LOG"
finish
