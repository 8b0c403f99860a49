#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# See wabamigrate work, from a fresh Debian 12 on, as root or as a user with sudo:
#
#   examples/quickstart.sh
#
# It installs what is missing, builds, and plays two nights against a simulated Graph API on this
# machine. It asks nothing of the network but Debian's packages, and leaves nothing behind but these and build/.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"

EXAMPLE=$PROJECT/examples/quickstart
LINES_FIRST=16 LINES_LAST=26 # what is shown of a long report: its beginning, and its summary
PLACE= # a folder of our own: the private database, the simulator's log, what the programs say
SIMULATOR=
RUN=

leave() {
    local status=$? data
    trap - EXIT
    [[ -z $RUN ]] || kill -KILL "$RUN" 2>/dev/null || true
    [[ -z $SIMULATOR ]] || kill "$SIMULATOR" 2>/dev/null || true
    if [[ -n $PLACE ]]; then
        # The database is in that folder, so it has to stop before the folder goes.
        [[ ! -d $PLACE/state/wabamigrate ]] ||
            wabamigrate --quiet db stop >"$PLACE/stop.out" 2>&1 || cat "$PLACE/stop.out" >&2
        wait || true
        # A link where PostgreSQL's user cannot pass through TMPDIR.
        data=$(readlink "$PLACE/state/wabamigrate/postgresql") || data=
        rm -rf "$PLACE" ${data:+"$data"}
    fi
    ((status < 128)) || say "quickstart.sh: interrupted; it has cleaned up" >&2
    ((status == 0 || status >= 128)) || say "quickstart.sh: stopped by an error, see above; it has cleaned up" >&2
    exit "$status"
}

step() { printf '\n== %s\n' "$*"; }

# Runs wabamigrate as a reader would, and wants one of the exit codes before the "--".
show() {
    local expected=() status=0 lines
    while [[ $1 != -- ]]; do
        expected+=("$1")
        shift
    done
    shift
    printf '$ wabamigrate %s\n' "${*/#$EXAMPLE\//}"
    wabamigrate "$@" >"$PLACE/shown.out" || status=$?
    lines=$(wc -l <"$PLACE/shown.out")
    if ((lines <= LINES_FIRST + LINES_LAST)); then
        cat "$PLACE/shown.out"
    else
        head -n "$LINES_FIRST" "$PLACE/shown.out"
        say "… $((lines - LINES_FIRST - LINES_LAST)) lines …"
        tail -n "$LINES_LAST" "$PLACE/shown.out"
    fi
    printf '(exit code %d)\n' "$status"
    [[ " ${expected[*]} " == *" $status "* ]] ||
        fail "this ended with exit code $status; expected: ${expected[*]}"
}

build() {
    BUILD_TARGETS=(wabamigrate wabamigrate-simulator)
    # In a subshell: an interrupted function would leave with its own output, and say so in there.
    if ! (build_preset release) >"$PLACE/build.out" 2>&1; then
        tail -n 40 "$PLACE/build.out" >&2
        fail "the build has failed"
    fi
    PATH=$(build_directory release):$PATH
    hash -r
}

# Tokens and ids of a world that does not exist.
set_environment() {
    local name
    for name in "${!WABAMIGRATE_@}" "${!PG@}"; do
        unset "$name"
    done
    export XDG_STATE_HOME=$PLACE/state
    export META_SYSTEM_TOKEN=fictitious-system-token
    export META_APP_SECRET=fictitious-app-secret
    export OLD_PARTNER_TOKEN=fictitious-token-of-the-old-partner
}

start_simulator() {
    local tries
    wabamigrate simulate --manifest "$EXAMPLE/book.yaml" --scenario "$EXAMPLE/scenario.json" \
        --listen 127.0.0.1:0 --port-file "$PLACE/port" --log "$PLACE/requests.jsonl" \
        >"$PLACE/simulator.out" 2>&1 &
    SIMULATOR=$!
    for ((tries = 0; tries < 200; tries++)); do
        [[ ! -s $PLACE/port ]] || break
        kill -0 "$SIMULATOR" 2>/dev/null || break
        sleep 0.05
    done
    if [[ ! -s $PLACE/port ]]; then
        cat "$PLACE/simulator.out" >&2
        fail "the simulator does not start"
    fi
    WABAMIGRATE_GRAPH_URL=http://127.0.0.1:$(<"$PLACE/port")
    export WABAMIGRATE_GRAPH_URL
}

# How many numbers have been registered, by the simulator's own log.
registered() {
    grep -c '/register".*"effect":true' "$PLACE/requests.jsonl" || true
}

