/*
 * fileserver.c - a static file server over HTTP/1.1 as a guest: plain WASI preview 1, no socket extension.
 *
 *     clang --target=wasm32-wasi -O2 fileserver.c -o fileserver.wasm
 *     cwasm run --listen tcp://127.0.0.1:8080,nonblock --dir site::/:ro fileserver.wasm
 *
 * Descriptor 3 is the listener. One poll waits for it and for all connections; each is either reading a request or writing a response, and
 * stays open for the next one (keep-alive, also pipelined). What a client may see is what the directory holds: the sandbox keeps paths in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LISTENER = 3, MAX_CONNECTIONS = 1000, REQUEST_MAX = 8192, CHUNK = 65536 };

typedef struct Connection {
    int fd;
    bool keep;                  /* open after this response */
    char in[REQUEST_MAX];       /* what was read and not yet answered */
    size_t n_in;
    char head[512];             /* of the response */
    size_t n_head, head_sent;
    int file;                   /* body, -1: none */
    off_t at, size;
} Connection;

static Connection *connections[MAX_CONNECTIONS];
static struct pollfd polls[MAX_CONNECTIONS + 1];
static int n_connections;

static bool writing(const Connection *c) { return c->n_head != 0; }

static void drop(int i)
{
    Connection *c = connections[i];
    if (c->file >= 0)
        close(c->file);
    close(c->fd);
    free(c);
    connections[i] = connections[--n_connections];
}

