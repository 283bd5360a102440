#!/usr/bin/env python3
"""Turns examples/guests/*.wat into examples/guests.h, so that the examples are programs without files of their own.

    embed_guests.py            writes the header
    embed_guests.py --check    fails if it is not up to date
"""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import tools  # noqa: E402


def assemble(path):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "a.wasm"
        wasm_tools = tools.find_tool("wasm-tools")
        subprocess.run([wasm_tools, "parse", str(path), "-o", str(out)], check=True)
        subprocess.run([wasm_tools, "strip", "-a", str(out), "-o", str(out)], check=True)
        return out.read_bytes()


def header():
    lines = ["/* guests.h - the modules of the examples, made from the text files in guests/ by tools/embed_guests.py. */", "#ifndef GUESTS_H",
             "#define GUESTS_H", ""]
    for path in sorted((ROOT / "examples" / "guests").glob("*.wat")):
        data = assemble(path)
        lines.append(f"/* guests/{path.name} */")
        lines.append("__attribute__((unused))")
        lines.append(f"static const unsigned char {path.stem}_wasm[{len(data)}] = {{")
        lines += ["    " + ", ".join(f"0x{b:02x}" for b in data[i:i + 16]) + "," for i in range(0, len(data), 16)]
        lines += ["};", ""]
    return "\n".join(lines + ["#endif", ""])


def main():
    target = ROOT / "examples" / "guests.h"
    text = header()
    if "--check" in sys.argv[1:]:
        same = target.exists() and target.read_text() == text
        if not same:
            print(f"{target.name} is out of date: run tools/embed_guests.py")
        print(f"{int(same)} passed, {int(not same)} failed")
        return not same
    target.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
