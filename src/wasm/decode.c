/*
 * decode.c - the binary format, section by section (specification 5.5).
 */
#include "wasm/decoder.h"

#include "base/utf8.h"

/* ---- Shared by the decode files ---- */

Status cw_read_count(Decoder *d, u32 before, u32 most, const char *what, u32 *n)
{
    u64 at = cw_reader_at(&d->r);
    TRY(cw_leb_u32(&d->r, n, "a count", d->err));
    if (*n > cw_reader_left(&d->r))
        return cw_fail(d->err, CWASM_MALFORMED, at, "unexpected end of section or function: expected %u %s, found %llu bytes",
                       (unsigned)*n, what, (unsigned long long)cw_reader_left(&d->r));
    return cw_limit((u64)before + *n, most, what, at, d->err);
}

Status cw_new_array(Decoder *d, void **at, size_t n, size_t size)
{
    void *array = n ? cw_arena_calloc(&d->m->arena, n, size) : NULL;
    if (!array && n)
        return cw_no_memory(d->err);
    *at = array;
    return CWASM_OK;
}

Status cw_extend_array(Decoder *d, void **at, size_t n_old, size_t n, size_t size)
{
    const void *old = *at;
    TRY(cw_new_array(d, at, n, size));
    if (n_old)
        memcpy(*at, old, n_old * size);
    return CWASM_OK;
}

Status cw_copy_array(Decoder *d, void **at, const void *from, size_t n, size_t size)
{
    TRY(cw_new_array(d, at, n, size));
    if (n)
        memcpy(*at, from, n * size);
    return CWASM_OK;
}

/* The size of a name. One beyond the end of the module is worth its own message, even where the section ends before it. */
static Status read_name_size(Decoder *d, u32 *n, const char *what)
{
    Reader ahead = { d->r.p, d->r.limit, d->r.base, NULL };
    u64 at = cw_reader_at(&d->r);
    if (cw_leb_u32(&ahead, n, what, NULL) == CWASM_OK && *n > cw_reader_left(&ahead))
        return cw_fail(d->err, CWASM_MALFORMED, at, "length out of bounds: expected %s of %u bytes, found %llu", what, (unsigned)*n,
                       (unsigned long long)cw_reader_left(&ahead));
    return cw_leb_u32(&d->r, n, what, d->err);
}

Status cw_read_name(Decoder *d, Name *name, const char *what)
{
    const u8 *s;
    TRY(read_name_size(d, &name->n, what));
    TRY(cw_read_bytes(&d->r, name->n, &s, what, d->err));
    size_t good = cw_utf8_check(s, name->n);
    if (good != name->n)
        return cw_fail(d->err, CWASM_MALFORMED, cw_at(d->m, s) + good, "malformed UTF-8 encoding: in %s, found 0x%02x", what, s[good]);
    name->s = (const char *)s;
    return CWASM_OK;
}

/* A type index that must be a function type's. */
static Status read_functype(Decoder *d, const Type **type)
{
    u64 at = cw_reader_at(&d->r);
    TRY(cw_read_typeidx(d->m, &d->r, type, d->err));
    if ((*type)->kind != TYPE_FUNC)
        return cw_fail(d->err, CWASM_INVALID, at, "type mismatch: expected a function type, found a%s type",
                       (*type)->kind == TYPE_STRUCT ? " structure" : "n array");
    return CWASM_OK;
}

static Status read_tagtype(Decoder *d, const Type **type)
{
    u64 at = cw_reader_at(&d->r);
    u8 attribute;
    TRY(cw_read_u8(&d->r, &attribute, "a tag attribute", d->err));
    if (attribute != 0)
        return cw_fail(d->err, CWASM_MALFORMED, at, "malformed tag attribute: expected 0x00, found 0x%02x", attribute);
    TRY(read_functype(d, type));
    if (d->m->features & FEATURE_LEGACY_EXCEPTIONS)
        return CWASM_OK;
    return cw_need_feature(d->m, FEATURE_EXCEPTIONS, at, "a tag", d->err);
}

