#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""mutations.py -- proves that the crash test can fail.

    mutations.py [--list] [--check] [--build DIR] [NAME...]

Takes what keeps a promise out of a copy of the source, one thing at a time, builds the program of it, and
runs the test that should notice. A mutation that no test notices is printed as MISSED, and is a hole in the
tests. Before them the unchanged program passes the same tests, else their failing would prove nothing.

With --check nothing is built: only that each is still to be found once in the source, which the suite asks
every time, so that none is lost when what it changes is written anew.

Needs what building the project needs (cmake --preset dev); takes a few minutes each. Exit codes: 0 every
mutation is noticed, 1 one is not.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parents[2]
ENDLESS_S = 3600 # seconds that nothing takes that works; not a measure of anything

TORTURE = ("tests/integration/torture.py", "--paths", "embedded_signup", "--seed", "1", "--first")
KILLS = (*TORTURE, "--faults", "kill", "--every", "5")
WITHHOLDS = (*TORTURE, "--faults", "withhold", "--every", "3")
PEER = ("tests/integration/peer.sh",)
TEMPLATES = ("tests/integration/templates.sh",)
REGISTRATIONS = ("tests/integration/registrations.sh",)
FROZEN = ("tests/integration/frozen.py", "--paths", "embedded_signup", "--seed", "1", "--first")

# name, what is taken out, [(file, what stands there, what stands there instead)], the test that notices
MUTATIONS = [
    ("intent-unheeded", "an effect that a dead run held is taken up as if it had never been sent",
     [("sql/run_bury.sql", "phase = coalesce(p.in_doubt, s.phase),", "phase = s.phase,"),
      ("sql/run_bury.sql", "is_in_doubt = s.is_in_doubt OR p.is_effect,", "is_in_doubt = s.is_in_doubt,")],
     KILLS),
    ("intent-unwritten", "no row is written before an effect is sent",
     [("sql/step_claim.sql", "FROM taken WHERE is_effect", "FROM taken WHERE false")], KILLS),
    ("doubt-resent", "a lost answer is followed by the effect itself instead of its look-up",
     [("orchestrator/settle.c", "settlement->phase = task->phase->in_doubt;",
       "settlement->phase = task->phase->name;")], WITHHOLDS),
    ("registration-unreconciled", "the look-up of a registration never finds it",
     [("jobs/register_number.c", "if (!body_text_is(number, \"status\", \"CONNECTED\"))",
       "if (number != NULL)")], KILLS),
    ("credit-line-unreconciled", "the look-up of a credit line never finds an allocation",
     [("jobs/share_credit_line.c", "if (!is_active(facts, allocation))",
       "if (allocation != NULL || !is_active(facts, allocation))")], WITHHOLDS),
    ("code-exchanged-again", "a code whose exchange was lost is exchanged again",
     [("jobs/exchange_code.c", "if (body_is_true(memo, \"is_burnt\") && facts->signup_code != NULL",
       "if (facts->signup_code != NULL")], KILLS),
    ("fence", "an outcome counts although its worker has lost the step",
     [("sql/step_settle.sql", "AND s.epoch = i.epoch AND s.run_id IS NOT DISTINCT FROM $1::bigint\n"
       "       AND s.state IS NOT DISTINCT FROM 'running'",
       "")], (*FROZEN, "--kinds", "answer,out")),
    ("sent-again-by-libcurl", "libcurl may send an effect anew when a connection dies",
     [("orchestrator/graph.c", "if (transfer->has_left && transfer->is_effect) {", "if (false) {"),
      ("orchestrator/graph.c", "    transfer->was_rewound = true;\n    return CURL_SEEKFUNC_FAIL;",
       "    transfer->body_read = 0;\n    return CURL_SEEKFUNC_OK;")], PEER),
    ("sent-taken-for-unsent", "a request counts as unsent where libcurl could not make a second connection",
     [("orchestrator/graph.c", "return transfer->has_left ? TRANSPORT_LOST",
       "return transfer->has_left && code != CURLE_COULDNT_CONNECT ? TRANSPORT_LOST")], PEER),
    ("redirect-followed", "redirects are followed",
     [("orchestrator/graph.c", "CURLOPT_FOLLOWLOCATION, 0L", "CURLOPT_FOLLOWLOCATION, 1L")], PEER),
    ("answer-unbounded", "an answer's body has no ceiling",
     [("orchestrator/graph.h", "(8u * 1024 * 1024)", "(512u * 1024 * 1024)")], PEER),
    ("outage-unheeded", "while nobody is answered everything is sent on",
     [("orchestrator/outage.h", "#define OUTAGE_SILENCES 3", "#define OUTAGE_SILENCES 1000000")], PEER),
    ("doubt-settled-by-another", "a doubt is settled on a connection that may be an answer ahead",
     [("orchestrator/engine.c", "if (task->is_in_doubt)\n        task->request.is_on_new_connection = true;",
       "")], PEER),
    ("ledger-unheeded", "a claim does not ask the ledger of registrations",
     [("sql/step_claim.sql", "greatest(l.count_until[$7::bigint], l.blocked_until) AS free_at",
       "CASE WHEN $7::bigint < 0 THEN l.blocked_until END AS free_at")],
     REGISTRATIONS),
    ("last-two-unkept", "the program spends a number's last two registrations by itself",
     [("jobs/budget.c", "(with_kept ? 0 : BUDGETS[budget].kept)", "(with_kept ? 0 : 0)")], REGISTRATIONS),
    ("lost-copies-forgotten", "what a lost call for copies named does not count as asked for",
     [("jobs/templates.c", "if (!facts->is_in_doubt || body_is_true(memo, \"is_doubted\"))", "if (true)")],
     TEMPLATES),
    ("copies-asked-for-again", "copies that Graph has taken are asked for again while they are on their way",
     [("jobs/templates.c", "#define ACCEPTED_PAUSE_MS (INT64_C(60) * 60 * 1000)", "#define ACCEPTED_PAUSE_MS 0")],
     TEMPLATES),
    ("late-sender", "a worker that wakes up past its lease sends what it had not sent",
     [("orchestrator/graph.c",
       "return now_ms >= transfer->not_after_ms || now_ms >= transfer->graph->not_after_ms;",
       "return transfer && now_ms < 0;")], (*FROZEN, "--kinds", "send")),
]


