/* test_types.c - the type registry, subtyping, names of types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>

#include "fail_alloc.h"
#include "wasm/types.h"

#define REC(i) (T_REF | T_NULL | T_CONCRETE | T_REC | (u32)(i) << T_ID_SHIFT)
#define SUPER_REC(i) (T_CONCRETE | T_REC | (u32)(i) << T_ID_SHIFT)
#define SUPER(id) (T_CONCRETE | (id) << T_ID_SHIFT)

static int make_registry(void **state)
{
    *state = cw_types_new(&cw_default_alloc);
    return *state ? 0 : -1;
}

static int free_registry(void **state)
{
    cw_types_free(*state);
    return 0;
}

static TypeDraft structure(ValType super, bool is_final, u32 n, Field *fields)
{
    return (TypeDraft){ .kind = TYPE_STRUCT, .is_final = is_final, .super = super, .n_fields = n, .fields = fields };
}

static TypeDraft func(ValType super, ValType *param, ValType *result)
{
    return (TypeDraft){ .kind = TYPE_FUNC, .super = super, .n_params = param ? 1 : 0, .n_results = result ? 1 : 0, .params = param,
                        .results = result };
}

static u32 intern(TypeRegistry *types, TypeDraft draft)
{
    u32 id = CWASM_NO_INDEX;
    assert_int_equal(cw_types_intern(types, &draft, 1, &id, NULL), CWASM_OK);
    return id;
}

static void test_funcs(void **state)
{
    TypeRegistry *types = *state;
    ValType a[] = { T_I32, T_I64, T_V128 }, b[] = { T_F32 };
    const Type *t = cw_types_func(types, a, 3, b, 1);
    assert_non_null(t);
    assert_ptr_equal(t, cw_types_func(types, a, 3, b, 1));
    assert_ptr_equal(t, cw_type_at(types, t->id));
    assert_ptr_not_equal(t, cw_types_func(types, a, 2, b, 1));
    assert_ptr_not_equal(cw_types_func(types, a, 1, NULL, 0), cw_types_func(types, NULL, 0, a, 1));
    assert_int_equal(t->param_slots, 4);
    assert_int_equal(t->result_slots, 1);
    assert_int_equal(t->params[2], T_V128);
    assert_true(t->is_final);
    assert_int_equal(t->super, CWASM_NO_INDEX);
    /* (sub (func)) is another type than (func), which is final */
    TypeDraft open = { .kind = TYPE_FUNC };
    assert_int_not_equal(intern(types, open), cw_types_func(types, NULL, 0, NULL, 0)->id);
}

/* (rec (type (struct (field (ref null 1)))) (type (struct (field (ref null 0))))), twice, is one group; the same two types in
 * groups of other shapes are others. */
static void test_recursion_groups(void **state)
{
    TypeRegistry *types = *state;
    Field f0[] = { { REC(1), false, 0 } }, f1[] = { { REC(0), false, 0 } };
    TypeDraft group[] = { structure(0, true, 1, f0), structure(0, true, 1, f1), structure(0, true, 0, NULL) };
    u32 a[3], b[3], c[3];
    assert_int_equal(cw_types_intern(types, group, 2, a, NULL), CWASM_OK);
    assert_int_equal(cw_types_intern(types, group, 2, b, NULL), CWASM_OK);
    assert_int_equal(cw_types_intern(types, group, 3, c, NULL), CWASM_OK);
    assert_int_equal(a[0], b[0]);
    assert_int_equal(a[1], b[1]);
    assert_int_not_equal(a[0], a[1]);
    assert_int_not_equal(a[0], c[0]);
    assert_int_equal(cw_type_at(types, a[0])->fields[0].type, T_CONCRETE_REF(a[1], true));
    assert_int_equal(cw_type_at(types, a[1])->fields[0].type, T_CONCRETE_REF(a[0], true));
    /* a reference into the group from outside is not one to itself */
    Field outside[] = { { T_CONCRETE_REF(a[0], true), false, 0 } }, inside[] = { { REC(0), false, 0 } };
    assert_int_not_equal(intern(types, structure(0, true, 1, outside)), intern(types, structure(0, true, 1, inside)));
    assert_int_equal(cw_types_intern(types, group, 0, a, NULL), CWASM_OK);
}

