/* test_fuel.c - fuel runs out at the same place whatever runs the code; interruption ends every kind of endless code, soon. */
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "cm.h"
#include "fixture.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Counts its progress in a global and in memory, through loops, calls, indirect calls, tail calls and br_table. */
static const char work_wat[] =
    "(module (memory (export \"memory\") 1) (table 2 funcref) (elem (i32.const 0) $leaf $odd)"
    "  (global $g (export \"g\") (mut i32) (i32.const 0))"
    "  (func $tick global.get $g i32.const 1 i32.add global.set $g"
    "    global.get $g i32.const 255 i32.and global.get $g i32.store8)"
    "  (func $leaf (param i32) (result i32) call $tick local.get 0 i32.const 3 i32.mul)"
    "  (func $even (param i32) (result i32) call $tick local.get 0 i32.eqz if i32.const 1 return end"
    "    local.get 0 i32.const 1 i32.sub return_call $odd)"
    "  (func $odd (param i32) (result i32) call $tick local.get 0 i32.eqz if i32.const 0 return end"
    "    local.get 0 i32.const 1 i32.sub return_call $even)"
    "  (func $fib (param i32) (result i32) call $tick local.get 0 i32.const 2 i32.lt_s if local.get 0 return end"
    "    local.get 0 i32.const 1 i32.sub call $fib local.get 0 i32.const 2 i32.sub call $fib i32.add)"
    "  (func (export \"run\") (result i32) (local $i i32) (local $s i32)"
    "    loop $l"
    "      call $tick"
    "      local.get $s local.get $i i32.const 0 call_indirect (param i32) (result i32) i32.add local.set $s"
    "      block $c block $b block $a local.get $i i32.const 3 i32.rem_u br_table $a $b $c end"
    "        local.get $s i32.const 6 call $fib i32.add local.set $s end"
    "        local.get $s local.get $i i32.const 1 call_indirect (param i32) (result i32) i32.add local.set $s end"
    "      block loop local.get $s i32.const 1 i32.and br_if 1 local.get $s i32.const 1 i32.shr_u local.tee $s br_if 0 end end"
    "      local.get $i i32.const 1 i32.add local.tee $i i32.const 12 i32.lt_s br_if $l"
    "    end"
    "    local.get $s))";

typedef struct Outcome {
    cwasm_status status;
    int32_t result, ticks;
    uint64_t left, offset;
    uint32_t func_index;
    uint32_t hash;
} Outcome;

static Outcome run_with(const Variant *v, Wasm wasm, uint64_t fuel)
{
    Fixture f;
    cwasm_val r = cwasm_i32(0);
    Outcome o = { 0 };
    fixture_open(&f, v, wasm);
    fixture_instantiate(&f);
    cwasm_store_set_fuel(f.store, fuel);
    assert_true(cwasm_store_fuel(f.store) == fuel);
    o.status = fixture_call(&f, "run", NO_ARGS, &r, 1);
    o.left = cwasm_store_fuel(f.store);
    o.result = r.of.i32;
    o.ticks = cwasm_global_get(cwasm_instance_global(f.instance, "g")).of.i32;
    const uint8_t *memory = cwasm_memory_view(cwasm_instance_memory(f.instance, "memory"), 0, 256);
    for (int i = 0; i < 256; i++)
        o.hash = o.hash * 31 + memory[i];
    if (o.status) {
        const cwasm_trap *trap = cwasm_store_trap(f.store);
        assert_int_equal(o.status, CWASM_TRAP);
        assert_int_equal(trap->code, CWASM_TRAP_OUT_OF_FUEL);
        assert_begins("all fuel consumed", f.err.message);
        o.offset = trap->frames[0].offset;
        o.func_index = trap->frames[0].func_index;
    }
    fixture_close(&f);
    return o;
}

/* Only the variants that count fuel. */
static const Variant *fuel_variant(size_t i)
{
    const Variant *v;
    for (size_t k = 0; (v = variant_get(k)); k++)
        if (v->fuel && i-- == 0)
            return v;
    return NULL;
}

