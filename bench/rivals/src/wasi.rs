//! The WASI preview 1 that all engines here share: enough for programs that compute, read and write files below preopened folders, tell the time
//! and sleep. No sockets, no links; times of files are not set.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Guest memory as each engine offers it. `None`, `false`: out of bounds.
pub trait Memory {
    fn read(&self, at: u32, out: &mut [u8]) -> bool;
    fn write(&mut self, at: u32, bytes: &[u8]) -> bool;
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

/// An error number of WASI.
#[derive(Clone, Copy)]
pub struct Errno(u32);
const BADF: Errno = Errno(8);
const FAULT: Errno = Errno(21);
const INVAL: Errno = Errno(28);
const NOSYS: Errno = Errno(52);
const NOTDIR: Errno = Errno(54);
const SPIPE: Errno = Errno(70);
const NOTCAPABLE: Errno = Errno(76);

impl From<std::io::Error> for Errno {
    fn from(e: std::io::Error) -> Errno {
        Errno(match e.kind() {
            ErrorKind::NotFound => 44,
            ErrorKind::PermissionDenied => 2,
            ErrorKind::AlreadyExists => 20,
            ErrorKind::NotADirectory => 54,
            ErrorKind::IsADirectory => 31,
            ErrorKind::DirectoryNotEmpty => 55,
            ErrorKind::InvalidInput => 28,
            _ => 29,
        })
    }
}

/// What every preview 1 call is named and takes (i: i32, I: i64). All return an errno but `proc_exit`.
pub const CALLS: &[(&str, &str)] = &[
    ("args_get", "ii"),
    ("args_sizes_get", "ii"),
    ("clock_res_get", "ii"),
    ("clock_time_get", "iIi"),
    ("environ_get", "ii"),
    ("environ_sizes_get", "ii"),
    ("fd_advise", "iIIi"),
    ("fd_allocate", "iII"),
    ("fd_close", "i"),
    ("fd_datasync", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_fdstat_set_rights", "iII"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "iI"),
    ("fd_filestat_set_times", "iIIi"),
    ("fd_pread", "iiiIi"),
    ("fd_prestat_dir_name", "iii"),
    ("fd_prestat_get", "ii"),
    ("fd_pwrite", "iiiIi"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiiIi"),
    ("fd_renumber", "ii"),
    ("fd_seek", "iIii"),
    ("fd_sync", "i"),
    ("fd_tell", "ii"),
    ("fd_write", "iiii"),
    ("path_create_directory", "iii"),
    ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiiIIi"),
    ("path_link", "iiiiiii"),
    ("path_open", "iiiiiIIii"),
    ("path_readlink", "iiiiii"),
    ("path_remove_directory", "iii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_unlink_file", "iii"),
    ("poll_oneoff", "iiii"),
    ("proc_exit", "i"),
    ("proc_raise", "i"),
    ("random_get", "ii"),
    ("sched_yield", ""),
    ("sock_accept", "iii"),
    ("sock_recv", "iiiiii"),
    ("sock_send", "iiiii"),
    ("sock_shutdown", "ii"),
];

enum Entry {
    Input,
    Output,
    Error,
    File(File),
    Dir { host: PathBuf, guest: String },
}

/// The state of one program: its arguments and open files.
pub struct World {
    args: Vec<String>,
    files: Vec<Option<Entry>>,
    start: Instant,
}

struct Call<'a, M: Memory + ?Sized> {
    a: &'a [u64],
    mem: &'a mut M,
}

type Done = Result<(), Errno>;

impl<M: Memory + ?Sized> Call<'_, M> {
    /// Parameter i as 32 bits.
    fn p(&self, i: usize) -> u32 {
        self.a[i] as u32
    }
    fn put(&mut self, at: u32, bytes: &[u8]) -> Done {
        self.mem.write(at, bytes).then_some(()).ok_or(FAULT)
    }
    fn put32(&mut self, at: u32, x: u32) -> Done {
        self.put(at, &x.to_le_bytes())
    }
    fn put64(&mut self, at: u32, x: u64) -> Done {
        self.put(at, &x.to_le_bytes())
    }
    fn get(&self, at: u32, size: u32) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; size as usize];
        self.mem.read(at, &mut bytes).then_some(bytes).ok_or(FAULT)
    }
    fn get32(&self, at: u32) -> Result<u32, Errno> {
        Ok(u32::from_le_bytes(self.get(at, 4)?.try_into().unwrap()))
    }
    fn get64(&self, at: u32) -> Result<u64, Errno> {
        Ok(u64::from_le_bytes(self.get(at, 8)?.try_into().unwrap()))
    }
    fn text(&self, at: usize) -> Result<String, Errno> {
        String::from_utf8(self.get(self.p(at), self.p(at + 1))?).map_err(|_| INVAL)
    }
    /// The places that an array of iovecs names: parameters i and i + 1.
    fn places(&self, i: usize) -> Result<Vec<(u32, u32)>, Errno> {
        let at = self.p(i);
        (0..self.p(i + 1)).map(|n| Ok((self.get32(at + 8 * n)?, self.get32(at + 8 * n + 4)?))).collect()
    }
    fn gather(&self, i: usize) -> Result<Vec<u8>, Errno> {
        let mut all = Vec::new();
        for (at, size) in self.places(i)? {
            all.extend(self.get(at, size)?);
        }
        Ok(all)
    }
    /// Fills iovecs from a reader until it gives less than asked for; puts the sum at parameter `out`.
    fn scatter(&mut self, i: usize, out: usize, mut read: impl FnMut(&mut [u8]) -> std::io::Result<usize>) -> Done {
        let mut sum = 0;
        for (at, size) in self.places(i)? {
            let mut bytes = vec![0; size as usize];
            let n = read(&mut bytes)?;
            self.put(at, &bytes[..n])?;
            sum += n as u32;
            if n < size as usize {
                break;
            }
        }
        self.put32(self.p(out), sum)
    }
    fn filestat(&mut self, at: u32, kind: u8, meta: Option<&fs::Metadata>) -> Done {
        let mut s = [0u8; 64];
        s[16] = kind;
        if let Some(m) = meta {
            let time = |s: i64, ns: i64| s as u64 * 1_000_000_000 + ns as u64;
            let fields = [(0, m.dev()), (8, m.ino()), (24, m.nlink()), (32, m.size()), (40, time(m.atime(), m.atime_nsec())),
                (48, time(m.mtime(), m.mtime_nsec())), (56, time(m.ctime(), m.ctime_nsec()))];
            for (at, x) in fields {
                s[at..at + 8].copy_from_slice(&x.to_le_bytes());
            }
        }
        self.put(at, &s)
    }
}

