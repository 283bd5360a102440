//! Rival interpreters behind one command line, so that run.py measures all of them the same way:
//!
//!     rivals wasmi|silverfir|wasm3 file.wasm [args]
//!     rivals versions
//!
//! Each engine runs `_start` with one shared, minimal WASI preview 1: arguments, an empty environment, writing to the
//! standard streams, clocks, random bytes, exit; no files. Enough for the guests of this folder. Engines keep their own
//! defaults (compilation mode, limits); only the depth of guest recursion is raised where an engine allows little of it.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Guest memory as each engine offers it. `false`: out of bounds.
trait Memory {
    fn read(&self, at: u32, out: &mut [u8]) -> bool;
    fn write(&mut self, at: u32, bytes: &[u8]) -> bool;

    fn read_u32(&self, at: u32) -> Option<u32> {
        let mut b = [0; 4];
        self.read(at, &mut b).then(|| u32::from_le_bytes(b))
    }
    fn write_u32(&mut self, at: u32, x: u32) -> bool {
        self.write(at, &x.to_le_bytes())
    }
}

impl Memory for [u8] {
    fn read(&self, at: u32, out: &mut [u8]) -> bool {
        let at = at as usize;
        self.get(at..at + out.len()).map(|s| out.copy_from_slice(s)).is_some()
    }
    fn write(&mut self, at: u32, bytes: &[u8]) -> bool {
        let at = at as usize;
        self.get_mut(at..at + bytes.len()).map(|s| s.copy_from_slice(bytes)).is_some()
    }
}

const OK: u32 = 0;
const BADF: u32 = 8;
const FAULT: u32 = 21;
const NOSYS: u32 = 52;
const SPIPE: u32 = 70;

/// Name and parameter types (i: i32, I: i64) of every call; all return an errno but `proc_exit`.
const CALLS: &[(&str, &str)] = &[
    ("args_sizes_get", "ii"),
    ("args_get", "ii"),
    ("environ_sizes_get", "ii"),
    ("environ_get", "ii"),
    ("clock_time_get", "iIi"),
    ("random_get", "ii"),
    ("fd_write", "iiii"),
    ("fd_fdstat_get", "ii"),
    ("fd_seek", "iIii"),
    ("fd_close", "i"),
    ("fd_read", "iiii"),
    ("fd_prestat_get", "ii"),
    ("fd_prestat_dir_name", "iii"),
    ("fd_fdstat_set_flags", "ii"),
    ("sched_yield", ""),
    ("proc_exit", "i"),
];

/// One call. `args` are the program's own arguments, `a` the call's parameters widened to 64 bits.
fn wasi<M: Memory + ?Sized>(name: &str, args: &[String], a: &[u64], mem: &mut M) -> u32 {
    let p = |i: usize| a[i] as u32;
    let errno = |ok: bool| if ok { OK } else { FAULT };
    match name {
        "args_sizes_get" => {
            let bytes: usize = args.iter().map(|s| s.len() + 1).sum();
            errno(mem.write_u32(p(0), args.len() as u32) && mem.write_u32(p(1), bytes as u32))
        }
        "args_get" => {
            let mut at = p(1);
            for (i, arg) in args.iter().enumerate() {
                let text = [arg.as_bytes(), &[0]].concat();
                if !mem.write_u32(p(0) + 4 * i as u32, at) || !mem.write(at, &text) {
                    return FAULT;
                }
                at += text.len() as u32;
            }
            OK
        }
        "environ_sizes_get" => errno(mem.write_u32(p(0), 0) && mem.write_u32(p(1), 0)),
        "environ_get" | "sched_yield" => OK,
        "clock_time_get" => {
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |d| d.as_nanos() as u64);
            errno(mem.write(p(2), &now.to_le_bytes()))
        }
        "random_get" => errno((0..p(1)).all(|i| mem.write(p(0) + i, &[(i as u8).wrapping_mul(37)]))),
        "fd_write" => match (p(0), gather(mem, p(1), p(2))) {
            (1, Some(text)) => finish(mem, p(3), text.len(), std::io::stdout().write_all(&text)),
            (2, Some(text)) => finish(mem, p(3), text.len(), std::io::stderr().write_all(&text)),
            (_, None) => FAULT,
            _ => BADF,
        },
        "fd_fdstat_get" if p(0) < 3 => {
            let mut stat = [0; 24]; // a character device with all rights
            stat[0] = 2;
            stat[8..].fill(255);
            errno(mem.write(p(1), &stat))
        }
        "fd_seek" if p(0) < 3 => SPIPE,
        "fd_close" if p(0) < 3 => OK,
        "fd_read" if p(0) == 0 => errno(mem.write_u32(p(3), 0)), // end of file
        "fd_seek" | "fd_close" | "fd_read" | "fd_fdstat_get" | "fd_prestat_get" | "fd_prestat_dir_name" => BADF,
        "proc_exit" => {
            let _ = std::io::stdout().flush();
            std::process::exit(p(0) as i32)
        }
        _ => NOSYS,
    }
}

