#define _GNU_SOURCE
#include "aio.h"

#include "memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As in <linux/membarrier.h>, which musl lacks, and old kernels' headers have without these. */
enum {
	GORADOS_MEMBARRIER_PRIVATE_EXPEDITED = 1 << 3,
	GORADOS_MEMBARRIER_REGISTER_PRIVATE_EXPEDITED = 1 << 4,
};

uint32_t gorados_sync_calls, gorados_max_sync_calls, gorados_async_calls;
_Thread_local struct gorados_call *gorados_thread_waiter;
int gorados_have_membarrier;
struct gorados_call *gorados_completed;

static pthread_mutex_t gorados_completed_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gorados_completed_cond = PTHREAD_COND_INITIALIZER;
static int gorados_completed_waited;      /* a thread is in gorados_completed_wait */
static int gorados_completed_interrupted; /* guarded by the mutex */

/* All calls that Go can acquire, and all waiters, for gorados_calls_cancel. Waiters are added at the
 * front and never removed: a new thread reuses the waiter of a thread that has exited. */
static struct gorados_call **gorados_calls;
static size_t gorados_calls_count;
static struct gorados_call *gorados_waiters, *gorados_waiters_unused;
static pthread_key_t gorados_waiter_key;
static pthread_mutex_t gorados_calls_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t gorados_cancel_mutex = PTHREAD_MUTEX_INITIALIZER; /* of gorados_calls_cancel */

static struct gorados_call *gorados_call_alloc(void)
{
	struct gorados_call *call = aligned_alloc(64, sizeof *call);

	return call ? memset(call, 0, sizeof *call) : NULL;
}

/* gorados_waiter_thread_exit makes the waiter of a thread that exits available to other threads. */
static void gorados_waiter_thread_exit(void *waiter)
{
	struct gorados_call *call = waiter;

	pthread_mutex_lock(&gorados_calls_mutex);
	call->head.next = gorados_waiters_unused;
	gorados_waiters_unused = call;
	pthread_mutex_unlock(&gorados_calls_mutex);
}

void gorados_waiters_init(uint32_t max_sync_calls)
{
	gorados_max_sync_calls = max_sync_calls;
	if (pthread_key_create(&gorados_waiter_key, gorados_waiter_thread_exit))
		abort();
#ifdef SYS_membarrier
	gorados_have_membarrier = !syscall(SYS_membarrier, GORADOS_MEMBARRIER_REGISTER_PRIVATE_EXPEDITED, 0, 0);
#endif
}

/* gorados_heavy_barrier is the rare side of gorados_light_barrier. */
static void gorados_heavy_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#ifdef SYS_membarrier
	if (gorados_have_membarrier && syscall(SYS_membarrier, GORADOS_MEMBARRIER_PRIVATE_EXPEDITED, 0, 0))
		abort(); /* it cannot fail after the registration */
#endif
}

struct gorados_call *gorados_waiter_new(void)
{
	struct gorados_call *call;

