/* SQLite at work in memory: inserts, updates and deletes in transactions, indexes, joins, aggregates, LIKE, sorting. The file system is left
   out of the build (SQLITE_OS_OTHER), so the temporary tables and the journal are in memory too. */
#include <stdarg.h>

#include "../guest.h"
#include "sqlite3.h"

static u32 sum;

/* A VFS that can open nothing. */
static int no_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out) {
    (void)vfs, (void)name, (void)flags, (void)out;
    file->pMethods = NULL;
    return SQLITE_CANTOPEN;
}
static int no_delete(sqlite3_vfs *vfs, const char *name, int sync) { return (void)vfs, (void)name, (void)sync, SQLITE_OK; }
static int no_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) { return (void)vfs, (void)name, (void)flags, *out = 0, SQLITE_OK; }
static int full_name(sqlite3_vfs *vfs, const char *name, int n, char *out) { return (void)vfs, snprintf(out, (size_t)n, "%s", name), SQLITE_OK; }
static int zeros(sqlite3_vfs *vfs, int n, char *out) { return (void)vfs, memset(out, 7, (size_t)n), n; }
static int no_sleep(sqlite3_vfs *vfs, int us) { return (void)vfs, us; }
static int noon(sqlite3_vfs *vfs, double *day) { return (void)vfs, *day = 2460000.5, SQLITE_OK; }

int sqlite3_os_init(void) {
    static sqlite3_vfs vfs = {.iVersion = 1, .szOsFile = sizeof(sqlite3_file), .mxPathname = 100, .zName = "none", .xOpen = no_open, .xDelete = no_delete,
                              .xAccess = no_access, .xFullPathname = full_name, .xRandomness = zeros, .xSleep = no_sleep, .xCurrentTime = noon};
    return sqlite3_vfs_register(&vfs, 1);
}
int sqlite3_os_end(void) { return SQLITE_OK; }

static sqlite3 *db;

static _Noreturn void failed(const char *sql) {
    printf("%s: %s\n", sql, sqlite3_errmsg(db));
    exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL)) failed(sql);
    return s;
}

/* Run a statement with integers for its parameters; all values of all rows go into the sum. */
static void run(sqlite3_stmt *s, int n, ...) {
    va_list args;
    va_start(args, n);
    for (int i = 1; i <= n; i++) sqlite3_bind_int(s, i, va_arg(args, int));
    va_end(args);
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const unsigned char *text = sqlite3_column_text(s, i);
            for (; text && *text; text++) sum = sum * 31 + *text;
        }
    if (code != SQLITE_DONE) failed(sqlite3_sql(s));
    sqlite3_reset(s);
}

static void once(const char *sql) {
    sqlite3_stmt *s = prepare(sql);
    run(s, 0);
    sqlite3_finalize(s);
}

static void pass(int rows) {
    static const char *word[] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
    char text[80];
    once("CREATE TABLE item(id INTEGER PRIMARY KEY, kind INTEGER, price REAL, name TEXT)");
    once("CREATE TABLE sale(item INTEGER, count INTEGER, day INTEGER)");
    once("BEGIN");
    sqlite3_stmt *s = prepare("INSERT INTO item VALUES(?1, ?2, ?3 / 7.0, ?4)");
    for (int i = 0; i < rows; i++) {
        int n = snprintf(text, sizeof text, "%s %s %s", word[i / 100 % 10], word[i / 10 % 10], word[i % 10]);
        sqlite3_bind_text(s, 4, text, n, SQLITE_TRANSIENT);
        run(s, 3, i, (int)(rnd() % 20), (int)(rnd() % 1000));
    }
    sqlite3_finalize(s);
    s = prepare("INSERT INTO sale VALUES(?1, ?2, ?3)");
    for (int i = 0; i < 3 * rows; i++) run(s, 3, (int)(rnd() % (u32)rows), (int)(rnd() % 9), (int)(rnd() % 365));
    sqlite3_finalize(s);
    once("COMMIT");
    once("CREATE INDEX sale_item ON sale(item)");
    once("CREATE INDEX item_kind ON item(kind, price)");
    s = prepare("SELECT count(*), sum(count) FROM sale WHERE item = ?1");
    for (int i = 0; i < rows; i++) run(s, 1, i);
    sqlite3_finalize(s);
    s = prepare("SELECT name FROM item WHERE kind = ?1 AND price > 50 ORDER BY price LIMIT 5");
    for (int i = 0; i < 20; i++) run(s, 1, i);
    sqlite3_finalize(s);
    once("SELECT kind, count(*), round(avg(price), 6), max(name) FROM item GROUP BY kind ORDER BY 2 DESC, 1");
    once("SELECT i.name, sum(s.count) AS n FROM item i JOIN sale s ON s.item = i.id WHERE s.day < 90 GROUP BY i.id ORDER BY n DESC, 1 LIMIT 10");
    once("SELECT count(*) FROM item WHERE name LIKE '%even%' OR name GLOB 'tw?*'");
    once("UPDATE item SET price = price * 1.25, name = upper(name) WHERE kind % 3 = 1");
    once("DELETE FROM sale WHERE day % 5 = 0");
    once("SELECT day / 30, group_concat(DISTINCT count) FROM (SELECT day, count FROM sale ORDER BY day, count) GROUP BY 1");
    once("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000) SELECT sum(x * x % 7) FROM n");
    once("SELECT substr(name, 1, 4) AS k, count(*) FROM item GROUP BY k HAVING count(*) > 3 ORDER BY k");
    once("DROP TABLE sale");
    once("DROP TABLE item");
}

int main(int argc, char **argv) {
    if (sqlite3_open(":memory:", &db)) failed("open");
    for (int n = rounds(argc, argv, 7); n > 0; n--) pass(400);
    sqlite3_close(db);
    printf("%08x\n", (unsigned)sum);
    return 0;
}
