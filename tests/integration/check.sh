#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The dry run: what it finds, how it knows, what it costs, what it keeps, and what it never does.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
JUDGE=$HERE/check_judge.py
member() { python3 "$JUDGE" summary "$@"; }
finding() { python3 "$JUDGE" finding "$PLACE/out" "$@"; }
# dry CODES OPTIONS…: a check of $BOOK, its JSON in $PLACE/out.
dry() {
    local codes=$1
    shift
    program "$codes" --progress never --quiet check "$BOOK" --format json "$@"
}

# ---- any two conditions together ----

"$WABAMIGRATE" simulate --make-pairs "$PLACE/pairs" >/dev/null
BOOK=$PLACE/pairs/book.yaml
simulator_starts pairs --manifest "$BOOK" --scenario "$PLACE/pairs/scenario.json"
dry 3
check "each pair is told, with owners and remedies, and nothing else" \
    python3 "$JUDGE" pairs "$PLACE/out" "$PLACE/pairs/expected.json"
check "only reads were sent" judge reads "$LOG"
simulator_ends

# ---- what it costs, and what it never touches ----

state costs
"$WABAMIGRATE" simulate --make-book 60 12 "$PLACE"
BOOK=$PLACE/book.yaml
simulator_starts costs --manifest "$BOOK"
dry 3
same "twelve WABAs of sixty numbers take twelve calls and the token's own" 13 \
    "$(member "$PLACE/out" calls_made)"
same "which are all that the log has" 13 "$(requests '"method"')"
same "a check makes no batch" 0 "$(sql 'SELECT count(*) FROM wabamigrate.batch')"
same "and keeps its findings and its look" "1080 1" \
    "$(sql 'SELECT (SELECT count(*) FROM wabamigrate.finding), (SELECT count(*) FROM wabamigrate.look)' | tr '|' ' ')"
dry 3 --max-age 1h
same "readings that are fresh are not made again" 1 "$(member "$PLACE/out" calls_made)"
dry 3 --only customer-000003
same "a selection reads what it needs" "2 5" \
    "$(member "$PLACE/out" calls_made) $(member "$PLACE/out" numbers)"
wabamigrate --quiet run "$BOOK" >/dev/null 2>&1 || true
sign_up
batch_snapshot >"$PLACE/before"
dry 0
same "after the signups both WABAs of everybody are read, each in one call" 25 \
    "$(member "$PLACE/out" calls_made)"
check "a check changes nothing of a batch" diff "$PLACE/before" <(batch_snapshot)
same "the last two checks and the run are the looks at the whole book" "check check run check" \
    "$(sql "SELECT string_agg(command, ' ' ORDER BY look_id) FROM wabamigrate.look WHERE is_whole")"

# ---- the forecast, held against the run ----

cp "$PLACE/out" "$PLACE/forecast.json"
from=$(wc -l <"$LOG")
program 0 --progress never --log-format json run "$BOOK"
grep '"run.ended"' "$PLACE/err" >"$PLACE/ended.json"
check "the forecast is within 10 % of what the run called for, all told and by budget" \
    python3 "$JUDGE" forecast "$PLACE/forecast.json" "$LOG" "$from"
cat "$PLACE/check.out"
check "the run's own count by budget is what Meta's list of edges makes of the log" \
    python3 "$JUDGE" counted "$PLACE/ended.json" "$LOG" "$from"
dry 0
same "whoever has moved is not asked about any more" "1 60" \
    "$(member "$PLACE/out" calls_made eligible)"
simulator_ends

# ---- offline ----

state nowhere
(
    unset META_SYSTEM_TOKEN META_APP_SECRET OLD_PARTNER_TOKEN
    export WABAMIGRATE_GRAPH_URL=http://127.0.0.1:9
    dry 3 --offline
    exit "$FAILURES"
) || FAILURES=$((FAILURES + 1))
same "offline nobody is asked" 0 "$(member "$PLACE/out" calls_made)"
same "and no database is made" "" "$(ls "$XDG_STATE_HOME")"

# ---- what changed ----

