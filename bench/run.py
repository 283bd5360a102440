#!/usr/bin/env python3
"""Speed of cwasm against other engines, over the programs of corpus.py.

Each round runs every guest on every engine in turn (A B C A B C ...); per guest and engine the smallest CPU time (user +
system, whole process, start-up included) of all rounds counts. Every output is compared with the native program's; a
wrong one is reported and not counted. Prints tables and writes them as Markdown, JSON and a chart. See README.md.

    bench/run.py --cwasm b/cwasm                           # against all rivals that are there
    bench/run.py --cwasm b/cwasm --cwasm-b old/cwasm --engines cwasm,cwasm-b --set tuning --rounds 9
    bench/build_rivals.py                                  # get the rivals, once
"""

import argparse
import datetime
import json
import statistics
import sys
import tempfile
from pathlib import Path

import chart
import common
import corpus
import engines as engine_list
from common import choose, die, geomean


class Prototype:
    """A guest of a prototype folder: there is only the built one."""

    def __init__(self, wasm):
        self.name, self.set, self.expected, self.wasm = f"p.{wasm.stem}", corpus.TUNING, None, wasm

    def args(self, percent):
        return [] if percent == 100 else [str(percent)]

    def build(self, cache):
        return self.wasm, self.wasm.with_suffix(".native")


def find_guests(opts):
    guests = dict(corpus.BY_NAME)
    if opts.prototype:
        guests |= {f"p.{wasm.stem}": Prototype(wasm) for wasm in sorted(Path(opts.prototype).glob("*.wasm")) if wasm.stem != "hello"}
    wanted = opts.guests.split(",") if opts.guests else [n for n, g in guests.items() if opts.set in ("all", g.set.replace(" ", "-"))]
    return [guests[n] for n in choose(wanted, list(guests), "guest")]


def run_rounds(opts, engines, guests, cache):
    """(guest, engine) -> samples, and (guest, engine) -> what went wrong. Engines that fail on a guest are not tried again."""
    helper, percent = common.build_measure(cache), opts.scale or 100
    samples, problems, expected, built = {}, {}, {}, {}
    with tempfile.TemporaryDirectory() as tmp:
        out = Path(tmp) / "out"

        def run(commands, args):
            results = common.measure(helper, [[*c, *args] for c in commands], 1, out, opts.limit)
            return [(s, Path(f"{out}.{s.index}").read_bytes()) for s in results]

        for guest in guests:
            wasm, native = built[guest.name] = guest.build(cache)
            sample, text = run([[native]], guest.args(percent))[0] if native else (None, guest.expected.encode())
            if sample and sample.status or not text:
                die(f"{guest.name}: the native program fails")
            expected[guest.name] = text
        for n in range(opts.rounds):
            for guest in guests:
                name, (wasm, native) = guest.name, built[guest.name]
                able = [e for e in engines if (name, e.name) not in problems and (native or e.name != "native")]
                results = run([[native] if e.name == "native" else e.run(wasm) for e in able], guest.args(percent))
                for e, (sample, text) in zip(able, results):
                    key = name, e.name
                    if sample.status:
                        problems[key] = "timeout" if sample.status == 1009 else f"status {sample.status}"
                    elif text != expected[name]:
                        problems[key] = "wrong output"
                    else:
                        samples.setdefault(key, []).append(sample)
                    if key in problems:
                        print(f"{name} on {e.name}: {problems[key]}", file=sys.stderr)
            print(f"round {n + 1} of {opts.rounds} done", file=sys.stderr)
    return {k: v for k, v in samples.items() if k not in problems}, problems


def keep(opts, engines, guests, samples, problems):
    """Adds what the report that is there says of other guests; returns all guests, in the order of the corpus."""
    path, names = opts.out / f"{opts.name}.json", [e.name for e in engines]
    if not path.exists():
        return guests
    data = json.loads(path.read_text())
    if list(data["engines"]) != names or data["scale"] != (opts.scale or 100) or data["rounds"] != opts.rounds:
        die(f"{path}: of other engines, another scale or number of rounds")
    new = {g.name for g in guests}
    for run in data["runs"]:
        if run["guest"] not in new:
            samples[run["guest"], run["engine"]] = [common.Sample.known(*times) for times in zip(run["wall"], run["cpu"], run["rss"])]
    problems |= {(p["guest"], p["engine"]): p["what"] for p in data["problems"] if p["guest"] not in new}
    return [g for g in corpus.GUESTS if g.name in new or g.name in data["guests"]] + [g for g in guests if g.name not in corpus.BY_NAME]


