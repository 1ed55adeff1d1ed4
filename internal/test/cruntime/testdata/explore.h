/* Explores all interleavings of a few threads that run the C run time, by including it: the atomic
 * operations of the files that are included after this one are steps, between which each other thread
 * may run.
 *
 * The threads are coroutines of one thread. All data of the program and the stacks of the coroutines
 * are the state: after a step it is compared with the states seen before, and stored, so that each
 * other step can be tried from there. So loops end, and all is visited once. An operation on memory that
 * only one thread uses is no step: others could not tell when it happens. Which memory that is turns
 * out on the way; then all begins anew.
 *
 * A store that is not sequentially consistent stays in a buffer of its thread until it is flushed, which
 * is a step as well. As on arm64, a relaxed store may be flushed before earlier stores to other
 * memory; a store with release is not. Loads are executed in order, as on x86, though arm64 may execute a
 * load before a relaxed one. Accesses that are not atomic are executed immediately: what publishes
 * them is for the thread sanitizer; see calls.c.
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum {
	EXPLORE_THREADS = 4,
	EXPLORE_STORES = 16,
	EXPLORE_CHOICES = 1 + EXPLORE_STORES, /* of a thread: its next step, or to flush a store */
	EXPLORE_STACK = 1 << 15,
	EXPLORE_ARENA = 1 << 12,
	EXPLORE_DEPTH = 1 << 12,
	EXPLORE_MEMORY = 64,
};

typedef int (*explore_condition)(const void *arg);

struct explore_thread {
	const char *name;
	void (*run)(void);
	ucontext_t context;
	char *low;        /* the end of its stack, which grows down to there */
	const char *next; /* its next step */
	explore_condition ready;
	const void *arg; /* of ready */
	int done;
	int news;    /* another thread has made a step since this one yielded */
	void *local; /* *explore_local while it does not run */
	struct {
		void *at;
		size_t size;
		uint64_t value, under; /* what the others see, while it runs */
		int relaxed;
	} stores[EXPLORE_STORES]; /* that no other thread sees yet, the oldest first */
	int stored;
};

/* State of the threads. */
static struct explore_thread explore_threads[EXPLORE_THREADS];
static int explore_count;
static struct explore_thread *explore_running;
static char explore_arena[EXPLORE_ARENA] __attribute__((aligned(64)));
static size_t explore_arena_used;
static void **explore_local; /* a variable of which each thread has its own */

/* What the explorer remembers is outside of the program's data, which it stores and restores. */
struct explore_saved {
	char *data, *stacks[EXPLORE_THREADS];
	int choice; /* the next step to try from this state */
	char step[96];
};

static struct explorer {
	ucontext_t context;
	char *stacks;
	struct explore_saved *path;
	int depth;
	uint64_t *seen; /* hashes of states, in a table with open addressing */
	size_t seen_size, states, steps;
	struct {
		const volatile void *at;
		struct explore_thread *user; /* NULL if there are several */
	} memory[EXPLORE_MEMORY];
	int anew; /* memory has got a second user */
} * explorer;

extern char __data_start[], _end[]; /* of the linker */

/* explore_fail reports a fault and the steps that lead to it. */
__attribute__((noreturn, format(printf, 1, 2))) static void explore_fail(const char *format, ...)
{
	va_list args;

	for (int i = 0; i < explorer->depth; i++)
		fprintf(stderr, "%s\n", explorer->path[i].step);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	_exit(1);
}

/* For the threads. */

/* explore_step ends a step. The next one begins once ready, if it is not NULL, returns 1. */
__attribute__((noinline)) static void explore_step(const char *next, explore_condition ready, const void *arg)
{
	struct explore_thread *t = explore_running;

	t->next = next;
	t->ready = ready;
	t->arg = arg;
	t->low = (char *)__builtin_frame_address(0) - 256; /* at least what this function has */
	swapcontext(&t->context, &explorer->context);
}

