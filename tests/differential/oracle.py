"""What diff_run prints, made by Wasmtime: same calls, same arguments, same text.

The C API is called directly: the Python classes around it, and everything in it that tells types, end the process where a vector or a
reference to an exception comes into view. So types are read from the module (binary.py).
"""
import ctypes
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "support")]
import binary
import tools

wasmtime = tools.import_wasmtime()
from wasmtime import _ffi as ffi
from wasmtime._func import enter_wasm

ROUNDS = 3
MAX_VALUES = 64
I32S = [0, 1, -1, 7, 31, 32, 100, 255, 65535, 65536, 0x7fffffff, -0x80000000, -7, 0x12345678, 4, 2]
I64S = [0, 1, -1, 7, 63, 64, 0x100000000, 0xffffffff, 0x7fffffffffffffff, -0x8000000000000000, -7, 0x123456789abcdef0, 0x7fffffff, -0x80000001, 4, 2]
F32S = [0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x00000001, 0x4f000000, 0xcf000000, 0x3f000000, 0x42c80000,
        0x7f7fffff, 0x4b800001, 0x5f000000, 0x40490fdb]
F64S = [0, 0x8000000000000000, 0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 1,
        0x41e0000000000000, 0xc1e0000000000000, 0x3fe0000000000000, 0x4059000000000000, 0x7fefffffffffffff, 0x43e0000000000000,
        0x41dfffffffc00000, 0x400921fb54442d18]

TRAPS = {
    "STACK_OVERFLOW": "call stack exhausted", "MEMORY_OUT_OF_BOUNDS": "out of bounds memory access", "TABLE_OUT_OF_BOUNDS": "table",
    "INDIRECT_CALL_TO_NULL": "uninitialized element", "BAD_SIGNATURE": "indirect call type mismatch", "INTEGER_OVERFLOW": "integer overflow",
    "INTEGER_DIVISION_BY_ZERO": "integer divide by zero", "BAD_CONVERSION_TO_INTEGER": "invalid conversion to integer",
    "UNREACHABLE": "unreachable", "NULL_REFERENCE": "null reference", "ARRAY_OUT_OF_BOUNDS": "out of bounds array access",
    "CAST_FAILURE": "cast failure", "UNCAUGHT_EXCEPTION": "uncaught exception", "ALLOCATION_TOO_LARGE": "heap exhausted",
}
KINDS = {"i32": 0, "i64": 1, "f32": 2, "f64": 3, "v128": 4, "func": 5, "extern": 6, "noextern": 6, "any": 7, "exn": 8}   # of wasmtime_val_t
NULL_MARK = {5: "funcref", 6: "externref", 7: "anyref", 8: "exnref"}


class NotComparable(Exception):
    """It takes too long, or an allocation fails."""


def argument(store, kind, n):
    """A wasmtime_val_t. References of `any`, `exn` and `func` are null."""
    n %= 16
    if kind == "extern" and n % 3:
        return wasmtime.Val._convert_to_raw(store, wasmtime.ValType.externref(), n)
    value = ffi.wasmtime_val_t()
    value.kind = KINDS[kind]
    if kind in ("i32", "i64"):
        setattr(value.of, kind, (I32S if kind == "i32" else I64S)[n])
        return value
    bits = {"f32": lambda: struct.pack("<I", F32S[n]), "f64": lambda: struct.pack("<Q", F64S[n]),
            "v128": lambda: struct.pack("<QII", F64S[n], F32S[(n + 5) % 15], F32S[(n + 5) % 15 + 1])}.get(kind)
    if bits:
        ctypes.memmove(ctypes.addressof(value.of), bits(), len(bits()))
    return value


def text(value):
    """How diff_run prints it."""
    kind, of = value.kind, value.of
    raw = ctypes.string_at(ctypes.addressof(of), 16)
    if kind == 0:
        return f" {of.i32}"
    if kind == 1:
        return f" {of.i64}"
    if kind == 2:
        bits, = struct.unpack("<I", raw[:4])
        return " f7fc00000" if bits & 0x7fffffff > 0x7f800000 else f" f{bits:x}"
    if kind == 3:
        bits, = struct.unpack("<Q", raw[:8])
        return " d7ff8000000000000" if bits & (1 << 63) - 1 > 0x7ff << 52 else f" d{bits:x}"
    if kind == 4:
        return " v" + raw[::-1].hex()
    return " ref" if getattr(of, NULL_MARK[kind]).store_id else " null"


def hash_memory(data):
    h, mask, prime = 0xcbf29ce484222325, (1 << 64) - 1, 0x100000001b3
    zeros = bytes(65536)
    for page in range(0, len(data), 65536):
        if data[page:page + 65536] == zeros:
            continue
        for i, (word,) in enumerate(struct.iter_unpack("<Q", data[page:page + 65536])):
            if word:
                h = ((h ^ word ^ (page + 8 * i)) * prime) & mask
    return h


