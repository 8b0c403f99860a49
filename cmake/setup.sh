# shellcheck shell=bash
# SPDX-License-Identifier: PostgreSQL
#
# setup.sh -- what examples/quickstart.sh and tests/run.sh share: Debian packages and building.
# Sourced by bash; the caller sets PROJECT (the checkout) and `set -euo pipefail`.

# A word "a|b" is satisfied by either; a pattern is dpkg-query's. The first one gets installed.
# The caller adds these to what it needs.
# shellcheck disable=SC2034
PACKAGES_TO_BUILD=(
    gcc libc6-dev cmake ninja-build 'pkg-config|pkgconf'
    'libcurl4-openssl-dev|libcurl4-gnutls-dev' libpq-dev libyaml-dev libjson-c-dev libsodium-dev
    libmicrohttpd-dev libcunit1-dev
)
# The servers' programs only: no PostgreSQL cluster of the system is used.
# shellcheck disable=SC2034
PACKAGES_TO_RUN=('postgresql|postgresql-1[5-9]' ca-certificates curl)
# What only the tests of the HTML report need: a browser without a screen.
# shellcheck disable=SC2034
PACKAGES_TO_BROWSE=(chromium chromium-driver fonts-dejavu-core)

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

package_is_there() {
    local name found
    local -a names
    IFS='|' read -ra names <<<"$1"
    for name in "${names[@]}"; do
        # A pattern may name several; one that is installed is enough.
        found=$(dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null) || true
        [[ $'\n'$found$'\n' == *$'\n'installed$'\n'* ]] && return 0
    done
    return 1
}

# Installs what is missing of the packages given; calls apt only when something is.
packages_ensure() {
    local package
    local -a missing=() as_root=()
    for package in "$@"; do
        package_is_there "$package" || missing+=("${package%%|*}")
    done
    ((${#missing[@]})) || return 0

    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            fail "as root, please: apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing with apt (a minute or two): ${missing[*]}"
    apt "${as_root[@]}" update && apt "${as_root[@]}" install -y --no-install-recommends "${missing[@]}"
}

# apt [sudo] WORDS: what apt-get says is shown only when it fails.
apt() {
    local words=() output
    [[ $1 != sudo ]] || { words=(sudo); shift; }
    output=$("${words[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -o DPkg::Lock::Timeout=300 "$@" 2>&1) && return
    printf '%s\n' "$output" >&2
    fail "apt-get $1 has failed, see above"
}

# Where something is built, by its name: in the checkout, else (it is read-only, or somebody else
# built there) in this user's cache. Printed.
build_directory() {
    local wanted=$PROJECT/build/$1 parent
    parent=$wanted
    while [[ ! -e $parent ]]; do parent=${parent%/*}; done
    if [[ -w $parent && (! -e $wanted/CMakeCache.txt || -w $wanted/CMakeCache.txt) ]]; then
        printf '%s\n' "$wanted"
    else
        printf '%s/wabamigrate-build/%s-%s\n' "${XDG_CACHE_HOME:-${HOME:?}/.cache}" "$1" \
            "$(printf '%s' "$PROJECT" | cksum | cut -d ' ' -f 1)"
    fi
}

# A copied checkout brings a cache that points to the original.
forget_copied_cache() {
    local cache=$1/CMakeCache.txt
    if [[ -e $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PROJECT" "$cache"; then
        rm -rf "$cache" "$1/CMakeFiles"
    fi
}

# What build_preset builds: everything, or these targets alone.
BUILD_TARGETS=()

# build_preset PRESET [NAME [CMAKE ARGUMENTS]]: configures and builds; NAME is the directory's.
build_preset() {
    local preset=$1 name=${2:-$1} directory
    shift $(($# < 2 ? $# : 2))
    directory=$(build_directory "$name") || return
    forget_copied_cache "$directory"
    (cd "$PROJECT" && cmake --preset "$preset" -B "$directory" "$@") && cmake --build "$directory" ${BUILD_TARGETS:+--target "${BUILD_TARGETS[@]}"}
}
