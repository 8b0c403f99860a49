#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# Where the program's instructions go, a call:
#
#   tests/bench/callgrind.sh                      2,000 calls, 16 in flight: two minutes
#   tests/bench/callgrind.sh --numbers 2000 256   a larger book, more in flight
#   tests/bench/callgrind.sh --build DIR          a build that is there, with debug information (preset dev)
#   tests/bench/callgrind.sh --keep FOLDER        leaves callgrind's files and the table there
#
# Callgrind counts the instructions of a run over TLS, peer without latency, from run_batch() on: what loads
# the manifest before is left out, handshakes are in. Then those of the bare loop with the same calls. They
# do not depend on what else the machine does, nearly: how many calls share a turn of the loop and a flush
# does, since valgrind slows the client alone. What libc does is counted to the library that called it, and
# shown apart as memory (malloc and its kin) and the rest. System calls cost time and no instructions here:
# they are counted by strace in runs of their own.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"

NUMBERS=450
BUILD=
KEEP=
CONCURRENCY=16
PLACE=
SIMULATOR=

while (($#)); do
    case $1 in
    --numbers) NUMBERS=${2:?} && shift 2 ;;
    --build) BUILD=$(cd "${2:?}" && pwd -P) && shift 2 ;;
    --keep) mkdir -p "${2:?}" && KEEP=$(cd "$2" && pwd -P) && shift 2 ;;
    [1-9]*) CONCURRENCY=$1 && shift ;;
    *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" | head -n 4 >&2 && exit 2 ;;
    esac
done

# ---- a world, and its end ----

stop_world() {
    [[ -z $SIMULATOR ]] || kill "$SIMULATOR" 2>/dev/null || true
    [[ -z $SIMULATOR ]] || wait "$SIMULATOR" 2>/dev/null || true
    SIMULATOR=
    [[ ! -e $PLACE/state/wabamigrate ]] || wabamigrate --quiet db stop >/dev/null
    rm -rf "$PLACE/state" "$PLACE/requests.jsonl" "$PLACE/port"
}

