#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""calls_judge.py -- how many calls a book's move has cost, held against the bound of docs/calls.md.

    calls_judge.py PATH STATE LOG

PATH is embedded_signup or programmatic, STATE the world as the simulator tells it at the end, LOG its
requests from the first to the last. Prints what was called, step by step, beside the bound; calls as Graph
counts them (each id of ?ids= is one). Exit codes: 0 every number has moved and no more than 1.10 times the
bound was called; 1 it is not so.
"""
import collections
import json
import sys

TOLERANCE = 1.10
PAGE = 100  # entries of one answer
BATCH, WABA, PAGES, NUMBER = "batch", "WABA", "page", "number"

# Step, what it calls, and how often at least: once for each of that. First what both paths have.
BEGUN = (
    ("preflight", "GET debug_token", BATCH),
    ("preflight", "GET system_users", BATCH),
    ("read_source", "GET source WABA", PAGES),
)
MADE_READY = (
    ("subscribe_webhooks", "POST subscribed_apps", WABA),
    ("assign_system_user", "POST assigned_users", WABA),
    ("share_credit_line", "POST whatsapp_credit_sharing_and_attach", WABA),
    ("share_credit_line", "GET allocation", WABA),
    ("share_credit_line", "GET destination WABA's funding", WABA),
)
MOVED = (
    ("register_number", "POST register", NUMBER),
    ("confirm_number", "GET phone_numbers", PAGES),
)
BOUND = {
    "embedded_signup": (
        *BEGUN,
        ("exchange_code", "GET oauth/access_token", WABA),
        ("read_destination", "GET destination WABA", PAGES),
        *MADE_READY,
        *MOVED,
    ),
    "programmatic": (
        *BEGUN,
        ("read_destination", "GET destination WABA", PAGES),
        *MADE_READY,
        ("create_number", "POST phone_numbers", NUMBER),
        ("request_code", "POST request_code", NUMBER),
        ("verify_code", "POST verify_code", NUMBER),
        *MOVED,
    ),
}


def sides_of(state):
    """Which WABA ids are sources, and which destinations."""
    of = {}
    for sides in state["customers"].values():
        for side, waba in sides.items():
            if waba:
                of[waba["id"]] = side
    return of


def name_of(request, side_of, allocations):
    method = request["method"]
    node, _, edge = request["path"].partition("/v")[2].partition("/")[2].partition("/")
    fields = request["query"].get("fields", "")
    if node == "oauth":
        return f"{method} oauth/{edge}"
    if edge == "phone_numbers" and side_of.get(node) == "source":
        return f"{method} source WABA"  # its list, read on
    if edge:
        return f"{method} {edge}"
    if node in allocations:
        return f"{method} allocation"
    if node in side_of and fields.startswith("primary_funding_id"):
        return f"{method} {side_of[node]} WABA's funding"
    if node in side_of:
        return f"{method} {side_of[node]} WABA"
    return f"{method} {'?ids=' if 'ids' in request['query'] else node}"


def weight(request):
    return len(request["query"]["ids"].split(",")) if "ids" in request["query"] else 1


def requests_of(log_file):
    with open(log_file, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def print_rows(path, times, made):
    print(f"{'step':20} {'call':42} {'once a':8} {'bound':>7} {'made':>7}")
    for step, call, per in BOUND[path]:
        print(f"{step:20} {call:42} {per:8} {times[per]:7} {made[call]:7}")
    for call in sorted(set(made) - {call for _, call, _ in BOUND[path]}):
        print(f"{'beyond it':20} {call:42} {'':8} {0:7} {made[call]:7}")


def main(path, state_file, log_file):
    with open(state_file, encoding="utf-8") as file:
        state = json.load(file)
    requests, side_of, made = requests_of(log_file), sides_of(state), collections.Counter()
    for request in requests:
        made[name_of(request, side_of, state["allocations"])] += weight(request)
    moved = collections.Counter(line["customer"] for line in state["numbers"].values()
                                if line["destination"] and line["destination"]["is_registered"])
    numbers, calls = sum(moved.values()), sum(made.values())
    times = {BATCH: 1, WABA: len(moved), NUMBER: numbers,
             PAGES: sum(-(-count // PAGE) for count in moved.values())}
    bound = sum(times[per] for _, _, per in BOUND[path])

    print(f"{path}: {numbers} of {len(state['numbers'])} numbers of {len(moved)} WABAs have moved")
    if not numbers or numbers < len(state["numbers"]):
        return 1
    print_rows(path, times, made)
    print(f"requests {len(requests)}, calls {calls}, bound {bound}")
    print(f"calls a migrated number {calls / numbers:.3f}, bound {bound / numbers:.3f}, "
          f"ratio {calls / bound:.3f}")
    return 0 if calls <= TOLERANCE * bound else 1


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in BOUND:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
