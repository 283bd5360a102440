#!/usr/bin/env python3
"""What the host really refuses: full and read-only file systems, disk quotas, too many open files, limits of sizes, permissions, mount points, running
programs, signals, closed streams. guests/hostfaults.c asks for it, on every kind of mount that it can come through.

    host_faults.py --cwasm build/check/cwasm [--only NAME]

Mounts are made in a mount namespace of their own, as root or with user namespaces. What this kernel or user may not do is left out by name; faults.c
lets the system calls of every error fail, wherever it runs.
"""
import argparse
import fcntl
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from run import Failed, Tests, check, checks, want  # noqa: E402

NOBODY = 65534
IS_ROOT = os.getuid() == 0
NAMESPACE = ["unshare", "-m"] if IS_ROOT else ["unshare", "-Urm"]


class LeftOut(Exception):
    """This machine cannot arrange it."""


def in_namespace(mount, *words):
    """A command line before which the shell commands `mount` run in a mount namespace; $1 and on are words."""
    return [*NAMESPACE, "--propagation", "private", "sh", "-c", f'n=$1; shift; {mount} || exit 97; shift $n; exec "$@"', "sh", str(len(words)),
            *(str(w) for w in words)]


def can_mount(t, options="", kind="tmpfs"):
    result = subprocess.run([*in_namespace(f'mount -t {kind} {options} none "$1"', t.directory()), "true"], capture_output=True, text=True)
    if result.returncode:
        raise LeftOut(f"mount -t {kind} {options}: {(result.stderr or 'not allowed').strip()}")


def ways(t, directory, overlays=True):
    """(name, options) of the ways to hand over a directory of the host in which something goes wrong."""
    yield "kernel", ["--dir", f"{directory}::/"]
    yield "walk", ["--path-walk", "--dir", f"{directory}::/"]
    if overlays:
        yield "upper", ["--overlay", f"{t.directory()}::/::{directory}"]


def everywhere(t, prefix, args, directory, overlays=True, **kwargs):
    """Runs the guest by every way; prefix is in_namespace() or nothing."""
    notes = []
    for name, options in ways(t, directory, overlays):
        result = subprocess.run([*prefix, *t.command("hostfaults", args=args, options=options)], capture_output=True, stdin=subprocess.DEVNULL,
                                timeout=t.options.timeout, **kwargs)
        try:
            check(result, 0)
        except Failed as e:
            raise Failed(f"{name}: {e}")
        notes.append(f"{name} {checks(result)}")
    return ", ".join(notes)


def full(t):
    can_mount(t)
    d = t.directory()
    return everywhere(t, in_namespace('mount -t tmpfs -o size=64k,mode=777 none "$1"', d), ["full"], d)


def no_names(t):
    can_mount(t)
    d = t.directory()
    return everywhere(t, in_namespace('mount -t tmpfs -o nr_inodes=20,mode=777 none "$1"', d), ["full", "20"], d)


def quota(t):
    if not IS_ROOT:
        raise LeftOut("needs root")
    options = "-o quota,usrquota_block_hardlimit=65536,mode=777"
    can_mount(t, options)
    d = t.directory()
    return everywhere(t, [*in_namespace(f'mount -t tmpfs {options} none "$1"', d), *AS_USER], ["quota"], d)


AS_USER = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def readonly_tree(t):
    d = t.directory()
    (d / "file").write_text("content")
    (d / "dir").mkdir()
    (d / "link").symlink_to("file")
    return d


READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'


def readonly(t):
    can_mount(t)
    d = readonly_tree(t)
    note = everywhere(t, in_namespace(READ_ONLY, d), ["readonly"], d)
    result = subprocess.run([*in_namespace(READ_ONLY, d), *t.command("hostfaults", args=["lower"], options=["--overlay", f"{d}::/"])], capture_output=True)
    check(result, 0)
    want((d / "file").read_text() == "content", "the lower directory was changed")
    return f"{note}, above it {checks(result)}"


