#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
#   templates.sh
#
# Templates ahead of the number and after it, against what the world itself says: every reason for a
# template not to come along is named, nothing is moved twice, calls that pass 30 seconds halve their
# count, registration waits as long as it is told to and no longer, and 24 virtual hours settle what is
# there. TEMPLATES_LONG=1 adds 6,000 templates on one WABA and 300 WABAs with 50 each: the calls that were
# made, beside the least possible.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
CARE=(--progress never --quiet run --concurrency 8 --doubt-grace 1s)
HOUR=3600

# book NAME NUMBERS CUSTOMERS PLAN [LINES]: a made-up book; LINES are more of its defaults.
book() {
    mkdir -p "$PLACE/$1.book"
    wabamigrate simulate --make-book "$2" "$3" "$PLACE/$1.book" --programmatic
    BOOK=$PLACE/$1.book/book.yaml
    sed -i -e "s/^  templates: leave/  templates: $4${5:+\\n  $5}/" "$BOOK"
}
# another NAME SCENARIO: a world and a database of that name for $BOOK.
another() {
    [[ -z $SIMULATOR ]] || simulator_ends
    unset WABAMIGRATE_CLOCK_OFFSET
    printf '%s' "$2" >"$PLACE/$1.scenario"
    state "$1"
    simulator_starts "$1" --manifest "$BOOK" --scenario "$PLACE/$1.scenario"
    OFFSET=0
}
# later SECONDS: for the program and for the world.
later() {
    OFFSET=$((OFFSET + $1))
    export WABAMIGRATE_CLOCK_OFFSET=$OFFSET
    world clock "{\"advance_seconds\":$1}" >/dev/null
}
# run CODE [PATIENCE]
run() { program "$1" "${CARE[@]}" --patience "${2:-20s}" "$BOOK"; }
codes_arrive() {
    world codes >"$PLACE/codes"
    wabamigrate code --file "$PLACE/codes" >"$PLACE/code.out" 2>&1
}
# truth PYTHON: of what the world says; `w` is {customer: …}.
truth() { world templates | python3 -c "import json, sys; w = json.load(sys.stdin); $1"; }
truth_short() { world 'templates?short=1' | python3 -c "import json, sys; w = json.load(sys.stdin); $1"; }
nothing_is_moved_twice() {
    same "$1: nothing is asked for that is there" 0 "$(truth_short 'print(sum(c["asked_when_there"] for c in w.values()))')"
}
waits() { run 0,4 "${1:-2s}"; }
step_of() { sql "SELECT DISTINCT s.state FROM wabamigrate.step s WHERE s.kind = '$1' ORDER BY 1"; }
note_of() { sql "SELECT s.note FROM wabamigrate.step s WHERE s.kind = '$1' ORDER BY s.customer_id LIMIT 1"; }
difference() { # CUSTOMER: name, language, result and reason of each template
    sql "SELECT concat_ws(' ', t.name, t.language, t.result, t.reason, t.reason_text)
           FROM wabamigrate.template_difference t JOIN wabamigrate.customer c USING (customer_id)
          WHERE c.key = '$1' ORDER BY t.name, t.language"
}
calls_of() { # EDGE [METHOD]: how many of them the world was asked, with whatever answer
    grep -E "\"method\":\"${2:-[A-Z]+}\"" "$LOG" | grep -cE "\"path\":\"[^\"]*/$1\"" || true
}

say "== every reason for a template not to come along"
book every 3 3 before_register
another every '{"customers": {
    "customer-000001": {
        "templates": {"approved_green": 2, "approved_unknown": 2, "approved_yellow": 1, "approved_red": 1,
            "rejected": 1, "paused": 1, "pending": 1, "disabled": 1, "archived": 1, "in_appeal": 1,
            "limit_exceeded": 1, "pending_deletion": 1, "deleted": 1, "already_there": 1, "with_flow": 1,
            "fails_once": 1, "fails_always": 2, "rejected_later": 1, "recategorised": 1, "paused_later": 1,
            "archived_later": 1, "yellow_later": 1, "no_data": 1},
        "destination_templates": {"already_there": 1}, "flows": 2},
    "customer-000002": {"templates": {"approved_green": 4}, "destination_templates": {"approved_green": 38}},
    "customer-000003": {"templates": {"approved_green": 3, "approved_unknown": 1}}},
    "copying": {"limits": {"verified": 40}, "pause_s": 7200, "archive_s": 7200}}'
