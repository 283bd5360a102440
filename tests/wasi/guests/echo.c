/* For embed.c: copies stdin to stdout, lists arguments and environment on stderr, and uses / if it was given one. Never fails because of what
 * it is not given. */
#include "support.h"
#include <dirent.h>

extern char **environ;

int main(int argc, char **argv)
{
    char buf[64];
    int n;
    while ((n = read_from(0, buf, sizeof buf)) > 0)
        for (int at = 0; at < n;) {
            uint32_t iov[2] = { AT(buf + at), (uint32_t)(n - at) }, took;
            if (raw_fd_write(1, AT(iov), 1, AT(&took)) || took == 0)
                return 3;
            at += (int)took;
        }
    setvbuf(stderr, NULL, _IOFBF, 4096);
    for (int i = 1; i < argc; i++)
        fprintf(stderr, "[%s]", argv[i]);
    for (char **e = environ; e && *e; e++)
        fprintf(stderr, "{%s}", *e);
    fflush(stderr);

    uint32_t fd;
    __wasi_filestat_t st;
    static char entries[4096];
    uint32_t used;
    if (raw_fd_readdir(ROOT, AT(entries), sizeof entries, 0, AT(&used)) == __WASI_ERRNO_BADF)
        return 0;
    raw_path_create_directory(ROOT, S("d"));
    raw_path_symlink(S("d/../d/f"), ROOT, S("l"));
    if (raw_path_open(ROOT, FOLLOW, S("l"), CREAT, R_FILE, 0, 0, AT(&fd)) == 0) {
        write_to(fd, "x", 1);
        raw_fd_close(fd);
    }
    stat_at(ROOT, "d/./../l", FOLLOW, &st);
    static __wasi_subscription_t in[20];
    static __wasi_event_t out[20];
    for (int i = 0; i < 20; i++)
        in[i].u.tag = 0, in[i].u.u.clock.id = 1;
    raw_poll_oneoff(AT(in), AT(out), 20, AT(&used));
    raw_path_unlink_file(ROOT, S("l"));
    raw_path_unlink_file(ROOT, S("d/f"));
    raw_path_remove_directory(ROOT, S("d"));
    return 0;
}
