#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# What a dry run costs and how well it foretells:
#
#   tests/bench/check.sh                      everything: about ten minutes
#   tests/bench/check.sh --rounds 1           one round of the comparison
#   tests/bench/check.sh --small              the large book with 10,000 numbers instead of 100,000
#   tests/bench/check.sh --build DIR          a build that is there already, instead of the release preset
#
# Three tables.
# 1. Reading: a book of 900 WABAs and 4,000 numbers, 64 in flight, every answer after 100 ms, against a
#    fresh simulator. `check` reads, judges, keeps and reports; beside it the plain way, a GET a number, once
#    by curl --parallel and once by a Python pool of 64 threads: they read and store nothing else. Rounds
#    interleaved; medians.
# 2. The large book: 100,000 numbers of 20,000 WABAs with a mix of findings: time, memory at its highest
#    (VmHWM), and the report's four formats.
# 3. The forecast: what the check of a book foretold, beside what its run made.
#
# No part of the test suite: it asserts no time.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"

ROUNDS=3
LARGE=(100000 20000)
BUILD=
PLACE=
SIMULATOR=
export META_SYSTEM_TOKEN=fictitious-system-token META_APP_SECRET=fictitious-app-secret
export OLD_PARTNER_TOKEN=fictitious-token-of-the-old-partner

while (($#)); do
    case $1 in
    --rounds) ROUNDS=${2:?} && shift 2 ;;
    --small) LARGE=(10000 2000) && shift ;;
    --build) BUILD=$(cd "${2:?}" && pwd -P) && shift 2 ;;
    *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" | head -n 4 >&2 && exit 2 ;;
    esac
done

wabamigrate() { "$BUILD/wabamigrate" "$@"; }
stop_world() {
    [[ -z $SIMULATOR ]] || kill "$SIMULATOR" 2>/dev/null || true
    [[ -z $SIMULATOR ]] || wait "$SIMULATOR" 2>/dev/null || true
    SIMULATOR=
    [[ ! -e $PLACE/state/wabamigrate ]] || wabamigrate --quiet db stop >/dev/null
    rm -rf "$PLACE/state" "$PLACE/port" "$PLACE/log"
}
leave() {
    local status=$?
    trap - EXIT
    if [[ -n $PLACE ]]; then
        stop_world || true
        rm -rf "$PLACE"
    fi
    exit "$status"
}
# world LATENCY-MS FOLDER: the simulator for FOLDER's book and scenario, and an empty database.
world() {
    local tries scenario=()
    stop_world
    mkdir -m 711 "$PLACE/state"
    [[ ! -f $2/scenario.json ]] || scenario=(--scenario "$2/scenario.json")
    wabamigrate simulate --manifest "$2/book.yaml" "${scenario[@]}" --latency-ms "$1" \
        --listen 127.0.0.1:0 --port-file "$PLACE/port" --log "$PLACE/log" >"$PLACE/simulator.out" 2>&1 &
    SIMULATOR=$!
    for ((tries = 0; tries < 1200; tries++)); do
        [[ ! -s $PLACE/port ]] || break
        sleep 0.05
    done
    [[ -s $PLACE/port ]] || fail "the simulator does not start: $(<"$PLACE/simulator.out")"
    WABAMIGRATE_GRAPH_URL=http://127.0.0.1:$(<"$PLACE/port")
    export WABAMIGRATE_GRAPH_URL
    wabamigrate --quiet db init >/dev/null
}
now_ms() { date +%s%3N; }
median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
calls() { grep -c '"method"' "$PLACE/log" || true; }
member() { python3 "$PROJECT/tests/integration/check_judge.py" summary "$@"; }

[[ -n $BUILD ]] || {
    packages_ensure "${PACKAGES_TO_BUILD[@]}" "${PACKAGES_TO_RUN[@]}" python3
    build_preset release >/dev/null
    BUILD=$(build_directory release)
}
PLACE=$(mktemp -d "${TMPDIR:-/tmp}/wabamigrate-bench.XXXXXX")
chmod 711 "$PLACE"
export XDG_STATE_HOME=$PLACE/state
trap leave EXIT

# ---- 1. reading ----

mkdir "$PLACE/book"
wabamigrate simulate --make-book 4000 900 "$PLACE/book" >/dev/null
grep -oE 'source_phone_number_id: "[0-9]+"' "$PLACE/book/book.yaml" | grep -oE '[0-9]+' >"$PLACE/ids"
fields=name_status,new_name_status,is_pin_enabled,status,account_mode,platform_type,is_on_biz_app

