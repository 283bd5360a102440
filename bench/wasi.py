#!/usr/bin/env python3
"""What a WASI call costs, against the same in C; what reading a file of 1 GiB costs, and what the second wall costs.

    bench/wasi.py --cwasm build/release/cwasm [--cwasm-b OLD] [--calls 1000000] [--rounds 15] [--only calls,files,reading,wall] [--out bench/results/wasi.md]

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


# Calls on files of the host: what they are, in C (d is the directory), in a guest (descriptor 3 is the directory; $open path size oflags rights; $fd what
# it gave), and the words of a path that both get.
FILES = {
    "path_open, fd_close": ("close(openat(d, PATH, O_RDONLY))", "(call $open (i32.const 0) (i64.const 2)) (call $close)", "file"),
    "the same, three directories down": ("close(openat(d, PATH, O_RDONLY))", "(call $open (i32.const 0) (i64.const 2)) (call $close)", "a/b/c/file"),
    "the same, a directory": ("close(openat(d, PATH, O_RDONLY | O_DIRECTORY))", "(call $open (i32.const 2) (i64.const 0x4000)) (call $close)", "a"),
    "path_open that makes a file, fd_close, path_unlink_file": ("close(openat(d, PATH, O_WRONLY | O_CREAT, 0666)), unlinkat(d, PATH, 0)",
                                                                "(call $open (i32.const 1) (i64.const 64)) (call $close) (drop (call $unlink (i32.const 3) (i32.const 64) (global.get $size)))", "new"),
    "path_filestat_get": ("fstatat(d, PATH, &st, 0)", "(call $stat)", "file"),
    "the same, three directories down ": ("fstatat(d, PATH, &st, 0)", "(call $stat)", "a/b/c/file"),
    "fd_filestat_get": ("fstat(f, &st)", "(drop (call $fstat (i32.const 4) (i32.const 256)))", "file"),
    "fd_pread of 64 bytes": ("pread(f, buf, 64, 0)", "(drop (call $pread (i32.const 4) (i32.const 16) (i32.const 1) (i64.const 0) (i32.const 8)))", "file"),
    "fd_seek": ("lseek(f, 0, SEEK_SET)", "(drop (call $seek (i32.const 4) (i64.const 0) (i32.const 0) (i32.const 8)))", "file"),
    "poll_oneoff, a stream": ("poll(&p, 1, 0)", "(drop (call $poll (i32.const 1024) (i32.const 1280) (i32.const 1) (i32.const 8)))", "file"),
}
FILES_C = r"""
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    struct stat st;
    struct pollfd p = { 0, POLLIN, 0 };
    char buf[64];
    int d = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC), f = openat(d, "file", O_RDONLY);
    (void)st, (void)p, (void)buf, (void)f, (void)argc;
    for (long n = atol(argv[2]); n > 0; n--)
        CALL;
    return 0;
}
"""
FILES_WAT = """(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fstat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $size i32 (i32.const SIZE))
  (data (i32.const 16) "\\00\\02\\00\\00\\40\\00\\00\\00") (data (i32.const 64) "PATH") (data (i32.const 128) "file") (data (i32.const 1032) "\\01")
  (func $open (param $oflags i32) (param $rights i64)
    (if (call $path_open (i32.const 3) (i32.const 1) (i32.const 64) (global.get $size) (local.get $oflags) (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 8))
      (then unreachable)))
  (func $close (if (call $fd_close (i32.load (i32.const 8))) (then unreachable)))
  (func $stat (if (call $path_stat (i32.const 3) (i32.const 1) (i32.const 64) (global.get $size) (i32.const 256)) (then unreachable)))
  (func (export "run") (param $n i32)
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 128) (i32.const 4) (i32.const 0) (i64.const 0x200006) (i64.const 0) (i32.const 0) (i32.const 12)))
    (loop $again BODY (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
"""


def files(folder, helper, programs, calls, rounds):
    """Rows of a table: per call the times in C and of each program, and the ratios."""
    tree = folder / "tree"
    (tree / "a/b/c").mkdir(parents=True)
    for f in ("file", "a/b/c/file"):
        (tree / f).write_bytes(bytes(100))
    few, rows = 100, []
    for i, (name, (c, body, path)) in enumerate(FILES.items()):
        source, wat = folder / f"files{i}.c", folder / f"files{i}.wat"
        source.write_text(FILES_C.replace("CALL", c.replace("PATH", f'"{path}"')))
        compile_c([tool("musl-gcc", "musl-tools"), "-O2", "-static"], source, folder / f"files{i}")
        wat.write_text(FILES_WAT.replace("SIZE", str(len(path))).replace("PATH", path).replace("BODY", body))
        subprocess.run([tools.find_tool("wasm-tools"), "parse", wat, "-o", wat.with_suffix(".wasm")], check=True)
        commands = []
        for n in (few, calls):
            commands.append([folder / f"files{i}", tree, n])
            commands += [[p, "run", "--no-second-wall", f"--dir={tree}::/", "--invoke", "run", wat.with_suffix(".wasm"), n] for p in programs]
        k = 1 + len(programs)
        best = fastest(measure(helper, commands, rounds, folder / "out"), 2 * k)
        ns = [(best[k + j] - best[j]) / (calls - few) * 1e9 for j in range(k)]
        rows.append([name.strip(), *(f"{t:.0f}" for t in ns), *(f"{t / ns[0]:.2f}" for t in ns[1:])])
    return rows


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
    parser.add_argument("--cwasm-b", help="another one, for the calls on files")
    parser.add_argument("--only", default="calls,files,reading,wall", help="parts of the report, by default all: %(default)s")
    parser.add_argument("--calls", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--out", help="write the report there, too")
    options = parser.parse_args()
    cwasm, few, parts = str(Path(options.cwasm).resolve()), 1000, options.only.split(",")
    report = [head("WASI calls", {"cwasm": first_line([cwasm, "--version"])}, ["Smallest of the times of each program, which ran in turn. Nothing here is a promise: ratios travel, times do not."])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        helper = build_measure(folder)
        for source, text in (("native", NATIVE), ("hello", HELLO)):
            (folder / f"{source}.c").write_text(text)
            compile_c([tool("musl-gcc", "musl-tools"), "-O2", "-static"], folder / f"{source}.c", folder / source)
        if "calls" in parts:
            commands, k = [], 1 + len(CALLS)
            for n in (few, options.calls):
                commands.append([folder / "native", n])
                commands += [[cwasm, "run", "--no-second-wall", "--invoke", "run", guest(folder, c), n] for c in CALLS]
            best = fastest(measure(helper, commands, options.rounds, folder / "out"), 2 * k)
            ns = [(best[k + i] - best[i]) / (options.calls - few) * 1e9 for i in range(k)]
            rows = [["clock_gettime in C", f"{ns[0]:.0f}", "1.00", "the yardstick"]]
            rows += [[c, f"{ns[1 + i]:.0f}", f"{ns[1 + i] / ns[0]:.2f}", CALLS[c][2]] for i, c in enumerate(CALLS)]
            report.append(table(["call", "ns", "ratio", "on the host"], rows))
        if "files" in parts:
            programs = [cwasm] + ([str(Path(options.cwasm_b).resolve())] if options.cwasm_b else [])
            names = ["cwasm", "cwasm B"][:len(programs)]
            report.append("## Calls on files\n\nIn nanoseconds, beside the same system call in C, static, musl. On a directory of the host, without the second wall.\n\n"
                          + table(["call", "C", *names, *(f"{n} / C" for n in names)], files(folder, helper, programs, max(200, options.calls // 20), options.rounds)))
        if "reading" in parts:
            native, module, big = reading(folder)
            reads = fastest(measure(helper, [[native, big], [cwasm, "run", f"--dir={folder}::/", module, "/big"]], options.rounds, folder / "out"), 2)
            big.unlink()
            report.append("## Reading 1 GiB\n\nA file in the page cache, in pieces of 64 KiB, from start to end, in milliseconds.\n\n" + table(
                ["program", "ms", "ratio"], [[w, f"{t * 1e3:.0f}", f"{t / reads[0]:.3f}"] for w, t in zip(("in C, static, musl", "the same in a guest, by fd_read"), reads)]))
        if "wall" in parts:
            start = [[folder / "hello"], [cwasm, "run", "--no-second-wall", hello(folder)], [cwasm, "run", hello(folder)]]
            best = fastest(measure(helper, start, options.rounds * 20, folder / "out"), 3)
            walls = zip(("hello in C, static, musl", "cwasm run --no-second-wall hello.wasm", "cwasm run hello.wasm"), best)
            report.append("## The second wall\n\nFrom start to end, in microseconds.\n\n" + table(["program", "us", "ratio"], [[w, f"{t * 1e6:.0f}", f"{t / best[0]:.2f}"] for w, t in walls])
                          + f"\n\nThe second wall costs {(best[2] - best[1]) * 1e6:.0f} us.")
    text = "\n\n".join(report) + "\n"
    print(text)
    if options.out:
        Path(options.out).write_text(text)


if __name__ == "__main__":
    main()
