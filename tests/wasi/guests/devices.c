/* Devices and FIFOs in a tree that allows them (--dir X:dev). The runner makes fifo, text (a file) and as far as it may null and zero. */
#include "support.h"

static __wasi_filestat_t st;
static __wasi_fdstat_t fs;
static char text[64];
static uint32_t iov[2], n;

static void devices(uint32_t dir)
{
    uint32_t fd;
    iov[0] = AT(text), iov[1] = sizeof text;
    OK("null", raw_path_open(dir, 0, S("null"), CREAT | TRUNC, R_READ | R_WRITE | R_STAT, 0, 0, AT(&fd)));
    OK("  fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  type", fs.fs_filetype, 2);
    OK("  write", raw_fd_write(fd, AT(iov), 1, AT(&n)));
    NUM("  all of it", n, sizeof text);
    OK("  read", raw_fd_read(fd, AT(iov), 1, AT(&n)));
    NUM("  nothing", n, 0);
    OK("  close", raw_fd_close(fd));
    memset(text, 7, sizeof text);
    OK("zero", open_at(dir, "zero", 0, 0, R_READ, &fd));
    OK("  read", raw_fd_read(fd, AT(iov), 1, AT(&n)));
    NUM("  all of it", n, sizeof text);
    NUM("  zeros", text[0] | text[63], 0);
    IS("  write", raw_fd_write(fd, AT(iov), 1, AT(&n)), NOTCAPABLE);
    OK("  close", raw_fd_close(fd));
    IS("as a directory", open_at(dir, "null", 0, DIRECTORY, 0, &fd), NOTDIR);
}

static void fifo(uint32_t dir)
{
    uint32_t in, out;
    OK("read end, without a writer", open_at(dir, "fifo", 0, 0, R_READ, &in));
    OK("write end", open_at(dir, "fifo", 0, 0, R_WRITE, &out));
    iov[0] = AT("hello"), iov[1] = 5;
    OK("  write", raw_fd_write(out, AT(iov), 1, AT(&n)));
    iov[0] = AT(text), iov[1] = sizeof text;
    OK("  read", raw_fd_read(in, AT(iov), 1, AT(&n)));
    NUM("  what was written", n == 5 && memcmp(text, "hello", 5) == 0, 1);
    OK("  close", raw_fd_close(out));
    OK("  read at the end", raw_fd_read(in, AT(iov), 1, AT(&n)));
    NUM("  nothing", n, 0);
    OK("  close", raw_fd_close(in));
    IS("write end, without a reader", open_at(dir, "fifo", 0, 0, R_WRITE, &out), NXIO);
}

int main(void)
{
    uint32_t sub, fd;
    OK("sub", raw_path_open(ROOT, 0, S("sub"), DIRECTORY, R_DIR, R_DIR | R_FILE, 0, AT(&sub)));
    printf("# FIFO\n"), fifo(ROOT);
    printf("# FIFO, from a directory in the tree\n"), fifo(sub);
    if (stat_at(ROOT, "null", 0, &st) == 0)
        printf("# devices\n"), devices(ROOT);
    IS("socket", open_at(ROOT, "socket", 0, 0, R_READ, &fd), ACCES);
    IS("another tree", open_at(4, "fifo", 0, 0, R_READ, &fd), ACCES);
    return done();
}
