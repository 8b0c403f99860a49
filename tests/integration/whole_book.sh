#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The quickstart's book from manifest to report, and what each command may and may not do on the way.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
BOOK=$QUICKSTART/book.yaml

# What was sent from the log's line $1 on holds reads only.
sent_reads_only() {
    tail -n +"$1" "$LOG" >"$PLACE/part.jsonl"
    check "check sends reads only" judge reads "$PLACE/part.jsonl"
}
report_to() { wabamigrate report --format json --output "$1"; }

simulator_starts world --manifest "$BOOK" --scenario "$QUICKSTART/scenario.json"

say "== check, on an empty database"
program 3 check --format json "$BOOK"
sent_reads_only 1
same "check loads no batch" 0 "$(sql 'SELECT count(*) FROM wabamigrate.batch')"
check "its report is whole: 200 numbers" judge states "$PLACE/out"
same "200 lines, a number each" 200 "$(judge states "$PLACE/out" | sort -u | wc -l)"

say "== the first run: nobody has signed up yet"
program 3 --progress never run "$BOOK"
same "nobody moved but the customer that was signed up already" 5 "$(world summary | tee "$PLACE/summary" |
    grep -o '"moved":[0-9]*' | cut -d : -f 2)"

say "== check beside a batch: it touches nothing but its findings"
batch_snapshot >"$PLACE/before"
lines=$(wc -l <"$LOG")
program 3 check --format json "$BOOK"
program 3 run --dry-run --format csv "$BOOK"
sent_reads_only $((lines + 1))
batch_snapshot >"$PLACE/after"
check "check leaves every other table as it was" diff "$PLACE/before" "$PLACE/after"

say "== the signups, and the run that moves"
sign_up || true
matches "capture refuses the foreign WABA's two lines by their number" ':[0-9]+: .*business' "$PLACE/capture.out"
same "and only them" 2 "$(grep -cE '^[^ ].*:[0-9]+: ' "$PLACE/capture.out")"
program 3 --progress never run --patience 10s --doubt-grace 1s "$BOOK"

report_to "$PLACE/report.json"
world state >"$PLACE/state.json"
wabamigrate pins export --format json --output "$PLACE/pins.json"
check "every number stands where the scenario leads it" judge states "$PLACE/report.json" "$HERE/quickstart.expected"
check "done in the database is done in the world, PIN and all, and nothing else is" \
    judge world "$PLACE/state.json" "$PLACE/report.json" "$PLACE/pins.json"
check "12 ways or more to be kept, each with its owner and remedy" judge ways "$PLACE/report.json" 12
check "nothing took effect twice" judge twice "$LOG"
check "nothing was sent again without a look-up" judge blind "$LOG" "$PLACE/state.json"
same "no step is left running" 0 "$(sql "SELECT count(*) FROM wabamigrate.step WHERE state = 'running'")"

say "== once more: nothing is repeated"
lines=$(wc -l <"$LOG")
program 3 --progress never run --patience 1s --doubt-grace 1s "$BOOK"
sent_reads_only $((lines + 1))
report_to "$PLACE/again.json"
same "every number stands as before" "$(judge states "$PLACE/report.json" | sort)" "$(judge states "$PLACE/again.json" | sort)"

say "== what reads, in every format"
for format in table json csv; do
    program 0 status --format "$format"
    program 0 report --format "$format"
done
program 0 report --format table --number +4310000011
matches "report --number tells the attempt that failed" '133005' "$PLACE/out"
program 2 report no-such-batch
program 0 --accept 3 check "$BOOK"
snapshot >"$PLACE/before"
program 0 status
program 0 report
snapshot >"$PLACE/after"
check "status and report write nothing" diff "$PLACE/before" "$PLACE/after"

say "== mended: what was blocked goes on by itself, what failed after retry"
world scenario '{"numbers":{"+27100000011":{"is_pin_enabled":false},
    "+27100000012":{"register_error":null}},"customers":{"bakery-caret":{"credit_error":null}}}' >/dev/null
program 0 retry --number +27100000012
program 0 retry --only bakery-caret
program 3 --progress never run --patience 10s --doubt-grace 1s "$BOOK"
report_to "$PLACE/mended.json"
for number in +27100000011 +27100000012 +4310000016 +48220000016; do
    same "$number is done now" "$number done" "$(judge states "$PLACE/mended.json" | grep -F -- "$number ")"
done
world state >"$PLACE/state.json"
check "and so says the world" judge world "$PLACE/state.json" "$PLACE/mended.json"
check "still nothing took effect twice" judge twice "$LOG"
finish
