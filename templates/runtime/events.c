#include "events.h"

#include "memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t gorados_events_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gorados_events_cond = PTHREAD_COND_INITIALIZER;
static struct gorados_event *gorados_events;
static struct gorados_event **gorados_events_tail = &gorados_events;

/* gorados_event_alloc returns an event whose len bytes of data are 0. */
static struct gorados_event *gorados_event_alloc(void *token, size_t len)
{
	struct gorados_event *e = calloc(1, sizeof *e + len);

	if (!e)
		gorados_out_of_memory();
	e->token = (uintptr_t)token;
	e->data = (char *)(e + 1);
	e->len = len;
	return e;
}

struct gorados_event *gorados_event_new(void *token, const void *data, size_t len)
{
	struct gorados_event *e = gorados_event_alloc(token, len);

	if (len > 0)
		memcpy(e->data, data, len);
	return e;
}

struct gorados_event *gorados_event_of_texts(void *token, const char *const *texts, size_t count)
{
	struct gorados_event *e;
	size_t len = 0;
	char *p;

	for (size_t i = 0; i < count; i++)
		len += strlen(texts[i]) + 1;
	e = gorados_event_alloc(token, len);
	p = e->data;
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(texts[i]) + 1;
		memcpy(p, texts[i], n);
		p += n;
	}
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
	gorados_event_append(gorados_event_new((void *)token, NULL, 0));
}
