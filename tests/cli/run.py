#!/usr/bin/env python3
"""Tests of the cwasm program: every case runs it and looks at exit status, output and messages.

    run.py --cwasm PATH [-v] [FILTER...]

FILTER: run the cases whose name contains it. Prints what failed and a closing line "N passed, N failed".
"""
import argparse
import concurrent.futures
import gzip
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE))
import guests  # noqa: E402
import tools  # noqa: E402

CASES = []


def case(function):
    CASES.append(function)
    return function


def rows(table):
    """A case per row; the first column is its name."""
    def make(function):
        for row in table:
            def one(t, row=row):
                function(t, *row[1:])
            one.__name__ = f"{function.__name__}[{row[0]}]"
            CASES.append(one)
        return function
    return make


class Failure(Exception):
    pass


class Result:
    def __init__(self, command, code, out, err, seconds):
        self.command, self.code, self.out, self.err, self.seconds = command, code, out, err, seconds

    def wants(self, ok, what):
        if not ok:
            shown = f"    {' '.join(self.command)}\n    exit {self.code} after {self.seconds:.2f} s"
            shown += f"\n    stdout {self.out[:600]!r}\n    stderr {self.err[:1200]!r}"
            raise Failure(f"{what}\n{shown}")
        return self

    def exits(self, code):
        return self.wants(self.code == code, f"exit status {code} wanted")

    def prints(self, text):
        return self.wants(self.out == (text if isinstance(text, bytes) else text.encode()), f"stdout {text!r} wanted")

    def says(self, *texts):
        err = self.err.decode(errors="replace")
        for text in texts:
            self.wants(text in err, f"{text!r} wanted in stderr")
        return self

    def silent(self):
        return self.wants(not self.err, "nothing wanted in stderr")


