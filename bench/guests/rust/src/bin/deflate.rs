//! miniz_oxide: compress and decompress.
use guests::{mix_bytes, rounds, Random};
use miniz_oxide::{deflate::compress_to_vec_zlib, inflate::decompress_to_vec_zlib};

fn main() {
    let words = ["the ", "engine ", "memory ", "of ", "runs.\n", "a ", "module ", "instance ", "is ", "fast "];
    let mut r = Random(3);
    let mut sum = 0;
    for level in 0..rounds(18) {
        let mut text = String::new();
        while text.len() < 60_000 {
            text += words[(r.below(10).min(r.below(10))) as usize];
            if r.below(12) == 0 {
                text += &format!("[{:x}] ", r.below(1 << 20));
            }
        }
        let packed = compress_to_vec_zlib(text.as_bytes(), (level % 8 + 1) as u8);
        for _ in 0..3 {
            assert_eq!(decompress_to_vec_zlib(&packed).unwrap(), text.as_bytes());
        }
        sum = mix_bytes(sum, &packed);
    }
    println!("{:08x}", sum);
}
