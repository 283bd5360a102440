"""The modules that the command line tests run, as text. Each is assembled once, when a case first asks for it."""

WASI = "wasi_snapshot_preview1"

# Writes its arguments to stdout as they are, each with the NUL at its end.
ARGS = f"""(module
  (import "{WASI}" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "{WASI}" "args_get" (func $get (param i32 i32) (result i32)))
  (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $get (i32.const 64) (i32.const 65536)))
    (i32.store (i32.const 8) (i32.const 65536))
    (i32.store (i32.const 12) (i32.load (i32.const 4)))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))"""

# The same for its environment.
ENVIRON = ARGS.replace("args_sizes_get", "environ_sizes_get").replace("args_get", "environ_get")

# Writes the names of the directories it was handed, each with a line end, then exits with their number.
PREOPENS = f"""(module
  (import "{WASI}" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "{WASI}" "fd_prestat_dir_name" (func $name (param i32 i32 i32) (result i32)))
  (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "{WASI}" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $fd i32) (local $size i32)
    (local.set $fd (i32.const 3))
    (block $end
      (loop $next
        (br_if $end (call $prestat (local.get $fd) (i32.const 0)))
        (local.set $size (i32.load (i32.const 4)))
        (drop (call $name (local.get $fd) (i32.const 1024) (local.get $size)))
        (i32.store8 (i32.add (i32.const 1024) (local.get $size)) (i32.const 10))
        (i32.store (i32.const 8) (i32.const 1024))
        (i32.store (i32.const 12) (i32.add (local.get $size) (i32.const 1)))
        (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
        (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
        (br $next)))
    (call $exit (i32.sub (local.get $fd) (i32.const 3)))))"""

# Creates the file "made" in its first directory; exits with the error number.
CREATE = f"""(module
  (import "{WASI}" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "{WASI}" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "made")
  (func (export "_start")
    (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 4) (i32.const 1) (i64.const 64) (i64.const 64)
      (i32.const 0) (i32.const 0)))))"""

# Copies stdin to stdout.
CAT = f"""(module
  (import "{WASI}" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "{WASI}" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2)
  (func (export "_start") (local $error i32)
    (loop $next
      (i32.store (i32.const 0) (i32.const 1024))
      (i32.store (i32.const 4) (i32.const 4096))
      (local.set $error (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)))
      (if (local.get $error) (then (call $exit (local.get $error))))
      (if (i32.load (i32.const 4)) (then
        (local.set $error (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (if (local.get $error) (then (call $exit (local.get $error))))
        (br $next))))))"""

# Writes to stdout until that fails, then exits with the error number.
FLOOD = f"""(module
  (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "{WASI}" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2)
  (func (export "_start") (local $error i32)
    (i32.store (i32.const 4) (i32.const 65536))
    (loop $next
      (br_if $next (i32.eqz (local.tee $error (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))))
    (call $exit (local.get $error))))"""

# Sleeps for a minute in poll_oneoff, then exits with 3.
SLEEP = f"""(module
  (import "{WASI}" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "{WASI}" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 60000000000))
    (drop (call $poll (i32.const 0) (i32.const 256) (i32.const 1) (i32.const 512)))
    (call $exit (i32.const 3))))"""


def exit_with(code):
    return f"""(module
      (import "{WASI}" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start") (call $exit (i32.const {code}))))"""


SPIN = '(module (memory (export "memory") 1) (func $spin (export "_start") (loop $forever (br $forever))))'

TRAP = """(module
  (func $divide (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
  (func $middle (drop (call $divide (i32.const 0))))
  (func (export "_start") (call $middle)))"""

# Names that would drive a terminal.
TRAP_NAMES = '(module (func $a (@name "evil\\1b[31m\\0aname") unreachable) (func (export "_start") (call $a)))'

