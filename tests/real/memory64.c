/* A program for 64-bit memories: a table beyond 4 GiB is asked for, what lies in it is summed. */
__attribute__((export_name("sum"))) unsigned long long sum(unsigned n)
{
    static unsigned char page[1 << 16];
    unsigned long long total = 0;
    unsigned char *far = (unsigned char *)(__builtin_wasm_memory_size(0) << 16);
    if (__builtin_wasm_memory_grow(0, 1) == (unsigned long)-1)
        return 0;
    for (unsigned i = 0; i < sizeof page; i++)
        page[i] = far[i] = (unsigned char)(i * n);
    for (unsigned i = 0; i < sizeof page; i++)
        total += page[i] + ((unsigned long long)far[sizeof page - 1 - i] << 32);
    return total;
}
