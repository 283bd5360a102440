/*
 * File systems of cwasm's own: quotas, single files, what an overlay hides. Arguments: what to try.
 *
 *   quota       / may hold 65536 bytes and 8 names
 *   files       /etc has app.conf ("conf") and fixed (read-only), . has plain
 *   overlay     / is an overlay over dir/{one,two}, keep, gone, link -> keep
 *   again       the same overlay, given again
 *   between     / and /two are different file systems
 *   handles     at most 10 descriptors
 */
#include "support.h"
#include <dirent.h>

#define R_SET_SIZE ((uint64_t)1 << 22)
#define R_ALLOCATE ((uint64_t)1 << 8)

static char block[4096];

static void quota(void)
{
    uint32_t fd, fd2, n = 0;
    OK("a file", open_at(ROOT, "big", 0, CREAT, R_WRITE | R_SEEK | R_SET_SIZE | R_ALLOCATE | R_STAT, &fd));
    for (int i = 0; i < 16; i++)
        OK("a block", write_to(fd, block, sizeof block));
    IS("one byte too many", write_to(fd, block, 1), NOSPC);
    uint32_t iov[4] = { AT(block), 1, AT(block), sizeof block };
    IS("at the beginning and beyond", raw_fd_pwrite(fd, AT(iov), 2, 65536 - 4096, AT(&n)), NOSPC);
    OK("what is there can be written", raw_fd_pwrite(fd, AT(iov), 2, 0, AT(&n)));
    NUM("all of it", n, 4097);
    IS("allocate", raw_fd_allocate(fd, 65536, 1), NOSPC);
    OK("allocate what is there", raw_fd_allocate(fd, 0, 65536));
    IS("a longer file", raw_fd_filestat_set_size(fd, 65537), NOSPC);
    __wasi_filestat_t st;
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("its size is what it was", st.size, 65536);
    OK("another", open_at(ROOT, "small", 0, CREAT, R_WRITE, &fd2));
    IS("has no room", write_to(fd2, "x", 1), NOSPC);
    OK("cut", raw_fd_filestat_set_size(fd, 65535));
    IS("a block is a block", write_to(fd2, "x", 1), NOSPC);
    OK("cut", raw_fd_filestat_set_size(fd, 61440));
    OK("now there is room", write_to(fd2, "x", 1));
    IS("and none again", raw_fd_filestat_set_size(fd, 61441), NOSPC);
    OK("a name more", raw_path_link(ROOT, 0, S("small"), ROOT, S("small2")));
    OK("and one less", raw_path_unlink_file(ROOT, S("small")));
    IS("the file lives", raw_fd_filestat_set_size(fd, 61441), NOSPC);
    OK("its last name", raw_path_unlink_file(ROOT, S("small2")));
    IS("keeps its room while it is open", raw_fd_filestat_set_size(fd, 65536), NOSPC);
    raw_fd_close(fd2);
    OK("gives room back", raw_fd_filestat_set_size(fd, 65536));
    OK("removing an open file", raw_path_unlink_file(ROOT, S("big")));
    OK("another", open_at(ROOT, "other", 0, CREAT, R_WRITE, &fd2));
    IS("has no room while that is open", write_to(fd2, "x", 1), NOSPC);
    raw_fd_close(fd);
    OK("and has it then", write_to(fd2, "x", 1));
    raw_fd_close(fd2);
    OK("unlink", raw_path_unlink_file(ROOT, S("other")));
    OK("all there again", open_at(ROOT, "big", 0, CREAT, R_WRITE | R_SET_SIZE, &fd));
    OK("in one go", raw_fd_filestat_set_size(fd, 65536));
    OK("renaming over it", make_file(ROOT, "empty", ""));
    OK("gives room, too", raw_path_rename(ROOT, S("empty"), ROOT, S("big")));
    IS("not while it is open", make_file(ROOT, "x", "x"), NOSPC);
    raw_fd_close(fd);
    OK("a block", make_file(ROOT, "x", "x"));
    OK("gone", raw_path_unlink_file(ROOT, S("x")));
    OK("gone", raw_path_unlink_file(ROOT, S("big")));

    OK("names", raw_path_create_directory(ROOT, S("d")));
    OK("names", raw_path_symlink(S("d"), ROOT, S("l")));
    static const char *const files[] = { "d/1", "d/2", "d/3", "d/4", "d/5", "d/6" };
    for (int i = 0; i < 6; i++)
        OK(files[i], make_file(ROOT, files[i], ""));
    IS("a ninth name", make_file(ROOT, "d/7", ""), NOSPC);
    IS("a directory", raw_path_create_directory(ROOT, S("e")), NOSPC);
    IS("a link", raw_path_symlink(S("d"), ROOT, S("m")), NOSPC);
    IS("a hard link", raw_path_link(ROOT, 0, S("d/1"), ROOT, S("d/7")), NOSPC);
    OK("a name can change", raw_path_rename(ROOT, S("d/1"), ROOT, S("seven")));
    OK("or take another's", raw_path_rename(ROOT, S("seven"), ROOT, S("d/2")));
    OK("that frees one", make_file(ROOT, "e", ""));
    IS("one", make_file(ROOT, "f", ""), NOSPC);
}

