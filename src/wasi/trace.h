/* trace.h - watching calls (cwasm_wasi_trace in cwasm.h): what preview1.c needs of trace.c. */
#ifndef CW_WASI_TRACE_H
#define CW_WASI_TRACE_H

#include "wasi/wasi.h"

/* A row of preview1.def as tracing sees it. */
typedef struct TraceRow {
    const char *name, *signature, *args;
    bool has_result, preview0;
} TraceRow;

/* Makes the call by fn and hands it to the hook. */
cwasm_trap_code cw_trace_call(cwasm_wasi *wasi, cwasm_caller *caller, u64 *slots, const TraceRow *row, cwasm_host_func fn);

/* Whether a descriptor is among the arguments or the result of a call. */
bool cw_trace_names_fd(const cwasm_wasi_call *call, u32 fd);

#endif
