#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# Every credential is a marker, and so is everything Meta hands over; the quickstart's book is moved, with
# everything said that can be said. Then the markers, the PINs and the keys are looked for in every output,
# in every command line and the environment of every child while it ran, in every column of the database and
# in its files. And nobody may look into the process, nor into the files it leaves.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
export META_SYSTEM_TOKEN='marker-system+token/Quince==' META_APP_SECRET='marker-app+secret/Medlar=='
export OLD_PARTNER_TOKEN='marker-old+token/Sorb=='
# Not needed by the private database, and no child's business either.
export PGPASSWORD='marker-pgpassword-Rowan' PGAPPNAME=wabamigrate-secrets
umask 000 # whoever is careless about it shall be safe all the same
cp -r "$QUICKSTART" "$PLACE/book"
BOOK=$PLACE/book/book.yaml
printf 'marker-business+token/Damson==\n' >"$PLACE/book/tokens/garage-lune"
printf 'marker-verify+token/Bullace==\n' >"$PLACE/book/tokens/webhook-verify"
mkdir "$PLACE/said"

# tell CODES ARGUMENTS…: like program(), with all that is said kept.
SAID=0
tell() {
    program "$@"
    SAID=$((SAID + 1))
    cat "$PLACE/out" "$PLACE/err" >"$PLACE/said/$(printf '%03d' "$SAID")"
}
# Whether process $1 is a child of this test's programs: another test's PostgreSQL is its own affair.
is_ours() {
    [[ $(readlink "/proc/$1/cwd") == "$PLACE"/* ]] || grep -qF "$PLACE" "/proc/$1/cmdline"
}
# Every process's command line, ten times a second, and the environment of every child.
watch_processes() {
    local child
    while [[ -e $PLACE/watching ]]; do
        cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' >>"$PLACE/said/cmdlines" || true
        for child in $(pgrep '^(postgres|initdb|wm-keeper)' || true); do
            # Not $(<FILE): where the process has just gone, that ends the shell, whatever follows.
            { is_ours "$child" && tr '\0' '\n' <"/proc/$child/environ" && sed 's/^/of /' "/proc/$child/comm"; } \
                >>"$PLACE/said/environments" 2>/dev/null || true
        done
        sleep 0.1
    done
}

simulator_starts world --manifest "$BOOK" --scenario "$QUICKSTART/scenario.json"
touch "$PLACE/watching"
watch_processes &
WATCHER=$!
STARTED+=("$WATCHER")

say "== everything is said"
for log_format in text json; do
    tell 3 --verbose --log-format "$log_format" check --format json "$BOOK"
done
tell 3 --verbose --log-format json --progress always run "$BOOK"
world signups '{"all":true}' >"$PLACE/signups.jsonl"
{
    cat "$PLACE/signups.jsonl"
    # What capture refuses, it must not repeat: an unknown event, no JSON, a second and different code.
    head -n 1 "$PLACE/signups.jsonl" | sed 's/"FINISH"/"NONSENSE"/; s/"code":"[^"]*"/"code":"marker-code-Whitebeam-1"/'
    echo '{"code":"marker-code-Whitebeam-2",'
    echo 'marker-code-Whitebeam-3'
    echo '{"type":"WA_EMBEDDED_SIGNUP","event":"FINISH","data":{"waba_id":"1"},"code":"marker-code-Whitebeam-4","customer":"nobody"}'
    echo '{"code":["marker-code-Whitebeam-5"],"marker-code-Whitebeam-6":1}'
} >"$PLACE/lines.jsonl"
tell 2 --verbose --log-format json capture --file "$PLACE/lines.jsonl"
tell 3 --verbose --log-format json run --patience 10s --doubt-grace 1s --concurrency 8 "$BOOK"
tell 3 --verbose run --patience 1s "$BOOK"
for format in table json csv; do
    tell 3 --verbose check --format "$format" "$BOOK"
    tell 0 --verbose status --format "$format"
    tell 0 --verbose report --format "$format"
    for number in +390600000011 +27100000012 +48220000016 +420200000015 +34600000014; do
        tell 0 report --format "$format" --number "$number"
    done
done
tell 0,3,4,7 --verbose doctor "$BOOK"
tell 0 pause --only garage-lune
tell 0 resume --only garage-lune
tell 0 retry
tell 0 db status
world scenario '{"system_token_expired":true}' >/dev/null
tell 7 --verbose run "$BOOK"
world scenario '{"system_token_expired":false}' >/dev/null
META_APP_SECRET=marker-wrong-Azarole tell 3,7 --verbose --log-format json run --patience 1s "$BOOK"
META_SYSTEM_TOKEN=marker-wrong-Azarole tell 7 --verbose run "$BOOK"
for query in '' '?password=marker-dbpassword-Whinberry' '?sslmode=marker-dbpassword-Whinberry'; do
    tell 7 --verbose --database "postgresql://u:marker-dbpassword-Whinberry@127.0.0.1:1/n$query" status
    tell 7 --verbose --database "postgresql://u:p@marker-dbpassword-Whinberry@127.0.0.1:1/n$query" status
    tell 7 --verbose --database "postgresql://u:marker-dbpassword-Whinberry/x@127.0.0.1/n$query" status
done
tell 7 --database "host=/nowhere password='marker-dbpassword-Whinberry" doctor
cp "$XDG_STATE_HOME/wabamigrate/key" "$PLACE/former-key"
tell 0 --verbose key rotate
tell 0 key status
WABAMIGRATE_CLOCK_OFFSET=120 tell 0 --verbose key retire
program 0 pins export --format csv --output "$PLACE/pins.csv"
program 0 pins export --format json --output "$PLACE/pins.json"
rm "$PLACE/watching"
WATCHED=0
wait "$WATCHER" || WATCHED=$?
same "processes were watched to the end" 0 "$WATCHED"

say "== what there is to look for"
{
    printf '%s\n' "$META_SYSTEM_TOKEN" "$META_APP_SECRET" "$OLD_PARTNER_TOKEN" marker-wrong-Azarole marker-code-Whitebeam
    cat "$PLACE"/book/tokens/*
    grep -o '"code":"[^"]*"' "$PLACE/signups.jsonl" | cut -d '"' -f 4
    echo EAAsim # how the simulator's business tokens begin
    cat "$XDG_STATE_HOME/wabamigrate/key" "$PLACE/former-key"
    printf '%s\n' "$PGPASSWORD" marker-dbpassword-Whinberry
} >"$PLACE/markers"
tail -n +2 "$PLACE/pins.csv" | tr -d '\r' | awk -F , '{ print $NF }' >"$PLACE/pins"
same "a PIN for every number that is done" "$(sql "SELECT count(*) FROM wabamigrate.number_status WHERE state = 'done'")" \
    "$(wc -l <"$PLACE/pins")"
same "each is six digits" 0 "$(grep -cvE '^[0-9]{6}$' "$PLACE/pins" || true)"
check "they are drawn, not given" test "$(sort -u "$PLACE/pins" | wc -l)" -gt 100
# The world has seen them: else this test would look for what never was there.
for marker in "$META_SYSTEM_TOKEN" "$META_APP_SECRET"; do
    check "${marker%%+*} was used" grep -qF "\"$marker\"" "$LOG"
done
world state >"$PLACE/state.json"
matches "the webhook's verify token was used" 'marker-verify\+token/Bullace==' "$PLACE/state.json"
matches "the business token was used" '"token":"business"' "$LOG"
check "the codes were used" test "$(grep -cFf <(grep -o '"code":"[^"]*"' "$PLACE/signups.jsonl") "$LOG")" -gt 30
# Digits that are ids, not PINs.
sed -E 's/"pin":"[0-9]*"//g' "$LOG" >"$PLACE/innocent.log"
printf '%s\n' "$BOOK" "$PLACE/innocent.log" >"$PLACE/innocent"
look() { python3 "$HERE/searcher.py" "$PLACE/markers" "$PLACE/pins" "$PLACE/innocent" "$@"; }

say "== where they may not be"
# The program's own command line has what this test wrote on it, for the moment until it is overwritten.
sed -i 's/postgresql:[^ ]*Whinberry[^ ]*//g; s/password=.marker-dbpassword-Whinberry//g' "$PLACE/said/cmdlines"
for child in postgres initdb; do
    matches "the environment of $child has been read" "^of $child" "$PLACE/said/environments"
done
check "the keeper was there; what it has is wiped, and where root is not almighty nobody may look" \
    grep -q 'wm-keeper' "$PLACE/said/cmdlines"
lacks "no child is told our variables" META_ "$PLACE/said/environments"
lacks "nor libpq's" PGPASSWORD "$PLACE/said/environments"
lacks "nor this program's" WABAMIGRATE_ "$PLACE/said/environments"
check "no secret in $SAID outputs, in a command line, or in a child's environment" look "$PLACE"/said/*
sql "SELECT string_agg(format('SELECT %L || chr(9) || %s FROM %I.%I WHERE %I IS NOT NULL',
                              table_name || '.' || column_name,
                              CASE data_type WHEN 'bytea' THEN format('encode(%I, ''hex'')', column_name)
                                             ELSE format('%I::text', column_name) END,
                              table_schema, table_name, column_name), ' UNION ALL ')
       FROM information_schema.columns c JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'
        AND data_type !~ '^(timestamp|bigint|integer|smallint|boolean)'" >"$PLACE/columns.sql"
sql "$(<"$PLACE/columns.sql")" >"$PLACE/columns.txt"
matches "the columns are read: sealed ones" '^number.pin_sealed' "$PLACE/columns.txt"
matches "and answers" '^attempt.answer' "$PLACE/columns.txt"
check "no secret in any column of any table" look "$PLACE/columns.txt"
wabamigrate --quiet db stop >/dev/null
mapfile -d '' files < <(find -L "$XDG_STATE_HOME" -type f ! -name key -size +0 -print0)
((${#files[@]} > 100)) || miss "only ${#files[@]} files of the database"
: >"$PLACE/no-pins" # six digits are anywhere in so much binary data
check "no secret in ${#files[@]} files of the database and beside it" \
    python3 "$HERE/searcher.py" "$PLACE/markers" "$PLACE/no-pins" "$PLACE/innocent" "${files[@]}"
check "no secret in the export of PINs but they" \
    python3 "$HERE/searcher.py" "$PLACE/markers" "$PLACE/no-pins" "$PLACE/innocent" "$PLACE/pins.csv" "$PLACE/pins.json"

say "== and the searcher finds what is there"
printf 'x%s%%' "$(python3 -c 'import urllib.parse, os; print(urllib.parse.quote(os.environ["META_APP_SECRET"], safe=""))')" >"$PLACE/planted"
if look "$PLACE/planted" >/dev/null; then miss "it overlooks an encoded marker"; else pass "an encoded marker"; fi
printf '{"pin":"%s"}' "$(grep -vwFf <(cat "$BOOK" "$PLACE/innocent.log" | grep -owE '[0-9]{6}' | sort -u) "$PLACE/pins" | head -n 1)" >"$PLACE/planted"
if look "$PLACE/planted" >/dev/null; then miss "it overlooks a PIN"; else pass "a PIN"; fi

say "== the process"
# A database that takes the connection and says nothing keeps the program there.
/usr/bin/python3 -c 'import socket, time
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
time.sleep(600)' >"$PLACE/port" &
STARTED+=($!)
for ((tries = 0; tries < TRIES_MAX; tries++)); do
    [[ ! -s $PLACE/port ]] || break
    sleep 0.05
done
# Root may look into everything, so this is nobody's.
NOBODY=()
if ((EUID == 0)); then NOBODY=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
if "${NOBODY[@]}" test -x "$WABAMIGRATE"; then
    "${NOBODY[@]}" "$WABAMIGRATE" --database "postgresql://u:marker-dbpassword-Whinberry@127.0.0.1:$(<"$PLACE/port")/n" \
        status >"$PLACE/silent.out" 2>&1 &
    SILENT=$!
    STARTED+=("$SILENT")
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        ! tr '\0' ' ' <"/proc/$SILENT/cmdline" | grep -qF 'u:****' || break
        sleep 0.05
    done
    tr '\0' ' ' <"/proc/$SILENT/cmdline" >"$PLACE/silent.cmdline"
    matches "the password in its command line is overwritten" 'postgresql://u:\*+@127' "$PLACE/silent.cmdline"
    lacks "and nowhere else in it" Whinberry "$PLACE/silent.cmdline"
    for file in environ mem maps; do
        check "the same user may not read its /proc/PID/$file" \
            bash -c '! "$@" 2>/dev/null' _ "${NOBODY[@]}" bash -c ": <'/proc/$SILENT/$file'"
    done
    matches "it leaves no core" '^Max core file size +0 +0 ' "/proc/$SILENT/limits"
    if command -v gcore >/dev/null; then
        check "nor may a debugger take one" \
            bash -c '! "$@" >/dev/null 2>&1' _ "${NOBODY[@]}" gcore -o "$PLACE/core" "$SILENT"
    fi
    kill -KILL "$SILENT"
fi

say "== files"
wabamigrate --quiet db status >/dev/null
same "with no umask at all, nothing in the state folder is open to others" "" \
    "$(find -L "$XDG_STATE_HOME/wabamigrate/" -mindepth 1 ! -type l -perm /077)"
same "the key is its owner's alone" 600 "$(stat -c %a "$XDG_STATE_HOME/wabamigrate/key")"
same "so are exported PINs" "600 600" "$(stat -c %a "$PLACE/pins.csv" "$PLACE/pins.json" | xargs)"
same "and the state folder lets nobody look" no "$( [[ $(stat -Lc %a "$XDG_STATE_HOME/wabamigrate") == 7[01]0 ]] && echo no || echo yes)"
finish
