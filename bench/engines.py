"""The engines that can be measured: cwasm (one or more builds), rivals from the cache folder (build_rivals.py puts them there), and others that are
found on PATH."""

import shlex
import shutil
import subprocess
from pathlib import Path

import common
from common import choose, die


class Engine:
    """`command` and the file, then the program's arguments, run a program. `prepare` makes the file to run from the .wasm, outside of the measured
    time; `folder(host, guest)` are the options that show a folder to the guest. `cold`: a compiler that compiles within the measured time."""

    def __init__(self, name, command, version, prepare=lambda wasm: wasm, folder=lambda host, guest: [f"--dir={host}::{guest}"], cold=False):
        self.name, self.command, self.version, self.prepare, self.folder, self.cold = name, command, version, prepare, folder, cold

    def run(self, wasm, args=(), folders=()):
        return [*self.command, *(o for f in folders for o in self.folder(*f)), self.prepare(wasm), *args]


def add_options(p):
    p.add_argument("--cwasm", metavar="PATH", help="the cwasm to measure (or a command, as 'b/cwasm run --option')")
    p.add_argument("--cwasm-b", metavar="PATH", help="a second build, to compare two")
    p.add_argument("--build", action="append", default=[], metavar="NAME=PATH", help="a further build, measured as cwasm-NAME")
    p.add_argument("--prototype", metavar="DIR", help="a folder with prototype-d and its guests (NAME.wasm, NAME.native)")
    p.add_argument("--engines", metavar="A,B", help="only these (coldstart.py: also these); the first is what ratios refer to")
    p.add_argument("--rivals", metavar="PATH", help="the binary of bench/rivals (default: in the cache)")
    p.add_argument("--wasmi-cli", metavar="PATH", help="wasmi's own program (default: in the cache)")
    p.add_argument("--wasmtime", metavar="PATH", help="default: in the cache, or on PATH")


def wanted(opts, default):
    known = find(opts)
    return [known[n] for n in choose(opts.engines.split(",") if opts.engines else default, list(known), "engine")]


def find(opts):
    """name -> engine, of all that can be run here, in the order of the tables."""
    return {e.name: e for part in (cwasm, embedded, programs, wasmtime, wazero, on_path, native) for e in part(opts)}


def cwasm(opts):
    more = [(f"cwasm-{name}", text) for name, _, text in (b.partition("=") for b in opts.build)]
    for name, text in (("cwasm", opts.cwasm), ("cwasm-b", opts.cwasm_b), *more):
        if text:
            words = shlex.split(text)
            found = shutil.which(words[0]) or die(f"{words[0]}: no such program")
            program = str(Path(found).resolve())
            yield Engine(name, [program, *(words[1:] or ["run"])], common.cwasm_version(program))


def embedded(opts):
    """Engines in bench/rivals."""
    rivals = Path(opts.rivals) if opts.rivals else opts.cache / "rivals"
    parts = [(rivals, (("silverfir", "sf-nano-core"), ("wasmi", "wasmi"), ("wasm3", "wasm3x"))), (opts.cache / "rivals-wamr", (("wamr", "wamrx"),))]
    for program, crates in parts:
        if program.exists():
            text = subprocess.run([program, "versions"], stdout=subprocess.PIPE, text=True).stdout
            versions = dict(line.split() for line in text.splitlines())
            for name, crate in crates:
                yield Engine(name, [program, name], f"{crate} {versions.get(crate)} embedded in bench/rivals")


def programs(opts):
    wasmi = binary(opts.wasmi_cli, opts.cache / "wasmi_cli" / "bin" / "wasmi", None)
    if wasmi:
        yield Engine("wasmi-cli", [wasmi], common.first_line([wasmi, "--version"]), folder=lambda host, guest: ["--dir", host])
    if opts.prototype:
        yield Engine("prototype", [Path(opts.prototype) / "prototype-d"], "prototype D (no validation)")


def native(opts):
    yield Engine("native", [], "clang-19 -O2, rustc, Go")


def wasmtime(opts):
    """Wasmtime's interpreter and both compilers: with modules compiled beforehand, and compiling within the measured time, without a cache."""
    program = binary(opts.wasmtime, opts.cache / "wasmtime", "wasmtime")
    if not program:
        return
    version = common.first_line([program, "--version"])
    ways = (("pulley", ["--target", "pulley64"]), ("winch", ["-C", "compiler=winch"]), ("wasmtime", []))
    for name, flags in ways:
        yield Engine(name, [program, "run", "--allow-precompiled", *flags], f"{version}, compiled beforehand",
                     precompiler(program, flags, name))
    for name, flags in ways:
        yield Engine(f"{name}-cold", [program, "run", "-C", "cache=n", *flags], f"{version}, compiles at start, no cache", cold=True)


def precompiler(program, flags, name):
    def prepare(wasm):
        target = wasm.with_suffix(f".{name}")
        if common.stale(target, wasm, Path(program)):
            subprocess.run([program, "compile", *flags, str(wasm), "-o", str(target)], check=True)
        return target
    return prepare


def wazero(opts):
    """Its compiler has no way to compile beforehand but a cache. Its interpreter takes about ten times as long as the others."""
    program = binary(None, opts.cache / "wazero", "wazero")
    if program:
        version = f"wazero {common.first_line([program, 'version'])}"
        mount = lambda host, guest: [f"-mount={host}:{guest}"]
        yield Engine("wazero-cold", [program, "run"], f"{version}, compiles at start", folder=mount, cold=True)
        yield Engine("wazero-interpreter", [program, "run", "-interpreter"], f"{version}, interpreter", folder=mount, cold=True)


def on_path(opts):
    """Other people's command-line programs, as they are installed."""
    ways = (("wasm3-cli", "wasm3", []), ("iwasm", "iwasm", []), ("wasmedge", "wasmedge", []), ("wasmer", "wasmer", ["run"]), ("toywasm", "toywasm", ["--wasi"]))
    for name, program, words in ways:
        found = shutil.which(program)
        if found:
            yield Engine(name, [found, *words], common.first_line([found, "--version"]) or program, cold=name in ("wasmer", "wasmedge"))


def binary(told, cached, on_path):
    if told:
        return told if Path(told).exists() else die(f"{told}: no such program")
    return str(cached) if cached.exists() else on_path and shutil.which(on_path)
