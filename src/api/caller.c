/* caller.c - what host functions may ask and say. */
#include "interp/interp.h"
#include "run/objects.h"

#include <stdio.h>

cwasm_store *cwasm_caller_store(cwasm_caller *caller)
{
    return caller->store;
}

cwasm_instance *cwasm_caller_instance(cwasm_caller *caller)
{
    return caller->inst;
}

size_t cwasm_caller_backtrace(cwasm_caller *caller, cwasm_frame *frames, size_t n)
{
    return cw_backtrace(caller->store, frames, n);
}

cwasm_memory *cwasm_caller_memory(cwasm_caller *caller)
{
    return caller->inst ? caller->inst->memory0 : NULL;
}

void *cwasm_caller_view(cwasm_caller *caller, uint64_t ptr, uint64_t size)
{
    Memory *memory = cwasm_caller_memory(caller);
    return memory && cw_memory_has(memory, ptr, size) ? memory->data + ptr : NULL;
}

cwasm_trap_code cwasm_caller_trap(cwasm_caller *caller, const char *message)
{
    Store *store = caller->store;
    snprintf(store->last->host_message, sizeof store->last->host_message, "%s", message);
    store->has_host_message = true;
    return CWASM_TRAP_HOST;
}

cwasm_trap_code cwasm_caller_exit(cwasm_caller *caller, uint32_t code)
{
    caller->store->exit_code = code;
    return CWASM_TRAP_EXIT;
}
