#define _GNU_SOURCE
#include <rados/librados.h>

int rados_touch(rados_t cluster, const char *path, struct timeval times[2])
{
	(void)cluster, (void)path;
	return (int)(times[0].tv_sec + times[0].tv_usec + 10 * times[1].tv_sec + 10 * times[1].tv_usec);
}

int rados_touch_exactly(rados_t cluster, const char *path, const struct timespec times[2], time_t until)
{
	(void)cluster, (void)path;
	return (int)(until + times[0].tv_sec + times[0].tv_nsec + 10 * times[1].tv_sec + 10 * times[1].tv_nsec);
}
