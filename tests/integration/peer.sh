#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# The program against a peer that misbehaves in every way we could think of (peer.py, before the
# simulator). Every row of the tables is met once, by a subject of its own, in one run of one book: each
# number must end done, every effect must have been sent as often as the row says and have happened once,
# and no token may have gone anywhere else.
# shellcheck disable=SC2317 # some functions are called by name
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PYTHON=/usr/bin/python3 # Debian's, which has python3-h2
"$PYTHON" -c 'import h2' 2>/dev/null || skip "there is no python3-h2"
command -v openssl >/dev/null || skip "there is no openssl"
begin

REGISTER='^POST /v[0-9.]+/[0-9]+/register$'
EXCHANGE='^GET /v[0-9.]+/oauth/access_token'
READ='^GET /v[0-9.]+/80[0-9]+\?'

# WHEN FAULT, the outcome of that attempt, and how many registrations the peer sees in all: a second one
# only where the look-up has shown that the first had no effect.
registrations() {
    cat <<'ROWS'
before reset             unsure 2
after  reset             unsure 1
before close             unsure 2
after  close             unsure 1
before silent            unsure 2
after  silent            unsure 1
after  stalled_body      unsure 1
after  byte_a_second     unsure 1
after  cut_body          unsure 1
after  huge_body         unsure 1
before huge_body         unsure 2
after  endless_chunks    unsure 1
after  endless_headers   unsure 1
after  one_long_header   unsure 1
after  endless_continue  unsure 1
after  early_hints       done   1
after  many_cookies      done   1
after  no_http           unsure 1
before no_http           unsure 2
after  odd_version       unsure 1
after  status_words      unsure 1
after  negative_length   unsure 1
after  bad_chunk         unsure 1
after  invalid_utf8      unsure 1
after  zero_byte         unsure 1
after  deep_json         unsure 1
after  two_documents     unsure 1
after  page              unsure 1
before page              unsure 2
after  empty             unsure 1
before empty             unsure 2
after  no_content        unsure 1
after  bare_true         unsure 1
after  other_shape       unsure 1
after  huge_numbers      unsure 1
after  gzip              unsure 1
after  gzip_bomb         unsure 1
after  transfer_bomb     unsure 1
before redirect_301      unsure 2
before redirect_302      unsure 2
after  redirect_302      unsure 1
before redirect_303      unsure 2
before redirect_307      unsure 2
before redirect_308      unsure 2
after  redirect_home     unsure 1
before redirect_home     unsure 2
before redirect_plain    unsure 2
before server_error      unsure 2
after  server_error      unsure 1
after  retry_never       unsure 1
before error_in_200      unsure 2
after  success_in_500    unsure 1
before log_injection     unsure 2
after  absurd_usage      done   1
after  other_type        done   1
before early             done   1
before early_close       unsure 2
after  answered_twice    done   1
ROWS
}

# A code is exchanged once, whatever becomes of it: the look-up asks whether the partner's own token
# reaches the WABA.
exchanges() {
    cat <<'ROWS'
before reset             unsure 1
after  reset             unsure 1
after  close             unsure 1
after  silent            unsure 1
after  huge_body         unsure 1
before redirect_307      unsure 1
before server_error      unsure 1
after  invalid_utf8      unsure 1
ROWS
}

# Reads are repeated until there is an answer: a run's over HTTP/1.1 …
reads() {
    cat <<'ROWS'
before reset
before close
before silent
before byte_a_second
before huge_body
before deep_json
before many_values
before redirect_302
before server_error
before retry_soon
ROWS
}
# … and a check's, which shares its connections, over HTTP/2. libcurl itself sends `refused` and
# `goaway_below` again, on the peer's word that they were not processed; that is why no effect comes this
# way.
shared_reads() {
    cat <<'ROWS'
before refused
before broken
after  broken_within
before goaway_below
after  goaway_error
before reset
before huge_body
before endless_headers
before garbage
after  bad_header
ROWS
}

make_certificates() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout "$PLACE/peer.key" -out "$PLACE/peer.pem" 2>/dev/null
}

