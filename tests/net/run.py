#!/usr/bin/env python3
"""Guests on the network, all of it on loopback: the socket extensions, the rules of --net, names, listeners, servers, waiting and signals.

    run.py --cwasm build/dev/cwasm [--only NAME] [--rust] [--library build/dev/libcwasm.a [--errnos]]

Builds the guests of guests/ and examples/guests/fileserver.c with clang and wasi-libc, runs them, and plays the other side: clients, a load
generator, name servers. One line per case, in the end "N passed, N failed". --rust: instead, programs in Rust with the crate wasmedge_wasi_socket,
which comes from the registry by cargo.
"""
import argparse
import glob
import importlib.util
import os
import random
import re
import resource
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
spec = importlib.util.spec_from_file_location("wasi_run", ROOT / "tests/wasi/run.py")
wasi = importlib.util.module_from_spec(spec)
spec.loader.exec_module(wasi)
sys.path.append(str(HERE))
import sockcalls  # noqa: E402
Failed, check, checks, want = wasi.Failed, wasi.check, wasi.checks, wasi.want


class Tests(wasi.Tests):
    sources = {"fileserver": ROOT / "examples/guests/fileserver.c"}

    def source(self, guest):
        return self.sources.get(guest, HERE / "guests" / f"{guest}.c")

    def flags(self, guest):
        if guest != "sockerrnos":
            return []
        (self.scratch / "sockcalls.h").write_text(sockcalls.header())
        return ["-I", self.scratch]

    def start(self, guest, args=(), options=(), dirs=(), **kwargs):
        kwargs = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **kwargs}
        return subprocess.Popen(self.command(guest, args, dirs, (), options), **kwargs)

    def probe(self, options, *args):
        """What the guest says: one line."""
        result = self.run("probe", args, options=options)
        return result.stdout.decode().strip()


def free_port(kind=socket.SOCK_STREAM, host="127.0.0.1"):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as s:
        s.bind((host, 0))
        return s.getsockname()[1]


def connect(port, host="127.0.0.1", seconds=10):
    """A connection to a server that may still be starting."""
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection((host, port), timeout=30)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def finish(process, seconds=30, status=0):
    """Output of a process that is to end by itself, with this status."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failed(f"did not end in {seconds} s")
    want(process.returncode == status, f"exit status {process.returncode} instead of {status}: {(out or b'')[-500:]!r} {(err or b'')[-500:]!r}")
    return (out or b"").decode()


def end(process):
    if process.poll() is None:
        process.kill()
    process.communicate()


LOCAL = "--net=tcp:localhost,udp:localhost,tcp-listen:localhost,udp-bind:localhost"


# ---- The calls ----

def wamr(t):
    return checks(t.run("wamr", options=[LOCAL]))


def wasmedge(t):
    return checks(t.run("wasmedge", options=[LOCAL, "--net=udp-bind:0.0.0.0"]))


def socket_errors(t):
    """Every function with every error that can be provoked: the host's by a program whose system calls fail (tests/wasi/faults.c)."""
    program = wasi.faults_program(t)
    result = subprocess.run([program, t.build("sockerrnos"), t.directory()], capture_output=True, timeout=t.options.timeout,
                            env={**os.environ, "CWASM_TEST_NET": "all"})
    check(result, 0)
    nobody = free_port(socket.SOCK_DGRAM)
    for words, rules in ((["refused"], ["--net=tcp:10.9.9.9,udp:10.9.9.9,dns:*.test", f"--dns-server=127.0.0.1:{nobody}"]), (["nothing"], [])):
        t.run("sockerrnos", words, options=["--unknown-imports=trap", *rules])
    return checks(result)


def unknown_forms(t):
    """An import that is like none of the forms: the message says which there are."""
    def module(name, params):
        text = name.encode()
        types = bytes([1, 0x60, params]) + b"\x7f" * params + b"\x01\x7f"
        entry = bytes([1, 22]) + b"wasi_snapshot_preview1" + bytes([len(text)]) + text + b"\0\0"
        export = bytes([1, 6]) + b"_start" + b"\0\x01"
        code = bytes([1, 2, 0, 0x0b])
        out = b"\0asm\1\0\0\0"
        types = bytes([2]) + types[1:] + b"\x60\0\0"
        for number, content in ((1, types), (2, entry), (3, bytes([1, 1])), (7, export), (10, code)):
            out += bytes([number, len(content)]) + content
        return out
    for name, params, texts in (
            ("sock_accept", 2, None), ("sock_accept", 3, None), ("sock_open", 3, None), ("sock_open", 4, None),
            ("sock_accept", 5, ["sock_accept is a func (i32, i32, i32) -> (i32) or func (i32, i32) -> (i32), but the module asks for"]),
            ("sock_open", 1, ["sock_open is a func (i32, i32, i32) -> (i32) or func (i32, i32, i32, i32) -> (i32), but"]),
            ("sock_nothing", 2, ["unknown import", "WasmEdge (version 1 or 2) or WAMR", "docs/wasi-sockets.md"]),
            ("epoll_oneoff", 4, ["WasmEdge", "poll_oneoff does the same"])):
        path = t.scratch / "import.wasm"
        path.write_bytes(module(name, params))
        result = subprocess.run([t.options.cwasm, path], capture_output=True, text=True)
        want(result.returncode == (126 if texts else 0), f"{name} of {params}: exit status {result.returncode}: {result.stderr}")
        for text in texts or []:
            want(text in result.stderr, f"{name} of {params}: {text!r} wanted in {result.stderr!r}")


