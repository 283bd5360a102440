// What diff_run prints, made by Node: same calls, same arguments, same text. Only i32 and i64 go in and out.
'use strict';
const fs = require('fs');
const i32s = [0, 1, -1, 7, 31, 32, 100, 255, 65535, 65536, 0x7fffffff, -0x80000000, -7, 0x12345678, 4, 2];
const i64s = [0n, 1n, -1n, 7n, 63n, 64n, 0x100000000n, 0xffffffffn, 0x7fffffffffffffffn, -0x8000000000000000n, -7n, 0x123456789abcdef0n, 0x7fffffffn,
    -0x80000001n, 4n, 2n];
const traps = [['unreachable', 'unreachable'], ['divide by zero', 'integer divide by zero'], ['remainder by zero', 'integer divide by zero'],
    ['memory access out of bounds', 'out of bounds memory access'], ['call stack', 'call stack exhausted']];

// The types of the parameters of exported functions, from the type, function and export sections (as legacy.py writes them).
function parameters(wasm) {
    let at = 8;
    const number = () => { let n = 0, shift = 0, b; do { b = wasm[at++]; n |= (b & 127) << shift; shift += 7; } while (b & 128); return n; };
    const types = [], funcs = [], out = {};
    while (at < wasm.length) {
        const id = wasm[at++], size = number(), end = at + size;
        if (id === 1)
            for (let n = number(); n--;) {
                at++;
                const params = [...wasm.subarray(at + 1, at + 1 + wasm[at])];
                at += params.length + 1;
                at += wasm[at] + 1;
                types.push(params);
            }
        else if (id === 3)
            for (let n = number(); n--;) funcs.push(number());
        else if (id === 7)
            for (let n = number(); n--;) {
                const size = number(), name = Buffer.from(wasm.subarray(at, at + size)).toString();
                at += size;
                const kind = wasm[at++], index = number();
                if (kind === 0) out[name] = types[funcs[index]];
            }
        at = end;
    }
    return out;
}

function hash(buffer) {
    const words = new BigUint64Array(buffer);
    let h = 0xcbf29ce484222325n;
    for (let i = 0; i < words.length; i++)
        if (words[i]) h = BigInt.asUintN(64, (h ^ words[i] ^ BigInt(8 * i)) * 0x100000001b3n);
    return h.toString(16).padStart(16, '0');
}

function reason(error) {
    if (error instanceof WebAssembly.Exception) return 'uncaught exception';
    const found = traps.find(([part]) => error.message.includes(part));
    if (!found) throw error;
    return found[1];
}

for (const path of process.argv.slice(2)) {
    const lines = ['module ' + path], wasm = fs.readFileSync(path);
    const module = new WebAssembly.Module(wasm), instance = new WebAssembly.Instance(module), types = parameters(wasm);
    const exports = WebAssembly.Module.exports(module);
    for (let round = 0; round < 3; round++)
        exports.forEach(({ name, kind }, i) => {
            if (kind !== 'function') return;
            const args = types[name].map((type, k) => (type === 0x7f ? i32s : i64s)[(round * 7 + k * 3 + i) % 16]);
            let line = `${round} #${i}:`;
            try {
                line += ' ' + instance.exports[name](...args);
            } catch (error) {
                line += ' trap ' + reason(error);
            }
            lines.push(line);
        });
    exports.forEach(({ name, kind }, i) => {
        const value = instance.exports[name];
        if (kind === 'global') lines.push(`global #${i}: ${value.value}`);
        if (kind === 'memory') lines.push(`memory #${i}: ${value.buffer.byteLength} ${hash(value.buffer)}`);
    });
    console.log(lines.join('\n'));
}
