/*
 * trace.c - watching calls: how long each took, who made it, and its arguments and results as text or JSON.
 *
 * The third column of preview1.def drives it: one kind per argument, and one function here per kind. Text is made only if the hook asks for
 * it, after the call: what the guest handed in is shown as it is then.
 */
#include "wasi/trace.h"

#include "wasi/sock.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

enum { MAX_SLOTS = 16, SHOWN_BYTES = 40, SHOWN_PATH = 1024, SHOWN_ITEMS = 8 };

/* ---- Writing ---- */

typedef struct Text {
    char *buf;
    size_t size, n;   /* n may pass size: what does not fit is counted only */
    bool json;
    const cwasm_wasi_call *call;
    bool preview0;
} Text;

static void put(Text *t, const char *s, size_t size)
{
    for (size_t i = 0; i < size; i++, t->n++)
        if (t->n + 1 < t->size)
            t->buf[t->n] = s[i];
}
static void puts_(Text *t, const char *s) { put(t, s, strlen(s)); }

static void putf(Text *t, const char *fmt, ...) CW_PRINTF(2, 3);
static void putf(Text *t, const char *fmt, ...)
{
    char buf[64];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(buf, sizeof buf, fmt, args);
    va_end(args);
    put(t, buf, n < 0 ? 0 : CW_MIN((size_t)n, sizeof buf - 1));
}

static void number(Text *t, u64 x) { putf(t, "%llu", (unsigned long long)x); }

/* A word that is a name, not data. */
static void word(Text *t, const char *s)
{
    puts_(t, t->json ? "\"" : "");
    puts_(t, s);
    puts_(t, t->json ? "\"" : "");
}

/* Length of the UTF-8 sequence at s, 0 if there is none. */
static size_t sequence(const u8 *s, size_t size)
{
    for (size_t n = 1; n <= 4 && n <= size; n++)
        if (cw_utf8_valid(s, n))
            return n;
    return 0;
}

/* Bytes for a terminal, as in C; or for JSON, where bytes that are not UTF-8 become the character of that number. */
static void escaped(Text *t, const u8 *s, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t length = sequence(s + i, size - i), control = cw_utf8_control(s + i, size - i);
        u8 c = s[i];
        if (c == '"' || c == '\\')
            putf(t, "\\%c", c);
        else if (c == '\n')
            puts_(t, "\\n");
        else if (length > 0 && (control == 0 || (t->json && control > 1 && c != 0xc2)))   /* JSON is for programs: C0, DEL and C1 alone */
            put(t, (const char *)s + i, length);
        else if (t->json)
            putf(t, "\\u%04x", control == 2 ? s[i + 1] : c);   /* C1 is c2 and its number */
        else
            for (size_t k = 0; k < CW_MAX(control, (size_t)1); k++)
                putf(t, "\\x%02x", s[i + k]);
        i += CW_MAX(length, (size_t)1);
    }
}

static void quoted(Text *t, const u8 *s, size_t size)
{
    put(t, "\"", 1);
    escaped(t, s, size);
    put(t, "\"", 1);
}

/* Bytes of guest memory, at most SHOWN_BYTES of data; whole: as long as it is. */
static void bytes(Text *t, u64 at, u64 size, bool whole)
{
    const u8 *p = cwasm_caller_view(t->call->caller, at, size);
    if (!p) {
        puts_(t, t->json ? "null" : "BAD_ADDRESS");
        return;
    }
    u64 shown = whole ? CW_MIN(size, (u64)SHOWN_PATH) : CW_MIN(size, (u64)SHOWN_BYTES);
    quoted(t, p, (size_t)shown);
    if (shown < size && !t->json)
        puts_(t, "...");
}

/* Begins the next member of a structure. */
static void member(Text *t, const char *name, bool first)
{
    if (!first)
        puts_(t, t->json ? "," : ", ");
    if (t->json)
        putf(t, "\"%s\":", name);
    else
        putf(t, "%s=", name);
}

/* ---- Names ---- */

