/*
 * platform.h - what differs between compilers and systems, in one place. Everything else is plain C17.
 */
#ifndef CW_BASE_PLATFORM_H
#define CW_BASE_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef float f32;
typedef double f64;

#ifndef __has_attribute
#define __has_attribute(x) 0
#endif
#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if defined(__GNUC__)
#define CW_LIKELY(x) __builtin_expect(!!(x), 1)
#define CW_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define CW_NOINLINE __attribute__((noinline))
#define CW_COLD __attribute__((noinline, cold))
#define CW_INLINE static inline __attribute__((always_inline))
#define CW_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define CW_CHECKED __attribute__((warn_unused_result))
#define CW_UNREACHABLE() __builtin_unreachable()
#else
#error "cwasm needs a compiler with GNU C extensions (gcc or clang)"
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define CW_ASAN 1
#else
#define CW_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define CW_TSAN 1
#else
#define CW_TSAN 0
#endif

/* The stress build: buffers start tiny and always move, so that stale pointers show (CMake preset "stress"). */
#ifndef CW_STRESS
#define CW_STRESS 0
#endif

/* The program defines cw_default_alloc itself (cmake/Libc.cmake). */
#ifndef CW_OWN_ALLOCATOR
#define CW_OWN_ALLOCATOR 0
#endif

/* Guest memory, slots and vectors are read and written as they lie in host memory. */
#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "cwasm runs on little-endian machines only"
#endif

/* From here on the compiler knows nothing about the value of a float or vector, which stays where it is. */
#if defined(__x86_64__)
#define CW_FORGET_FLOAT(x) __asm__("" : "+x"(x))
#elif defined(__aarch64__)
#define CW_FORGET_FLOAT(x) __asm__("" : "+w"(x))
#else
#define CW_FORGET_FLOAT(x) __asm__("" : "+m"(x))
#endif

#define CW_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CW_MIN(a, b) ((a) < (b) ? (a) : (b))
#define CW_MAX(a, b) ((a) > (b) ? (a) : (b))

/* One of two values without a branch, for conditions that are not predictable. That compilers do not see where the values come from keeps them from
 * choosing between addresses, which puts a load behind the choice. */
#if defined(__x86_64__) || defined(__aarch64__)
#define CW_OPAQUE(v) __asm__("" : "+r"(v))
#else
#define CW_OPAQUE(v) (void)0
#endif
#ifndef __has_builtin
#define __has_builtin(x) 0
#endif
#if __has_builtin(__builtin_unpredictable)
#define CW_UNPREDICTABLE(x) __builtin_unpredictable(x)
#else
#define CW_UNPREDICTABLE(x) (x)
#endif
CW_INLINE u64 cw_choose(bool which, u64 yes, u64 no)
{
    CW_OPAQUE(yes);
    CW_OPAQUE(no);
    return CW_UNPREDICTABLE(which) ? yes : no;
}

/* One-time publication of pointers between threads (translated code). */
#define cw_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define cw_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define cw_load_relaxed(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define cw_store_relaxed(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)

#endif
