#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# `templates diff` and `templates migrate`: between two WABAs that no database knows, then for a batch's
# customers; every reason not to come along is told, nothing is asked for twice, and a lost answer is
# settled by reading.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
BOOK=$PLACE/book.yaml
cat >"$BOOK" <<'END'
version: 1
batch: shops
partner:
  business_id: "1020304050"
  app_id: "998877"
  credit_line_id: "5566778899"
  system_token: { env: META_SYSTEM_TOKEN }
  app_secret: { env: META_APP_SECRET }
defaults: { path: embedded_signup, waba_currency: EUR, templates: before_register }
customers:
  - { id: baker, name: Baker, business_id: "700101", source_waba_id: "800101", destination_waba_id: "900101",
      source_token: { env: OLD_PARTNER_TOKEN },
      numbers: [ { number: "+33199000011", source_phone_number_id: "600001", phone_number_id: "610001" } ] }
  - { id: florist, name: Florist, business_id: "700102", source_waba_id: "800102", destination_waba_id: "900102",
      source_token: { env: OLD_PARTNER_TOKEN },
      numbers: [ { number: "+442079460011", source_phone_number_id: "600003", phone_number_id: "610003" } ] }
  - { id: big, name: Big, business_id: "700103", source_waba_id: "800103", destination_waba_id: "900103",
      templates: leave, source_token: { env: OLD_PARTNER_TOKEN },
      numbers: [ { number: "+4930231250119", source_phone_number_id: "600005", phone_number_id: "610005" } ] }
END
cat >"$PLACE/scenario.json" <<'END'
{ "copying": { "delay_s": 1, "check_s": 1, "pause_s": 2, "archive_s": 3 },
  "customers": {
    "baker": { "flows": 1,
      "templates": { "approved_green": 5, "approved_unknown": 2, "approved_yellow": 1, "approved_red": 1,
        "rejected": 1, "paused": 1, "pending": 1, "disabled": 1, "archived": 1, "in_appeal": 1, "already_there": 1,
        "with_flow": 1, "fails_once": 1, "fails_always": 1, "rejected_later": 1, "recategorised": 1 },
      "destination_templates": { "approved_green": 2, "already_there": 1 } },
    "florist": { "templates": { "approved_green": 3, "fails_always": 1 } },
    "big": { "business_verification_status": "verified", "templates": { "approved_green": 1200, "rejected": 1 } } } }
END
simulator_starts shops --manifest "$BOOK" --scenario "$PLACE/scenario.json" --latency-ms 5
export SHOP_TOKEN=$META_SYSTEM_TOKEN
PAIR=(--source 800101 --destination 900101 --token-env SHOP_TOKEN --source-token-env OLD_PARTNER_TOKEN)

# by JSON-FILE KEY: how many templates have that result.
by() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["summary"]["by_result"].get(sys.argv[2], 0))' "$1" "$2"; }
# counts JSON-FILE RESULT…: these numbers in a row.
counts() {
    local file=$1 result line=
    shift
    for result in "$@"; do line+="$(by "$file" "$result") "; done
    printf '%s\n' "${line% }"
}

# ---- usage ----

program 2 templates diff --source 800101 --token-env SHOP_TOKEN
program 2 templates diff --source 800101 --destination 800101 --token-env SHOP_TOKEN
program 2 templates diff --source 800101 --destination 900101
program 2 templates diff "${PAIR[@]}" --format html
program 2 templates diff --source 800101 --destination 900101 --token-env "EAAG$(printf 'x%.0s' {1..120})"
lacks "what may be a token is not repeated" EAAGxxx "$PLACE/err"
program 7 templates diff --source 800101 --destination 900101 --token-env NO_SUCH_VARIABLE
program 3 templates diff --source 800101 --destination 900101 --token-env OLD_PARTNER_TOKEN
NO_TOKEN=nobodys-token program 7 templates diff --source 800101 --destination 900101 --token-env NO_TOKEN
check "a question makes no database" test ! -e "$XDG_STATE_HOME/wabamigrate/postgresql"

# ---- between two WABAs ----

program 3 templates diff "${PAIR[@]}" --format json --output "$PLACE/diff.json"
same "before: what is missing, not fit for it, and there already" "12 8 0 1" \
    "$(counts "$PLACE/diff.json" missing not_qualified waiting copied)"
same "a difference sends reads alone" 0 "$(grep -c '"POST' "$LOG" || true)"

program 3 templates migrate "${PAIR[@]}" --dry-run --format json
matches "a dry run says what it would do" '12 templates that can be copied are missing' "$PLACE/err"
same "and sends nothing" 0 "$(requests migrate_message_templates)"

world faults '{"match":"POST */migrate_message_templates","kind":"reset_after","times":1}' >"$PLACE/fault.out"
program 3 templates migrate "${PAIR[@]}" --format json --output "$PLACE/migrated.json" --patience 8s
matches "it says what it is going to do" '12 templates that can be copied are missing on the destination: copying' "$PLACE/err"
matches "what lost its answer is looked for" 'step.in_doubt' "$PLACE/err"
sleep 2
program 3 templates diff "${PAIR[@]}" --format json --output "$PLACE/after.json"
same "after: copied, rejected, in another category, missing" "9 1 1 2 8" \
    "$(counts "$PLACE/after.json" copied rejected category_changed missing not_qualified)"
