/* Explores the interleavings of calls, their completions and cancellations, and of the closing of
 * handles, with the C half of calls, a stub of librados, and what packages aio and handle do in Go.
 *
 * Its argument is a scenario. It exits with status 1, and the steps that lead there, if an object or a
 * completion is used after it was freed, a call is cancelled in place of another, has the result of
 * another, or does not end.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "explore.h"

#include "zz_shims.h"

#include "zz_aio.c"

#include "call.h"

/* Handles, as in package handle. */

struct pool {
	int closing, freed;
};

struct handle {
	struct gorados_refs refs;
	struct pool pool; /* its object */
};

static struct handle one, another;

static void handle_init(struct handle *h)
{
	h->refs.object = (uintptr_t)&h->pool;
}

static struct pool *pool_of(rados_ioctx_t io)
{
	struct pool *pool = io;

	if (!pool)
		explore_fail("a call is cancelled before its object is known");
	if (pool->freed)
		explore_fail("a call uses an object that was freed");
	return pool;
}

static int is_idle(struct handle *h)
{
	for (int i = 0; i < 1 << GORADOS_SHARD_BITS; i++)
		if (h->refs.shards[i].calls && /* most have none, ever; see gorados_shard_of */
		    __atomic_load_n(&h->refs.shards[i].calls, __ATOMIC_SEQ_CST))
			return 0;
	return !gorados_waiters_inside((uintptr_t)&h->refs);
}

/* handle_release is Handle.Release: the last one of a closed handle frees its object. */
static void handle_release(struct handle *h)
{
	if (gorados_denied(&h->refs) & GORADOS_CLOSED && is_idle(h))
		h->pool.freed = 1;
}

/* handle_close closes a handle, and cancels its calls until no call is in flight. */
static void handle_close(struct handle *h)
{
	uintptr_t refs = (uintptr_t)&h->refs;

	h->pool.closing = 1;
	__atomic_fetch_or(&h->refs.denied, GORADOS_CLOSED, __ATOMIC_SEQ_CST);
	for (handle_release(h); !h->pool.freed; handle_release(h)) {
		gorados_calls_cancel(&refs, 1);
		sched_yield();
	}
}

/* The stub of librados. */

struct completion {
	void *call; /* NULL of a synchronous call */
	rados_callback_t callback;
	struct pool *pool;
	uint64_t id, *size;
	int refs, released, submitted, cancelled, complete, ret;
};

enum { COMPLETIONS = 4 };

static struct completion completions[COMPLETIONS];
static int created;
static int requested;   /* the cancellation of the call of a context */
static int endless = 1; /* the call of this ID ends only when it is cancelled */

static struct completion *completion_of(rados_completion_t p)
{
	struct completion *c = p;

	if (c->refs == 0)
		explore_fail("completion %d is used after it was freed", (int)(c - completions));
	return c;
}

int rados_aio_create_completion2(void *arg, rados_callback_t complete, rados_completion_t *pc)
{
	struct completion *c = &completions[created++];

	c->call = arg;
	c->callback = complete;
	c->refs = 1;
	*pc = c;
	return 0;
}

int rados_aio_create_completion(void *arg, rados_callback_t complete, rados_callback_t safe, rados_completion_t *pc)
{
	(void)safe;
	return rados_aio_create_completion2(arg, complete, pc);
}

void rados_aio_release(rados_completion_t p)
{
	struct completion *c;

	explore_order("rados_aio_release");
	c = completion_of(p);
	if (c->released)
		explore_fail("completion %d is released twice", (int)(c - completions));
	c->released = 1;
	c->refs--;
}

int rados_aio_cancel(rados_ioctx_t io, rados_completion_t p)
{
	struct completion *c;
	struct pool *pool;

	explore_order("rados_aio_cancel");
	c = completion_of(p);
	pool = pool_of(io);
	if (!c->submitted || c->complete)
		return 0;
	if (c->pool != pool)
		explore_fail("call %d is cancelled with the pool of another", (int)c->id);
	if (!pool->closing && !(requested && c->id == 1))
		explore_fail("call %d is cancelled in place of another", (int)c->id);
	c->cancelled = 1;
	return 0;
}

