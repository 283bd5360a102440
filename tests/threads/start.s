# The export wasi_thread_start(tid, thread): a new instance has the main thread's stack pointer, which only assembly can change before C runs.
    .globaltype __stack_pointer, i32
    .functype thread_start (i32, i32) -> ()
    .section .text.wasi_thread_start,"",@
    .globl wasi_thread_start
    .type wasi_thread_start,@function
    .export_name wasi_thread_start, wasi_thread_start
wasi_thread_start:
    .functype wasi_thread_start (i32, i32) -> ()
    local.get 1
    i32.load 0
    global.set __stack_pointer
    local.get 0
    local.get 1
    call thread_start
    end_function