/* explore_is_shared reports whether several threads use memory, this one among them. */
static int explore_is_shared(const volatile void *at)
{
	int i = 0;

	while (i < EXPLORE_MEMORY && explorer->memory[i].at && explorer->memory[i].at != at)
		i++;
	if (i == EXPLORE_MEMORY)
		explore_fail("there are too many variables");
	if (!explorer->memory[i].at) {
		explorer->memory[i].at = at;
		explorer->memory[i].user = explore_running;
	}
	if (explorer->memory[i].user && explorer->memory[i].user != explore_running) {
		explorer->memory[i].user = NULL;
		explorer->anew = 1;
	}
	return !explorer->memory[i].user;
}

/* explore_use is a step that uses memory, once ready returns 1. */
static void explore_use(const volatile void *at, const char *next, explore_condition ready, const void *arg)
{
	if (explore_is_shared(at) || (ready && !ready(arg)))
		explore_step(next, ready, arg);
}

static int explore_is_flushed(const void *thread)
{
	return ((const struct explore_thread *)thread)->stored == 0;
}

/* explore_order is a step that comes after all stores of this thread. */
static void explore_order(const char *next)
{
	explore_step(next, explore_is_flushed, explore_running);
}

/* explore_change is a use of memory that comes after all stores of this thread. */
static void explore_change(const volatile void *at, const char *next)
{
	explore_use(at, next, explore_is_flushed, explore_running);
}

static void explore_store(volatile void *at, const void *value, size_t size, int order, const char *next)
{
	struct explore_thread *t = explore_running;

	if (order == __ATOMIC_SEQ_CST)
		explore_change(at, next);
	if (order == __ATOMIC_SEQ_CST || !explore_is_shared(at)) {
		memcpy((void *)at, value, size);
		return;
	}
	if (t->stored == EXPLORE_STORES)
		explore_fail("the buffer of stores is too small");
	t->stores[t->stored].at = (void *)at;
	t->stores[t->stored].size = size;
	memcpy(&t->stores[t->stored].value, value, size);
	memcpy(&t->stores[t->stored].under, (void *)at, size);
	t->stores[t->stored].relaxed = order == __ATOMIC_RELAXED;
	memcpy((void *)at, value, size);
	t->stored++;
}

/* explore_barrier is a barrier in all threads: each passes a point where its stores are flushed. */
static long explore_barrier(void)
{
	explore_order("membarrier");
	for (int i = 0; i < explore_count; i++)
		if (!explore_is_flushed(&explore_threads[i]))
			explore_step("membarrier", explore_is_flushed, &explore_threads[i]);
	return 0;
}

static int explore_has_news(const void *thread)
{
	return ((const struct explore_thread *)thread)->news;
}

/* explore_yield waits for a step of another thread since it last did so: without one, a loop sees nothing
 * new. */
static int explore_yield(void)
{
	explore_step("yield", explore_has_news, explore_running);
	explore_running->news = 0;
	return 0;
}

/* A mutex is unlocked if its first int is 0. To lock it does not flush earlier stores. */
static int explore_can_lock(const void *mutex)
{
	int locked;

	memcpy(&locked, mutex, sizeof locked);
	return !locked;
}

static int explore_lock(pthread_mutex_t *mutex)
{
	int locked = 1;

	explore_use(mutex, "lock", explore_can_lock, mutex);
	memcpy(mutex, &locked, sizeof locked);
	return 0;
}

static int explore_unlock(pthread_mutex_t *mutex)
{
	int locked = 0;

	explore_change(mutex, "unlock");
	memcpy(mutex, &locked, sizeof locked);
	return 0;
}

/* A condition variable counts the threads that wait, and those of them that were signalled. */
struct explore_cond {
	int waiting, signalled;
};

static int explore_is_signalled(const void *cond)
{
	return ((const struct explore_cond *)cond)->signalled > 0;
}

static int explore_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	struct explore_cond *c = (void *)cond;
	int locked = 0;

	explore_order("wait for a signal");
	c->waiting++;
	memcpy(mutex, &locked, sizeof locked);
	explore_step("wake up", explore_is_signalled, cond);
	c->waiting--;
	c->signalled--;
	return explore_lock(mutex);
}