class T:
    """What a case works with: a folder of its own, modules, and the program."""

    lock = threading.Lock()
    modules = {}

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.cwasm = options.cwasm

    def wasm(self, text, name="app.wasm"):
        """Assembles a module (once) and copies it into the folder of the case."""
        with T.lock:
            if text not in T.modules:
                done = subprocess.run([self.options.wasm_tools, "parse", "-"], input=text.encode(), stdout=subprocess.PIPE)
                if done.returncode:
                    raise Failure("wasm-tools parse failed")
                T.modules[text] = done.stdout
        return self.file(name, T.modules[text])

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def run(self, *args, stdin=b"", env=None, limit=120, **more):
        command = [self.cwasm, *map(str, args)]
        start = time.monotonic()
        if "stdin_file" in more:
            more["stdin"] = more.pop("stdin_file")
        else:
            more["input"] = stdin
        try:
            done = subprocess.run(command, stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, env=env, timeout=limit, **more)
        except subprocess.TimeoutExpired:
            raise Failure(f"still running after {limit} s: {' '.join(command)}")
        return Result(command, done.returncode, done.stdout or b"", done.stderr, time.monotonic() - start)

    def start(self, *args, **more):
        return subprocess.Popen([self.cwasm, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def report(self, *args, **more):
        path = self.folder / "report.json"
        result = self.run("run", f"--report=json:{path}", *args, **more)
        result.wants(path.exists(), "a report wanted")
        try:
            return result, json.loads(path.read_text())
        except ValueError as error:
            raise Failure(f"report is no JSON: {error}\n{path.read_text()}")


def same(got, wanted, what):
    if got != wanted:
        raise Failure(f"{what}: {got!r}, wanted {wanted!r}")


# ---- Help, version, wrong command lines ----------------------------------------------------------------------------------


@case
def no_arguments(t):
    t.run().exits(2).says("cwasm run", "--help").prints("")


@rows([("long", "--help"), ("short", "-h"), ("word", "help")])
def help(t, word):
    r = t.run(word).exits(0).silent()
    r.wants(b"validate" in r.out and b"inspect" in r.out, "commands wanted")


@rows([(c, c) for c in ("run", "validate", "inspect", "disasm")])
def help_of_command(t, command):
    a, b = t.run("help", command).exits(0).silent(), t.run(command, "--help").exits(0).silent()
    same(a.out, b.out, "help")
    a.wants(f"cwasm {command}".encode() in a.out, "its usage wanted")


@case
def help_names_every_option(t):
    out = t.run("help", "run").exits(0).out.decode()
    if "=[" in out or "--trace-wasi[=FILTER]" not in out:
        raise Failure("a value that may be left out is not written [=VALUE]")
    for option in ("--dir", "--env", "--inherit-env", "--argv0", "--invoke", "--fuel", "--timeout", "--max-memory", "--max-heap", "--stack-size",
                   "--compile", "--dispatch", "--bounds", "-W", "--path-walk", "--report", "--file", "--tmpfs", "--overlay", "--manifest", "--print-capabilities",
                   "--max-handles", "--second-wall",
                   "--trace-wasi", "--trace-wasi-output", "--trace-wasi-format", "--clock", "--random-seed"):
        if option not in out:
            raise Failure(f"{option} is not in the help")


@rows([("option", "--version"), ("short", "-V"), ("word", "version")])
def version(t, word):
    out = t.run(word).exits(0).silent().out.decode()
    for line in (r"^cwasm \d+\.\d+\.\d+$", r"^dispatch: +(tail|goto|switch)", r"^libc: +\S", r"^compiler: +(clang|gcc) ", r"^features on: .*\btail-call\b"):
        if not re.search(line, out, re.MULTILINE):
            raise Failure(f"no line like {line} in:\n{out}")


@rows([
    ("misspelt", ["run", "--dri=/x", "a.wasm"], ["--dri", "did you mean --dir?"]),
    ("swapped", ["run", "--tiemout=2s", "a.wasm"], ["did you mean --timeout?"]),
    ("beginning", ["run", "--max=1M", "a.wasm"], ["did you mean --max-memory?"]),
    ("far", ["run", "--zzzzzz", "a.wasm"], ["unknown option --zzzzzz", "cwasm help run"]),
    ("short form", ["--dri=/x", "a.wasm"], ["did you mean --dir?"]),
    ("foreign mapdir", ["run", "--mapdir=/a::/b", "a.wasm"], ["--dir HOST::GUEST"]),
    ("foreign func", ["run", "--func", "x", "a.wasm"], ["--invoke FUNC"]),
    ("other command", ["validate", "--fuel=2", "a.wasm"], ["does not apply to 'validate'"]),
    ("wants value", ["run", "--fuel"], ["--fuel wants a value: N"]),
    ("takes none", ["run", "--inherit-env=1", "a.wasm"], ["takes no value"]),
    ("fuel", ["run", "--fuel=12x", "a.wasm"], ["--fuel", "12x"]),
    ("fuel too large", ["run", "--fuel=99999999999999999999", "a.wasm"], ["too large"]),
    ("timeout", ["run", "--timeout=2 days", "a.wasm"], ["--timeout", "duration"]),
    ("timeout zero", ["run", "--timeout=0s", "a.wasm"], ["--timeout"]),
    ("size", ["run", "--max-memory=12Q", "a.wasm"], ["size"]),
    ("size too large", ["run", "--max-memory=99999999999G", "a.wasm"], ["too large"]),
    ("stack size", ["run", "--stack-size=1K", "a.wasm"], ["at least 64K"]),
    ("compile", ["run", "--compile=now", "a.wasm"], ["eager, lazy or lazy-validation"]),
    ("dispatch", ["run", "--dispatch=magic", "a.wasm"], ["auto, switch, goto or tail"]),
    ("bounds", ["run", "--bounds=none", "a.wasm"], ["explicit or guard"]),
    ("report", ["run", "--report=xml:x", "a.wasm"], ["json:FILE"]),
    ("report without name", ["run", "--report=json:", "a.wasm"], ["json:FILE"]),
    ("env", ["run", "--env==x", "a.wasm"], ["name is empty"]),
    ("dir", ["run", "--dir=", "a.wasm"], ["directory is wanted"]),
    ("dir guest", ["run", "--dir=/tmp::", "a.wasm"], ["directory is wanted"]),
    ("file", ["run", "--file=", "a.wasm"], ["a file is wanted"]),
    ("file after module", ["run", "a.wasm", "--file=x::"], ["a file is wanted"]),
    ("quota of a dir", ["run", "--dir=/tmp:size=1M", "a.wasm"], ["--overlay=LOWER::GUEST::UPPER"]),
    ("tmpfs", ["run", "--tmpfs=", "a.wasm"], ["guest's name is wanted"]),
    ("tmpfs size", ["run", "--tmpfs=/tmp:12Q", "a.wasm"], ["--tmpfs /tmp:12Q", "a size is a number"]),
    ("tmpfs inodes", ["run", "--tmpfs=/tmp:size=1M,inodes=many", "a.wasm"], ["a number is wanted"]),
    ("tmpfs read-only", ["run", "--tmpfs=/tmp:ro", "a.wasm"], ["of no use"]),
    ("overlay", ["run", "--overlay=/tmp", "a.wasm"], ["LOWER::GUEST"]),
    ("overlay upper", ["run", "--overlay=/tmp::/::", "a.wasm"], ["LOWER::GUEST::UPPER"]),
    ("max handles", ["run", "--max-handles=3", "a.wasm"], ["between 4 and 65536"]),
    ("no module", ["run"], ["no module"]),
    ("no module, options", ["run", "--inherit-env"], ["no module"]),
    ("no module, end", ["run", "--"], ["no module"]),
    ("validate nothing", ["validate"], ["no module"]),
    ("inspect two", ["inspect", "a.wasm", "b.wasm"], ["one module"]),
    ("help for what", ["help", "runn"], ["did you mean 'run'?"]),
])
def wrong_usage(t, args, texts):
    t.run(*args).exits(2).says("cwasm: ", *texts).prints("")


@case
def misspelt_command(t):
    t.run("vaildate", "x.wasm").exits(127).says("no such file", "did you mean 'cwasm validate'?")


@rows([
    ("misspelt", "multi-memry=y", "did you mean multi-memory?"),
    ("far", "quantum", "-W help lists them"),
    ("value", "gc=maybe", "must be y or n"),
])
def wrong_feature(t, feature, text):
    t.run("run", "-W", feature, t.wasm(guests.NOTHING)).exits(2).says(text)


@case
def feature_list(t):
    out = t.run("run", "-W", "help").exits(0).silent().out.decode()
    if not re.search(r"^ +tail-call +on$", out, re.MULTILINE):
        raise Failure(out)


@case
def feature_off(t):
    path = t.wasm(guests.TAIL_CALL)
    t.run("run", path).exits(0).silent()
    for spelling in (["-W", "tail-call=n"], ["-Wtail-call=n"], ["-W=tail-call=n"]):
        t.run("run", *spelling, path).exits(126).says("tail call")


# ---- Files that are no module --------------------------------------------------------------------------------------------

COMPONENT = b"\0asm\x0d\0\1\0"
BAD_FILES = [
    ("empty", b"", "empty"),
    ("component", COMPONENT, "component"),
    ("text module", b";; hi\n(; (; ;)\n (module $x)\n", "WebAssembly text"),
    ("text component", b"(component)\n", "WebAssembly text"),
    ("plain text", b"hello there, this is no module\n", "a text file"),
    ("elf", b"\x7fELF\2\1\1" + bytes(100), "ELF"),
    ("macho", b"\xcf\xfa\xed\xfe" + bytes(100), "Mach-O"),
    ("pe", b"MZ" + bytes(100), "PE"),
    ("script", b"#!/bin/sh\necho\n", "script"),
    ("gzip", gzip.compress(b"\0asm\1\0\0\0"), "gzip"),
    ("xz", b"\xfd7zXZ\0" + bytes(30), "xz"),
    ("zstd", b"\x28\xb5\x2f\xfd" + bytes(30), "zstd"),
    ("bitcode", b"BC\xc0\xde" + bytes(30), "bitcode"),
    ("archive", b"!<arch>\n" + bytes(30), "static library"),
    ("web page", b"<!DOCTYPE html><html>", "web page"),
    ("lfs", b"version https://git-lfs.github.com/spec/v1\noid x\n", "Git LFS"),
    ("magic only", b"\0asm", "app.wasm: malformed module: "),
    ("half a magic", b"\0as", "app.wasm: malformed module: "),
    ("version 2", b"\0asm\2\0\0\0", "unknown binary version"),
    ("garbage", bytes(range(200, 256)) * 4, "magic header not detected"),
    ("cut off", b"\0asm\1\0\0\0\1\x7f", "out of bounds"),
    ("body cut off", b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\3\2\0\0\x0a\5\2\2\0\x0b\3", "(func 1 @ offset 0x1a)"),
]


@rows(BAD_FILES)
def not_a_module(t, content, text):
    t.run("run", t.file("app.wasm", content)).exits(126).says("cwasm: ", "app.wasm", text).prints("")


@rows(BAD_FILES[:4])
def not_a_module_from_stdin(t, content, text):
    t.run("run", "-", stdin=content).exits(126).says("cwasm: -: ", text)


@case
def zip_file(t):
    with zipfile.ZipFile(t.folder / "a.zip", "w") as z:
        z.writestr("a", "b")
    t.run("run", t.folder / "a.zip").exits(126).says("zip archive")


@rows([("missing", "nowhere.wasm"), ("below a file", "run.py/x.wasm"), ("empty name", "")])
def not_found(t, name):
    t.run("run", name and HERE / name).exits(127).says("no such file")


@case
def directory(t):
    t.run("run", t.folder).exits(126).says("a directory")
    folder = os.open(t.folder, os.O_RDONLY)
    t.run("run", "-", stdin_file=folder).exits(126).says("a directory")
    os.close(folder)


@case
def fifo(t):
    path = t.folder / "pipe.wasm"
    os.mkfifo(path)
    t.run("run", path, limit=20).exits(126).says("a pipe", "standard input")


@case
def device(t):
    t.run("run", "/dev/null").exits(126).says("a device")


@case
def real_executable(t):
    t.run("run", sys.executable).exits(126)


@case
def unreadable(t):
    path = t.wasm(guests.NOTHING)
    os.chmod(path, 0)
    if os.access(path, os.R_OK):
        return   # root reads everything
    t.run("run", path).exits(126).says("Permission denied")


@case
def invalid_module(t):
    # (func (result i32)) with an empty body
    bad = b"\0asm\1\0\0\0" + bytes([1, 5, 1, 0x60, 0, 1, 0x7f, 3, 2, 1, 0, 10, 4, 1, 2, 0, 0x0b])
    path = t.file("app.wasm", bad)
    t.run("run", path).exits(126).says("app.wasm: invalid module: type mismatch", "func 0", "offset 0x")
    t.run("validate", path).exits(126).says("app.wasm: invalid module: type mismatch")


# ---- Whose word is it ----------------------------------------------------------------------------------------------------


def words(result):
    return [w.decode() for w in result.exits(0).silent().out.split(b"\0")[:-1]]


@rows([
    ("none", [], ["M"], [], ["M"]),
    ("plain", [], ["M"], ["a", "b c", ""], ["M", "a", "b c", ""]),
    ("help is the guest's", [], ["M"], ["--help"], ["M", "--help"]),
    ("-c is the guest's", [], ["M"], ["-c", "print(1)"], ["M", "-c", "print(1)"]),
    ("dir after module", [], ["M", "--dir=/tmp"], ["x"], ["M", "x"]),
    ("dir after module, two words", [], ["M", "--dir", "/tmp"], ["x"], ["M", "x"]),
    ("two after module", [], ["M", "--dir=/tmp", "--env", "A=B"], ["x", "--dir=/y"], ["M", "x", "--dir=/y"]),
    ("only the closed list", [], ["M"], ["--fuel=3", "--dir=/y"], ["M", "--fuel=3", "--dir=/y"]),
    ("inherit-env is not in it", [], ["M"], ["--inherit-env"], ["M", "--inherit-env"]),
    ("end after module", [], ["M", "--dir=/tmp", "--"], ["--dir=/y"], ["M", "--dir=/y"]),
    ("end at once", [], ["M", "--"], ["--dir=/y", "--"], ["M", "--dir=/y", "--"]),
    ("later end is the guest's", [], ["M"], ["a", "--", "b"], ["M", "a", "--", "b"]),
    ("end before module", ["--"], ["M"], ["--dir=/y", "x"], ["M", "--dir=/y", "x"]),
    ("dash is the guest's", [], ["M"], ["-"], ["M", "-"]),
    ("argv0", ["--argv0", "python3"], ["M"], ["x"], ["python3", "x"]),
    ("options before", ["--dir", "/tmp", "--fuel=1000000"], ["M"], ["x"], ["M", "x"]),
])
def splitting(t, before, module, after, wanted):
    path = t.wasm(guests.ARGS)
    real = [path if w == "M" else w for w in module]
    wanted = [path if w == "M" else w for w in wanted]
    same(words(t.run("run", *before, *real, *after)), wanted, "with run")
    same(words(t.run(*before, *real, *after)), wanted, "short form")


@case
def many_arguments(t):
    wanted = [f"argument {i}" for i in range(2000)]
    same(words(t.run(t.wasm(guests.ARGS), *wanted))[1:], wanted, "arguments")


@case
def module_from_stdin(t):
    content = pathlib.Path(t.wasm(guests.ARGS)).read_bytes()
    same(words(t.run("run", "-", "a", stdin=content)), ["-", "a"], "pipe")
    same(words(t.run("-", "a", stdin=content)), ["-", "a"], "short form")
    with open(t.folder / "app.wasm", "rb") as file:
        same(words(t.run("run", "-", "a", stdin_file=file)), ["-", "a"], "file")
    # larger than a pipe holds
    section = b"\4junk" + bytes(300000)
    size = len(section)
    leb = bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14])
    same(words(t.run("run", "-", stdin=content + b"\0" + leb + section)), ["-"], "large")


@case
def environment(t):
    path = t.wasm(guests.ENVIRON)
    env = {"HOME": "/home/x", "LANG": "C", "A": "outer"}
    same(words(t.run(path, env=env)), [], "nothing by default")
    same(words(t.run("run", "--env", "A=1", "--env=B=x=y", path, env=env)), ["A=1", "B=x=y"], "given")
    same(words(t.run("run", "--env", "A", "--env", "NOPE", path, env=env)), ["A=outer"], "handed on")
    same(words(t.run("run", "--env", "A=1", "--env", "A=2", path, env=env)), ["A=2"], "the last wins")
    same(words(t.run("run", path, "--env=C=", env=env)), ["C="], "after the module")
    same(sorted(words(t.run("run", "--inherit-env", "--env", "A=mine", path, env=env))), ["A=mine", "HOME=/home/x", "LANG=C"], "all")


@case
def directories(t):
    path = t.wasm(guests.PREOPENS)
    (t.folder / "d").mkdir()
    d = str(t.folder / "d")
    t.run("run", path).exits(0).prints("")
    t.run("run", "--dir", d, path).exits(1).prints(f"{d}\n")
    t.run("run", f"--dir={d}::/data", path).exits(1).prints("/data\n")
    t.run("run", f"--dir={d}::/data:ro", path, f"--dir={d}:ro").exits(2).prints(f"/data\n{d}\n")
    t.run("run", path, "--dir", f"{d}::.:rw").exits(1).prints(".\n")
    t.run("run", path, "--dir=.::here", cwd=d).exits(1).prints("here\n")


@case
def read_only_directory(t):
    path = t.wasm(guests.CREATE)
    (t.folder / "d").mkdir()
    d = t.folder / "d"
    r = t.run("run", f"--dir={d}:ro", path)
    r.wants(r.code != 0 and not (d / "made").exists(), "no file wanted")
    t.run("run", f"--dir={d}", path).exits(0)
    r.wants((d / "made").exists(), "a file wanted")
    (d / "made").unlink()
    t.run("run", f"--dir={d}", "--path-walk", path).exits(0)
    r.wants((d / "made").exists(), "a file wanted with --path-walk")


@case
def trace_wasi(t):
    path = t.wasm(guests.HELLO)
    line = rb'fd_write\(1, iovs=\[\{"hello, wasi\\n"\}\], nwritten=12\) = SUCCESS <[0-9]+\.[0-9] us> _start\n'
    r = t.run("run", "--trace-wasi", path).exits(0).prints("hello, wasi\n")
    r.wants(re.fullmatch(line, r.err), f"another line than {r.err!r}")
    log = t.folder / "log"
    t.run("run", "--trace-wasi=fd", f"--trace-wasi-output={log}", path).exits(0).prints("hello, wasi\n").silent()
    r.wants(re.fullmatch(line, log.read_bytes()), f"another line in the file than {log.read_bytes()!r}")
    for nothing in ("path", "errors", "fd=2", "-fd_write", "fd_writes", "path_*"):
        t.run("run", f"--trace-wasi={nothing}", path).exits(0).prints("hello, wasi\n").silent()
    for something in ("fd_write", "fd_*,path", "fd=1", "-path", "*", "fd=1,fd=2"):
        r = t.run("run", f"--trace-wasi={something}", path).exits(0)
        r.wants(re.fullmatch(line, r.err), f"{something}: another line than {r.err!r}")
    r = t.run("run", "--trace-wasi", "--trace-wasi-format=json", path).exits(0)
    got = json.loads(r.err)
    same((got["call"], got["result"], got["callers"]), ("fd_write", "SUCCESS", ["_start"]), "JSON")
    same(got["args"], {"fd": 1, "iovs": [{"size": 12, "data": "hello, wasi\n"}], "nwritten": 12}, "JSON arguments")
    r = t.run("run", "--trace-wasi=summary", path).exits(0)
    r.wants(re.search(rb"calls +errors +seconds +ns/call +call\n +1 +0 +0\.[0-9]+ +[0-9]+  fd_write\n +1 +0 .* total\n$", r.err), "a table wanted")
    t.run("run", "--trace-wasi=fd=x", path).exits(2).says("fd= wants")
    t.run("run", "--trace-wasi=a b", path).exits(2).says("wanted: names")
    t.run("run", "--trace-wasi", "--trace-wasi-output=/nonexistent/x", path).exits(2).says("/nonexistent/x")


def chacha20(seed, size):
    """The key stream of RFC 8439 for the key seed."""
    out = b""
    while len(out) < size:
        s = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, seed & 0xFFFFFFFF, seed >> 32, 0, 0, 0, 0, 0, 0, len(out) // 64, 0, 0, 0]
        x = list(s)
        for i in range(10):
            for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
                for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                    x[p] = (x[p] + x[q]) & 0xFFFFFFFF
                    v = x[r] ^ x[p]
                    x[r] = (v << n | v >> (32 - n)) & 0xFFFFFFFF
        out += b"".join(((p + q) & 0xFFFFFFFF).to_bytes(4, "little") for p, q in zip(x, s))
    return out[:size]


@case
def random_seed(t):
    path = t.wasm(guests.CLOCKS)
    for seed in (0, 1, 42, 2**64 - 1):
        same(t.run("run", "--clock=fixed", f"--random-seed={seed}", path).exits(0).out[32:], chacha20(seed, 96), f"random bytes of seed {seed}")
    short = t.wasm(guests.CLOCKS.replace("3600000000000", "1000"), "short.wasm")
    a, b = t.run("run", short).out[32:], t.run("run", short).out[32:]
    same(a == b, False, "random bytes of two runs are the same")
    for wrong in ("x", "-1", "1x", str(2**64)):
        t.run("run", f"--random-seed={wrong}", path).exits(2)


def clock_words(r):
    return [int.from_bytes(r.out[i:i + 8], "little") for i in (0, 8, 16, 24)]


@case
def clock(t):
    path = t.wasm(guests.CLOCKS)
    start = time.monotonic()
    for text, seconds in (("fixed", 946684800), ("fixed:0", 0), ("fixed:1000", 1000), ("fixed:2024-02-29", 1709164800), ("fixed:1970-01-01", 0),
                          ("fixed:2024-03-01T12:34:56Z", 1709296496), ("fixed:2000-12-31T23:59:59", 978307199)):
        # two readings of the realtime clock, one of the monotonic, a wait of an hour, one more
        s = seconds * 10**9
        same(clock_words(t.run("run", f"--clock={text}", path).exits(0)), [s + 1000, s + 2000, 3000, 3600 * 10**9 + 4000], text)
    same(time.monotonic() - start < 600, True, "waiting takes no time")
    short = t.wasm(guests.CLOCKS.replace("3600000000000", "1000"), "short.wasm")
    for text, seconds in (("real", 0), ("offset:2h", 7200), ("offset:+1d", 86400), ("offset:-3h", -10800), ("offset:-300d", -300 * 86400)):
        got = clock_words(t.run("run", f"--clock={text}", short).exits(0))[0] / 1e9
        same(abs(got - (time.time() + seconds)) < 60, True, f"{text}: {got}")
    for wrong in ("x", "fixed:", "fixed:x", "fixed:2024-13-01", "fixed:2024-1", "fixed:2024-01-01T", "fixed:99999999999999999999", "offset:", "offset:x", "fixed:-1"):
        t.run("run", f"--clock={wrong}", path).exits(2).says("--clock")


@case
def trace_table_fits_signatures(t):
    """The third column of preview1.def describes as many arguments as the signature has."""
    slots = {"path": 2, "text": 2, "in": 2, "out": 2, "entries": 2, "subs": 3}
    n = 0
    for name, signature, args in re.findall(r'^P1\((\w+), *"(\w*):i?", *"([^"]*)"', (HERE.parents[1] / "src/wasi/preview1.def").read_text(), re.M):
        kinds = [word.split(":")[-1] for word in args.split()]
        same(sum(slots.get(kind, 1) for kind in kinds), len(signature), f"{name}: number of arguments")
        n += 1
    same(n >= 46, True, "number of rows")


@case
def second_wall(t):
    path = t.wasm(guests.CREATE)
    for i, option in enumerate(("--second-wall=on", "--second-wall=off", "--no-second-wall", "--second-wall=require")):
        d = t.folder / f"d{i}"
        d.mkdir()
        r = t.run("run", option, f"--dir={d}", path)
        if i == 3 and r.code == 126:   # the kernel lacks a part of it, or the build is instrumented
            r.says("--second-wall=require: ")
        elif i == 0 and r.err:
            r.exits(0).says("--second-wall=on, but not all of it: ")
        else:
            r.exits(0).silent()
        r.wants((d / "made").exists() == (r.code == 0), "a file wanted")
    t.run("run", "--second-wall=maybe", path).exits(2).says("must be on, off or require")


@case
def directory_whose_name_ends_in_ro(t):
    (t.folder / "d:ro").mkdir()
    t.run("run", f"--dir={t.folder}/d:ro:rw", t.wasm(guests.PREOPENS)).exits(1).prints(f"{t.folder}/d:ro\n")


@case
def missing_directory(t):
    t.run("run", "--dir=/no/such/place", t.wasm(guests.NOTHING)).exits(2).says("/no/such/place", "--dir")


# ---- --invoke ------------------------------------------------------------------------------------------------------------


@rows([
    ("add", "add", ["40", "2"], "42:i32\n"),
    ("wraps", "add", ["0xffffffff", "2"], "1:i32\n"),
    ("negative", "add", ["-5", "3"], "-2:i32\n"),
    ("i32 unsigned", "id32", ["4294967295"], "-1:i32\n"),
    ("i32 least", "id32", ["-2147483648"], "-2147483648:i32\n"),
    ("i32 hex negative", "id32", ["-0x80000000"], "-2147483648:i32\n"),
    ("i64", "id64", ["-9223372036854775808"], "-9223372036854775808:i64\n"),
    ("i64 unsigned", "id64", ["18446744073709551615"], "-1:i64\n"),
    ("i64 hex", "id64", ["0xDEADbeef"], "3735928559:i64\n"),
    ("f32", "idf32", ["0.1"], "0.1:f32\n"),
    ("f32 precise", "idf32", ["16777217"], "16777216:f32\n"),
    ("f32 all digits", "idf32", ["1.17549421e-38"], "1.1754942e-38:f32\n"),
    ("f32 hex", "idf32", ["0x1.8p1"], "3:f32\n"),
    ("f32 nan", "idf32", ["nan"], "nan:f32\n"),
    ("f32 nan payload", "idf32", ["-nan:0x200000"], "-nan:0x200000:f32\n"),
    ("f64", "idf64", ["0.1"], "0.1:f64\n"),
    ("f64 all digits", "idf64", ["0.30000000000000004"], "0.30000000000000004:f64\n"),
    ("f64 negative zero", "idf64", ["-0.0"], "-0:f64\n"),
    ("f64 inf", "idf64", ["-inf"], "-inf:f64\n"),
    ("f64 nan", "idf64", ["-nan"], "-nan:f64\n"),
    ("f64 nan payload", "idf64", ["nan:0x4"], "nan:0x4:f64\n"),
    ("externref", "idref", ["7"], "7:externref\n"),
    ("externref null", "idref", ["null"], "null:externref\n"),
    ("funcref null", "null", [], "null:funcref\n"),
    ("v128", "idv", ["0x123456789ABCDEF00fedcba987654321"], "0x123456789abcdef00fedcba987654321:v128\n"),
    ("v128 short", "idv", ["0x7"], f"0x{7:032x}:v128\n"),
    ("v128 i8x16", "idv", ["i8x16:1,2,3,4,5,6,7,8,9,10,11,12,13,14,-1,255"], "0xffff0e0d0c0b0a090807060504030201:v128\n"),
    ("v128 i16x8", "idv", ["i16x8:1,2,3,4,5,6,-32768,0xabcd"], "0xabcd8000000600050004000300020001:v128\n"),
    ("v128 i32x4", "idv", ["i32x4:1,-2,0x3,4294967295"], "0xffffffff00000003fffffffe00000001:v128\n"),
    ("v128 i64x2", "idv", ["i64x2:-1,5"], "0x0000000000000005ffffffffffffffff:v128\n"),
    ("v128 f32x4", "idv", ["f32x4:1,-0.5,inf,nan"], "0x7fc000007f800000bf0000003f800000:v128\n"),
    ("v128 f64x2", "idv", ["f64x2:1.5,-nan:0x4"], "0xfff00000000000043ff8000000000000:v128\n"),
    ("two results", "swap", ["1", "2"], "2:i64\n1:i32\n"),
    ("no result", "nothing", [], ""),
])
def invoke(t, function, args, wanted):
    t.run("run", "--invoke", function, t.wasm(guests.MATH), *args).exits(0).silent().prints(wanted)


@rows([
    ("i32 too large", "id32", ["4294967296"], "is no i32"),
    ("i32 too small", "id32", ["-2147483649"], "is no i32"),
    ("i32 empty", "id32", [""], "is no i32"),
    ("i32 word", "id32", ["12a"], "argument 1, '12a', is no i32"),
    ("i32 float", "id32", ["1.5"], "is no i32"),
    ("i64 too large", "id64", ["18446744073709551616"], "is no i64"),
    ("f32 too large", "idf32", ["1e99"], "is no f32"),
    ("f64 word", "idf64", ["1.5x"], "is no f64"),
    ("f64 space", "idf64", [" 1"], "is no f64"),
    ("f64 payload zero", "idf64", ["nan:0x0"], "is no f64"),
    ("v128 too long", "idv", ["0x" + 33 * "1"], "is no v128"),
    ("v128 no digits", "idv", ["0x"], "is no v128"),
    ("v128 no digit", "idv", ["0x12g4"], "is no v128"),
    ("v128 decimal", "idv", ["12"], "is no v128"),
    ("v128 shape", "idv", ["i32x2:1,2"], "is no v128"),
    ("v128 few lanes", "idv", ["i32x4:1,2,3"], "is no v128"),
    ("v128 many lanes", "idv", ["i32x4:1,2,3,4,5"], "is no v128"),
    ("v128 no lane", "idv", ["i32x4:1,2,3,"], "is no v128"),
    ("v128 large lane", "idv", ["i8x16:256,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"], "is no v128"),
    ("v128 word lane", "idv", ["f64x2:1,x"], "is no v128"),
    ("too few", "add", ["1"], "add takes 2 arguments, 1 given"),
    ("too many", "nothing", ["1"], "nothing takes 0 arguments, 1 given"),
    ("signature", "add", [], "add(i32, i32) -> i32"),
    ("misspelt", "ad", [], "did you mean 'add'?"),
    ("list", "zzzzzz", [], "swap(i32, i64) -> (i64, i32)"),
])
def wrong_invoke(t, function, args, text):
    t.run("run", "--invoke", function, t.wasm(guests.MATH), *args).exits(2).says(text).prints("")


@case
def invoke_trap(t):
    t.run("run", "--invoke=div", t.wasm(guests.MATH), "1", "0").exits(134).says("integer divide by zero", "at div (func 9 @ offset 0x").prints("")


@case
def invoke_after_initialize(t):
    t.run("run", "--invoke=ready", t.wasm(guests.REACTOR)).exits(0).prints("7:i32\n")


@case
def invoke_does_not_run_start(t):
    path = t.wasm('(module (func (export "_start") unreachable) (func (export "f") (result i32) (i32.const 3)))')
    t.run("run", "--invoke=f", path).exits(0).prints("3:i32\n")


@case
def preload(t):
    library = t.wasm("""(module
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (global $ready (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $ready (i32.const 40)))
      (func (export "get") (result i32) (i32.add (global.get $ready) (call $random (i32.const 0) (i32.const 8)))))""", "library.wasm")
    user = t.wasm("""(module
      (import "lib" "get" (func $get (result i32)))
      (import "more" "add" (func $add (param i32 i32) (result i32)))
      (import "lib" "memory" (memory 1))
      (func (export "f") (result i32) (call $add (call $get) (i32.load8_u (i32.const 100000)))))""", "user.wasm")
    both = [f"--preload=lib={library}", f"--preload=more={t.wasm(guests.MATH, 'math.wasm')}", "--invoke=f"]
    t.run("run", *both, user).exits(134).says("out of bounds memory access", "at f (func 2")
    good = t.wasm('(module (import "lib" "get" (func $get (result i32))) (export "f" (func $get)))')
    t.run("run", f"--preload=lib={library}", "--invoke=f", good).exits(0).prints("40:i32\n")
    t.run("run", "--invoke=f", good).exits(126).says("unknown import: lib.get")
    t.run("run", f"--preload=x={good}", "--invoke=f", good).exits(126).says(f"{good}: link error: unknown import: lib.get")
    # the hint after a link error names what no preload provides, and nothing else
    partly = t.wasm("""(module (import "lib" "get" (func (result i32))) (import "lib" "other" (func)) (import "env" "more" (func)) (func (export "f")))""", "partly.wasm")
    hint = t.run("run", f"--preload=lib={library}", "--invoke=f", partly).exits(126).says("lib.other", "lib::other: nothing in cwasm", "env::more: made by")
    hint.wants(b"lib::get" not in hint.err, "the hint names what is provided")
    t.run("run", f"--preload=lib={partly}", f"--preload=env={library}", "--invoke=f", good).exits(126).says("lib::get, lib::other: nothing in cwasm")
    t.run("run", "--preload=lib=none.wasm", "--invoke=f", good).exits(127).says("none.wasm: no such file")
    t.run("run", f"--preload={library}", "--invoke=f", good).exits(2).says("must be NAME=FILE")
    t.run("run", "-Sthreads", f"--preload=lib={library}", "--invoke=f", good).exits(2).says("cannot be combined")


@case
def unknown_imports(t):
    path = t.wasm("""(module
      (import "host\\07" "there" (func $there (param i32)))
      (func (export "quiet") (result i32) (i32.const 7))
      (func (export "loud") (call $there (i32.const 1))))""")
    t.run("run", "--unknown-imports=trap", "--invoke=quiet", path).exits(0).prints("7:i32\n")
    t.run("run", "--unknown-imports=trap", "--invoke=loud", path).exits(134).says("unknown import called: host", "there", "at loud (func 2")
    t.run("run", "--unknown-imports=error", "--invoke=quiet", path).exits(126).says("unknown import: host")
    t.run("run", "--unknown-imports=ignore", "--invoke=quiet", path).exits(2).says("must be error or trap")
    memory = t.wasm('(module (import "env" "memory" (memory 1)) (func (export "f")))')
    t.run("run", "--unknown-imports=trap", "--invoke=f", memory).exits(126).says("unknown import: env.memory")


# ---- How a run ends ------------------------------------------------------------------------------------------------------


@rows([(str(c), c, wanted) for c, wanted in ((0, 0), (1, 1), (42, 42), (127, 127), (255, 255), (256, 255), (257, 1), (-1, 255), (65536, 255))])
def exit_code(t, code, wanted):
    r, report = t.report(t.wasm(guests.exit_with(code)))
    r.exits(wanted).silent()
    same((report["kind"], report["exit_code"], report["exit_status"]), ("exit", code & 0xffffffff, wanted), "report")


@case
def command(t):
    t.run("run", t.wasm(guests.NOTHING)).exits(0).silent().prints("")


@case
def reactor(t):
    t.run("run", t.wasm(guests.REACTOR)).exits(0).silent()


@case
def names_of_the_program(t):
    """What Wasmtime calls: _initialize, then the function with an empty name, or _start."""
    initialize, none, start = '(export "_initialize" (func $initialize))', '(export "" (func $none))', '(export "_start" (func $start))'
    leave = '(export "_initialize" (func $leave))'
    for exports, options, wanted in ((none, [], 1), (none + start, [], 1), (initialize + start, [], 12), (initialize + none, [], 11), (initialize, [], 0),
                                     (initialize + start, ["--invoke", "f"], 13), (start, ["--invoke", "f"], 3),
                                     (leave + start, [], 0), (leave + start, ["--invoke", "f"], 0)):
        t.run("run", *options, t.wasm(guests.NAMED_COMMANDS.replace("EXPORTS", exports))).exits(wanted).silent()


@case
def invoke_with_arguments_of_the_program(t):
    """A function that takes none, of a program that reads its own: they are what follows."""
    path = t.wasm(guests.ARGS.replace('(export "_start")', '(export "run")'))
    same(words(t.run("run", "--invoke", "run", path, "-c", "x y")), [path, "-c", "x y"], "arguments")
    same(words(t.run("run", "--invoke", "run", path)), [path], "no arguments")
    both = t.wasm(guests.ARGS.replace('(export "_start")', '(export "run") (param i32)'), "both.wasm")
    same(words(t.run("run", "--invoke", "run", both, "7")), [both], "those of the function")
    t.run("run", "--print-capabilities", "--invoke", "run").exits(0).silent()   # without a module that could be asked


@case
def trap_behind_a_loop(t):
    """The loop's last jump is none where it leads to what comes next: the place of the trap is that of what comes next."""
    path = t.wasm("(module (memory 1) (func (export \"_start\") (local i32) block loop (local.set 0 (i32.add (local.get 0) (i32.const 1)))"
                  " (br_if 1 (i32.gt_u (local.get 0) (i32.const 9))) br 0 end end unreachable))")
    wanted = pathlib.Path(path).read_bytes().rindex(b"\x0b\x0b\x00\x0b") + 2
    t.run("run", "--tier-up=0", path).exits(134).says(f"@ offset {wanted:#x}")


@case
def start_function_only(t):
    t.run("run", t.wasm(guests.START_ONLY)).exits(5).silent()


@case
def nothing_to_run(t):
    t.run("run", t.wasm(guests.MATH)).exits(126).says("neither _start", "--invoke", "add(i32, i32) -> i32")
    t.run("run", t.wasm("(module)")).exits(126).says("exports no function")


@case
def object_file(t):
    t.run("run", t.wasm('(module (@custom "linking" "\\02"))')).exits(126).says("object file", "link it first")


@case
def wrong_start_type(t):
    t.run("run", t.wasm('(module (func (export "_start") (param i32)))')).exits(126).says("_start")


@case
def trap(t):
    r, report = t.report(t.wasm(guests.TRAP))
    r.exits(134).prints("")
    lines = r.err.decode().splitlines()
    r.wants(re.fullmatch(r"cwasm: .*app\.wasm: trap: integer divide by zero.*", lines[0]), "the trap in the first line")
    r.wants(len(lines) == 4, "four lines wanted")
    for line, name, index in zip(lines[1:], ("divide", "middle", "_start"), (0, 1, 2)):
        r.wants(re.fullmatch(rf"  at {name} \(func {index} @ offset 0x[0-9a-f]+\)", line), f"{name} wanted in {line!r}")
    trap = report["trap"]
    same((report["kind"], report["exit_status"], report["exit_code"], report["entry"]), ("trap", 134, None, "_start"), "report")
    same((trap["code"], trap["function"], trap["function_index"], trap["depth"]), ("DIVIDE_BY_ZERO", "divide", 0, 3), "trap")
    same([f["function"] for f in trap["frames"]], ["divide", "middle", "_start"], "frames")
    same(trap["message"].startswith("integer divide by zero"), True, "message")
    offset = int(re.search(r"divide \(func 0 @ offset 0x([0-9a-f]+)", r.err.decode()).group(1), 16)
    same(trap["offset"], offset, "offset")
    same((t.folder / "app.wasm").read_bytes()[offset], 0x6d, "the instruction at the offset is i32.div_s")


@case
def trap_in_start_function(t):
    r, report = t.report(t.wasm("(module (func $f unreachable) (start $f))"))
    r.exits(134).says("unreachable", "at f (func 0")
    same(report["kind"], "trap", "kind")


@case
def names_cannot_drive_the_terminal(t):
    r = t.run("run", t.wasm(guests.TRAP_NAMES)).exits(134)
    r.wants(b"\x1b" not in r.err and len(r.err.splitlines()) == 3, "no control characters wanted")
    obeyed = ("\x1b", "\x9b", "\u200e", "\u200f", "\u2028", "\u202a", "\u202e", "\u2066", "\u2069", "\u061c")
    code = "".join(f"\\{b:02x}" for c in obeyed for b in c.encode())
    path = t.wasm(f'(module (func (export "a{code}\u00e4\u2030")))', "names.wasm")
    r = t.run("inspect", path).exits(0)
    shown = r.out.decode()
    r.wants(not any(c in shown for c in obeyed) and "\\1b\\c2\\9b\\e2\\80\\8e" in shown and "\u00e4\u2030" in shown, "escapes wanted")
    r = t.run("run", path).exits(126)
    r.wants(not any(c in r.err.decode() for c in obeyed), "no control characters wanted")
    trap = t.wasm(f'(module (func (export "a{code}\u00e4") unreachable))', "trap.wasm")
    r = t.run("run", f"--invoke=a{''.join(obeyed)}\u00e4", trap).exits(134)
    r.wants(not any(c in r.err.decode() for c in obeyed) and "\u00e4" in r.err.decode(), "no control characters wanted")
    path_bytes = "".join(f"\\{b:02x}" for c in obeyed for b in c.encode())
    size = len("".join(obeyed).encode())
    traced = t.wasm(f'''(module (import "wasi_snapshot_preview1" "path_create_directory" (func $f (param i32 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 0) "{path_bytes}") (func (export "_start") (drop (call $f (i32.const 3) (i32.const 0) (i32.const {size})))))''', "traced.wasm")
    r = t.run("run", "--trace-wasi", traced).exits(0)
    r.wants(not any(c in r.err.decode() for c in obeyed) and "\\x1b\\xc2\\x9b\\xe2\\x80\\x8e" in r.err.decode(), "escapes wanted in the trace")
    r = t.run("run", "--trace-wasi", "--trace-wasi-format=json", traced).exits(0)
    r.wants(json.loads(r.err)["args"]["path"] == "".join(obeyed) and b"\x1b" not in r.err, "JSON wanted that means the name")


@case
def rewritten_while_it_runs(t):
    path = pathlib.Path(t.wasm(guests.REWRITTEN))
    content = path.read_bytes()
    same(content.count(b"\x41\xcd\x00\x10"), 1, "places with the constant")
    p = t.start("run", "--trace-wasi=fd_read", str(path))   # tracing names functions: what was left out is read when the call is over
    same(p.stdout.readline(), b"ready\n", "the guest's first line")
    with open(path, "r+b") as file:
        file.write(content.replace(b"\x41\xcd\x00\x10", b"\x41\xce\x00\x10"))
    _, err = p.communicate(b"x", timeout=120)
    same((p.returncode, b"beginning" in err), (77, True), "exit code, and whether names were read")


@case
def stack_overflow(t):
    path = t.wasm(guests.RECURSE)
    r, report = t.report(path)
    r.exits(134).says("call stack exhausted", "deeper (func 0", "times", "frames left out")
    deep = report["trap"]["depth"]
    r, report = t.report("--stack-size=64K", path)
    r.exits(134).says("call stack exhausted")
    r.wants(report["trap"]["depth"] < deep / 50, "less depth wanted from a smaller stack")
    same(report["trap"]["code"], "STACK_EXHAUSTED", "code")


@case
def fuel(t):
    r, report = t.report("--fuel=10000", t.wasm(guests.SPIN), limit=60)
    r.exits(134).says("all fuel consumed")
    same((report["kind"], report["trap"]["code"]), ("fuel", "OUT_OF_FUEL"), "report")
    r.wants(9900 <= report["fuel_used"] <= 10000, f"fuel_used about 10000 wanted, not {report['fuel_used']}")
    r, report = t.report("--fuel=10000", t.wasm(guests.NOTHING))
    r.exits(0)
    r.wants(0 <= report["fuel_used"] < 100, "little fuel wanted")


@rows([("spinning", guests.SPIN, {}), ("sleeping", guests.SLEEP, {}), ("reading", guests.CAT, {"stdin_file": "pipe"})])
def timeout(t, guest, more):
    path = t.wasm(guest)
    ends = None
    if more:
        ends = os.pipe()
        more = {"stdin_file": ends[0]}
    r, report = t.report("--timeout=300ms", path, limit=60, **more)
    if ends:
        os.close(ends[0]), os.close(ends[1])
    r.exits(134).says("interrupted")
    r.wants(0.29 < report["wall_seconds"] < 10, f"0.3 s wanted, not {report['wall_seconds']}")
    same((report["kind"], report["exit_status"]), ("timeout", 134), "report")


@case
def timeout_not_reached(t):
    t.run("run", "--timeout=1m", t.wasm(guests.exit_with(3))).exits(3).silent()


@rows([(s.name, s) for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)])
def end_by_signal(t, number):
    for guest in (guests.SPIN, guests.SLEEP):
        report = t.folder / "signal.json"
        p = t.start("run", f"--report=json:{report}", t.wasm(guest))
        time.sleep(0.4)
        p.send_signal(number)
        out, err = p.communicate(timeout=30)
        r = Result(p.args, p.returncode, out, err, 0).exits(128 + number)
        data = json.loads(report.read_text())
        same((data["kind"], data["signal"], data["exit_status"], data["exit_code"]), ("signal", number, 128 + number, None), "report")
        r.prints("")