static void test_layout(void **state)
{
    TypeRegistry *types = *state;
    Field fields[] = { { T_I8, true, 0 }, { T_I16, true, 0 }, { T_I64, true, 0 }, { T_I8, false, 0 }, { T_V128, false, 0 },
                       { T_FUNCREF, false, 0 }, { T_F32, false, 0 } };
    const Type *t = cw_type_at(types, intern(types, structure(0, true, 7, fields)));
    static const u32 at[] = { 0, 2, 8, 16, 32, 48, 56 };
    for (u32 i = 0; i < 7; i++)
        assert_int_equal(t->fields[i].at, at[i]);
    assert_int_equal(t->size, 60);
    assert_true(t->fields[0].is_mutable);
    TypeDraft array = { .kind = TYPE_ARRAY, .is_final = true, .n_fields = 1, .fields = &fields[1] };
    assert_int_equal(cw_type_at(types, intern(types, array))->size, 2);
    Field constant = { T_I16, false, 0 };
    u32 mutable_id = intern(types, array);
    array.fields = &constant;
    assert_int_not_equal(mutable_id, intern(types, array));
}

static void test_declared_subtypes(void **state)
{
    TypeRegistry *types = *state;
    Field fields[] = { { T_I32, true, 0 }, { T_F64, false, 0 } };
    u32 base = intern(types, structure(0, false, 1, fields));
    u32 mid = intern(types, structure(SUPER(base), false, 2, fields));
    u32 leaf = intern(types, structure(SUPER(mid), true, 2, fields));
    u32 other = intern(types, structure(SUPER(base), true, 1, fields));
    const Type *l = cw_type_at(types, leaf);
    assert_int_equal(l->depth, 2);
    assert_int_equal(l->display[0], base);
    assert_int_equal(l->display[1], mid);
    assert_int_equal(l->display[2], leaf);
    assert_int_equal(l->super, mid);
    assert_true(cw_type_matches(l, cw_type_at(types, base)));
    assert_false(cw_type_matches(cw_type_at(types, base), l));
    assert_false(cw_type_matches(l, cw_type_at(types, other)));
    assert_true(cw_matches(types, T_CONCRETE_REF(leaf, false), T_CONCRETE_REF(base, true)));
    assert_false(cw_matches(types, T_CONCRETE_REF(leaf, true), T_CONCRETE_REF(base, false)));
    assert_false(cw_matches(types, T_CONCRETE_REF(base, true), T_CONCRETE_REF(leaf, true)));
}

static void expect_mismatch(TypeRegistry *types, TypeDraft draft)
{
    u32 id;
    Error err = { 0 };
    assert_int_equal(cw_types_intern(types, &draft, 1, &id, &err), CWASM_INVALID);
    assert_int_equal(id, 0);   /* which type of the group */
    assert_memory_equal(err.message, "sub type", 8);
}

static void test_invalid_subtypes(void **state)
{
    TypeRegistry *types = *state;
    Field i32_var[] = { { T_I32, true, 0 } }, i32_const[] = { { T_I32, false, 0 } }, i64_var[] = { { T_I64, true, 0 } };
    Field any_var[] = { { T_REF | T_NULL | H_ANY, true, 0 } }, eq_var[] = { { T_REF | T_NULL | H_EQ, true, 0 } };
    Field any_const[] = { { T_REF | T_NULL | H_ANY, false, 0 } }, eq_const[] = { { T_REF | T_NULL | H_EQ, false, 0 } };
    Field i8[] = { { T_I8, false, 0 } }, i16[] = { { T_I16, false, 0 } };
    u32 final = intern(types, structure(0, true, 1, i32_var));
    u32 var = intern(types, structure(0, false, 1, i32_var));
    expect_mismatch(types, structure(SUPER(final), true, 1, i32_var));   /* final */
    expect_mismatch(types, structure(SUPER(var), true, 0, NULL));        /* a field is missing */
    expect_mismatch(types, structure(SUPER(var), true, 1, i64_var));
    expect_mismatch(types, structure(SUPER(var), true, 1, i32_const));
    /* mutable fields are invariant, constant ones covariant */
    expect_mismatch(types, structure(SUPER(intern(types, structure(0, false, 1, any_var))), true, 1, eq_var));
    u32 any = intern(types, structure(0, false, 1, any_const));
    intern(types, structure(SUPER(any), true, 1, eq_const));
    expect_mismatch(types, structure(SUPER(intern(types, structure(0, false, 1, eq_const))), true, 1, any_const));
    expect_mismatch(types, structure(SUPER(intern(types, structure(0, false, 1, i8))), true, 1, i16));
    /* functions: parameters contravariant, results covariant */
    ValType any_ref = T_REF | T_NULL | H_ANY, eq_ref = T_REF | T_NULL | H_EQ;
    u32 f = intern(types, func(0, &eq_ref, &any_ref));
    intern(types, func(SUPER(f), &any_ref, &eq_ref));
    intern(types, func(SUPER(f), &eq_ref, &any_ref));
    u32 g = intern(types, func(0, &any_ref, &eq_ref));
    expect_mismatch(types, func(SUPER(g), &eq_ref, &eq_ref));
    expect_mismatch(types, func(SUPER(g), &any_ref, &any_ref));
    expect_mismatch(types, func(SUPER(g), &any_ref, NULL));
    expect_mismatch(types, func(SUPER(g), NULL, &eq_ref));
    expect_mismatch(types, func(SUPER(var), NULL, NULL));   /* another kind */
    /* what failed has left nothing behind */
    expect_mismatch(types, func(SUPER(var), NULL, NULL));
}