# Says that it runs, reads a byte, then calls a function that nobody has called: it exits with 77. Names and padding come last.
REWRITTEN = f"""(module
  (import "{WASI}" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "{WASI}" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
  (data (i32.const 16) "ready\\n")
  (func $late (call $exit (i32.const 77)))
  (func $beginning (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))
    (i32.store (i32.const 4) (i32.const 1))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32)))
    (call $late))
  (@custom "padding" (before import) "{'x' * 20000}")
  (@custom "padding" "{'x' * 20000}"))"""

RECURSE = '(module (func $deeper (export "_start") (call $deeper)))'
NOTHING = '(module (func (export "_start")))'

MATH = """(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "id32") (param i32) (result i32) (local.get 0))
  (func (export "id64") (param i64) (result i64) (local.get 0))
  (func (export "idf32") (param f32) (result f32) (local.get 0))
  (func (export "idf64") (param f64) (result f64) (local.get 0))
  (func (export "idref") (param externref) (result externref) (local.get 0))
  (func (export "null") (result funcref) (ref.null func))
  (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
  (func (export "nothing"))
  (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "idv") (param v128) (result v128) (local.get 0)))"""

# A list of $n structures that all stay in use.
STRUCTURES = """(module
  (type $node (struct (field (ref null $node)) (field i64)))
  (func (export "list") (param $n i32) (result i32) (local $x (ref null $node))
    (loop $l
      (local.set $x (struct.new $node (local.get $x) (i64.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $n)))"""

REACTOR = """(module
  (global $ready (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $ready (i32.const 7)))
  (func (export "ready") (result i32) (global.get $ready)))"""

# Ends with 10 for each call of _initialize before it, and what is added for its own name.
NAMED_COMMANDS = f"""(module
  (import "{WASI}" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (global $n (mut i32) (i32.const 0))
  (func $initialize (global.set $n (i32.add (global.get $n) (i32.const 10))))
  (func $none (call $exit (i32.add (global.get $n) (i32.const 1))))
  (func $start (call $exit (i32.add (global.get $n) (i32.const 2))))
  (func $leave (call $exit (i32.const 0)))
  (func (export "f") (call $exit (i32.add (global.get $n) (i32.const 3))))
  EXPORTS)"""

START_ONLY = f"""(module
  (import "{WASI}" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $start (call $exit (i32.const 5)))
  (start $start))"""

# grow() gives what memory.grow by 1,024 pages does.
GROW = '(module (memory (export "memory") 1) (func (export "grow") (result i32) (memory.grow (i32.const 1024))))'
BIG = '(module (memory (export "memory") 1000) (func (export "_start")))'
TAIL_CALL = '(module (func $f) (func (export "_start") (return_call $f)))'


def importing(module, name, kind='(func)'):
    return f'(module (import "{module}" "{name}" {kind}) (func (export "_start")))'

# Writes "hello, wasi" with its line end.
HELLO = f"""(module
  (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "hello, wasi\\0a")
  (func $_start (export "_start")
    (i32.store (i32.const 0) (i32.const 8))
    (i32.store (i32.const 4) (i32.const 12))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))"""

# Writes 32 bytes of clocks (realtime, realtime, monotonic; after waiting an hour: monotonic) and 96 random ones, fetched 1, 31 and 64 at a time.
CLOCKS = f"""(module
  (import "{WASI}" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "{WASI}" "random_get" (func $random (param i32 i32) (result i32)))
  (import "{WASI}" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 1000)))
    (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 1008)))
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 1016)))
    (i32.store (i32.const 216) (i32.const 1))
    (i64.store (i32.const 224) (i64.const 3600000000000))
    (drop (call $poll (i32.const 200) (i32.const 300) (i32.const 1) (i32.const 400)))
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 1024)))
    (drop (call $random (i32.const 1032) (i32.const 1)))
    (drop (call $random (i32.const 1033) (i32.const 31)))
    (drop (call $random (i32.const 1064) (i32.const 64)))
    (i32.store (i32.const 0) (i32.const 1000))
    (i32.store (i32.const 4) (i32.const 128))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))"""
