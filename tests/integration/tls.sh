#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The program against a real TLS peer that speaks HTTP/2 (nghttpx before the simulator): the
# certificate is verified, HTTP/2 is negotiated and shared, the whole book moves, and a peer that cannot
# prove who it is never sees a token.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

command -v nghttpx >/dev/null || skip "there is no nghttpx; install Debian's nghttp2-proxy"
command -v openssl >/dev/null || skip "there is no openssl"
begin

# An authority, and a certificate of it: NAME SUBJECT DAYS.
make_authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj '/CN=throw-away authority' -keyout "$PLACE/ca.key" -out "$PLACE/ca.pem" 2>/dev/null
}
make_certificate() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
        -keyout "$PLACE/$1.key" -out "$PLACE/$1.csr" 2>/dev/null
    openssl x509 -req -in "$PLACE/$1.csr" -CA "$PLACE/ca.pem" -CAkey "$PLACE/ca.key" -CAcreateserial \
        -days "$3" -out "$PLACE/$1.pem" -extfile <(printf 'subjectAltName=%s\n' "$4") 2>/dev/null
}

free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# proxy_starts CERTIFICATE: nghttpx on a free port before the simulator; the port is in PORT.
proxy_starts() {
    local tries
    PORT=$(free_port)
    # shellcheck disable=SC2016 # $alpn and the others are nghttpx's
    nghttpx --conf=/dev/null --workers=1 --frontend="127.0.0.1,$PORT" --backend="127.0.0.1,${WORLD_PORT}" \
        --accesslog-file="$PLACE/$1.access" --accesslog-format='$alpn $method $path $remote_port' \
        --errorlog-file="$PLACE/$1.error" "$PLACE/$1.key" "$PLACE/$1.pem" >/dev/null 2>&1 &
    STARTED+=($!)
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        ! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null || return 0
        sleep 0.05
    done
    die "nghttpx does not start: $(<"$PLACE/$1.error")"
}

make_authority
make_certificate good localhost 2 DNS:localhost
make_certificate other example.org 2 DNS:example.org
make_certificate old localhost -1 DNS:localhost

"$WABAMIGRATE" simulate --make-book 40 12 "$PLACE" >/dev/null
simulator_starts world --manifest "$PLACE/book.yaml" --latency-ms 5-15
WORLD_PORT=${WABAMIGRATE_GRAPH_URL##*:}

proxy_starts other
program 7 --graph-url "https://localhost:$PORT" --ca-file "$PLACE/ca.pem" check "$PLACE/book.yaml"
same "a certificate for another host is refused before anything is sent" 0 "$(requests '"method"')"
proxy_starts old
program 7 --graph-url "https://localhost:$PORT" --ca-file "$PLACE/ca.pem" check "$PLACE/book.yaml"
same "an expired certificate is refused before anything is sent" 0 "$(requests '"method"')"
proxy_starts good
program 7 --graph-url "https://localhost:$PORT" check "$PLACE/book.yaml"
same "an unknown authority is refused before anything is sent" 0 "$(requests '"method"')"
matches "the message says what is wrong" 'certificate|SSL' "$PLACE/err"

export WABAMIGRATE_CA_FILE=$PLACE/ca.pem WABAMIGRATE_GRAPH_URL=https://localhost:$PORT
program 4 run "$PLACE/book.yaml"
sign_up '{"all":true}'
program 0 run "$PLACE/book.yaml"
same "every number is done" 40 "$(sql "SELECT count(*) FROM wabamigrate.number_status WHERE state = 'done'")"
same "every request came over HTTP/2" "" "$(grep -v '^h2 ' "$PLACE/good.access" || true)"
requests_seen=$(wc -l <"$PLACE/good.access")
connections=$(cut -d ' ' -f 4 "$PLACE/good.access" | sort -u | wc -l)
say "        $requests_seen requests over $connections connections"
# The code exchange has no body that could stop libcurl from sending it again by itself, so each gets a
# connection of its own; everything else shares a few.
exchanges=$(grep -c 'oauth/access_token' "$PLACE/good.access" || true)
check "connections are shared" test "$connections" -le $((exchanges + 10))
finish
