#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""sql_sources.py PROJECT -- no SQL text is assembled, anywhere.

Every statement is a file of sql/, which the build makes a constant; what varies is a parameter. So whatever
is handed to libpq as SQL must be such a constant, a literal, or a plain parameter of one of the few functions
that pass one on, and no other source text may hold SQL. In sql/ itself nothing may execute a text.
"""
import pathlib
import re
import sys

PASSES_ON = r"(?:const char \*)?sql"
ALLOWED = re.compile(rf'SQL_[A-Z0-9_]+|(?:"(?:[^"\\]|\\.)*"\s*)+|{PASSES_ON}|control->sql|migration->text')
# function: which of its arguments is the SQL
TAKES_SQL = {"pg_query": 1, "pg_script": 1, "trips_queue": 1, "trips_queue_often": 1,
             "trips_queue_params": 1, "pg_query_params": 1, "pg_columns_send": 1, "tell_key": 2, "PQexec": 1,
             "PQexecParams": 1, "PQprepare": 2, "PQsendQuery": 1, "PQsendQueryParams": 1, "PQsendPrepare": 2,
             "pg_prepared_send": 2, "pg_prepared_query": 2}
# Who may call libpq with SQL: the rest of the program goes through pg.
CALLS_LIBPQ = {"orchestrator/pg.c", "orchestrator/pg_prepared.c", "orchestrator/trips.c",
               "orchestrator/keeper.c"}
# What initdb's cluster is told, and the keeper's one question: constants, before there is a schema.
HOLDS_SQL = {"orchestrator/cluster.c", "orchestrator/keeper.c"}
WORDS = re.compile(r'"[^"]*\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|TRUNCATE|GRANT)\s[^"]*"')
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def arguments(text, at):
    """The arguments of the call whose opening parenthesis is at `at`."""
    depth, start, found, quoted = 0, at + 1, [], False
    for i in range(at, len(text)):
        c = text[i]
        if c == '"' and text[i - 1] != "\\":
            quoted = not quoted
        if quoted:
            continue
        depth += (c in "({[") - (c in ")}]")
        if (c == "," and depth == 1) or depth == 0:
            found.append(" ".join(text[start:i].split()))
            start = i + 1
        if depth == 0:
            return found
    return found


def examine(name, text):
    calls = 0
    for match in re.finditer(r"\b(" + "|".join(TAKES_SQL) + r")\(", text):
        function, given = match.group(1), arguments(text, match.end() - 1)
        line = text.count("\n", 0, match.start()) + 1
        if len(given) <= TAKES_SQL[function]:
            continue  # a pointer to it, or a macro of the same name
        calls += 1
        if function.startswith("PQ") and name not in CALLS_LIBPQ:
            yield f"{name}:{line}: {function}() is for pg alone"
        if not ALLOWED.fullmatch(given[TAKES_SQL[function]]):
            yield f"{name}:{line}: {function}() is given {given[TAKES_SQL[function]]}, which is no statement of sql/"
    if name not in HOLDS_SQL:
        for match in WORDS.finditer(text):
            yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}: SQL in C: {match.group()}"
    examine.calls += calls


def main(project):
    root = pathlib.Path(project)
    examine.calls = 0
    problems = []
    for folder in ("base", "planner", "jobs", "orchestrator", "intake"):
        for path in sorted((root / folder).rglob("*.[ch]")):
            text = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), path.read_text(encoding="utf-8"))
            problems += examine(str(path.relative_to(root)), text)
    for path in sorted((root / "sql").rglob("*.sql")):
        text = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
        if re.search(r"\bEXECUTE\b(?!\s+FUNCTION)|\bquery_to_xml\b|\bdblink\b", text, re.I):
            problems.append(f"{path.relative_to(root)}: executes a text")
    print("\n".join(problems) or f"{examine.calls} calls, each with a constant")
    return 1 if problems or examine.calls < 50 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
