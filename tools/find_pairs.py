#!/usr/bin/env python3
"""Finds out which instructions follow each other most often, for src/code/pairs.def: these share a dispatch.

    cmake -S . -B b -G Ninja -DCMAKE_BUILD_TYPE=Release -DCW_DISPATCH=switch -DCMAKE_C_FLAGS=-DCW_COUNT_PAIRS
    cmake --build b --target cwasm
    tools/find_pairs.py b/cwasm [--add 40] [--drop 20] [--guests A,B] [--also 'FILE.wasm ARGUMENT...']... [--write]

Runs the tuning programs of bench/, each with a small part of its work (--percent), and other programs if asked to. Prints what pairs.def has with how
much of the dispatches each saves, and the pairs that would save most; with --write the best are added to the file and the least useful are
taken out. A program counts for a pair with at most --most of its dispatches, so that no single loop decides.

Counts are made with the pairs that the program was built with, so build it again, and repeat, after a change. Each new first instruction needs
DO_... in src/interp/handlers_pairs.inc (the compiler says which), and cmake/handlers.order the names of the handlers (--write does that).
"""
import argparse
import array
import collections
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests" / "support"), str(ROOT / "tools")]
import corpus  # noqa: E402
from hot_handlers import ir_order  # noqa: E402

PAIRS, ORDER = ROOT / "src" / "code" / "pairs.def", ROOT / "cmake" / "handlers.order"
# What never goes on to the next instruction, or ends the walk over the code.
LEAVES = re.compile(r"(br|br_(add|copy|copy2|copyi|set_r|table_\w+)|call_\w+|return_\w+|ret_\w+|leave_\w+|unreachable|throw|throw_ref|translate\w*|"
                    r"lazy_enter|host_enter|switch_back|exit|far_call_\w+)$")


def count(cwasm, names, args):
    """(a, b) -> share of all dispatches of one run."""
    n = len(names)
    with tempfile.NamedTemporaryFile() as f:
        f.truncate(n * (n + 1) * 8)
        subprocess.run([cwasm, "run", "--second-wall=off", *args], env=dict(os.environ, CW_COUNT_PAIRS=f.name), stdout=subprocess.DEVNULL)
        words = array.array("Q", Path(f.name).read_bytes())
    total = sum(words[n::n + 1])
    if not total:
        sys.exit(f"{args}: nothing was counted: is this a build with -DCW_COUNT_PAIRS?")
    shares = {}
    for a in range(n):
        if words[a * (n + 1) + n] and not LEAVES.match(names[a]):
            row = words[a * (n + 1):a * (n + 1) + n]
            shares.update({(names[a], names[b]): v / total for b, v in enumerate(row) if v * 100000 > total})
    return shares


def write(names, pairs):
    place = {name: i for i, name in enumerate(names)}
    rows, last = [], None
    for a, b in sorted(pairs, key=lambda p: (place[p[0]], place[p[1]])):
        rows += [f"FIRST({a})"] * (a != last) + [f"THEN({a}, {b})"]
        last = a
    head, tail = PAIRS.read_text().split("\nFIRST(", 1)[0], "#undef FIRST\n#undef THEN\n"
    PAIRS.write_text(head + "\n" + "\n".join(rows) + "\n" + tail)
    order = [line for line in ORDER.read_text().splitlines() if "__" not in line]
    ORDER.write_text("\n".join(order + [f"h_{row[5:-1].replace(', ', '__')}" for row in rows if row.startswith("THEN")]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cwasm")
    parser.add_argument("--add", type=int, default=40, help="so many new pairs (default: 40)")
    parser.add_argument("--drop", type=int, default=0, help="so many of the least useful ones go")
    parser.add_argument("--percent", type=int, default=4, help="of the usual work of each program (default: 4)")
    parser.add_argument("--most", type=float, default=0.4, help="of a program's dispatches that count for one pair, in percent (default: 0.4)")
    parser.add_argument("--guests", metavar="A,B", help="only these of bench/")
    parser.add_argument("--also", action="append", default=[], metavar="COMMAND", help="another program with its arguments")
    parser.add_argument("--write", action="store_true", help="change pairs.def and handlers.order")
    parser.add_argument("--cache", type=Path, default=Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cwasm-bench")
    o = parser.parse_args()
    names = ir_order()
    guests = [g for g in corpus.GUESTS if (g.name in o.guests.split(",") if o.guests else g.set == corpus.TUNING)]
    runs = [[str(g.build(o.cache)[0]), *g.args(o.percent)] for g in guests] + [shlex.split(line) for line in o.also]
    total = collections.Counter()
    for args in runs:
        for pair, share in count(o.cwasm, names, args).items():
            total[pair] += min(share * 100, o.most) / len(runs)
    pairs = set(re.findall(r"^THEN\((\w+), (\w+)\)", PAIRS.read_text(), re.MULTILINE))
    used = sorted(pairs, key=lambda p: total[p])
    new = [p for p, _ in total.most_common() if p not in pairs][:o.add]
    print(f"{len(pairs)} pairs save {sum(total[p] for p in pairs):.2f} % of the dispatches that there are with them")
    for title, some in (("least useful", used[:max(o.drop, 20)]), ("most useful", used[:-21:-1]), ("missing", new)):
        print(f"{title}:", *(f"  {total[p]:.3f} {p[0]}, {p[1]}" for p in some), sep="\n")
    if o.write:
        write(names, pairs - set(used[:o.drop]) | set(new))


if __name__ == "__main__":
    main()
