#define _GNU_SOURCE
#include <rados/librados.h>

#include <stdlib.h>

int rados_open_pool(rados_t cluster, const char *pool_name, rados_ioctx_t *ioctx)
{
	(void)cluster;
	(void)pool_name;
	*ioctx = malloc(1);
	return 0;
}
