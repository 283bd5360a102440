/* fd_read, fd_write, fd_pread, fd_pwrite, fd_seek, fd_tell, fd_advise, fd_allocate, fd_datasync, fd_sync, fd_filestat_*, fd_fdstat_*
 * on regular files. Needs an empty directory as /. */
#include "support.h"

static uint8_t big[1 << 20];

static void vectors(void)
{
    uint32_t fd, n;
    OK("open", open_at(ROOT, "v", 0, CREAT, R_FILE, &fd));
    uint32_t three[6] = { AT("abc"), 3, 0, 0, AT("defg"), 4 };
    OK("write 3 buffers", raw_fd_write(fd, AT(three), 3, AT(&n)));
    NUM("  bytes", n, 7);
    uint64_t pos;
    OK("tell", raw_fd_tell(fd, AT(&pos)));
    NUM("  position", pos, 7);
    OK("seek to 1", raw_fd_seek(fd, 1, 0, AT(&pos)));
    char a[2], b[10] = "..........";
    uint32_t two[4] = { AT(a), 2, AT(b), 10 };
    OK("read 2 buffers", raw_fd_read(fd, AT(two), 2, AT(&n)));
    NUM("  bytes", n, 6);
    text_is("  first", a, 2, "bc");
    text_is("  second", b, 10, "defg......");
    OK("read at the end", raw_fd_read(fd, AT(two), 2, AT(&n)));
    NUM("  bytes", n, 0);
    OK("read no buffers", raw_fd_read(fd, AT(two), 0, AT(&n)));
    NUM("  bytes", n, 0);
    OK("write no buffers", raw_fd_write(fd, AT(two), 0, AT(&n)));
    NUM("  bytes", n, 0);
    OK("pwrite", raw_fd_pwrite(fd, AT(three), 3, 100, AT(&n)));
    NUM("  bytes", n, 7);
    OK("pread", raw_fd_pread(fd, AT(two), 2, 101, AT(&n)));
    NUM("  bytes", n, 6);
    text_is("  content", b, 4, "defg");
    OK("tell", raw_fd_tell(fd, AT(&pos)));
    NUM("  position stayed", pos, 7);
    OK("pread beyond the end", raw_fd_pread(fd, AT(two), 2, 1000, AT(&n)));
    NUM("  bytes", n, 0);
    IS("pread at 2^63", raw_fd_pread(fd, AT(two), 2, 1ull << 63, AT(&n)), INVAL);
    IS("pwrite at 2^64-1", raw_fd_pwrite(fd, AT(two), 2, ~0ull, AT(&n)), INVAL);

    /* more buffers than the host takes at once: a part is done */
    static uint32_t many[3000][2];
    for (uint32_t i = 0; i < 3000; i++) {
        many[i][0] = AT(big + i);
        many[i][1] = 1;
        big[i] = (uint8_t)i;
    }
    OK("seek", raw_fd_seek(fd, 0, 0, AT(&pos)));
    uint32_t total = 0;
    while (total < 3000 && raw_fd_write(fd, AT(many[total]), 3000 - total, AT(&n)) == 0 && n > 0)
        total += n;
    NUM("write 3000 buffers", total, 3000);
    memset(big, 0, 3000);
    OK("seek", raw_fd_seek(fd, 0, 0, AT(&pos)));
    for (total = 0; total < 3000 && raw_fd_read(fd, AT(many[total]), 3000 - total, AT(&n)) == 0 && n > 0;)
        total += n;
    NUM("read 3000 buffers", total, 3000);
    bool same = true;
    for (uint32_t i = 0; i < 3000; i++)
        same &= big[i] == (uint8_t)i;
    TRUE("  content", same);
    OK("close", raw_fd_close(fd));
}