typedef struct Flag {
    u64 bit;
    const char *name;
} Flag;
static const Flag fdflags[] = { { 1, "APPEND" }, { 2, "DSYNC" }, { 4, "NONBLOCK" }, { 8, "RSYNC" }, { 16, "SYNC" }, { 0, NULL } };
static const Flag oflags[] = { { 1, "CREAT" }, { 2, "DIRECTORY" }, { 4, "EXCL" }, { 8, "TRUNC" }, { 0, NULL } };
static const Flag lookups[] = { { 1, "SYMLINK_FOLLOW" }, { 0, NULL } };
static const Flag fstflags[] = { { 1, "ATIM" }, { 2, "ATIM_NOW" }, { 4, "MTIM" }, { 8, "MTIM_NOW" }, { 0, NULL } };
static const Flag riflags[] = { { 1, "PEEK" }, { 2, "WAITALL" }, { 0, NULL } };
static const Flag sdflags[] = { { 1, "RD" }, { 2, "WR" }, { 0, NULL } };
static const char *const right_names[] = {
    "FD_DATASYNC", "FD_READ", "FD_SEEK", "FD_FDSTAT_SET_FLAGS", "FD_SYNC", "FD_TELL", "FD_WRITE", "FD_ADVISE", "FD_ALLOCATE",
    "PATH_CREATE_DIRECTORY", "PATH_CREATE_FILE", "PATH_LINK_SOURCE", "PATH_LINK_TARGET", "PATH_OPEN", "FD_READDIR", "PATH_READLINK",
    "PATH_RENAME_SOURCE", "PATH_RENAME_TARGET", "PATH_FILESTAT_GET", "PATH_FILESTAT_SET_SIZE", "PATH_FILESTAT_SET_TIMES",
    "FD_FILESTAT_GET", "FD_FILESTAT_SET_SIZE", "FD_FILESTAT_SET_TIMES", "PATH_SYMLINK", "PATH_REMOVE_DIRECTORY", "PATH_UNLINK_FILE",
    "POLL_FD_READWRITE", "SOCK_SHUTDOWN", "SOCK_ACCEPT"
};
static const char *const clocks[] = { "REALTIME", "MONOTONIC", "PROCESS_CPUTIME", "THREAD_CPUTIME" };
static const char *const whences[] = { "SET", "CUR", "END" }, *const whences0[] = { "CUR", "END", "SET" };
static const char *const advices[] = { "NORMAL", "SEQUENTIAL", "RANDOM", "WILLNEED", "DONTNEED", "NOREUSE" };
static const char *const filetypes[] = {
    "UNKNOWN", "BLOCK_DEVICE", "CHARACTER_DEVICE", "DIRECTORY", "REGULAR_FILE", "SOCKET_DGRAM", "SOCKET_STREAM", "SYMBOLIC_LINK"
};

const char *cwasm_wasi_errno_name(uint16_t error)
{
    /* WasmEdge's own, of sock_getaddrinfo; sock_wasmedge.c has their numbers */
    static const char *const of_names[] = { "AI_AGAIN", "?", "AI_FAIL", "AI_FAMILY", "AI_MEMORY", "AI_NO_DATA", "AI_NO_NAME", "AI_SERVICE", "AI_SOCKTYPE" };
    if (error >= 78 && error - 78u < CW_COUNT(of_names))
        return of_names[error - 78];
    switch (error) {
#define ERRNO(id, number, name, text) case number: return #id;
#define ERRNO_OWN(id, number, text) case number: return #id;
#include "wasi/errno.def"
#undef ERRNO
#undef ERRNO_OWN
    default: return "?";
    }
}

static void flags(Text *t, u64 x, const Flag *f)
{
    bool first = true;
    puts_(t, t->json ? "\"" : "");
    for (; f->name; f++) {
        if (!(x & f->bit))
            continue;
        putf(t, first ? "%s" : "|%s", f->name);
        x &= ~f->bit;
        first = false;
    }
    if (x || first)
        putf(t, first ? x ? "0x%llx" : "%llu" : "|0x%llx", (unsigned long long)x);
    puts_(t, t->json ? "\"" : "");
}

