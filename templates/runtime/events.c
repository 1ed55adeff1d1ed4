#include "events.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t gorados_events_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gorados_events_cond = PTHREAD_COND_INITIALIZER;
static struct gorados_event *gorados_events;
static struct gorados_event **gorados_events_tail = &gorados_events;

struct gorados_event *gorados_event_new(void *token, size_t len)
{
	struct gorados_event *e = calloc(1, sizeof *e + len);

	if (!e)
		abort();
	e->token = (uintptr_t)token;
	e->data = (char *)(e + 1);
	e->len = len;
	return e;
}

void gorados_event_append(struct gorados_event *e)
{
	pthread_mutex_lock(&gorados_events_mutex);
	*gorados_events_tail = e;
	gorados_events_tail = &e->next;
	pthread_cond_signal(&gorados_events_cond);
	pthread_mutex_unlock(&gorados_events_mutex);
}

struct gorados_event *gorados_events_wait(void)
{
	struct gorados_event *list;

	pthread_mutex_lock(&gorados_events_mutex);
	while (!gorados_events)
		pthread_cond_wait(&gorados_events_cond, &gorados_events_mutex);
	list = gorados_events;
	gorados_events = NULL;
	gorados_events_tail = &gorados_events;
	pthread_mutex_unlock(&gorados_events_mutex);
	return list;
}

void gorados_events_mark(uintptr_t token)
{
	gorados_event_append(gorados_event_new((void *)token, 0));
}
