/* test_wasi_net.c - the network part of the WASI API: rules, name servers, listeners; what a guest can do with them. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cm.h"
#include "fixture.h"

/* connect(port) opens a socket and connects it to 127.0.0.1; answer(fd) accepts on a descriptor and sends "hi"; preopen(fd) is what
 * fd_prestat_get says of it. Each gives an error of WASI. */
static const char wat[] =
    "(module"
    "  (import \"wasi_snapshot_preview1\" \"sock_open\" (func $sock_open (param i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"sock_connect\" (func $sock_connect (param i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"sock_accept\" (func $sock_accept (param i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"sock_send\" (func $sock_send (param i32 i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"fd_prestat_get\" (func $fd_prestat_get (param i32 i32) (result i32)))"
    "  (memory (export \"memory\") 1)"
    "  (data (i32.const 0) \"\\10\\00\\00\\00\\04\\00\\00\\00\")   (; an address: 4 bytes at 16 ;)"
    "  (data (i32.const 16) \"\\7f\\00\\00\\01\")"
    "  (data (i32.const 32) \"\\28\\00\\00\\00\\02\\00\\00\\00hi\")   (; a vector: 2 bytes at 40 ;)"
    "  (func (export \"connect\") (param $port i32) (result i32) (local $e i32)"
    "    i32.const 1 i32.const 2 i32.const 64 call $sock_open local.tee $e if local.get $e return end"
    "    i32.const 64 i32.load i32.const 0 local.get $port call $sock_connect)"
    "  (func (export \"answer\") (param $fd i32) (result i32) (local $e i32)"
    "    local.get $fd i32.const 0 i32.const 64 call $sock_accept local.tee $e if local.get $e return end"
    "    i32.const 64 i32.load i32.const 32 i32.const 1 i32.const 0 i32.const 68 call $sock_send)"
    "  (func (export \"preopen\") (param $fd i32) (result i32)"
    "    local.get $fd i32.const 64 call $fd_prestat_get))";

static cwasm_error err;

static cwasm_wasi *fresh(void)
{
    cwasm_wasi *wasi;
    assert_int_equal(cwasm_wasi_new(NULL, &wasi, &err), CWASM_OK);
    return wasi;
}

/* A store with the guest. */
typedef struct Guest {
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_store *store;
    cwasm_linker *linker;
    cwasm_instance *instance;
    cwasm_wasi *wasi;
} Guest;

static Guest start(cwasm_wasi *take_wasi)
{
    Guest g = { .wasi = take_wasi };
    Wasm wasm = wat_parse(wat);
    assert_int_equal(cwasm_engine_new(NULL, &g.engine, &err), CWASM_OK);
    assert_int_equal(cwasm_module_new(g.engine, wasm.bytes, wasm.size, &g.module, &err), CWASM_OK);
    free(wasm.bytes);   /* the module has its copy */
    assert_int_equal(cwasm_store_new(g.engine, &g.store, &err), CWASM_OK);
    assert_int_equal(cwasm_linker_new(g.engine, &g.linker, &err), CWASM_OK);
    assert_int_equal(cwasm_wasi_define(g.wasi, g.linker, &err), CWASM_OK);
    assert_int_equal(cwasm_linker_instantiate(g.linker, g.store, g.module, &g.instance, &err), CWASM_OK);
    return g;
}

static void end(Guest *g)
{
    cwasm_linker_free(g->linker);
    cwasm_store_free(g->store);
    cwasm_wasi_free(g->wasi);
    cwasm_module_free(g->module);
    cwasm_engine_free(g->engine);
}

static const char *call(Guest *g, const char *name, int32_t x)
{
    cwasm_val arg = cwasm_i32(x), result;
    assert_int_equal(cwasm_func_call(g->store, cwasm_instance_func(g->instance, name), &arg, 1, &result, 1, &err), CWASM_OK);
    return cwasm_wasi_errno_name((uint16_t)result.of.i32);
}

/* A listener of the host's own on 127.0.0.1, and its port. */
static int listener(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 8) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static int free_port(void)
{
    int port, fd = listener(&port);
    close(fd);
    return port;
}

static void test_rules(void **state)
{
    (void)state;
    int one, two, first = listener(&one), second = listener(&two);
    char rules[100];

    Guest g = start(fresh());
    assert_string_equal(call(&g, "connect", one), "ACCES");   /* without rules there is not even a socket */
    end(&g);

    cwasm_wasi *wasi = fresh();
    snprintf(rules, sizeof rules, "tcp:127.0.0.0/8:%d", one);
    assert_int_equal(cwasm_wasi_net_allow(wasi, rules, &err), CWASM_OK);
    g = start(wasi);
    assert_string_equal(call(&g, "connect", one), "SUCCESS");
    assert_string_equal(call(&g, "connect", two), "ACCES");
    end(&g);

    wasi = fresh();   /* calls add up, also none to others */
    assert_int_equal(cwasm_wasi_net_allow(wasi, rules, &err), CWASM_OK);
    assert_int_equal(cwasm_wasi_net_allow(wasi, "none", &err), CWASM_OK);
    snprintf(rules, sizeof rules, "udp:10.0.0.1,tcp:localhost:%d", two);
    assert_int_equal(cwasm_wasi_net_allow(wasi, rules, &err), CWASM_OK);
    g = start(wasi);
    assert_string_equal(call(&g, "connect", one), "SUCCESS");
    assert_string_equal(call(&g, "connect", two), "SUCCESS");
    assert_string_equal(call(&g, "connect", free_port()), "ACCES");
    end(&g);

    wasi = fresh();
    assert_int_equal(cwasm_wasi_net_allow(wasi, "all", &err), CWASM_OK);
    g = start(wasi);
    assert_string_equal(call(&g, "connect", two), "SUCCESS");
    assert_string_equal(call(&g, "connect", free_port()), "CONNREFUSED");
    end(&g);
    close(first);
    close(second);
}

