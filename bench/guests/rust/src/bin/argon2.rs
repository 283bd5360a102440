//! Argon2id: BLAKE2b and 64-bit multiplications over a few hundred KiB.
use argon2::{Algorithm, Argon2, Params, Version};
use guests::{mix_bytes, rounds};

fn main() {
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(256, 3, 1, Some(32)).unwrap());
    let mut sum = 0;
    for i in 0..rounds(55) {
        let mut out = [0; 32];
        argon.hash_password_into(format!("password{}", i).as_bytes(), b"salt and pepper", &mut out).unwrap();
        sum = mix_bytes(sum, &out);
    }
    println!("{:08x}", sum);
}
