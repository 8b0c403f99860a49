#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# Fuzzes: tests/fuzz/run.sh SECONDS [TARGET…]
#
# Builds the fuzz preset and lets each target (all of them) run that long, as many at once as JOBS says (the
# processors). New inputs are kept in build/fuzz/found/TARGET and are where the next call goes on; what made
# a target fall is build/fuzz/found/TARGET-crash-… (README.md says what to do with it). Prints a row a
# target, and ends with 1 when something has fallen.
set -euo pipefail
cd "$(dirname "$0")/../.."
HERE=tests/fuzz
PROGRAMS=build/fuzz/tests/fuzz
FOUND=build/fuzz/found
JOBS=${JOBS:-$(nproc)}

usage() {
    echo "usage: tests/fuzz/run.sh SECONDS [TARGET...]" >&2
    exit 2
}
[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || usage
SECONDS_EACH=$1
shift
if (($# > 0)); then
    targets=("$@")
else
    mapfile -t targets < <(ls "$HERE/corpus")
fi
for target in "${targets[@]}"; do
    [[ -d $HERE/corpus/$target ]] || { echo "no target $target; there are: $(ls -x "$HERE/corpus")" >&2 && usage; }
done

cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target "${targets[@]/#/fuzz_}"
mkdir -p "$FOUND"

# A long input helps nobody with these.
length_of() {
    case $1 in
        e164) echo 120 ;;
        log_url | webhook_url | option_value) echo 900 ;;
        *) echo 4096 ;;
    esac
}

# fuzz TARGET: one target, its words and figures into its log.
fuzz() {
    local target=$1 options=()
    mkdir -p "$FOUND/$target"
    [[ ! -f $HERE/$target.dict ]] || options+=("-dict=$HERE/$target.dict")
    TIMEFORMAT='%R %U'
    { time "$PROGRAMS/fuzz_$target" -max_total_time="$SECONDS_EACH" -max_len="$(length_of "$target")" \
        -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$FOUND/$target-" \
        "${options[@]}" "$FOUND/$target" "$HERE/corpus/$target" >"$FOUND/$target.log" 2>&1 || true; } \
        2>"$FOUND/$target.time"
}

# row TARGET: what its log says.
row() {
    local target=$1 wall cpu executions edges features kept fallen
    read -r wall cpu <"$FOUND/$target.time"
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$FOUND/$target.log")
    read -r edges features < <(sed -nE 's/^#.* cov: ([0-9]+) ft: ([0-9]+) .*/\1 \2/p' "$FOUND/$target.log" | tail -n 1)
    kept=$(find "$FOUND/$target" -type f | wc -l)
    fallen=$(find "$FOUND" -maxdepth 1 -name "$target-*" -newer "$FOUND/.begun" | wc -l)
    printf '%-16s %9.0f %9.0f %13s %7s %7s %7s %7s\n' "$target" "$wall" "$cpu" "${executions:-0}" "${edges:-?}" \
        "${features:-?}" "$kept" "$fallen"
}

: >"$FOUND/.begun"
for target in "${targets[@]}"; do
    while (($(jobs -pr | wc -l) >= JOBS)); do wait -n; done
    fuzz "$target" &
done
wait
printf '%-16s %9s %9s %13s %7s %7s %7s %7s\n' target 'wall s' 'cpu s' executions edges features kept fallen
for target in "${targets[@]}"; do row "$target"; done
fallen=$(find "$FOUND" -maxdepth 1 -type f -name '*-*' -newer "$FOUND/.begun")
[[ -z $fallen ]] || { echo "fallen:" && echo "$fallen" && exit 1; }
