/*
 * fail_alloc.h - an allocator for tests: fails from the `left`-th call on, checks the sizes it is told, counts what is out.
 *
 *     FAIL_ALLOC(f, n);                 pass &f.alloc
 *     assert_int_equal(f.out, 0);       nothing leaked
 */
#ifndef CW_TEST_FAIL_ALLOC_H
#define CW_TEST_FAIL_ALLOC_H

#include <stdlib.h>

#include "base/alloc.h"

typedef struct FailAlloc {
    Alloc alloc;
    size_t left;      /* calls that still succeed */
    size_t out;       /* blocks that are allocated */
    bool wrong_size;
} FailAlloc;

/* Each block is preceded by its size. */
static inline void *fail_realloc(void *ctx, void *p, size_t old_size, size_t new_size)
{
    FailAlloc *f = ctx;
    size_t *old = p ? (size_t *)p - 2 : NULL;
    if (old && *old != old_size)
        f->wrong_size = true;
    if (new_size == 0) {
        f->out -= old != NULL;
        free(old);
        return NULL;
    }
    if (f->left == 0)
        return NULL;
    f->left--;
    size_t *block = malloc(new_size + 2 * sizeof *block);
    if (!block)
        return NULL;
    *block = new_size;
    if (old) {
        memcpy(block + 2, p, old_size < new_size ? old_size : new_size);
        free(old);
    } else {
        f->out++;
    }
    return block + 2;
}

/* Not copyable: it points at itself. */
#define FAIL_ALLOC(name, n) FailAlloc name = { { fail_realloc, &(name) }, (n), 0, false }

#endif
