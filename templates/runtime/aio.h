/* How a call of the library that takes a completion waits.
 *
 * Such a call is in one of three modes, which Go chooses (see package aio):
 *
 * - Synchronous without a context: it blocks its thread, in struct gorados_call of that thread, its
 *   waiter. No memory is acquired, and no atomic operation is shared with other threads. This is the
 *   fastest mode for few calls.
 * - Synchronous with a context, which may cancel it: it blocks its thread as well, but in a struct
 *   gorados_call that Go has acquired, so that Go can name it to gorados_call_cancel.
 * - Asynchronous: the shim only starts it, in a struct gorados_call that Go has acquired, and its
 *   goroutine blocks until the library calls gorados_on_complete on a thread of its own.
 *
 * A thread that blocks in C keeps a processor from other goroutines until Go's monitor thread takes
 * it away. So there may be only gorados_max_sync_calls synchronous calls, and none begins while an
 * asynchronous one is in flight: GORADOS_BUSY makes Go start the call as an asynchronous one.
 *
 * The owner of a call is the address of the refs of the handle that it is inside, plus bits. It is
 * an atomic that decides all races. For a call that Go has acquired (Pool and Call are of package
 * aio; "completes" is on the library's thread, or on the caller's if the call is synchronous):
 *
 *            Pool.Acquire          gorados_call_end: completes, or was not started
 *      0 ------------------> refs ------------------------------------------------> refs|ENDED
 *      ^                     |  ^                                                    |  ^
 *      |   gorados_call_     |  |  cancelled, but                                    |  |
 *      |   cancel: Go, when  |  |  not ended yet                                     |  |
 *      |   ctx is done or    |  |                                                    |  |
 *      |   the handle closes v  |         gorados_call_end                           |  |
 *      |              refs|CANCELLING ------------------> refs|CANCELLING|ENDED -----+--+
 *      |                                                    the canceller releases the
 *      |                                                    completion
 *      +-----------------------------------------------------------------------------+
 *                        Call.Release: waits while CANCELLING is set
 *
 * The transition to ENDED releases the completion, unless CANCELLING is set: then the canceller
 * releases it (late release). While CANCELLING is set neither is the completion released nor the
 * struct reused, so that a canceller never cancels another call. The completion is published after
 * io, and a canceller reads it first.
 *
 * A canceller may come before the completion is published. So it sets head.cancelled first, and the
 * thread of a synchronous call checks that after it has started the call; each of the two has a
 * fence in between, and at least one of them sees the other. Go cancels the calls of closed handles
 * repeatedly, and an asynchronous call with a context after it has been started.
 *
 * For the waiter of a thread:
 *
 *       gorados_waiter_acquire, by the thread
 *      0 <----------------------------------> refs
 *       gorados_waiter_release, by the thread
 *
 * The canceller (gorados_waiters_cancel) does not change the owner: it sets the member cancelling,
 * executes a barrier, and uses the completion only if the owner is still the same.
 * gorados_waiter_release resets the owner and then waits until cancelling is reset. Close works in
 * the same way: it sets the closed bit of the refs, executes a barrier and looks for owners; a
 * waiter sets the owner, executes a barrier and looks for the bit. At least one sees the other.
 *
 * Memory order. What a line publishes is complete for a thread that has read it with acquire. Atomic
 * operations of Go, and those with SEQ_CST, are release and acquire as well:
 *
 *   released by                        read with acquire by         publishes
 *   owner = 0 (waiter_release)         waiters_inside               all uses of the object, which Close frees
 *   owner |= ENDED (call_end)          the canceller's exchange     that the library needs no completion
 *   owner &= ~CANCELLING               Go, Call.Release             that the completion was released
 *   completion (call_prepare)          a canceller                  io
 *   cancelling = 0 (waiters_cancel)    waiter_await_cancel,         all uses of the completion and the object
 *                                      waiters_inside
 *   gorados_waiters (waiter_new)       waiters_inside and _cancel   the waiter and next_waiter
 *   gorados_completed (on_complete)    Go, Pool.poll                the results and next
 *
 * SEQ_CST is for pairs of threads that each store, and then load what the other stores, of which one
 * must see the other: cancelled and completion (with fences, since completion is stored with release only),
 * gorados_completed_waited and gorados_completed, and in refs.h the calls of a shard and denied. For owner
 * and denied, and owner and cancelling, the barriers of gorados_light_barrier do that.
 *
 * RELAXED is for values that publish nothing: gorados_sync_calls and gorados_async_calls, which are only
 * hints; version, a number; owner and cancelling where the canceller looks again after a barrier, or
 * changes owner by a compare and exchange; completion = NULL, since the owner of the next call is stored
 * later; and io, which completion publishes.
 *
 * Yielding: a goroutine that only waits in C never calls Go's scheduler. After 10 ms Go assumes that
 * it monopolizes its processor, and takes that away from the next call as soon as it looks, and from
 * the one after that; for each it wakes a thread in vain, which costs half as much as the call. So a
 * thread that has not yielded for GORADOS_YIELD_INTERVAL asks Go to yield after the call.
 */
