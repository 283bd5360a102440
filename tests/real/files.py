"""A script that CPython runs as a guest: files and directories under /data."""
import os

os.mkdir("/data/sub")
with open("/data/sub/a.txt", "w") as f:
    print("one\ntwo", file=f)
with open("/data/sub/a.txt", "a") as f:
    f.write("three\n")
with open("/data/sub/a.txt") as f:
    print(f.read().split())
with open("/data/sub/a.txt", "r+b") as f:
    f.seek(4)
    f.write(b"TWO")
    f.truncate(8)
    f.seek(0)
    print(f.read(), f.tell())
with open("/data/sub/big", "wb") as f:
    for i in range(1000):
        f.write(bytes([i & 255]) * 100)
for name in "xyz":
    open(f"/data/sub/{name}", "w").close()
os.rename("/data/sub/a.txt", "/data/sub/b.txt")
print(sorted(os.listdir("/data/sub")), os.path.getsize("/data/sub/big"))
print(sorted((e.name, e.is_file(), e.is_dir()) for e in os.scandir("/data") if e.name != "files.py"))
print(os.path.exists("/data/sub/a.txt"), os.path.isfile("/data/sub/b.txt"))
for path, mode in (("/data/none", "r"), ("/data/sub/b.txt", "x"), ("/data/sub", "w"), ("/etc/passwd", "r"), ("/data/../etc/passwd", "r")):
    try:
        open(path, mode)
    except OSError as e:
        print(mode, path, "refused" if "etc" in path else type(e).__name__)
try:
    os.rmdir("/data/sub")
except OSError as e:
    print("rmdir", e.strerror)
for name in os.listdir("/data/sub"):
    os.remove(f"/data/sub/{name}")
os.rmdir("/data/sub")
print(os.path.isdir("/data/sub"), os.listdir("/data"))
