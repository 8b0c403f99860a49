# shellcheck shell=bash
# SPDX-License-Identifier: PostgreSQL
#
# lib.sh -- what the end-to-end tests share. Sourced, after `set -euo pipefail`.
#
# A test has a folder of its own, PLACE, in it a private database (XDG_STATE_HOME) and what the programs
# say, and it leaves nothing behind; KEEP=1 leaves PLACE, stopped, to look at. It prints a line a check.
# A check that fails is counted and shown with what differed; finish() ends the test accordingly.
# Exit codes: 0, 1, and 77 for a test that has been skipped.

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
PROJECT=$(cd "$HERE/../.." && pwd -P)
TEST=$(basename "$0" .sh)
PLACE=
SIMULATOR=
LOG=        # of the simulator that runs
FAILURES=0
STARTED=()  # processes to end at the end
STATES=()   # state folders whose database is to be stopped
ENDLESS=240 # seconds that nothing takes that works; not a measure of anything
TRIES_MAX=$((ENDLESS * 20)) # of waits of 0.05 s
# shellcheck disable=SC2034 # for those who source this
QUICKSTART=$PROJECT/examples/quickstart

say() { printf '%s\n' "$*"; }
die() {
    printf '%s: %s\n' "$TEST" "$*" >&2
    exit 1
}
skip() {
    printf 'SKIP %s: %s\n' "$TEST" "$*"
    exit 77
}

# ---- checks ----

pass() { printf 'ok      %s\n' "$*"; }
miss() { # DESCRIPTION [FILE…]: what went wrong, and what there is to read about it
    local text=$1 file
    shift
    FAILURES=$((FAILURES + 1))
    printf 'NOT OK  %s\n' "$text"
    for file in "$@"; do
        cut -c 1-300 "$file" | sed -n '1,30s/^/        | /p'
    done
}
# check DESCRIPTION COMMAND…: the command succeeds, and says why where it does not.
check() {
    local text=$1
    shift
    if "$@" >"$PLACE/check.out" 2>&1; then pass "$text"; else miss "$text" "$PLACE/check.out"; fi
}
# same DESCRIPTION EXPECTED FOUND
same() {
    if [[ $2 == "$3" ]]; then
        pass "$1"
    else
        miss "$1"
        diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | sed 's/^/        | /' || true
    fi
}
matches() { # DESCRIPTION EXTENDED-REGEX FILE
    if grep -qE -- "$2" "$3"; then pass "$1"; else miss "$1 (no line of it matches /$2/)" "$3"; fi
}
lacks() { # DESCRIPTION TEXT FILE
    if grep -qF -- "$2" "$3"; then miss "$1" <(grep -F -- "$2" "$3"); else pass "$1"; fi
}
finish() {
    ((FAILURES == 0)) || die "$FAILURES checks failed${SEED:+ (seed $SEED)}"
    say "$TEST: all is well"
    exit 0
}

# ---- the place ----

# Whether $1 is a process that we have started. One that has ended long ago may have given its number to a
# process of another test.
is_started() { [[ $(sed -n 's/^PPid:[[:blank:]]*//p' "/proc/$1/status" 2>/dev/null || true) == "$$" ]]; }
# Waits until process $1 has ended, and ends it where that takes for ever. `wait` has its exit code.
process_ends() {
    local tries
    for ((tries = 0; tries < ENDLESS * 20; tries++)); do
        is_started "$1" || return 0
        sleep 0.05
    done
    say "process $1 does not end; it is killed"
    kill -KILL "$1"
}
leave() {
    local status=$? pid state
    trap - EXIT
    for pid in "${STARTED[@]}"; do
        ! is_started "$pid" || kill -KILL "$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    for state in "${STATES[@]}"; do
        XDG_STATE_HOME=$state wabamigrate --quiet db stop >/dev/null 2>&1 || true
    done
    if [[ -n ${KEEP:-} && -n $PLACE ]]; then
        say "$TEST: kept $PLACE"
    elif [[ -n $PLACE ]]; then
        rm -rf "$PLACE"
    fi
    exit "$status"
}

# state NAME: from here on the private database of that name.
state() {
    local found
    export XDG_STATE_HOME=$PLACE/$1
    for found in "${STATES[@]}"; do
        [[ $found != "$XDG_STATE_HOME" ]] || return 0
    done
    STATES+=("$XDG_STATE_HOME")
    mkdir -m 711 "$XDG_STATE_HOME"
}

begin() {
    local name
    [[ -x ${WABAMIGRATE:=$(command -v wabamigrate || true)} ]] ||
        die "WABAMIGRATE must name the program (ctest does)"
    trap leave EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    PLACE=$(mktemp -d "${TMPDIR:-/tmp}/wabamigrate-$TEST.XXXXXX")
    # For root the database runs as another user, who has to pass through here.
    chmod 711 "$PLACE"
    for name in "${!WABAMIGRATE_@}" "${!PG@}"; do
        [[ $name == WABAMIGRATE_PG_BINDIR || $name == WABAMIGRATE_META_SPEC ]] || unset "$name"
    done
    export LC_ALL=C.UTF-8 TZ=UTC
    export META_SYSTEM_TOKEN=fictitious-system-token META_APP_SECRET=fictitious-app-secret
    export OLD_PARTNER_TOKEN=fictitious-token-of-the-old-partner
    state state
}

# ---- the program ----