#ifndef GORADOS_AIO_H
#define GORADOS_AIO_H

#include "library.h" /* first: see there */

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "buffer.h"
#include "codes.h"
#include "operation.h"
#include "refs.h"

/* Bits of an owner. */
enum {
	GORADOS_CANCELLING = 1,
	GORADOS_ENDED = 2,
};

/* GORADOS_PAUSE marks the steps between which another thread can intervene. A test defines it, to
 * pause there. */
#ifndef GORADOS_PAUSE
#define GORADOS_PAUSE(step) ((void)0)
#endif

enum {
	GORADOS_PAUSE_ENTER,
	GORADOS_PAUSE_ENTERED,
	GORADOS_PAUSE_PUBLISH,
	GORADOS_PAUSE_PUBLISHED,
	GORADOS_PAUSE_SUBMITTED,
	GORADOS_PAUSE_EXIT,
	GORADOS_PAUSE_EXITED,
	GORADOS_PAUSE_RELEASE,
	GORADOS_PAUSE_END,
	GORADOS_PAUSE_ENDED,
	GORADOS_PAUSE_PUSH,
	GORADOS_PAUSE_PUSHED,
	GORADOS_PAUSE_SLEEP,
	GORADOS_PAUSE_INSIDE,
	GORADOS_PAUSE_CANCEL,
	GORADOS_PAUSE_CANCELLING,
	GORADOS_PAUSE_CANCEL_LOADED,
	GORADOS_PAUSE_CANCELLED,
	GORADOS_PAUSE_CANCEL_END,
	GORADOS_PAUSES
};

#pragma GCC visibility push(hidden)

struct gorados_call_head { /* package aio has the same struct */
	uintptr_t owner;
	struct gorados_call *next; /* the call that completed before it, or the next unused waiter */
	int64_t ret;
	uint64_t version;     /* of the object */
	uint64_t index;       /* by which Go finds its half of the call */
	uint64_t number;      /* the answer of the library, if it is a number */
	struct timespec time; /* the answer of the library, if it is a time */
	uint32_t sync;        /* the thread that starts the call waits for it, though Go has acquired it */
	uint32_t cancelled;   /* perhaps before the completion was published */
};

struct gorados_call {
	struct gorados_call_head head;
	int64_t yielded;      /* the time when a call in this struct last asked Go to yield, in ns */
	int yield;            /* this call asks for it */
	uintptr_t cancelling; /* of a waiter: the refs whose calls are being cancelled */
	struct gorados_call *next_waiter;
	gorados_completion completion;
	uintptr_t io; /* of the completion */
	char *p;      /* memory of the library, which the caller frees */
	size_t n;
	char scratch[8];
	void (*finish)(struct gorados_op *op, struct gorados_buf *out, int64_t *ret);
	struct gorados_op op; /* that the call performs, if it has several steps */
	void *object;         /* a struct that the library fills */
	int64_t (*take)(void *object, struct gorados_buf *out);
} __attribute__((aligned(64)));

/* The waiter of the current thread, or NULL. */
extern _Thread_local struct gorados_call *gorados_thread_waiter;

/* The number of calls whose threads wait, its limit, and the number of asynchronous calls. */
extern uint32_t gorados_sync_calls, gorados_max_sync_calls, gorados_async_calls;

void gorados_waiters_init(uint32_t max_sync_calls);

/* gorados_waiter_new gives the current thread a waiter, or returns NULL if memory is short. */
struct gorados_call *gorados_waiter_new(void);

/* gorados_waiters_inside reports whether the waiter of a thread is inside refs, which are closed. */
int gorados_waiters_inside(uintptr_t refs);

/* The kernel can execute a barrier in all threads (membarrier). Then gorados_light_barrier, in the
 * shims, is free: in fast calls it would cost more than all else. */
extern int gorados_have_membarrier;

/* gorados_light_barrier is the frequent side of an asymmetric barrier; the other side is
 * gorados_heavy_barrier. */
