#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# What people get wrong: each with its documented exit code and one closing error that says how to mend
# it; no secret in what is said; nothing half loaded.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
begin
GOOD=$PLACE/good.yaml
NUMBERS=6

# Somebody's whole manifest, to be spoilt: sed expressions on standard input become $PLACE/bad.yaml.
wabamigrate simulate --make-book "$NUMBERS" 3 "$PLACE"
mv "$PLACE/book.yaml" "$GOOD"
spoil() { sed -E "$1" "$GOOD" >"$PLACE/bad.yaml"; }

# refused DESCRIPTION CODE REGEX ARGUMENTS…: exit code, and one closing line that matches.
refused() {
    local text=$1 code=$2 regex=$3
    shift 3
    CODE=0
    wabamigrate "$@" >"$PLACE/out" 2>"$PLACE/err" </dev/null || CODE=$?
    if [[ $CODE != "$code" ]]; then
        miss "$text: exit code $CODE instead of $code" "$PLACE/err"
    elif (($(grep -c '^wabamigrate: ' "$PLACE/err") != 1)); then
        miss "$text: not exactly one closing line" "$PLACE/err"
    elif [[ $(tail -n 1 "$PLACE/err") != 'wabamigrate: '* ]]; then
        miss "$text: the closing line is not the last" "$PLACE/err"
    elif ! tail -n 1 "$PLACE/err" | grep -qE -- "$regex"; then
        miss "$text: the closing line does not say how to mend it (/$regex/)" "$PLACE/err"
    elif [[ -s $PLACE/out ]]; then
        miss "$text: something on standard output" "$PLACE/out"
    else
        pass "$text: $code, $(tail -n 1 "$PLACE/err" | cut -c 14- | sed "s|$PLACE/||g")"
    fi
}
# bad DESCRIPTION REGEX: the spoilt manifest is refused by run and by check, and REGEX is said of it.
bad() {
    local verb
    for verb in run check; do
        refused "$verb, $1" 2 'nothing was loaded. Mend (it|them) and run again' "$verb" "$PLACE/bad.yaml"
        matches "… said where and how" "^$PLACE/(bad.yaml|[a-z]+.csv):[0-9]+(:[0-9]+)?: $2" "$PLACE/err"
    done
}

# ---- before any database is asked ----

say "== words that are no command, no option, no value"
refused "an unknown verb" 2 'is not a command; wabamigrate --help lists them' frobnicate
refused "an unknown option" 2 'is not an option; did you mean --for' run --frob "$GOOD"
refused "an option of another verb" 2 'watch' run --watch "$GOOD"
refused "no manifest" 2 'usage: wabamigrate run MANIFEST' run
refused "a word too many" 2 'usage|one too many|unexpected' run "$GOOD" "$GOOD"
refused "no duration" 2 '--for' run --for soon "$GOOD"
refused "no hour" 2 '--until' run --until 25:00 "$GOOD"
refused "no count" 2 '--concurrency' run --concurrency 0 "$GOOD"
refused "no format" 2 'table' report --format xml
refused "a Graph in the clear" 2 'write https' --graph-url http://graph.example run "$GOOD"
same "none of them has made a database" "" "$(find "$XDG_STATE_HOME" -name postgresql 2>/dev/null || true)"

say "== databases"
refused "an unreachable database" 7 'cannot be reached.*check --database' \
    --database postgresql://127.0.0.1:1/x run "$GOOD"
refused "an unreachable database, for status" 7 'cannot be reached.*check --database' \
    --database postgresql://127.0.0.1:1/x status
for url in 'postgresql://someone:marker-password@[/x' 'postgresql://someone:marker-password@127.0.0.1:port/x' \
    'postgresql://someone:marker-password@127.0.0.1:99999/x' \
    'postgresql://someone:marker-password@127.0.0.1:1/x?no=such' 'marker-password://nothing'; do
    refused "a URL that is none" 7 '--database' --database "$url" run "$GOOD"
    lacks "… and its password is not repeated" marker-password "$PLACE/err"
done
same "none of them has made a database of its own" "" "$(find "$XDG_STATE_HOME" -name postgresql 2>/dev/null || true)"

# ---- manifests ----

simulator_starts world --manifest "$GOOD"
wabamigrate --quiet db init >/dev/null
snapshot >"$PLACE/empty"

say "== manifests"
refused "a manifest that is not there" 2 'cannot open .*no-such.yaml.*check the manifest' run "$PLACE/no-such.yaml"
refused "a manifest that is a folder" 2 'cannot (open|read) .*check the manifest' run "$PLACE"
if ((EUID != 0)); then
    spoil '' && chmod 000 "$PLACE/bad.yaml"
    refused "a manifest that may not be read" 2 'cannot open .*check the manifest' run "$PLACE/bad.yaml"
    rm -f "$PLACE/bad.yaml"
