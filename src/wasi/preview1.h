/*
 * preview1.h - the numbers of WASI preview 1: error numbers, rights, file types, flags. Nothing here does anything.
 *
 * Names are those of the specification (wasi_snapshot_preview1.witx) in capitals; preview 0 differs in three layouts, see p1_fd.c,
 * p1_path.c and p1_poll.c.
 */
#ifndef CW_WASI_PREVIEW1_H
#define CW_WASI_PREVIEW1_H

#include "base/platform.h"

/* What a call tells the guest. ERRNO_SUCCESS is 0. */
typedef u16 Errno;
enum {
#define ERRNO(id, number, host, text) ERRNO_##id = number,
#define ERRNO_OWN(id, number, text) ERRNO_##id = number,
#include "wasi/errno.def"
#undef ERRNO
#undef ERRNO_OWN
};

/* ---- Rights ---- */

typedef u64 Rights;
#define RIGHT_FD_DATASYNC             ((Rights)1 << 0)
#define RIGHT_FD_READ                 ((Rights)1 << 1)
#define RIGHT_FD_SEEK                 ((Rights)1 << 2)    /* implies RIGHT_FD_TELL */
#define RIGHT_FD_FDSTAT_SET_FLAGS     ((Rights)1 << 3)
#define RIGHT_FD_SYNC                 ((Rights)1 << 4)
#define RIGHT_FD_TELL                 ((Rights)1 << 5)
#define RIGHT_FD_WRITE                ((Rights)1 << 6)
#define RIGHT_FD_ADVISE               ((Rights)1 << 7)
#define RIGHT_FD_ALLOCATE             ((Rights)1 << 8)
#define RIGHT_PATH_CREATE_DIRECTORY   ((Rights)1 << 9)
#define RIGHT_PATH_CREATE_FILE        ((Rights)1 << 10)
#define RIGHT_PATH_LINK_SOURCE        ((Rights)1 << 11)
#define RIGHT_PATH_LINK_TARGET        ((Rights)1 << 12)
#define RIGHT_PATH_OPEN               ((Rights)1 << 13)
#define RIGHT_FD_READDIR              ((Rights)1 << 14)
#define RIGHT_PATH_READLINK           ((Rights)1 << 15)
#define RIGHT_PATH_RENAME_SOURCE      ((Rights)1 << 16)
#define RIGHT_PATH_RENAME_TARGET      ((Rights)1 << 17)
#define RIGHT_PATH_FILESTAT_GET       ((Rights)1 << 18)
#define RIGHT_PATH_FILESTAT_SET_SIZE  ((Rights)1 << 19)
#define RIGHT_PATH_FILESTAT_SET_TIMES ((Rights)1 << 20)
#define RIGHT_FD_FILESTAT_GET         ((Rights)1 << 21)
#define RIGHT_FD_FILESTAT_SET_SIZE    ((Rights)1 << 22)
#define RIGHT_FD_FILESTAT_SET_TIMES   ((Rights)1 << 23)
#define RIGHT_PATH_SYMLINK            ((Rights)1 << 24)
#define RIGHT_PATH_REMOVE_DIRECTORY   ((Rights)1 << 25)
#define RIGHT_PATH_UNLINK_FILE        ((Rights)1 << 26)
#define RIGHT_POLL_FD_READWRITE       ((Rights)1 << 27)
#define RIGHT_SOCK_SHUTDOWN           ((Rights)1 << 28)
#define RIGHT_SOCK_ACCEPT             ((Rights)1 << 29)

/* Rights that mean something for each kind of object. */
#define RIGHTS_STREAM                                                                                            \
    (RIGHT_FD_READ | RIGHT_FD_WRITE | RIGHT_FD_FDSTAT_SET_FLAGS | RIGHT_FD_FILESTAT_GET | RIGHT_FD_SYNC |          \
     RIGHT_FD_DATASYNC | RIGHT_POLL_FD_READWRITE)
#define RIGHTS_FILE                                                                                              \
    (RIGHTS_STREAM | RIGHT_FD_SEEK | RIGHT_FD_TELL | RIGHT_FD_ADVISE | RIGHT_FD_ALLOCATE |                         \
     RIGHT_FD_FILESTAT_SET_SIZE | RIGHT_FD_FILESTAT_SET_TIMES)
