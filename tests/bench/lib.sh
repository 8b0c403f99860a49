# shellcheck shell=bash
# SPDX-License-Identifier: PostgreSQL
#
# lib.sh -- what the benchmarks share: a world (a simulator with TLS, an empty embedded database), clocks,
# and how figures become a table. Sourced after cmake/setup.sh; the caller sets PROJECT and calls
# bench_begin.

BUILD=
PLACE= # a folder of our own for everything
SIMULATOR=
# Of the machine, because it has the packages: a Python of somebody's own does not see them.
# shellcheck disable=SC2034
PYTHON=/usr/bin/python3
TICKS=$(getconf CLK_TCK)

# Shows what a build says only when it fails.
quietly() {
    (cd "$PROJECT" && "$@") >"$PLACE/build.out" 2>&1 && return
    tail -n 40 "$PLACE/build.out" >&2
    fail 'the build has failed'
}

# bench_begin TARGET…: packages, the build, and an environment in which nothing else is found.
bench_begin() {
    local name
    trap bench_leave EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    packages_ensure "${PACKAGES_TO_BUILD[@]}" "${PACKAGES_TO_RUN[@]}" openssl
    PLACE=$(mktemp -d "${TMPDIR:-/tmp}/wabamigrate-bench.XXXXXX")
    chmod 711 "$PLACE"
    if [[ -z $BUILD ]]; then
        BUILD=$(build_directory release)
        forget_copied_cache "$BUILD"
        quietly cmake -S "$PROJECT" --preset release -B "$BUILD"
    fi
    quietly cmake --build "$BUILD" --target wabamigrate wabamigrate-simulator "$@"
    for name in "${!WABAMIGRATE_@}" "${!PG@}"; do
        unset "$name"
    done
    PATH=$BUILD:$PATH
    export LC_ALL=C.UTF-8 XDG_STATE_HOME=$PLACE/state WABAMIGRATE_CA_FILE=$PLACE/cert.pem
    export WABAMIGRATE_DB_IDLE=3600 # its stopping between two commands would be measured
    export META_SYSTEM_TOKEN=fictitious-system-token META_APP_SECRET=fictitious-app-secret
    export OLD_PARTNER_TOKEN=fictitious-token-of-the-old-partner
    LOAD_BEFORE=$(cut -d ' ' -f 1 /proc/loadavg)
}

bench_leave() {
    local status=$?
    trap - EXIT
    if [[ -n $PLACE ]]; then
        stop_world || true
        rm -rf "$PLACE"
    fi
    exit "$status"
}

# ---- a world, and its end ----

stop_simulator() {
    [[ -z $SIMULATOR ]] || kill "$SIMULATOR" 2>/dev/null || true
    [[ -z $SIMULATOR ]] || wait "$SIMULATOR" 2>/dev/null || true
    SIMULATOR=
    rm -f "$PLACE/requests.jsonl" "$PLACE/port"
}

stop_world() {
    stop_simulator
    [[ ! -e $PLACE/state/wabamigrate ]] || wabamigrate --quiet db stop >/dev/null
    rm -rf "$PLACE/state"
}

start_simulator() { # BOOK
    local tries
    "$BUILD/tests/simulator/wabamigrate-simulator" --manifest "$1" --scenario "$PLACE/scenario.json" \
        --latency-ms "$LATENCY_MS" --listen 127.0.0.1:0 --port-file "$PLACE/port" \
        --log "$PLACE/requests.jsonl" --tls-cert "$PLACE/cert.pem" --tls-key "$PLACE/key.pem" \
        >"$PLACE/simulator.out" 2>&1 &
    SIMULATOR=$!
    for ((tries = 0; tries < 1200; tries++)); do
        [[ ! -s $PLACE/port ]] || break
        sleep 0.05
    done
    [[ -s $PLACE/port ]] || fail "the simulator does not start: $(<"$PLACE/simulator.out")"
    WABAMIGRATE_GRAPH_URL=https://127.0.0.1:$(<"$PLACE/port")
    export WABAMIGRATE_GRAPH_URL
}

start_database() {
    # The database's user has to pass when this is run by root.
    mkdir -m 711 "$PLACE/state"
    wabamigrate --quiet db init >/dev/null
}

simulator() { # PATH BODY
    curl -sS --fail-with-body --cacert "$PLACE/cert.pem" -d "$2" "$WABAMIGRATE_GRAPH_URL/simulator/$1"
}

