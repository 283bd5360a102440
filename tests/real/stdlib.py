"""A script that CPython runs as a guest, in the breadth of its own test modules for files, time, os and json: what they ask of a system, in the directory
that the first argument names. Ends as unittest does."""
import array, bz2, calendar, codecs, configparser, csv, datetime, errno, filecmp, fileinput, fnmatch, glob, gzip, io, json, linecache, logging
import os, pathlib, pickle, random, shelve, shutil, sqlite3, stat, struct, sys, tarfile, tempfile, time, unittest, uuid, zipfile, zlib, zoneinfo

HERE = sys.argv.pop(1)
tempfile.tempdir = HERE


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(dir=HERE)
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, data=b"data"):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def refused(self, number, call, *args, **kwargs):
        with self.assertRaises(OSError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.errno, number)


class Files(Case):
    def test_modes(self):
        p = self.path("f")
        for mode, text in (("w", "one\n"), ("a", "two\n")):
            with open(p, mode) as f:
                self.assertEqual(f.write(text), 4)
        with open(p) as f:
            self.assertEqual(list(f), ["one\n", "two\n"])
        self.refused(errno.EEXIST, open, p, "x")
        with open(p, "r+b") as f:
            f.seek(-4, os.SEEK_END)
            f.write(b"TWO")
            self.assertEqual(f.tell(), 7)
            f.truncate(5)
            f.seek(0)
            self.assertEqual(f.read(), b"one\nT")
        with open(p, "w+") as f:
            self.assertEqual(f.read(), "")
        self.assertEqual(os.path.getsize(p), 0)

    def test_errors(self):
        p = self.write("f")
        self.refused(errno.ENOENT, open, self.path("none"))
        self.refused(errno.EISDIR, open, self.dir, "w")
        self.refused(errno.ENOTDIR, open, self.path("f", "x"))
        self.refused(errno.ENAMETOOLONG, open, self.path("n" * 256), "w")
        with open(p) as f:
            self.assertRaises(io.UnsupportedOperation, f.write, "x")
        self.assertRaises(ValueError, f.read)
        self.assertRaises(ValueError, open, "a\0b")
        fd = os.open(p, os.O_RDONLY)
        os.close(fd)
        self.refused(errno.EBADF, os.close, fd)
        self.refused(errno.EBADF, os.read, fd, 1)

    def test_large_and_sparse(self):
        with open(self.path("big"), "wb") as f:
            f.seek(5 << 30 if HERE != "/memory" else 50 << 20)
            f.write(b"end")
            size = f.tell()
        with open(self.path("big"), "rb") as f:
            self.assertEqual(f.read(4), b"\0" * 4)
            f.seek(-3, os.SEEK_END)
            self.assertEqual(f.read(), b"end")
        self.assertEqual(os.stat(self.path("big")).st_size, size)

    def test_buffers(self):
        data = random.Random(1).randbytes(300000)
        p = self.write("f", data)
        for size in (0, 1, 100, 8192, 1 << 20):
            with open(p, "rb", buffering=size) as f:
                parts = iter(lambda: f.read(7777), b"")
                self.assertEqual(b"".join(parts), data)
        with open(p, "rb") as f:
            a = array.array("B", bytes(1000))
            self.assertEqual(f.readinto(a), 1000)
            self.assertEqual(a.tobytes(), data[:1000])
            self.assertEqual(f.peek(1)[:1], data[1000:1001])
        fd = os.open(p, os.O_RDWR)
        self.assertEqual(os.lseek(fd, 10, os.SEEK_SET), 10)
        self.assertEqual(os.read(fd, 5), data[10:15])
        self.assertEqual(os.write(fd, b"xyz"), 3)
        os.fsync(fd)
        os.ftruncate(fd, 20)
        self.assertEqual(os.fstat(fd).st_size, 20)
        os.close(fd)

    def test_text(self):
        for encoding in ("utf-8", "utf-16", "latin-1", "utf-8-sig"):
            text = "\u00e4\u00f6\u00fc\r\nline\n" if encoding == "latin-1" else "\u00e4\U0001f600\r\nline\n"
            with open(self.path("t"), "w", encoding=encoding, newline="") as f:
                f.write(text)
            with codecs.open(self.path("t"), encoding=encoding) as f:
                self.assertEqual(f.read(), text)
            with open(self.path("t"), encoding=encoding) as f:
                self.assertEqual(f.read(), text.replace("\r\n", "\n"))
        with fileinput.input([self.path("t"), self.path("t")], encoding="utf-8-sig") as lines:
            self.assertEqual(sum(1 for _ in lines), 4)
        self.write("l", b"a\nb\nc\n")
        self.assertEqual(linecache.getline(self.path("l"), 2), "b\n")


