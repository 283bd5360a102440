/* test_linker.c - imports by name, and which values fit which imports. The modules are structs: imports are all they have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "link/externtype.h"
#include "link/link.h"

static cwasm_engine *engine;
static cwasm_store *store;
static cwasm_linker *linker;

static int open_linker(void **state)
{
    (void)state;
    return cwasm_engine_new(NULL, &engine, NULL) || cwasm_store_new(engine, &store, NULL)
           || cwasm_linker_new(engine, &linker, NULL);
}

static int close_linker(void **state)
{
    (void)state;
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    cwasm_engine_free(engine);
    return 0;
}

static cwasm_trap_code nothing(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller, (void)slots;
    return CWASM_TRAP_NONE;
}

static Name name(const char *s)
{
    return (Name){ s, (u32)strlen(s) };
}

/* A module with one import; refs is never dropped to 0, so the store does not free it. */
typedef struct Fake {
    Module module;
    Import import;
    FuncDecl func;
    TableDecl table;
    Limits memory;
    GlobalDecl global;
} Fake;

static Fake *fake(Fake *f, cwasm_externkind kind, const char *module, const char *field)
{
    *f = (Fake){ .import = { .module = name(module), .name = name(field), .kind = kind } };
    f->module = (Module){ .engine = engine, .alloc = &engine->config.alloc, .registry = engine->types, .refs = 1, .n_imports = 1,
                          .imports = &f->import,
                          .funcs = &f->func, .tables = &f->table, .memories = &f->memory, .globals = &f->global };
    u32 one = 1;
    switch (kind) {
    case CWASM_EXTERN_FUNC: f->module.n_funcs = f->module.n_func_imports = one; break;
    case CWASM_EXTERN_TABLE: f->module.n_tables = f->module.n_table_imports = one; break;
    case CWASM_EXTERN_MEMORY: f->module.n_memories = f->module.n_memory_imports = one; break;
    case CWASM_EXTERN_GLOBAL: f->module.n_globals = f->module.n_global_imports = one; break;
    case CWASM_EXTERN_TAG: break;
    }
    return f;
}

static Fake *fake_func(Fake *f, const char *module, const char *field, const char *signature)
{
    fake(f, CWASM_EXTERN_FUNC, module, field);
    assert_int_equal(cw_signature_type(engine, signature, &f->func.type, NULL), CWASM_OK);
    return f;
}

static cwasm_status link(Fake *f, cwasm_instance **inst, cwasm_error *err)
{
    return cwasm_linker_instantiate(linker, store, &f->module, inst, err);
}

static void test_host_funcs(void **state)
{
    (void)state;
    Fake f;
    cwasm_error err;
    cwasm_instance *inst = NULL;
    int env;
    assert_int_equal(cwasm_linker_define_func(linker, "env", "foo", "i:i", nothing, &env, &err), CWASM_OK);
    assert_int_equal(link(fake_func(&f, "env", "foo", "i:i"), &inst, &err), CWASM_OK);
    assert_int_equal(inst->imports[0]->type_id, f.func.type->id);
    assert_ptr_equal(((HostFunc *)inst->imports[0])->env, &env);
    assert_int_equal(f.module.refs, 2);

    inst = NULL;
    Fake g;
    assert_int_equal(link(fake_func(&g, "env", "foo", "i:I"), &inst, &err), CWASM_LINK);
    assert_string_equal(err.message,
                        "incompatible import type: env.foo is a func (i32) -> (i32), "
                        "but the module asks for a func (i32) -> (i64)");
    assert_null(inst);
    assert_int_equal(cwasm_linker_define_func(linker, "env", "foo", "i:I", nothing, &env, &err), CWASM_OK);   /* replaces */
    assert_int_equal(link(&g, &inst, &err), CWASM_OK);
    cwasm_store_free(store);   /* the fakes are on this stack */
    store = NULL;
    assert_int_equal(f.module.refs, 1);
}

