/*
 * What the host really refuses (tests/wasi/host_faults.py arranges it); / is the directory, the first argument says what is the matter:
 *
 *   full       room for 64 KiB and a few files; "full FILES": at most so many names
 *   quota      the same, by disk quota
 *   readonly   mounted read-only, with "file", "dir" and "link" in it
 *   lower      the same below an overlay in memory: everything works
 *   files      at most 20 open files in the process
 *   size       no file longer than 64 KiB
 *   access     an ordinary user; "shut" cannot be searched, "secret" not read, "fixed" not written, "kept" is a directory that only others may write,
 *              in "sticky" others' files cannot be removed
 *   mounts     "m" is a mount point with "in" in it
 *   busy       "program" runs
 *   frozen     "immutable" cannot be changed by anybody
 *   closed     no standard streams: as if they were /dev/null, and never what is opened later
 */
#include "support.h"

static uint32_t fd, n;
static __wasi_filestat_t st;
static char block[4096];

static int open_to_write(const char *path, uint32_t oflags) { return open_at(ROOT, path, 0, oflags, R_FILE, &fd); }

/* A write fails with the error after some bytes, all of which are there; what is removed is room again. */
static void full(int error)
{
    uint64_t written = 0;
    int e = 0;
    uint32_t iov[2] = { AT(block), sizeof block };
    OK("create", open_to_write("big", CREAT));
    while (!e && written < 1 << 20) {
        n = 0;
        e = raw_fd_write(fd, AT(iov), 1, AT(&n));
        written += e ? 0 : n;
    }
    errno_is("write", e, error);
    TRUE("  after some blocks", written >= 8192 && written <= 65536);
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  what was written is there", st.size, written);
    errno_is("pwrite", raw_fd_pwrite(fd, AT(iov), 1, 1 << 17, AT(&n)), error);
    errno_is("allocate", raw_fd_allocate(fd, 1 << 16, 1 << 20), error);
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  as before", st.size, written);
    OK("sync", raw_fd_sync(fd));
    OK("shorten", raw_fd_filestat_set_size(fd, 4096));
    OK("seek", raw_fd_seek(fd, 0, 2, AT(&st)));
    OK("write again", raw_fd_write(fd, AT(iov), 1, AT(&n)));
    NUM("  all of it", n, sizeof block);
    OK("close", raw_fd_close(fd));
    OK("unlink", raw_path_unlink_file(ROOT, S("big")));
}

static void no_names(int most, int error)
{
    char name[20];
    int e = 0, i = 0;
    for (; !e && i < 1000; i++) {
        snprintf(name, sizeof name, "f%d", i);
        e = open_to_write(name, CREAT);
        if (!e)
            raw_fd_close(fd);
    }
    errno_is("one file too many", e, error);
    TRUE("  after some", i > most / 4 && i <= most + 1);
    errno_is("a directory", raw_path_create_directory(ROOT, S("d")), error);
    errno_is("a link", raw_path_symlink(S("f0"), ROOT, S("l")), error);
    OK("unlink", raw_path_unlink_file(ROOT, S("f0")));
    OK("a directory", raw_path_create_directory(ROOT, S("d")));
}

static void readonly(bool can)
{
    int error = can ? 0 : __WASI_ERRNO_ROFS;
    errno_is("write", open_to_write("file", 0), error);
    errno_is("truncate", open_to_write("file", TRUNC), error);
    errno_is("create", open_to_write("new", CREAT), error);
    errno_is("mkdir", raw_path_create_directory(ROOT, S("d")), error);
    errno_is("symlink", raw_path_symlink(S("x"), ROOT, S("s")), error);
    errno_is("link", raw_path_link(ROOT, 0, S("file"), ROOT, S("h")), error);
    errno_is("set times", raw_path_filestat_set_times(ROOT, 0, S("file"), 1, 1, 5), error);
    errno_is("rename", raw_path_rename(ROOT, S("link"), ROOT, S("g")), error);
    errno_is("rmdir", raw_path_remove_directory(ROOT, S("dir")), error);
    errno_is("unlink", raw_path_unlink_file(ROOT, S("file")), error);
    if (can)
        return;
    OK("read", open_at(ROOT, "file", 0, 0, R_READ, &fd));
    IS("write without opening", raw_fd_filestat_set_size(fd, 1), NOTCAPABLE);
    IS("an existing directory", raw_path_create_directory(ROOT, S("dir")), EXIST);
    IS("an existing file", open_at(ROOT, "file", 0, CREAT | EXCL, R_READ, &fd), EXIST);
    OK("create what is there", open_at(ROOT, "file", 0, CREAT, R_READ, &fd));
    TRUE("the file is as before", content(ROOT, "file") && strcmp(content(ROOT, "file"), "content") == 0);
}

