#!/usr/bin/env python3
"""Fuzzes the host side of WASI: a guest that calls random functions with random arguments and random memory (guests/fuzz.c).

    fuzz.py --cwasm build/asan/cwasm [--seconds 600] [--seed N] [--calls 20000] [--threads]

Each run has a new tree with a canary beside it, handed over in one of the ways there are (directories, overlays, in memory, single files, quotas), one way to
resolve paths, some standard streams, and perhaps tracing. It fails if the
process crashes, a sanitizer complains (memory, undefined behaviour, leaks), the run does not end, or anything outside the writable
tree is other than before. Prints the seed of a run that failed; the same seed makes the same run. Best with the asan preset; a second program given
by --also (a release build, with the second wall) runs every other time. With --threads the guest's threads do it all at once, on the same descriptors, paths and
memory; then the same seed does not make the same run. For ThreadSanitizer each thread has memory of its own, or it would tell of the guest's races.
"""
import argparse
import os
import random
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from run import NEEDS, guest_compiler, picture  # noqa: E402
from tools import THREAD_FLAGS  # noqa: E402
THREADS = HERE.parent / "threads"

# How an argument of each kind is made: C expressions, one per slot (see preview1.def).
KINDS = {
    "fd": ["any_fd()"], "u32": ["any_u32()"], "u64": ["any_u64()"], "s64": ["(int64_t)any_u64()"], "ptr": ["any_ptr()"],
    "path": ["any_path()", "path_size"], "text": ["any_ptr()", "rnd(5000)"], "in": ["any_iovs()", "iovs_n"], "out": ["any_iovs()", "iovs_n"],
    "entries": ["any_ptr()", "rnd(2000)"], "subs": ["any_subs(PREVIEW0)", "subs_out", "subs_n"], "rights": ["any_rights()"],
    "clock": ["rnd(6)"], "whence": ["rnd(4)"], "advice": ["rnd(7)"], "lookup": ["rnd(60) ? rnd(2) : any_u32()"],
    "oflags": ["rnd(30) ? rnd(16) : any_u32()"],
    "eaddr": ["any_we_addr()"], "*eaddr": ["any_we_addr()"], "waddr": ["any_wamr_addr()"], "string": ["any_path()"], "port": ["rnd(10)"],
    "family": ["rnd(4)"], "type": ["rnd(4)"], "level": ["rnd(30) == 0"], "name": ["rnd(17)"],
}
# Sockets that the guests make talk to each other and to nobody else: addresses of this machine, ports that nobody uses.
NET = "--net=tcp:127.0.0.1:1-8,udp:127.0.0.1:1-8,tcp-listen:127.0.0.1:0-8,udp-bind:127.0.0.1:0-8,tcp:[::1]:1-8,tcp-listen:[::1]:0-8"
SANITIZER_STATUS = 77


def rows():
    """(name, parameters, result, arguments, preview 0 form) of every call; names of sockets.def may come more than once."""
    text = (HERE.parent.parent / "src/wasi/preview1.def").read_text()
    sock = (HERE.parent.parent / "src/wasi/sockets.def").read_text()
    found = re.findall(r'^P1\((\w+), *"(\w*):(i?)", *"([^"]*)", *(\w+)', text, re.M)
    found += [(*row, "NONE") for row in re.findall(r'^SOCK(?:_AS)?\(\w+, *"(\w+)", *"(\w*):(i?)", *"([^"]*)"', sock, re.M)]
    found += [(name, "ii", "i", "fd value:*u64", "NONE") for name in re.findall(r'^SOCK_GET\("(\w+)"', sock, re.M)]
    found += [(name, f"i{kind}", "i", f"fd value:u{64 if kind == 'I' else 32}", "NONE")
              for name, kind in re.findall(r'^SOCK_SET\("(\w+)", *\w+, *(\w)\)', sock, re.M)]
    assert len(found) > 110
    return found


