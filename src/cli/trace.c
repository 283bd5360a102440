/* trace.c - --trace-wasi: which calls are shown, where, and the table at the end. What a call looks like is wasi/trace.c's affair. */
#include "wasi/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"

enum { MAX_CALLS = 128 };

typedef struct Count {
    const char *name;
    uint64_t calls, errors, ns;
} Count;

/* One run per process; a signal that ends it prints the table, too. */
static struct {
    const char *filter;
    bool json, summary;
    bool ended;           /* the table is written */
    bool lock;            /* of counts and places */
    size_t n;
    Count counts[MAX_CALLS];
} trace;
static int trace_fd = -1;   /* apart, so that the buffer is no data of the program's file */

/* ---- Which ---- */

/* A term is a call's name, the word before its first '_' (a family), or the beginning of a name and '*'. */
static bool matches(const char *term, size_t size, const char *name)
{
    if (size && term[size - 1] == '*')
        return strncmp(term, name, size - 1) == 0;
    return strncmp(term, name, size) == 0 && (name[size] == '\0' || (name[size] == '_' && !memchr(term, '_', size)));
}

static bool is_word(const char *term, size_t size, const char *word)
{
    return strlen(word) == size && memcmp(term, word, size) == 0;
}

static bool wanted(const cwasm_wasi_call *call)
{
    bool any_name = false, named = false, any_fd = false, has_fd = false;
    for (const char *term = trace.filter; *term;) {
        size_t size = strcspn(term, ",");
        if (is_word(term, size, "errors")) {
            if (!call->error && (!call->trap || call->trap == CWASM_TRAP_EXIT))
                return false;
        } else if (size > 3 && strncmp(term, "fd=", 3) == 0) {
            uint32_t fd = 0;
            for (size_t i = 3; i < size; i++)
                fd = fd * 10 + (uint32_t)(term[i] - '0');
            any_fd = true;
            has_fd |= cw_trace_names_fd(call, fd);
        } else if (term[0] == '-') {
            if (matches(term + 1, size - 1, call->name))
                return false;
        } else if (size && !is_word(term, size, "summary")) {
            any_name = true;
            named |= matches(term, size, call->name);
        }
        term += size + (term[size] == ',');
    }
    return (!any_name || named) && (!any_fd || has_fd);
}

const char *cw_trace_filter_wrong(const char *filter)
{
    for (const char *term = filter; *term;) {
        size_t size = strcspn(term, ",");
        if (size == 0)
            return "an empty word in the list";
        if (strncmp(term, "fd=", 3) == 0 && (size < 4 || size > 8 || strspn(term + 3, "0123456789") != size - 3))
            return "fd= wants the number of a descriptor";
        for (size_t i = 0; i < size; i++)
            if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-*=", term[i]))
                return "wanted: names of calls, families (fd, path, sock), beginnings (path_*), -name to leave out, fd=N, errors, summary";
        term += size + (term[size] == ',');
    }
    return NULL;
}

/* ---- Counting ---- */

/* For a reader that cannot wait for the lock: a signal handler, while threads go on. */
static void add(uint64_t *sum, uint64_t x) { __atomic_store_n(sum, *sum + x, __ATOMIC_RELAXED); }

static void count(const cwasm_wasi_call *call)
{
    cw_spin_lock(&trace.lock);
    size_t i = 0;
    while (i < trace.n && strcmp(trace.counts[i].name, call->name) != 0)
        i++;
    if (i == trace.n && i < MAX_CALLS) {
        trace.counts[i].name = call->name;
        __atomic_store_n(&trace.n, i + 1, __ATOMIC_RELEASE);
    }
    if (i < trace.n) {
        add(&trace.counts[i].calls, 1);
        add(&trace.counts[i].errors, call->error != 0);
        add(&trace.counts[i].ns, call->ns);
    }
    cw_spin_unlock(&trace.lock);
}

static void column(Out *out, const char *text, size_t width)
{
    for (size_t n = strlen(text); n < width; n++)
        cw_out_char(out, ' ');
    cw_out_text(out, text);
}

static void number(Out *out, uint64_t x, size_t width)
{
    char digits[24], *p = digits + sizeof digits - 1;
    *p = '\0';
    do
        *--p = (char)('0' + x % 10);
    while (x /= 10);
    column(out, p, width);
}