static void test_unknown(void **state)
{
    (void)state;
    Fake f;
    cwasm_error err;
    cwasm_instance *inst = NULL;
    assert_int_equal(link(fake_func(&f, "env", "foo", "ii:"), &inst, &err), CWASM_LINK);
    assert_string_equal(err.message, "unknown import: env.foo (func (i32, i32) -> ()) is not defined");
    assert_int_equal(cwasm_linker_define_func(linker, "env", "xyz", ":", nothing, NULL, &err), CWASM_OK);
    assert_int_equal(link(&f, &inst, &err), CWASM_LINK);
    assert_string_equal(err.message, "unknown import: env.foo (func (i32, i32) -> ()) is not defined");
    assert_int_equal(cwasm_linker_define_func(linker, "env", "fooo", ":", nothing, NULL, &err), CWASM_OK);
    assert_int_equal(link(&f, &inst, &err), CWASM_LINK);
    assert_string_equal(err.message, "unknown import: env.foo (func (i32, i32) -> ()) is not defined; did you mean env.fooo?");
    assert_int_equal(cwasm_linker_define_func(linker, "sys", "foo", ":", nothing, NULL, &err), CWASM_OK);
    assert_int_equal(link(&f, &inst, &err), CWASM_LINK);
    assert_string_equal(err.message, "unknown import: env.foo (func (i32, i32) -> ()) is not defined; did you mean sys.foo?");
    fake(&f, CWASM_EXTERN_GLOBAL, "", "");
    f.global.type = (GlobalType){ T_I32, true };
    assert_int_equal(link(&f, &inst, &err), CWASM_LINK);
    assert_string_equal(err.message, "unknown import: . (global mut i32) is not defined");
    assert_int_equal(f.module.refs, 1);
}

static void test_names_are_bytes(void **state)
{
    (void)state;
    cwasm_error err;
    cwasm_val one = cwasm_i32(1), two = cwasm_i32(2);
    cwasm_extern ext = { .kind = CWASM_EXTERN_GLOBAL };
    assert_int_equal(cwasm_global_new(store, &one, false, &ext.of.global, &err), CWASM_OK);
    assert_int_equal(cwasm_linker_define(linker, "a\0b", 3, "", 0, &ext, &err), CWASM_OK);
    assert_int_equal(cwasm_global_new(store, &two, false, &ext.of.global, &err), CWASM_OK);
    assert_int_equal(cwasm_linker_define(linker, "a\0c", 3, "", 0, &ext, &err), CWASM_OK);
    static Fake f;
    fake(&f, CWASM_EXTERN_GLOBAL, "", "");
    f.import.module = (Name){ "a\0b", 3 };
    f.global.type = (GlobalType){ T_I32, false };
    cwasm_instance *inst;
    assert_int_equal(link(&f, &inst, &err), CWASM_OK);
    assert_int_equal(inst->globals[0]->cell[0], 1);
    f.import.module = (Name){ "a\0d", 3 };
    f.import.name = name("long name that nobody has defined, with control\n bytes "
                         "and more text than a message has room for \xc3\xa4");
    assert_int_equal(link(&f, &inst, &err), CWASM_LINK);
    assert_non_null(strstr(err.message, "a\\00d.long name"));
    assert_non_null(strstr(err.message, "control\\0a bytes"));

    ext = (cwasm_extern){ .kind = CWASM_EXTERN_FUNC };
    assert_int_equal(cwasm_linker_define(linker, "a", 1, "b", 1, &ext, &err), CWASM_ARGUMENT);
    assert_int_equal(cwasm_linker_define_func(linker, "a", "b", "nonsense", nothing, NULL, &err), CWASM_ARGUMENT);
}

static void test_name_text(void **state)
{
    (void)state;
    char buf[12];
    assert_string_equal(cw_name_text("abc", 3, buf, sizeof buf), "abc");
    assert_string_equal(cw_name_text("abcdefgh", 8, buf, sizeof buf), "abcdefgh");
    assert_string_equal(cw_name_text("abcdefghi", 9, buf, sizeof buf), "abcdefgh...");
    assert_string_equal(cw_name_text("abcdefg\xc3\xa4", 9, buf, sizeof buf), "abcdefg...");
    assert_string_equal(cw_name_text("a\x01", 2, buf, sizeof buf), "a\\01");
}

static bool limits_fit(Limits is, Limits want)
{
    Fake f;
    Memory *m = NULL;
    fake(&f, CWASM_EXTERN_MEMORY, "m", "m");
    f.memory = want;
    assert_int_equal(cw_memory_new(store, &is, &m, NULL), CWASM_OK);
    cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY, .of.memory = m };
    return cw_extern_matches(&ext, &f.module, CWASM_EXTERN_MEMORY, 0);
}

