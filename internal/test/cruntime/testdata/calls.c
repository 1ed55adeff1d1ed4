/* Runs the C half of calls, as the shims use it, against a stub of librados, from threads that do
 * what packages aio and handle do in Go: some calls are synchronous, others are acquired by Go, some
 * are cancelled, and all the time handles are closed under them.
 *
 * It pauses at one step after the other, so that other threads intervene there, and rarely at any
 * step, since some faults take two pauses. It exits with status 1 if a call has the result of
 * another call, was cancelled though no thread cancelled it, or does not complete. The sanitizers
 * find the rest.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>

static void pause_at(int step);
#define GORADOS_PAUSE(step) pause_at(step)

#include "zz_shims.h"

#include "zz_aio.c"

#include "call.h"

enum {
	SYNC_THREADS = 3,
	ACQUIRED_THREADS = 4,
	SERVERS = 2,
	HANDLES = 3,
	CALLS = 8,
	SHARE = 4,
};

static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

/* Randomness and pauses. */

static _Thread_local uint64_t seed;
static uint64_t seeds;
static int paused = -1;

static uint64_t draw(uint64_t n)
{
	if (!seed)
		seed = __atomic_add_fetch(&seeds, 1, __ATOMIC_RELAXED) * 0x9E3779B97F4A7C15;
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static void rest(uint64_t most)
{
	usleep((useconds_t)draw(most));
}

static void pause_at(int step)
{
	if (draw(step == __atomic_load_n(&paused, __ATOMIC_RELAXED) ? 3 : 50) == 0)
		rest(300);
}

/* The stub. A pool is the object of a handle; it is freed when no call is inside. */

struct pool {
	int closing;
};

/* The Go half of a call. */
struct go_call {
	struct gorados_call *call;
	int requested; /* its cancellation */
	int ended;     /* the poller has set it */
	struct go_call *next;
};

static struct go_call go_calls[CALLS];

enum { MAGIC = 0x600d };

struct completion {
	int magic;
	struct pool *pool;
	struct gorados_call *call; /* NULL of a synchronous call */
	rados_callback_t callback;
	uint64_t id;
	uint64_t *size;
	int refs, submitted, cancelled, complete, ret;
	struct completion *next; /* that is submitted */
};

static pthread_mutex_t stub = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct completion *submitted;
static int completions, stopping;

static int requested(struct completion *c)
{
	return __atomic_load_n(&c->pool->closing, __ATOMIC_ACQUIRE) ||
	       (c->call && __atomic_load_n(&go_calls[c->call->head.index].requested, __ATOMIC_ACQUIRE));
}

int rados_aio_create_completion2(void *arg, rados_callback_t complete, rados_completion_t *pc)
{
	struct completion *c = calloc(1, sizeof *c);

	c->call = arg;
	c->callback = complete;
	c->refs = 1;
	c->magic = MAGIC;
	__atomic_fetch_add(&completions, 1, __ATOMIC_RELAXED); /* without a lock, which would order more */
	*pc = c;
	return 0;
}

int rados_aio_create_completion(void *arg, rados_callback_t complete, rados_callback_t safe, rados_completion_t *pc)
{
	(void)safe;
	return rados_aio_create_completion2(arg, complete, pc);
}

static void put(struct completion *c) /* the lock is held */
{
	if (--c->refs > 0)
		return;
	__atomic_fetch_sub(&completions, 1, __ATOMIC_RELAXED);
	free(c);
}

void rados_aio_release(rados_completion_t p)
{
	pthread_mutex_lock(&stub);
	put(p);
	pthread_mutex_unlock(&stub);
}

int rados_aio_cancel(rados_ioctx_t io, rados_completion_t p)
{
	struct completion *c = p;
	struct pool *pool = io;

	if (c->magic != MAGIC) /* before the lock, as above */
		fail("cancelled a pointer that is no completion");
	pthread_mutex_lock(&stub);
	__atomic_load_n(&pool->closing, __ATOMIC_RELAXED); /* it has not been freed */
	if (c->submitted) {
		if (c->pool != pool)
			fail("cancelled with the pool of another call");
		if (!requested(c))
			fail("a call was cancelled in place of another");
		c->cancelled = 1;
		pthread_cond_broadcast(&changed);
	}
	pthread_mutex_unlock(&stub);
	return 0;
}

int rados_aio_stat2(rados_ioctx_t io, const char *o, rados_completion_t p, uint64_t *size, struct timespec *mtime)
{
	struct completion *c = p;

	(void)mtime;
	if (draw(16) == 0)
		return -EIO;
	c->pool = io;
	c->id = strtoull(o, NULL, 10);
	c->size = size;
	pthread_mutex_lock(&stub);
	__atomic_load_n(&c->pool->closing, __ATOMIC_RELAXED); /* it has not been freed */
	c->refs++;
	c->submitted = 1;
	c->next = submitted;
	submitted = c;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&stub);
	return 0;
}

