/* guest.c - ends in one way or another; the comments say which line each frame is in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__asm__(".tagtype __cpp_exception i32\n.globl __cpp_exception\n__cpp_exception:\n");

static int numbers[] = { 1, 2, 3 };

__attribute__((noinline)) static int divide(int a, int b)
{
    return a / b;   /* frame: divide */
}

__attribute__((noinline)) static int average(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += numbers[i];
    return divide(
        sum, n);   /* the call begins a line before */
}

__attribute__((noinline)) static void throws(void)
{
    __builtin_wasm_throw(0, numbers);   /* frame: throws */
}

__attribute__((noinline)) static int deeper(int n)
{
    return n == 0 ? divide(n, n) : deeper(n - 1) + 1;   /* frame: deeper */
}

/* Overwrites the file that this program came from. */
static void overwrite(const char *path, int with)
{
    FILE *file = fopen(path, "r+");
    if (!file)
        exit(3);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    for (long i = 0; i < size; i++)
        putc(with, file);
    if (fclose(file))
        exit(4);
}

int main(int argc, char **argv)
{
    if (argc > 2)
        overwrite(argv[2], argc > 3 ? atoi(argv[3]) : 0);
    if (argc > 1 && strcmp(argv[1], "print") == 0)
        return puts("hello") < 0;
    if (argc > 1 && strcmp(argv[1], "throw") == 0)
        throws();   /* frame: main */
    if (argc > 1 && strcmp(argv[1], "deep") == 0)
        return deeper(300);
    printf("%d\n", average(0));
    return 0;
}
