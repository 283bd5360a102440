#!/usr/bin/env python3
"""Attacks on what hands things over: the rules of --net (net.c), manifests, and names of directories that a guest can change between two runs.

    given.py --cwasm build/check/cwasm [--only NAME]

Prints a line per attack, with and without the second wall, and "N passed, N failed". That the trees of a manifest are as safe as those of options is
run.py's affair, and races of threads are in tests/threads.
"""
import argparse
import ctypes
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent.parent
spec = importlib.util.spec_from_file_location("net_run", TESTS / "net/run.py")
net_run = importlib.util.module_from_spec(spec)
spec.loader.exec_module(net_run)
LIBC = ctypes.CDLL(None, use_errno=True)
WALLS = (("second wall", []), ("no second wall", ["--no-second-wall"]))


class Attacks:
    def __init__(self, options):
        self.cwasm, self.only = options.cwasm, options.only
        self.scratch = Path(tempfile.mkdtemp(prefix="cwasm-given-"))
        self.passed = self.failed = 0

    def build(self, source):
        clang = net_run.wasi.guest_compiler()
        if not clang:
            sys.exit(f"no clang found: apt install {net_run.wasi.NEEDS}")
        out = self.scratch / f"{source.stem}.wasm"
        if not out.exists():
            subprocess.run([*clang, "--target=wasm32-wasi", "-O1", "-Wall", "-Wextra", "-Wno-unused-function", "-Werror", "-o", out, source], check=True)
        return out

    def held(self, name, wrong):
        self.passed += not wrong
        self.failed += bool(wrong)
        print(f"{'FAIL' if wrong else 'ok  '} {name}{': ' if wrong else ''}{wrong or ''}", flush=True)

    def run(self, *words, **kwargs):
        return subprocess.run([str(w) for w in (self.cwasm, "run", "--timeout=60s", *words)], capture_output=True, text=True, errors="replace", timeout=120,
                              stdin=subprocess.DEVNULL, **kwargs)


# ---- The network ----

