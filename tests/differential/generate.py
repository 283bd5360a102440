"""Random modules that are dense in what a one-pass translator to register code plays tricks with.

A random walk over the operand stack, not expression trees: values stay pending below sets, tees, calls, loads, stores, branches and blocks;
few locals, so that pending reads and writes of one local meet; loops with latches of every shape; blocks with parameters; branches with
values and values below them. Every run ends: loops count down, and function entries use up a global.

NaN bits differ between engines, so floats are canonicalised before anything can look at their bits.
"""
import random

I32, I64, F32, F64 = 0x7f, 0x7e, 0x7d, 0x7c
NUMBERS = [I32, I32, I32, I64, I64, F32, F64]
FUEL = 300

CONSTS = {
    I32: [0, 1, 2, 3, 4, 7, 8, 16, 31, 32, 255, 256, 65535, 0x7fffffff, -0x80000000, -1, -2, -8, 0x12345678],
    I64: [0, 1, 2, 3, 8, 31, 32, 63, 64, 255, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, -0x8000000000000000, -1, -2,
          0x123456789abcdef],
    F32: [0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x40490fdb, 0x7f800000, 0xff800000, 0x7fc00000, 0x00000001, 0x4f000000, 0x3f000000],
    F64: [0, 1 << 63, 0x3ff0000000000000, 0xbff0000000000000, 0x400921fb54442d18, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000,
          1, 0x41e0000000000000, 0x3fe0000000000000],
}
BINARY = {
    I32: [0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78],
    I64: [0x7c, 0x7d, 0x7e, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a],
    F32: [0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98],
    F64: [0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6],
}
COMMON = {I32: [0x6a, 0x6a, 0x6b, 0x71, 0x74], I64: [0x7c, 0x7c, 0x7d, 0x83], F32: [0x92, 0x94], F64: [0xa0, 0xa2]}
DIVIDE = {I32: [0x6d, 0x6e, 0x6f, 0x70], I64: [0x7f, 0x80, 0x81, 0x82]}
COMPARE = {I32: range(0x46, 0x50), I64: range(0x51, 0x5b), F32: range(0x5b, 0x61), F64: range(0x61, 0x67)}
UNARY = {I32: [0x67, 0x68, 0x69, 0xc0, 0xc1], I64: [0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4], F32: [0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x91],
         F64: [0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f]}
CONVERT = [  # from, to, opcode bytes
    (I64, I32, b"\xa7"), (I32, I64, b"\xac"), (I32, I64, b"\xad"), (I32, F32, b"\xb2"), (I32, F32, b"\xb3"), (I64, F32, b"\xb4"),
    (I64, F32, b"\xb5"), (I32, F64, b"\xb7"), (I32, F64, b"\xb8"), (I64, F64, b"\xb9"), (I64, F64, b"\xba"), (F64, F32, b"\xb6"),
    (F32, F64, b"\xbb"), (F32, I32, b"\xfc\x00"), (F32, I32, b"\xfc\x01"), (F64, I32, b"\xfc\x02"), (F64, I32, b"\xfc\x03"),
    (F32, I64, b"\xfc\x04"), (F32, I64, b"\xfc\x05"), (F64, I64, b"\xfc\x06"), (F64, I64, b"\xfc\x07"), (I32, F32, b"\xbe"),
    (I64, F64, b"\xbf"),
]
TRUNC = [(F32, I32, b"\xa8"), (F32, I32, b"\xa9"), (F64, I32, b"\xaa"), (F64, I32, b"\xab"), (F32, I64, b"\xae"), (F64, I64, b"\xb0")]
LOADS = [(I32, 0x28, 4), (I64, 0x29, 8), (F32, 0x2a, 4), (F64, 0x2b, 8), (I32, 0x2c, 1), (I32, 0x2d, 1), (I32, 0x2e, 2), (I32, 0x2f, 2),
         (I64, 0x30, 1), (I64, 0x31, 1), (I64, 0x32, 2), (I64, 0x33, 2), (I64, 0x34, 4), (I64, 0x35, 4)]
STORES = {I32: [0x36, 0x36, 0x3a, 0x3b], I64: [0x37, 0x37, 0x3c, 0x3d, 0x3e], F32: [0x38], F64: [0x39]}


