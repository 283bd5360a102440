#!/usr/bin/env python3
"""Lines of the source in messages: what traps of debug builds say, and that every address of real programs has the line that llvm-symbolizer gives it.

    run.py --cwasm build/dev/cwasm --lookup build/dev/tests/lines_lookup [--addresses 4000] [--module FILE...]

--module looks addresses of other modules up, too. One line per failure, in the end "N passed, N failed".
"""
import argparse
import glob
import json
import os
import pathlib
import posixpath
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from tools import guest_compiler  # noqa: E402

FRAME = re.compile(r"  at (\S+) \(func \d+ @ offset 0x[0-9a-f]+\)(?: at (.+?)(?::(\d+)(?::(\d+))?)?)?(, \d+ times)?")


class Tests:
    def __init__(self, options, folder):
        self.o, self.folder, self.passed, self.failed = options, folder, 0, 0

    def check(self, name, ok, why=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}: {why}")

    def build(self, command, name):
        target = self.folder / name
        subprocess.run([*command, "-o", target], check=True, cwd=HERE)
        return target

    def run(self, module, *args, options=(), stdin=None):
        done = subprocess.run([self.o.cwasm, "run", *options, module, *args], cwd=self.folder, stdin=stdin or subprocess.DEVNULL, capture_output=True)
        return done.returncode, done.stderr.decode()

    def lines_of(self, source):
        """{what: number} of the lines with a comment "frame: what"."""
        found = {}
        for n, line in enumerate((HERE / source).read_text().splitlines(), 1):
            mark = re.search(r"frame: (\w+)", line)
            if mark:
                found[mark[1]] = n
        return found

    def says(self, name, err, source, message, wanted):
        """wanted: [(part of the function's name, line)] of frames in this order; others may stand between them."""
        frames = [FRAME.fullmatch(line) for line in err.splitlines() if line.startswith("  at ")]
        self.check(f"{name}: message", message in err, f"{message!r} wanted in\n{err}")
        self.check(f"{name}: form", all(frames), err)
        rest = iter(f for f in frames if f)
        for part, line in wanted:
            frame = next((f for f in rest if part in f[1]), None)
            ok = frame and frame[2] and pathlib.PurePosixPath(frame[2]).name == source and frame[3] == str(line)
            self.check(f"{name}: {part}", ok, f"line {line} of {source} wanted in\n{err}")

    # ---- Messages ----

    def c_program(self, cc, version):
        module = self.build([*cc, "--target=wasm32-wasi", f"-gdwarf-{version}", "-mexception-handling", "-Wall", "guest.c"], f"c{version}.wasm")
        line, name = self.lines_of("guest.c"), f"C, DWARF {version}"
        divide = [("divide", line["divide"]), ("average", line["divide"] + 8)]
        status, err = self.run(module)
        self.check(f"{name}: status", status == 134, err)
        self.says(name, err, "guest.c", "integer divide by zero", divide)
        self.check(f"{name}: directory", (f" at {HERE}/guest.c:" in err) == (version == 5), err)
        _, err = self.run(module, "throw")
        self.says(f"{name}, exception", err, "guest.c", "uncaught exception: tag 0", [("throws", line["throws"]), ("main", line["main"])])
        _, err = self.run(module, "deep")
        self.says(f"{name}, deep", err, "guest.c", "frames left out", [("divide", line["divide"]), ("deeper", line["deeper"])])
        self.check(f"{name}, deep: runs", re.search(r" at \S*guest.c:%d:\d+, \d+ times" % line["deeper"], err), err)
        with open(module, "rb") as stdin:
            _, err = self.run("-", stdin=stdin)
        self.says(f"{name}, stdin", err, "guest.c", "integer divide by zero", divide)

        report = self.folder / "report.json"
        self.run(module, options=(f"--report=json:{report}",))
        trap = json.loads(report.read_text())["trap"]
        for frame in (trap, trap["frames"][0]):
            self.check(f"{name}, report", frame["function"] == "divide" and frame["file"].endswith("guest.c") and frame["line"] == line["divide"]
                       and frame["column"] == 14, frame)
        odd = [f for f in trap["frames"] if (f["file"] is None) != (f["column"] is None) or (f["file"] is None and f["line"] is not None)]
        self.check(f"{name}, report: frames", not odd, odd)

        _, err = self.run(module, "print", options=("--trace-wasi",))
        self.check(f"{name}, trace", re.search(r"^fd_write\(.* us> \S+ at \S+\.c:\d+:\d+$", err, re.M), err)
        _, err = self.run(module, "print", options=("--trace-wasi=fd_write", "--trace-wasi-format=json"))
        call = json.loads(err.splitlines()[0])
        self.check(f"{name}, trace as JSON", len(call["sources"]) == len(call["callers"]) and any(s and ".c:" in s for s in call["sources"]), call)

        # A guest that writes over the file it came from changes nothing but its own message.
        for byte in (0, 1, 127, 128, 255):
            own = self.folder / "own.wasm"
            shutil.copy(module, own)
            status, err = self.run(own, "", "/d/own.wasm", str(byte), options=(f"--dir={self.folder}::/d",))
            self.check(f"{name}, written over with {byte}", status == 134 and "integer divide by zero" in err and "(func " in err, f"{status} {err}")
        return module

    def large(self, module):
        """What only debuggers need is not read for a report."""
        big = self.folder / "big.wasm"
        size = 128 << 20   # holes: this process stays small, whose peak is where that of a child begins
        with open(big, "wb") as file:
            file.write(module.read_bytes() + b"\0" + bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127 | 128, size >> 21]))
            at = file.tell()
            file.write(b"\x0b.debug_info")
            file.truncate(at + size)
        usual, report = [], self.folder / "report.json"
        for path in (module, big):
            status, err = self.run(path, options=(f"--report=json:{report}",))
            usual.append(json.loads(report.read_text())["peak_memory_bytes"])
            self.check("large: the same message", status == 134 and re.search(r"at divide .* at \S*guest.c:\d+", err), err)
        self.check("large: memory", usual[1] < usual[0] + (8 << 20), f"{usual}")

    def refused(self, module, version):
        """A module with a broken instruction names its function and line like a trap there, wherever its debug information is."""
        line, name = self.lines_of("guest.c")["divide"], f"refused, DWARF {version}"
        _, err = self.run(module)
        at = int(re.search(r"at divide \(func \d+ @ offset 0x([0-9a-f]+)", err)[1], 16)
        good = module.read_bytes()
        self.check(f"{name}: i32.div_s", good[at] == 0x6d, f"{good[at]:#x}")
        behind = re.compile(r"\(func \d+ divide @ offset 0x%x\) at \S*guest\.c:%d:14$" % (at, line), re.M)
        broken, report = self.folder / "broken.wasm", self.folder / "error.json"
        for what, byte, kind in (("type", 0x7f, "invalid"), ("no such opcode", 0xff, "invalid"), ("feature", 0x12, "unsupported")):
            broken.write_bytes(good[:at] + bytes([byte]) + good[at + 1:])
            options = ["-Wtail-call=n"] if kind == "unsupported" else []
            for command in (["run", "--compile=lazy"], ["run", "--compile=eager", f"--report=json:{report}"], ["run", "--fuel=1"], ["validate"], ["inspect"], ["disasm"],
                            ["run", f"--preload=x={broken}", f"--report=json:{report}"]):
                preloads = any("--preload" in word for word in command)
                done = subprocess.run([self.o.cwasm, *command, *options, module if preloads else broken], cwd=self.folder, capture_output=True, text=True)
                self.check(f"{name}, {what}: {command}", done.returncode == 126 and len(done.stderr.splitlines()) == 1 and behind.search(done.stderr), done.stderr)
                if report.exists():
                    data = json.loads(report.read_text())
                    report.unlink()
                    error = data["error"]
                    self.check(f"{name}, {what}: report", data["kind"] == kind and data["trap"] is None and error["function"] == "divide" and error["offset"] == at
                               and error["file"].endswith("guest.c") and (error["line"], error["column"]) == (line, 14), data)
        size = 32 << 20
        broken.write_bytes(good[:at] + b"\x7f" + good[at + 1:] + b"\0" + bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127 | 128, size >> 21]) +
                           b"\x0b.debug_info" + bytes(size - 12))
        for stdin in (None, broken):
            with open(broken, "rb") as file:
                _, err = self.run("-" if stdin else broken, stdin=file if stdin else None)
            self.check(f"{name}, large, stdin {stdin is not None}", behind.search(err), err)
        broken.write_bytes(good[:at] + b"\x7f" + good[at + 1:-3])
        _, err = self.run(broken)
        self.check(f"{name}, cut off", "malformed module" in err and "(func" not in err, err)

    # ---- Every address ----

    def compare(self, name, module):
        data = module.read_bytes()
        size = len(data)
        random.seed(name)
        addresses = [random.randrange(1, size) for _ in range(20 * self.o.addresses)]
        code = self.code_size(data)
        addresses = ([a for a in addresses if a < code] + [random.randrange(1, code) for _ in range(self.o.addresses)])[:self.o.addresses] + [0, 2**32 - 1]
        text = "".join(f"{a:#x}\n" for a in addresses)
        ours = subprocess.run([self.o.lookup, module], input=text, capture_output=True, text=True)
        self.check(f"{name}: lookup", ours.returncode == 0, ours.stderr)
        known = dict(line.split(" ", 1) for line in ours.stdout.splitlines()[:-1])
        theirs = subprocess.run([self.o.symbolizer, f"--obj={module}", "--no-inlines", "--functions=none"], input=text, capture_output=True, text=True)
        theirs = [line for line in theirs.stdout.splitlines() if line]
        self.check(f"{name}: llvm-symbolizer", len(theirs) == len(addresses), f"{len(theirs)} lines")
        wrong, ours_alone = [], 0
        for address, their in zip(addresses, theirs):
            our = known.get(f"{address:#x}")
            path, line, column = their.rsplit(":", 2)
            if path == "??":   # with copies of inline functions that the linker dropped there are line tables of both, at the same place; which of
                ok = True      # them belongs to the code only .debug_info knows. The first does, but may begin a few bytes later
                ours_alone += our is not None
            elif our is None:
                ok = False
            else:   # before version 5 it gets the compilation directory from somewhere else
                our_path, *ours_at = our.rsplit(":", 2)
                ok = ours_at == [line, column] and posixpath.normpath(path).endswith(posixpath.normpath(our_path))
            if not ok:
                wrong.append(f"{address:#x}: {our}, llvm-symbolizer: {their}")
        self.check(f"{name}: {len(addresses)} addresses", not wrong, "\n  ".join([f"{len(wrong)} differ", *wrong[:5]]))
        self.check(f"{name}: unknown to llvm-symbolizer", ours_alone * 500 < len(addresses), f"{ours_alone} of {len(addresses)}")
        self.check(f"{name}: most are known", len(known) * 2 > len(set(addresses)), f"{len(known)} of {len(addresses)}")

    @staticmethod
    def code_size(data):
        at = 8
        while at < len(data):
            section, at, size = data[at], at + 1, 0
            for shift in range(0, 35, 7):
                byte, at = data[at], at + 1
                size |= (byte & 127) << shift
                if byte < 128:
                    break
            if section == 10:
                return size
            at += size
        raise ValueError("no code")

    def main(self):
        cc, cxx = guest_compiler(), guest_compiler("clang++")
        if not cc or not cxx or not self.o.symbolizer:
            sys.exit("clang and llvm-symbolizer are needed: apt install clang-19 lld-19 llvm-19")
        for version in (4, 5):
            module = self.c_program(cc, version)
            self.compare(f"C, DWARF {version}", module)
            self.large(module)
            self.refused(module, version)
            for level in ("-O0", "-O2"):
                module = self.build([*cxx, "--target=wasm32-wasi", "-fno-exceptions", f"-gdwarf-{version}", level, "guest.cpp"], "cpp.wasm")
                self.compare(f"C++ {level}, DWARF {version}", module)
        for version in (2, 3):
            module = self.build([*cc, "--target=wasm32-wasi", f"-gdwarf-{version}", "-mexception-handling", "-O1", "guest.c"], "old.wasm")
            self.compare(f"C, DWARF {version}", module)
        compilers = ["/usr/bin/rustc", *sorted(glob.glob("/usr/lib/rust-*/bin/rustc")), shutil.which("rustc")]
        self.check("Rust", any(r and os.access(r, os.X_OK) and self.rust(r) for r in compilers), "no rustc with a WASI target: apt install libstd-rust-dev-wasm32")
        for module in self.o.module:
            self.compare(module.name, module.resolve())
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0

    def rust(self, rustc):
        module = self.folder / "rust.wasm"
        for target in ("wasm32-wasip1", "wasm32-wasi"):
            if subprocess.run([rustc, "-g", "--target", target, "guest.rs", "-o", module], cwd=HERE, capture_output=True).returncode == 0:
                line = self.lines_of("guest.rs")
                status, err = self.run(module)
                self.says("Rust", err[err.index("cwasm: "):], "guest.rs", "unreachable", [("pick", line["pick"]), ("main", line["main"])])
                self.compare("Rust", module)
                return True
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True, type=pathlib.Path)
    parser.add_argument("--lookup", required=True, type=pathlib.Path)
    parser.add_argument("--addresses", type=int, default=4000, help="of each program")
    parser.add_argument("--module", action="append", default=[], type=pathlib.Path)
    options = parser.parse_args()
    options.cwasm, options.lookup = options.cwasm.resolve(), options.lookup.resolve()
    options.symbolizer = next(filter(None, (shutil.which(f"llvm-symbolizer{v}") for v in ("-19", "-20", "-21", "-22", "-18", "-17", ""))), None)
    with tempfile.TemporaryDirectory(prefix="cwasm-lines-") as folder:
        return Tests(options, pathlib.Path(folder).resolve()).main()


if __name__ == "__main__":
    sys.exit(main())