def files(t):
    notes = []
    for directory in (t.directory(),):
        for name, options in ways(t, directory):
            shutil.rmtree(directory)
            directory.mkdir()
            result = subprocess.run(t.command("hostfaults", args=["files"], options=options), capture_output=True, stdin=subprocess.DEVNULL,
                                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20)))
            try:
                check(result, 0)
            except Failed as e:
                raise Failed(f"{name}: {e}")
            notes.append(f"{name} {checks(result)}")
    # from the start on: a message, or it runs
    for limit in range(0, 12):
        result = subprocess.run(t.command("proc", args=["exit", "0"], options=["--dir", f"{t.directory()}::/"]), capture_output=True, text=True,
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
        want(result.returncode in (0, 1, 2, 126, 127) and (result.returncode == 0 or limit < 3 or any(s in result.stderr.lower() for s in ("too many open files", "no file descriptors available", "error 24"))),   # by C library
             f"with {limit} descriptors: {result.returncode} {result.stderr!r}")
    return ", ".join(notes)


def size_limit(t):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    return everywhere(t, [], ["size"], t.directory(), preexec_fn=limit)


def access(t):
    d = t.directory()
    for name, mode in (("shut", 0o700), ("kept", 0o755), ("sticky", 0o1777)):
        (d / name).mkdir()
        (d / name / "file").write_text("x")
        (d / name).chmod(mode)
    (d / "kept/empty").mkdir()
    for name, mode in (("secret", 0o600), ("fixed", 0o644), ("mine", 0o666)):
        (d / name).write_text("x")
        (d / name).chmod(mode)
    if not IS_ROOT:
        raise LeftOut("needs root, to make files of somebody else")
    for path in [t.scratch, *d.parents]:
        if t.scratch in (path, *path.parents):
            path.chmod(0o755)
    d.chmod(0o777)
    os.chown(d / "mine", NOBODY, NOBODY)
    copy = t.scratch / "cwasm"   # where that user may go
    shutil.copy(t.options.cwasm, copy)
    before, t.options.cwasm = t.options.cwasm, copy
    try:
        return everywhere(t, AS_USER, ["access"], d, overlays=False)
    finally:
        t.options.cwasm = before


def mounts(t):
    can_mount(t)
    d = t.directory()
    (d / "m").mkdir()
    return everywhere(t, in_namespace('mount -t tmpfs none "$1/m" && touch "$1/m/in"', d), ["mounts"], d, overlays=False)


def busy(t):
    notes = []
    for walk in ([], ["--path-walk"]):
        d = t.directory()
        shutil.copy(shutil.which("sleep"), d / "program")
        process = subprocess.Popen([d / "program", "60"])
        try:
            notes.append(checks(t.run("hostfaults", args=["busy"], options=[*walk, "--dir", f"{d}::/"])))
        finally:
            process.kill()
            process.wait()
    return ", ".join(notes)


def frozen(t):
    if not IS_ROOT:
        raise LeftOut("needs root")
    d = t.directory()
    (d / "immutable").write_text("x")
    get, set_, immutable = 0x80086601, 0x40086602, 0x10
    fd = os.open(d / "immutable", os.O_RDONLY)
    try:
        flags = struct.unpack("l", fcntl.ioctl(fd, get, struct.pack("l", 0)))[0]
        fcntl.ioctl(fd, set_, struct.pack("l", flags | immutable))
    except OSError as e:
        os.close(fd)
        raise LeftOut(f"this file system cannot make a file immutable: {e.strerror}")
    try:
        return everywhere(t, [], ["frozen"], d, overlays=False)
    finally:
        fcntl.ioctl(fd, set_, struct.pack("l", flags))
        os.close(fd)


def closed(t):
    for name, options in ways(t, t.directory()):
        command = ["/bin/sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *t.command("hostfaults", args=["closed"], options=options)]
        result = subprocess.run(command, capture_output=True, timeout=t.options.timeout)
        want(result.returncode == 0 and not result.stdout and not result.stderr, f"{name}: {result.returncode} checks failed")


def stopped_and_continued(t):
    """SIGSTOP and SIGCONT, again and again, while the guest waits, sleeps and reads."""
    d = t.directory()
    r, w = os.pipe()
    process = subprocess.Popen(t.command("poll", options=["--dir", f"{d}::/"]), stdin=r, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(r)
    end = time.monotonic() + 1
    while time.monotonic() < end and process.poll() is None:
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.003)
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGWINCH)
        time.sleep(0.003)
    out, err = process.communicate(timeout=t.options.timeout)
    os.close(w)
    result = subprocess.CompletedProcess([], process.returncode, out, err)
    check(result, 0)
    return checks(result)


CASES = [
    ("a full file system", full), ("no names left", no_names), ("disk quota", quota), ("a read-only file system", readonly),
    ("too many open files", files), ("a limit of file sizes", size_limit), ("permissions", access), ("mount points", mounts),
    ("a running program", busy), ("immutable files", frozen), ("closed streams", closed), 
    ("stopped and continued", stopped_and_continued),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True)
    parser.add_argument("--only", help="only cases with this in their name")
    parser.add_argument("--timeout", type=float, default=120, help="seconds per guest")
    options = parser.parse_args()
    options.cwasm = shutil.which(options.cwasm) or os.path.abspath(options.cwasm)
    options.path_walk, options.traps, options.fs = False, False, "host"
    tests = Tests(options)
    for name, test in CASES:
        def run(t, test=test):
            try:
                return test(t)
            except LeftOut as e:
                tests.passed -= 1
                return f"LEFT OUT: {e}"
        tests.case(name, run)
    return tests.end()


if __name__ == "__main__":
    sys.exit(main())
