#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# Which lines and branches of the rooms the whole suite goes through:
#
#   tests/coverage.sh             every test, then a table by room and file
#   tests/coverage.sh -L unit     only some of them; options go to ctest
#
# A program that a test kills says nothing of where it was, so that what only happens before a SIGKILL is
# missing from the figures. The pages for reading line by line are in build/coverage/html.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"
packages_ensure "${PACKAGES_TO_BUILD[@]}" "${PACKAGES_TO_RUN[@]}" "${PACKAGES_TO_BROWSE[@]}" \
    nghttp2-proxy openssl procps python3 python3-h2 gcovr
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin

BUILD_TARGETS=()
build_preset coverage >/dev/null
BUILD=$(build_directory coverage)
find "$BUILD" -name '*.gcda' -delete
STATUS=0
ctest --test-dir "$BUILD" --output-on-failure "$@" || STATUS=$?

# gcc counts a branch for every way out of a call that might not come back; we mean our own.
report() {
    (cd "$PROJECT" && gcovr --root . --object-directory "$BUILD" --exclude-unreachable-branches \
        --exclude-throw-branches --filter '(base|planner|jobs|orchestrator)/' "$@")
}
mkdir -p "$BUILD/html"
report --html-details "$BUILD/html/index.html" --json-summary "$BUILD/coverage.json"
report --txt --sort-uncovered | tail -n +6
python3 - "$BUILD/coverage.json" <<'END'
import collections, json, sys
rooms = collections.defaultdict(collections.Counter)
for one in json.load(open(sys.argv[1]))["files"]:
    for name in ("line_covered", "line_total", "branch_covered", "branch_total"):
        rooms[one["filename"].split("/")[0]][name] += one[name]
        rooms["all"][name] += one[name]
print(f"\n{'room':<14}{'lines':>18}{'branches':>20}")
for room, sums in rooms.items():
    print(f"{room:<14}" + "".join(f"{sums[f'{what}_covered']:>8} of {sums[f'{what}_total']:>6}"
          f" {100 * sums[f'{what}_covered'] / max(1, sums[f'{what}_total']):3.0f} %" for what in ("line", "branch")))
END
exit "$STATUS"