def write_calls(path):
    """fuzz_calls.inc: imports, and a switch over every call of both modules."""
    lines, arms, n = [], [], 0
    for name, params, result, args, preview0 in rows():
        for module, old in (("wasi_snapshot_preview1", 0), ("wasi_unstable", 1)):
            if old and preview0 == "NONE":
                continue
            types = ", ".join({"i": "uint32_t", "I": "uint64_t"}[p] for p in params) or "void"
            function = f"c{old}_{name}" + (f"_{len(params)}" if name.startswith("sock_") else "")
            lines.append(f'__attribute__((import_module("{module}"), import_name("{name}"))) {"int32_t" if result else "void"} {function}({types});')
            values = []
            for word in args.split():
                kind = word.split(":")[-1]
                values += KINDS.get(kind) or (["any_ptr()"] if kind[0] == "*" else ["any_flags()"])
            assert len(values) == len(params), f"{name}: {len(values)} values for {len(params)} parameters"
            # in order: the value for a size is made by the one before it
            made = "".join(f"{'uint32_t' if p == 'i' else 'uint64_t'} v{i} = {v.replace('PREVIEW0', str(old))}; " for i, (v, p) in enumerate(zip(values, params)))
            call = f"{function}({', '.join(f'v{i}' for i in range(len(values)))});"
            if name == "proc_exit":
                call = f"if (rnd(500) == 0) {function}(v0 % 50 + 3);"     # 2: cwasm did not run it
            elif name.startswith(("sock_open", "sock_accept")):     # none that wait for ever
                call = f"if ({call[:-1]} == 0) c0_fd_fdstat_set_flags(*(uint32_t *)(uintptr_t)v{len(values) - 1}, 4);"
            elif name == "proc_raise":
                call = f"if (rnd(100) == 0) {function}(v0);"
            arms.append(f"    case {n}: {{ {made}{call} break; }}")
            n += 1
    text = "\n".join(lines) + f"\nenum {{ N_CALLS = {n} }};\nstatic void random_call(uint32_t call)\n{{\n    switch (call) {{\n" + "\n".join(arms) + "\n    }\n}\n"
    path.write_text(text)
    return n


def build(folder, threads, apart):
    clang = guest_compiler()
    if not clang:
        sys.exit(f"no clang found: apt install {NEEDS}")
    n = write_calls(folder / "fuzz_calls.inc")
    out = folder / "fuzz.wasm"
    target = ["--target=wasm32-wasi", "-O1"]
    if threads:
        target = [*THREAD_FLAGS, "-DTHREADS", f"-DAPART={apart:d}", THREADS / "start.s"]
    subprocess.run([*clang, *target, "-Wno-everything", "-I", folder, "-o", out, HERE / "guests" / "fuzz.c"], check=True)
    return out, n


def make_tree(base):
    for d in ("canary/dir", "upper", "root/a/b", "root/c", "root/d", "ro/a"):
        (base / d).mkdir(parents=True)
    for f in ("canary/secret", "canary/dir/f", "secret", "root/f", "root/a/f", "root/a/g", "ro/f", "ro/a/g"):
        (base / f).write_text(f"content of {f}\n" * 20)
    for link, target in (("root/l1", "a"), ("root/l2", "l1/b"), ("root/up", ".."), ("root/out", "../canary"), ("root/abs", base / "canary"),
                         ("root/loop", "loop"), ("root/a/out", "../../canary/secret"), ("ro/l1", "a"), ("ro/out", "../canary")):
        (base / link).symlink_to(target)
    os.mkfifo(base / "root/fifo")


def outside(base, writable):
    """Everything but what the guest may change."""
    return [line for line in picture(base) if not any((line[0] + "/").startswith(f"{base}/{w}/") for w in writable)]


def mounts(r, base):
    """The options that hand over the trees, of each kind of mount, and what of base the guest may change."""
    kind = r.randrange(4)
    root, writable = [(["--dir", f"{base}/root::/", "--dir", f"{base}/root/a::/a"], ["root"]),
                      (["--overlay", f"{base}/root::/", "--overlay", f"{base}/root/a::/a:size=200k:inodes=40"], []),
                      (["--overlay", f"{base}/root::/::{base}/upper", "--dir", f"{base}/root/a::/a:ro"], ["upper"]),
                      (["--tmpfs", "/:size=300k:inodes=60", "--tmpfs", "/a"], [])][kind]
    more = [["--tmpfs", "/t:size=20k:inodes=8"], ["--file", f"{base}/root/a/f::/single/f"], ["--file", f"{base}/ro/f::/single/r:ro"],
            ["--dir", f"{base}/root/c::/devices:dev"], ["--max-handles=40"]]
    chosen = [m for m in more if r.randrange(2)]
    changed = [*writable, *(["root/a/f"] if more[1] in chosen else []), *(["root/c"] if more[3] in chosen else [])]
    return [*root, "--dir" if kind % 2 == 0 else "--overlay", f"{base}/ro::/ro:ro" if kind % 2 == 0 else f"{base}/ro::/ro", *(w for m in chosen for w in m)], changed


def limits():
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 20, 8 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))


