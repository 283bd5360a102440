/*
 * line_table.c - from a byte of a module to a line of its source: the line number programs of .debug_line (DWARF 2 to 5, section 6.2).
 *
 * Nothing of it is prepared or kept. Line tables are self-contained, so nothing else of the debug information is read but strings. All addresses that
 * are asked for are looked up in one pass over the section; then come the names of a unit's files, if it knew some. So the time is linear in the size
 * of the section, whatever is in it. In WebAssembly addresses count from the beginning of the code section's contents.
 *
 * The bytes are anything: a read that fails gives 0 and moves to the end, where every loop ends. What makes no sense is not found.
 */
#include <stdio.h>

#include "base/platform.h"
#include "cwasm.h"

enum { AT_ONCE = CWASM_MAX_FRAMES };

typedef struct Cursor { const u8 *p, *end; } Cursor;

enum { DIRECTORIES, FILES };

typedef struct Wanted {
    u64 address;
    cwasm_source *source;
    bool here;        /* the unit at hand knows its line, */
    u64 index[2];     /* and these rows of its tables its file */
} Wanted;

typedef struct Lookup {
    Cursor lines, line_strings, strings;
    Wanted wanted[AT_ONCE];   /* by address */
    u32 n, unknown;
} Lookup;

/* One unit: a header, and the program behind it. */
typedef struct Unit {
    Lookup *lookup;
    Cursor names;           /* the tables of directories and files */
    const u8 *lengths;      /* of the operands of standard opcodes, from 1 on */
    unsigned version, offset_size, min_length, max_ops, line_range, opcode_base;
    s8 line_base;
} Unit;

typedef struct Row {
    u64 address, file;
    u32 line, column;
} Row;

/* ---- Reading --------------------------------------------------------------------------------------------------- */

static size_t left(const Cursor *c)
{
    return (size_t)(c->end - c->p);
}

static void skip(Cursor *c, u64 n)
{
    c->p += CW_MIN(n, left(c));
}

/* A number of up to 8 bytes; of longer ones 0, and c is behind it. */
static u64 fixed(Cursor *c, u64 n)
{
    u64 x = 0;
    if (n <= 8 && n <= left(c))
        memcpy(&x, c->p, (size_t)n);   /* little-endian, as everything here */
    skip(c, n);
    return x;
}

/* Not cw_leb: here numbers may be padded to any length. */
static u64 leb(Cursor *c, bool is_signed)
{
    u64 x = 0;
    for (unsigned shift = 0; c->p < c->end;) {
        u8 byte = *c->p++;
        if (shift < 64)
            x |= (u64)(byte & 0x7f) << shift;
        shift += 7;
        if (byte < 0x80) {
            if (is_signed && shift < 64 && (byte & 0x40))
                x |= ~(u64)0 << shift;
            return x;
        }
    }
    return 0;
}

/* NULL if it has no end. */
static const char *string(Cursor *c)
{
    const u8 *s = c->p, *end = memchr(s, 0, left(c));
    c->p = end ? end + 1 : c->end;
    return end ? (const char *)s : NULL;
}

/* ---- Names ----------------------------------------------------------------------------------------------------- */

/* A value of a table (section 7.5.6): a number, or *text set. */
static u64 value(const Unit *u, Cursor *c, u64 form, const char **text)
{
    enum { BLOCK = 0x09, STRING = 0x08, STRP = 0x0e, UDATA = 0x0f, LINE_STRP = 0x1f };
    static const u8 sizes[] = { [0x05] = 2, [0x06] = 4, [0x07] = 8, [0x0b] = 1, [0x1e] = 16 };   /* data1 to data16 */
    if (form == BLOCK || form == UDATA) {
        u64 x = leb(c, false);
        skip(c, form == BLOCK ? x : 0);
        return x;
    }
    if (form < sizeof sizes && sizes[form])
        return fixed(c, sizes[form]);
    if (form == STRP || form == LINE_STRP) {
        Cursor s = form == STRP ? u->lookup->strings : u->lookup->line_strings;
        skip(&s, fixed(c, u->offset_size));
        *text = left(&s) ? (const char *)s.p : NULL;
    } else if (form == STRING) {
        *text = string(c);
    } else {
        c->p = c->end;   /* how long it is, nobody knows */
    }
    return 0;
}

/* Which row of a table is wanted next, from `from` on; UINT64_MAX: none. */
static u64 next_index(const Lookup *l, int table, u64 from)
{
    u64 next = UINT64_MAX;
    for (const Wanted *w = l->wanted; w < l->wanted + l->n; w++)
        if (w->here && w->index[table] >= from && w->index[table] < next)
            next = w->index[table];
    return next;
}

/* Notes what row `index` says; where files are, the directory is another row. */
static void note(Lookup *l, int table, u64 index, const char *text, u64 directory)
{
    for (Wanted *w = l->wanted; w < l->wanted + l->n; w++) {
        if (!w->here || w->index[table] != index || !text || !*text)
            continue;
        if (table == DIRECTORIES)
            w->source->directory = text;
        else
            w->source->file = text;
        if (table == FILES)
            w->index[DIRECTORIES] = directory;
    }
}

