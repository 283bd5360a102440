/* Rights: what each call demands, that they can only shrink, and how they are inherited. Needs an empty directory as /. */
#include "support.h"

static char text[64];
static uint32_t iov[2], n;
static uint64_t pos;
static __wasi_filestat_t st;

/* Every call that takes a descriptor of a file, and the rights it needs. */
static int file_call(int which, uint32_t fd)
{
    iov[0] = AT(text), iov[1] = 1;
    switch (which) {
    case 0: return raw_fd_datasync(fd);
    case 1: return raw_fd_read(fd, AT(iov), 1, AT(&n));
    case 2: return raw_fd_seek(fd, 0, 0, AT(&pos));
    case 3: return raw_fd_fdstat_set_flags(fd, 0);
    case 4: return raw_fd_sync(fd);
    case 5: return raw_fd_tell(fd, AT(&pos));
    case 6: return raw_fd_write(fd, AT(iov), 1, AT(&n));
    case 7: return raw_fd_advise(fd, 0, 0, 0);
    case 8: return raw_fd_allocate(fd, 0, 1);
    case 9: return raw_fd_filestat_get(fd, AT(&st));
    case 10: return raw_fd_filestat_set_size(fd, 1);
    case 11: return raw_fd_filestat_set_times(fd, 1, 1, 5);
    case 12: return raw_fd_pread(fd, AT(iov), 1, 0, AT(&n));
    case 13: return raw_fd_pwrite(fd, AT(iov), 1, 0, AT(&n));
    case 14: return raw_fd_seek(fd, 0, 1, AT(&pos));   /* stays: a tell */
    default: return -1;
    }
}
static const struct { const char *name; uint64_t rights; } file_calls[] = {
    { "fd_datasync", 1 << 0 }, { "fd_read", 1 << 1 }, { "fd_seek", 1 << 2 }, { "fd_fdstat_set_flags", 1 << 3 }, { "fd_sync", 1 << 4 },
    { "fd_tell", 1 << 5 }, { "fd_write", 1 << 6 }, { "fd_advise", 1 << 7 }, { "fd_allocate", 1 << 8 }, { "fd_filestat_get", 1 << 21 },
    { "fd_filestat_set_size", 1 << 22 }, { "fd_filestat_set_times", 1 << 23 }, { "fd_pread", 1 << 1 | 1 << 2 },
    { "fd_pwrite", 1 << 6 | 1 << 2 }, { "fd_seek (stays)", 1 << 5 }
};
#define N_FILE (sizeof file_calls / sizeof file_calls[0])

/* Every call that takes a directory. */
static int dir_call(int which, uint32_t fd)
{
    uint32_t out;
    int e;
    switch (which) {
    case 0: return raw_path_create_directory(fd, S("d1"));
    case 1: return make_file(fd, "new", "");
    case 2: return raw_path_link(fd, 0, S("file"), ROOT, S("hard1"));
    case 3: return raw_path_link(ROOT, 0, S("file"), fd, S("hard2"));
    case 4: e = open_at(fd, "file", 0, 0, 0, &out); return e ? e : raw_fd_close(out);
    case 5: return raw_fd_readdir(fd, AT(text), sizeof text, 0, AT(&n));
    case 6: return raw_path_readlink(fd, S("link"), AT(text), sizeof text, AT(&n));
    case 7: return raw_path_rename(fd, S("hard1"), ROOT, S("hard3"));
    case 8: return raw_path_rename(ROOT, S("hard2"), fd, S("hard4"));
    case 9: return stat_at(fd, "file", 0, &st);
    case 10: e = open_at(fd, "file", 0, TRUNC, 0, &out); return e ? e : raw_fd_close(out);
    case 11: return raw_path_filestat_set_times(fd, 0, S("file"), 1, 1, 5);
    case 12: return raw_path_symlink(S("x"), fd, S("link2"));
    case 13: return raw_path_remove_directory(fd, S("d1"));
    case 14: return raw_path_unlink_file(fd, S("new"));
    case 15: return raw_fd_filestat_get(fd, AT(&st));
    case 16: return raw_fd_filestat_set_times(fd, 1, 1, 5);
    case 17: return raw_fd_sync(fd);
    default: return -1;
    }
}
#define OPEN (1ull << 13)
static const struct { const char *name; uint64_t rights; } dir_calls[] = {
    { "path_create_directory", 1 << 9 }, { "path_open create", OPEN | 1 << 10 | 1 << 19 }, { "path_link source", 1 << 11 },
    { "path_link target", 1 << 12 }, { "path_open", OPEN }, { "fd_readdir", 1 << 14 }, { "path_readlink", 1 << 15 },
    { "path_rename source", 1 << 16 }, { "path_rename target", 1 << 17 }, { "path_filestat_get", 1 << 18 },
    { "path_open truncate", OPEN | 1 << 19 }, { "path_filestat_set_times", 1 << 20 }, { "path_symlink", 1 << 24 },
    { "path_remove_directory", 1 << 25 }, { "path_unlink_file", 1 << 26 }, { "fd_filestat_get", 1 << 21 },
    { "fd_filestat_set_times", 1 << 23 }, { "fd_sync", 1 << 4 }
};
#define N_DIR (sizeof dir_calls / sizeof dir_calls[0])

