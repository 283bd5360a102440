/* Descriptor numbers: lowest free, closing, renumbering, guessing, the limit. Needs an empty directory as / and another as /two. */
#include "support.h"

static uint32_t open_file(const char *path)
{
    uint32_t fd = 12345;
    OK("open", open_at(ROOT, path, 0, CREAT, R_FILE, &fd));
    return fd;
}

static void numbers(void)
{
    uint32_t a = open_file("a"), b = open_file("b"), c = open_file("c");
    NUM("first", a, 5);
    NUM("second", b, 6);
    NUM("third", c, 7);
    OK("close", raw_fd_close(b));
    NUM("lowest free number", open_file("b2"), 6);
    OK("close", raw_fd_close(a));
    OK("close", raw_fd_close(6));
    NUM("lowest free number", open_file("a2"), 5);
    NUM("lowest free number", open_file("b3"), 6);
    OK("close", raw_fd_close(5));
    OK("close", raw_fd_close(6));
    OK("close", raw_fd_close(7));
    IS("close again", raw_fd_close(7), BADF);
}

static void renumber(void)
{
    uint32_t a = open_file("a"), b = open_file("b");
    OK("write", write_to(a, "aaa", 3));
    OK("renumber a over b", raw_fd_renumber(a, b));
    IS("a is gone", raw_fd_close(a), BADF);
    uint64_t pos;
    OK("tell", raw_fd_tell(b, AT(&pos)));
    NUM("  b is what a was", pos, 3);
    IS("to a number that is not open", raw_fd_renumber(b, 1000), BADF);
    IS("to the number it came from", raw_fd_renumber(b, a), BADF);
    IS("from a number that is not open", raw_fd_renumber(1000, b), BADF);
    OK("to itself", raw_fd_renumber(b, b));
    OK("  still there", raw_fd_tell(b, AT(&pos)));
    OK("close", raw_fd_close(b));

    /* over a preopen: the name goes with the descriptor it belongs to */
    uint32_t pre[2];
    char name[8];
    OK("second preopen", raw_fd_prestat_get(4, AT(pre)));
    NUM("  name length", pre[1], 4);
    IS("  name needs room", raw_fd_prestat_dir_name(4, AT(name), 3), NAMETOOLONG);
    OK("  name", raw_fd_prestat_dir_name(4, AT(name), 8));
    text_is("  name", name, 4, "/two");
    BAD("  prestat outside", raw_fd_prestat_get(4, 0xfffffffc), FAULT);
    BAD("  name outside", raw_fd_prestat_dir_name(4, 0xfffffffe, 4), FAULT);
    a = open_file("a");
    OK("renumber a file over the preopen", raw_fd_renumber(a, 4));
    IS("it is no preopen now", raw_fd_prestat_get(4, AT(pre)), BADF);
    IS("and no directory", open_at(4, "x", 0, CREAT, 0, &b), NOTDIR);
    OK("but the file", raw_fd_tell(4, AT(&pos)));
    IS("a file has no name", raw_fd_prestat_dir_name(4, AT(name), 8), BADF);
    OK("renumber the first preopen over it", raw_fd_renumber(3, 4));
    OK("it took its name along", raw_fd_prestat_get(4, AT(pre)));
    NUM("  name length", pre[1], 1);
    IS("3 is free", raw_fd_close(3), BADF);
    OK("open through 4", open_at(4, "a", 0, 0, 0, &a));
    NUM("  lowest free number", a, 3);
    OK("back", raw_fd_renumber(4, 3));
}

static void limit(void)
{
    uint32_t fd, n = 0, last = 0;
    int e;
    while ((e = open_at(ROOT, "a", 0, 0, 0, &fd)) == 0 && n < 70000) {
        last = fd;
        n++;
    }
    if (e == __WASI_ERRNO_NFILE)
        e = __WASI_ERRNO_MFILE;
    IS("opening ends with MFILE", e, MFILE);
    TRUE("not before some hundred", n > 100);
    TRUE("not after 65536", n <= 65536);
    OK("close one", raw_fd_close(last));
    OK("open one", open_at(ROOT, "a", 0, 0, 0, &fd));
    NUM("  the same number", fd, last);
    for (uint32_t i = 4; i <= last; i++)
        raw_fd_close(i);
    OK("all is well after closing", open_at(ROOT, "a", 0, 0, 0, &fd));
    NUM("  number", fd, 4);
    OK("close", raw_fd_close(fd));
}

