#include <sys/time.h>
int rados_lease(rados_ioctx_t io, const char *oid, struct timeval *duration);