/* As the nearest of the usual sets and what differs from it: "DIR-FD_READDIR", "0", "FD_READ|FD_WRITE". */
static void rights(Text *t, u64 x)
{
    static const struct { u64 set; const char *name; } sets[] = {
        { 0, "" }, { RIGHTS_DIR, "DIR" }, { RIGHTS_FILE, "FILE" }, { RIGHTS_BY_PATH, "DIR|FILE" },
    };
    const u64 all = ((u64)1 << CW_COUNT(right_names)) - 1;
    size_t near = 0;
    for (size_t i = 1; i < CW_COUNT(sets); i++)
        if (__builtin_popcountll(x ^ sets[i].set) < __builtin_popcountll(x ^ sets[near].set))
            near = i;
    bool first = near == 0;
    puts_(t, t->json ? "\"" : "");
    puts_(t, sets[near].name);
    for (size_t i = 0; i < CW_COUNT(right_names); i++) {
        if (!((x ^ sets[near].set) >> i & 1))
            continue;
        puts_(t, x >> i & 1 ? (first ? "" : "|") : "-");
        puts_(t, right_names[i]);
        first = false;
    }
    if (x & ~all)
        putf(t, first ? "0x%llx" : "|0x%llx", (unsigned long long)(x & ~all));
    else if (first)
        puts_(t, "0");
    puts_(t, t->json ? "\"" : "");
}

static void name_of(Text *t, u64 x, const char *const *names, size_t n)
{
    if (x < n)
        word(t, names[x]);
    else
        number(t, x);
}
#define NAME_OF(t, x, names) name_of(t, x, names, CW_COUNT(names))

/* ---- Structures ---- */

/* in: the first `done` bytes that were read into the buffers; out: what was to be written. */
static void iovs(Text *t, u64 at, u64 n, bool in, u64 done)
{
    const u8 *p = cwasm_caller_view(t->call->caller, at, n * 8);
    if (!p) {
        puts_(t, t->json ? "null" : "BAD_ADDRESS");
        return;
    }
    put(t, "[", 1);
    for (u64 i = 0; i < n && i < SHOWN_ITEMS; i++, p += 8) {
        u64 buf = cw_get32(p), size = cw_get32(p + 4), shown = in ? CW_MIN(done, size) : size;
        puts_(t, i ? (t->json ? ",{" : ", {") : "{");
        if (in) {
            member(t, "size", true);
            number(t, size);
        }
        if (t->json && !in) {
            member(t, "size", true);
            number(t, size);
        }
        if (t->json || in)
            member(t, "data", false);
        bytes(t, buf, shown, false);
        put(t, "}", 1);
        done -= in ? shown : 0;
    }
    puts_(t, n > SHOWN_ITEMS && !t->json ? ", ...]" : "]");
}

static void filestat(Text *t, const u8 *p)
{
    static const u8 at1[] = { 0, 8, 24, 32, 40, 48, 56 }, at0[] = { 0, 8, 20, 24, 32, 40, 48 };
    static const char *const names[] = { "dev", "ino", "nlink", "size", "atim", "mtim", "ctim" };
    const u8 *at = t->preview0 ? at0 : at1;
    put(t, "{", 1);
    member(t, "filetype", true);
    NAME_OF(t, p[16], filetypes);
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        member(t, names[i], false);
        number(t, t->preview0 && i == 2 ? cw_get32(p + at[i]) : cw_get64(p + at[i]));
    }
    put(t, "}", 1);
}

static void fdstat(Text *t, const u8 *p)
{
    put(t, "{", 1);
    member(t, "filetype", true);
    NAME_OF(t, p[0], filetypes);
    member(t, "flags", false);
    flags(t, cw_get16(p + 2), fdflags);
    member(t, "base", false);
    rights(t, cw_get64(p + 8));
    member(t, "inheriting", false);
    rights(t, cw_get64(p + 16));
    put(t, "}", 1);
}