static void lies(void)
{
    uint32_t fd, n = 77;
    char text[8];
    OK("open", open_at(ROOT, "lies", 0, CREAT, R_FILE, &fd));
    OK("write", write_to(fd, "12345678", 8));
    uint64_t pos;
    OK("seek", raw_fd_seek(fd, 0, 0, AT(&pos)));
    uint32_t mem = (uint32_t)__builtin_wasm_memory_size(0) * 65536;
    uint32_t good_bad[4] = { AT(text), 4, mem - 2, 3 };
    BAD("read: second buffer runs out of memory", raw_fd_read(fd, AT(good_bad), 2, AT(&n)), FAULT);
    BAD("write: second buffer runs out of memory", raw_fd_write(fd, AT(good_bad), 2, AT(&n)), FAULT);
    NUM("  nothing was counted", n, 77);
    OK("tell", raw_fd_tell(fd, AT(&pos)));
    NUM("  nothing was read", pos, 0);
    uint32_t wrap[2] = { 0xffffff00, 0x200 };
    BAD("read: address wraps", raw_fd_read(fd, AT(wrap), 1, AT(&n)), FAULT);
    uint32_t all[2] = { AT(text), 0xffffffff };
    BAD("read: length wraps", raw_fd_read(fd, AT(all), 1, AT(&n)), FAULT);
    BAD("read: array outside", raw_fd_read(fd, mem - 4, 1, AT(&n)), FAULT);
    BAD("read: array wraps", raw_fd_read(fd, AT(good_bad), 0x20000001, AT(&n)), FAULT);
    BAD("read: 2^32-1 buffers", raw_fd_read(fd, AT(good_bad), 0xffffffff, AT(&n)), FAULT);
    uint32_t good[2] = { AT(text), 4 };
    BAD("read: result outside", raw_fd_read(fd, AT(good), 1, mem - 3), FAULT);
    OK("tell", raw_fd_tell(fd, AT(&pos)));
    NUM("  nothing was read", pos, 0);
    BAD("write: result outside", raw_fd_write(fd, AT(good), 1, mem), FAULT);
    BAD("pread: result outside", raw_fd_pread(fd, AT(good), 1, 0, mem), FAULT);
    BAD("pwrite: result outside", raw_fd_pwrite(fd, AT(good), 1, 0, mem), FAULT);
    BAD("pread: buffer outside", raw_fd_pread(fd, AT(good_bad), 2, 0, AT(&n)), FAULT);
    BAD("pwrite: buffer outside", raw_fd_pwrite(fd, AT(good_bad), 2, 0, AT(&n)), FAULT);
    BAD("tell: outside", raw_fd_tell(fd, mem - 7), FAULT);
    BAD("seek: outside", raw_fd_seek(fd, 0, 0, 0xffffffff), FAULT);
    uint32_t edge[2] = { mem - 4, 4 };
    OK("read: the last bytes of memory", raw_fd_read(fd, AT(edge), 1, AT(&n)));
    uint32_t empty[2] = { mem, 0 };
    OK("read: empty buffer at the end of memory", raw_fd_read(fd, AT(empty), 1, AT(&n)));
    /* sum of the sizes is more than 32 bits: every buffer is inside, so it needs big ones */
    uint32_t grown = (uint32_t)__builtin_wasm_memory_grow(0, 1024);
    if (grown != 0xffffffff) {
        static uint32_t huge[80][2];
        for (int i = 0; i < 80; i++) {
            huge[i][0] = grown * 65536;
            huge[i][1] = 1024 * 65536;
        }
        BAD("read: sizes overflow", raw_fd_read(fd, AT(huge), 80, AT(&n)), INVAL);
        BAD("write: sizes overflow", raw_fd_write(fd, AT(huge), 80, AT(&n)), INVAL);
    }
    /* the array of buffers is itself overwritten by what is read */
    uint32_t self[4] = { 0, 0, 0, 0 };
    self[0] = AT(self), self[1] = 8, self[2] = AT(text), self[3] = 4;
    OK("seek", raw_fd_seek(fd, 0, 0, AT(&pos)));
    OK("read over the array", raw_fd_read(fd, AT(self), 2, AT(&n)));
    NUM("  bytes", n, 8);
    /* unaligned array and result */
    char odd[32];
    uint32_t v[2] = { AT(text), 8 };
    memcpy(odd + 1, v, 8);
    OK("seek", raw_fd_seek(fd, 0, 0, AT(&pos)));
    OK("read: unaligned", raw_fd_read(fd, AT(odd + 1), 1, AT(odd + 11)));
    memcpy(&n, odd + 11, 4);
    NUM("  bytes", n, 8);
    text_is("  content", text, 8, "12345678");
    OK("close", raw_fd_close(fd));
}

