#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# Where the program's instructions go, a call:
#
#   tests/bench/callgrind.sh                      a book of 500 numbers, 16 in flight: three minutes
#   tests/bench/callgrind.sh --numbers 2000 256   a larger book, more in flight
#   tests/bench/callgrind.sh --functions 20       the twenty heaviest of our functions instead of five
#   tests/bench/callgrind.sh --build DIR          a build that is there, instead of the release preset
#   tests/bench/callgrind.sh --keep FOLDER        leaves callgrind's files there
#
# Callgrind counts the instructions of a run over TLS, peer without latency, from run_batch() on: what checks
# the manifest before is left out, handshakes are in. Then those of the bare loop with the same calls, against
# a simulator that answers the same. They do not depend on what else the machine does, nearly: how many calls
# share a turn of the loop and a flush does, since valgrind slows the client alone. What libc does is counted
# for the library that called it: memory (malloc and its kin), and the rest. System calls cost time and no
# instructions here: strace counts them, in runs of their own.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"
# shellcheck source=tests/bench/lib.sh
. "$PROJECT/tests/bench/lib.sh"

NUMBERS=500
FUNCTIONS=5
KEEP=
CONCURRENCY=16
# shellcheck disable=SC2034 # lib.sh's
LATENCY_MS=0

while (($#)); do
    case $1 in
    --numbers) NUMBERS=${2:?} && shift 2 ;;
    --functions) FUNCTIONS=${2:?} && shift 2 ;;
    --build) BUILD=$(cd "${2:?}" && pwd -P) && shift 2 ;;
    --keep) mkdir -p "${2:?}" && KEEP=$(cd "$2" && pwd -P) && shift 2 ;;
    [1-9]*) CONCURRENCY=$1 && shift ;;
    *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" | head -n 5 >&2 && exit 2 ;;
    esac
done

# ---- the two, counted ----

run() { # [TOOL…]
    local status=0
    start_database
    load_book "$PLACE/book/book.yaml"
    start_signed_up "$PLACE/book/book.yaml"
    codes_live_on
    wabamigrate --quiet capture --file "$PLACE/signups.jsonl" &>"$PLACE/capture.out"
    : >"$PLACE/requests.jsonl"
    "$@" "$BUILD/wabamigrate" --log-format json --progress never run --concurrency "$CONCURRENCY" \
        --patience 1s "$PLACE/book/book.yaml" >/dev/null 2>"$PLACE/run.err" || status=$?
    ((status == 0)) || fail "run ended with $status: $(tail -n 3 "$PLACE/run.err")"
    cp "$PLACE/requests.jsonl" "$PLACE/calls.jsonl"
    stop_world
}

bare_loop() { # [TOOL…]
    start_signed_up "$PLACE/book/book.yaml"
    codes_live_on
    "$@" "$BUILD/tests/bench/bare_loop" "$WABAMIGRATE_GRAPH_URL" "$PLACE/cert.pem" "$CONCURRENCY" \
        <"$PLACE/calls.jsonl" >"$PLACE/bare.out" 2>"$PLACE/bare.err"
    stop_world
}

# LD_BIND_NOW: else the first call of a library's function would be counted to the loader, all of it.
counting() { # NAME TOGGLE
    TOOL=(env LD_BIND_NOW=1 valgrind --quiet --tool=callgrind --collect-atstart=no "--toggle-collect=$2"
        "--callgrind-out-file=$PLACE/$1.callgrind")
}

count_instructions() {
    counting run run_batch
    run "${TOOL[@]}"
    counting bare run
    bare_loop "${TOOL[@]}"
    CALLS=$(lines "$PLACE/calls.jsonl")
}

count_system_calls() {
    run strace -c -f -o "$PLACE/run.strace"
    bare_loop strace -c -f -o "$PLACE/bare.strace"
}

# ---- the tables ----

