// JavaScript that computes: a ray of objects and typed arrays, recursion, generators, big integers, a Sudoku by backtracking.
function sudoku(text) {
    const grid = [...text].map(Number), rows = new Uint16Array(9), cols = new Uint16Array(9), boxes = new Uint16Array(9);
    let steps = 0;
    const box = i => Math.floor(i / 27) * 3 + Math.floor(i % 9 / 3);
    const flip = (i, d) => { rows[i / 9 | 0] ^= 1 << d; cols[i % 9] ^= 1 << d; boxes[box(i)] ^= 1 << d; };
    grid.forEach((d, i) => d && flip(i, d));
    const solve = i => {
        while (i < 81 && grid[i]) i++;
        if (i == 81) return true;
        const used = rows[i / 9 | 0] | cols[i % 9] | boxes[box(i)];
        for (let d = 1; d <= 9; d++)
            if (!(used >> d & 1)) {
                steps++;
                grid[i] = d; flip(i, d);
                if (solve(i + 1)) return true;
                grid[i] = 0; flip(i, d);
            }
        return false;
    };
    return solve(0) ? grid.join("") + ":" + steps : "none";
}

function* permutations(list, n = list.length) {
    if (n <= 1) yield list;
    else
        for (let i = 0; i < n; i++) {
            yield* permutations(list, n - 1);
            const j = n % 2 ? 0 : i;
            [list[n - 1], list[j]] = [list[j], list[n - 1]];
        }
}

function bodies(steps) {
    const all = [1, 2, 3, 4].map(i => ({x: i, y: i * i / 3, vx: 0.1 * i, vy: -0.2 / i, m: 1 / i}));
    for (let t = 0; t < steps; t++) {
        for (const a of all)
            for (const b of all)
                if (a !== b) {
                    const dx = b.x - a.x, dy = b.y - a.y, d = Math.sqrt(dx * dx + dy * dy + 0.01);
                    a.vx += dx * b.m / (d * d * d) * 0.001;
                    a.vy += dy * b.m / (d * d * d) * 0.001;
                }
        for (const a of all) { a.x += a.vx * 0.001; a.y += a.vy * 0.001; }
    }
    return all.reduce((s, a) => s + a.x - a.y, 0).toFixed(9);
}

function big(n) {
    let a = 1n;
    for (let i = 1n; i <= n; i++) a *= i;
    return a.toString().length + "," + a % 1000007n;
}

const times = Math.max(1, Math.floor(3 * scale / 100));
let last;
for (let i = 0; i < times; i++) {
    let sum = 0;
    for (const p of permutations([1, 2, 3, 4, 5, 6])) sum += p[0] * p[5];
    const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2);
    last = [sudoku("530070000600195000098000060800060003400803001700020006060000280000419005000080079"), sum, bodies(400), big(120n), fib(17)];
}
print(last.join(" "));