static void files(void)
{
    uint32_t etc = 0, dot = 0, fd;
    char name[16];
    __wasi_filestat_t st;
    for (uint32_t i = 3; i < 5; i++) {
        OK("a name", raw_fd_prestat_dir_name(i, AT(name), 4) ? raw_fd_prestat_dir_name(i, AT(name), 1) : 0);
        *(name[0] == '/' ? &etc : &dot) = i;
    }
    text_is("content", content(etc, "app.conf"), 4, "conf");
    text_is("content", content(dot, "./plain"), 5, "plain");
    TRUE("the C library finds it", fopen("/etc/app.conf", "r") != NULL);
    IS("nothing else", open_at(etc, "passwd", FOLLOW, 0, R_READ, &fd), NOENT);
    IS("nowhere else", open_at(etc, "../app.conf", FOLLOW, 0, R_READ, &fd), PERM);
    IS("from the root", open_at(etc, "/etc/app.conf", FOLLOW, 0, R_READ, &fd), PERM);
    IS("a file is no directory", open_at(etc, "app.conf/", FOLLOW, 0, R_READ, &fd), NOTDIR);
    IS("no new files", open_at(etc, "new", FOLLOW, CREAT, R_WRITE, &fd), NOTCAPABLE);
    IS("no directories", raw_path_create_directory(etc, S("d")), NOTCAPABLE);
    IS("nothing removed", raw_path_unlink_file(etc, S("app.conf")), NOTCAPABLE);
    IS("nothing renamed", raw_path_rename(etc, S("app.conf"), etc, S("b.conf")), NOTCAPABLE);
    IS("nothing linked", raw_path_link(etc, 0, S("app.conf"), etc, S("b.conf")), NOTCAPABLE);
    IS("read-only", open_at(etc, "fixed", FOLLOW, 0, R_WRITE, &fd), ROFS);
    IS("read-only", open_at(etc, "fixed", FOLLOW, TRUNC, R_READ, &fd), ROFS);
    IS("read-only", raw_path_filestat_set_times(etc, 0, S("fixed"), 1, 1, 5), ROFS);
    OK("read", open_at(etc, "fixed", FOLLOW, 0, R_READ | R_SEEK, &fd));
    raw_fd_close(fd);
    OK("written", open_at(etc, "app.conf", FOLLOW, TRUNC, R_WRITE | R_STAT, &fd));
    OK("written", write_to(fd, "changed", 7));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("size", st.size, 7);
    raw_fd_close(fd);
    OK("times", raw_path_filestat_set_times(etc, 0, S("app.conf"), 1000000001, 2000000002, 5));
    OK("stat", stat_at(etc, "app.conf", 0, &st));
    NUM("time", st.mtim, 2000000002);
    int n = 0;
    DIR *d = opendir("/etc");
    for (struct dirent *e; d && (e = readdir(d)); n++)
        TRUE("listed", !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || !strcmp(e->d_name, "app.conf") || !strcmp(e->d_name, "fixed"));
    NUM("four entries", n, 4);
}