def leb(n):
    out = bytearray()
    while True:
        byte = n & 0x7f
        n >>= 7
        out.append(byte | (0x80 if n else 0))
        if not n:
            return bytes(out)


def sleb(n):
    out = bytearray()
    while True:
        byte = n & 0x7f
        n >>= 7
        if (n == 0 and not byte & 0x40) or (n == -1 and byte & 0x40):
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def vector(items):
    return leb(len(items)) + b"".join(items)


def section(number, content):
    return bytes([number]) + leb(len(content)) + content


def name(text):
    return leb(len(text)) + text.encode()


class Label:
    def __init__(self, types, loop_counter=None):
        self.types = types              # what a branch to it carries
        self.loop_counter = loop_counter  # for loops: the local that counts turns, and whether it counts up
        self.edges = 0                    # branches back so far


class Function:
    """Generates one body."""

    def __init__(self, module, index, rng):
        self.m, self.index, self.rng = module, index, rng
        self.params, self.results = module.types[module.funcs[index]]
        self.locals = list(self.params)
        for _ in range(rng.randint(1, 5)):
            self.locals.append(rng.choice(NUMBERS))
        self.n_pool = len(self.locals)   # locals that random code may write
        self.temps = {}
        self.code = bytearray()
        self.stack = []
        self.labels = [Label(self.results)]
        self.budget = rng.randint(10, 120)

    # ---- emitting

    def op(self, *parts):
        for part in parts:
            self.code += part if isinstance(part, (bytes, bytearray)) else bytes([part])

    def const(self, t, value=None):
        value = self.rng.choice(CONSTS[t]) if value is None else value
        if t in (I32, I64):
            bits = 32 if t == I32 else 64
            value = (value + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
            self.op(0x41 if t == I32 else 0x42, sleb(value))
        else:
            self.op(0x43 if t == F32 else 0x44, value.to_bytes(4 if t == F32 else 8, "little"))
        self.stack.append(t)

    def new_local(self, t):
        self.locals.append(t)
        return len(self.locals) - 1

    def temp(self, t):
        if t not in self.temps:
            self.temps[t] = self.new_local(t)
        return self.temps[t]

    def get(self, x):
        self.op(0x20, leb(x))
        self.stack.append(self.locals[x])

    def pool(self, t):
        return [x for x in range(self.n_pool) if self.locals[x] == t]

    def push(self, t):
        """One value of type t: a local if there is one, a constant, or a small expression."""
        pool, roll = self.pool(t), self.rng.random()
        if pool and roll < 0.55:
            self.get(self.rng.choice(pool))
        elif roll < 0.8:
            self.const(t)
        elif roll < 0.9:
            g = self.m.globals[t]
            self.op(0x23, leb(g))
            self.stack.append(t)
        else:
            self.push(t)
            self.push(t)
            self.op(self.rng.choice(COMMON[t]))
            self.stack.pop()

    def canonical(self):
        """Replaces a NaN on the stack by a number."""
        t = self.stack[-1]
        if t in (I32, I64):
            return
        x = self.temp(t)
        self.op(0x22, leb(x))
        if t == F32:
            self.op(0x43, b"\x00\x00\xe8\x40")
        else:
            self.op(0x44, b"\x00\x00\x00\x00\x00\x00\x1d\x40")
        self.op(0x20, leb(x), 0x20, leb(x), 0x5b if t == F32 else 0x61, 0x1b)

    def condition(self):
        """An i32 to branch on, mostly a comparison."""
        roll = self.rng.random()
        if roll < 0.65:
            t = self.rng.choice(NUMBERS)
            self.push(t)
            self.push(t)
            self.stack.pop()
            self.stack.pop()
            self.op(self.rng.choice(COMPARE[t]))
            self.stack.append(I32)
        elif roll < 0.75:
            self.push(I64)
            self.op(0x50)
            self.stack[-1] = I32
        elif roll < 0.85:
            self.push(I32)
            self.push(I32)
            self.op(0x71)
            self.stack.pop()
        else:
            self.push(I32)
        while self.rng.random() < 0.2:
            self.op(0x45)

    def to_stack(self, types):
        """Makes the top of the stack hold these types, using what is there if it fits."""
        if len(self.stack) >= len(types) and self.stack[len(self.stack) - len(types):] == types and self.rng.random() < 0.7:
            return
        for t in types:
            self.push(t)

    def fold_rest(self, keep):
        """Folds what is on the stack above `keep` into globals, so that it matters."""
        while len(self.stack) > keep:
            t = self.stack[-1]
            if self.rng.random() < 0.25 and self.pool(t):
                self.op(0x21, leb(self.rng.choice(self.pool(t))))
            else:
                g = self.m.globals[t]
                self.op(0x23, leb(g), {I32: 0x73, I64: 0x85, F32: 0x92, F64: 0xa0}[t], 0x24, leb(g))
            self.stack.pop()

    # ---- steps

    def address(self):
        """An i32 address, mostly in bounds; returns the offset immediate to use."""
        rng = self.rng
        roll = rng.random()
        offset = rng.choice([0, 0, 0, 1, 4, 8, 100, 1000])
        if roll < 0.02:
            self.push(I32)
            return rng.choice([0, 65528, 65536, 0xffffffff])
        if roll < 0.12:
            self.const(I32, rng.choice([0, 4, 8, 64, 65000]))
            return rng.choice([0, 4, 256])
        self.push(I32)
        self.op(0x41, sleb(rng.choice([0x7f, 0xff, 0xfff])), 0x71)
        if roll < 0.35:
            self.push(I32)
            self.op(0x41, sleb(0xff), 0x71)
            if rng.random() < 0.6:
                self.op(0x41, sleb(rng.choice([1, 2, 3, 4])), 0x74)
            self.op(0x6a)
            self.stack.pop()
        elif roll < 0.5:
            self.op(0x41, sleb(rng.choice([1, 4, 16, 1024])), 0x6a)
        elif roll < 0.55:   # wraps around, and comes back
            self.op(0x41, sleb(-0x80000000), 0x6a, 0x41, sleb(-0x80000000), 0x6a)
        return offset

    def step_load(self):
        t, opcode, size = self.rng.choice(LOADS)
        offset = self.address()
        self.op(opcode, leb(0), leb(offset))
        self.stack[-1] = t
        if t in (F32, F64):
            self.canonical()

    def step_store(self):
        t = self.rng.choice(NUMBERS)
        offset = self.address()
        if self.rng.random() < 0.3:
            self.push(t)
            self.push(t)
            opcode = self.rng.choice(BINARY[t])
            if opcode in (0x98, 0xa6):
                self.canonical()   # the sign of a NaN is anybody's
            self.op(opcode)
            self.stack.pop()
        else:
            self.push(t)
        self.canonical()
        self.op(self.rng.choice(STORES[t]), leb(0), leb(offset))
        del self.stack[-2:]

    def step_update(self):
        """x = x op something, in many shapes."""
        x = self.rng.randrange(self.n_pool)
        t = self.locals[x]
        if self.rng.random() < 0.5:
            self.get(x)
            self.push(t)
        else:
            self.push(t)
            self.get(x)
        opcode = self.rng.choice(COMMON[t] if self.rng.random() < 0.7 else BINARY[t])
        if opcode in (0x98, 0xa6):
            self.canonical()   # the sign of a NaN is anybody's
        self.op(opcode)
        del self.stack[-2:]
        if self.rng.random() < 0.6:
            self.op(0x21, leb(x))
        else:
            self.op(0x22, leb(x))
            self.stack.append(t)

    def step_set(self):
        if not self.stack:
            return
        pool = self.pool(self.stack[-1])
        if not pool:
            return
        x = self.rng.choice(pool)
        if self.rng.random() < 0.5:
            self.op(0x21, leb(x))
            self.stack.pop()
        else:
            self.op(0x22, leb(x))

    def step_binary(self):
        t = self.stack[-1] if self.stack else self.rng.choice(NUMBERS)
        if len(self.stack) < 2 or self.stack[-2] != t:
            self.push(t)
        if len(self.stack) < 2 or self.stack[-2] != t:
            self.push(t)
        roll = self.rng.random()
        if roll < 0.2:
            self.op(self.rng.choice(COMPARE[t]))
            del self.stack[-2:]
            self.stack.append(I32)
            return
        if roll < 0.27 and t in DIVIDE:
            if self.rng.random() < 0.95:
                self.const(t, self.rng.choice([1, 3]))
                self.stack.pop()
                self.op(0x72 if t == I32 else 0x84)
            opcode = self.rng.choice(DIVIDE[t])
        else:
            opcode = self.rng.choice(BINARY[t])
            if opcode in (0x98, 0xa6):
                self.canonical()
        self.op(opcode)
        self.stack.pop()

    def step_unary(self):
        if not self.stack:
            self.push(self.rng.choice(NUMBERS))
        t = self.stack[-1]
        roll = self.rng.random()
        if roll < 0.5:
            choices = [c for c in CONVERT if c[0] == t]
            if self.rng.random() < 0.03:
                choices = [c for c in TRUNC if c[0] == t] or choices
            _, to, code = self.rng.choice(choices)
            self.op(code)
            self.stack[-1] = to
            if code in (b"\xbe", b"\xbf"):
                self.canonical()
        elif roll < 0.6 and t in (F32, F64):
            self.canonical()
            self.op(0xbc if t == F32 else 0xbd)
            self.stack[-1] = I32 if t == F32 else I64
        elif roll < 0.7 and t in (I32, I64):
            self.op(0x45 if t == I32 else 0x50)
            self.stack[-1] = I32
        else:
            self.op(self.rng.choice(UNARY[t]))

    def step_select(self):
        t = self.stack[-1] if self.stack else self.rng.choice(NUMBERS)
        self.to_stack([t, t])
        self.condition()
        self.op(0x1b) if self.rng.random() < 0.8 else self.op(0x1c, 1, t)
        del self.stack[-2:]

    def block_type(self, params, results):
        if not params and not results:
            return b"\x40"
        if not params and len(results) == 1:
            return bytes(results)
        return sleb(self.m.type_index(params, results))

    def step_block(self):
        rng = self.rng
        if len(self.labels) > 5:
            return
        n = rng.choice([0, 0, 0, 1, 1, 2, 3])
        params = self.stack[len(self.stack) - n:] if n and len(self.stack) >= n else []
        results = [rng.choice(NUMBERS) for _ in range(rng.choice([0, 0, 1, 1, 2, 3]))]
        kind = rng.choice(["block", "block", "loop", "loop", "if", "if"])
        if kind == "if" and rng.random() < 0.3:
            results = list(params)   # an if without else must give what it takes
        counter = None
        if kind == "loop":
            counter = self.new_local(I32)
            self.up = rng.random() < 0.3
            turns = rng.randint(1, 6)
            self.const(I32, -turns if self.up else turns)
            self.op(0x21, leb(counter))
            self.stack.pop()
        elif kind == "if":
            self.condition()
            self.stack.pop()
        self.op({"block": 2, "loop": 3, "if": 4}[kind], self.block_type(params, results))
        outer = self.stack[:len(self.stack) - len(params)]
        label = Label(params if kind == "loop" else results, (counter, self.up) if kind == "loop" else None)
        self.labels.append(label)
        self.body(list(params), results, counter is not None)
        if kind == "if" and (params != results or rng.random() < 0.6):
            self.op(5)
            self.body(list(params), results, False)
        self.op(0x0b)
        self.labels.pop()
        self.stack = outer + results

    def body(self, params, results, is_loop):
        """The inside of a block: from params to results."""
        self.stack = params
        steps = self.rng.randint(1, 8)
        for _ in range(steps):
            self.step()
        if is_loop:
            if self.rng.random() < 0.2:
                self.back_edge(len(self.labels) - 1)
                self.step()
            self.back_edge(len(self.labels) - 1, True)
        self.to_results(results)

    def to_results(self, results):
        if self.stack == results:
            return
        if len(self.stack) > len(results) and self.stack[:len(results)] == results:
            self.fold_rest(len(results))
            return
        self.fold_rest(0)
        for t in results:
            self.push(t)

    def back_edge(self, at, is_last=False):
        """A branch back to a loop whose counter says so. Only a loop's single one may ask for zero: two would count past it."""
        rng, label = self.rng, self.labels[at]
        counter, up = label.loop_counter
        depth = len(self.labels) - 1 - at
        junk = len(self.stack)
        self.to_stack(label.types)
        roll = rng.random()
        step = [0x20, leb(counter), 0x41, sleb(1 if up else -1), 0x6a]
        if not up and rng.random() < 0.5:
            step = [0x20, leb(counter), 0x41, sleb(1), 0x6b]
        label.edges += 1
        test = [0x41, sleb(0), 0x48 if up else 0x4a]   # lt_s, gt_s
        if is_last and label.edges == 1 and rng.random() < 0.7:
            test = rng.choice([[], [], [0x41, sleb(0), 0x47], [0x45, 0x45]])   # nothing, ne, eqz eqz
        if roll < 0.6:
            self.op(*step, 0x22, leb(counter), *test, 0x0d, leb(depth))
        elif roll < 0.75:
            self.op(*step, 0x21, leb(counter), 0x20, leb(counter), *test, 0x0d, leb(depth))
        elif roll < 0.85 and not label.types:
            self.op(*step, 0x22, leb(counter), *test, 0x04, 0x40, 0x0c, leb(depth + 1), 0x0b)
        elif not label.types:
            self.op(0x02, 0x40, *step, 0x22, leb(counter), *test, 0x45, 0x0d, leb(0), 0x0c, leb(depth + 1), 0x0b)
        else:
            self.op(*step, 0x22, leb(counter), *test, 0x45, 0x45, 0x0d, leb(depth))
        if len(self.stack) > junk and rng.random() < 0.5:
            self.fold_rest(junk)

    def targets(self, types):
        """Depths of labels that carry these types and are no loops."""
        return [len(self.labels) - 1 - i for i, label in enumerate(self.labels) if label.loop_counter is None and label.types == types]

    def step_branch(self):
        rng = self.rng
        roll = rng.random()
        at = rng.randrange(len(self.labels))
        label = self.labels[at]
        if label.loop_counter is not None:
            self.back_edge(at)
            return
        depth = len(self.labels) - 1 - at
        if roll < 0.7:
            self.to_stack(label.types)
            self.condition()
            self.stack.pop()
            self.op(0x0d, leb(depth))
            return
        self.to_stack(label.types)
        if roll < 0.85:
            same = self.targets(label.types)
            self.push(I32)
            if rng.random() < 0.8:
                self.op(0x41, sleb(rng.choice([1, 3, 7])), 0x71)
            self.op(0x0e, vector([leb(rng.choice(same)) for _ in range(rng.randint(0, 6))]), leb(rng.choice(same)))
        elif roll < 0.97:
            self.op(0x0c, leb(depth))
        else:
            self.op(0x00)
        # what follows is dead, and must still be valid
        self.stack = []
        for _ in range(rng.randint(0, 3)):
            self.step()

    def step_call(self):
        rng, m = self.rng, self.m
        callee = rng.randrange(len(m.funcs))
        if callee >= self.index and rng.random() < 0.8:
            callee = rng.randrange(self.index) if self.index else callee
        params, results = m.types[m.funcs[callee]]
        roll = rng.random()
        tail = roll < 0.12 and results == self.results
        self.to_stack(params)
        if roll < 0.7:
            self.op(0x12 if tail else 0x10, leb(callee))
        else:
            if rng.random() < 0.7:
                self.op(0x41, sleb(callee))
            else:
                self.push(I32)
                self.stack.pop()
                self.op(0x41, sleb(len(m.funcs) | 1), 0x71)
            self.op(0x13 if tail else 0x11, leb(m.funcs[callee]), leb(0))
        if tail:
            self.stack = []
            return
        del self.stack[len(self.stack) - len(params):]
        self.stack += results

    def step_global(self):
        t = self.rng.choice(NUMBERS)
        if self.rng.random() < 0.5:
            constant = self.m.constants.get(t)
            self.op(0x23, leb(constant if constant and self.rng.random() < 0.3 else self.m.globals[t]))
            self.stack.append(t)
        else:
            self.to_stack([t])
            self.op(0x24, leb(self.m.globals[t]))
            self.stack.pop()

    def step_bulk(self):
        rng = self.rng
        roll = rng.random()
        if roll < 0.4:
            self.op(0x3f, 0)
            self.stack.append(I32)
        elif roll < 0.5:
            self.const(I32, rng.choice([0, 0, 1, 100000]))
            self.op(0x40, 0)
        else:
            for mask in (0xfff, 0xff if roll < 0.75 else 0xfff, 0x3f):
                self.push(I32)
                self.op(0x41, sleb(mask), 0x71)
            self.op(0xfc, 11, 0) if roll < 0.75 else self.op(0xfc, 10, 0, 0)
            del self.stack[-3:]

    def step_pending(self):
        """A value that stays where it is while something else happens."""
        self.push(self.rng.choice(NUMBERS))

    def step(self):
        if self.budget <= 0:
            return
        self.budget -= 1
        roll = self.rng.random()
        for limit, step in STEPS:
            if roll < limit:
                step(self)
                break
        if len(self.stack) > 12:
            self.fold_rest(6)

    def generate(self):
        m = self.m
        fuel = m.fuel_global
        self.op(0x23, leb(fuel), 0x41, sleb(1), 0x6b, 0x24, leb(fuel), 0x23, leb(fuel), 0x41, sleb(0), 0x4c, 0x04, 0x40, 0x00, 0x0b)
        while self.budget > 0:
            self.step()
        self.to_results(self.results)
        self.op(0x0b)
        groups = [leb(1) + bytes([t]) for t in self.locals[len(self.params):]]
        return vector(groups) + bytes(self.code)


STEPS = []
for weight, method in [(16, Function.step_pending), (12, Function.step_set), (12, Function.step_update), (14, Function.step_binary),
                       (8, Function.step_unary), (7, Function.step_load), (6, Function.step_store), (4, Function.step_select),
                       (8, Function.step_block), (6, Function.step_branch), (4, Function.step_call), (3, Function.step_global),
                       (1, Function.step_bulk)]:
    STEPS.append(((STEPS[-1][0] if STEPS else 0) + weight / 101, method))


class Module:
    def __init__(self, seed):
        rng = random.Random(seed)
        self.types, self.type_numbers = [], {}
        self.globals = {I32: 0, I64: 1, F32: 2, F64: 3}
        self.fuel_global = 4
        self.constants = {I32: 5, I64: 6}
        signatures = [([rng.choice(NUMBERS) for _ in range(rng.randint(0, 5))], [rng.choice(NUMBERS) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))])
                      for _ in range(rng.randint(2, 5))]
        self.funcs = [self.type_index(*rng.choice(signatures)) for _ in range(rng.randint(3, 9))]
        bodies = [Function(self, i, rng).generate() for i in range(len(self.funcs))]
        # what is exported first gives the guest fuel, then calls
        exports = [name("memory") + b"\x02\x00"]
        exports += [name(f"g{i}") + b"\x03" + leb(i) for i in range(4)]
        wrappers = []
        for i, t in enumerate(self.funcs):
            code = bytearray(b"\x00\x41" + sleb(FUEL) + b"\x24" + leb(self.fuel_global))
            for k in range(len(self.types[t][0])):
                code += b"\x20" + leb(k)
            code += b"\x10" + leb(i) + b"\x0b"
            wrappers.append((t, bytes(code)))
            exports.append(name(f"f{i}") + b"\x00" + leb(len(self.funcs) + i))
        kinds = self.funcs + [t for t, _ in wrappers]
        codes = bodies + [code for _, code in wrappers]
        n = len(self.funcs)
        self.bytes = b"\0asm\1\0\0\0" + b"".join([
            section(1, vector([b"\x60" + vector([bytes([t]) for t in p]) + vector([bytes([t]) for t in r]) for p, r in self.types])),
            section(3, vector([leb(t) for t in kinds])),
            section(4, vector([b"\x70\x00" + leb(n)])),
            section(5, vector([b"\x01\x01\x03"])),
            section(6, vector([b"\x7f\x01\x41\x07\x0b", b"\x7e\x01\x42\x0b\x0b", b"\x7d\x01\x43\x00\x00\x80\x3f\x0b",
                               b"\x7c\x01\x44\x00\x00\x00\x00\x00\x00\xe0\x3f\x0b", b"\x7f\x01\x41\x00\x0b", b"\x7f\x00\x41\x0d\x0b",
                               b"\x7e\x00\x42\x80\x80\x80\x80\x80\x7e\x0b"])),
            section(7, vector(exports)),
            section(9, vector([b"\x00\x41\x00\x0b" + vector([leb(i) for i in range(n)])])),
            section(10, vector([leb(len(code)) + code for code in codes])),
            section(11, vector([b"\x00\x41\x00\x0b" + leb(256) + bytes(rng.randrange(256) for _ in range(256))])),
        ])

    def type_index(self, params, results):
        key = (tuple(params), tuple(results))
        if key not in self.type_numbers:
            self.type_numbers[key] = len(self.types)
            self.types.append((list(params), list(results)))
        return self.type_numbers[key]


def module(seed):
    return Module(seed).bytes
