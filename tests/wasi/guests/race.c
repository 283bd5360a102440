/*
 * Races: while this runs, the runner exchanges root/flip (a directory) with a link to ../outside, and root/file with a link to
 * ../outside/secret.txt, and moves root/m/n to outside/n and back. Whatever happens, the secret must not be read and nothing be made outside.
 */
#include "support.h"

static int good, refused;

static void look(const char *path)
{
    const char *text = content(ROOT, path);
    if (!text)
        refused++;
    else if (strstr(text, "SECRET"))
        printf("FAIL the secret was read through %s\n", path), failures++;
    else
        good++;
}

int main(void)
{
    uint64_t start, now;
    raw_clock_time_get(1, 0, AT(&start));
    do {
        for (int i = 0; i < 50; i++) {
            uint32_t fd;
            __wasi_filestat_t st;
            look("flip/secret.txt");
            look("file");
            look("m/n/../secret.txt");
            look("m/n/../../inside.txt");
            if (open_at(ROOT, "flip/made", FOLLOW, CREAT, R_WRITE, &fd) == 0)
                raw_fd_close(fd);
            if (open_at(ROOT, "file", FOLLOW, CREAT | TRUNC, R_WRITE, &fd) == 0) {
                write_to(fd, "inside\n", 7);
                raw_fd_close(fd);
            }
            raw_path_create_directory(ROOT, S("flip/dir"));
            raw_path_remove_directory(ROOT, S("flip/dir"));
            raw_path_filestat_set_times(ROOT, FOLLOW, S("flip/secret.txt"), 1, 1, 5);
            raw_path_link(ROOT, FOLLOW, S("flip/secret.txt"), ROOT, S("stolen"));
            if (stat_at(ROOT, "stolen", 0, &st) == 0)
                look("stolen"), raw_path_unlink_file(ROOT, S("stolen"));
        }
        raw_clock_time_get(1, 0, AT(&now));
    } while (now - start < 2000000000);
    TRUE("some reads came through", good > 100);
    TRUE("some were refused", refused > 0);
    printf("# %d good, %d refused\n", good, refused);
    return done();
}