# peer_starts NAME OPTIONS…: with the plan on standard input; its ports are in PORT and TRAP.
peer_starts() {
    local name=$1 tries
    shift
    PEER_LOG=$PLACE/$name.peer
    MODE=$PLACE/$name.mode
    cat >"$PLACE/$name.plan"
    : >"$MODE"
    "$PYTHON" "$HERE/peer.py" --upstream "$WORLD_PORT" --plan "$PLACE/$name.plan" --log "$PEER_LOG" \
        --ports "$PLACE/$name.ports" --mode "$MODE" --cert "$PLACE/peer.pem" --key "$PLACE/peer.key" "$@" \
        >"$PLACE/$name.err" 2>&1 &
    STARTED+=($!)
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        [[ ! -s $PLACE/$name.ports ]] || break
        sleep 0.05
    done
    read -r PORT TRAP <"$PLACE/$name.ports" || die "the peer does not start: $(<"$PLACE/$name.err")"
    export WABAMIGRATE_GRAPH_URL=https://localhost:$PORT WABAMIGRATE_CA_FILE=$PLACE/peer.pem
}
# A program that runs ours and keeps the most memory it has had, in KiB, in $PLACE/peak.
measure() {
    cat >"$PLACE/measured" <<SCRIPT
#!$PYTHON
import resource, subprocess, sys
code = subprocess.call(["$WABAMIGRATE"] + sys.argv[1:])
open("$PLACE/peak", "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
SCRIPT
    chmod +x "$PLACE/measured"
    WABAMIGRATE=$PLACE/measured
}
# faults_dealt LOG PROTOCOL COUNT
faults_dealt() {
    same "the peer has dealt each of its $3 faults, over $2" "$3 " \
        "$(grep -c "\"$2\".*\"when\": \"[ab]" "$1") $(grep -F '"when": "' "$1" | grep -E '"when": "[ab]' | grep -vF "\"$2\"" || true)"
}
plan() { # CALL: the rows on standard input as lines of a plan
    local when fault _
    while read -r when fault _; do
        printf '%s\t%s\t%s\n' "$1" "$when" "$fault"
    done
}

make_certificates
NUMBERS=$(($(registrations | wc -l) + 3))
CUSTOMERS=$(($(reads | wc -l) + $(shared_reads | wc -l)))
wabamigrate simulate --make-book "$NUMBERS" "$CUSTOMERS" "$PLACE" >/dev/null
BOOK=$PLACE/book.yaml
simulator_starts world --manifest "$BOOK"
WORLD_PORT=${WABAMIGRATE_GRAPH_URL##*:}
# What would carry a token elsewhere, were it read.
printf 'machine localhost login someone password netrc-marker\n' >"$PLACE/.netrc"
chmod 600 "$PLACE/.netrc"
export HOME=$PLACE

# ---- every fault once ----

peer_starts shared < <(shared_reads | plan "$READ")
program 0,3,4 --log-format json check --timeout 4s --format json "$BOOK"
faults_dealt "$PEER_LOG" h2 "$(shared_reads | wc -l)"
same "the check misses nothing for that" 0 "$(grep -c check.unread "$PLACE/err")"

# A silent connection is not closed by that: the next requests must not go the same way.
peer_starts silent < <(echo before silent | plan "$READ")
program 0,3,4 --log-format json check --timeout 2s --format json "$BOOK"
same "nor for a shared connection that goes silent" 0 "$(grep -c check.unread "$PLACE/err")"

peer_starts all < <(reads | plan "$READ"; exchanges | plan "$EXCHANGE"; registrations | plan "$REGISTER")
program 4 --log-format json run --timeout 4s --patience 60s --doubt-grace 4s --concurrency 32 "$BOOK"
sign_up
( # in a shell of its own: what is measured is this run alone
    measure
    program 0 --log-format json run --timeout 4s --patience 60s --doubt-grace 4s --concurrency 32 "$BOOK"
    exit $((FAILURES > 0))
) || FAILURES=$((FAILURES + 1))
say "        at most $(<"$PLACE/peak") KiB of memory, against a dozen answers of 100 MB"
check "no more than 8 MiB of an answer are held" test "$(<"$PLACE/peak")" -lt 98304
faults_dealt "$PEER_LOG" http/1.1 $(($(reads | wc -l) + $(exchanges | wc -l) + $(registrations | wc -l)))
same "every number is done" "$NUMBERS" \
    "$(sql "SELECT count(*) FROM wabamigrate.number_status WHERE state = 'done'")"

# What came of each fault: WHEN FAULT OUTCOME REQUESTS, from the peer's log and the first attempt.
sql "SELECT n.phone_number_id, (SELECT a.outcome FROM wabamigrate.attempt a
                                 WHERE a.step_id = s.step_id AND a.phase = 'register' AND a.outcome <> 'not_sent'
                                 ORDER BY epoch LIMIT 1)
       FROM wabamigrate.number n JOIN wabamigrate.step s ON s.number_id = n.number_id
      WHERE s.kind = 'register_number'" >"$PLACE/outcomes"
