#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The key that seals tokens, codes and PINs is rotated: beside a run, killed half-way, twice at once, with
# the wrong key, with a lost one, with a value that somebody changed. The PINs come out the same each time,
# and a key never leaves the file that something is still sealed with.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
NUMBERS=550 # more PINs than a block of a rotation
CUSTOMERS=20
wabamigrate simulate --make-book "$NUMBERS" "$CUSTOMERS" "$PLACE"
BOOK=$PLACE/book.yaml
KEY=$XDG_STATE_HOME/wabamigrate/key
RUN_OPTIONS=(--progress never --quiet run --doubt-grace 1s)

first_key() { wabamigrate key status | sed -n 2p | cut -d ' ' -f 1; }
keys() { wc -l <"$KEY"; }
# How many sealed values begin with the id of key $1, and how many there are.
sealed_with() { sql "SELECT count(*) FROM wabamigrate.sealed_value WHERE encode(substr(sealed, 1, 8), 'hex') = '$1'"; }
all_sealed() { sql 'SELECT count(*) FROM wabamigrate.sealed_value'; }
sealed_digest() { sql "SELECT md5(string_agg(place || id || sealed::text, ',' ORDER BY place, id)) FROM wabamigrate.sealed_value"; }
exports() { # NAME: the PINs, as they are now
    wabamigrate pins export --format csv --output "$PLACE/$1.pins" ||
        miss "the PINs of $1 cannot be exported"
}
same_pins() { # DESCRIPTION
    exports now
    check "$1" cmp "$PLACE/first.pins" "$PLACE/now.pins"
}

say "== a book with codes, tokens and PINs"
simulator_starts world --manifest "$BOOK" --latency-ms 1
program 4 "${RUN_OPTIONS[@]}" "$BOOK"
these_sign_up '{"customers":["customer-000001","customer-000002"]}' || die "capture refuses"
cp "$PLACE/signups.jsonl" "$PLACE/early.jsonl"
SEALED_EARLY=$(sealed_digest)
same "one key" 1 "$(keys)"
program 0 key rotate
matches "it says what it has done: two codes and the key of digests" 'rotated: .* 3 secrets sealed anew' "$PLACE/out"
same "another key is on top, the old one under it" 2 "$(keys)"
check "what was sealed is sealed anew" test "$SEALED_EARLY" != "$(sealed_digest)"
same "all of it under the new key" "$(all_sealed)" "$(sealed_with "$(first_key)")"
program 0 capture --file "$PLACE/early.jsonl"
matches "a line captured before the rotation is known after it" 'captured 0, known already [1-9]' "$PLACE/err"
sign_up || die "capture refuses: $(<"$PLACE/capture.out")"
program 0 "${RUN_OPTIONS[@]}" "$BOOK"
exports first
same "every number has its PIN" "$NUMBERS" "$(tail -n +2 "$PLACE/first.pins" | wc -l)"

say "== a run at work"
sql "INSERT INTO wabamigrate.run (batch_id, worker, process, lease_until)
     SELECT batch_id, 'night-owl', 'elsewhere', wabamigrate.clock() + interval '1 hour' FROM wabamigrate.batch"
BEFORE=$(sealed_digest)
program 5 key rotate
matches "the run is named" '1 run is at work \(night-owl\)' "$PLACE/err"
program 5 key retire
same "nothing was changed" "$BEFORE 2" "$(sealed_digest) $(keys)"
sql "UPDATE wabamigrate.run SET ended_at = wabamigrate.clock() WHERE worker = 'night-owl'"

say "== killed half-way"
PSQL=("$(postgres_program psql)")
mapfile -t -O 1 PSQL < <(database_options)
mkfifo "$PLACE/holder"
"${PSQL[@]}" -XqAt <"$PLACE/holder" >"$PLACE/held" 2>&1 &
STARTED+=($!)
exec 9>"$PLACE/holder"
# The last PIN is held: the blocks before it can be sealed, its own cannot.
echo 'BEGIN; SELECT number_id FROM wabamigrate.number ORDER BY number_id DESC LIMIT 1 FOR UPDATE;' >&9
waits_for_lock() { [[ $(sql "SELECT count(*) FROM pg_locks WHERE NOT granted") != 0 ]]; }
for ((tries = 0; tries < TRIES_MAX; tries++)); do
    [[ ! -s $PLACE/held ]] || break
    sleep 0.05
done
program_starts key rotate
for ((tries = 0; tries < TRIES_MAX; tries++)); do
    ! waits_for_lock || break
    sleep 0.05
done
kill -KILL "$RUN"
process_ends "$RUN"
wait "$RUN" 2>/dev/null || true
# Its session would go on with the statement it waits in.
sql "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted" >/dev/null
echo 'ROLLBACK;' >&9
exec 9>&-
KILLED=$(first_key)
same "the third key is in the file" 3 "$(keys)"
DONE=$(sealed_with "$KILLED")
check "some is sealed anew and some is not ($DONE of $(all_sealed))" test "$DONE" -gt 500 -a "$DONE" -lt "$(all_sealed)"
program 0 key status
matches "status says so" 'a rotation has not ended' "$PLACE/out"
same_pins "all PINs open"
program 0 "${RUN_OPTIONS[@]}" "$BOOK"
WABAMIGRATE_CLOCK_OFFSET=300 program 5 key retire
matches "no key is dropped that something is sealed with" 'run .wabamigrate key rotate. first' "$PLACE/err"
same "all three stay" 3 "$(keys)"
program 0 key rotate
matches "it goes on where it was" "the rotation goes on: key $KILLED seals now" "$PLACE/out"
same "without another key" "3 $KILLED" "$(keys) $(first_key)"
same "and everything is sealed with this one" "$(all_sealed)" "$(sealed_with "$KILLED")"
same_pins "all PINs open"

