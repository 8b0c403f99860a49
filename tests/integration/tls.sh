#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The program against a real TLS peer that speaks HTTP/2 (nghttpx before the simulator): the
# certificate is verified, HTTP/2 is negotiated and shared where it only reads, the whole book moves, and
# a peer that cannot prove who it is never sees a token. A certificate that its authority has revoked is
# not told from a good one: libcurl is given no list, and asks nobody.
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

# The same, but not valid before the year 2100: openssl x509 cannot do that.
make_early_certificate() {
    : >"$PLACE/ca.index"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
        -keyout "$PLACE/early.key" -out "$PLACE/early.csr" 2>/dev/null
    printf '%s\n' '[ca]' 'default_ca = a' '[a]' "database = $PLACE/ca.index" "new_certs_dir = $PLACE" \
        'rand_serial = yes' 'default_md = sha256' 'policy = p' 'x509_extensions = x' '[p]' \
        'commonName = supplied' '[x]' 'subjectAltName = DNS:localhost' >"$PLACE/ca.conf"
    openssl ca -batch -config "$PLACE/ca.conf" -cert "$PLACE/ca.pem" -keyfile "$PLACE/ca.key" -notext \
        -startdate 21000101000000Z -enddate 21010101000000Z -in "$PLACE/early.csr" -out "$PLACE/early.pem" 2>/dev/null
}
make_own_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout "$PLACE/own.key" -out "$PLACE/own.pem" 2>/dev/null
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
make_early_certificate
make_own_certificate

"$WABAMIGRATE" simulate --make-book 40 12 "$PLACE" >/dev/null
simulator_starts world --manifest "$PLACE/book.yaml" --latency-ms 5-15
WORLD_PORT=${WABAMIGRATE_GRAPH_URL##*:}

proxy_starts good
program 7 --graph-url "https://localhost:$PORT" check "$PLACE/book.yaml"
same "an unknown authority is refused before anything is sent" 0 "$(requests '"method"')"
matches "the message says what is wrong" 'certificate|SSL' "$PLACE/err"

export WABAMIGRATE_CA_FILE=$PLACE/ca.pem WABAMIGRATE_GRAPH_URL=https://localhost:$PORT
connections() { grep "^$1" "$PLACE/good.access" | cut -d ' ' -f 4 | sort -u | wc -l; }
program 0,3 check "$PLACE/book.yaml"
same "a check, which reads only, speaks HTTP/2" "" "$(grep -v '^h2 GET ' "$PLACE/good.access" || true)"
say "        $(wc -l <"$PLACE/good.access") requests over $(connections h2) connections"
check "and shares a few connections" test "$(connections h2)" -le 4
: >"$PLACE/good.access"
program 4 run "$PLACE/book.yaml"
sign_up '{"all":true}'
program 0 run "$PLACE/book.yaml"
same "every number is done" 40 "$(sql "SELECT count(*) FROM wabamigrate.number_status WHERE state = 'done'")"
same "a run, which sends effects, speaks HTTP/1.1, where nothing is sent again by itself" "" \
    "$(grep -vE '^http/1.1 |^h2 GET [^ ]*/(debug_token|system_users)' "$PLACE/good.access" || true)"
requests_seen=$(grep -c '^http/1.1' "$PLACE/good.access")
say "        $requests_seen requests over $(connections http/1.1) connections"
check "connections are used again" test "$(connections http/1.1)" -lt "$((requests_seen / 2))"
# ---- certificates that must be refused, and an old protocol ----

unread() { # NAME WHAT WHY: nothing is sent to a peer with this certificate, and the message says why
    local before
    before=$(requests '"method"')
    proxy_starts "$1"
    program 7 --graph-url "https://localhost:$PORT" check "$PLACE/book.yaml"
    same "$2 is refused before anything is sent" "$before" "$(requests '"method"')"
    matches "and the message says so" "$3" "$PLACE/err"
}
unread other "a certificate for another host" "does not match|no alternative certificate subject"
unread old "an expired certificate" 'has expired'
unread early "a certificate that is not valid yet" 'not yet valid'
unread own "a certificate that nobody has signed" 'self.signed'

# The same peer with TLS 1.2 shows that it is the version that is refused.
old_peer() { # VERSION PATTERN
    PORT=$(free_port)
    openssl s_server -accept "127.0.0.1:$PORT" -cert "$PLACE/good.pem" -key "$PLACE/good.key" "-$1" \
        -cipher ALL:@SECLEVEL=0 -www >"$PLACE/s_server.out" 2>&1 &
    STARTED+=($!)
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        ! grep -q ACCEPT "$PLACE/s_server.out" || break
        sleep 0.05
    done
    program 7 --graph-url "https://localhost:$PORT" check "$PLACE/book.yaml"
    matches "a peer with nothing but $1: $2" "$2" "$PLACE/err"
}
old_peer tls1_2 'not the Graph API'
old_peer tls1_1 'cannot be reached.*(alert|version|SSL|TLS)'
finish