def documented(t):
    """docs/wasi-sockets.md lists every row of sockets.def with its signature, and no more."""
    text = (ROOT / "src/wasi/sockets.def").read_text()
    rows = {(name, signature) for name, signature in re.findall(r'^SOCK(?:_AS)?\(\w+, +"(\w+)", +"([iI]+:i)"', text, re.M)}
    rows |= {(name, "ii:i") for name in re.findall(r'^SOCK_GET\("(\w+)"', text, re.M)}
    rows |= {(name, f"i{kind}:i") for name, kind in re.findall(r'^SOCK_SET\("(\w+)", +\w+, +(\w)\)', text, re.M)}
    own = {("sock_accept", "iii:i"), ("sock_recv", "iiiiii:i"), ("sock_send", "iiiii:i"), ("sock_shutdown", "ii:i")}
    listed = set()
    for line in (ROOT / "docs/wasi-sockets.md").read_text().splitlines():
        cells = line.split("|")
        if len(cells) == 5 and "`sock_" in cells[1]:
            listed |= {(name, cells[2].strip(" `")) for name in re.findall(r"`(\w+)`", cells[1])}
    want(len(rows) > 60 and listed == rows | own, f"differences: {sorted(listed ^ (rows | own))}")
    return f"{len(rows)} rows"


# ---- Rules ----

def rules(t):
    """A table: rules, what the guest does, and what comes of it. REFUSED: the rules let it through, and nobody listens."""
    open_port, closed = socket.create_server(("127.0.0.1", 0)), free_port()
    port = open_port.getsockname()[1]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    udp_port = udp.getsockname()[1]
    v6 = "0:0:0:0:0:0:0:1"
    mapped = "0:0:0:0:0:ffff:7f00:1"
    table = [
        ([], "tcp 127.0.0.1 {port}", "ACCES"),
        (["--net=none"], "tcp 127.0.0.1 {port}", "ACCES"),
        (["--net=none"], "listen 127.0.0.1 {closed}", "ACCES"),
        (["--net=none"], "udp 127.0.0.1 {udp}", "ACCES"),
        (["--net=tcp:127.0.0.1:{port}"], "tcp 127.0.0.1 {port}", "SUCCESS"),
        (["--net=none,tcp:127.0.0.1:{port}"], "tcp 127.0.0.1 {port}", "SUCCESS"),
        (["--net=tcp:127.0.0.1:{port}"], "tcp 127.0.0.1 {closed}", "ACCES"),
        (["--net=tcp:127.0.0.1"], "tcp 127.0.0.1 {closed}", "CONNREFUSED"),
        (["--net=tcp:127.0.0.0/8:{port}"], "tcp 127.0.0.1 {port}", "SUCCESS"),
        (["--net=tcp:10.0.0.0/8"], "tcp 127.0.0.1 {port}", "ACCES"),
        (["--net=tcp:10.0.0.0/8", "--net=tcp:127.0.0.1"], "tcp 127.0.0.1 {port}", "SUCCESS"),
        (["--net=tcp:*:{port}"], "tcp 127.0.0.1 {port}", "SUCCESS"),
        (["--net=udp:127.0.0.1"], "tcp 127.0.0.1 {port}", "ACCES"),
        # 0.0.0.0 and :: as destinations are this machine, and the rules see them so
        (["--net=tcp:127.0.0.1"], "tcp 0.0.0.0 {port}", "SUCCESS"),
        (["--net=tcp:0.0.0.0"], "tcp 0.0.0.0 {port}", "ACCES"),
        (["--net=tcp:[::1]"], "tcp 0:0:0:0:0:0:0:0 {closed}", "CONNREFUSED"),
        (["--net=tcp:[::]"], "tcp 0:0:0:0:0:0:0:0 {closed}", "ACCES"),
        # IPv4 written as IPv6
        (["--net=tcp:127.0.0.1"], f"tcp {mapped} {{port}}", "SUCCESS"),
        (["--net=tcp:[::]/0"], f"tcp {mapped} {{port}}", "ACCES"),
        (["--net=tcp:10.0.0.0/8,tcp:[::]/0"], f"tcp {mapped} {{port}}", "ACCES"),
        (["--net=tcp:127.0.0.1"], "tcp 0:0:0:0:0:ffff:0:0 {port}", "SUCCESS"),
        (["--net=tcp:[::]/0"], f"tcp {v6} {{closed}}", "CONNREFUSED"),
        (["--net=tcp:0.0.0.0/0"], f"tcp {v6} {{closed}}", "ACCES"),
        (["--net=tcp:localhost"], f"tcp {v6} {{closed}}", "CONNREFUSED"),
        # UDP: sending and connecting are the same to the rules
        (["--net=udp:127.0.0.1:{udp}"], "udp 127.0.0.1 {udp}", "SUCCESS"),
        (["--net=udp:127.0.0.1:{udp}"], "udp 127.0.0.1 {closed}", "ACCES"),
        (["--net=udp:127.0.0.1"], "udp 0.0.0.0 {udp}", "SUCCESS"),
        (["--net=tcp:*"], "udp 127.0.0.1 {udp}", "ACCES"),
        (["--net=udp-bind:127.0.0.1:{closed}"], "bind-udp 127.0.0.1 {closed}", "SUCCESS"),
        (["--net=udp-bind:127.0.0.1:{closed}"], "bind-udp 0.0.0.0 {closed}", "ACCES"),
        (["--net=udp:127.0.0.1"], "bind-udp 127.0.0.1 {closed}", "ACCES"),
        (["--net=udp:127.0.0.1"], "bind-udp 0.0.0.0 0", "SUCCESS"),   # as without binding: the system chooses
        # listening
        (["--net=tcp-listen:127.0.0.1:{closed}"], "listen 127.0.0.1 {closed}", "SUCCESS"),
        (["--net=tcp-listen:127.0.0.1:{closed}"], "listen 127.0.0.1 {port}", "ACCES"),
        (["--net=tcp-listen:127.0.0.1:{closed}"], "listen 0.0.0.0 {closed}", "ACCES"),
        (["--net=tcp-listen:127.0.0.1:1-65535"], "listen 127.0.0.1 0", "ACCES"),
        (["--net=tcp-listen:127.0.0.1:0"], "listen 127.0.0.1 0", "SUCCESS"),
        (["--net=tcp:127.0.0.1"], "listen 127.0.0.1 {closed}", "ACCES"),
        (["--net=tcp-listen:*:{closed}"], "listen 0:0:0:0:0:0:0:0 {closed}", "SUCCESS"),
        (["--net=tcp-listen:[::]:{closed}"], "listen 0:0:0:0:0:0:0:0 {closed}", "ACCES"),   # it would listen on IPv4, too
        (["--net=tcp-listen:[::]:{closed},tcp-listen:0.0.0.0:{closed}"], "listen 0:0:0:0:0:0:0:0 {closed}", "SUCCESS"),
        (["--net=tcp-listen:[::]/0:{closed}"], f"listen {mapped} {{closed}}", "ACCES"),
        # not bound, or only to what the system chooses: no back door to listening
        (["--net=tcp:127.0.0.1"], "listen 0.0.0.0 0", "ACCES"),
        (["--net=tcp-listen:127.0.0.1"], "listen 0.0.0.0 0", "ACCES"),
        (["--net=tcp:127.0.0.1"], "listen-any 0", "ACCES"),
        (["--net=tcp-listen:0.0.0.0:0"], "listen-any 0", "SUCCESS"),
        (["--net=tcp-listen:0.0.0.0:0"], "listen 0.0.0.0 0", "SUCCESS"),
        (["--net=tcp-listen:[::]:0"], "listen-any 1", "ACCES"),
        (["--net=all"], "listen-any 1", "SUCCESS"),
        (["--net=all"], "tcp 127.0.0.1 {port}", "SUCCESS"),
    ]
    def fill(text):
        return text.format(port=port, closed=closed, udp=udp_port)
    for options, words, result in table:
        got = t.probe([fill(o) for o in options], *fill(words).split())
        want(got == result, f"{' '.join(options)}, {words}: {got}, wanted {result}")
    open_port.close()
    udp.close()
    return f"{len(table)} attempts"


