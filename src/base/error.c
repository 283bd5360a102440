/* error.c - error records and the names of statuses and traps. */
#include "base/error.h"

#include <stdio.h>

Status cw_vfail(Error *err, Status status, u64 offset, const char *fmt, va_list args)
{
    if (err) {
        err->status = status;
        err->offset = offset;
        err->func_index = CWASM_NO_INDEX;
        vsnprintf(err->message, sizeof err->message, fmt, args);
    }
    return status;
}

Status cw_fail(Error *err, Status status, u64 offset, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    cw_vfail(err, status, offset, fmt, args);
    va_end(args);
    return status;
}

Status cw_no_memory(Error *err)
{
    return cw_fail(err, CWASM_NO_MEMORY, CWASM_NO_OFFSET, "out of memory");
}

const char *cwasm_status_name(cwasm_status status)
{
    switch (status) {
    case CWASM_OK: return "ok";
    case CWASM_MALFORMED: return "malformed module";
    case CWASM_INVALID: return "invalid module";
    case CWASM_UNSUPPORTED: return "unsupported feature";
    case CWASM_LIMIT: return "implementation limit";
    case CWASM_LINK: return "link error";
    case CWASM_TRAP: return "trap";
    case CWASM_EXIT: return "exit";
    case CWASM_NO_MEMORY: return "out of memory";
    case CWASM_ARGUMENT: return "wrong argument";
    case CWASM_HOST: return "host error";
    }
    return "unknown status";
}

const char *cwasm_trap_text(cwasm_trap_code code)
{
#define CWASM_TRAP_ROW(id, text) text,
    static const char *const texts[] = { "no trap", CWASM_TRAP_ROWS };
#undef CWASM_TRAP_ROW
    return (unsigned)code < CW_COUNT(texts) ? texts[code] : "unknown trap";
}