int rados_aio_stat2(rados_ioctx_t io, const char *o, rados_completion_t p, uint64_t *size, struct timespec *mtime)
{
	struct completion *c;

	(void)mtime;
	explore_order("rados_aio_stat2");
	c = completion_of(p);
	c->pool = pool_of(io);
	c->id = (uint64_t)(*o - '0');
	c->size = size;
	c->submitted = 1;
	c->refs++;
	return 0;
}

int rados_aio_stat(rados_ioctx_t io, const char *o, rados_completion_t p, uint64_t *size, time_t *mtime)
{
	(void)mtime;
	return rados_aio_stat2(io, o, p, size, NULL);
}

static int is_complete(const void *completion)
{
	return ((const struct completion *)completion)->complete;
}

int rados_aio_is_complete(rados_completion_t p)
{
	explore_step("rados_aio_is_complete", NULL, NULL);
	return is_complete(completion_of(p));
}

int rados_aio_wait_for_complete(rados_completion_t p)
{
	explore_step("rados_aio_wait_for_complete", is_complete, completion_of(p));
	completion_of(p);
	return 0;
}

int rados_aio_get_return_value(rados_completion_t p)
{
	return completion_of(p)->ret;
}

uint64_t rados_aio_get_version(rados_completion_t p)
{
	return completion_of(p)->id;
}

/* answerable returns a completion whose call can end. */
static struct completion *answerable(void)
{
	for (int i = 0; i < created; i++) {
		struct completion *c = &completions[i];
		if (c->submitted && !c->complete && (c->cancelled || c->id != (uint64_t)endless))
			return c;
	}
	return NULL;
}

static int calling = 1; /* the thread that makes calls is not done */

static int can_answer(const void *unused)
{
	(void)unused;
	return !calling || answerable();
}

/* answer is a thread of librados, which ends calls until no thread makes any. */
static void answer(void)
{
	struct completion *c;

	for (;;) {
		explore_step("answer", can_answer, NULL);
		c = answerable();
		if (!c)
			return;
		c->ret = c->cancelled ? -ECANCELED : 0;
		*c->size = c->id;
		c->complete = 1;
		if (c->callback)
			c->callback(c, c->call);
		c->refs--;
	}
}

/* Calls. */

static void expect(uint64_t id, int64_t ret, uint64_t number, int may_be_cancelled)
{
	if (ret == -ECANCELED && may_be_cancelled)
		return;
	if (ret != 0 || number != id)
		explore_fail("call %d returns %lld with the number of %d", (int)id, (long long)ret, (int)number);
}

/* call_waiting makes a call in the waiter of the thread. Its goroutine calls handle_release after that, but
 * may lose the thread to another one before. */
static void call_waiting(struct handle *h, char id)
{
	uint64_t size = 0;
	struct timespec time;
	int64_t ret = 0;

	gorados_rados_aio_stat2(&h->refs, &id, 1, NULL, &size, &time, &ret);
	if (ret == GORADOS_DENIED || ret == GORADOS_BUSY)
		return;
	if (ret < GORADOS_CLOSING / 2)
		ret -= GORADOS_CLOSING;
	expect((uint64_t)(id - '0'), ret, size, h->pool.closing);
}

static struct gorados_call *acquired; /* the only call that Go has */
static int begun;                     /* it has been acquired */

/* await is what Pool.poll and Call.Wait do. */
static void await(void)
{
	gorados_completed_wait();
	if (__atomic_exchange_n(&gorados_completed, NULL, __ATOMIC_SEQ_CST) != acquired)
		explore_fail("another call has completed");
}

/* call_in makes a call that Go has acquired, and between its start and its end calls meanwhile, unless that
 * is NULL. As in call_waiting, handle_release may come later: another goroutine may have acquired the call
 * before. */