class Trap:
    """Sockets of both kinds at an address. Who comes is let in and remembered."""

    def __init__(self, host, port=0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.name = f"{host}:{port}"
        self.tcp, self.udp = socket.socket(family, socket.SOCK_STREAM), socket.socket(family, socket.SOCK_DGRAM)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.tcp.bind((host, port))
        self.port = self.tcp.getsockname()[1]
        self.udp.bind((host, self.port))
        self.tcp.listen(1024)

    def came(self):
        who = []
        for s, act in ((self.tcp, self.tcp.accept), (self.udp, lambda: self.udp.recv(100))):
            s.setblocking(False)
            try:
                act()
                who.append(f"{'TCP' if s is self.tcp else 'UDP'} {self.name}")
            except BlockingIOError:
                pass
            s.close()
        return who


def answers():
    turns = []

    def answer(name, kind, by_tcp):
        name = name.lower()
        if name.startswith("turns."):
            turns.append(kind)
            return [] if kind != 1 else ["127.0.0.1"] if turns.count(1) == 1 else ["127.0.0.2"]
        fixed = {"zero.allowed.test": "0.0.0.0", "zero6.allowed.test": "::", "two.look.test": "127.0.0.2", "six.look.test": "::1",
                 "here.allowed.test": "127.0.0.1", "a.here.allowed.test": "127.0.0.1"}
        if name in fixed:
            return [fixed[name]]
        return ["127.0.0.9"] if name.startswith("n") and name.endswith(".allowed.test") else None
    return answer


def network(a):
    guest = a.build(HERE / "net.c")
    for wall, option in WALLS:
        for how in ("options", "a manifest") if option else ("options",):
            one_network(a, guest, how, wall, option)


def one_network(a, guest, how, wall, option):
    server = net_run.NameServer(answers())
    allowed, named, other = Trap("127.0.0.1"), Trap("127.0.0.1"), Trap("127.0.0.1")
    denied = [other, Trap("127.0.0.2", allowed.port), Trap("::1", allowed.port), Trap("127.0.0.2", named.port), Trap("::1", named.port)]
    mine, not_mine = net_run.free_port(), net_run.free_port()
    rules = (f"tcp:127.0.0.1:{allowed.port},udp:127.0.0.1:{allowed.port},tcp-listen:127.0.0.1:{mine},udp-bind:127.0.0.1:{mine},"
             f"tcp:*.allowed.test:{named.port},dns:*.look.test")
    manifest = a.scratch / "net.toml"
    manifest.write_text("[net]\nrules = [" + ", ".join(f'"{r}"' for r in rules.split(",")) + "]\n")
    given = [f"--net={rules}"] if how == "options" else ["--manifest", manifest]
    result = a.run(*option, *given, f"--dns-server=127.0.0.1:{server.port}", "--listen=127.0.0.1:0", guest, allowed.port, other.port, mine, not_mine, named.port,
                   *([a.only] if a.only else []))
    server.close()
    lines = result.stdout.splitlines()
    bad = [line for line in lines if not line.startswith("ok ")] + ([result.stderr] if result.stderr else [])
    held = sum(line.startswith("ok ") for line in lines)
    a.passed += max(0, held - 1)
    a.held(f"the rules of the network, {how}, {wall}: {held} attacks", "\n  ".join(bad) or result.returncode)
    a.held("  nobody came where no rule leads", ", ".join(w for t in denied for w in t.came()))
    a.held("  no name was asked that no rule allows",
           ", ".join(sorted({n for n, _, _ in server.asked if not n.lower().endswith((".allowed.test", ".look.test"))})))
    came = allowed.came() + named.came()
    a.held("  where rules lead somebody came", f"only {came}" if not a.only and len(came) < 3 else "")


# ---- Names that a guest can change ----

def folders(base, *names):
    """New folders; `canary` has what must not be read."""
    for name in names:
        (base / name).mkdir(parents=True)
    (base / "canary/secret.txt").write_text("SECRET")


def links(a):
    """In one run a guest puts links where the next run looks for what it hands over. Refused, whatever is handed over and however it is written."""
    base = a.scratch / "links"
    folders(base, "A/sub", "A/deep/sub", "A/kept", "B", "canary", "up")
    (base / "A/file").write_text("inside")
    guest = a.build(HERE / "caps.c")
    made = a.run("--dir", f"{base}/A::/", guest, "replace")
    a.held("links: the first run", made.stdout + made.stderr if made.returncode or made.stdout != "ok replaced\n" else "")
    (base / "to_A").symlink_to("A")
    (base / "A/absolute").symlink_to(base / "A/kept")
    top = ["--dir", "A::/a"]
    cases = [("a directory", ["--dir", "A/sub::/s"], True), ("a directory, read-only", ["--dir", "A/sub::/s:ro"], True),
             ("below a link", ["--dir", "A/deep/sub/dir::/s"], True), ("a file", ["--file", "A/file::/f/x"], True),
             ("a file, read-only", ["--file", "A/file::/f/x:ro"], True), ("a lower directory", ["--overlay", "A/sub::/s"], True),
             ("an upper directory", ["--overlay", "B::/s::A/sub"], True), ("with dots", ["--dir", "./B/../A/./sub::/s"], True),
             ("absolute", ["--dir", f"{base}/A/sub::/s"], True), ("by another name of the directory", ["--dir", "to_A/sub::/s"], True),
             ("with a slash", ["--dir", "A/sub/::/s"], True),
             ("what lies in it", ["--dir", "A/kept::/s"], False), ("a link that stays in it", ["--dir", "A/stays::/s"], False),
             ("an absolute link that stays in it", ["--dir", "A/absolute::/s"], False), ("something else", ["--dir", "B::/s"], False)]
    (base / "canary/dir").mkdir()
    (base / "to_deep").symlink_to("A/deep")
    (base / "A/kept/sub").symlink_to("../../canary")
    cases += [("by another name of a directory in it", ["--dir", "to_deep/sub::/s"], True), ("absolute, by another name of a directory in it", ["--dir", f"{base}/to_deep/sub::/s"], True)]
    (base / "A/stays").symlink_to("kept")
    for name, option, refused in cases:
        for order in (top + option, option + top):
            result = a.run(*order, guest, "see", cwd=base)
            wrong = "" if refused == (result.returncode == 2 and "leads out of it" in result.stderr) and (refused or result.returncode == 0) else result
            a.held(f"links: {name}, {'after' if order[0] == top[0] and order[1] == top[1] else 'before'} the directory", wrong)
    for option in (["--dir", "sub::/s"], ["--dir", "./sub::/s"], ["--overlay", "sub::/s"], ["--file", "sub/secret.txt::/f/x"]):
        result = a.run("--dir", f"{base}/A::/a", *option, guest, "see", cwd=base / "A/kept")
        a.held(f"links: {' '.join(option)} from a directory in it", "" if "leads out of it" in result.stderr else result)
    for name, options in (("read-only", ["--dir", "A::/a:ro", "--dir", "A/sub::/s"]), ("an overlay", ["--overlay", "A::/a", "--dir", "A/sub::/s"])):
        result = a.run(*options, guest, "see", cwd=base)
        a.held(f"links: nothing is refused where the guest can make none: {name}", "" if result.returncode == 1 and "secret.txt at 4" in result.stdout else result)
    result = a.run("--overlay", "B::/o::up", "--dir", "up/x::/x", guest, "see", cwd=base)
    a.held("links: below an upper directory, none there", "" if "no such file" in result.stderr else result)
    (base / "up/x").symlink_to("../canary")
    result = a.run("--overlay", "B::/o::up", "--dir", "up/x::/x", guest, "see", cwd=base)
    a.held("links: below an upper directory", "" if "leads out of it" in result.stderr else result)
    exchanged_at_start(a, base, guest)


def exchanged_at_start(a, base, guest):
    """Somebody exchanges the directory with a link while cwasm opens it."""
    (base / "A/flip").mkdir()
    (base / "A/flip/inner").write_text("inside")
    (base / "A/flop").symlink_to("../canary")
    stop = threading.Event()

    def exchange():
        names = [os.fsencode(base / "A" / n) for n in ("flip", "flop")]
        while not stop.is_set():
            LIBC.renameat2(-100, names[0], -100, names[1], 2)
    thread = threading.Thread(target=exchange)
    thread.start()
    seen = {"refused": 0, "inside": 0}
    wrong = ""
    for _ in range(150):
        result = a.run("--dir", "A::/a", "--dir", "A/flip::/s", guest, "see", cwd=base)
        if "SECRET" in result.stdout or "OUT" in result.stdout or result.returncode not in (0, 2):
            wrong = result
        seen["refused" if result.returncode else "inside"] += 1
    stop.set()
    thread.join()
    a.held(f"links: exchanged while they are opened ({seen['refused']} refused, {seen['inside']} inside)", wrong or ("" if all(seen.values()) else "it was not exchanged"))


# ---- Manifests ----

def manifests(a):
    base = a.scratch / "manifests"
    folders(base, "conf", "data", "other/data", "canary", "below", "up")
    (base / "data/which").write_text("data")
    (base / "below/which").write_text("below")
    (base / "other/data/which").write_text("other")
    guest = a.build(HERE / "caps.c")
    text = '[[dir]]\nhost = "../data"\nguest = "/"\n'

    def write(path, text):
        (base / path).write_text(text)
        return ["--manifest", path]
    # where its paths begin
    write("conf/caps.toml", text)
    (base / "conf_link").symlink_to("conf")
    (base / "other/conf_link").symlink_to("../conf")
    (base / "other/caps.toml").symlink_to("../conf/caps.toml")
    for name, path, seen in (("its own folder", "conf/caps.toml", "data"), ("a link to its folder", "conf_link/caps.toml", "data"),
                             ("a link to its folder from elsewhere", "other/conf_link/caps.toml", "data"), ("dots", "other/../conf/caps.toml", "data")):
        result = a.run("--manifest", path, guest, "which", cwd=base)
        a.held(f"manifests: paths begin in {name}", "" if result.stdout == f"{seen}\n" else result)
    # what the guest could write for the next run
    for name, path, options in (("in a directory", "data/caps.toml", ["--manifest", "data/caps.toml"]), ("deep in it", "data/deep/caps.toml", ["--manifest", "data/deep/caps.toml"]),
                                ("a link to it", "data/caps.toml", ["--manifest", "other/to_data.toml"]), ("a link in it", "conf/caps.toml", ["--manifest", "data/to_conf.toml"]),
                                ("a link to a folder in it", "conf/caps.toml", ["--manifest", "data/to_conf/caps.toml"]),
                                ("by its absolute path", "data/caps.toml", ["--manifest", base / "data/caps.toml"]), ("two", "data/caps.toml", ["--manifest", "data/caps.toml", "--manifest", "conf/caps.toml"])):
        (base / path).parent.mkdir(exist_ok=True)
        write(path, f'[[dir]]\nhost = "{base}/data"\nguest = "/"\n' if "two" not in name else "")
        for link, target in (("other/to_data.toml", "../data/caps.toml"), ("data/to_conf.toml", "../conf/caps.toml"), ("data/to_conf", "../conf")):
            if not os.path.lexists(base / link):
                (base / link).symlink_to(target)
        result = a.run(*options, guest, "which", cwd=base)
        a.held(f"manifests: that the guest could write: {name}", "" if result.returncode == 2 and "what the next run is handed" in result.stderr else result)
    write("data/caps.toml", f'[[dir]]\nhost = "{base}/data"\nguest = "/"\nread-only = true\n')
    result = a.run("--manifest", "data/caps.toml", guest, "which", cwd=base)
    a.held("manifests: in a directory that is read-only", "" if result.stdout == "data\n" else result)
    # the guest has the manifest as a file, and changes it: nothing comes of it in this run
    write("conf/own.toml", '[[file]]\nhost = "own.toml"\nguest = "/m/own.toml"\n[[dir]]\nhost = "../data"\nguest = "/d"\nread-only = true\n[limits]\nmax-handles = 20\n')
    result = a.run("--manifest", "conf/own.toml", guest, "own", cwd=base)
    a.held("manifests: that is handed over as a file for writing", "" if result.returncode == 2 and "what the next run is handed" in result.stderr else result)
    # what contradicts itself, and what is no limit
    for name, text, message in (("one guest name, read-only and not", text + "[[dir]]\nhost = '../data'\nguest = '/'\nread-only = true\n", "that another one has"),
                                ("one guest name, two kinds", text + "[[tmpfs]]\nguest = '/'\n", "that another one has"),
                                ("read-only twice", text + "read-only = true\nread-only = false\n", "twice"), ("a limit twice", "[limits]\nfuel = 1\nfuel = 2\n", "twice"),
                                ("a quota of 0", "[[tmpfs]]\nguest = '/'\nsize = '0'\n", "a limit of 0"), ("no inodes", "[[overlay]]\nhost = '../data'\nguest = '/'\ninodes = 0\n", "a limit of 0"),
                                ("a quota that wraps", "[[tmpfs]]\nguest = '/'\nsize = '17179869184G'\n", "too large"), ("a quota of a directory", text + "size = '1M'\n", "no key"),
                                ("procfs", "[[dir]]\nhost = '/proc/self'\nguest = '/'\n", "interface to the kernel"), ("procfs by a link", "[[dir]]\nhost = 'proc'\nguest = '/'\n", "interface to the kernel"),
                                ("a file of procfs", "[[file]]\nhost = '/proc/self/mem'\nguest = '/mem'\n", "interface to the kernel"),
                                ("a device as a file", "[[file]]\nhost = '/dev/null'\nguest = '/null'\n", "not a regular file"), ("a guest name of dots", "[[file]]\nhost = 'bad.toml'\nguest = '/x/..'\n", "no name of a file"),
                                ("a NUL", "[[dir]]\nhost = \"../data\\u0000/../canary\"\nguest = '/'\n", "NUL")):
        if not os.path.lexists(base / "conf/proc"):
            (base / "conf/proc").symlink_to("/proc")
        result = a.run(*write("conf/bad.toml", text), guest, "which", cwd=base)
        a.held(f"manifests: {name}", "" if result.returncode == 2 and message in result.stderr else result)
    # a manifest that comes by a pipe counts as a whole, however late it comes
    os.mkfifo(base / "conf/pipe.toml")

    def later():
        with open(base / "conf/pipe.toml", "w") as f:
            time.sleep(0.3)
            f.write('[[dir]]\nhost = "../data"\n')
            f.flush()
            time.sleep(0.3)
            f.write('guest = "/"\nread-only = true\n')
    thread = threading.Thread(target=later)
    thread.start()
    result = a.run("--manifest", "conf/pipe.toml", guest, "which", cwd=base)
    thread.join()
    a.held("manifests: from a pipe", "" if result.stdout == "data\n" else result)
    # quotas
    write("conf/quota.toml", "[[tmpfs]]\nguest = '/'\nsize = '64K'\ninodes = 20\n[[overlay]]\nhost = '../data'\nguest = '/o'\nsize = '64K'\ninodes = 20\n"
          "[[overlay]]\nhost = '../below'\nguest = '/u'\nupper = '../up'\nsize = '64K'\ninodes = 20\n")
    result = a.run("--manifest", "conf/quota.toml", guest, "quota", cwd=base)
    a.held("manifests: quotas", "" if result.stdout == "ok quota\n" else result)


CASES = {"network": network, "links": links, "manifests": manifests}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True)
    parser.add_argument("--only", help="one attack of the network, or one of " + ", ".join(CASES))
    options = parser.parse_args()
    options.cwasm = os.path.abspath(shutil.which(options.cwasm) or options.cwasm)
    a = Attacks(options)
    chosen = [options.only] if options.only in CASES else ["network"] if options.only else list(CASES)
    if options.only in CASES:
        a.only = None
    for name in chosen:
        CASES[name](a)
    shutil.rmtree(a.scratch, ignore_errors=True)
    print(f"{a.passed} passed, {a.failed} failed")
    return 1 if a.failed or not a.passed else 0


if __name__ == "__main__":
    sys.exit(main())