def traced(t):
    """--trace-wasi shows addresses, and says why a call was refused."""
    port = free_port()
    for words, texts in ((["tcp", "10.1.2.3", "80"], ["sock_open(0, 0, 1, opened=", "sock_connect(", "addr=10.1.2.3:80",
                                                      "= ACCES (no rule of --net allows connecting by TCP to 10.1.2.3:80)"]),
                         (["udp", "0:0:0:0:0:0:0:1", "53"], ["= ACCES (no rule of --net allows sending by UDP to any address)"]),
                         (["names", "example.com", "0", "1"], ["host=\"example.com\"", "= ACCES (no rule of --net allows looking up this name)"]),
                         (["listen", "127.0.0.1", port], ["addr=127.0.0.1:", "sock_listen(", "= SUCCESS"])):
        result = t.run("probe", words, options=["--trace-wasi=sock", f"--net=tcp:127.0.0.1,tcp-listen:127.0.0.1:{port}"])
        for text in texts:
            want(text in result.stderr.decode(), f"{words}: {text!r} wanted in\n{result.stderr.decode()}")
    result = t.run("wasmedge", options=[LOCAL, "--net=udp-bind:0.0.0.0", "--trace-wasi=sock"])
    for text in ("sock_connect(", "address=127.0.0.1, port=", "address=[::1], port=", 'data="hello"', 'data="datagram"', "host=\"localhost"):
        want(text in result.stderr.decode(), f"{text!r} wanted in\n{result.stderr.decode()[:5000]}")
    result = t.run("probe", ["tcp", "10.1.2.3", "80"], options=["--trace-wasi=sock_connect", "--trace-wasi-format=json", "--net=tcp:127.0.0.1"])
    want('"addr":"10.1.2.3:80"' in result.stderr.decode() and '"reason":"no rule' in result.stderr.decode(), result.stderr.decode())


def wrong_rules(t):
    guest = t.build("probe")
    for option, text in (("--net=tcp:10.0.0.0/33", "up to 32 for IPv4"), ("--net=http:x", "begin with tcp:"), ("--net=", "it is empty"),
                         ("--net=tcp-listen:example.com:80", "an address is wanted"), ("--listen=127.0.0.1", "tcp://HOST:PORT"),
                         ("--listen=http://127.0.0.1:80", "tcp://HOST:PORT"), ("--listen=tcp://[::1:80", "tcp://HOST:PORT"),
                         ("--listen=tcp://127.0.0.1:70000", "tcp://HOST:PORT"), ("--listen=tcp://192.0.2.1:80", "address not available"),
                         ("--listen=tcp://a..b:80", "invalid argument"), ("--listen-fds", "LISTEN_FDS is not set"),
                         ("--dns-server=example.com", "ADDRESS or ADDRESS:PORT"), ("--tcplisten=127.0.0.1", "tcp://HOST:PORT"),
                         (f"--listen=unix:/{'x' * 200}", "too long"), ("--listen=unix:/nowhere/socket", "no such file")):
        result = subprocess.run([t.options.cwasm, "run", option, guest], capture_output=True, text=True)
        want(result.returncode == 2 and text in result.stderr, f"{option}: {result.returncode}, {result.stderr!r}, wanted {text!r}")


# ---- Names ----