static inline void gorados_light_barrier(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (!gorados_have_membarrier)
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* The list of asynchronous calls that have completed, the last one first. */
extern struct gorados_call *gorados_completed;

/* gorados_completed_wait blocks until that list is not empty, or gorados_completed_interrupt is called. It
 * reports whether that was called, once for each or several such calls. */
int gorados_completed_wait(void);
void gorados_completed_interrupt(void);

/* gorados_call_new returns a call for Go to acquire. It is never freed. It ends the process if memory is
 * short. */
struct gorados_call *gorados_call_new(uint64_t index);

/* gorados_call_cancel cancels a call that Go has acquired. The library completes it soon, whether or not
 * an OSD answers. */
void gorados_call_cancel(struct gorados_call *call);

/* gorados_calls_cancel cancels all calls that are inside one of the refs, which are sorted. */
void gorados_calls_cancel(const uintptr_t *refs, size_t count);

/* gorados_call_end sets GORADOS_ENDED and releases the completion, or leaves that to the canceller. */
void gorados_call_end(struct gorados_call *call);

/* gorados_on_complete is the callback of asynchronous calls. */
void gorados_on_complete(gorados_completion completion, void *arg);

/* gorados_waiter_await_cancel blocks until no thread cancels the call in a waiter. */
void gorados_waiter_await_cancel(struct gorados_call *call);

/* gorados_waiter_release makes a waiter available to the next call of its thread, which may be inside
 * other refs: the canceller of this call must not cancel that one. */
static inline void gorados_waiter_release(struct gorados_call *call)
{
	GORADOS_PAUSE(GORADOS_PAUSE_EXIT);
	__atomic_store_n(&call->head.owner, 0, __ATOMIC_RELEASE);
	gorados_light_barrier();
	if (__atomic_load_n(&call->cancelling, __ATOMIC_ACQUIRE))
		gorados_waiter_await_cancel(call);
	GORADOS_PAUSE(GORADOS_PAUSE_EXITED);
}

/* gorados_waiter_acquire returns the waiter of the thread, whose owner shows Close that a call is
 * inside refs, or sets *ret and returns NULL. */
static inline struct gorados_call *gorados_waiter_acquire(struct gorados_refs *refs, uint32_t mask, int64_t *ret)
{
	struct gorados_call *call = gorados_thread_waiter;

	if (__atomic_load_n(&gorados_async_calls, __ATOMIC_RELAXED) || __atomic_load_n(&gorados_sync_calls, __ATOMIC_RELAXED) >= gorados_max_sync_calls) {
		*ret = GORADOS_BUSY;
		return NULL;
	}
	if (!call && !(call = gorados_waiter_new())) {
		*ret = -ENOMEM;
		return NULL;
	}
	__atomic_store_n(&call->head.owner, (uintptr_t)refs, __ATOMIC_RELEASE);
	GORADOS_PAUSE(GORADOS_PAUSE_ENTER);
	gorados_light_barrier();
	if (!(gorados_denied(refs) & mask))
		return call;
	GORADOS_PAUSE(GORADOS_PAUSE_ENTERED);
	gorados_waiter_release(call);
	*ret = GORADOS_DENIED;
	return NULL;
}

/* gorados_call_enter begins a call: with acquired, which Go has acquired after it has entered the
 * handle, or else with the waiter of the thread. It sets *ret and returns NULL if the call is
 * denied. */
static inline struct gorados_call *gorados_call_enter(struct gorados_refs *refs, struct gorados_call *acquired, uint32_t mask, int64_t *ret)
{
	if (acquired)
		return acquired;
	if (refs)
		return gorados_waiter_acquire(refs, mask, ret);
	*ret = GORADOS_DENIED;
	return NULL;
}

/* gorados_is_async reports whether the call will be in flight when its shim returns. */
static inline int gorados_is_async(struct gorados_call *acquired)
{
	return acquired && !acquired->head.sync;
}

/* gorados_call_prepare makes and publishes the completion. */
static inline void gorados_call_prepare(struct gorados_call *call, struct gorados_call *acquired, uintptr_t io, int64_t *ret)
{
	gorados_completion completion = NULL;

	__atomic_store_n(&call->io, io, __ATOMIC_RELAXED);
	call->p = NULL;
	call->n = 0;
	call->head.number = 0;
	call->head.time.tv_nsec = 0; /* not every release sets it */
	if (*ret < 0)
		return;
	*ret = gorados_completion_new(acquired, gorados_is_async(acquired) ? gorados_on_complete : NULL, &completion);
	GORADOS_PAUSE(GORADOS_PAUSE_PUBLISH);
	if (*ret >= 0)
		__atomic_store_n(&call->completion, completion, __ATOMIC_RELEASE);
	GORADOS_PAUSE(GORADOS_PAUSE_PUBLISHED);
}

/* Added to the result of a call to ask Go to yield, as GORADOS_CLOSING is added. */
#define GORADOS_YIELD (INT64_MIN / 2)
enum { GORADOS_YIELD_INTERVAL = 8000000 }; /* ns */

/* gorados_maybe_yield sets call->yield if no call in this struct has done so for
 * GORADOS_YIELD_INTERVAL. */
void gorados_maybe_yield(struct gorados_call *call);

/* gorados_call_complete_sync completes a synchronous call that Go has acquired. *ret becomes 1 if Go
 * should yield, else 0. */
void gorados_call_complete_sync(struct gorados_call *call, int64_t *ret);

/* gorados_call_wait blocks until a synchronous call that was started has completed. */
static inline void gorados_call_wait(struct gorados_refs *refs, struct gorados_call *call, struct gorados_call *acquired, int64_t *ret)
{
	uint64_t version;

	GORADOS_PAUSE(GORADOS_PAUSE_SUBMITTED);
	if (*ret < 0 || gorados_is_async(acquired))
		return;
	if (acquired) { /* at least one of the canceller and this sees the other */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (__atomic_load_n(&call->head.cancelled, __ATOMIC_SEQ_CST))
			gorados_completion_cancel(call->io, call->completion);
	}
	if (!gorados_completion_is_complete(call->completion)) {
		if (!acquired) /* Go counts the others */
			__atomic_fetch_add(&gorados_sync_calls, 1, __ATOMIC_RELAXED);
		gorados_completion_wait(call->completion);
		if (!acquired)
			__atomic_fetch_sub(&gorados_sync_calls, 1, __ATOMIC_RELAXED);
		gorados_maybe_yield(call);
	}
	if (acquired) {
		gorados_call_complete_sync(call, ret);
		return;
	}
	*ret = gorados_completion_return_value(call->completion);
	version = gorados_completion_version(call->completion);
	if (__atomic_load_n(&refs->version, __ATOMIC_RELAXED) != version)
		__atomic_store_n(&refs->version, version, __ATOMIC_RELAXED);
}

/* gorados_call_report writes the report of the operation and ends it, unless Go has acquired the call:
 * then gorados_call_finish does. */
static inline void gorados_call_report(struct gorados_call *call, struct gorados_call *acquired, struct gorados_buf *out, int64_t *ret)
{
	if (acquired)
		return;
	gorados_buf_init(out);
	call->finish(&call->op, out, ret);
	call->finish = NULL;
}

/* gorados_call_finish writes the report of an operation whose call Go has acquired, and ends it. */
static inline int64_t gorados_call_finish(struct gorados_call *call, struct gorados_buf *out, int64_t ret)
{
	if (call->finish)
		gorados_call_report(call, NULL, out, &ret);
	return ret;
}

/* gorados_call_object gives the call a struct of that size, all zero, for the library to fill. take will
 * write its members and free what they point to. */
static inline void gorados_call_object(struct gorados_call *call, size_t size, int64_t (*take)(void *object, struct gorados_buf *out), int64_t *ret)
{
	call->take = take;
	call->object = calloc(1, size);
	if (!call->object && *ret >= 0)
		*ret = -ENOMEM;
}

/* gorados_call_take writes what the library has filled, unless ret, the result of the call, is an error,
 * and frees it. */
static inline int64_t gorados_call_take(struct gorados_call *call, struct gorados_buf *out, int64_t ret)
{
	int64_t taken = 0;

	gorados_buf_init(out);
	if (ret >= 0)
		taken = call->take(call->object, out);
	free(call->object);
	call->object = NULL;
	if (taken < 0)
		gorados_buf_free(out);
	return taken < 0 ? taken : ret;
}

/* gorados_call_exit ends a call that gorados_call_enter has begun, unless Go has acquired it and it was
 * started, and returns the result for Go. */
static inline int64_t gorados_call_exit(struct gorados_refs *refs, struct gorados_call *call, struct gorados_call *acquired, int64_t ret)
{
	gorados_completion completion;

	if (acquired) { /* if it was started, it may have completed: then its result is not for this thread */
		if (ret < 0)
			gorados_call_end(call);
		return ret;
	}
	completion = call->completion;
	__atomic_store_n(&call->completion, NULL, __ATOMIC_RELAXED);
	if (call->yield) {
		call->yield = 0;
		ret += GORADOS_YIELD;
	}
	gorados_waiter_release(call);
	if (completion)
		gorados_completion_release(completion);
	return gorados_denied(refs) & GORADOS_CLOSED ? ret + GORADOS_CLOSING : ret;
}

#pragma GCC visibility pop
#endif
