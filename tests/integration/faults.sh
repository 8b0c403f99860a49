#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
#   faults.sh [SEED]
#
# A book against a Graph API of which one request in five goes wrong, before or after its effect. It
# finishes, in as many runs as it takes, and nothing takes effect twice: what was in doubt is read first.
# Throttling is waited out on the virtual clock, the program's and the world's.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
SEED=${1:-${WABAMIGRATE_TEST_SEED:-20261123}}
begin
NUMBERS=60
CUSTOMERS=20
RUNS_MAX=12
NIGHT=3600 # seconds from run to run
say "the seed is $SEED (faults.sh $SEED)"

wabamigrate simulate --make-book "$NUMBERS" "$CUSTOMERS" "$PLACE"
BOOK=$PLACE/book.yaml
cat >"$PLACE/scenario.json" <<END
{ "latency_ms": { "min": 2, "max": 10 },
  "faults": { "seed": $SEED,
    "rates": { "reset_before": 0.04, "reset_after": 0.04, "http_500": 0.02, "http_500_after": 0.03,
               "http_503_html": 0.02, "truncated_json": 0.03, "throttle": 0.01 } } }
END
simulator_starts world --manifest "$BOOK" --scenario "$PLACE/scenario.json"

CODE=0
wabamigrate --quiet run --patience 2s "$BOOK" >"$PLACE/out" 2>&1 || CODE=$?
sign_up || die "capture refuses: $(<"$PLACE/capture.out")"
# However the dice fall: one registration is lost after its effect, one before, and two are never
# answered, which costs the program's whole patience with a transfer.
for kind in reset_after reset_before timeout_after timeout_before; do
    world faults "{\"match\":\"POST */register\",\"kind\":\"$kind\",\"times\":1,\"skip\":2}" >/dev/null
done

offset=0
runs=0
while ((runs < RUNS_MAX)); do
    runs=$((runs + 1))
    CODE=0
    WABAMIGRATE_CLOCK_OFFSET=$offset wabamigrate --quiet --progress never run --patience 20s --doubt-grace 1s \
        "$BOOK" >"$PLACE/run.$runs" 2>&1 || CODE=$?
    ((CODE != 0)) || break
    # 7: the very first question, whether the token is good, has met a fault.
    [[ $CODE == [3457] ]] || { miss "run $runs ended with $CODE" "$PLACE/run.$runs"; break; }
    # What failed for good by mischance alone is somebody's decision: that somebody decides to go on.
    ((CODE != 3)) || wabamigrate --quiet retry >/dev/null
    offset=$((offset + NIGHT))
    world clock "{\"advance_seconds\":$NIGHT}" >/dev/null
done
same "the book is finished (run $runs of $RUNS_MAX at most)" 0 "$CODE"

wabamigrate report --format json --output "$PLACE/report.json"
wabamigrate pins export --format json --output "$PLACE/pins.json"
world state >"$PLACE/state.json"
same "every number is done" "$NUMBERS" "$(judge states "$PLACE/report.json" | grep -c ' done$')"
check "and so says the world, PINs and all" judge world "$PLACE/state.json" "$PLACE/report.json" "$PLACE/pins.json"
check "no registration, credit share or code exchange took effect twice" judge twice "$LOG"
check "whatever was sent again had been looked up before" judge blind "$LOG" "$PLACE/state.json"
for kind in reset_before reset_after timeout_after timeout_before http_500 http_500_after http_503_html truncated_json throttle; do
    if (($(requests "\"fault\":\"$kind\"") > 0)); then
        pass "the world dealt $kind: $(requests "\"fault\":\"$kind\"") times"
    else
        miss "the world never dealt $kind: this test has not shown what it is for"
    fi
done

judge lost "$LOG" >"$PLACE/lost"
(($(wc -l <"$PLACE/lost") >= 2)) || miss "too few registrations took effect without an answer"
while read -r number; do
    wabamigrate report --number "$number" --format json --output "$PLACE/story.json"
    check "$number: registered without an answer, settled by a read, and its report tells so" \
        judge settled "$PLACE/story.json"
done <"$PLACE/lost"
finish
