/* A C guest: stdio, files, directories, qsort, time, doubles in printf and scanf, arguments, environment, exit status. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHECK(x) do { if (!(x)) { printf("line %d: %s: %s\n", __LINE__, #x, strerror(errno)); exit(1); } } while (0)

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *path) {
    char *name[16];
    int n = 0;
    struct dirent *e;
    DIR *d = opendir(path);
    CHECK(d);
    while ((e = readdir(d)))
        if (n < 16 && strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) name[n++] = strdup(e->d_name);
    closedir(d);
    qsort(name, (size_t)n, sizeof *name, by_name);
    printf("list");
    for (int i = 0; i < n; i++) printf(" %s", name[i]), free(name[i]);
    printf("\n");
}

static void files(void) {
    char line[64];
    struct stat st;
    FILE *f;
    CHECK(mkdir("/data/dir", 0755) == 0);
    CHECK((f = fopen("/data/dir/a", "w")));
    for (int i = 0; i < 1000; i++) fprintf(f, "line %d\n", i);
    CHECK(fclose(f) == 0);
    CHECK((f = fopen("/data/dir/a", "r+")));
    CHECK(fseek(f, -9, SEEK_END) == 0);
    CHECK(fgets(line, sizeof line, f) && strcmp(line, "line 999\n") == 0);
    printf("tell %ld\n", ftell(f));
    rewind(f);
    fputs("LINE", f);
    CHECK(fclose(f) == 0);
    CHECK(rename("/data/dir/a", "/data/dir/b") == 0);
    CHECK(stat("/data/dir/b", &st) == 0);
    printf("size %lld, a file: %d\n", (long long)st.st_size, S_ISREG(st.st_mode));
    CHECK(symlink("b", "/data/dir/link") == 0);
    CHECK(link("/data/dir/b", "/data/dir/hard") == 0);
    CHECK(readlink("/data/dir/link", line, sizeof line) == 1 && line[0] == 'b');
    list("/data/dir");
    int fd = open("/data/dir/link", O_RDWR);
    CHECK(fd >= 0);
    CHECK(pread(fd, line, 6, 7) == 6);
    CHECK(pwrite(fd, "0123456789", 10, 20) == 10);
    CHECK(ftruncate(fd, 30) == 0 && lseek(fd, 0, SEEK_END) == 30);
    close(fd);
    printf("pread %.6s\n", line);
    errno = 0;
    printf("missing %d %s\n", open("/data/none", O_RDONLY), strerror(errno));
    printf("outside %d %d\n", open("/etc/passwd", O_RDONLY), open("/data/../../etc/passwd", O_RDONLY));
    CHECK(symlink("../../etc/passwd", "/data/dir/evil") == 0);
    printf("through a link %d\n", open("/data/dir/evil", O_RDONLY));
    CHECK(unlink("/data/dir/evil") == 0);
    errno = 0;
    printf("rmdir %d %s\n", rmdir("/data/dir"), strerror(errno));
    CHECK(unlink("/data/dir/b") == 0 && unlink("/data/dir/link") == 0 && unlink("/data/dir/hard") == 0 && rmdir("/data/dir") == 0);
}

static void numbers(void) {
    double v[] = {0.1, 1.0 / 3, 1e300, -2.5e-310, 6.02214076e23, -0.0, INFINITY, NAN, 12345.678};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) printf("%g %.17g %e %.3f %a\n", v[i], v[i], v[i], fabs(v[i]) < 1e9 ? v[i] : 0, v[i]);
    printf("%.12f %.12f %.12f %.12f\n", sin(1), pow(2, 0.5), log(10), tgamma(4.5));
    printf("%d %lld %u %x %o %5s|%-5s|%05d %c %%\n", -5, 1LL << 60, 4000000000u, 48879, 8, "ab", "cd", 42, '!');
    double d;
    int i;
    char s[8];
    printf("%d", sscanf("3.25 17 word", "%lf %d %7s", &d, &i, s));
    printf(" %g %d %s %ld %g\n", d, i, s, strtol("-0x1f", NULL, 0), strtod("1e-5", NULL));
}

static void clocks(void) {
    struct timespec a, b, nap = {0, 20000000};
    time_t day = 951782400;
    char text[64];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", gmtime(&day));
    CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0);
    nanosleep(&nap, NULL);
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("time %s %d %d\n", text, (b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec) >= 2e7, time(NULL) > 1700000000);
}

int main(int argc, char **argv) {
    printf("args %d", argc - 1);
    for (int i = 1; i < argc; i++) printf(" [%s]", argv[i]);
    printf(" %s\n", getenv("NAME") ? getenv("NAME") : "(no NAME)");
    files();
    numbers();
    clocks();
    int words = 0;
    char word[32];
    while (scanf("%31s", word) == 1) words++;
    unsigned char random[16] = {0}, any = 0;
    CHECK(getentropy(random, sizeof random) == 0);
    for (int i = 0; i < 16; i++) any |= random[i];
    printf("words %d, random %d\n", words, any != 0);
    if (argc > 1 && strcmp(argv[1], "abort") == 0) fflush(stdout), abort();
    fprintf(stderr, "to stderr\n");
    return 7;
}