state changes
"$WABAMIGRATE" simulate --make-book 30 6 "$PLACE"
mapfile -t numbers < <(grep -oE '"\+[0-9]+"' "$BOOK" | tr -d '"')
simulator_starts changes --manifest "$BOOK"
wabamigrate --quiet run "$BOOK" >/dev/null 2>&1 || true
sign_up
stage() { world scenario "$1" >/dev/null; }
stage "{\"numbers\":{\"${numbers[0]}\":{\"is_pin_enabled\":true},\"${numbers[1]}\":{\"name_status\":\"DECLINED\"}}}"
program 3 check "$BOOK" --since 2020-01-01 --format json
matches "nothing to compare with is told, and no mistake" 'since.nothing' "$PLACE/err"
program 2 check "$BOOK" --since yesterday
matches "what is no time is one" '--since yesterday: give last, a date' "$PLACE/err"
dry 3
same "two are not eligible" 2 "$(member "$PLACE/out" not_eligible)"
sleep 1.1
stage "{\"numbers\":{\"${numbers[0]}\":{\"is_pin_enabled\":false},\"${numbers[2]}\":{\"account_mode\":\"SANDBOX\"},\"${numbers[3]}\":{\"new_name_status\":\"PENDING_REVIEW\"}}}"
dry 3 --since last
same "one newly eligible, two newly blocked, the rest unchanged" "1 2 0 0 27" \
    "$(member "$PLACE/out" since.newly_eligible since.newly_blocked since.new since.gone since.unchanged)"
program 3 --progress never --quiet check "$BOOK" --since last --format table
matches "the table says so" 'newly eligible' "$PLACE/out"
program 0 report --number "${numbers[0]}" --format json
same "the number's story has both answers of the rule, each with its time" 2 \
    "$(grep -oE '"rule": "two_step_off", "verdict": "(fail|pass)"' "$PLACE/out" | sort -u | wc -l)"
dry 3 --only "${numbers[2]}"
same "a finding says what was read" 'fail api "SANDBOX" partner' "$(finding "${numbers[2]}" not_test_number)"

# ---- what a reading answers, and what it does not ----

dry 3 --max-age 1h
same "readings that are fresh are not made again" 1 "$(member "$PLACE/out" calls_made)"
cp "$BOOK" "$PLACE/book.whole"
sed -i "/${numbers[29]}/d" "$BOOK"
dry 3 --max-age 1h --since last
same "a customer that has lost a number is read anew, and the number is gone" "3 1" \
    "$(member "$PLACE/out" calls_made since.gone)"
dry 3 --since last
same "which is no news the next time" 0 "$(member "$PLACE/out" since.gone)"
cp "$PLACE/book.whole" "$BOOK"
dry 3 --max-age 1h
same "with its number back it is read anew, and the number may move" 'pass api "CONNECTED" None' \
    "$(finding "${numbers[29]}" not_already_moved)"

# ---- confirmations ----

sed -i 's/attest: { business_verified: 2026-11-20/attest: { business_verified: 2026-11-01/' "$BOOK"
stage '{"customers": {"customer-000003": {"source_unreadable": true}}}'
sed -i '/id: customer-000003/,/numbers:/ s/    source_token: .*/    attest: { two_step_off: 2026-11-01 the manager by phone }/' "$BOOK"
dry 3
same "who is not asked is believed, by name and day" '"the manager by phone"|"2026-11-01"' \
    "$(grep -oE '"rule": "two_step_off", "verdict": "pass", "evidence": "attested".{0,300}' "$PLACE/out" | head -n 1 |
        sed -E 's/.*"read_at": ("[^"]*").*"attested_by": ("[^"]*").*/\2|\1/')"
sed -i 's/two_step_off: 2026-11-01 the/two_step_off: 2026-11-20 the/' "$BOOK"
dry 3
same "a newer confirmation is another answer, kept with its day" "2026-11-01 2026-11-20" \
    "$(sql "SELECT string_agg(DISTINCT read_at, ' ' ORDER BY read_at) FROM wabamigrate.finding
             WHERE rule = 'two_step_off' AND evidence = 'attested' AND read_at LIKE '2026-11-%'
               AND attested_by IS NOT NULL")"
