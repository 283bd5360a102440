"""sockets.def for the tests: a C header that imports every function of it by its form, and the forms' names.

A form is a name and its number of parameters, "sock_open/3": the same name has several forms where runtimes differ.
"""
import re
from pathlib import Path

DEF = Path(__file__).resolve().parent.parent.parent / "src/wasi/sockets.def"
SIZES = {"1": "u8", "4": "u32", "8": "u64"}


class Row:
    """A function: name, form, sig (a letter for each parameter), words (its arguments as traces show them), rights ("0", "RIGHT_..." or None for
    functions without a descriptor), same (the form of preview 1 or of another row that it is another name for, or None)."""

    def __init__(self, name, sig, words, rights, body=None, same=None):
        self.name, self.sig, self.words, self.rights, self.body, self.same = name, sig, words.split(), rights, body, same
        self.form = f"{name}/{len(sig)}"

    def kinds(self):
        """What each parameter is: f descriptor, v and n iovecs, e and w socket addresses of WasmEdge and WAMR, p another address, s and z text and its size,
        c terminated text, i number."""
        out = ""
        for word in self.words:
            name, _, kind = word.partition(":")
            out += ("vn" if name == "iovs" else "f" if name == "fd" else "sz" if kind == "path" else "c" if kind == "string" else
                    "e" if kind.endswith("eaddr") else "w" if kind.endswith("waddr") else "p" if kind.startswith("*") or kind == "ptr" else "i")
        if len(out) != len(self.sig):
            raise ValueError(f"{self.form}: {self.words} for {self.sig}")
        return out


def rows():
    text = DEF.read_text()
    found = []
    for body, name, sig, words, check in re.findall(r'^SOCK\((\w+), +"(\w+)", +"(\w+):i", +"([^"]*)", +(.+?)\)(?: +/\*.*)?$', text, re.M):
        rights = re.search(r"SOCKET\((\w+)\)?", check)
        found.append(Row(name, sig, words, rights.group(1) if rights else None, "sock_" + body))
    for name, _, size in re.findall(r'^SOCK_GET\("(\w+)", +(\w+), +(\d)\)', text, re.M):
        found.append(Row(name, "ii", f"fd value:*{SIZES[size]}", "0", "get"))
    for name, _, kind in re.findall(r'^SOCK_SET\("(\w+)", +(\w+), +(\w)\)', text, re.M):
        found.append(Row(name, "i" + kind, "fd value", "RIGHT_FD_FDSTAT_SET_FLAGS", "set"))
    bodies = {row.body: row for row in found}
    own = {"p1_sock_accept": "RIGHT_SOCK_ACCEPT", "p1_sock_recv": "RIGHT_FD_READ", "p1_sock_send": "RIGHT_FD_WRITE", "p1_fd_close": "0"}
    for body, name, sig, words in re.findall(r'^SOCK_AS\((\w+), +"(\w+)", +"(\w+):i", +"([^"]*)"\)', text, re.M):
        same = bodies[body].form if body in bodies else body.removeprefix("p1_")
        found.append(Row(name, sig, words, bodies[body].rights if body in bodies else own[body], same=same))
    if len(found) != len(re.findall(r"^SOCK\w*\(", text, re.M)):
        raise ValueError(f"{DEF}: rows that are not understood")
    return found


def form_of(name, n_args):
    return f"{name}/{n_args}"


def header():
    lines = ["/* made of sockets.def by sockcalls.py */"]
    table = []
    for i, row in enumerate(rows()):
        params = ", ".join("uint64_t" if letter == "I" else "uint32_t" for letter in row.sig)
        args = ", ".join(f"({'uint64_t' if letter == 'I' else 'uint32_t'})a[{k}]" for k, letter in enumerate(row.sig))
        lines.append(f'IMPORT("{row.name}") int f_{row.name}_{len(row.sig)}({params});')
        lines.append(f"static int call_{i}(const uint64_t *a) {{ return f_{row.name}_{len(row.sig)}({args}); }}")
        table.append(f'    {{ "{row.form}", "{row.kinds()}", call_{i}, {int(row.rights not in (None, "0"))} }},')
    return "\n".join([*lines, "static const Row rows[] = {", *table, "};", ""])


if __name__ == "__main__":
    print(header())
