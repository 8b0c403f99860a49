#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
#   failover.sh [KILLS] [SEED]
#
# A book is moved while pg_auto_failover (Debian's pg-auto-failover and postgresql-15-auto-failover) keeps
# two nodes with synchronous replication on loopback, and the node that is primary is killed, manager and
# all, KILLS (20) times at random moments. One run, several hosts in its URL. It prints how long the run was
# without its database each time, and what became of the commit under way. Takes a quarter of an hour, so
# it is not part of tests/run.sh: WABAMIGRATE=build/dev/wabamigrate tests/integration/failover.sh
#
# How long a failover takes is the manager's doing. Its patience with a silent node is set to 4 seconds here
# (its own default is 20), so that twenty of them fit into the time.
# shellcheck disable=SC2317 # functions are called by name
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/postgres.sh
. "$(dirname "$0")/postgres.sh"
KILLS=${1:-20}
SEED=${2:-${WABAMIGRATE_TEST_SEED:-$((SRANDOM % 1000000))}}
CUSTOMERS=4 # few: their signup codes live 30 seconds
# shellcheck disable=SC2034 # for lib.sh
ENDLESS=3600
command -v pg_autoctl >/dev/null ||
    skip "there is no pg_autoctl; install Debian's pg-auto-failover and postgresql-15-auto-failover"
begin
servers_begin
RANDOM=$((SEED % 32768))
say "$KILLS kills; the seed is $SEED (failover.sh $KILLS $SEED)"

# ---- the cluster ----

