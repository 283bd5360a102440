//! Rival interpreters behind one command line, so that run.py measures all of them the same way:
//!
//!     rivals wasmi|silverfir|wasm3|wamr [--dir=HOST::GUEST]... file.wasm [args]
//!     rivals versions
//!
//! Each engine runs `_start` with one shared WASI preview 1 (wasi.rs), so that nothing but the engine differs. Engines keep their own defaults
//! (compilation mode, limits); only the depth of guest recursion is raised where an engine allows little of it.

mod wasi;

#[cfg(any(feature = "silverfir", feature = "wasm3", feature = "wamr"))]
use std::{cell::RefCell, rc::Rc};
use wasi::{CALLS, World};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
const MODULE: &str = "wasi_snapshot_preview1";
const NO_MEMORY: u32 = 21; // WASI's errno FAULT

/// The 64-bit form of parameters, of each engine's own type of value.
macro_rules! widen {
    ($values:expr, $type:ident) => {
        $values
            .iter()
            .map(|v| match v {
                $type::I32(x) => *x as u32 as u64,
                $type::I64(x) => *x as u64,
                _ => 0,
            })
            .collect::<Vec<u64>>()
    };
}

/// Parameter and result types of a call.
macro_rules! types {
    ($name:expr, $params:expr, $type:ident) => {
        (
            $params.bytes().map(|c| if c == b'I' { $type::I64 } else { $type::I32 }).collect::<Vec<_>>(),
            ($name != "proc_exit").then_some($type::I32).into_iter().collect::<Vec<_>>(),
        )
    };
}

#[cfg(feature = "wasmi")]
fn run_wasmi(wasm: &[u8], world: World) -> Result<()> {
    use wasmi::{Config, Engine, FuncType, Linker, Module, Store, Val, ValType};
    let mut config = Config::default();
    config.set_max_recursion_depth(100_000).set_max_stack_height(16 << 20);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, wasm)?;
    let mut store = Store::new(&engine, world);
    let mut linker = <Linker<World>>::new(&engine);
    for &(name, params) in CALLS {
        let (params, results) = types!(name, params, ValType);
        linker.func_new(MODULE, name, FuncType::new(params, results), move |mut caller, params, results| {
            let memory = caller.get_export("memory").and_then(|e| e.into_memory());
            let memory = memory.ok_or_else(|| wasmi::Error::new("no memory"))?;
            let (bytes, world) = memory.data_and_store_mut(&mut caller);
            let errno = world.call(name, &widen!(params, Val), bytes);
            if let Some(r) = results.first_mut() {
                *r = Val::I32(errno as i32);
            }
            Ok(())
        })?;
    }
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    let start = instance.get_typed_func::<(), ()>(&store, "_start")?;
    Ok(start.call(&mut store, ())?)
}

