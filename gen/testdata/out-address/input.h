#include <sys/socket.h>
int rados_reside(rados_t cluster, int osd, struct sockaddr_storage *addr);