@case
def process_one(t):
    """As process 1 the kernel drops signals that have no handler."""
    if subprocess.run(["unshare", "--pid", "--fork", "true"], stderr=subprocess.DEVNULL).returncode:
        return   # not allowed here
    p = subprocess.Popen(["unshare", "--pid", "--fork", t.cwasm, "run", t.wasm(guests.SPIN)], stderr=subprocess.PIPE)
    time.sleep(0.5)
    children = pathlib.Path(f"/proc/{p.pid}/task/{p.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGTERM)
    try:
        p.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        os.kill(int(children[0]), signal.SIGKILL)
        raise Failure("process 1 did not end")
    same(p.returncode, 143, "exit status")


@case
def ignored_hangup_stays_ignored(t):
    p = t.start("run", t.wasm(guests.SLEEP), preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    time.sleep(0.4)
    p.send_signal(signal.SIGHUP)
    time.sleep(0.2)
    running = p.poll() is None
    p.kill()
    p.communicate()
    same(running, True, "still running")


@case
def closed_pipe(t):
    """The guest gets an error, the process is not killed by SIGPIPE."""
    p = t.start("run", t.wasm(guests.FLOOD))
    p.stdout.read(10)
    p.stdout.close()
    p.stdout = None
    _, err = p.communicate(timeout=60)
    same((p.returncode, err), (64, b""), "exit status EPIPE")


@case
def stdio(t):
    data = bytes(range(256)) * 1000
    t.run("run", t.wasm(guests.CAT), stdin=data).exits(0).silent().prints(data)


@case
def closed_streams(t):
    """With 0, 1 and 2 closed, the module, a directory or the report must not become a standard stream of the guest."""
    path, report = t.wasm(guests.CAT), t.folder / "closed.json"
    script = 'exec "$0" run --report=json:"$1" --dir=/ "$2" <&- >&- 2>&-'
    done = subprocess.run(["sh", "-c", script, t.cwasm, str(report), path], timeout=60)
    data = json.loads(report.read_text())
    same(data["kind"], "exit", "kind")
    same(data["exit_status"], done.returncode, "exit status")


@case
def full_disk(t):
    if not os.path.exists("/dev/full"):
        return
    with open("/dev/full", "w") as full:
        t.run("run", "--invoke=add", t.wasm(guests.MATH), "1", "2", stdout=full).exits(1).says("cannot write")
        r = t.run("help", "run", stdout=full)
        r.exits(1)


# ---- Limits and engine options -------------------------------------------------------------------------------------------


@case
def max_memory(t):
    path = t.wasm(guests.GROW)
    t.run("run", "--invoke=grow", path).exits(0).prints("1:i32\n")
    t.run("run", "--invoke=grow", "--max-memory=1M", path).exits(0).prints("-1:i32\n")
    t.run("run", "--invoke=grow", "--max-memory=67174400", path).exits(0).prints("1:i32\n")
    t.run("run", "--invoke=grow", "--max-memory=0", path).exits(126).says("larger than the store's limit")   # nothing, not no limit
    r, report = t.report("--max-memory=1MiB", t.wasm(guests.BIG))
    r.exits(126)
    same(report["kind"], "limit", "kind")


@case
def limits_of_the_system(t):
    """Little address space: what docs/cli.md promises of the release program; other builds only have more of their own."""
    release = b"libc:            musl" in t.run("--version").out
    own = 10 << 20 if release else 1 << 50   # sanitizers map terabytes: there only the plain runs are tried
    def limited(size):
        return lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size))
    hello, grow, big = t.wasm(guests.HELLO, "hello.wasm"), t.wasm(guests.GROW, "grow.wasm"), t.wasm(guests.BIG, "big.wasm")
    t.run("run", hello, preexec_fn=limited(own)).exits(0).prints("hello, wasi\n")
    t.run("run", "--invoke=grow", grow, preexec_fn=limited(own + (4 << 20))).exits(0).prints("-1:i32\n" if release else "1:i32\n")
    r = t.run("run", big, preexec_fn=limited(own + (4 << 20)))
    if release:
        r.exits(126).says("big.wasm: out of memory\n")
    else:
        r.exits(0)


