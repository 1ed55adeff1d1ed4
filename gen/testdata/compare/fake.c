#include <rados/librados.h>

#include <errno.h>
#include <string.h>

/* The data that there is. */
static char now[4] = "data";

int rados_compare(rados_t cluster, size_t len, const char *cmp_buf, const void *buf, uint64_t *mismatch, int flags)
{
	(void)cluster;
	if (len > sizeof now || flags != 3)
		return -EIO;
	for (size_t i = 0; i < len; i++) {
		if (now[i] != cmp_buf[i]) {
			*mismatch = i;
			return -EILSEQ;
		}
	}
	memcpy(now, buf, len);
	return 0;
}
