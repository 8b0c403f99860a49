#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# What it costs to go on with a large book that is nearly done:
#
#   tests/bench/resume.sh                       1,000,000 numbers, of which 999,000 are done: ten minutes
#   tests/bench/resume.sh --numbers 100000      fewer; a customer for each five
#   tests/bench/resume.sh --left 1000           so many are not done
#   tests/bench/resume.sh --build DIR           a build that is there already, instead of the release preset
#
# The book is loaded by the program; that all but the last customers are done is then written by SQL, with
# an attempt for each call that would have been made. What is measured is the program from its start: to its
# first call, and to its end where nothing can be done. Nobody has signed up, so of those who are left only
# the sources are read. Then they sign up, and are moved: what each of them costs, CPU of the program and of
# PostgreSQL, above a run with nothing to do. With --numbers 10000 that is the cost beside 9,000 that are done.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"
# shellcheck source=tests/bench/lib.sh
. "$PROJECT/tests/bench/lib.sh"

NUMBERS=1000000
LEFT=1000
# shellcheck disable=SC2034
LATENCY_MS=100

while (($#)); do
    case $1 in
    --numbers) NUMBERS=${2:?} && shift 2 ;;
    --left) LEFT=${2:?} && shift 2 ;;
    --build) BUILD=$(cd "${2:?}" && pwd -P) && shift 2 ;;
    *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" | head -n 4 >&2 && exit 2 ;;
    esac
done

# Everything of the customers before the last ones, as a run would have left it.
write_done() {
    sql "
SET synchronous_commit = off;
CREATE TEMPORARY TABLE left_over AS
SELECT customer_id FROM wabamigrate.number ORDER BY customer_id DESC, number_id DESC LIMIT $LEFT;
CREATE TEMPORARY TABLE moved AS
SELECT customer_id FROM wabamigrate.customer
 WHERE customer_id < (SELECT min(customer_id) FROM left_over);
ANALYZE moved;
INSERT INTO wabamigrate.run (batch_id, worker, process, lease_until, ended_at, exit_code, flushed)
SELECT batch_id, 'earlier', 'earlier', now(), now(), 0, 1 FROM wabamigrate.batch;
UPDATE wabamigrate.number n
   SET is_done = true, is_eligible = true, source_node = '{\"id\": \"1\", \"status\": \"CONNECTED\"}'
  FROM moved m WHERE m.customer_id = n.customer_id;
UPDATE wabamigrate.customer c SET source_read_at = now() FROM moved m WHERE m.customer_id = c.customer_id;
UPDATE wabamigrate.step s
   SET state = 'done', prereqs_left = 0, epoch = 1, moved_at = now()
  FROM moved m WHERE m.customer_id = s.customer_id;
INSERT INTO wabamigrate.attempt (step_id, epoch, run_id, phase, is_effect, intended_at, ms, http_status,
                                 outcome, answer)
SELECT s.step_id, 1, r.run_id, s.phase, false, now(), 100, 200, 'done', '{\"success\":true}'
  FROM wabamigrate.step s JOIN wabamigrate.run r USING (batch_id)
 WHERE s.state = 'done' AND s.kind <> 'check';" >/dev/null
    sql 'VACUUM ANALYZE' 2>/dev/null
}

run_book() { # STATUS: the expected exit code
    local status=0
    : >"$PLACE/requests.jsonl"
    "$BUILD/tests/bench/measure" "$PLACE/used" wabamigrate --log-format json --progress never run \
        "$PLACE/book/book.yaml" >/dev/null 2>"$PLACE/run.err" || status=$?
    ((status == $1)) || fail "run ended with $status: $(tail -n 3 "$PLACE/run.err")"
}

# The same, and what it cost PostgreSQL in ms of CPU.
run_cost() { # STATUS
    local before
    before=$(postgres_cpu_ms)
    run_book "$1"
    say $(($(postgres_cpu_ms) - before))
}

first_call_ms() { # BEGAN
    head -n 1 "$PLACE/requests.jsonl" | awk -v began="$1" '
        match($0, /"at":"[^"]*"/) {
            split(substr($0, RSTART + 17, 12), at, ":")
            print (at[1] * 3600 + at[2] * 60 + at[3]) * 1000 - began % 86400000
        }'
}

bench_begin measure
make_certificate
say '{"quotas":{"credit":0,"app":0}}' >"$PLACE/scenario.json"
wabamigrate simulate --make-book "$NUMBERS" $((NUMBERS / 5)) "$PLACE/book"
start_database
load_book "$PLACE/book/book.yaml"
read -r _ load_ms _ _ <"$PLACE/used"
say "loaded in $((load_ms / 1000)) s; writing what is done …" >&2
write_done
start_simulator "$PLACE/book/book.yaml"
began=$(now_ms)
run_book 4
first=$(first_call_ms "$began")
read -r _ first_run_ms cpu memory <"$PLACE/used"
calls=$(lines "$PLACE/requests.jsonl")
nothing_postgres=$(run_cost 4)
read -r _ again_ms again_cpu _ <"$PLACE/used"
nothing_calls=$(lines "$PLACE/requests.jsonl")
simulator signups '{"all":true}' | tail -n "$LEFT" >"$PLACE/signups.jsonl"
wabamigrate --quiet capture --file "$PLACE/signups.jsonl" >/dev/null
codes_live_on
moved_postgres=$(run_cost 0)
read -r _ moved_ms moved_cpu _ <"$PLACE/used"
row() { say "| $(pad 62 "$1") | $(pad 12 "$2") |"; }
row "$NUMBERS numbers, $LEFT of them not done" "$(sql 'SELECT count(*) FROM wabamigrate.step') steps"
row --- ---
row 'loading them before, seconds' "$(awk "BEGIN { print $load_ms / 1000 }")"
row 'from the start of a run to its first call, ms' "$first"
row "that run, $calls calls: seconds" "$(awk "BEGIN { print $first_run_ms / 1000 }")"
row 'program CPU of it, ms' $((cpu / 1000))
row 'most resident memory, MiB' $((memory / 1024))
row "a run with nothing to do ($nothing_calls calls), ms" "$again_ms"
row 'program CPU of it, ms' $((again_cpu / 1000))
row 'PostgreSQL CPU of it, ms' "$nothing_postgres"
row "those $LEFT moved ($(lines "$PLACE/requests.jsonl") calls): seconds" "$(awk "BEGIN { print $moved_ms / 1000 }")"
row 'program CPU a number, µs, above that of nothing to do' $(((moved_cpu - again_cpu) / LEFT))
row 'PostgreSQL CPU a number, µs, above that of nothing to do' $(((moved_postgres - nothing_postgres) * 1000 / LEFT))
print_machine
