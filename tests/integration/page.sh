#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The HTML report in a headless browser, 1280 and 390 pixels wide: made-up books (page_maker), among them
# one of hostile names and one of 100,000 numbers, then the program's own report of the quickstart's book.
# Pictures and printed pages are left in a folder, to be looked at.
#   page.sh PAGE_MAKER FOLDER
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
MAKER=${1:?the program page_maker}
PICTURES=${2:?a folder for the pictures}
command -v chromedriver >/dev/null || skip "there is no chromedriver; install Debian's chromium-driver"
begin

# opens KIND: a page of the maker's.
opens() {
    "$MAKER" "$1" >"$PLACE/$1.html" || die "page_maker $1 fails"
    browse "$1"
}
browse() {
    if HOME=$PLACE python3 "$HERE/page.py" "$PICTURES" "$1" "$PLACE/$1.html" >"$PLACE/page.out" 2>&1; then
        cat "$PLACE/page.out"
    else
        miss "the page in a browser: $1" "$PLACE/page.out"
    fi
}

for book in normal hostile empty story huge; do
    opens "$book"
done

cp -r "$QUICKSTART" "$PLACE/quickstart"
simulator_starts quickstart --manifest "$PLACE/quickstart/book.yaml" \
    --scenario "$PLACE/quickstart/scenario.json" --latency-ms 5
program 0,3,4 check --format html --output "$PLACE/real.html" "$PLACE/quickstart/book.yaml"
browse real
finish
