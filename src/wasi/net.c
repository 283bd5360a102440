/* net.c - rules and their checks, names, listeners. */
#include "wasi/net.h"

#include <stdio.h>

#define HOSTS_FILE "/etc/hosts"
#define RESOLV_FILE "/etc/resolv.conf"
enum { FILE_MOST = 1 << 20, BACKLOG = 1024 };

/* ---- Checks ---- */

/* addr: NULL if it is not about one. With the lock. */
static Errno refuse(cwasm_wasi *w, NetUse use, const NetAddr *addr)
{
    w->refusal = (Refusal){ .is_set = true, .has_addr = addr != NULL, .use = (u8)use };
    if (addr)
        w->refusal.addr = *addr;
    return ERRNO_ACCES;
}

bool cw_wasi_refusal(cwasm_wasi *w, char *buf, size_t size)
{
    char addr[NET_ADDR_TEXT] = "";
    cw_wasi_lock(w);
    Refusal r = w->refusal;
    w->refusal.is_set = false;
    cw_wasi_unlock(w);
    if (!r.is_set)
        return false;
    if (r.has_addr)
        cw_net_addr_text(&r.addr, addr);
    snprintf(buf, size, "no rule of --net allows %s %s", cw_net_use_text((NetUse)r.use), r.has_addr ? addr : r.use == NET_DNS ? "this name" : "any address");
    return true;
}

bool cw_wasi_has_net(const cwasm_wasi *w) { return w->net && w->net->rules.rules.n; }

Errno cw_net_check(Call *c, NetUse use, const NetAddr *addr)
{
    const Net *net = c->wasi->net;
    return net && cw_net_allows(&net->rules, use, addr) ? ERRNO_SUCCESS : refuse(c->wasi, use, addr);
}

Errno cw_net_check_any(Call *c, NetUse use, NetUse other)
{
    const Net *net = c->wasi->net;
    return net && (cw_net_any(&net->rules, use) || cw_net_any(&net->rules, other)) ? ERRNO_SUCCESS : refuse(c->wasi, use, NULL);
}

bool cw_net_accepts(Call *c, int fd)
{
    const Net *net = c->wasi->net;
    NetAddr peer;
    if (!net || !cw_net_any(&net->rules, NET_TCP_FROM))
        return true;
    Errno e = cw_host_peer_addr(fd, &peer);
    return e == ERRNO_AFNOSUPPORT || (!e && cw_net_allows(&net->rules, NET_TCP_FROM, &peer));
}

/* ---- Asking name servers ---- */

/* Waits until fd is ready. */
static Errno wait_for(Call *c, int fd, bool write, u64 deadline)
{
    for (;;) {
        u64 now, scratch[HOST_POLL_SCRATCH / 8];
        HostPoll poll = { .fd = fd, .write = write };
        Errno e = cw_host_clock_time(CLOCK_ID_MONOTONIC, &now);
        if (!e)
            e = cw_host_poll(&poll, 1, now < deadline ? deadline - now : 0, scratch);
        if (e == ERRNO_INTR && !cw_call_stopped(c))
            continue;
        if (e || poll.ready)
            return e;
        if (now >= deadline)
            return ERRNO_TIMEDOUT;
    }
}

typedef struct Question {
    u16 id, type;
    bool answered;
    DnsResult result;
} Question;

typedef struct Lookup {
    Call *c;
    const char *name;
    NetAddr *addrs;
    u32 n;
    u64 deadline;
} Lookup;

/* Sends or receives all of the bytes. */
static Errno transfer(Lookup *l, int fd, bool write, u8 *bytes, size_t size)
{
    while (size) {
        size_t done;
        bool truncated;
        struct iovec iov = { bytes, size };
        Errno e = write ? cw_host_send(fd, &iov, 1, true, &done) : cw_host_recv(fd, &iov, 1, false, false, true, &done, &truncated);
        if (e == ERRNO_AGAIN)
            e = wait_for(l->c, fd, write, l->deadline);
        else if (!e && done == 0)
            e = ERRNO_CONNRESET;
        else if (!e)
            bytes += done, size -= done;
        if (e && e != ERRNO_INTR)
            return e;
        if (e == ERRNO_INTR && cw_call_stopped(l->c))
            return e;
    }
    return ERRNO_SUCCESS;
}

