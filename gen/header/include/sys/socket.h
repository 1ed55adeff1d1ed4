#ifndef SYS_SOCKET_H
#define SYS_SOCKET_H

#include <sys/types.h>

struct sockaddr_storage {
	unsigned short ss_family;
	char ss_padding[118];
	unsigned long ss_align;
};

#endif