# Sums a callgrind file. Lines: "library <name> <instructions>", "function <name> <instructions>" (ours alone),
# "memory <caller's library> <instructions>". Names are compressed: (7) stands for what (7) was first said to be.
# shellcheck disable=SC2016
SUMS='
function named(text, names,    key) {
    key = substr(text, 1, index(text, ")"))
    if (length(text) > length(key)) names[key] = substr(text, length(key) + 2)
    return names[key]
}
function library(object) {
    if (object ~ /libcurl/) return "libcurl"
    if (object ~ /libssl|libcrypto/) return "OpenSSL"
    if (object ~ /libpq/) return "libpq"
    if (object ~ /json-c/) return "json-c"
    if (object ~ /libsodium/) return "libsodium"
    if (object ~ /wabamigrate$|bare_loop$/) return "ours"
    if (object ~ /libc\.so|libc-|ld-linux/) return "libc"
    return "others"
}
function is_memory(name) { return name ~ /^(malloc|calloc|realloc|free|aligned_alloc|memalign|posix_memalign|operator )/ }
/^ob=/ { ob = library(named(substr($0, 4), objects)); cob = ob; next }
/^fn=/ { fn = named(substr($0, 4), functions); cob = ob; next }
/^cob=/ { cob = library(named(substr($0, 5), objects)); next }
/^cfn=/ { cfn = named(substr($0, 5), functions); next }
/^(fl|fi|fe|cfi|cfl)=/ { next }
/^calls=/ { is_call = 1; next }
/^[0-9+*-]/ {
    if (is_call) {
        is_call = 0
        if (cob == "libc" && ob != "libc" && fn != "(below main)") {
            for_other[ob] += $2
            if (is_memory(cfn)) memory[ob] += $2
        }
        cob = ob
        next
    }
    self[ob] += $2
    if (ob == "ours") ours[fn] += $2
}
END {
    for (name in self) if (name != "libc") printf "library\t%s\t%.0f\t%.0f\t%.0f\n", name, self[name], memory[name], for_other[name] - memory[name]
    for (name in ours) printf "function\t%s\t%.0f\n", name, ours[name]
}'

sums() { awk "$SUMS" "$PLACE/$1.callgrind" >"$PLACE/$1.sums"; }

print_libraries() {
    say "| instructions a call (of $CALLS, $CONCURRENCY in flight) | run: itself | memory for it | rest of libc for it | bare loop, all of it |"
    say '| --- | --- | --- | --- | --- |'
    awk -F '\t' -v calls="$CALLS" '
        $1 != "library" { next }
        FILENAME ~ /bare/ { bare[$2] = ($3 + $4 + $5) / calls; names[$2]; next }
        { run[$2] = $3 / calls; memory[$2] = $4 / calls; rest[$2] = $5 / calls; names[$2] }
        END {
            count = split("ours libcurl OpenSSL libpq json-c libsodium others", order, " ")
            for (i = 1; i <= count; i++) {
                n = order[i]
                if (!(n in names)) continue
                printf "| %s | %d | %d | %d | %d |\n", n, run[n], memory[n], rest[n], bare[n]
                a += run[n]; b += memory[n]; c += rest[n]; d += bare[n]
                if (n != "libcurl" && n != "OpenSSL") outside += run[n] + memory[n] + rest[n]
            }
            printf "| all | %d | %d | %d | %d |\n\n", a, b, c, d
            printf "outside libcurl and OpenSSL: %d instructions a call; run ÷ bare loop: %.2f\n", outside, (a + b + c) / d
        }' "$PLACE/bare.sums" "$PLACE/run.sums"
}

print_functions() {
    say
    say '| our heaviest functions, themselves | instructions a call |'
    say '| --- | --- |'
    awk -F '\t' -v calls="$CALLS" '$1 == "function" { printf "%d\t%s\n", $3 / calls, $2 }' "$PLACE/run.sums" |
        sort -rn | head -n "$1" | awk -F '\t' '{ printf "| %s | %d |\n", $2, $1 }'
}

print_system_calls() {
    local name
    say
    for name in run bare; do
        awk -v name="$name" -v calls="$CALLS" '
            $NF != "total" && $4 / calls >= 0.05 { list = list sprintf(", %s %.2f", $NF, $4 / calls) }
            $NF == "total" { printf "system calls a call, %s: %.1f%s\n", name, $4 / calls, list }' \
            "$PLACE/$name.strace"
    done
}

packages_ensure valgrind strace
bench_begin bare_loop measure
make_certificate
say '{"quotas":{"credit":0,"app":0}}' >"$PLACE/scenario.json"
wabamigrate simulate --make-book "$NUMBERS" $((NUMBERS * 100 / 457)) "$PLACE/book"
count_instructions
count_system_calls
sums run
sums bare
print_libraries
print_functions "$FUNCTIONS"
print_system_calls
[[ -z $KEEP ]] || cp "$PLACE"/*.callgrind "$PLACE"/*.strace "$KEEP/"