static void subscriptions(Text *t, u64 at, u64 n)
{
    static const char *const types[] = { "CLOCK", "FD_READ", "FD_WRITE" };
    u64 size = t->preview0 ? 56 : 48, timeout = t->preview0 ? 32 : 24, of = t->preview0 ? 24 : 16;   /* see p1_poll.c */
    const u8 *p = cwasm_caller_view(t->call->caller, at, n * size);
    if (!p) {
        puts_(t, t->json ? "null" : "BAD_ADDRESS");
        return;
    }
    put(t, "[", 1);
    for (u64 i = 0; i < n && i < SHOWN_ITEMS; i++, p += size) {
        puts_(t, i ? (t->json ? ",{" : ", {") : "{");
        member(t, "type", true);
        NAME_OF(t, p[8], types);
        if (p[8] == EVENT_CLOCK) {
            member(t, "clock", false);
            NAME_OF(t, cw_get32(p + of), clocks);
            member(t, "timeout", false);
            number(t, cw_get64(p + timeout));
            member(t, "abstime", false);
            number(t, cw_get16(p + timeout + 16) & SUBCLOCK_ABSTIME);
        } else {
            member(t, "fd", false);
            number(t, cw_get32(p + 16));
        }
        put(t, "}", 1);
    }
    puts_(t, n > SHOWN_ITEMS && !t->json ? ", ...]" : "]");
}

static void entries(Text *t, u64 at, u64 used)
{
    const u8 *p = cwasm_caller_view(t->call->caller, at, used);
    put(t, "[", 1);
    for (u64 i = 0, n = 0; p && used - i >= 24; n++) {
        u64 size = CW_MIN(cw_get32(p + i + 16), used - i - 24);
        if (n == SHOWN_ITEMS) {
            puts_(t, t->json ? "" : ", ...");
            break;
        }
        puts_(t, n ? (t->json ? "," : ", ") : "");
        quoted(t, p + i + 24, (size_t)size);
        i += 24 + size;
    }
    put(t, "]", 1);
}

/* What a call wrote to an address; only if it succeeded. */
static void pointee(Text *t, const char *kind, u64 at)
{
    bool is_filestat = strcmp(kind, "filestat") == 0, is_fdstat = strcmp(kind, "fdstat") == 0, is_prestat = strcmp(kind, "prestat") == 0;
    u64 size = is_filestat ? (t->preview0 ? FILESTAT0_SIZE : FILESTAT_SIZE) : is_fdstat ? 24 : is_prestat ? 8
               : strcmp(kind, "u64") == 0 ? 8 : strcmp(kind, "u16") == 0 ? 2 : strcmp(kind, "u8") == 0 ? 1 : 4;
    const u8 *p = cwasm_caller_view(t->call->caller, at, size);
    if (!p || t->call->error || t->call->trap)
        putf(t, t->json ? "null" : "0x%llx", (unsigned long long)at);
    else if (is_filestat)
        filestat(t, p);
    else if (is_fdstat)
        fdstat(t, p);
    else
        number(t, is_prestat ? cw_get32(p + 4) : size == 8 ? cw_get64(p) : size == 2 ? cw_get16(p) : size == 1 ? p[0] : cw_get32(p));
}

/* ---- A call ---- */

/* The number that the last argument points to: bytes transferred, or used. 0 if the call failed. */
static u64 transferred(const cwasm_wasi_call *call, u64 at)
{
    const u8 *p = call->error || call->trap ? NULL : cwasm_caller_view(call->caller, at, 4);
    return p ? cw_get32(p) : 0;
}

static bool is(const char *kind, size_t size, const char *name) { return strlen(name) == size && memcmp(kind, name, size) == 0; }