	pthread_mutex_lock(&gorados_calls_mutex);
	call = gorados_waiters_unused;
	if (call) {
		gorados_waiters_unused = call->head.next;
	} else if ((call = gorados_call_alloc())) {
		call->next_waiter = gorados_waiters;
		__atomic_store_n(&gorados_waiters, call, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&gorados_calls_mutex);
	if (!call)
		return NULL;
	pthread_setspecific(gorados_waiter_key, call); /* if this fails, no other thread reuses the waiter */
	gorados_thread_waiter = call;
	return call;
}

int gorados_waiters_inside(uintptr_t refs)
{
	gorados_heavy_barrier();
	for (struct gorados_call *call = __atomic_load_n(&gorados_waiters, __ATOMIC_ACQUIRE); call; call = call->next_waiter) {
		if (__atomic_load_n(&call->head.owner, __ATOMIC_ACQUIRE) == refs)
			return 1;
		GORADOS_PAUSE(GORADOS_PAUSE_INSIDE);
		while (__atomic_load_n(&call->cancelling, __ATOMIC_ACQUIRE) == refs)
			sched_yield(); /* the call has exited, but its canceller still uses the object */
	}
	return 0;
}

static int gorados_compare_refs(const void *a, const void *b)
{
	uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

	return (x > y) - (x < y);
}

/* gorados_is_among reports whether a call with that owner is inside one of the refs. */
static int gorados_is_among(uintptr_t owner, const uintptr_t *refs, size_t count)
{
	return owner && bsearch(&owner, refs, count, sizeof *refs, gorados_compare_refs);
}

/* gorados_waiters_cancel cancels the calls in waiters that are inside one of the refs. While cancelling
 * is set, the waiter keeps its completion, and the refs keep their object. A waiter that has a new
 * call meanwhile is inside the same refs, or is left alone. */
static void gorados_waiters_cancel(const uintptr_t *refs, size_t count)
{
	struct gorados_call *waiters = __atomic_load_n(&gorados_waiters, __ATOMIC_ACQUIRE);
	int some = 0;

	for (struct gorados_call *call = waiters; call; call = call->next_waiter) {
		uintptr_t owner = __atomic_load_n(&call->head.owner, __ATOMIC_RELAXED);
		if (!gorados_is_among(owner, refs, count))
			continue;
		GORADOS_PAUSE(GORADOS_PAUSE_CANCEL);
		__atomic_store_n(&call->cancelling, owner, __ATOMIC_RELAXED);
		some = 1;
	}
	if (!some)
		return;
	gorados_heavy_barrier();
	for (struct gorados_call *call = waiters; call; call = call->next_waiter) {
		uintptr_t owner = __atomic_load_n(&call->cancelling, __ATOMIC_RELAXED);
		if (!owner)
			continue;
		GORADOS_PAUSE(GORADOS_PAUSE_CANCELLING);
		if (__atomic_load_n(&call->head.owner, __ATOMIC_ACQUIRE) == owner) {
			gorados_completion completion;
			GORADOS_PAUSE(GORADOS_PAUSE_CANCEL_LOADED);
			completion = __atomic_load_n(&call->completion, __ATOMIC_ACQUIRE);
			if (completion)
				gorados_completion_cancel(__atomic_load_n(&call->io, __ATOMIC_RELAXED), completion);
		}
		GORADOS_PAUSE(GORADOS_PAUSE_CANCELLED);
		__atomic_store_n(&call->cancelling, 0, __ATOMIC_RELEASE);
	}
}

void gorados_waiter_await_cancel(struct gorados_call *call)
{
	while (__atomic_load_n(&call->cancelling, __ATOMIC_ACQUIRE))
		sched_yield();
}

struct gorados_call *gorados_call_new(uint64_t index)
{
	struct gorados_call *call = gorados_call_alloc();
	struct gorados_call **calls;

