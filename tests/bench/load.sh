#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# What it costs to load a book:
#
#   tests/bench/load.sh                         1,000,000 numbers of 200,000 customers: a few minutes
#   tests/bench/load.sh --numbers 100000        fewer; a customer for each five
#   tests/bench/load.sh --customers 20000       fewer customers
#   tests/bench/load.sh --rounds 3              medians and ranges instead of one round
#   tests/bench/load.sh --explain               and how long each statement of the load took
#   tests/bench/load.sh --build DIR             a build that is there already, instead of the release preset
#
# The book is written once as YAML, with its numbers under their customers, and once as a numbers_file that
# a short YAML names. Each is loaded into a fresh embedded database: read, checked, normalised, compared
# with the other batches, merged, its steps made, committed. Then the same command again (nothing has
# changed), and once more with a number added. The run is pointed at a closed port, so it ends there: what
# is measured is from its start to that. Memory is the most that was resident, of the program alone.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"
# shellcheck source=tests/bench/lib.sh
. "$PROJECT/tests/bench/lib.sh"

NUMBERS=1000000
CUSTOMERS=
ROUNDS=1
EXPLAIN=

while (($#)); do
    case $1 in
    --numbers) NUMBERS=${2:?} && shift 2 ;;
    --customers) CUSTOMERS=${2:?} && shift 2 ;;
    --rounds) ROUNDS=${2:?} && shift 2 ;;
    --explain) EXPLAIN=yes && shift ;;
    --build) BUILD=$(cd "${2:?}" && pwd -P) && shift 2 ;;
    *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" | head -n 6 >&2 && exit 2 ;;
    esac
done
: "${CUSTOMERS:=$((NUMBERS / 5))}"

# The same book with its customers and numbers in a CSV.
write_rows() { # FOLDER OF book.yaml, FOLDER
    mkdir "$2"
    awk -v rows="$2/rows.csv" -v head="$2/book.yaml" '
        function text(line) { sub(/^[^:]*: */, "", line); gsub(/["{}]/, "", line); return line }
        /^customers:/ { in_rows = 1; next }
        !in_rows { print >head; next }
        /^  - id:/ { id = text($0); source = "" }
        /^    name:/ { name = text($0) }
        /^    business_id:/ { business = text($0) }
        /^    source_waba_id:/ { waba = text($0) }
        /^    source_token:/ { source = "OLD_PARTNER_TOKEN" }
        /^      - { number:/ {
            split($0, part, "\"")
            print id "," name "," business "," waba "," source "," part[2] "," part[4] >rows
        }
        BEGIN {
            print "customer,name,business_id,source_waba_id,source_token.env,number," \
                  "source_phone_number_id" >rows
        }
        END { print "numbers_file: rows.csv" >head }' "$1/book.yaml"
}

add_number() { # FORM
    if [[ $1 == csv ]]; then
        printf '%s\n' "$(tail -n 1 "$PLACE/csv/rows.csv" | sed 's/+[0-9]*,[0-9]*$/+33612345678,/')" \
            >>"$PLACE/csv/rows.csv"
    else
        printf '      - { number: "+33612345678" }\n' >>"$PLACE/yaml/book.yaml"
    fi
}

# measure_load FORM WHAT
measure_load() {
    local code ms cpu memory postgres
    postgres=$(postgres_cpu_ms)
    load_book "$PLACE/$1/book.yaml"
    # shellcheck disable=SC2034
    read -r code ms cpu memory <"$PLACE/used"
    note "$1_$2_ms" "$ms"
    note "$1_$2_cpu_ms" $((cpu / 1000))
    note "$1_$2_memory" "$memory"
    note "$1_$2_pg_ms" $(($(postgres_cpu_ms) - postgres))
}

explain() {
    grep -ao 'duration: .*' "$PLACE/state/wabamigrate/postgresql/server.log" | cut -c 1-120 >&2
}

one_round() { # FORM
    start_database
    if [[ -n $EXPLAIN ]]; then
        wabamigrate --quiet db stop >/dev/null
        say 'log_min_duration_statement = 100' >>"$PLACE/state/wabamigrate/postgresql/postgresql.conf"
        wabamigrate --quiet db status >/dev/null
    fi
    cp "$PLACE/$1/book.yaml" "$PLACE/unchanged.yaml"
    measure_load "$1" first
    [[ $(sql 'SELECT count(*) FROM wabamigrate.number') == "$NUMBERS" ]] || fail 'numbers are missing'
    note "$1_database_mb" "$(sql "SELECT pg_database_size('wabamigrate') / 1048576")"
    note "$1_steps" "$(sql 'SELECT count(*) FROM wabamigrate.step')"
    measure_load "$1" again
    add_number "$1"
    measure_load "$1" more
    [[ -z $EXPLAIN ]] || explain
    stop_world
    mv "$PLACE/unchanged.yaml" "$PLACE/$1/book.yaml"
    [[ $1 != csv ]] || sed -i '$d' "$PLACE/csv/rows.csv"
}

row() { say "| $(pad 58 "$1") | $(pad 24 "$2") | $(pad 24 "$3") |"; }
both() { # LABEL FIGURE [EXPRESSION [FORMAT]]
    row "$1" "$(spread "csv_$2" "${@:3}")" "$(spread "yaml_$2" "${@:3}")"
}
print_table() {
    row "$NUMBERS numbers of $CUSTOMERS customers, $ROUNDS rounds" 'numbers_file (CSV)' YAML
    row --- --- ---
    row 'size of the manifest, MB' "$(($(stat -c %s "$PLACE/csv/rows.csv") / 1000000))" \
        "$(($(stat -c %s "$PLACE/yaml/book.yaml") / 1000000))"
    both 'first load: seconds' first_ms 'x / 1000' %.2f
    both 'first load: numbers a second' first_ms "$NUMBERS * 1000 / x"
    both 'first load: steps made' steps
    both 'first load: program CPU, µs a number' first_cpu_ms "x * 1000 / $NUMBERS" %.2f
    both 'first load: PostgreSQL CPU, µs a number' first_pg_ms "x * 1000 / $NUMBERS" %.1f
    both 'first load: most resident memory, MiB' first_memory 'x / 1024' %.1f
    both 'the database afterwards, MB' database_mb
    both 'again, nothing has changed: ms' again_ms
    both 'again, nothing has changed: program CPU, ms' again_cpu_ms
    both 'again, nothing has changed: PostgreSQL CPU, ms' again_pg_ms
    both 'again, nothing has changed: memory, MiB' again_memory 'x / 1024' %.1f
    both 'with one number more: seconds' more_ms 'x / 1000' %.2f
    both 'with one number more: PostgreSQL CPU, µs a number' more_pg_ms "x * 1000 / $NUMBERS" %.1f
}

bench_begin measure
FIGURES=$PLACE/figures
wabamigrate simulate --make-book "$NUMBERS" "$CUSTOMERS" "$PLACE/yaml"
write_rows "$PLACE/yaml" "$PLACE/csv"
for ((round = 1; round <= ROUNDS; round++)); do
    for form in csv yaml; do
        say "round $round of $ROUNDS, $form …" >&2
        one_round "$form"
    done
done
print_table
print_machine