class System(Case):
    def test_stat(self):
        p = self.write("f", b"12345")
        s = os.stat(p)
        self.assertTrue(stat.S_ISREG(s.st_mode) and s.st_size == 5 and s.st_nlink == 1 and s.st_ino)
        self.assertTrue(stat.S_ISDIR(os.stat(self.dir).st_mode))
        self.assertTrue(abs(s.st_mtime - time.time()) < 600)
        os.utime(p, ns=(1_000_000_001, 2_000_000_002))
        s = os.stat(p)
        self.assertEqual((s.st_atime_ns, s.st_mtime_ns), (1_000_000_001, 2_000_000_002))
        os.utime(p)
        self.assertTrue(abs(os.path.getmtime(p) - time.time()) < 600)
        self.assertTrue(os.path.samefile(p, self.path(".", "f")))
        self.assertEqual(os.path.isfile(p), True)
        self.refused(errno.ENOENT, os.stat, self.path("none"))

    def test_links(self):
        self.write("f", b"x")
        os.link(self.path("f"), self.path("h"))
        self.assertEqual(os.stat(self.path("f")).st_nlink, 2)
        os.symlink("f", self.path("s"))
        self.assertEqual(os.readlink(self.path("s")), "f")
        self.assertTrue(os.path.islink(self.path("s")) and stat.S_ISLNK(os.lstat(self.path("s")).st_mode))
        self.assertEqual(open(self.path("s")).read(), "x")
        os.symlink("none", self.path("d"))
        self.assertTrue(os.path.lexists(self.path("d")) and not os.path.exists(self.path("d")))
        os.symlink("loop", self.path("loop"))
        self.refused(errno.ELOOP, os.stat, self.path("loop"))
        self.refused(errno.EEXIST, os.symlink, "f", self.path("s"))

    def test_directories(self):
        os.makedirs(self.path("a", "b", "c"))
        os.makedirs(self.path("a", "b", "c"), exist_ok=True)
        self.refused(errno.EEXIST, os.mkdir, self.path("a"))
        self.refused(errno.ENOTEMPTY, os.rmdir, self.path("a"))
        for i in range(300):
            self.write(f"a/{i:03}", b"")
        self.assertEqual(sorted(os.listdir(self.path("a"))), sorted([*(f"{i:03}" for i in range(300)), "b"]))
        with os.scandir(self.path("a")) as entries:
            self.assertEqual([e.name for e in entries if e.is_dir()], ["b"])
        found = [(os.path.relpath(top, self.dir), len(files)) for top, _, files in os.walk(self.dir)]
        self.assertEqual(found, [(".", 0), ("a", 300), ("a/b", 0), ("a/b/c", 0)])
        os.rmdir(self.path("a", "b", "c"))
        self.refused(errno.ENOENT, os.listdir, self.path("none"))
        self.refused(errno.ENOTDIR, os.listdir, self.path("a", "000"))

    def test_rename_and_remove(self):
        self.write("f", b"new")
        self.write("g", b"old")
        os.replace(self.path("f"), self.path("g"))
        self.assertEqual(open(self.path("g"), "rb").read(), b"new")
        os.mkdir(self.path("d"))
        os.rename(self.path("g"), self.path("d", "g"))
        self.refused(errno.ENOTEMPTY, os.rmdir, self.path("d"))
        self.refused(errno.ENOENT, os.rename, self.path("none"), self.path("x"))
        self.refused(errno.ENOENT, os.remove, self.path("none"))
        self.assertRaises(OSError, os.remove, self.path("d"))
        with open(self.path("d", "g"), "rb") as f:   # removed while open
            os.remove(self.path("d", "g"))
            self.assertEqual(f.read(), b"new")
        os.rmdir(self.path("d"))

    def test_names(self):
        for name in ("\u00e4\U0001f600", "a b", "'\"", "n" * 255, "-", "x\n"):
            self.write(name)
            self.assertEqual(os.listdir(self.dir), [name])
            os.remove(self.path(name))

    def test_working_directory(self):
        os.chdir(self.dir)
        with open("here", "w") as f:
            f.write("x")
        self.assertTrue(os.path.exists(self.path("here")))
        os.chdir(HERE)

    def test_environment_and_random(self):
        self.assertEqual(os.environ["NAME"], "a value")
        os.environ["OTHER"] = "1"
        self.assertEqual(os.getenv("OTHER"), "1")
        self.assertNotEqual(os.urandom(16), os.urandom(16))
        self.assertNotEqual(uuid.uuid4(), uuid.uuid4())
        self.assertEqual(sys.platform, "wasi")
        self.assertRaises(OSError, open, "/etc/passwd")
        self.assertRaises(OSError, open, HERE + "/../etc/passwd")