fn kind_of(meta: &fs::Metadata) -> u8 {
    if meta.is_dir() { 3 } else { 4 }
}

impl World {
    /// `dirs`: host folder and the name that the guest knows it by.
    pub fn new(args: Vec<String>, dirs: Vec<(PathBuf, String)>) -> World {
        let mut files = vec![Some(Entry::Input), Some(Entry::Output), Some(Entry::Error)];
        files.extend(dirs.into_iter().map(|(host, guest)| Some(Entry::Dir { host, guest })));
        World { args, files, start: Instant::now() }
    }

    /// One call; `a` are its parameters, widened to 64 bits.
    pub fn call<M: Memory + ?Sized>(&mut self, name: &str, a: &[u64], mem: &mut M) -> u32 {
        match self.dispatch(name, &mut Call { a, mem }) {
            Ok(()) => 0,
            Err(Errno(n)) => n,
        }
    }

    fn dispatch<M: Memory + ?Sized>(&mut self, name: &str, c: &mut Call<'_, M>) -> Done {
        let p = |i: usize| c.a[i] as u32;
        match name {
            "args_sizes_get" => {
                let size: usize = self.args.iter().map(|s| s.len() + 1).sum();
                c.put32(p(0), self.args.len() as u32)?;
                c.put32(p(1), size as u32)
            }
            "args_get" => {
                let mut at = p(1);
                for (i, arg) in self.args.iter().enumerate() {
                    c.put32(p(0) + 4 * i as u32, at)?;
                    c.put(at, &[arg.as_bytes(), &[0]].concat())?;
                    at += arg.len() as u32 + 1;
                }
                Ok(())
            }
            "environ_sizes_get" => {
                c.put32(p(0), 0)?;
                c.put32(p(1), 0)
            }
            "environ_get" | "sched_yield" | "fd_advise" => Ok(()),
            "clock_res_get" => c.put64(p(1), 1),
            "clock_time_get" => c.put64(p(2), self.now(p(0))),
            "random_get" => (0..p(1)).try_for_each(|i| c.put(p(0) + i, &[(i as u8).wrapping_mul(37)])),
            "proc_exit" => {
                let _ = std::io::stdout().flush();
                std::process::exit(p(0) as i32)
            }
            "poll_oneoff" => self.poll(c),
            _ if name.starts_with("fd_") => self.fd_call(name, c),
            _ if name.starts_with("path_") => self.path_call(name, c),
            _ => Err(NOSYS),
        }
    }

    fn now(&self, clock: u32) -> u64 {
        let since = if clock == 0 { SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() } else { self.start.elapsed() };
        since.as_nanos() as u64
    }

