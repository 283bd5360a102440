//! Zig's standard library at work: work NAME COUNT calls the function below COUNT times and prints a checksum of its results.
const std = @import("std");
const crypto = std.crypto;

var data: [4096]u8 = undefined;

/// The sum of the first bytes of what `of` makes of the data, whose first byte is the number of the call.
fn digests(comptime Hash: type, size: usize, count: usize) u64 {
    var sum: u64 = 0;
    var out: [Hash.digest_length]u8 = undefined;
    for (0..count) |i| {
        data[0] = @truncate(i);
        Hash.hash(data[0..size], &out, .{});
        sum = sum *% 31 +% first(&out);
    }
    return sum;
}

fn first(bytes: []const u8) u64 {
    return std.mem.readInt(u64, bytes[0..8], .little);
}

const work = struct {
    pub fn blake3(count: usize) u64 {
        return digests(crypto.hash.Blake3, 4096, count);
    }

    pub fn sha3(count: usize) u64 {
        return digests(crypto.hash.sha3.Sha3_256, 4096, count);
    }

    pub fn sha512(count: usize) u64 {
        return digests(crypto.hash.sha2.Sha512, 4096, count);
    }

    pub fn aes(count: usize) u64 {
        const key = crypto.core.aes.Aes128.initEnc(@splat(7));
        var block: [16]u8 = data[0..16].*;
        var sum: u64 = 0;
        for (0..count) |_| {
            key.encrypt(&block, &block);
            sum = sum *% 31 +% first(&block);
        }
        return sum;
    }

    pub fn gcm(count: usize) u64 {
        var tag: [16]u8 = undefined;
        var out: [4096]u8 = undefined;
        var sum: u64 = 0;
        for (0..count) |_| {
            crypto.aead.aes_gcm.Aes128Gcm.encrypt(&out, &tag, &data, "", @splat(3), @splat(7));
            data[5] = out[9];
            sum = sum *% 31 +% first(&tag);
        }
        return sum;
    }

    pub fn siphash(count: usize) u64 {
        const key: [16]u8 = @splat(7);
        var sum: u64 = 0;
        for (0..count) |i| {
            data[0] = @truncate(i);
            sum = sum *% 31 +% crypto.auth.siphash.SipHash64(2, 4).toInt(&data, &key);
        }
        return sum;
    }

    pub fn wyhash(count: usize) u64 {
        var sum: u64 = 0;
        for (0..count) |_| sum = std.hash.Wyhash.hash(sum, &data);
        return sum;
    }

    pub fn xxhash(count: usize) u64 {
        var sum: u64 = 0;
        for (0..count) |_| sum = std.hash.XxHash64.hash(sum, &data);
        return sum;
    }

    pub fn ed25519(count: usize) u64 {
        const Ed25519 = crypto.sign.Ed25519;
        const pair = Ed25519.KeyPair.generateDeterministic(@splat(5)) catch unreachable;
        var sum: u64 = 0;
        for (0..count) |i| {
            data[0] = @truncate(i);
            const signature = pair.sign(data[0..64], null) catch unreachable;
            signature.verify(data[0..64], pair.public_key) catch unreachable;
            sum = sum *% 31 +% first(&signature.toBytes());
        }
        return sum;
    }

    pub fn p256(count: usize) u64 {
        const P256 = crypto.ecc.P256;
        var scalar: [32]u8 = @splat(9);
        var sum: u64 = 0;
        for (0..count) |_| {
            const point = P256.basePoint.mul(scalar, .big) catch unreachable;
            const x = point.affineCoordinates().x.toBytes(.big);
            scalar[5] = x[3];
            sum = sum *% 31 +% first(&x);
        }
        return sum;
    }

    pub fn mlkem(count: usize) u64 {
        const Kem = crypto.kem.ml_kem.MLKem768;
        const pair = Kem.KeyPair.generateDeterministic(@splat(5)) catch unreachable;
        var sum: u64 = 0;
        for (0..count) |i| {
            var seed: [32]u8 = @splat(1);
            seed[0] = @truncate(i);
            const made = pair.public_key.encapsDeterministic(&seed);
            const secret = pair.secret_key.decaps(&made.ciphertext) catch unreachable;
            sum = sum *% 31 +% first(&secret);
        }
        return sum;
    }

    pub fn sort(count: usize) u64 {
        return sorted(u64, std.mem.sort, count);
    }

    pub fn pdq(count: usize) u64 {
        return sorted(u32, std.sort.pdq, count);
    }
};

fn sorted(comptime T: type, comptime by: anytype, count: usize) u64 {
    var numbers: [5000]T = undefined;
    var random = std.Random.DefaultPrng.init(1);
    var sum: u64 = 0;
    for (0..count) |i| {
        for (&numbers) |*n| n.* = @truncate(random.next());
        by(T, &numbers, {}, std.sort.asc(T));
        sum = sum *% 31 +% numbers[i % numbers.len];
    }
    return sum;
}

pub fn main(init: std.process.Init) !void {
    var random = std.Random.DefaultPrng.init(1);
    random.random().bytes(&data);
    const args = try init.minimal.args.toSlice(init.arena.allocator());
    const count = try std.fmt.parseInt(usize, args[2], 10);
    var text: [32]u8 = undefined;
    inline for (@typeInfo(work).@"struct".decl_names) |name| {
        if (std.mem.eql(u8, name, args[1])) {
            const line = try std.fmt.bufPrint(&text, "{d}\n", .{@field(work, name)(count)});
            try std.Io.File.stdout().writeStreamingAll(init.io, line);
        }
    }
}