"$PYTHON" - "$PEER_LOG" "$PLACE/outcomes" >"$PLACE/registrations" <<'PYTHON'
import json, sys
outcomes = dict(line.rstrip("\n").split("|") for line in open(sys.argv[2]))
first, requests = {}, {}
for line in map(json.loads, open(sys.argv[1])):
    if line.get("method") == "POST" and line["path"].endswith("/register"):
        subject = line["path"].split("/")[2]
        first.setdefault(subject, f"{line['when']} {line['fault']}")
        requests[subject] = requests.get(subject, 0) + 1
for subject, fault in first.items():
    if not fault.endswith(" none"):
        print(fault, outcomes[subject], requests[subject])
PYTHON
same "each registration is concluded as it should be, and sent again only where it had not happened" \
    "$(registrations | tr -s ' ' | sort)" "$(sort "$PLACE/registrations")"
same "each code is exchanged once, and in doubt after a fault" \
    "$(exchanges | wc -l) $CUSTOMERS $CUSTOMERS" \
    "$(sql "SELECT count(*) FILTER (WHERE a.outcome = 'unsure'), count(*), count(DISTINCT a.step_id)
              FROM wabamigrate.attempt a JOIN wabamigrate.step s USING (step_id)
             WHERE s.kind = 'exchange_code' AND a.phase = 'exchange' AND a.outcome <> 'not_sent'" | tr '|' ' ')"
world state >"$PLACE/state.json"
check "nothing took effect twice" judge twice "$LOG"
check "whatever was sent again had been looked up before" judge blind "$LOG" "$PLACE/state.json"
same "nobody has come to where the redirects point" 0 "$(grep -c '"trap"' "$PEER_LOG" || true)"
same "no cookie comes back, and no encoding is asked for" 0 \
    "$(grep -cE '"cookie": true|"encodings": "' "$PEER_LOG" || true)"
same "every log line is one object, whatever a peer has put into it" "" \
    "$("$PYTHON" -c 'import json, sys
for line in open(sys.argv[1], "rb"):
    try: json.loads(line.decode("utf-8"))
    except ValueError: print(line)' "$PLACE/err")"
check "and none has a control character" test -z "$(LC_ALL=C tr -d '\n\040-\176\200-\377' <"$PLACE/err")"
same "nothing is parked for years" 0 \
    "$(sql "SELECT count(*) FROM wabamigrate.budget WHERE parked_until > now() + interval '25 hours'")"

same "what ~/.netrc says is not sent" 0 "$(grep -c "\"basic\": true" "$PEER_LOG" || true)"

# ---- nobody is answered ----

count() { grep -c "\"event\":\"$1\"" "$PLACE/err" || true; }
# waits_for COMMAND…: until it succeeds.
waits_for() {
    local tries
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        ! "$@" || return 0
        sleep 0.05
    done
    die "in vain: $*; $(tail -n 5 "$PLACE/err")"
}
reaches() { [[ $(count "$1") -ge $2 ]]; }
registered() { [[ $(requests '/register"') -ge $1 ]]; }

