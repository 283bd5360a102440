/*
 * fail_alloc.c - linked into a program with -Wl,--wrap=malloc ...: the allocation of number $FAIL_ALLOC fails, and with $FAIL_ALL all that come after it.
 * If it comes, "failed" is written to descriptor $FAIL_LOG.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned long long count;

static unsigned long long number(const char *name)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : 0;
}

static bool fails(void)
{
    static unsigned long long at, all;
    if (count == 0) {
        at = number("FAIL_ALLOC");
        all = number("FAIL_ALL");
    }
    count++;
    if (count == at && write((int)number("FAIL_LOG"), "failed", 6) != 6)
        abort();
    if (at && (count == at || (all && count > at))) {
        errno = ENOMEM;
        return true;
    }
    return false;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);

void *__wrap_malloc(size_t size) { return fails() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t n, size_t size) { return fails() ? NULL : __real_calloc(n, size); }
void *__wrap_realloc(void *p, size_t size) { return fails() ? NULL : __real_realloc(p, size); }
char *__wrap_strndup(const char *s, size_t n)
{
    size_t size = strnlen(s, n);
    char *copy = __wrap_malloc(size + 1);
    if (copy) {
        memcpy(copy, s, size);
        copy[size] = '\0';
    }
    return copy;
}
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return fails() ? MAP_FAILED : __real_mmap(at, size, protection, flags, fd, offset);
}
void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return __wrap_mmap(at, size, protection, flags, fd, offset);
}