static Status need_tables(Decoder *d, u32 n, u64 at)
{
    return n > 1 ? cw_need_feature(d->m, FEATURE_REFERENCE_TYPES, at, "a second table", d->err) : CWASM_OK;
}

/* n: how many memories the module has now. */
static Status need_memories(Decoder *d, u32 n, u64 at)
{
    return n > 1 ? cw_need_feature(d->m, FEATURE_MULTI_MEMORY, at, "a second memory", d->err) : CWASM_OK;
}

/* ---- Imports ---- */

/* What an import asks for: the member that kind names is set. */
typedef struct ImportType {
    u8 kind;
    u64 at;
    FuncDecl func;
    TableDecl table;
    GlobalDecl global;
    Limits memory;
    const Type *tag;
} ImportType;

static Status read_import_type(Decoder *d, ImportType *t)
{
    u64 kind_at = cw_reader_at(&d->r);
    *t = (ImportType){ 0 };
    TRY(cw_read_u8(&d->r, &t->kind, "an import kind", d->err));
    t->at = cw_reader_at(&d->r);
    switch (t->kind) {
    case CWASM_EXTERN_FUNC: return read_functype(d, &t->func.type);
    case CWASM_EXTERN_TABLE: t->table.at = t->at; return cw_read_table_type(d, &t->table.type);
    case CWASM_EXTERN_MEMORY: return cw_read_memory_type(d, &t->memory);
    case CWASM_EXTERN_GLOBAL: return cw_read_global_type(d, &t->global.type);
    case CWASM_EXTERN_TAG: return read_tagtype(d, &t->tag);
    default:
        return cw_fail(d->err, CWASM_MALFORMED, kind_at, "malformed import kind: expected 0x00 to 0x04, found 0x%02x", t->kind);
    }
}

/* Gives the import its index. */
static Status add_import(Decoder *d, Import import, const ImportType *t)
{
    const Alloc *alloc = d->m->alloc;
    bool pushed = false;
    TRY(CW_LIMIT(IMPORTS, (u64)d->imports.n + 1, import.at, d->err));
    import.kind = (cwasm_externkind)t->kind;
    switch (import.kind) {
    case CWASM_EXTERN_FUNC:
        import.index = d->funcs.n;
        pushed = cw_vec_push(alloc, &d->funcs, t->func);
        break;
    case CWASM_EXTERN_TABLE:
        TRY(CW_LIMIT(TABLES, (u64)d->tables.n + 1, t->at, d->err));
        TRY(need_tables(d, d->tables.n + 1, t->at));
        import.index = d->tables.n;
        pushed = cw_vec_push(alloc, &d->tables, t->table);
        break;
    case CWASM_EXTERN_MEMORY:
        TRY(CW_LIMIT(MEMORIES, (u64)d->memories.n + 1, t->at, d->err));
        TRY(need_memories(d, d->memories.n + 1, t->at));
        import.index = d->memories.n;
        pushed = cw_vec_push(alloc, &d->memories, t->memory) && cw_vec_push(alloc, &d->memory_at, t->at);
        break;
    case CWASM_EXTERN_GLOBAL:
        if (t->global.type.is_mutable)
            TRY(cw_need_feature(d->m, FEATURE_MUTABLE_GLOBAL, t->at, "an imported mutable global", d->err));
        import.index = d->globals.n;
        pushed = cw_vec_push(alloc, &d->globals, t->global);
        break;
    case CWASM_EXTERN_TAG:
        import.index = d->tags.n;
        pushed = cw_vec_push(alloc, &d->tags, t->tag);
        break;
    }
    return pushed && cw_vec_push(alloc, &d->imports, import) ? CWASM_OK : cw_no_memory(d->err);
}

/* Compact import sections: imports of one module, after its name, an empty name and the kind. Each name with its type, or one type for all. */
enum { GROUP_ONE_TYPE = 0x7e, GROUP_TYPES = 0x7f };