static void call_in(struct handle *h, char id, int sync, void (*meanwhile)(void))
{
	int64_t ret = 0, started = 0;
	uint64_t size;
	struct timespec time;
	struct gorados_shard *shard = gorados_enter(&h->refs, GORADOS_DENY_ALL, &ret);

	if (!shard)
		return;
	go_acquire(acquired, &h->refs, sync);
	begun = 1;
	gorados_rados_aio_stat2(&h->refs, &id, 1, acquired, &size, &time, &started);
	if (meanwhile)
		meanwhile();
	if (!sync)
		await();
	expect((uint64_t)(id - '0'), acquired->head.ret, acquired->head.number, h->pool.closing || (requested && id == '1'));
	go_release(acquired);
	gorados_exit(&h->refs, shard, 0);
}

/* Scenarios. */

static void cancel_acquired(void)
{
	requested = 1;
	gorados_call_cancel(acquired);
}

static void close_one(void)
{
	handle_close(&one);
}

/* release_one is the end of a call that was denied. */
static void release_one(void)
{
	handle_release(&one);
}

static void call_both_async(void)
{
	call_in(&one, '1', 0, NULL);
	call_in(&another, '2', 0, NULL);
	handle_release(&one);
	calling = 0;
}

static void call_both_async_and_cancel(void)
{
	call_in(&one, '1', 0, cancel_acquired);
	call_in(&another, '2', 0, NULL);
	handle_release(&one);
	calling = 0;
}

static void call_both_sync(void)
{
	call_in(&one, '1', 1, NULL);
	call_in(&another, '2', 1, NULL);
	handle_release(&one);
	calling = 0;
}

static void call_both_waiting(void)
{
	call_waiting(&one, '1');
	call_waiting(&another, '2');
	handle_release(&one);
	calling = 0;
}

static void call_one_waiting(void)
{
	call_waiting(&one, '1');
	handle_release(&one);
	calling = 0;
}

/* A synchronous call whose context is done: another goroutine cancels it once. */

static int is_done;

static int has_begun(const void *unused)
{
	(void)unused;
	return begun;
}

static int context_is_done(const void *unused)
{
	(void)unused;
	return is_done;
}

static void cancel_once(void)
{
	explore_step("the context is done", has_begun, NULL);
	cancel_acquired();
	is_done = 1;
}

static void await_context(void)
{
	explore_step("await the end of the cancellation", context_is_done, NULL);
}

static void call_with_context(void)
{
	call_in(&one, '1', 1, await_context);
	call_in(&another, '2', 1, NULL);
	handle_release(&one);
	calling = 0;
}

static const struct scenario {
	const char *name;
	void (*threads[3])(void);
} scenarios[] = {
	{"async", {call_both_async, close_one}},
	{"async-cancelled", {call_both_async_and_cancel, close_one}},
	{"sync", {call_both_sync, close_one}},
	{"sync-cancelled", {call_with_context, cancel_once}},
	{"waiter", {call_both_waiting, close_one}},
	{"waiter-released", {call_one_waiting, close_one, release_one}},
};

static const struct scenario *scenario;

static void prepare(void)
{
	static const char *const names[] = {"1st", "2nd", "3rd"};

	explore_local = (void **)&gorados_thread_waiter;
	acquired = gorados_call_alloc();
	gorados_calls = explore_alloc(sizeof *gorados_calls);
	gorados_calls[gorados_calls_count++] = acquired;
	for (int i = 0; i < 3 && scenario->threads[i]; i++) {
		explore_thread(names[i], scenario->threads[i]);
	}
	explore_thread("librados", answer);
}

static void finish(void)
{
	for (int i = 0; i < created; i++)
		if (completions[i].refs > 0)
			explore_fail("completion %d was not released", i);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
		if (argc > 1 && !strcmp(argv[1], scenarios[i].name))
			scenario = &scenarios[i];
	if (!scenario)
		return 2;
	gorados_max_sync_calls = 8;
	gorados_have_membarrier = 1;
	handle_init(&one);
	handle_init(&another);
	explore(prepare, finish);
	_exit(0);
}
