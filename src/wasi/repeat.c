/*
 * repeat.c - the clocks and the randomness that a guest sees.
 *
 * A fixed clock stands: it goes on by CLOCK_STEP_NS whenever the guest reads it, and by as long as the guest asks to wait, which takes no time
 * then. So what a guest sees of time depends on what it does and on nothing else. Seeded random bytes are the ChaCha20 key stream for the key
 * seed (64 bits, little-endian, then zeros), nonce 0, from block 0 on.
 */
#include "wasi/repeat.h"

#include "wasi/wasi.h"

void cwasm_wasi_clock(cwasm_wasi *w, cwasm_clock kind, int64_t ns)
{
    w->clock = (Clock){ .kind = kind, .offset = ns, .start = ns < 0 ? 0 : (u64)ns };
}

void cwasm_wasi_random_seed(cwasm_wasi *w, uint64_t seed)
{
    w->random = (Random){ .seeded = true, .seed = seed, .used = sizeof w->random.bytes };
}

/* ---- Clocks ---- */

Errno cw_clock_time(Clock *c, u32 id, bool read, u64 *ns)
{
    if (CW_LIKELY(c->kind == CWASM_CLOCK_REAL))
        return cw_host_clock_time(id, ns);
    if (id > CLOCK_ID_THREAD_CPUTIME)
        return ERRNO_INVAL;
    if (c->kind == CWASM_CLOCK_FIXED) {
        u64 passed = __atomic_add_fetch(&c->passed, read ? CLOCK_STEP_NS : 0, __ATOMIC_RELAXED);   /* threads share the clock */
        *ns = id == CLOCK_ID_REALTIME ? c->start + passed : passed;
        return ERRNO_SUCCESS;
    }
    Errno e = cw_host_clock_time(id, ns);
    if (!e && id == CLOCK_ID_REALTIME) {
        u64 shift = c->offset < 0 ? 0 - (u64)c->offset : (u64)c->offset;
        *ns = c->offset < 0 ? (*ns > shift ? *ns - shift : 0) : (*ns > UINT64_MAX - shift ? UINT64_MAX : *ns + shift);
    }
    return e;
}

Errno cw_clock_resolution(const Clock *c, u32 id, u64 *ns)
{
    if (c->kind != CWASM_CLOCK_FIXED)
        return cw_host_clock_resolution(id, ns);
    *ns = CLOCK_STEP_NS;
    return id > CLOCK_ID_THREAD_CPUTIME ? ERRNO_INVAL : ERRNO_SUCCESS;
}

void cw_clock_pass(Clock *c, u64 ns) { __atomic_add_fetch(&c->passed, ns, __ATOMIC_RELAXED); }

/* ---- Randomness ---- */

static u32 rotate(u32 x, unsigned n) { return x << n | x >> (32 - n); }

static void quarter(u32 s[16], unsigned a, unsigned b, unsigned c, unsigned d)
{
    s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 16);
    s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 12);
    s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 8);
    s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 7);
}

/* RFC 8439, 2.3, but for a 64-bit block count. */
static void next_block(Random *r)
{
    u32 in[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, (u32)r->seed, (u32)(r->seed >> 32) }, s[16];
    in[12] = (u32)r->block;
    in[13] = (u32)(r->block >> 32);
    memcpy(s, in, sizeof s);
    for (int round = 0; round < 10; round++) {
        for (unsigned i = 0; i < 4; i++)
            quarter(s, i, 4 + i, 8 + i, 12 + i);
        for (unsigned i = 0; i < 4; i++)
            quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
    }
    for (unsigned i = 0; i < 16; i++)
        cw_put32(r->bytes + 4 * i, s[i] + in[i]);
    r->block++;
    r->used = 0;
}

Errno cw_random_fill(Random *r, void *buf, size_t size)
{
    if (!r->seeded)
        return cw_host_random(buf, size);
    for (u8 *p = buf; size > 0;) {
        if (r->used == sizeof r->bytes)
            next_block(r);
        size_t n = CW_MIN(size, sizeof r->bytes - r->used);
        memcpy(p, r->bytes + r->used, n);
        r->used += (u32)n;
        p += n;
        size -= n;
    }
    return ERRNO_SUCCESS;
}
