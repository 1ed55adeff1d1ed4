/* Events of several threads: none is lost, and those of one thread keep their order. */
#include "check.h"
#undef malloc
#undef calloc
#undef realloc

#include "events.c"

#include "zz_callbacks.c"

#include <sys/types.h>

enum {
	THREADS = 3,
	EVENTS = 2000,
};

static void *produce(void *arg)
{
	for (uint64_t i = 0; i < EVENTS; i++)
		gorados_on_rados_watchcb2_t(arg, i, 1, 2, "data", i % 5);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	uint64_t next[THREADS] = {0};
	size_t count = 0;

	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, produce, (void *)i);
	while (count < THREADS * EVENTS) {
		for (struct gorados_event *e = gorados_events_wait(), *after; e; e = after) {
			after = e->next;
			CHECK(e->token < THREADS && e->number[1] == next[e->token]++);
			CHECK(e->number[0] == 1 && e->number[2] == 2 && e->len == e->number[1] % 5 && !memcmp(e->data, "data", e->len));
			free(e);
			count++;
		}
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);

	gorados_on_rados_watchcb2_t((void *)7, 0, 0, 0, NULL, 0); /* without data */
	gorados_on_rados_watcherrcb_t((void *)7, 9, -107);
	gorados_on_rados_log_callback2_t((void *)8, "line", "", "from", "name", 1, 2, 3, "level", "text");
	gorados_events_mark(9);
	struct gorados_event *list = gorados_events_wait(), *e = list;
	CHECK(e->token == 7 && e->len == 0 && e->err == 0);
	e = e->next;
	CHECK(e->token == 7 && e->number[0] == 9 && e->err == -107);
	e = e->next;
	CHECK(e->token == 8 && e->number[0] == 1 && e->number[1] == 2 && e->number[2] == 3);
	CHECK(e->len == 27 && !memcmp(e->data, "line\0\0from\0name\0level\0text", 27));
	e = e->next;
	CHECK(e->token == 9 && !e->next);
	for (; list; list = e) {
		e = list->next;
		free(list);
	}
	return 0;
}