unset WABAMIGRATE_GRAPH_URL WABAMIGRATE_CA_FILE
simulator_ends
state outages
wabamigrate simulate --make-book 50 6 "$PLACE" >/dev/null
# So slow that a few registrations are left whenever it is looked.
simulator_starts outages --manifest "$BOOK" --latency-ms 40
WORLD_PORT=${WABAMIGRATE_GRAPH_URL##*:}
peer_starts outages </dev/null
program 4 run "$BOOK"
sign_up
program_starts --log-format json run --concurrency 2 --timeout 4s --doubt-grace 2s "$BOOK"
outages=0
for trouble in closed storm portal trouble; do
    waits_for registered $((outages * 10 + 5))
    outages=$((outages + 1))
    told=$(count graph.unreachable)
    echo "$trouble" >"$MODE"
    waits_for reaches graph.unreachable $((told + 1))
    sleep 0.5 # what was in flight is recorded
    tries=$(sql 'SELECT sum(tries) FROM wabamigrate.step')
    sleep 1.5
    same "$trouble: no step is tried again meanwhile" "$tries" "$(sql 'SELECT sum(tries) FROM wabamigrate.step')"
    ended=$(count graph.back)
    : >"$MODE"
    waits_for reaches graph.back $((ended + 1))
done
program_ended 0 "a run that four outages have come over"
# But for one that the answer to a request from before the trouble has ended in the same moment.
ended=$(grep '"event":"graph.back"' "$PLACE/err" | grep -c '"after":"0 s"' || true)
same "each is told once, and its end" "4 4" \
    "$(($(count graph.unreachable) - ended)) $(($(count graph.back) - ended))"
same "nothing has failed for it" 0 "$(count step.failed)"
check "nor happened twice" judge twice "$LOG"

state patience
simulator_ends
simulator_starts patience --manifest "$BOOK" --latency-ms 40
WORLD_PORT=${WABAMIGRATE_GRAPH_URL##*:}
peer_starts patience </dev/null
program 4 run "$BOOK"
sign_up
for limit in '--patience 1s' '--for 5s'; do
    : >"$MODE"
    lines=$(requests '/register"')
    # shellcheck disable=SC2086 # an option and its value
    program_starts --log-format json run --concurrency 2 --timeout 4s --doubt-grace 2s $limit "$BOOK"
    waits_for registered $((lines + 5))
    echo closed >"$MODE"
    program_ended 7 "an outage that outlasts $limit"
    matches "and the last word is that Graph does not answer" 'Graph does not answer at https://localhost' "$PLACE/err"
done

# ---- the connection is lost, and no new one can be made for libcurl's second try; or it is one
# answer ahead, and each request gets that to the one before ----

gone() {
    printf 'after answered_late_again\n%.0s' 1 2
    printf 'after gone\n%.0s' 1 2 3
    printf 'after silent\n%.0s' 1 2 3 4 5 6
}
peer_starts gone < <(gone | plan "$REGISTER")
program 0,3 run --concurrency 4 --timeout 2s --doubt-grace 2s "$BOOK"
# What only read may have been told of another WABA, and failed for that; nothing was sent for it.
wabamigrate --quiet retry >/dev/null
program 0 run --doubt-grace 2s "$BOOK"
same "all numbers are done all the same" 50 \
    "$(sql "SELECT count(*) FROM wabamigrate.number_status WHERE state = 'done'")"
check "and nothing happened twice" judge twice "$LOG"

same "what was lost with its connection was in doubt, though no new one could be made" "3 t" \
    "$(grep -c '"fault": "gone"' "$PEER_LOG") $(sql "SELECT count(*) >= 3 FROM wabamigrate.attempt
                                                     WHERE phase = 'register' AND outcome = 'unsure'")"

# ---- what the environment says of proxies ----

export https_proxy=http://127.0.0.1:$TRAP http_proxy=http://127.0.0.1:$TRAP
program 7 check "$BOOK"
same "a proxy for https is asked for a tunnel, and sees no token" "CONNECT localhost:$PORT HTTP/1.1 False" \
    "$("$PYTHON" -c 'import json, sys
seen = [json.loads(line) for line in open(sys.argv[1])]
print(*sorted({"%s %s" % (line["first"], line["token"]) for line in seen if "trap" in line}))' "$PEER_LOG")"
WABAMIGRATE_GRAPH_URL=http://127.0.0.1:$WORLD_PORT program 0,3 check "$BOOK"
same "without TLS there is none" 0 "$(grep -c '"first": "GET' "$PEER_LOG" || true)"
unset https_proxy http_proxy

program 7 --graph-url https://nobody.invalid check "$BOOK"
matches "a host that has no address is named" 'Could not resolve host: nobody.invalid' "$PLACE/err"
finish