static void accept_all(void)
{
    int fd;
    while (n_connections < MAX_CONNECTIONS && (fd = accept4(LISTENER, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        Connection *c = calloc(1, sizeof *c);
        if (!c) {
            close(fd);
            return;
        }
        c->fd = fd;
        c->file = -1;
        connections[n_connections++] = c;
    }
}

/* ---- Requests ---- */

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        { ".html", "text/html; charset=utf-8" }, { ".txt", "text/plain; charset=utf-8" }, { ".css", "text/css" },
        { ".js", "text/javascript" }, { ".json", "application/json" }, { ".svg", "image/svg+xml" }, { ".png", "image/png" },
        { ".wasm", "application/wasm" },
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (strcasecmp(dot, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

static void respond(Connection *c, const char *status, const char *type, off_t size)
{
    int n = snprintf(c->head, sizeof c->head, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %lld\r\nConnection: %s\r\n\r\n", status, type,
                     (long long)size, c->keep ? "keep-alive" : "close");
    c->n_head = (size_t)n;
    c->head_sent = 0;
    c->at = 0;
    c->size = 0;
}

static void refuse(Connection *c, const char *status)
{
    respond(c, status, "text/plain", 0);
}

static int hex(char ch)
{
    return ch >= '0' && ch <= '9' ? ch - '0' : (ch | 32) >= 'a' && (ch | 32) <= 'f' ? (ch | 32) - 'a' + 10 : -1;
}

/* Decodes %41 in place and cuts the query off; false if it is no path. */
static bool decode(char *path)
{
    char *to = path;
    for (const char *from = path; *from && *from != '?' && *from != '#'; from++) {
        int high, low;
        if (*from != '%') {
            *to++ = *from;
        } else if ((high = hex(from[1])) < 0 || (low = hex(from[2])) < 0 || high + low == 0) {
            return false;
        } else {
            *to++ = (char)(high << 4 | low);
            from += 2;
        }
    }
    *to = 0;
    return path[0] == '/';
}

/* Whether a header line has this value; headers begin behind the request line. */
static bool has_header(const char *headers, const char *name, const char *value)
{
    size_t n = strlen(name), m = strlen(value);
    for (const char *line = strstr(headers, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        const char *p = line + 2;
        if (strncasecmp(p, name, n) != 0 || p[n] != ':')
            continue;
        for (p += n + 1; *p == ' '; p++)
            ;
        if (strncasecmp(p, value, m) == 0)
            return true;
    }
    return false;
}

static void serve_file(Connection *c, char *path, bool head_only)
{
    char full[REQUEST_MAX + 16];
    struct stat st;
    size_t n = strlen(path);
    snprintf(full, sizeof full, "%s%s", path, path[n - 1] == '/' ? "index.html" : "");
    int fd = open(full, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        refuse(c, "404 Not Found");
        return;
    }
    respond(c, "200 OK", type_of(full), st.st_size);
    if (head_only) {
        close(fd);
        return;
    }
    c->file = fd;
    c->size = st.st_size;
}

/* Answers the request of n bytes at the front of c->in. */
static void answer(Connection *c, size_t n)
{
    char request[REQUEST_MAX + 1], method[8], version[16];
    static char path[REQUEST_MAX + 1];
    memcpy(request, c->in, n);
    request[n] = 0;
    memmove(c->in, c->in + n, c->n_in - n);
    c->n_in -= n;
    c->keep = false;
    if (strlen(request) != n || sscanf(request, "%7[A-Z] %8191s %15s", method, path, version) != 3 || strncmp(version, "HTTP/1.", 7) != 0) {
        refuse(c, "400 Bad Request");
        return;
    }
    c->keep = strcmp(version, "HTTP/1.0") == 0 ? has_header(request, "Connection", "keep-alive") : !has_header(request, "Connection", "close");
    bool head = strcmp(method, "HEAD") == 0;
    if (!head && strcmp(method, "GET") != 0)
        c->keep = false, refuse(c, "405 Method Not Allowed");   /* there may be a body, which we would take for a request */
    else if (!decode(path))
        refuse(c, "400 Bad Request");
    else
        serve_file(c, path, head);
}

/* Answers what has come whole. */
static void look_at_input(Connection *c)
{
    for (size_t i = 3; i < c->n_in; i++) {
        if (memcmp(c->in + i - 3, "\r\n\r\n", 4) == 0) {
            answer(c, i + 1);
            return;
        }
    }
    if (c->n_in == REQUEST_MAX) {
        c->keep = false;
        c->n_in = 0;
        refuse(c, "431 Request Header Fields Too Large");
    }
}

/* ---- Moving bytes: false if the connection ends ---- */

static bool read_some(Connection *c)
{
    ssize_t n = recv(c->fd, c->in + c->n_in, REQUEST_MAX - c->n_in, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    c->n_in += (size_t)n;
    look_at_input(c);
    return true;
}

static bool write_some(Connection *c)
{
    static char chunk[CHUNK];
    while (c->head_sent < c->n_head) {
        ssize_t n = send(c->fd, c->head + c->head_sent, c->n_head - c->head_sent, 0);
        if (n < 0)
            return errno == EAGAIN;
        c->head_sent += (size_t)n;
    }
    while (c->at < c->size) {
        ssize_t got = pread(c->file, chunk, sizeof chunk, c->at);
        if (got <= 0)
            return false;   /* it shrank: the length that was promised cannot be kept */
        if (got > c->size - c->at)
            got = (ssize_t)(c->size - c->at);
        ssize_t n = send(c->fd, chunk, (size_t)got, 0);
        if (n < 0)
            return errno == EAGAIN;
        c->at += n;
    }
    if (c->file >= 0)
        close(c->file);
    c->file = -1;
    c->n_head = 0;
    if (!c->keep)
        return false;
    look_at_input(c);
    return true;
}

int main(void)
{
    for (;;) {
        int n = n_connections;
        polls[0] = (struct pollfd){ .fd = LISTENER, .events = n < MAX_CONNECTIONS ? POLLIN : 0 };
        for (int i = 0; i < n; i++)
            polls[i + 1] = (struct pollfd){ .fd = connections[i]->fd, .events = writing(connections[i]) ? POLLOUT : POLLIN };
        int first = n < MAX_CONNECTIONS ? 0 : 1;   /* full: new ones wait until there is room */
        if (poll(polls + first, (nfds_t)(n + 1 - first), -1) < 0) {
            perror("poll");
            return 1;
        }
        for (int i = n; i-- > 0;) {   /* from the end: drop() moves the last one down */
            if (!polls[i + 1].revents)
                continue;
            Connection *c = connections[i];
            bool goes_on = writing(c) ? write_some(c) : read_some(c);
            while (goes_on && writing(c) && c->head_sent == 0)   /* what has just been answered can mostly be sent at once */
                goes_on = write_some(c);
            if (!goes_on)
                drop(i);
        }
        if (!first && polls[0].revents)
            accept_all();
    }
}
