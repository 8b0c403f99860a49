#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# A whole run through Prism (npm's @stoplight/prism-cli), a proxy that holds every request against the
# OpenAPI slice of Meta's own description. Prism is installed into a folder of the test's; neither it nor
# the slice is part of the project: without them (no npm, no network, no slice) the test is skipped.
# Prism runs without --errors: then calls that the slice does not have pass too, and violations are
# counted in Prism's log. What the slice does not have is told at the end.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

SLICE=${WABAMIGRATE_META_SPEC:-$PROJECT/../shared/meta-spec}/openapi-slice.json
[[ -r $SLICE ]] || skip "there is no $SLICE; WABAMIGRATE_META_SPEC=FOLDER names where openapi-slice.json is"
command -v npm >/dev/null || skip "there is no npm"
begin
PRISM=${WABAMIGRATE_PRISM:-}
if [[ -z $PRISM ]]; then
    timeout --signal=KILL 180 npm install --prefix "$PLACE/npm" --no-audit --no-fund --no-update-notifier \
        @stoplight/prism-cli@5.14.2 >"$PLACE/npm.out" 2>&1 ||
        skip "npm cannot install @stoplight/prism-cli: $(tail -n 1 "$PLACE/npm.out")"
    PRISM=$PLACE/npm/node_modules/.bin/prism
fi

# The quickstart's book without its latency and faults: a broken connection says nothing about requests.
python3 - "$QUICKSTART/scenario.json" >"$PLACE/scenario.json" <<'END'
import json, sys
scenario = json.load(open(sys.argv[1]))
print(json.dumps({key: scenario[key] for key in ("customers", "numbers")}))
END
BOOK=$QUICKSTART/book.yaml
simulator_starts world --manifest "$BOOK" --scenario "$PLACE/scenario.json"

# Prism takes no port 0: a few random ones are tried.
: >"$PLACE/prism.out"
for ((try = 0; try < 5; try++)); do
    port=$((20000 + RANDOM % 12000))
    NO_COLOR=1 "$PRISM" proxy --host 127.0.0.1 --port "$port" "$SLICE" "$WABAMIGRATE_GRAPH_URL" >"$PLACE/prism.out" 2>&1 &
    PROXY=$!
    STARTED+=("$PROXY")
    for ((tries = 0; tries < TRIES_MAX; tries++)); do
        ! grep -q 'Prism is listening' "$PLACE/prism.out" || break 2
        kill -0 "$PROXY" 2>/dev/null || break
        sleep 0.05
    done
done
kill -0 "$PROXY" 2>/dev/null || die "Prism does not start: $(tail -n 3 "$PLACE/prism.out")"
export WABAMIGRATE_GRAPH_URL=http://127.0.0.1:$port

# Prism answers slowly, and codes live 30 seconds: a run's own patience is enough.
program 3 check "$BOOK"
program 3 --progress never run "$BOOK"
sign_up || true
program 3 --progress never run --patience 10s --concurrency 16 "$BOOK"

seen=$(grep -c 'Request received' "$PLACE/prism.out")
same "Prism has seen every request of the simulator's log" "$(wc -l <"$LOG")" "$seen"
# GET /?ids=… reads several nodes at once: the slice has no such path, and Prism takes it for one without
# its node-id.
several="must have required property 'node-id'"
grep -o 'Violation: request.*' "$PLACE/prism.out" | grep -v 'Selected route not found' | grep -vF "$several" | sort | uniq -c >"$PLACE/violations" || true
same "no request violates the slice" "" "$(<"$PLACE/violations")"
missing=$(grep -cE "Selected route not found|$several" "$PLACE/prism.out" || true)
check "most requests are in the slice" test $((missing * 2)) -lt "$seen"
say "        $seen requests, $missing of them to paths that the slice does not have:"
judge paths "$LOG" | grep -vE ' (GET|POST) (debug_token|oauth/access_token|ID|ID/(phone_numbers|subscribed_apps|register|whatsapp_credit_sharing_and_attach))$' | sed 's/^/        /'
grep -o 'Violation: response.*' "$PLACE/prism.out" | sed -E 's/[0-9]{6,}/N/g' | sort | uniq -c | sort -rn | head -n 12 >"$PLACE/answers" || true
say "        where the simulator's answers are not what the slice describes (told, not failed):"
sed 's/^/        /' "$PLACE/answers"

curl -s -X POST -H 'Content-Type: application/json' -d '{"pin":5,"bogus":1}' "$WABAMIGRATE_GRAPH_URL/v26.0/610305/register" >/dev/null
sleep 0.5
matches "Prism itself works: it sees what is wrong with a bogus request" "Violation: request.*bogus" "$PLACE/prism.out"
finish