say "== two at once, and a capture that had begun before"
these_sign_up '{"customers":["customer-000003"]}' || true # a code of its own, not taken yet
mkfifo "$PLACE/lines"
"$WABAMIGRATE" capture --file "$PLACE/lines" >"$PLACE/fifo.out" 2>&1 &
CAPTURE=$!
STARTED+=("$CAPTURE")
exec 8>"$PLACE/lines"
cat "$PLACE/early.jsonl" >&8
program_starts key rotate
OTHER=$RUN
program 0 key rotate
process_ends "$OTHER"
CODE=0
wait "$OTHER" || CODE=$?
same "both succeed" 0 "$CODE"
same "everything is sealed with the first key, or the next rotation's" 0 \
    "$(program 0 key rotate >/dev/null; echo $(($(all_sealed) - $(sealed_with "$(first_key)"))))"
sed 's/"code":"[^"]*"/"code":"a-code-that-comes-late"/' "$PLACE/early.jsonl" >&8
exec 8>&-
process_ends "$CAPTURE"
wait "$CAPTURE" || true
matches "the capture takes lines of before and after" 'captured [1-9]' "$PLACE/fifo.out"
same "and seals with the key that is the first by now" "$(all_sealed)" "$(sealed_with "$(first_key)")"
same_pins "all PINs open"

say "== the old keys go"
COUNT=$(keys)
program 5 key retire
matches "not at once" 'less than a minute ago' "$PLACE/err"
same "they are there" "$COUNT" "$(keys)"
cp "$KEY" "$PLACE/all-keys"
mv "$KEY" "$KEY.real"
ln -s key.real "$KEY"
WABAMIGRATE_CLOCK_OFFSET=120 program 0 key retire
same "then one is left" 1 "$(keys)"
same "a link stays a link, and the file its owner's alone" "symbolic link 600" "$(stat -c %F "$KEY") $(stat -Lc %a "$KEY")"
same "no draft is left beside it" 0 "$(find "$XDG_STATE_HOME/wabamigrate/" -name 'key*.??????' | wc -l)"
rm "$KEY"
mv "$KEY.real" "$KEY"
same_pins "all PINs open"

say "== the wrong key, and none"
refused() { # WHAT MESSAGE: nobody gets in, nothing is written
    local before
    before=$(snapshot)
    program 7 --quiet run "$BOOK"
    matches "$1: run says what is wrong" "$2" "$PLACE/err"
    program 7 check "$BOOK"
    program 7 pins export
    program 7 capture --file "$PLACE/early.jsonl"
    program 7 key rotate
    matches "$1: so does key rotate" "$2" "$PLACE/err"
    program 7 key retire
    program 7 key status
    program 7 db upgrade
    program 7 doctor
    matches "$1: and doctor" "$2" "$PLACE/out"
    same "$1: nothing is written" "$before" "$(snapshot)"
}
mv "$KEY" "$PLACE/key"
refused "lost" 'does not exist; put it back from your backup'
check "and no key was made in its place" test ! -e "$KEY"
printf '%064d\n' 7 >"$KEY"
chmod 600 "$KEY"
refused "another's" "sealed with the key $(wabamigrate --key-file "$PLACE/key" key status | sed -n 2p | cut -d ' ' -f 1)"
same "the file is as it was" "$(printf '%064d' 7)" "$(<"$KEY")"
cp "$PLACE/key" "$KEY"
chmod 640 "$KEY"
refused "open to others" 'is open to other users \(mode 0640\); run chmod 600'
chmod 600 "$KEY"
same_pins "with the right key all PINs open"

say "== a value that somebody changed"
sql "UPDATE wabamigrate.number SET pin_sealed = set_byte(pin_sealed, 40, get_byte(pin_sealed, 40) # 1)
      WHERE number_id = (SELECT min(number_id) FROM wabamigrate.number)"
CHANGED=$(sql "SELECT pin_sealed FROM wabamigrate.number ORDER BY number_id LIMIT 1")
program 7 key rotate
matches "it is told" '1 secret opens with no key' "$PLACE/err"
matches "with its place" 'key.unreadable.*number.pin_sealed' "$PLACE/err"
same "and left as it is" "$CHANGED" "$(sql "SELECT pin_sealed FROM wabamigrate.number ORDER BY number_id LIMIT 1")"
same "all others are sealed anew" 1 "$(($(all_sealed) - $(sealed_with "$(first_key)")))"
WABAMIGRATE_CLOCK_OFFSET=120 program 5 key retire
same "and the key that may be its own stays" 2 "$(keys)"
finish
