#include <rados/librados.h>

#include <errno.h>

int rados_scan(rados_t cluster, uint64_t from, rados_progress_t progress, void *arg)
{
	(void)cluster;
	for (uint64_t i = from; i < 3; i++)
		if (progress(i, 3, arg))
			return -ECANCELED;
	return from > 3 ? -ERANGE : 0;
}
