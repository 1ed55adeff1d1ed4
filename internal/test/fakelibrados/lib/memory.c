/* An allocator that fails on demand: a library of its own, which Load has the loader take before the C
 * library if a test asks for it. Only the allocations of some functions of the program fail, which
 * are given by their addresses. Everything else has memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>

#include "fake.h"

enum { MAX_RANGES = 4096 };

static struct {
	uintptr_t begin, end;
} ranges[MAX_RANGES];

static size_t range_count;
static uintptr_t base;  /* of the program's addresses */
static atomic_int left; /* allocations until the one that fails, which is number 1 */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* find_program takes the first object, which is the program. */
static int find_program(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	base = info->dlpi_addr;
	return 1;
}

int fake_memory_of(uintptr_t begin, uintptr_t end)
{
	dl_iterate_phdr(find_program, NULL);
	if (range_count == MAX_RANGES)
		return -1;
	ranges[range_count].begin = base + begin;
	ranges[range_count].end = base + end;
	range_count++;
	return 0;
}

void fake_memory_fail(int nth)
{
	atomic_store(&left, nth);
}

int fake_memory_left(void)
{
	return atomic_load(&left);
}

/* fails reports whether the allocation that returns to an address is to fail. */
static int fails(const void *address)
{
	uintptr_t at = (uintptr_t)address;

	if (atomic_load_explicit(&left, memory_order_relaxed) <= 0)
		return 0;
	for (size_t i = 0; i < range_count; i++)
		if (at > ranges[i].begin && at <= ranges[i].end) {
			if (atomic_fetch_sub(&left, 1) != 1)
				return 0;
			errno = ENOMEM;
			return 1;
		}
	return 0;
}

#define FAILS() fails(__builtin_return_address(0))

void *malloc(size_t size)
{
	return FAILS() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return FAILS() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return FAILS() ? NULL : __libc_realloc(p, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return FAILS() ? NULL : __libc_memalign(alignment, size);
}
