"""As much of a module's binary format as is needed to call its exports: their names and types."""


def leb_at(data, at):
    """(number, what comes after it), or (None, at)."""
    value = shift = 0
    while at < len(data) and shift < 70:
        value |= (data[at] & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if not data[at - 1] & 0x80:
            return value, at
    return None, at


def sections(wasm):
    """[(id, content)]"""
    out, at = [], 8
    while at < len(wasm):
        size, begin = leb_at(wasm, at + 1)
        if size is None:
            break
        out.append((wasm[at], wasm[begin:begin + size]))
        at = begin + size
    return out


NUMBERS = {0x7f: "i32", 0x7e: "i64", 0x7d: "f32", 0x7c: "f64", 0x7b: "v128"}
FUNCS, EXTERNS, EXNS = (0x70, 0x73), {0x6f: "extern", 0x72: "noextern"}, (0x69, 0x74)   # abstract heap types of three hierarchies; what is left is of `any`


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self):
        value, self.at = leb_at(self.data, self.at)
        return value

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def name(self):
        size = self.number()
        self.at += size
        return self.data[self.at - size:self.at]

    def valtype(self, types):
        """ "i32" ... "v128", or the hierarchy of a reference: "func", "extern" or "noextern", "exn", "any"; in front "!", if it is never null."""
        code = self.byte()
        if code in NUMBERS:
            return NUMBERS[code]
        never_null = "!" if code == 0x64 else ""
        if code in (0x63, 0x64):
            if self.data[self.at] & 0xc0 != 0x40:   # not negative: the index of a type
                index = self.number()
                return never_null + ("func" if types[index][0] == "func" else "any")
            code = self.byte()
        return never_null + ("func" if code in FUNCS else EXTERNS[code] if code in EXTERNS else "exn" if code in EXNS else "any")

    def limits(self):
        flags = self.number()
        self.number()
        if flags & 1:
            self.number()


class Module:
    """types: [("func", params, results) | ("struct",) | ("array",)]; funcs: the index of each one's type; exports: [(name, kind, index)]."""

    def __init__(self, wasm):
        self.types, self.funcs, self.exports = [], [], []
        for kind, content in sections(wasm):
            r = Reader(content)
            if kind == 1:
                self.read_types(r)
            elif kind == 2:
                self.read_imports(r)
            elif kind == 3:
                self.funcs += [r.number() for _ in range(r.number())]
            elif kind == 7:
                self.exports = [(r.name(), r.byte(), r.number()) for _ in range(r.number())]

    def read_types(self, r):
        # a first turn only to know what kind each type is: types of a group may name later ones
        for turn in range(2):
            r.at, found = 0, []
            for _ in range(r.number()):
                many = r.data[r.at] == 0x4e
                if many:
                    r.byte()
                for _ in range(r.number() if many else 1):
                    found.append(self.read_type(r, turn))
            self.types = found

    def read_type(self, r, turn):
        types = self.types if turn else Anything()
        code = r.byte()
        if code in (0x50, 0x4f):
            for _ in range(r.number()):
                r.number()
            code = r.byte()
        if code == 0x60:
            params = [r.valtype(types) for _ in range(r.number())]
            return "func", params, [r.valtype(types) for _ in range(r.number())]
        for _ in range(r.number() if code == 0x5f else 1):
            if r.data[r.at] in (0x78, 0x77):   # packed
                r.byte()
            else:
                r.valtype(types)
            r.byte()
        return ("struct",) if code == 0x5f else ("array",)

    def read_imports(self, r):
        for _ in range(r.number()):
            r.name(), r.name()
            kind = r.byte()
            if kind == 0:
                self.funcs.append(r.number())
            elif kind == 1:
                r.valtype(self.types), r.limits()
            elif kind == 2:
                r.limits()
            elif kind == 3:
                r.valtype(self.types), r.byte()
            else:
                r.byte(), r.number()


class Anything:
    """Types that are not known yet."""

    def __getitem__(self, index):
        return ("any",)