static Status read_import_group(Decoder *d, Name module)
{
    ImportType type;
    u8 kind = *d->r.p;
    u32 n;
    TRY(cw_need_feature(d->m, FEATURE_COMPACT_IMPORTS, cw_reader_at(&d->r), "a group of imports", d->err));
    d->r.p++;
    if (kind == GROUP_ONE_TYPE)
        TRY(read_import_type(d, &type));
    TRY(READ_COUNT(d, d->imports.n, IMPORTS, &n));
    for (u32 i = 0; i < n; i++) {
        Import import = { .module = module, .at = cw_reader_at(&d->r) };
        TRY(cw_read_name(d, &import.name, "an import name"));
        if (kind == GROUP_TYPES)
            TRY(read_import_type(d, &type));
        TRY(add_import(d, import, &type));
    }
    return CWASM_OK;
}

static Status read_import(Decoder *d)
{
    Import import = { .at = cw_reader_at(&d->r) };
    ImportType type;
    TRY(cw_read_name(d, &import.module, "a module name"));
    TRY(cw_read_name(d, &import.name, "an import name"));
    if (import.name.n == 0 && d->r.p < d->r.end && (*d->r.p == GROUP_ONE_TYPE || *d->r.p == GROUP_TYPES))
        return read_import_group(d, import.module);
    TRY(read_import_type(d, &type));
    return add_import(d, import, &type);
}

/* Imports come first in the index spaces. */
static Status move_imports(Decoder *d)
{
    Module *m = d->m;
#define MOVE(vec, array) TRY(cw_copy_array(d, (void **)(array), d->vec.at, d->vec.n, sizeof **(array)))
    MOVE(imports, &m->imports);
    MOVE(funcs, &m->funcs);
    MOVE(tables, &m->tables);
    MOVE(memories, &m->memories);
    MOVE(memory_at, &m->memory_at);
    MOVE(globals, &m->globals);
    MOVE(tags, &m->tags);
#undef MOVE
    m->n_imports = d->imports.n;
    m->n_funcs = m->n_func_imports = d->funcs.n;
    m->n_tables = m->n_table_imports = d->tables.n;
    m->n_memories = m->n_memory_imports = d->memories.n;
    m->n_globals = m->n_global_imports = d->globals.n;
    m->n_tags = m->n_tag_imports = d->tags.n;
    return CWASM_OK;
}

static Status decode_imports(Decoder *d)
{
    u32 n;
    TRY(READ_COUNT(d, 0, IMPORTS, &n));
    for (u32 i = 0; i < n; i++)
        TRY(read_import(d));
    return move_imports(d);
}

/* ---- Definitions ---- */

static Status decode_functions(Decoder *d)
{
    Module *m = d->m;
    u32 n;
    TRY(READ_COUNT(d, m->n_funcs, FUNCTIONS, &n));
    TRY(EXTEND_ARRAY(d, &m->funcs, m->n_funcs, m->n_funcs + n));
    for (u32 i = 0; i < n; i++, m->n_funcs++)
        TRY(read_functype(d, &m->funcs[m->n_funcs].type));
    return CWASM_OK;
}

static Status read_table(Decoder *d, TableDecl *table)
{
    table->at = cw_reader_at(&d->r);
    table->has_init = d->r.p < d->r.end && *d->r.p == 0x40;
    if (!table->has_init)
        return cw_read_table_type(d, &table->type);
    u8 zero;
    d->r.p++;
    TRY(cw_read_u8(&d->r, &zero, "0x00", d->err));
    if (zero != 0)
        return cw_fail(d->err, CWASM_MALFORMED, table->at + 1, "malformed table: expected 0x00 after 0x40, found 0x%02x", zero);
    TRY(cw_read_table_type(d, &table->type));
    TRY(cw_read_const_expr(d, &table->init));
    return cw_need_feature(d->m, FEATURE_FUNCTION_REFS, table->at, "a table with an initial value", d->err);
}

