#!/usr/bin/env python3
"""Runs the WASI guests of this folder: builds each with clang and wasi-libc, prepares the host's side, runs it, checks what it says.

    run.py --cwasm build/dev/cwasm [--path-walk] [--library build/dev/libcwasm.a] [--only NAME] [--keep]

One line per case, in the end "N passed, N failed"; exit status 0 if nothing failed. Guests print "ok <check>" or "FAIL <check>: got X want Y"
and end with 1 if a check failed. With --traps the program is a runtime that traps on bad addresses and enum values (Wasmtime):
those checks are left out, and FAIL lines are shown, so that two runtimes can be compared; see README.md.
"""
import argparse
import ctypes
import json
import os
import platform
import pty
import random
import re
import shutil
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
import errnos  # noqa: E402
from tools import guest_compiler  # noqa: E402

NEEDS = "clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32"


class Failed(Exception):
    """A case that did not go as it should."""


# ---- Building and running ----

class Tests:
    def __init__(self, options):
        self.options = options
        self.scratch = Path(tempfile.mkdtemp(prefix="cwasm-wasi-"))
        self.built = {}
        self.uppers = {}   # of overlays, by the lower directory
        self.seen = errnos.Seen(self.scratch / "calls") if getattr(options, "errnos", None) else None
        if self.seen:
            os.environ["CWASM_TEST_TRACE"] = str(self.seen.folder / "host")
        self.passed = self.failed = 0
        self.clang = guest_compiler()

    def source(self, guest):
        return HERE / "guests" / f"{guest}.c"

    def flags(self, guest):
        """More options for the compiler."""
        return ["-DPREVIEW0"] if getattr(self.options, "preview0", False) else []

    def build(self, guest):
        """The path of the guest's module."""
        if guest in self.built:
            return self.built[guest]
        if not self.clang:
            raise Failed(f"no clang found: apt install {NEEDS}")
        if not Path("/usr/include/wasm32-wasi/wasi/api.h").exists():
            raise Failed("no wasi-libc found: apt install wasi-libc")
        out = self.scratch / f"{guest}.wasm"
        command = [*self.clang, "--target=wasm32-wasi", "-O1", "-Wall", "-Wextra", "-Wno-unused-function", "-Werror",
                   *self.flags(guest), "-o", out, self.source(guest)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise Failed(f"building failed (apt install {NEEDS}):\n{result.stderr}")
        self.built[guest] = out
        return out

    def mount(self, d):
        """The options for a directory "HOST::GUEST[:ro]", on the file system that --fs names; what HOST holds is in it."""
        host, guest = d.split("::")
        fs = self.options.fs
        if fs == "host":
            return ["--dir", d]
        if fs == "tmpfs":
            if os.listdir(host):
                raise Failed("a tmpfs is empty in the beginning: this case needs files")
            return ["--tmpfs", guest]
        if fs == "overlay":
            return ["--overlay", d]
        upper = self.directory("upper")
        self.uppers[host] = upper
        guest, colon, suffix = guest.partition(":")
        return ["--overlay", f"{host}::{guest}::{upper}{colon}{suffix}"]

    def command(self, guest, args=(), dirs=(), env=(), options=()):
        command = [self.options.cwasm, "run", *options]
        if self.options.path_walk:
            command.append("--path-walk")
        if self.seen:
            command += self.seen.options()
        for d in dirs:
            command += self.mount(d)
        if self.options.traps:
            env = [*env, "BAD_VALUES_TRAP=1"]
        for e in env:
            command += ["--env", e]
        return [str(c) for c in (*command, self.build(guest), *args)]

    def run(self, guest, args=(), dirs=(), env=(), options=(), status=0, **kwargs):
        """Runs a guest to its end and checks its exit status and its FAIL lines; the finished process."""
        kwargs.setdefault("stdin", subprocess.DEVNULL)
        if "input" in kwargs:
            kwargs.pop("stdin")
        try:
            result = subprocess.run(self.command(guest, args, dirs, env, options), timeout=self.options.timeout,
                                    **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **kwargs})
        except subprocess.TimeoutExpired as e:
            raise Failed(f"did not end in {self.options.timeout} s; so far:\n{(e.stdout or b'').decode(errors='replace')[-500:]}")
        check(result, status)
        return result

    def directory(self, name="root"):
        """A new empty directory."""
        path = Path(tempfile.mkdtemp(dir=self.scratch)) / name
        path.mkdir()
        return path

    def case(self, name, test):
        if self.options.only and self.options.only not in name:
            return
        failed = self.failed
        SAID.clear()
        try:
            note = test(self)
        except (Failed, OSError, ValueError, subprocess.SubprocessError) as e:   # a guest that ends early breaks pipes
            self.failed += 1
            print(f"FAIL {name}: {e or type(e).__name__}", flush=True)
        else:
            self.passed += 1
            print(f"ok   {name}{f' ({note})' if note else ''}", flush=True)
        if self.seen:
            self.seen.end_case(name, self.failed == failed, SAID)

    def end(self):
        """Prints the sums and removes the scratch folder, if it is not to be kept; the exit status."""
        print(f"{self.passed} passed, {self.failed} failed")
        if getattr(self.options, "keep", False):
            print(f"kept {self.scratch}")
        else:
            shutil.rmtree(self.scratch, ignore_errors=True)
        return 1 if self.failed else 0


SAID = set()   # names of the checks that passed in this case


def check(result, status):
    """Raises Failed unless the process ended with status and printed no FAIL line."""
    text = b"\n".join(s for s in (result.stdout, result.stderr) if s).decode(errors="replace")
    bad = [line for line in text.splitlines() if line.startswith("FAIL")]
    SAID.update(line[3:] for line in text.splitlines() if line.startswith("ok "))
    if bad:
        raise Failed(f"{len(bad)} checks:\n" + "\n".join("    " + b for b in bad))
    if result.returncode != status:
        raise Failed(f"exit status {result.returncode} instead of {status}:\n{text[-1500:]}")