/* Every call with numbers that are not open: BADF, whatever the other arguments are. */
static void guess(void)
{
    static const uint32_t fds[] = { 4, 5, 100, 65535, 65536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };
    uint32_t iov[2] = { 0, 0 }, n;
    uint64_t buf[8];
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        uint32_t fd = fds[i];
        printf("# descriptor %u\n", fd);
        IS("fd_advise", raw_fd_advise(fd, 0, 0, 0), BADF);
        IS("fd_allocate", raw_fd_allocate(fd, 0, 1), BADF);
        IS("fd_close", raw_fd_close(fd), BADF);
        IS("fd_datasync", raw_fd_datasync(fd), BADF);
        IS("fd_fdstat_get", raw_fd_fdstat_get(fd, AT(buf)), BADF);
        IS("fd_fdstat_set_flags", raw_fd_fdstat_set_flags(fd, 0), BADF);
        IS("fd_fdstat_set_rights", raw_fd_fdstat_set_rights(fd, 0, 0), BADF);
        IS("fd_filestat_get", raw_fd_filestat_get(fd, AT(buf)), BADF);
        IS("fd_filestat_set_size", raw_fd_filestat_set_size(fd, 0), BADF);
        IS("fd_filestat_set_times", raw_fd_filestat_set_times(fd, 0, 0, 0), BADF);
        IS("fd_pread", raw_fd_pread(fd, AT(iov), 1, 0, AT(&n)), BADF);
        IS("fd_prestat_get", raw_fd_prestat_get(fd, AT(buf)), BADF);
        IS("fd_prestat_dir_name", raw_fd_prestat_dir_name(fd, AT(buf), 8), BADF);
        IS("fd_pwrite", raw_fd_pwrite(fd, AT(iov), 1, 0, AT(&n)), BADF);
        IS("fd_read", raw_fd_read(fd, AT(iov), 1, AT(&n)), BADF);
        IS("fd_readdir", raw_fd_readdir(fd, AT(buf), 8, 0, AT(&n)), BADF);
        IS("fd_renumber", raw_fd_renumber(fd, ROOT), BADF);
        IS("fd_renumber to", raw_fd_renumber(ROOT, fd), BADF);
        IS("fd_seek", raw_fd_seek(fd, 0, 0, AT(buf)), BADF);
        IS("fd_sync", raw_fd_sync(fd), BADF);
        IS("fd_tell", raw_fd_tell(fd, AT(buf)), BADF);
        IS("fd_write", raw_fd_write(fd, AT(iov), 1, AT(&n)), BADF);
        IS("path_create_directory", raw_path_create_directory(fd, S("x")), BADF);
        IS("path_filestat_get", stat_at(fd, "x", 0, (void *)buf), BADF);
        IS("path_filestat_set_times", raw_path_filestat_set_times(fd, 0, S("x"), 0, 0, 0), BADF);
        IS("path_link", raw_path_link(fd, 0, S("a"), ROOT, S("x")), BADF);
        IS("path_link to", raw_path_link(ROOT, 0, S("a"), fd, S("x")), BADF);
        IS("path_open", open_at(fd, "x", 0, CREAT, 0, &n), BADF);
        IS("path_readlink", raw_path_readlink(fd, S("x"), AT(buf), 8, AT(&n)), BADF);
        IS("path_remove_directory", raw_path_remove_directory(fd, S("x")), BADF);
        IS("path_rename", raw_path_rename(fd, S("a"), ROOT, S("x")), BADF);
        IS("path_rename to", raw_path_rename(ROOT, S("a"), fd, S("x")), BADF);
        IS("path_symlink", raw_path_symlink(S("a"), fd, S("x")), BADF);
        IS("path_unlink_file", raw_path_unlink_file(fd, S("x")), BADF);
        IS("sock_accept", raw_sock_accept(fd, 0, AT(&n)), BADF);
        IS("sock_recv", raw_sock_recv(fd, AT(iov), 1, 0, AT(&n), AT(buf)), BADF);
        IS("sock_send", raw_sock_send(fd, AT(iov), 1, 0, AT(&n)), BADF);
        IS("sock_shutdown", raw_sock_shutdown(fd, 1), BADF);
    }
    printf("# a file where a directory or a socket is wanted\n");
    uint32_t f = open_file("a");
    IS("fd_readdir", raw_fd_readdir(f, AT(buf), 8, 0, AT(&n)), NOTDIR);
    IS("path_open", open_at(f, "x", 0, CREAT, 0, &n), NOTDIR);
    IS("path_filestat_get", stat_at(f, "x", 0, (void *)buf), NOTDIR);
    IS("path_rename to", raw_path_rename(ROOT, S("a"), f, S("x")), NOTDIR);
    IS("path_symlink", raw_path_symlink(S("a"), f, S("x")), NOTDIR);
    IS("sock_accept", raw_sock_accept(f, 0, AT(&n)), NOTSOCK);
    IS("sock_recv", raw_sock_recv(f, AT(iov), 1, 0, AT(&n), AT(buf)), NOTSOCK);
    IS("sock_send", raw_sock_send(f, AT(iov), 1, 0, AT(&n)), NOTSOCK);
    IS("sock_shutdown", raw_sock_shutdown(f, 1), NOTSOCK);
    IS("sock_shutdown of a directory", raw_sock_shutdown(ROOT, 1), NOTSOCK);
    OK("close", raw_fd_close(f));
}

int main(void)
{
    printf("# numbers\n"), numbers();
    printf("# renumber\n"), renumber();
    printf("# limit\n"), limit();
    guess();
    printf("# closing a preopen\n");
    uint32_t fd;
    OK("close", raw_fd_close(ROOT));
    IS("it is gone", open_at(ROOT, "a", 0, 0, 0, &fd), BADF);
    return done();
}
