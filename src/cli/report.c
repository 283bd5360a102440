/* report.c - --report=json:...: how a run ended, for programs. docs/cli.md describes every field. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "cli/run.h"

int cw_run_end(Run *run, Kind kind, int status)
{
    run->kind = kind;
    run->status = status;
    return status;
}

int cw_report_open(Run *run)
{
    const Args *args = run->args;
    run->report_fd = -1;
    if (args->report) {
        run->report_fd = cw_open(args->report, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, 0666);
        if (run->report_fd < 0) {
            cw_complain("--report: %s: %s", args->report, strerror(errno));
            return STATUS_USAGE;
        }
    } else if (args->report_fd >= 0) {
        int flags = fcntl(args->report_fd, F_GETFL);
        if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
            cw_complain("--report: descriptor %d is not open for writing", args->report_fd);
            return STATUS_USAGE;
        }
        run->report_fd = args->report_fd;
    }
    if (run->report_fd >= 0) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        run->started_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    }
    return 0;
}

static void key(Out *out, const char *name)
{
    cw_out_text(out, ",\n  \"");
    cw_out_text(out, name);
    cw_out_text(out, "\": ");
}

static void text_or_null(Out *out, const char *text, size_t size)
{
    if (text)
        cw_out_json(out, text, size);
    else
        cw_out_text(out, "null");
}

static void u64_or_null(Out *out, bool known, uint64_t x)
{
    if (known)
        cw_out_u64(out, x);
    else
        cw_out_text(out, "null");
}

static const char *trap_id(cwasm_trap_code code)
{
#define CWASM_TRAP_ROW(id, text) #id,
    static const char *const ids[] = { "NONE", CWASM_TRAP_ROWS };
#undef CWASM_TRAP_ROW
    return (size_t)code < sizeof ids / sizeof ids[0] ? ids[code] : "UNKNOWN";
}

/* "function": name, "function_index": n, "offset": n, "file": path, "line": n, "column": n */
static void frame(Out *out, const cwasm_frame *f, const cwasm_source *source)
{
    static const cwasm_source unknown;
    source = source ? source : &unknown;
    char path[1024];
    size_t n = cwasm_source_path(source, path, sizeof path);
    cw_out_text(out, "\"function\": ");
    text_or_null(out, f->name, f->name_size);
    cw_out_text(out, ", \"function_index\": ");
    u64_or_null(out, f->func_index != CWASM_NO_INDEX, f->func_index);
    cw_out_text(out, ", \"offset\": ");
    u64_or_null(out, f->offset != CWASM_NO_OFFSET, f->offset);
    cw_out_text(out, ", \"file\": ");
    text_or_null(out, source->file ? path : NULL, n < sizeof path ? n : sizeof path - 1);
    cw_out_text(out, ", \"line\": ");
    u64_or_null(out, source->line, source->line);
    cw_out_text(out, ", \"column\": ");
    u64_or_null(out, source->column, source->column);
}

static void trap_frame(Out *out, const Run *run, uint32_t i)
{
    frame(out, &run->trap->frames[i], run->sources ? &run->sources[i] : NULL);
}

static void trap_object(Out *out, const Run *run)
{
    const cwasm_trap *trap = run->trap;
    cw_out_text(out, "{\n    \"code\": ");
    cw_out_json(out, trap_id(trap->code), strlen(trap_id(trap->code)));
    cw_out_text(out, ",\n    \"message\": ");
    cw_out_json(out, trap->message, strlen(trap->message));
    if (trap->n_frames > 0) {
        cw_out_text(out, ",\n    ");
        trap_frame(out, run, 0);
    }
    cw_out_text(out, ",\n    \"depth\": ");
    cw_out_u64(out, trap->n_frames_total);
    cw_out_text(out, ",\n    \"frames\": [");
    for (uint32_t i = 0; i < trap->n_frames && i < CWASM_MAX_FRAMES; i++) {
        cw_out_text(out, i ? ",\n      { " : "\n      { ");
        trap_frame(out, run, i);
        cw_out_text(out, " }");
    }
    cw_out_text(out, "]\n  }");
}

