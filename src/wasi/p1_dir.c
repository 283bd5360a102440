/* p1_dir.c - preopened directories, and listing directories. */
#include "wasi/wasi.h"

/* fd_prestat_get(fd, prestat: ptr 8 bytes) - the kind of a preopened descriptor and the length of its name:
 *   0 tag, 0 = directory (1 byte)   4 name length (4 bytes)   8
 * Errors: BADF (not open, or not preopened: C libraries stop looking there), FAULT. */
Errno cw_p1_fd_prestat_get(Call *c)
{
    u8 *p = cw_guest(c, cw_arg_ptr(c, 1), 8);
    if (!p)
        return ERRNO_FAULT;
    if (!c->h->preopen)
        return ERRNO_BADF;
    memset(p, 0, 8);
    p[0] = PREOPEN_DIR;
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

/* Makes sure that the entry for `cookie` is at r->at; ERRNO_SUCCESS with r->at == r->end at the end of the directory.
 *
 * Cookies are the file system's own (d_off of getdents64, what telldir gives), so they keep their meaning while the directory changes
 * and for directories of any size. Entries that were read ahead are used for the cookie that follows, never for cookie 0, which asks
 * for a fresh look. */
static Errno seek_entry(const Alloc *alloc, Entries *r, Handle *h, u64 cookie)
{
    if (!r->buf) {
        r->buf = cw_alloc(alloc, ENTRIES_SIZE);
        if (!r->buf)
            return ERRNO_NOMEM;
    }
    bool ahead = r->of == h && r->at < r->end;
    if (ahead && cookie == h->cookie && cookie != 0)
        return ERRNO_SUCCESS;
    r->of = NULL;
    r->at = r->end = 0;
    u64 position;
    if (cookie > INT64_MAX)
        return ERRNO_INVAL;
    Errno e = cw_host_seek(h->fd, (s64)cookie, WHENCE_SET, &position);
    if (e)
        return e;
    size_t size;
    e = cw_host_read_entries(h->fd, r->buf, ENTRIES_SIZE, &size);
    if (e)
        return e;
    r->of = h;
    r->end = (u32)size;
    h->cookie = cookie;
    return ERRNO_SUCCESS;
}

/* fd_readdir(fd, buf: ptr, size: u32, cookie: u64, used: ptr u32) - writes entries from the cookie on, "." and ".." among them. The last
 * may be cut off at the end of the buffer; used < size means that the directory ends here.
 *   0 next cookie   8 inode   16 name length (4 bytes)   20 filetype (1 byte)   24 name, without a NUL
 * Errors: BADF, NOTDIR, NOTCAPABLE (RIGHT_FD_READDIR), FAULT, INVAL (a cookie that never was). POSIX: readdir, seekdir. */
Errno cw_p1_fd_readdir(Call *c)
{
    Handle *h = c->h;
    Entries *r = &c->wasi->table.entries;
    u32 size = cw_arg32(c, 2), used = 0;
    u64 cookie = cw_arg64(c, 3);
    u8 *buf = cw_guest(c, cw_arg_ptr(c, 1), size);
    u8 *used_out = cw_guest(c, cw_arg_ptr(c, 4), 4);
    if (!buf || !used_out)
        return ERRNO_FAULT;
    while (used < size) {
        Errno e = seek_entry(&c->wasi->alloc, r, h, cookie);
        if (e == ERRNO_NOENT)
            break;   /* the directory was removed: it has no entries */
        if (e)
            return e;
        if (r->at == r->end)
            break;
        u32 at = r->at;
        HostDirent d = cw_host_entry(r->buf, &at);
        if (!d.has_type) {
            HostStat st;
            if (cw_host_lstat(h->fd, d.name, &st) == ERRNO_SUCCESS)
                d.type = st.type;
        }
        if (h->preopen && strcmp(d.name, "..") == 0)
            d.ino = h->ino;   /* the guest's root is its own parent */
        u8 entry[DIRENT_HEAD] = { 0 };
        cw_put64(entry, d.next);
        cw_put64(entry + 8, d.ino);
        cw_put32(entry + 16, d.name_size);
        entry[20] = (u8)cw_host_filetype(d.type);
        u32 head = CW_MIN(size - used, (u32)DIRENT_HEAD);
        memcpy(buf + used, entry, head);
        used += head;
        u32 name = CW_MIN(size - used, d.name_size);
        memcpy(buf + used, d.name, name);
        used += name;
        if (head < DIRENT_HEAD || name < d.name_size)
            break;   /* cut off: the guest asks for it again */
        r->at = at;
        h->cookie = cookie = d.next;
    }
    cw_put32(used_out, used);
    return ERRNO_SUCCESS;
}
