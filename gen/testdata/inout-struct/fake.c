#define _GNU_SOURCE
#include <rados/librados.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

int rados_fence_get(rados_t cluster, struct rados_fence *fence)
{
	(void)cluster;
	if (fence->kind != -2 || fence->start != 3 || strcmp(fence->owner, "abc"))
		return -EIO;
	fence->kind = 9;
	fence->length = -1;
	memcpy(fence->owner, "wxyz", 4);
	return 0;
}

int rados_stat_file(rados_t cluster, struct stat *st)
{
	(void)cluster;
	st->st_size = -3;
	st->st_mtim.tv_sec = 4;
	st->st_mtim.tv_nsec = 5;
	return 0;
}

int rados_test_lock(rados_t cluster, struct flock *lock)
{
	(void)cluster;
	lock->l_start++;
	lock->l_type = F_UNLCK;
	return 0;
}
