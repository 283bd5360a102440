#!/usr/bin/env python3
"""Finds out what runs between exec and exit of a small program, for cmake/startup.order: the functions in the order in which they are first
called, and the constant tables that they read. The linker puts them side by side, so that starting touches few pages.

    cmake -S . -B b -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS=-gdwarf-4   # with symbols that valgrind can read
    cmake --build b --target cwasm
    clang --target=wasm32-wasi -O2 bench/guests/hello.c -o hello.wasm
    tools/startup_order.py b/cwasm hello.wasm > cmake/startup.order

Several programs, of several compilers, and several guests may be named: what only later ones have as functions of their own, or call, comes last. Handlers of
cmake/handlers.order are left out: they have a place of their own.

Needs valgrind. A list that is out of date costs a few page faults, nothing else.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Functions of musl that valgrind does not name, the second wall (valgrind does not survive it), tables, variables, and what shall lie behind everything else.
FIXED = """
text __init_ssp
text __libc_start_main
text libc_start_main_stage2
text libc_start_init
text __init_libc
text __init_tls
text static_init_tls
text __init_tp
text __copy_tls
text __strchrnul
text __sigaction
text __libc_sigaction
text close
text _Exit
text _exit
text dummy
text second_wall
text cwasm_wasi_confine
text cw_wasi_has_net
text cw_wall_raise
text cwasm_module_import
text cw_module_externtype
text wall_calls
text cw_wall_ready_filter
text prctl
text syscall
rodata cw_op_of_byte
rodata cw_ops
rodata sections
rodata cw_ops_null
rodata cw_ops_host_stream
rodata cw_ops_host_file
rodata cw_ops_host_device
rodata cw_commands
rodata cw_n_commands
rodata cw_tables_tail
rodata stubs
rodata cw_options
rodata cw_n_options
rodata cw_default_alloc
rodata preview1
rodata preview1_names
rodata states
rodata without_files
rodata with_files
rodata ending
rodata at
rodata host
bss __libc
bss builtin_tls
bss main_tls
bss heap
bss run
bss cw_cmd_run.run
bss the_run
bss handler_set
bss dispatches
bss unmask_done
bss __eintr_valid_flag
bss __environ
bss __stack_chk_guard
bss __sysinfo
bss __progname_full
bss __progname
bss __hwcap
bss __thread_list_lock
bss once
bss cw_ssse3
bss static_file_used
bss only_customs.window
large cw_start_space
large second_chunk
large memory_space
large stack_space
large trace
"""

# Tables of the translator, which the smallest programs do without.
LAST = """
rodata simple
rodata op_ir
rodata cw_ir_size
rodata handlers
"""


def other_names(cwasm):
    """By the name of a function all that it has."""
    at = {}
    for line in subprocess.run(["nm", cwasm], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        address, kind, name = line.split()[-3:] if len(line.split()) == 3 else (None, "", "")
        if kind in ("t", "T", "w", "W"):
            at.setdefault(address, []).append(name)
    return {name: names for names in at.values() for name in names if all(re.fullmatch(r"\w+", n) for n in names)}


def functions(cwasm, guests, elsewhere):
    seen = {}
    names = other_names(cwasm)
    with tempfile.NamedTemporaryFile() as out:
        for guest in guests:
            done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", cwasm, "run",
                                   "--second-wall=off", guest],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            for number, name in re.findall(r"^c?fn=\((\d+)\) (\S+)", open(out.name).read(), re.MULTILINE):
                name = re.sub(r"('\d+|\.(part|constprop|isra|cold)\.\d+|\.\d+)+$", "", name)
                if re.fullmatch(r"\w+", name) and not name.startswith("0x"):
                    for other in names.get(name, [name]):   # sections of musl have the name with underscores
                        if other not in elsewhere:
                            seen.setdefault(other, len(seen))
    return list(seen)


def main():
    programs = [a for a in sys.argv[1:] if not a.endswith(".wasm")]
    guests = [a for a in sys.argv[1:] if a.endswith(".wasm")]
    if not programs or not guests:
        sys.exit(__doc__)
    handlers = Path(__file__).parent.parent / "cmake" / "handlers.order"
    elsewhere = {line for line in handlers.read_text().splitlines() if line.startswith("h_")}
    names = list(dict.fromkeys(name for guest in guests for program in programs for name in functions(program, [guest], elsewhere)))
    print("# What a start needs, in order; made by tools/startup_order.py, used by cmake/Libc.cmake.")
    print(FIXED.strip())
    for name in names:
        print(f"text {name}")
    print(LAST.strip())


if __name__ == "__main__":
    main()