def checks(result):
    text = b"".join(s for s in (result.stdout, result.stderr) if s)
    return f"{sum(line.startswith(b'ok ') for line in text.splitlines())} checks"


def want(condition, what):
    if not condition:
        raise Failed(what)


# ---- Cases: one function each ----

def args_env(t):
    env = ["A=1", "LONG=x=y", "EMPTY="]
    if t.options.traps:
        return "left out: counts the environment"
    return checks(t.run("args_env", args=["two words", "", "\u00e9"], env=env))


def simple(guest):
    """A guest that needs an empty directory as / and another as /two."""
    def test(t):
        root, two = t.directory(), t.directory("two")
        return checks(t.run(guest, dirs=[f"{root}::/", f"{two}::/two"]))
    return test


def proc(t):
    if not t.options.traps:
        for code in (0, 1, 3, 125, 255):
            t.run("proc", args=["exit", str(code)], status=code)
        t.run("proc", args=["raise", "6"], status=134)
        t.run("proc", args=["raise", "15"], status=143)
        t.run("proc", args=["raise", "9"], status=137)
        t.run("proc", args=["raises"])
    t.run("proc", args=["return", "7"], status=7)
    result = t.run("proc", args=["abort"], status=134)
    want(result.stdout == b"before\n", f"stdout is {result.stdout!r}")
    result = t.run("proc", args=["raise", "17"], status=99)
    want(result.stdout == b"before\nafter\n", f"stdout is {result.stdout!r}")


def stdio_pipe(t):
    result = t.run("stdio", args=["pipe"], input=b"hello\n")
    want(b"to stderr\n" in result.stderr, "nothing came through stderr")
    return checks(result)


def stdio_file(t):
    d = t.directory()
    (d / "in").write_bytes(b"0123456789")
    (d / "out").write_bytes(b"# before\n")
    with open(d / "in", "rb") as i, open(d / "out", "ab") as o, open(d / "err", "w+b") as e:
        result = subprocess.run(t.command("stdio", args=["file"]), stdin=i, stdout=o, stderr=e, timeout=t.options.timeout)
    result.stdout = (d / "out").read_bytes()
    check(result, 0)
    want(result.stdout.startswith(b"# before\n") and b"# appended\n" in result.stdout, "stdout was not appended to")
    want((d / "err").read_bytes() == b"abc", f"stderr is {(d / 'err').read_bytes()!r}")
    want((d / "in").read_bytes() == b"0123456789", "stdin was changed")
    return checks(result)


def stdio_null(t):
    with open(os.devnull, "r+b") as null:
        return checks(t.run("stdio", args=["null"], stdin=null, stdout=null))


def stdio_tty(t):
    host, guest = pty.openpty()
    os.write(host, b"hello\n")
    output = []

    def read():
        while True:
            try:
                got = os.read(host, 4096)
            except OSError:
                return
            if not got:
                return
            output.append(got)
    process = subprocess.Popen(t.command("stdio", args=["tty"]), stdin=guest, stdout=guest, stderr=guest)
    os.close(guest)
    reader = threading.Thread(target=read)
    reader.start()
    try:
        status = process.wait(timeout=t.options.timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise Failed("did not end")
    reader.join()
    os.close(host)
    text = b"".join(output).replace(b"\r\n", b"\n")
    check(subprocess.CompletedProcess([], status, text, b""), 0)
    want(b"written\n" in text, "nothing came through stdout")
    return checks(subprocess.CompletedProcess([], status, text, b""))


def stdio_closed(t):
    command = ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *t.command("stdio", args=["closed"])]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=t.options.timeout)
    check(result, 0)
    return checks(result)


def stdio_broken(t):
    r, w = os.pipe()
    os.close(r)
    try:
        return checks(t.run("stdio", args=["broken"], stdout=w))
    finally:
        os.close(w)


