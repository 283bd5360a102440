"""What diff_run prints, made by Wasmtime: same calls, same arguments, same text."""
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import tools

wasmtime = tools.import_wasmtime()

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
    "UNREACHABLE": "unreachable",
}


def argument(kind, n):
    n %= 16
    if kind == "i32":
        return I32S[n]
    if kind == "i64":
        return I64S[n]
    if kind == "f32":
        return struct.unpack("<f", struct.pack("<I", F32S[n]))[0]
    if kind == "f64":
        return struct.unpack("<d", struct.pack("<Q", F64S[n]))[0]
    if kind in ("externref", "anyref"):   # some versions of the package call it so
        return n if n % 3 else None
    return None


def value(kind, v):
    if kind == "i32":
        return f" {v if v < 1 << 31 else v - (1 << 32)}"
    if kind == "i64":
        return f" {v if v < 1 << 63 else v - (1 << 64)}"
    if kind == "f32":
        return " f7fc00000" if v != v else f" f{struct.unpack('<I', struct.pack('<f', v))[0]:x}"
    if kind == "f64":
        return " d7ff8000000000000" if v != v else f" d{struct.unpack('<Q', struct.pack('<d', v))[0]:x}"
    if isinstance(v, wasmtime.Val):   # what a global gives
        v = v.value
    return " null" if v is None else " ref"


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
        config.wasm_tail_call = True
        config.wasm_multi_memory = True
        config.wasm_memory64 = True
        config.wasm_exceptions = True
        config.cranelift_opt_level = "none"
        config.consume_fuel = True
        self.engine = wasmtime.Engine(config)

    def run(self, wasm, fuel=200_000_000):
        """The lines; None if it takes too long to be worth comparing."""
        lines = []
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
            instance = wasmtime.Instance(store, module, imports)
        except wasmtime.Trap as trap:
            return [f"instance: {self.trap(trap)}"]
        except wasmtime.WasmtimeError as error:
            if "limit" in str(error):
                return None
            raise
        exports = instance.exports(store)
        kinds = [(export.name, export.type) for export in module.exports]
        for turn in range(ROUNDS):
            for i, (name, kind) in enumerate(kinds):
                if not isinstance(kind, wasmtime.FuncType) or len(kind.params) > MAX_VALUES or len(kind.results) > MAX_VALUES:
                    continue
                args = [argument(str(t), turn * 7 + k * 3 + i) for k, t in enumerate(kind.params)]
                line = f"{turn} #{i}:"
                try:
                    result = exports[name](store, *args)
                    types = [str(t) for t in kind.results]
                    results = [] if not types else result if len(types) > 1 else [result]
                    line += "".join(value(t, v) for t, v in zip(types, results))
                except wasmtime.Trap as trap:
                    what = self.trap(trap)
                    if what is None:
                        return None
                    line += f" trap {what}"
                except wasmtime.WasmtimeError as error:
                    if "fuel" in str(error):
                        return None
                    raise
                lines.append(line)
        for i, (name, kind) in enumerate(kinds):
            if isinstance(kind, wasmtime.GlobalType):
                lines.append(f"global #{i}:" + value(str(kind.content), exports[name].value(store)))
            elif isinstance(kind, wasmtime.MemoryType):
                memory = exports[name]
                data = bytes(memory.read(store, 0, memory.data_len(store)))
                lines.append(f"memory #{i}: {len(data)} {hash_memory(data):016x}")
            elif isinstance(kind, wasmtime.TableType):
                lines.append(f"table #{i}: {exports[name].size(store)}")
        return lines

    @staticmethod
    def host(kind):
        zeros = [argument(str(t), 0) for t in kind.results]
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
    def trap(trap):
        code = trap.trap_code
        if code is None:
            return None
        return TRAPS.get(code.name)