/* One argument of a kind; the number of slots it took. */
static size_t argument(Text *t, const char *kind, size_t size, const uint64_t *a, const uint64_t *end)
{
    static const struct { const char *kind; const Flag *flags; } by_flags[] = {
        { "fdflags", fdflags }, { "oflags", oflags }, { "lookup", lookups }, { "fstflags", fstflags }, { "riflags", riflags },
        { "sdflags", sdflags },
    };
    for (size_t i = 0; i < CW_COUNT(by_flags); i++) {
        if (is(kind, size, by_flags[i].kind)) {
            flags(t, cwasm_slot_u32(a[0]), by_flags[i].flags);
            return 1;
        }
    }
    if (size == 6 && memcmp(kind + 2, "addr", 4) == 0) {   /* *eaddr, *waddr */
        if (t->call->error || t->call->trap)
            putf(t, t->json ? "null" : "0x%x", cwasm_slot_u32(a[0]));
        else
            argument(t, kind + 1, size - 1, a, end);
        return 1;
    }
    if (kind[0] == '*') {
        char pointed[16];
        snprintf(pointed, sizeof pointed, "%.*s", (int)size - 1, kind + 1);
        pointee(t, pointed, cwasm_slot_u32(a[0]));
        return 1;
    }
    if (is(kind, size, "path") || is(kind, size, "text")) {
        bool failed = kind[0] == 't' && (t->call->error || t->call->trap);
        u64 length = cwasm_slot_u32(a[1]);
        if (kind[0] == 't' && end - a > 2)
            length = CW_MIN(length, transferred(t->call, cwasm_slot_u32(a[2])));
        if (failed)
            putf(t, t->json ? "null" : "0x%x", cwasm_slot_u32(a[0]));
        else
            bytes(t, cwasm_slot_u32(a[0]), length, true);
        return 2;
    }
    if (is(kind, size, "eaddr") || is(kind, size, "waddr")) {
        char addr[NET_ADDR_TEXT];
        bool ok = kind[0] == 'e' ? cw_we_address_text(t->call->caller, cwasm_slot_u32(a[0]), addr)
                                 : cw_wamr_address_text(t->call->caller, cwasm_slot_u32(a[0]), addr);
        word(t, ok ? addr : "BAD_ADDRESS");
        return 1;
    }
    if (is(kind, size, "string")) {
        u64 length = 0;
        const u8 *p;
        while (length < SHOWN_PATH && (p = cwasm_caller_view(t->call->caller, cwasm_slot_u32(a[0]) + length, 1)) && *p)
            length++;
        bytes(t, cwasm_slot_u32(a[0]), length, true);
        return 1;
    }
    if (is(kind, size, "in") || is(kind, size, "out")) {
        bool in = kind[0] == 'i';   /* the size is the first pointer after the vectors */
        const uint64_t *done = a + 2;
        if (strncmp(t->call->name, "sock_recv_from", 14) == 0)
            done += t->call->n_args == 8 ? 3 : 2;
        else if (strstr(t->call->name, "pread") || strncmp(t->call->name, "sock_recv", 9) == 0)
            done++;
        iovs(t, cwasm_slot_u32(a[0]), cwasm_slot_u32(a[1]), in, in ? transferred(t->call, cwasm_slot_u32(*done)) : 0);
        return 2;
    }
    if (is(kind, size, "entries")) {
        entries(t, cwasm_slot_u32(a[0]), transferred(t->call, cwasm_slot_u32(a[3])));
        return 2;
    }
    if (is(kind, size, "subs")) {
        subscriptions(t, cwasm_slot_u32(a[0]), cwasm_slot_u32(a[2]));
        return 3;
    }
    if (is(kind, size, "rights"))
        rights(t, a[0]);
    else if (is(kind, size, "clock"))
        NAME_OF(t, cwasm_slot_u32(a[0]), clocks);
    else if (is(kind, size, "whence"))
        name_of(t, cwasm_slot_u32(a[0]), t->preview0 ? whences0 : whences, 3);
    else if (is(kind, size, "advice"))
        NAME_OF(t, cwasm_slot_u32(a[0]), advices);
    else if (is(kind, size, "ptr"))
        putf(t, t->json ? "%u" : "0x%x", cwasm_slot_u32(a[0]));
    else if (is(kind, size, "s64"))
        putf(t, "%lld", (long long)a[0]);
    else if (is(kind, size, "fd"))
        putf(t, "%d", cwasm_slot_i32(a[0]));
    else if (is(kind, size, "u64"))
        number(t, a[0]);
    else
        number(t, cwasm_slot_u32(a[0]));
    return 1;
}

