#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""audit_judge.py -- holds what a report says of moved numbers against what the simulator did to them.

    audit_judge.py changed REPORT          one line a number of which something changed: number, fields
    audit_judge.py verdict REPORT FIELD    how many numbers have which verdict of that field
    audit_judge.py owners REPORT           every change has an owner and a remedy, or stands better
    audit_judge.py cutover REPORT LOG SKEW each number's cut-over brackets the time at which the world moved
                                           it, by our clock, and by Meta's, which is SKEW seconds ahead
                                           ("none": the answers have no Date)

Exit codes: 0 it is so; 1 it is not, and why.
"""
import collections
import datetime
import json
import sys


def numbers_of(report_file):
    with open(report_file, encoding="utf-8") as file:
        return json.load(file)["numbers"]


def changed(number):
    return [row["field"] for row in number["audit"] if row["verdict"] == "changed"]


def show_changed(numbers):
    for number in sorted(numbers, key=lambda number: number["number"]):
        if changed(number):
            print(number["number"], *changed(number))
    return 0


def show_verdicts(numbers, field):
    found = collections.Counter(row["verdict"] for number in numbers for row in number["audit"]
                                if row["field"] == field)
    print(*(f"{verdict} {count}" for verdict, count in sorted(found.items())))
    return 0


def owners(numbers):
    wrong = [(number["number"], row["field"]) for number in numbers for row in number["audit"]
             if row["verdict"] == "changed" and not (row["owner"] and row["remedy"])]
    for number, field in wrong:
        print(f"{number}: {field}: nobody must act, or nobody knows how")
    return 1 if wrong else 0


def time_of(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z") if text else None


def moved_at(log_file):
    """When each number was registered with effect: the first time."""
    times = {}
    with open(log_file, encoding="utf-8") as file:
        for line in file:
            request = json.loads(line)
            if request["path"].endswith("/register") and request.get("effect"):
                times.setdefault(request["number"], time_of(request["at"]))
    return times


def is_within(first, at, last):
    return first is not None and last is not None and first <= at <= last


def brackets(cutover, at, skew):
    # The world has its own milliseconds: a request arrives in the one it left in, and not before.
    slack = datetime.timedelta(milliseconds=2)
    ours = is_within(time_of(cutover["from"]) - slack, at, time_of(cutover["until"]) + slack)
    if skew == "none":
        return ours and cutover["meta_from"] is None and cutover["meta_ahead_ms"] is None
    ahead = datetime.timedelta(seconds=float(skew))
    theirs = is_within(time_of(cutover["meta_from"]), at + ahead, time_of(cutover["meta_until"]))
    return ours and theirs and abs(cutover["meta_ahead_ms"] - 1000 * float(skew)) < 1500


def check_cutover(numbers, log_file, skew):
    times, wrong, lost = moved_at(log_file), 0, 0
    for number in numbers:
        cutover, at = number["cutover"], times.get(number["number"])
        if bool(cutover) != bool(at):
            print(f"{number['number']}: cut-over {cutover}, moved {at}")
            wrong += 1
        elif cutover:
            lost += cutover["answer_lost"]
            if not brackets(cutover, at, skew):
                print(f"{number['number']}: moved {at.isoformat()}, told {json.dumps(cutover)}")
                wrong += 1
    print(f"{len(times)} numbers have moved, {lost} of them without an answer of their own")
    return 1 if wrong or not times else 0


def main(what, report_file, *more):
    numbers = numbers_of(report_file)
    if what == "changed":
        return show_changed(numbers)
    if what == "verdict":
        return show_verdicts(numbers, *more)
    if what == "owners":
        return owners(numbers)
    if what == "cutover":
        return check_cutover(numbers, *more)
    return sys.exit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