#define RIGHTS_DIR                                                                                               \
    (RIGHT_FD_FDSTAT_SET_FLAGS | RIGHT_FD_SYNC | RIGHT_FD_DATASYNC | RIGHT_PATH_CREATE_DIRECTORY |                 \
     RIGHT_PATH_CREATE_FILE | RIGHT_PATH_LINK_SOURCE | RIGHT_PATH_LINK_TARGET | RIGHT_PATH_OPEN | RIGHT_FD_READDIR | \
     RIGHT_PATH_READLINK | RIGHT_PATH_RENAME_SOURCE | RIGHT_PATH_RENAME_TARGET | RIGHT_PATH_FILESTAT_GET |         \
     RIGHT_PATH_FILESTAT_SET_SIZE | RIGHT_PATH_FILESTAT_SET_TIMES | RIGHT_FD_FILESTAT_GET |                        \
     RIGHT_FD_FILESTAT_SET_TIMES | RIGHT_PATH_SYMLINK | RIGHT_PATH_REMOVE_DIRECTORY | RIGHT_PATH_UNLINK_FILE)
#define RIGHTS_SOCKET                                                                                            \
    (RIGHT_FD_READ | RIGHT_FD_WRITE | RIGHT_FD_FDSTAT_SET_FLAGS | RIGHT_FD_FILESTAT_GET | RIGHT_POLL_FD_READWRITE | \
     RIGHT_SOCK_SHUTDOWN | RIGHT_SOCK_ACCEPT)
/* What can be asked of something found by path; other bits are passed over. */
#define RIGHTS_BY_PATH (RIGHTS_DIR | RIGHTS_FILE)
/* Taken from a read-only tree. PATH_LINK_SOURCE is among them: a hard link in a writable tree would make the file writable. */
#define RIGHTS_CHANGE                                                                                            \
    (RIGHT_FD_WRITE | RIGHT_FD_ALLOCATE | RIGHT_PATH_CREATE_DIRECTORY | RIGHT_PATH_CREATE_FILE |                   \
     RIGHT_PATH_LINK_SOURCE | RIGHT_PATH_LINK_TARGET | RIGHT_PATH_RENAME_SOURCE | RIGHT_PATH_RENAME_TARGET |       \
     RIGHT_PATH_FILESTAT_SET_SIZE | RIGHT_PATH_FILESTAT_SET_TIMES | RIGHT_FD_FILESTAT_SET_SIZE |                   \
     RIGHT_FD_FILESTAT_SET_TIMES | RIGHT_PATH_SYMLINK | RIGHT_PATH_REMOVE_DIRECTORY | RIGHT_PATH_UNLINK_FILE)

/* ---- Types and flags ---- */

typedef enum Filetype {
    FILETYPE_UNKNOWN = 0, FILETYPE_BLOCK_DEVICE, FILETYPE_CHARACTER_DEVICE, FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE,
    FILETYPE_SOCKET_DGRAM, FILETYPE_SOCKET_STREAM, FILETYPE_SYMBOLIC_LINK
} Filetype;

enum { FDFLAG_APPEND = 1, FDFLAG_DSYNC = 2, FDFLAG_NONBLOCK = 4, FDFLAG_RSYNC = 8, FDFLAG_SYNC = 16, FDFLAGS_ALL = 31 };
enum { LOOKUP_SYMLINK_FOLLOW = 1 };
enum { OFLAG_CREAT = 1, OFLAG_DIRECTORY = 2, OFLAG_EXCL = 4, OFLAG_TRUNC = 8, OFLAGS_ALL = 15 };
enum { FSTFLAG_ATIM = 1, FSTFLAG_ATIM_NOW = 2, FSTFLAG_MTIM = 4, FSTFLAG_MTIM_NOW = 8, FSTFLAGS_ALL = 15 };
enum { WHENCE_SET = 0, WHENCE_CUR = 1, WHENCE_END = 2 };
enum { CLOCK_ID_REALTIME = 0, CLOCK_ID_MONOTONIC = 1, CLOCK_ID_PROCESS_CPUTIME = 2, CLOCK_ID_THREAD_CPUTIME = 3 };
enum { EVENT_CLOCK = 0, EVENT_FD_READ = 1, EVENT_FD_WRITE = 2 };
enum { EVENT_HANGUP = 1 };
enum { SUBCLOCK_ABSTIME = 1 };
enum { RIFLAG_PEEK = 1, RIFLAG_WAITALL = 2 };
enum { ROFLAG_DATA_TRUNCATED = 1 };
enum { SDFLAG_RD = 1, SDFLAG_WR = 2 };
enum { PREOPEN_DIR = 0, PREOPEN_OTHER = 255 };   /* 255 is ours: no directory */

#endif
