// A Rust guest: collections, strings, files, time, arguments, environment, exit status, panic.
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::io::{BufRead, Read, Seek, SeekFrom, Write};
use std::{env, fs, io, process, rc::Rc, time};

trait Shape {
    fn area(&self) -> f64;
}
struct Square(f64);
struct Circle(f64);
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
impl Shape for Circle {
    fn area(&self) -> f64 {
        std::f64::consts::PI * self.0 * self.0
    }
}

fn collections() {
    let text = "the quick fox and the lazy dog and the cat";
    let mut count: HashMap<&str, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *count.entry(word).or_default() += 1;
    }
    let mut words: Vec<_> = count.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let tree: BTreeMap<i64, String> = (0..1000).map(|i| ((i * 7919) % 1009, format!("{:x}", i))).collect();
    let range: Vec<_> = tree.range(500..504).map(|(k, v)| format!("{}={}", k, v)).collect();
    let mut heap: BinaryHeap<u32> = [5, 1, 9, 3].into_iter().collect();
    let set: HashSet<u64> = (0..100000u64).map(|i| i * i % 1013).collect();
    let mut queue: VecDeque<u8> = (0..10).collect();
    queue.rotate_left(3);
    println!("collections {:?} {:?} {:?} {} {:?}", &words[..3], range, heap.pop(), set.len(), queue);
    let shapes: Vec<Rc<dyn Shape>> = vec![Rc::new(Square(1.5)), Rc::new(Circle(2.0))];
    println!("shapes {:.6} {:e} {}", shapes.iter().map(|s| s.area()).sum::<f64>(), 1.5e300f64, 0.1f32 + 0.2f32);
    println!("numbers {} {:?} {} {}", u128::MAX / 7, i32::MAX.checked_add(1), (-7i32).rem_euclid(3), "12x".parse::<i32>().is_err());
}

fn files() -> io::Result<()> {
    fs::create_dir_all("/data/a/b")?;
    fs::write("/data/a/b/one", "line\n".repeat(2000))?;
    fs::copy("/data/a/b/one", "/data/a/copy")?;
    fs::rename("/data/a/b/one", "/data/a/two")?;
    let mut f = fs::OpenOptions::new().read(true).write(true).open("/data/a/two")?;
    f.seek(SeekFrom::End(-5))?;
    f.write_all(b"LAST\n")?;
    f.seek(SeekFrom::Start(0))?;
    let lines = io::BufReader::new(&f).lines().count();
    f.set_len(12)?;
    f.seek(SeekFrom::Start(5))?;
    let mut rest = String::new();
    f.read_to_string(&mut rest)?;
    let mut names: Vec<_> = fs::read_dir("/data/a")?.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let missing = fs::read("/data/none").unwrap_err().kind();
    let outside = fs::read("/etc/passwd").is_err();
    println!("files {} {:?} {:?} {} {:?} {}", lines, rest, names, fs::metadata("/data/a/copy")?.len(), missing, outside);
    for name in names {
        let path = format!("/data/a/{}", name);
        if name == "b" { fs::remove_dir(path)? } else { fs::remove_file(path)? }
    }
    fs::remove_dir("/data/a")
}

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    println!("args {:?} {:?}", args, env::var("NAME"));
    collections();
    if let Err(e) = files() {
        println!("error: {}", e);
        process::exit(1);
    }
    let start = time::Instant::now();
    std::thread::sleep(time::Duration::from_millis(20));
    let since_1970 = time::SystemTime::now().duration_since(time::UNIX_EPOCH).unwrap().as_secs();
    println!("time {} {}", start.elapsed() >= time::Duration::from_millis(20), since_1970 > 1_700_000_000);
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    println!("stdin {:?}", line.trim());
    if args.first().map(String::as_str) == Some("panic") {
        let v: Vec<u8> = Vec::new();
        println!("{}", v[args.len()]);
    }
    process::exit(7)
}
