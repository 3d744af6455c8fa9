/* Preloaded into Kamailio: db_sqlite sets no busy timeout, so a second process that writes gets "database is locked" and
 * loses a registration or a dialog. Every connection of every process gets one here, and commits that survive a crash of
 * Kamailio without a sync each (WAL with synchronous=NORMAL). */
#include <stddef.h>

typedef struct sqlite3 sqlite3;

int sqlite3_auto_extension(void (*entry)(void));
int sqlite3_busy_timeout(sqlite3 *connection, int milliseconds);
int sqlite3_exec(sqlite3 *connection, const char *sql, void *callback, void *argument, char **error);

static int prepare_connection(sqlite3 *connection, char **error, const void *api) {
	(void)error;
	(void)api;
	sqlite3_busy_timeout(connection, 2000);
	return sqlite3_exec(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;", NULL, NULL, NULL);
}

__attribute__((constructor)) static void register_extension(void) {
	sqlite3_auto_extension((void (*)(void))prepare_connection);
}
