#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# What steers a run: --limit, --only, --accept, --canary, --stop-at-failure-rate; pause, resume, cancel and
# retry.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
wabamigrate simulate --make-book 40 10 "$PLACE"
BOOK=$PLACE/book.yaml
LATENCY=40
RUN_OPTIONS=(--progress never --quiet run --concurrency 4 --doubt-grace 1s)

# ---- how much, and of what ----

fresh portions
program 5 "${RUN_OPTIONS[@]}" --limit 7 "$BOOK"
same "--limit 7 moves seven numbers" 7 "$(count_state 'done')"
program 5 "${RUN_OPTIONS[@]}" --limit 7 "$BOOK"
same "and seven more" 14 "$(count_state 'done')"
same "no number beyond them was registered" 14 "$(requests /register)"
program 0 --accept 4,5 "${RUN_OPTIONS[@]}" --limit 2 "$BOOK"
same "--accept 4,5 makes 5 a success, of two more" 16 "$(count_state 'done')"
# Customer 8's numbers are the last but eight.
mapfile -t numbers < <(grep -oE '"\+[0-9]+"' "$BOOK" | tr -d '"')
program 0,3,4,5 "${RUN_OPTIONS[@]}" --only customer-000008 "$BOOK"
same "--only a customer moves its four numbers" 20 "$(count_state 'done')"
program 0,3,4,5 "${RUN_OPTIONS[@]}" --only "${numbers[39]},${numbers[38]}" "$BOOK"
same "--only two numbers moves these" "22 done done" \
    "$(count_state 'done') $(state_of "${numbers[38]}") $(state_of "${numbers[39]}")"

program 2 "${RUN_OPTIONS[@]}" --only nobody "$BOOK"
program 2 check --only nobody "$BOOK"
program 2 cancel --only nobody

# ---- pause, resume, cancel ----

program 0 pause --only customer-000009
program 0 cancel --number "${numbers[36]}"
program 4 "${RUN_OPTIONS[@]}" "$BOOK"
same "what is paused waits, what is cancelled stays" "35 4 1" \
    "$(count_state 'done') $(count_state waiting) $(count_state cancelled)"
wabamigrate status --format json --output "$PLACE/status.json"
matches "and it is told what they wait for" '"waiting_for": ?"resume"' "$PLACE/status.json"
program 0 resume --only customer-000009
program 0 pause
program 4 "${RUN_OPTIONS[@]}" "$BOOK"
same "a paused batch does nothing" 35 "$(count_state 'done')"
program 0 resume
program 0 "${RUN_OPTIONS[@]}" "$BOOK"
same "resumed, it finishes, but for what was cancelled" "39 1" "$(count_state 'done') $(count_state cancelled)"
same "which was never registered" 39 "$(requests /register)"
check "nothing was sent twice on the whole way" judge once "$LOG"

# ---- failures ----

# A scenario in which those numbers of $BOOK are locked that the index $1 divides.
lock() {
    local number i=0 comma=
    printf '{"numbers":{'
    while read -r number; do
        if ((i++ % $1 == 0)); then
            printf '%s"%s":{"register_error":{"code":131031,"message":"(#131031) Business account locked"}}' "$comma" "$number"
            comma=,
        fi
    done < <(grep -oE '"\+[0-9]+"' "$BOOK" | tr -d '"')
    printf '}}\n'
}

lock 3 >"$PLACE/scenario.json"
fresh failures --scenario "$PLACE/scenario.json"
program 3 "${RUN_OPTIONS[@]}" "$BOOK"
same "every third number has failed, the rest is done" "14 26" "$(count_state failed) $(count_state 'done')"
asked=$(requests /register)
program 3 "${RUN_OPTIONS[@]}" "$BOOK"
same "what has failed is not tried again by itself" "$asked" "$(requests /register)"
world scenario "{\"numbers\":{\"${numbers[0]}\":{\"register_error\":null}}}" >/dev/null
program 0 retry --number "${numbers[0]}"
program 3 "${RUN_OPTIONS[@]}" "$BOOK"
same "but after retry, and alone" "done 13" "$(state_of "${numbers[0]}") $(count_state failed)"
program 0 --accept 3 "${RUN_OPTIONS[@]}" "$BOOK"
check "nothing took effect twice" judge twice "$LOG"

fresh canary --scenario "$PLACE/scenario.json"
program 3,6 "${RUN_OPTIONS[@]}" --canary 3 "$BOOK"
check "--canary 3, of which one fails, holds the rest back" test "$(requests /register)" -le 3

wabamigrate simulate --make-book 300 10 "$PLACE"
lock 2 >"$PLACE/scenario.json"
LATENCY=100
fresh threshold --scenario "$PLACE/scenario.json"
program 6 "${RUN_OPTIONS[@]}" --stop-at-failure-rate 20% "$BOOK"
check "--stop-at-failure-rate ends it before the book does: $(requests /register) of 300 were registered" \
    test "$(requests /register)" -lt 300
same "nothing is left running" 0 "$(running)"
finish
