#ifndef SYS_SOCKET_H
#define SYS_SOCKET_H

#include <sys/types.h>

struct sockaddr_storage;

#endif
