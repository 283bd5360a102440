/* trap_report.c - formats traps and backtraces. */
#include "diag/trap_report.h"

#include <stdio.h>
#include <string.h>

#include "base/platform.h"
#include "base/utf8.h"

typedef struct Sink {
    void (*write)(void *ctx, const char *text, size_t size);
    void *ctx;
} Sink;

static void text(const Sink *sink, const char *s)
{
    sink->write(sink->ctx, s, strlen(s));
}

size_t cw_terminal_control(const char *s, size_t n) { return cw_utf8_control(s, n); }

/* What a terminal would obey becomes '?'. */
static void name(const Sink *sink, const char *s, size_t n)
{
    size_t begin = 0;
    for (size_t i = 0; i < n;) {
        size_t control = cw_utf8_control(s + i, n - i);
        if (control) {
            if (i > begin)
                sink->write(sink->ctx, s + begin, i - begin);
            text(sink, "?");
            begin = i + control;
        }
        i += control ? control : 1;
    }
    if (n > begin)
        sink->write(sink->ctx, s + begin, n - begin);
}

static bool same_place(const cwasm_frame *a, const cwasm_frame *b)
{
    return a->module == b->module && a->func_index == b->func_index && a->offset == b->offset;
}

static void source_text(const Sink *sink, const cwasm_source *source)
{
    if (!source || !source->file)
        return;
    char path[1024], line[32] = "";
    size_t n = CW_MIN(cwasm_source_path(source, path, sizeof path), sizeof path - 1);
    text(sink, " at ");
    name(sink, path, n);
    if (source->line)
        snprintf(line, sizeof line, source->column ? ":%u:%u" : ":%u", (unsigned)source->line, (unsigned)source->column);
    text(sink, line);
}

void cw_source_text(const cwasm_source *source, void (*write)(void *ctx, const char *text, size_t size), void *ctx)
{
    source_text(&(Sink){ write, ctx }, source);
}

static void frame_line(const Sink *sink, const cwasm_frame *frame, const cwasm_source *source, u32 times)
{
    char line[96];
    text(sink, "  at ");
    if (frame->name)
        name(sink, frame->name, frame->name_size);
    else
        text(sink, "?");
    if (frame->offset == CWASM_NO_OFFSET)
        snprintf(line, sizeof line, " (func %u)", (unsigned)frame->func_index);
    else
        snprintf(line, sizeof line, " (func %u @ offset 0x%llx)", (unsigned)frame->func_index, (unsigned long long)frame->offset);
    text(sink, line);
    source_text(sink, source);
    if (times > 1) {
        snprintf(line, sizeof line, ", %u times", (unsigned)times);
        text(sink, line);
    }
    text(sink, "\n");
}

/* Frames first to end, runs of the same place in one line. */
static void frame_lines(const Sink *sink, const cwasm_frame *frames, const cwasm_source *sources, u32 first, u32 end)
{
    for (u32 i = first, next; i < end; i = next) {
        for (next = i + 1; next < end && same_place(&frames[i], &frames[next]); next++)
            ;
        frame_line(sink, &frames[i], sources ? &sources[i] : NULL, next - i);
    }
}

void cw_trap_report(const cwasm_trap *trap, const cwasm_source *sources, const char *program, u32 thread,
                    void (*write)(void *ctx, const char *text, size_t size), void *ctx)
{
    Sink sink = { write, ctx };
    text(&sink, "cwasm: ");
    if (program) {
        name(&sink, program, strlen(program));
        text(&sink, ": ");
    }
    char line[64];
    if (thread) {
        snprintf(line, sizeof line, "thread %u: ", (unsigned)thread);
        text(&sink, line);
    }
    text(&sink, "trap: ");
    name(&sink, trap->message, strlen(trap->message));
    text(&sink, "\n");
    u32 n = CW_MIN(trap->n_frames, (u32)CWASM_MAX_FRAMES);
    if (trap->n_frames_total <= n) {
        frame_lines(&sink, trap->frames, sources, 0, n);
        return;
    }
    frame_lines(&sink, trap->frames, sources, 0, n / 2);
    snprintf(line, sizeof line, "  ... %u frames left out\n", (unsigned)(trap->n_frames_total - n));
    text(&sink, line);
    frame_lines(&sink, trap->frames, sources, n / 2, n);
}