    /// Files are ready at once; without any, the first clock is waited for.
    fn poll<M: Memory + ?Sized>(&mut self, c: &mut Call<'_, M>) -> Done {
        let (input, output, n) = (c.p(0), c.p(1), c.p(2));
        let kinds = (0..n).map(|i| Ok(c.get(input + 48 * i + 8, 1)?[0])).collect::<Result<Vec<u8>, Errno>>()?;
        let chosen: Vec<u32> = (0..n).filter(|&i| kinds[i as usize] != 0).collect();
        let chosen = if chosen.is_empty() { vec![0] } else { chosen };
        for (event, &i) in chosen.iter().enumerate() {
            let from = input + 48 * i;
            if kinds[i as usize] == 0 {
                let time = c.get64(from + 24)?;
                let absolute = c.get32(from + 40)? & 1 == 1;
                let wait = if absolute { time.saturating_sub(self.now(c.get32(from + 16)?)) } else { time };
                std::thread::sleep(Duration::from_nanos(wait));
            }
            let mut e = [0u8; 32];
            e[..8].copy_from_slice(&c.get64(from)?.to_le_bytes());
            e[10] = kinds[i as usize];
            e[16] = 1;
            c.put(output + 32 * event as u32, &e)?;
        }
        c.put32(c.p(3), chosen.len() as u32)
    }

    fn entry(&mut self, fd: u32) -> Result<&mut Entry, Errno> {
        self.files.get_mut(fd as usize).and_then(Option::as_mut).ok_or(BADF)
    }

    fn file(&mut self, fd: u32) -> Result<&mut File, Errno> {
        match self.entry(fd)? {
            Entry::File(f) => Ok(f),
            Entry::Dir { .. } => Err(BADF),
            _ => Err(SPIPE),
        }
    }

    fn fd_call<M: Memory + ?Sized>(&mut self, name: &str, c: &mut Call<'_, M>) -> Done {
        let fd = c.p(0);
        match name {
            "fd_close" => self.files.get_mut(fd as usize).and_then(Option::take).map(drop).ok_or(BADF),
            "fd_write" => {
                let bytes = c.gather(1)?;
                match self.entry(fd)? {
                    Entry::Output => std::io::stdout().write_all(&bytes)?,
                    Entry::Error => std::io::stderr().write_all(&bytes)?,
                    Entry::File(f) => f.write_all(&bytes)?,
                    _ => return Err(BADF),
                }
                c.put32(c.p(3), bytes.len() as u32)
            }
            "fd_read" => match self.entry(fd)? {
                Entry::Input => c.scatter(1, 3, |b| std::io::stdin().read(b)),
                Entry::File(f) => c.scatter(1, 3, |b| f.read(b)),
                _ => Err(BADF),
            },
            "fd_pread" => {
                let (f, mut at) = (self.file(fd)?, c.a[3]);
                c.scatter(1, 4, |b| f.read_at(b, at).inspect(|n| at += *n as u64))
            }
            "fd_pwrite" => {
                let bytes = c.gather(1)?;
                self.file(fd)?.write_all_at(&bytes, c.a[3])?;
                c.put32(c.p(4), bytes.len() as u32)
            }
            "fd_seek" => {
                let by = c.a[1] as i64;
                let at = self.file(fd)?.seek(match c.p(2) {
                    0 => SeekFrom::Start(by as u64),
                    1 => SeekFrom::Current(by),
                    2 => SeekFrom::End(by),
                    _ => return Err(INVAL),
                })?;
                c.put64(c.p(3), at)
            }
            "fd_tell" => {
                let at = self.file(fd)?.stream_position()?;
                c.put64(c.p(1), at)
            }
            "fd_fdstat_get" => {
                let kind = match self.entry(fd)? {
                    Entry::File(_) => 4,
                    Entry::Dir { .. } => 3,
                    _ => 2,
                };
                let mut stat = [0; 24]; // all rights
                stat[0] = kind;
                stat[8..].fill(255);
                c.put(c.p(1), &stat)
            }
            "fd_filestat_get" => {
                let (kind, meta) = match self.entry(fd)? {
                    Entry::File(f) => (4, Some(f.metadata()?)),
                    Entry::Dir { host, .. } => (3, Some(host.metadata()?)),
                    _ => (2, None),
                };
                c.filestat(c.p(1), kind, meta.as_ref())
            }
            "fd_filestat_set_size" => Ok(self.file(fd)?.set_len(c.a[1])?),
            "fd_prestat_get" => match self.entry(fd)? {
                Entry::Dir { guest, .. } if !guest.is_empty() => {
                    let size = guest.len() as u32;
                    c.put32(c.p(1), 0)?;
                    c.put32(c.p(1) + 4, size)
                }
                _ => Err(BADF),
            },
            "fd_prestat_dir_name" => match self.entry(fd)? {
                Entry::Dir { guest, .. } => {
                    let bytes = guest.as_bytes();
                    c.put(c.p(1), &bytes[..bytes.len().min(c.p(2) as usize)])
                }
                _ => Err(BADF),
            },
            "fd_readdir" => self.readdir(c),
            "fd_sync" | "fd_datasync" | "fd_fdstat_set_flags" | "fd_filestat_set_times" => self.entry(fd).map(drop),
            "fd_renumber" => {
                let moved = self.files.get_mut(fd as usize).and_then(Option::take).ok_or(BADF)?;
                *self.files.get_mut(c.p(1) as usize).ok_or(BADF)? = Some(moved);
                Ok(())
            }
            _ => Err(NOSYS),
        }
    }

