"""What run.py and coldstart.py share: the cache folder, building guests and the measuring helper, and facts about the
machine for the head of a report. Nothing is built inside the source tree."""

import datetime
import math
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))
import tools  # noqa: E402

GUESTS = HERE / "guests"


def cache_dir():
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cwasm-bench"


def die(message):
    sys.exit(f"{Path(sys.argv[0]).name}: {message}")


def tool(name, package):
    """The path of a program, or the end with the name of the Debian package that has it."""
    found = shutil.which(name)
    if not found:
        die(f"{name} not found: apt install {package}")
    return found


def guest_compiler(package, name="clang"):
    """The words of the command that compiles guests, or the end with the names of the packages."""
    return tools.guest_compiler(name) or die(f"{name} not found: apt install {package}")


def first_line(command):
    """What a program says about its version, or None."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else None


def cwasm_version(program):
    """Version, loop and compiler of a cwasm, as reports name it."""
    lines = subprocess.run([str(program), "--version"], stdout=subprocess.PIPE, text=True).stdout.splitlines()
    parts = dict(re.split(r":\s+", line, maxsplit=1) for line in lines[1:] if ": " in line)
    details = ", ".join(parts[k] for k in ("dispatch", "compiler") if k in parts)
    return f"{lines[0]} ({details})" if lines else "version unknown"


def stale(target, *sources):
    return not target.exists() or any(s.stat().st_mtime > target.stat().st_mtime for s in sources)


def compile_c(command, sources, target, *also):
    """command SOURCES -o TARGET -lm, if TARGET is older than one of SOURCES (a path or several) or of `also`."""
    sources = [sources] if isinstance(sources, Path) else sources
    if not stale(target, *sources, *also):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([*command, *map(str, sources), "-o", str(target), "-lm"])
    if done.returncode:
        die(f"cannot compile {target.name}")
    return target


def build_measure(out):
    cc = shutil.which("musl-gcc") or tool("cc", "gcc")   # musl: it starts smaller, and what it measures cannot look smaller than it
    return compile_c([cc, "-O2", "-static"], HERE / "measure.c", out / "measure")


def resident(cache, commands):
    """Per command what it has in memory when it exits: KiB of all, and of what is its own; None where that cannot be seen."""
    cc = shutil.which("musl-gcc") or tool("cc", "gcc")
    helper = compile_c([cc, "-O2", "-static"], HERE / "resident.c", cache / "resident")
    found = []
    for command in commands:
        done = subprocess.run([str(helper), *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        found.append(tuple(map(int, done.stdout.split())) if done.returncode == 0 else None)
    return found


def choose(names, known, what):
    """The names, or the end if one is not known."""
    unknown = [n for n in names if n not in known]
    if unknown:
        die(f"no {what} {', '.join(unknown)} (there are: {', '.join(known)})" + "; bench/build_rivals.py gets rivals" * (what == "engine"))
    return names


class Sample:
    """One run: times in seconds, memory in bytes."""

    def __init__(self, line):
        index, wall, user, system, rss, status = line.split()
        self.index, self.status = int(index), int(status)
        self.wall, self.cpu, self.rss = float(wall) / 1e6, (int(user) + int(system)) / 1e6, int(rss) * 1024

    @classmethod
    def known(cls, wall, cpu, rss):
        """From a report."""
        sample = cls("0 0 0 0 0 0")
        sample.wall, sample.cpu, sample.rss = wall, cpu, rss
        return sample


def measure(helper, commands, rounds, out, limit=120):
    """Run the commands in turn, `rounds` times. Samples of all runs; outputs are left in OUT.0, OUT.1 ..."""
    args = [str(helper), str(limit), str(rounds), str(out)]
    for i, command in enumerate(commands):
        args += [":::"] * (i > 0) + [str(a) for a in command]
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        die(f"measuring failed: {done.stderr}")
    return [Sample(line) for line in done.stdout.splitlines()]


def geomean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def machine():
    model = platform.machine()
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text()
        found = re.search(r"^(?:model name|Model|cpu model)\s*: (.*)", cpuinfo, re.M)
        model = f"{found.group(1).strip()} ({model})" if found else model
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} CPUs, {platform.system()} {platform.release()}"


def command_line():
    """How this script was called, without the folders of this machine."""
    def plain(arg):
        return re.sub(r"(^|=)/\S*/", r"\1", arg)
    return shlex.join(["bench/" + Path(sys.argv[0]).name, *map(plain, sys.argv[1:])])


def table(head, rows):
    """A Markdown table, numbers to the right, padded so that it reads well as plain text."""
    rows = [[str(c) for c in row] for row in [head, *rows]]
    width = [max(len(row[i]) for row in rows) for i in range(len(head))]
    def line(row):
        return "| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, width))) + " |"
    rule = "|" + "|".join("-" * (w + 1) + (":" if i else "-") for i, w in enumerate(width)) + "|"
    return "\n".join([line(rows[0]), rule, *map(line, rows[1:])])


def head(title, versions, notes):
    """The top of a report."""
    lines = [f"# {title}", "", f"    {command_line()}", "",
             f"- date: {datetime.datetime.now().astimezone().strftime('%Y-%m-%d %H:%M %z')}",
             f"- machine: {machine()}"]
    lines += [f"- {name}: {version}" for name, version in versions.items()]
    return "\n".join(lines + ["", *notes])