# A fresh simulator where everybody has signed up; the messages are in $PLACE/signups.jsonl.
start_signed_up() { # BOOK
    stop_simulator
    start_simulator "$1"
    simulator signups '{"all":true}' >"$PLACE/signups.jsonl"
}

# What capture has taken stays good for whoever is slow; what was asked so far is forgotten.
codes_live_on() {
    simulator clock '{"advance_seconds":-3600}' >/dev/null
    : >"$PLACE/requests.jsonl"
}

# A certificate that is its own authority, for an hour's use.
make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
        -keyout "$PLACE/key.pem" -out "$PLACE/cert.pem" 2>"$PLACE/openssl.out" ||
        fail "openssl: $(<"$PLACE/openssl.out")"
}

postmaster_line() { sed -n "$1p" "$PLACE/state/wabamigrate/postgresql/postmaster.pid"; }

sql() { # TEXT: fields by |, a row a line
    psql --host="$(postmaster_line 5)" --username=wabamigrate --dbname=wabamigrate -XqAt \
        -v ON_ERROR_STOP=1 -c "$1"
}

# Loads a book and calls nobody: the port is closed. What that used goes to $PLACE/used.
load_book() { # BOOK
    local status=0
    WABAMIGRATE_GRAPH_URL=http://127.0.0.1:9 "$BUILD/tests/bench/measure" "$PLACE/used" \
        wabamigrate --progress never run "$1" >/dev/null 2>"$PLACE/load.err" || status=$?
    ((status == 7)) || fail "loading ended with $status: $(tail -n 3 "$PLACE/load.err")"
}

# ---- clocks ----

now_ms() { printf '%d\n' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

ticks_of() { # PID, and with "all" its reaped children too
    # The command in parentheses may hold blanks: drop up to it.
    sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null |
        awk -v all="${2:-}" '{ print $12 + $13 + (all ? $14 + $15 : 0) }'
}

simulator_cpu_ms() { printf '%d\n' $(($(ticks_of "$SIMULATOR") * 1000 / TICKS)); }

postgres_cpu_ms() {
    local master child children sum ticks
    # A backend that is just ending is neither a child any more nor reaped yet: let it go first.
    sleep 0.3
    master=$(postmaster_line 1)
    sum=$(ticks_of "$master" all)
    read -ra children <"/proc/$master/task/$master/children" || true
    for child in "${children[@]}"; do
        ticks=$(ticks_of "$child") # none: it has ended meanwhile
        sum=$((sum + ${ticks:-0}))
    done
    printf '%d\n' $((sum * 1000 / TICKS))
}

lines() { wc -l <"$1"; }

value() { # NAME of a JSON log line
    sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}

# ---- figures: lines "NAME VALUE" in $FIGURES, one a round ----

note() { printf '%s %s\n' "$1" "$2" >>"$FIGURES"; }

# Median of the numbers on standard input, and the range where there are several. $1: printf format.
median() {
    sort -n | awk -v format="$1" '
        { v[NR] = $1 }
        END {
            if (NR == 0) { printf "-"; exit }
            m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
            if (NR == 1) printf format, m
            else printf format " (" format "–" format ")", m, v[1], v[NR]
        }'
}

# Figure $1, with the expression $2 applied to each (x is the figure, bound the concurrency ÷ latency).
spread() {
    awk -v name="$1" -v bound="${BOUND:-0}" "\$1 == name { x = \$2; print ${2:-x} }" "$FIGURES" |
        median "${3:-%.0f}"
}

# The ratio of two figures of the same round.
ratio() {
    awk -v a="$1" -v b="$2" '$1 == a { x[++n] = $2 } $1 == b { y[++k] = $2 }
        END { for (i = 1; i <= n && i <= k; i++) if (y[i] > 0) print x[i] / y[i] }' "$FIGURES" |
        median %.2f
}

# printf pads by bytes; these cells hold dashes and signs of several.
pad() { printf '%s%*s' "$2" $(($1 - ${#2})) ''; }

print_machine() {
    say "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
        "$(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r)"
    say "versions: $("$BUILD/wabamigrate" --version), $(curl --version | sed -n '1s/ (.*//p')," \
        "$(openssl version | cut -d ' ' -f 1-2), $(postgres_version)"
    say "load average before: $LOAD_BEFORE, after: $(cut -d ' ' -f 1 /proc/loadavg) (ours included)"
}

postgres_version() {
    psql --version 2>/dev/null | sed 's/psql (PostgreSQL)/PostgreSQL/; s/ (.*//' || say 'PostgreSQL ?'
}
