#define _GNU_SOURCE
#include <rados/librados.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* There are three readers. */
static char *reader(size_t i)
{
	static const char *const names[] = {"ada", "", "grace"};

	return strdup(names[i]);
}

int rados_readers(rados_t cluster, rados_where_t *where, char **readers, size_t *number)
{
	(void)cluster;
	*where = LIBRADOS_HERE;
	if (*number < 3) {
		*number = 3;
		return -ERANGE;
	}
	for (*number = 0; *number < 3; ++*number)
		readers[*number] = reader(*number);
	return 0;
}

void rados_readers_clean(char **readers, size_t number)
{
	while (number--)
		free(readers[number]);
}

/* A loan has no book at all if it is the second one. */
int rados_loans(rados_t cluster, const char *after, size_t max, char **ids, char **readers, rados_where_t *where,
		rados_tome_t *tomes, size_t *number)
{
	(void)cluster;
	if (!strcmp(after, "error"))
		return -EIO;
	if (!strcmp(after, "liar")) {
		*number = max + 1;
		return 0;
	}
	*number = max < 3 ? max : 3;
	for (size_t i = 0; i < *number; i++) {
		if (asprintf(&ids[i], "%s%zu", after, i) < 0)
			abort();
		readers[i] = reader(i);
		where[i] = i % 2 ? LIBRADOS_LENT : LIBRADOS_HERE;
		if (i != 1)
			fill(&tomes[i], 1);
	}
	return 0;
}

void rados_loans_clean(char **ids, char **readers, rados_tome_t *tomes, size_t number)
{
	rados_readers_clean(ids, number);
	rados_readers_clean(readers, number);
	rados_tomes_clean(tomes, sizeof *tomes, number);
}

int rados_census(rados_t cluster, rados_where_t *where, int *counts, size_t *number)
{
	(void)cluster;
	for (size_t i = 0; i < 5; i++) {
		if (i == *number)
			return -ERANGE;
		where[i] = i % 2 ? LIBRADOS_LENT : LIBRADOS_HERE;
		counts[i] = -(int)i;
	}
	*number = 5;
	return 0;
}

int rados_doors(rados_t cluster, struct sockaddr_storage *doors, int number)
{
	(void)cluster;
	if (number < 4)
		return -ERANGE;
	*(struct sockaddr_in *)&doors[0] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(6800), .sin_addr = {htonl(0x7f000001)}};
	*(struct sockaddr_in6 *)&doors[1] = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(1), .sin6_addr = {{{0xfe, 0x80, [15] = 1}}}, .sin6_scope_id = 3};
	doors[2].ss_family = AF_UNIX;
	return 4;
}

int rados_days(rados_t cluster, int max, time_t *days, int *number)
{
	(void)cluster;
	for (*number = 0; *number < max; ++*number)
		days[*number] = -*number;
	return 0;
}
