/*
 * The standard streams. What descriptors 0 to 2 are is the first argument, and the runner's affair:
 *   pipe      stdin is a pipe with "hello\n"; stdout and stderr are pipes
 *   file      stdin is a file of 10 bytes "0123456789", stdout a file that is appended to, stderr a file
 *   null      all are /dev/null (stderr tells the results)
 *   tty       all are a terminal; "hello\n" was typed
 *   closed    stdin is closed
 *   broken    stdout is a pipe nobody reads (stderr tells the results)
 *   nonblock  stdin is a pipe that stays open and empty
 */
#include "support.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static __wasi_fdstat_t fs;
static __wasi_filestat_t st;
static uint64_t pos;
static char buf[64];

static void stat_of(uint32_t fd, int type)
{
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  type", fs.fs_filetype, type);
    OK("filestat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  type", st.filetype, type);
}

static void no_seeking(uint32_t fd)
{
    uint32_t iov[2] = { AT(buf), 1 }, n;
    IS("seek", raw_fd_seek(fd, 0, 0, AT(&pos)), SPIPE);
    IS("tell", raw_fd_tell(fd, AT(&pos)), SPIPE);
    IS("pread", raw_fd_pread(fd, AT(iov), 1, 0, AT(&n)), SPIPE);
    IS("pwrite", raw_fd_pwrite(fd, AT(iov), 1, 0, AT(&n)), SPIPE);
    NUM("lseek", lseek((int)fd, 0, SEEK_CUR), -1);
    NUM("  errno", errno, ESPIPE);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "null") == 0 || strcmp(what, "broken") == 0)
        results = stderr;
    uint32_t iov[2] = { AT(buf), sizeof buf }, n = 0;

    if (strcmp(what, "pipe") == 0) {
        stat_of(0, 0);
        stat_of(1, 0);
        stat_of(2, 0);
        no_seeking(0);
        no_seeking(1);
        NUM("isatty", isatty(0) + isatty(1) + isatty(2), 0);
        NUM("read", read_from(0, buf, sizeof buf), 6);
        text_is("  content", buf, 6, "hello\n");
        NUM("read at the end", read_from(0, buf, sizeof buf), 0);
        IS("write to stdin", write_to(0, "x", 1), NOTCAPABLE);
        NUM("read from stdout", read_from(1, buf, 1), -__WASI_ERRNO_NOTCAPABLE);
        OK("write to stderr", write_to(2, "to stderr\n", 10));
        IS("sync of a pipe", raw_fd_sync(1), INVAL);
        IS("  its data", raw_fd_datasync(1), INVAL);
        IS("a socket call", raw_sock_shutdown(1, 1), NOTSOCK);
        IS("not a directory", open_at(0, "x", 0, 0, 0, &n), NOTDIR);
        IS("not a preopen", raw_fd_prestat_get(0, AT(&st)), BADF);
        OK("close stderr", raw_fd_close(2));
        IS("  closed", write_to(2, "x", 1), BADF);
    } else if (strcmp(what, "file") == 0) {
        stat_of(0, 4);
        NUM("  size", st.size, 10);
        OK("seek stdin", raw_fd_seek(0, 4, 0, AT(&pos)));
        NUM("read", read_from(0, buf, 2), 2);
        text_is("  content", buf, 2, "45");
        OK("tell", raw_fd_tell(0, AT(&pos)));
        NUM("  position", pos, 6);
        OK("pread", raw_fd_pread(0, AT(iov), 1, 8, AT(&n)));
        NUM("  bytes", n, 2);
        IS("write", write_to(0, "x", 1), NOTCAPABLE);
        IS("set size", raw_fd_filestat_set_size(0, 0), NOTCAPABLE);
        NUM("isatty", isatty(0) + isatty(1), 0);
        fflush(stdout);
        stat_of(1, 4);
        NUM("  appends", fs.fs_flags, 1);
        IS("the mode of a borrowed file stays", raw_fd_fdstat_set_flags(1, 0), NOTSUP);
        OK("seek stdout", raw_fd_seek(1, 0, 0, AT(&pos)));
        OK("write", write_to(1, "# appended\n", 11));
        stat_of(2, 4);
        OK("write to stderr", write_to(2, "abcdef", 6));
        OK("set size of stderr", raw_fd_filestat_set_size(2, 3));
    } else if (strcmp(what, "null") == 0) {
        stat_of(0, 2);
        stat_of(1, 2);
        NUM("isatty of /dev/null", isatty(0) + isatty(1), 0);
        NUM("read", read_from(0, buf, 4), 0);
        OK("write", write_to(1, "x", 1));
    } else if (strcmp(what, "tty") == 0) {
        stat_of(0, 2);
        stat_of(1, 2);
        NUM("isatty", isatty(0) + isatty(1) + isatty(2), 3);
        no_seeking(0);
        NUM("read", read_from(0, buf, sizeof buf), 6);
        text_is("  content", buf, 6, "hello\n");
        OK("write", write_to(1, "written\n", 8));
    } else if (strcmp(what, "closed") == 0) {
        NUM("read", read_from(0, buf, 4), 0);
        OK("fdstat", raw_fd_fdstat_get(0, AT(&fs)));
        NUM("isatty", isatty(0), 0);
        OK("filestat", raw_fd_filestat_get(0, AT(&st)));
    } else if (strcmp(what, "broken") == 0) {
        IS("write to a pipe nobody reads", write_to(1, "x", 1), PIPE);
        NUM("  write", write(1, "x", 1), -1);
        NUM("  errno", errno, EPIPE);
        __wasi_subscription_t in = { .userdata = 1, .u.tag = 2 };
        __wasi_event_t out;
        in.u.u.fd_write.file_descriptor = 1;
        OK("poll", raw_poll_oneoff(AT(&in), AT(&out), 1, AT(&n)));
        IS("event: PIPE", out.error, PIPE);
        NUM("  hangup", out.fd_readwrite.flags, 1);
    } else if (strcmp(what, "nonblock") == 0) {
        OK("set non-blocking", raw_fd_fdstat_set_flags(0, 4));
        OK("fdstat", raw_fd_fdstat_get(0, AT(&fs)));
        NUM("  flags", fs.fs_flags, 4);
        IS("read", raw_fd_read(0, AT(iov), 1, AT(&n)), AGAIN);
        IS("sync flags cannot be set", raw_fd_fdstat_set_flags(0, 16), NOTSUP);
        /* write until it would wait: the reader of stdout is slow */
        static char big[100000];
        memset(big, '.', sizeof big);
        big[0] = '#', big[sizeof big - 1] = '\n';
        OK("set stdout non-blocking", raw_fd_fdstat_set_flags(1, 4));
        fflush(stdout);
        uint32_t out[2] = { AT(big), sizeof big };
        uint32_t total = 0, at = 0;
        int e = 0;
        while (at < sizeof big) {
            out[0] = AT(big + at), out[1] = sizeof big - at;
            e = raw_fd_write(1, AT(out), 1, AT(&n));
            if (e == __WASI_ERRNO_AGAIN)
                continue;
            if (e)
                break;
            at += n;
            total++;
        }
        OK("write 100000 bytes without waiting", e);
        OK("set blocking", raw_fd_fdstat_set_flags(0, 0) | raw_fd_fdstat_set_flags(1, 0));
        TRUE("  in pieces", total > 1);
    } else {
        return 2;
    }
    return done();
}
