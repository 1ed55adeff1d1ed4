#define _GNU_SOURCE
#include <rados/librados.h>

#include <sys/uio.h>

/* rados_scatter adds up the bytes. */
int rados_scatter(rados_t cluster, const struct iovec *iov, int iovcnt)
{
	int sum = 0;

	(void)cluster;
	for (int i = 0; i < iovcnt; i++)
		for (size_t k = 0; k < iov[i].iov_len; k++)
			sum += ((const char *)iov[i].iov_base)[k];
	return sum;
}
