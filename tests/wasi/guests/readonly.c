/* A read-only tree. The runner prepares file ("content"), dir/inner, link -> file in /, which is read-only; /two is writable and empty, on
 * the same file system. */
#include "support.h"

static __wasi_filestat_t st;
static uint32_t fd, n;
static char buf[256];
#define TWO 4u

static void reading(uint32_t dir)
{
    text_is("read", content(dir, "file"), 7, "content");
    OK("stat", stat_at(dir, "file", 0, &st));
    OK("stat, following", stat_at(dir, "link", FOLLOW, &st));
    OK("readlink", raw_path_readlink(dir, S("link"), AT(buf), sizeof buf, AT(&n)));
    OK("readdir", raw_fd_readdir(dir, AT(buf), sizeof buf, 0, AT(&n)));
}

static void changing(uint32_t dir)
{
    IS("create", open_at(dir, "new", 0, CREAT, 0, &fd), ROFS);
    IS("create what is there", open_at(dir, "file", 0, CREAT, R_READ, &fd), ROFS);
    IS("truncate", open_at(dir, "file", 0, TRUNC, 0, &fd), ROFS);
    IS("open to write", open_at(dir, "file", 0, 0, R_WRITE, &fd), ROFS);
    IS("open to allocate", open_at(dir, "file", 0, 0, 1 << 8, &fd), ROFS);
    IS("mkdir", raw_path_create_directory(dir, S("new")), ROFS);
    IS("rmdir", raw_path_remove_directory(dir, S("dir")), ROFS);
    IS("unlink", raw_path_unlink_file(dir, S("file")), ROFS);
    IS("symlink", raw_path_symlink(S("x"), dir, S("new")), ROFS);
    IS("rename", raw_path_rename(dir, S("file"), dir, S("new")), ROFS);
    IS("rename out", raw_path_rename(dir, S("file"), TWO, S("new")), ROFS);
    IS("rename in", raw_path_rename(TWO, S("mine"), dir, S("new")), ROFS);
    IS("link", raw_path_link(dir, 0, S("file"), dir, S("new")), ROFS);
    IS("link out, where it could be written", raw_path_link(dir, 0, S("file"), TWO, S("new")), ROFS);
    IS("link out, following", raw_path_link(dir, FOLLOW, S("link"), TWO, S("new")), ROFS);
    IS("link in", raw_path_link(TWO, 0, S("mine"), dir, S("new")), ROFS);
    IS("set_times", raw_path_filestat_set_times(dir, 0, S("file"), 1, 1, 5), ROFS);
    IS("set_times of the directory", raw_fd_filestat_set_times(dir, 1, 1, 5), ROFS);
    /* C libraries ask for the rights to change things even to read; those are left out */
    __wasi_fdstat_t fs;
    OK("open with all rights but writing", open_at(dir, "file", 0, 0, R_FILE & ~(R_WRITE | 1 << 8), &fd));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  base", fs.fs_rights_base, R_FILE & ~(R_WRITE | 1 << 8 | 1 << 22 | 1 << 23));
    uint32_t iov[2] = { AT(buf), 1 };
    IS("write", raw_fd_write(fd, AT(iov), 1, AT(&n)), ROFS);
    IS("pwrite", raw_fd_pwrite(fd, AT(iov), 1, 0, AT(&n)), ROFS);
    IS("set_size", raw_fd_filestat_set_size(fd, 0), ROFS);
    IS("allocate", raw_fd_allocate(fd, 0, 100), ROFS);
    IS("set_times", raw_fd_filestat_set_times(fd, 1, 1, 5), ROFS);
    IS("take the right", raw_fd_fdstat_set_rights(fd, fs.fs_rights_base | R_WRITE, 0), NOTCAPABLE);
    OK("read", raw_fd_read(fd, AT(iov), 1, AT(&n)));
    OK("close", raw_fd_close(fd));
}

int main(void)
{
    uint32_t dir, deeper;
    OK("make", make_file(TWO, "mine", "mine"));
    printf("# the preopen\n"), reading(ROOT), changing(ROOT);
    OK("open", raw_path_open(ROOT, 0, S("dir/.."), DIRECTORY, R_DIR, R_DIR | R_FILE, 0, AT(&dir)));
    printf("# a directory opened through it\n"), reading(dir), changing(dir);
    OK("open", raw_path_open(dir, 0, S("."), DIRECTORY, R_DIR, R_DIR | R_FILE, 0, AT(&deeper)));
    printf("# and through that\n"), reading(deeper), changing(deeper);
    OK("renumber it over the writable one", raw_fd_renumber(deeper, dir));
    printf("# after a renumber\n"), changing(dir);

    printf("# libc\n");
    FILE *f = fopen("/file", "r");
    TRUE("fopen r", f != NULL);
    if (f)
        fclose(f);
    TRUE("fopen w", fopen("/file", "w") == NULL);
    TRUE("fopen new", fopen("/new", "w") == NULL);
    f = fopen("/two/new", "w");
    TRUE("fopen w in the writable tree", f != NULL);
    if (f)
        fclose(f);
    return done();
}