/* An answer that did not fit into a datagram. */
static Errno ask_by_tcp(Lookup *l, const NetAddr *server, Question *q)
{
    enum { MESSAGE_MAX = 8192 };
    u8 query[2 + DNS_QUERY_MAX], *message = NULL;
    const Alloc *a = &l->c->wasi->alloc;
    int fd;
    Errno e = cw_host_socket(server->v6, false, true, &fd);
    if (e)
        return e;
    e = cw_host_connect(fd, server);
    if (e == ERRNO_INPROGRESS || e == ERRNO_INTR)
        e = wait_for(l->c, fd, true, l->deadline);   /* what went wrong, the next call says */
    size_t size = cw_dns_query(query + 2, q->id, l->name, q->type);
    query[0] = (u8)(size >> 8);
    query[1] = (u8)size;
    if (!e)
        e = transfer(l, fd, true, query, size + 2);
    if (!e)
        e = transfer(l, fd, false, query, 2);
    size = (size_t)query[0] << 8 | query[1];
    if (!e && size > MESSAGE_MAX)
        e = ERRNO_MSGSIZE;
    if (!e && !(message = cw_alloc(a, MESSAGE_MAX)))
        e = ERRNO_NOMEM;
    if (!e)
        e = transfer(l, fd, false, message, size);
    if (!e) {
        q->result = cw_dns_parse(message, size, q->id, l->name, q->type, l->addrs, NET_NAME_ADDRS, &l->n);
        q->answered = true;
    }
    cw_free(a, message, MESSAGE_MAX);
    cw_host_close(fd);
    return e;
}

/* Reads answers until both questions have theirs. */
static Errno hear(Lookup *l, int fd, const NetAddr *server, Question q[2])
{
    while (!q[0].answered || !q[1].answered) {
        u8 message[1500];
        size_t size;
        bool truncated;
        struct iovec iov = { message, sizeof message };
        Errno e = wait_for(l->c, fd, false, l->deadline);
        if (!e)
            e = cw_host_recv(fd, &iov, 1, false, false, true, &size, &truncated);
        if (e == ERRNO_AGAIN)
            continue;
        if (e)
            return e;
        for (int i = 0; i < 2; i++) {
            if (q[i].answered)
                continue;
            q[i].result = cw_dns_parse(message, size, q[i].id, l->name, q[i].type, l->addrs, NET_NAME_ADDRS, &l->n);
            q[i].answered = q[i].result != DNS_NOT_OURS;
            if (q[i].result == DNS_TRUNCATED && (e = ask_by_tcp(l, server, &q[i])) != ERRNO_SUCCESS)
                return e;
        }
    }
    return ERRNO_SUCCESS;
}

/* One server, both kinds of addresses at once. ERRNO_AGAIN if another server should be asked. */
static Errno ask(Lookup *l, const NetAddr *server)
{
    Question q[2] = { { .type = DNS_TYPE_A }, { .type = DNS_TYPE_AAAA } };
    u16 ids[2];
    int fd;
    l->n = 0;
    Errno e = cw_host_random(ids, sizeof ids);
    if (e || (e = cw_host_socket(server->v6, true, true, &fd)) != ERRNO_SUCCESS)
        return e;
    e = cw_host_connect(fd, server);   /* only what comes from there is heard */
    for (int i = 0; i < 2 && !e; i++) {
        u8 query[DNS_QUERY_MAX];
        size_t done;
        q[i].id = ids[i];
        struct iovec iov = { query, cw_dns_query(query, q[i].id, l->name, q[i].type) };
        e = cw_host_send(fd, &iov, 1, true, &done);
    }
    if (!e)
        e = hear(l, fd, server, q);
    cw_host_close(fd);
    if (e == ERRNO_INTR)
        return e;
    for (int i = 0; i < 2; i++)
        if (q[i].answered && q[i].result == DNS_NO_NAME)
            return ERRNO_NOENT;
    if (l->n)
        return ERRNO_SUCCESS;   /* one kind is enough */
    bool both = q[0].answered && q[0].result == DNS_ANSWER && q[1].answered && q[1].result == DNS_ANSWER;
    return both ? ERRNO_NOENT : ERRNO_AGAIN;
}

/* ---- Names ---- */

static Errno look_up(Lookup *l, const Net *net)
{
    enum { ATTEMPTS = 2, SECONDS = 3 };
    if (strcmp(l->name, "localhost") == 0) {
        cw_net_set_ip4(&l->addrs[0], (const u8[4]){ 127, 0, 0, 1 }, 0);
        l->addrs[1] = (NetAddr){ .ip = { [15] = 1 }, .v6 = true };
        l->n = 2;
        return ERRNO_SUCCESS;
    }
    if (net->hosts)
        cw_dns_hosts(net->hosts, l->name, l->addrs, NET_NAME_ADDRS, &l->n);
    if (l->n)
        return ERRNO_SUCCESS;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        for (u32 i = 0; i < net->n_servers; i++) {
            u64 now;
            Errno e = cw_host_clock_time(CLOCK_ID_MONOTONIC, &now);
            l->deadline = now + (u64)SECONDS * (u64)(attempt + 1) * 1000000000u;
            if (!e)
                e = ask(l, &net->servers[i]);
            if (e == ERRNO_SUCCESS || e == ERRNO_NOENT || e == ERRNO_INTR)
                return e;
        }
    }
    return ERRNO_AGAIN;
}