def report(opts, engines, guests, samples, problems):
    names, base = [e.name for e in engines], engines[0].name
    best = {key: min(s.cpu for s in runs) for key, runs in samples.items()}
    peak = {key: min(s.rss for s in runs) for key, runs in samples.items()}
    ratio = {(g, e): best[g, e] / best[g, base] for g, e in best if best.get((g, base))}
    sets = {s: [g.name for g in guests if g.set == s] for s in (corpus.TUNING, corpus.HELD_OUT)}
    sets = {s: members for s, members in sets.items() if members}

    def cells(values, form, members):
        return [[g] + [form(values[g, e]) if (g, e) in values else problems.get((g, e), "") for e in names] for g in members]

    def means(of):
        return [geomean(x for x in of(e) if x) for e in names]

    def mean_row(title, values):
        return [title] + [f"{m:.3f}" if m else "" for m in values]

    mean_of = {s: means(lambda e: [ratio.get((g, e)) for g in members]) for s, members in sets.items()}
    mean_of["all"] = means(lambda e: [ratio.get((g.name, e)) for g in guests])
    noise = means(lambda e: [statistics.median(s.cpu for s in samples[g.name, e]) / best[g.name, e] for g in guests if best.get((g.name, e))])
    notes = [f"CPU seconds (user + system, start-up included), minimum of {opts.rounds} interleaved rounds.",
             f"Ratios: time of the engine / time of {base}; over 1 means slower than {base}. Means leave out failed runs (an engine lacks what the "
             "program needs), so each engine's mean is over what it can run; `least` is the program that it does best in.",
             "Held-out programs are kept apart from those that cwasm is tuned with."]
    if opts.keep:
        notes.append("Measured in pieces, one after the other, by --guests and --keep.")
    if opts.scale:
        notes.append(f"Guests did {opts.scale} % of their usual work: not for conclusions.")
    least = ["least"] + [f"{min(r for (g, e), r in ratio.items() if e == n):.2f}" if any(e == n for _, e in ratio) else "" for n in names]
    counts = ["programs run"] + [sum(e == n for _, e in best) for n in names]
    parts = [common.head("Speed of the guests", {e.name: e.version for e in engines}, notes), "## Summary",
             common.table([f"geometric mean of ratios to {base}", *names],
                          [mean_row(f"{s} programs ({len(sets.get(s, guests))})", m) for s, m in mean_of.items()] + [least, counts])]
    for s, members in sets.items():
        parts += [f"## Ratios to {base}: {s} programs",
                  common.table(["guest", *names], cells(ratio, "{:.2f}".format, members) + [mean_row("geometric mean", mean_of[s])])]
    everything = [g.name for g in guests]
    parts += ["## CPU seconds", common.table(["guest", *names], cells(best, "{:.3f}".format, everything) + [mean_row("median / minimum", noise)]),
              "## Peak resident memory, MiB", common.table(["guest", *names], cells(peak, lambda b: f"{b / 2**20:.1f}", everything))]
    data = {"command": common.command_line(), "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
            "machine": common.machine(), "rounds": opts.rounds, "scale": opts.scale or 100,
            "engines": {e.name: e.version for e in engines}, "base": base,
            "guests": {g.name: g.set for g in guests},
            "geometric_means": {s: dict(zip(names, m)) for s, m in mean_of.items()},
            "problems": [{"guest": g, "engine": e, "what": what} for (g, e), what in problems.items()],
            "runs": [{"guest": g, "engine": e, "cpu": [s.cpu for s in runs], "wall": [s.wall for s in runs],
                      "rss": [s.rss for s in runs]} for (g, e), runs in samples.items()]}
    return "\n\n".join(parts) + "\n", data


COMPILERS = ("native", "winch", "wasmtime", "wazero-cold", "winch-cold", "wasmtime-cold", "wasmer", "wasmedge")


def picture(data):
    """A bar per engine and set: the mean of its times relative to the base's."""
    groups = []
    for set_, means in data["geometric_means"].items():
        count = sum(s == set_ for s in data["guests"].values())
        rows = [(name, m, f"{m:.2f}", "own" if name.startswith("cwasm") else "context" if name in COMPILERS else "other")
                for name, m in sorted(means.items(), key=lambda nm: nm[1] or 0) if m]
        if set_ != "all":
            groups.append((f"{count} {set_} programs", rows))
    return chart.bars("CPU time, geometric mean (smaller is faster)", groups,
                      [f"Relative to {data['base']}. Pale: native code and compilers to native code (modules compiled beforehand).",
                       f"{data['machine']}, {data['date'][:10]}."])


def main(args=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engine_list.add_options(p)
    p.add_argument("--guests", metavar="A,B", help="only these")
    p.add_argument("--set", choices=("tuning", "held-out", "all"), default="all", help="which guests (default: all)")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--scale", type=int, metavar="PERCENT", help="amount of work, for a quick look")
    p.add_argument("--limit", type=int, default=120, help="seconds for one run (default 120)")
    p.add_argument("--cache", type=Path, default=common.cache_dir(), help="where guests are built (default: %(default)s)")
    p.add_argument("--out", type=Path, default=common.HERE / "results", help="where the report goes (default: bench/results)")
    p.add_argument("--keep", action="store_true", help="leave what the report that is there says of other guests: measure in pieces")
    p.add_argument("--name", default="speed", help="name of the report files (default: %(default)s)")
    opts = p.parse_args(args)

    engines = engine_list.wanted(opts, [n for n, e in engine_list.find(opts).items() if not e.cold])
    guests = find_guests(opts)
    samples, problems = run_rounds(opts, engines, guests, opts.cache)
    if opts.keep:
        guests = keep(opts, engines, guests, samples, problems)
    text, data = report(opts, engines, guests, samples, problems)
    opts.out.mkdir(parents=True, exist_ok=True)
    (opts.out / f"{opts.name}.md").write_text(text)
    (opts.out / f"{opts.name}.json").write_text(json.dumps(data) + "\n")
    (opts.out / f"{opts.name}.svg").write_text(picture(data))
    print(text)
    return 1 if any(e.startswith("cwasm") for _, e in problems) else 0


if __name__ == "__main__":
    sys.exit(main())
