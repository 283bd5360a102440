#!/usr/bin/env python3
"""Keeps the documentation true: compiles and runs the snippets of README.md and docs/, and checks links and option lists.

    check_docs.py --root DIR --cwasm PATH --library libcwasm.a --cc CC [--cflags "..."] --build DIR

```c         a program if it has main(), run; a ```text block after it is its output. Else statements: they are put in a function with the
             usual objects in scope, and compiled.
```c top     definitions that the statements after them use.
```console   "$ command" lines and what they print, both streams together, run by sh in a folder with modules; "..." in a line stands for
             anything, a line "..." for any lines; "# ..." at the end of a command is for the reader. Indices of functions are not
             compared: they depend on the guest's C library.
A block after a comment that begins "not tested" is passed over.
"""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys

BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(#[^)]*)?\)")

PREAMBLE = """#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cwasm.h"
"""
FUNCTION = """
int snippet_%d(cwasm_engine *engine, cwasm_module *module, cwasm_store *store, cwasm_linker *linker, cwasm_instance *instance,
               cwasm_func *func, const void *bytes, size_t size)
{
    cwasm_error err;
    (void)engine, (void)module, (void)store, (void)linker, (void)instance, (void)func, (void)bytes, (void)size, (void)err;
    {
%s
    }
    return 0;
}
"""
GUESTS = {
    "args.wasm": """(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "_start") (local $i i32)
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $get (i32.const 64) (i32.const 65536)))
    (loop $next   ;; each NUL becomes a line end
      (if (i32.eqz (i32.load8_u offset=65536 (local.get $i))) (then (i32.store8 offset=65536 (local.get $i) (i32.const 10))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.load (i32.const 4)))))
    (i32.store (i32.const 8) (i32.const 65536))
    (i32.store (i32.const 12) (i32.load (i32.const 4)))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))""",
    "trap.wasm": """(module
  (func $divide (result i32) (i32.div_s (i32.const 1) (i32.const 0)))
  (func (export "_start") (drop (call $divide))))""",
    "app.wasm": '(module (func (export "_start")))',
    "spin.wasm": '(module (func $spin (export "_start") (loop $forever (br $forever))))',
}
C_GUESTS = {
    "mean": """#include <stdio.h>

__attribute__((noinline)) static int divide(int a, int b)
{
    return a / b;
}

__attribute__((noinline)) static int mean(const int *numbers, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += numbers[i];
    return divide(sum, n);
}

int main(void)
{
    printf("%d\\n", mean(NULL, 0));
    return 0;
}
""",
}


def like(line):
    """A pattern for a line of output."""
    return re.sub(r"\\\(func\\ \d+", r"\\(func\\ \\d+", ".*".join(re.escape(p) for p in line.split("...")))


class Checker:
    def __init__(self, options):
        self.o, self.passed, self.failed = options, 0, 0
        options.build.mkdir(parents=True, exist_ok=True)

    def result(self, name, problem):
        if problem:
            self.failed += 1
            print(f"FAILED {name}: {problem}")
        else:
            self.passed += 1

    def compile(self, name, source, link):
        path = self.o.build / f"{name}.c"
        path.write_text(source)
        target = self.o.build / (name if link else f"{name}.o")
        command = [self.o.cc, "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-missing-prototypes",
                   *shlex.split(self.o.cflags.replace(";", " ")), "-I", str(self.o.root / "include"), str(path), "-o", str(target)]
        command += [str(self.o.library), "-lpthread", "-lm"] if link else ["-c"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return target, done.stdout if done.returncode else None

    def c_blocks(self, name, blocks):
        statements, tops, programs = [], [], 0
        for i, (language, extra, body, line, following) in enumerate(blocks):
            if language != "c":
                continue
            if re.search(r"\bint main\(", body):
                programs += 1
                target, problem = self.compile(f"{name}_program{programs}", body, True)
                if not problem:
                    done = subprocess.run([str(target)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                    wanted = following if following is not None else done.stdout
                    if done.returncode or done.stdout != wanted:
                        problem = f"status {done.returncode}, printed {done.stdout!r}, wanted {wanted!r}"
                self.result(f"{name}:{line}", problem)
            elif extra.strip() == "top":
                tops.append(body)
            else:
                statements.append(body)
        if statements:
            source = PREAMBLE + "\n".join(tops) + "".join(FUNCTION % (i, body) for i, body in enumerate(statements))
            _, problem = self.compile(f"{name}_snippets", source, False)
            self.result(f"{name}, {len(statements)} snippets", problem)

    def console(self, name, line, body, folder):
        env = {**os.environ, "PATH": f"{self.o.cwasm.parent}{os.pathsep}{os.environ['PATH']}"}
        for step in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, wanted = step.partition("\n")
            done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=60)
            pattern = "".join(r"(.*\n)*" if l == "..." else like(l) + "\n"
                              for l in wanted.splitlines())
            ok = re.fullmatch(pattern, done.stdout)
            self.result(f"{name}:{line} $ {command}", None if ok else f"\n  wanted:\n{wanted}  printed:\n{done.stdout}")

    def document(self, path, folder):
        text, name = path.read_text(), path.stem.replace("-", "_")
        found = list(BLOCK.finditer(text))
        blocks = []
        for i, match in enumerate(found):
            before = text[:match.start()].rstrip().splitlines()
            if before and before[-1].startswith("<!-- not tested"):
                continue
            following = None
            if i + 1 < len(found) and found[i + 1].group(1) == "text" and found[i + 1].start() - match.end() < 40:
                following = found[i + 1].group(3)
            blocks.append((match.group(1), match.group(2), match.group(3), text.count("\n", 0, match.start()) + 1, following))
        self.c_blocks(name, blocks)
        for language, _, body, line, _ in blocks:
            if language == "console":
                self.console(path.name, line, body, folder)
        missing = [link for link, _ in LINK.findall(BLOCK.sub("", text))
                   if "://" not in link and not (path.parent / link).exists()]
        self.result(f"{path.name}, links", f"lead nowhere: {', '.join(missing)}" if missing else None)

    def options(self):
        """Every option of the help is in docs/cli.md."""
        text = (self.o.root / "docs" / "cli.md").read_text()
        for command in ("run", "inspect"):
            out = subprocess.run([str(self.o.cwasm), "help", command], stdout=subprocess.PIPE, text=True).stdout
            names = re.findall(r"^  (--?[\w-]+)", out, re.MULTILINE)
            missing = [n for n in names if n not in text]
            self.result(f"docs/cli.md, options of {command}", f"lacks {missing}" if missing or not names else None)


def prepare(options):
    folder = options.build / "console"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "notes.txt").write_text("just some notes\n")
    sys.path.insert(0, str(options.root / "tests" / "support"))
    import tools
    sources = {p.stem + ".wasm": p.read_text() for p in (options.root / "examples" / "guests").glob("*.wat")}
    for name, text in {**sources, **GUESTS}.items():
        subprocess.run([tools.find_tool("wasm-tools"), "parse", "-", "-o", str(folder / name)], input=text.encode(), check=True)
    for name, text in C_GUESTS.items():
        (folder / f"{name}.c").write_text(text)
        subprocess.run([*tools.guest_compiler(), "--target=wasm32-wasi", "-gdwarf-4", f"{name}.c", "-o", f"{name}.wasm"],
                       cwd=folder, check=True)
    # i64.div_s where mean.wasm divides
    trap = subprocess.run([str(options.cwasm), "run", "mean.wasm"], cwd=folder, capture_output=True, text=True).stderr
    at, broken = int(re.search(r"at divide .* offset 0x(\w+)", trap)[1], 16), bytearray((folder / "mean.wasm").read_bytes())
    broken[at] = 0x7f
    (folder / "refused.wasm").write_bytes(broken)
    return folder


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--root", type=pathlib.Path, required=True)
    p.add_argument("--cwasm", type=lambda s: pathlib.Path(s).resolve(), required=True)
    p.add_argument("--library", type=pathlib.Path, required=True)
    p.add_argument("--cc", required=True)
    p.add_argument("--cflags", default="")
    p.add_argument("--build", type=pathlib.Path, required=True)
    options = p.parse_args()
    checker = Checker(options)
    folder = prepare(options)
    for path in [options.root / "README.md", options.root / "CONTRIBUTING.md", *sorted((options.root / "docs").glob("*.md"))]:
        checker.document(path, folder)
    checker.options()
    done = subprocess.run([sys.executable, str(options.root / "tools" / "embed_guests.py"), "--check"], stdout=subprocess.PIPE, text=True)
    checker.result("examples/guests.h", done.stdout if done.returncode else None)
    print(f"{checker.passed} passed, {checker.failed} failed")
    return checker.failed > 0


if __name__ == "__main__":
    sys.exit(main())