fi
spoil 's/^version: 1/version: 7/'
bad "a wrong version" 'version: .*write version: 1'
spoil 's/^(batch: .*)/\1\nbatsh: twice/'
bad "an unknown key" '.*batsh'
spoil 's/^(    name: Customer 2)/\1\n    nickname: two/'
bad "an unknown key of a customer" '.*nickname'
number=$(grep -oE '"\+[0-9]+"' "$GOOD" | tr -d '"' | head -n 1)
spoil "s/(number: \")\\+[0-9]+(.*60000000005)/\\1$number\\2/"
bad "a number twice" 'customers.*number: .*'
spoil 's/number: "\+[0-9]+"(.*60000000003)/number: "+33 12"\1/'
bad "a number that is none" '.*number'
spoil 's/system_token: .*/system_token: marker-plain-text/'
bad "a secret in plain text" 'partner.system_token: .*env: NAME.*file: PATH'
lacks "… which is not repeated" marker-plain-text "$PLACE/err"
spoil 's/app_secret: .*/app_secret: { value: marker-plain-text }/'
bad "a secret in plain text, as a mapping" 'partner.app_secret'
lacks "… which is not repeated" marker-plain-text "$PLACE/err"
spoil 's/META_SYSTEM_TOKEN/NO_SUCH_VARIABLE/'
bad "a variable that is not set" '.*NO_SUCH_VARIABLE'
spoil 's/env: META_SYSTEM_TOKEN/file: no-such-file/'
bad "a file that is not there" '.*no-such-file'
spoil 's/^(version: 1)/\1\nnumbers_file: no-such.csv/'
bad "a numbers_file that is not there" '.*no-such.csv'
printf 'customer,number,colour\ncustomer-000001,+33 1 99 00 00 11,blue\n' >"$PLACE/more.csv"
spoil 's/^(version: 1)/\1\nnumbers_file: more.csv/'
bad "an unknown column" '.*colour'
spoil 's/^(customers:)/\1 [/'
bad "what is no YAML" '.*'
printf '\001\002\377' >"$PLACE/bad.yaml"
bad "what is no text" '.*'
: >"$PLACE/bad.yaml"
bad "nothing at all" '.*'
spoil 's/version: 1/version: 9/; s/^(batch: .*)/\1\nbatsh: twice/; s/META_APP_SECRET/NO_SUCH_VARIABLE/'
bad "three things at once" '.*'
same "… all three are told" 3 "$(grep -cE '^[^ ]+bad.yaml:[0-9]+:[0-9]+: ' "$PLACE/err")"


say "== hostile manifests"
mkfifo "$PLACE/pipe"
mkdir "$PLACE/folder"
ln -s /dev/zero "$PLACE/endless"
for file in pipe endless folder; do
    spoil "s|^(version: 1)|\\1\\nnumbers_file: $file|"
    bad "a numbers_file that is $file" 'numbers_file: .*cannot be opened .*mend the path'
    spoil "s|env: META_APP_SECRET|file: $file|"
    bad "a credential file that is $file" 'partner.app_secret.file: .*cannot be read'
done
truncate -s 1025M "$PLACE/huge.csv"
spoil 's/^(version: 1)/\1\nnumbers_file: huge.csv/'
bad "a numbers_file of more than 1 GiB" 'numbers_file: .*larger than 1024 MiB'
rm "$PLACE/huge.csv"
: >"$PLACE/bad.yaml" && truncate -s 257M "$PLACE/bad.yaml"
bad "a manifest of more than 256 MiB" 'manifest: is larger than 256 MiB'
{ cat "$GOOD" && printf 'x: "' && head -c 9M /dev/zero | tr '\0' x; } >"$PLACE/bad.yaml"
bad "a quote that is never closed" 'manifest: .*more than 8 MiB; look for a quote'
{ cat "$GOOD" && printf 'x: ' && printf '[%.0s' {1..100}; } >"$PLACE/bad.yaml"
bad "a hundred brackets" '.*nested deeper than 64 levels'
spoil 's/^(batch:) .*/\1 \&b [*b, *b, *b, *b]/'
bad "anchors and aliases" 'batch: .*anchor'
spoil 's/^(version: 1)/\1\n<<: { batch: x }/'
bad "a merge key" '"<<": .*merge keys are not read'
spoil 's/^(batch:) (.*)/\1 !!binary \2/'
bad "a tag" 'batch: .*tag'
{ cat "$GOOD" && echo --- && cat "$GOOD"; } >"$PLACE/bad.yaml"
bad "two documents" 'manifest: a second document'
for id in 0123 1:20 1e3; do
    spoil "s/^(  business_id:).*/\\1 $id/"
    bad "an id that is $id" 'partner.business_id: .*copy the id'