cp "$PLACE/book.whole" "$BOOK"
stage '{"customers": {"customer-000003": {"source_unreadable": false}}}'

# ---- several at once ----

dry 3
before=$(sql 'SELECT (SELECT count(*) FROM wabamigrate.finding), (SELECT count(*) FROM wabamigrate.assessment)')
stage "{\"numbers\":{\"${numbers[7]}\":{\"name_status\":\"DECLINED\"}}}"
for i in 1 2 3 4; do
    "$WABAMIGRATE" --quiet --progress never check "$BOOK" --format json --output "$PLACE/several.$i" 2>"$PLACE/several.$i.err" &
    STARTED+=("$!")
done
wait "${STARTED[@]: -4}" || true
same "four checks at once keep what one would" "$before|1|1" \
    "$(sql "SELECT (SELECT count(*) - 1 FROM wabamigrate.finding), (SELECT count(*) - 1 FROM wabamigrate.assessment)")|$(
        sql "SELECT count(*) FROM wabamigrate.finding WHERE value = '\"DECLINED\"' AND number = '${numbers[7]}'")|$(
        sql "SELECT count(*) FROM wabamigrate.finding f WHERE number = '${numbers[7]}' AND rule = 'name_approved' AND verdict = 'fail'")"

# ---- stopped, and left without an answer ----

stage '{"latency_ms": {"min": 2000, "max": 2000}}'
lines=$(wc -l <"$LOG")
program_starts --progress never --quiet check "$BOOK"
for ((tries = 0; tries < TRIES_MAX && $(wc -l <"$LOG") <= lines + 1; tries++)); do sleep 0.05; done # the token is checked, the reading begun
kill -TERM "$RUN" # bash has its background jobs ignore SIGINT
program_ended 5 "a check that is interrupted stops before the end"
stage '{"latency_ms": {"min": 0, "max": 0}, "faults": {"planned": [{"match": "GET */80*", "kind": "error",
    "times": 1000, "error": {"code": 2500, "message": "(#2500) The source WABAs give no answer"}}]}}'
looks=$(sql 'SELECT count(*) FROM wabamigrate.look WHERE is_whole')
findings=$(sql 'SELECT count(*) FROM wabamigrate.finding')
program 3 --progress never --quiet check "$BOOK" --format json
same "where nobody answers nothing is known" "unknown none null partner" "$(finding "${numbers[5]}" two_step_off)"
same "but an outage is no look at the book, and no finding" "$looks $findings" \
    "$(sql 'SELECT count(*) FROM wabamigrate.look WHERE is_whole') $(sql 'SELECT count(*) FROM wabamigrate.finding')"
world faults '{"clear":true}' >/dev/null

# ---- fields and accounts that are closed to us ----

stage '{"refused_fields": ["is_on_biz_app", "new_name_status"]}'
dry 3
check "only reads were sent" judge reads "$LOG"
same "a field that is refused is not known, and costs no other" \
    "unknown none null partner|pass api \"APPROVED\" None" \
    "$(finding "${numbers[5]}" no_pending_name_change)|$(finding "${numbers[5]}" name_approved)"
stage '{"refused_fields": [], "customers": {"customer-000002": {"source_waba_unreadable": true}}}'
dry 3
same "where the old account is closed its numbers are read by their ids" \
    "unknown none null partner|pass api false None" \
    "$(finding "${numbers[5]}" source_waba_approved)|$(finding "${numbers[5]}" two_step_off)"
simulator_ends

# ---- warnings ----

state warnings
sed -i 's/waba_currency: EUR/waba_currency: INR/' "$BOOK"
simulator_starts warnings --manifest "$BOOK"
wabamigrate --quiet run "$BOOK" >/dev/null 2>&1 || true
sign_up
dry 0
dry 3 --fail-on warn
same "the currency warns, with its date" "warn" "$(finding "${numbers[5]}" waba_currency | cut -d ' ' -f 1)"
matches "of the end of the year" '31 December 2026' "$PLACE/out"
finish