static Status decode_tables(Decoder *d)
{
    Module *m = d->m;
    u32 n;
    TRY(READ_COUNT(d, m->n_tables, TABLES, &n));
    TRY(EXTEND_ARRAY(d, &m->tables, m->n_tables, m->n_tables + n));
    for (u32 i = 0; i < n; i++, m->n_tables++) {
        TRY(need_tables(d, m->n_tables + 1, cw_reader_at(&d->r)));
        TRY(read_table(d, &m->tables[m->n_tables]));
    }
    return CWASM_OK;
}

static Status decode_memories(Decoder *d)
{
    Module *m = d->m;
    u32 n;
    TRY(READ_COUNT(d, m->n_memories, MEMORIES, &n));
    TRY(EXTEND_ARRAY(d, &m->memories, m->n_memories, m->n_memories + n));
    TRY(EXTEND_ARRAY(d, &m->memory_at, m->n_memories, m->n_memories + n));
    for (u32 i = 0; i < n; i++, m->n_memories++) {
        u64 at = m->memory_at[m->n_memories] = cw_reader_at(&d->r);
        TRY(cw_read_memory_type(d, &m->memories[m->n_memories]));
        TRY(need_memories(d, m->n_memories + 1, at));
    }
    return CWASM_OK;
}

static Status decode_tags(Decoder *d)
{
    Module *m = d->m;
    u32 n;
    TRY(READ_COUNT(d, m->n_tags, TAGS, &n));
    TRY(EXTEND_ARRAY(d, &m->tags, m->n_tags, m->n_tags + n));
    for (u32 i = 0; i < n; i++, m->n_tags++)
        TRY(read_tagtype(d, &m->tags[m->n_tags]));
    return CWASM_OK;
}

static Status decode_globals(Decoder *d)
{
    Module *m = d->m;
    u32 n;
    TRY(READ_COUNT(d, m->n_globals, GLOBALS, &n));
    TRY(EXTEND_ARRAY(d, &m->globals, m->n_globals, m->n_globals + n));
    for (u32 i = 0; i < n; i++, m->n_globals++) {
        TRY(cw_read_global_type(d, &m->globals[m->n_globals].type));
        TRY(cw_read_const_expr(d, &m->globals[m->n_globals].init));
    }
    return CWASM_OK;
}

static Status decode_exports(Decoder *d)
{
    Module *m = d->m;
    u32 n;
    TRY(READ_COUNT(d, 0, EXPORTS, &n));
    TRY(NEW_ARRAY(d, &m->exports, n));
    for (; m->n_exports < n; m->n_exports++) {
        Export *e = &m->exports[m->n_exports];
        u8 kind;
        TRY(cw_read_name(d, &e->name, "an export name"));
        TRY(cw_read_u8(&d->r, &kind, "an export kind", d->err));
        if (kind > CWASM_EXTERN_TAG)
            return cw_fail(d->err, CWASM_MALFORMED, cw_reader_at(&d->r) - 1, "malformed export kind: expected 0x00 to 0x04, found 0x%02x",
                           kind);
        e->kind = (cwasm_externkind)kind;
        e->at = cw_reader_at(&d->r);
        TRY(cw_leb_u32(&d->r, &e->index, "an index", d->err));
    }
    return CWASM_OK;
}

static Status decode_start(Decoder *d)
{
    d->m->start_at = cw_reader_at(&d->r);
    d->m->has_start = true;
    return cw_leb_u32(&d->r, &d->m->start, "a function index", d->err);
}

static Status decode_data_count(Decoder *d)
{
    d->m->data_count_at = cw_reader_at(&d->r);
    d->m->has_data_count = true;
    TRY(cw_need_feature(d->m, FEATURE_BULK_MEMORY, d->m->data_count_at, "a data count section", d->err));
    return cw_leb_u32(&d->r, &d->m->data_count, "a number of data segments", d->err);
}