#[cfg(feature = "silverfir")]
fn run_silverfir(wasm: &[u8], world: World) -> Result<()> {
    use sf_nano_core::{Config, Engine, Import, Instance, Tier, Value};
    let world = Rc::new(RefCell::new(world));
    let imports: Vec<Import> = CALLS
        .iter()
        .map(|&(name, _)| {
            let world = world.clone();
            Import::func(MODULE, name, move |caller, params, results| {
                let a = widen!(params, Value);
                let errno = caller.memory_mut().map_or(NO_MEMORY, |m| world.borrow_mut().call(name, &a, m));
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

#[cfg(feature = "wasm3")]
struct Wasm3Memory<'a, 'b>(wasm3x::Memory, &'a mut wasm3x::Caller<'b, Shared>);
#[cfg(feature = "wasm3")]
type Shared = Rc<RefCell<World>>;

#[cfg(feature = "wasm3")]
impl wasi::Memory for Wasm3Memory<'_, '_> {
    fn read(&self, at: u32, out: &mut [u8]) -> bool {
        self.0.read(&*self.1, at as usize, out).is_ok()
    }
    fn write(&mut self, at: u32, bytes: &[u8]) -> bool {
        self.0.write(&mut *self.1, at as usize, bytes).is_ok()
    }
}

#[cfg(feature = "wasm3")]
fn run_wasm3(wasm: &[u8], world: World) -> Result<()> {
    use wasm3x::{Config, Engine, FuncType, Linker, Module, Store, Val, ValType};
    let mut config = Config::new();
    config.stack_size(16 << 20);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, wasm)?;
    let mut store = Store::new(&engine, Rc::new(RefCell::new(world)));
    let mut linker = <Linker<Shared>>::new(&engine);
    for &(name, params) in CALLS {
        let (params, results) = types!(name, params, ValType);
        linker.func_new(MODULE, name, FuncType::new(params, results), move |mut caller, params, results| {
            let a = widen!(params, Val);
            let world = caller.data().clone();
            let errno = match caller.get_memory() {
                Some(m) => world.borrow_mut().call(name, &a, &mut Wasm3Memory(m, &mut caller)),
                None => NO_MEMORY,
            };
            if let Some(r) = results.first_mut() {
                *r = Val::I32(errno as i32);
            }
            Ok(())
        })?;
    }
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    let start = instance.get_typed_func::<(), ()>(&store, "_start")?;
    Ok(start.call(&mut store, ())?)
}

#[cfg(feature = "wamr")]
fn run_wamr(wasm: &[u8], world: World) -> Result<()> {
    use std::cell::OnceCell;
    use wamrx::{Engine, FuncType, Instance, InstanceConfig, Linker, Module, Val, ValType};
    thread_local!(static INSTANCE: OnceCell<&'static Instance> = const { OnceCell::new() }); // host functions are not told who calls them
    let engine = Engine::new()?;
    let world = Rc::new(RefCell::new(world));
    let mut linker = Linker::new(&engine);
    for &(name, params) in CALLS {
        let (params, results) = types!(name, params, ValType);
        let world = world.clone();
        linker.define_func(MODULE, name, FuncType::new(params, results), move |params, results| {
            let memory = INSTANCE.with(|i| i.get().and_then(|i| i.get_memory("memory").ok()));
            let errno = memory.map_or(NO_MEMORY, |mut m| world.borrow_mut().call(name, &widen!(params, Val), m.data_mut()));
            if let Some(r) = results.first_mut() {
                *r = Val::I32(errno as i32);
            }
        })?;
    }
    let module = Module::new(&engine, wasm)?;
    let mut config = InstanceConfig::new();
    config.exec_stack_size(1 << 20);
    let instance: &'static Instance = Box::leak(Box::new(linker.instantiate_with(module, &config)?));
    INSTANCE.with(|i| i.set(instance).is_ok());
    Ok(instance.get_func("_start")?.call(&[], &mut [])?)
}

/// "name version", one a line, from Cargo.lock.
fn versions() {
    let mut name = "";
    for line in include_str!("../Cargo.lock").lines() {
        if let Some(n) = line.strip_prefix("name = ") {
            name = n.trim_matches('"');
        } else if let (Some(v), "wasmi" | "sf-nano-core" | "wasm3x" | "wamrx") = (line.strip_prefix("version = "), name) {
            println!("{name} {}", v.trim_matches('"'));
        }
    }
}

fn main() {
    let mut argv = std::env::args().skip(1).peekable();
    let run = match argv.next().as_deref() {
        #[cfg(feature = "wasmi")]
        Some("wasmi") => run_wasmi,
        #[cfg(feature = "silverfir")]
        Some("silverfir") => run_silverfir,
        #[cfg(feature = "wasm3")]
        Some("wasm3") => run_wasm3,
        #[cfg(feature = "wamr")]
        Some("wamr") => run_wamr,
        Some("versions") => return versions(),
        _ => {
            eprintln!("usage: rivals wasmi|silverfir|wasm3|wamr [--dir=HOST::GUEST]... file.wasm [args]");
            std::process::exit(2)
        }
    };
    let mut dirs = Vec::new();
    while let Some(dir) = argv.next_if(|a| a.starts_with("--dir=")) {
        let (host, guest) = dir[6..].split_once("::").unwrap_or((&dir[6..], &dir[6..]));
        dirs.push((host.into(), guest.to_string()));
    }
    let args: Vec<String> = argv.collect();
    let Some(file) = args.first().cloned() else {
        eprintln!("rivals: which .wasm file?");
        std::process::exit(2)
    };
    let done = std::fs::read(file).map_err(Into::into).and_then(|wasm| run(&wasm, World::new(args, dirs)));
    if let Err(error) = done {
        eprintln!("rivals: {error}");
        std::process::exit(1)
    }
}
