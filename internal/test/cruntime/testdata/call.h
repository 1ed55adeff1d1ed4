/* What package aio does with the C half of a call, for drivers in the place of Go. It comes after the C run
 * time. */
#ifndef CALL_H
#define CALL_H

#include <sched.h>

/* go_acquire is Pool.acquire: it puts the call inside refs. */
static void go_acquire(struct gorados_call *call, struct gorados_refs *refs, int sync)
{
	call->head.sync = (uint32_t)sync;
	__atomic_store_n(&call->head.cancelled, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&call->head.owner, (uintptr_t)refs, __ATOMIC_SEQ_CST);
}

/* go_release is Call.Release: it waits until no thread cancels the call. */
static void go_release(struct gorados_call *call)
{
	for (;;) {
		uintptr_t owner = __atomic_load_n(&call->head.owner, __ATOMIC_SEQ_CST);
		if (!(owner & GORADOS_CANCELLING) &&
		    __atomic_compare_exchange_n(&call->head.owner, &owner, 0, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			return;
		sched_yield();
	}
}

#endif