# Runs it. Whatever takes so long never ends.
wabamigrate() { timeout --signal=KILL "$ENDLESS" "$WABAMIGRATE" "$@"; }
# program CODES ARGUMENTS…: runs it and wants one of the exit codes ("3", "3,4"). What it says is in
# $PLACE/out and $PLACE/err, its code in CODE.
program() {
    local wanted=$1
    shift
    CODE=0
    wabamigrate "$@" >"$PLACE/out" 2>"$PLACE/err" || CODE=$?
    if [[ ,$wanted, == *,$CODE,* ]]; then
        pass "exit code $CODE: wabamigrate ${*//$PROJECT\//}"
    else
        miss "exit code $CODE instead of $wanted: wabamigrate $*" <(tail -n 30 "$PLACE/err")
    fi
}
# program_starts ARGUMENTS…: the same in the background; its pid is in RUN.
program_starts() {
    "$WABAMIGRATE" "$@" >"$PLACE/out" 2>"$PLACE/err" &
    RUN=$!
    STARTED+=("$RUN")
}
# program_ended CODES WHAT: waits for RUN.
program_ended() {
    CODE=0
    process_ends "$RUN"
    wait "$RUN" 2>/dev/null || CODE=$?
    if [[ ,$1, == *,$CODE,* ]]; then
        pass "exit code $CODE: $2"
    else
        miss "exit code $CODE instead of $1: $2" <(tail -n 30 "$PLACE/err")
    fi
}

# ---- the world ----

# simulator_starts NAME OPTIONS…: a fresh world, logged in $PLACE/NAME.jsonl.
simulator_starts() {
    local name=$1 tries port=$PLACE/$1.port
    shift
    LOG=$PLACE/$name.jsonl
    : >"$LOG"
    "$WABAMIGRATE" simulate "$@" --listen 127.0.0.1:0 --port-file "$port" --log "$LOG" \
        >"$PLACE/$name.out" 2>&1 &
    SIMULATOR=$!
    STARTED+=("$SIMULATOR")
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        [[ ! -s $port ]] || break
        kill -0 "$SIMULATOR" 2>/dev/null || break
        sleep 0.05
    done
    [[ -s $port ]] || die "the simulator does not start: $(<"$PLACE/$name.out")"
    WABAMIGRATE_GRAPH_URL=http://127.0.0.1:$(<"$port")
    WORLD=$WABAMIGRATE_GRAPH_URL/simulator
    export WABAMIGRATE_GRAPH_URL
}
simulator_ends() {
    kill "$SIMULATOR"
    process_ends "$SIMULATOR"
}
# world NAME [JSON]: asks the simulator, or tells it.
world() {
    if (($# > 1)); then
        curl -sS --fail-with-body -H 'Content-Type: application/json' -d "$2" "$WORLD/$1"
    else
        curl -sS --fail-with-body "$WORLD/$1"
    fi
}
# Whom the JSON names signs up, and capture takes it. Codes live 30 seconds.
these_sign_up() {
    world signups "$1" >"$PLACE/signups.jsonl"
    [[ -s $PLACE/signups.jsonl ]] || die "nobody signed up"
    wabamigrate --quiet capture --file "$PLACE/signups.jsonl" >"$PLACE/capture.out" 2>&1
}
sign_up() { these_sign_up '{"all":true}'; }
# How many requests the log has of which this is a part (a fixed string).
requests() { grep -cF -- "$1" "$LOG" || true; }

# ---- the database ----

postgres_program() { # NAME: printed
    local candidate
    for candidate in "${WABAMIGRATE_PG_BINDIR:-}/$1" "$(command -v "$1" || true)" \
        /usr/lib/postgresql/*/bin/"$1"; do
        if [[ -x $candidate ]]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    die "there is no $1; install Debian's postgresql"
}
# Options of psql and pg_dump to reach the private database, which must be running.
database_options() {
    local data
    data=$(readlink -f "$XDG_STATE_HOME/wabamigrate/postgresql")
    printf '%s\n' --host="$(sed -n 5p "$data/postmaster.pid")" \
        --port="$(sed -n 4p "$data/postmaster.pid")" --username=wabamigrate --dbname=wabamigrate
}
# sql TEXT: fields by |, a row a line.
sql() {
    local options
    wabamigrate --quiet db status >/dev/null # it may have gone to sleep
    mapfile -t options < <(database_options)
    "$(postgres_program psql)" "${options[@]}" -XqAt -v ON_ERROR_STOP=1 -c "$1"
}
# One line a table: its rows and a digest of them.
snapshot() {
    local tables
    tables=$(sql "SELECT string_agg(format('SELECT %L, count(*), md5(string_agg(t::text, E''\\n''
                                            ORDER BY t::text)) FROM wabamigrate.%I t',
                                           tablename, tablename), ' UNION ALL ' ORDER BY tablename)
                    FROM pg_tables WHERE schemaname = 'wabamigrate'")
    sql "$tables"
}
# The same but for what a check keeps of its own.
batch_snapshot() { snapshot | grep -vE '^(assessment|look|reading)\|'; }

judge() { python3 "$HERE/judge.py" "$@"; }

# ---- whole books ----

# Another database and another world, both named $1, for $BOOK; then the simulator's options. Everybody
# is signed up.
fresh() {
    local name=$1
    shift
    [[ -z $SIMULATOR ]] || simulator_ends
    state "$name"
    simulator_starts "$name" --manifest "$BOOK" --latency-ms "${LATENCY:-5}" "$@"
    CODE=0
    wabamigrate --quiet run "$BOOK" >"$PLACE/out" 2>&1 || CODE=$?
    same "== $name: everybody waits for a signup" 4 "$CODE"
    sign_up || die "capture refuses: $(<"$PLACE/capture.out")"
}
count_state() { wabamigrate status --format csv | cut -d , -f 3 | grep -cx "$1" || true; }
state_of() { wabamigrate status --format csv | grep -F -- "$1," | cut -d , -f 3; }
running() { sql "SELECT count(*) FROM wabamigrate.step WHERE state = 'running'"; }