class Oracle:
    def __init__(self):
        config = wasmtime.Config()
        for name in ("tail_call", "multi_memory", "memory64", "exceptions", "function_references", "gc"):
            getattr(ffi, f"wasmtime_config_wasm_{name}_set")(config.ptr(), True)
        ffi.wasmtime_config_cranelift_nan_canonicalization_set(config.ptr(), True)
        config.cranelift_opt_level = "none"
        config.consume_fuel = True
        self.engine = wasmtime.Engine(config)

    def run(self, wasm, fuel=200_000_000):
        """The lines; None if it is not comparable."""
        try:
            return self.lines(wasm, fuel)
        except NotComparable:
            return None

    def lines(self, wasm, fuel):
        lines = []
        shape = binary.Module(wasm)
        module = wasmtime.Module(self.engine, wasm)
        store = wasmtime.Store(self.engine)
        store.set_limits(memory_size=64 << 20, table_elements=10_000_000)
        store.set_fuel(fuel)
        imports = []
        for imported in module.imports:
            if not isinstance(imported.type, wasmtime.FuncType):
                return ["not linkable"]
            imports.append(wasmtime.Func(store, imported.type, self.host(imported.type)))
        try:
            instance = wasmtime.Instance(store, module, imports)._instance
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            return [f"instance: {self.reason(error)}"]
        exports = []
        for name, kind, index in shape.exports:
            item = ffi.wasmtime_extern_t()
            if not ffi.wasmtime_instance_export_get(store._context(), ctypes.byref(instance), name, len(name), ctypes.byref(item)):
                raise RuntimeError(f"Wasmtime has no export {name}")
            exports.append((kind, index, item.of))
        for turn in range(ROUNDS):
            for i, (kind, index, of) in enumerate(exports):
                if kind != 0:
                    continue
                _, params, results = shape.types[shape.funcs[index]]
                if len(params) <= MAX_VALUES and len(results) <= MAX_VALUES:
                    lines.append(f"{turn} #{i}:" + self.call(store, of.func, params, len(results), turn * 7 + i))
        for i, (kind, _, of) in enumerate(exports):
            if kind == 3:
                value = ffi.wasmtime_val_t()
                ffi.wasmtime_global_get(store._context(), ctypes.byref(of.global_), ctypes.byref(value))
                lines.append(f"global #{i}:" + text(value))
                ffi.wasmtime_val_unroot(ctypes.byref(value))
            elif kind == 2:
                size = ffi.wasmtime_memory_data_size(store._context(), ctypes.byref(of.memory))
                data = ctypes.string_at(ffi.wasmtime_memory_data(store._context(), ctypes.byref(of.memory)), size) if size else b""
                lines.append(f"memory #{i}: {size} {hash_memory(data):016x}")
            elif kind == 1:
                lines.append(f"table #{i}: {ffi.wasmtime_table_size(store._context(), ctypes.byref(of.table))}")
        return lines

    def call(self, store, func, params, n_results, number):
        if any(p[0] == "!" for p in params):
            return " not callable"
        args = (ffi.wasmtime_val_t * max(len(params), 1))()
        results = (ffi.wasmtime_val_t * max(n_results, 1))()
        for k, kind in enumerate(params):
            args[k] = argument(store, kind, number + k * 3)
        try:
            with enter_wasm(store) as trap:
                error = ffi.wasmtime_func_call(store._context(), ctypes.byref(func), args, len(params), results, n_results, trap)
                if error:
                    raise wasmtime.WasmtimeError._from_ptr(error)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            return f" trap {self.reason(error)}"
        finally:
            ffi.wasmtime_context_take_exception(store._context(), ctypes.byref(ffi.wasmtime_exnref_t()))
            for value in args[:len(params)]:
                ffi.wasmtime_val_unroot(ctypes.byref(value))
        out = "".join(text(value) for value in results[:n_results])
        for value in results[:n_results]:
            ffi.wasmtime_val_unroot(ctypes.byref(value))
        return out

    @staticmethod
    def host(kind):
        zeros = [0 for _ in kind.results]
        n = len(zeros)
        params = [str(t) for t in kind.params]
        results = [str(t) for t in kind.results]

        def call(*args):
            # diff_run's host function leaves its slots alone: arguments are results, as bits
            out = []
            for k, t in enumerate(results):
                out.append(args[k] if k < len(args) and params[k] == t else zeros[k])
            return out if n > 1 else out[0] if n else None
        return call

    @staticmethod
    def reason(error):
        """The words of the specification for a trap."""
        code = error.trap_code if isinstance(error, wasmtime.Trap) else None
        name = code.name if code else None
        if name is None and "exception" in str(error):
            name = "UNCAUGHT_EXCEPTION"
        if name not in TRAPS:
            if name == "OUT_OF_FUEL" or any(word in str(error) for word in ("fuel", "limit", "GC heap")):
                raise NotComparable
            raise error
        return TRAPS[name]