int rados_aio_stat(rados_ioctx_t io, const char *o, rados_completion_t p, uint64_t *size, time_t *mtime)
{
	(void)mtime;
	return rados_aio_stat2(io, o, p, size, NULL);
}

int rados_aio_is_complete(rados_completion_t p)
{
	struct completion *c = p;
	int complete;

	pthread_mutex_lock(&stub);
	complete = c->complete;
	pthread_mutex_unlock(&stub);
	return complete;
}

int rados_aio_wait_for_complete(rados_completion_t p)
{
	struct completion *c = p;

	pthread_mutex_lock(&stub);
	while (!c->complete)
		pthread_cond_wait(&changed, &stub);
	pthread_mutex_unlock(&stub);
	return 0;
}

int rados_aio_get_return_value(rados_completion_t p)
{
	return ((struct completion *)p)->ret;
}

uint64_t rados_aio_get_version(rados_completion_t p)
{
	return ((struct completion *)p)->id;
}

/* A server answers some calls; one of SHARE ends only when it is cancelled. */
static void *serve(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&stub);
	for (;;) {
		struct completion **at = &submitted, *c;
		while ((c = *at) && !c->cancelled && c->id % SHARE == 0)
			at = &c->next;
		if (!c) {
			if (stopping)
				break;
			pthread_cond_wait(&changed, &stub);
			continue;
		}
		*at = c->next;
		pthread_mutex_unlock(&stub);
		rest(30);
		pthread_mutex_lock(&stub);
		c->ret = c->cancelled ? -ECANCELED : 0;
		*c->size = c->id;
		c->complete = 1;
		pthread_cond_broadcast(&changed);
		if (c->callback) {
			pthread_mutex_unlock(&stub);
			c->callback(c, c->call);
			pthread_mutex_lock(&stub);
		}
		put(c);
	}
	pthread_mutex_unlock(&stub);
	return NULL;
}

/* Handles, as in package handle. They are never freed, as if a collector did it later. */

struct handle {
	struct gorados_refs refs;
	int freed;
	struct handle *before; /* the handle that this one has replaced */
};

static struct handle *handles[HANDLES];

static struct handle *handle_new(struct handle *before)
{
	struct handle *d = aligned_alloc(64, (sizeof *d + 63) / 64 * 64);

	memset(d, 0, sizeof *d);
	d->refs.object = (uintptr_t)calloc(1, sizeof(struct pool));
	d->before = before;
	return d;
}

static int idle(struct gorados_refs *refs)
{
	for (int i = 0; i < 1 << GORADOS_SHARD_BITS; i++)
		if (__atomic_load_n(&refs->shards[i].calls, __ATOMIC_SEQ_CST))
			return 0;
	return !gorados_waiters_inside((uintptr_t)refs);
}

