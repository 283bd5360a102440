/*
 * count_pairs.h - which instruction follows which, for tools/find_pairs.py: part of dispatch_switch.c in builds with -DCW_COUNT_PAIRS, which are
 * for nothing else.
 *
 * The counts are in a file that is mapped, so that a guest may end as it likes. Its name is in the environment; it has (N_IR + 1) words for each of N_IR
 * instructions: how often it was dispatched with that one behind it, and last how often in all. Instructions that are a pair with the
 * one before them are not dispatched.
 */
#ifndef CW_INTERP_COUNT_PAIRS_H
#define CW_INTERP_COUNT_PAIRS_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "code/pair.h"

static u64 (*counts)[N_IR + 1];

static void count_instruction(const Ins *pc)
{
    static const u8 *next;       /* where the last instruction ends, */
    static u32 before = N_IR;    /* what it was, or N_IR if it cannot begin a pair any more */
    u32 op = (u32)pc->handler;
    if (!counts) {
        const char *path = getenv("CW_COUNT_PAIRS");
        int fd = path ? open(path, O_RDWR) : -1;
        void *p = fd < 0 ? MAP_FAILED : mmap(NULL, N_IR * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (p == MAP_FAILED)
            abort();
        counts = p;
    }
    bool follows = before != N_IR && (const u8 *)pc == next;
    if (follows)
        counts[before][op]++;
    if (follows && cw_pair_of(before, op)) {
        before = N_IR;
    } else {
        counts[op][N_IR]++;
        before = op;
    }
    next = (const u8 *)pc + cw_ir_size[op];
}

#endif
