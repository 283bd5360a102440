#!/usr/bin/env python3
"""Checks the layers of src/: which folder may include which, and that no header includes itself by way of others.

    check_includes.py [ROOT]

base < wasm < code < run < interp < link < api: a folder may include those before it and itself. wasi and diag are embedders: they see
cwasm.h and base. cli sees cwasm.h and the headers of wasi and diag. Quoted includes are project headers, named from src/ or include/.
"""
import pathlib
import re
import sys

LAYERS = ["base", "wasm", "code", "run", "interp", "link", "api"]
ALLOWED = {name: set(LAYERS[: i + 1]) for i, name in enumerate(LAYERS)}
ALLOWED["wasi"] = {"wasi", "base"}
ALLOWED["diag"] = {"diag", "base"}
ALLOWED["cli"] = {"cli", "wasi", "diag"}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[1])
    src = root / "src"
    graph, wrong, checked = {}, [], 0
    for path in sorted(src.rglob("*")):
        if path.suffix not in (".c", ".h", ".def", ".inc"):
            continue
        name = path.relative_to(src).as_posix()
        folder = name.split("/")[0]
        graph[name] = []
        if folder not in ALLOWED:
            wrong.append(f"src/{name}: folder {folder} has no place in the layers")
            continue
        for target in INCLUDE.findall(path.read_text()):
            checked += 1
            if target == "cwasm.h":
                continue
            if not (src / target).is_file():
                wrong.append(f'src/{name}: "{target}" is not named from src/ or does not exist')
                continue
            graph[name].append(target)
            if target.split("/")[0] not in ALLOWED[folder]:
                wrong.append(f"src/{name}: {folder} may not include {target}")
    header = (root / "include" / "cwasm.h").read_text()
    if INCLUDE.search(header):
        wrong.append("include/cwasm.h: includes a project header")
    wrong += cycles(graph)
    for line in wrong:
        print(line)
    print(f"{checked} includes in {len(graph)} files")
    print(f"{int(not wrong)} passed, {len(wrong)} failed")
    return bool(wrong)


def cycles(graph):
    found, state, trail = [], {}, []

    def visit(name):
        state[name] = "open"
        trail.append(name)
        for target in graph.get(name, ()):
            if state.get(target) == "open":
                found.append("cycle: " + " -> ".join(trail[trail.index(target):] + [target]))
            elif target not in state:
                visit(target)
        trail.pop()
        state[name] = "done"

    for name in graph:
        if name not in state:
            visit(name)
    return found


if __name__ == "__main__":
    sys.exit(main())