def streams(r, base):
    """stdin and stdout, and what is to be closed afterwards."""
    kind, opened = r.randrange(5), []
    stdin = subprocess.DEVNULL
    if kind == 1:
        stdin = open(base / "root/f", "r+b")
        opened = [stdin]
    elif kind == 2:
        ours, stdin = socket.socketpair()
        ours.send(b"from the other side" * 50)
        ours.setblocking(False)
        opened = [ours, stdin]
    elif kind == 3:
        stdin = socket.create_server(("127.0.0.1", 0))
        stdin.setblocking(False)   # nobody comes
        opened = [stdin]
    elif kind == 4:
        read, write = os.pipe()
        os.write(write, b"x" * 5000)
        os.close(write)
        stdin = os.fdopen(read)
        opened = [stdin]
    return stdin, opened


def one(program, module, seed, calls, scratch, threads=False):
    """One run; what is wrong with it, or None, and the number of calls that were counted (0 if they were not)."""
    r = random.Random(seed)
    base = Path(tempfile.mkdtemp(dir=scratch))
    make_tree(base)
    given, writable = mounts(r, base)
    logs = scratch / "logs"
    logs.mkdir(exist_ok=True)
    command = [program, "run", *(["--timeout=5s", "-S", "threads"] if threads else ["--timeout=20s"]), *given]
    command += [NET] if r.randrange(4) else []
    command += ["--path-walk"] if r.randrange(2) else []
    trace = logs / "trace"
    how = r.randrange(3)
    command += [[], ["--trace-wasi", "--trace-wasi-output=/dev/null", f"--trace-wasi-format={r.choice(['text', 'json'])}"],
                ["--trace-wasi=summary", f"--trace-wasi-output={trace}"]][how]
    command += [module, str(seed), str(calls)]
    env = dict(os.environ, ASAN_OPTIONS=f"exitcode={SANITIZER_STATUS}:detect_leaks=1:log_path={logs}/asan",
               UBSAN_OPTIONS=f"exitcode={SANITIZER_STATUS}:print_stacktrace=1:log_path={logs}/ubsan",
               TSAN_OPTIONS=f"exitcode={SANITIZER_STATUS}:log_path={logs}/tsan")
    stdin, opened = streams(r, base)
    writable += ["root/f"] if opened and getattr(stdin, "name", "") == str(base / "root/f") else []
    before = outside(base, writable)
    wrong = None
    try:
        result = subprocess.run([str(c) for c in command], stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=90, env=env,
                                preexec_fn=limits)
        reports = "".join(p.read_text(errors="replace")[:6000] for p in sorted(logs.glob("*san*")))
        if result.returncode < 0:
            wrong = f"ended by signal {-result.returncode}"
        elif result.returncode == SANITIZER_STATUS or reports:
            wrong = f"a sanitizer complains:\n{reports}"
        elif result.returncode in (2, 126, 127):
            wrong = f"did not run: exit status {result.returncode}"
    except subprocess.TimeoutExpired:
        wrong = "did not end within 90 s"
    for o in opened:
        o.close()
    after = outside(base, writable)
    if not wrong and after != before:
        wrong = "something outside changed:\n" + "\n".join(f"  {line}" for line in sorted(set(before) ^ set(after), key=str))
    counted = 0
    if how == 2 and trace.exists():
        total = re.search(r"^ *(\d+) .* total$", trace.read_text(errors="replace"), re.M)
        counted = int(total.group(1)) if total else 0
    shutil.rmtree(logs)
    shutil.rmtree(base, ignore_errors=True)
    return wrong and f"{wrong}\n  {' '.join(str(c) for c in command)}", counted


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True)
    parser.add_argument("--also", help="another program, for every other run")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, help="only this run")
    parser.add_argument("--threads", action="store_true")
    parser.add_argument("--calls", type=int, default=20000, help="calls per run")
    options = parser.parse_args()
    programs = [shutil.which(p) or os.path.abspath(p) for p in (options.cwasm, options.also) if p]
    scratch = Path(tempfile.mkdtemp(prefix="cwasm-wasi-fuzz-"))
    module, n_functions = build(scratch, options.threads, any("thread sanitizer" in subprocess.run([p, "--version"], capture_output=True, text=True).stdout for p in programs))
    first = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"{n_functions} functions, first seed {first}", flush=True)
    end, runs, failed, counted, counted_runs = time.monotonic() + options.seconds, 0, 0, 0, 0
    while runs == 0 or (options.seed is None and time.monotonic() < end):
        seed = first + runs
        wrong, calls = one(programs[runs % len(programs)], module, seed, options.calls, scratch, options.threads)
        runs += 1
        counted += calls
        counted_runs += calls > 0
        if wrong:
            failed += 1
            print(f"FAIL seed {seed}: {wrong}", flush=True)
    shutil.rmtree(scratch, ignore_errors=True)
    print(f"{runs} runs, {counted // counted_runs if counted_runs else 0} calls in each")
    print(f"{runs - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