@case
def max_heap(t):
    path = t.wasm(guests.STRUCTURES)
    t.run("run", "--invoke=list", "--max-heap=4M", path, "10000").exits(0).prints("0:i32\n")
    t.run("run", "--invoke=list", "--max-heap=0", path, "10").exits(134).says("out of host memory")
    t.run("run", "--invoke=list", path, "1000000").exits(0).prints("0:i32\n")
    t.run("run", "--invoke=list", "--max-heap=4M", path, "1000000").exits(134).says("out of host memory: the limit for structures, arrays and exceptions is 4194304 bytes", "at list")


@case
def every_dispatcher(t):
    path = t.wasm(guests.MATH)
    version = t.run("--version").out.decode()
    line = re.search(r"^dispatch: +(.*)$", version, re.MULTILINE).group(1)
    for name in ("switch", "goto", "tail"):
        r = t.run("run", f"--dispatch={name}", "--invoke=add", path, "1", "2")
        if name in line:
            r.exits(0).prints("3:i32\n")
        else:
            r.exits(2).says("this build does not have it")
    t.run("run", "--dispatch=auto", "--invoke=add", path, "1", "2").exits(0)


@case
def engine_options(t):
    path = t.wasm(guests.MATH)
    for options in (["--compile=eager"], ["--compile=lazy"], ["--bounds=explicit"], ["--bounds", "guard"], ["--stack-size=1M"],
                    ["--fuel=1000000", "--timeout=20s", "--compile=eager"]):
        t.run("run", *options, "--invoke=add", path, "1", "2").exits(0).prints("3:i32\n")
    oob = t.wasm('(module (memory 1) (func (export "_start") (drop (i32.load (i32.const 65533)))))', "oob.wasm")
    for bounds in ("explicit", "guard"):
        t.run("run", f"--bounds={bounds}", oob).exits(134).says("out of bounds memory access")