static void each_right(void)
{
    OK("make", make_file(ROOT, "file", "content"));
    OK("make", raw_path_symlink(S("file"), ROOT, S("link")));
    for (size_t i = 0; i < N_FILE; i++) {
        uint32_t fd;
        char name[80];
        /* with these rights and no other */
        OK("open", open_at(ROOT, "file", 0, 0, R_FILE, &fd));
        OK("keep", raw_fd_fdstat_set_rights(fd, file_calls[i].rights, 0));
        snprintf(name, sizeof name, "%s with just its rights", file_calls[i].name);
        OK(name, file_call((int)i, fd));
        OK("close", raw_fd_close(fd));
        /* without one of them */
        for (int bit = 0; bit < 30; bit++) {
            uint64_t right = 1ull << bit;
            if (!(file_calls[i].rights & right))
                continue;
            OK("open", open_at(ROOT, "file", 0, 0, R_FILE, &fd));
            uint64_t drop = bit == 5 ? right | R_SEEK : right;   /* seek implies tell */
            OK("drop", raw_fd_fdstat_set_rights(fd, R_FILE & ~drop, 0));
            snprintf(name, sizeof name, "%s without right %d", file_calls[i].name, bit);
            IS(name, file_call((int)i, fd), NOTCAPABLE);
            OK("close", raw_fd_close(fd));
        }
    }
    for (size_t i = 0; i < N_DIR; i++) {
        uint32_t fd;
        char name[80];
        for (int bit = 0; bit < 30; bit++) {
            uint64_t right = 1ull << bit;
            if (!(dir_calls[i].rights & right))
                continue;
            OK("open", open_dir(ROOT, ".", &fd));
            OK("drop", raw_fd_fdstat_set_rights(fd, R_DIR & ~right, R_FILE | R_DIR));
            snprintf(name, sizeof name, "%s without right %d", dir_calls[i].name, bit);
            IS(name, dir_call((int)i, fd), NOTCAPABLE);
            OK("close", raw_fd_close(fd));
        }
        OK("open", open_dir(ROOT, ".", &fd));
        OK("keep", raw_fd_fdstat_set_rights(fd, dir_calls[i].rights, R_FILE));
        snprintf(name, sizeof name, "%s with just its rights", dir_calls[i].name);
        OK(name, dir_call((int)i, fd));
        OK("close", raw_fd_close(fd));
    }
}

