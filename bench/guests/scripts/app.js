// What JavaScript programs do: classes, closures, arrays and their methods, maps, strings, regular expressions, JSON.
let seed = 7;
const random = n => (seed = (seed * 1103515245 + 12345) & 0x7fffffff, (seed >> 8) % n);

class Shape {
    constructor(name) { this.name = name; }
    area() { return 0; }
}
class Square extends Shape {
    constructor(side) { super("square"); this.side = side; }
    area() { return this.side * this.side; }
}
class Circle extends Shape {
    constructor(radius) { super("circle"); this.radius = radius; }
    area() { return 3.14159 * this.radius * this.radius; }
}

function shapes() {
    const all = Array.from({length: 400}, (_, i) => i % 3 ? new Square(random(50)) : new Circle(random(50)));
    const byName = new Map();
    for (const s of all) byName.set(s.name, (byName.get(s.name) ?? 0) + s.area());
    all.sort((a, b) => a.area() - b.area() || a.name.localeCompare(b.name));
    return [...byName].map(([k, v]) => `${k}:${v.toFixed(2)}`).join(",") + all.slice(10, 13).map(s => s.area().toFixed(1));
}

function records() {
    const rows = [];
    for (let i = 0; i < 60; i++) rows.push({id: i, tags: ["a" + random(9), "b" + random(9)], pos: {x: random(100), y: i / 4}, ok: i % 2 == 0});
    const text = JSON.stringify(rows), back = JSON.parse(text);
    return text.length + back.filter(r => r.ok).map(r => r.pos.x + r.pos.y).reduce((a, b) => a + b, 0);
}

function words() {
    let text = "";
    for (let i = 0; i < 300; i++) text += ["lorem", "ipsum", "dolor", "2024-01-" + (10 + random(20)), "sit@amet.org"][random(5)] + " ";
    const dates = text.match(/\d{4}-\d\d-\d\d/g).length;
    const mails = text.replace(/(\w+)@(\w+)\.org/g, "$2 at $1").split(/\s+/);
    const count = {};
    for (const w of mails) count[w] = (count[w] || 0) + 1;
    return dates + Object.entries(count).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 4).join(";");
}

function heap() {
    const h = [];
    const push = x => {
        let i = h.push(x) - 1;
        while (i > 0 && h[(i - 1) >> 1] > h[i]) { [h[i], h[(i - 1) >> 1]] = [h[(i - 1) >> 1], h[i]]; i = (i - 1) >> 1; }
    };
    const pop = () => {
        const top = h[0], last = h.pop();
        if (h.length) {
            h[0] = last;
            for (let i = 0; ;) {
                let c = 2 * i + 1;
                if (c >= h.length) break;
                if (c + 1 < h.length && h[c + 1] < h[c]) c++;
                if (h[i] <= h[c]) break;
                [h[i], h[c]] = [h[c], h[i]];
                i = c;
            }
        }
        return top;
    };
    for (let i = 0; i < 500; i++) push(random(10000));
    let sum = 0;
    for (let i = 0; i < 500; i++) sum = (sum * 31 + pop()) | 0;
    return sum;
}

function pixels() {
    const a = new Uint8Array(64 * 64), b = new Float64Array(64);
    for (let y = 0; y < 64; y++)
        for (let x = 0; x < 64; x++) { a[y * 64 + x] = x * y + (x ^ y); b[x] += a[y * 64 + x] / (y + 1); }
    return b.reduce((s, x) => s + x, 0).toFixed(3);
}

const times = Math.max(1, Math.floor(6 * scale / 100));
let last;
for (let i = 0; i < times; i++) last = [shapes(), records(), words(), heap(), pixels()];
print(last.join(" "));
