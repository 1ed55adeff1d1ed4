/* Operations that are many of librados each, with blocking calls; see bench/whole.go. */
#include "worker.h"

enum {
	LISTED = 10000,
	BATCH = 512, /* objects of a slice that are fetched together */
	WATCHERS = 4,
	CHUNK = 4 << 20,
};

static void expect_listed(int found)
{
	if (found < LISTED)
		fail("objects are missing", -ENOENT);
}

static void list_objects(void)
{
	rados_list_ctx_t list;
	const char *oid, *locator;
	int found = 0, ret;

	check("rados_nobjects_list_open", rados_nobjects_list_open(io, &list));
	while (!(ret = rados_nobjects_list_next(list, &oid, &locator, NULL)))
		found++;
	if (ret != -ENOENT)
		fail("rados_nobjects_list_next", ret);
	rados_nobjects_list_close(list);
	expect_listed(found);
}

struct slice {
	pthread_t thread;
	size_t number;
	int found;
};

static void *list_slice(void *arg)
{
	struct slice *s = arg;
	rados_object_list_item items[BATCH];
	rados_object_list_cursor all = rados_object_list_begin(io), none = rados_object_list_end(io);
	rados_object_list_cursor next = rados_object_list_begin(io), finish = rados_object_list_end(io);

	rados_object_list_slice(io, all, none, s->number, (size_t)round_.depth, &next, &finish);
	while (rados_object_list_cursor_cmp(io, next, finish) < 0) {
		int n = rados_object_list(io, next, finish, BATCH, NULL, 0, items, &next);
		check("rados_object_list", n);
		s->found += n;
		rados_object_list_free((size_t)n, items);
	}
	rados_object_list_cursor_free(io, all);
	rados_object_list_cursor_free(io, none);
	rados_object_list_cursor_free(io, next);
	rados_object_list_cursor_free(io, finish);
	return NULL;
}

static void list_parallel(void)
{
	struct slice *slices = calloc((size_t)round_.depth, sizeof *slices);
	int found = 0;

	for (int i = 0; i < round_.depth; i++) {
		slices[i].number = (size_t)i;
		check("pthread_create", -pthread_create(&slices[i].thread, NULL, list_slice, &slices[i]));
	}
	for (int i = 0; i < round_.depth; i++) {
		pthread_join(slices[i].thread, NULL);
		found += slices[i].found;
	}
	free(slices);
	expect_listed(found);
}

static void scan_omap(const char *oid)
{
	char after[64] = "";
	unsigned char more;

	do {
		rados_read_op_t op = rados_create_read_op();
		rados_omap_iter_t iter;
		int ret;
		rados_read_op_omap_get_vals2(op, after, "", PAGE, &iter, &more, &ret);
		check("rados_read_op_operate", rados_read_op_operate(op, io, oid, 0));
		drain(iter, after);
		rados_release_read_op(op);
	} while (more);
}

static void get(const char *oid, char *buf)
{
	int n = CHUNK;

	for (uint64_t off = 0; n == CHUNK; off += CHUNK)
		check("rados_read", n = rados_read(io, oid, buf, CHUNK, off));
}

/* put copies each chunk, as a program does that reads a file. */
static void put(const char *oid, const char *buf)
{
	char *chunk = malloc(CHUNK);

	for (uint64_t off = 0; off < round_.size; off += CHUNK) {
		memcpy(chunk, buf + off, CHUNK);
		check("put", off ? rados_write(io, oid, chunk, CHUNK, off) : rados_write_full(io, oid, chunk, CHUNK));
	}
	free(chunk);
}

static void notify(const char *oid)
{
	char *reply;
	size_t length;

	check("rados_notify2", rados_notify2(io, oid, NULL, 0, 0, &reply, &length));
	rados_buffer_free(reply);
}

static void on_notify(void *oid, uint64_t id, uint64_t handle, uint64_t notifier, void *data, size_t length)
{
	(void)notifier, (void)data, (void)length;
	check("rados_notify_ack", rados_notify_ack(io, oid, id, handle, NULL, 0));
}

static void on_watch_error(void *oid, uint64_t handle, int code)
{
	(void)oid, (void)handle;
	fail("watch", code);
}

/* watch_all returns the handles of WATCHERS watches of each object. */
static uint64_t *watch_all(void)
{
	uint64_t *handles = calloc((size_t)round_.objects * WATCHERS, sizeof *handles);

	for (int i = 0; i < round_.objects * WATCHERS; i++) {
		char *oid = names[i / WATCHERS];
		check("rados_watch2", rados_watch2(io, oid, &handles[i], on_notify, on_watch_error, oid));
	}
	return handles;
}

static void unwatch_all(uint64_t *handles)
{
	for (int i = 0; i < round_.objects * WATCHERS; i++)
		check("rados_unwatch2", rados_unwatch2(io, handles[i]));
	free(handles);
}