class Libraries(Case):
    def test_pathlib(self):
        p = pathlib.Path(self.dir) / "a" / "b.txt"
        p.parent.mkdir()
        self.assertEqual(p.write_text("x\ny"), 3)
        self.assertEqual((p.read_text(), p.suffix, p.stem, p.exists(), p.stat().st_size), ("x\ny", ".txt", "b", True, 3))
        self.assertEqual([q.name for q in pathlib.Path(self.dir).rglob("*.txt")], ["b.txt"])
        q = p.rename(p.with_suffix(".md"))
        self.assertEqual([e.name for e in p.parent.iterdir()], ["b.md"])
        q.touch()
        q.unlink()
        p.unlink(missing_ok=True)
        p.parent.rmdir()

    def test_shutil_and_glob(self):
        os.makedirs(self.path("a", "b"))
        self.write("a/b/f.py", b"x" * 100000)
        self.write("a/g.txt")
        shutil.copytree(self.path("a"), self.path("c"))
        self.assertTrue(filecmp.cmp(self.path("a/b/f.py"), self.path("c/b/f.py"), shallow=False))
        self.assertEqual(filecmp.dircmp(self.path("a"), self.path("c")).diff_files, [])
        shutil.copy2(self.path("a/g.txt"), self.path("h"))
        self.assertEqual(os.stat(self.path("a/g.txt")).st_mtime_ns, os.stat(self.path("h")).st_mtime_ns)
        shutil.move(self.path("c"), self.path("d"))
        self.assertEqual(sorted(glob.glob("**/*.py", root_dir=self.dir, recursive=True)), ["a/b/f.py", "d/b/f.py"])
        self.assertEqual(fnmatch.filter(os.listdir(self.path("a")), "*.t?t"), ["g.txt"])
        shutil.rmtree(self.path("a"))
        self.assertFalse(os.path.exists(self.path("a")))

    def test_tempfile(self):
        with tempfile.NamedTemporaryFile() as f:
            f.write(b"x")
            f.flush()
            self.assertEqual(os.path.getsize(f.name), 1)
        self.assertFalse(os.path.exists(f.name))
        with tempfile.TemporaryDirectory() as d:
            open(os.path.join(d, "x"), "w").close()
        self.assertFalse(os.path.exists(d))
        with tempfile.SpooledTemporaryFile(10) as f:
            f.write(b"y" * 100)
            f.seek(0)
            self.assertEqual(len(f.read()), 100)

    def test_archives(self):
        data = b"abc" * 20000
        self.write("f", data)
        with zipfile.ZipFile(self.path("z"), "w", zipfile.ZIP_DEFLATED) as z:
            z.write(self.path("f"), "dir/f")
            z.writestr("g", "text")
        with zipfile.ZipFile(self.path("z")) as z:
            self.assertIsNone(z.testzip())
            self.assertEqual(z.namelist(), ["dir/f", "g"])
            z.extractall(self.path("out"))
        self.assertEqual(open(self.path("out/dir/f"), "rb").read(), data)
        for mode in ("w", "w:gz", "w:bz2"):
            with tarfile.open(self.path("t"), mode) as t:
                t.add(self.path("out"), "o")
            with tarfile.open(self.path("t")) as t:
                self.assertEqual(sorted(t.getnames()), ["o", "o/dir", "o/dir/f", "o/g"])
                self.assertEqual(t.extractfile("o/dir/f").read(), data)
        for module in (gzip, bz2):
            with module.open(self.path("c"), "wb") as f:
                f.write(data)
            with module.open(self.path("c")) as f:
                self.assertEqual(f.read(), data)
        self.assertEqual(zlib.decompress(zlib.compress(data)), data)

    def test_formats(self):
        value = {"list": [1, 2.5, None, True, "\u00e4\U0001f600"], "deep": {"x": {"y": []}}, "big": 2**70, "e": 1e300}
        with open(self.path("j"), "w") as f:
            json.dump(value, f, indent=1, sort_keys=True)
        with open(self.path("j")) as f:
            self.assertEqual(json.load(f), value)
        for bad in ("", "{", "[1,]", '{"a":1,}', '"\\x"', "nul", "[1 2]", '{"a" 1}', "1.e", "\"\t\""):
            self.assertRaises(json.JSONDecodeError, json.loads, bad)
        self.assertEqual(str(json.loads("[" * 100 + "]" * 100)), "[" * 100 + "]" * 100)
        self.assertEqual(json.dumps([float("inf"), "\ud800"]), '[Infinity, "\\ud800"]')
        self.assertRaises(ValueError, json.dumps, float("nan"), allow_nan=False)
        self.assertRaises(TypeError, json.dumps, {1, 2})
        self.assertEqual(pickle.loads(pickle.dumps(value)), value)
        with open(self.path("c"), "w", newline="") as f:
            csv.writer(f).writerows([["a,b", 'c"d'], ["line\nend", "\u00e4"]])
        with open(self.path("c"), newline="") as f:
            self.assertEqual(list(csv.reader(f)), [["a,b", 'c"d'], ["line\nend", "\u00e4"]])
        c = configparser.ConfigParser()
        c.read_string("[a]\nx = 1\ny = %(x)s2\n")
        self.assertEqual(c["a"]["y"], "12")
        self.assertEqual(struct.unpack("<hIqd", struct.pack("<hIqd", -1, 2**32 - 1, -2**63, 0.1)), (-1, 2**32 - 1, -2**63, 0.1))

    def test_databases(self):
        with sqlite3.connect(":memory:" if HERE == "/memory" else self.path("db"), isolation_level=None) as db:
            db.execute("create table t (a integer primary key, b text)")
            db.execute("begin")
            db.executemany("insert into t (b) values (?)", [(str(i),) for i in range(500)])
            db.execute("commit")
            self.assertEqual(db.execute("select count(*), max(a), sum(b) from t where b > '3'").fetchone()[1], 500)
        db.close()
        with shelve.open(self.path("shelf")) as s:
            s["key"] = [1, 2]
        with shelve.open(self.path("shelf")) as s:
            self.assertEqual(s["key"], [1, 2])

    def test_logging(self):
        handler = logging.FileHandler(self.path("log"))
        logger = logging.getLogger("x")
        logger.addHandler(handler)
        logger.warning("hello %d", 3)
        handler.close()
        self.assertEqual(open(self.path("log")).read(), "hello 3\n")


