/* Preloaded into Kamailio: one address can't have all of its connections. Kamailio 5.6 takes as many as it has room for,
 * from anybody, and keeps them for as long as a registration; from 5.7.3 on it has tcp_accept_iplimit for this.
 *
 * Only one of its processes accepts, and the same one closes; in all others, which have copies, nothing is counted. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 65536

static in_addr_t at[MOST]; /* by descriptor: the other end's address */
static int end;            /* behind the highest one in use so far */
static int limit;          /* 0: none */

__attribute__((constructor)) static void read_limit(void) {
	const char *text = getenv("PATCHBAY_CONNECTIONS_PER_ADDRESS");
	limit = text == NULL ? 0 : atoi(text);
}

static int count(in_addr_t address) {
	int found = 0;
	for (int fd = 0; fd < end; fd++) found += at[fd] == address;
	return found;
}

int accept(int listener, struct sockaddr *restrict address, socklen_t *restrict length) {
	int fd = (int)syscall(SYS_accept, listener, address, length);
	if (fd < 0 || fd >= MOST || limit == 0 || address == NULL || address->sa_family != AF_INET) return fd;
	in_addr_t other = ((struct sockaddr_in *)address)->sin_addr.s_addr;
	if (count(other) >= limit) {
		syscall(SYS_close, fd);
		errno = EAGAIN; /* nobody is waiting: Kamailio writes no line about it */
		return -1;
	}
	at[fd] = other;
	if (fd >= end) end = fd + 1;
	return fd;
}

int close(int fd) {
	if (fd >= 0 && fd < MOST) at[fd] = 0;
	return (int)syscall(SYS_close, fd);
}