static void shrink(void)
{
    uint32_t fd;
    __wasi_fdstat_t fs;
    OK("open", open_at(ROOT, "file", 0, 0, R_READ | R_WRITE | R_SEEK, &fd));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  base", fs.fs_rights_base, R_READ | R_WRITE | R_SEEK);
    NUM("  a file has nothing to inherit", fs.fs_rights_inheriting, 0);
    IS("add a right", raw_fd_fdstat_set_rights(fd, fs.fs_rights_base | R_STAT, 0), NOTCAPABLE);
    IS("add an inheriting right", raw_fd_fdstat_set_rights(fd, fs.fs_rights_base, R_READ), NOTCAPABLE);
    OK("give up writing", raw_fd_fdstat_set_rights(fd, R_READ | R_SEEK, 0));
    IS("take it back", raw_fd_fdstat_set_rights(fd, R_READ | R_WRITE | R_SEEK, 0), NOTCAPABLE);
    OK("give up everything", raw_fd_fdstat_set_rights(fd, 0, 0));
    OK("fdstat needs none", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  base", fs.fs_rights_base, 0);
    OK("close needs none", raw_fd_close(fd));
}

static void inherit(void)
{
    uint32_t dir, fd, sub;
    __wasi_fdstat_t fs;
    OK("preopen", raw_fd_fdstat_get(ROOT, AT(&fs)));
    TRUE("  base has all of a directory", (fs.fs_rights_base & R_DIR) == R_DIR);
    TRUE("  inheriting has all of files and directories", (fs.fs_rights_inheriting & (R_DIR | R_FILE)) == (R_DIR | R_FILE));
    TRUE("  a directory has neither read, write, seek nor set_size", !(fs.fs_rights_base & (R_READ | R_WRITE | R_SEEK | 1 << 22)));
    OK("mkdir", raw_path_create_directory(ROOT, S("sub")));
    OK("open a directory that hands on reading only",
       raw_path_open(ROOT, 0, S("sub"), DIRECTORY, R_DIR, R_READ | R_SEEK | OPEN | (1 << 10), 0, AT(&dir)));
    OK("fdstat", raw_fd_fdstat_get(dir, AT(&fs)));
    NUM("  base", fs.fs_rights_base, R_DIR);
    NUM("  inheriting", fs.fs_rights_inheriting, R_READ | R_SEEK | OPEN | (1 << 10));
    IS("ask for writing", open_at(dir, "f", 0, CREAT, R_READ | R_WRITE, &fd), NOTCAPABLE);
    IS("  nothing was made", stat_at(dir, "f", 0, &st), NOENT);
    IS("ask to hand on writing", raw_path_open(dir, 0, S("."), DIRECTORY, 0, R_WRITE, 0, AT(&fd)), NOTCAPABLE);
    IS("ask for dsync without the right", raw_path_open(dir, 0, S("f"), CREAT, 0, 0, 2, AT(&fd)), NOTCAPABLE);
    IS("ask for sync without the right", raw_path_open(dir, 0, S("f"), CREAT, 0, 0, 16, AT(&fd)), NOTCAPABLE);
    OK("ask for reading", open_at(dir, "f", 0, CREAT, R_READ, &fd));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  base", fs.fs_rights_base, R_READ);
    OK("close", raw_fd_close(fd));
    OK("the directory again, through itself", raw_path_open(dir, 0, S("."), DIRECTORY, OPEN, OPEN, 0, AT(&sub)));
    IS("  cannot create", open_at(sub, "g", 0, CREAT, 0, &fd), NOTCAPABLE);
    IS("  cannot ask for reading", open_at(sub, "f", 0, 0, R_READ, &fd), NOTCAPABLE);
    OK("  can open", open_at(sub, "f", 0, 0, 0, &fd));
    OK("close", raw_fd_close(fd));
    OK("rights that mean nothing for a file are left out", open_at(ROOT, "file", 0, 0, R_READ | OPEN | 1 << 14, &fd));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  base", fs.fs_rights_base, R_READ);
    OK("close", raw_fd_close(fd));
    OK("unknown rights are passed over", open_at(ROOT, "file", 0, 0, ~0ull & ~(R_WRITE | 1 << 8), &fd));
    OK("close", raw_fd_close(fd));
    OK("unlink", raw_path_unlink_file(ROOT, S("sub/f")));
    OK("rmdir", raw_path_remove_directory(ROOT, S("sub")));
}

/* Truncating while opening needs the directory's right, or that the descriptor made could do it afterwards. */
static void truncate_rights(void)
{
    uint32_t dir, fd;
    const uint64_t cut = R_WRITE | 1 << 22;
    OK("make", make_file(ROOT, "t", "content"));
    OK("open", open_dir(ROOT, ".", &dir));
    OK("drop", raw_fd_fdstat_set_rights(dir, R_DIR & ~(1ull << 19), R_FILE | R_DIR));
    IS("asking for nothing", open_at(dir, "t", 0, TRUNC, 0, &fd), NOTCAPABLE);
    IS("asking to write only", open_at(dir, "t", 0, TRUNC, R_WRITE, &fd), NOTCAPABLE);
    IS("asking to set the size only", open_at(dir, "t", 0, TRUNC, 1 << 22, &fd), NOTCAPABLE);
    OK("  nothing was cut", stat_at(ROOT, "t", 0, &st));
    NUM("  size", st.size, 7);
    OK("asking for both", open_at(dir, "t", 0, CREAT | TRUNC, cut, &fd));
    OK("  stat", stat_at(ROOT, "t", 0, &st));
    NUM("  size", st.size, 0);
    OK("close", raw_fd_close(fd));
    OK("drop", raw_fd_fdstat_set_rights(dir, R_DIR & ~(1ull << 19), R_FILE & ~(1ull << 22)));
    IS("asking for both, which are not inherited", open_at(dir, "t", 0, TRUNC, cut, &fd), NOTCAPABLE);
    OK("close", raw_fd_close(dir));
    OK("unlink", raw_path_unlink_file(ROOT, S("t")));
}

int main(void)
{
    printf("# truncating\n"), truncate_rights();
    printf("# each right\n"), each_right();
    printf("# shrinking\n"), shrink();
    printf("# inheriting\n"), inherit();
    return done();
}
