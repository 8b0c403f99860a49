#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# For how long numbers are without their templates: the example book with `templates: before_register` and
# with `templates: after_register`, in the same world (seed, templates, delays), side by side.
#
#   tests/bench/templates.sh                    some minutes; hours of the book's time
#   tests/bench/templates.sh --seed N           another world
#   tests/bench/templates.sh --build DIR        a build that is there already, instead of build/dev
#
# Time is the clocks', program's and world's alike, moved on between short runs: what takes hours takes a
# few seconds. A template counts as usable from the first look that finds it APPROVED on.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"
SEED=20261123
BUILD=$PROJECT/build/dev
while (($#)); do
    case $1 in
    --seed) SEED=${2:?} && shift 2 ;;
    --build) BUILD=$(cd "${2:?}" && pwd -P) && shift 2 ;;
    *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
    esac
done
export WABAMIGRATE=$BUILD/wabamigrate
begin

# A copy asked for by a call is there after 20 s to some minutes, Meta's own after 10 minutes and more. No
# duration is published; these are for comparing, not for believing.
make_world() { # FOLDER
    python3 - "$QUICKSTART/scenario.json" "$SEED" >"$1/scenario.json" <<'END'
import json, sys
scenario = json.load(open(sys.argv[1]))
seed = int(sys.argv[2])
scenario["copying"] = {"seed": seed, "delay_s": 20, "each_ms": 2000, "register_delay_s": 600,
                       "register_each_ms": 5000, "check_s": 600}
scenario["faults"]["seed"] = seed
scenario["customers"]["*"] = {"templates": {"mix": 40}}
scenario["customers"] = {"*": scenario["customers"].pop("*"), **scenario["customers"]}
json.dump(scenario, sys.stdout)
END
}

summary() { # FILE KEY
    python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["summary"]["templates"]["downtime_seconds"][sys.argv[2]])' "$1" "$2"
}

later() { # SECONDS
    OFFSET=$((OFFSET + $1))
    export WABAMIGRATE_CLOCK_OFFSET=$OFFSET
    world clock "{\"advance_seconds\":$1}" >/dev/null
}

run_a_little() {
    wabamigrate --progress never --quiet run --patience 1s --doubt-grace 1s "$BOOK" >"$PLACE/out" 2>&1 || true
}

move_book() { # MODE
    local round
    BOOK=$PLACE/$1/book.yaml
    cp -r "$QUICKSTART" "$PLACE/$1"
    sed -i "s/^  templates: .*/  templates: $1/" "$BOOK"
    make_world "$PLACE/$1"
    OFFSET=0
    unset WABAMIGRATE_CLOCK_OFFSET
    [[ -z $SIMULATOR ]] || simulator_ends
    state "state-$1"
    simulator_starts "world-$1" --manifest "$BOOK" --scenario "$PLACE/$1/scenario.json" --latency-ms 1
    run_a_little
    sign_up || true
    for ((round = 0; round < 70; round++)); do
        run_a_little
        if ((round < 30)); then later 60; else later 300; fi
    done
    wabamigrate report --format json --output "$PLACE/$1.json"
    wabamigrate report --format html --output "$PLACE/$1.html"
}

printf '%-18s %10s %10s %8s %6s %7s\n' 'templates' 'median' 'worst' 'numbers' 'open' 'calls'
for mode in before_register after_register; do
    move_book "$mode"
    printf '%-18s %8s s %8s s %8s %6s %7s\n' "$mode" "$(summary "$PLACE/$mode.json" median)" \
        "$(summary "$PLACE/$mode.json" worst)" "$(summary "$PLACE/$mode.json" numbers)" \
        "$(summary "$PLACE/$mode.json" open)" "$(wc -l <"$LOG")"
done