static void test_same_place(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(work_wat);
    const Variant *v, *first = fuel_variant(0);
    Outcome whole = run_with(first, wasm, INT64_MAX);
    uint64_t needed = INT64_MAX - whole.left;
    assert_int_equal(whole.status, CWASM_OK);
    assert_true(needed > 300 && needed < 100000);
    assert_true(whole.ticks > 100);
    for (uint64_t fuel = 0; fuel <= needed + 2; fuel += fuel < 100 || fuel + 20 > needed ? 1 : 13) {
        Outcome one = run_with(first, wasm, fuel);
        assert_int_equal(one.status, fuel < needed ? CWASM_TRAP : CWASM_OK);
        if (fuel >= needed)
            assert_true(one.left == fuel - needed && one.result == whole.result && one.ticks == whole.ticks);
        for (size_t i = 1; (v = fuel_variant(i)); i++) {
            Outcome other = run_with(v, wasm, fuel);
            if (one.status != other.status || one.result != other.result || one.ticks != other.ticks || one.left != other.left ||
                one.offset != other.offset || one.func_index != other.func_index || one.hash != other.hash)
                fail_msg("fuel %llu: %s: trap at function %u offset 0x%llx after %d ticks with %llu left, expected function %u offset 0x%llx after "
                         "%d ticks with %llu left", (unsigned long long)fuel, variant_name(v), other.func_index,
                         (unsigned long long)other.offset, other.ticks, (unsigned long long)other.left, one.func_index,
                         (unsigned long long)one.offset, one.ticks, (unsigned long long)one.left);
        }
    }
    free(wasm.bytes);
}

