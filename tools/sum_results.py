#!/usr/bin/env python3
"""Adds up what tests counted, from ctest's JUnit file: prints "PASSED FAILED".

    sum_results.py [-v] FILE.xml...

A test's own closing line counts ("N passed, N failed", or cmocka's), else the test as one. A test that failed without
counting a failure counts one. -v: a line per test with its time.
"""
import re
import sys
import xml.etree.ElementTree

OWN = re.compile(r"^(\d+) passed, (\d+) failed", re.MULTILINE)
CMOCKA_PASSED = re.compile(r"^\[  PASSED  \] (\d+) test", re.MULTILINE)
CMOCKA_FAILED = re.compile(r"^\[  FAILED  \] (\d+) test", re.MULTILINE)


def counted(case):
    output = "\n".join(e.text or "" for e in case.iter("system-out"))
    own = OWN.findall(output)
    if own:
        passed, failed = map(int, own[-1])
    elif CMOCKA_PASSED.search(output):
        passed = sum(map(int, CMOCKA_PASSED.findall(output)))
        failed = sum(map(int, CMOCKA_FAILED.findall(output)))
    else:
        passed, failed = 1, 0
    if case.get("status") != "run" and case.get("status") != "disabled" and failed == 0:
        if not own:
            passed = 0
        failed = 1
    return passed, failed


def main():
    verbose = "-v" in sys.argv
    passed = failed = 0
    for path in (a for a in sys.argv[1:] if a != "-v"):
        for case in xml.etree.ElementTree.parse(path).iter("testcase"):
            p, f = counted(case)
            passed, failed = passed + p, failed + f
            if verbose:
                print(f"{case.get('name'):30} {float(case.get('time', 0)):8.1f} s {p:8} passed {f:6} failed")
    print(passed, failed)
    return 0 if passed + failed else 1


if __name__ == "__main__":
    sys.exit(main())
