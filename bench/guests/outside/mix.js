// Calls, objects, strings, sorting, JSON and regular expressions; the program takes what follows it as arguments.
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

function Point(x, y) { this.x = x; this.y = y; }
Point.prototype.plus = function (other) { return new Point(this.x + other.x, this.y + other.y); };

const results = [];
for (let round = 0; round < Number(scriptArgs[scriptArgs.length - 1]) / 10; round++) {
    results.push(fib(16));
    let at = new Point(0, 0);
    for (let i = 0; i < 3000; i++) at = at.plus(new Point(i, 1));
    results.push(at.x + at.y);
    let text = "";
    for (let i = 0; i < 1500; i++) text += String.fromCharCode(97 + i % 26);
    results.push(text.split("e").join("XX").length);
    const numbers = Array.from({ length: 1500 }, (_, i) => i * 7919 % 1009).sort((a, b) => a - b);
    results.push(numbers[100]);
    const counts = {};
    for (let i = 0; i < 1500; i++) counts["k" + i % 100] = (counts["k" + i % 100] || 0) + i;
    results.push(JSON.stringify(counts).length);
    for (let i = 0; i < 100; i++) results.push(("abc" + i + "def").replace(/[0-9]+/g, (digits) => "<" + digits + ">").length);
}
print(results.reduce((sum, n) => (sum * 31 + n) % 1000003, 0));