static int explore_cond_signal(pthread_cond_t *cond)
{
	struct explore_cond *c = (void *)cond;

	explore_order("signal");
	if (c->signalled < c->waiting)
		c->signalled++;
	return 0;
}

/* explore_alloc returns memory that is part of the state. It is never freed. */
static void *explore_alloc(size_t size)
{
	void *p = explore_arena + explore_arena_used;

	explore_arena_used += (size + 63) / 64 * 64;
	if (explore_arena_used > sizeof explore_arena)
		explore_fail("the arena is too small");
	return p;
}

static void *explore_realloc(void *old, size_t size)
{
	char *p = explore_alloc(size);

	if (old) /* the arena has as many bytes after old */
		memmove(p, old, size < (size_t)(p - (char *)old) ? size : (size_t)(p - (char *)old));
	return p;
}

/* For the explorer. */

static void explore_entry(void)
{
	explore_running->run();
	explore_running->done = 1; /* the explorer flushes its stores */
	swapcontext(&explore_running->context, &explorer->context);
}

static size_t explore_used(int i)
{
	return (size_t)(explorer->stacks + (size_t)(i + 1) * EXPLORE_STACK - explore_threads[i].low);
}

static void explore_thread(const char *name, void (*run)(void))
{
	struct explore_thread *t;

	if (explore_count == EXPLORE_THREADS)
		explore_fail("too many threads");
	t = &explore_threads[explore_count];
	t->name = name;
	t->run = run;
	t->next = "begin";
	getcontext(&t->context);
	t->context.uc_stack.ss_sp = explorer->stacks + (size_t)explore_count * EXPLORE_STACK;
	t->context.uc_stack.ss_size = EXPLORE_STACK;
	makecontext(&t->context, explore_entry, 0);
	t->low = (char *)t->context.uc_stack.ss_sp + EXPLORE_STACK - 1024;
	explore_count++;
}

static void *explore_copy(const void *from, size_t size)
{
	void *p = malloc(size);

	if (!p)
		abort();
	return memcpy(p, from, size);
}

static void explore_push(void)
{
	struct explore_saved *s = &explorer->path[explorer->depth];

	if (explorer->depth == EXPLORE_DEPTH - 1)
		explore_fail("it does not end");
	s->data = explore_copy(__data_start, (size_t)(_end - __data_start));
	for (int i = 0; i < explore_count; i++)
		s->stacks[i] = explore_copy(explore_threads[i].low, explore_used(i));
	s->choice = 0;
	s->step[0] = 0;
	explorer->depth++;
}

static void explore_pop(void)
{
	struct explore_saved *s = &explorer->path[--explorer->depth];

	free(s->data);
	for (int i = 0; i < explore_count; i++)
		free(s->stacks[i]);
}

static void explore_restore(const struct explore_saved *s)
{
	memcpy(__data_start, s->data, (size_t)(_end - __data_start));
	for (int i = 0; i < explore_count; i++)
		memcpy(explore_threads[i].low, s->stacks[i], explore_used(i));
}

static uint64_t explore_hash(uint64_t hash, const void *at, size_t size)
{
	const char *p = at;
	uint64_t word;

	for (; size >= sizeof word; p += sizeof word, size -= sizeof word) {
		memcpy(&word, p, sizeof word);
		hash = (hash ^ word) * 0x9E3779B97F4A7C15;
		hash ^= hash >> 29;
	}
	return hash;
}

/* explore_is_new remembers the present state, and reports whether it was not known. */
static int explore_is_new(void)
{
	struct explorer *e = explorer;
	uint64_t hash = explore_hash(1, __data_start, (size_t)(_end - __data_start));

	for (int i = 0; i < explore_count; i++)
		hash = explore_hash(hash, explore_threads[i].low, explore_used(i));
	if (2 * e->states >= e->seen_size) {
		size_t before = e->seen_size;
		uint64_t *seen = e->seen;
		e->seen_size = before ? 2 * before : 1 << 16;
		e->seen = calloc(e->seen_size, sizeof *e->seen);
		for (size_t i = 0; i < before; i++)
			if (seen[i]) {
				size_t at = seen[i] % e->seen_size;
				while (e->seen[at])
					at = (at + 1) % e->seen_size;
				e->seen[at] = seen[i];
			}
		free(seen);
	}
	hash |= 1;
	size_t at = hash % e->seen_size;
	for (; e->seen[at]; at = (at + 1) % e->seen_size)
		if (e->seen[at] == hash)
			return 0;
	e->seen[at] = hash;
	e->states++;
	return 1;
}