/* handle_release is Handle.Release. */
static void handle_release(struct handle *d)
{
	int freed = 0;

	if (gorados_denied(&d->refs) & GORADOS_CLOSED && !__atomic_load_n(&d->freed, __ATOMIC_ACQUIRE) && idle(&d->refs) &&
	    __atomic_compare_exchange_n(&d->freed, &freed, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		free((struct pool *)gorados_object(&d->refs));
}

static void handle_close(struct handle *d)
{
	__atomic_store_n(&((struct pool *)gorados_object(&d->refs))->closing, 1, __ATOMIC_RELEASE);
	__atomic_fetch_or(&d->refs.denied, GORADOS_CLOSED, __ATOMIC_SEQ_CST);
	for (;;) {
		handle_release(d);
		if (__atomic_load_n(&d->freed, __ATOMIC_ACQUIRE))
			return;
		uintptr_t refs = (uintptr_t)&d->refs;
		gorados_calls_cancel(&refs, 1);
		rest(100);
	}
}

static struct handle *some_handle(void)
{
	return __atomic_load_n(&handles[draw(HANDLES)], __ATOMIC_ACQUIRE);
}

/* lasting reports whether a handle is the one that stays open. */
static int lasting(struct handle *d)
{
	return d == __atomic_load_n(&handles[0], __ATOMIC_RELAXED);
}

static int ending, closing_ends;

static void *close_handles(void *unused)
{
	(void)unused;
	while (!__atomic_load_n(&closing_ends, __ATOMIC_ACQUIRE)) {
		struct handle **at = &handles[1 + draw(HANDLES - 1)], *d = *at;
		__atomic_store_n(at, handle_new(d), __ATOMIC_RELEASE);
		handle_close(d);
		rest(300);
	}
	return NULL;
}

/* Calls. */

static uint64_t ids, calls, cancels;

/* named writes the name of a call, which may be one that ends only when it is cancelled. */
static size_t named(char name[24], uint64_t *id, int may_stay)
{
	do
		*id = __atomic_add_fetch(&ids, 1, __ATOMIC_RELAXED);
	while (!may_stay && *id % SHARE == 0);
	return (size_t)sprintf(name, "%llu", (unsigned long long)*id);
}

static void verify(uint64_t id, int64_t ret, uint64_t number, uint64_t version, int cancelled)
{
	__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
	if (ret == -ECANCELED) {
		__atomic_fetch_add(&cancels, 1, __ATOMIC_RELAXED);
		if (!cancelled)
			fail("call %llu was cancelled", (unsigned long long)id);
		return;
	}
	if (ret == -EIO)
		return;
	if (ret != 0)
		fail("call %llu returned %lld", (unsigned long long)id, (long long)ret);
	if (number != id || version != id)
		fail("call %llu has the results of %llu and %llu", (unsigned long long)id, (unsigned long long)number, (unsigned long long)version);
}

static void *call_sync(void *unused)
{
	(void)unused;
	while (!__atomic_load_n(&ending, __ATOMIC_ACQUIRE)) {
		struct handle *handle = some_handle();
		struct gorados_refs *refs = &handle->refs;
		char name[24];
		uint64_t id, size = 0;
		struct timespec time;
		int64_t ret = 0;
		size_t n = named(name, &id, !lasting(handle));
		gorados_rados_aio_stat2(refs, name, n, NULL, &size, &time, &ret);
		if (ret == GORADOS_BUSY)
			continue;
		if (ret == GORADOS_DENIED) {
			handle_release(handle);
			continue;
		}
		if (ret < GORADOS_YIELD / 2)
			ret -= GORADOS_YIELD;
		int closing = ret < GORADOS_CLOSING / 2;
		if (closing) {
			ret -= GORADOS_CLOSING;
			handle_release(handle);
		}
		verify(id, ret, size, id, closing);
	}
	return NULL;
}

static pthread_mutex_t go = PTHREAD_MUTEX_INITIALIZER; /* in place of the means of Go */
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;
static struct go_call *unused_calls, *requests;

static struct go_call *call_acquire(struct gorados_refs *refs, int waits)
{
	struct go_call *s;

	pthread_mutex_lock(&go);
	while (!(s = unused_calls))
		pthread_cond_wait(&woken, &go);
	unused_calls = s->next;
	s->ended = 0;
	pthread_mutex_unlock(&go);
	__atomic_store_n(&s->requested, 0, __ATOMIC_RELEASE);
	go_acquire(s->call, refs, waits);
	return s;
}

/* call_release is Call.Release. */
static void call_release(struct go_call *s)
{
	go_release(s->call);
	pthread_mutex_lock(&go);
	s->next = unused_calls;
	unused_calls = s;
	pthread_cond_broadcast(&woken);
	pthread_mutex_unlock(&go);
}

/* request has another thread cancel the call, as a context does, and unrequest keeps it from
 * that, or returns when it is done. */
static void request(struct go_call *s)
{
	pthread_mutex_lock(&go);
	s->next = requests;
	requests = s;
	pthread_cond_broadcast(&woken);
	pthread_mutex_unlock(&go);
}

static struct go_call *cancelling; /* by cancel, now */

static void unrequest(struct go_call *s)
{
	pthread_mutex_lock(&go);
	for (struct go_call **at = &requests; *at; at = &(*at)->next)
		if (*at == s) {
			*at = s->next;
			break;
		}
	while (cancelling == s)
		pthread_cond_wait(&woken, &go);
	pthread_mutex_unlock(&go);
}

static void *cancel(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&go);
	while (!stopping) {
		struct go_call *s = requests;
		if (!s) {
			pthread_cond_wait(&woken, &go);
			continue;
		}
		requests = s->next;
		cancelling = s;
		pthread_mutex_unlock(&go);
		rest(60);
		__atomic_store_n(&s->requested, 1, __ATOMIC_RELEASE);
		gorados_call_cancel(s->call);
		pthread_mutex_lock(&go);
		cancelling = NULL;
		pthread_cond_broadcast(&woken);
	}
	pthread_mutex_unlock(&go);
	return NULL;
}

/* poll is Pool.poll. */
static void *poll(void *unused)
{
	(void)unused;
	for (;;) {
		gorados_completed_wait();
		struct gorados_call *list = __atomic_exchange_n(&gorados_completed, NULL, __ATOMIC_SEQ_CST);
		pthread_mutex_lock(&go);
		while (list) {
			struct gorados_call *next = list->head.next;
			if (list->head.index >= CALLS) { /* the last one */
				pthread_mutex_unlock(&go);
				return NULL;
			}
			go_calls[list->head.index].ended = 1;
			list = next;
		}
		pthread_cond_broadcast(&woken);
		pthread_mutex_unlock(&go);
	}
}

static void await(struct go_call *s)
{
	pthread_mutex_lock(&go);
	while (!s->ended)
		pthread_cond_wait(&woken, &go);
	pthread_mutex_unlock(&go);
}

static void *call_acquired(void *unused)
{
	(void)unused;
	while (!__atomic_load_n(&ending, __ATOMIC_ACQUIRE)) {
		struct handle *handle = some_handle();
		struct gorados_refs *refs = &handle->refs;
		char name[24];
		uint64_t id, size;
		struct timespec time;
		int64_t ret = 0, started = 0;
		int waits = draw(2) == 0, asked = draw(2) == 0;
		struct gorados_shard *shard = gorados_enter(refs, GORADOS_DENY_ALL, &ret);
		if (!shard) {
			handle_release(handle);
			continue;
		}
		struct go_call *s = call_acquire(refs, waits);
		size_t n = named(name, &id, asked || !lasting(handle));
		if (waits && asked)
			request(s);
		if (draw(4) == 0) { /* an error that Go finds before it calls C */
			ret = -EIO;
		} else {
			gorados_rados_aio_stat2(refs, name, n, s->call, &size, &time, &started);
			ret = started;
		}
		if (ret >= 0 && !waits) {
			if (asked)
				request(s);
			await(s);
		}
		if (ret >= 0)
			ret = s->call->head.ret;
		if (asked)
			unrequest(s);
		int closing = (gorados_denied(refs) & GORADOS_CLOSED) != 0;
		verify(id, ret, s->call->head.number, s->call->head.version, closing || __atomic_load_n(&s->requested, __ATOMIC_ACQUIRE));
		call_release(s);
		__atomic_fetch_sub(&shard->calls, 1, __ATOMIC_SEQ_CST);
		handle_release(handle);
	}
	return NULL;
}

/* watch ends the process if calls do not end. */
static void *watch(void *unused)
{
	uint64_t before = 0;

	(void)unused;
	for (int idle = 0; idle < 50; usleep(100000)) {
		uint64_t now = __atomic_load_n(&calls, __ATOMIC_RELAXED);
		idle = now == before ? idle + 1 : 0;
		before = now;
	}
	fail("calls do not end; the last pause was at step %d", __atomic_load_n(&paused, __ATOMIC_RELAXED));
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned each = argc > 1 ? (unsigned)atoi(argv[1]) : 200; /* ms */
	pthread_t threads[SYNC_THREADS + ACQUIRED_THREADS], servers[SERVERS], closer, poller, canceller, watcher;
	int n = 0;
	struct gorados_call last = {.head = {.index = CALLS}};

	gorados_waiters_init(SYNC_THREADS);
	if (syscall(SYS_membarrier, 0, 0, 0) > 0 && !gorados_have_membarrier) /* 0 asks what the kernel has */
		fail("the barriers of the kernel are not used");
#ifdef __SANITIZE_THREAD__
	gorados_have_membarrier = 0; /* the sanitizer knows nothing of membarrier */
#endif
	for (int i = 0; i < HANDLES; i++)
		handles[i] = handle_new(NULL);
	for (int i = 0; i < CALLS; i++) {
		go_calls[i].call = gorados_call_new((uint64_t)i);
		go_calls[i].next = unused_calls;
		unused_calls = &go_calls[i];
	}
	pthread_create(&watcher, NULL, watch, NULL);
	pthread_detach(watcher);
	pthread_create(&poller, NULL, poll, NULL);
	pthread_create(&canceller, NULL, cancel, NULL);
	for (int i = 0; i < SERVERS; i++)
		pthread_create(&servers[i], NULL, serve, NULL);
	for (int i = 0; i < SYNC_THREADS; i++)
		pthread_create(&threads[n++], NULL, call_sync, NULL);
	for (int i = 0; i < ACQUIRED_THREADS; i++)
		pthread_create(&threads[n++], NULL, call_acquired, NULL);
	pthread_create(&closer, NULL, close_handles, NULL);

	for (int step = 0; step < GORADOS_PAUSES; step++) {
		__atomic_store_n(&paused, step, __ATOMIC_RELAXED);
		usleep(1000 * each);
	}
	__atomic_store_n(&paused, -1, __ATOMIC_RELAXED);
	__atomic_store_n(&ending, 1, __ATOMIC_RELEASE);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	__atomic_store_n(&closing_ends, 1, __ATOMIC_RELEASE);
	pthread_join(closer, NULL);
	for (int i = 0; i < HANDLES; i++)
		handle_close(handles[i]);
	pthread_mutex_lock(&go);
	pthread_mutex_lock(&stub);
	stopping = 1;
	pthread_cond_broadcast(&changed);
	pthread_cond_broadcast(&woken);
	pthread_mutex_unlock(&stub);
	pthread_mutex_unlock(&go);
	for (int i = 0; i < SERVERS; i++)
		pthread_join(servers[i], NULL);
	pthread_join(canceller, NULL);
	gorados_on_complete(calloc(1, sizeof(struct completion)), &last);
	pthread_join(poller, NULL);
	if (completions)
		fail("%d completions leaked", completions);
	printf("%llu calls, %llu of them cancelled\n", (unsigned long long)calls, (unsigned long long)cancels);
	fflush(stdout);
	_exit(0);
}
