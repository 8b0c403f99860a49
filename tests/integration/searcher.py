#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""searcher.py MARKERS PINS INNOCENT FILE... -- looks for secrets where none may be.

MARKERS has a secret a line; each is looked for as it is, and as URLs, JSON, hexadecimal and base64 would
write it; a key of 64 hexadecimal digits as its bytes, too. PINS has a PIN a line; they are six digits only, so they are looked for as words, and not those
that stand in the files of INNOCENT (a list of files, a line each) as ids or the like. Prints where one was
found, without the secret. Exit codes: 0 nothing found, 1 found, 2 nothing to look for or in.
"""
import base64
import re
import sys
import urllib.parse


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.strip()]


def spellings(marker):
    raw = marker.encode()
    found = {raw, urllib.parse.quote(marker, safe="").encode(), urllib.parse.quote(marker).encode(),
             urllib.parse.quote_plus(marker).encode(), marker.replace("/", "\\/").encode(),
             raw.hex().encode(), raw.hex().upper().encode()}
    for shift in range(3):
        # What surrounds it shows in the first and the last characters only.
        text = base64.b64encode(b"\0" * shift + raw)
        cut = text[(0, 2, 3)[shift]:].rstrip(b"=")[:-1]
        found |= {cut, cut.replace(b"+", b"-").replace(b"/", b"_")}
    if re.fullmatch("[0-9a-f]{64}", marker):  # a key: its bytes, too
        key = bytes.fromhex(marker)
        found |= {key, base64.b64encode(key).rstrip(b"="), base64.urlsafe_b64encode(key).rstrip(b"=")}
    return found


def main(markers_path, pins_path, innocent_path, *paths):
    words = re.compile(rb"(?<![0-9A-Za-z])[0-9]{6}(?![0-9A-Za-z])")
    innocent = set()
    for path in lines(innocent_path):
        with open(path, "rb") as file:
            innocent |= set(words.findall(file.read()))
    markers = [(f"marker {i + 1}", spellings(m)) for i, m in enumerate(lines(markers_path))]
    pins = {pin.encode() for pin in lines(pins_path)} - innocent
    if not markers or not paths:
        print("there is nothing to look for, or nothing to look in")
        return 2
    is_found = False
    for path in paths:
        with open(path, "rb") as file:
            text = file.read()
        for name, found in markers:
            for spelling in found:
                at = text.find(spelling)
                if at >= 0:
                    is_found = True
                    print(f"{path}: {name} at byte {at}: ...{text[max(0, at - 60):at]!r}")
        for match in words.finditer(text):
            if match.group() in pins:
                is_found = True
                print(f"{path}: a PIN at byte {match.start()}: ...{text[max(0, match.start() - 60):match.start()]!r}")
    return 1 if is_found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