static Status read_body(Decoder *d, const u8 **body, u32 *size)
{
    u64 at = cw_reader_at(&d->r);
    TRY(cw_leb_u32(&d->r, size, "the size of a function body", d->err));
    TRY(cw_read_bytes(&d->r, *size, body, "a function body", d->err));
    return CW_LIMIT(BODY, *size, at, d->err);
}

/* The i-th body: that of which function, if there is one. */
static CW_COLD Status body_failed(Decoder *d, u32 i, Status status)
{
    if (d->err && i < d->m->n_funcs - d->m->n_func_imports)
        d->err->func_index = d->m->n_func_imports + i;
    return status;
}

/* Only delimits the bodies. That there are as many as functions is checked when the whole module has been read. */
static Status decode_code(Decoder *d)
{
    Module *m = d->m;
    m->code_begin = d->r.p;
    m->code_end = d->r.end;
    TRY(cw_leb_u32(&d->r, &d->n_bodies, "a count", d->err));
    for (u32 i = 0; i < d->n_bodies; i++) {
        const u8 *body;
        u32 size;
        Status status = read_body(d, &body, &size);
        if (CW_UNLIKELY(status != CWASM_OK))
            return body_failed(d, i, status);
        if (i < m->n_funcs - m->n_func_imports) {
            m->funcs[m->n_func_imports + i].body = body;
            m->funcs[m->n_func_imports + i].body_size = size;
        }
    }
    return CWASM_OK;
}

/* Sections that have to agree. */
static Status check_lengths(Decoder *d)
{
    const Module *m = d->m;
    u32 n_own = m->n_funcs - m->n_func_imports;
    if (d->n_bodies != n_own)
        return cw_fail(d->err, CWASM_MALFORMED, m->code_begin ? cw_at(m, m->code_begin) : m->size,
                       "function and code section have inconsistent lengths: expected %u bodies, found %u", (unsigned)n_own,
                       (unsigned)d->n_bodies);
    if (m->has_data_count && m->data_count != m->n_datas)
        return cw_fail(d->err, CWASM_MALFORMED, m->data_count_at,
                       "data count and data section have inconsistent lengths: expected %u, found %u", (unsigned)m->data_count,
                       (unsigned)m->n_datas);
    return CWASM_OK;
}

/* ---- Sections ---- */

typedef struct Section { u8 order; const char *name; Status (*decode)(Decoder *d); } Section;

/* By section id; order is the place in a module. */
static const Section sections[] = {
    [1] = { 1, "type", cw_decode_types },
    [2] = { 2, "import", decode_imports },
    [3] = { 3, "function", decode_functions },
    [4] = { 4, "table", decode_tables },
    [5] = { 5, "memory", decode_memories },
    [13] = { 6, "tag", decode_tags },
    [6] = { 7, "global", decode_globals },
    [7] = { 8, "export", decode_exports },
    [8] = { 9, "start", decode_start },
    [9] = { 10, "element", cw_decode_elems },
    [12] = { 11, "data count", decode_data_count },
    [10] = { 12, "code", decode_code },
    [11] = { 13, "data", cw_decode_datas },
};

enum { SECTION_CUSTOM = 0, ORDER_FUNCTION = 3 };

/* Customs are found twice: counted first, since their number is not written anywhere. */
static Status count_customs(Decoder *d, Reader r)
{
    u32 n = 0;
    while (r.p < r.end) {
        u8 id = *r.p++;
        u32 size;
        if (cw_leb_u32(&r, &size, "", NULL) != CWASM_OK || size > cw_reader_left(&r))
            break;   /* reported when it is reached */
        r.p += size;
        n += id == SECTION_CUSTOM;
    }
    return EXTEND_ARRAY(d, &d->m->customs, d->m->n_customs, d->m->n_customs + n);
}

