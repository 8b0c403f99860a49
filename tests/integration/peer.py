#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""peer.py -- a hostile peer: a TLS server before the simulator that misbehaves once a subject.

    peer.py --upstream PORT --plan FILE --log FILE --ports FILE --mode FILE --cert PEM --key PEM [--tls VERSION]

It passes every request on to the simulator, but for the first one of each subject (a path, for the
code exchange a code) that fits a line of the plan: "METHOD REGEX<TAB>WHEN<TAB>FAULT". WHEN is `before`
(it is not passed on: nothing has happened) or `after` (it is: the effect is there, its answer is not as
it should be). Each line is used once, in order, so one run meets all of them. The names of the faults
are the functions below, without `fault_` (HTTP/1.1) and `stream_` (HTTP/2).

The mode file, read at every request and twice a second, is empty or says how everything goes wrong:
`closed` (nobody listens), `storm` (HTTP 502 with a page), `portal` (a redirect to a page of somebody
else), `trouble` (Graph's own error 2).

The log has a line a request: protocol, method, path, fault, what of ours came along. A second listener,
the place that redirects point to, logs whoever comes: nobody may.
The ports file gets both ports. Standard library and python3-h2; Linux.
"""
import argparse
import gzip
import http.client
import json
import os
import re
import select
import socket
import ssl
import struct
import sys
import threading
import time

MEGABYTE = 1 << 20
HUGE = 100 * MEGABYTE
PAGE = b"<html><body>Sign in to the network</body></html>"


def told(text):
    """A JSON string's inside, as bytes that end no header and no string."""
    return text.encode("unicode_escape")


class Request:
    """One request of the program's, and how to answer it. HTTP/1.1 in raw bytes."""

    def __init__(self, server, sock, protocol, method, target, headers):
        self.server, self.sock, self.protocol = server, sock, protocol
        self.method, self.target, self.headers = method, target, headers
        self.body = b""
        self.rest = b""
        self.answer = None

    def read_body(self):
        wanted = int(self.headers.get("content-length", 0))
        while len(self.rest) < wanted:
            more = self.sock.recv(65536)
            if not more:
                raise ConnectionError("the client left within its body")
            self.rest += more
        self.body, self.rest = self.rest[:wanted], self.rest[wanted:]

    def pass_on(self):
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=60)
        kept = {name: value for name, value in self.headers.items()
                if name in ("authorization", "content-type", "user-agent")}
        upstream.request(self.method, self.target, self.body or None, kept)
        answer = upstream.getresponse()
        self.answer = (answer.status, [(name, value) for name, value in answer.getheaders()
                                       if name.lower() not in ("connection", "transfer-encoding",
                                                               "content-length")], answer.read())
        upstream.close()

    # ---- HTTP/1.1 answers ----

    def send(self, *pieces):
        self.sock.sendall(b"".join(pieces))

    def head(self, status=200, length=None, *lines):
        text = [f"HTTP/1.1 {status} Whatever".encode()]
        text += [line if isinstance(line, bytes) else line.encode() for line in lines]
        if not any(line.lower().startswith(b"content-type:") for line in text):
            text.append(b"Content-Type: application/json")
        if length is not None:
            text.append(b"Content-Length: %d" % length)
        return b"\r\n".join(text) + b"\r\n\r\n"

    def say(self, body, status=200, *lines):
        self.send(self.head(status, len(body), *lines), body)

    def say_well(self):
        status, headers, body = self.answer
        self.say(body, status, *[f"{name}: {value}" for name, value in headers])

    def flood(self, piece, total):
        """Until the client has had enough, or `total` bytes."""
        block = piece * max(1, 65536 // len(piece))
        sent = 0
        while sent < total:
            self.sock.sendall(block)
            sent += len(block)
        return sent

    def hang(self):
        """Until the client leaves."""
        self.sock.settimeout(60)
        try:
            while self.sock.recv(4096):
                pass
        except OSError:
            pass

    def reset(self):
        raw = socket.socket(fileno=os.dup(self.sock.fileno()))
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
        self.server.drop(self.sock, graceful=False)


# ---- what may go wrong over HTTP/1.1; True: the connection goes on ----

def fault_none(request):
    request.say_well()
    return True


def fault_reset(request):
    request.reset()


def fault_gone(request):
    """A reset, and nobody listens any more for a moment: a second try cannot even connect."""
    request.server.gone_until = time.monotonic() + 0.7
    while request.server.listener.fileno() >= 0:
        time.sleep(0.01)
    request.reset()


def fault_close(request):
    pass


def fault_silent(request):
    request.hang()


def fault_stalled_body(request):
    body = request.answer[2] if request.answer else b'{"success":true}'
    request.send(request.head(200, len(body)), body[: len(body) // 2])
    request.hang()


def fault_byte_a_second(request):
    body = b'{"success":' + b" " * 90 + b"true}"
    request.send(request.head(200, len(body)))
    for byte in body:
        request.send(bytes([byte]))
        time.sleep(0.3)


def fault_cut_body(request):
    request.send(request.head(200, 1000), b'{"success":true}')


def fault_huge_body(request):
    request.send(request.head(200, HUGE), b'{"success":true,"x":"')
    request.flood(b"x", HUGE)


def fault_endless_chunks(request):
    request.send(request.head(200, None, "Transfer-Encoding: chunked"))
    request.flood(b"1000\r\n" + b"x" * 4096 + b"\r\n", HUGE)


def fault_endless_headers(request):
    request.send(b"HTTP/1.1 200 OK\r\n")
    request.flood(b"X-Header: %s\r\n" % (b"x" * 1000), HUGE)


def fault_one_long_header(request):
    request.send(b"HTTP/1.1 200 OK\r\nX-Header: ")
    request.flood(b"x", HUGE)


def fault_many_cookies(request):
    body = b'{"success":true}'
    cookies = [b"Set-Cookie: a%d=%s; Path=/" % (i, b"c" * 200) for i in range(100)]
    request.say(body, 200, *cookies)
    return True


def fault_endless_continue(request):
    request.flood(b"HTTP/1.1 100 Continue\r\n\r\n", HUGE)


def fault_early_hints(request):
    request.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 3)
    request.say_well()
    return True


def fault_no_http(request):
    request.send(b'{"success":true}\n')


def fault_odd_version(request):
    request.send(b'HTTP/9.7 200 OK\r\nContent-Length: 16\r\n\r\n{"success":true}')


def fault_status_words(request):
    request.send(b'HTTP/1.1 two hundred\r\nContent-Length: 16\r\n\r\n{"success":true}')


def fault_negative_length(request):
    request.send(b'HTTP/1.1 200 OK\r\nContent-Length: -16\r\n\r\n{"success":true}')


def fault_bad_chunk(request):
    request.send(request.head(200, None, "Transfer-Encoding: chunked"), b'zz\r\n{"success":true}\r\n')


def fault_invalid_utf8(request):
    request.say(b'{"success":true,"name":"\xff\xfe\xc0\xaf"}')
    return True


def fault_zero_byte(request):
    request.say(b'{"success":true}\x00{"success":false}')
    return True


def fault_deep_json(request):
    request.say(b'{"success":true,"x":' + b"[" * 100000 + b"]" * 100000 + b"}")
    return True


def fault_many_values(request):
    """As much JSON as is read at all, of the smallest values: what it takes to hold it in memory."""
    request.say(b'{"success":true,"x":[' + b"[]," * ((8 * MEGABYTE - 100) // 3) + b"[]]}")
    return True


def fault_two_documents(request):
    request.say(b'{"success":true}{"success":true}')
    return True


def fault_page(request):
    request.say(PAGE, 200, "Content-Type: text/html")
    return True


def fault_empty(request):
    request.say(b"")
    return True


def fault_no_content(request):
    request.send(b"HTTP/1.1 204 No Content\r\n\r\n")
    return True


def fault_bare_true(request):
    request.say(b"true")
    return True


def fault_other_shape(request):
    request.say(b'{"data":[{"id":"1"}],"success":{"success":true}}')
    return True


def fault_huge_numbers(request):
    request.say(b'{"success":1e999,"id":%s}' % (b"9" * 5000))
    return True


def fault_gzip(request):
    request.say(gzip.compress(b'{"success":true}'), 200, "Content-Encoding: gzip")
    return True


def fault_gzip_bomb(request):
    request.say(request.server.bomb, 200, "Content-Encoding: gzip")
    return True


def fault_transfer_bomb(request):
    bomb = request.server.bomb
    request.send(request.head(200, None, "Transfer-Encoding: gzip, chunked"),
                 b"%x\r\n" % len(bomb), bomb, b"\r\n0\r\n\r\n")


def redirect(status):
    def fault(request):
        request.say(PAGE, status, f"Location: https://localhost:{request.server.trap}{request.target}",
                    "Content-Type: text/html")
        return True
    return fault


fault_redirect_301 = redirect(301)
fault_redirect_302 = redirect(302)
fault_redirect_303 = redirect(303)
fault_redirect_307 = redirect(307)
fault_redirect_308 = redirect(308)


def fault_redirect_home(request):
    request.say(b'{"success":true}', 307, f"Location: {request.target}")
    return True


def fault_redirect_plain(request):
    request.say(PAGE, 302, f"Location: http://localhost:{request.server.trap}/", "Content-Type: text/html")
    return True


def fault_server_error(request):
    request.say(PAGE, 502, "Content-Type: text/html", "Retry-After: 99999999999999999999")
    return True


def fault_retry_never(request):
    request.say(PAGE, 503, "Content-Type: text/html", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT")
    return True


def fault_retry_soon(request):
    request.say(PAGE, 429, "Content-Type: text/html", "Retry-After: 1")
    return True


def fault_error_in_200(request):
    request.say(b'{"error":{"message":"(#2) Service temporarily unavailable","code":2,"type":"OAuthException"}}')
    return True


def fault_success_in_500(request):
    request.say(b'{"success":true}', 500)
    return True


def fault_log_injection(request):
    text = "\r\n00:00:00 error  forged.line  \u001b[31m\u2028" + "x" * 20000
    error = {"message": text, "code": 2, "type": text, "error_user_title": text, "fbtrace_id": text}
    request.say(json.dumps({"error": error}).encode(), 200,
                b"x-fb-trace-id: forged\x1b[31m\x07\xff\xfe trace", b"x-app-usage: {\"call_count\":\"\x1b[31m\"}")
    return True


def fault_absurd_usage(request):
    """The answer is good, its figures are not: nothing may be parked for years."""
    usage = json.dumps({"1": [{"call_count": -5, "total_time": 1e300,
                               "estimated_time_to_regain_access": 10 ** 18}]})
    status, headers, body = request.answer
    request.say(body, status, "x-business-use-case-usage: " + usage, "x-app-usage: {" + "[" * 4000)
    return True


def fault_other_type(request):
    """Graph itself has answered JSON as text/javascript before now: the type decides nothing."""
    request.say(request.answer[2], request.answer[0], "Content-Type: text/html; charset=latin1")
    return True


def fault_early(request):
    """Begins to answer before it has read the body, and reads it then."""
    request.send(request.head(200, 16))
    time.sleep(0.05)
    request.read_body()
    request.pass_on()
    request.send(b'{"success":true}')
    return True


def fault_early_close(request):
    request.say(PAGE, 503, "Content-Type: text/html", "Connection: close")


def fault_answered_twice(request):
    status, _, body = request.answer
    one = request.head(status, len(body)) + body
    request.send(one, one)
    return True


def fault_answered_late_again(request):
    """The second answer arrives when the connection is idle: nobody's answer, and never the next one's."""
    request.say_well()
    request.server.owes_answer.add(request.sock)
    return True


EARLY = (fault_early, fault_early_close)


class Http1:
    """One connection: request after request until a fault or the client ends it."""

    def __init__(self, server, sock):
        self.server, self.sock = server, sock

    def read_request(self, rest):
        while b"\r\n\r\n" not in rest:
            more = self.sock.recv(65536)
            if not more:
                return None
            rest += more
        head, _, rest = rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        request = Request(self.server, self.sock, "http/1.1", method, target, headers)
        request.rest = rest
        return request

    def answer_late(self):
        """As soon as nobody has asked anything for a moment: a request that is there would take it for its own."""
        if self.sock in self.server.owes_answer and not select.select([self.sock], [], [], 0.05)[0]:
            self.server.owes_answer.discard(self.sock)
            body = b'{"success":true,"data":[{"id":"1","status":"CONNECTED"}]}'
            try:
                self.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            except OSError:
                pass

    def serve(self):
        rest, is_first = b"", True
        while True:
            self.answer_late()
            request = self.read_request(rest)
            if not request:
                return
            when, name = self.server.choose(request, is_first)
            is_first = False
            fault = globals()["fault_" + name]
            self.server.note(request, when, name)
            if fault not in EARLY:
                request.read_body()
            if when != "before":
                request.pass_on()
            if not fault(request):
                return
            rest = request.rest


# ---- what may go wrong over HTTP/2: reads, since an effect comes over HTTP/1.1 ----

class Http2:
    def __init__(self, server, sock):
        import h2.config
        import h2.connection
        self.server, self.sock, self.lock = server, sock, threading.Lock()
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8",
                                           validate_outbound_headers=False, normalize_outbound_headers=False)
        self.link = h2.connection.H2Connection(config)
        self.requests = {}

    def push_out(self):
        self.sock.sendall(self.link.data_to_send())

    def serve(self):
        import h2.events
        self.link.initiate_connection()
        self.push_out()
        while True:
            data = self.sock.recv(65536)
            if not data:
                return
            for event in self.link.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    headers = dict(event.headers)
                    self.requests[event.stream_id] = Request(
                        self.server, self.sock, "h2", headers[":method"], headers[":path"], headers)
                elif isinstance(event, h2.events.DataReceived):
                    self.requests[event.stream_id].body += event.data
                    self.link.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    if not self.answer(event.stream_id):
                        return
            self.push_out()

    def say(self, stream, status, headers, body):
        self.link.send_headers(stream, [(":status", str(status))] + headers)
        while body:
            count = min(len(body), self.link.local_flow_control_window(stream), 16384)
            if count == 0:
                raise ConnectionError("the window is shut")
            self.link.send_data(stream, body[:count])
            body = body[count:]
        self.link.end_stream(stream)
        self.push_out()

    def answer(self, stream):
        request = self.requests.pop(stream)
        when, name = self.server.choose(request, stream == 1)
        self.server.note(request, when, name)
        if when != "before":
            request.pass_on()
        if name == "none":
            status, headers, body = request.answer
            self.say(stream, status, [(k.lower(), v) for k, v in headers], body)
            return True
        return globals()["stream_" + name](self, stream, request)


def stream_refused(peer, stream, _request):
    peer.link.reset_stream(stream, error_code=7)
    peer.push_out()
    return True


def stream_broken(peer, stream, _request):
    peer.link.reset_stream(stream, error_code=2)
    peer.push_out()
    return True


def stream_broken_within(peer, stream, _request):
    peer.link.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
    peer.link.send_data(stream, b'{"id":')
    peer.push_out()
    peer.link.reset_stream(stream, error_code=2)
    peer.push_out()
    return True


def stream_goaway_below(peer, stream, _request):
    """GOAWAY whose last stream is an earlier one: this request was not processed, says RFC 9113."""
    peer.link.close_connection(error_code=0, last_stream_id=max(0, stream - 2))
    peer.push_out()
    time.sleep(0.2)


def stream_goaway_error(peer, stream, _request):
    peer.link.close_connection(error_code=11, last_stream_id=stream)
    peer.push_out()
    time.sleep(0.2)


def stream_reset(_peer, _stream, request):
    request.reset()


def stream_silent(_peer, _stream, request):
    request.hang()


def stream_huge_body(peer, stream, _request):
    """As much as the client's window takes: what it does not read it does not get."""
    peer.link.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
    sent = 0
    while sent < HUGE:
        count = min(peer.link.local_flow_control_window(stream), 16384)
        if count <= 0:
            data = peer.sock.recv(65536)
            if not data:
                return None
            if any(type(event).__name__ in ("StreamReset", "ConnectionTerminated")
                   for event in peer.link.receive_data(data)):
                break
            continue
        peer.link.send_data(stream, b"x" * count)
        peer.push_out()
        sent += count
    peer.server.note_bytes(sent)
    return True


def stream_endless_headers(peer, stream, _request):
    """A header block without an end: CONTINUATION upon CONTINUATION."""
    piece = b"\x00\x08x-header\x7f\x81\x07" + b"x" * 262
    peer.sock.sendall(struct.pack(">I", len(piece))[1:] + b"\x01\x00" + struct.pack(">I", stream) + piece)
    frame = struct.pack(">I", len(piece))[1:] + b"\x09\x00" + struct.pack(">I", stream) + piece
    sent = 0
    while sent < HUGE:
        peer.sock.sendall(frame * 64)
        sent += 64 * len(frame)


def stream_garbage(peer, _stream, _request):
    peer.sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n" * 10)


def stream_bad_header(peer, stream, _request):
    """A field with a line end in its value, which HTTP/2 could carry and nothing may read."""
    peer.link.send_headers(stream, [(":status", "200"), ("x-fb-trace-id", "a\r\nforged: b")])
    peer.link.send_data(stream, b"{}", end_stream=True)
    peer.push_out()
    return True


# ---- the server ----

class Server:
    def __init__(self, options):
        self.upstream, self.mode_path = options.upstream, options.mode
        self.gone_until = 0
        # Before anybody listens: what takes a second then is taken from every other answer.
        self.bomb = gzip.compress(b'{"success":true,"x":"' + b"x" * HUGE, 1)
        self.lock = threading.Lock()
        self.seen, self.connections, self.owes_answer = set(), set(), set()
        self.log = open(options.log, "a", encoding="utf-8", buffering=1)
        with open(options.plan, encoding="utf-8") as file:
            self.plan = [line.rstrip("\n").split("\t") for line in file if line.strip()]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(options.cert, options.key)
        if options.tls:
            # Debian's OpenSSL is strict by itself: a peer as old as this has to be made on purpose.
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.minimum_version = self.context.maximum_version = ssl.TLSVersion[options.tls]
        self.context.set_alpn_protocols(["http/1.1"] if options.plain else ["h2", "http/1.1"])
        self.listener = self.listen(0)
        self.port = self.listener.getsockname()[1]
        trap = self.listen(0)
        self.trap = trap.getsockname()[1]
        threading.Thread(target=self.catch, args=(trap,), daemon=True).start()
        with open(options.ports + ".new", "w", encoding="ascii") as file:
            file.write(f"{self.port} {self.trap}\n")
        os.rename(options.ports + ".new", options.ports)

    @staticmethod
    def listen(port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
        listener.settimeout(0.1)
        return listener

    def mode(self):
        try:
            with open(self.mode_path, encoding="ascii") as file:
                return file.read().strip()
        except OSError:
            return ""

    def write(self, **line):
        with self.lock:
            self.log.write(json.dumps(line) + "\n")

    def catch(self, trap):
        """Whoever follows a redirect comes here."""
        while True:
            try:
                sock, _ = trap.accept()
            except TimeoutError:
                continue
            sock.settimeout(5)
            try:
                said = sock.recv(65536)
            except OSError:
                said = b""
            self.write(trap=True, first=said.split(b"\r\n")[0].decode("latin1"), token=b"fictitious" in said)
            sock.close()

    def note(self, request, when, name):
        self.write(protocol=request.protocol, method=request.method, path=request.target.split("?")[0],
                   when=when, fault=name, cookie="cookie" in request.headers,
                   basic=request.headers.get("authorization", "").startswith("Basic"),
                   encodings=request.headers.get("accept-encoding"))

    def note_bytes(self, count):
        self.write(sent_bytes=count)

    def choose(self, request, is_first):
        mode = self.mode()
        if mode in ("storm", "portal", "trouble"):
            names = {"storm": "server_error", "portal": "redirect_302", "trouble": "error_in_200"}
            return "before", names[mode]
        code = re.search(r"[?&]code=([^&]*)", request.target)
        subject = (request.method, request.target.split("?")[0], code and code.group(1))
        call = f"{request.method} {request.target}"
        with self.lock:
            for i, (pattern, when, name) in enumerate(self.plan):
                group = (pattern, subject)
                # A connection that has served before is one that libcurl would send anew for.
                if group not in self.seen and re.search(pattern, call) and \
                        not (name == "gone" and is_first):
                    self.seen.add(group)
                    del self.plan[i]
                    return when, name
        return "", "none"

    def drop(self, sock, graceful=True):
        self.connections.discard(sock)
        try:
            if graceful:
                sock.shutdown(socket.SHUT_WR)
            else:
                os.close(sock.detach())
                return
            sock.close()
        except OSError:
            pass

    def serve_connection(self, raw):
        sock = raw
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.settimeout(60)
            sock = self.context.wrap_socket(raw, server_side=True)
            self.connections.add(sock)
            protocol = Http2 if sock.selected_alpn_protocol() == "h2" else Http1
            protocol(self, sock).serve()
        except (OSError, ValueError, http.client.HTTPException) as error:
            self.write(ended=type(error).__name__)
        except Exception as error:  # python3-h2's own: a client that broke the protocol
            self.write(ended=f"{type(error).__name__}: {error}")
        self.drop(sock)

    def run(self):
        while True:
            is_closed = self.mode() == "closed"
            if is_closed or time.monotonic() < self.gone_until:
                self.listener.close()
                for sock in list(self.connections) if is_closed else ():
                    self.drop(sock)
                while self.mode() == "closed" or time.monotonic() < self.gone_until:
                    time.sleep(0.05)
                self.listener = self.listen(self.port)
            try:
                raw, _ = self.listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self.serve_connection, args=(raw,), daemon=True).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--upstream", type=int, required=True)
    for name in ("plan", "log", "ports", "mode", "cert", "key"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--tls")
    parser.add_argument("--plain", action="store_true")
    Server(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
