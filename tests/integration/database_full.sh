#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The disk of the database is full while a book is being moved: the run pauses, says what the server says,
# and goes on by itself once there is room. The disk is a small tmpfs, so this needs root, and a place where
# root may mount; else it is skipped.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/postgres.sh
. "$(dirname "$0")/postgres.sh"
((EUID == 0)) || skip "only root may mount a small disk"
begin
servers_begin
mount -t tmpfs -o size=160m tmpfs "$SERVERS_HOME" 2>/dev/null || skip "mounting is not permitted here"
status=
trap 'status=$?; servers_end; umount "$SERVERS_HOME"; (exit "$status"); leave' EXIT
chown postgres: "$SERVERS_HOME"
server_is_made one "min_wal_size = 32MB" "max_wal_size = 32MB"
PORT=$(free_port)
server_starts one "$PORT"
# shellcheck disable=SC2034 # for query()
DATABASE=full_disk
(DATABASE=postgres && query "$PORT" "CREATE DATABASE full_disk")
export WABAMIGRATE_DATABASE=postgresql://wabamigrate@127.0.0.1:$PORT/full_disk
# shellcheck disable=SC2034 # for postgres.sh
LATENCY=10-30
book_begins full "$WABAMIGRATE_DATABASE" 60 10
program_starts --progress never run --concurrency 4 --doubt-grace 1s --patience 20s "$BOOK"

# Waits until COMMAND… succeeds or the run has ended.
until_true() {
    local tries
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        ! "$@" || return 0
        kill -0 "$RUN" 2>/dev/null || return 1
        sleep 0.02
    done
}
# shellcheck disable=SC2317 # called by name
is_under_way() { (($(requests /register) > 5)); }
# shellcheck disable=SC2317
is_told() { grep -q 'database.lost .*No space left on device' "$PLACE/err"; }
until_true is_under_way || miss "the run does not come to a registration" "$PLACE/err"
dd if=/dev/zero of="$SERVERS_HOME/filler" bs=64k 2>/dev/null || true # until there is no room
if until_true is_told; then
    pass "it says that there is no room, in the server's words"
else
    miss "it has ended without running out of room: this test has shown nothing" <(tail -n 5 "$PLACE/err")
fi
sleep 1
count=$(wc -l <"$LOG")
sleep 1
same "nothing is sent any more" "$count" "$(wc -l <"$LOG")"
check "it waits" kill -0 "$RUN"
rm "$SERVERS_HOME/filler"
program_ended 0 "there is room again, and the run goes on by itself to the end"
check "it was told at most twice" test "$(grep -c 'database.lost' "$PLACE/err")" -le 2
all_is_well "$WABAMIGRATE_DATABASE"
finish
