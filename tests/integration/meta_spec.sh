#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The request log of a whole run, held against Meta's published descriptions by check_requests.py. That
# checker is not part of the project: it is looked for in $WABAMIGRATE_META_SPEC, else beside the
# project; without it the test is skipped.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

CHECKER=${WABAMIGRATE_META_SPEC:-$PROJECT/../shared/meta-spec}/check_requests.py
[[ -r $CHECKER ]] ||
    skip "there is no $CHECKER; WABAMIGRATE_META_SPEC=FOLDER names where check_requests.py is"
begin
BOOK=$QUICKSTART/book.yaml

# What is known to be a false alarm: the checker knows no read of several nodes at once (GET /?ids=), and
# describes POST /PHONE/settings otherwise than the Graph API does.
without_false_alarms() {
    grep -vE '"method": ?"POST".*"path": ?"[^"]*/settings"|"path": ?"/v[0-9.]+/?"' || true
}

# Whatever the log holds is held against the descriptions.
log_is_right() {
    local kinds=() kind id
    # The kind of each bare node, as the world knows it; system_users and allocations come from the log.
    while read -r kind id; do
        kinds+=(--id "$kind=$id")
    done < <(world state | judge kinds)
    python3 "$CHECKER" "$LOG" --summary "${kinds[@]}" >"$PLACE/violations.jsonl" 2>"$PLACE/summary" || true
    [[ -s $PLACE/summary ]] || die "check_requests.py has said nothing"
    grep -E '"severity": ?"error"' "$PLACE/violations.jsonl" | without_false_alarms >"$PLACE/errors.jsonl" || true
    same "no request of $(wc -l <"$LOG") is an error by Meta's descriptions" "" "$(<"$PLACE/errors.jsonl")"
    say "        $(<"$PLACE/summary"); the false alarms known are POST /PHONE/settings and GET /?ids="
}

simulator_starts world --manifest "$BOOK" --scenario "$QUICKSTART/scenario.json"
program 3 check "$BOOK"
program 3 --progress never run "$BOOK"
sign_up || true
program 3 --progress never run --patience 10s --doubt-grace 1s "$BOOK"
log_is_right

say "== the programmatic path, with templates and flows"
simulator_ends
state programmatic
wabamigrate simulate --make-book 4 2 "$PLACE" --programmatic
BOOK=$PLACE/book.yaml
sed -i 's/templates: leave/templates: before_register/' "$BOOK"
printf '%s' '{"customers": {"*": {"templates": {"approved_green": 2, "with_flow": 1, "fails_once": 1}}}}' >"$PLACE/scenario"
simulator_starts programmatic --manifest "$BOOK" --scenario "$PLACE/scenario"
world faults '{"match": "POST */migrate_flows", "kind": "reset_after"}' >/dev/null
program 4 --progress never run --patience 40s --doubt-grace 1s "$BOOK"
world codes >"$PLACE/codes"
program 0 code --file "$PLACE/codes"
program 0 --progress never run --patience 40s "$BOOK"
log_is_right

say '{"method":"POST","path":"/v26.0/610305/register","query":{},"body":{"pin":1,"bogus":2}}' >"$PLACE/bogus.jsonl"
python3 "$CHECKER" "$PLACE/bogus.jsonl" >"$PLACE/bogus.out" 2>&1 || true
matches "the checker itself works: it sees what is wrong with a bogus request" 'unknown-param' "$PLACE/bogus.out"
finish
