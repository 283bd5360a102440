// guest.rs - panics, after code of many crates.
use std::collections::HashMap;

#[inline(never)]
fn pick(values: &[i32], i: usize) -> i32 {
    values[i] // frame: pick
}

fn main() {
    let mut squares = HashMap::new();
    for i in 0..10 {
        squares.insert(i, i * i);
    }
    let mut values: Vec<i32> = squares.values().cloned().collect();
    values.sort();
    println!("{}", pick(&values, values.len() + 5)); // frame: main
}
