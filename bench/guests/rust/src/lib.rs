//! What the guests share: the amount of work, test data, the sum that is printed at the end.

/// The optional first argument is a percentage of the usual amount.
pub fn rounds(full: u32) -> u32 {
    let percent = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(100);
    (full * percent / 100).max(1)
}

pub struct Random(pub u32);

impl Random {
    pub fn below(&mut self, n: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % n
    }
}

pub fn mix(sum: u32, x: u32) -> u32 {
    sum.rotate_left(5).wrapping_mul(0x9e37_79b1) ^ x
}

pub fn mix_bytes(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |s, &b| mix(s, u32::from(b)))
}