static void row(Out *out, const Count *c)
{
    if (trace.json) {
        cw_out_text(out, "{\"summary\":\"");
        cw_out_text(out, c->name);
        cw_out_text(out, "\",\"calls\":");
        cw_out_u64(out, c->calls);
        cw_out_text(out, ",\"errors\":");
        cw_out_u64(out, c->errors);
        cw_out_text(out, ",\"ns\":");
        cw_out_u64(out, c->ns);
        cw_out_text(out, "}\n");
        return;
    }
    number(out, c->calls, 10);
    number(out, c->errors, 10);
    cw_out_text(out, "  ");
    cw_out_seconds(out, c->ns);
    number(out, c->calls ? c->ns / c->calls : 0, 12);
    cw_out_text(out, "  ");
    cw_out_text(out, c->name);
    cw_out_char(out, '\n');
}

/* Longest time first. */
static void table(Out *out)
{
    Count counts[MAX_CALLS], sum = { .name = "total" };
    size_t n = __atomic_load_n(&trace.n, __ATOMIC_ACQUIRE);
    for (size_t i = 0; i < n; i++) {
        const Count *c = &trace.counts[i];
        counts[i] = (Count){ c->name, __atomic_load_n(&c->calls, __ATOMIC_RELAXED), __atomic_load_n(&c->errors, __ATOMIC_RELAXED), __atomic_load_n(&c->ns, __ATOMIC_RELAXED) };
    }
    if (!trace.json)
        cw_out_text(out, "     calls    errors   seconds     ns/call  call\n");
    for (; n > 0; n--) {
        Count *best = counts;
        for (size_t i = 1; i < n; i++)
            if (counts[i].ns > best->ns)
                best = &counts[i];
        row(out, best);
        sum.calls += best->calls;
        sum.errors += best->errors;
        sum.ns += best->ns;
        *best = counts[n - 1];
    }
    row(out, &sum);
}

void cw_trace_end(void)
{
    if (trace_fd < 0 || !trace.summary)   /* in this order: the page of trace is not touched without need */
        return;
    if (__atomic_exchange_n(&trace.ended, true, __ATOMIC_RELAXED))
        return;   /* threads may go on and be counted, but nobody looks at that */
    Out out;
    cw_out_init(&out, trace_fd);
    table(&out);
    cw_out_flush(&out);
}

/* ---- Showing ---- */

typedef struct Place {
    const cwasm_module *module;
    uint64_t offset;
    cwasm_source source;
} Place;

/* Places of calls are few, and looking one up takes a walk over the debug information. */
static Place places[256];

/* With the lock. */
static const cwasm_source *source_of(const cwasm_frame *frame)
{
    Place *p = &places[(frame->offset ^ frame->offset >> 8) % CW_COUNT(places)];
    if (p->module != frame->module || p->offset != frame->offset) {
        p->module = frame->module;
        p->offset = frame->offset;
        (void)cwasm_frame_sources(frame, 1, &p->source);
    }
    return &p->source;
}

static void show(void *ctx, const cwasm_wasi_call *call)
{
    cwasm_source sources[CWASM_TRACE_FRAMES];
    cwasm_wasi_call with_sources = *call;
    (void)ctx;
    if (!wanted(call))
        return;
    if (trace.summary) {
        count(call);
        return;
    }
    cw_spin_lock(&trace.lock);
    for (size_t i = 0; i < call->n_frames; i++)
        sources[i] = *source_of(&call->frames[i]);
    cw_spin_unlock(&trace.lock);
    with_sources.sources = sources;
    char line[16384];   /* more than any call needs: what is shown of data and paths is bounded */
    size_t n = CW_MIN(cwasm_wasi_call_text(&with_sources, trace.json, line, sizeof line - 1), sizeof line - 2);
    line[n++] = '\n';
    for (const char *p = line; n > 0;) {   /* one write each, so that lines of threads stay whole */
        ssize_t done = write(trace_fd, p, n);
        if (done <= 0)
            return;
        p += done;
        n -= (size_t)done;
    }
}

int cw_trace_open(const Args *args, cwasm_wasi *wasi)
{
    if (!args->trace)
        return 0;
    trace.filter = args->trace;
    trace.json = args->trace_json;
    for (const char *term = trace.filter; *term;) {
        size_t size = strcspn(term, ",");
        trace.summary |= is_word(term, size, "summary");
        term += size + (term[size] == ',');
    }
    trace_fd = 2;
    if (args->trace_output) {
        trace_fd = cw_open(args->trace_output, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, 0666);
        if (trace_fd < 0) {
            cw_complain("--trace-wasi-output: %s: %s", args->trace_output, strerror(errno));
            return STATUS_USAGE;
        }
    }
    cwasm_wasi_trace(wasi, show, NULL);
    return 0;
}
