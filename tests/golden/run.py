#!/usr/bin/env python3
"""Golden tests of the translator: x.wat becomes x.ir, the text of `cwasm disasm`.

    run.py --cwasm PROGRAM [--update] [NAME...]

--update writes the .ir files; read the difference before you commit it.
"""
import argparse
import difflib
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from tools import find_tool


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True, type=pathlib.Path)
    parser.add_argument("--update", action="store_true", help="write the expected files")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    tool = find_tool("wasm-tools")
    passed = failed = 0
    for wat in sorted(HERE.glob("*.wat")):
        if args.names and wat.stem not in args.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            wasm = pathlib.Path(folder) / f"{wat.stem}.wasm"
            subprocess.run([tool, "parse", wat, "-o", wasm], check=True)
            done = subprocess.run([args.cwasm.resolve(), "disasm", wasm.name], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        got = done.stdout.decode()
        expected_path = wat.with_suffix(".ir")
        if args.update and not done.returncode:
            expected_path.write_text(got)
        expected = expected_path.read_text() if expected_path.exists() else ""
        if done.returncode or got != expected:
            failed += 1
            print(f"FAIL {wat.name}")
            sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), got.splitlines(True), expected_path.name, "now"))
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