static void explore_tell(struct explore_thread *except)
{
	for (int i = 0; i < explore_count; i++)
		if (&explore_threads[i] != except)
			explore_threads[i].news = 1;
}

/* explore_show has memory as a thread sees it, and explore_hide as the others do. */
static void explore_show(struct explore_thread *t)
{
	for (int i = 0; i < t->stored; i++) {
		memcpy(&t->stores[i].under, t->stores[i].at, t->stores[i].size);
		memcpy(t->stores[i].at, &t->stores[i].value, t->stores[i].size);
	}
}

static void explore_hide(struct explore_thread *t)
{
	for (int i = t->stored - 1; i >= 0; i--) {
		memcpy(t->stores[i].at, &t->stores[i].under, t->stores[i].size);
		t->stores[i].under = 0; /* the same state as before */
	}
}

/* explore_run has a thread run until its next step. */
static void explore_run(struct explore_thread *t)
{
	explore_tell(t);
	explore_running = t;
	*explore_local = t->local;
	explore_show(t);
	swapcontext(&explorer->context, &t->context);
	explore_hide(t);
	t->local = *explore_local;
	*explore_local = NULL;
	explore_running = NULL;
}

static int explore_can_run(struct explore_thread *t)
{
	int can;

	explore_running = t; /* for ready */
	can = !t->done && (!t->ready || t->ready(t->arg));
	explore_running = NULL;
	return can;
}

/* explore_can_flush reports whether a store of a thread may become visible before the older ones. */
static int explore_can_flush(const struct explore_thread *t, int store)
{
	if (store >= t->stored || (store > 0 && !t->stores[store].relaxed))
		return 0;
	for (int i = 0; i < store; i++)
		if (t->stores[i].at == t->stores[store].at)
			return 0;
	return 1;
}

/* explore_flush makes a store of a thread visible. */
static void explore_flush(struct explore_thread *t, int store)
{
	memcpy(t->stores[store].at, &t->stores[store].value, t->stores[store].size);
	t->stored--;
	memmove(&t->stores[store], &t->stores[store + 1], (size_t)(t->stored - store) * sizeof t->stores[0]);
	memset(&t->stores[t->stored], 0, sizeof t->stores[0]);
	explore_tell(NULL);
}

/* explore_try makes the step of a number, which says what and which thread, if that is possible. */
static int explore_try(int choice, char step[96])
{
	struct explore_thread *t = &explore_threads[choice / EXPLORE_CHOICES];
	int store = choice % EXPLORE_CHOICES - 1;

	if (store >= 0) {
		if (!explore_can_flush(t, store))
			return 0;
		snprintf(step, 96, "%s: stores (number %d)", t->name, store);
		explore_flush(t, store);
		return 1;
	}
	if (!explore_can_run(t))
		return 0;
	snprintf(step, 96, "%s: %s", t->name, t->next);
	explore_run(t);
	return 1;
}

static int explore_all_done(void)
{
	for (int i = 0; i < explore_count; i++)
		if (!explore_threads[i].done || explore_threads[i].stored)
			return 0;
	return 1;
}

/* explore_begin forgets all states, and begins with the first one. */
static void explore_begin(void)
{
	while (explorer->depth > 1)
		explore_pop();
	explorer->path[0].choice = 0;
	free(explorer->seen);
	explorer->seen = NULL;
	explorer->seen_size = explorer->states = explorer->steps = 0;
	explorer->anew = 0;
}