static void overlay(void)
{
    uint32_t old, fd;
    __wasi_filestat_t before, st;
    OK("a file below", open_at(ROOT, "keep", 0, 0, R_READ | R_SEEK | R_STAT, &old));
    OK("stat", raw_fd_filestat_get(old, AT(&before)));
    OK("opened again to write", open_at(ROOT, "link", FOLLOW, 0, R_WRITE, &fd));
    OK("written", write_to(fd, "KEEP", 4));
    raw_fd_close(fd);
    char text[16] = "";
    NUM("the old descriptor", read_from(old, text, 15), 13);
    text_is("sees it", text, 13, "KEEP me: keep");
    OK("stat", raw_fd_filestat_get(old, AT(&st)));
    NUM("the same file", st.ino, before.ino);
    raw_fd_close(old);
    OK("removed", raw_path_unlink_file(ROOT, S("gone")));
    IS("is gone", stat_at(ROOT, "gone", 0, &st), NOENT);
    OK("made anew", raw_path_create_directory(ROOT, S("gone")));
    OK("removed", raw_path_remove_directory(ROOT, S("gone")));
    IS("is gone", stat_at(ROOT, "gone", 0, &st), NOENT);
    OK("a file in", raw_path_unlink_file(ROOT, S("dir/one")));
    OK("the whole", raw_path_unlink_file(ROOT, S("dir/two")));
    OK("directory", raw_path_remove_directory(ROOT, S("dir")));
    OK("a new one of that name", raw_path_create_directory(ROOT, S("dir")));
    IS("is empty", stat_at(ROOT, "dir/one", 0, &st), NOENT);
    OK("but for", make_file(ROOT, "dir/three", "3"));
    OK("moved", raw_path_rename(ROOT, S("sub"), ROOT, S("moved")));
    TRUE("with content", content(ROOT, "moved/deep/file") && !strcmp(content(ROOT, "moved/deep/file"), "deep"));
    IS("from its place", stat_at(ROOT, "sub", 0, &st), NOENT);
    OK("back", raw_path_create_directory(ROOT, S("sub")));
    IS("as another", stat_at(ROOT, "sub/deep", 0, &st), NOENT);
    IS("marks are not for guests", make_file(ROOT, ".wh.keep", ""), INVAL);
    IS("nor seen", stat_at(ROOT, ".wh.gone", 0, &st), NOENT);
    OK("still there", stat_at(ROOT, "keep", 0, &st));
}

static void again(void)
{
    __wasi_filestat_t st;
    TRUE("written", content(ROOT, "link") && !strcmp(content(ROOT, "link"), "KEEP me: keep"));
    IS("removed", stat_at(ROOT, "gone", 0, &st), NOENT);
    IS("removed", stat_at(ROOT, "dir/one", 0, &st), NOENT);
    OK("new", stat_at(ROOT, "dir/three", 0, &st));
    OK("moved", stat_at(ROOT, "moved/deep/file", 0, &st));
    IS("away", stat_at(ROOT, "sub/deep", 0, &st), NOENT);
    uint32_t fd;
    OK("cut", open_at(ROOT, "long", 0, TRUNC, R_READ | R_STAT, &fd));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("empty", st.size, 0);
}

static void between(void)
{
    uint32_t fd;
    OK("a file", make_file(ROOT, "f", "f"));
    IS("rename", raw_path_rename(ROOT, S("f"), 4, S("f")), XDEV);
    IS("link", raw_path_link(ROOT, 0, S("f"), 4, S("f")), XDEV);
    __wasi_filestat_t a, b;
    OK("stat", raw_path_filestat_get(ROOT, 0, S("."), AT(&a)));
    OK("stat", raw_path_filestat_get(4, 0, S("."), AT(&b)));
    TRUE("different devices", a.dev != b.dev);
    OK("the same name", open_at(4, "f", 0, CREAT | EXCL, R_WRITE, &fd));
}

static void handles(void)
{
    uint32_t fd;
    int n = 0, e;
    OK("a file", make_file(ROOT, "f", "f"));
    while (!(e = open_at(ROOT, "f", 0, 0, R_READ, &fd)))
        n++;
    IS("no more", e, MFILE);
    NUM("ten, with the standard streams and /", n, 6);
    OK("close", raw_fd_close(9));
    OK("one more", open_at(ROOT, "f", 0, 0, R_READ, &fd));
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "quota"))
        quota();
    else if (!strcmp(what, "files"))
        files();
    else if (!strcmp(what, "overlay"))
        overlay();
    else if (!strcmp(what, "again"))
        again();
    else if (!strcmp(what, "between"))
        between();
    else if (!strcmp(what, "handles"))
        handles();
    else
        return 2;
    return done();
}
