#!/usr/bin/env python3
"""Runs the guest with threads of this folder (guest.c, wasi-threads): what threads do together, and every way a program with threads can end.

    run.py --cwasm build/dev/cwasm [--only WORD] [--repeat N]

One line per case, in the end "N passed, N failed"; exit status 0 if nothing failed.
"""
import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from tools import THREAD_FLAGS, guest_compiler  # noqa: E402

NEEDS = "clang-19 lld-19"
WAYS = ((), ("--dispatch=switch",), ("--bounds=guard",), ("--compile=eager",), ("--fuel=1000000000000",))


class Failed(Exception):
    """A case that did not go as it should."""


class Tests:
    def __init__(self, options):
        self.options = options
        self.passed = self.failed = 0
        self.scratch = Path(tempfile.mkdtemp(prefix="cwasm-threads-"))
        self.guest = self.scratch / "guest.wasm"
        clang = guest_compiler()
        if not clang:
            sys.exit(f"no clang found: apt install {NEEDS}")
        built = subprocess.run([*clang, *THREAD_FLAGS, "-o", self.guest, HERE / "guest.c", HERE / "start.s"], capture_output=True, text=True)
        if built.returncode:
            sys.exit(f"building failed (apt install {NEEDS}):\n{built.stderr}")
        version = subprocess.run([options.cwasm, "--version"], capture_output=True, text=True).stdout
        self.ways = [w for w in WAYS if w != ("--dispatch=switch",) or " switch" in version]

    def command(self, action, *options):
        return [str(self.options.cwasm), "run", "-S", "threads", *options, str(self.guest), action]

    def run(self, action, *options, status=0, words=(), **kwargs):
        kwargs.setdefault("stdin", subprocess.DEVNULL)
        try:
            result = subprocess.run([*self.command(action, *options), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=240, **kwargs)
        except subprocess.TimeoutExpired:
            raise Failed(f"does not end: {' '.join(self.command(action, *options))}") from None
        if "WARNING: ThreadSanitizer" in result.stderr or "ERROR: AddressSanitizer" in result.stderr:
            raise Failed(result.stderr)
        if result.returncode != status or "FAIL" in result.stdout:
            raise Failed(f"{action} {options}: status {result.returncode}, expected {status}\n{result.stdout}{result.stderr}")
        return result

    def case(self, name, body):
        if self.options.only and self.options.only not in name:
            return
        try:
            for _ in range(self.options.repeat):
                body()
            self.passed += 1
            print(f"ok   {name}")
        except Failed as e:
            self.failed += 1
            print(f"FAIL {name}: {e}")


def picture(path):
    """What a tree looks like: names, types, contents, times."""
    lines = []
    for p in sorted(Path(path).rglob("*")):
        st = p.lstat()
        lines.append((str(p), st.st_mode, st.st_nlink, st.st_mtime_ns, p.read_bytes() if stat.S_ISREG(st.st_mode) else b""))
    return lines


def expect(condition, what):
    if not condition:
        raise Failed(what)


def together(t):
    for way in t.ways:
        expect(t.run("together", *way).stdout.count("ok ") == 6, "six checks")


def stress(t):
    for way in t.ways:
        expect(t.run("stress", *way).stdout.count("ok ") == 3, "three checks")


def files(t):
    folder = t.scratch / "files"
    folder.mkdir(exist_ok=True)
    expect(t.run("files", f"--dir={folder}").stdout.count("ok ") == 2, "two checks")
    expect(t.run("files", f"--dir={folder}", "--path-walk").stdout.count("ok ") == 2, "two checks")


def races(t):
    """The table of handles under attack; what is outside, read-only or below an overlay stays as it was."""
    for walk in ((), ("--path-walk", "--no-second-wall")):
        base = Path(tempfile.mkdtemp(dir=t.scratch))
        for d in ("canary", "rw/sub", "ro/sub", "low/sub"):
            (base / d).mkdir(parents=True)
        (base / "canary/secret.txt").write_text("SECRET")
        for d in ("rw", "ro", "low"):
            (base / d / "out").symlink_to("../canary")
            (base / d / "name-0").write_text("inside")
        before = [picture(base / d) for d in ("canary", "ro", "low")]
        t.run("races", f"--dir={base}/rw::/", f"--dir={base}/ro::/ro:ro", "--tmpfs=/t:size=1M", f"--overlay={base}/low::/o:size=1M", "--max-handles=60", *walk)
        expect([picture(base / d) for d in ("canary", "ro", "low")] == before, "something outside changed")
        expect(sorted(p.name for p in base.iterdir()) == ["canary", "low", "ro", "rw"], "something was made outside")
        expect(not any(b"SECRET" in p.read_bytes() for p in (base / "rw").rglob("*") if p.is_file() and not p.is_symlink()), "the secret is in the tree")


def addresses(t):
    """Addresses that change while a call looks at them: nobody comes to the one that no rule allows."""
    with contextlib.ExitStack() as stack:
        ports, sockets = [], []
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            for _ in range(2):
                s = stack.enter_context(socket.socket(socket.AF_INET, kind))
                sockets.append(s)
                if kind == socket.SOCK_STREAM:
                    s.bind(("127.0.0.1", 0))
                    s.listen(4096)
                    ports.append(s.getsockname()[1])
                else:
                    s.bind(("127.0.0.1", ports[len(sockets) - 3]))
                s.setblocking(False)
        # The guest's threads race on purpose: ThreadSanitizer is to see all but what reads the address, which reads each word once.
        races = t.scratch / "suppressions"
        races.write_text("race:get_addr\n")
        env = {**os.environ, "TSAN_OPTIONS": f"{os.environ['TSAN_OPTIONS']}:suppressions={races}"}
        t.run("addresses", f"--net=tcp:127.0.0.1:{ports[0]},udp:127.0.0.1:{ports[0]}", words=[str(p) for p in ports], env=env)
        for s, allowed in zip(sockets, (True, False, True, False)):
            try:
                (s.accept if s.type == socket.SOCK_STREAM else lambda: s.recv(10))()
                came = True
            except BlockingIOError:
                came = False
            expect(came == allowed, f"{s.getsockname()}: {'somebody' if came else 'nobody'} came")


def close_under_read(t):
    p = subprocess.Popen(t.command("close-under-read"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while (line := p.stdout.readline()) != "closed\n":
        expect(line.startswith("ok "), f"got {line!r}")
    rest, _ = p.communicate("abc", timeout=60)
    expect(p.returncode == 0 and rest.startswith("ok "), f"status {p.returncode}: {rest}")


def limits(t):
    for n in (1, 7):
        out = t.run("until-refused", f"--max-threads={n}").stdout
        expect(out.startswith(f"threads {n}\n") and "ok the error is EAGAIN" in out, out)
    t.run("room-again", "--max-threads=1")
    # the memory ends before the threads do
    out = t.run("until-refused", "--max-threads=65536", "--max-memory=1M").stdout
    expect(10 < int(out.split()[1]) < 100, out)
    result = t.run("together", "--max-memory=64K", status=126)
    expect("larger than the limit of 65536" in result.stderr, result.stderr)


def asked_for(t):
    result = subprocess.run([t.options.cwasm, "run", t.guest, "together"], capture_output=True, text=True)
    expect(result.returncode == 126 and "-S threads" in result.stderr, result.stderr)
    result = subprocess.run([t.options.cwasm, "run", "-W", "threads=n", "-S", "threads", t.guest, "together"], capture_output=True, text=True)
    expect(result.returncode == 126 and '"threads"' in result.stderr and "switched off" in result.stderr, result.stderr)


def ending(t, action, status, thread, text):
    """How it ended, on stderr and in the report, and that it took no longer than it must."""
    for way in t.ways[:3]:
        report = t.scratch / "report.json"
        start = time.monotonic()
        result = t.run(action, f"--report=json:{report}", *way, status=status)
        expect(time.monotonic() - start < 60, "ends by itself")
        expect(text in result.stderr if text else not result.stderr, f"stderr: {result.stderr}")
        said = json.loads(report.read_text())
        expect(said["thread"] == thread or thread is None, f"thread {said['thread']}")
        expect(said["kind"] == ("trap" if status == 134 else "exit") and said["exit_status"] == status, f"report {said}")
        if status == 134:
            expect(said["trap"]["function"] == "trap_run" and said["trap"]["code"] == "DIVIDE_BY_ZERO", f"report {said}")


def timeout(t, action):
    for way in t.ways[:3]:
        result = t.run(action, "--timeout=300ms", *way, status=134)
        expect("interrupted" in result.stderr, result.stderr)


def terminated(t, action):
    p = subprocess.Popen(t.command(action), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(0.5)
    p.send_signal(signal.SIGTERM)
    try:
        p.wait(60)
    except subprocess.TimeoutExpired:
        p.kill()
        raise Failed("does not end") from None
    expect(p.returncode == 128 + signal.SIGTERM, f"status {p.returncode}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True, type=Path)
    parser.add_argument("--only", help="cases whose name contains it")
    parser.add_argument("--repeat", type=int, default=1)
    t = Tests(parser.parse_args())
    os.environ.setdefault("TSAN_OPTIONS", "exitcode=66")
    for name, body in (("together", together), ("stress", stress), ("files", files), ("races", races), ("addresses", addresses), ("close under read", close_under_read), ("limits", limits),
                       ("asked for", asked_for)):
        t.case(name, lambda b=body: b(t))
    here, third = "trap: integer divide by zero", "thread 3: trap: integer divide by zero"
    for action, status, thread, text in (
            ("trap while main spins", 134, 3, third), ("trap while main waits", 134, 3, third),
            ("trap while main is in the host", 134, 3, third), ("exit while main spins", 7, 3, ""), ("exit while main waits", 7, 3, ""),
            ("exit while main is in the host", 7, 3, ""), ("main traps", 134, 0, here), ("main exits", 7, 0, ""),
            ("main exits, others in the host", 7, 0, ""), ("main returns", 0, 0, ""), ("all exit", 7, None, "")):
        t.case(action, lambda a=action, s=status, th=thread, te=text: ending(t, a, s, th, te))
    for action in ("nobody ends", "nobody ends, main spins", "nobody ends, main in the host"):
        t.case(f"timeout: {action}", lambda a=action: timeout(t, a))
        t.case(f"SIGTERM: {action}", lambda a=action: terminated(t, a))
    shutil.rmtree(t.scratch)
    print(f"{t.passed} passed, {t.failed} failed")
    return 1 if t.failed or not t.passed else 0


if __name__ == "__main__":
    sys.exit(main())