/* explore makes all interleavings of the threads that prepare has added, and calls finish after each. It
 * fails where threads wait for each other. */
static void explore(void (*prepare)(void), void (*finish)(void))
{
	explorer = calloc(1, sizeof *explorer);
	explorer->stacks = calloc(EXPLORE_THREADS, EXPLORE_STACK);
	explorer->path = calloc(EXPLORE_DEPTH, sizeof *explorer->path);
	prepare();
	explore_push();
	while (explorer->depth > 0) {
		struct explore_saved *s = &explorer->path[explorer->depth - 1];
		int some = s->choice;
		explore_restore(s);
		while (s->choice < EXPLORE_CHOICES * explore_count && !explore_try(s->choice, s->step))
			s->choice++;
		if (s->choice++ < EXPLORE_CHOICES * explore_count) {
			explorer->steps++;
			if (explorer->anew)
				explore_begin();
			else if (explore_is_new())
				explore_push();
			continue;
		}
		if (some == 0) { /* no step was possible */
			if (!explore_all_done())
				explore_fail("they wait for each other");
			finish();
		}
		explore_pop();
	}
	printf("%zu states, %zu steps\n", explorer->states, explorer->steps);
	fflush(stdout);
}

/* In the files that follow, operations are those of the explorer. */

#define EXPLORE_STRING(x) #x
#define EXPLORE_LINE(x) EXPLORE_STRING(x)
#define EXPLORE_AT(operation, p) operation " " #p " (line " EXPLORE_LINE(__LINE__) ")"

#define __atomic_load_n(p, order)                                  \
	({                                                         \
		explore_use(p, EXPLORE_AT("load", p), NULL, NULL); \
		*(p);                                              \
	})
#define __atomic_store_n(p, value, order)                                                \
	({                                                                               \
		__typeof__(*(p)) value_ = (value);                                       \
		explore_store(p, &value_, sizeof value_, order, EXPLORE_AT("store", p)); \
	})
#define EXPLORE_CHANGE(operation, p, expression)             \
	({                                                   \
		explore_change(p, EXPLORE_AT(operation, p)); \
		__typeof__(*(p)) old_ = *(p);                \
		*(p) = (expression);                         \
		old_;                                        \
	})
#define __atomic_fetch_add(p, n, order) EXPLORE_CHANGE("add to", p, old_ + (n))
#define __atomic_fetch_sub(p, n, order) EXPLORE_CHANGE("subtract from", p, old_ - (n))
#define __atomic_fetch_or(p, bits, order) EXPLORE_CHANGE("set bits of", p, old_ | (bits))
#define __atomic_fetch_and(p, bits, order) EXPLORE_CHANGE("reset bits of", p, old_ &(bits))
#define __atomic_exchange_n(p, value, order) EXPLORE_CHANGE("exchange", p, (value))
#define __atomic_compare_exchange_n(p, expected, value, weak, order, failure_order) \
	({                                                                          \
		explore_change(p, EXPLORE_AT("compare and exchange", p));           \
		int same_ = *(p) == *(expected);                                    \
		if (same_)                                                          \
			*(p) = (value);                                             \
		else                                                                \
			*(expected) = *(p);                                         \
		same_;                                                              \
	})
#define __atomic_thread_fence(order) explore_order("fence")
#define syscall(...) explore_barrier()
#define sched_yield() explore_yield()
#define pthread_mutex_lock(mutex) explore_lock(mutex)
#define pthread_mutex_unlock(mutex) explore_unlock(mutex)
#define pthread_cond_wait(cond, mutex) explore_cond_wait(cond, mutex)
#define pthread_cond_signal(cond) explore_cond_signal(cond)
#define pthread_key_create(key, destructor) ((void)(key), (void)(destructor), 0)
#define pthread_setspecific(key, value) ((void)(key), (void)(value))
#define aligned_alloc(alignment, size) explore_alloc(size)
#define realloc(p, size) explore_realloc(p, size)
#define clock_gettime(clock, time) memset(time, 0, sizeof *(time))

#define _Thread_local /* see explore_local */

#endif
