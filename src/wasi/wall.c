/*
 * wall.c - the second wall: what the process may do once the guest runs, whatever an error in cwasm lets it try.
 *
 * The first wall is the checks of the calls. The second one is the kernel's and needs no checks of ours to hold: files only beneath what
 * was handed over, and no system call that cwasm has no use for.
 */
#include "wasi/net.h"
#include "wasi/vfs_tree.h"
#include "wasi/wall.h"

typedef VEC(WallRoot) WallRoots;
enum { MAX_PORTS = 64 };   /* of all rules; who uses more of them may use any */

static void add_ports(WallPlan *plan, WallPort *ports, u16 use, u32 port, u32 last)
{
    if (last - port >= MAX_PORTS - plan->n_ports)
        plan->any_port |= use;   /* those of it that are there do no harm */
    for (; !(plan->any_port & use) && port <= last; port++)
        ports[plan->n_ports++] = (WallPort){ (u16)port, use };
}

/* The ports of TCP that rules lead to. Addresses are not the kernel's affair. */
static void ports_of(const Net *net, WallPlan *plan, WallPort ports[MAX_PORTS])
{
    bool names = false;
    plan->ports = ports;
    add_ports(plan, ports, WALL_BIND, 0, 0);   /* of the system's choice: any socket may have that */
    for (u32 i = 0; i < net->rules.rules.n; i++) {
        const NetRule *rule = &net->rules.rules.at[i];
        names |= rule->host == NET_HOST_NAME || rule->use == NET_DNS;
        if (rule->use == NET_TCP || rule->use == NET_TCP_LISTEN)
            add_ports(plan, ports, rule->use == NET_TCP ? WALL_CONNECT : WALL_BIND, rule->port, rule->last_port);
    }
    for (u32 i = 0; names && i < net->n_servers; i++)
        add_ports(plan, ports, WALL_CONNECT, net->servers[i].port, net->servers[i].port);
}

/* What trees have of the host: the layers of overlays, single files. */
static bool tree_roots(cwasm_wasi *w, WallRoots *roots)
{
    for (const Tree *t = w->trees; t; t = t->next) {
        const Obj *upper = &t->root->upper, *lower = &t->root->lower;
        bool ok = !lower->layer || cw_vec_push(&w->alloc, roots, (WallRoot){ lower->fd, true, true });
        if (ok && upper->layer == &cw_layer_host)
            ok = cw_vec_push(&w->alloc, roots, (WallRoot){ upper->fd, false, true });
        for (const MemNode *file = t->mem.all; ok && file; file = file->next)
            if (file->bound >= 0)
                ok = cw_vec_push(&w->alloc, roots, (WallRoot){ file->bound, file->bound_read_only, false });
        if (!ok)
            return false;
    }
    return true;
}

#define OR_NONE(text) ((text) ? (text) : "")

Status cwasm_wasi_confine(cwasm_wasi *w, unsigned walls, unsigned *up, Error *err)
{
    const unsigned all = CWASM_WALL_FILES | CWASM_WALL_CALLS | CWASM_WALL_CODE;
    if (up)
        *up = 0;
    if (walls & ~(all | CWASM_WALL_THREADS))
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "cwasm_wasi_confine: unknown flags");

    WallRoots roots = { NULL, 0, 0 };
    WallPlan plan = { .walls = walls, .net = cw_wasi_has_net(w), .sockets = cw_wasi_has_net(w) };
    for (u32 i = 0; i < w->table.slots.n; i++) {
        const Handle *h = w->table.slots.at[i];
        if (!h || h->fd < 0)
            continue;
        plan.sockets |= h->filetype == FILETYPE_SOCKET_STREAM || h->filetype == FILETYPE_SOCKET_DGRAM;
        if (!h->preopen)
            continue;
        WallRoot root = { h->fd, h->read_only, h->filetype == FILETYPE_DIRECTORY };
        if (!cw_vec_push(&w->alloc, &roots, root)) {
            cw_vec_done(&w->alloc, &roots);
            return cw_no_memory(err);
        }
    }
    if (!tree_roots(w, &roots)) {
        cw_vec_done(&w->alloc, &roots);
        return cw_no_memory(err);
    }
    WallPort ports[MAX_PORTS];
    if (plan.net)
        ports_of(w->net, &plan, ports);
    const char *why[N_WALLS] = { NULL };
    plan.roots = roots.at;
    plan.n_roots = roots.n;
    plan.paths = roots.n > 0 || !(walls & CWASM_WALL_FILES);
    unsigned stand = cw_wall_raise(&plan, why);
    cw_vec_done(&w->alloc, &roots);
    if (up)
        *up = stand & ~(unsigned)WALL_SHORT;
    if ((walls & all) & ~stand)
        return cw_fail(err, stand & WALL_SHORT ? CWASM_NO_MEMORY : CWASM_UNSUPPORTED, CWASM_NO_OFFSET, "%s%s%s%s%s", OR_NONE(why[0]), why[0] && why[1] ? "; " : "", OR_NONE(why[1]),
                       (why[0] || why[1]) && why[2] ? "; " : "", OR_NONE(why[2]));
    return CWASM_OK;
}