plain_curl() {
    sed "s|.*|url = \"$WABAMIGRATE_GRAPH_URL/v26.0/&?fields=$fields\"\noutput = \"/dev/null\"|" "$PLACE/ids" >"$PLACE/urls"
    curl --silent --parallel --parallel-max 64 --header "Authorization: Bearer $OLD_PARTNER_TOKEN" \
        --config "$PLACE/urls" || true
}
plain_python() {
    python3 - "$PLACE/ids" "$fields" <<'PYTHON'
import http.client, os, sys, threading, queue
from urllib.parse import urlsplit
url = urlsplit(os.environ["WABAMIGRATE_GRAPH_URL"])
work = queue.SimpleQueue()
for line in open(sys.argv[1]):
    work.put(line.strip())
def run():
    connection = http.client.HTTPConnection(url.hostname, url.port)
    head = {"Authorization": "Bearer " + os.environ["OLD_PARTNER_TOKEN"]}
    while True:
        try:
            number = work.get_nowait()
        except queue.Empty:
            return
        connection.request("GET", f"/v26.0/{number}?fields={sys.argv[2]}", headers=head)
        connection.getresponse().read()
threads = [threading.Thread(target=run) for _ in range(64)]
for thread in threads: thread.start()
for thread in threads: thread.join()
PYTHON
}
measure() { # NAME COMMAND…: milliseconds to NAME.ms, calls to NAME.calls
    local name=$1 began
    shift
    world 100 "$PLACE/book"
    began=$(now_ms)
    "$@" >/dev/null 2>&1 || true
    echo $(($(now_ms) - began)) >>"$PLACE/$name.ms"
    calls >"$PLACE/$name.calls"
}
for ((round = 0; round < ROUNDS; round++)); do
    measure check wabamigrate --quiet --progress never check "$PLACE/book/book.yaml" --format json
    measure curl plain_curl
    measure python plain_python
done
printf '\nReading 4,000 numbers of 900 WABAs, 64 in flight, 100 ms an answer (medians of %s rounds)\n' "$ROUNDS"
printf '%-34s %8s %16s %10s %8s\n' '' calls 'calls a number' seconds ratio
base=$(median <"$PLACE/check.ms")
for name in check curl python; do
    case $name in
    check) text='wabamigrate check (all it does)' ;;
    curl) text='curl --parallel, a GET a number' ;;
    python) text='Python threads, a GET a number' ;;
    esac
    ms=$(median <"$PLACE/$name.ms")
    awk -v t="$text" -v c="$(<"$PLACE/$name.calls")" -v ms="$ms" -v base="$base" \
        'BEGIN {printf "%-34s %8d %16.3f %10.1f %8.2f\n", t, c, c/4000, ms/1000, ms/base}'
done

# ---- 2. the large book ----

mkdir "$PLACE/large"
wabamigrate simulate --make-book "${LARGE[@]}" "$PLACE/large" --mix >/dev/null
world 5 "$PLACE/large"
timed() { # NAME COMMAND…
    local began highest=0 pid now
    local name=$1
    shift
    began=$(now_ms)
    "$BUILD/wabamigrate" "$@" >/dev/null 2>"$PLACE/err" &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        now=$(awk '/VmHWM/ {print $2}' "/proc/$pid/status" 2>/dev/null || true)
        [[ -z $now ]] || highest=$now
        sleep 0.05
    done
    wait "$pid" || true
    awk -v n="$name" -v ms=$(($(now_ms) - began)) -v kb="$highest" -v f="${OUT:-}" \
        'BEGIN {printf "%-44s %8.1f s %8.0f MB", n, ms/1000, kb/1024}'
    [[ -z ${OUT:-} ]] || awk -v b="$(stat -c %s "$OUT")" -v n="${LARGE[0]}" \
        'BEGIN {printf " %9.1f MB %6.0f B a number", b/1048576, b/n}'
    printf '\n'
}
check_large=(--quiet --progress never check "$PLACE/large/book.yaml" --concurrency 256)
printf '\n%s numbers of %s WABAs, a mix of findings, 5 ms an answer\n' "${LARGE[@]}"
OUT=$PLACE/out timed 'first check (all findings are new), json' "${check_large[@]}" --format json --output "$PLACE/out"
OUT=$PLACE/out timed 'second check, json' "${check_large[@]}" --format json --output "$PLACE/out"
for format in table csv html json; do
    OUT=$PLACE/out timed "the same from readings an hour old, $format" "${check_large[@]}" --max-age 1h \
        --since last --format "$format" --output "$PLACE/out"
done
OUT=$PLACE/out timed 'offline: the manifest alone, json' "${check_large[@]}" --offline --format json --output "$PLACE/out"

# ---- 3. the forecast ----

mkdir "$PLACE/move"
wabamigrate simulate --make-book 1200 270 "$PLACE/move" >/dev/null
world 100 "$PLACE/move"
book=$PLACE/move/book.yaml
wabamigrate --quiet run "$book" >/dev/null 2>&1 || true
curl -sS -d '{"all":true}' "$WABAMIGRATE_GRAPH_URL/simulator/signups" >"$PLACE/signups"
wabamigrate --quiet capture --file "$PLACE/signups" >/dev/null
wabamigrate --quiet --progress never check "$book" --format json --output "$PLACE/forecast.json" || true
before=$(calls)
began=$(now_ms)
wabamigrate --quiet --progress never run "$book" >/dev/null 2>&1 || true
took=$(($(now_ms) - began))
printf '\nThe forecast of 1,200 numbers of 270 WABAs, 64 in flight, 100 ms\n'
python3 "$PROJECT/tests/integration/check_judge.py" forecast "$PLACE/forecast.json" "$PLACE/log" "$before" || true
awk -v f="$(member "$PLACE/forecast.json" forecast.seconds)" -v ms="$took" \
    'BEGIN {printf "%-13s forecast %6d took %6.1f error %+.1f %%\n", "seconds", f, ms/1000, (f-ms/1000)/(ms/1000)*100}'
