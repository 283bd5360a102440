#!/usr/bin/env python3
"""A start in which one thing fails: the n-th allocation, alone or with all after it, or the n-th system call with one error or another, for every n until the
run is over. Each must end with a message and a status, or do what it does otherwise: never crash, and never run with less than all of what was asked for.

    run.py --cwasm build/release/cwasm --cc CC [--failing build/check/tests/cwasm_failing]

--failing: the program with fail_alloc.c linked into it. System calls are those of a static program without threads; others are left out, by name.
"""
import argparse
import errno
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from tools import guest_compiler  # noqa: E402

MANIFEST = """args = ["from the manifest"]
[env]
FROM = "manifest"
[limits]
max-handles = 40
max-memory = "64M"
[[dir]]
host = "more"
guest = "/more"
read-only = true
[[tmpfs]]
guest = "/t"
size = "64K"
[net]
rules = ["tcp:127.0.0.1:80"]
"""
# by x86-64's and aarch64's number; what the C library needs before there is a program that could say something
X86 = os.uname().machine == "x86_64"
C_LIBRARY = {158: "arch_prctl"} if X86 else {}
LANDLOCK_RESTRICT_SELF, PRCTL, SET_MDWE = 446, 157 if X86 else 167, 65
# what a limit stands on, with the first argument: setitimer(ITIMER_REAL), rt_sigaction(SIGALRM)
LIMITS = ((38, 0), (13, 14)) if X86 else ((103, 0), (134, 14))
GUESTS_OWN = (3, 70, 71)   # statuses that the guest or its C library end with if a call of theirs fails
OURS = (1, 2, 126, 134)
ALL_OF = 500   # so many allocations are failed with all after them; of more a part, evenly spread


