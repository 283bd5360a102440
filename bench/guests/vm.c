/* A register bytecode interpreter with a big switch, running prime counting, Collatz and a small array program: what an
   interpreter inside an interpreter costs (br_table, loads of code, a register file in memory). */
#include "guest.h"

enum Op { SET, MOV, ADD, SUB, MUL, REM, AND, SHR, LT, EQ, ADDI, JZ, JNZ, JMP, LD, ST, CALL, RET, HALT };
typedef struct { u8 op, a, b, c; } Ins; /* c is also a small constant or a target */

static int32_t heap[4096];

static NOINLINE int32_t run(const Ins *code, int32_t argument) {
    int32_t r[16] = {argument};
    const Ins *stack[16], *pc = code;
    int depth = 0;
    for (;;) {
        Ins i = *pc++;
        switch ((enum Op)i.op) {
        case SET: r[i.a] = (int8_t)i.b * 256 + i.c; break;
        case MOV: r[i.a] = r[i.b]; break;
        case ADD: r[i.a] = (int32_t)((u32)r[i.b] + (u32)r[i.c]); break;
        case SUB: r[i.a] = (int32_t)((u32)r[i.b] - (u32)r[i.c]); break;
        case MUL: r[i.a] = (int32_t)((u32)r[i.b] * (u32)r[i.c]); break;
        case REM: r[i.a] = r[i.b] % r[i.c]; break;
        case AND: r[i.a] = r[i.b] & r[i.c]; break;
        case SHR: r[i.a] = (int32_t)((u32)r[i.b] >> (r[i.c] & 31)); break;
        case LT: r[i.a] = r[i.b] < r[i.c]; break;
        case EQ: r[i.a] = r[i.b] == r[i.c]; break;
        case ADDI: r[i.a] = (int32_t)((u32)r[i.b] + (u32)(int32_t)(int8_t)i.c); break;
        case JZ: if (r[i.a] == 0) pc = code + i.c; break;
        case JNZ: if (r[i.a] != 0) pc = code + i.c; break;
        case JMP: pc = code + i.c; break;
        case LD: r[i.a] = heap[(r[i.b] + i.c) & 4095]; break;
        case ST: heap[(r[i.b] + i.c) & 4095] = r[i.a]; break;
        case CALL: stack[depth++ & 15] = pc; pc = code + i.c; break;
        case RET: pc = stack[--depth & 15]; break;
        case HALT: return r[i.a];
        }
    }
}

/* r0: limit; counts primes below it by trial division */
static const Ins primes[] = {
    {SET, 1, 0, 0}, {SET, 2, 0, 2},                                                  /* count, n */
    {LT, 9, 2, 0}, {JZ, 9, 0, 16}, {SET, 3, 0, 2},                                   /* 2: while n < limit, d = 2 */
    {MUL, 4, 3, 3}, {LT, 9, 2, 4}, {JNZ, 9, 0, 13}, {REM, 5, 2, 3}, {JZ, 5, 0, 14}, /* 5: d*d > n: prime; n % d */
    {ADDI, 3, 3, 1}, {JMP, 0, 0, 5}, {HALT, 0, 0, 0},
    {ADDI, 1, 1, 1}, {ADDI, 2, 2, 1}, {JMP, 0, 0, 2}, {HALT, 1, 0, 0}};

/* r0: how many starts; sums the lengths of their Collatz sequences, through a subroutine */
static const Ins collatz[] = {
    {SET, 1, 0, 0}, {SET, 7, 0, 1}, {SET, 8, 0, 3}, {MOV, 2, 0, 0},
    {CALL, 0, 0, 8}, {ADDI, 2, 2, 255}, {JNZ, 2, 0, 4}, {HALT, 1, 0, 0},
    {MOV, 3, 2, 0}, {EQ, 9, 3, 7}, {JNZ, 9, 0, 18}, {ADDI, 1, 1, 1}, {AND, 9, 3, 7}, {JZ, 9, 0, 16}, /* 8: one sequence */
    {MUL, 3, 3, 8}, {ADDI, 3, 3, 0}, {AND, 9, 3, 7}, {JNZ, 9, 0, 19},
    {RET, 0, 0, 0}, {JZ, 9, 0, 22}, {ADD, 3, 3, 7}, {JMP, 0, 0, 9}, {SHR, 3, 3, 7}, {JMP, 0, 0, 9}};

/* r0: passes; a linear congruence written into and summed out of the heap */
static const Ins arrays[] = {
    {SET, 1, 0, 0}, {SET, 5, 4, 0}, {SET, 6, 16, 77}, {SET, 7, 0, 3}, {MOV, 4, 0, 0},
    {SET, 2, 0, 0},
    {LD, 3, 2, 1}, {MUL, 3, 3, 6}, {ADD, 3, 3, 2}, {SHR, 8, 3, 7}, {ADD, 3, 3, 8}, {ST, 3, 2, 0}, {ADD, 1, 1, 3}, /* 6 */
    {ADDI, 2, 2, 1}, {LT, 9, 2, 5}, {JNZ, 9, 0, 6},
    {ADDI, 4, 4, 255}, {JNZ, 4, 0, 5}, {HALT, 1, 0, 0}};

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 8); n > 0; n--) {
        sum = mix(sum, (u32)run(primes, 12000));
        sum = mix(sum, (u32)run(collatz, 3000));
        sum = mix(sum, (u32)run(arrays, 120));
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
