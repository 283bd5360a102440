/*
 * guard.c - which addresses belong to guarded memories: asked by the fault handler, so reading takes no lock and allocates nothing.
 *
 * Slots in a chain of chunks that only grows. `base` publishes a slot: it is written last and cleared first. A thread that
 * faults inside a memory is using it, so its slot cannot change meanwhile; slots that do change belong to other addresses.
 */
#include "run/objects.h"

enum { SLOTS = 64 };

typedef struct GuardSlot {
    u8 *base;          /* atomic; NULL: free */
    Memory *memory;    /* atomic */
} GuardSlot;

typedef struct GuardChunk {
    GuardSlot slots[SLOTS];
    struct GuardChunk *next;   /* atomic */
} GuardChunk;

static GuardChunk first_chunk;
static pthread_mutex_t writers = PTHREAD_MUTEX_INITIALIZER;

static GuardSlot *free_slot(void)
{
    GuardChunk *chunk = &first_chunk;
    for (;; chunk = chunk->next) {
        for (u32 i = 0; i < SLOTS; i++)
            if (!chunk->slots[i].base)
                return &chunk->slots[i];
        if (!chunk->next)
            break;
    }
    /* Belongs to the process, not to an engine, and is never freed: a handler may be walking the chain. */
    GuardChunk *more = cw_calloc(&cw_default_alloc, 1, sizeof *more);
    if (!more)
        return NULL;
    cw_store_release(&chunk->next, more);
    return &more->slots[0];
}

bool cw_guard_add(Memory *memory)
{
    pthread_mutex_lock(&writers);
    GuardSlot *slot = free_slot();
    if (slot) {
        cw_store_relaxed(&slot->memory, memory);
        cw_store_release(&slot->base, memory->data);
    }
    pthread_mutex_unlock(&writers);
    return slot != NULL;
}

void cw_guard_remove(Memory *memory)
{
    pthread_mutex_lock(&writers);
    for (GuardChunk *chunk = &first_chunk; chunk; chunk = chunk->next)
        for (u32 i = 0; i < SLOTS; i++)
            if (chunk->slots[i].base == memory->data && chunk->slots[i].memory == memory)
                cw_store_release(&chunk->slots[i].base, NULL);
    pthread_mutex_unlock(&writers);
}

bool cw_guard_find(const void *addr, Memory **memory, u64 *guest_addr)
{
    for (const GuardChunk *chunk = &first_chunk; chunk; chunk = cw_load_acquire(&chunk->next)) {
        for (u32 i = 0; i < SLOTS; i++) {
            u8 *base = cw_load_acquire(&chunk->slots[i].base);
            u64 at = (u64)((uintptr_t)addr - (uintptr_t)base);
            if (base && (uintptr_t)addr >= (uintptr_t)base && at < CW_GUARD_BYTES) {
                *memory = cw_load_relaxed(&chunk->slots[i].memory);
                *guest_addr = at;
                return true;
            }
        }
    }
    return false;
}
