#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# What the audit says of moved numbers, against what the simulator did to them: what it changed is found and
# named, and nothing else is. And when each moved: the cut-over brackets the world's own time of it, also by
# a clock that is wrong, and where the answer was lost.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
wabamigrate simulate --make-book 24 6 "$PLACE"
BOOK=$PLACE/book.yaml
LATENCY=30
RUN=(--progress never --quiet run --doubt-grace 1s)
mapfile -t numbers < <(grep -oE '"\+[0-9]+"' "$BOOK" | tr -d '"')

audit() { python3 "$HERE/audit_judge.py" "$@"; }
reported() { wabamigrate report --format json --output "$PLACE/report.json"; }
verdicts() { audit verdict "$PLACE/report.json" "$1"; }
brackets() { # SKEW
    check "each cut-over brackets the time of the move (Meta's clock: $1)" \
        audit cutover "$PLACE/report.json" "$LOG" "$1"
    cat "$PLACE/check.out"
}
frozen() { sql "SELECT md5(string_agg(concat(before, after, audit), '' ORDER BY number)) FROM wabamigrate.number"; }

# The source is read when the run first sees it, so what is to be lost must be there by then.
loses() { # NAME SCENARIO
    printf '%s\n' "$2" >"$PLACE/$1.scenario"
    fresh "$1" --scenario "$PLACE/$1.scenario"
}

say "== nothing is disturbed"
loses undisturbed '{}'
program 0 "${RUN[@]}" "$BOOK"
reported
same "nothing has changed" "" "$(audit changed "$PLACE/report.json")"
for field in verified_name name_status quality_rating whatsapp_business_manager_messaging_limit \
    is_official_business_account throughput webhook_configuration health_status whatsapp_business_profile \
    settings; do
    same "$field is kept" "kept 24" "$(verdicts $field)"
done
same "a registration has set each PIN, as Meta says" "changed_as_documented 24" "$(verdicts is_pin_enabled)"
brackets 0
wabamigrate report --format table --output "$PLACE/table"
matches "the table sums it up" 'Audit: 24 numbers kept, 0 changed' "$PLACE/table"
matches "and has a cut-over a number" "^  \\${numbers[0]} between 20" "$PLACE/table"
wabamigrate report --format csv --output "$PLACE/csv"
same "and so has the csv" 24 "$(grep -cE 'moved between 20.*in flight: MIG-ES, against it MIG-PROG' "$PLACE/csv")"
program 0 report --format table --number "${numbers[0]}"
matches "a number's story has the audit" '^  kept +verified_name' "$PLACE/out"
matches "and both of Meta's rules" 'MIG-PROG: A message sent before the move' "$PLACE/out"
lacks "no certificate is asked for" certificate "$LOG"
before=$(frozen)
program 0 check "$BOOK"
program 0 "${RUN[@]}" "$BOOK"
same "what was frozen stays" "$before" "$(frozen)"

