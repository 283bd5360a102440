"""The programs that run.py measures: one row each, built from source by the recipes.

TUNING: programs that may be profiled and optimised for. HELD_OUT: others of the same kinds, kept apart from
tuning: neither profiled nor counted when it is decided what to build, so that their mean says more of other programs."""

import recipes
from recipes import own

TUNING, HELD_OUT = "tuning", "held out"


class Guest:
    """A guest gets the percentage of its usual work (times `work`) as the argument and checks itself or prints a checksum of all it did, which is
    compared with what the native program prints; where there is none, with `expected`. `script`: a program for CPython."""

    def __init__(self, name, set_, kind, recipe, expected=None, script=None, work=1):
        self.name, self.set, self.kind, self.expected, self.script, self.work = name, set_, kind, expected, script, work
        self.recipe = recipe

    def args(self, percent):
        script = ["-c", (recipes.GUESTS / "scripts" / self.script).read_text()] if self.script else []
        return [*script, str(percent * self.work)]

    def build(self, cache):
        """The .wasm and the native program, or None in its place."""
        return self.recipe(cache / "guests")


GUESTS = [
    # name            set       kind of work                     made by
    Guest("sha256", TUNING, "integers: hash", own("sha256.c")),
    Guest("crc32", TUNING, "integers: hash", own("crc32.c")),
    Guest("sieve", TUNING, "integers", own("sieve.c")),
    Guest("rand64", TUNING, "integers: 64 bits", own("rand64.c")),
    Guest("bignum", TUNING, "integers: carries", own("bignum.c")),
    Guest("coremix", TUNING, "mix like CoreMark", own("coremix.c")),
    Guest("coremark", TUNING, "CoreMark itself", recipes.coremark, expected="42da2551\n"),
    Guest("nbody", TUNING, "floats", own("nbody.c")),
    Guest("matmul", TUNING, "floats", own("matmul.c")),
    Guest("spectral", TUNING, "floats", own("spectral.c")),
    Guest("mandel", TUNING, "floats", own("mandel.c")),
    Guest("poly-linear", TUNING, "floats: linear algebra", own("poly/linear.c")),
    Guest("sgemm", TUNING, "floats, 32 bits", own("sgemm.c")),
    Guest("filter", TUNING, "floats, 32 bits", own("filter.c")),
    Guest("quicksort", TUNING, "sorting", own("quicksort.c")),
    Guest("lz", TUNING, "compression", own("lz.c")),
    Guest("bulk", TUNING, "memory.copy, memory.fill", own("bulk.c")),
    Guest("strings", TUNING, "strings", own("strings.c")),
    Guest("json", TUNING, "JSON", own("json.c")),
    Guest("hashmap", TUNING, "data structures", own("hashmap.c")),
    Guest("trees", TUNING, "data structures", own("trees.c")),
    Guest("calls", TUNING, "recursive calls", own("calls.c")),
    Guest("indirect", TUNING, "indirect calls", own("indirect.c")),
    Guest("vm", TUNING, "interpreter", own("vm.c")),
    Guest("lua-objects", TUNING, "interpreter: Lua", recipes.lua("objects.lua")),
    Guest("quickjs-app", TUNING, "interpreter: QuickJS", recipes.quickjs("app.js")),
    Guest("python-app", TUNING, "interpreter: CPython", recipes.cpython, script="app.py"),
    Guest("sqlite", TUNING, "database", recipes.sqlite()),
    Guest("cpp-containers", TUNING, "C++", own("cpp/containers.cpp")),
    Guest("rust-collections", TUNING, "Rust", recipes.rust("collections")),
    Guest("rust-json", TUNING, "Rust: JSON", recipes.rust("json")),
    Guest("go-maps", TUNING, "Go", recipes.go("maps")),
    Guest("simd-sgemm", TUNING, "SIMD", own("simd/sgemm.c", "-msimd128"), work=4),
    Guest("simd-utf8", TUNING, "SIMD", own("simd/utf8.c", "-msimd128"), work=8),

    Guest("poly-stencil", HELD_OUT, "floats: grids; dynamic programming", own("poly/stencil.c")),
    Guest("lua-numbers", HELD_OUT, "interpreter: Lua", recipes.lua("numbers.lua")),
    Guest("python-text", HELD_OUT, "interpreter: CPython", recipes.cpython, script="text.py"),
    Guest("quickjs-solve", HELD_OUT, "interpreter: QuickJS", recipes.quickjs("solve.js")),
    Guest("zstd", HELD_OUT, "compression", recipes.zstd()),
    Guest("webp", HELD_OUT, "image codec", recipes.webp()),
    Guest("pcre2", HELD_OUT, "regular expressions", recipes.pcre2()),
    Guest("cpp-ray", HELD_OUT, "C++: floats, virtual calls", own("cpp/ray.cpp")),
    Guest("cpp-regex", HELD_OUT, "C++: regular expressions", own("cpp/regex.cpp")),
    Guest("rust-regex", HELD_OUT, "Rust: regular expressions", recipes.rust("regex")),
    Guest("rust-markdown", HELD_OUT, "Rust: text", recipes.rust("markdown")),
    Guest("rust-argon2", HELD_OUT, "Rust: hash", recipes.rust("argon2")),
    Guest("rust-deflate", HELD_OUT, "Rust: compression", recipes.rust("deflate")),
    Guest("go-data", HELD_OUT, "Go: JSON, regular expressions, gzip", recipes.go("data")),
    Guest("simd-blake", HELD_OUT, "SIMD: hash", own("simd/blake.c", "-msimd128"), work=8),
]
BY_NAME = {g.name: g for g in GUESTS}
