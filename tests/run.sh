#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The whole test suite, from a fresh Debian 12 on: installs what is missing, builds, runs ctest.
#
#   tests/run.sh             layout, gcc build and every test, clang build
#   tests/run.sh --clang     clang build and every test
#   tests/run.sh --asan      every test with AddressSanitizer and UBSan
#   tests/run.sh --valgrind  the unit tests under valgrind
# shellcheck disable=SC2317 # the functions are called through part()
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"

usage() {
    sed -n 's/^#   //p' "${BASH_SOURCE[0]}"
}

# What somebody's shell has set must not steer the tests.
quiet_environment() {
    local name
    for name in "${!WABAMIGRATE_@}" "${!PG@}"; do
        unset "$name"
    done
    export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin # nghttpx is there, not in an ordinary user's path
}

run_ctest() {
    local directory
    directory=$(build_directory "$1") || return
    shift
    ctest --test-dir "$directory" --output-on-failure --no-tests=error --parallel 3 "$@"
}

test_preset() {
    local directory
    directory=$(build_directory "$1") || return
    if [[ $directory == "$PROJECT/build/$1" ]]; then
        forget_copied_cache "$directory"
        (cd "$PROJECT" && cmake --workflow --preset "$1")
    else
        build_preset "$1" && run_ctest "$1"
    fi
}

# CMake puts the "emulator" before every test program.
test_under_valgrind() {
    build_preset dev valgrind \
        "-DCMAKE_CROSSCOMPILING_EMULATOR=valgrind;-q;--leak-check=full;--error-exitcode=99" &&
        run_ctest valgrind -L unit
}

check_layout() {
    find "$PROJECT"/{base,planner,jobs,orchestrator,tests} -name '*.[ch]' -print0 |
        xargs -0 clang-format --dry-run -Werror
}

check_scripts() {
    local scripts=()
    mapfile -d '' scripts < <(find "$PROJECT"/{examples,tests,cmake} -name '*.sh' -print0)
    # Not SC2015 and SC2119: `a && b || c` as a condition, and optional arguments, are meant.
    (cd "$PROJECT" && shellcheck -x -e SC2015,SC2119 "$PROJECT/.ci/run" "${scripts[@]}")
}

check_manual() {
    local problems
    problems=$(mandoc -Tlint -W warning "$PROJECT/docs/wabamigrate.1") || true
    [[ -z $problems ]] || { say "$problems"; return 1; }
}

failed=()
part() {
    local name=$1
    shift
    say "== $name"
    "$@" || failed+=("$name")
}

finish() {
    ((${#failed[@]})) || { say "== all is well"; exit 0; }
    say "== FAILED: ${failed[*]}"
    exit 1
}

packages=("${PACKAGES_TO_BUILD[@]}" "${PACKAGES_TO_RUN[@]}" "${PACKAGES_TO_BROWSE[@]}" nghttp2-proxy openssl procps python3 python3-h2)
case ${1:-} in
'' | --clang) packages+=(clang clang-format shellcheck mandoc) ;;
--asan) ;;
--valgrind) packages+=(valgrind libc6-dbg) ;;
--help) usage; exit 0 ;;
*) usage >&2; exit 2 ;;
esac
(($# <= 1)) || { usage >&2; exit 2; }

packages_ensure "${packages[@]}"
quiet_environment
case ${1:-} in
'')
    part 'layout (clang-format)' check_layout
    part 'scripts (shellcheck)' check_scripts
    part 'manual (mandoc)' check_manual
    # For its warnings alone, which do not hang on the optimiser.
    part 'clang: build' build_preset clang clang-warnings -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O0
    part 'gcc: build and every test' test_preset dev
    ;;
--clang) part 'clang: build and every test' test_preset clang ;;
--asan) part 'asan: build and every test' test_preset asan ;;
--valgrind) part 'valgrind: unit tests' test_under_valgrind ;;
esac
finish
