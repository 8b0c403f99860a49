#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""page.py -- opens HTML reports in a headless Chromium and uses them as people do.

    page.py SCREENSHOTS KIND FILE [KIND FILE]...

KIND is normal, hostile, empty, story, huge (books of page_maker) or real (the program's own). Every page is
opened 1280 and 390 pixels wide; pictures of it are left in the folder SCREENSHOTS to be looked at.
Needs chromedriver and chromium; talks to them by the WebDriver protocol and nothing else.

Exit codes: 0 it is so; 1 it is not, and the difference is printed.
"""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

WIDTHS = (1280, 390)
PRINTED_NUMBERS_MAX = 5000  # as in planner/page/customers.js


class Missed(Exception):
    """Something on the page is not as it should be."""


class Browser:
    def __init__(self, driver, folder):
        self.port = self.port_of(driver)
        arguments = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update",
                     "--disable-sync", "--user-data-dir=" + folder]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": 120000, "pageLoad": 120000},
            "unhandledPromptBehavior": "ignore"}}})
        self.session = "/session/" + answer["sessionId"]

    @staticmethod
    def port_of(driver):
        for line in driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return int(found.group(1))
        raise Missed("chromedriver does not start")

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            "http://127.0.0.1:%d%s" % (self.port, path), method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=180) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise Missed("%s %s: %s" % (method, path, error.read().decode()[:600])) from error

    def do(self, method, path, body=None):
        return self.call(method, self.session + path, body)

    def script(self, text, *arguments):
        return self.do("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def devtools(self, command, **parameters):
        return self.do("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def log(self, kind):
        return self.do("POST", "/se/log", {"type": kind})

    def open(self, path, width):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900,
                      deviceScaleFactor=1, mobile=width < 500)
        self.do("POST", "/url", {"url": "file://" + urllib.parse.quote(os.path.abspath(path))})

    def picture(self, path, whole=True):
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def media(self, medium="", scheme="light"):
        self.devtools("Emulation.setEmulatedMedia", media=medium,
                      features=[{"name": "prefers-color-scheme", "value": scheme}])

    def has_dialog(self):
        try:
            self.do("GET", "/alert/text")
        except Missed as missed:
            return "no such alert" not in str(missed)
        return True


def want(is_so, text, found=""):
    if not is_so:
        raise Missed("%s: %s" % (text, found) if found != "" else text)


def same(found, expected, text):
    want(found == expected, text, "%r instead of %r" % (found, expected))


# ---- what holds for every page ----

# What an accessibility checker asks first. Returns what is wrong.
ACCESSIBLE = r"""
const wrong = [];
const say = (what, node) => wrong.push(`${what}: ${node.outerHTML.slice(0, 120)}`);
const all = (selector) => [...document.querySelectorAll(selector)];
const isShown = (node) => node.checkVisibility();
for (const th of all('th')) if (!th.scope) say('a header without scope', th);
for (const table of all('table')) if (!table.caption || !table.caption.textContent) say('a table without caption', table);
for (const node of all('button, a, input, select, summary, [tabindex="0"]')) {
    if (!isShown(node)) continue;
    const name = node.getAttribute('aria-label') || node.textContent.trim() ||
        (node.labels && [...node.labels].map((label) => label.textContent).join(' '));
    if (!name || !name.trim()) say('a control without a name', node);
}
for (const node of all('input, select')) if (!node.labels.length) say('a field without a label', node);
const ids = new Set();
for (const node of all('[id]')) {
    if (ids.has(node.id)) say('an id twice', node);
    ids.add(node.id);
}
for (const name of ['aria-controls', 'aria-labelledby', 'aria-describedby']) {
    for (const node of all(`[${name}]`)) {
        if (!document.getElementById(node.getAttribute(name))) say(`${name} names nothing`, node);
    }
}
for (const node of all('svg')) {
    if (node.getAttribute('aria-hidden') !== 'true' && node.getAttribute('role') !== 'img') say('a nameless picture', node);
}
let level = 0;
for (const node of all('h1, h2, h3, h4')) {
    const next = Number(node.tagName[1]);
    if (next > level + 1) say('a heading skips a level', node);
    level = next;
}
if (all('h1').length !== 1) wrong.push('not one h1');
for (const tag of ['header', 'main', 'footer']) if (all(tag).length !== 1) wrong.push(`not one ${tag}`);
if (!document.documentElement.lang || !document.title) wrong.push('no language or no title');
return wrong;
"""

# WCAG's contrast of every text with what is behind it.
CONTRAST = r"""
const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const parse = (text) => (text.match(/[\d.]+/g) || []).map(Number);
const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
};
const wrong = new Set();
const walker = document.createTreeWalker(document.getElementById('page'), NodeFilter.SHOW_TEXT);
for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.textContent.trim() || !node.checkVisibility({ checkVisibilityCSS: true })) continue;
    const style = getComputedStyle(node);
    const a = light(parse(node.namespaceURI.endsWith('svg') ? style.fill : style.color)), b = light(behind(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) wrong.add(`${ratio.toFixed(2)} ${node.tagName}.${node.className.baseVal ?? node.className} ${text.textContent.slice(0, 30)}`);
}
return [...wrong].slice(0, 12);
"""


def is_quiet(browser):
    want(not browser.has_dialog(), "a dialog was opened")
    errors = [line["message"] for line in browser.log("browser")
              if line["level"] in ("SEVERE", "WARNING")]
    same(errors, [], "console")
    same(browser.script("return window.hacked ?? null;"), None, "something of the data has run")
    same(browser.script("return document.querySelectorAll('#page :is(script, img, iframe, style, object, embed)').length;"),
         0, "elements that no page of ours has")
    asked = []
    for line in browser.log("performance"):
        message = json.loads(line["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    strange = [url for url in asked if not url.startswith(("file:", "data:", "chrome:", "about:"))]
    same(strange, [], "requests to a network")


def fits(browser, width):
    found = browser.script("return [document.documentElement.scrollWidth, innerWidth];")
    want(found[0] <= found[1], "%d wide: scrolls sideways" % width, found)


def is_accessible(browser):
    same(browser.script(ACCESSIBLE), [], "accessibility")


def has_contrast(browser):
    for scheme in ("light", "dark"):
        browser.media(scheme=scheme)
        same(browser.script(CONTRAST), [], "contrast, " + scheme)
    browser.media()


# ---- a hand on the page ----

HELPERS = r"""
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = () => all('tbody.customer');
const cellOf = (body, at) => body.rows[0].cells[at].textContent;
const choose = (id, value) => {
    const node = document.getElementById(`filter-${id}`);
    node.value = value;
    node.dispatchEvent(new Event(id === 'text' ? 'input' : 'change', { bubbles: true }));
};
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const result = () => one('.result').textContent.match(/[\d\u202f\u00a0,. ]+/g).map((part) => Number(part.replace(/\D/g, ''))).filter((_, i) => i < 2);
"""


def hand(browser, text, *arguments):
    return browser.script(HELPERS + text, *arguments)


def reset(browser):
    hand(browser, "const clear = all('.filters button').at(-1); if (!clear.hidden) clear.click();")


def sorts(browser):
    for at in range(8):
        for _ in range(2):
            hand(browser, "all('.sorts button')[arguments[0]].click();", at)
            state = hand(browser, """
                const head = all('.sorts th')[arguments[0]];
                return [head.getAttribute('aria-sort'), all('.sorts th[aria-sort]').length,
                        shown().map((body) => cellOf(body, arguments[0]))];""", at)
            want(state[0] in ("ascending", "descending"), "aria-sort of column", at)
            same(state[1], 1, "columns with aria-sort")
            values = state[2]
            if 1 <= at <= 6:
                values = [int(re.sub(r"\D", "", value)) for value in values]
                same(values, sorted(values, reverse=state[0] == "descending"), "sorted by column %d" % at)
            elif at == 7:
                named = [value for value in values if value != "–"]
                same(values[:len(named)], named, "those without an owner come last")
            else:
                same(values[0].split()[0], "Bakery" if state[0] == "ascending" else "Tailor", "sorted by name")
    hand(browser, "all('.sorts button')[2].click(); if (one('.sorts th[aria-sort]').getAttribute('aria-sort') !== 'descending') all('.sorts button')[2].click();")


def filters(browser, book):
    numbers = [number for customer in book["customers"] for number in customer[3]]
    whole = [len(book["customers"]), len(numbers)]
    same(hand(browser, "return result();"), whole, "without a filter")

    def things(number):
        pairs = number[3] or []
        return [book["kinds"][kind - 1] for kind in pairs[::2]]

    def text(at):
        return book["texts"][at - 1] if at else None

    def check(field, value, is_wanted):
        hand(browser, "choose(arguments[0], arguments[1]);", field, value)
        rows = [sum(1 for number in customer[3] if is_wanted(number)) for customer in book["customers"]]
        expected = [sum(1 for row in rows if row), sum(rows)]
        same(hand(browser, "return result();"), expected, "filtered by %s %s" % (field, value))
        want(0 < expected[1] < whole[1], "the filter tells numbers apart: %s %s" % (field, value))
        reset(browser)

    check("state", "done", lambda number: book["states"][number[1]] == "done")
    check("rule", "two_step_off",
          lambda number: any(kind[0] == 0 and text(kind[1]) == "two_step_off" for kind in things(number)))
    check("owner", "meta",
          lambda number: any(kind[0] == 0 and kind[9] & 1 and text(kind[6]) == "meta" for kind in things(number)))
    check("change", "2", lambda number: len(number) > 4 and number[4] == 2)
    for words, is_wanted in ((" ETOILE", lambda customer: "toile" in customer[1]),
                             (numbers[0][0][:3] + " " + numbers[0][0][3:], None)):
        hand(browser, "choose('text', arguments[0]); return wait(400);", words)
        found = hand(browser, "return result();")
        if is_wanted:
            same(found[0], sum(1 for customer in book["customers"] if is_wanted(customer)), "search for" + words)
        else:
            same(found, [1, 1], "search for a number")
        reset(browser)
    hand(browser, "choose('text', 'nobody is called so'); return wait(400);")
    want(hand(browser, "return !one('.nothing').hidden && one('.customers').hidden;"), "an empty result says so")
    reset(browser)
    hand(browser, "one('.tile.blocked').click();")
    same(hand(browser, "return one('.tile.blocked').getAttribute('aria-pressed');"), "true", "a tile is pressed")
    same(hand(browser, "return result()[1];"),
         int(hand(browser, "return one('.tile.blocked .value').textContent;")), "the tile's own figure")
    hand(browser, "one('.tile.blocked').click();")
    same(hand(browser, "return result();"), whole, "the tile lets go")


def expands(browser):
    state = hand(browser, """
        const opener = one('.opener');
        const before = opener.getAttribute('aria-expanded');
        opener.click();
        return [before, opener.getAttribute('aria-expanded'),
                document.getElementById(opener.getAttribute('aria-controls')).textContent];""")
    same(state[:2], ["false", "true"], "aria-expanded")
    want(re.search(r"\+\d{6,}", state[2]), "the numbers of the customer", state[2][:200])
    hand(browser, "one('.opener').click();")
    same(hand(browser, "return [one('.opener').getAttribute('aria-expanded'), all('.detail').length];"),
         ["false", 0], "closed again")


def pages(browser, book):
    if len(book["customers"]) <= 50:
        return
    before = hand(browser, "return [shown().length, cellOf(shown()[0], 0)];")
    same(before[0], 50, "customers on a page")
    hand(browser, "all('.pager button')[1].click();")
    want(hand(browser, "return cellOf(shown()[0], 0);") != before[1], "the next page is another")
    hand(browser, "all('.pager button')[0].click();")
    same(hand(browser, "return [shown().length, cellOf(shown()[0], 0)];"), before, "and back")


def letters(browser, book):
    """The message of every customer on the page: whole, and to nobody who need not act."""
    texts = book["texts"]
    expected = {}
    for customer in book["customers"]:
        wanted = expected.setdefault(customer[1], {})
        for number in customer[3]:
            for kind in [book["kinds"][at - 1] for at in (number[3] or [])[::2]]:
                owner, remedy = (kind[6], kind[7]) if kind[0] == 0 else (kind[2], kind[3]) if kind[0] == 1 else (kind[7], kind[8])
                if owner and texts[owner - 1] == "customer" and remedy:
                    wanted.setdefault(remedy, []).append(number[0])
    hand(browser, "all('#customers > .bar button').at(0).click();")
    found = hand(browser, """
        return shown().map((body) => ({ name: body.querySelector('.name').textContent,
            text: body.querySelector('.letter-text')?.textContent ?? null, language: body.querySelector('.letter-text')?.lang ?? null,
            mail: body.querySelector('.letter a')?.href ?? null }));""")
    french = {language["code"]: language for language in book["languages"]}.get("fr", {"texts": {}})
    written = 0
    for letter in found:
        wanted = expected[letter["name"]]
        want((letter["text"] is None) == (not wanted), "a message where there is something to do", letter)
        if not wanted:
            continue
        written += 1
        language = next(customer[2] for customer in book["customers"] if customer[1] == letter["name"])
        is_french = bool(language) and texts[language - 1].startswith("fr") and french.get("code") == "fr"
        same(letter["language"], "fr" if is_french else "en", "language of the message to " + letter["name"])
        for remedy, numbers in wanted.items():
            text = (french["texts"].get(str(remedy)) if is_french else None) or texts[remedy - 1]
            want(text.replace("`", "") in letter["text"], "a remedy in the message", letter["text"])
            for number in numbers:
                want(number in letter["text"], "each number in the message", letter["text"])
        want(letter["mail"].startswith("mailto:?subject="), "a mailto: link", letter["mail"])
        if "&body=" in letter["mail"]:
            body = urllib.parse.unquote(letter["mail"].split("&body=")[1]).replace("\r\n", "\n")
            same(body, letter["text"], "what the link carries")
    want(written > 3, "messages on the page", written)
    if french.get("code"):
        hand(browser, "one('.letter').open = true; one('.letter .choice button[lang=fr]').click();")
        same(hand(browser, "return one('.letter-text').lang;"), "fr", "the message in French")
        hand(browser, "one('.letter .choice button[lang=en]').click();")
        same(hand(browser, "return one('.letter-text').lang;"), "en", "the message in English")
    browser.devtools("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    for refuse in ("", "Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });"):
        said = hand(browser, refuse + """
            const letter = one('.letter');
            letter.open = true;
            letter.querySelector('.bar > button').click();
            return wait(300).then(() => letter.querySelector('[role=status]').textContent);""")
        want(said, "copying says what it did")


def speaks(browser, book):
    """Another language changes what is ours and nothing else, and back."""
    if not book["languages"]:
        return
    titles = hand(browser, "return all('h2').map((node) => node.textContent);")
    for language in book["languages"]:
        hand(browser, "document.getElementById(arguments[0]).click();", "language-" + language["code"])
        same(browser.script("return document.documentElement.lang;"), language["code"], "the page's language")
        translated = hand(browser, "return all('h2').map((node) => node.textContent);")
        for english, text in zip(titles, translated):
            if english in language["strings"]:
                same(text, language["strings"][english], "a heading in " + language["name"])
        same(browser.script("return document.activeElement.id;"), "language-" + language["code"], "the focus stays")
    hand(browser, "document.getElementById('language-en').click();")
    same(hand(browser, "return all('h2').map((node) => node.textContent);"), titles, "English again")


def prints(browser, book, path):
    """Everything that is filtered in stands on the paper, open; afterwards the page is as before."""
    hand(browser, """addEventListener('beforeprint', () => {
        window.onPaper = [shown().length, all('.detail-row').length, all('.situations .number').length];
    }, { once: true });""")
    before = hand(browser, "return [shown().length, all('.detail-row').length];")
    whole = [len(book["customers"]), sum(len(customer[3]) for customer in book["customers"])]
    sheets = 0
    if whole[1] <= PRINTED_NUMBERS_MAX:
        pdf = base64.b64decode(browser.do("POST", "/print", {"background": True}))
        want(pdf.startswith(b"%PDF"), "a PDF")
        sheets = len(re.findall(rb"/Type\s*/Page\b", pdf))
        with open(path, "wb") as file:
            file.write(pdf)
    else:  # chromedriver waits 10 seconds for a PDF, and this one is of a thousand sheets
        browser.script("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'));")
    printed = browser.script("return window.onPaper;")
    same(hand(browser, "return [shown().length, all('.detail-row').length];"), before, "after printing")
    same(printed[0], printed[1], "printed customers are open")
    if whole[1] <= PRINTED_NUMBERS_MAX:
        same([printed[0], printed[2]], whole, "customers and numbers on paper")
    else:
        want(PRINTED_NUMBERS_MAX - 1000 < printed[2] <= PRINTED_NUMBERS_MAX, "as many numbers as fit on paper", printed)
    return sheets


# ---- the pages ----

def look_at_it(browser, pictures, kind, width):
    browser.media()
    browser.picture("%s/%s-%d.png" % (pictures, kind, width))
    browser.media(scheme="dark")
    browser.picture("%s/%s-%d-dark.png" % (pictures, kind, width), whole=True)
    browser.media()


def paper_picture(browser, pictures, kind):
    browser.media(medium="print")
    browser.devtools("Emulation.setDeviceMetricsOverride", width=720, height=1000, deviceScaleFactor=1, mobile=False)
    browser.script("dispatchEvent(new Event('beforeprint'));")
    browser.picture("%s/%s-paper.png" % (pictures, kind))
    browser.script("dispatchEvent(new Event('afterprint'));")
    browser.media()


def open_some(browser):
    """For the pictures: the first two customers open, the first message too."""
    hand(browser, "all('.opener').slice(0, 2).forEach((node) => node.getAttribute('aria-expanded') === 'false' && node.click()); const letter = one('.letter'); if (letter) letter.open = true;")


def use(browser, pictures, kind, path, book):
    for width in WIDTHS:
        browser.open(path, width)
        is_quiet(browser)
        fits(browser, width)
        is_accessible(browser)
        if book["customers"]:
            expands(browser)
            pages(browser, book)
            if kind == "normal":
                sorts(browser)
                filters(browser, book)
        speaks(browser, book)
        if book["customers"]:
            open_some(browser)
            fits(browser, width)
            is_accessible(browser)
        if kind != "huge":
            has_contrast(browser)
        look_at_it(browser, pictures, kind, width)
        if kind == "normal":
            letters(browser, book)
            fits(browser, width)
            is_accessible(browser)
        if book["languages"]:
            hand(browser, "document.getElementById(arguments[0]).click();", "language-" + book["languages"][0]["code"])
            fits(browser, width)
            if book["customers"]:
                open_some(browser)
            if kind == "normal":
                browser.picture("%s/%s-%d-%s.png" % (pictures, kind, width, book["languages"][0]["code"]))
        is_quiet(browser)
        print("ok      %s, %d pixels wide" % (kind, width))
    browser.open(path, WIDTHS[0])
    sheets = prints(browser, book, "%s/%s.pdf" % (pictures, kind)) if book["customers"] else 0
    if book["customers"] and kind != "huge":
        open_some(browser)
        paper_picture(browser, pictures, kind)
    is_quiet(browser)
    print("ok      %s, printed%s" % (kind, " on %d sheets" % sheets if sheets else ""))


def hostile_names_are_text(browser, path, book):
    browser.open(path, WIDTHS[0])
    hand(browser, "all('#customers > .bar button').at(0).click();")
    found = hand(browser, "return all('.name').map((node) => node.textContent);")
    for customer in book["customers"]:
        name = (customer[1] or customer[0])
        want(any(name == text or (len(text) == 121 and name.startswith(text[:120])) for text in found),
             "the name as it was written", name[:100])
    want(any(len(text) == 121 and text.endswith("…") for text in found), "5,000 characters are cut to be shown")
    same(hand(browser, "return all('.name:not(bdi)').length;"), 0, "names keep their direction to themselves")
    is_quiet(browser)
    print("ok      hostile names are shown, and are nothing but text")


def tells_a_story(browser, path):
    browser.open(path, WIDTHS[0])
    rows = hand(browser, "return all('.story tbody tr').map((node) => node.textContent);")
    same(len(rows), 4, "two answers of a rule and two exchanges")
    want("(no more)" in rows[0] and "(no more)" not in rows[1], "the answer of before", rows[:2])
    want("no answer" in rows[2] and "CONNECTED" in rows[3], "what came back", rows[2:])
    print("ok      one number's story")


def measure(browser, path, book):
    numbers = sum(len(customer[3]) for customer in book["customers"])
    began = time.monotonic()
    browser.open(path, WIDTHS[0])
    opened_s = time.monotonic() - began
    browser.devtools("HeapProfiler.collectGarbage")
    heap = browser.devtools("Runtime.getHeapUsage")["usedSize"]
    nodes = browser.script("return document.getElementsByTagName('*').length;")
    took = hand(browser, """
        const time = (work) => { const from = performance.now(); work(); return Math.round(performance.now() - from); };
        return { sort: time(() => all('.sorts button')[0].click()), rule: time(() => choose('rule', 'two_step_off')),
                 language: time(() => all('header .choice button').at(-1).click()) };""")
    want(nodes < 10000, "the page is drawn in windows", nodes)
    print("measure %d numbers of %d customers: %d bytes (%.1f a number), opened in %.1f s, heap %.1f MB, %d nodes; "
          "sort %d ms, filter %d ms, language %d ms" %
          (numbers, len(book["customers"]), os.path.getsize(path), os.path.getsize(path) / numbers, opened_s,
           heap / 1e6, nodes, took["sort"], took["rule"], took["language"]))


def book_of(path):
    with open(path, encoding="utf-8") as file:
        return json.loads(re.search(r'id="data">(.*?)</script>', file.read(), re.S).group(1))


def main():
    pictures, pairs = sys.argv[1], sys.argv[2:]
    os.makedirs(pictures, exist_ok=True)
    driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    browser = None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            browser = Browser(driver, folder)
            for kind, path in zip(pairs[::2], pairs[1::2]):
                book = book_of(path)
                use(browser, pictures, kind, path, book)
                if kind == "story":
                    tells_a_story(browser, path)
                if kind == "hostile":
                    hostile_names_are_text(browser, path, book)
                if kind == "huge":
                    measure(browser, path, book)
        except Missed as missed:
            print("NOT OK  %s" % missed)
            return 1
        finally:
            if browser:
                browser.do("DELETE", "")
            driver.terminate()
            driver.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