static void translated_object(Out *out, const cwasm_module *module)
{
    if (!module) {
        cw_out_text(out, "null");
        return;
    }
    cwasm_translated t = cwasm_module_translated(module);
    cw_out_text(out, "{ \"functions\": ");
    cw_out_u64(out, t.functions);
    cw_out_text(out, ", \"wasm_bytes\": ");
    cw_out_u64(out, t.wasm_bytes);
    cw_out_text(out, ", \"code_bytes\": ");
    cw_out_u64(out, t.code_bytes);
    cw_out_text(out, " }");
}

static uint64_t timeval_ns(struct timeval t)
{
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_usec * 1000;
}

bool cw_report_write(const Run *run)
{
    if (run->report_fd < 0)
        return true;
    static const char *const kinds[] = {
#define KIND(id, name) name,
        KIND_ROWS
#undef KIND
    };
    const Blame *blame = cw_blame();
    Out out;
    cw_out_init(&out, run->report_fd);
    cw_out_text(&out, "{\n  \"version\": 1,\n  \"cwasm\": \"" CWASM_VERSION "\"");
    key(&out, "module");
    text_or_null(&out, run->args->module, strlen(run->args->module));
    key(&out, "entry");
    text_or_null(&out, run->entry, run->entry ? strlen(run->entry) : 0);
    key(&out, "kind");
    cw_out_json(&out, kinds[run->kind], strlen(kinds[run->kind]));
    key(&out, "exit_status");
    cw_out_u64(&out, (uint64_t)run->status);
    key(&out, "exit_code");
    u64_or_null(&out, run->kind == KIND_EXIT, run->exit_code);
    key(&out, "signal");
    u64_or_null(&out, run->kind == KIND_SIGNAL, (uint64_t)run->signal);
    key(&out, "message");
    text_or_null(&out, run->message[0] ? run->message : NULL, strlen(run->message));
    key(&out, "thread");
    cw_out_u64(&out, run->thread);
    key(&out, "trap");
    if (run->trap)
        trap_object(&out, run);
    else
        cw_out_text(&out, "null");
    key(&out, "error");
    if (blame) {
        cw_out_text(&out, "{ ");
        frame(&out, &blame->frame, &blame->source);
        cw_out_text(&out, " }");
    } else {
        cw_out_text(&out, "null");
    }

    struct timespec now;
    struct rusage usage;
    clock_gettime(CLOCK_MONOTONIC, &now);
    getrusage(RUSAGE_SELF, &usage);
    key(&out, "wall_seconds");
    cw_out_seconds(&out, (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec - run->started_ns);
    key(&out, "user_seconds");
    cw_out_seconds(&out, timeval_ns(usage.ru_utime));
    key(&out, "system_seconds");
    cw_out_seconds(&out, timeval_ns(usage.ru_stime));
    key(&out, "peak_memory_bytes");   /* of the whole process */
#ifdef __APPLE__
    cw_out_u64(&out, (uint64_t)usage.ru_maxrss);
#else
    cw_out_u64(&out, (uint64_t)usage.ru_maxrss * 1024);
#endif
    /* In a signal handler the store may be in the middle of a change. */
    bool quiet = run->store && run->kind != KIND_SIGNAL && (run->kind != KIND_TIMEOUT || run->trap);
    key(&out, "linear_memory_bytes");
    u64_or_null(&out, quiet, quiet ? cwasm_store_memory_size(run->store) : 0);
    bool fuel = quiet && run->args->has_fuel;
    key(&out, "fuel_used");
    u64_or_null(&out, fuel, fuel ? run->args->fuel - cwasm_store_fuel(run->store) : 0);
    key(&out, "translated");
    translated_object(&out, quiet ? run->module : NULL);
    cw_out_text(&out, "\n}\n");
    return cw_out_flush(&out);
}
