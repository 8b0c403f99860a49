#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""judge.py -- compares what the simulator saw and became with what the program says.

    twice LOG                  no registration, credit share or code exchange took effect twice
    once LOG                   no call with an effect was even sent twice
    effects LOG                "KIND SUBJECT EFFECTS" a line, sorted
    more LOG THAN              nothing of LOG took effect more often than in the log THAN
    blind LOG STATE            no effect was sent again to a subject that was not read in between
    reads LOG                  nothing but reads was sent
    world STATE REPORT [PINS]  the numbers that are done are connected on their destination, with their
                               PIN set (and it is the one exported), and no others are
    worlds STATE STATE         two worlds look alike
    paths LOG                  how often each kind of call was made
    kinds <STATE               "KIND ID" a line, in the words of check_requests.py
    states REPORT [EXPECTED]   "NUMBER STATE" a line; with a list of what is out of order: it all is as
                               the list says, and the rest is done
    ways REPORT LEAST          whatever is not done names an owner and a remedy, in so many ways
    settled REPORT             this one number's lost registration was settled by a read, not a repeat
    lost LOG                   numbers whose registration took effect unanswered, and was not repeated

Exit codes: 0 it is so; 1 it is not, and the difference is printed.
"""
import collections
import json
import re
import sys

WRITES = ("register", "share", "attach", "exchange", "assign", "subscribe", "override",
          "settings", "create", "sms", "voice", "verify", "templates", "flows")
# A code is asked for once by each way: by SMS, and where nobody knows what became of that, by voice.
ONCE = ("register", "share", "attach", "exchange", "create", "sms", "voice", "verify", "templates",
        "flows")


def log_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def bare(line):
    return re.sub(r"^/v[0-9.]+", "", line["path"])


def effect_of(line):
    """(kind, subject) of a call with an effect, or None."""
    path, method = bare(line), line["method"]
    first, _, edge = path[1:].partition("/")
    if path == "/oauth/access_token":
        return "exchange", line["query"].get("code") or line["body"].get("code")
    if method == "GET":
        return None
    if edge == "register":
        return "register", first
    if edge == "whatsapp_credit_sharing_and_attach":
        return "share", line["body"].get("waba_id") or line["query"].get("waba_id")
    if edge == "whatsapp_credit_sharing":
        return "share", line["body"].get("receiving_business_id")
    if edge == "whatsapp_credit_attach":
        return "attach", line["body"].get("waba_id") or line["query"].get("waba_id")
    if edge == "phone_numbers":
        return "create", "+" + line["body"].get("cc", "") + line["body"].get("phone_number", "")
    if edge == "request_code":
        return line["body"].get("code_method", "").lower(), first
    if edge == "verify_code":
        return "verify", first
    if edge == "migrate_message_templates":
        ids = line["body"].get("template_ids")
        return "templates", f"{first} {sorted(ids) if ids else line['body'].get('page_number')}"
    if edge == "migrate_flows":
        return "flows", first
    if edge == "subscribed_apps" and "override_callback_uri" in line["body"]:
        return "override", first
    kind = {"assigned_users": "assign", "subscribed_apps": "subscribe"}.get(edge, edge)
    return kind, first


def effects(path, kinds=WRITES):
    count = collections.Counter()
    for line in log_lines(path):
        effect = effect_of(line)
        if effect and effect[0] in kinds and line.get("effect"):
            count[effect] += 1
    return count


def twice(path):
    count = effects(path, ONCE)
    return [f"{kind} of {subject} took effect {times} times"
            for (kind, subject), times in sorted(count.items()) if times > 1] or \
        ([] if count else ["nothing took effect at all"])


def once(path):
    count = collections.Counter(effect for effect in map(effect_of, log_lines(path)) if effect)
    return [f"{kind} of {subject} was sent {times} times"
            for (kind, subject), times in sorted(count.items()) if times > 1]


def more(path, than):
    found, allowed = effects(path, ONCE), effects(than, ONCE)
    found, allowed = per_kind(found), per_kind(allowed)
    return [f"{kind}: {found[kind]} effects, {allowed[kind]} in the other log"
            for kind in ONCE if kind != "voice" and found[kind] > allowed[kind]]


def per_kind(count):
    total = collections.Counter()
    for (kind, _), times in count.items():
        total[kind] += times
    return total


def customers_by_id(state):
    """Whose WABA, number, business and credit allocation an id names."""
    of, of_business = {}, {}
    for customer, sides in state["customers"].items():
        for waba in filter(None, sides.values()):
            of[waba["id"]] = of_business[waba["owner_business_id"]] = customer
    for number, line in state["numbers"].items():
        of[number] = line["customer"]
        for phone in filter(None, (line["source"], line["destination"])):
            of[phone["id"]] = line["customer"]
    for allocation, one in state["allocations"].items():
        of[allocation] = of_business.get(one["receiving_business_id"])
    return {**of_business, **of}


LOOK_UPS = {"owning_credit_allocation_configs": ("share", "attach"), "assigned_users": ("assign",),
            "subscribed_apps": ("subscribe", "override"), "settings": ("settings",),
            "message_templates": ("templates",), "flows": ("flows",),
            "phone_numbers": ("register", "create"), "": ("share", "attach", "sms", "voice", "verify")}


def blind(path, state_path):
    """An effect that may be there although nobody knows, sent again with nothing read in between. A code
    is never sent again: nobody can read what became of it."""
    of, is_open, wrong = customers_by_id(load(state_path)), {}, []
    for line in log_lines(path):
        effect = effect_of(line)
        is_answered = line.get("answered", True) and line["status"] < 500
        if effect and effect[0] in WRITES:
            if effect in is_open:
                wrong.append(f"request {line['n']}: {effect[0]} of {effect[1]} again, after request "
                             f"{is_open[effect]}, without a look-up")
            is_open[effect] = line["n"]
            if is_answered and line["status"] >= 400:
                del is_open[effect] # refused: nothing was done, and it is known
        elif not effect and is_answered:
            first, _, edge = bare(line)[1:].partition("/")
            whom = of.get(line["query"].get("receiving_business_id") or first)
            for kind, subject in list(is_open):
                if kind in LOOK_UPS.get(edge, ()) and of.get(subject.split()[0], subject) == whom:
                    del is_open[kind, subject]
    return wrong


def reads(path):
    lines = log_lines(path)
    return [f"request {line['n']}: {line['method']} {line['path']}" for line in lines
            if line["method"] != "GET" or bare(line) == "/oauth/access_token"] or \
        ([] if lines else ["nothing was sent at all"])


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def world(state_path, report_path, pins_path=None):
    numbers, wrong = load(state_path)["numbers"], []
    pins = {row["number"]: row["pin"] for row in load(pins_path)} if pins_path else None
    report = {row["number"]: row["state"] for row in load(report_path)["numbers"]}
    if sorted(report) != sorted(numbers):
        wrong.append("the report and the world do not have the same numbers")
    for number, line in sorted(numbers.items()):
        phone = line["destination"] or {}
        there = {"registered_on": line["registered_on"], "status": phone.get("status"),
                 "is_pin_enabled": phone.get("is_pin_enabled"), "count": line["register_count"]}
        wanted = {"registered_on": "destination", "status": "CONNECTED", "is_pin_enabled": True,
                  "count": 1}
        if report.get(number) == "done":
            if there != wanted:
                wrong.append(f"{number} is done, but stands in the world as {there}")
            elif pins is not None and pins.get(number) != phone.get("pin"):
                wrong.append(f"{number}: the PIN exported is not the one in the world")
        elif line["registered_on"] == "destination" or line["register_count"]:
            wrong.append(f"{number} is {report.get(number)}, but stands in the world as {there}")
        elif pins is not None and number in pins:
            wrong.append(f"{number} is {report.get(number)}, but a PIN of it is exported")
    if "done" not in report.values():
        wrong.append("no number is done")
    return wrong


def portrait(path):
    """What must not depend on how a run went: no ids of allocations, no PINs, no attempts, not how a code
    came."""
    state = load(path)
    for line in state["numbers"].values():
        for side in ("source", "destination"):
            for name in ("pin", "register_attempts", "codes_by_sms", "codes_by_voice"):
                (line[side] or {}).pop(name, None)
    for customer in state["customers"].values():
        (customer["destination"] or {}).pop("primary_funding_id", None)
    shared = sorted(one["receiving_business_id"] for one in state["allocations"].values()
                    if not one["is_deleted"])
    return {"numbers": state["numbers"], "customers": state["customers"], "shared with": shared}


def paths(path):
    count = collections.Counter(
        line["method"] + " " + re.sub(r"[0-9]{6,}", "ID", bare(line).strip("/")) for line in log_lines(path))
    for name, times in sorted(count.items()):
        print(f"{times:5} {name}")
    return []


def kinds():
    """What each id of a world (read from standard input) names, as check_requests.py calls it."""
    state = json.load(sys.stdin)
    for sides in state["customers"].values():
        for waba in filter(None, sides.values()):
            print("waba", waba["id"])
            print("business", waba["owner_business_id"])
    for line in state["numbers"].values():
        for phone in filter(None, (line["source"], line["destination"])):
            print("phone", phone["id"])
    for allocation in state["allocations"]:
        print("allocation_config", allocation)
    return []


def differences(one, other, where=""):
    if isinstance(one, dict) and isinstance(other, dict):
        return [text for key in sorted(one.keys() | other.keys())
                for text in differences(one.get(key), other.get(key), f"{where}/{key}")]
    return [] if one == other else [f"{where}: {one!r} and {other!r}"]


def worlds(one, other):
    return differences(portrait(one), portrait(other))


def evidence(row):
    """Why it is not done: the step of the error and its code, else the rule that blocks, else the step."""
    error = row.get("error") or {}
    if error.get("code"):
        subcode = f"/{error['subcode']}" if error.get("subcode") else ""
        return f"{error['step']}:{error['code']}{subcode}"
    if row["state"] == "blocked":
        failing = [f for f in row["findings"] if f["rule"] == row["waiting_for"]]
        value = failing[0]["value"] if failing else None
        return f"{row['waiting_for']}:{str(value).lower()}"
    return f"{row['step']}:{row['waiting_for']}"


def states(report_path, expected_path=None):
    rows = load(report_path)["numbers"]
    if not expected_path:
        for row in rows:
            print(row["number"], row["state"])
        return []
    expected, met, wrong = {}, set(), []
    with open(expected_path, encoding="utf-8") as file:
        for text in file:
            words = text.split("#")[0].split()
            if words:
                expected[words[0]] = words[1:]
    for row in rows:
        key = row["number"] if row["number"] in expected else row["customer"]
        met.add(key)
        wanted = expected.get(key, ["done", None])
        found = [row["state"], None if row["state"] == "done" else evidence(row)]
        if found[0] != wanted[0] or (wanted[1] and not re.fullmatch(wanted[1], found[1] or "")):
            wrong.append(f"{row['number']} of {row['customer']}: {found}, expected {wanted}")
    return wrong + [f"{key} of the list is not in the report" for key in expected if key not in met]


def remedies(row):
    """(owner, remedy) of each thing that keeps the number."""
    found = [(f["owner"], f["remedy"]) for f in row["findings"]
             if f["verdict"] in ("fail", "unknown") and f["rule"] == row["waiting_for"]]
    error = row.get("error") or {}
    if error:
        found.append((error.get("owner"), error.get("remedy")))
    if row["state"] == "waiting" and not any(all(pair) for pair in found):
        found += [(f["owner"], f["remedy"]) for f in row["findings"]
                  if f["verdict"] in ("fail", "unknown")]
        if row.get("not_before"):
            found.append(("nobody", f"until {row['not_before']}"))
    return [pair for pair in found if all(pair)]


def ways(report_path, least):
    kept, wrong = collections.Counter(), []
    for row in load(report_path)["numbers"]:
        if row["state"] == "done":
            continue
        if not remedies(row):
            wrong.append(f"{row['number']} is {row['state']} ({evidence(row)}) without owner and remedy")
        kept[f"{row['state']} {evidence(row)}"] += 1
    if len(kept) < int(least):
        wrong.append(f"{len(kept)} ways: {dict(kept)}")
    return wrong


def lost(path):
    answers = collections.defaultdict(list)
    for line in log_lines(path):
        effect = effect_of(line)
        if effect and effect[0] == "register":
            answers[line.get("number") or effect[1]].append(line)
    for number, lines in sorted(answers.items()):
        if lines[-1].get("effect") and not lines[-1].get("answered", True) and number.startswith("+"):
            print(number)
    return []


def settled(report_path):
    row = load(report_path)["numbers"][0]
    tries = [a for a in row["attempts"] if a["step"] == "register_number"]
    phases = [(a["phase"], a["outcome"]) for a in tries]
    sends = [i for i, (phase, _) in enumerate(phases) if phase == "register"]
    wrong = []
    if row["state"] != "done":
        wrong.append(f"{row['number']} is {row['state']}")
    if not sends or phases[-1][0] != "lookup" or phases[-1][1] != "done":
        wrong.append(f"{row['number']}: no read has settled its registration")
    # Refused with a time to wait for is no doubt: it may be sent again.
    if any(b - a == 1 and phases[a][1] != "wait_time" for a, b in zip(sends, sends[1:])):
        wrong.append(f"{row['number']}: sent again without a look-up")
    return [f"{text}: {phases}" for text in wrong]


def show_effects(path):
    for (kind, subject), times in sorted(effects(path).items()):
        print(kind, subject, times)
    return []


COMMANDS = {"twice": twice, "once": once, "effects": show_effects, "more": more, "blind": blind, "reads": reads,
            "world": world, "worlds": worlds, "states": states, "ways": ways, "settled": settled,
            "lost": lost, "kinds": kinds, "paths": paths}


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    wrong = COMMANDS[arguments[0]](*arguments[1:])
    for text in wrong[:40]:
        print(text)
    if len(wrong) > 40:
        print(f"... and {len(wrong) - 40} more")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