class Tests:
    def __init__(self, options, folder):
        self.o, self.folder, self.passed, self.failed, self.left_out = options, folder, 0, 0, False
        self.report = folder / "report.json"
        for name in ("a", "ro", "low", "cfg/more"):
            (folder / name).mkdir(parents=True)
            (folder / name / "file").write_text(f"content of {name}")
        (folder / "conf").write_text("configuration")
        (folder / "cfg/m.toml").write_text(MANIFEST)
        self.module = folder / "guest.wasm"
        subprocess.run([*guest_compiler(), "--target=wasm32-wasi", "-Xclang", "-O1", "-Wall", "-Werror", HERE / "guest.c", "-o", self.module], check=True)
        self.words = [f"--report=json:{self.report}", f"--manifest={folder}/cfg/m.toml", f"--dir={folder}/a::/a", f"--dir={folder}/ro::/ro:ro",
                      f"--overlay={folder}/low::/o", f"--file={folder}/conf::/etc/conf:ro", "--env", "X=1", "--env", "Y=2", "--timeout=60s",
                      "--argv0=guest", self.module, "word"]

    def check(self, name, problem):
        if problem:
            self.failed += 1
            print(f"FAILED {name}: {problem}", flush=True)
        else:
            self.passed += 1
        return not problem

    def run(self, command, **more):
        self.report.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "a/new", ignore_errors=True)   # of a run in which rmdir failed
        return subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=120, **more)

    def problem(self, done, code, good):
        """What is wrong with the end of a run in which something failed; good: the output when nothing does."""
        said = f"status {code}, stdout {done.stdout!r}, stderr {done.stderr[-1500:]!r}"
        started = bool(done.stdout) or code in GUESTS_OWN
        if "Sanitizer" in done.stderr or "runtime error" in done.stderr:
            return said
        if "LET THROUGH" in done.stdout or (self.folder / "ro/new").exists() or not (self.folder / "low/file").exists():
            return f"something was let through: {said}"
        ours = [line for line in good.splitlines() if line.split()[0] in ("argument", "variable", "directory")]
        theirs = [line for line in done.stdout.splitlines() if line.split(" ")[0] in ("argument", "variable", "directory")]
        if started and theirs != ours[:len(theirs)] and code != 3:
            return f"other things were handed over: {said}"
        if code == 0 and done.stdout != good:
            return f"success with other output: {said}"
        if code not in (0, *GUESTS_OWN, *OURS):
            return f"no such status: {said}"
        if code in OURS and "cwasm: " not in done.stderr:
            return f"no message: {said}"
        if self.report.exists() and self.report.read_text():   # else it could not be opened, or written
            try:
                report = json.loads(self.report.read_text())
            except ValueError:
                return None if code == 1 else f"the report is no JSON: {said}"
            if report["exit_status"] != code and code != 1:
                return f"the report has another status: {report}, {said}"
        elif code != 1 and "--report" not in done.stderr and "out of memory" not in done.stderr and code not in (2, 126):
            return f"no report: {said}"
        return None

    # ---- Allocations ----

    def allocations(self):
        log, command = self.folder / "log", [self.o.failing, "run", *self.words]
        good = self.run(command)
        if not self.check("allocations: nothing fails", good.returncode != 0 and (good.returncode, good.stderr)):
            return
        n, step = 0, 1
        for rest in (0, 1):
            if n > ALL_OF:   # the stress build makes thousands
                step = n // ALL_OF + 1
            n, tried = 1, 0
            while True:
                with open(log, "wb+") as file:
                    done = self.run(command, pass_fds=[file.fileno()], env={**os.environ, "FAIL_ALLOC": str(n), "FAIL_ALL": str(rest), "FAIL_LOG": str(file.fileno())})
                    file.seek(0)
                    if not file.read():
                        break
                self.check(f"allocation {n}{' and all after it' if rest else ''}", self.problem(done, done.returncode, good.stdout))
                n, tried = n + step, tried + 1
            self.check("allocations: it is over", tried < 20 and f"only {tried}")
            print(f"allocations: {tried}{f', one in {step}' if step > 1 else ''}, each failed{' with all after it' if rest else ''}", flush=True)

    # ---- System calls ----

    def traced(self, n, error, options):
        log = self.folder / "log"
        done = self.run([self.folder / "fail_calls", str(n), str(error), log, self.o.cwasm, "run", *options, *self.words])
        lines = log.read_text().splitlines() if log.exists() else []
        return done, lines

    def calls(self):
        if not self.is_static():
            print("left out: system calls: the program is not static")
            return
        subprocess.run([self.o.cc, "-D_GNU_SOURCE", "-O1", "-Wall", HERE / "fail_calls.c", "-o", self.folder / "fail_calls"], check=True)
        good, lines = self.traced(0, 0, [])
        if good.returncode or not lines or not lines[-1].startswith("exit"):
            print(f"left out: system calls: ptrace does not work here: {good.returncode} {good.stderr}")
            self.left_out = True
            return
        self.check("calls: nothing fails", lines[-1] != "exit 0" and (lines[-1], good.stderr))
        required, walled = self.traced(0, 0, ["--second-wall=require"])
        has_wall = walled[-1] == "exit 0"
        print(f"second wall: {'all of it' if has_wall else required.stderr.strip()}")
        n_calls = sum(line.startswith("call ") for line in lines)
        require = ["--second-wall=require"]
        passes = [([], (errno.ENOMEM, errno.EPERM, errno.EMFILE)), (require if has_wall else [], (errno.ENOSYS, errno.EINVAL, errno.EIO)), (["--no-second-wall"], (errno.EINTR,))]
        for options, errors in passes:
            for error in errors:
                n = 0
                while n < 10 * n_calls:
                    n += 1
                    done, lines = self.traced(n, error, options)
                    failed = next((line for line in lines if line.endswith(" failed")), None)
                    if not failed:
                        break
                    name = f"{' '.join(options)} call {n}, {errno.errorcode[error]}: {failed}"
                    if int(failed.split()[1]) in C_LIBRARY:
                        continue
                    end, code = lines[-1].split()
                    problem = f"signal {code}: {done.stderr!r}" if end != "exit" else self.problem(done, int(code), good.stdout)
                    started = bool(done.stdout) or int(code) in (0, *GUESTS_OWN)
                    if started:
                        problem = problem or self.limit_problem(lines, failed) or self.wall_problem(done, lines, int(code), error, options)
                    self.check(name, problem)
                self.check("calls: it is over", n < 20 and f"only {n}")
        print(f"calls: {n_calls}, each failed with each error", flush=True)

    @staticmethod
    def limit_problem(lines, failed):
        """With a guest that has run: a timeout that was not set. (When the guest has written its output it is taken back.)"""
        number, first = map(int, failed.split()[1:3])
        written = [i for i, line in enumerate(lines) if line.split()[1:3] in (["1", "1"], ["20", "1"], ["64", "1"], ["66", "1"])]
        if (number, first) in LIMITS and (not written or lines.index(failed) < written[0]):
            return f"it ran without its timeout: {failed}"
        return None

    def wall_problem(self, done, lines, code, error, options):
        """With a guest that has run: which part of the second wall did not stand, though it was wanted."""
        if options == ["--no-second-wall"]:
            return None
        if not options and error in (errno.ENOSYS, errno.EINVAL, errno.EPERM):   # what kernels without it, or containers that forbid it, say
            return None
        calls = [line.split() for line in lines if line.startswith("call ")]
        missing = [name for name, stands in (("files", any(c[1] == str(LANDLOCK_RESTRICT_SELF) and c[3] == "0" for c in calls)),
                                             ("code", any(c[1:3] == [str(PRCTL), str(SET_MDWE)] and c[3] == "0" for c in calls)),
                                             ("calls", "Seccomp:\t2" in lines), ("no_new_privs", "NoNewPrivs:\t1" in lines)) if not stands]
        return f"the second wall lacks {missing}: status {code} {done.stderr!r}" if missing else None

    def is_static(self):
        data = pathlib.Path(self.o.cwasm).read_bytes()[:4096]
        at, size, n = int.from_bytes(data[32:40], "little"), int.from_bytes(data[54:56], "little"), int.from_bytes(data[56:58], "little")
        return data[:4] == b"\x7fELF" and all(int.from_bytes(data[at + i * size:at + i * size + 4], "little") != 3 for i in range(n))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True)
    parser.add_argument("--failing")
    parser.add_argument("--cc", required=True)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cwasm-start-")).resolve()
    try:
        t = Tests(options, folder)
        if options.failing:
            t.allocations()
        t.calls()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{t.passed} passed, {t.failed} failed")
    return 1 if t.failed or not (t.passed or t.left_out) else 0


if __name__ == "__main__":
    sys.exit(main())