/// The bytes of `n` iovecs at `at`.
fn gather<M: Memory + ?Sized>(mem: &M, at: u32, n: u32) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    for i in 0..n {
        let (start, size) = (mem.read_u32(at + 8 * i)?, mem.read_u32(at + 8 * i + 4)?);
        let old = all.len();
        all.resize(old + size as usize, 0);
        if !mem.read(start, &mut all[old..]) {
            return None;
        }
    }
    Some(all)
}

fn finish<M: Memory + ?Sized>(mem: &mut M, at: u32, n: usize, done: std::io::Result<()>) -> u32 {
    if done.is_ok() && mem.write_u32(at, n as u32) {
        OK
    } else {
        FAULT
    }
}

fn run_wasmi(wasm: &[u8], args: Vec<String>) -> Result<()> {
    use wasmi::{Config, Engine, FuncType, Linker, Module, Store, Val, ValType};
    let mut config = Config::default();
    config.set_max_recursion_depth(100_000).set_max_stack_height(16 << 20);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, wasm)?;
    let mut store = Store::new(&engine, args);
    let mut linker = <Linker<Vec<String>>>::new(&engine);
    for &(name, params) in CALLS {
        let types = params.bytes().map(|c| if c == b'I' { ValType::I64 } else { ValType::I32 });
        let results = (name != "proc_exit").then_some(ValType::I32);
        linker.func_new(
            "wasi_snapshot_preview1",
            name,
            FuncType::new(types, results),
            move |mut caller, params, results| {
                let a: Vec<u64> = params
                    .iter()
                    .map(|v| match v {
                        Val::I32(x) => *x as u32 as u64,
                        Val::I64(x) => *x as u64,
                        _ => 0,
                    })
                    .collect();
                let memory = caller.get_export("memory").and_then(|e| e.into_memory());
                let memory = memory.ok_or_else(|| wasmi::Error::new("no memory"))?;
                let (bytes, args) = memory.data_and_store_mut(&mut caller);
                let errno = wasi(name, args, &a, bytes);
                if let Some(r) = results.first_mut() {
                    *r = Val::I32(errno as i32);
                }
                Ok(())
            },
        )?;
    }
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    let start = instance.get_typed_func::<(), ()>(&store, "_start")?;
    Ok(start.call(&mut store, ())?)
}

