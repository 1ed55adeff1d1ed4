#define _GNU_SOURCE
#include <rados/librados.h>

#include <errno.h>
#include <string.h>

rados_entry_t *rados_next_entry(rados_t cluster, int page)
{
	static rados_entry_t entry;

	(void)cluster;
	errno = EIO; /* it does not count */
	entry.word = "aardvark";
	entry.page = page;
	return page ? &entry : NULL;
}

/* Entry 0 is one, 1 is the end, and 2 an error. */
struct dirent *rados_readdir(rados_t cluster, int entry)
{
	static struct dirent file;

	(void)cluster;
	strcpy(file.d_name, "a.txt");
	if (entry == 2)
		errno = ENOTDIR;
	return entry ? NULL : &file;
}

int rados_first_entry(rados_t cluster, const rados_entry_t **entry)
{
	(void)cluster;
	*entry = NULL;
	return 0;
}
