#define _GNU_SOURCE
#include <rados/librados.h>

int rados_add(rados_t cluster, short a, unsigned char b, float third, double d, _Bool e, unsigned int f, long g, mode_t h, double *sum)
{
	(void)cluster;
	*sum = a + b + third + d + e + f + g + h;
	return 0;
}

int rados_turn_over(rados_t cluster, int *order, rados_way_t *way, enum rados_turn *turn, _Bool *even, uint64_t *big)
{
	(void)cluster;
	*order = -*order;
	*way = *way == LIBRADOS_UP ? LIBRADOS_DOWN : LIBRADOS_UP;
	*turn = *turn == LIBRADOS_LEFT ? LIBRADOS_RIGHT : LIBRADOS_LEFT;
	*even = !*even;
	*big = ~*big;
	return 0;
}

int rados_squares(rados_t cluster, int *squares, int number)
{
	(void)cluster;
	for (int i = 0; i < number; i++)
		squares[i] = -i * i;
	return number;
}

int rados_total(rados_t cluster, const gid_t *ids, int number)
{
	unsigned int sum = 0;

	(void)cluster;
	for (int i = 0; i < number; i++)
		sum += ids[i];
	return (int)sum;
}

int rados_ways(rados_t cluster, rados_way_t *way, enum rados_turn *turn, unsigned short *small)
{
	(void)cluster;
	*way = LIBRADOS_DOWN;
	*turn = LIBRADOS_RIGHT;
	*small = 65535;
	return 0;
}
