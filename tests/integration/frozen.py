#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""frozen.py -- a worker that stands still past its lease, and wakes up.

    frozen.py [--paths P,P] [--kinds K,K] [--sample N] [--seed N] [--only POINT] [--jobs N] [--keep] [--first]

The small book of torture.py, moved by two workers. The first is stopped (SIGSTOP) at one of the points of
points.c, for longer than its lease; the second takes over and finishes the book. The first is woken, by
turns while the second is at work and after it has finished, and ends by itself.

After it: the second worker has not noticed anything; the first ends with a code of the contract; the
world (the simulator's state) and the database agree and every number stands where an undisturbed run
leaves it; no call with an effect was sent twice, not even one that Graph would have refused; what the
first had sent is in the history as an attempt, refused where it came late; every doubt in a number's story
is followed by the read that settled it. A further run has nothing to write.

Of every path all points are taken in turn, or those of some kinds; --sample N takes N of them, one of each
kind before a second one of any, drawn by the seed. A failure prints the command that repeats it.
Needs WABAMIGRATE and WABAMIGRATE_POINTS_LIBRARY, as torture.py does.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import judge  # noqa: E402
import torture  # noqa: E402
from torture import ENDLESS_S, Failed, PATHS  # noqa: E402

LEASE_S = 3
# Its own code, that it waits or has been stopped, or that its connection has been ended meanwhile.
WOKEN_CODES = (0, 4, 5, 7)

# Effects in doubt; late words that say more than was heard; words later than late.
STORY = """
SELECT count(*) FILTER (WHERE taken_at IS NOT NULL),
       count(*) FILTER (WHERE late_at IS NOT NULL AND coalesce(http_status, 0) = 0
                          AND outcome NOT IN ('not_sent', 'unsure', 'retry')),
       count(*) FILTER (WHERE late_at < taken_at)
  FROM wabamigrate.attempt
"""
OPEN = """
SELECT format('run %s is open', run_id) FROM wabamigrate.run WHERE ended_at IS NULL
UNION ALL
SELECT format('%s of step %s is held', kind, step_id) FROM wabamigrate.step WHERE run_id IS NOT NULL
"""


class Trial(torture.Trial):
    """Its disturbed commands are given twice: to a worker that is stopped at the point, then to another."""

    # Shorter than the patience: the second worker settles the doubt before the first one wakes. Else a
    # request that leaves late would be found by the look-up, and nothing would be amiss.
    RUN_OPTIONS = ("--doubt-grace", "1s")

    def __init__(self, frozen, name, path, point):
        super().__init__(frozen, name, path, ((point, "stop"),) if point else ())
        self.is_woken_early, self.woken_code, self.was_stopped = point % 2 == 1, None, False
        self.environment["WABAMIGRATE_LEASE"] = f"{LEASE_S}s"

    def start(self, words, disturbed):
        environment = dict(self.environment, **(self.disturbed if disturbed else {}))
        if self.offset:
            environment["WABAMIGRATE_CLOCK_OFFSET"] = str(self.offset)
        self.said.write(f"== {' '.join(words)}{' (may be stopped)' if disturbed else ''}\n".encode())
        self.said.flush()
        return subprocess.Popen([self.torture.program, *words], env=environment, stdin=subprocess.DEVNULL,
                                stdout=self.said, stderr=self.said)

    @staticmethod
    def is_stopped(process):
        """Waits until it has ended (False) or stands still."""
        deadline = time.monotonic() + ENDLESS_S
        while process.poll() is None:
            with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
                if file.read().rpartition(")")[2].split()[0] == "T":
                    return True
            if time.monotonic() > deadline:
                process.kill()
                raise Failed("the first worker never ends")
            time.sleep(0.005)
        return False

    def wake(self, process):
        process.send_signal(signal.SIGCONT)
        self.woken_code = process.wait(ENDLESS_S)
        if self.woken_code not in WOKEN_CODES:
            raise Failed(f"the first worker, woken, ended with {self.woken_code}")

    def command(self, *words, disturbed=True):
        if self.was_stopped or not disturbed:
            return super().command(*words, disturbed=False)
        first, second = self.start(words, True), None
        try:
            if not self.is_stopped(first):
                return first.returncode
            self.was_stopped = True
            stopped_at = time.monotonic()
            second = self.start(words, False)
            if self.is_woken_early:
                dice = random.Random(f"{self.torture.seed} {self.points}")
                time.sleep(LEASE_S + dice.random() * LEASE_S / 2)
                self.wake(first)
            code = second.wait(ENDLESS_S)
            if not self.is_woken_early:
                time.sleep(max(0, stopped_at + LEASE_S + 0.1 - time.monotonic()))
                self.wake(first)
            return code
        finally:
            for process in (first, second):
                if process and process.poll() is None:
                    process.kill()
                    process.wait()

    def doubts(self):
        """Every attempt that was taken from its worker is followed by a read that settled it."""
        wrong = []
        # A number without a region has nothing to set, and who attaches the line with a token of his own assigns
        # nobody: nothing to look up.
        void = {"set_storage"}
        if PATHS[self.path]["credit_method"] == "sharing_then_attach":
            void.add("assign_system_user")
        for row in json.loads((self.place / "report").read_text())["numbers"]:
            story = self.place / "story"
            if self.command("report", "--number", row["number"], "--format", "json", "--output", str(story),
                            disturbed=False) != 0:
                raise Failed("report --number fails")
            attempts = json.loads(story.read_text())["numbers"][0]["attempts"]
            for i, one in enumerate(attempts):
                is_void = one["step"] in void and one["request"].startswith("(")
                if one["taken_at"] and not is_void and not any(
                        later["step"] == one["step"] and later["phase"] != one["phase"] and
                        later["outcome"] in ("done", "next", "wait_person") and later["at"] >= one["at"]
                        for later in attempts[i + 1:]):
                    wrong.append(f"{one['step']}/{one['phase']}: in doubt, and nothing has settled it")
        return wrong


class Frozen(torture.Torture):
    def __init__(self, options):
        options.concurrency = 1
        super().__init__(options)
        self.seed = options.seed

    def undisturbed(self, path):
        with Trial(self, f"calm-{path}", path, 0) as trial:
            trial.move()
            names = [line.split()[1] for line in trial.points.read_text().splitlines()]
            state, report, pins = trial.result()
            wrong = judge.world(state, report, pins) + trial.further_run()
            if wrong:
                raise Failed("; ".join(wrong))
            kept = self.place / f"{path}.state"
            shutil.copy(state, kept)
        return {"names": names, "state": str(kept)}

    def try_one(self, path, calm, point):
        with Trial(self, f"{path}-{point}", path, point) as trial:
            trial.move()
            if not trial.was_stopped:
                raise Failed("the point was not met")
            state, report, pins = trial.result()
            log = str(trial.log)
            taken, unlike, early = self.cluster.sql(trial.database, STORY)[0].split("|")
            wrong = (judge.worlds(calm["state"], state) + judge.world(state, report, pins) +
                     judge.once(log) + judge.blind(log, state) +
                     self.cluster.sql(trial.database, torture.LEFT_OVER) +
                     self.cluster.sql(trial.database, OPEN) + trial.untold() + trial.doubts() +
                     trial.further_run())
            if unlike != "0" or early != "0":
                wrong.append("a late answer is not told as it was")
            if wrong:
                raise Failed("; ".join(wrong))
        return trial.woken_code, int(taken)

    def attempt(self, path, calm, point):
        if self.is_first_enough and self.failures:
            return 0
        name = calm["names"][point - 1]
        try:
            code, taken = self.try_one(path, calm, point)
            print(f"ok      {path}, stopped at point {point} ({name}), woken "
                  f"{'early' if point % 2 else 'late'}, ended with {code}"
                  f"{', an effect was in doubt' if taken else ''}", flush=True)
            return taken
        except (Failed, OSError, subprocess.SubprocessError, ValueError) as problem:
            with self.lock:
                self.failures.append((path, name))
                print(f"NOT OK  {path}, stopped at point {point} ({name}): {problem}\n"
                      f"        again: frozen.py --paths {path} --only {point} --seed {self.seed} --keep",
                      flush=True)
            if not isinstance(problem, Failed):
                traceback.print_exc()
            return 0


def sample(names, numbers, count, seed):
    """One of each kind before a second one of any."""
    dice, kinds = random.Random(seed), collections.defaultdict(list)
    for number in numbers:
        kinds[names[number - 1]].append(number)
    for alike in kinds.values():
        dice.shuffle(alike)
    order = sorted(kinds)
    dice.shuffle(order)
    turns = [kinds[name][i] for i in range(len(names)) for name in order if i < len(kinds[name])]
    return turns[:count]


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    parser.add_argument("--paths", type=lambda text: text.split(","), default=list(PATHS))
    parser.add_argument("--kinds", type=lambda text: text.split(","))
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--only", type=int)
    parser.add_argument("--seed", default=os.environ.get("WABAMIGRATE_TEST_SEED") or
                        str(random.SystemRandom().randrange(1000000)))
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 2)) # they mostly wait
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--first", action="store_true")
    return parser.parse_args()


def freeze(frozen, options):
    started, trials, doubts = time.monotonic(), 0, 0
    print(f"the seed is {options.seed}; a lease is {LEASE_S} s", flush=True)
    for path in options.paths:
        calm = frozen.undisturbed(path)
        count = len(calm["names"])
        points = [number for number, name in enumerate(calm["names"], 1)
                  if not options.kinds or name in options.kinds]
        if options.sample:
            points = sample(calm["names"], points, options.sample, f"{options.seed} {path}")
        if options.only:
            points = [options.only]
        print(f"== {path}: {count} points, {len(points)} trials", flush=True)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for one in [pool.submit(frozen.attempt, path, calm, point) for point in points]:
                doubts += one.result() > 0
        trials += len(points)
    print(f"{trials} trials, {doubts} of them with a doubt, {len(frozen.failures)} failed, in "
          f"{time.monotonic() - started:.0f} s; seed {options.seed}")


def main():
    options = arguments()
    return torture.see_through(Frozen(options), freeze, options)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as problem:
        print(f"frozen.py: {problem}", file=sys.stderr)
        sys.exit(1)
