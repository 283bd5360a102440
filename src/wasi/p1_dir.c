/* p1_dir.c - preopened directories, and listing directories. */
#include "wasi/wasi.h"

/* fd_prestat_get(fd, prestat: ptr 8 bytes) - the kind of a preopened descriptor and the length of its name:
 *   0 tag, 0 = directory (1 byte)   4 name length (4 bytes)   8
 * A socket that was handed over has a tag of its own: libraries go on to the next number, and so find the directories behind it.
 * Errors: BADF (not open, or not preopened: C libraries stop looking there), FAULT. */
Errno cw_p1_fd_prestat_get(Call *c)
{
    u8 *p = cw_guest(c, cw_arg_ptr(c, 1), 8);
    if (!p)
        return ERRNO_FAULT;
    if (!c->h->preopen && !c->h->given)
        return ERRNO_BADF;
    memset(p, 0, 8);
    p[0] = c->h->given ? PREOPEN_OTHER : PREOPEN_DIR;
    cw_put32(p + 4, c->h->preopen_size);
    return ERRNO_SUCCESS;
}

/* fd_prestat_dir_name(fd, name: ptr, size: u32) - writes the name, without a NUL.
 * Errors: BADF (not open or not preopened), NAMETOOLONG (longer than size), FAULT. */
Errno cw_p1_fd_prestat_dir_name(Call *c)
{
    u8 *p = cw_guest(c, cw_arg_ptr(c, 1), cw_arg32(c, 2));
    if (!p)
        return ERRNO_FAULT;
    if (!c->h->preopen)
        return ERRNO_BADF;
    if (c->h->preopen_size > cw_arg32(c, 2))
        return ERRNO_NAMETOOLONG;
    memcpy(p, c->h->preopen, c->h->preopen_size);
    return ERRNO_SUCCESS;
}

enum { DIRENT_HEAD = 24 };

/* fd_readdir(fd, buf: ptr, size: u32, cookie: u64, used: ptr u32) - writes entries from the cookie on, "." and ".." among them. The last
 * may be cut off at the end of the buffer; used < size means that the directory ends here.
 *   0 next cookie   8 inode   16 name length (4 bytes)   20 filetype (1 byte)   24 name, without a NUL
 * Errors: BADF, NOTDIR, NOTCAPABLE (RIGHT_FD_READDIR), FAULT. A cookie that never was reads somewhere, or nothing. POSIX: readdir, seekdir. */
Errno cw_p1_fd_readdir(Call *c)
{
    u32 size = cw_arg32(c, 2), used = 0;
    u64 cookie = cw_arg64(c, 3);
    u8 *buf = cw_guest(c, cw_arg_ptr(c, 1), size);
    u8 *used_out = cw_guest(c, cw_arg_ptr(c, 4), 4);
    if (!buf || !used_out)
        return ERRNO_FAULT;
    while (used < size) {
        DirEntry d;
        Errno e = c->h->ops->readdir(c, c->h, cookie, &d);
        if (e)
            return e;
        if (!d.name)
            break;
        u8 entry[DIRENT_HEAD] = { 0 };
        cw_put64(entry, d.next);
        cw_put64(entry + 8, d.ino);
        cw_put32(entry + 16, d.name_size);
        entry[20] = (u8)d.type;
        u32 head = CW_MIN(size - used, (u32)DIRENT_HEAD);
        memcpy(buf + used, entry, head);
        used += head;
        u32 name = CW_MIN(size - used, d.name_size);
        memcpy(buf + used, d.name, name);
        used += name;
        cookie = d.next;   /* an entry that was cut off is asked for again */
    }
    cw_put32(used_out, used);
    return ERRNO_SUCCESS;
}