def copy_source(target):
    files = subprocess.run(["git", "-C", str(PROJECT), "ls-files", "-z", "--cached", "--others",
                            "--exclude-standard"], capture_output=True, check=True).stdout
    for name in filter(None, files.decode().split("\0")):
        source = PROJECT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def misplaced():
    """Edits whose text does not stand exactly once where they change it."""
    return [f"{name}: {file} does not hold once: {old}" for name, _, edits, _ in MUTATIONS
            for file, old, _ in edits if (PROJECT / file).read_text().count(old) != 1]


def build(source, where):
    if not (where / "CMakeCache.txt").exists():
        subprocess.run(["cmake", "--preset", "dev", "-B", str(where)], cwd=source, check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", str(where), "--target", "wabamigrate", "wabamigrate-simulator",
                    "points"], cwd=source,
                   check=True, stdout=subprocess.DEVNULL)


def passes(source, where, test):
    environment = dict(os.environ, WABAMIGRATE=str(where / "wabamigrate"),
                       WABAMIGRATE_POINTS_LIBRARY=str(where / "tests/integration/libpoints.so"))
    done = subprocess.run([str(source / test[0]), *test[1:]], env=environment, capture_output=True,
                          text=True, timeout=ENDLESS_S, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def change(source, edits):
    """Makes the edits; returns what undoes them. Each must stand there exactly once."""
    before = {name: (source / name).read_text() for name, _, _ in edits}
    for name, old, new in edits:
        text = (source / name).read_text()
        if text.count(old) != 1:
            sys.exit(f"mutations.py: {name} does not hold once what is to be changed: {old}")
        (source / name).write_text(text.replace(old, new))
    return before


def notices(source, where, name, what, edits, test):
    before = change(source, edits)
    try:
        build(source, where)
        is_passed, said = passes(source, where, test)
    finally:
        for file, text in before.items():
            (source / file).write_text(text)
    reasons = [line for line in said.splitlines() if line.startswith("NOT OK")]
    print(f"{'MISSED ' if is_passed else 'noticed'}  {name}: {what}")
    for line in reasons[:2]:
        print(f"         {line[:220]}")
    if not is_passed and not reasons:
        print("         " + "\n         ".join(said.splitlines()[-5:]))
    sys.stdout.flush()
    return not is_passed


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.check:
        wrong = misplaced()
        print("\n".join(wrong) or f"{len(MUTATIONS)} mutations stand where they are made")
        return 1 if wrong else 0
    chosen = [one for one in MUTATIONS if not options.names or one[0] in options.names]
    if options.list or len(chosen) < len(set(options.names)):
        print("\n".join(f"{name:<26} {what}" for name, what, _, _ in MUTATIONS))
        return 0 if options.list else 2

    place = pathlib.Path(tempfile.mkdtemp(prefix="wabamigrate-mutations."))
    place.chmod(0o711)
    where = options.build or place / "build"
    try:
        copy_source(place / "source")
        build(place / "source", where)
        for test in dict.fromkeys(one[3] for one in chosen):
            is_passed, said = passes(place / "source", where, test)
            if not is_passed:
                print(said)
                sys.exit(f"mutations.py: the unchanged program fails {' '.join(test)}")
            print(f"passes   unchanged: {' '.join(test)}", flush=True)
        noticed = [notices(place / "source", where, *one) for one in chosen]
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(f"{sum(noticed)} of {len(noticed)} mutations noticed")
    return 0 if all(noticed) else 1


if __name__ == "__main__":
    sys.exit(main())