@case
def traps_of_pairs(t):
    """Two instructions may share a dispatch: the one that traps is named, the one before has done its work, the one after has not."""
    path = t.wasm("""(module (memory (export "memory") 1)
      (func $loads (export "loads") (param $p i32) (param $q i32) (result i32) (local $a i32) (local $b i32)
        (local.set $a (i32.load (local.get $p)))
        (local.set $b (i32.load offset=4 (local.get $q)))
        (i32.add (local.get $a) (local.get $b)))
      (func $stores (export "stores") (param $p i32) (param $q i32)
        (i32.store (local.get $p) (local.get $q))
        (i32.store offset=4 (local.get $q) (local.get $p)))
      (func $sum (export "sum") (param $p i32) (param $q i32) (result i32) (local $a i32) (local $b i32)
        (local.set $a (i32.add (local.get $p) (i32.const 16)))
        (local.set $b (i32.load offset=4 (local.get $a)))
        (if (local.tee $p (i32.load (local.get $q))) (then (local.set $b (i32.div_u (local.get $b) (local.get $p)))))
        (i32.add (local.get $a) (local.get $b))))""")
    module = pathlib.Path(path).read_bytes()
    load, load4, store, store4 = (module.index(code) for code in (b"\x28\x02\x00", b"\x28\x02\x04", b"\x36\x02\x00", b"\x36\x02\x04"))
    sum_at = module.index(b"\x28\x02\x04", load4 + 1)
    test_at = module.index(b"\x28\x02\x00", sum_at)
    for bounds in ("explicit", "guard"):
        for export, p, q, at in (("loads", 70000, 0, load), ("loads", 0, 70000, load4), ("loads", 70000, 70000, load), ("stores", 70000, 0, store),
                                 ("stores", 0, 70000, store4), ("sum", 70000, 0, sum_at), ("sum", 0, 70000, test_at)):
            t.run("run", f"--bounds={bounds}", f"--invoke={export}", path, str(p), str(q)).exits(134).says(
                "out of bounds memory access", f"at {export} (func ", f"@ offset 0x{at:x})")
        t.run("run", f"--bounds={bounds}", "--invoke=loads", path, "0", "8").exits(0).prints("0:i32\n")
        t.run("run", f"--bounds={bounds}", "--invoke=sum", path, "4", "0").exits(0).prints("20:i32\n")