class Time(unittest.TestCase):
    def test_clocks(self):
        for clock in (time.time_ns, time.monotonic_ns, time.perf_counter_ns, time.process_time_ns):
            a, b = clock(), clock()
            self.assertLessEqual(a, b)
        self.assertTrue(time.time() > 1.7e9)
        for name in ("time", "monotonic", "perf_counter"):
            self.assertTrue(0 < time.get_clock_info(name).resolution <= 1e-3)
        start = time.monotonic()   # (process_time() is times() of wasi-libc here, in units of its own)
        time.sleep(0.05)
        self.assertTrue(0.05 <= time.monotonic() - start < 10)
        self.assertRaises(ValueError, time.sleep, -1)
        self.assertTrue(time.clock_getres(time.CLOCK_MONOTONIC) > 0)

    def test_calendar(self):
        self.assertEqual(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(951782400)), "2000-02-29 00:00:00")
        self.assertEqual(calendar.timegm(time.strptime("2038-01-19 03:14:08", "%Y-%m-%d %H:%M:%S")), 2**31)
        self.assertEqual(time.mktime(time.localtime(1e9)), 1e9)
        d = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc)
        self.assertEqual((d + datetime.timedelta(days=366)).isoformat(), "2025-03-01T12:00:00+00:00")
        self.assertEqual(datetime.datetime.fromisoformat(d.isoformat()), d)
        self.assertEqual(datetime.datetime.fromtimestamp(-1, datetime.timezone.utc).year, 1969)
        self.assertRaises(zoneinfo.ZoneInfoNotFoundError, zoneinfo.ZoneInfo, "Nowhere/Town")


unittest.main(verbosity=2)