static void append(void)
{
    uint32_t fd, n;
    uint64_t pos;
    OK("make", make_file(ROOT, "app", "0123456789"));
    OK("open to append", raw_path_open(ROOT, 0, S("app"), 0, R_FILE, 0, 1, AT(&fd)));
    __wasi_fdstat_t st;
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&st)));
    NUM("  flags", st.fs_flags, 1);
    OK("write", write_to(fd, "AB", 2));
    OK("seek", raw_fd_seek(fd, 0, 0, AT(&pos)));
    OK("write", write_to(fd, "CD", 2));
    OK("tell", raw_fd_tell(fd, AT(&pos)));
    NUM("  position is the end", pos, 14);
    uint32_t iov[2] = { AT("xy"), 2 };
    OK("pwrite at 1", raw_fd_pwrite(fd, AT(iov), 1, 1, AT(&n)));
    text_is("  pwrite does not append", content(ROOT, "app"), 14, "0xy3456789ABCD");
    OK("tell", raw_fd_tell(fd, AT(&pos)));
    NUM("  position stayed", pos, 14);
    OK("write still appends", write_to(fd, "E", 1));
    text_is("  content", content(ROOT, "app"), 15, "0xy3456789ABCDE");
    OK("clear append", raw_fd_fdstat_set_flags(fd, 0));
    OK("seek", raw_fd_seek(fd, 0, 0, AT(&pos)));
    OK("write", write_to(fd, "-", 1));
    text_is("  overwrites", content(ROOT, "app"), 15, "-xy3456789ABCDE");
    OK("set append", raw_fd_fdstat_set_flags(fd, 1));
    OK("write", write_to(fd, "F", 1));
    text_is("  appends", content(ROOT, "app"), 16, "-xy3456789ABCDEF");
    BAD("unknown flag", raw_fd_fdstat_set_flags(fd, 32), INVAL);
    IS("sync cannot be added", raw_fd_fdstat_set_flags(fd, 1 | 16), NOTSUP);
    OK("non-blocking can", raw_fd_fdstat_set_flags(fd, 1 | 4));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&st)));
    NUM("  flags", st.fs_flags, 5);
    OK("close", raw_fd_close(fd));
    OK("open dsync", raw_path_open(ROOT, 0, S("app"), 0, R_FILE, 0, 2, AT(&fd)));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&st)));
    NUM("  flags", st.fs_flags, 2);
    OK("write", write_to(fd, "=", 1));
    OK("close", raw_fd_close(fd));
    OK("open rsync sync", raw_path_open(ROOT, 0, S("app"), 0, R_FILE, 0, 8 | 16, AT(&fd)));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&st)));
    NUM("  flags", st.fs_flags, 24);
    OK("close", raw_fd_close(fd));
}

static void seek(void)
{
    uint32_t fd;
    uint64_t pos;
    OK("open", open_at(ROOT, "s", 0, CREAT, R_FILE, &fd));
    OK("write", write_to(fd, "0123456789", 10));
    OK("seek end -3", raw_fd_seek(fd, -3, 2, AT(&pos)));
    NUM("  position", pos, 7);
    OK("seek cur -2", raw_fd_seek(fd, -2, 1, AT(&pos)));
    NUM("  position", pos, 5);
    OK("seek cur 0", raw_fd_seek(fd, 0, 1, AT(&pos)));
    NUM("  position", pos, 5);
    OK("seek beyond the end", raw_fd_seek(fd, 1000, 0, AT(&pos)));
    NUM("  position", pos, 1000);
    IS("seek before 0", raw_fd_seek(fd, -1, 0, AT(&pos)), INVAL);
    IS("seek before 0", raw_fd_seek(fd, -2000, 1, AT(&pos)), INVAL);
    OK("tell", raw_fd_tell(fd, AT(&pos)));
    NUM("  position stayed", pos, 1000);
    BAD("whence 3", raw_fd_seek(fd, 0, 3, AT(&pos)), INVAL);
    BAD("whence 256", raw_fd_seek(fd, 0, 256, AT(&pos)), INVAL);
    OK("close", raw_fd_close(fd));
}

