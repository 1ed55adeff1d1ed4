#define _GNU_SOURCE
#include <rados/librados.h>

#include <errno.h>

const char *rados_motto(rados_t cluster)
{
	(void)cluster;
	return "forward";
}

/* Only verse 1 exists; verse 2 is empty. */
const char *rados_anthem(rados_t cluster, int verse)
{
	(void)cluster;
	return verse == 1 ? "la" : verse == 2 ? "" : NULL;
}

const char *rados_edition(int *year, int *print)
{
	*year = 1999;
	*print = -1;
	return "second";
}

int rados_proverb(rados_t cluster, const char **text)
{
	(void)cluster;
	*text = "haste makes waste";
	return 0;
}