/* IPv4 first, each kind in the order it came. */
static void sort(NetAddr *addrs, u32 n)
{
    for (u32 i = 1; i < n; i++) {
        NetAddr a = addrs[i];
        u32 k = i;
        for (; k > 0 && addrs[k - 1].v6 && !a.v6; k--)
            addrs[k] = addrs[k - 1];
        addrs[k] = a;
    }
}

/* What the guest learns of a name is what stays pinned, whoever came first. With the lock. */
static Errno pin(cwasm_wasi *w, const char *name, NetAddr *addrs, u32 *n)
{
    NetRules *rules = &w->net->rules;
    if (!cw_net_wants_pin(rules, name))
        return ERRNO_SUCCESS;
    const NetPin *old = cw_net_pin(rules, name);
    if (old) {
        memcpy(addrs, old->addrs, old->n * sizeof *addrs);
        *n = old->n;
        return ERRNO_SUCCESS;
    }
    return cw_net_add_pin(rules, &w->alloc, name, addrs, *n) ? ERRNO_SUCCESS : ERRNO_NOMEM;
}

Errno cw_net_resolve(Call *c, const char *text, size_t size, NetAddr addrs[NET_NAME_ADDRS], u32 *n)
{
    char name[NET_NAME_MAX + 1];
    cwasm_wasi *w = c->wasi;
    Lookup l = { .c = c, .name = name, .addrs = addrs };
    *n = 1;
    if (cw_net_parse_ip(text, size, addrs))
        return ERRNO_SUCCESS;
    if (!cw_net_name(text, size, name))
        return ERRNO_INVAL;
    *n = 0;
    cw_wasi_lock(w);
    bool allowed = w->net && cw_net_allows_name(&w->net->rules, name);
    const NetPin *old = allowed ? cw_net_pin(&w->net->rules, name) : NULL;
    Errno e = old ? pin(w, name, addrs, n) : allowed ? ERRNO_SUCCESS : refuse(w, NET_DNS, NULL);
    cw_wasi_unlock(w);
    if (old || e)
        return e;
    e = look_up(&l, w->net);   /* reads nothing that changes while guests run */
    if (e)
        return e;
    sort(addrs, l.n);
    *n = l.n;
    cw_wasi_lock(w);
    e = pin(w, name, addrs, n);
    cw_wasi_unlock(w);
    return e;
}

/* ---- The embedder's side ---- */

static Status get_net(cwasm_wasi *w, Error *err)
{
    if (!w->net)
        w->net = cw_calloc(&w->alloc, 1, sizeof *w->net);
    return w->net ? CWASM_OK : cw_no_memory(err);
}

void cw_net_free(cwasm_wasi *w, Net *net)
{
    if (!net)
        return;
    cw_net_rules_done(&net->rules, &w->alloc);
    if (net->hosts)
        cw_free(&w->alloc, net->hosts, net->hosts_size + 1);
    cw_free(&w->alloc, net, sizeof *net);
}

/* Files that are missing are like empty ones: then names cannot be looked up. */
static void read_files(cwasm_wasi *w, Net *net)
{
    size_t size;
    if (net->has_files)
        return;
    net->has_files = true;
    net->hosts = cw_host_read_text(&w->alloc, HOSTS_FILE, FILE_MOST, &net->hosts_size);
    char *text = net->has_server ? NULL : cw_host_read_text(&w->alloc, RESOLV_FILE, FILE_MOST, &size);
    if (!text)
        return;
    net->n_servers = cw_dns_servers(text, net->servers, NET_SERVERS);
    cw_free(&w->alloc, text, size + 1);
}

Status cwasm_wasi_net_allow(cwasm_wasi *w, const char *rules, Error *err)
{
    TRY(get_net(w, err));
    TRY(cw_net_rules_add(&w->net->rules, &w->alloc, rules, err));
    for (u32 i = 0; i < w->net->rules.rules.n; i++)
        if (w->net->rules.rules.at[i].host == NET_HOST_NAME)
            read_files(w, w->net);
    return CWASM_OK;
}

/* "HOST:PORT" or "[ADDRESS]:PORT"; the host as a text that is not terminated. */
static bool split_port(const char *text, const char **host, size_t *size, u16 *port)
{
    const char *colon = strrchr(text, ':');
    if (!colon || !cw_net_parse_port(colon + 1, strlen(colon + 1), port))
        return false;
    *host = text;
    *size = (size_t)(colon - text);
    if (*size >= 2 && text[0] == '[' && colon[-1] == ']')
        *host = text + 1, *size -= 2;
    else if (memchr(text, ':', *size))
        return false;
    return true;
}