class NameServer:
    """A name server on loopback, by UDP and TCP at the same port. answers(name, type, by_tcp) gives: a list of addresses, None for no such
    name, "silent", "fail", or "cut" to have the question asked by TCP."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []
        while True:
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.udp.bind(("127.0.0.1", 0))
            self.port = self.udp.getsockname()[1]
            try:
                self.tcp = socket.create_server(("127.0.0.1", self.port))
                break
            except OSError:
                self.udp.close()
        self.stopped = False
        for s in (self.udp, self.tcp):
            s.settimeout(0.1)
        self.threads = [threading.Thread(target=f, daemon=True) for f in (self.serve_udp, self.serve_tcp)]
        for thread in self.threads:
            thread.start()

    def reply(self, query, by_tcp):
        name, at = [], 12
        while query[at]:
            name.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind, = struct.unpack(">H", query[at + 1:at + 3])
        question, name = query[12:at + 5], ".".join(name)
        self.asked.append((name, {1: "A", 28: "AAAA"}[kind], by_tcp))
        what = self.answers(name, kind, by_tcp)
        if what == "silent":
            return None
        flags, records = 0x8180, []
        if what is None:
            flags |= 3
        elif what == "fail":
            flags |= 2
        elif what == "cut":
            flags |= 0x200
        else:
            family = socket.AF_INET if kind == 1 else socket.AF_INET6
            for text in what:
                if (":" in text) == (kind == 28):
                    data = socket.inet_pton(family, text)
                    records.append(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data)
        return query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + question + b"".join(records)

    def serve_udp(self):
        while not self.stopped:
            try:
                query, who = self.udp.recvfrom(2000)
            except TimeoutError:
                continue
            answer = self.reply(query, False)
            if answer:
                self.udp.sendto(bytes([answer[0] ^ 0x55]) + answer[1:], who)   # somebody guesses the id wrong; the true one follows
                self.udp.sendto(answer, who)

    def serve_tcp(self):
        while not self.stopped:
            try:
                s, _ = self.tcp.accept()
            except TimeoutError:
                continue
            s.settimeout(5)
            size, = struct.unpack(">H", s.recv(2, socket.MSG_WAITALL))
            answer = self.reply(s.recv(size, socket.MSG_WAITALL), True)
            if answer:
                data = struct.pack(">H", len(answer)) + answer
                s.sendall(data[:5])   # in two pieces
                time.sleep(0.05)
                s.sendall(data[5:])
            s.close()

    def close(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()
        for s in (self.udp, self.tcp):
            s.close()


def names(t):
    many = [f"10.1.0.{i}" for i in range(60)]
    table = {"both.test": ["10.0.0.1", "fd00::1", "10.0.0.2"], "four.test": ["10.0.0.1"], "six.test": ["fd00::1"], "empty.test": [], "none.test": None,
             "fail.test": "fail", "many.test": many, "case.test": ["10.0.0.9"]}

    def answers(name, kind, by_tcp):
        if name == "many.test" and not by_tcp:
            return "cut"
        if name == "half.test":   # one kind of address never gets an answer
            return ["10.0.0.7"] if kind == 1 else "fail"
        return table.get(name.lower(), None)
    server = NameServer(answers)
    options = [f"--dns-server=127.0.0.1:{server.port}"]
    try:
        for rule, name, result in (
                ("dns:*.test", "both.test", "10.0.0.1 10.0.0.2 fd00:0:0:0:0:0:0:1"), ("dns:*.test", "four.test", "10.0.0.1"),
                ("dns:*.test", "six.test", "fd00:0:0:0:0:0:0:1"), ("dns:*.test", "empty.test", "none"), ("dns:*.test", "none.test", "none"),
                ("dns:*.test", "fail.test", "AGAIN"), ("dns:*.test", "half.test", "10.0.0.7"), ("dns:CASE.Test.", "cAsE.tEsT.", "10.0.0.9"),
                ("dns:*.test", "many.test", " ".join(many[:32])), ("tcp:four.test:1", "four.test", "10.0.0.1"),
                ("dns:*", "localhost", "127.0.0.1 0:0:0:0:0:0:0:1"), ("tcp:*", "localhost", "127.0.0.1 0:0:0:0:0:0:0:1"),
                ("dns:four.test", "six.test", "ACCES"), ("dns:*.test", "test", "ACCES"), ("tcp:*", "four.test", "ACCES"),
                ("tcp:10.0.0.0/8", "four.test", "ACCES"), ("dns:*", "10.9.8.7", "10.9.8.7"), ("none", "10.9.8.7", "10.9.8.7"),
                ("dns:*", "a b", "none"), ("dns:*", "127.1", "none")):
            got = t.probe([*options, f"--net={rule}"], "names", name, 0, 1)
            want(got == result, f"{rule}, {name}: {got!r}, wanted {result!r}")
        want(("four.test", "A", False) in server.asked and ("many.test", "A", True) in server.asked, "the server was not asked")
        want(not any(name == "test" or " " in name or name == "localhost" for name, _, _ in server.asked), f"it was asked too much: {server.asked}")
    finally:
        server.close()
    # nobody there: said at once, as the system says so; a second server that knows
    dead = free_port(socket.SOCK_DGRAM)
    start = time.monotonic()
    got = t.probe([f"--dns-server=127.0.0.1:{dead}", "--net=dns:*"], "names", "four.test", 0, 1)
    want(got == "AGAIN" and time.monotonic() - start < 10, f"no server: {got}")
    server = NameServer(answers)
    got = t.probe([f"--dns-server=127.0.0.1:{dead}", *[f"--dns-server=127.0.0.1:{server.port}"], "--net=dns:*"], "names", "four.test", 0, 1)
    server.close()
    want(got == "10.0.0.1", f"second server: {got}")


def rebinding(t):
    """What a name was first stays pinned: a server that later points it elsewhere changes nothing. Only its own port, and only for names that
    rules for connecting mention."""
    web, secret = socket.create_server(("127.0.0.1", 0)), None
    port = web.getsockname()[1]
    secret = socket.create_server(("127.0.0.2", port))
    count = {}

    def answers(name, kind, by_tcp):
        if kind != 1:
            return []
        count[name] = count.get(name, 0) + 1
        return ["127.0.0.1"] if count[name] == 1 else ["127.0.0.2"]
    server = NameServer(answers)
    option = f"--dns-server=127.0.0.1:{server.port}"
    try:
        process = t.start("probe", ["names", "app.test", port, 3], [option, f"--net=tcp:*.test:{port}"], stdin=subprocess.PIPE)
        out = finish_with(process, b"\n\n\n")
        want(out.splitlines() == ["127.0.0.1 SUCCESS"] * 3, f"pinned: {out!r}")
        want(count["app.test"] == 1, f"asked {count} times")
        # looked up, but no rule for connecting names it
        process = t.start("probe", ["names", "b.test", port, 2], [option, "--net=dns:*", "--net=tcp:10.0.0.0/8"], stdin=subprocess.PIPE)
        out = finish_with(process, b"\n\n")
        want(out.splitlines() == ["127.0.0.1 ACCES", "127.0.0.2 ACCES"], f"by dns: alone: {out!r}")
        # another port; an address that was not looked up by its name
        got = t.probe([option, "--net=tcp:c.test:1"], "names", "c.test", port, 1)
        want(got == "127.0.0.1 ACCES", f"another port: {got!r}")
        got = t.probe([option, f"--net=tcp:d.test:{port}"], "tcp", "127.0.0.1", port)
        want(got == "ACCES", f"without looking up: {got!r}")
    finally:
        server.close()
        web.close()
        secret.close()


def finish_with(process, data):
    out, err = process.communicate(data, timeout=60)
    want(process.returncode == 0, f"exit status {process.returncode}: {err!r}")
    return out.decode()


def names_stop(t):
    """A lookup that waits for an answer ends at once with --timeout and by signals."""
    server = NameServer(lambda name, kind, by_tcp: "silent")
    options = [f"--dns-server=127.0.0.1:{server.port}", "--net=dns:*"]
    start = time.monotonic()
    t.run("probe", ["names", "x.test", 0, 1], options=[*options, "--timeout=300ms"], status=134)
    want(time.monotonic() - start < 3, "--timeout took long")
    server.close()


# ---- Listeners ----

def say(port, text, host="127.0.0.1", source=None):
    s = connect(port, host) if source is None else socket.create_connection((host, port), 10, (source, 0))
    s.sendall(text)
    try:
        got = s.recv(10)
    except ConnectionResetError:
        got = b""
    s.close()
    return got


def manifest(t):
    """The table [net] of a manifest: rules and listeners, as the options have them."""
    port, other = free_port(), free_port()
    file = t.directory() / "caps.toml"

    def with_net(text):
        file.write_text("[net]\n" + text)
        return ["--manifest", file]
    process = t.start("probe", ["serve"], with_net(f'listen = ["tcp://127.0.0.1:{port}", "127.0.0.1:{other}"]'))
    try:
        want(say(port, b"end") == b"bye", "no answer")
        finish(process)
    finally:
        end(process)
    server = socket.create_server(("127.0.0.1", 0))
    allowed = server.getsockname()[1]
    options = with_net(f'rules = ["tcp:127.0.0.1:{allowed}", "udp:10.0.0.1:53"]')
    said = [t.probe(options, "tcp", "127.0.0.1", p) for p in (allowed, other)]
    want(said == ["SUCCESS", "ACCES"], f"the rules allow {said}")
    said = [t.probe([*options, f"--net=tcp:127.0.0.1:{other}"], "tcp", "127.0.0.1", p) for p in (allowed, other)]
    want(said == ["SUCCESS", "CONNREFUSED"], f"with --net, too, they allow {said}")
    server.close()
    shown = subprocess.run([t.options.cwasm, "run", *options, "--print-capabilities=json"], capture_output=True, text=True)
    want(shown.returncode == 0 and f"tcp:127.0.0.1:{allowed}" in shown.stdout and "udp:10.0.0.1:53" in shown.stdout, shown.stdout + shown.stderr)
    for text, message in (('rules = ["ftp:x"]', "ftp:x"), ('rules = "all"', "array"), ('rules = [1]', "arrays hold strings"), ('listen = ["nowhere"]', "nowhere"),
                          ('rulse = ["all"]', "did you mean 'rules'?")):
        result = subprocess.run([t.options.cwasm, "run", *with_net(text), t.build("probe")], capture_output=True, text=True)
        want(result.returncode == 2 and message in result.stderr, f"{text}: {result.returncode} {result.stderr!r}")


def listeners(t):
    port = free_port()
    for host, option in (("127.0.0.1", f"--listen=tcp://127.0.0.1:{port}"), ("127.0.0.1", f"--listen=127.0.0.1:{port}"), ("::1", f"--listen=tcp://[::1]:{port}"),
                         ("127.0.0.1", f"--listen=tcp://localhost:{port}"), ("127.0.0.1", f"--listen=tcp://0.0.0.0:{port}")):
        process = t.start("probe", ["serve"], [option])
        try:
            want(say(port, b"one", host) == b"bye" and say(port, b"end", host) == b"bye", f"{option}: no answer")
            shown = "0:0:0:0:0:0:0:1" if ":" in host else host
            want(finish(process) == f"{shown} one\n{shown} end\n", option)
        finally:
            end(process)
    path = t.directory() / "s"
    for _ in range(2):   # the second finds the socket that the first left behind
        process = t.start("probe", ["serve"], [f"--listen=unix:{path}"])
        try:
            for i in range(200):
                s = socket.socket(socket.AF_UNIX)
                try:
                    s.connect(str(path))
                    break
                except (FileNotFoundError, ConnectionRefusedError):
                    s.close()
                    time.sleep(0.02)
            other = subprocess.run([t.options.cwasm, "run", f"--listen=unix:{path}", t.build("probe"), "serve"], capture_output=True, text=True)
            want(other.returncode == 2 and "address in use" in other.stderr, f"a second server at the same path: {other.stderr}")
            s.sendall(b"end")
            want(s.recv(10) == b"bye", "no answer")
            s.close()
            finish(process)
        finally:
            end(process)
    taken = socket.create_server(("127.0.0.1", 0))
    result = subprocess.run([t.options.cwasm, "run", f"--listen=tcp://127.0.0.1:{taken.getsockname()[1]}", t.build("probe")], capture_output=True, text=True)
    want(result.returncode == 2 and "address in use" in result.stderr, result.stderr)
    # non-blocking, Wasmtime's spelling
    for option in (f"--tcplisten=127.0.0.1:{port}", f"--listen=tcp://127.0.0.1:{port},nonblock"):
        result = t.run("probe", ["serve"], options=[option], status=1)
        want(result.stdout == b"AGAIN\n", f"{option}: {result.stdout!r}")
    # directories come behind it, and libraries find them
    site = t.directory("site")
    (site / "x").write_text("y")
    process = t.start("fileserver", [], [f"--listen=tcp://127.0.0.1:{port},nonblock", "--dir", f"{site}::/"])
    try:
        s = connect(port)
        s.sendall(b"GET /x HTTP/1.0\r\n\r\n")
        want(read_all(s).endswith(b"\r\n\r\ny"), "the directory was not found")
    finally:
        end(process)


def read_all(s):
    data = b""
    while True:
        more = s.recv(65536)
        if not more:
            return data
        data += more


def socket_activation(t):
    """LISTEN_FDS, LISTEN_PID: as systemd starts a service."""
    listener, other = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    command = [str(c) for c in t.command("probe", ["serve"], (), (), ["--listen-fds"])]

    def start(n=2, pid="$$", more=""):
        script = f"exec 3<&{listener.fileno()} 4<&{other.fileno()}; LISTEN_PID={pid} LISTEN_FDS={n} LISTEN_FDNAMES=a:b {more} exec \"$@\""
        return subprocess.Popen(["/bin/sh", "-c", script, "sh", *command], pass_fds=(listener.fileno(), other.fileno()), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process = start()
    try:
        want(say(port, b"end") == b"bye", "no answer")
        finish(process)
    finally:
        end(process)
    for n, pid, text in ((2, 1, b"LISTEN_PID is not this process"), (0, "$$", b"LISTEN_FDS is not set"), (50, "$$", b"is no socket"), ("x", "$$", b"not set")):
        process = start(n, pid)
        out, err = process.communicate(timeout=20)
        want(process.returncode == 2 and text in err, f"LISTEN_FDS={n} LISTEN_PID={pid}: {process.returncode} {err!r}")
    listener.close()
    other.close()


def accept_from(t):
    """tcp-from: connections from elsewhere are closed; without such a rule everybody may come."""
    port = free_port()
    process = t.start("probe", ["serve"], [f"--listen=tcp://0.0.0.0:{port}", "--net=tcp-from:127.0.0.0/30"])
    try:
        connect(port).close()
        want(say(port, b"one", source="127.0.0.2") == b"bye", "127.0.0.2 was refused")
        want(say(port, b"two", source="127.0.0.9") == b"", "127.0.0.9 was accepted")
        want(say(port, b"end", source="127.0.0.1") == b"bye", "127.0.0.1 was refused")
        out = finish(process)
        want("two" not in out and "127.0.0.2 one" in out, out)
    finally:
        end(process)


# ---- Servers ----

class Client:
    """One connection of the load generator: sends requests, some pipelined, and checks every answer."""

    def __init__(self, port, files, n, rng):
        self.files, self.left, self.rng = files, n, rng
        self.port, self.done, self.data, self.expected, self.out = port, 0, b"", [], b""
        self.open()

    def open(self):
        self.s = socket.create_connection(("127.0.0.1", self.port), 30)
        self.s.setblocking(False)
        self.closing = False
        self.more()

    def more(self):
        while self.left and len(self.expected) < 4 and not self.closing:
            name = self.rng.choice(list(self.files))
            self.closing = self.rng.random() < 0.02 or self.left == 1
            self.out += f"GET /{name} HTTP/1.1\r\nHost: x\r\n{'Connection: close' if self.closing else 'X: y'}\r\n\r\n".encode()
            self.expected.append(name)
            self.left -= 1

    def ready(self, events):
        """False when all is done."""
        if self.out and events & selectors.EVENT_WRITE:
            self.out = self.out[self.s.send(self.out):]
        if events & selectors.EVENT_READ:
            more = self.s.recv(262144)
            if not more:
                raise Failed(f"a connection ended with {len(self.expected)} answers missing")
            self.data += more
            while self.expected and self.take():
                pass
            if self.closing and not self.expected:
                self.s.close()
                if not self.left:
                    return False
                self.open()
                return None   # another socket
            self.more()
        return True

    def take(self):
        head, mark, rest = self.data.partition(b"\r\n\r\n")
        if not mark:
            return False
        lines = head.split(b"\r\n")
        want(lines[0] == b"HTTP/1.1 200 OK", f"answer: {lines[0]!r}")
        size = int(next(x for x in lines if x.lower().startswith(b"content-length:")).split(b":")[1])
        if len(rest) < size:
            return False
        want(rest[:size] == self.files[self.expected.pop(0)], "wrong content")
        self.data = rest[size:]
        self.done += 1
        return True


def load(port, files, requests, connections):
    rng = random.Random(1)
    selector = selectors.DefaultSelector()
    both = selectors.EVENT_READ | selectors.EVENT_WRITE
    clients = []

    def register(c):
        selector.register(c.s, both if c.out else selectors.EVENT_READ, c)
    for _ in range(connections):
        clients.append(Client(port, files, requests // connections, rng))
        register(clients[-1])
    stop = time.monotonic() + 110
    while selector.get_map():
        want(time.monotonic() < stop, f"too slow: {sum(c.done for c in clients)} answers")
        for key, events in selector.select(30):
            c, s = key.data, key.fileobj
            selector.unregister(s)
            if c.ready(events) is not False:
                register(c)
    return sum(c.done for c in clients)


def file_server(t):
    """10,000 requests over 100 connections at a time."""
    site = t.directory("site")
    rng = random.Random(2)
    files = {"small.txt": b"hello\n", "page.html": rng.randbytes(3000), "big.bin": rng.randbytes(300000), "empty.txt": b""}
    for name, data in files.items():
        (site / name).write_bytes(data)
    (site / "secret link").symlink_to("/etc/passwd")
    port = free_port()
    process = t.start("fileserver", [], [f"--listen=tcp://127.0.0.1:{port},nonblock", "--dir", f"{site}::/:ro"])
    try:
        connect(port).close()
        start = time.monotonic()
        served = load(port, files, 10000, 100)
        seconds = time.monotonic() - start
        want(served == 10000, f"{served} answers")
        for request, status in ((b"GET /none HTTP/1.1", b"404"), (b"GET /../../etc/passwd HTTP/1.1", b"404"), (b"GET /secret%20link HTTP/1.1", b"404"),
                                (b"POST / HTTP/1.1", b"405"), (b"junk", b"400"), (b"GET x HTTP/1.1", b"400"), (b"GET /%0 HTTP/1.1", b"400"),
                                (b"GET / HTTP/2", b"400"), (b"HEAD /big.bin HTTP/1.0", b"200"), (b"GET /" + b"x" * 9000 + b" HTTP/1.1", b"431")):
            s = connect(port)
            s.sendall(request + b"\r\nConnection: close\r\n\r\n")
            try:
                answer = read_all(s)
            except ConnectionResetError:   # it had not read all of it
                answer = b"HTTP/1.1 431"
            want(answer[9:12] == status and b"root:" not in answer, f"{request[:40]!r}: {answer[:100]!r}")
            s.close()
        want(process.poll() is None, "the server ended")
        process.send_signal(signal.SIGTERM)
        want(process.wait(10) == 143, f"after SIGTERM: {process.returncode}")
    finally:
        end(process)
    return f"10,000 requests in {seconds:.1f} s"


# ---- Waiting ----

def cpu_seconds():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime


def no_spinning(t):
    """A guest that waits for several things for a second uses no time of the CPU, and asks the kernel once."""
    port = free_port()
    t.build("waits")
    for what in ("clocks", "mixed", "many"):
        before = cpu_seconds()
        result = t.run("waits", [what], options=[f"--listen=tcp://127.0.0.1:{port}"])
        used = cpu_seconds() - before
        want(used < 0.4, f"{what}: {used:.2f} s of CPU time")
    notes = [checks(result)]
    strace = shutil.which("strace")
    if strace:
        log = t.scratch / "strace"
        command = t.command("waits", ["mixed"], (), (), [f"--listen=tcp://127.0.0.1:{port}"])
        traced = subprocess.run([strace, "-f", "-o", log, "-e", "trace=ppoll,poll,clock_nanosleep,nanosleep", *command], capture_output=True, stdin=subprocess.DEVNULL)
        if traced.returncode == 0:   # may be forbidden in containers
            calls = [line for line in log.read_text().splitlines() if "poll(" in line or "sleep(" in line]
            want(len(calls) == 3, f"system calls: {calls}")
            notes.append("one system call each")
    return ", ".join(notes)


def stopped(t):
    """Signals and --timeout end a guest wherever it waits or computes, at once, with its output written; also as process 1."""
    port = free_port()
    black_hole = socket.create_server(("127.0.0.1", 0), backlog=0)
    full = []
    for _ in range(8):   # fill the queue, so that connecting waits
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(black_hole.getsockname())
        full.append(s)
    time.sleep(0.1)
    r, w = os.pipe()
    options = [f"--listen=tcp://127.0.0.1:{port}", LOCAL]
    n = 0
    try:
        for what in (["accept"], ["recv"], ["poll"], ["read"], ["sleep"], ["loop"], ["connect", "127.0.0.1", black_hole.getsockname()[1]]):
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
                process = t.start("probe", ["wait", *what], options, stdin=r)
                try:
                    want(process.stdout.readline() == b"waiting\n", f"{what}: no output")
                    time.sleep(0.05)
                    sent = time.monotonic()
                    process.send_signal(number)
                    rest = finish(process, 5, 128 + number)
                    want(time.monotonic() - sent < 2 and not rest, f"{what}, {number.name}: {rest!r}")
                finally:
                    end(process)
                n += 1
            start = time.monotonic()
            result = t.run("probe", ["wait", *what], options=[*options, "--timeout=300ms"], stdin=r, status=134)
            want(time.monotonic() - start < 3 and result.stdout == b"waiting\n", f"{what}: --timeout: {result.stdout!r}")
            n += 1
        n += as_process_1(t, options)
    finally:
        os.close(r)
        os.close(w)
        black_hole.close()
        for s in full:
            s.close()
    return f"{n} ways"


def as_process_1(t, options):
    """In a process namespace of its own, where the kernel ignores signals that have no handler."""
    unshare = ["unshare", "--pid", "--fork", "--kill-child"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])
    if subprocess.run([*unshare, "true"], capture_output=True).returncode:
        raise Failed("unshare --pid is not possible here: run as root, or allow user namespaces")
    n = 0
    for what in ("accept", "poll", "sleep", "loop"):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            process = subprocess.Popen([*unshare, *t.command("probe", ["wait", what], (), (), options)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            try:
                want(process.stdout.readline() == b"waiting\n", f"{what}: no output")
                children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
                want(len(children) == 1, f"children of unshare: {children}")
                os.kill(int(children[0]), number)
                finish(process, 5, 128 + number)
            finally:
                end(process)
            n += 1
    return n


# ---- Rust ----

CARGO_TOML = """[package]
name = "http"
version = "0.1.0"
edition = "2021"
[dependencies]
wasmedge_wasi_socket = "=0.5.4"
# the newest that Rust 1.63, the oldest compiler with a WASI target that is tested, can build
bytes = "=1.5.0"
libc = "=0.2.150"
rand = "=0.8.5"
rand_core = "=0.6.4"
ppv-lite86 = "=0.2.17"
getrandom = "=0.2.12"
cfg-if = "=1.0.0"
byteorder = "=1.4.3"
[profile.release]
debug = false
"""
VENDORED = """[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
"""


def rust_compiler():
    """(cargo, rustc, target) of a compiler that has a WASI target."""
    for folder in ("/usr/bin", *sorted(glob.glob("/usr/lib/rust-*/bin")), os.path.expanduser("~/.cargo/bin"), *os.environ["PATH"].split(":")):
        rustc, cargo = Path(folder, "rustc"), Path(folder, "cargo")
        if not (rustc.exists() and cargo.exists()):
            continue
        sysroot = subprocess.run([rustc, "--print", "sysroot"], capture_output=True, text=True).stdout.strip()
        for target in ("wasm32-wasip1", "wasm32-wasi"):
            if list(Path(sysroot, "lib/rustlib", target).glob("lib/libstd-*")):
                return cargo, rustc, target
    raise Failed("no cargo and rustc with a WASI target: apt install cargo rustc libstd-rust-dev-wasm32")


def rust(t):
    """An HTTP server and client in Rust, with the crate that WasmEdge's guests use."""
    cargo, rustc, target = rust_compiler()
    folder = t.scratch / "rust"
    shutil.copytree(HERE / "rust", folder)
    (folder / "Cargo.toml").write_text(CARGO_TOML)
    cargos = [shutil.which("cargo"), os.path.expanduser("~/.cargo/bin/cargo"), "/usr/bin/cargo", str(cargo)]
    errors = ""
    # Any version may get the sources. Before 1.70 cargo clones the whole index of the registry, unless it is told not to.
    small_index = {"RUSTC_BOOTSTRAP": "1", "CARGO_UNSTABLE_SPARSE_REGISTRY": "true", "CARGO_REGISTRIES_CRATES_IO_PROTOCOL": "sparse"}
    for fetcher in dict.fromkeys(c for c in cargos if c and Path(c).exists()):
        got = subprocess.run([fetcher, "vendor", "vendor"], cwd=folder, capture_output=True, text=True, env={**os.environ, **small_index})
        if got.returncode == 0:
            break
        errors += got.stderr[-500:]
    else:
        raise Failed(f"cargo vendor: {errors}")
    (folder / "Cargo.lock").unlink()   # the cargo that compiles them may read no newer lock file
    (folder / ".cargo").mkdir()
    (folder / ".cargo/config.toml").write_text(VENDORED)
    env = {**os.environ, "RUSTC": str(rustc)}
    env.pop("RUSTUP_TOOLCHAIN", None)
    made = subprocess.run([cargo, "build", "--offline", "--release", "--target", target], cwd=folder, capture_output=True, text=True, env=env)
    want(made.returncode == 0, f"cargo build: {made.stderr[-2000:]}")
    module = folder / f"target/{target}/release/http.wasm"

    def command(*words):
        return [str(w) for w in (t.options.cwasm, "run", *words)]
    port = free_port()
    server = subprocess.Popen(command(f"--net=tcp-listen:127.0.0.1:{port}", module, "server", port, 103), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        connect_probe = connect(port)   # the first of the connections it serves
        connect_probe.sendall(b"GET /probe HTTP/1.1\r\n\r\n")
        want(b"you asked for /probe" in read_all(connect_probe), "no answer")
        result = subprocess.run(command(f"--net=tcp:localhost:{port}", module, "client", "localhost", port, 100), capture_output=True, text=True, timeout=60)
        want(result.returncode == 0 and result.stdout == "100 answers\n", f"client: {result.stdout!r} {result.stderr!r}")
        result = subprocess.run(command("--net=none", module, "client", "localhost", port, 1), capture_output=True, text=True, timeout=60)
        want(result.returncode != 0 and "ermission denied" in result.stderr, f"without a rule: {result.stderr!r}")
        for _ in range(2):
            s = connect(port)
            s.sendall(b"GET /x HTTP/1.1\r\n\r\n")
            read_all(s)
        finish(server)
    finally:
        end(server)
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.bind(("127.0.0.1", 0))
    u.settimeout(20)
    uport = u.getsockname()[1]
    process = subprocess.Popen(command(f"--net=udp:127.0.0.1:{uport},udp-bind:127.0.0.1:0", module, "udp", uport), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        data, who = u.recvfrom(100)
        u.sendto(data[::-1], who)
        got = finish(process)
        # The crate lets the host write into a buffer that it tells the compiler is constant: newer ones take the zeros it had.
        want(got in (f"olleh from {ip}:{uport}\n" for ip in ("127.0.0.1", "0.0.0.0")), f"udp: {got!r}")
    finally:
        end(process)
        u.close()
    return f"crate 0.5.4, {target}"


CASES = [
    ("calls of WAMR", wamr), ("calls of WasmEdge", wasmedge), ("errors of sockets", socket_errors), ("forms of imports", unknown_forms), ("documentation", documented), ("rules", rules), ("trace", traced), ("wrong options", wrong_rules),
    ("names", names), ("names: rebinding", rebinding), ("names: interrupted", names_stop), ("listeners", listeners), ("manifest", manifest),
    ("socket activation", socket_activation), ("accepting by address", accept_from), ("file server", file_server),
    ("waiting without spinning", no_spinning), ("signals and timeout", stopped),
]

ERRNO_CASES = (wamr, wasmedge, socket_errors)   # those that --errnos looks at: others trace themselves, or watch the clock


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True, help="the program to test")
    parser.add_argument("--only", help="only cases with this in their name")
    parser.add_argument("--rust", action="store_true", help="the programs in Rust")
    parser.add_argument("--library", help="libcwasm.a, for the program whose system calls fail")
    parser.add_argument("--cc", default="cc", help="compiler for that program")
    parser.add_argument("--cflags", default="", help="its flags")
    parser.add_argument("--errnos", nargs="?", const="check", choices=("check", "print"), help="compare errors seen with errnos-sockets.txt, or print them")
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder")
    parser.add_argument("--timeout", type=float, default=120, help="seconds per guest")
    options = parser.parse_args()
    options.cwasm = shutil.which(options.cwasm) or os.path.abspath(options.cwasm)
    options.path_walk = options.traps = False
    tests = Tests(options)
    for name, test in [("Rust", rust)] if options.rust else [c for c in CASES if c[1] in ERRNO_CASES] if options.errnos else CASES:
        if test is socket_errors and not options.library:
            print(f"left out: {name}, for want of --library", flush=True)
        else:
            tests.case(name, test)
    wasi.compare_errnos(tests, options.errnos, sockets=True)
    return tests.end()


if __name__ == "__main__":
    sys.exit(main())