/* A store out of fuel goes on when it gets more. A new store has none. */
static void test_refuel(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(work_wat);
    const Variant *v;
    for (size_t i = 0; (v = fuel_variant(i)); i++) {
        Fixture f;
        cwasm_val r;
        fixture_open(&f, v, wasm);
        cwasm_store *fresh;
        assert_ok(cwasm_store_new(f.engine, &fresh, &f.err), &f.err);
        assert_true(cwasm_store_fuel(fresh) == 0);
        cwasm_store_free(fresh);
        fixture_instantiate(&f);
        cwasm_store_set_fuel(f.store, 0);
        assert_status(CWASM_TRAP, fixture_call(&f, "run", NO_ARGS, &r, 1), &f.err);
        assert_int_equal(cwasm_global_get(cwasm_instance_global(f.instance, "g")).of.i32, 0);
        cwasm_store_set_fuel(f.store, 50);
        assert_status(CWASM_TRAP, fixture_call(&f, "run", NO_ARGS, &r, 1), &f.err);
        cwasm_store_set_fuel(f.store, 1000000);
        assert_ok(fixture_call(&f, "run", NO_ARGS, &r, 1), &f.err);
        assert_true(cwasm_store_fuel(f.store) < 1000000);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* Endless in every way there is. */
static const char endless_wat[] =
    "(module (import \"h\" \"nothing\" (func $host (param i32) (result i32)))"
    "  (memory 1) (table 2 funcref) (type $v (func)) (elem (i32.const 0) $ind $tail-ind)"
    "  (func (export \"br\") (loop br 0))"
    "  (func (export \"br_if const\") (loop i32.const 1 br_if 0))"
    "  (func (export \"br_if local\") (local i32) i32.const 1 local.set 0 (loop local.get 0 br_if 0))"
    "  (func (export \"latch\") (local i32) (loop local.get 0 i32.const 1 i32.add local.tee 0 i32.const -1 i32.ne br_if 0"
    "    i32.const 0 local.set 0 br 0))"
    "  (func (export \"latch down\") (local i64) (loop local.get 0 i64.const 1 i64.sub local.tee 0 i64.eqz i32.eqz br_if 0 br 0))"
    "  (func (export \"compare\") (local i32 i32) (loop local.get 0 local.get 1 i32.eq br_if 0))"
    "  (func (export \"br_table\") (loop block i32.const 1 br_table 0 1 0 end br 0))"
    "  (func (export \"br_table default\") (loop i32.const 9 br_table 0 0))"
    "  (func (export \"if\") (loop (if (i32.const 1) (then (br 1)))))"
    "  (func (export \"else\") (loop (if (i32.const 0) (then) (else (br 1)))))"
    "  (func (export \"values\") (loop (result i32) i32.const 1 drop br 0) drop)"
    "  (func (export \"params\") i32.const 0 (loop (param i32) i32.const 1 i32.add br 0))"
    "  (func (export \"params br_if\") i32.const 0 (loop (param i32) (result i32) i32.const 2 i32.add i32.const 1 br_if 0) drop)"
    "  (func (export \"nested\") (loop (loop (br_if 0 (i32.const 0))) (br 0)))"
    "  (func (export \"inner\") (loop (block (loop (br_if 1 (i32.const 1)))) (br 0)))"
    "  (func $self (export \"tail\") return_call $self)"
    "  (func $ping (export \"tail pair\") (param i32) (result i32) local.get 0 return_call $pong)"
    "  (func $pong (param i32) (result i32) local.get 0 return_call $ping)"
    "  (func $ind (export \"tail indirect\") i32.const 0 return_call_indirect (type $v))"
    "  (func $tail-ind (param i32))"
    "  (func $leaf)"
    "  (func (export \"calls\") (loop call $leaf br 0))"
    "  (func (export \"indirect calls\") (loop i32.const 0 i32.const 1 call_indirect (param i32) br 0))"
    "  (func (export \"host calls\") (loop i32.const 0 call $host br_if 0 br 0))"
    "  (func (export \"fills\") (loop i32.const 0 i32.const 1 i32.const 65536 memory.fill br 0))"
    "  (func (export \"memory\") (loop i32.const 0 i32.const 0 i32.load i32.const 1 i32.add i32.store br 0))"
    "  (func $twice (param i32) local.get 0 i32.eqz br_if 0 local.get 0 i32.const 1 i32.sub call $twice local.get 0 i32.const 1 i32.sub call $twice)"
    "  (func (export \"recursion\") i32.const 200 call $twice))";

static cwasm_trap_code nothing(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller, (void)slots;
    return CWASM_TRAP_NONE;
}

static void open_endless(Fixture *f, const Variant *v, Wasm wasm)
{
    fixture_open(f, v, wasm);
    assert_ok(cwasm_linker_define_func(f->linker, "h", "nothing", "i:i", nothing, NULL, &f->err), &f->err);
    fixture_instantiate(f);
}

static cwasm_status call_endless(Fixture *f, const char *name)
{
    cwasm_val arg = cwasm_i32(0), r;
    cwasm_functype type = cwasm_func_type(cwasm_instance_func(f->instance, name));
    return fixture_call(f, name, &arg, type.n_params, &r, type.n_results);
}

static const char *endless_name(const Fixture *f, size_t i)
{
    static char name[64];
    if (i >= cwasm_module_n_exports(f->module))
        return NULL;
    cwasm_export export = cwasm_module_export(f->module, i);
    snprintf(name, sizeof name, "%.*s", (int)export.name_size, export.name);
    return name;
}

static void test_endless_fuel(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(endless_wat);
    const Variant *v;
    for (size_t i = 0; (v = fuel_variant(i)); i++) {
        Fixture f;
        const char *name;
        open_endless(&f, v, wasm);
        for (size_t k = 0; (name = endless_name(&f, k)); k++) {
            cwasm_store_set_fuel(f.store, 20000);
            cwasm_status status = call_endless(&f, name);
            if (status != CWASM_TRAP || cwasm_store_trap(f.store)->code != CWASM_TRAP_OUT_OF_FUEL)
                fail_msg("%s, %s: %s: %s", variant_name(v), name, cwasm_status_name(status), f.err.message);
        }
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* ---- Interruption ---- */

typedef struct Interrupter {
    cwasm_store *store;
    double at;
} Interrupter;

static void *interrupt_soon(void *arg)
{
    Interrupter *in = arg;
    usleep(3000);
    in->at = now();
    cwasm_store_interrupt(in->store);
    return NULL;
}

static void test_interrupt(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(endless_wat);
    const Variant *v;
    double worst = 0;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        const char *name;
        if (!v->interruption || v->compile == CWASM_COMPILE_EAGER)
            continue;
        open_endless(&f, v, wasm);
        for (size_t k = 0; (name = endless_name(&f, k)); k++) {
            pthread_t thread;
            Interrupter in = { f.store, 0 };
            assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, &in), 0);
            cwasm_status status = call_endless(&f, name);
            double end = now();
            pthread_join(thread, NULL);
            if (status != CWASM_TRAP || cwasm_store_trap(f.store)->code != CWASM_TRAP_INTERRUPTED)
                fail_msg("%s, %s: %s: %s", variant_name(v), name, cwasm_status_name(status), f.err.message);
            assert_begins("interrupted", f.err.message);
            if (end - in.at > worst)
                worst = end - in.at;
            if (end - in.at > 1)
                fail_msg("%s, %s: %.3f s from the interruption to the trap", variant_name(v), name, end - in.at);
        }
        /* it is gone once it was seen */
        cwasm_store_set_fuel(f.store, 1000);
        cwasm_store_interrupt(f.store);
        assert_status(CWASM_TRAP, call_endless(&f, "br"), &f.err);
        assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_INTERRUPTED);
        if (v->fuel) {
            assert_status(CWASM_TRAP, call_endless(&f, "br"), &f.err);
            assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_OUT_OF_FUEL);
            /* taken back before any code saw it */
            cwasm_store_set_fuel(f.store, 1000);
            cwasm_store_interrupt(f.store);
            cwasm_store_clear_interrupt(f.store);
            assert_status(CWASM_TRAP, call_endless(&f, "br"), &f.err);
            assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_OUT_OF_FUEL);
        }
        fixture_close(&f);
    }
    printf("longest time from interruption to trap: %.1f ms\n", worst * 1e3);
    free(wasm.bytes);
}