# Starts a run and kills it without warning when it has registered $1 numbers.
run_and_kill() {
    local wanted=$1 tries
    printf '$ wabamigrate run --concurrency 4 book.yaml &\n'
    wabamigrate --quiet --progress never run --concurrency 4 "$EXAMPLE/book.yaml" >"$PLACE/run.out" 2>&1 &
    RUN=$!
    for ((tries = 0; tries < 1200; tries++)); do
        (($(registered) < wanted)) || break
        kill -0 "$RUN" 2>/dev/null || break
        sleep 0.05
    done
    if ! kill -KILL "$RUN" 2>/dev/null; then
        cat "$PLACE/run.out" >&2
        fail "the run ended before it could be killed"
    fi
    printf '$ kill -KILL %d\n' "$RUN"
    wait "$RUN" 2>/dev/null || true
    RUN=
}

# What the simulator saw: for each call that must not happen twice, how often it was sent, how often it
# took effect, and how many of those effects were one too many.
compare() {
    awk '
        function value(name,   text) { # of a "name":"text" in the line
            if (!match($0, "\"" name "\":\"[^\"]*\"")) return ""
            text = substr($0, RSTART, RLENGTH)
            gsub("^\"" name "\":\"|\"$", "", text)
            return text
        }
        { path = value("path"); sub("^/v[0-9.]+/", "", path); kind = "" }
        path ~ /\/register$/                     { kind = "register a number"; key = path }
        path ~ /\/whatsapp_credit_sharing/       { kind = "share the credit line"; key = value("waba_id") }
        path ~ /\/whatsapp_credit_attach/        { kind = "attach the credit line"; key = path }
        path == "oauth/access_token"             { kind = "exchange a code"; key = value("code") }
        kind == "" || value("method") == "DELETE" { next }
        value("method") == "GET" && kind != "exchange a code" { next }
        { sent[kind]++ }
        /"effect":true/ { effects[kind]++; if (seen[kind, key]++) twice[kind]++ }
        END {
            printf "  %-24s %8s %12s %12s\n", "", "sent", "took effect", "of it twice"
            for (kind in sent) {
                printf "  %-24s %8d %12d %12d\n", kind, sent[kind], effects[kind], twice[kind]
                bad += twice[kind]
                any += effects[kind]
            }
            exit bad > 0 || any == 0
        }' "$PLACE/requests.jsonl"
}

trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

packages_ensure "${PACKAGES_TO_BUILD[@]}" "${PACKAGES_TO_RUN[@]}"
PLACE=$(mktemp -d "${TMPDIR:-/tmp}/wabamigrate-quickstart.XXXXXX")
# For root the database runs as another user, who has to pass through here.
mkdir "$PLACE/state"
chmod 711 "$PLACE" "$PLACE/state"

step "Building (the first time takes a minute; later only what has changed)"
build
set_environment

step "A Graph API of our own: a simulator on loopback, with a small book of customers"
start_simulator
say "It answers at $WABAMIGRATE_GRAPH_URL and knows the world of examples/quickstart/book.yaml."

step "check: a dry run. It reads, applies every rule, and changes nothing"
show 3 -- check --format table "$EXAMPLE/book.yaml"
say "Code 3: some numbers are not eligible; each says what is wrong, who must act, and how."

step "run: loads the book. Nobody has signed up yet, so there is nothing to move"
show 3 4 -- --quiet run "$EXAMPLE/book.yaml"
say "Code 4: the numbers wait, here for a person. (Code 3: and some are blocked.)"

step "The customers go through Embedded Signup; capture takes what their browsers hand over"
say "\$ curl … /simulator/signups | wabamigrate capture"
curl -sS --fail-with-body -X POST -H 'Content-Type: application/json' -d '{"all":true}' \
    "$WABAMIGRATE_GRAPH_URL/simulator/signups" >"$PLACE/signups.jsonl"
# Code 2: a line was refused, by its number; the others are taken all the same.
wabamigrate --quiet --accept 2 capture --file "$PLACE/signups.jsonl"
signups=$(wc -l <"$PLACE/signups.jsonl")
say "($signups signups)"

step "The first night: a run, and half-way the machine \"loses power\" (SIGKILL)"
run_and_kill $(($(registered) + signups / 3))
say "Killed with $(registered) numbers registered. Whatever was in flight is in doubt now."

step "The second night: the same command. It looks up what is in doubt, and goes on"
show 0 3 4 -- --quiet run --patience 1m "$EXAMPLE/book.yaml"
say "Code 3: finished, and some numbers are blocked or have failed. Code 4: some wait for a person or a time."

step "report: where every number stands, and whose turn it is"
show 0 -- report --format table

step "Nothing twice: what the simulator saw in both nights together"
compare || fail "something took effect twice"
say "More may be sent than took effect (a refused call); nothing took effect twice."
