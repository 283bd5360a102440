#!/usr/bin/env python3
"""Converts the official WebAssembly test suite (.wast) to JSON and .wasm files, once per content, in parallel.

Prints one line per file: the path inside the suite, a tab, the path of its JSON file. The suite is looked for in --suite,
$CWASM_TESTSUITE, ../shared/testsuite beside the checkout, and last as a shallow git clone into the cache. The converters
(wasm-tools; wabt's wast2json for legacy/) are found by tests/support/tools.py, first in --tools (a
`pip install --target` folder).
"""
import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "support"))
from tools import find_tool

GIT_URL = "https://github.com/WebAssembly/testsuite"
GIT_COMMIT = "193e551ff22663995b1ac95dc62344133669e14b"
# What is run, in this order. Left out: proposals/custom-descriptors (not part of WebAssembly 3.0) and proposals/threads (frozen in
# 2020, contradicts 3.0; extra/threads is the living one).
# legacy/ needs no more than what wabt has on; --enable-all would write compact import sections into it.
WABT_FLAGS = ["--disable-annotations"]
PARTS = [".", "extra", "custom", "proposals/custom-page-sizes", "proposals/wide-arithmetic", "extra/threads", "legacy"]


def note(text):
    print(f"convert: {text}", file=sys.stderr)


def find_suite(given, cache):
    here = pathlib.Path(__file__).resolve().parent
    for place in (given, os.environ.get("CWASM_TESTSUITE"), here.parent.parent / "shared" / "testsuite"):
        if place and any(pathlib.Path(place).glob("*.wast")):
            return pathlib.Path(place)
        if place and place == given:
            sys.exit(f"convert: no .wast files in {place}")
    clone = cache / "testsuite"
    if not any(clone.glob("*.wast")):
        note(f"no suite found, cloning {GIT_URL}")
        clone.mkdir(parents=True, exist_ok=True)
        for command in (["init", "-q"], ["fetch", "-q", "--depth", "1", GIT_URL, GIT_COMMIT], ["checkout", "-q", "FETCH_HEAD"]):
            if subprocess.run(["git", "-C", clone] + command).returncode:
                sys.exit("convert: the test suite is nowhere: set CWASM_TESTSUITE to a checkout of WebAssembly/testsuite")
    return clone


def convert(wast, name, kind, tool, version, cache):
    """Returns the JSON path of one file; None if the converter refuses it."""
    flags = " ".join(WABT_FLAGS) if kind == "wast2json" else ""
    key = hashlib.blake2b(wast.read_bytes() + version.encode() + flags.encode(), digest_size=10).hexdigest()
    folder = cache / "converted" / f"{name.replace('/', '_').removesuffix('.wast')}-{key}"
    target = folder / (wast.stem + ".json")
    if (folder / "done").exists():
        return target
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if kind == "wast2json":
        command = [tool, *WABT_FLAGS, "-o", str(target), str(wast)]
    else:
        command = [tool, "json-from-wast", str(wast), "--wasm-dir", str(folder), "-o", str(target)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder)
    if done.returncode:
        note(f"{name}: {done.stdout.decode(errors='replace').strip()}")
        return None
    (folder / "done").touch()
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", help="folder with the .wast files")
    parser.add_argument("--cache", required=True, type=pathlib.Path, help="where the results go")
    parser.add_argument("--tools", action="append", default=[], type=pathlib.Path, help="a pip --target folder with the converters")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    cache = args.cache.resolve()
    suite = find_suite(args.suite, cache).resolve()
    work = []
    versions = {}
    for part in PARTS:
        files = sorted((suite / part).glob("*.wast"))
        if not files:
            continue
        kind = "wast2json" if part == "legacy" else "wasm-tools"
        if kind not in versions:
            tool = find_tool(kind, args.tools)
            versions[kind] = tool, subprocess.run([tool, "--version"], stdout=subprocess.PIPE, check=True).stdout.decode()
        work += [(wast, wast.relative_to(suite).as_posix(), kind, *versions[kind]) for wast in files]
    if not work:
        sys.exit(f"convert: no .wast files in {suite}")
    note(f"suite {suite}; " + "; ".join(f"{kind} {version.split()[-1] if kind == 'wast2json' else version.split()[1]}"
                                        for kind, (_, version) in versions.items()))
    with concurrent.futures.ThreadPoolExecutor(max(args.jobs, 1)) as pool:
        results = list(pool.map(lambda item: convert(*item, cache), work))
    for (_, name, *_), target in zip(work, results):
        if target:
            print(f"{name}\t{target}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
