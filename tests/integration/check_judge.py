#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""check_judge: what a check's JSON, its world and the request log must agree on.

usage: check_judge.py COMMAND FILE...
  pairs REPORT EXPECTED     each number is blocked by exactly the rules it was made with
  summary REPORT KEY...     prints members of the summary, dotted: since.newly_eligible
  finding REPORT NUMBER RULE
                            prints verdict, evidence, value, owner of one finding
  forecast REPORT LOG FROM  the calls of the log from line FROM on are within 10 % of the forecast, all
                            told and by budget
  counted ENDED LOG FROM    a run's own count by budget is what the log holds
"""
import json
import re
import sys

TOLERANCE = 0.10


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def lines(path, first=0):
    with open(path, encoding="utf-8") as file:
        for at, line in enumerate(file):
            if at >= first and '"method"' in line:
                yield json.loads(line)


def fail(text):
    print(text)
    return 1


def pairs(report, expected):
    wanted = {k: v for k, v in load(expected).items() if not k.startswith("_")}
    found = {n["number"]: n for n in load(report)["numbers"]}
    wrong = 0
    if set(wanted) != set(found):
        return fail("the report has other numbers than the book")
    for number, condition in sorted(wanted.items()):
        rules = set(condition["rules"])
        findings = found[number]["findings"]
        told = {f["rule"] for f in findings
                if f["verdict"] in ("fail", "warn") and not f["fixable"]}
        blocking = {f["rule"] for f in findings if f["verdict"] == "fail"}
        silent = [f["rule"] for f in findings if f["rule"] in rules
                  and not (f["remedy"] and (f["owner"] or f["rule"] == "not_already_moved"))]
        unknown = [f["rule"] for f in findings if f["verdict"] == "unknown" and f["owner"]]
        if told != rules or silent or unknown or found[number]["eligible"] != (not blocking):
            wrong += 1
            print(f"{number}: made with {sorted(rules)}, told {sorted(told)}, without owner or "
                  f"remedy {silent}, not known {unknown}, eligible {found[number]['eligible']}")
    print(f"{len(wanted)} pairs, {wrong} wrong")
    return 1 if wrong or len(wanted) < 50 else 0


def summary(report, *keys):
    root = load(report)["summary"]
    out = []
    for key in keys:
        value = root
        for part in key.split("."):
            value = value[part]
        out.append(json.dumps(value))
    print(" ".join(out))
    return 0


def finding(report, number, rule):
    for row in load(report)["numbers"]:
        if row["number"] == number:
            for f in row["findings"]:
                if f["rule"] == rule:
                    print(f["verdict"], f["evidence"], json.dumps(f["value"]), f["owner"])
                    return 0
    return fail("no such finding")


# Meta's own list of what counts against the WhatsApp Business Management API and against the credit
# line, independent of the program's tables.
WABA_EDGES = {"assigned_users", "phone_numbers", "message_templates", "subscribed_apps"}
CREDIT_EDGES = {"extendedcredits", "whatsapp_credit_sharing_and_attach",
                "owning_credit_allocation_configs"}


def budget_of(request):
    path = [p for p in request["path"].split("/") if p][1:]
    edge = path[1] if len(path) > 1 else ""
    if edge == "register":
        return "registration"
    if edge in CREDIT_EDGES:
        return "credit_line"
    if edge in WABA_EDGES and not (edge == "phone_numbers" and request["method"] == "POST"):
        return "waba"
    if not edge and re.fullmatch(r"\d+", path[0] if path else ""):
        # An allocation is read on the credit line's quota; the simulator numbers them from 3.
        return "credit_line" if "receiving_credential" in json.dumps(request) else "waba"
    return "platform"


def forecast(report, log, first):
    told = load(report)["summary"]["forecast"]
    made = {}
    for request in lines(log, int(first)):
        budget = budget_of(request)
        made[budget] = made.get(budget, 0) + 1
    total = sum(made.values())
    rows = [("all", told["calls"], total)]
    rows += [(b["budget"], b["calls"], made.get(b["budget"], 0)) for b in told["by_budget"]]
    wrong = 0
    for name, forecasted, real in rows:
        # A handful of calls (the token's own check) has no percentage.
        off = abs(forecasted - real) > max(TOLERANCE * real, 3)
        wrong += off
        error = (forecasted - real) / real * 100 if real else 0.0
        print(f"{name:13} forecast {forecasted:6} made {real:6} error {error:+.1f} %")
    if told["registrations"] != made.get("registration", 0):
        wrong += 1
        print("registrations:", told["registrations"], made.get("registration", 0))
    return 1 if wrong or not total else 0


def counted(ended, log, first):
    told = load(ended)
    wrong = 0
    made = {}
    for request in lines(log, int(first)):
        budget = budget_of(request)
        made[budget] = made.get(budget, 0) + 1
    for budget in ("waba", "credit_line", "registration"):
        if told["calls_" + budget] != made.get(budget, 0):
            wrong += 1
            print(budget, "counted", told["calls_" + budget], "sent", made.get(budget, 0))
    return 1 if wrong or not made else 0


COMMANDS = {f.__name__: f for f in (pairs, summary, finding, forecast, counted)}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
