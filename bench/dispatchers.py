#!/usr/bin/env python3
"""Speed of the interpreter's loops: the program built with each of them, and by gcc, measured by run.py in the same rounds.

Builds what is asked for as the release preset has it, into build/dispatch-NAME: tail (clang's tail calls, what is shipped), goto and switch (the loop by
gcc, all else by clang; clang itself needs minutes for them and makes them slower), gcc (everything by gcc, with its goto). The first is what ratios
refer to. All other options are those of run.py.

    bench/dispatchers.py --rounds 2 --scale 25                        # tail, goto, switch; results/dispatchers.md
    bench/dispatchers.py --builds tail,gcc --guests vm,calls --out /tmp
"""

import argparse
import subprocess
import sys

import common
import run

BUILDS = {"tail": ["-DCW_DISPATCH=tail"], "goto": ["-DCW_DISPATCH=goto"], "switch": ["-DCW_DISPATCH=switch"], "gcc": ["-DCMAKE_C_COMPILER=gcc"]}


def build(name):
    """The program, up to date."""
    root = common.HERE.parent
    folder = root / "build" / f"dispatch-{name}"
    for command in (["cmake", "--preset", "release", "-B", str(folder), *BUILDS[name]], ["cmake", "--build", str(folder), "--target", "cwasm"]):
        done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            common.die(f"{name} does not build:\n{done.stdout[-3000:]}")
    return folder / "cwasm"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    p.add_argument("--builds", default="tail,goto,switch", metavar="A,B", help="which of tail, goto, switch, gcc (default: %(default)s)")
    opts, rest = p.parse_known_args()
    names = common.choose(opts.builds.split(","), list(BUILDS), "build")
    builds = [f"--build={name}={build(name)}" for name in names]
    return run.main(["--name", "dispatchers", *builds, "--engines", ",".join(f"cwasm-{name}" for name in names), *rest])


if __name__ == "__main__":
    sys.exit(main())