declare -A NODE_PORT NODE_PID
autoctl() { # ENVIRONMENT that pg_autoctl keeps its files by
    as_server env HOME="$SERVERS_HOME" XDG_CONFIG_HOME="$SERVERS_HOME/config" \
        XDG_DATA_HOME="$SERVERS_HOME/share" XDG_RUNTIME_DIR="$SERVERS_HOME/run" \
        PATH="$BINARIES:$PATH" pg_autoctl "$@"
}
node_runs() { # NAME
    autoctl run --pgdata "$SERVERS_HOME/$1" >>"$SERVERS_HOME/$1.manager" 2>&1 &
    NODE_PID[$1]=$!
    STARTED+=($!)
}
# Everything of a node at one stroke.
tree_is_killed() {
    local child
    kill -STOP "$1" 2>/dev/null || return 0
    for child in $(pgrep -P "$1"); do
        tree_is_killed "$child"
    done
    kill -KILL "$1" 2>/dev/null || true
}
monitor() { # SQL
    "$(postgres_program psql)" "host=127.0.0.1 port=${NODE_PORT[monitor]} user=autoctl_node dbname=pg_auto_failover" -XqAt -c "$1" 2>/dev/null
}
# until_true SECONDS COMMAND…
until_true() {
    local until=$((SECONDS + $1))
    shift
    while ! "$@"; do
        ((SECONDS < until)) || return 1
        sleep 0.1
    done
}
answers() { monitor "SELECT 1" >/dev/null; }
is_healthy() {
    [[ $(monitor "SELECT string_agg(reportedstate::text, ',' ORDER BY reportedstate::text)
                    FROM pgautofailover.node WHERE reportedstate = goalstate AND health = 1") == primary,secondary ]]
}
primary() { monitor "SELECT nodename FROM pgautofailover.node WHERE reportedstate IN ('primary', 'wait_primary')"; }
cluster_ends() {
    local name
    for name in "${!NODE_PID[@]}"; do
        tree_is_killed "${NODE_PID[$name]}"
    done
}
status=
trap 'status=$?; cluster_ends; (exit "$status"); leave' EXIT

say "== a monitor and two nodes"
for name in monitor one two; do
    NODE_PORT[$name]=$(free_port)
done
autoctl create monitor --pgdata "$SERVERS_HOME/monitor" --pgport "${NODE_PORT[monitor]}" --hostname 127.0.0.1 \
    --auth trust --no-ssl >"$PLACE/monitor.out" 2>&1 || die "no monitor: $(tail -n 5 "$PLACE/monitor.out")"
cat >>"$SERVERS_HOME/monitor/postgresql.conf" <<'END'
pgautofailover.health_check_period = 500
pgautofailover.health_check_timeout = 1000
pgautofailover.health_check_max_retries = 1
pgautofailover.health_check_retry_delay = 500
pgautofailover.node_considered_unhealthy_timeout = 4000
pgautofailover.startup_grace_period = 2000
END
node_runs monitor
until_true 120 answers || die "the monitor does not answer: $(tail -n 5 "$SERVERS_HOME/monitor.manager")"
for name in one two; do
    autoctl create postgres --pgdata "$SERVERS_HOME/$name" --pgport "${NODE_PORT[$name]}" --hostname 127.0.0.1 \
        --name "$name" --auth trust --no-ssl --username wabamigrate --dbname wabamigrate \
        --monitor "postgres://autoctl_node@127.0.0.1:${NODE_PORT[monitor]}/pg_auto_failover" \
        >"$PLACE/$name.out" 2>&1 || die "no node $name: $(tail -n 5 "$PLACE/$name.out")"
    node_runs "$name"
    [[ $name == two ]] || until_true 120 test -s "$SERVERS_HOME/$name/postmaster.pid" || die "node $name does not start"
done
until_true 180 is_healthy || die "the cluster does not come up: $(monitor "SELECT nodename, reportedstate, goalstate, health FROM pgautofailover.node")"

# ---- the book ----

export WABAMIGRATE_DATABASE="postgresql://wabamigrate@127.0.0.1:${NODE_PORT[one]},127.0.0.1:${NODE_PORT[two]}/wabamigrate?target_session_attrs=read-write&connect_timeout=3"
# shellcheck disable=SC2034 # for postgres.sh
LATENCY=300-500
book_begins failover "$WABAMIGRATE_DATABASE" $((KILLS * 60)) "$CUSTOMERS"
RUN_LOG=$PLACE/run.log
"$WABAMIGRATE" --progress never --log-format json --verbose run --concurrency 4 --doubt-grace 1s --patience 60s "$BOOK" \
    >"$PLACE/run.out" 2>"$RUN_LOG" &
RUN=$!
STARTED+=("$RUN")
is_exchanged() { (($(requests oauth/access_token) >= CUSTOMERS)); }
until_true 120 is_exchanged || die "no code is exchanged"

backs() { grep -c '"event":"database.back"' "$RUN_LOG" || true; }
is_back() { (($(backs) > before)) || ! kill -0 "$RUN" 2>/dev/null; }
killed=0
for ((i = 0; i < KILLS; i++)); do
    kill -0 "$RUN" 2>/dev/null || break
    until_true 300 is_healthy || die "the cluster does not heal: $(monitor "SELECT nodename, reportedstate, goalstate, health FROM pgautofailover.node")"
    sleep "$((RANDOM % 3)).$((RANDOM % 10))$((RANDOM % 10))"
    kill -0 "$RUN" 2>/dev/null || break
    victim=$(primary)
    before=$(backs)
    tree_is_killed "${NODE_PID[$victim]}"
    killed=$((killed + 1))
    until_true 300 is_back || { miss "the run does not come back after kill $killed" <(tail -n 5 "$RUN_LOG"); break; }
    say "        kill $killed: $victim; $(grep '"event":"database.back"' "$RUN_LOG" | tail -n 1 | grep -o '"after.*')"
    node_runs "$victim"
done
say "== $killed kills, $(requests '"method"') requests by then; now to the end"
until_true 300 is_healthy || say "        the cluster has not healed"
process_ends "$RUN"
CODE=0
wait "$RUN" || CODE=$?
same "the run has ended with everything done" 0 "$CODE"
same "the primary was killed so often" "$KILLS" "$killed"
all_is_well "$WABAMIGRATE_DATABASE"
python3 - "$RUN_LOG" <<'END'
import collections, json, statistics, sys
backs = [line for line in map(json.loads, open(sys.argv[1], encoding="utf-8")) if line["event"] == "database.back"]
seconds = sorted(line["ms"] / 1000 for line in backs)
print(f"        without its database: {len(seconds)} times, min {seconds[0]:.1f} s, median"
      f" {statistics.median(seconds):.1f} s, max {seconds[-1]:.1f} s")
for what, times in collections.Counter(line["commit"] for line in backs).most_common():
    print(f"        {times:3} times: the commit under way: {what}")
END
finish