program 3 templates diff "${PAIR[@]}" --format csv --output "$PLACE/after.csv"
matches "the list says what to do" 'not_qualified,quality,RED,Its quality is too low.*customer,Create it again' "$PLACE/after.csv"
program 3 templates diff "${PAIR[@]}" --format table
matches "for people too" 'Its quality is too low to be copied' "$PLACE/out"

# By hand again: what is missing, and nothing else.
program 3 templates migrate "${PAIR[@]}" --format json --output "$PLACE/again.json" --patience 3s
sleep 2
program 3 templates diff "${PAIR[@]}" --format json --output "$PLACE/after.json"
same "what failed once came along" "10 1" "$(counts "$PLACE/after.json" copied missing)"
# asked_twice WHAT: how often "templates" or "flows" were asked for that were there.
asked_twice() {
    world templates | python3 -c 'import json, sys
def walk(value):
    if isinstance(value, dict):
        return value.get("asked_when_there", 0) + sum(walk(one) for one in value.values())
    return sum(walk(one) for one in value) if isinstance(value, list) else 0
print(sum(walk(customer.get(sys.argv[1], [])) for customer in json.load(sys.stdin).values()))' "$1"
}
same "nothing was asked for that was there" "0 0" "$(asked_twice templates) $(asked_twice flows)"

# More than a call takes: by their ids, 500 at most.
sent=$(requests migrate_message_templates)
BIG=(--source 800103 --destination 900103 --token-env SHOP_TOKEN --source-token-env OLD_PARTNER_TOKEN)
program 0,4 templates migrate "${BIG[@]}" --format json --output "$PLACE/big.json" --patience 3s
same "1,200 templates go in three calls" $((sent + 3)) "$(requests migrate_message_templates)"
sleep 2
program 0 templates diff "${BIG[@]}" --format json --output "$PLACE/big.json"
same "and all are there" "1200 1" "$(counts "$PLACE/big.json" copied not_qualified)"
program 0 templates migrate "${BIG[@]}" --format csv
matches "by hand again there is nothing to do" 'nothing that can be copied is missing' "$PLACE/err"
same "and nothing is sent" $((sent + 3)) "$(requests migrate_message_templates)"

# ---- a batch's customers ----

OFFSET=0
# later SECONDS: so much later in both worlds.
later() {
    OFFSET=$((OFFSET + $1))
    export WABAMIGRATE_CLOCK_OFFSET=$OFFSET
    world clock "{\"advance_seconds\":$1}" >"$PLACE/clock.out"
}
runs() { program "$1" --progress never --quiet run --patience 2s --doubt-grace 1s "$BOOK"; }

runs 4
program 3 templates diff shops --format json --output "$PLACE/shops.json"
program 4 templates diff --only florist --format json --output "$PLACE/florist.json"
# A second after they were asked for they are there, but for one: however long this took.
read -r copied waiting <<<"$(counts "$PLACE/florist.json" copied waiting)"
same "of one customer alone, what the batch knows of it with it" 4 $((copied + waiting))
for seconds in 40 300 300 600; do
    later "$seconds"
    runs 0,4
done
same "the numbers have moved" 3 "$(count_state 'done')"
program 3 templates diff shops --only baker,florist --format json --output "$PLACE/shops.json"
same "copied, there before, given up" "3 12 2" "$(counts "$PLACE/shops.json" copied was_there given_up)"
wabamigrate report --format json --output "$PLACE/report.json"
same "the report says the same" "3 12 2" "$(python3 -c 'import json,sys
by = json.load(open(sys.argv[1]))["summary"]["templates"]["by_result"]
print(by.get("copied", 0), by.get("was_there", 0), by.get("given_up", 0))' "$PLACE/report.json")"
matches "its headline is the downtime" '"downtime_seconds": ?\{ ?"median": ?[0-9]+, ?"worst": ?[0-9]+' "$PLACE/report.json"
wabamigrate report --number +442079460011 --format table >"$PLACE/story.txt"
matches "a number's story has its templates" 'fails_always_1' "$PLACE/story.txt"
wabamigrate status --format table >"$PLACE/status.txt"
matches "a status has a line of them" '^Templates: ' "$PLACE/status.txt"

sent=$(requests migrate_message_templates)
program 3,4 templates migrate shops --dry-run --format json
same "a dry run leaves the batch alone" 2 "$(sql "SELECT count(*) FROM wabamigrate.template WHERE given_up IS NOT NULL")"
program 3 templates migrate shops --format json --output "$PLACE/migrate.json"
matches "it says that the next run does it" '2 templates that were given up may be asked for again; the next run of batch shops' "$PLACE/err"
same "by itself it sends nothing" "$sent" "$(requests migrate_message_templates)"
runs 0,4
same "the next run asks for them, and them alone" $((sent + 2)) "$(requests migrate_message_templates)"
later 4000
runs 0,4

# The same two WABAs by their ids: the batch's memory counts.
sent=$(requests migrate_message_templates)
program 3,4 templates migrate "${PAIR[@]}" --format json
matches "whose they are is told" 'customer baker of batch shops has these WABAs' "$PLACE/err"
same "and nothing is sent past the batch" "$sent" "$(requests migrate_message_templates)"
program 0 templates migrate "${BIG[@]}" --format csv
lacks "a batch that leaves the templates alone has no say" "has these WABAs" "$PLACE/err"
program 0 templates migrate shops --only big --format csv
matches "and says how they are copied" 'nothing is to be taken up again in batch shops.*--source' "$PLACE/err"
same "nothing was asked for that was there, on the whole way" 0 "$(asked_twice templates)"
finish