static void arguments(Text *t, const char *args)
{
    const uint64_t *a = t->call->args, *end = a + t->call->n_args;
    for (bool first = true; *args && a < end; first = false) {
        size_t size = strcspn(args, " "), name_size = strcspn(args, ": ");
        const char *kind = args[name_size] == ':' ? args + name_size + 1 : args;
        if (!first)
            puts_(t, t->json ? "," : ", ");
        if (t->json) {
            put(t, "\"", 1);
            put(t, args, name_size);
            put(t, "\":", 2);
        } else if (kind != args) {
            put(t, args, name_size + 0);
            put(t, "=", 1);
        }
        a += argument(t, kind, (size_t)(args + size - kind), a, end);
        args += size + (args[size] == ' ');
    }
}

static void function_name(Text *t, const cwasm_frame *f)
{
    if (t->json)
        puts_(t, "\"");
    if (f->name)
        escaped(t, (const u8 *)f->name, f->name_size);
    else
        putf(t, "func[%u]", f->func_index);
    if (t->json)
        puts_(t, "\"");
}

/* "src/main.c:20:5" */
static void source_text(Text *t, const cwasm_source *s)
{
    char path[SHOWN_PATH];
    size_t n = cwasm_source_path(s, path, sizeof path);
    escaped(t, (const u8 *)path, CW_MIN(n, sizeof path - 1));
    if (s->line)
        putf(t, s->column ? ":%u:%u" : ":%u", (unsigned)s->line, (unsigned)s->column);
}

/* The function that called and, while the names are those of a library's inside, who called it. */
static void callers(Text *t)
{
    const cwasm_wasi_call *c = t->call;
    puts_(t, t->json ? "[" : c->n_frames ? "" : "the host");
    for (size_t i = 0; i < c->n_frames; i++) {
        const cwasm_frame *f = &c->frames[i];
        puts_(t, i == 0 ? "" : t->json ? "," : " < ");
        function_name(t, f);
        if (t->json || (i + 1 < c->n_frames && f->name && f->name_size > 2 && memcmp(f->name, "__", 2) == 0))
            continue;
        if (c->sources && c->sources[i].file) {
            puts_(t, " at ");
            source_text(t, &c->sources[i]);
        }
        break;
    }
    if (!t->json)
        return;
    puts_(t, "],\"sources\":[");
    for (size_t i = 0; i < c->n_frames; i++) {
        bool known = c->sources && c->sources[i].file;
        puts_(t, i ? "," : "");
        puts_(t, known ? "\"" : "null");
        if (known) {
            source_text(t, &c->sources[i]);
            puts_(t, "\"");
        }
    }
    puts_(t, "]");
}

size_t cwasm_wasi_call_text(const cwasm_wasi_call *call, bool json, char *buf, size_t size)
{
    const TraceRow *row = call->row;
    Text t = { .buf = buf, .size = size, .json = json, .call = call, .preview0 = row->preview0 };
    puts_(&t, json ? "{\"call\":\"" : "");
    puts_(&t, call->name);
    puts_(&t, json ? "\",\"args\":{" : "(");
    arguments(&t, row->args);
    const char *outcome = call->trap ? (call->trap == CWASM_TRAP_EXIT ? "exit" : cwasm_trap_text(call->trap)) : cwasm_wasi_errno_name(call->error);
    if (json) {
        putf(&t, "},\"result\":\"%s\",", outcome);
        if (call->reason) {
            puts_(&t, "\"reason\":");
            quoted(&t, (const u8 *)call->reason, strlen(call->reason));
            puts_(&t, ",");
        }
        putf(&t, "\"ns\":%llu,\"callers\":", (unsigned long long)call->ns);
        callers(&t);
        puts_(&t, "}");
    } else {
        putf(&t, ") = %s ", outcome);
        if (call->reason) {
            puts_(&t, "(");
            puts_(&t, call->reason);
            puts_(&t, ") ");
        }
        putf(&t, "<%llu.%llu us> ", (unsigned long long)call->ns / 1000, (unsigned long long)call->ns / 100 % 10);
        callers(&t);
    }
    if (size)
        buf[CW_MIN(t.n, size - 1)] = 0;
    return t.n;
}