static void test_wrong_rules(void **state)
{
    (void)state;
    static const char *const wrong[] = { "", "tcp", "tcp:", "ftp:127.0.0.1", "tcp:127.0.0.1:http", "tcp:127.0.0.1:70000", "tcp:127.0.0.1:9-8", "tcp:300.0.0.1/8",
                                         "tcp:10.0.0.0/33", "tcp:[::1", "dns:", "tcp:127.0.0.1,", ",", "tcp:127.0.0.1:80,nonsense" };
    cwasm_wasi *wasi = fresh();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        err.message[0] = '\0';
        if (cwasm_wasi_net_allow(wasi, wrong[i], &err) != CWASM_ARGUMENT || !err.message[0])
            fail_msg("\"%s\": %s", wrong[i], err.message);
        assert_int_equal(cwasm_wasi_net_allow(wasi, wrong[i], NULL), CWASM_ARGUMENT);
    }
    assert_int_equal(cwasm_wasi_net_allow(wasi, "tcp:127.0.0.1:80,nonsense", &err), CWASM_ARGUMENT);
    assert_non_null(strstr(err.message, "nonsense"));
    cwasm_wasi_free(wasi);
}

static void test_dns_servers(void **state)
{
    (void)state;
    cwasm_wasi *wasi = fresh();
    assert_int_equal(cwasm_wasi_dns_server(wasi, "not an address", &err), CWASM_ARGUMENT);
    assert_int_equal(cwasm_wasi_dns_server(wasi, "127.0.0.1:99999", NULL), CWASM_ARGUMENT);
    assert_int_equal(cwasm_wasi_dns_server(wasi, "127.0.0.1", &err), CWASM_OK);
    assert_int_equal(cwasm_wasi_dns_server(wasi, "[::1]:5353", &err), CWASM_OK);
    assert_int_equal(cwasm_wasi_dns_server(wasi, "127.0.0.1:53", &err), CWASM_OK);
    assert_true(cwasm_wasi_dns_server(wasi, "127.0.0.2", &err) != CWASM_OK);   /* three are enough */
    assert_true(err.message[0]);
    cwasm_wasi_free(wasi);
}

static int connect_to(int port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void test_listeners(void **state)
{
    (void)state;
    char address[64], path[64];
    uint32_t first = 0, second = 0;
    int port = free_port();
    cwasm_wasi *wasi = fresh();
    snprintf(address, sizeof address, "tcp://127.0.0.1:%d", port);
    assert_int_equal(cwasm_wasi_listen(wasi, address, &first, &err), CWASM_OK);
    assert_int_equal(cwasm_wasi_listen(wasi, "tcp://127.0.0.1:0,nonblock", &second, &err), CWASM_OK);
    assert_int_equal(cwasm_wasi_listen(wasi, "tcp://127.0.0.1:0", NULL, NULL), CWASM_OK);
    assert_int_equal(cwasm_wasi_dir(wasi, "/tmp", "/", 0, &err), CWASM_OK);
    assert_int_equal(first, 3);
    assert_int_equal(second, 4);
    cwasm_wasi_capability c;
    bool seen = false;
    for (size_t i = 0; cwasm_wasi_capability_at(wasi, i, &c); i++)
        seen |= c.fd == 3 && strcmp(c.kind, "socket") == 0;
    assert_true(seen);

    Guest g = start(wasi);
    int client = connect_to(port);
    char text[3] = "";
    assert_string_equal(call(&g, "answer", 3), "SUCCESS");
    assert_int_equal(recv(client, text, 2, MSG_WAITALL), 2);
    assert_string_equal(text, "hi");
    close(client);
    assert_string_equal(call(&g, "answer", 4), "AGAIN");
    assert_string_equal(call(&g, "preopen", 3), "SUCCESS");   /* libraries go on to the directory behind */
    assert_string_equal(call(&g, "preopen", 6), "SUCCESS");
    assert_string_equal(call(&g, "answer", 6), "NOTSOCK");
    end(&g);

    wasi = fresh();
    int taken, fd = listener(&taken);
    snprintf(address, sizeof address, "tcp://127.0.0.1:%d", taken);
    assert_int_equal(cwasm_wasi_listen(wasi, address, &first, &err), CWASM_HOST);
    assert_non_null(strstr(err.message, "address in use"));
    close(fd);
    static const char *const wrong[] = { "", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:99999", "udp://127.0.0.1:80", "tcp://127.0.0.1:0,often" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cwasm_status status = cwasm_wasi_listen(wasi, wrong[i], &first, &err);
        if (status != CWASM_ARGUMENT || !err.message[0])
            fail_msg("\"%s\": %d, %s", wrong[i], (int)status, err.message);
    }
    assert_int_equal(cwasm_wasi_listen(wasi, "unix:", NULL, &err), CWASM_HOST);
    assert_non_null(strstr(err.message, "no such file"));
    assert_int_equal(cwasm_wasi_listen(wasi, "unix:/nonexistent/dir/socket", NULL, &err), CWASM_HOST);
    snprintf(path, sizeof path, "unix:/tmp/cwasm-net-%d", (int)getpid());
    assert_int_equal(cwasm_wasi_listen(wasi, path, &first, &err), CWASM_OK);
    assert_int_equal(first, 3);
    unlink(path + 5);
    cwasm_wasi_free(wasi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules), cmocka_unit_test(test_wrong_rules), cmocka_unit_test(test_dns_servers), cmocka_unit_test(test_listeners),
    };
    return RUN(tests);
}
