/* out.c - buffered text output on a descriptor, safe in signal handlers. */
#include "cli/out.h"
#include "diag/trap_report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void cw_out_init(Out *out, int fd)
{
    out->fd = fd;
    out->failed = false;
    out->n = 0;
}

bool cw_out_flush(Out *out)
{
    size_t done = 0;
    while (done < out->n && !out->failed) {
        ssize_t n = write(out->fd, out->buf + done, out->n - done);
        if (n > 0)
            done += (size_t)n;
        else if (n < 0 && errno != EINTR)
            out->failed = true;
    }
    out->n = 0;
    return !out->failed;
}

void cw_out_bytes(Out *out, const char *text, size_t size)
{
    while (size > 0) {
        size_t room = sizeof out->buf - out->n, n = size < room ? size : room;
        memcpy(out->buf + out->n, text, n);
        out->n += n;
        text += n;
        size -= n;
        if (out->n == sizeof out->buf)
            cw_out_flush(out);
    }
}

void cw_out_text(Out *out, const char *text)
{
    cw_out_bytes(out, text, strlen(text));
}

void cw_out_char(Out *out, char c)
{
    cw_out_bytes(out, &c, 1);
}

void cw_out_pad(Out *out, size_t done, size_t column)
{
    do
        cw_out_char(out, ' ');
    while (++done < column);
}

static void number(Out *out, uint64_t x, unsigned base)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = "0123456789abcdef"[x % base];
    while (x /= base);
    cw_out_bytes(out, digits + at, sizeof digits - at);
}

void cw_out_u64(Out *out, uint64_t x)
{
    number(out, x, 10);
}

void cw_out_i64(Out *out, int64_t x)
{
    if (x < 0)
        cw_out_char(out, '-');
    number(out, x < 0 ? 0 - (uint64_t)x : (uint64_t)x, 10);
}

void cw_out_hex(Out *out, uint64_t x)
{
    cw_out_text(out, "0x");
    number(out, x, 16);
}

void cw_out_seconds(Out *out, uint64_t ns)
{
    number(out, ns / 1000000000, 10);
    cw_out_char(out, '.');
    for (uint64_t micros = ns / 1000 % 1000000, unit = 100000; unit > 0; unit /= 10)
        cw_out_char(out, (char)('0' + micros / unit % 10));
}

size_t cw_utf8_length(const char *text, size_t size)
{
    const unsigned char *s = (const unsigned char *)text;
    if (size == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || size < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool too_high = (s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf4 && s[1] >= 0x90);
    return overlong || too_high ? 0 : n;
}

void cw_out_name(Out *out, const char *name, size_t size)
{
    while (size > 0) {
        size_t n = cw_utf8_length(name, size);
        if (n == 0 || cw_terminal_control(name, size)) {
            for (size_t i = 0; i < (n ? n : 1); i++) {
                cw_out_char(out, '\\');
                cw_out_char(out, "0123456789abcdef"[(unsigned char)name[i] >> 4]);
                cw_out_char(out, "0123456789abcdef"[name[i] & 15]);
            }
            n = n ? n : 1;
        } else {
            cw_out_bytes(out, name, n);
        }
        name += n;
        size -= n;
    }
}

void cw_out_json(Out *out, const char *text, size_t size)
{
    cw_out_char(out, '"');
    while (size > 0) {
        size_t n = cw_utf8_length(text, size);
        unsigned char c = (unsigned char)text[0];
        if (n == 0) {
            cw_out_text(out, "\\ufffd");
            n = 1;
        } else if (c == '"' || c == '\\') {
            cw_out_char(out, '\\');
            cw_out_char(out, text[0]);
        } else if (c < 0x20 || c == 0x7f) {
            cw_out_text(out, "\\u00");
            cw_out_char(out, "01234567"[c >> 4]);
            cw_out_char(out, "0123456789abcdef"[c & 15]);
        } else {
            cw_out_bytes(out, text, n);
        }
        text += n;
        size -= n;
    }
    cw_out_char(out, '"');
}
