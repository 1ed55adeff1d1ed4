#include <rados/librados.h>

#include <arpa/inet.h>
#include <errno.h>

int rados_reside(rados_t cluster, int osd, struct sockaddr_storage *addr)
{
	(void)cluster;
	if (osd < 0)
		return -ENOENT;
	if (osd > 0)
		*(struct sockaddr_in6 *)addr = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(6800), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	return 0;
}