world faults '{"match": "GET */8000000003/message_templates", "kind": "error", "times": -1,
    "error": {"code": 10, "message": "(#10) Application does not have permission for this action"}}' >/dev/null
waits
codes_arrive
for wait in 60 180 600; do
    later "$wait"
    waits
done
same "every number is done" 3 "$(count_state "done")"
same "the flow that a template opens was copied before, and no other" "flow_1|1" "$(sql "
    SELECT name, asks FROM wabamigrate.template_flow WHERE copied_id IS NOT NULL")"
later $((25 * HOUR))
run 0
same "every template is settled or given up" "done" "$(step_of settle_templates)"
difference customer-000001 >"$PLACE/first"
cat >"$PLACE/wanted" <<'END'
already_there_1 en_US was_there
approved_green_1 en_US copied
approved_green_2 en_US copied
approved_red_1 en_US not_qualified quality RED
approved_unknown_1 en_US copied
approved_unknown_2 en_US copied
approved_yellow_1 en_US not_qualified quality YELLOW
archived_1 en_US not_qualified status ARCHIVED
archived_later_1 en_US archived
deleted_1 en_US not_qualified status DELETED
disabled_1 en_US not_qualified status DISABLED
fails_always_1 en_US given_up refused Formatting error - dangling parameter
fails_always_2 en_US given_up refused Incorrect category
fails_once_1 en_US copied
in_appeal_1 en_US not_qualified status IN_APPEAL
limit_exceeded_1 en_US not_qualified status LIMIT_EXCEEDED
no_data_1 en_US copied
paused_1 en_US not_qualified status PAUSED
paused_later_1 en_US paused
pending_1 en_US not_qualified status PENDING
pending_deletion_1 en_US not_qualified status PENDING_DELETION
recategorised_1 en_US category_changed category AUTHENTICATION
rejected_1 en_US not_qualified status REJECTED
rejected_later_1 en_US rejected category TAG_CONTENT_MISMATCH
with_flow_1 en_US copied
yellow_later_1 en_US copied
END
check "each is named right" diff "$PLACE/wanted" "$PLACE/first"
difference customer-000002 | cut -d ' ' -f 3-4 | sort | uniq -c | sed 's/^ *//' >"$PLACE/second"
same "and so is what the destination has no room for" "2 copied
2 given_up limit" "$(<"$PLACE/second")"
same "what nobody may list was copied unseen, page by page" "code 10|2" "$(sql "
    SELECT c.source_templates_unread, count(*) FROM wabamigrate.customer c
      JOIN wabamigrate.step s ON s.customer_id = c.customer_id AND s.kind = 'migrate_templates'
      JOIN wabamigrate.attempt a ON a.step_id = s.step_id AND a.phase = 'migrate'
     WHERE c.key = 'customer-000003' GROUP BY 1")"
same "and all of it that qualifies is there" 4 "$(truth_short 'print(w["customer-000003"]["copied"])')"
nothing_is_moved_twice "at the end"
writes=$(calls_of migrate_message_templates POST)
run 0
later $((30 * 24 * HOUR))
run 0
same "another run, and one a month later, move nothing" "$writes" "$(calls_of migrate_message_templates POST)"
nothing_is_moved_twice "a month later"

say "== calls that pass 30 seconds, and answers that are lost"
book lost 1 1 before_register
another lost '{"customers": {"*": {"templates": {"approved_green": 600, "with_flow": 2}}}}'
world faults '{"match": "POST */migrate_message_templates", "kind": "http_500", "times": 2}' >/dev/null
world faults '{"match": "POST */migrate_message_templates", "kind": "reset_after", "times": 1}' >/dev/null
world faults '{"match": "POST */migrate_flows", "kind": "reset_after", "times": 1}' >/dev/null
waits 5s
codes_arrive
for wait in 301 301; do
    later "$wait"
    waits 5s
done
same "the number is done" 1 "$(count_state "done")"
sql "SELECT coalesce(jsonb_array_length(a.request -> 'body' -> 'template_ids')::text,
                     'page ' || (a.request -> 'body' ->> 'page_number')) || ' ' || a.outcome
       FROM wabamigrate.attempt a JOIN wabamigrate.step s USING (step_id)
      WHERE s.kind = 'migrate_templates' AND a.phase IN ('migrate', 'again') AND a.request IS NOT NULL
      ORDER BY a.epoch" >"$PLACE/sizes"
