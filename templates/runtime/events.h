/* Events: what the library reports by calling back, on threads of its own. Calling Go there would block
 * the library whenever Go is busy; so C appends an event to a list, from which Go takes it. */
#ifndef GORADOS_EVENTS_H
#define GORADOS_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct gorados_event {
	struct gorados_event *next;
	uintptr_t token;    /* with which the callback was registered */
	uint64_t number[3]; /* in the order in which the spec lists the parameters */
	int err;            /* a negative errno, or 0 */
	size_t len;
	char *data;
};

/* gorados_event_new returns an event with a copy of data, which has len bytes. It ends the process
 * if memory is short, since an event must not be lost. */
struct gorados_event *gorados_event_new(void *token, const void *data, size_t len);

/* gorados_event_of_texts is gorados_event_new with texts, each with its NUL, one after the other. */
struct gorados_event *gorados_event_of_texts(void *token, const char *const *texts, size_t count);

/* gorados_event_append appends e to the list. */
void gorados_event_append(struct gorados_event *e);

/* gorados_events_wait blocks until the list is not empty and returns it, the oldest event first. The
 * caller must free each event. */
struct gorados_event *gorados_events_wait(void);

/* gorados_events_mark appends an event of Go's own, which comes after all earlier events. */
void gorados_events_mark(uintptr_t token);

#pragma GCC visibility pop
#endif
