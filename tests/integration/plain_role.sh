#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# A PostgreSQL server that trusts nobody: TLS only, passwords (SCRAM) only. The program works as a role that
# owns its database, and as one that may do no more than make a schema in somebody else's, with functions in
# front of PostgreSQL's own that would betray it. An auditor reads the story and no sealed value.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || skip "there is no openssl"
begin
ADDRESS=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m 1 -E '^[0-9.]+$' || true) # not loopback
ADDRESS=${ADDRESS:-127.0.0.1}
DATA=$PLACE/server
SOCKETS=$PLACE/sockets
PASSWORD=marker-password-Serviceberry

# ---- the server ----

AS_SERVER=()
if ((EUID == 0)); then AS_SERVER=(setpriv --reuid=postgres --regid=postgres --init-groups); fi
make_certificates() {
    local authority
    for authority in ca other-ca; do
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
            -subj '/CN=throw-away authority' -keyout "$PLACE/$authority.key" -out "$PLACE/$authority.pem"
    done
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
        -keyout "$DATA/server.key" -out "$PLACE/server.csr"
    openssl x509 -req -in "$PLACE/server.csr" -CA "$PLACE/ca.pem" -CAkey "$PLACE/ca.key" -CAcreateserial \
        -days 2 -out "$DATA/server.crt" -extfile <(printf 'subjectAltName=DNS:localhost,IP:%s\n' "$ADDRESS")
}
server_starts() {
    local tries
    PORT=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
    mkdir "$DATA" "$SOCKETS"
    ((EUID != 0)) || chown postgres: "$DATA" "$SOCKETS"
    chmod 700 "$DATA"
    "${AS_SERVER[@]}" "$(postgres_program initdb)" -D "$DATA" -U postgres -A trust --no-sync >"$PLACE/initdb.out" 2>&1
    make_certificates 2>/dev/null
    cat >"$DATA/pg_hba.conf" <<-END
	local   all postgres trust
	hostssl all all all  scram-sha-256
	END
    ((EUID != 0)) || chown postgres: "$DATA"/*
    chmod 600 "$DATA/server.key"
    "${AS_SERVER[@]}" "$(postgres_program postgres)" -D "$DATA" -p "$PORT" -k "$SOCKETS" \
        -c listen_addresses="localhost,$ADDRESS" -c ssl=on >"$PLACE/server.log" 2>&1 &
    STARTED+=($!)
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        ! admin postgres -c 'SELECT 1' >/dev/null 2>&1 || return 0
        sleep 0.05
    done
    die "the server does not start: $(<"$PLACE/server.log")"
}
admin() { # DATABASE PSQL-OPTIONS…
    local database=$1
    shift
    "$(postgres_program psql)" -XqAt -v ON_ERROR_STOP=1 -h "$SOCKETS" -p "$PORT" -U postgres -d "$database" "$@"
}
# url ROLE DATABASE [HOST] [PARAMETERS]
url() {
    printf 'postgresql://%s@%s:%s/%s?%s' "$1" "${3:-localhost}" "$PORT" "$2" \
        "${4:-sslmode=verify-full&sslrootcert=$PLACE/ca.pem&ssl_min_protocol_version=TLSv1.2}"
}
passwords() { # PASSWORD: of everybody
    printf '*:*:*:*:%s\n' "$1" >"$PLACE/passwords"
    chmod 600 "$PLACE/passwords"
}

server_starts
passwords "$PASSWORD"
export PGPASSFILE=$PLACE/passwords
admin postgres -v password="$PASSWORD" <<'END'
SET password_encryption = 'scram-sha-256';
CREATE ROLE owner LOGIN PASSWORD :'password';
CREATE ROLE guest LOGIN PASSWORD :'password';
CREATE ROLE auditor LOGIN PASSWORD :'password';
CREATE DATABASE own OWNER owner;
CREATE DATABASE shared;
REVOKE ALL ON DATABASE own, shared FROM PUBLIC;
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE shared TO guest;
GRANT CONNECT ON DATABASE own TO auditor;
ALTER DATABASE shared SET search_path = public, pg_catalog;
END
# Whoever may write to `public` lays these before everybody's feet.
admin shared <<'END'
CREATE FUNCTION public.betray() RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'betrayed: a function of public was called'; END $$;
CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT public.betray()::timestamptz';
CREATE FUNCTION public.to_char(timestamp, text) RETURNS text LANGUAGE sql AS 'SELECT public.betray()';
CREATE FUNCTION public.substr(bytea, integer, integer) RETURNS bytea LANGUAGE sql AS 'SELECT public.betray()::bytea';
CREATE FUNCTION public.hashtext(text) RETURNS integer LANGUAGE sql AS 'SELECT public.betray()::integer';
CREATE FUNCTION public.to_regclass(text) RETURNS regclass LANGUAGE sql AS 'SELECT public.betray()::regclass';
CREATE FUNCTION public.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS 'SELECT public.betray()';
END

# ---- everything, as a role that may little ----

wabamigrate simulate --make-book 12 3 "$PLACE"
BOOK=$PLACE/book.yaml
works_as() { # ROLE DATABASE
    export WABAMIGRATE_DATABASE
    WABAMIGRATE_DATABASE=$(url "$1" "$2")
    [[ -z $SIMULATOR ]] || simulator_ends
    simulator_starts "$1" --manifest "$BOOK" --latency-ms 1
    say "== as $1 of $2"
    same "$1 is nobody special" "f f f f f" "$(admin "$2" -c "SELECT rolsuper, rolcreaterole, rolcreatedb,
        rolreplication, rolbypassrls FROM pg_roles WHERE rolname = '$1'" | tr '|' ' ')"
    program 7 status
    matches "$1 is told what to do first" 'run .wabamigrate db init.' "$PLACE/err"
    program 0 db init
    program 0 db upgrade
    program 0 db status
    program 3 check "$BOOK"
    program 4 --quiet run "$BOOK"
    sign_up || die "capture refuses: $(<"$PLACE/capture.out")"
    program 0 --quiet run --doubt-grace 1s "$BOOK"
    program 0 status --format json
    program 0 report --format html --output "$PLACE/report.html"
    program 0 key rotate
    program 0 pins export --format csv --output "$PLACE/$1.pins"
    same "all PINs are there" 13 "$(wc -l <"$PLACE/$1.pins")"
    program 0 pause
    program 0 resume
    program 0 doctor
    same "no extension was needed" plpgsql "$(admin "$2" -c 'SELECT extname FROM pg_extension')"
    same "everything is in the one schema" wabamigrate "$(admin "$2" -c "SELECT DISTINCT relnamespace::regnamespace
        FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE r.rolname = '$1' AND relkind <> 't'
        AND relnamespace <> 'pg_toast'::regnamespace")"
}
works_as owner own
works_as guest shared
same "the databases share a key file: each has rotated it" 3 "$(wc -l <"$XDG_STATE_HOME/wabamigrate/key")"
WABAMIGRATE_DATABASE=$(url owner own)
program 0 key status
matches "what the other has rotated is told" 'a rotation has not ended' "$PLACE/out"
program 0 key rotate
WABAMIGRATE_CLOCK_OFFSET=120 program 0 key retire
WABAMIGRATE_DATABASE=$(url guest shared) program 0 pins export --format csv --output "$PLACE/again.pins"
check "and no PIN was lost" cmp "$PLACE/guest.pins" "$PLACE/again.pins"

say "== a wrong password, a wrong authority, no TLS"
refused() { # WHAT MESSAGE DATABASE-URL
    program 7 --verbose --database "$3" status
    matches "$1: it says so" "$2" "$PLACE/err"
    lacks "$1: and no password" marker "$PLACE/err"
}
passwords marker-wrong-Azarole
refused "a wrong password" 'password authentication failed for user "owner"' "$(url owner own)"
passwords "$PASSWORD"
refused "another authority" 'certificate verify failed' \
    "$(url owner own localhost "sslmode=verify-full&sslrootcert=$PLACE/other-ca.pem")"
refused "another host" 'does not match host name' \
    "$(url owner own localhost.localdomain "hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=$PLACE/ca.pem")"
refused "no TLS" 'no encryption' "$(url owner own localhost sslmode=disable)"
if [[ $ADDRESS != 127.0.0.1 ]]; then
    program 0 --database "$(url owner own "$ADDRESS" sslmode=require)" doctor
    matches "doctor warns of a host that proves nothing" '^link +warn  encrypted to .* sslmode=verify-full' "$PLACE/out"
    program 0 --database "$(url owner own "$ADDRESS")" doctor
    matches "and not of one that does" '^link +ok .*TLSv1.[23] to .* verified' "$PLACE/out"
fi

say "== the auditor"
PGPASSWORD=$PASSWORD "$(postgres_program psql)" -Xq -v ON_ERROR_STOP=1 -v auditor=auditor \
    -f "$PROJECT/examples/auditor.sql" "$(url owner own)"
story() { # ROLE FORMAT: what it is told
    wabamigrate --database "$(url "$1" own)" status --format "$2"
    wabamigrate --database "$(url "$1" own)" report --format "$2"
    wabamigrate --database "$(url "$1" own)" report --format "$2" --number "$(head -n 2 "$PLACE/owner.pins" | tail -n 1 | cut -d , -f 1)"
}
for format in table json csv; do
    story owner "$format" | sed -E 's/[0-9T:-]{19}Z//g' >"$PLACE/owner.$format"
    story auditor "$format" 2>"$PLACE/auditor.err" | sed -E 's/[0-9T:-]{19}Z//g' >"$PLACE/auditor.$format" ||
        miss "the auditor is refused" "$PLACE/auditor.err"
    check "in $format the auditor is told the same as the owner" cmp "$PLACE/owner.$format" "$PLACE/auditor.$format"
done
WABAMIGRATE_DATABASE=$(url auditor own)
program 7 pins export
program 7 pause
program 7 run "$BOOK"
matches "the auditor changes nothing" 'permission denied' "$PLACE/err"
program 7 key rotate
for column in number.pin_sealed number.verification_code_sealed customer.business_token_sealed customer.signup_code_sealed keyring.digest_key_sealed; do
    check "and reads no $column" bash -c '! "$@" 2>/dev/null' _ env "PGPASSWORD=$PASSWORD" \
        "$(postgres_program psql)" -XqAt -c "SELECT ${column#*.} FROM wabamigrate.${column%.*}" "$(url auditor own)"
done
finish