static cwasm_store *alarm_store;

static void on_alarm(int signal_number)
{
    (void)signal_number;
    cwasm_store_interrupt(alarm_store);
}

/* A timeout by a signal handler. */
static void test_timeout(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(endless_wat);
    Fixture f;
    cwasm_config *config = cwasm_config_new();
    cwasm_config_interruption(config, true);
    memset(&f, 0, sizeof f);
    assert_ok(cwasm_engine_new(config, &f.engine, &f.err), &f.err);
    cwasm_config_free(config);
    assert_ok(cwasm_module_new_borrowed(f.engine, wasm.bytes, wasm.size, &f.module, &f.err), &f.err);
    assert_ok(cwasm_store_new(f.engine, &f.store, &f.err), &f.err);
    assert_ok(cwasm_linker_new(f.engine, &f.linker, &f.err), &f.err);
    assert_ok(cwasm_linker_define_func(f.linker, "h", "nothing", "i:i", nothing, NULL, &f.err), &f.err);
    fixture_instantiate(&f);
    struct sigaction action = { .sa_handler = on_alarm }, old;
    struct itimerval in_20_ms = { .it_value = { .tv_usec = 20000 } };
    alarm_store = f.store;
    sigaction(SIGALRM, &action, &old);
    setitimer(ITIMER_REAL, &in_20_ms, NULL);
    double start = now();
    assert_status(CWASM_TRAP, call_endless(&f, "nested"), &f.err);
    assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_INTERRUPTED);
    assert_true(now() - start < 1.5);
    sigaction(SIGALRM, &old, NULL);
    fixture_close(&f);
    free(wasm.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_place), cmocka_unit_test(test_refuel),  cmocka_unit_test(test_endless_fuel),
        cmocka_unit_test(test_interrupt),  cmocka_unit_test(test_timeout),
    };
    return RUN(tests);
}
