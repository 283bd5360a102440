/*
 * musl_memory.c - memcpy, memmove, memset and memcmp for the program linked with musl on x86-64.
 *
 * musl's own are made for size: guests that copy and fill memory would run at half the speed of glibc. These need SSE2 only and look at no
 * CPU feature when the program starts: in a virtual machine each cpuid instruction costs microseconds, which is where glibc spends its start-up. Only long
 * moves to overlapping higher addresses, for which there is no microcode, ask for AVX2, the first time that there is one.
 * Compiled into the musl build only (CMakeLists.txt); everywhere else this file is empty.
 */
#if defined(CW_MUSL_MEMORY) && defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memmove(void *to, const void *from, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* From here on the microcode of `rep movsb` and `rep stosb` wins over a loop. */
enum { REP_COPY = 2048, REP_FILL = 2048, WIDE_DOWN = 1024 };

/* A copy of constant size that never becomes a call of memcpy. */
#ifdef __clang__
#define COPY __builtin_memcpy_inline
#else
#define COPY __builtin_memcpy
#endif

#define LOAD(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define STORE(p, v) _mm_storeu_si128((__m128i *)(void *)(p), (v))

/* Both ends by one load each, of which the second may overlap the first; all loads before all stores, so that to and from may overlap. */
#define ENDS(T)                                                 \
    do {                                                        \
        T head, tail;                                           \
        COPY(&head, s, sizeof head);                            \
        COPY(&tail, s + n - sizeof tail, sizeof tail);          \
        COPY(d, &head, sizeof head);                            \
        COPY(d + n - sizeof tail, &tail, sizeof tail);          \
    } while (0)

static void copy_small(unsigned char *d, const unsigned char *s, size_t n)
{
    if (n >= 16) {
        __m128i head = LOAD(s), tail = LOAD(s + n - 16);
        if (n > 32) {
            __m128i second = LOAD(s + 16), third = LOAD(s + n - 32);
            if (n > 64) {
                __m128i a = LOAD(s + 32), b = LOAD(s + 48), c = LOAD(s + n - 64), e = LOAD(s + n - 48);
                STORE(d + 32, a);
                STORE(d + 48, b);
                STORE(d + n - 64, c);
                STORE(d + n - 48, e);
            }
            STORE(d + 16, second);
            STORE(d + n - 32, third);
        }
        STORE(d, head);
        STORE(d + n - 16, tail);
    } else if (n >= 8) {
        ENDS(uint64_t);
    } else if (n >= 4) {
        ENDS(uint32_t);
    } else if (n >= 2) {
        ENDS(uint16_t);
    } else if (n) {
        *d = *s;
    }
}

/* More than 128 bytes, upwards: right if to is below from or they do not overlap. */
static void copy_up(unsigned char *d, const unsigned char *s, size_t n)
{
    if (n >= REP_COPY && (size_t)(s - d) >= 64) {
        __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
        return;
    }
    __m128i head = LOAD(s), t0 = LOAD(s + n - 64), t1 = LOAD(s + n - 48), t2 = LOAD(s + n - 32), t3 = LOAD(s + n - 16);
    unsigned char *begin = d, *end = d + n;
    size_t skew = 16 - ((uintptr_t)d & 15);   /* to the next 16-byte boundary; the head covers what is passed over */
    d += skew;
    s += skew;
    for (n -= skew; n > 64; n -= 64) {
        __m128i a = LOAD(s), b = LOAD(s + 16), c = LOAD(s + 32), e = LOAD(s + 48);
        _mm_store_si128((__m128i *)(void *)d, a);
        _mm_store_si128((__m128i *)(void *)(d + 16), b);
        _mm_store_si128((__m128i *)(void *)(d + 32), c);
        _mm_store_si128((__m128i *)(void *)(d + 48), e);
        d += 64;
        s += 64;
    }
    STORE(end - 64, t0);
    STORE(end - 48, t1);
    STORE(end - 32, t2);
    STORE(end - 16, t3);
    STORE(begin, head);
}

