#define _GNU_SOURCE
#include <rados/librados.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int gate, waiting; /* whether calls for "late" go on, and how many wait for that */
static int boxes, opened; /* the boxes that are open, and all that ever were */

struct completion {
	rados_callback_t callback;
	void *arg;
	int value, done, cancelled, refs;
};

int rados_end_make2(void *cb_arg, rados_callback_t cb_complete, rados_completion_t *pc)
{
	struct completion *c = calloc(1, sizeof *c);

	c->callback = cb_complete;
	c->arg = cb_arg;
	c->refs = 1;
	*pc = c;
	return 0;
}

static void release(struct completion *c)
{
	int left;

	pthread_mutex_lock(&mutex);
	left = --c->refs;
	pthread_mutex_unlock(&mutex);
	if (!left)
		free(c);
}

void rados_end_free(rados_completion_t c) { release(c); }

static int read_member(int *member)
{
	int value;

	pthread_mutex_lock(&mutex);
	value = *member;
	pthread_mutex_unlock(&mutex);
	return value;
}

int rados_end_is(rados_completion_t c) { return read_member(&((struct completion *)c)->done); }

int rados_end_value(rados_completion_t c) { return read_member(&((struct completion *)c)->value); }

uint64_t rados_end_version(rados_completion_t c)
{
	(void)c;
	return 1;
}

int rados_end_wait(rados_completion_t completion)
{
	struct completion *c = completion;

	pthread_mutex_lock(&mutex);
	while (!c->done)
		pthread_cond_wait(&changed, &mutex);
	pthread_mutex_unlock(&mutex);
	return 0;
}

int rados_end_cancel(rados_ioctx_t io, rados_completion_t c)
{
	(void)io;
	pthread_mutex_lock(&mutex);
	((struct completion *)c)->cancelled = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
	return 0;
}

struct task {
	struct completion *c;
	char name[16];
	void *out;
	void (*fill)(void *out);
	int iovcnt; /* of a task that moves data */
	int (*move)(const struct iovec *iov, int iovcnt);
};

/* perform fills the result, except for "none", after the gate has been opened for "late". */
static void *perform(void *arg)
{
	struct task *t = arg;
	struct completion *c = t->c;

	pthread_mutex_lock(&mutex);
	if (!strcmp(t->name, "late")) {
		waiting++;
		pthread_cond_broadcast(&changed);
		while (!gate && !c->cancelled)
			pthread_cond_wait(&changed, &mutex);
		waiting--;
	}
	if (c->cancelled)
		c->value = -ECANCELED;
	else if (!strcmp(t->name, "none"))
		c->value = -ENOENT;
	else if (t->move)
		c->value = t->move(t->out, t->iovcnt);
	else
		t->fill(t->out);
	c->done = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
	if (c->callback)
		c->callback(c, c->arg);
	release(c);
	free(t);
	return NULL;
}

static int run(const char *name, rados_completion_t completion, struct task task)
{
	struct task *t;
	pthread_t thread;

	if (!strcmp(name, "refused"))
		return -EPERM;
	t = malloc(sizeof *t);
	*t = task;
	t->c = completion;
	strncpy(t->name, name, sizeof t->name - 1);
	pthread_mutex_lock(&mutex);
	t->c->refs++;
	pthread_mutex_unlock(&mutex);
	if (pthread_create(&thread, NULL, perform, t))
		abort();
	pthread_detach(thread);
	return 0;
}

static int start(const char *name, rados_completion_t completion, void *out, void (*fill)(void *out))
{
	return run(name, completion, (struct task){.out = out, .fill = fill});
}

static int move(const char *name, rados_completion_t completion, const struct iovec *iov, int iovcnt, int (*move)(const struct iovec *iov, int iovcnt))
{
	return run(name, completion, (struct task){.out = (void *)iov, .iovcnt = iovcnt, .move = move});
}

static void make_box(void *out)
{
	*(rados_box_t *)out = malloc(1);
	boxes++;
	opened++;
}

int rados_begin_open_box(rados_ioctx_t io, const char *name, rados_box_t *box, rados_completion_t completion)
{
	(void)io;
	return start(name, completion, box, make_box);
}

int rados_begin_find_box(rados_ioctx_t io, const char *name, rados_box_t *box, rados_completion_t completion)
{
	(void)io;
	return start(name, completion, box, make_box);
}

void rados_box_end(rados_box_t box)
{
	free(box);
	pthread_mutex_lock(&mutex);
	boxes--;
	pthread_mutex_unlock(&mutex);
}

int rados_boxes(rados_t cluster, int *all, int *late)
{
	int open;

	(void)cluster;
	pthread_mutex_lock(&mutex);
	*all = opened;
	*late = waiting;
	open = boxes;
	pthread_mutex_unlock(&mutex);
	return open;
}

int rados_open_gate(rados_t cluster)
{
	(void)cluster;
	pthread_mutex_lock(&mutex);
	gate = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
	return 0;
}

static void fill_tag(void *out)
{
	rados_tag_t *tag = out;

	tag->label = strdup("fragile");
	tag->copies = -2;
}

int rados_begin_read_tag(rados_ioctx_t io, const char *name, rados_tag_t *tag, size_t tag_size, rados_completion_t completion)
{
	(void)io;
	return tag_size == sizeof *tag ? start(name, completion, tag, fill_tag) : -ERANGE;
}

void rados_tag_clean(rados_tag_t *tag) { free(tag->label); }

static void fill_bulk(void *out)
{
	rados_bulk_t *bulk = out;

	bulk->width = 3;
	bulk->height = UINT64_MAX;
}

int rados_begin_survey(rados_ioctx_t io, const char *name, rados_bulk_t *bulk, rados_completion_t completion)
{
	(void)io;
	return start(name, completion, bulk, fill_bulk);
}

static void fill_load(void *out) { *(rados_load_t *)out = LIBRADOS_HEAVY; }

int rados_begin_load_of(rados_ioctx_t io, const char *name, rados_load_t *load, rados_completion_t completion)
{
	(void)io;
	return start(name, completion, load, fill_load);
}

static void fill_sealed(void *out) { *(int *)out = -1; }

int rados_begin_is_sealed(rados_ioctx_t io, const char *name, int *sealed, rados_completion_t completion)
{
	(void)io;
	return start(name, completion, sealed, fill_sealed);
}

static int add_up(const struct iovec *iov, int iovcnt)
{
	int sum = 0;

	for (int i = 0; i < iovcnt; i++)
		for (size_t k = 0; k < iov[i].iov_len; k++)
			sum += ((const char *)iov[i].iov_base)[k];
	return sum;
}

int rados_begin_pour(rados_ioctx_t io, const char *name, const struct iovec *iov, int iovcnt, rados_completion_t completion)
{
	(void)io;
	return move(name, completion, iov, iovcnt, add_up);
}

/* fill_up fills 3 bytes. */
static int fill_up(const struct iovec *iov, int iovcnt)
{
	int n = 0;

	for (int i = 0; i < iovcnt; i++)
		for (size_t k = 0; k < iov[i].iov_len && n < 3; k++)
			((char *)iov[i].iov_base)[k] = (char)('a' + n++);
	return n;
}

int rados_begin_ladle(rados_ioctx_t io, const char *name, const struct iovec *iov, int iovcnt, rados_completion_t completion)
{
	(void)io;
	return move(name, completion, iov, iovcnt, fill_up);
}