static void attributes(void)
{
    uint32_t fd, ro;
    __wasi_filestat_t st;
    OK("open", open_at(ROOT, "a", 0, CREAT, R_FILE, &fd));
    OK("set size", raw_fd_filestat_set_size(fd, 1234));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  size", st.size, 1234);
    NUM("  type", st.filetype, 4);
    NUM("  links", st.nlink, 1);
    TRUE("  times", st.atim > 0 && st.mtim > 0 && st.ctim > 0);
    OK("set size smaller", raw_fd_filestat_set_size(fd, 10));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  size", st.size, 10);
    IS("set size 2^63", raw_fd_filestat_set_size(fd, 1ull << 63), INVAL);
    OK("allocate inside", raw_fd_allocate(fd, 0, 5));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  size", st.size, 10);
    OK("allocate beyond", raw_fd_allocate(fd, 8, 100));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  size", st.size, 108);
    IS("allocate nothing", raw_fd_allocate(fd, 0, 0), INVAL);
    IS("allocate at 2^63", raw_fd_allocate(fd, 1ull << 63, 1), INVAL);
    IS("allocate too much", raw_fd_allocate(fd, (1ull << 63) - 1, 5), FBIG);

    OK("set times", raw_fd_filestat_set_times(fd, 1000000000123456789ull, 987654321098765432ull, 1 | 4));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  atim to the nanosecond", st.atim, 1000000000123456789ull);
    NUM("  mtim to the nanosecond", st.mtim, 987654321098765432ull);
    OK("set mtim only", raw_fd_filestat_set_times(fd, 5, 7000000001ull, 4));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  atim stayed", st.atim, 1000000000123456789ull);
    NUM("  mtim", st.mtim, 7000000001ull);
    OK("atim now", raw_fd_filestat_set_times(fd, 0, 0, 2));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    uint64_t now;
    OK("clock", raw_clock_time_get(0, 0, AT(&now)));
    TRUE("  atim is now", st.atim > now - 10000000000ull && st.atim < now + 10000000000ull);
    NUM("  mtim stayed", st.mtim, 7000000001ull);
    OK("nothing to set", raw_fd_filestat_set_times(fd, 0, 0, 0));
    IS("atim and now", raw_fd_filestat_set_times(fd, 0, 0, 3), INVAL);
    IS("mtim and now", raw_fd_filestat_set_times(fd, 0, 0, 12), INVAL);
    BAD("unknown time flag", raw_fd_filestat_set_times(fd, 0, 0, 16), INVAL);

    for (uint32_t advice = 0; advice < 6; advice++)
        OK("advise", raw_fd_advise(fd, 0, 100, advice));
    BAD("no such advice", raw_fd_advise(fd, 0, 100, 6), INVAL);
    IS("advise 2^63", raw_fd_advise(fd, 1ull << 63, 1, 0), INVAL);
    OK("sync", raw_fd_sync(fd));
    OK("datasync", raw_fd_datasync(fd));
    BAD("stat outside", raw_fd_filestat_get(fd, 0xffffffc1), FAULT);
    BAD("fdstat outside", raw_fd_fdstat_get(fd, 0xfffffff0), FAULT);
    char odd[80];
    OK("stat unaligned", raw_fd_filestat_get(fd, AT(odd + 5)));
    uint64_t size;
    memcpy(&size, odd + 5 + 32, 8);
    NUM("  size", size, 108);
    OK("close", raw_fd_close(fd));

    /* a descriptor that is not open for writing, but has the right */
    OK("open to read", open_at(ROOT, "a", 0, 0, R_READ | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE, &ro));
    IS("set size", raw_fd_filestat_set_size(ro, 1), INVAL);
    OK("close", raw_fd_close(ro));

    __wasi_fdstat_t fs;
    OK("fdstat of the directory", raw_fd_fdstat_get(ROOT, AT(&fs)));
    NUM("  type", fs.fs_filetype, 3);
    OK("stat of the directory", raw_fd_filestat_get(ROOT, AT(&st)));
    NUM("  type", st.filetype, 3);
    OK("sync of the directory", raw_fd_sync(ROOT));
    uint64_t pos;
    char c;
    uint32_t iov[2] = { AT(&c), 1 }, n;
    IS("seek in a directory", raw_fd_seek(ROOT, 0, 0, AT(&pos)), NOTCAPABLE);
    IS("tell in a directory", raw_fd_tell(ROOT, AT(&pos)), NOTCAPABLE);
    IS("read a directory", raw_fd_read(ROOT, AT(iov), 1, AT(&n)), NOTCAPABLE);
    IS("write a directory", raw_fd_write(ROOT, AT(iov), 1, AT(&n)), NOTCAPABLE);
}

int main(void)
{
    printf("# vectors\n"), vectors();
    printf("# lies\n"), lies();
    printf("# append\n"), append();
    printf("# seek\n"), seek();
    printf("# attributes\n"), attributes();
    return done();
}