static Status decode_custom(Decoder *d)
{
    CustomSection *custom = &d->m->customs[d->m->n_customs];
    TRY(cw_read_name(d, &custom->name, "the name of a custom section"));
    custom->bytes = (Bytes){ d->r.p, cw_reader_left(&d->r) };
    d->r.p = d->r.end;
    d->m->n_customs++;
    return CWASM_OK;
}

/* All functions are known after the function section; everything that can refer to them comes later. */
static Status make_declared(Decoder *d)
{
    return d->m->declared ? CWASM_OK : NEW_ARRAY(d, &d->m->declared, (size_t)d->m->n_funcs / 8 + 1);
}

/* One section from `all`; *order is that of the last one. */
static Status decode_section(Decoder *d, Reader *all, u8 *order)
{
    u64 at = cw_reader_at(all);
    u8 id;
    u32 size;
    TRY(cw_read_u8(all, &id, "a section", d->err));
    if (id >= CW_COUNT(sections))
        return cw_fail(d->err, CWASM_MALFORMED, at, "malformed section id: expected 0 to 13, found %u", id);
    const Section *section = &sections[id];
    const char *name = id == SECTION_CUSTOM ? "custom" : section->name;
    if (id != SECTION_CUSTOM && section->order <= *order)
        return cw_fail(d->err, CWASM_MALFORMED, at, "unexpected content after last section: the %s section is out of order or a duplicate",
                       name);
    TRY(cw_leb_u32(all, &size, "the size of a section", d->err));
    if (size > cw_reader_left(all))
        return cw_fail(d->err, CWASM_MALFORMED, cw_reader_at(all), "length out of bounds: expected a %s section of %u bytes, found %llu",
                       name, (unsigned)size, (unsigned long long)cw_reader_left(all));
    d->r = (Reader){ all->p, all->p + size, all->base, all->limit };
    all->p += size;
    if (id == SECTION_CUSTOM)
        return decode_custom(d);
    *order = section->order;
    if (section->order > ORDER_FUNCTION)
        TRY(make_declared(d));
    TRY(section->decode(d));
    if (d->r.p != d->r.end)
        return cw_fail(d->err, CWASM_MALFORMED, cw_reader_at(&d->r),
                       "section size mismatch: expected the end of the %s section, found %llu more bytes", name,
                       (unsigned long long)cw_reader_left(&d->r));
    return CWASM_OK;
}

static Status decode_module(Decoder *d)
{
    Module *m = d->m;
    u8 order = 0;
    TRY(cw_decode_header(m, d->err));
    const u8 *end = m->bytes + m->size;
    Reader all = { m->bytes + 8, end, m->bytes, end };
    TRY(count_customs(d, all));
    while (all.p < all.end)
        TRY(decode_section(d, &all, &order));
    TRY(make_declared(d));
    return check_lengths(d);
}

void cw_decode_more(Module *m, size_t size)
{
    if (size <= m->size)
        return;
    Decoder d = { .m = m };
    u8 order = UINT8_MAX;   /* no other section may follow */
    Reader all = { m->bytes + m->size, m->bytes + size, m->bytes, m->bytes + size };
    if (count_customs(&d, all) != CWASM_OK)
        return;
    m->size = size;
    while (all.p < all.end && decode_section(&d, &all, &order) == CWASM_OK)
        ;
}

Status cw_module_decode(Module *module, Error *err)
{
    Decoder d = { .m = module, .err = err };
    const Alloc *alloc = module->alloc;
    Status status = decode_module(&d);
    cw_vec_done(alloc, &d.types);
    cw_vec_done(alloc, &d.drafts);
    cw_vec_done(alloc, &d.words);
    cw_vec_done(alloc, &d.fields);
    cw_vec_done(alloc, &d.ids);
    cw_vec_done(alloc, &d.imports);
    cw_vec_done(alloc, &d.funcs);
    cw_vec_done(alloc, &d.tables);
    cw_vec_done(alloc, &d.memories);
    cw_vec_done(alloc, &d.memory_at);
    cw_vec_done(alloc, &d.globals);
    cw_vec_done(alloc, &d.tags);
    return status;
}
