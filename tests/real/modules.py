"""A script that CPython runs as a guest: what the standard library needs of floats, integers, clocks and random bytes."""
import base64, collections, datetime, decimal, fractions, hashlib, itertools, json, math
import os, random, re, struct, sys, textwrap, time, unicodedata, zlib

print(sys.platform, sys.version_info[:3])
print(json.dumps({"b": [1, 2.5, None, True], "a": "é"}, sort_keys=True), json.loads('[1, {"x": "\\u00e9"}, -1.5e300]'))
print(re.sub(r"(\w+)@(\w+)", r"\2 at \1", "me@home you@work"), re.findall(r"\d+", "a1b22c333"))
print(hashlib.sha256(b"cwasm").hexdigest(), hashlib.md5(b"cwasm").hexdigest())
print(hashlib.sha3_256(b"cwasm").hexdigest(), hashlib.blake2b(b"cwasm", digest_size=8).hexdigest())
print(zlib.crc32(b"cwasm"), len(zlib.decompress(zlib.compress(b"abc" * 10000))), base64.b64encode(struct.pack("<Ifd", 7, 0.5, math.pi)))
print(math.sin(1.0), math.gamma(5.5), math.exp(-3), 0.1 + 0.2, 1e23, float("1.7976931348623157e308"), math.fsum([0.1] * 10))
print(decimal.Decimal(1) / decimal.Decimal(7), fractions.Fraction(3, 7) + 1, 2**521 % 1000003, pow(3, 10**6, 10**9 + 7))
print(unicodedata.name("ß"), datetime.date(2024, 2, 29) + datetime.timedelta(days=366), random.Random(5).randint(0, 10**9))
print(collections.Counter("interpreter").most_common(3), list(itertools.permutations("abc", 2))[:3], 
      textwrap.wrap("a few words to wrap here", 10))
start = time.monotonic()
time.sleep(0.02)
print(0.02 <= time.monotonic() - start < 5, time.time() > 1.7e9, len(set(os.urandom(16))) > 4)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


print(depth(400))
try:
    depth(10**6)
except RecursionError:
    print("RecursionError")
print(sum(x * x for x in range(100000)), len([n for n in range(2, 3000) if all(n % d for d in range(2, int(n**0.5) + 1))]))
