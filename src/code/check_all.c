/*
 * check_all.c - checking a module's constant expressions and function bodies: at load, on several threads if there is much to do, or each body
 * when it is first called.
 */
#include "base/os_thread.h"
#include "code/code.h"
#include "code/const_expr.h"
#include "code/in_place.h"
#include "code/walk.h"

/* ---- Constant expressions ---- */

static Status check_constants(Module *m, Error *err)
{
    for (u32 i = 0; i < m->n_globals; i++) {
        if (i >= m->n_global_imports)
            TRY(cw_const_check(m, &m->globals[i].init, m->globals[i].type.type, i, err));
    }
    for (u32 i = m->n_table_imports; i < m->n_tables; i++) {
        if (m->tables[i].has_init)
            TRY(cw_const_check(m, &m->tables[i].init, m->tables[i].type.type, m->n_global_imports, err));
    }
    for (u32 i = 0; i < m->n_elems; i++) {
        const ElemSegment *e = &m->elems[i];
        if (e->mode == SEGMENT_ACTIVE)
            TRY(cw_const_check(m, &e->offset, m->tables[e->table].type.limits.is64 ? T_I64 : T_I32, m->n_globals, err));
        for (u32 k = 0; e->exprs && k < e->n; k++)
            TRY(cw_const_check(m, &e->exprs[k], e->type, m->n_globals, err));
    }
    for (u32 i = 0; i < m->n_datas; i++) {
        const DataSegment *d = &m->datas[i];
        if (d->mode == SEGMENT_ACTIVE)
            TRY(cw_const_check(m, &d->offset, m->memories[d->memory].is64 ? T_I64 : T_I32, m->n_globals, err));
    }
    return CWASM_OK;
}

/* ---- All bodies ---- */

/*
 * Pieces of the code section are taken in order, each by one thread, which stops at its first error. The error of the first piece that has one is
 * the error that one thread alone would have found: all pieces before it have been taken by then, and are finished.
 */
enum { PIECE = 128 * 1024, MUCH = 2 * 1024 * 1024 };   /* bytes of code: of a piece; from which on threads are worth their making */
enum { LITTLE = 64 * 1024 };                           /* up to which functions run in place at first */

typedef struct Job {
    Module *m;
    u32 n_pieces;
    u32 next;               /* atomic: the next piece to be taken */
    u32 failed;             /* atomic: the first piece known to have an error, or NONE */
    pthread_mutex_t lock;   /* for what follows, and for changing `failed` */
    Status status;
    Error error;
} Job;

/* The first own function whose body begins at or behind the byte of the code section. */
static u32 first_at(const Module *m, size_t at)
{
    u32 low = m->n_func_imports, high = m->n_funcs;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if ((size_t)(m->funcs[middle].body - m->code_begin) < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void report(Job *job, u32 piece, Status status, const Error *error)
{
    pthread_mutex_lock(&job->lock);
    if (piece < job->failed) {
        cw_store_relaxed(&job->failed, piece);
        job->status = status;
        job->error = *error;
    }
    pthread_mutex_unlock(&job->lock);
}

static void check_pieces(void *ctx)
{
    Job *job = ctx;
    Walk w = { .module = job->m, .alloc = job->m->alloc };
    for (;;) {
        u32 piece = __atomic_fetch_add(&job->next, 1, __ATOMIC_RELAXED);
        if (piece >= job->n_pieces || piece > cw_load_relaxed(&job->failed))
            break;
        u32 end = first_at(job->m, ((size_t)piece + 1) * PIECE);
        for (u32 i = first_at(job->m, (size_t)piece * PIECE); i < end && piece <= cw_load_relaxed(&job->failed); i++) {
            Error error = { .offset = CWASM_NO_OFFSET, .func_index = CWASM_NO_INDEX };
            Status status = cw_walk_check(&w, i, &error);
            if (status) {
                report(job, piece, status, &error);
                break;
            }
        }
    }
    cw_walk_done(&w);
}

static CW_NOINLINE Status check_in_threads(Module *m, size_t bytes, u32 n_threads, Error *err)
{
    Job job = { .m = m, .n_pieces = (u32)(bytes / PIECE + 1), .failed = NONE, .lock = PTHREAD_MUTEX_INITIALIZER };
    cw_os_run_threads(CW_MIN(n_threads, job.n_pieces), check_pieces, &job);
    pthread_mutex_destroy(&job.lock);
    if (job.status && err)
        *err = job.error;
    return job.status;
}

/* Not inlined, as are the other ways of a check: a walker on the stack is a fifth of a page. */
static CW_NOINLINE Status check_in_order(Module *m, Error *err)
{
    Walk w = { .module = m, .alloc = m->alloc };
    Status status = CWASM_OK;
    for (u32 i = m->n_func_imports; i < m->n_funcs && !status; i++)
        status = cw_walk_check(&w, i, err);
    cw_walk_done(&w);
    return status;
}

Status cw_code_check(Module *m, u32 n_threads, Error *err)
{
    TRY(check_constants(m, err));
    size_t bytes = m->code_begin ? (size_t)(m->code_end - m->code_begin) : 0;
    u32 tier_up = cw_code_target(m)->tier_up;
    if (tier_up && (bytes <= LITTLE || tier_up == UINT32_MAX))
        return cw_code_check_with_sides(m, err);
    if (n_threads == 0)
        n_threads = bytes >= MUCH ? cw_os_processors() : 1;
    if (n_threads > 1 && bytes <= (size_t)UINT32_MAX)
        return check_in_threads(m, bytes, n_threads, err);
    return check_in_order(m, err);
}

/* ---- Bodies unchecked ---- */

Status cw_code_trust(Module *m, Error *err)
{
    TRY(check_constants(m, err));
    m->unchecked = true;
    return CWASM_OK;
}

bool cw_code_check_late(Module *m, u32 f, Error *err)
{
    if (m->funcs[f].frame_slots)
        return true;
    Walk w = { .module = m, .alloc = m->alloc };
    Status status = cw_walk_check(&w, f, err);
    cw_walk_done(&w);
    return status == CWASM_OK;
}