bool cw_trace_names_fd(const cwasm_wasi_call *call, u32 fd)
{
    const uint64_t *a = call->args;
    for (const char *args = ((const TraceRow *)call->row)->args; *args && a < call->args + call->n_args;) {
        size_t size = strcspn(args, " "), name_size = strcspn(args, ": ");
        const char *kind = args[name_size] == ':' ? args + name_size + 1 : args;
        size_t kind_size = (size_t)(args + size - kind);
        if (is(kind, kind_size, "fd") && cwasm_slot_u32(*a) == fd)
            return true;
        if (is(kind, kind_size, "*fd") && !call->error && transferred(call, cwasm_slot_u32(*a)) == fd)
            return true;
        a += is(kind, kind_size, "subs") ? 3
             : is(kind, kind_size, "path") || is(kind, kind_size, "text") || is(kind, kind_size, "in") || is(kind, kind_size, "out") ||
               is(kind, kind_size, "entries") ? 2 : 1;
        args += size + (args[size] == ' ');
    }
    return false;
}

/* ---- Making the call ---- */

/* Functions that only pass a call on: of wasi-libc, of the Rust crate wasi. */
static bool is_binding(const cwasm_frame *f)
{
    static const char *const begins[] = { "__wasi_", "__imported_wasi_", "_ZN4wasi13lib_generated", "wasi::lib_generated", "syscall/wasi." };
    for (size_t i = 0; f->name && i < CW_COUNT(begins); i++)
        if (f->name_size >= strlen(begins[i]) && memcmp(f->name, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

static u64 now(void)
{
    u64 ns = 0;
    return cw_host_clock_time(CLOCK_ID_MONOTONIC, &ns) ? 0 : ns;
}

cwasm_trap_code cw_trace_call(cwasm_wasi *w, cwasm_caller *caller, u64 *slots, const TraceRow *row, cwasm_host_func fn)
{
    if (!w || !w->trace)
        return fn(w, caller, slots);   /* the store has a WASI of its own, which is not traced */
    u64 args[MAX_SLOTS + 4] = { 0 };   /* a kind may look beyond its own slots */
    cwasm_frame frames[CWASM_TRACE_FRAMES + 2];
    cwasm_wasi_call call = { .name = row->name, .args = args, .caller = caller, .row = row };
    call.n_args = CW_MIN(strcspn(row->signature, ":"), (size_t)MAX_SLOTS);   /* i and I: one slot each */
    memcpy(args, slots, call.n_args * sizeof *args);

    u64 start = now();
    call.trap = fn(w, caller, slots);
    call.ns = now() - start;
    call.error = row->has_result && !call.trap ? (u16)slots[0] : 0;
    char reason[128];
    if (call.error == ERRNO_ACCES && cw_wasi_refusal(w, reason, sizeof reason))
        call.reason = reason;

    size_t n = cwasm_caller_backtrace(caller, frames, CW_COUNT(frames)), skip = 0;
    while (skip + 1 < n && skip < 2 && is_binding(&frames[skip]))
        skip++;
    call.frames = frames + skip;
    call.n_frames = CW_MIN(n - skip, (size_t)CWASM_TRACE_FRAMES);
    w->trace(w->trace_ctx, &call);
    return call.trap;
}

void cwasm_wasi_trace(cwasm_wasi *w, void (*hook)(void *ctx, const cwasm_wasi_call *call), void *ctx)
{
    w->trace = hook;
    w->trace_ctx = ctx;
}
