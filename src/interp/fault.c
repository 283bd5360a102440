/*
 * fault.c - the handler for SIGSEGV and SIGBUS, installed once per process by engines with guard pages.
 *
 * It acts only on addresses inside the reservation of a guest memory while this thread runs guest code of its store (or of any that a shared
 * one may belong to); every other fault goes to the handler that was there before. It leaves guest code by longjmp to the entry (interp.c), which is safe because
 * handlers hold no locks and own nothing. SA_NODEFER spares saving the signal mask at each entry.
 */
#include "interp/interp.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>

static struct sigaction before_segv, before_bus;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool installed;

static void pass_on(int sig, siginfo_t *info, void *context)
{
    const struct sigaction *before = sig == SIGSEGV ? &before_segv : &before_bus;
    if (before->sa_flags & SA_SIGINFO) {
        before->sa_sigaction(sig, info, context);
    } else if (before->sa_handler == SIG_DFL || before->sa_handler == SIG_IGN) {
        signal(sig, SIG_DFL);   /* returning runs the faulting instruction again */
    } else {
        before->sa_handler(sig);
    }
}

/* Tail calls with preserve_none have the state of guest code in known registers, unless checks of the compiler are between. */
#if defined(__x86_64__) && defined(__linux__) && defined(CW_PRESERVE_NONE) && !defined(CW_INSTRUMENTED)
#define KNOWN_REGISTERS 1
#else
#define KNOWN_REGISTERS 0
#endif

bool cw_locates_faults(const Dispatch *dispatch) { return KNOWN_REGISTERS && dispatch->kind == CWASM_DISPATCH_TAIL; }

static void locate(const Store *store, Activation *a, const void *context)
{
    a->pc = NULL;
#if KNOWN_REGISTERS
    const ucontext_t *u = context;
    Instance *inst = (Instance *)(uintptr_t)u->uc_mcontext.gregs[REG_R12];
    const u64 *fp = (const u64 *)(uintptr_t)u->uc_mcontext.gregs[REG_RSI];
    bool known = false;   /* a register may hold anything if the fault was in a function that a handler called */
    for (const Instance *i = store->instances; i && !known; i = i->next)
        known = i == inst;
    if (known && fp >= a->base && fp < store->stack_limit) {
        a->inst = inst;
        a->pc = (const u8 *)(uintptr_t)u->uc_mcontext.gregs[REG_RDI];
        a->fp = (u64 *)(uintptr_t)u->uc_mcontext.gregs[REG_RSI];
    }
#else
    (void)store;
    (void)context;
#endif
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    Memory *memory;
    u64 guest_address;
    if (!cw_guard_find(info->si_addr, &memory, &guest_address)) {
        pass_on(sig, info, context);
        return;
    }
    Activation *a = cw_guarded_activation;
    if (!a || a->in_host || !a->fault_exit || (memory->store && memory->store != a->store)) {
        pass_on(sig, info, context);
        return;
    }
    const Store *store = a->store;
    a->trap = CWASM_TRAP_MEMORY_OUT_OF_BOUNDS | TRAP_HAS_DETAIL | guest_address << TRAP_DETAIL_SHIFT;
    locate(store, a, context);
    _longjmp(*(jmp_buf *)a->fault_exit, 1);
}

static void install(void)
{
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK };
    sigemptyset(&action.sa_mask);
    installed = sigaction(SIGSEGV, &action, &before_segv) == 0 && sigaction(SIGBUS, &action, &before_bus) == 0;
}

bool cw_guard_install(void)
{
    pthread_once(&once, install);
    return installed;
}
