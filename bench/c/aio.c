/* The subject "C aio": one thread keeps operations in flight. The callback of a
 * completed operation adds it to a list, which the thread takes as a whole. At depth
 * 1 the thread waits for the completion instead. */
#include "worker.h"

struct slot {
	struct slot *next; /* in the list of completed operations */
	rados_completion_t completion;
	uint64_t began;
	char *buf;
	uint64_t size;
	time_t mtime;
	rados_write_op_t writes;
	rados_read_op_t reads;
	rados_omap_iter_t iter;
	unsigned char more;
	int ret;
	char last[64]; /* key of a page */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t nonempty = PTHREAD_COND_INITIALIZER;
static struct slot *completed;

static void on_complete(rados_completion_t completion, void *arg)
{
	struct slot *s = arg;

	(void)completion;
	pthread_mutex_lock(&lock);
	s->next = completed;
	completed = s;
	if (!s->next)
		pthread_cond_signal(&nonempty);
	pthread_mutex_unlock(&lock);
}

static void submit(struct slot *s, const char *oid)
{
	rados_callback_t callback = round_.depth > 1 ? on_complete : NULL;

	check("completion", rados_aio_create_completion(s, callback, NULL, &s->completion));
	switch (round_.kind) {
	case READ:
		check("rados_aio_read", rados_aio_read(io, oid, s->completion, s->buf, round_.size, 0));
		break;
	case WRITE:
		check("rados_aio_write", rados_aio_write(io, oid, s->completion, s->buf, round_.size, 0));
		break;
	case STAT:
		check("rados_aio_stat", rados_aio_stat(io, oid, s->completion, &s->size, &s->mtime));
		break;
	case SET_OMAP:
		s->writes = rados_create_write_op();
		set_omap(s->writes);
		check("rados_aio_write_op_operate", rados_aio_write_op_operate(s->writes, io, s->completion, oid, NULL, 0));
		break;
	case LIST_OMAP:
		s->reads = rados_create_read_op();
		rados_read_op_omap_get_vals2(s->reads, "", "", PAGE, &s->iter, &s->more, &s->ret);
		check("rados_aio_read_op_operate", rados_aio_read_op_operate(s->reads, io, s->completion, oid, 0));
		break;
	default:
		fail(kinds[round_.kind], -ENOSYS);
	}
}

static void finish(struct slot *s)
{
	check(kinds[round_.kind], rados_aio_get_return_value(s->completion));
	rados_aio_release(s->completion);
	if (round_.kind == LIST_OMAP) {
		drain(s->iter, s->last);
		rados_release_read_op(s->reads);
	} else if (round_.kind == SET_OMAP) {
		rados_release_write_op(s->writes);
	}
	record(s->began);
}

/* begin submits the next operation, unless the deadline has passed. */
static int begin(struct slot *s)
{
	const char *oid = claim(s->began = now());

	if (oid)
		submit(s, oid);
	return oid != NULL;
}

static void one_at_a_time(struct slot *s)
{
	while (begin(s)) {
		rados_aio_wait_for_complete(s->completion);
		finish(s);
	}
}

static void many(struct slot *slots)
{
	int in_flight = 0;

	for (int i = 0; i < round_.depth; i++)
		in_flight += begin(&slots[i]);
	while (in_flight > 0) {
		struct slot *list, *next;
		pthread_mutex_lock(&lock);
		while (!completed)
			pthread_cond_wait(&nonempty, &lock);
		list = completed;
		completed = NULL;
		pthread_mutex_unlock(&lock);
		for (; list; list = next) {
			next = list->next;
			finish(list);
			in_flight -= !begin(list);
		}
	}
}

static void drive(void)
{
	struct slot *slots = calloc((size_t)round_.depth, sizeof *slots);

	for (int i = 0; i < round_.depth; i++)
		slots[i].buf = buffer();
	start();
	if (round_.depth == 1)
		one_at_a_time(slots);
	else
		many(slots);
	for (int i = 0; i < round_.depth; i++)
		free(slots[i].buf);
	free(slots);
}
