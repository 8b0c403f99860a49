#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# What it costs a run that another connection holds a snapshot, as a report, a backup or a forgotten psql does:
#
#   tests/bench/snapshot.sh                       ten minutes of it, 256 in flight: half an hour
#   tests/bench/snapshot.sh --minutes 3           fewer
#   tests/bench/snapshot.sh --concurrency 64
#   tests/bench/snapshot.sh --build DIR           a build that is there already, instead of the release preset
#
# One run of a book that lasts longer than it may: a minute to get going, two without a snapshot, those with
# it, and three after it. Told are the calls a second of each minute, as they reached the simulator; all of
# those with it, and the last two, are held against the two before and the last two after. The customers have 20 numbers each, as many as Meta lets
# a business have at first, and pay Meta themselves, so that the credit line's quota is no part of it.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"
# shellcheck source=tests/bench/lib.sh
. "$PROJECT/tests/bench/lib.sh"

MINUTES=10
CONCURRENCY=256
NUMBERS_A_CUSTOMER=20
# More than it makes of calls a second: the book must not end before the run does.
CALLS_A_SECOND=1000
# shellcheck disable=SC2034
LATENCY_MS=100

while (($#)); do
    case $1 in
    --minutes) MINUTES=${2:?} && shift 2 ;;
    --concurrency) CONCURRENCY=${2:?} && shift 2 ;;
    --build) BUILD=$(cd "${2:?}" && pwd -P) && shift 2 ;;
    *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" | head -n 4 >&2 && exit 2 ;;
    esac
done
((CONCURRENCY * 1000 / LATENCY_MS > CALLS_A_SECOND)) || CALLS_A_SECOND=$((CONCURRENCY * 1000 / LATENCY_MS))

# Two at a time: it is one message after the other.
capture_all() {
    local part
    local -a captures=()
    split -n l/2 "$PLACE/signups.jsonl" "$PLACE/signups."
    for part in "$PLACE"/signups.a?; do
        wabamigrate --quiet capture --file "$part" >/dev/null &
        captures+=("$!")
    done
    for part in "${captures[@]}"; do wait "$part"; done
}

# Holds a snapshot until it is killed.
hold_snapshot() {
    psql --host="$(postmaster_line 5)" --username=wabamigrate --dbname=wabamigrate -Xq \
        -c 'BEGIN ISOLATION LEVEL REPEATABLE READ' -c 'SELECT 1' -c 'SELECT pg_sleep(86400)' >/dev/null 2>&1 &
    HOLDER=$!
}

# A backend that sleeps does not see that its client has gone.
release_snapshot() {
    kill -0 "$HOLDER" || fail 'the snapshot was not held to the end'
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'" >/dev/null
    wait "$HOLDER" || true
}

# Calls a second of every whole minute of the log, a line each.
rates() {
    awk '
        match($0, /"at":"[^"]*"/) {
            split(substr($0, RSTART + 17, 12), at, ":")
            second = at[1] * 3600 + at[2] * 60 + at[3]
            if (NR == 1) first = second
            minute = int((second - first + 86400) % 86400 / 60)
            calls[minute]++
            if (minute > last) last = minute
        }
        END { for (i = 0; i < last; i++) printf "%.1f\n", calls[i] / 60 }' "$PLACE/requests.jsonl"
}

bench_begin measure
make_certificate
say '{"quotas":{"credit":0,"app":0}}' >"$PLACE/scenario.json"
NUMBERS=$(((MINUTES + 6) * 60 * CALLS_A_SECOND))
BOOK=$PLACE/book/book.yaml
wabamigrate simulate --make-book "$NUMBERS" "$((NUMBERS / NUMBERS_A_CUSTOMER))" "$PLACE/book" >/dev/null
sed -i '/credit_line_id/d' "$BOOK"
say "loading $NUMBERS numbers and their signups …" >&2
start_database
load_book "$BOOK"
start_signed_up "$BOOK"
capture_all
codes_live_on
say 'running …' >&2
wabamigrate --progress never run --concurrency "$CONCURRENCY" --for "$((MINUTES + 6))m" "$BOOK" \
    >/dev/null 2>"$PLACE/run.err" &
RUN=$!
sleep 180
hold_snapshot
sleep $((MINUTES * 60))
release_snapshot
status=0
wait "$RUN" || status=$?
((status == 5)) || say "the run has ended before its time ($status): $(tail -n 1 "$PLACE/run.err")" >&2
mapfile -t found < <(rates)
say '| minute | calls/s | snapshot |'
say '| --- | --- | --- |'
for ((i = 0; i < ${#found[@]}; i++)); do
    say "| $((i + 1)) | ${found[i]} | $( ((i >= 3 && i < MINUTES + 3)) && say yes || say no) |"
done
printf '%s\n' "${found[@]}" | awk -v minutes="$MINUTES" '
    NR == 2 || NR == 3 || NR > minutes + 4 { free += $1; frees++ }
    NR > 3 && NR <= minutes + 3 { held += $1; if (NR > minutes + 1) last += $1 / 2 }
    END {
        printf "with it against without: %.2f over all its minutes, %.2f in the last two\n",
               held / minutes / (free / frees), last / (free / frees)
    }'
print_machine