say "== losses, a clock that is 90 s behind, and lost answers"
loses losses "{\"numbers\":{
    \"${numbers[1]}\":{\"after_move\":[\"changed_name\"]},
    \"${numbers[5]}\":{\"after_move\":[\"lost_badge\"]},
    \"${numbers[9]}\":{\"after_move\":[\"lowered_limit\"]},
    \"${numbers[14]}\":{\"after_move\":[\"lost_badge\",\"lowered_throughput\",\"changed_quality\"]},
    \"${numbers[20]}\":{\"after_move\":[\"changed_profile\"]}},
  \"date\":{\"skew_s\":-90},
  \"faults\":{\"planned\":[
    {\"match\":\"POST */register\",\"kind\":\"reset_after\",\"times\":2},
    {\"match\":\"POST */register\",\"kind\":\"reset_before\",\"times\":2},
    {\"match\":\"POST */register\",\"kind\":\"truncated_json\",\"times\":1}]}}"
program 0 "${RUN[@]}" "$BOOK"
reported
same "what was put in is found, and nothing else" "$(printf '%s\n' \
    "${numbers[1]} verified_name" \
    "${numbers[5]} is_official_business_account" \
    "${numbers[9]} whatsapp_business_manager_messaging_limit" \
    "${numbers[14]} quality_rating is_official_business_account throughput" \
    "${numbers[20]} whatsapp_business_profile" | sort)" "$(audit changed "$PLACE/report.json" | sort)"
check "each change says who must act, and how" audit owners "$PLACE/report.json"
brackets -90
same "the answers of three were lost" 3 "$(grep -o '"answer_lost":true' "$PLACE/report.json" | wc -l)"
wabamigrate report --format table --output "$PLACE/table"
matches "the table names what changed" 'Audit: 19 numbers kept, 5 changed: verified_name 1,' "$PLACE/table"
matches "and the skew" '90 s behind ours' <(tr -s ' \n' ' ' <"$PLACE/table")

say "== a profile that is to be kept"
sed -i 's/^defaults:/&\n  business_profile: keep/' "$BOOK"
loses kept "{\"numbers\":{
    \"${numbers[2]}\":{\"after_move\":[\"changed_profile\"]},
    \"${numbers[3]}\":{\"after_move\":[\"changed_profile\"]},
    \"${numbers[7]}\":{\"after_move\":[\"changed_profile\",\"lost_badge\"]}},
  \"faults\":{\"planned\":[
    {\"match\":\"POST */whatsapp_business_profile\",\"kind\":\"reset_after\",\"times\":1},
    {\"match\":\"POST */whatsapp_business_profile\",\"kind\":\"error\",\"skip\":1,\"times\":1,
     \"error\":{\"code\":100,\"subcode\":0,\"title\":\"No\",\"message\":\"(#100) no\"}}]}}"
program 0 "${RUN[@]}" "$BOOK"
reported
same "it is written back to those that lost it alone, each once" 3 "$(requests '/whatsapp_business_profile"')"
same "and is kept, but where Graph refused it" "changed 1 kept 23" "$(verdicts whatsapp_business_profile)"
same "nothing else has changed" "${numbers[7]} is_official_business_account" \
    "$(audit changed "$PLACE/report.json" | sed 's/ whatsapp_business_profile//' | grep ' ')"
sed -i '/business_profile: keep/d' "$BOOK"

say "== edges and fields that Graph does not give, and answers without a Date"
loses closed '{"refused_fields":["settings","whatsapp_business_profile"],
               "forbidden_fields":["phone.throughput"],"date":{"absent":true}}'
program 0 "${RUN[@]}" "$BOOK"
reported
same "nothing has changed" "" "$(audit changed "$PLACE/report.json")"
for field in settings whatsapp_business_profile throughput; do
    same "$field is not readable" "not_readable 24" "$(verdicts $field)"
done
same "the rest is kept" "kept 24" "$(verdicts verified_name)"
brackets none

say "== the source cannot be read"
sed -i 's/^  - id: customer-000002$/&\n    attest: {two_step_off: 2026-11-20, source_waba_approved: 2026-11-20}/' "$BOOK"
loses unreadable '{"customers":{"customer-000002":{"source_unreadable":true,"source_waba_unreadable":true}}}'
program 0 "${RUN[@]}" "$BOOK"
reported
same "nothing has changed" "" "$(audit changed "$PLACE/report.json")"
same "what was there before is known of the others alone" "kept 20 not_readable 4" "$(verdicts verified_name)"
same "but that two-step verification is on, of all" "changed_as_documented 24" "$(verdicts is_pin_enabled)"
brackets 0

say "== the programmatic path, and a storage region"
simulator_ends
state programmatic
wabamigrate simulate --make-book 4 2 "$PLACE/programmatic.book" --programmatic
BOOK=$PLACE/programmatic.book/book.yaml
sed -i 's/^defaults:/&\n  data_localization_region: DE/' "$BOOK"
simulator_starts programmatic --manifest "$BOOK" --latency-ms "$LATENCY"
world scenario '{"date":{"skew_s":40}}' >/dev/null
program 4 "${RUN[@]}" "$BOOK"
world codes >"$PLACE/codes"
program 0 code --file "$PLACE/codes"
program 0 "${RUN[@]}" "$BOOK"
reported
same "the storage is where the manifest says" "changed_as_documented 4" "$(verdicts settings)"
brackets 40
same "its own page of Meta's comes first" 4 "$(grep -o '"billing_rule":"MIG-PROG"' "$PLACE/report.json" | wc -l)"
finish
