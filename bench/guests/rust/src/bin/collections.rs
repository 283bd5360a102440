//! The standard library: hash maps, ordered maps, vectors of strings, sorting, iterators, boxed trait objects, reference counts.
use guests::{mix, mix_bytes, rounds, Random};
use std::cell::RefCell;
use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};
use std::rc::Rc;

trait Shape {
    fn area(&self) -> u32;
}
struct Square(u32);
struct Rect(u32, u32);
impl Shape for Square {
    fn area(&self) -> u32 {
        self.0 * self.0
    }
}
impl Shape for Rect {
    fn area(&self) -> u32 {
        self.0 * self.1
    }
}

struct Node {
    value: u32,
    children: Vec<Rc<RefCell<Node>>>,
}

fn total(node: &Rc<RefCell<Node>>) -> u32 {
    let node = node.borrow();
    node.children.iter().fold(node.value, |s, c| s.wrapping_add(total(c)))
}

fn once(r: &mut Random) -> u32 {
    let mut count: HashMap<String, u32> = HashMap::new();
    for i in 0..5000 {
        *count.entry(format!("key{}", r.below(800))).or_default() += i;
    }
    let mut names: Vec<_> = count.iter().collect();
    names.sort_unstable_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let text: Vec<String> = names.iter().map(|(k, v)| format!("{}={}", k.to_uppercase(), v)).collect();
    let text = text.join(";");
    let mut sum = mix_bytes(0, text.as_bytes());

    let parsed: BTreeMap<&str, u64> = text.split(';').filter_map(|p| p.split_once('=')).filter_map(|(k, v)| Some((k, v.parse().ok()?))).collect();
    sum = parsed.range("KEY2".."KEY5").fold(sum, |s, (_, v)| mix(s, *v as u32));

    let shapes: Vec<Box<dyn Shape>> = (0..3000).map(|i| if i % 3 == 0 { Box::new(Square(r.below(50))) as Box<dyn Shape> } else { Box::new(Rect(i, r.below(9))) }).collect();
    sum = shapes.iter().map(|s| s.area()).fold(sum, mix);

    let mut heap: BinaryHeap<(u32, usize)> = BinaryHeap::new();
    let mut queue = VecDeque::new();
    for i in 0..3000 {
        heap.push((r.below(1_000_000), i));
        if i % 3 == 2 {
            queue.extend(heap.pop());
        }
        if queue.len() > 50 {
            sum = mix(sum, queue.pop_front().map_or(0, |(v, _)| v));
        }
    }

    let root = Rc::new(RefCell::new(Node { value: 1, children: vec![] }));
    let mut all = vec![root.clone()];
    for i in 1..1500 {
        let node = Rc::new(RefCell::new(Node { value: i, children: vec![] }));
        all[r.below(i) as usize].borrow_mut().children.push(node.clone());
        all.push(node);
    }
    mix(sum, total(&root))
}

fn main() {
    let mut r = Random(2463534242);
    let sum = (0..rounds(40)).fold(0, |s, _| mix(s, once(&mut r)));
    println!("{:08x}", sum);
}
