#!/usr/bin/env python3
"""Attacks the sandbox: guests/../escape/attacks.c has a table of ways out, each with what it tries. All must be refused

    by the kernel's path resolution and by the walk,  with the second wall and without,  as root (if we are) and as an ordinary user,
    and with the trees in overlays (changes kept in memory, or in a directory), in memory, and handed over by a manifest.

    run.py --cwasm build/check/cwasm [--exchanges 100000] [--only NAME]

After each run the trees outside must be what they were: names, types, contents, link counts, times. Prints one line per way to run, and
"N passed, N failed", counting attacks in each of them.
"""
import argparse
import ctypes
import os
import resource
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from run import NEEDS, guest_compiler, picture  # noqa: E402

NOBODY = 65534
LIBC = ctypes.CDLL(None, use_errno=True)


def build(folder):
    clang = guest_compiler()
    if not clang:
        sys.exit(f"no clang found: apt install {NEEDS}")
    out = folder / "attacks.wasm"
    subprocess.run([*clang, "--target=wasm32-wasi", "-O1", "-Wall", "-Wextra", "-Wno-unused-function", "-Werror", "-o", out, HERE / "attacks.c"], check=True)
    return out


def make_tree(base):
    """What is outside, and the trees that are handed over. See attacks.c."""
    root = base / "root"
    for d in ("up/root", "up/two", "canary/dir", "root/deep/a/b", "root/flip", "root/leaving/sub", "root/mount", "two", "ro/dir"):
        (base / d).mkdir(parents=True)
    (base / "canary/secret.txt").write_text("SECRET\n")
    (base / "canary/dir/inner").write_text("SECRET\n")
    (base / "canary/link").symlink_to("secret.txt")
    for f in ("root/file", "root/deep/a/file", "root/target", "root/flip/secret.txt", "two/file", "ro/file"):
        (base / f).write_text("inside\n")
    links = {"l_file": "../canary/secret.txt", "l_dir": "../canary", "l_up": "..", "l_abs": base / "canary/secret.txt", "l_abs_dir": base / "canary",
             "l_abs_in": root / "file", "l_slash": "/", "l_proc": "/proc/self", "l_fd": "/proc/self/fd/0", "deep/l_up2": "../..",
             "chain1": "deep/chain2", "deep/chain2": "chain3", "deep/chain3": "../../canary/secret.txt", "loop": "loop", "loop_a": "loop_b",
             "loop_b": "loop_a", "other_flip": "../canary", "other_target": "../canary/secret.txt"}
    links.update({f"c{i}": f"c{i - 1}" for i in range(1, 46)}, c0="../canary/secret.txt")
    links.update({f"bomb{i or ''}": f"bomb{i + 1}/bomb{i + 1}" for i in range(20)}, bomb20=".")
    for name, target in links.items():
        (root / name).symlink_to(target)
    os.mkfifo(root / "fifo")
    where = os.getcwd()
    os.chdir(root)   # names of sockets are short
    socket.socket(socket.AF_UNIX).bind("socket")
    os.chdir(where)
    try:
        os.mknod(root / "device", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        (root / "device").symlink_to("fifo")
    return base


def outside(base):
    return [line for line in picture(base) if "/root/" not in line[0][len(str(base)):] and not line[0][len(str(base)):].startswith(("/two/", "/up/"))
            and line[0][len(str(base)):] not in ("/root", "/two")]


def everything(base):
    return [line for line in picture(base) if not line[0][len(str(base)):].startswith("/up")]


class Way:
    """One way to run: options, and as whom."""

    def __init__(self, name, program, options, user, kind="dir"):
        self.name, self.program, self.options, self.user, self.kind = name, program, options, user, kind
        self.passed = self.failed = 0

    def command(self, module, base, words):
        command = [self.program, "run", "--timeout=60s", *self.options]
        if self.kind == "manifest":
            caps = base.parent / f"{base.name}.toml"
            caps.write_text("".join(f'[[dir]]\nhost = "{host}"\nguest = "{guest}"\nread-only = {ro}\n' for host, guest, ro in (
                (f"{base.name}/root", "/", "false"), (f"{base}/two", "/two", "false"), (f"{base.name}/ro", "/ro", "true"), ("/", "/host", "true"))))
            command += ["--manifest", caps, module, *words, "outside", f"{base}/canary"]
            return [str(c) for c in command]
        for tree, guest in (("root", "/"), ("two", "/two"), ("ro", "/ro:ro")):
            if self.kind == "tmpfs" and tree != "ro":
                command += ["--tmpfs", guest]
            elif self.kind == "upper" and tree != "ro":
                command += ["--overlay", f"{base}/{tree}::{guest}::{base}/up/{tree}"]
            else:
                command += ["--dir" if self.kind in ("dir", "tmpfs") else "--overlay", f"{base}/{tree}::{guest}"]
        command += ["--dir", "/::/host:ro", module, *words, *(["make_tree"] if self.kind == "tmpfs" else []), "outside", f"{base}/canary"]
        return [str(c) for c in command]

    def prepare(self, base):
        """Between fork and exec: secrets at descriptors of the process, then another user."""
        secret = base / "canary/secret.txt"

        def run():
            resource.setrlimit(resource.RLIMIT_NOFILE, (1000, 1000))
            for fd in (3, 4, 5, 6, 7, 8, 9, 42, 100):
                got = os.open(secret, os.O_RDONLY)
                if got != fd:
                    os.dup2(got, fd)
                    os.close(got)
                os.set_inheritable(fd, True)
            if self.user:
                os.setgroups([])
                os.setgid(self.user)
                os.setuid(self.user)
        return run

    def attack(self, module, base, words, helper=None, wrap=()):
        """Runs attacks; counts lines, and what is wrong outside."""
        for path in (base, *base.rglob("*")):
            if self.user and not path.is_symlink():
                os.chown(path, self.user, self.user)
        looked_at = outside if self.kind in ("dir", "manifest") or words else everything   # of an overlay nothing may change but the upper directory
        before = looked_at(base)
        env = {"SECRET": "SECRET", "PATH": os.environ["PATH"]}
        process = subprocess.Popen([*wrap, *self.command(module, base, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   close_fds=False, preexec_fn=self.prepare(base), env=env)
        trouble = []

        def help_it():
            try:
                helper(base)
            except OSError as e:
                trouble.append(f"the helper: {e}")
        thread = threading.Thread(target=help_it) if helper else None
        if thread:
            thread.start()
        try:
            output = process.communicate(timeout=150)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
            output = process.communicate()[0].decode(errors="replace")
            trouble.append("did not end")
        if thread:
            thread.join()
        lines = output.splitlines()
        passed = sum(line.startswith("ok ") for line in lines)
        bad = [line for line in lines if not line.startswith("ok ")] + trouble
        if process.returncode != 0 or bad or not passed:
            bad.append(f"exit status {process.returncode}")
        changed = sorted(set(before) ^ set(looked_at(base)), key=str) if words != ["moved_out_by_host"] else []
        bad += [f"changed outside: {line}" for line in changed]
        if b"SECRET" in b"".join(p.read_bytes() for d in ("root", "up") for p in (base / d).rglob("*") if p.is_file() and not p.is_symlink() and p.name != "self.wasm"):
            bad.append("the secret is in the tree")
        self.passed += passed
        if bad:
            self.failed += max(1, sum(line.startswith("FAIL") for line in lines))
            print("\n".join(f"  {self.name}: {line}" for line in bad), flush=True)


# ---- What somebody else does meanwhile ----

def wait_for(path, seconds=60):
    end = time.monotonic() + seconds
    while not os.path.lexists(path):
        if time.monotonic() > end:
            raise OSError(f"{path} did not come")
        time.sleep(0.002)


def wait_for_guest(base):
    """The guest has made "ready"; in memory we do not see it."""
    if any("overlay" == p.name for p in base.glob("overlay")):
        time.sleep(0.2)
    else:
        wait_for(base / ("up/root" if (base / "upper").exists() else "root") / "ready")


def exchanger(exchanges):
    def run(base):
        root = base / "root"
        pairs = [(os.fsencode(root / a), os.fsencode(root / b)) for a, b in (("flip", "other_flip"), ("target", "other_target"))]
        try:
            wait_for_guest(base)
            for i in range(exchanges):
                a, b = pairs[i % 2]
                if LIBC.renameat2(-100, a, -100, b, 2):
                    raise OSError(ctypes.get_errno(), "renameat2")
        finally:
            (root / "stop").write_text("")
    return run


def mover(base):
    wait_for_guest(base)
    os.rename(base / "root/leaving", base / "canary/left")


NAMESPACE = ("unshare", "-m", "--propagation", "private")


def why_no_mounts():
    """None, or why this process cannot mount in a namespace of its own (it is no root, or its root is no mount point, as in a plain chroot)."""
    if os.getuid() != 0:
        return "needs root"
    probe = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True)
    return probe.stderr.strip() if probe.returncode else None


MOUNT = (*NAMESPACE, "sh", "-c",
         'mount -t tmpfs none "$0/root/mount" && mkdir "$0/root/mount/inner" && chmod 777 "$0/root/mount" && exec "$@"')


FALSE_PROC = (*NAMESPACE, "sh", "-c",
              'mount -t tmpfs none /proc && mkdir -p /proc/thread-self/fd && cd /proc/thread-self/fd && '
              'i=0; while [ $i -lt 60 ]; do mkfifo $i; i=$((i + 1)); done; cd / && exec "$@"', "sh")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True)
    parser.add_argument("--exchanges", type=int, default=100000, help="in all ways together, at least that many in each resolver")
    parser.add_argument("--only", help="only this attack")
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="cwasm-escape-"))
    scratch.chmod(0o755)
    program = scratch / "cwasm"
    shutil.copy(options.cwasm, program)
    module = build(scratch)
    ways = []
    for user, who in ((0, "root"), (NOBODY, "a user")) if os.getuid() == 0 else ((None, "a user"),):
        for walk, how in (((), "kernel"), (("--path-walk",), "walk")):
            for wall, name in (((), "second wall"), (("--no-second-wall",), "no second wall")):
                ways.append(Way(f"{how}, {name}, as {who}", program, [*walk, *wall], user))
    per_way = -(-options.exchanges * 2 // len(ways))
    for kind in ("overlay", "upper", "tmpfs", "manifest"):
        for walk in ((), ("--path-walk",)):   # which is for the read-only trees and the host's, beside the tmpfs
            for wall, name in (((), "second wall"), (("--no-second-wall",), "no second wall")):
                ways.append(Way(f"{kind}, {'walk' if walk else 'kernel'}, {name}", program, [*walk, *wall], None, kind))
    no_mounts = why_no_mounts()
    if no_mounts:
        print(f"left out: mount_point, false_proc: {no_mounts}")
    for i, way in enumerate(ways):
        def tree(name):
            base = make_tree(scratch / f"{i}-{name}")
            (base / way.kind).mkdir()
            return base
        start = time.monotonic()
        if options.only:
            way.attack(module, tree("only"), [options.only])
        else:
            way.attack(module, tree("all"), [])
            for name in () if way.kind == "tmpfs" else ("module_rewritten", "module_cut_off", "module_replaced"):
                base = tree(name)
                copy = base / "root/self.wasm"
                shutil.copy(module, copy)
                way.attack(copy, base, [name])
            if way.kind != "tmpfs":
                way.attack(module, tree("moved"), ["moved_out_by_host"], mover)
                way.attack(module, tree("race"), ["race_exchange"], exchanger(per_way if way.kind == "dir" else per_way // 4))
            if not no_mounts and not way.user and way.kind == "dir":
                base = tree("mount")
                way.attack(module, base, ["mount_point"], wrap=(*MOUNT, str(base)))
                way.attack(module, tree("proc"), ["false_proc"], wrap=FALSE_PROC)
        print(f"{'ok  ' if not way.failed else 'FAIL'} {way.name}: {way.passed} held, {way.failed} failed ({time.monotonic() - start:.1f} s)", flush=True)
    shutil.rmtree(scratch, ignore_errors=True)
    print(f"{sum(w.passed for w in ways)} passed, {sum(w.failed for w in ways)} failed")
    return any(w.failed for w in ways)


if __name__ == "__main__":
    sys.exit(main())
