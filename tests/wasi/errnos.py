"""errnos.txt against what a run saw: every call of the guests is traced, and each (function, error) of the table must have come in the case that
the table names, which must have passed; what came and is not in the table, or is said to be impossible, is a failure, too.

run.py --errnos uses this, and tests/net/run.py --errnos with errnos-sockets.txt for the functions of sockets.def. --errnos=print prints what was seen,
in the form of the table.
"""
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
FUNCTIONS = re.findall(r"^P1\((\w+),", (HERE.parent.parent / "src/wasi/preview1.def").read_text(), re.M)
ERRNOS = re.findall(r"^ERRNO(?:_OWN)?\((\w+),", (HERE.parent.parent / "src/wasi/errno.def").read_text(), re.M)
sys.path.append(str(HERE.parent / "net"))
import sockcalls  # noqa: E402
SOCKETS = {row.form: row for row in sockcalls.rows()}
BY_WORDS = {(row.name, tuple(word.partition(":")[0] for word in row.words)): row.form for row in SOCKETS.values()}
OF_NAMES = ["AI_AGAIN", "AI_FAIL", "AI_FAMILY", "AI_MEMORY", "AI_NO_DATA", "AI_NO_NAME", "AI_SERVICE", "AI_SOCKTYPE"]   # WasmEdge's own
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
                    function, errno, *n = [f.decode() for f in found.groups()] if found else line.decode().split()   # ... of trace.h
                    if n:
                        form = sockcalls.form_of(function, n[0])
                        function = form if form in SOCKETS else function
                    elif function.startswith("sock_"):
                        function = BY_WORDS.get((function, tuple(json.loads(line)["args"])), function)
                    self.cases[function, errno].add(name)
            path.unlink()
        if passed:
            self.passed.add(name)
            self.checks[name] |= checks


def group(form):
    """The name that rows of errnos-sockets.txt have for this function: what differs in nothing but its number shares them."""
    row = SOCKETS[form]
    return group(row.same) if row.same in SOCKETS else f"{row.body}/2" if row.body in ("get", "set") else form


def read_table(sockets):
    """{(function, errno): (proof, reason)}: the case that proves it and None, or None and why it cannot happen."""
    table, name = {}, "errnos-sockets.txt" if sockets else "errnos.txt"
    members = defaultdict(list)
    for function in own_sockets() if sockets else [*FUNCTIONS, EVENTS]:
        members[group(function) if sockets else function].append(function)
    for number, line in enumerate((HERE / name).read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        function, errno, what = line.split(None, 2)
        if function not in members or errno not in (ERRNOS + OF_NAMES if sockets else ERRNOS) or (members[function][0], errno) in table:
            raise ValueError(f"{name}:{number}: {line!r}")
        for member in members[function]:
            table[member, errno] = (None, what[2:]) if what.startswith("- ") else (what, None)
    return table


def own_sockets():
    """The functions of sockets.def that are not another name for one of preview 1, whose errors errnos.txt has."""
    return [form for form, row in SOCKETS.items() if not row.same or row.same in SOCKETS]


def compare(seen, sockets=False):
    """(rows proved, rows that cannot happen, what is wrong)."""
    table, wrong, proved = read_table(sockets), [], 0
    functions, errors = (own_sockets(), ERRNOS + OF_NAMES) if sockets else (FUNCTIONS, ERRNOS)
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
        if errno in [*errors, "?"] and errno != "SUCCESS" and function in functions and (function, errno) not in table:
            wrong.append(f"{function} {errno} is not in the table, but came in: {', '.join(sorted(seen.cases[function, errno]))}")
    for function in SOCKETS if sockets else FUNCTIONS:
        if not seen.cases.get((function, "SUCCESS")) and function not in ("proc_exit",):
            wrong.append(f"{function} was never called with success")
        if sockets and SOCKETS[function].same and SOCKETS[function].words[0] == "fd" and not seen.cases.get((function, "BADF")):
            wrong.append(f"{function} was never called without a descriptor")
    return proved, sum(reason is not None for _, reason in table.values()), wrong


def show(seen, sockets=False):
    """What was seen in the form of the table: of the functions of a group what all of them gave."""
    groups = defaultdict(list)
    for function in own_sockets() if sockets else FUNCTIONS:
        groups[group(function) if sockets else function].append(function)
    for name, functions in groups.items():
        for errno in (ERRNOS + OF_NAMES if sockets else ERRNOS)[1:]:
            cases = set.intersection(*(seen.cases.get((f, errno), set()) for f in functions))
            if cases:
                print(f"{name:<28} {errno:<14} {' | '.join(sorted(cases))}")
            some = [f for f in functions if seen.cases.get((f, errno))]
            if some and not cases:
                print(f"# {name} {errno}: only {' '.join(some)}")
