#!/usr/bin/env python3
"""What a WASI call costs, what reading a file of 1 GiB costs, and what the second wall costs.

    bench/wasi.py --cwasm build/release/cwasm [--calls 1000000] [--rounds 15] [--out bench/results/wasi.md]

A guest makes one call again and again in a loop of three instructions; the figure is the time per turn, interpreter included, from whole
processes: (time of N turns - time of 1000 turns) / (N - 1000). All programs run in turn, the smallest time of each counts. The yardstick
is clock_gettime in a loop in C, in the same rounds.
"""
import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))
from common import build_measure, compile_c, first_line, head, measure, table, tool  # noqa: E402
import subprocess  # noqa: E402
import tools  # noqa: E402

NATIVE = r"""
#include <stdlib.h>
#include <time.h>
int main(int argc, char **argv)
{
    struct timespec t;
    for (long n = argc > 1 ? atol(argv[1]) : 0; n > 0; n--)
        clock_gettime(CLOCK_MONOTONIC, &t);
    return 0;
}
"""
HELLO = r"""
#include <unistd.h>
int main(void) { return write(1, "hello, wasi\n", 12) != 12; }
"""
# The same source for both: a file to its end, in pieces of 64 KiB.
READING = r"""
#include <fcntl.h>
#include <unistd.h>
static char buf[65536];
int main(int argc, char **argv)
{
    long size = 0, n;
    int fd = open(argc > 1 ? argv[1] : "", O_RDONLY);
    while ((n = read(fd, buf, sizeof buf)) > 0)
        size += n;
    return size != 1L << 30;
}
"""
# name: parameters, arguments, what it does on the host
CALLS = {
    "args_sizes_get": ("i32 i32", "(i32.const 0) (i32.const 8)", "no system call"),
    "clock_time_get": ("i32 i64 i32", "(i32.const 1) (i64.const 0) (i32.const 8)", "clock_gettime by the vDSO"),
    "fd_fdstat_get": ("i32 i32", "(i32.const 1) (i32.const 8)", "no system call; looks up a descriptor"),
    "random_get": ("i32 i32", "(i32.const 0) (i32.const 8)", "one system call"),
}


def guest(folder, name):
    params, arguments, _ = CALLS[name]
    text = f"""(module (import "wasi_snapshot_preview1" "{name}" (func $f {f'(param {params})' if params else ''} (result i32)))
      (memory (export "memory") 1)
      (func (export "run") (param $n i32)
        (loop $again (drop (call $f {arguments})) (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"""
    wat = folder / f"{name}.wat"
    wat.write_text(text)
    subprocess.run([tools.find_tool("wasm-tools"), "parse", wat, "-o", wat.with_suffix(".wasm")], check=True)
    return wat.with_suffix(".wasm")


def hello(folder):
    wat = folder / "hello.wat"
    wat.write_text("""(module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\0c\\00\\00\\00") (data (i32.const 16) "hello, wasi\\0a")
      (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))""")
    subprocess.run([tools.find_tool("wasm-tools"), "parse", wat, "-o", wat.with_suffix(".wasm")], check=True)
    return wat.with_suffix(".wasm")


def reading(folder):
    """The native program, the guest's module, and a file of 1 GiB, which is in memory then."""
    source, module, big = folder / "reading.c", folder / "reading.wasm", folder / "big"
    source.write_text(READING)
    compile_c([tool("musl-gcc", "musl-tools"), "-O2", "-static"], source, folder / "reading")
    subprocess.run([*tools.guest_compiler(), "--target=wasm32-wasi", "-Xclang", "-O2", source, "-o", module], check=True)
    with big.open("wb") as f:
        for _ in range(1024):
            f.write(bytes(1 << 20))
    return folder / "reading", module, big


def fastest(samples, n):
    return [min(s.wall for s in samples if s.index == i) for i in range(n)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True)
    parser.add_argument("--calls", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--out", help="write the report there, too")
    options = parser.parse_args()
    cwasm, few = str(Path(options.cwasm).resolve()), 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        helper = build_measure(folder)
        for source, text in (("native", NATIVE), ("hello", HELLO)):
            (folder / f"{source}.c").write_text(text)
            compile_c([tool("musl-gcc", "musl-tools"), "-O2", "-static"], folder / f"{source}.c", folder / source)
        commands, names = [], ["native", *CALLS]
        for n in (few, options.calls):
            commands.append([folder / "native", n])
            commands += [[cwasm, "run", "--no-second-wall", "--invoke", "run", guest(folder, c), n] for c in CALLS]
        k = len(names)
        best = fastest(measure(helper, commands, options.rounds, folder / "out"), 2 * k)
        ns = [(best[k + i] - best[i]) / (options.calls - few) * 1e9 for i in range(k)]
        rows = [["clock_gettime in C", f"{ns[0]:.0f}", "1.00", "the yardstick"]]
        rows += [[c, f"{ns[1 + i]:.0f}", f"{ns[1 + i] / ns[0]:.2f}", CALLS[c][2]] for i, c in enumerate(CALLS)]
        native, module, big = reading(folder)
        reads = fastest(measure(helper, [[native, big], [cwasm, "run", f"--dir={folder}::/", module, "/big"]], options.rounds, folder / "out"), 2)
        big.unlink()
        read_rows = [[w, f"{t * 1e3:.0f}", f"{t / reads[0]:.3f}"] for w, t in zip(("in C, static, musl", "the same in a guest, by fd_read"), reads)]
        start = [[folder / "hello"], [cwasm, "run", "--no-second-wall", hello(folder)], [cwasm, "run", hello(folder)]]
        best = fastest(measure(helper, start, options.rounds * 20, folder / "out"), 3)
        walls = [[w, f"{t * 1e6:.0f}", f"{t / best[0]:.2f}"] for w, t in zip(("hello in C, static, musl", "cwasm run --no-second-wall hello.wasm",
                                                                              "cwasm run hello.wasm"), best)]
        report = (head("WASI calls", {"cwasm": first_line([cwasm, "--version"])}, ["Smallest of the times of each program, which ran in turn. Nothing here is a promise: ratios travel, times do not."]) + "\n\n"
                  + table(["call", "ns", "ratio", "on the host"], rows)
                  + "\n\n## Reading 1 GiB\n\nA file in the page cache, in pieces of 64 KiB, from start to end, in milliseconds.\n\n" + table(["program", "ms", "ratio"], read_rows) + "\n\n## The second wall\n\nFrom start to end, in microseconds.\n\n"
                  + table(["program", "us", "ratio"], walls) + f"\n\nThe second wall costs {(best[2] - best[1]) * 1e6:.0f} us.\n")
    print(report)
    if options.out:
        Path(options.out).write_text(report)


if __name__ == "__main__":
    main()
