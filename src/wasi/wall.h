/* wall.h - confining the process (see cwasm_wasi_confine in cwasm.h): what wall.c asks of the system. */
#ifndef CW_WASI_WALL_H
#define CW_WASI_WALL_H

#include "base/platform.h"

/* A host directory (or file) that the guest holds. */
typedef struct WallRoot {
    int fd;
    bool read_only, directory;
} WallRoot;

typedef struct WallPlan {
    unsigned walls;          /* CWASM_WALL_* */
    const WallRoot *roots;
    size_t n_roots;
    bool net;                /* the guest may make sockets */
    bool sockets;            /* it holds some, or may make some */
    bool terminal;           /* a terminal is among its streams */
} WallPlan;

/* Puts up what can be put up: gives the walls that stand. *why: why another one does not; untouched if all do. */
unsigned cw_wall_raise(const WallPlan *plan, const char **why);

#endif