/* Reads a table to its end and notes what is wanted of it. Version 5 says what a row consists of; older ones end with an empty string and count from 1. */
static void names(const Unit *u, Cursor *r, int table, bool noting)
{
    bool old = u->version < 5;
    u64 n_formats = old ? 1 : fixed(r, 1), n = UINT64_MAX;
    Cursor formats = *r;
    for (u64 i = 0; !old && i < 2 * n_formats; i++)
        leb(r, false);
    if (!old)
        n = leb(r, false);
    u64 next = noting ? next_index(u->lookup, table, old) : UINT64_MAX;
    for (u64 i = old; n_formats && i < n && r->p < r->end; i++) {
        const char *text = NULL;
        u64 directory = 0;
        if (old) {
            text = string(r);
            if (!text || !*text)
                return;
            if (table == FILES) {
                directory = leb(r, false);
                leb(r, false);   /* time */
                leb(r, false);   /* size */
            }
        }
        Cursor f = formats;
        for (u64 k = 0; !old && k < n_formats; k++) {
            u64 content = leb(&f, false), form = leb(&f, false);
            const char *s = NULL;
            u64 x = value(u, r, form, &s);
            if (content == 1)
                text = s;
            if (content == 2)
                directory = x;
        }
        if (i == next) {
            note(u->lookup, table, i, text, directory);
            next = next_index(u->lookup, table, i + 1);
        }
    }
}

static bool is_absolute(const char *path)
{
    return *path == '/' || *path == '\\' || path[1] == ':';
}

/* Names for the lines that were found in this unit. What has none is not found. */
static CW_NOINLINE void name_all(const Unit *u)
{
    Lookup *l = u->lookup;
    if (next_index(l, FILES, 0) == UINT64_MAX)
        return;
    Cursor r = u->names, directories = r;
    names(u, &r, DIRECTORIES, false);
    names(u, &r, FILES, true);
    names(u, &directories, DIRECTORIES, true);
    for (Wanted *w = l->wanted; w < l->wanted + l->n; w++) {
        cwasm_source *source = w->source;
        if (!w->here)
            continue;
        w->here = false;
        if (!source->file)
            *source = (cwasm_source){ 0 };
        else if (is_absolute(source->file))
            source->directory = NULL;
        l->unknown -= source->file != NULL;
    }
}

/* ---- The program ----------------------------------------------------------------------------------------------- */

/* The first address that is wanted from `address` on. */
static u32 first_from(const Lookup *l, u64 address)
{
    u32 i = 0;
    while (i < l->n && l->wanted[i].address < address)
        i++;
    return i;
}

/* Two sequences may say something about an address, those of copies of an inline function of which the linker kept the first: the first one counts. */
static void found(Wanted *w, const Row *row)
{
    if (w->here || w->source->file)
        return;
    w->here = true;
    w->index[DIRECTORIES] = UINT64_MAX;
    w->index[FILES] = CW_MIN(row->file, UINT64_MAX - 1);
    w->source->line = row->line;
    w->source->column = row->column;
}

static CW_NOINLINE void run(const Unit *u, Cursor r)
{
    Lookup *l = u->lookup;
    static const Row start = { .file = 1, .line = 1 };
    Row now = start, before = start;
    u64 op_index = 0;
    u32 next = 0;                      /* the first address that is not below before.address */
    bool alive = false, open = false;  /* the sequence is about code that is there; has a row */
    while (r.p < r.end) {
        unsigned op = *r.p++, special = op - u->opcode_base;
        u64 advance = 0, extended = 0;
        bool row = false;
        if (op >= u->opcode_base) {
            now.line += (u32)(s32)u->line_base + special % u->line_range;
            advance = special / u->line_range;
            row = true;
        } else {
            switch (op) {
            case 0: {
                Cursor args = r;
                u64 size = leb(&r, false);
                args.p = r.p;
                skip(&r, size);
                args.end = r.p;
                extended = fixed(&args, 1);
                if (extended == 2) {   /* set_address; the linker marks functions that it left out with 0 (once), or the last numbers */
                    now.address = fixed(&args, left(&args));
                    alive = now.address - 1 < UINT32_MAX - 2;
                    op_index = 0;
                }
                row = extended == 1;   /* end_sequence */
                break;
            }
            case 1: row = true; break;                                       /* copy */
            case 2: advance = leb(&r, false); break;                         /* advance_pc */
            case 3: now.line += (u32)leb(&r, true); break;                   /* advance_line */
            case 4: now.file = leb(&r, false); break;                        /* set_file */
            case 5: now.column = (u32)leb(&r, false); break;                 /* set_column */
            case 8: advance = (255 - u->opcode_base) / u->line_range; break; /* const_add_pc */
            case 9: now.address += fixed(&r, 2), op_index = 0; break;        /* fixed_advance_pc */
            default:
                for (unsigned n = u->lengths[op]; n > 0 && r.p < r.end; n--)
                    leb(&r, false);
            }
        }
        if (u->max_ops > 1) {
            op_index += advance;
            advance = op_index / u->max_ops;
            op_index %= u->max_ops;
        }
        now.address += advance * u->min_length;
        if (!row)
            continue;
        if (alive && (!open || now.address < before.address)) {
            next = first_from(l, now.address);
        } else if (alive) {
            for (; next < l->n && l->wanted[next].address < now.address; next++)
                found(&l->wanted[next], &before);
        }
        before = now;
        open = alive;
        if (extended == 1) {
            now = start;
            op_index = 0;
            alive = open = false;
        }
    }
}