/* The second type of a group, a subtype of the first, has a field that refers to the first. */
static void test_group_subtypes(void **state)
{
    TypeRegistry *types = *state;
    Field base[] = { { REC(0), false, 0 } }, sub[] = { { REC(1), false, 0 } }, bad[] = { { T_I32, false, 0 } };
    TypeDraft group[] = { structure(0, false, 1, base), structure(SUPER_REC(0), true, 1, sub) };
    u32 ids[2];
    assert_int_equal(cw_types_intern(types, group, 2, ids, NULL), CWASM_OK);
    assert_true(cw_type_matches(cw_type_at(types, ids[1]), cw_type_at(types, ids[0])));
    group[1].fields = bad;
    assert_int_equal(cw_types_intern(types, group, 2, ids, NULL), CWASM_INVALID);
    assert_int_equal(ids[0], 1);
    TypeDraft forward[] = { structure(SUPER_REC(1), false, 1, base), structure(0, false, 1, base) };
    assert_int_equal(cw_types_intern(types, forward, 2, ids, NULL), CWASM_INVALID);
}

static void test_depth_limit(void **state)
{
    TypeRegistry *types = *state;
    u32 id = intern(types, structure(0, false, 0, NULL));
    for (int depth = 1; depth <= 63; depth++)
        id = intern(types, structure(SUPER(id), false, 0, NULL));
    TypeDraft deeper = structure(SUPER(id), false, 0, NULL);
    Error err;
    u32 out;
    assert_int_equal(cw_types_intern(types, &deeper, 1, &out, &err), CWASM_LIMIT);
}

/* Specification 3.3.3: row <: column, for the abstract heap types. */
static void test_lattice(void **state)
{
    TypeRegistry *types = *state;
    static const u32 heaps[] = { H_ANY, H_EQ, H_I31, H_STRUCT, H_ARRAY, H_NONE, H_FUNC, H_NOFUNC, H_EXTERN, H_NOEXTERN, H_EXN, H_NOEXN };
    static const char *const matrix[] = {
        "100000000000", "110000000000", "111000000000", "110100000000", "110010000000", "111111000000",
        "000000100000", "000000110000", "000000001000", "000000001100", "000000000010", "000000000011",
    };
    for (size_t i = 0; i < 12; i++)
        for (size_t k = 0; k < 12; k++)
            assert_int_equal(cw_heap_matches(types, heaps[i], heaps[k]), matrix[i][k] == '1');
    u32 f = intern(types, func(0, NULL, NULL)), s = intern(types, structure(0, true, 0, NULL));
    Field byte = { T_I8, true, 0 };
    TypeDraft array = { .kind = TYPE_ARRAY, .is_final = true, .n_fields = 1, .fields = &byte };
    u32 a = intern(types, array);
    struct { u32 id; const char *above, *below; } rows[] = {
        { f, "000000100000", "000000010000" }, { s, "110100000000", "000001000000" }, { a, "110010000000", "000001000000" },
    };
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 12; k++) {
            assert_int_equal(cw_heap_matches(types, SUPER(rows[i].id), heaps[k]), rows[i].above[k] == '1');
            assert_int_equal(cw_heap_matches(types, heaps[k], SUPER(rows[i].id)), rows[i].below[k] == '1');
        }
    }
    assert_true(cw_matches(types, T_NONE, T_I32));
    assert_true(cw_matches(types, T_NONE, T_FUNCREF));
    assert_false(cw_matches(types, T_I32, T_I64));
    assert_false(cw_matches(types, T_I32, T_FUNCREF));
    assert_false(cw_matches(types, T_FUNCREF, T_I32));
    assert_false(cw_matches(types, T_FUNCREF, T_EXTERNREF));
    assert_true(cw_matches(types, T_REF | H_FUNC, T_FUNCREF));
    assert_false(cw_matches(types, T_FUNCREF, T_REF | H_FUNC));
}