/* More than 128 bytes, downwards: right if to is above from. */
static void copy_down(unsigned char *d, const unsigned char *s, size_t n)
{
    __m128i h0 = LOAD(s), h1 = LOAD(s + 16), h2 = LOAD(s + 32), h3 = LOAD(s + 48), tail = LOAD(s + n - 16);
    unsigned char *begin = d, *end = d + n;
    size_t skew = (uintptr_t)end & 15;
    unsigned char *to = end - skew;
    const unsigned char *from = s + n - skew;
    for (n -= skew; n > 64; n -= 64) {
        to -= 64;
        from -= 64;
        __m128i a = LOAD(from), b = LOAD(from + 16), c = LOAD(from + 32), e = LOAD(from + 48);
        _mm_store_si128((__m128i *)(void *)(to + 48), e);
        _mm_store_si128((__m128i *)(void *)(to + 32), c);
        _mm_store_si128((__m128i *)(void *)(to + 16), b);
        _mm_store_si128((__m128i *)(void *)to, a);
    }
    STORE(begin, h0);
    STORE(begin + 16, h1);
    STORE(begin + 32, h2);
    STORE(begin + 48, h3);
    STORE(end - 16, tail);
}

/* The same with vectors of 32 bytes; what they leave over is small. */
__attribute__((target("avx2"))) static void copy_down_wide(unsigned char *d, const unsigned char *s, size_t n)
{
#define LOAD32(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define STORE32(p, v) _mm256_storeu_si256((__m256i *)(void *)(p), (v))
    __m256i tail = LOAD32(s + n - 32);
    unsigned char *end = d + n;
    for (n -= (uintptr_t)end & 31; n > 128;) {
        n -= 128;
        const unsigned char *from = s + n;
        unsigned char *to = d + n;
        __m256i a = LOAD32(from), b = LOAD32(from + 32), c = LOAD32(from + 64), e = LOAD32(from + 96);
        STORE32(to + 96, e);
        STORE32(to + 64, c);
        STORE32(to + 32, b);
        STORE32(to, a);
    }
    copy_small(d, s, n);
    STORE32(end - 32, tail);
}

/* Has the processor AVX2, and does the system save its registers? */
static bool has_avx2(void)
{
    static signed char known;   /* 1: yes, -1: no; threads that find out at once find the same */
    signed char is = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (!is) {
        unsigned a, b, c = 0, d, low = 0, high;
        if (__get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE))
            __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        is = (low & 6) == 6 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2) ? 1 : -1;
        __atomic_store_n(&known, is, __ATOMIC_RELAXED);
    }
    return is > 0;
}

void *memmove(void *to, const void *from, size_t n)
{
    if (n <= 128)
        copy_small(to, from, n);
    else if ((size_t)((unsigned char *)to - (const unsigned char *)from) >= n)
        copy_up(to, from, n);
    else if (n >= WIDE_DOWN && has_avx2())
        copy_down_wide(to, from, n);
    else
        copy_down(to, from, n);
    return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
    if (n <= 128)
        copy_small(to, from, n);
    else
        copy_up(to, from, n);
    return to;
}

void *memset(void *to, int value, size_t n)
{
    unsigned char *d = to;
    uint64_t bytes = 0x0101010101010101u * (unsigned char)value;
    if (n < 16) {
        if (n >= 8) {
            COPY(d, &bytes, 8);
            COPY(d + n - 8, &bytes, 8);
        } else if (n >= 4) {
            COPY(d, &bytes, 4);
            COPY(d + n - 4, &bytes, 4);
        } else if (n) {
            d[0] = d[n / 2] = d[n - 1] = (unsigned char)value;
        }
        return to;
    }
    if (n >= REP_FILL) {
        __asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(value) : "memory");
        return to;
    }
    __m128i v = _mm_set1_epi8((char)value);
    unsigned char *end = d + n;
    STORE(d, v);
    STORE(end - 16, v);
    d = (unsigned char *)(((uintptr_t)d + 16) & ~(uintptr_t)15);
    for (; d + 64 <= end; d += 64) {
        _mm_store_si128((__m128i *)(void *)d, v);
        _mm_store_si128((__m128i *)(void *)(d + 16), v);
        _mm_store_si128((__m128i *)(void *)(d + 32), v);
        _mm_store_si128((__m128i *)(void *)(d + 48), v);
    }
    for (; d + 16 <= end; d += 16)
        _mm_store_si128((__m128i *)(void *)d, v);
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;
    for (; n >= 8; n -= 8, p += 8, q += 8) {
        uint64_t x, y;
        COPY(&x, p, 8);
        COPY(&y, q, 8);
        if (x != y)
            return __builtin_bswap64(x) < __builtin_bswap64(y) ? -1 : 1;
    }
    for (; n; n--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

#else
typedef int musl_memory_is_empty;
#endif
