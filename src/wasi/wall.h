/* wall.h - confining the process (see cwasm_wasi_confine in cwasm.h): what wall.c asks of the system. */
#ifndef CW_WASI_WALL_H
#define CW_WASI_WALL_H

#include "base/platform.h"

/* A host directory (or file) that the guest holds. */
typedef struct WallRoot {
    int fd;
    bool read_only, directory;
} WallRoot;

enum { WALL_BIND = 1, WALL_CONNECT = 2 };   /* Landlock's numbers */
typedef struct WallPort {
    u16 port;
    u16 use;   /* WALL_BIND or WALL_CONNECT, by TCP */
} WallPort;

typedef struct WallPlan {
    unsigned walls;          /* CWASM_WALL_* */
    const WallRoot *roots;
    size_t n_roots;
    bool paths;              /* calls that take a path are of use: there are roots, or FILES is not asked for */
    bool net;                /* the guest may make sockets */
    const WallPort *ports;   /* all that it may use then, unless ... */
    size_t n_ports;
    unsigned any_port;       /* ... there are too many: WALL_* */
    bool sockets;            /* it holds some, or may make some */
} WallPlan;

/* An instruction of a filter of system calls, as the kernel has them. */
typedef struct WallIns {
    u16 code;
    u8 yes, no;
    u32 k;
} WallIns;
enum { WALL_MAX_INS = 128 };
/* The filter for a plan: how many instructions it has, 0 where there is none for this processor. */
u16 cw_wall_make_filter(const WallPlan *plan, WallIns made[WALL_MAX_INS]);
/* The same, if it is at hand, or NULL. */
const WallIns *cw_wall_ready_filter(const WallPlan *plan, u16 *n);

enum { N_WALLS = 3, WALL_SHORT = 64 };
/* Puts up what can be put up: gives the walls that stand, with WALL_SHORT if one could not be put up for want of memory or descriptors. why: for files, code and calls why they do not, else untouched. */
unsigned cw_wall_raise(const WallPlan *plan, const char *why[N_WALLS]);

#endif
