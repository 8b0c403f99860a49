# shellcheck shell=bash
# SPDX-License-Identifier: PostgreSQL
#
# postgres.sh -- PostgreSQL servers of a test's own, on loopback, under PLACE. Sourced after lib.sh;
# servers_begin after begin(). PostgreSQL refuses to run as root: for root they run as `postgres`.

SERVERS=() # data folders
BINARIES=

servers_begin() {
    BINARIES=$(dirname "$(readlink -f "$(postgres_program initdb)")")
    [[ $EUID != 0 ]] || command -v runuser >/dev/null || skip "there is no runuser"
    SERVERS_HOME=$PLACE/servers
    server_folder "$SERVERS_HOME"
    status=
    trap 'status=$?; servers_end; (exit "$status"); leave' EXIT
}
as_server() {
    if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}
server_folder() {
    mkdir -m 700 "$1"
    ((EUID != 0)) || chown postgres: "$1"
}
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# server_is_made NAME: a new cluster, not started. Settings may follow, one an argument.
server_is_made() {
    local data=$SERVERS_HOME/$1 setting
    shift
    as_server "$BINARIES/initdb" --pgdata="$data" --username=wabamigrate --auth=trust --encoding=UTF8 \
        --locale=C --no-sync >"$PLACE/initdb.out" 2>&1 || die "initdb fails: $(<"$PLACE/initdb.out")"
    for setting in "shared_buffers = 16MB" "max_wal_size = 128MB" "listen_addresses = '127.0.0.1'" \
        "unix_socket_directories = '$SERVERS_HOME'" "$@"; do
        printf '%s\n' "$setting"
    done >>"$data/postgresql.conf"
    SERVERS+=("$data")
}
# server_is_copied NAME PORT: a standby of the server at PORT, not started.
server_is_copied() {
    as_server "$BINARIES/pg_basebackup" --pgdata="$SERVERS_HOME/$1" --write-recovery-conf --no-sync \
        --checkpoint=fast --dbname="host=127.0.0.1 port=$2 user=wabamigrate application_name=$1" \
        >"$PLACE/basebackup.out" 2>&1 || die "pg_basebackup fails: $(<"$PLACE/basebackup.out")"
    SERVERS+=("$SERVERS_HOME/$1")
}
# server_starts NAME PORT
server_starts() {
    as_server "$BINARIES/pg_ctl" --pgdata="$SERVERS_HOME/$1" --log="$SERVERS_HOME/$1.log" --timeout=120 \
        --wait --options="-p $2" start >"$PLACE/start.out" 2>&1 ||
        die "the server $1 does not start: $(<"$PLACE/start.out") $(tail -n 5 "$SERVERS_HOME/$1.log")"
}
server_control() { # NAME WORDS…: pg_ctl
    local data=$SERVERS_HOME/$1
    shift
    as_server "$BINARIES/pg_ctl" --pgdata="$data" --timeout=120 --wait "$@" >"$PLACE/control.out" 2>&1
}
# The whole server at once, as a power cut would.
server_is_killed() {
    local postmaster
    postmaster=$(head -n 1 "$SERVERS_HOME/$1/postmaster.pid")
    # The children first would have the postmaster start new ones.
    kill -STOP "$postmaster"
    pkill -KILL -P "$postmaster" || true
    kill -KILL "$postmaster"
}
# query PORT SQL: fields by |, a row a line.
query() {
    "$(postgres_program psql)" "host=127.0.0.1 port=$1 user=wabamigrate dbname=${DATABASE:-postgres}" \
        -XqAt -v ON_ERROR_STOP=1 -c "$2"
}
servers_end() {
    local data
    for data in "${SERVERS[@]}"; do
        as_server "$BINARIES/pg_ctl" --pgdata="$data" --mode=immediate --timeout=60 stop >/dev/null 2>&1 || true
    done
}

# ---- books ----

# book_begins NAME URL NUMBERS CUSTOMERS: the schema, a book, and a world in which everybody has signed up.
book_begins() {
    wabamigrate --database "$2" --quiet db init >/dev/null
    wabamigrate simulate --make-book "$3" "$4" "$PLACE" >/dev/null
    BOOK=$PLACE/book.yaml
    [[ -z $SIMULATOR ]] || simulator_ends
    simulator_starts "$1" --manifest "$BOOK" --latency-ms "${LATENCY:-3}"
    CODE=0
    wabamigrate --database "$2" --quiet run "$BOOK" >"$PLACE/out" 2>&1 || CODE=$?
    same "everybody waits for a signup" 4 "$CODE"
    world signups '{"all":true}' >"$PLACE/signups.jsonl"
    wabamigrate --database "$2" --quiet capture --file "$PLACE/signups.jsonl" >"$PLACE/capture.out" 2>&1 ||
        die "capture refuses: $(<"$PLACE/capture.out")"
}
# all_is_well URL: everything is where an undisturbed run leaves it.
all_is_well() {
    local psql
    psql=$(postgres_program psql)
    wabamigrate --database "$1" report --format json --output "$PLACE/report.json"
    wabamigrate --database "$1" pins export --format json --output "$PLACE/pins.json"
    world state >"$PLACE/state.json"
    same "every number is done" "" "$(judge states "$PLACE/report.json" | grep -v ' done$' || true)"
    check "the database and the world agree, PINs and all" \
        judge world "$PLACE/state.json" "$PLACE/report.json" "$PLACE/pins.json"
    check "nothing with an effect was even sent twice" judge once "$LOG"
    same "no step is left running, none in doubt, and no outcome is missing from the history" "0|0|0" "$("$psql" "$1" -XqAt -c "
        SELECT count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE is_in_doubt),
               (SELECT count(*) FROM wabamigrate.attempt WHERE outcome IS NULL OR outcome = 'lost')
          FROM wabamigrate.step")"
}