/* r: from behind its length to its end. */
static CW_NOINLINE void unit(Lookup *l, Cursor r, unsigned offset_size)
{
    Unit u = { .lookup = l, .offset_size = offset_size };
    u.version = (unsigned)fixed(&r, 2);
    if (u.version < 2 || u.version > 5)
        return;
    if (u.version == 5)
        fixed(&r, 2);   /* sizes of addresses and segment selectors */
    u64 header = fixed(&r, offset_size);
    Cursor program = r;
    skip(&program, header);
    u.min_length = (unsigned)fixed(&r, 1);
    u.max_ops = u.version < 4 ? 1 : (unsigned)fixed(&r, 1);
    fixed(&r, 1);   /* default_is_stmt */
    u.line_base = (s8)fixed(&r, 1);
    u.line_range = (unsigned)fixed(&r, 1);
    u.opcode_base = (unsigned)fixed(&r, 1);
    if (u.line_range == 0 || u.opcode_base == 0)
        return;
    u.lengths = r.p - 1;
    skip(&r, u.opcode_base - 1);
    u.names = (Cursor){ r.p, program.p };
    if (u.names.p <= u.names.end) {
        run(&u, program);
        name_all(&u);
    }
}

static void section(Lookup *l)
{
    for (Cursor r = l->lines; r.p < r.end && l->unknown;) {
        unsigned offset_size = 4;
        u64 size = fixed(&r, 4);
        if (size == UINT32_MAX) {
            offset_size = 8;
            size = fixed(&r, 8);
        }
        Cursor one = r;
        skip(&r, size);
        one.end = r.p;
        unit(l, one, offset_size);
    }
}

/* ---- For all --------------------------------------------------------------------------------------------------- */

static Cursor custom_section(const cwasm_module *module, const char *name)
{
    size_t n = 0;
    const u8 *p = cwasm_module_custom_section(module, name, 0, &n);
    p = p ? p : (const u8 *)name;
    return (Cursor){ p, p + n };
}

/* What ends with NUL of it, so that wherever a string begins there is an end. */
static Cursor string_section(const cwasm_module *module, const char *name)
{
    Cursor c = custom_section(module, name);
    while (c.p < c.end && c.end[-1])
        c.end--;
    return c;
}

static CW_NOINLINE void look_up(Lookup *l, const cwasm_module *module)
{
    l->unknown = l->n;
    if (l->n == 0)
        return;
    l->lines = custom_section(module, ".debug_line");
    l->line_strings = string_section(module, ".debug_line_str");
    l->strings = string_section(module, ".debug_str");
    section(l);
}

static void want(Lookup *l, u64 address, cwasm_source *source)
{
    u32 i = first_from(l, address);
    memmove(&l->wanted[i + 1], &l->wanted[i], (l->n++ - i) * sizeof l->wanted[0]);
    l->wanted[i] = (Wanted){ .address = address, .source = source };
}

size_t cwasm_frame_sources(const cwasm_frame *frames, size_t n, cwasm_source *sources)
{
    size_t known = 0;
    memset(sources, 0, n * sizeof *sources);
    for (size_t first = 0; first < n; first++) {
        const cwasm_module *module = frames[first].module;
        size_t i = 0;
        while (frames[i].module != module)
            i++;
        if (i < first)
            continue;   /* done with it */
        u64 code = cwasm_module_code_offset(module);
        Lookup l = { .n = 0 };
        for (; i < n; i++) {
            if (frames[i].module == module && frames[i].offset >= code && frames[i].offset != CWASM_NO_OFFSET)
                want(&l, frames[i].offset - code, &sources[i]);
            if (l.n == AT_ONCE || i + 1 == n) {
                look_up(&l, module);
                known += l.n - l.unknown;
                l.n = 0;
            }
        }
    }
    return known;
}

size_t cwasm_source_path(const cwasm_source *source, char *buf, size_t size)
{
    const char *directory = source->directory, *file = source->file ? source->file : "";
    size_t n = directory ? strlen(directory) : 0;
    bool slash = n > 0 && directory[n - 1] != '/' && directory[n - 1] != '\\';
    int length = snprintf(buf, size, "%s%s%s", n ? directory : "", slash ? "/" : "", file);
    return length > 0 ? (size_t)length : 0;
}
