#!/usr/bin/env python3
"""What coldstart.sh runs, in a mount namespace of its own: starts container engines in private folders, measures the same program natively, in
WebAssembly engines and in containers, all interleaved, and removes everything again."""

import argparse
import contextlib
import datetime
import glob
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import chart
import common
import engines as engine_list
import recipes
from coldstart import LIBC, native, native_name, native_version

HELLO = "hello\n"
PODMAN_CONF = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


class Cannot(Exception):
    """Something cannot run here; the text says why."""


def quiet(command, **options):
    """Run to the end; its output, or Cannot with its last words."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        words = done.stdout.strip().splitlines()
        raise Cannot(f"{Path(command[0]).name}: {words[-1] if words else f'status {done.returncode}'}")
    return done.stdout


def need(program, package):
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin") or cannot(f"{program} is not installed (package {package})")


def cannot(why):
    raise Cannot(why)


class Row:
    """One thing that is measured: `command` prints "hello". `before` is done outside of the measured time."""

    def __init__(self, name, command, kind="other", before=None):
        self.name, self.command, self.kind, self.before = name, [str(c) for c in command], kind, before
        self.wall = []


# ---- Container engines: each is there for the length of a `with` ---------------------------------------------------------------


class Engine:
    """docker or podman: they understand the same words."""

    def __init__(self, name, command, version):
        self.name, self.command, self.version = name, [str(c) for c in command], version

    def imported(self, name, tar, entry):
        """An image from a tar of its files."""
        image = f"localhost/{name}:1"
        quiet([*self.command, "import", "-c", f"ENTRYPOINT {json.dumps(entry)}", tar, image])
        return image

    def run(self, image):
        return [*self.command, "run", "--rm", "--network=none", image]

    def load_and_run(self, image, folder):
        """The command of a node that gets the image first, and what makes it forget the image."""
        tar = folder / f"{self.name}-{image.split('/')[-1].split(':')[0]}.tar"
        quiet([*self.command, "save", "-o", tar, image])
        command = " ".join(self.command)
        return (["sh", "-c", f"{command} load -q -i {tar} >/dev/null && exec {' '.join(self.run(image))}"],
                lambda: quiet([*self.command, "rmi", "-f", image]))


@contextlib.contextmanager
def docker(folder):
    """dockerd with a containerd of its own and no network; overlay2 where it works, else vfs."""
    dockerd, client = need("dockerd", "docker.io"), need("docker", "docker.io or docker-cli")
    for driver in ("overlay2", "vfs"):
        home = folder / f"docker-{driver}"
        home.mkdir()
        config = {"data-root": f"{home}/root", "exec-root": f"{home}/exec", "pidfile": f"{home}/pid", "hosts": [f"unix://{home}/sock"], "bridge": "none",
                  "iptables": False, "ip6tables": False, "ip-forward": False, "storage-driver": driver}
        (home / "config.json").write_text(json.dumps(config))
        command = [client, "-H", f"unix://{home}/sock"]
        with open(home / "log", "w") as log:
            daemon = subprocess.Popen([dockerd, "--config-file", home / "config.json"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while daemon.poll() is None and time.monotonic() < until:
            if subprocess.run([*command, "info"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                break
            time.sleep(0.1)
        try:
            version = quiet([*command, "version", "--format", "{{.Server.Version}}"]).strip()
        except Cannot as e:
            stop(daemon)
            why = (home / "log").read_text().strip().splitlines()[-1:] or [str(e)]
            continue
        try:
            yield Engine("docker", command, f"{version}, storage driver {driver}, runc, --network=none")
        finally:
            stop(daemon)
        return
    raise Cannot(f"dockerd does not start: {why[0]}")


def stop(daemon):
    daemon.send_signal(signal.SIGTERM)
    try:
        daemon.wait(30)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


@contextlib.contextmanager
def podman(folder):
    program, why = need("podman", "podman"), None
    need("crun", "crun")
    home = folder / "podman"
    home.mkdir()
    (home / "containers.conf").write_text(PODMAN_CONF)
    os.environ["CONTAINERS_CONF"] = str(home / "containers.conf")
    for driver in ("overlay", "vfs"):
        command = [program, "--root", home / driver, "--runroot", home / f"run-{driver}", "--tmpdir", home / "tmp", "--storage-driver", driver, "--runtime", "crun"]
        try:
            quiet([*command, "info"])
        except Cannot as e:
            why = e
            continue
        version = quiet([program, "--version"]).split()[-1]
        try:
            yield Engine("podman", command, f"{version}, storage driver {driver}, crun, --network=none")
        finally:
            with contextlib.suppress(Cannot):
                quiet([*command, "rm", "--all", "--force"])
        return
    raise why


def bundle(runtime, folder, program):
    """For crun and runc: their default configuration, without a terminal, and the program as the only file."""
    home = folder / f"bundle-{Path(runtime).name}"
    (home / "rootfs").mkdir(parents=True)
    shutil.copy2(program, home / "rootfs" / "hello")
    quiet([runtime, "spec"], cwd=home)
    config = json.loads((home / "config.json").read_text())
    config["process"].update(args=["/hello"], terminal=False)
    (home / "config.json").write_text(json.dumps(config))
    return home


def debian_with_python(cache):
    """A tar of a minimal Debian with Python, made once by debootstrap from the packages of the distribution."""
    tar = cache / "debian-python.tar"
    if not tar.exists():
        debootstrap = need("debootstrap", "debootstrap")
        suite = next((line.partition("=")[2].strip().strip('"') for line in Path("/etc/os-release").read_text().splitlines()
                      if line.startswith("VERSION_CODENAME=")), "bookworm")
        print("making a Debian with Python (once; some minutes)", file=sys.stderr)
        with tempfile.TemporaryDirectory(dir=cache) as tmp:
            quiet([debootstrap, "--variant=minbase", "--include=python3-minimal", suite, f"{tmp}/root"])
            shutil.rmtree(f"{tmp}/root/var/cache/apt", ignore_errors=True)
            quiet(["tar", "-C", f"{tmp}/root", "-cf", f"{tmp}/tar", "--exclude=./dev/*", "."])
            shutil.move(f"{tmp}/tar", tar)
    return tar


LEFTOVERS = ["/run/crun", "/run/docker", "/run/runc", "/run/containerd", "/run/containers", "/run/libpod", "/run/podman", "/etc/cni/net.d/cni.lock",
             *(f"/sys/fs/cgroup{h}/{name}" for h in ("", "/*") for name in ("docker", "libpod_parent", "libpod"))]


@contextlib.contextmanager
def nothing_left():
    """Folders and control groups that container engines make and leave behind are removed, if they were not there before."""
    before = {path for pattern in LEFTOVERS for path in glob.glob(pattern)}
    try:
        yield
    finally:
        for path in {path for pattern in LEFTOVERS for path in glob.glob(pattern)} - before:
            if path.startswith("/sys/"):
                for folder, _, _ in os.walk(path, topdown=False):
                    with contextlib.suppress(OSError):
                        os.rmdir(folder)
            elif os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)


# ---- What is measured ------------------------------------------------------------------------------------------------------------


def processes(opts, hello, wasm):
    for libc, program in hello.items():
        yield Row(native_name(libc), [program], "context")
    for engine in engine_list.find(opts).values():
        if engine.name in ("native", "wasmi-cli", "wazero-interpreter"):
            continue
        name, how = engine.name.removesuffix("-cold"), ""
        if name in ("wasmtime", "winch", "pulley", "wazero"):
            how = ", compiles at start" if engine.cold else ", compiled before"
        own = engine.name.startswith("cwasm")
        yield Row(f"{name} run" if own else name + how, engine.run(wasm), "own" if own else "other")


def attempt(missing, what, make):
    """What `make` gives; if it cannot, that is noted."""
    try:
        return make()
    except Cannot as e:
        missing.append(f"{what}: {e}")
        print(f"cannot run {what}: {e}", file=sys.stderr)


class Report:
    """Rows under headings; those of one heading are measured interleaved."""

    def __init__(self, helper, folder):
        self.helper, self.folder, self.groups, self.missing, self.versions = helper, folder, {}, [], {}

    def measure(self, heading, rows, rounds):
        """By the helper, spawned by posix_spawn."""
        rows = [r for r in rows if r]
        samples = common.measure(self.helper, [r.command for r in rows], rounds, self.folder / "out", 10)
        for i, row in enumerate(rows):
            row.wall = [s.wall for s in samples if s.index == i]
            bad = [s.status for s in samples if s.index == i and s.status]
            if bad or Path(f"{self.folder}/out.{i}").read_text() != "hello\n":
                common.die(f"{heading}, {row.name}: wrong output or status {bad}")
        self.groups[heading] = rows

    def measure_slowly(self, heading, rows, rounds):
        """With something to do before each run."""
        rows = [r for r in rows if r]
        for _ in range(rounds):
            for row in rows:
                row.before()
                start = time.monotonic()
                done = subprocess.run(row.command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
                row.wall.append(time.monotonic() - start)
                if done.returncode or done.stdout != b"hello\n":
                    common.die(f"{heading}, {row.name}: status {done.returncode}, {done.stdout!r}")
        self.groups[heading] = rows


PROCESS = "a process that prints a line"
CONTAINER = "the same program in a container, image present"
PYTHON = "Python prints a line, image present"
NODE = "a node that gets the image first, small program"
NODE_PYTHON = "a node that gets the image first, Python"


def measure_all(opts, report, engines, work):
    hello = {libc: native(libc, opts.cache) for libc in LIBC}
    wasm, _ = recipes.own("hello.c")(opts.cache / "guests")
    python, _ = recipes.cpython(opts.cache / "guests")
    cwasm = engine_list.find(opts)["cwasm"]
    script = ["-c", "print('hello')"]
    report.measure(PROCESS, processes(opts, hello, wasm), opts.rounds)

    def run_own(program, *args):
        return Row("cwasm run", cwasm.run(program, args), "own")

    def copy_and_run(program, *args):
        """The node gets the .wasm first."""
        target = work / f"copy-{program.name}"
        words = " ".join(f"'{a}'" if i == 0 else f'"{a}"' for i, a in enumerate(args))
        command = ["sh", "-c", f"cp {program} {target} && exec {' '.join(map(str, cwasm.run(target)))} {words}"]
        return Row("cwasm: copy the .wasm, run", command, "own", lambda: target.unlink(missing_ok=True))

    def runtime(name):
        program = need(name, name)
        home = bundle(program, work, hello["musl"])
        command = [program, "--root", work / f"{name}-state", "run", "--bundle", home, f"cwasm-bench-{os.getpid()}"]
        quiet(command)
        return Row(f"{name} run", command)

    tar, images = work / "hello.tar", {}
    shutil.copy2(hello["musl"], work / "hello")
    quiet(["tar", "-C", work, "-cf", tar, "hello"])
    big = attempt(report.missing, "containers with Debian and Python", lambda: debian_with_python(opts.cache)) if engines else None

    def container(engine, name, tar, entry):
        images[engine.name, name] = image = engine.imported(name, tar, entry)
        quiet(engine.run(image))
        return Row(f"{engine.name} run --rm", engine.run(image))

    def of(engine, name, tar, entry):
        return attempt(report.missing, f"{engine.name} run of {name}", lambda: container(engine, name, tar, entry))

    small = [of(e, "hello", tar, ["/hello"]) for e in engines]
    runtimes = [attempt(report.missing, f"{n} run", lambda n=n: runtime(n)) for n in ("crun", "runc")]
    report.measure(CONTAINER, [run_own(wasm), *(Row(native_name(libc), [hello[libc]], "context") for libc in LIBC), *runtimes, *small], opts.container_rounds)
    entry = ["/usr/bin/python3", *script]
    large = [of(e, "debian-python", big, entry) for e in engines if big]
    report.measure(PYTHON, [run_own(python, *script), *large], opts.container_rounds)

    def node(engine, name):
        if (engine.name, name) in images:
            command, before = engine.load_and_run(images[engine.name, name], work)
            return Row(f"{engine.name} load, {engine.name} run --rm", command, "other", before)

    report.measure_slowly(NODE, [copy_and_run(wasm), *(node(e, "hello") for e in engines)], opts.node_rounds)
    report.measure_slowly(NODE_PYTHON, [copy_and_run(python, *script), *(node(e, "debian-python") for e in engines)], opts.node_rounds)
    report.sizes = {"hello.wasm": wasm.stat().st_size, "python.wasm": python.stat().st_size, "hello image": tar.stat().st_size}
    if big:
        report.sizes["debian+python image"] = big.stat().st_size


NOTES = ["Milliseconds from the start of the command to its end; every program prints one line. Runs of one table are interleaved.",
         "All files are in the page cache: nothing is read from a disk for the first time, and nothing is pulled over a network. `image present` is the "
         "warm case: the container engine's daemon is running and the image is unpacked. In the last two tables the node has no image: it is loaded from a "
         "local file (what a pull does after the download), unpacked and run; for cwasm the .wasm is copied and run.",
         "Native: the same C program. `gcc -static`, that is with glibc, is what a distribution makes of it; with musl it is the smallest native program there "
         "is, and it is that one which runs in the containers. cwasm runs as it is, with its second wall.",
         "Containers have no network (--network=none): a bridge costs more. `compiled before`: the file was compiled by `wasmtime compile`, outside of the time. "
         "Starting instances inside one process is measured by bench/instances.py."]


def write(opts, report):
    parts = [common.head("Cold start: processes and containers", report.versions, NOTES)]
    for heading, rows in report.groups.items():
        base = next(r for r in rows if r.kind == "own")
        cells = [[r.name, *(f"{of(r.wall) * 1e3:.2f}" for of in (min, statistics.median, max)), len(r.wall),
                  *(f"{of(r.wall) / of(base.wall):.2f}" for of in (min, statistics.median))] for r in rows]
        parts += [f"## {heading[0].upper()}{heading[1:]}", common.table(["command", "min", "median", "max", "runs", "min / cwasm", "median / cwasm"], cells)]
    parts.append("Sizes in bytes: " + ", ".join(f"{name} {size:,}" for name, size in report.sizes.items()) + ".")
    parts.append("Not run here: " + "; ".join(report.missing) + "." if report.missing else "Everything could be run.")
    text = "\n\n".join(parts) + "\n"
    data = {"command": common.command_line(), "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "machine": common.machine(),
            "versions": report.versions, "missing": report.missing, "sizes": report.sizes,
            "wall": {h: {r.name: r.wall for r in rows} for h, rows in report.groups.items()}}
    opts.out.mkdir(parents=True, exist_ok=True)
    (opts.out / f"{opts.name}.md").write_text(text)
    (opts.out / f"{opts.name}.json").write_text(json.dumps(data) + "\n")
    (opts.out / f"{opts.name}.svg").write_text(picture(report))
    print(text)


def picture(report):
    def bar(row, label=None):
        ms = min(row.wall) * 1e3
        return label or row.name, ms, f"{ms:.2g} ms" if ms < 10 else f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1e3:.2g} s", row.kind
    chosen = (*map(native_name, LIBC), "cwasm run", "wasm3", "wasmi", "silverfir", "wamr", "wasmtime, compiled before", "wasmtime, compiles at start")
    groups = [(PROCESS[0].upper() + PROCESS[1:], sorted((bar(r) for r in report.groups[PROCESS] if r.name in chosen), key=lambda b: b[1]))]
    groups += [(h[0].upper() + h[1:], [bar(r) for r in report.groups[h]]) for h in (CONTAINER, PYTHON, NODE_PYTHON)]
    notes = ["The fastest of all runs, logarithmic scale. Warm page cache, daemons running, no network in containers, images from a local file.",
             *(f"{n} {v}" for n, v in report.versions.items() if n in ("docker", "podman")),
             f"{common.machine()}, {datetime.date.today()}; load {report.versions['load of the machine'].partition(' (')[0]}"]
    return chart.bars("Cold start, from the command to its end", groups, [n for n in notes if n], log=True, ticks=(0.1, 1, 10, 100, 1000, 10000),
                      tick_text="{:g} ms")


def main():
    p = argparse.ArgumentParser(prog="coldstart.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engine_list.add_options(p)
    p.add_argument("--rounds", type=int, default=100, help="runs of each process (default: %(default)s)")
    p.add_argument("--container-rounds", type=int, default=20, help="runs of each container (default: %(default)s)")
    p.add_argument("--node-rounds", type=int, default=5, help="loads of each image (default: %(default)s)")
    p.add_argument("--without", default="", metavar="A,B", help="leave out docker or podman")
    p.add_argument("--cache", type=Path, default=common.cache_dir(), help="default: %(default)s")
    p.add_argument("--out", type=Path, default=common.HERE / "results", help="where the report goes (default: bench/results)")
    p.add_argument("--name", default="coldstart-containers", help="name of the report files (default: %(default)s)")
    opts = p.parse_args()
    if not opts.cwasm:
        p.error("--cwasm is missing")
    sys.argv[0] = "coldstart.sh"  # what the report says to repeat
    busy = os.getloadavg()[0]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is cleaned up
    opts.cache.mkdir(parents=True, exist_ok=True)

    work = Path(tempfile.mkdtemp(prefix="cwasm-bench-", dir="/var/tmp"))
    try:
        report = Report(common.build_measure(opts.cache), work)
        report.versions = {e.name: e.version for e in engine_list.find(opts).values() if e.name != "native"}
        report.versions |= {native_name(libc): native_version(libc) for libc in LIBC}
        with nothing_left(), contextlib.ExitStack() as stack:
            engines = []
            for name, start in (("podman", podman), ("docker", docker)):
                if name not in opts.without.split(","):
                    engine = attempt(report.missing, name, lambda: stack.enter_context(start(work)) if os.geteuid() == 0 else cannot("needs root"))
                    if engine:
                        engines.append(engine)
                        report.versions[name] = engine.version
            for name in ("crun", "runc"):
                version = common.first_line([name, "--version"])
                if version:
                    report.versions[name] = version
            measure_all(opts, report, engines, work)
            report.versions["load of the machine"] = f"{busy:.1f} before, {os.getloadavg()[0]:.1f} after (programs that want one of {os.cpu_count()} CPUs)"
        write(opts, report)
    finally:
        subprocess.run(f"grep -o ' {work}[^ ]*' /proc/mounts | sort -r | xargs -r umount -l", shell=True)
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
