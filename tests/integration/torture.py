#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""torture.py -- the crash test: something goes wrong at every point at which it can.

    torture.py [--paths P,P] [--faults F,F] [--every N] [--pairs N] [--concurrency N] [--seed N]
               [--only POINTS] [--jobs N] [--keep] [--first]

A small book is moved once undisturbed, with a library preloaded into the program (points.c) that numbers
the places where it sends a request, receives an answer or commits. Then, for each of these points and
each fault, the same book in a fresh world and a fresh database, with that fault at that point:

    kill      the program is killed there (SIGKILL)
    cut       the connection to PostgreSQL is cut there
    withhold  the answer, Graph's or PostgreSQL's, is withheld there; what was asked for has been done
    full      from there on the database refuses every write (SQLSTATE 53100), until it has done so once

After it the same commands are given again, as an operator would, until they say that everything is done.
Then the world (the simulator's state) and the database agree, every number stands where the undisturbed
run left it, no effect happened twice, nothing was sent again without a look-up, no step is running or in
doubt, no intent is without an outcome, and a further run has nothing to write.

Of every path all points are taken in turn; --every N takes one in N of each fault, beginning at a place
that the seed draws. A failure prints the command that repeats it. One PostgreSQL server of its own serves
all trials, a database each; its fsync is off, because only the program dies here, never the server.

Needs WABAMIGRATE (the program) and WABAMIGRATE_POINTS_LIBRARY (points.c built); ctest sets them.
"""
import argparse
import collections
import concurrent.futures
import glob
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import judge  # noqa: E402

FAULTS = ("kill", "cut", "withhold", "full")
# Where an answer can be withheld; a fault at another point is no other fault.
WITHHELD = ("answer", "committing", "written")
ENDLESS_S = 120  # seconds that nothing takes that works; not a measure of anything
TRIES_MAX = 12   # of one command after a fault: a doubt about a line waits for six looks, one a try
AFTERMATH = 60   # points within which a second fault comes
SPREAD = 12      # points by which two undisturbed runs may differ
MINUTE_S = 70    # the same where a code must not expire meanwhile
NIGHT_S = 600    # from one try to the next on the virtual clock, where something waits for a time

# One customer with everything that a path can write: a webhook of its own, a line, a storage region.
BOOK = """\
version: 1
batch: torture
partner:
  business_id: "1020304050"
  app_id: "998877"
  credit_line_id: "5566778899"
  credit_method: {credit_method}
  system_token: {{ env: META_SYSTEM_TOKEN }}
  app_secret: {{ env: META_APP_SECRET }}
defaults: {{ path: {path}, waba_currency: EUR, templates: {templates} }}
customers:
  - id: bakery-lune
    name: Bakery Lune
    business_id: "700101"
    source_waba_id: "800101"
    source_token: {{ env: OLD_PARTNER_TOKEN }}
    webhook: {{ override_callback_uri: "https://hooks.example/bakery", verify_token: {{ env: HOOK_TOKEN }} }}
{destination}\
    numbers:
      - {{ number: "+33 1 99 00 00 11", source_phone_number_id: "600001", data_localization_region: DE }}
      - {{ number: "+1 201 555 0111", source_phone_number_id: "600002" }}
"""

PATHS = {
    "embedded_signup": {"path": "embedded_signup", "credit_method": "sharing_and_attach",
                        "destination": "", "templates": "leave"},
    "embedded_signup_in_parts": {"path": "embedded_signup", "credit_method": "sharing_then_attach",
                                 "destination": "", "templates": "leave"},
    "programmatic": {"path": "programmatic", "credit_method": "sharing_and_attach",
                     "destination": '    destination_waba_id: "900101"\n', "templates": "leave"},
    "templates": {"path": "embedded_signup", "credit_method": "sharing_and_attach",
                  "destination": "", "templates": "before_register"},
}

# With a flow, and with what a first call refuses: so that every call that copies is made.
SCENARIO = """{"customers": {"*": {"templates": {"approved_green": 2, "approved_unknown": 1, "with_flow": 1,
                                                  "fails_once": 1}}}}"""
DAY_S, DAYS_MAX = 25 * 3600, 3

DISK = """
CREATE SCHEMA torture;
CREATE FUNCTION torture.refuse_when_full() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF (pg_stat_file('{flags}/' || current_database(), true)).size IS NOT NULL THEN
        RAISE disk_full USING MESSAGE = 'could not extend file: No space left on device';
    END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'wabamigrate' LOOP
        EXECUTE format('CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON wabamigrate.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION torture.refuse_when_full()', name);
    END LOOP;
END $$;
"""

LEFT_OVER = """
SELECT format('%s of %s is %s%s', s.kind, coalesce(n.number, c.key), s.state,
              CASE WHEN s.is_in_doubt THEN ', in doubt' END)
  FROM wabamigrate.step s JOIN wabamigrate.customer c USING (customer_id)
  LEFT JOIN wabamigrate.number n ON n.number_id = s.number_id
 WHERE s.state <> 'done' OR s.is_in_doubt
UNION ALL
SELECT format('%s %s: an intent without an outcome', s.kind, a.phase)
  FROM wabamigrate.attempt a JOIN wabamigrate.step s USING (step_id) WHERE a.outcome IS NULL
"""


# What the log calls an effect, and the step that sends it.
STEP_OF = {"register": "register_number", "share": "share_credit_line", "attach": "share_credit_line",
           "exchange": "exchange_code", "assign": "assign_system_user",
           "subscribe": "subscribe_webhooks", "override": "subscribe_webhooks",
           "settings": "set_storage", "create": "create_number", "sms": "request_code",
           "voice": "request_code", "verify": "verify_code",
           "templates": "migrate_templates", "flows": "migrate_templates"}
WAITS_FOR_CODE = """
SELECT 1 FROM wabamigrate.step WHERE state = 'waiting' AND waiting_for = 'code'
"""
SETTLES = """
SELECT 1 FROM wabamigrate.step WHERE kind = 'settle_templates' AND state <> 'done'
"""
ASKED_AGAIN = """
SELECT 1 FROM wabamigrate.step WHERE kind = 'exchange_code' AND state = 'waiting' AND waiting_for = 'signup'
"""
SENT = """
SELECT replace(s.kind, 'settle_', 'migrate_'), count(*)
  FROM wabamigrate.attempt a JOIN wabamigrate.step s USING (step_id)
 WHERE a.is_effect AND a.outcome <> 'not_sent' GROUP BY 1
"""


class Failed(Exception):
    pass


class Cluster:
    """A PostgreSQL server of our own on a Unix socket."""

    def __init__(self, place):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        directory = os.environ.get("WABAMIGRATE_PG_BINDIR") or \
            (os.path.dirname(found[-1]) if found else None)
        if not directory:
            raise Failed("there is no PostgreSQL; install Debian's postgresql")
        self.bin, self.sockets, self.data = directory, str(place / "sockets"), str(place / "data")
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        for path in (self.sockets, self.data):
            os.mkdir(path, 0o700)
            if self.user:
                shutil.chown(path, "postgres")
        self.run(["initdb", "-D", self.data, "-U", "torture", "--auth=trust", "--no-sync",
                  "--locale=C.UTF-8", "--encoding=UTF8"])
        self.server = subprocess.Popen(
            self.user + [f"{self.bin}/postgres", "-D", self.data, "-k", self.sockets,
                         "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off",
                         "-c", "max_connections=60", "-c", "autovacuum=off", "-c", "wal_level=minimal",
                         "-c", "max_wal_senders=0"],
            stdout=subprocess.DEVNULL, stderr=open(place / "postgres.log", "wb"))
        for _ in range(ENDLESS_S * 20):
            if subprocess.run([f"{self.bin}/pg_isready", "-q", "-h", self.sockets],
                              check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise Failed("PostgreSQL does not start")

    def run(self, words):
        subprocess.run(self.user + [f"{self.bin}/{words[0]}"] + words[1:], check=True,
                       stdout=subprocess.DEVNULL)

    def url(self, database):
        return f"host={self.sockets} user=torture dbname={database}"

    def sql(self, database, text):
        done = subprocess.run([f"{self.bin}/psql", "-XqAt", "-v", "ON_ERROR_STOP=1",
                               self.url(database), "-c", text],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"psql: {done.stderr.strip()}")
        return done.stdout.splitlines()

    def stop(self):
        self.server.send_signal(signal.SIGQUIT)
        subprocess.run(self.user + [f"{self.bin}/pg_ctl", "stop", "-D", self.data, "-m", "immediate"],
                       check=False, capture_output=True)
        self.server.wait()


class Trial:
    """One book, one world, one database, and the commands an operator gives."""

    RUN_OPTIONS = ()

    def __init__(self, torture, name, path, points=()):
        self.torture, self.path, self.offset = torture, path, 0
        self.is_programmatic = PATHS[path]["path"] == "programmatic"
        self.place = torture.place / name
        self.place.mkdir(mode=0o711)
        self.database = name.replace("-", "_").replace(".", "_")
        self.points = self.place / "points"
        self.log = self.place / "log.jsonl"
        self.said = open(self.place / "said", "wb")
        self.book = self.place / "book.yaml"
        self.scenario = self.place / "scenario.json"
        self.scenario.write_text(SCENARIO)
        self.book.write_text(BOOK.format(**PATHS[path]))
        (self.place / "state").mkdir(mode=0o700)
        self.environment = dict(torture.environment, XDG_STATE_HOME=str(self.place / "state"),
                                WABAMIGRATE_DATABASE=torture.cluster.url(self.database),
                                WABAMIGRATE_KEY_FILE=str(torture.key))
        self.disturbed = dict(
            LD_PRELOAD=torture.library, WABAMIGRATE_POINTS=str(self.points),
            WABAMIGRATE_POINT_FLAG=str(torture.flags / self.database),
            WABAMIGRATE_POINT=",".join(f"{number}:{fault}" for number, fault in points))

    def __enter__(self):
        self.torture.cluster.sql("postgres", f"CREATE DATABASE {self.database} TEMPLATE template_torture")
        port = self.place / "port"
        self.simulator = subprocess.Popen(
            [self.torture.program, "simulate", "--manifest", str(self.book), "--listen", "127.0.0.1:0",
             "--scenario", str(self.scenario), "--port-file", str(port), "--log", str(self.log), "--latency-ms", "0"],
            env=self.environment, stdout=self.said, stderr=self.said)
        deadline = time.monotonic() + ENDLESS_S
        while not (port.exists() and port.read_text().strip()):
            if self.simulator.poll() is not None or time.monotonic() > deadline:
                raise Failed("the simulator does not start")
            time.sleep(0.005)
        self.environment["WABAMIGRATE_GRAPH_URL"] = f"http://127.0.0.1:{port.read_text().strip()}"
        return self

    def __exit__(self, kind, error, trace):
        self.simulator.kill()
        self.simulator.wait()
        self.said.close()
        self.torture.cluster.sql("postgres", f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        if error is None and not self.torture.keep:
            shutil.rmtree(self.place)

    def world(self, name, body=None):
        request = urllib.request.Request(
            f"{self.environment['WABAMIGRATE_GRAPH_URL']}/simulator/{name}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=ENDLESS_S) as answer:
            return answer.read()

    def command(self, *words, disturbed=True):
        environment = dict(self.environment, **(self.disturbed if disturbed else {}))
        if self.offset:
            environment["WABAMIGRATE_CLOCK_OFFSET"] = str(self.offset)
        self.said.write(f"== {' '.join(words)}\n".encode())
        self.said.flush()
        return subprocess.run([self.torture.program, *words], env=environment, stdin=subprocess.DEVNULL,
                              stdout=self.said, stderr=self.said, timeout=ENDLESS_S, check=False).returncode

    def night_passes(self):
        self.time_passes(MINUTE_S if self.is_programmatic else NIGHT_S) # codes live ten minutes

    def time_passes(self, seconds):
        self.offset += seconds
        self.world("clock", {"advance_seconds": seconds})

    def until(self, wanted, *words):
        """The command, again and again, until it ends with a code that is wanted."""
        for _ in range(TRIES_MAX):
            code = self.command(*words)
            if code in wanted:
                return
            if code not in (-signal.SIGKILL, 1, 4, 5, 7):
                raise Failed(f"{words[0]} ended with {code}")
            if code in (4, 5):
                self.night_passes()
                if self.torture.cluster.sql(self.database, WAITS_FOR_CODE):
                    self.pass_codes() # of a request that was looked up first
            if self.torture.cluster.sql(self.database, ASKED_AGAIN):
                self.sign_up() # a lost code exchange has burnt the code, and the token is needed
        raise Failed(f"{words[0]} ended with {code} {TRIES_MAX} times")

    def sign_up(self):
        signups = self.place / "signups.jsonl"
        signups.write_bytes(self.world("signups", {"all": True}))
        self.until((0,), "capture", "--file", str(signups))

    def pass_codes(self):
        codes = self.place / "codes"
        codes.write_bytes(self.world("codes"))
        self.until((0, 2), "code", "--file", str(codes)) # 2: for one that waits for none yet, or no more

    def move(self):
        run = ("--progress", "never", "run", "--concurrency", str(self.torture.concurrency),
               "--patience", "1s", *self.RUN_OPTIONS, str(self.book))
        self.until((4,), *run)
        if self.is_programmatic:
            self.pass_codes()
        else:
            self.sign_up()
        self.until((0,), *run)
        for _ in range(DAYS_MAX): # copies are settled a day later, and one that came late later still
            if PATHS[self.path]["templates"] == "leave" or \
                    not self.torture.cluster.sql(self.database, SETTLES):
                break
            self.time_passes(DAY_S)
            self.until((0,), *run)
        self.again = run
        (self.torture.flags / self.database).unlink(missing_ok=True)

    def result(self):
        """What is left of it: the files that judge.py reads."""
        report, pins, state = (self.place / name for name in ("report", "pins", "state.json"))
        for words in (("report", "--format", "json", "--output", str(report)),
                      ("pins", "export", "--format", "json", "--output", str(pins))):
            if self.command(*words, disturbed=False) != 0:
                raise Failed(f"{words[0]} fails")
        state.write_bytes(self.world("state"))
        return str(state), str(report), str(pins)

    def untold(self):
        """Effects that reached the world and are missing in the history."""
        told = dict(line.split("|") for line in self.torture.cluster.sql(self.database, SENT))
        seen = collections.Counter(STEP_OF[effect[0]] for effect in
                                   map(judge.effect_of, judge.log_lines(self.log)) if effect)
        return [f"{kind}: {count} requests reached the world, {told.get(kind, 0)} are in the history"
                for kind, count in seen.items() if count > int(told.get(kind, 0))]

    def copied_twice(self):
        """Templates and flows that were asked for although they were there."""
        wrong = []
        for customer, one in json.loads(self.world("templates")).items():
            wrong += [f"{customer}: {kind[:-1]} {copy['name']} was asked for {copy['asked_when_there']} times"
                      " when it was there" for kind in ("templates", "flows")
                      for copy in one[kind] if copy["asked_when_there"]]
            if PATHS[self.path]["templates"] != "leave" and one["copied"] != 5:
                wrong.append(f"{customer}: {one['copied']} templates were copied")
        return wrong

    def further_run(self):
        before = self.log.read_text().splitlines()
        if self.command(*self.again, disturbed=False) != 0:
            raise Failed("a further run does not end with 0")
        return [f"a further run sends {line['method']} {line['path']}"
                for line in map(json.loads, self.log.read_text().splitlines()[len(before):])
                if judge.effect_of(line)]


class Torture:
    def __init__(self, options):
        self.program = os.environ.get("WABAMIGRATE") or shutil.which("wabamigrate")
        self.library = os.environ.get("WABAMIGRATE_POINTS_LIBRARY")
        if not self.program or not self.library:
            raise Failed("WABAMIGRATE and WABAMIGRATE_POINTS_LIBRARY must name the program and points.c's library")
        self.keep, self.concurrency = options.keep, options.concurrency
        self.is_first_enough = options.first
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="wabamigrate-torture."))
        self.place.chmod(0o711)
        self.flags = self.place / "flags"
        self.flags.mkdir()
        self.flags.chmod(0o777)
        self.key = self.place / "key"
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("WABAMIGRATE_", "PG"))}
        self.environment.update(
            LC_ALL="C.UTF-8", TZ="UTC", META_SYSTEM_TOKEN="fictitious-system-token",
            META_APP_SECRET="fictitious-app-secret", HOOK_TOKEN="fictitious-hook-token",
            OLD_PARTNER_TOKEN="fictitious-token-of-the-old-partner")
        self.cluster = Cluster(self.place)
        self.make_template()
        self.failures, self.unmet = [], [] # unmet: trials that were over before their (first) fault
        self.lock = threading.Lock()

    def make_template(self):
        self.cluster.sql("postgres", "CREATE DATABASE template_torture")
        environment = dict(self.environment, XDG_STATE_HOME=str(self.place),
                           WABAMIGRATE_KEY_FILE=str(self.key),
                           WABAMIGRATE_DATABASE=self.cluster.url("template_torture"))
        subprocess.run([self.program, "--quiet", "db", "init"], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        self.cluster.sql("template_torture", DISK.format(flags=self.flags))

    def undisturbed(self, path):
        """Counts the points; what it leaves is what every other trial must leave."""
        with Trial(self, f"calm-{path}", path) as trial:
            trial.move()
            names = [line.split()[1] for line in trial.points.read_text().splitlines()]
            state, report, pins = trial.result()
            wrong = judge.world(state, report, pins) + trial.untold() + trial.copied_twice() + \
                trial.further_run()
            if wrong:
                raise Failed("; ".join(wrong))
            log = self.place / f"{path}.log"
            shutil.copy(trial.log, log)
            kept = self.place / f"{path}.state"
            shutil.copy(state, kept)
        return {"names": names, "log": str(log), "state": str(kept)}

    def try_one(self, path, calm, points):
        name = f"{path}-" + "-".join(f"{number}-{fault}" for number, fault in points)
        with Trial(self, name, path, points) as trial:
            trial.move()
            # What comes after a first fault, or beside others, may be over sooner.
            # So may the last ones, where more outcomes have fallen into one commit.
            sure = len(calm["names"]) - SPREAD
            met = len(trial.points.read_text().splitlines())
            if met < points[0][0]:
                self.unmet.append((path, kind_of(points)))
            if self.concurrency == 1 and met < points[0][0] <= sure:
                raise Failed("the point was not met")
            state, report, pins = trial.result()
            log = str(trial.log)
            wrong = (judge.worlds(calm["state"], state) + judge.world(state, report, pins) +
                     judge.twice(log) + more(log, calm["log"]) + judge.blind(log, state) +
                     self.cluster.sql(trial.database, LEFT_OVER) + trial.untold() + trial.copied_twice() +
                     trial.further_run())
            if wrong:
                raise Failed("; ".join(wrong))

    def attempt(self, path, calm, points):
        if self.is_first_enough and self.failures:
            return
        try:
            self.try_one(path, calm, points)
        except (Failed, OSError, subprocess.SubprocessError, ValueError) as problem:
            where = ", then ".join(f"{fault} at point {number}" +
                                   (f" ({calm['names'][number - 1]})" if number <= len(calm["names"]) else "")
                                   for number, fault in points)
            again = ",".join(f"{number}:{fault}" for number, fault in points)
            with self.lock:
                self.failures.append((path, kind_of(points)))
                print(f"NOT OK  {path}, {where}: {problem}\n"
                      f"        again: torture.py --paths {path} --only {again} "
                      f"--concurrency {self.concurrency} --keep", flush=True)
            if not isinstance(problem, Failed):
                traceback.print_exc()


def more(log, calm):
    """Who has signed up again has another code to exchange; no other effect may be more."""
    return [text for text in judge.more(log, calm) if not text.startswith("exchange")]


def kind_of(points):
    return points[0][1] if len(points) == 1 else "pair"


def fitting(names, fault):
    return [number for number, name in enumerate(names, 1) if fault != "withhold" or name in WITHHELD]


def singles(options, names, seed):
    """Each fault at each point where it means something, thinned out."""
    for fault in options.faults:
        numbers = fitting(names, fault)
        first = random.Random(f"{seed} {fault}").randrange(options.every)
        yield from (((number, fault),) for number in numbers[first::options.every])


def pairs(options, names, seed):
    dice = random.Random(f"{seed} pairs")
    for _ in range(options.pairs):
        faults = dice.choice(options.faults), dice.choice(options.faults)
        first = dice.choice(fitting(names, faults[0]))
        yield ((first, faults[0]), (first + 1 + dice.randrange(AFTERMATH), faults[1]))


def arguments():
    def words(known):
        def parse(text):
            unknown = [word for word in text.split(",") if word not in known]
            if unknown:
                raise argparse.ArgumentTypeError(f"{unknown[0]}: there are {', '.join(known)}")
            return text.split(",")
        return parse

    def points(text):
        return tuple((int(number), fault) for number, _, fault in
                     (word.partition(":") for word in text.split(",")))

    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    parser.add_argument("--paths", type=words(PATHS), default=list(PATHS))
    parser.add_argument("--faults", type=words(FAULTS), default=list(FAULTS))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--only", type=points)
    parser.add_argument("--seed", default=os.environ.get("WABAMIGRATE_TEST_SEED") or
                        str(random.SystemRandom().randrange(1000000)))
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--first", action="store_true")
    return parser.parse_args()


def torment(torture, options):
    started, table = time.monotonic(), collections.Counter()
    print(f"the seed is {options.seed}", flush=True)
    for path in options.paths:
        calm = torture.undisturbed(path)
        seed = f"{options.seed} {path}"
        trials = [options.only] if options.only else \
            [*singles(options, calm["names"], seed), *pairs(options, calm["names"], seed)]
        kinds = ", ".join(f"{count} {name}" for name, count in collections.Counter(calm["names"]).items())
        print(f"== {path}: {len(calm['names'])} points ({kinds}); {len(trials)} trials", flush=True)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for one in [pool.submit(torture.attempt, path, calm, trial) for trial in trials]:
                one.result()
        table.update((path, kind_of(trial)) for trial in trials)
    print(f"\n{'path':<26} {'fault':<9} trials  failed  unmet")
    for (path, fault), trials in table.items():
        failed = torture.failures.count((path, fault))
        print(f"{path:<26} {fault:<9} {trials:>6}  {failed:>6}  {torture.unmet.count((path, fault)):>5}")
    print(f"{sum(table.values())} trials in {time.monotonic() - started:.0f} s; seed {options.seed}")
    if not table:
        raise Failed("nothing was tried")


def see_through(torture, work, options):
    """Does the work, and leaves nothing behind but what there is to look at; the exit code."""
    try:
        work(torture, options)
    finally:
        torture.cluster.stop()
        if torture.failures or options.keep:
            print(f"kept: {torture.place}")
        else:
            shutil.rmtree(torture.place, ignore_errors=True)
    return 1 if torture.failures else 0


def main():
    options = arguments()
    return see_through(Torture(options), torment, options)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as problem:
        print(f"torture.py: {problem}", file=sys.stderr)
        sys.exit(1)
