"""errnos.txt against what a run saw: every call of the guests is traced, and each (function, error) of the table must have come in the case that
the table names, which must have passed; what came and is not in the table, or is said to be impossible, is a failure, too.

run.py --errnos uses this. --errnos=print prints what was seen, in the form of the table.
"""
import re
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
FUNCTIONS = re.findall(r"^P1\((\w+),", (HERE.parent.parent / "src/wasi/preview1.def").read_text(), re.M)
ERRNOS = re.findall(r"^ERRNO(?:_OWN)?\((\w+),", (HERE.parent.parent / "src/wasi/errno.def").read_text(), re.M)
CALL = re.compile(rb'^\{"call":"(\w+)".*"result":"(\w+)",')
EVENTS = "poll_oneoff(event)"   # errors that come in events; their proofs are checks of guests, since a trace does not show them


class Seen:
    """What the calls of guests gave, by the case that passed."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir()
        self.files = 0
        self.cases = defaultdict(set)    # (function, errno): cases
        self.checks = defaultdict(set)   # a case: names of its checks
        self.passed = set()

    def options(self):
        """The options that let one more run be seen."""
        self.files += 1
        return ["--trace-wasi", "--trace-wasi-format=json", f"--trace-wasi-output={self.folder / str(self.files)}"]

    def end_case(self, name, passed, checks):
        for path in self.folder.iterdir():
            if passed:
                for line in path.open("rb"):
                    found = CALL.match(line)
                    function, errno = (f.decode() for f in found.groups()) if found else line.decode().split()   # ... of trace.h
                    self.cases[function, errno].add(name)
            path.unlink()
        if passed:
            self.passed.add(name)
            self.checks[name] |= checks


def read_table():
    """{(function, errno): (proof, reason)}: the case that proves it and None, or None and why it cannot happen."""
    table = {}
    for number, line in enumerate((HERE / "errnos.txt").read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        function, errno, what = line.split(None, 2)
        if function not in (*FUNCTIONS, EVENTS) or errno not in ERRNOS or (function, errno) in table:
            raise ValueError(f"errnos.txt:{number}: {line!r}")
        table[function, errno] = (None, what[2:]) if what.startswith("- ") else (what, None)
    return table


def compare(seen):
    """(rows proved, rows that cannot happen, what is wrong)."""
    table, wrong, proved = read_table(), [], 0
    for (function, errno), (proof, reason) in table.items():
        cases = seen.cases.get((function, errno), set())
        if function == EVENTS and proof:
            case, check = proof.split(" / ")
            good = check in seen.checks.get(case, ())
        else:
            good = proof in cases
        if reason:
            if cases:
                wrong.append(f"{function} {errno} cannot happen ({reason}), but did in: {', '.join(sorted(cases))}")
        elif good:
            proved += 1
        else:
            wrong.append(f"{function} {errno} did not come in a passing {proof!r}" + (f", but in: {', '.join(sorted(cases))}" if cases else ""))
    for function, errno in sorted(seen.cases):
        if errno in ERRNOS and errno != "SUCCESS" and function in FUNCTIONS and (function, errno) not in table:
            wrong.append(f"{function} {errno} is not in the table, but came in: {', '.join(sorted(seen.cases[function, errno]))}")
    for function in FUNCTIONS:
        if not seen.cases.get((function, "SUCCESS")) and function not in ("proc_exit",):
            wrong.append(f"{function} was never called with success")
    return proved, sum(reason is not None for _, reason in table.values()), wrong


def show(seen):
    for function in FUNCTIONS:
        for errno in ERRNOS[1:]:
            cases = seen.cases.get((function, errno))
            if cases:
                print(f"{function:<24} {errno:<12} {' | '.join(sorted(cases))}")