	if (!call)
		gorados_out_of_memory();
	call->head.index = index;
	pthread_mutex_lock(&gorados_calls_mutex);
	calls = realloc(gorados_calls, (gorados_calls_count + 1) * sizeof *calls);
	if (!calls)
		gorados_out_of_memory();
	gorados_calls = calls;
	gorados_calls[gorados_calls_count++] = call;
	pthread_mutex_unlock(&gorados_calls_mutex);
	return call;
}

static void gorados_call_release(struct gorados_call *call)
{
	gorados_completion completion = call->completion;

	__atomic_store_n(&call->completion, NULL, __ATOMIC_RELAXED);
	GORADOS_PAUSE(GORADOS_PAUSE_RELEASE);
	if (completion)
		gorados_completion_release(completion);
}

void gorados_call_end(struct gorados_call *call)
{
	GORADOS_PAUSE(GORADOS_PAUSE_END);
	if (!(__atomic_fetch_or(&call->head.owner, GORADOS_ENDED, __ATOMIC_SEQ_CST) & GORADOS_CANCELLING))
		gorados_call_release(call);
}

/* gorados_call_cancel_inside cancels call if it is inside refs and has not ended. */
static void gorados_call_cancel_inside(struct gorados_call *call, uintptr_t refs)
{
	uintptr_t owner = refs;
	gorados_completion completion;

	if (!refs || !__atomic_compare_exchange_n(&call->head.owner, &owner, refs | GORADOS_CANCELLING, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return;
	GORADOS_PAUSE(GORADOS_PAUSE_CANCEL);
	__atomic_store_n(&call->head.cancelled, 1, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* see gorados_call_wait */
	GORADOS_PAUSE(GORADOS_PAUSE_CANCELLING);
	completion = __atomic_load_n(&call->completion, __ATOMIC_ACQUIRE);
	GORADOS_PAUSE(GORADOS_PAUSE_CANCEL_LOADED);
	if (completion)
		gorados_completion_cancel(__atomic_load_n(&call->io, __ATOMIC_RELAXED), completion);
	GORADOS_PAUSE(GORADOS_PAUSE_CANCELLED);
	owner = refs | GORADOS_CANCELLING;
	if (__atomic_compare_exchange_n(&call->head.owner, &owner, refs, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return;
	/* It has completed meanwhile. Go may reuse the call as soon as GORADOS_CANCELLING is reset. */
	gorados_call_release(call);
	__atomic_fetch_and(&call->head.owner, ~(uintptr_t)GORADOS_CANCELLING, __ATOMIC_SEQ_CST);
	GORADOS_PAUSE(GORADOS_PAUSE_CANCEL_END);
}

void gorados_call_cancel(struct gorados_call *call)
{
	gorados_call_cancel_inside(call, __atomic_load_n(&call->head.owner, __ATOMIC_RELAXED) & ~(uintptr_t)(GORADOS_CANCELLING | GORADOS_ENDED));
}

void gorados_calls_cancel(const uintptr_t *refs, size_t count)
{
	struct gorados_call *some[64]; /* calls are never freed, but gorados_calls moves when it grows */
	size_t done = 0, n;

	pthread_mutex_lock(&gorados_cancel_mutex);
	gorados_waiters_cancel(refs, count);
	do {
		pthread_mutex_lock(&gorados_calls_mutex);
		for (n = 0; n < sizeof some / sizeof *some && done < gorados_calls_count; n++)
			some[n] = gorados_calls[done++];
		pthread_mutex_unlock(&gorados_calls_mutex);
		for (size_t i = 0; i < n; i++) {
			uintptr_t owner = __atomic_load_n(&some[i]->head.owner, __ATOMIC_RELAXED);
			if (gorados_is_among(owner, refs, count))
				gorados_call_cancel_inside(some[i], owner);
		}
	} while (n > 0);
	pthread_mutex_unlock(&gorados_cancel_mutex);
}

void gorados_maybe_yield(struct gorados_call *call)
{
	struct timespec now;
	int64_t ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	if (ns - call->yielded < GORADOS_YIELD_INTERVAL)
		return;
	call->yielded = ns;
	call->yield = 1;
}

/* gorados_call_complete stores the results of a call that has completed and ends it. */
static void gorados_call_complete(struct gorados_call *call, gorados_completion completion)
{
	call->head.ret = gorados_completion_return_value(completion);
	call->head.version = gorados_completion_version(completion);
	gorados_call_end(call);
}

void gorados_call_complete_sync(struct gorados_call *call, int64_t *ret)
{
	gorados_call_complete(call, call->completion);
	*ret = call->yield;
	call->yield = 0;
}

void gorados_on_complete(gorados_completion completion, void *arg)
{
	struct gorados_call *call = arg, *before;

	gorados_call_complete(call, completion);
	GORADOS_PAUSE(GORADOS_PAUSE_ENDED);
	before = __atomic_load_n(&gorados_completed, __ATOMIC_RELAXED);
	do {
		call->head.next = before;
		GORADOS_PAUSE(GORADOS_PAUSE_PUSH);
	} while (!__atomic_compare_exchange_n(&gorados_completed, &before, call, 1, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	GORADOS_PAUSE(GORADOS_PAUSE_PUSHED);
	if (!before && __atomic_load_n(&gorados_completed_waited, __ATOMIC_SEQ_CST)) {
		pthread_mutex_lock(&gorados_completed_mutex);
		pthread_cond_signal(&gorados_completed_cond);
		pthread_mutex_unlock(&gorados_completed_mutex);
	}
}

int gorados_completed_wait(void)
{
	int interrupted;

	__atomic_store_n(&gorados_completed_waited, 1, __ATOMIC_SEQ_CST);
	GORADOS_PAUSE(GORADOS_PAUSE_SLEEP);
	pthread_mutex_lock(&gorados_completed_mutex);
	while (!__atomic_load_n(&gorados_completed, __ATOMIC_SEQ_CST) && !gorados_completed_interrupted)
		pthread_cond_wait(&gorados_completed_cond, &gorados_completed_mutex);
	interrupted = gorados_completed_interrupted;
	gorados_completed_interrupted = 0;
	pthread_mutex_unlock(&gorados_completed_mutex);
	__atomic_store_n(&gorados_completed_waited, 0, __ATOMIC_SEQ_CST);
	return interrupted;
}

void gorados_completed_interrupt(void)
{
	pthread_mutex_lock(&gorados_completed_mutex);
	gorados_completed_interrupted = 1;
	pthread_cond_signal(&gorados_completed_cond);
	pthread_mutex_unlock(&gorados_completed_mutex);
}