    fn readdir<M: Memory + ?Sized>(&mut self, c: &mut Call<'_, M>) -> Done {
        let Entry::Dir { host, .. } = self.entry(c.p(0))? else { return Err(NOTDIR) };
        let mut names = vec![(".".to_string(), 3, 0), ("..".to_string(), 3, 0)];
        for e in fs::read_dir(host)? {
            let e = e?;
            names.push((e.file_name().to_string_lossy().into_owned(), kind_of(&e.metadata()?), e.metadata()?.ino()));
        }
        names[2..].sort();
        let mut out = Vec::new();
        for (i, (name, kind, ino)) in names.iter().enumerate().skip(c.a[3] as usize) {
            out.extend((i as u64 + 1).to_le_bytes());
            out.extend(ino.to_le_bytes());
            out.extend((name.len() as u32).to_le_bytes());
            out.extend(u32::from(*kind).to_le_bytes());
            out.extend(name.as_bytes());
        }
        out.truncate(c.p(2) as usize);
        c.put(c.p(1), &out)?;
        c.put32(c.p(4), out.len() as u32)
    }

    /// The host's name of a path below the folder `fd`. No links are followed out of it: these guests make none.
    fn path(&mut self, fd: u32, path: &str) -> Result<PathBuf, Errno> {
        let Entry::Dir { host, .. } = self.entry(fd)? else { return Err(NOTDIR) };
        let inside = Path::new(path).components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
        if inside { Ok(host.join(path)) } else { Err(NOTCAPABLE) }
    }

    fn path_call<M: Memory + ?Sized>(&mut self, name: &str, c: &mut Call<'_, M>) -> Done {
        match name {
            "path_open" => {
                let path = self.path(c.p(0), &c.text(2)?)?;
                let (flags, rights, append) = (c.p(4), c.a[5], c.p(7) & 1 == 1);
                let entry = if path.is_dir() {
                    Entry::Dir { host: path, guest: String::new() }
                } else if flags & 2 != 0 {
                    return Err(if path.exists() { NOTDIR } else { Errno(44) });
                } else {
                    let write = rights & (1 << 6) != 0;
                    let mut how = OpenOptions::new();
                    how.read(rights & 2 != 0 || !write).write(write && !append).append(append);
                    how.create(flags & 1 != 0 && write).create_new(flags & 5 == 5).truncate(flags & 8 != 0 && write);
                    Entry::File(how.open(path)?)
                };
                let fd = self.files.iter().position(Option::is_none).unwrap_or(self.files.len());
                if fd == self.files.len() {
                    self.files.push(None);
                }
                self.files[fd] = Some(entry);
                c.put32(c.p(8), fd as u32)
            }
            "path_filestat_get" => {
                let meta = fs::metadata(self.path(c.p(0), &c.text(2)?)?)?;
                c.filestat(c.p(4), kind_of(&meta), Some(&meta))
            }
            "path_create_directory" => Ok(fs::create_dir(self.path(c.p(0), &c.text(1)?)?)?),
            "path_remove_directory" => Ok(fs::remove_dir(self.path(c.p(0), &c.text(1)?)?)?),
            "path_unlink_file" => Ok(fs::remove_file(self.path(c.p(0), &c.text(1)?)?)?),
            "path_rename" => {
                let (from, to) = (self.path(c.p(0), &c.text(1)?)?, self.path(c.p(3), &c.text(4)?)?);
                Ok(fs::rename(from, to)?)
            }
            "path_readlink" => {
                self.path(c.p(0), &c.text(1)?)?;
                Err(INVAL) // there are no links
            }
            _ => Err(NOSYS),
        }
    }
}
