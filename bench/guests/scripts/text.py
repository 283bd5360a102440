# Modules of Python's standard library at work: json, re, collections, itertools, string formatting. The argument is the percentage of work.
import collections
import itertools
import json
import re
import sys

percent = int(sys.argv[1]) if len(sys.argv) > 1 else 100
result = []
for n in range(max(1, 3 * percent // 100)):
    rows = [{"id": i * n, "name": f"name {i:03d}", "score": i / 8, "tags": [f"t{i % 5}", None, True]} for i in range(150)]
    text = json.dumps(rows, indent=1)
    back = json.loads(text)
    assert back == rows
    words = re.findall(r"[a-z]+", text)
    count = collections.Counter(words).most_common(3)
    dates = re.sub(r"(\d+)\.(\d+)", lambda m: m.group(2) + ":" + m.group(1), text)
    groups = {k: len(list(g)) for k, g in itertools.groupby(sorted(back, key=lambda r: (r["tags"][0], -r["score"])), key=lambda r: r["tags"][0])}
    pairs = sum(a * b for a, b in itertools.combinations(range(60), 2))
    matrix = [[(i * j + n) % 7 for j in range(16)] for i in range(16)]
    product = [[sum(a * b for a, b in zip(row, col)) for col in zip(*matrix)] for row in matrix]
    result = [count, len(dates), groups, pairs, sum(map(sum, product)), "%08.3f|%-6s|%x" % (n / 7, "ab", n + 255)]
print(*result)
