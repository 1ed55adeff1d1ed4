#include "callbacks.h"

#include <string.h>

#include "events.h"

void gorados_on_rados_watchcb2_t(void *arg, uint64_t notify_id, uint64_t handle, uint64_t notifier_id, void *data, size_t data_len)
{
	struct gorados_event *e = gorados_event_new(arg, data_len);

	e->number[0] = handle;
	e->number[1] = notify_id;
	e->number[2] = notifier_id;
	if (data_len > 0)
		memcpy(e->data, data, data_len);
	gorados_event_append(e);
}

void gorados_on_rados_watcherrcb_t(void *pre, uint64_t cookie, int err)
{
	struct gorados_event *e = gorados_event_new(pre, 0);

	e->number[0] = cookie;
	e->err = err;
	gorados_event_append(e);
}

/* The texts of a line of the log follow each other in the data, each with its NUL. */
void gorados_on_rados_log_callback2_t(void *arg, const char *line, const char *channel, const char *who, const char *name,
				      uint64_t sec, uint64_t nsec, uint64_t seq, const char *level, const char *msg)
{
	const char *texts[] = {line, channel, who, name, level, msg};
	size_t len = 0;
	struct gorados_event *e;
	char *p;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		len += strlen(texts[i]) + 1;
	e = gorados_event_new(arg, len);
	e->number[0] = sec;
	e->number[1] = nsec;
	e->number[2] = seq;
	p = e->data;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		strcpy(p, texts[i]);
		p += strlen(p) + 1;
	}
	gorados_event_append(e);
}