static void too_many_files(void)
{
    uint32_t fds[64], count = 0;
    OK("mkdir", raw_path_create_directory(ROOT, S("sub")));
    int e = 0;
    char name[20];
    for (int i = 0; i < 30; i++) {   /* several, since an overlay has one descriptor per file */
        snprintf(name, sizeof name, "sub/file%d", i);
        OK("file", make_file(ROOT, name, "x"));
    }
    while (!e && count < 30) {
        snprintf(name, sizeof name, "sub/file%d", (int)count);
        e = open_at(ROOT, name, 0, 0, R_READ, &fds[count++]);
    }
    IS("open", e, MFILE);
    TRUE("  after some", count > 3 && count < 20);
    uint32_t made = 0;   /* which takes one descriptor; opening what is there may take two for a moment */
    for (e = 0; !e && made < 5; made++) {
        snprintf(name, sizeof name, "new%d", (int)made);
        e = open_to_write(name, CREAT);
        if (!e)
            fds[count - 1 + made] = fd;
    }
    made--;
    IS("create", e, MFILE);
    IS("mkdir", (e = raw_path_create_directory(ROOT, S("d"))) ? e : __WASI_ERRNO_MFILE, MFILE);   /* an overlay opens it */
    bool has_dir = !e;
    TRUE("  the same number", made < 3);
    NUM("read what is open", read_from(fds[0], block, 1), 1);
    OK("look at what is open", raw_fd_fdstat_get(fds[0], AT(block)));
    for (uint32_t i = 0; i < count - 1 + made; i++)
        OK("close", raw_fd_close(fds[i]));
    OK("open again", open_at(ROOT, "sub/file0", 0, 0, R_READ, &fd));
    OK("stat again", stat_at(ROOT, "sub/file0", 0, &st));
    IS("  what could not be opened was not made", stat_at(ROOT, name, 0, &st), NOENT);
    NUM("  nor the directory", !stat_at(ROOT, "d", 0, &st), has_dir);
}

static void size_limit(void)
{
    uint32_t iov[2] = { AT(block), sizeof block };
    OK("create", open_to_write("long", CREAT));
    OK("write to the limit", raw_fd_pwrite(fd, AT(iov), 1, 65536 - 4096, AT(&n)));
    OK("write over the limit", raw_fd_pwrite(fd, AT(iov), 1, 65536 - 10, AT(&n)));
    NUM("  a part", n, 10);
    IS("write behind the limit", raw_fd_pwrite(fd, AT(iov), 1, 65536, AT(&n)), FBIG);
    IS("grow", raw_fd_filestat_set_size(fd, 65537), FBIG);
    IS("allocate", raw_fd_allocate(fd, 0, 65537), FBIG);
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  size", st.size, 65536);
}