static void test_text(void **state)
{
    (void)state;
    static const struct { ValType t; const char *text; } rows[] = {
        { T_I32, "i32" }, { T_I64, "i64" }, { T_F32, "f32" }, { T_F64, "f64" }, { T_V128, "v128" }, { T_I8, "i8" }, { T_I16, "i16" },
        { T_NONE, "bottom" }, { T_FUNCREF, "funcref" }, { T_EXTERNREF, "externref" }, { T_EXNREF, "exnref" },
        { T_REF | T_NULL | H_ANY, "anyref" }, { T_REF | T_NULL | H_NONE, "nullref" }, { T_REF | H_I31, "(ref i31)" },
        { T_REF | H_NOEXTERN, "(ref noextern)" }, { T_CONCRETE_REF(5, true), "(ref null 5)" }, { T_CONCRETE_REF(5, false), "(ref 5)" },
    };
    char buf[32];
    for (size_t i = 0; i < CW_COUNT(rows); i++)
        assert_string_equal(cw_valtype_text(rows[i].t, buf, sizeof buf), rows[i].text);
    assert_string_equal(cw_valtype_text(T_FUNCREF, buf, 5), "func");
    /* the words of the public header */
    assert_int_equal(T_FUNCREF, CWASM_FUNCREF);
    assert_int_equal(T_EXTERNREF, CWASM_EXTERNREF);
}

/* Thousands of types: chunks, growing tables, ids stay. */
static void test_many(void **state)
{
    TypeRegistry *types = *state;
    enum { N = 5000 };
    static const Type *all[N];
    ValType params[16];
    for (u32 round = 0; round < 2; round++) {
        for (u32 i = 0; i < N; i++) {
            for (u32 k = 0; k < 16; k++)
                params[k] = (i >> k) & 1 ? T_I32 : T_F64;
            const Type *t = cw_types_func(types, params, 16, NULL, 0);
            if (round == 0)
                all[i] = t;
            assert_ptr_equal(t, all[i]);
        }
    }
}

enum { N_THREADS = 4, N_SHARED = 300 };

static void *intern_all(void *arg)
{
    TypeRegistry *types = ((void **)arg)[0];
    const Type **seen = ((void **)arg)[1];
    for (u32 i = 0; i < N_SHARED; i++) {
        ValType params[10];
        for (u32 k = 0; k < 10; k++)
            params[k] = (i >> k) & 1 ? T_I32 : T_I64;
        seen[i] = cw_types_func(types, params, 10, params, i % 10);
        if (!cw_type_matches(seen[i], cw_type_at(types, seen[i]->id)))
            return arg;
    }
    return NULL;
}

static void test_threads(void **state)
{
    static const Type *seen[N_THREADS][N_SHARED];
    pthread_t threads[N_THREADS];
    void *args[N_THREADS][2];
    for (size_t i = 0; i < N_THREADS; i++) {
        args[i][0] = *state;
        args[i][1] = seen[i];
        assert_int_equal(pthread_create(&threads[i], NULL, intern_all, args[i]), 0);
    }
    for (size_t i = 0; i < N_THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
        assert_memory_equal(seen[i], seen[0], sizeof seen[0]);
    }
}

static void test_failing_allocations(void **state)
{
    (void)state;
    Field fields[] = { { REC(0), false, 0 }, { T_I32, true, 0 } };
    for (size_t n = 0;; n++) {
        FAIL_ALLOC(f, n);
        TypeRegistry *types = cw_types_new(&f.alloc);
        bool done = types != NULL;
        for (u32 i = 0; types && i < 200; i++) {
            TypeDraft group[3] = { structure(0, false, 1, fields), structure(SUPER_REC(0), true, 2, fields) };
            ValType param = i & 1 ? T_I32 : T_F32, many[8];
            for (u32 k = 0; k < 8; k++)
                many[k] = (i >> k) & 1 ? T_I64 : T_F64;
            group[2] = func(0, &param, many);
            group[2].n_results = 8;
            u32 ids[3];
            Error err = { 0 };
            Status status = cw_types_intern(types, group, 3, ids, &err);
            if (status != CWASM_OK) {
                assert_int_equal(status, CWASM_NO_MEMORY);
                assert_int_equal(err.status, CWASM_NO_MEMORY);
                f.left = 100;   /* it works again afterwards */
                assert_int_equal(cw_types_intern(types, group, 3, ids, NULL), CWASM_OK);
                done = false;
                break;
            }
        }
        cw_types_free(types);
        assert_int_equal(f.out, 0);
        assert_false(f.wrong_size);
        if (done)
            break;
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_registry, free_registry)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_funcs), TEST(test_recursion_groups), TEST(test_layout), TEST(test_declared_subtypes), TEST(test_invalid_subtypes),
        TEST(test_group_subtypes), TEST(test_depth_limit), TEST(test_lattice), cmocka_unit_test(test_text), TEST(test_many),
        TEST(test_threads), cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
