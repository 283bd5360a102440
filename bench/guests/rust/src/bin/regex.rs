//! The regex crate: compiling and searching, with captures, over log lines.
use guests::{mix, mix_bytes, rounds, Random};
use regex::Regex;

fn main() {
    let mut r = Random(99);
    let mut sum = 0;
    for _ in 0..rounds(14) {
        let mut text = String::new();
        for i in 0..150 {
            text += &format!(
                "10.0.{}.{} - [{:02}/Jan/2024] \"GET /page{}.html\" {} {}\n",
                r.below(256), r.below(256), r.below(28) + 1, r.below(50), if r.below(4) > 0 { 200 } else { 404 }, i * 37 % 5000
            );
        }
        let line = Regex::new(r#"(?m)^(\d+\.\d+\.\d+\.\d+) - \[(\d+)/(\w+)/\d{4}\] "(GET|POST) ([^"]*)" (\d+) (\d+)$"#).unwrap();
        for c in line.captures_iter(&text) {
            sum = mix(sum, c[7].parse::<u32>().unwrap() + c[5].len() as u32);
        }
        let page = Regex::new(r"page(\d+)\.html?").unwrap();
        sum = mix_bytes(sum, page.replace_all(&text, "p/$1").as_bytes());
        for pattern in ["(?i)[a-z]+/jan", r"\b4\d\d\b", "(page1|page2|page3)[0-9]", r"[^ ]+\s-\s", r"(\d{1,3}\.){3}25[0-5]"] {
            sum = Regex::new(pattern).unwrap().find_iter(&text).fold(sum, |s, m| mix(s, m.start() as u32));
        }
    }
    println!("{:08x}", sum);
}
