#!/usr/bin/env python3
"""Runs fuzz targets for a while, on the seed corpus.

    run.py --bin DIR --converted DIR [--work DIR] [--seconds 60] [--jobs N] [TARGET...]     targets: fuzz_load fuzz_exec fuzz_lines

DIR has the programs (build preset "fuzz"). A finding is kept in --work, and the exit status is 1.
"""
import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--converted", required=True, type=pathlib.Path, help="cache folder of spec_run, for seeds")
    parser.add_argument("--work", default="fuzz-work", type=pathlib.Path, help="corpus and findings")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--jobs", type=int, default=1, help="processes for each target")
    parser.add_argument("targets", nargs="*", default=["fuzz_load", "fuzz_exec", "fuzz_lines"])
    args = parser.parse_args()
    work = args.work.resolve()
    subprocess.run([sys.executable, HERE / "corpus.py", "--converted", args.converted, "--out", work / "seeds"], check=True)
    failed = 0
    for target in args.targets:
        found = work / "found" / target
        corpus = work / "corpus" / target
        findings = work / "findings"
        for folder in (found, corpus, findings):
            folder.mkdir(parents=True, exist_ok=True)
        command = [args.bin.resolve() / target, corpus, work / "seeds" / target.removeprefix("fuzz_"), f"-max_total_time={args.seconds}",
                   f"-dict={HERE / 'wasm.dict'}", "-max_len=8192", "-timeout=20", "-rss_limit_mb=4096", f"-artifact_prefix={findings}/{target}-",
                   "-print_final_stats=1", "-verbosity=0" if args.jobs == 1 else "-verbosity=1"]
        if args.jobs > 1:
            command += [f"-fork={args.jobs}"]
        status = subprocess.run(command, cwd=found, env=dict(os.environ, ASAN_OPTIONS="allocator_may_return_null=1")).returncode
        print(f"{target}: {'clean' if status == 0 else f'exit status {status}, see {findings}'}", flush=True)
        failed += status != 0
    print(f"{len(args.targets) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
