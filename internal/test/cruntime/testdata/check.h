/* Checks of the drivers, and an allocator that fails on demand. Include this first. */
#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			exit(1);                                                        \
		}                                                                       \
	} while (0)

/* The number of allocations that succeed before one fails, or -1. */
static int allocations_left = -1;

static int allocation_fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

static void *test_malloc(size_t n)
{
	return allocation_fails() ? NULL : malloc(n);
}

static void *test_calloc(size_t n, size_t size)
{
	return allocation_fails() ? NULL : calloc(n, size);
}

static void *test_realloc(void *p, size_t n)
{
	return allocation_fails() ? NULL : realloc(p, n);
}

#define malloc(n) test_malloc(n)
#define calloc(n, size) test_calloc(n, size)
#define realloc(p, n) test_realloc(p, n)

#endif