done
printf 'version: 1\nbatch: a\0b\n' >"$PLACE/bad.yaml"
bad "a zero byte" 'manifest: .*control characters'
iconv -f UTF-8 -t LATIN1 <<<'batch: été' >"$PLACE/bad.yaml"
bad "Latin-1" 'manifest: .*save the file as UTF-8'
spoil 's/^(    name:) Customer 2.*/\1 "Customer\\u009b2J"/'
bad "a control character in a name" '.*name: .*control character'
spoil 's|^(version: 1)|\1\nnumbers_file: "no\\u009b31m.csv"|'
bad "a control sequence in a path" 'numbers_file: is not the path of a file'
CODE=0
wabamigrate run "$PLACE/no"$'\e''[31m.yaml' 2>"$PLACE/err" || CODE=$?
same "a manifest whose own name moves the cursor" 2 "$CODE"
lacks "… which is not done" $'\e' "$PLACE/err"

snapshot >"$PLACE/loaded"
check "nothing has been loaded" diff "$PLACE/empty" "$PLACE/loaded"
refused "status of what was never loaded" 2 'wabamigrate run MANIFEST' status made-up-6-3
same "nothing was sent to Graph meanwhile" 0 "$(wc -l <"$LOG")"

# ---- Graph ----

# The book is refused before anything of it is written; or it is loaded, whole, for the next run.
nothing_half() {
    local numbers begun
    numbers=$(sql 'SELECT count(*) FROM wabamigrate.number')
    begun=$(sql 'SELECT count(*) FROM wabamigrate.attempt')
    if [[ $numbers == 0 || $numbers == "$NUMBERS" ]] && [[ $begun == 0 ]]; then
        pass "… nothing half loaded ($numbers numbers), nothing begun"
    else
        miss "… $numbers numbers are loaded, $begun steps begun"
    fi
    check "… and nothing but reads was sent" judge reads "$LOG"
}

say "== Graph"
for verb in run check; do
    world scenario '{"system_token_expired":true}' >/dev/null
    refused "$verb, an expired token" 7 'partner.system_token.*make a new token' "$verb" "$GOOD"
    nothing_half
    world scenario '{"system_token_expired":false,"faults":{"rates":{"http_503_html":1}}}' >/dev/null
    refused "$verb, a Graph that answers HTML" 7 'not the Graph API; check --graph-url' "$verb" "$GOOD"
    nothing_half
    world faults '{"clear":true}' >/dev/null
done
refused "a Graph that is not there" 7 'cannot be reached.*check --graph-url' --graph-url http://127.0.0.1:1 run "$GOOD"
lacks "no token in what is said" "$META_SYSTEM_TOKEN" "$PLACE/err"
META_SYSTEM_TOKEN=another-token refused "an unknown token" 7 'partner.system_token' run "$GOOD"
lacks "… which is not repeated" another-token "$PLACE/err"

say "== and the good manifest still goes"
program 4 --progress never run "$GOOD"

say "== what another batch holds"
spoil 's/^batch: .*/batch: another-book/'
snapshot >"$PLACE/before"
refused "run, numbers of another unfinished batch" 2 'nothing was loaded. Mend them and run again' run "$PLACE/bad.yaml"
matches "… said where and which" "^$PLACE/bad.yaml:[0-9]+:[0-9]+: .*number: .*made-up-6-3" "$PLACE/err"
snapshot >"$PLACE/after"
check "nothing of it has been loaded" diff "$PLACE/before" "$PLACE/after"

say "== in JSON: every line is an object"
# objects DESCRIPTION LINES: so many, each with a time, a level and an event; the last one says why.
objects() {
    same "exit code" 2 "$CODE"
    check "$1" python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert len(lines) == int(sys.argv[2]), lines
assert all({"ts", "level", "event"} <= line.keys() for line in lines), lines
assert "why" in lines[-1], lines' "$PLACE/err" "$2"
}
CODE=0
wabamigrate --log-format json status no-such 2>"$PLACE/err" || CODE=$?
objects "one error, one object" 1
spoil 's/version: 1/version: 9/; s/^(batch: .*)/\1\nbatsh: twice/'
CODE=0
wabamigrate --log-format json run "$PLACE/bad.yaml" 2>"$PLACE/err" || CODE=$?
objects "two problems, an object each, and the error" 3
finish