Status cwasm_wasi_dns_server(cwasm_wasi *w, const char *address, Error *err)
{
    const char *host;
    size_t size;
    u16 port = DNS_PORT;
    NetAddr addr;
    TRY(get_net(w, err));
    bool ok = cw_net_parse_ip(address, strlen(address), &addr);
    if (!ok)
        ok = split_port(address, &host, &size, &port) && cw_net_parse_ip(host, size, &addr);
    if (!ok)
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "name server \"%.100s\": ADDRESS or ADDRESS:PORT is wanted, IPv6 in [brackets]",
                       address);
    if (!w->net->has_server)
        w->net->n_servers = 0;
    if (w->net->n_servers == NET_SERVERS)
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "more than %d name servers", NET_SERVERS);
    addr.port = port;
    w->net->has_server = true;
    w->net->servers[w->net->n_servers++] = addr;
    return CWASM_OK;
}

Status cw_wasi_take_socket(cwasm_wasi *w, int host_fd, u16 fdflags, u32 *guest_fd, Error *err)
{
    Handle *h = cw_captable_reserve(&w->table) ? NULL : cw_handle_new(&w->table);
    if (!h) {
        cw_host_close(host_fd);
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "too many open descriptors, or no memory for one");
    }
    cw_socket_init(h, host_fd, true);
    h->fdflags = fdflags;
    h->given = h->may_listen = true;
    h->base = h->inheriting = RIGHTS_SOCKET;
    u32 fd = cw_captable_add(&w->table, h);
    if (guest_fd)
        *guest_fd = fd;
    return CWASM_OK;
}

static Errno listen_tcp(const NetAddr *addr, bool nonblock, int *fd)
{
    Errno e = cw_host_socket(addr->v6, false, nonblock, fd);
    if (e)
        return e;
    e = cw_host_set_option(*fd, HOST_OPT_REUSE_ADDR, 1);
    if (!e)
        e = cw_host_bind(*fd, addr);
    if (!e)
        e = cw_host_listen(*fd, BACKLOG);
    if (e)
        cw_host_close(*fd);
    return e;
}

/* Binds to the first address of the name that can be bound. */
static Errno listen_host(cwasm_wasi *w, const char *host, size_t size, u16 port, bool nonblock, int *fd)
{
    char name[NET_NAME_MAX + 1];
    NetAddr addrs[NET_NAME_ADDRS];
    Call c = { .wasi = w };
    Lookup l = { .c = &c, .name = name, .addrs = addrs };
    if (cw_net_parse_ip(host, size, addrs)) {
        l.n = 1;
    } else if (!cw_net_name(host, size, name)) {
        return ERRNO_INVAL;
    } else {
        read_files(w, w->net);
        Errno e = look_up(&l, w->net);
        if (e)
            return e;
        sort(addrs, l.n);
    }
    Errno e = ERRNO_NOENT;
    for (u32 i = 0; i < l.n; i++) {
        addrs[i].port = port;
        e = listen_tcp(&addrs[i], nonblock, fd);
        if (!e)
            break;
    }
    return e;
}

Status cwasm_wasi_listen(cwasm_wasi *w, const char *address, u32 *guest_fd, Error *err)
{
    char text[512];
    const char *host = NULL, *rest = text;
    size_t size = strlen(address), host_size = 0;
    u16 port = 0;
    int fd;
    static const char nonblock_word[] = ",nonblock";
    if (size >= sizeof text)
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "the address is longer than %zu bytes", sizeof text - 1);
    memcpy(text, address, size + 1);
    bool nonblock = size >= sizeof nonblock_word && strcmp(text + size - (sizeof nonblock_word - 1), nonblock_word) == 0;
    if (nonblock)
        text[size - (sizeof nonblock_word - 1)] = 0;
    TRY(get_net(w, err));
    Errno e;
    if (strncmp(text, "unix:", 5) == 0) {
        rest = strncmp(text, "unix://", 7) == 0 ? text + 7 : text + 5;
        e = cw_host_listen_unix(rest, nonblock, BACKLOG, &fd);
    } else {
        if (strncmp(text, "tcp://", 6) == 0)
            rest = text + 6;
        if (!split_port(rest, &host, &host_size, &port))
            return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET,
                           "\"%.200s\": tcp://HOST:PORT or unix:PATH is wanted, IPv6 addresses in [brackets]", address);
        e = listen_host(w, host, host_size, port, nonblock, &fd);
    }
    if (e)
        return cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET, "cannot listen at \"%.200s\": %s", address, cw_errno_text(e));
    return cw_wasi_take_socket(w, fd, nonblock ? FDFLAG_NONBLOCK : 0, guest_fd, err);
}