same "the count is halved each time, and what is missing is asked for by its ids" "page 0 unsure
250 unsure
125 unsure
62 next
62 next
62 next" "$(head -n 6 "$PLACE/sizes")"
same "everything is there" 602 "$(truth_short 'print(sum(c["copied"] for c in w.values()))')"
nothing_is_moved_twice "although answers were lost"
same "no flow was asked for twice" 0 "$(truth 'print(sum(f["asked_when_there"] for c in w.values() for f in c["flows"]))')"

say "== registration waits as long as it is told to"
book slow 1 1 before_register 'templates_wait: 90s'
another slow '{"customers": {"*": {"templates": {"approved_green": 3}}}, "copying": {"delay_s": 1800}}'
waits
codes_arrive
waits
same "the number waits for its templates" 0 "$(count_state "done")"
same "and has not registered" 0 "$(requests '/register"')"
for wait in 31 61; do
    later "$wait"
    waits
done
same "then it goes on" 1 "$(count_state "done")"
note_of migrate_templates >"$PLACE/note"
matches "and says so" 'registration goes on although 3 templates' "$PLACE/note"
later $((2 * HOUR))
waits
same "what came late is seen" "3|0" "$(sql "
    SELECT count(*) FILTER (WHERE result = 'copied'), count(*) FILTER (WHERE usable_at IS NULL)
      FROM wabamigrate.template_difference")"
nothing_is_moved_twice "while copies were on their way"
later $((25 * HOUR))
run 0
same "it is settled a day later" "done" "$(step_of settle_templates)"

say "== after_register"
book after 1 1 after_register
another after '{"customers": {"*": {"templates": {"approved_green": 3, "approved_unknown": 2}}},
                "copying": {"register_delay_s": 600}}'
waits
codes_arrive
waits
same "the number is done before its templates" "1|" "$(count_state "done")|$(step_of migrate_templates)"
same "what Meta copies by itself is not asked for" 2 "$(truth 'print(sum(t["asked"] for c in w.values() for t in c["templates"]))')"
later 900
waits
same "everything is there" 5 "$(sql "SELECT count(*) FROM wabamigrate.template_difference WHERE result = 'copied'")"
nothing_is_moved_twice "after registration"
later $((26 * HOUR))
run 0
same "it is settled a day later" "done" "$(step_of settle_templates)"

say "== leave"
book leave 1 1 leave
another leave '{}'
waits
codes_arrive
run 0
same "nobody looks at a template" "|0" "$(step_of settle_templates)|$(($(calls_of message_templates) + $(calls_of migrate_message_templates)))"

# least NAME NUMBERS CUSTOMERS COUNT: calls made, against the least possible.
least() {
    local pages=$((($4 + 999) / 1000)) made wanted closed foretold before
    say "== $4 templates on each of $3 WABAs"
    book "$1" "$2" "$3" before_register
    another "$1" "{\"customers\": {\"*\": {\"templates\": {\"approved_green\": $4}}}}"
    program 0,3 check --format json "$BOOK"
    foretold=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["summary"]["forecast"]["calls"])' <"$PLACE/out")
    before=$(wc -l <"$LOG")
    waits 60s
    codes_arrive
    run 0 60s
    later $((25 * HOUR))
    run 0 60s
    if (($4 <= 50 && $3 < 10)); then # a page each, and no source closed
        same "as many calls as foretold, and those that the later runs began with" "$((foretold + 2))" \
            "$(($(wc -l <"$LOG") - before))"
    fi
    made="$(grep -cE 'rejected_reason|components' "$LOG") $(calls_of migrate_message_templates POST)"
    closed=$(sql "SELECT count(*) FROM wabamigrate.customer WHERE source_templates_unread IS NOT NULL")
    # The source's list, the destination's when they are there, and once more a day later; of a source that
    # nobody may list pages until one is empty.
    wanted="$((3 * pages * ($3 - closed))) $(truth_short "print(sum(c['least_calls'] for c in w.values()) + $closed)")"
    say "calls made to list and to copy: $made; the least possible: $wanted"
    same "no call more than needed" "$wanted" "$made"
    same "everything is there" $(($3 * $4)) "$(truth_short 'print(sum(c["copied"] for c in w.values()))')"
    nothing_is_moved_twice "$4 each"
}
least few 8 6 50
least many 1 1 1200
if [[ -n ${TEMPLATES_LONG:-} ]]; then
    least thousands 1 1 6000
    least wabas 300 300 50
fi
finish
