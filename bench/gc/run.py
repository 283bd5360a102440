#!/usr/bin/env python3
"""What the collector costs: rings.wat and trees.wat by cwasm and by Wasmtime with each of its collectors; CPU time and peak memory.

    bench/gc/run.py --cwasm build/release/cwasm [--wasmtime PROGRAM] [--rounds 3] [--only WORD]

Wasmtime (Cranelift: compiled code) comes by bench/build_rivals.py; its time is that of the whole process, compilation included, which is little here.
"""
import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import common  # noqa: E402
import tools  # noqa: E402

GUESTS = (("rings", (100_000, 1_000_000)), ("trees", (16, 19)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cwasm", required=True, type=Path)
    parser.add_argument("--wasmtime", help="default: the one of bench/build_rivals.py")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="rows whose name contains it")
    parser.add_argument("--cache", type=Path, default=common.cache_dir())
    args = parser.parse_args()
    out = args.cache / "gc"
    out.mkdir(parents=True, exist_ok=True)
    helper = common.build_measure(args.cache)
    wasmtime = args.wasmtime or next((str(p) for p in (args.cache / "wasmtime").rglob("wasmtime") if p.is_file()), args.cache / "wasmtime")
    features = ["-W", "gc=y,function-references=y,max-memory-size=8000000000"]
    engines = [("cwasm", [args.cwasm, "run"]), ("cwasm --max-heap=64M", [args.cwasm, "run", "--max-heap=64M"])]
    engines += [(f"Wasmtime, {c}", [wasmtime, "run", "-C", f"collector={c}", *features]) for c in ("null", "drc", "copying")]
    rows = []
    for name, sizes in GUESTS:
        wasm = out / f"{name}.wasm"
        subprocess.run([tools.find_tool("wasm-tools"), "parse", HERE / f"{name}.wat", "-o", wasm], check=True)
        for size in sizes:
            chosen = [(who, words) for who, words in engines if args.only in f"{name} {size} {who}"]
            if not chosen:
                continue
            samples = common.measure(helper, [[*words, "--invoke", name, wasm, str(size)] for _, words in chosen], args.rounds, out / "out")
            answers = {Path(f"{out}/out.{i}").read_text().strip().removesuffix(":i32") for i in range(len(chosen))}
            if len(answers - {""}) > 1:
                common.die(f"{name} {size}: different answers {answers}")
            for i, (who, _) in enumerate(chosen):
                mine = [s for s in samples if s.index == i]
                failed = any(s.status for s in mine)
                rows.append([f"{name} {size:,}", who, "fails" if failed else f"{min(s.cpu for s in mine):.2f}", f"{max(s.rss for s in mine) >> 20}"])
    print(common.table(["guest", "engine", "CPU time, s", "peak memory, MiB"], rows))


if __name__ == "__main__":
    main()
