#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
#   calls.sh [NUMBERS CUSTOMERS]
#
# How many calls a migrated number costs, on both paths, undisturbed, held against the bound of
# docs/calls.md: no more than 10 % above it. The book of that document is calls.sh 4000 900, and takes some
# minutes; the suite's is a small one of the same make.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
NUMBERS=${1:-62}
CUSTOMERS=${2:-14}
# In seconds, what takes longer never ends.
((NUMBERS < 1000)) || ENDLESS=1800
begin
RUN=(--progress never --quiet run --concurrency 64 --patience 10s)

book() { # NAME OPTIONS…
    wabamigrate simulate --make-book "$NUMBERS" "$CUSTOMERS" "$PLACE/$1.book" "${@:2}"
    BOOK=$PLACE/$1.book/book.yaml
    state "$1"
    simulator_starts "$1" --manifest "$BOOK" --latency-ms 20
}
judged() { # PATH NAME
    world state >"$PLACE/$2.state"
    check "no more than 10 % above the bound" python3 "$HERE/calls_judge.py" "$1" "$PLACE/$2.state" "$LOG"
    cat "$PLACE/check.out"
}

say "== embedded signup"
book signup
program 4 "${RUN[@]}" "$BOOK"
sign_up || die "capture refuses: $(<"$PLACE/capture.out")"
# Codes live 30 seconds, and capture of a large book takes a part of them.
world clock '{"advance_seconds":-3600}' >/dev/null
program 0 "${RUN[@]}" "$BOOK"
judged embedded_signup signup
simulator_ends

say "== programmatic"
book programmatic --programmatic
program 4 "${RUN[@]}" "$BOOK"
world codes >"$PLACE/codes"
wabamigrate code --file "$PLACE/codes" >"$PLACE/code.out" 2>&1 || miss "not every code was taken" "$PLACE/code.out"
program 0 "${RUN[@]}" "$BOOK"
judged programmatic programmatic
finish