fn run_silverfir(wasm: &[u8], args: Vec<String>) -> Result<()> {
    use sf_nano_core::{Config, Engine, Import, Instance, Tier, Value};
    let args = std::rc::Rc::new(args);
    let imports: Vec<Import> = CALLS
        .iter()
        .map(|&(name, _)| {
            let args = args.clone();
            Import::func("wasi_snapshot_preview1", name, move |caller, params, results| {
                let a: Vec<u64> = params
                    .iter()
                    .map(|v| match v {
                        Value::I32(x) => *x as u32 as u64,
                        Value::I64(x) => *x as u64,
                        _ => 0,
                    })
                    .collect();
                let errno = caller.memory_mut().map_or(FAULT, |m| wasi(name, &args, &a, m));
                if let Some(r) = results.first_mut() {
                    *r = Value::I32(errno as i32);
                }
                Ok(())
            })
        })
        .collect();
    let config = Config::new().tier(Tier::Interp).wasm_stack_bytes(16 << 20);
    let engine = Engine::new(config).map_err(|e| format!("{e}"))?;
    let mut instance = Instance::new(&engine, wasm, &imports).map_err(|e| format!("{e}"))?;
    instance.invoke("_start", &[]).map_err(|e| format!("{e}"))?;
    Ok(())
}

struct Wasm3Memory<'a, 'b>(wasm3x::Memory, &'a mut wasm3x::Caller<'b, Vec<String>>);

impl Memory for Wasm3Memory<'_, '_> {
    fn read(&self, at: u32, out: &mut [u8]) -> bool {
        self.0.read(&*self.1, at as usize, out).is_ok()
    }
    fn write(&mut self, at: u32, bytes: &[u8]) -> bool {
        self.0.write(&mut *self.1, at as usize, bytes).is_ok()
    }
}

fn run_wasm3(wasm: &[u8], args: Vec<String>) -> Result<()> {
    use wasm3x::{Config, Engine, FuncType, Linker, Module, Store, Val, ValType};
    let mut config = Config::new();
    config.stack_size(16 << 20);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, wasm)?;
    let mut store = Store::new(&engine, args);
    let mut linker = <Linker<Vec<String>>>::new(&engine);
    for &(name, params) in CALLS {
        let types = params.bytes().map(|c| if c == b'I' { ValType::I64 } else { ValType::I32 });
        let results = (name != "proc_exit").then_some(ValType::I32);
        linker.func_new(
            "wasi_snapshot_preview1",
            name,
            FuncType::new(types, results),
            move |mut caller, params, results| {
                let a: Vec<u64> = params
                    .iter()
                    .map(|v| match v {
                        Val::I32(x) => *x as u32 as u64,
                        Val::I64(x) => *x as u64,
                        _ => 0,
                    })
                    .collect();
                let args = caller.data().clone();
                let errno = match caller.get_memory() {
                    Some(m) => wasi(name, &args, &a, &mut Wasm3Memory(m, &mut caller)),
                    None => FAULT,
                };
                if let Some(r) = results.first_mut() {
                    *r = Val::I32(errno as i32);
                }
                Ok(())
            },
        )?;
    }
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    let start = instance.get_typed_func::<(), ()>(&store, "_start")?;
    Ok(start.call(&mut store, ())?)
}

fn main() {
    let argv: Vec<String> = std::env::args().collect();
    if argv.get(1).is_some_and(|a| a == "versions") {
        // from Cargo.lock: "name version", one a line
        let mut name = "";
        for line in include_str!("../Cargo.lock").lines() {
            if let Some(n) = line.strip_prefix("name = ") {
                name = n.trim_matches('"');
            } else if let (Some(v), "wasmi" | "sf-nano-core" | "wasm3x") = (line.strip_prefix("version = "), name) {
                println!("{name} {}", v.trim_matches('"'));
            }
        }
        return;
    }
    let run = match argv.get(1).map(String::as_str) {
        Some("wasmi") => run_wasmi,
        Some("silverfir") => run_silverfir,
        Some("wasm3") => run_wasm3,
        _ => {
            eprintln!("usage: rivals wasmi|silverfir|wasm3 file.wasm [args]");
            std::process::exit(2)
        }
    };
    let Some(file) = argv.get(2) else {
        eprintln!("rivals: which .wasm file?");
        std::process::exit(2)
    };
    let done = std::fs::read(file)
        .map_err(Into::into)
        .and_then(|wasm| run(&wasm, argv[2..].to_vec()));
    if let Err(error) = done {
        eprintln!("rivals: {error}");
        std::process::exit(1)
    }
}
