/* The reference count of a handle. Package handle has the same struct and explains it. */
#ifndef GORADOS_REFS_H
#define GORADOS_REFS_H

#include <stddef.h>
#include <stdint.h>

#include "codes.h"

enum { GORADOS_SHARD_BITS = 5 };

struct gorados_shard {
	int64_t calls;
	char padding[56]; /* one cache line for each shard */
};

struct gorados_refs {
	struct gorados_shard shards[1 << GORADOS_SHARD_BITS];
	uint32_t denied; /* the reasons to deny calls, as bits */
	uintptr_t object;
	char padding[48];
	uint64_t version; /* of the object that the last call used */
};

/* Reasons to deny calls. */
enum { GORADOS_CLOSED = 1 };
#define GORADOS_DENY_ALL UINT32_MAX

/* Added to the result of a call whose handle was closed meanwhile. The sum is negative, so that Go
 * looks at it, and no result is as small without it. */
#define GORADOS_CLOSING (INT64_MIN / 8)

/* gorados_object returns the C object of a handle. Another object may replace it at any time; both
 * are valid then. Go stores it with release, after the object was made. */
static inline uintptr_t gorados_object(const struct gorados_refs *refs)
{
	return __atomic_load_n(&refs->object, __ATOMIC_ACQUIRE);
}

/* gorados_denied is SEQ_CST, as is the count of a call before it: Close sets a bit and then reads the counts, so
 * that one of the two sees the other. */
static inline uint32_t gorados_denied(const struct gorados_refs *refs)
{
	return __atomic_load_n(&refs->denied, __ATOMIC_SEQ_CST);
}

/* gorados_shard_of selects a shard by the address of the thread's stack: threads that run at the
 * same time usually get different ones. */
static inline struct gorados_shard *gorados_shard_of(struct gorados_refs *refs)
{
	char here;
	uint64_t where = (uintptr_t)&here >> 10;

	return &refs->shards[where * 0x9E3779B97F4A7C15 >> (64 - GORADOS_SHARD_BITS)];
}

/* gorados_enter counts a call and returns its shard, which gorados_exit takes, or sets *ret if the
 * call is denied for one of the reasons in mask. It counts before it checks, so that a Close that
 * comes later finds the call. */
static inline struct gorados_shard *gorados_enter(struct gorados_refs *refs, uint32_t mask, int64_t *ret)
{
	if (refs) {
		struct gorados_shard *shard = gorados_shard_of(refs);
		__atomic_fetch_add(&shard->calls, 1, __ATOMIC_SEQ_CST);
		if (!(gorados_denied(refs) & mask))
			return shard;
		__atomic_fetch_sub(&shard->calls, 1, __ATOMIC_SEQ_CST);
	}
	*ret = GORADOS_DENIED;
	return NULL;
}

/* gorados_exit ends the call, unless it was denied, and returns the result for Go. */
static inline int64_t gorados_exit(struct gorados_refs *refs, struct gorados_shard *shard, int64_t ret)
{
	if (!shard)
		return ret;
	__atomic_fetch_sub(&shard->calls, 1, __ATOMIC_SEQ_CST); /* releases the uses of the object, which Close frees */
	return gorados_denied(refs) & GORADOS_CLOSED ? ret + GORADOS_CLOSING : ret;
}

#endif
