/* guest.c - reading and writing the structures of WASI in guest memory. */
#include "base/utf8.h"
#include "wasi/wasi.h"

Errno cw_guest_iovs(const Call *c, GuestPtr array, u32 n, struct iovec iov[HOST_IOV_MAX], int *n_iov)
{
    const u8 *p = cw_guest(c, array, (u64)n * 8);
    if (!p)
        return ERRNO_FAULT;
    u64 total = 0;
    int used = 0;
    for (u32 i = 0; i < n; i++, p += 8) {
        /* Each word is read once: with shared memory another thread may change it meanwhile. */
        GuestPtr at = { cw_get32(p) };
        u32 size = cw_get32(p + 4);
        u8 *bytes = cw_guest(c, at, size);
        if (!bytes)
            return ERRNO_FAULT;
        total += size;
        if (size && used < HOST_IOV_MAX)
            iov[used++] = (struct iovec){ bytes, size };
    }
    *n_iov = used;
    return total > UINT32_MAX ? ERRNO_INVAL : ERRNO_SUCCESS;
}

Errno cw_guest_path(const Call *c, GuestPtr at, u32 size, char path[HOST_PATH_MAX])
{
    const u8 *p = cw_guest(c, at, size);
    if (!p)
        return ERRNO_FAULT;
    if (size == 0)
        return ERRNO_NOENT;
    if (size >= HOST_PATH_MAX)
        return ERRNO_NAMETOOLONG;
    memcpy(path, p, size);   /* checked in the copy, which no other thread can change */
    path[size] = 0;
    if (memchr(path, 0, size))
        return ERRNO_INVAL;
    return cw_utf8_valid(path, size) ? ERRNO_SUCCESS : ERRNO_ILSEQ;
}

/*   0 dev   8 ino   16 filetype (1 byte)   24 nlink   32 size   40 atim   48 mtim   56 ctim   64 */
void cw_put_filestat(u8 *p, const HostStat *st, Filetype type)
{
    memset(p, 0, FILESTAT_SIZE);
    cw_put64(p, st->dev);
    cw_put64(p + 8, st->ino);
    p[16] = (u8)type;
    cw_put64(p + 24, st->nlink);
    cw_put64(p + 32, st->size);
    cw_put64(p + 40, st->atim);
    cw_put64(p + 48, st->mtim);
    cw_put64(p + 56, st->ctim);
}

/*   0 dev   8 ino   16 filetype (1 byte)   20 nlink (4 bytes)   24 size   32 atim   40 mtim   48 ctim   56 */
void cw_put_filestat0(u8 *p, const HostStat *st, Filetype type)
{
    memset(p, 0, FILESTAT0_SIZE);
    cw_put64(p, st->dev);
    cw_put64(p + 8, st->ino);
    p[16] = (u8)type;
    cw_put32(p + 20, (u32)CW_MIN(st->nlink, UINT32_MAX));
    cw_put64(p + 24, st->size);
    cw_put64(p + 32, st->atim);
    cw_put64(p + 40, st->mtim);
    cw_put64(p + 48, st->ctim);
}

static HostTime time_of(u64 ns, bool set, bool now)
{
    return (HostTime){ now ? HOST_TIME_NOW : set ? HOST_TIME_SET : HOST_TIME_OMIT, ns };
}

Errno cw_guest_times(u64 atim, u64 mtim, u32 flags, HostTime *a, HostTime *m)
{
    const u32 both_a = FSTFLAG_ATIM | FSTFLAG_ATIM_NOW, both_m = FSTFLAG_MTIM | FSTFLAG_MTIM_NOW;
    if ((flags & ~(u32)FSTFLAGS_ALL) || (flags & both_a) == both_a || (flags & both_m) == both_m)
        return ERRNO_INVAL;
    *a = time_of(atim, flags & FSTFLAG_ATIM, flags & FSTFLAG_ATIM_NOW);
    *m = time_of(mtim, flags & FSTFLAG_MTIM, flags & FSTFLAG_MTIM_NOW);
    return ERRNO_SUCCESS;
}
