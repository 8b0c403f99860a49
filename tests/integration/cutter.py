#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""cutter.py PORT_FILE TARGET_PORT before|after PATTERN LOG

A proxy before PostgreSQL that cuts connections at the worst moment. It counts the transactions of a
running program (its flushes, its questions, and its look-ups on a new connection), and PATTERN, over and
over, says which of them it cuts: "10" is every other one. "before": the server never hears of it.
"after": the server has committed and answered, and the program hears nothing of it. A line of LOG for
each transaction: "cut" or "let through", and "flush" or "look-up".

It speaks plain TCP (sslmode=disable) and serves until it is killed.
"""
import asyncio
import os
import sys

# What tells a transaction of a running program: the head comments of its first statements.
FIRST = {b"-- The first statement of every transaction in which a run records or claims": "flush",
         b"-- The first statement on a connection made again": "look-up"}


class Cut(Exception):
    pass


class Plan:
    def __init__(self, mode, pattern, log):
        self.mode, self.pattern, self.log, self.count = mode, pattern, log, 0

    def next_is_cut(self, what):
        is_cut = self.pattern[self.count % len(self.pattern)] == "1"
        self.count += 1
        print("cut" if is_cut else "let through", what, file=self.log, flush=True)
        return is_cut


async def message(reader, has_type):
    """One message, whole: (type, bytes)."""
    head = await reader.readexactly(5 if has_type else 4)
    length = int.from_bytes(head[-4:], "big")
    return head[:1] if has_type else b"", head + await reader.readexactly(length - 4)


class Connection:
    def __init__(self, plan):
        self.plan, self.is_doomed = plan, False
        self.prepared = {} # what a statement is, by its name; "" is the unnamed one

    def begins(self, kind, data):
        """What the message begins, if it begins anything that counts."""
        parts = data[5:].split(b"\0", 2)
        if kind == b"P":
            self.prepared[parts[0]] = next((what for words, what in FIRST.items() if words in data), None)
        return self.prepared.get(parts[1]) if kind == b"B" else None

    async def from_client(self, reader, writer):
        """Forwards whole messages; a doomed transaction only where the server is to have it."""
        writer.write((await message(reader, False))[1])
        while True:
            kind, data = await message(reader, True)
            what = self.begins(kind, data)
            if what and self.plan.next_is_cut(what):
                self.is_doomed = True
            if self.is_doomed and self.plan.mode == "before":
                raise Cut
            writer.write(data)
            await writer.drain()

    async def from_server(self, reader, writer):
        while True:
            kind, data = await message(reader, True)
            if not self.is_doomed:
                writer.write(data)
                await writer.drain()
            elif kind == b"Z": # ready for the next query: this one is committed
                raise Cut


async def serve(plan, target, client_reader, client_writer):
    connection = Connection(plan)
    writers = [client_writer]
    try:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", target)
        writers.append(server_writer)
        tasks = [asyncio.ensure_future(connection.from_client(client_reader, server_writer)),
                 asyncio.ensure_future(connection.from_server(server_reader, client_writer))]
        _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    except OSError:
        pass
    for writer in writers:
        writer.close()


async def main(port_file, target, mode, pattern, log_path):
    with open(log_path, "a", encoding="utf-8") as log:
        plan = Plan(mode, pattern, log)
        server = await asyncio.start_server(lambda r, w: serve(plan, int(target), r, w), "127.0.0.1", 0)
        with open(port_file + ".new", "w", encoding="utf-8") as file:
            print(server.sockets[0].getsockname()[1], file=file)
        os.rename(port_file + ".new", port_file)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 6 or sys.argv[3] not in ("before", "after"):
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))