def stdio_nonblock(t):
    r, w = os.pipe()
    process = subprocess.Popen(t.command("stdio", args=["nonblock"]), stdin=r, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.3)   # the guest fills the pipe meanwhile
    try:
        stdout, stderr = process.communicate(timeout=t.options.timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise Failed("did not end")
    want(os.get_blocking(r), "the flag of our own pipe was changed")
    os.close(r)
    os.close(w)
    result = subprocess.CompletedProcess([], process.returncode, stdout, stderr)
    check(result, 0)
    want(stdout.count(b".") >= 99998, "bytes are missing")
    return checks(result)


def stdio_shared(t):
    """A pipe that somebody made non-blocking: the guest waits all the same."""
    r, w = os.pipe()
    os.set_blocking(r, False)
    process = subprocess.Popen(t.command("stdio", args=["pipe"]), stdin=r, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(r)
    time.sleep(0.3)
    os.write(w, b"hello\n")
    os.close(w)
    try:
        stdout, stderr = process.communicate(timeout=t.options.timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise Failed("did not end")
    result = subprocess.CompletedProcess([], process.returncode, stdout, stderr)
    check(result, 0)
    return checks(result)


def poll(t):
    root = t.directory()
    dirs = [f"{root}::/"]
    r, w = os.pipe()
    try:
        first = checks(t.run("poll", dirs=dirs, stdin=r))
        os.write(w, b"7 bytes")
        t.run("poll", dirs=dirs, args=["data"], stdin=r)
    finally:
        os.close(r)
        os.close(w)
    r, w = os.pipe()
    os.close(w)
    t.run("poll", dirs=dirs, args=["hangup"], stdin=r)
    os.close(r)
    return first


def with_socket(t, what, ours, theirs, talk):
    """Runs the guest with `theirs` as descriptor 0, while talk(ours) runs here."""
    process = subprocess.Popen(t.command("sock", args=[what]), stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    theirs.close()
    talker = threading.Thread(target=talk, args=(ours,), daemon=True)
    talker.start()
    try:
        stdout, stderr = process.communicate(timeout=t.options.timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise Failed("did not end")
    talker.join(5)
    result = subprocess.CompletedProcess([], process.returncode, stdout, stderr)
    check(result, 0)
    return checks(result)


def sock_stream(t):
    def talk(s):
        s.sendall(b"hello world")
        if s.recv(6, socket.MSG_WAITALL) == b"answer":
            s.sendall(b"more")
        s.close()
    return with_socket(t, "stream", *socket.socketpair(), talk)


def sock_dgram(t):
    def talk(s):
        s.send(b"first datagram")
        s.send(b"second")
    return with_socket(t, "dgram", *socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM), talk)


def sock_listen(t):
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    first, second = socket.create_connection(address), socket.create_connection(address)
    got = []

    def talk(s):
        s.sendall(b"from client")
        while True:
            data = s.recv(100)
            if not data:
                break
            got.append(data)
    note = with_socket(t, "listen", first, listener, talk)
    want(b"".join(got) == b"to client", f"the client got {got!r}")
    second.close()
    return note


def sock_idle(t):
    def talk(s):
        s.recv(1)
        s.close()
    return with_socket(t, "idle", *socket.socketpair(), talk)


def sock_full(t):
    ours, theirs = socket.socketpair()
    try:
        return with_socket(t, "full", ours, theirs, lambda s: None)
    finally:
        ours.close()


def sock_refused(t):
    nobody = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    nobody.bind(("127.0.0.1", 0))
    address = nobody.getsockname()
    nobody.close()
    theirs = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    theirs.connect(address)
    theirs.send(b"x")
    return with_socket(t, "refused", None, theirs, lambda s: None)


def libc(t):
    root = t.directory()
    (root / "input.txt").write_text("one\ntwo\nthree\n")
    return checks(t.run("libc", dirs=[f"{root}::/"]))


def readonly_tree(t):
    root = t.directory()
    (root / "file").write_text("content")
    (root / "dir").mkdir()
    (root / "dir" / "inner").write_text("inner")
    (root / "link").symlink_to("file")
    return root


def readonly(t):
    root, two = readonly_tree(t), t.directory("two")
    before = picture(root)
    note = checks(t.run("readonly", dirs=[f"{root}::/:ro", f"{two}::/two"]))
    want(picture(root) == before, "the tree was changed")
    want(sorted(os.listdir(two)) == ["mine", "new"], f"the writable tree has {os.listdir(two)}")
    return note


def special(t):
    root = t.directory()
    os.mkfifo(root / "fifo")
    where = os.getcwd()
    os.chdir(root)   # names of sockets are short
    s = socket.socket(socket.AF_UNIX)
    s.bind("socket")
    os.chdir(where)
    note = ""
    try:
        os.mknod(root / "device", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        note = ", no device: needs root"
    return checks(t.run("special", dirs=[f"{root}::/"])) + note


def devices(t):
    root, other = t.directory(), t.directory("other")
    os.mkfifo(root / "fifo")
    os.mkfifo(other / "fifo")
    (root / "sub").mkdir()
    os.link(root / "fifo", root / "sub" / "fifo")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(os.path.relpath(root / "socket"))
    note = ""
    try:
        for name, minor in (("null", 3), ("zero", 5)):
            os.mknod(root / name, stat.S_IFCHR | 0o666, os.makedev(1, minor))
    except PermissionError:
        note = ", no devices: needs root"
    return checks(t.run("devices", dirs=[f"{root}::/:dev", f"{other}::/other"])) + note


def picture(path):
    """What a tree looks like: names, types, contents, times."""
    lines = []
    for top, dirs, files in os.walk(path):
        for name in sorted(dirs + files):
            p = Path(top) / name
            st = p.lstat()
            data = os.readlink(p) if p.is_symlink() else p.read_bytes() if stat.S_ISREG(st.st_mode) else b""
            lines.append((str(p), st.st_mode, st.st_nlink, st.st_mtime_ns, data))
    return sorted(lines)


def escape_tree(t):
    base = t.directory("base")
    root = base / "root"
    for d in ("outside/dir", "root/sub", "root/deep/a/b/c", "two"):
        (base / d).mkdir(parents=True)
    (base / "outside/secret.txt").write_text("SECRET\n")
    (root / "inside.txt").write_text("inside\n")
    (base / "two/inside.txt").write_text("two\n")
    for link, target in (("link_up", "../outside/secret.txt"), ("link_updir", "../outside"), ("link_abs", base / "outside/secret.txt"),
                         ("link_abs_inside", root / "inside.txt"), ("link_root", "/"), ("link_dotdot", ".."), ("chain1", "chain2"),
                         ("chain2", "sub/chain3"), ("sub/chain3", "../link_up"), ("sub/link_up2", "../../outside"), ("sub/back", ".."),
                         ("sub/ok", "../inside.txt"), ("deep/up3", "../../outside")):
        (root / link).symlink_to(target)
    return base


def escape(t):
    base = escape_tree(t)
    before = picture(base / "outside")
    result = t.run("escape", args=[base / "outside/secret.txt"], dirs=[f"{base / 'root'}::/", f"{base / 'two'}::/two"])
    want(picture(base / "outside") == before, "something outside was changed")
    want(b"SECRET" not in result.stdout, "the secret was read")
    want(not (base / "root/stolen").exists(), "something was stolen")
    return checks(result)


def kernel_fs(t):
    note = checks(t.run("kernelfs", dirs=["/::/"]))
    for path in ("/proc", "/sys", "/proc/self", "/proc/self/fd", "/dev/pts"):
        if t.options.traps or not os.path.isdir(path):
            continue
        result = subprocess.run(t.command("proc", args=["exit", "0"], dirs=[f"{path}::/"]), capture_output=True, text=True)
        want(result.returncode not in (0, -11, -6), f"--dir {path} was accepted")
        want(path in result.stderr and "interface to the kernel" in result.stderr, f"--dir {path}: message is {result.stderr!r}")
    return note


def bad_dirs(t):
    root = t.directory()
    (root / "file").write_text("")
    if t.options.traps:
        return "left out"
    for path, text in ((root / "none", "no such file or directory"), (root / "file", "not a directory")):
        result = subprocess.run(t.command("proc", args=["exit", "0"], dirs=[f"{path}::/"]), capture_output=True, text=True)
        want(result.returncode != 0, f"--dir {path} was accepted")
        want(str(path) in result.stderr and text in result.stderr, f"--dir {path}: message is {result.stderr!r}")


def exchange(a, b):
    """Exchanges two names in one step (renameat2)."""
    libc_ = ctypes.CDLL(None, use_errno=True)
    if libc_.renameat2(-100, os.fsencode(a), -100, os.fsencode(b), 2):
        raise Failed(f"renameat2: {os.strerror(ctypes.get_errno())}")


def race(t):
    base = t.directory("base")
    root = base / "root"
    for d in ("outside", "root/flip", "root/m/n"):
        (base / d).mkdir(parents=True)
    (base / "outside/secret.txt").write_text("SECRET\n")
    (root / "flip/secret.txt").write_text("inside\n")
    (root / "file").write_text("inside\n")
    (root / "m/secret.txt").write_text("inside\n")
    (root / "inside.txt").write_text("inside\n")
    (root / "other_flip").symlink_to("../outside")
    (root / "other_file").symlink_to("../outside/secret.txt")
    (base / "outside/link").write_text("SECRET\n")
    before = picture(base / "outside")
    stop = threading.Event()
    trouble = []

    def exchanging():
        try:
            while not stop.is_set():
                exchange(root / "flip", root / "other_flip")
                exchange(root / "file", root / "other_file")
                os.rename(root / "m/n", base / "outside/n")
                os.rename(base / "outside/n", root / "m/n")
        except Exception as e:   # told by the main thread
            trouble.append(e)
    thread = threading.Thread(target=exchanging)
    thread.start()
    try:
        result = t.run("race", dirs=[f"{root}::/"])
    finally:
        stop.set()
        thread.join()
    want(not trouble, f"the exchanging thread ended: {trouble}")
    after = picture(base / "outside")
    want(after == before, f"something outside was changed: {after}")
    return result.stdout.decode().splitlines()[-1].strip("# ")


def agree(t):
    """Random paths and calls give the same answers with and without openat2."""
    if t.options.traps:
        return "left out"
    lines = 0
    for seed in range(1, 31):
        outputs, trees = [], []
        for options in ([], ["--path-walk"]):
            root = t.directory()
            outputs.append(t.run("agree", args=[seed, 3000], dirs=[f"{root}::/"], options=options).stdout.splitlines())
            trees.append([(os.path.relpath(name, root), mode, data) for name, mode, _, _, data in picture(root)])
        for kernel, walk in zip(*outputs):
            want(kernel == walk, f"seed {seed}: the kernel says {kernel!r}, the walk {walk!r}")
        want(len(outputs[0]) == len(outputs[1]) == 3000, f"seed {seed}: {len(outputs[0])} and {len(outputs[1])} answers")
        want(trees[0] == trees[1], f"seed {seed}: the trees differ in the end")
        lines += len(outputs[0])
    return f"{lines} answers"


def file_systems_agree(t):
    """Random calls have the same results and leave the same tree on the host, in memory and in overlays, which leave their lower layer alone."""
    if t.options.traps or t.options.fs != "host":
        return "left out"
    lines = 0

    def run(seed, how, what):
        return t.run("agree", args=[seed, 1500, how], options=what).stdout.splitlines()

    def compare(seed, want_lines, what, lines_):
        for host, other in zip(want_lines, lines_):
            want(host == other, f"seed {seed}: the host says {host!r}, {what} {other!r}")
        want(len(want_lines) == len(lines_), f"seed {seed}: {len(want_lines)} lines on the host, {len(lines_)} of {what}")

    for seed in range(1, 21):
        root = t.directory()
        first = run(seed, "first", ["--dir", f"{root}::/"])
        compare(seed, first, "tmpfs", run(seed, "first", ["--tmpfs", "/"]))
        lower, upper = t.directory(), t.directory()
        shutil.copytree(root, lower, symlinks=True, dirs_exist_ok=True)
        before = picture(lower)
        second = run(seed + 100, "fs", ["--dir", f"{root}::/"])
        compare(seed, second, "the overlay in memory", run(seed + 100, "fs", ["--overlay", f"{lower}::/"]))
        compare(seed, second, "the overlay with a directory", run(seed + 100, "fs", ["--overlay", f"{lower}::/::{upper}"]))
        third = run(seed + 200, "fs", ["--dir", f"{root}::/"])
        compare(seed, third, "the overlay given again", run(seed + 200, "fs", ["--overlay", f"{lower}::/::{upper}"]))
        want(picture(lower) == before, f"seed {seed}: the lower directory was changed")
        lines += len(first) + 2 * len(second) + len(third)
    return f"{lines} answers"


def quotas(t):
    """The same limits in memory, and in both kinds of overlays; in a directory what is there counts."""
    if t.options.traps:
        return "left out"
    limit = ":size=64K,inodes=8"
    lower, upper, used = t.directory(), t.directory(), t.directory()
    notes = [checks(t.run("mounts", args=["quota"], options=[option]))
             for option in (f"--tmpfs=/{limit}", f"--overlay={lower}::/{limit}", f"--overlay={lower}::/::{upper}{limit}")]
    (used / "old").write_bytes(bytes(65536))
    result = subprocess.run(t.command("mounts", args=["quota"], options=[f"--overlay={lower}::/::{used}{limit}"]), capture_output=True)
    want(b"FAIL a block: got NOSPC" in result.stdout, "what is in the upper directory does not count")
    want(not os.listdir(lower), "the lower directory was changed")
    return ", ".join(notes)


def single_files(t):
    if t.options.traps:
        return "left out"
    root = t.directory()
    for name, text in (("a", "conf"), ("b", "fixed"), ("c", "plain")):
        (root / name).write_text(text)
    note = checks(t.run("mounts", args=["files"], options=["--file", f"{root}/a::/etc/app.conf", "--file", f"{root}/b::/etc/fixed:ro",
                                                           "--file", f"{root}/c::plain"]))
    want((root / "a").read_text() == "changed" and os.stat(root / "a").st_mtime_ns == 2000000002, "the file was not changed")
    want((root / "b").read_text() == "fixed" and len(os.listdir(root)) == 3, "something else was changed")
    os.mkfifo(root / "fifo")
    for what, text in ((["--file", root / "none"], "no such file"), (["--file", root], "is a directory"), (["--file", "/dev/null"], "not a regular"),
                       (["--file", root / "fifo"], "not a regular"), (["--file", "/proc/version::v"], "interface to the kernel"),
                       (["--file", f"{root}/a::/"], "slash"), (["--file", f"{root}/a::x/.."], "no name of a file"),
                       (["--file", f"{root}/a::x/f", "--file", f"{root}/b::x/f"], "two files"),
                       (["--dir", f"{root}::/d", "--file", f"{root}/b::/d/f"], "handed over already")):
        result = subprocess.run(t.command("proc", args=["exit", "0"], options=what), capture_output=True, text=True)
        want(result.returncode == 2 and text in result.stderr, f"{what}: {result.returncode}, {result.stderr!r}")
    return note


def overlays(t):
    if t.options.traps:
        return "left out"
    lower, upper = t.directory("lower"), t.directory("upper")
    for d in ("dir", "sub/deep"):
        (lower / d).mkdir(parents=True)
    for name, text in (("dir/one", "1"), ("dir/two", "2"), ("keep", "keep me: keep"), ("gone", ""), ("sub/deep/file", "deep"), ("long", "x" * 99999)):
        (lower / name).write_text(text)
    (lower / "link").symlink_to("keep")
    os.chmod(lower / "keep", 0o750)
    before = picture(lower)
    notes = [checks(t.run("mounts", args=["overlay"], options=options))
             for options in ([f"--overlay={lower}::/"], [f"--overlay={lower}::/::{upper}"])]
    want(picture(lower) == before, "the lower directory was changed")
    found = {os.path.relpath(os.path.join(top, name), upper) for top, dirs, files in os.walk(upper) for name in dirs + files}
    want(found == {".wh.dir", ".wh.gone", ".wh.sub", "dir", "dir/three", "keep", "moved", "moved/deep", "moved/deep/file", "sub"},
         f"the upper directory has {sorted(found)}")
    want((upper / "keep").read_text() == "KEEP me: keep" and stat.S_IMODE(os.stat(upper / "keep").st_mode) == 0o750, "keep was not copied")
    notes.append(checks(t.run("mounts", args=["again"], options=[f"--overlay={lower}::/::{upper}"])))
    want(picture(lower) == before, "the lower directory was changed")
    result = t.run("readonly", options=["--overlay", f"{readonly_tree(t)}::/:ro", "--tmpfs", "/two"])
    notes.append(checks(result))
    for what in (f"{lower}::/::{lower}/dir", f"{lower}/dir::/::{lower}", f"{lower}::/::{lower}"):
        result = subprocess.run(t.command("proc", args=["exit", "0"], options=[f"--overlay={what}"]), capture_output=True, text=True)
        want(result.returncode == 2 and "within each other" in result.stderr, f"{what}: {result.stderr!r}")
    return ", ".join(notes)


MANIFEST = r"""# all of it
args = [
    "files",   # what the guest tries
]
argv0 = 'C:\path'
clock = "fixed"
random-seed = 7

[env]
LANG = "C"
"ODD NAME" = "tab\t\u00e9\U0001f600"

[limits]
fuel = 100_000_000
timeout = "20s"
max-memory = "64M"
max-handles = 20
stack-size = 1048576

[[file]]
host = "a"
guest = "/etc/app.conf"

[[file]]
host = "b"
guest = "/etc/fixed"
read-only = true
[[file]]
host = "c"
guest = "plain"

[[tmpfs]]
guest = "/tmp"
size = "1M"
inodes = 10
[[overlay]]
host = "low"
guest = "/low"
upper = "up"
[[dir]]
host = "low"
guest = "/dir"
read-only = true
"""

BAD_MANIFESTS = (
    ("x = 1", ":1: no key 'x'"), ("args = [1]", ":1: arrays hold strings"), ("\n[dri]", ":2: no table 'dri' is known; did you mean 'dir'?"),
    ("[dir]", ":1: it is written [[dir]]"), ("[[env]]", ":1: it is written [env]"),
    ("[[dir]]\nhots = 'x'", ":2: no key 'hots' is known here; did you mean 'host'?"), ("argv0 = 'x", "does not end on its line"),
    ("[limits]\nfuel = 12x", ":2: a whole number is wanted"), ("[limits]\nfuel = '12'", ":2: a number is wanted"),
    ("[limits]\ntimeout = '2 days'", ":2: a duration"), ("[limits]\nfuel = 1__0", ":2: a whole number"),
    ("[limits]\nfuel = " + "9" * 35, "too large"), ("[[tmpfs]]\nsize = 1\n[env]", ":3: the table before this one has no guest"),
    ("[[dir]]\nguest = '/'", "has no host"), ("args = ['a' 'b']", "a comma or ]"), ("args = ['a',", "does not end"), ("a.b = 1", "dotted keys"),
    ("[a.b]", "dotted keys"), ("[env]\nA = '1'\nA = '2'", ":3: the key is there twice"), ("argv0 = 'a'\nargv0 = 'b'", ":2: the key is there twice"),
    ("[env]\n[env]", ":2: the table is there twice"), ("argv0 = " + "'" * 3 + "x", "several lines"), ('argv0 = "\\q"', "no such escape"),
    ('argv0 = "\\ud800"', "no such character"), ('argv0 = "\\u12"', "four hexadecimal"), ("inherit-env = 'yes'", "true or false"),
    ("x", "= is wanted"), ("[limits", "] is wanted"), ("= 1", "a key or [table]"), ("clock = {}", "inline tables"),
    ("[limits]\nfuel = 007", "without zeros"), ("[limits]\nfuel = -1", "no sign"), ("argv0 = 'a' x", "does not belong"),
    ('argv0 = "\\u0000"', "NUL"), ("argv0 = '\x01'", "control character"), ("[[overlay]]\nguest = 1", ":2: a string is wanted"),
    ("args = 'x'", "an array of strings"), ("[env]\nA = 1", "a variable's value is a string"),
)


def manifest(t):
    if t.options.traps:
        return "left out"
    root = t.directory()
    for d in ("low", "up"):
        (root / d).mkdir()
    for name, text in (("a", "conf"), ("b", "fixed"), ("c", "plain")):
        (root / name).write_text(text)
    (root / "caps.toml").write_text(MANIFEST)
    options = ["--manifest", root / "caps.toml"]
    result = subprocess.run(t.command("mounts", options=[*options, "--print-capabilities=json"]), capture_output=True, text=True)
    want(result.returncode == 0, result.stderr)
    told = json.loads(result.stdout)
    caps = {(c["fd"], c["guest"]): c for c in told["capabilities"]}
    want([c["kind"] for c in told["capabilities"]][3:] == ["files", "single file", "single file", "files", "single file", "tmpfs", "overlay",
                                                            "directory"], result.stdout)
    want(caps[5, "/tmp"]["size"] == 1 << 20 and caps[5, "/tmp"]["inodes"] == 10, "the quota is not told")
    want(caps[6, "/low"]["upper"] == str(root / "up") and caps[6, "/low"]["host"] == str(root / "low"), "the layers are not told")
    rights = caps[7, "/dir"]["rights"]
    want(caps[7, "/dir"]["read_only"] and "path_create_file" not in rights and "path_open" in rights, "read-only is not told")
    want(told["args"] == ["files"] and told["env"] == ["LANG=C", "ODD NAME=tab\t\u00e9\U0001f600"] and told["fuel"] == 100000000, result.stdout)
    result = subprocess.run(t.command("mounts", options=[*options, "--print-capabilities"]), capture_output=True, text=True)
    want("fd 5 /tmp: tmpfs, at most 1048576 bytes, 10 names" in result.stdout, result.stdout)
    note = checks(t.run("mounts", options=options))
    want((root / "a").read_text() == "changed", "the file was not changed")

    bad = root / "bad.toml"
    for text, message in BAD_MANIFESTS:
        bad.write_text(text)
        result = subprocess.run(t.command("mounts", options=["--manifest", bad]), capture_output=True, text=True)
        want(result.returncode == 2 and message in result.stderr and "bad.toml:" in result.stderr, f"{text!r}: {result.stderr!r}")
    bad.write_text("[env]\n" + "".join(f"V{i} = ''\n" for i in range(5000)))
    for name in ("bad.toml", "none.toml", "low"):
        result = subprocess.run(t.command("mounts", options=["--manifest", root / name]), capture_output=True, text=True)
        want(result.returncode == 2 and name in result.stderr, result.stderr)
    for seed in range(200):   # whatever is in it: a message, or what it means
        choose = random.Random(seed)
        text = bytearray(MANIFEST.encode())
        for _ in range(choose.randrange(1, 8)):
            at = choose.randrange(len(text))
            text[at:at + choose.randrange(3)] = choose.choice((b"[", b"]", b'"', b"'", b"=", b"\n", b"\\", b"\0", b"\xff", b",", b"#", b"0"))
        bad.write_bytes(text)
        result = subprocess.run(t.command("mounts", options=["--manifest", bad, "--print-capabilities"]), capture_output=True)
        want(result.returncode in (0, 2) and b"Sanitizer" not in result.stderr, f"seed {seed}: {result.returncode} {result.stderr!r}")
    return f"{note}, {len(BAD_MANIFESTS)} wrong ones"


def between(t):
    if t.options.traps:
        return "left out"
    dirs = [t.directory() for _ in range(4)]
    kinds = [["--tmpfs", "{}"], ["--overlay", f"{dirs[0]}::{{}}"], ["--overlay", f"{dirs[1]}::{{}}::{dirs[2]}"], ["--dir", f"{dirs[3]}::{{}}"]]
    n = 0
    for i, a in enumerate(kinds):
        for j, b in enumerate(kinds):
            if i != j or i == 0:
                for d in dirs:
                    shutil.rmtree(d)
                    d.mkdir()
                t.run("mounts", args=["between"], options=[w.format("/") for w in a] + [w.format("/two") for w in b])
                n += 1
    t.run("mounts", args=["handles"], options=["--tmpfs=/", "--max-handles=10"])
    return f"{n} pairs"


def signals(t):
    """A signal that the program handles ends a guest that waits, soon."""
    if t.options.traps:
        return "left out"
    import signal
    r, w = os.pipe()
    for what, stdin in ((["poll", []], r), (["stdio", ["pipe"]], r)):
        process = subprocess.Popen(t.command(what[0], args=what[1]), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failed(f"{what[0]}: SIGTERM did not end it")
        want(process.returncode in (143, -15), f"{what[0]}: exit status {process.returncode}")
    os.close(r)
    os.close(w)


def timeout(t):
    """--timeout ends a guest that waits in a host call."""
    if t.options.traps:
        return "left out"
    r, w = os.pipe()
    try:
        for guest, args in (("stdio", ["pipe"]), ("poll", ["forever"])):
            start = time.monotonic()
            t.run(guest, args=args, options=["--timeout=300ms"], stdin=r, status=134)
            took = time.monotonic() - start
            want(0.25 < took < 5, f"{guest} took {took:.2f} s")
    finally:
        os.close(r)
        os.close(w)


# System calls that a kernel may lack, by machine: landlock_create_ruleset, seccomp, prctl
LACKING = {"x86_64": (444, 317, 157), "aarch64": (444, 277, 167)}


def without_calls(*numbers, error=38):
    """To be run between fork and exec: these system calls fail from now on (ENOSYS), as on a kernel without them; prctl, where it is among them, only
    from option 60 on (PR_SET_MDWE is 65)."""
    class Program(ctypes.Structure):
        _fields_ = [("n", ctypes.c_ushort), ("ins", ctypes.c_char_p)]

    def ins(code, yes, no, k):
        return struct.pack("<HBBI", code, yes, no, k)
    prctl = LACKING[platform.machine()][2]
    code = ins(0x20, 0, 0, 0)
    for number in numbers:
        if number == prctl:
            code += ins(0x15, 0, 4, number) + ins(0x20, 0, 0, 16) + ins(0x35, 0, 1, 60) + ins(0x06, 0, 0, 0x50000 | 22) + ins(0x20, 0, 0, 0)
        else:
            code += ins(0x15, 0, 1, number) + ins(0x06, 0, 0, 0x50000 | error)
    code += ins(0x06, 0, 0, 0x7fff0000)
    program = Program(len(code) // 8, code)
    system = ctypes.CDLL(None, use_errno=True)

    def install():
        if system.prctl(38, 1, 0, 0, 0) or system.prctl(22, 2, ctypes.byref(program), 0, 0):
            os._exit(99)
    return install


def no_second_wall(t):
    """What is said where the kernel lacks the second wall, or a part of it."""
    if t.options.traps:
        return "left out"
    if platform.machine() not in LACKING:
        return f"left out: the numbers of system calls of {platform.machine()} are not known here"
    command = t.command("proc", args=["exit", "7"], dirs=[f"{t.directory()}::/"])
    plain = subprocess.run([*command[:2], "--second-wall=require", *command[2:]], capture_output=True, text=True)
    if plain.returncode == 126:
        want("instrumented" in plain.stderr or "kernel" in plain.stderr, plain.stderr)
        return "this machine or build has none: " + plain.stderr.strip().split(": ", 2)[-1]
    landlock, seccomp, prctl = LACKING[platform.machine()]
    no_landlock, no_filter, no_mdwe = "this kernel has no Landlock (Linux 5.13)", "this kernel cannot filter system calls (seccomp", "PR_SET_MDWE, Linux 6.3"
    for calls, error, said, unsaid in (((landlock,), 38, [no_landlock], [no_filter, no_mdwe]), ((seccomp,), 38, [no_filter], [no_landlock, no_mdwe]),
                                       ((prctl,), 38, [no_mdwe], [no_landlock, no_filter]),
                                       ((landlock, seccomp, prctl), 38, [no_landlock, no_filter, no_mdwe], []),
                                       ((landlock,), 95, ["Landlock is switched off in this kernel (boot parameter lsm=)"], []),
                                       ((landlock,), 1, ["Landlock is not available here (a container's seccomp profile?)"], [])):
        for option, status, begins in ((None, 7, ""), ("on", 7, "cwasm: --second-wall=on, but not all of it: "), ("require", 126, "cwasm: --second-wall=require: ")):
            options = [f"--second-wall={option}"] if option else []
            result = subprocess.run([*command[:2], *options, *command[2:]], capture_output=True, text=True, preexec_fn=without_calls(*calls, error=error))
            want(result.returncode == status, f"{calls} {option}: exit status {result.returncode}: {result.stderr!r}")
            want(result.stderr.startswith(begins) and result.stderr.count("\n") == (option is not None), f"{calls} {option}: {result.stderr!r}")
            if option:
                want(all(s in result.stderr for s in said) and not any(s in result.stderr for s in unsaid), f"{calls} {option}: {result.stderr!r}")
    # without a directory the filter alone keeps it from files; where there is no filter, Landlock does
    command = t.command("proc", args=["exit", "7"])
    for calls, status in (((landlock,), 7), ((seccomp,), 126), ((landlock, seccomp), 126)):
        result = subprocess.run([*command[:2], "--second-wall=require", *command[2:]], capture_output=True, text=True, preexec_fn=without_calls(*calls))
        want(result.returncode == status and (no_landlock in result.stderr) == (len(calls) == 2), f"{calls}, no directory: {result.returncode} {result.stderr!r}")


def embed(t):
    """The C test of the embedder's side."""
    program = t.scratch / "embed"
    command = [t.options.cc, "-D_GNU_SOURCE", *t.options.cflags.replace(";", " ").split(), "-I", HERE.parent.parent / "src",
               "-I", HERE.parent.parent / "include", HERE / "embed.c", t.options.library, "-lm", "-lpthread", "-o", program]
    result = subprocess.run(command, capture_output=True, text=True)
    want(result.returncode == 0, f"building failed:\n{result.stderr}")
    guests = [t.build(g) for g in ("echo", "paths", "fds")]
    result = subprocess.run([program, *guests, t.directory()], capture_output=True, timeout=t.options.timeout)
    check(result, 0)
    return checks(result)


def faults_program(t):
    """The library as it is, with wrappers that the linker puts between it and the system (faults.c)."""
    program = t.scratch / "faults"
    symbols = re.findall(r"(?:FAULT|FORTIFIED)\(\w+, (\w+)\)", (HERE / "faults.h").read_text())
    command = [t.options.cc, "-D_GNU_SOURCE", "-fno-builtin", *t.options.cflags.replace(";", " ").split(), "-I", HERE.parent.parent / "src",
               "-I", HERE.parent.parent / "include", HERE / "faults.c", t.options.library, *(f"-Wl,--wrap={s}" for s in symbols),
               "-lm", "-lpthread", "-o", program]
    result = subprocess.run(command, capture_output=True, text=True)
    want(result.returncode == 0, f"building failed:\n{result.stderr}")
    return program


def faults(t):
    """System calls of the host that fail."""
    program = faults_program(t)
    notes = []
    for words in ([t.directory()], [t.directory("lower"), t.directory("upper")], [t.directory(), "signals"]):
        result = subprocess.run([program, t.build("faults"), *words], capture_output=True, timeout=t.options.timeout)
        check(result, 0)
        notes.append(checks(result))
    return f"{notes[0]}; overlay: {notes[1]}; signals: {notes[2]}"


CASES = [
    ("args and environ", args_env), ("clocks and random", simple("clock")), ("proc_exit and proc_raise", proc),
    ("reading and writing", simple("io")), ("rights", simple("rights")), ("descriptor numbers", simple("fds")),
    ("fd_readdir", simple("readdir")), ("path calls", simple("paths")), ("wrong paths", simple("errnos")), ("libc", libc), ("preview 0", simple("preview0")),
    ("stdio: pipes", stdio_pipe), ("stdio: files", stdio_file), ("stdio: /dev/null", stdio_null), ("stdio: terminal", stdio_tty),
    ("stdio: closed", stdio_closed), ("stdio: broken pipe", stdio_broken), ("stdio: non-blocking", stdio_nonblock),
    ("stdio: shared pipe", stdio_shared),
    ("poll_oneoff", poll), ("sockets: stream", sock_stream), ("sockets: datagrams", sock_dgram), ("sockets: listening", sock_listen),
    ("sockets: waiting", sock_idle), ("sockets: full", sock_full), ("sockets: refused", sock_refused), ("read-only tree", readonly),
    ("escape: paths and links", escape), ("escape: races", race), ("escape: procfs and kin", kernel_fs), ("escape: special files", special),
    ("devices that are allowed", devices), ("bad --dir", bad_dirs), ("signals", signals), ("timeout while waiting", timeout),
    ("second wall: kernels without it", no_second_wall), ("embedder", embed), ("failing system calls", faults),
    ("file systems: quotas", quotas), ("file systems: single files", single_files), ("file systems: overlays", overlays),
    ("file systems: between them", between), ("manifest", manifest), ("kernel and walk agree", agree), ("file systems agree", file_systems_agree),
]

# What runs on file systems other than the host's, too: --fs
# What runs with the calls of preview 0, too: --preview0
BY_PREVIEW0 = ("args and environ", "clocks and random", "proc_exit and proc_raise", "reading and writing", "rights", "descriptor numbers", "fd_readdir", "path calls",
               "wrong paths", "stdio: pipes", "stdio: files", "stdio: broken pipe", "poll_oneoff", "sockets: stream", "sockets: datagrams", "sockets: listening",
               "read-only tree", "escape: paths and links", "escape: procfs and kin", "kernel and walk agree")
ON_ALL = ("reading and writing", "rights", "descriptor numbers", "fd_readdir", "path calls", "wrong paths", "libc", "preview 0")


def compare_errnos(tests, how, sockets=False):
    """--errnos: what was seen against the table, or printed."""
    name = "errnos-sockets.txt" if sockets else "errnos.txt"
    if how == "print":
        errnos.show(tests.seen, sockets)
    elif how:
        proved, impossible, wrong = errnos.compare(tests.seen, sockets)
        tests.passed += proved
        tests.failed += len(wrong)
        for line in wrong:
            print(f"FAIL {name}: {line}")
        functions = errnos.own_sockets() if sockets else errnos.FUNCTIONS
        print(f"{name}: {proved} errors of {len(functions)} functions proved, {impossible} cannot happen, {len(wrong)} wrong")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True, help="the program to test")
    parser.add_argument("--path-walk", action="store_true", help="hand --path-walk to it")
    parser.add_argument("--fs", default="host", choices=("host", "tmpfs", "overlay", "upper"),
                        help="what directories are handed over as: the host's, memory, an overlay in memory or with an upper directory")
    parser.add_argument("--preview0", action="store_true", help="with the calls of wasi_unstable")
    parser.add_argument("--library", help="libcwasm.a, for the C test of the embedder's side")
    parser.add_argument("--cc", default="cc", help="compiler for that test")
    parser.add_argument("--cflags", default="", help="its flags")
    parser.add_argument("--errnos", nargs="?", const="check", choices=("check", "print"), help="compare errors seen with errnos.txt, or print them")
    parser.add_argument("--only", help="only cases with this in their name")
    parser.add_argument("--traps", action="store_true", help="leave out bad addresses and enum values")
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder")
    parser.add_argument("--timeout", type=float, default=120, help="seconds per guest")
    options = parser.parse_args()
    options.cwasm = shutil.which(options.cwasm) or os.path.abspath(options.cwasm)
    tests = Tests(options)
    for name, test in CASES:
        if options.fs != "host" and (name not in ON_ALL or (name, options.fs) == ("libc", "tmpfs")):   # that one reads a file of the host
            continue
        if options.preview0 and name not in BY_PREVIEW0:
            continue
        if test in (embed, faults) and not options.library:
            print(f"left out: {name}, for want of --library", flush=True)
        else:
            tests.case(name, test)
    compare_errnos(tests, options.errnos)
    return tests.end()


if __name__ == "__main__":
    sys.exit(main())
