#!/usr/bin/env python3
"""Installs a build into a folder, moves that, and builds programs against it as embedders do: by pkg-config, statically and not, and by
find_package. Prints a closing line "N passed, N failed".

    run.py --build build/check --cc clang-19
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "hello.c"
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(embedder LANGUAGES C)
find_package(cwasm 0.1 REQUIRED)
foreach(kind cwasm cwasm_static)
  add_executable(with_${kind} "%s")
  target_link_libraries(with_${kind} PRIVATE cwasm::${kind})
endforeach()
"""
failed = []


def run(*words, **env):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, env={**os.environ, **env})
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def case(name, test):
    try:
        out = test()
        problem = "" if "42" in out else f"it printed {out!r}"
    except RuntimeError as e:
        problem = str(e)
    print("ok  " if not problem else "FAIL", name, problem)
    if problem:
        failed.append(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=Path)
    parser.add_argument("--cc", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before, prefix = Path(folder, "first"), Path(folder, "moved here")
        run("cmake", "--install", options.build, "--prefix", before)
        shutil.move(before, prefix)
        (pc,), (library,) = prefix.glob("**/cwasm.pc"), prefix.glob("**/libcwasm.so")
        env = {"PKG_CONFIG_PATH": str(pc.parent), "LD_LIBRARY_PATH": str(library.parent)}

        def by_pkg_config(*more):
            flags = shlex.split(run("pkg-config", "--cflags", "--libs", *more, "cwasm", **env))
            if more:   # --static is about what else is needed; the library itself is chosen here
                flags = ["-l:libcwasm.a" if f == "-lcwasm" else f for f in flags]
            program = Path(folder, "hello")
            run(options.cc, EXAMPLE, "-o", program, *flags)
            return run(program, **env)

        def by_cmake(kind):
            build = Path(folder, "build")
            Path(folder, "CMakeLists.txt").write_text(PROJECT % EXAMPLE)
            generator = re.search(r"^CMAKE_GENERATOR:INTERNAL=(.*)$", (options.build / "CMakeCache.txt").read_text(), re.M)[1]
            run("cmake", "-G", generator, "-S", folder, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_COMPILER={options.cc}")
            run("cmake", "--build", build)
            return run(build / f"with_{kind}")

        case("pkg-config", by_pkg_config)
        case("pkg-config --static", lambda: by_pkg_config("--static"))
        case("find_package, shared", lambda: by_cmake("cwasm"))
        case("find_package, static", lambda: by_cmake("cwasm_static"))
    print(f"{4 - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
