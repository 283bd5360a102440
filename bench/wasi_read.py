#!/usr/bin/env python3
"""What reading a large file costs a guest, beside the same loop in native C.

    bench/wasi_read.py --cwasm build/release/cwasm [--mib 1024] [--rounds 9]

One C program (read(2) of 64 KiB until the end) is compiled for the host and for WASI. Native, --dir, --overlay and --file run in turn on one
file that is in the page cache; CPU time of whole processes, smallest and median of the ratios to the native run of the same round.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from common import guest_compiler, tool  # noqa: E402

PROGRAM = r"""
#include <fcntl.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    static char buf[65536];
    long long total = 0, n;
    int fd = open(argv[1], O_RDONLY);
    while ((n = read(fd, buf, sizeof buf)) > 0)
        total += n;
    return argc != 2 || total == 0;
}
"""


def cpu_seconds(command):
    pid = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{command}: status {status}")
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    cwasm = str(Path(options.cwasm).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "read.c").write_text(PROGRAM)
        subprocess.run([tool("gcc", "gcc"), "-O2", folder / "read.c", "-o", folder / "read"], check=True)
        subprocess.run([*guest_compiler("clang-19 lld-19 wasi-libc"), "--target=wasm32-wasi", "-O2", folder / "read.c", "-o", folder / "read.wasm"], check=True)
        with open(folder / "big", "wb") as f:
            for _ in range(options.mib):
                f.write(b"x" * (1 << 20))
        wasm = str(folder / "read.wasm")
        commands = {
            "native": [str(folder / "read"), str(folder / "big")],
            "--dir": [cwasm, "run", f"--dir={folder}::/d", wasm, "/d/big"],
            "--overlay": [cwasm, "run", f"--overlay={folder}::/d", wasm, "/d/big"],
            "--file": [cwasm, "run", f"--file={folder}/big::/d/big", wasm, "/d/big"],
        }
        times = {what: [] for what in commands}
        for _ in range(options.rounds):
            for what, command in commands.items():
                times[what].append(cpu_seconds(command))
    print(f"{options.mib} MiB, {options.rounds} rounds\n\n| program | CPU, best (ms) | best / native | median of ratios |\n|---|---|---|---|")
    for what, t in times.items():
        ratios = [a / b for a, b in zip(t, times["native"])]
        print(f"| {what} | {min(t) * 1000:.1f} | {min(t) / min(times['native']):.3f} | {statistics.median(ratios):.3f} |")


if __name__ == "__main__":
    main()
