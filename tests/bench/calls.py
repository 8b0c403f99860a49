# SPDX-License-Identifier: PostgreSQL
"""calls.py -- reads the calls of a simulator's request log, as bare_loop.c does.

    python3 calls.py URL CA_FILE <REQUESTS      prints them as a configuration of curl --parallel
"""
import json
import os
import sys
from urllib.parse import urlencode


def read(stream):
    """Yields (method, target, body or None, token or None) of each line, in order."""
    tokens = {"none": None, "source": os.environ["OLD_PARTNER_TOKEN"]}
    for line in stream:
        call = json.loads(line)
        target = call["path"] + ("?" + urlencode(call["query"]) if call["query"] else "")
        body = json.dumps(call["body"]) if call["method"] == "POST" else None
        yield call["method"], target, body, tokens.get(call["token"],
                                                       os.environ["META_SYSTEM_TOKEN"])


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def print_configuration(url, ca_file):
    separator = ""
    for method, target, body, token in read(sys.stdin):
        print(f'{separator}url = {quoted(url + target)}\noutput = "/dev/null"')
        print(f"cacert = {quoted(ca_file)}")
        if token:
            print(f"header = {quoted('Authorization: Bearer ' + token)}")
        if body is not None:
            print(f'header = "Content-Type: application/json"\ndata = {quoted(body)}')
        elif method != "GET":
            print(f"request = {method}")
        separator = "next\n"


if __name__ == "__main__":
    print_configuration(sys.argv[1], sys.argv[2])