# ---- The report ----------------------------------------------------------------------------------------------------------


@case
def report_fields(t):
    r, data = t.report(t.wasm(guests.ARGS), "a", "b")
    r.exits(0).silent()
    same(list(data), ["version", "cwasm", "module", "entry", "kind", "exit_status", "exit_code", "signal", "message", "thread", "trap", "error",
                      "wall_seconds", "user_seconds", "system_seconds", "peak_memory_bytes", "linear_memory_bytes", "fuel_used", "translated"], "fields")
    same(data["translated"], {"functions": 0, "wasm_bytes": 0, "code_bytes": 0}, "all of it ran in place")
    _, data = t.report("--tier-up=0", t.wasm(guests.ARGS), "a")
    r.wants(data["translated"]["functions"] > 0 and data["translated"]["code_bytes"] > data["translated"]["wasm_bytes"] > 0, "translated")
    same((data["version"], data["kind"], data["exit_status"], data["exit_code"], data["signal"], data["trap"], data["error"], data["fuel_used"]),
         (1, "exit", 0, 0, None, None, None, None), "values")
    same(data["linear_memory_bytes"], 4 * 65536, "memory")
    r.wants(0 < data["wall_seconds"] < 60 and data["peak_memory_bytes"] > 100000, "sensible figures")


