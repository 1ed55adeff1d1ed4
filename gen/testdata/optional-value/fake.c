#include <rados/librados.h>

#include <errno.h>
#include <stddef.h>

int rados_sift(rados_t cluster, const rados_width_t *width, uint64_t *least, _Bool *rough)
{
	(void)cluster;
	if (!width && !least && !rough)
		return 0;
	return width && *width == LIBRADOS_THICK && least && *least == UINT64_MAX && rough && *rough ? -EXDEV : -EIO;
}
