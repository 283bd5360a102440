#!/usr/bin/env python3
"""The benchmarks work: a guest is built, cwasm and the native program run it, the reports say what they should; a wrong output is caught; every script
parses and tells its options. Nothing here looks at a time.

    tests/bench/run.py --cwasm b/cwasm
"""

import argparse
import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent.parent / "bench"
sys.path.insert(0, str(BENCH))
TESTS = []


def test(f):
    TESTS.append(f)
    return f


def call(script, *args, status=0):
    done = subprocess.run([sys.executable, BENCH / script, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert done.returncode == status, f"{script}: status {done.returncode}\n{done.stdout[-2000:]}"
    return done.stdout


@test
def speed_report(cwasm, tmp):
    text = call("run.py", "--cwasm", cwasm, "--engines", "cwasm,native", "--guests", "sieve,poly-stencil", "--scale", 2, "--rounds", 2,
                "--cache", tmp / "cache", "--out", tmp, "--name", "smoke")
    data = json.loads((tmp / "smoke.json").read_text())
    assert (tmp / "smoke.md").read_text().strip() == text[text.index("# Speed"):].strip()
    assert data["guests"] == {"sieve": "tuning", "poly-stencil": "held out"} and data["problems"] == []
    assert {(r["guest"], r["engine"], len(r["cpu"])) for r in data["runs"]} == {(g, e, 2) for g in data["guests"] for e in ("cwasm", "native")}
    assert data["geometric_means"]["tuning"]["cwasm"] == data["geometric_means"]["held out"]["cwasm"] == 1
    for line in ("| tuning programs (1) ", "| held out programs (1) ", "| poly-stencil ", "machine: "):
        assert line in text, f"the report lacks {line!r}"
    bars = ET.parse(tmp / "smoke.svg").getroot().findall("{http://www.w3.org/2000/svg}rect")
    assert len(bars) == 4, f"{len(bars)} bars"


@test
def wrong_output_is_caught(cwasm, tmp):
    """An engine that prints something else is reported, left out of the means, and makes the status 1 if it is cwasm."""
    liar = tmp / "liar"
    liar.write_text("#!/bin/sh\necho 1\n")
    liar.chmod(0o755)
    text = call("run.py", "--cwasm", f"{liar} run", "--engines", "cwasm", "--guests", "sieve", "--scale", 1, "--rounds", 1, "--cache", tmp / "cache",
                "--out", tmp, "--name", "liar", status=1)
    assert "sieve on cwasm: wrong output" in text
    assert json.loads((tmp / "liar.json").read_text())["runs"] == []


@test
def cold_start_report(cwasm, tmp):
    text = call("coldstart.py", "--cwasm", cwasm, "--rounds", 3, "--cache", tmp / "cache", "--out", tmp, "--name", "start")
    data = json.loads((tmp / "start.json").read_text())
    assert all(len(r["wall"]) == 3 for r in data["runs"])
    runs = {r["engine"]: r for r in data["runs"]}
    off = "cwasm, second wall off"
    assert set(runs) == {"native, static, glibc", "native, static, musl", "cwasm", off} and set(data["ratios"]) == {"cwasm", off}
    for libc in ("glibc", "musl"):   # both native programs side by side, by which each ratio is what was measured
        base = runs[f"native, static, {libc}"]
        assert f"| native, static, {libc} " in text and f"wall min, to {libc} " in text and f"- native, static, {libc}: " in text
        for name in ("cwasm", off):
            ratio = data["ratios"][name][libc]
            assert abs(ratio["wall_min"] - min(runs[name]["wall"]) / min(base["wall"])) < 1e-9
            assert abs(ratio["resident"] - runs[name]["resident_own_kib"][0] / base["resident_own_kib"][0]) < 1e-9
        for what, key in (("minimum", "wall_min"), ("median", "wall_median")):
            ratio = data["ratios"][off][libc][key]
            assert f"{what} {ratio:.2f}, {'met' if ratio <= 1.15 else 'missed'}" in text


@test
def density_report(cwasm, tmp):
    text = call("density.py", "--cwasm", cwasm, "--engines", "cwasm,native", "--count", 5, "--cache", tmp / "cache", "--out", tmp, "--name", "density")
    results = json.loads((tmp / "density.json").read_text())["results"]
    assert list(results) == ["cwasm", "native, shared glibc", "native, static, glibc", "native, static, musl"]
    for name, result in results.items():
        assert result["count"] == 5 and result["pss"] > 0 and result["mappings"] > 0 and f"| {name} " in text, name


@test
def scripts_tell_their_options(cwasm, tmp):
    for script in sorted(BENCH.glob("*.py")):
        if "__main__" in script.read_text():
            assert "--" in call(script.name, "--help"), script.name
    subprocess.run(["bash", "-n", BENCH / "coldstart.sh"], check=True)


@test
def the_table_of_guests(cwasm, tmp):
    import corpus
    names = [g.name for g in corpus.GUESTS]
    assert len(set(names)) == len(names), "a name stands twice"
    assert {g.set for g in corpus.GUESTS} == {corpus.TUNING, corpus.HELD_OUT}
    for guest in corpus.GUESTS:
        assert guest.args(100)[-1] == str(100 * guest.work) and guest.kind, guest.name


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--cwasm", required=True, type=Path)
    cwasm, failed = p.parse_args().cwasm.resolve(), 0
    with tempfile.TemporaryDirectory() as tmp:
        for f in TESTS:
            try:
                f(cwasm, Path(tmp))
                print(f"ok    {f.__name__}")
            except (AssertionError, subprocess.SubprocessError) as e:
                failed += 1
                print(f"FAIL  {f.__name__}: {e}")
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