@rows([
    ("not found", "nowhere.wasm", "not-found", 127, None),
    ("not a module", COMPONENT, "not-a-module", 126, None),
    ("malformed", b"\0asm\1\0\0\0\1", "invalid", 126, (None, None, 9)),
    ("invalid, no names", b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a\5\1\3\0\x1a\x0b", "invalid", 126, (None, 0, 23)),
    ("invalid, exported", b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\7\5\1\1f\0\0\x0a\5\1\3\0\x1a\x0b", "invalid", 126, ("f", 0, 30)),
    ("link", guests.importing("env", "f"), "link", 126, (None, None, 17)),
    ("no entry", "(module)", "no-entry", 126, None),
])
def report_kind(t, what, kind, status, error):
    if isinstance(what, bytes):
        path = t.file("app.wasm", what)
    else:
        path = t.wasm(what) if what.startswith("(") else what
    r, data = t.report(path)
    r.exits(status)
    same((data["kind"], data["exit_status"], data["exit_code"]), (kind, status, None), "report")
    r.wants(data["message"], "a message wanted")
    keys = ("function", "function_index", "offset", "file", "line", "column")
    same(data["error"], dict(zip(keys, (*error, None, None, None))) if error else None, "error")


@case
def report_to_descriptor(t):
    read, write = os.pipe()
    r = t.run("run", f"--report=json:{write}", t.wasm(guests.exit_with(9)), pass_fds=[write])
    os.close(write)
    data = json.loads(os.fdopen(read).read())
    r.exits(9)
    same(data["exit_code"], 9, "exit_code")
    t.run("run", "--report=json:99", t.wasm(guests.NOTHING)).exits(2).says("descriptor 99")
    r = t.run("run", "--report=json:1", t.wasm(guests.NOTHING)).exits(0)
    json.loads(r.out)


@case
def report_that_cannot_be_written(t):
    t.run("run", "--report=json:/no/such/place/r.json", t.wasm(guests.NOTHING)).exits(2).says("/no/such/place/r.json")
    if os.path.exists("/dev/full"):
        t.run("run", "--report=json:/dev/full", t.wasm(guests.NOTHING)).exits(1).says("cannot write the report")


@case
def report_names_are_json(t):
    _, data = t.report(t.wasm('(module (func $a (@name "q\\"\\\\\\0a\\u{e9}") unreachable) (func (export "_start") (call $a)))'))
    same(data["trap"]["function"], 'q"\\\né', "name")


# ---- Imports that nobody provides ----------------------------------------------------------------------------------------


@rows([
    ("emscripten", "env", "emscripten_resize_heap", ["Emscripten", "-sSTANDALONE_WASM"]),
    ("emscripten invoke", "env", "invoke_vii", ["Emscripten", "-fwasm-exceptions"]),
    ("embind", "env", "_embind_register_void", ["embind"]),
    ("minified", "a", "b", ["Emscripten"]),
    ("wasm-bindgen", "wbg", "__wbg_log_1", ["wasm-bindgen", "wasm32-wasip1"]),
    ("wasm-bindgen placeholder", "__wbindgen_placeholder__", "__wbindgen_describe", ["wasm-bindgen"]),
    ("wasm-bindgen bundler", "./app_bg.js", "x", ["wasm-bindgen"]),
    ("go js", "gojs", "runtime.wasmExit", ["GOOS=wasip1"]),
    ("preview 2", "wasi:cli/environment@0.2.0", "get-environment", ["component", "preview 1"]),
    ("wasi threads", "wasi", "thread-spawn", ["wasi-threads"]),
    ("wasix", "wasix_32v1", "fd_dup", ["WASIX"]),
    ("sockets", "wasi_snapshot_preview1", "sock_pair", ["sockets", "docs/wasi-sockets.md"]),
    ("near miss", "wasi_snapshot_preview1", "fd_writ", ["no such function in preview 1", "fd_write"]),
    ("unlinked object", "env", "__stack_pointer", ["object file", "link it"]),
    ("assemblyscript", "env", "abort", ["AssemblyScript"]),
    ("js strings", "wasm:js-string", "length", ["JavaScript"]),
    ("own host", "env", "my_function", ["cwasm_linker_define_func"]),
    ("nobody", "whatever", "thing", ["whatever::thing", "nothing in cwasm provides"]),
])
def missing_import(t, module, name, texts):
    kind = "(global (mut i32))" if name == "__stack_pointer" else "(func)"
    r = t.run("run", t.wasm(guests.importing(module, name, kind))).exits(126).says("unknown import", f"{module}::{name}", *texts)
    r.wants((b"--unknown-imports=trap" in r.err) == (kind == "(func)"), "the option that would help, for functions alone")


@case
def many_missing_imports(t):
    imports = "".join(f'(import "env" "emscripten_{i}" (func))' for i in range(9))
    r = t.run("run", t.wasm(f'(module {imports} (import "gojs" "x" (func)) (func (export "_start")))')).exits(126)
    r.says("emscripten_0, env::emscripten_1", "and 5 more", "gojs::x")
    r.wants(r.err.count(b"Emscripten") == 1, "each toolchain once")


@case
def import_of_wrong_type(t):
    r = t.run("run", t.wasm(guests.importing("wasi_snapshot_preview1", "fd_write", "(func (param i64))"))).exits(126)
    r.says("incompatible import type", "fd_write")
    r.wants(b"--unknown-imports" not in r.err, "no option that does not help")


# ---- validate, inspect, disasm -------------------------------------------------------------------------------------------


@case
def validate(t):
    good, other, bad = t.wasm(guests.MATH), t.wasm(guests.NOTHING, "b.wasm"), t.file("c.wasm", "text")
    t.run("validate", good).exits(0).silent().prints("")
    t.run("validate", good, other).exits(0).silent().prints("")
    t.run("validate", bad, good, "nowhere.wasm").exits(126).says("c.wasm", "nowhere.wasm")
    t.run("validate", "nowhere.wasm", bad).exits(127)
    t.run("validate", "-W", "tail-call=n", t.wasm(guests.TAIL_CALL, "t.wasm")).exits(126)
    t.run("validate", "-", stdin=pathlib.Path(good).read_bytes()).exits(0)
    t.run("validate", "--", good).exits(0)


@case
def inspect(t):
    path = t.wasm(guests.ARGS)
    out = t.run("inspect", path).exits(0).silent().out.decode()
    for text in ("imports 3", "func    wasi_snapshot_preview1::args_get(i32, i32) -> i32", "exports 2", "memory  memory: memory 4.. pages",
                 "func    _start()", "sections", "code ", "custom ", '"name"'):
        if text not in out:
            raise Failure(f"{text!r} wanted in:\n{out}")
    only = t.run("inspect", path, "--exports").exits(0).out.decode()
    same(only.splitlines()[0], "exports 2", "--exports")
    types = t.wasm('(module (memory (export "m") 1 2) (global (export "g") (mut i64) (i64.const 0)) (table (export "t") 1 funcref))', "t.wasm")
    out = t.run("inspect", "--exports", types).exits(0).out.decode()
    for text in ("m: memory 1..2 pages", "g: global mut i64", "t: table 1.. funcref"):
        same(text in out, True, text)


@case
def disasm(t):
    path = t.wasm(guests.TRAP)
    everything = t.run("disasm", path).exits(0).silent().out
    one = t.run("disasm", path, "divide").exits(0).silent().out
    same(one in everything and len(one) > 0, True, "one is part of all")
    same(t.run("disasm", path, "0").exits(0).out, one, "by index")
    t.run("disasm", path, "nobody").exits(2).says("no function 'nobody'")
    t.run("disasm", path, "99").exits(2).says("no function '99'")
    t.run("disasm", t.wasm(guests.ARGS, "i.wasm")).exits(0)   # imported functions are passed over


# ---- Main ----------------------------------------------------------------------------------------------------------------


def run_case(options, function, parent):
    folder = pathlib.Path(tempfile.mkdtemp(dir=parent))
    try:
        function(T(options, folder))
        return None
    except Failure as failure:
        return str(failure)
    except Exception as error:   # a broken case is a failed case
        return f"{type(error).__name__}: {error}"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--cwasm", required=True, type=os.path.abspath)
    p.add_argument("-v", action="store_true", help="name every case")
    p.add_argument("filters", nargs="*", metavar="FILTER")
    options = p.parse_args()
    options.wasm_tools = tools.find_tool("wasm-tools")
    cases = [c for c in CASES if not options.filters or any(f in c.__name__ for f in options.filters)]
    parent = tempfile.mkdtemp(prefix="cwasm-cli-")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for function, wrong in zip(cases, pool.map(lambda c: run_case(options, c, parent), cases)):
            if wrong:
                failed += 1
                print(f"FAILED {function.__name__}: {wrong}")
            elif options.v:
                print(f"ok     {function.__name__}")
    shutil.rmtree(parent, ignore_errors=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return failed > 0 or not cases


if __name__ == "__main__":
    sys.exit(main())