static void no_access(void)
{
    IS("beneath a shut directory", stat_at(ROOT, "shut/file", 0, &st), ACCES);
    IS("  open", open_at(ROOT, "shut/file", 0, 0, R_READ, &fd), ACCES);
    IS("  create", open_to_write("shut/new", CREAT), ACCES);
    IS("  mkdir", raw_path_create_directory(ROOT, S("shut/d")), ACCES);
    IS("  readlink", raw_path_readlink(ROOT, S("shut/file"), AT(block), 100, AT(&n)), ACCES);
    IS("  rename", raw_path_rename(ROOT, S("shut/file"), ROOT, S("f")), ACCES);
    OK("look at a secret", stat_at(ROOT, "secret", 0, &st));
    IS("  read it", open_at(ROOT, "secret", 0, 0, R_READ, &fd), ACCES);
    OK("what is fixed", open_at(ROOT, "fixed", 0, 0, R_READ, &fd));
    IS("  write it", open_to_write("fixed", 0), ACCES);
    IS("  truncate it", open_to_write("fixed", TRUNC), ACCES);
    IS("  set times", raw_path_filestat_set_times(ROOT, 0, S("fixed"), 1, 1, 5), PERM);
    IS("  now", raw_path_filestat_set_times(ROOT, 0, S("fixed"), 1, 1, 2 | 8), ACCES);
    IS("in a directory of others: create", open_to_write("kept/new", CREAT), ACCES);
    IS("  mkdir", raw_path_create_directory(ROOT, S("kept/d")), ACCES);
    IS("  symlink", raw_path_symlink(S("x"), ROOT, S("kept/s")), ACCES);
    IS("  link", raw_path_link(ROOT, 0, S("mine"), ROOT, S("kept/h")), ACCES);
    IS("  unlink", raw_path_unlink_file(ROOT, S("kept/file")), ACCES);
    IS("  rmdir", raw_path_remove_directory(ROOT, S("kept/empty")), ACCES);
    IS("  rename", raw_path_rename(ROOT, S("kept/file"), ROOT, S("kept/g")), ACCES);
    IS("in a sticky directory: unlink", raw_path_unlink_file(ROOT, S("sticky/file")), PERM);
    IS("  rename", raw_path_rename(ROOT, S("sticky/file"), ROOT, S("sticky/g")), PERM);
    OK("  create", open_to_write("sticky/new", CREAT));
    OK("  unlink", raw_path_unlink_file(ROOT, S("sticky/new")));
}

static void mounts(void)
{
    OK("through the mount point", stat_at(ROOT, "m/in", 0, &st));
    OK("file", make_file(ROOT, "file", "x"));
    IS("rename into it", raw_path_rename(ROOT, S("file"), ROOT, S("m/file")), XDEV);
    IS("rename out of it", raw_path_rename(ROOT, S("m/in"), ROOT, S("in")), XDEV);
    IS("link into it", raw_path_link(ROOT, 0, S("file"), ROOT, S("m/file")), XDEV);
    IS("remove it", raw_path_remove_directory(ROOT, S("m")), BUSY);
    IS("rename it", raw_path_rename(ROOT, S("m"), ROOT, S("n")), BUSY);
}

static void busy(void)
{
    IS("write a running program", open_to_write("program", 0), TXTBSY);
    IS("truncate it", open_to_write("program", TRUNC), TXTBSY);
    OK("read it", open_at(ROOT, "program", 0, 0, R_READ, &fd));
    OK("unlink it", raw_path_unlink_file(ROOT, S("program")));
}

static void frozen(void)
{
    IS("unlink", raw_path_unlink_file(ROOT, S("immutable")), PERM);
    IS("rename", raw_path_rename(ROOT, S("immutable"), ROOT, S("x")), PERM);
    IS("link", raw_path_link(ROOT, 0, S("immutable"), ROOT, S("x")), PERM);
    IS("write", open_to_write("immutable", 0), PERM);
    IS("set times", raw_path_filestat_set_times(ROOT, 0, S("immutable"), 1, 1, 5), PERM);
}

static void closed(void)
{
    NUM("read", read_from(0, block, 1), 0);
    OK("write", write_to(1, "x", 1));
    OK("write", write_to(2, "x", 1));
    OK("open", open_to_write("file", CREAT));
    TRUE("  a number of its own", fd > 3);
    NUM("  empty", read_from(fd, block, 1), 0);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    memset(block, 'b', sizeof block);
    if (strcmp(what, "full") == 0 && argc > 2)
        no_names(atoi(argv[2]), __WASI_ERRNO_NOSPC);
    else if (strcmp(what, "full") == 0)
        full(__WASI_ERRNO_NOSPC);
    else if (strcmp(what, "quota") == 0)
        full(__WASI_ERRNO_DQUOT);
    else if (strcmp(what, "readonly") == 0)
        readonly(false);
    else if (strcmp(what, "lower") == 0)
        readonly(true);
    else if (strcmp(what, "files") == 0)
        too_many_files();
    else if (strcmp(what, "size") == 0)
        size_limit();
    else if (strcmp(what, "access") == 0)
        no_access();
    else if (strcmp(what, "mounts") == 0)
        mounts();
    else if (strcmp(what, "busy") == 0)
        busy();
    else if (strcmp(what, "frozen") == 0)
        frozen();
    else if (strcmp(what, "closed") == 0)
        return closed(), failures != 0;
    else
        return 2;
    return done();
}