leave() {
    local status=$?
    trap - EXIT
    if [[ -n $PLACE ]]; then
        stop_world || true
        [[ -z $KEEP ]] || cp -r "$PLACE"/*.callgrind "$PLACE"/*.strace "$PLACE"/*.table "$KEEP/" 2>/dev/null || true
        rm -rf "$PLACE"
    fi
    exit "$status"
}

run() { # CODE [TOOL…]: the run under a tool; its exit code has to be CODE.
    local code=$1 status=0
    shift
    "$@" "$BUILD/wabamigrate" --log-format json --progress never run --concurrency "$CONCURRENCY" \
        --patience 1s "$PLACE/book/book.yaml" >/dev/null 2>"$PLACE/run.err" || status=$?
    ((status == code)) || fail "run ended with $status: $(tail -n 3 "$PLACE/run.err")"
}

simulator() { # PATH BODY
    curl -sS --fail-with-body --cacert "$PLACE/cert.pem" -d "$2" "$WABAMIGRATE_GRAPH_URL/simulator/$1"
}

# A fresh simulator and a book that is read and has its signups: what is left is moving every number.
start_world() {
    local tries
    mkdir -m 711 "$PLACE/state"
    "$BUILD/tests/simulator/wabamigrate-simulator" --manifest "$PLACE/book/book.yaml" \
        --scenario "$PLACE/scenario.json" --latency-ms 0 --listen 127.0.0.1:0 --port-file "$PLACE/port" \
        --log "$PLACE/requests.jsonl" --tls-cert "$PLACE/cert.pem" --tls-key "$PLACE/key.pem" \
        >"$PLACE/simulator.out" 2>&1 &
    SIMULATOR=$!
    for ((tries = 0; tries < 200; tries++)); do
        [[ ! -s $PLACE/port ]] || break
        sleep 0.05
    done
    WABAMIGRATE_GRAPH_URL=https://127.0.0.1:$(<"$PLACE/port")
    export WABAMIGRATE_GRAPH_URL
    wabamigrate --quiet db init >/dev/null
    run 4
    simulator signups '{"all":true}' >"$PLACE/signups.jsonl"
    wabamigrate --quiet capture --file "$PLACE/signups.jsonl" &>/dev/null
    # A code lives 30 s, which is short for a client that is fifty times slower.
    simulator clock '{"advance_seconds":-3600}' >/dev/null
}

# ---- the two, counted ----

bare_loop() { # [TOOL…]
    "$@" "$BUILD/tests/bench/bare_loop" "$WABAMIGRATE_GRAPH_URL" "$PLACE/cert.pem" "$CONCURRENCY" \
        <"$PLACE/calls.jsonl" >"$PLACE/bare.out" 2>"$PLACE/bare.err"
}

counting() { # NAME TOGGLE
    TOOL=(valgrind --quiet --tool=callgrind --collect-atstart=no "--toggle-collect=$2"
        "--callgrind-out-file=$PLACE/$1.callgrind")
}

count_instructions() {
    local before
    before=$(wc -l <"$PLACE/requests.jsonl")
    counting run run_batch
    run 0 "${TOOL[@]}"
    tail -n +$((before + 1)) "$PLACE/requests.jsonl" >"$PLACE/calls.jsonl"
    counting bare run
    bare_loop "${TOOL[@]}"
    CALLS=$(wc -l <"$PLACE/calls.jsonl")
}

count_system_calls() {
    run 0 strace -c -f -o "$PLACE/run.strace"
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
        sort -rn | head -n "${1:-5}" | awk -F '\t' '{ printf "| %s | %d |\n", $2, $1 }'
}

trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

packages_ensure "${PACKAGES_TO_BUILD[@]}" "${PACKAGES_TO_RUN[@]}" openssl valgrind strace
PLACE=$(mktemp -d "${TMPDIR:-/tmp}/wabamigrate-callgrind.XXXXXX")
chmod 711 "$PLACE"
if [[ -z $BUILD ]]; then
    BUILD=$(build_directory dev)
    cmake -S "$PROJECT" --preset dev -B "$BUILD" >/dev/null
fi
cmake --build "$BUILD" --target wabamigrate wabamigrate-simulator bare_loop >/dev/null

for name in "${!WABAMIGRATE_@}" "${!PG@}"; do
    unset "$name"
done
PATH=$BUILD:$PATH
# LD_BIND_NOW: else the first call of a library's function would be counted to the loader, all of it.
export LD_BIND_NOW=1 LC_ALL=C.UTF-8 XDG_STATE_HOME=$PLACE/state WABAMIGRATE_CA_FILE=$PLACE/cert.pem WABAMIGRATE_DB_IDLE=3600
export META_SYSTEM_TOKEN=fictitious-system-token META_APP_SECRET=fictitious-app-secret
export OLD_PARTNER_TOKEN=fictitious-token-of-the-old-partner
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$PLACE/key.pem" -out "$PLACE/cert.pem" 2>/dev/null
say '{"quotas":{"credit":0,"app":0}}' >"$PLACE/scenario.json"
wabamigrate simulate --make-book "$NUMBERS" $((NUMBERS * 100 / 457)) "$PLACE/book"

start_world
count_instructions
stop_world
start_world
count_system_calls
stop_world
sums run
sums bare
{
    print_libraries
    print_functions "${FUNCTIONS:-5}"
} | tee "$PLACE/callgrind.table"
for name in run bare; do
    awk -v name="$name" -v calls="$CALLS" '
        $NF != "total" && $4 ~ /^[0-9]+$/ && $4 / calls >= 0.05 { list = list sprintf(", %s %.2f", $NF, $4 / calls) }
        $NF == "total" { printf "system calls a call, %s: %.2f%s\n", name, ($4 ~ /^[0-9]+$/ ? $4 : $3) / calls, list }' \
        "$PLACE/$name.strace"
done | tee -a "$PLACE/callgrind.table"
