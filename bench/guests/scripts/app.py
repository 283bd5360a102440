# What Python programs do: dictionaries, classes, comprehensions, strings, sorting, generators. The argument is the percentage of work.
import sys

percent = int(sys.argv[1]) if len(sys.argv) > 1 else 100
seed = 11


def random(n):
    global seed
    seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
    return (seed >> 8) % n


class Item:
    def __init__(self, name, price):
        self.name, self.price = name, price

    def total(self, count):
        return self.price * count


def shop():
    items = [Item(f"item{i}", 1 + random(90)) for i in range(50)]
    sales = {}
    for _ in range(3000):
        item = items[random(len(items))]
        sales[item.name] = sales.get(item.name, 0) + item.total(random(4))
    return sorted(sales.items(), key=lambda kv: (-kv[1], kv[0]))[:3]


def words():
    text = " ".join(f"w{random(40)}" for _ in range(2000))
    count = {}
    for w in text.split():
        count[w] = count.get(w, 0) + 1
    return max(count.values()), text.replace("w1", "x").count("x"), len(text.upper().title())


def primes(n):
    def candidates():
        yield 2
        yield from range(3, n, 2)
    found = []
    for c in candidates():
        if all(c % p for p in found if p * p <= c):
            found.append(c)
    return sum(found)


def floats(n):
    x, y = 0.1, 0.2
    for i in range(n):
        x, y = x * 0.99 + y * 0.01, y * 0.98 + x * 0.02 + 1e-6 * i
    return f"{x:.9f} {y:.9f}"


for _ in range(max(1, 3 * percent // 100)):
    result = shop(), words(), primes(700), floats(5000)
print(*result)