static void test_matching(void **state)
{
    (void)state;
    Limits open = { .min = 1, .max = UINT64_MAX, .page_log2 = 16 };
    Limits closed = { .min = 1, .max = 3, .has_max = true, .page_log2 = 16 };
    Limits larger = { .min = 2, .max = 3, .has_max = true, .page_log2 = 16 };
    assert_true(limits_fit(open, open));
    assert_true(limits_fit(closed, open));
    assert_false(limits_fit(open, closed));
    assert_true(limits_fit(larger, closed));
    assert_false(limits_fit(closed, larger));

    Fake f;
    cwasm_extern ext = { .kind = CWASM_EXTERN_GLOBAL };
    cwasm_val null = cwasm_null(CWASM_FUNCREF);
    fake(&f, CWASM_EXTERN_GLOBAL, "m", "g");
    assert_int_equal(cwasm_global_new(store, &null, false, &ext.of.global, NULL), CWASM_OK);
    f.global.type = (GlobalType){ T_FUNCREF, false };
    assert_true(cw_extern_matches(&ext, &f.module, CWASM_EXTERN_GLOBAL, 0));
    f.global.type.is_mutable = true;
    assert_false(cw_extern_matches(&ext, &f.module, CWASM_EXTERN_GLOBAL, 0));
    f.global.type = (GlobalType){ T_EXTERNREF, false };
    assert_false(cw_extern_matches(&ext, &f.module, CWASM_EXTERN_GLOBAL, 0));
    assert_false(cw_extern_matches(&ext, &f.module, CWASM_EXTERN_MEMORY, 0));
    /* immutable globals are covariant, mutable ones are not */
    ext.of.global->type = (GlobalType){ T_REF | T_NULL | H_NOFUNC, false };
    f.global.type = (GlobalType){ T_FUNCREF, false };
    assert_true(cw_extern_matches(&ext, &f.module, CWASM_EXTERN_GLOBAL, 0));
    ext.of.global->type.is_mutable = f.global.type.is_mutable = true;
    assert_false(cw_extern_matches(&ext, &f.module, CWASM_EXTERN_GLOBAL, 0));

    cwasm_limits limits = { .min = 1, .max = 4, .has_max = true };
    ext.kind = CWASM_EXTERN_TABLE;
    assert_int_equal(cwasm_table_new(store, CWASM_FUNCREF, &limits, NULL, &ext.of.table, NULL), CWASM_OK);
    fake(&f, CWASM_EXTERN_TABLE, "m", "t");
    f.table.type = (TableType){ T_FUNCREF, { .min = 2, .max = 4, .has_max = true } };
    assert_false(cw_extern_matches(&ext, &f.module, CWASM_EXTERN_TABLE, 0));
    assert_int_equal(cwasm_table_grow(ext.of.table, 1, NULL, NULL), CWASM_OK);   /* its current size counts */
    assert_true(cw_extern_matches(&ext, &f.module, CWASM_EXTERN_TABLE, 0));
    f.table.type.type = T_EXTERNREF;
    assert_false(cw_extern_matches(&ext, &f.module, CWASM_EXTERN_TABLE, 0));
}

static void test_other_store(void **state)
{
    (void)state;
    Fake f;
    cwasm_store *other;
    cwasm_error err;
    cwasm_instance *inst;
    cwasm_extern ext = { .kind = CWASM_EXTERN_FUNC };
    assert_int_equal(cwasm_store_new(engine, &other, &err), CWASM_OK);
    assert_int_equal(cwasm_func_new(other, ":", nothing, NULL, &ext.of.func, &err), CWASM_OK);
    assert_int_equal(cwasm_linker_define(linker, "env", 3, "f", 1, &ext, &err), CWASM_OK);
    assert_int_equal(link(fake_func(&f, "env", "f", ":"), &inst, &err), CWASM_ARGUMENT);
    cwasm_store_free(other);
}

#define WITH_LINKER(f) cmocka_unit_test_setup_teardown(f, open_linker, close_linker)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LINKER(test_host_funcs), WITH_LINKER(test_unknown),  WITH_LINKER(test_names_are_bytes),
        WITH_LINKER(test_name_text),  WITH_LINKER(test_matching), WITH_LINKER(test_other_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
