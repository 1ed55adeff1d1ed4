#define _GNU_SOURCE
#include <rados/librados.h>

#include <sys/uio.h>

int rados_gather(rados_t cluster, const struct iovec *iov, int iovcnt, int64_t offset)
{
	int sum = 0;

	(void)cluster;
	for (int i = 0; i < iovcnt; i++)
		for (size_t k = 0; k < iov[i].iov_len; k++, sum++)
			((char *)iov[i].iov_base)[k] += (char)offset;
	return sum;
}
