#define _GNU_SOURCE
#include <rados/librados.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* There are five books. */
static void fill(rados_tome_t *tomes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		tomes[i].pages = -(int64_t)i;
		if (asprintf(&tomes[i].title, "book %zu", i) < 0)
			abort();
	}
}

int rados_tomes(rados_t cluster, rados_tome_t *tomes, size_t tome_size, size_t *number)
{
	(void)cluster;
	if (tome_size != sizeof *tomes)
		return -EINVAL;
	if (*number < 5) {
		*number = 5;
		return -ERANGE;
	}
	*number = 5;
	fill(tomes, 5);
	return 0;
}

int rados_tomes_clean(rados_tome_t *tomes, size_t tome_size, size_t number)
{
	for (size_t i = 0; i < number && tome_size == sizeof *tomes; i++)
		free(tomes[i].title);
	return 0;
}

/* The array needs a place for its end, as that of rbd_snap_list does. */
int rados_tomes_again(rados_t cluster, rados_tome_t *tomes, int *number)
{
	(void)cluster;
	if (*number < 6) {
		*number = 6;
		return -ERANGE;
	}
	fill(tomes, 5);
	return 5;
}

void rados_tomes_done(rados_tome_t *tomes)
{
	for (; tomes->title; tomes++)
		free(tomes->title);
}

int rados_tomes_of(rados_t cluster, int64_t shelf, rados_tome_t *tomes, int number)
{
	(void)cluster;
	if (shelf < 0)
		return (int)shelf;
	if (number < 6)
		return -ERANGE;
	fill(tomes, (size_t)shelf);
	return (int)shelf;
}
