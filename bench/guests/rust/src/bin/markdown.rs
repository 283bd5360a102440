//! pulldown-cmark: Markdown to HTML.
use guests::{mix_bytes, rounds, Random};
use pulldown_cmark::{html, Options, Parser};

fn main() {
    let mut r = Random(17);
    let mut sum = 0;
    for _ in 0..rounds(350) {
        let mut text = String::from("# A title\n\n| a | b |\n|---|:-:|\n");
        for i in 0..40 {
            match r.below(7) {
                0 => text += &format!("\n## Section *{}*\n\n", i),
                1 => text += "\n- one\n- two `code`\n  1. deep\n  2. deeper\n\n",
                2 => text += "\n```rust\nfn main() { println!(\"<&>\"); }\n```\n\n",
                3 => text += &format!("\n> quoted **strong** text [link {}](http://example.org/{} \"title\")\n\n", i, i),
                4 => text += &format!("\n| {} | ~~x~~ |\n", i),
                5 => text += "\n- [x] done\n- [ ] not <b>yet</b> &amp; so on\n\n",
                _ => text += &format!("Plain words of a paragraph, number {}, with _emphasis_ and a line\nthat goes on.\\\nHard break.\n\n", i),
            }
        }
        let mut out = String::new();
        html::push_html(&mut out, Parser::new_ext(&text, Options::all()));
        sum = mix_bytes(sum, out.as_bytes());
    }
    println!("{:08x}", sum);
}
