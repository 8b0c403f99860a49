# SPDX-License-Identifier: PostgreSQL
"""script.py -- what a user would write instead, in Python: threads, each with a connection to Graph
that is kept open and one to PostgreSQL, which it tells of every call that has come back.

    python3 script.py URL CA_FILE CONCURRENCY DATABASE <REQUESTS

DATABASE is what psycopg2.connect() takes; its table `call` is made anew. The calls are those of a
simulator's request log, in its order. One UPDATE and one commit a call, after it: no intent before
it, no order between calls, no retry. Prints one line: calls, refused, failed, wall ms, CPU µs from
the first call to the last commit; connecting to PostgreSQL is not in it.
"""
import http.client
import json
import ssl
import sys
import threading
import time
from urllib.parse import urlsplit

import psycopg2

import calls


class Worker(threading.Thread):
    def __init__(self, work, url, context, database):
        super().__init__()
        self.work = work
        self.graph = http.client.HTTPSConnection(url.hostname, url.port, context=context)
        self.database = psycopg2.connect(database)
        self.refused = self.failed = 0

    def send(self, method, target, body, token):
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.graph.request(method, target, body, headers)
        answer = self.graph.getresponse()
        return answer.status, json.loads(answer.read())

    def run(self):
        cursor = self.database.cursor()
        # The iterator of a list is safe to share: the interpreter's lock is held for a step of it.
        for number, call in self.work:
            try:
                status, answer = self.send(*call)
            except (OSError, http.client.HTTPException, ValueError):
                self.graph.close()
                self.failed += 1
                continue
            self.refused += status >= 400
            cursor.execute("UPDATE call SET state = 'done', status = %s, answer = %s,"
                           " done_at = now() WHERE call_id = %s",
                           (status, json.dumps(answer), number))
            self.database.commit()


def prepare(database, count):
    connection = psycopg2.connect(database)
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS call;"
                       "CREATE TABLE call (call_id bigint PRIMARY KEY, state text NOT NULL,"
                       " status integer, answer jsonb, done_at timestamptz)")
        cursor.execute("INSERT INTO call SELECT i, 'ready' FROM generate_series(0, %s - 1) i",
                       (count,))
    connection.close()


def main():
    url, ca_file, concurrency, database = sys.argv[1:]
    todo = list(enumerate(calls.read(sys.stdin)))
    prepare(database, len(todo))
    context = ssl.create_default_context(cafile=ca_file)
    work = iter(todo)
    workers = [Worker(work, urlsplit(url), context, database) for _ in range(int(concurrency))]
    wall, cpu = time.monotonic(), time.process_time()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    print(len(todo), sum(w.refused for w in workers), sum(w.failed for w in workers),
          round(wall * 1000), round(cpu * 1e6))


main()
