//! serde_json: typed and untyped, in and out.
use guests::{mix_bytes, rounds, Random};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Item {
    id: u64,
    name: String,
    price: f64,
    tags: Vec<String>,
    parent: Option<u32>,
    extra: BTreeMap<String, bool>,
}

fn main() {
    let mut r = Random(5);
    let mut sum = 0;
    for _ in 0..rounds(110) {
        let items: Vec<Item> = (0..100)
            .map(|i| Item {
                id: u64::from(r.below(1 << 30)) << 20,
                name: format!("item \"{}\"\n", i),
                price: f64::from(r.below(100_000)) / 64.0,
                tags: (0..r.below(4)).map(|t| format!("tag{}", t)).collect(),
                parent: if i % 2 == 0 { Some(i) } else { None },
                extra: (0..r.below(3)).map(|k| (format!("k{}", k), k > 0)).collect(),
            })
            .collect();
        let text = serde_json::to_string(&items).unwrap();
        let back: Vec<Item> = serde_json::from_str(&text).unwrap();
        assert_eq!(items, back);
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for item in value.as_array_mut().unwrap() {
            item["name"] = format!("{}!", item["id"]).into();
        }
        sum = mix_bytes(sum, serde_json::to_string_pretty(&value).unwrap().as_bytes());
    }
    println!("{:08x}", sum);
}
