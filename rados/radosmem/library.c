/* The functions of librados; see library.h. The declarations of package rados are compared with these
 * by the compiler. */
#define _GNU_SOURCE
#include "../zz_library.h" /* first: see there */

#include "library.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Requests. */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t requested = PTHREAD_COND_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static struct radosmem_request *first, **last = &first;

struct radosmem_request *radosmem_next(void)
{
	struct radosmem_request *request;

	pthread_mutex_lock(&lock);
	while (!first)
		pthread_cond_wait(&requested, &lock);
	request = first;
	first = request->next;
	if (!first)
		last = &first;
	pthread_mutex_unlock(&lock);
	return request;
}

void radosmem_answer(struct radosmem_request *request, int64_t ret)
{
	pthread_mutex_lock(&lock);
	request->ret = ret;
	request->answered = 1;
	pthread_cond_broadcast(&answered);
	pthread_mutex_unlock(&lock);
}

static int64_t perform(int function, const uint64_t *args, size_t count)
{
	struct radosmem_request request = {.function = function};

	memcpy(request.args, args, count * sizeof *args);
	pthread_mutex_lock(&lock);
	*last = &request;
	last = &request.next;
	pthread_cond_signal(&requested);
	while (!request.answered)
		pthread_cond_wait(&answered, &lock);
	pthread_mutex_unlock(&lock);
	return request.ret;
}

/* CALL has Go perform a function. P is an argument that is a pointer. */
#define CALL(function, ...) \
	perform(RADOSMEM_##function, (const uint64_t[]){__VA_ARGS__}, sizeof(uint64_t[]){__VA_ARGS__} / sizeof(uint64_t))
#define P(pointer) ((uint64_t)(uintptr_t)(pointer))

/* MISSING answers for a function that the cluster in memory lacks. */
#define MISSING ((int)CALL(UNSUPPORTED, P(__func__)))

/* Completions: one reference is that of the caller, one that of the call in flight. */

struct completion {
	pthread_mutex_t lock;
	pthread_cond_t completed;
	rados_callback_t callback;
	void *arg;
	int complete, references;
	int64_t ret;
	uint64_t version;
};

static void unreference(struct completion *c)
{
	if (__atomic_sub_fetch(&c->references, 1, __ATOMIC_ACQ_REL))
		return;
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->completed);
	free(c);
}

int rados_aio_create_completion2(void *cb_arg, rados_callback_t cb_complete, rados_completion_t *pc)
{
	struct completion *c = calloc(1, sizeof *c);

	if (!c)
		return -ENOMEM;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->completed, NULL);
	c->callback = cb_complete;
	c->arg = cb_arg;
	c->references = 1;
	*pc = c;
	return 0;
}

int rados_aio_create_completion(void *cb_arg, rados_callback_t cb_complete, rados_callback_t cb_safe, rados_completion_t *pc)
{
	return rados_aio_create_completion2(cb_arg, cb_complete ? cb_complete : cb_safe, pc);
}

void radosmem_complete(uint64_t completion, int64_t ret, uint64_t version)
{
	struct completion *c = (struct completion *)(uintptr_t)completion;

	pthread_mutex_lock(&c->lock);
	c->ret = ret;
	c->version = version;
	__atomic_store_n(&c->complete, 1, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&c->completed);
	pthread_mutex_unlock(&c->lock);
	if (c->callback)
		c->callback(c, c->arg);
	unreference(c);
}

int rados_aio_wait_for_complete(rados_completion_t completion)
{
	struct completion *c = completion;

	pthread_mutex_lock(&c->lock);
	while (!c->complete)
		pthread_cond_wait(&c->completed, &c->lock);
	pthread_mutex_unlock(&c->lock);
	return 0;
}

int rados_aio_is_complete(rados_completion_t c)
{
	return __atomic_load_n(&((struct completion *)c)->complete, __ATOMIC_ACQUIRE);
}

int rados_aio_get_return_value(rados_completion_t c)
{
	return (int)((struct completion *)c)->ret;
}

uint64_t rados_aio_get_version(rados_completion_t c)
{
	return ((struct completion *)c)->version;
}

void rados_aio_release(rados_completion_t c)
{
	unreference(c);
}

int rados_aio_cancel(rados_ioctx_t io, rados_completion_t completion)
{
	(void)io;
	return (int)CALL(CANCEL, P(completion));
}

/* begin is for a call that will complete. */
static uint64_t begin(rados_completion_t completion)
{
	__atomic_add_fetch(&((struct completion *)completion)->references, 1, __ATOMIC_RELAXED);
	return P(completion);
}

/* Watches. */

void radosmem_notify(uint64_t callback, uint64_t arg, uint64_t notify, uint64_t watch, uint64_t client, void *data, size_t len)
{
	((rados_watchcb2_t)(uintptr_t)callback)((void *)(uintptr_t)arg, notify, watch, client, data, len);
}

void radosmem_fail(uint64_t callback, uint64_t arg, uint64_t watch, int err)
{
	((rados_watcherrcb_t)(uintptr_t)callback)((void *)(uintptr_t)arg, watch, err);
}

int rados_aio_watch2(rados_ioctx_t io, const char *o, rados_completion_t completion, uint64_t *handle, rados_watchcb2_t watchcb, rados_watcherrcb_t watcherrcb, uint32_t timeout, void *arg)
{
	return (int)CALL(WATCH, P(io), P(o), begin(completion), P(handle), P(watchcb), P(watcherrcb), timeout, P(arg));
}

int rados_aio_unwatch(rados_ioctx_t io, uint64_t cookie, rados_completion_t completion)
{
	return (int)CALL(UNWATCH, P(io), cookie, begin(completion));
}

int rados_watch_check(rados_ioctx_t io, uint64_t cookie)
{
	return (int)CALL(WATCH_CHECK, P(io), cookie);
}

/* The functions of watches are called before a notification is answered for. */
int rados_watch_flush(rados_t cluster)
{
	(void)cluster;
	return 0;
}

int rados_aio_notify(rados_ioctx_t io, const char *o, rados_completion_t completion, const char *buf, int buf_len, uint64_t timeout_ms, char **reply_buffer, size_t *reply_buffer_len)
{
	return (int)CALL(NOTIFY, P(io), P(o), begin(completion), P(buf), (uint64_t)buf_len, timeout_ms, P(reply_buffer), P(reply_buffer_len));
}

int rados_notify_ack(rados_ioctx_t io, const char *o, uint64_t notify_id, uint64_t cookie, const char *buf, int buf_len)
{
	return (int)CALL(NOTIFY_ACK, P(io), P(o), notify_id, cookie, P(buf), (uint64_t)buf_len);
}

/* Operations: steps in one buffer. */

struct op {
	char *p;
	size_t len, cap;
};

static void put(struct op *op, const void *p, size_t n)
{
	if (op->cap - op->len < n) {
		op->cap = 2 * op->cap + n;
		op->p = realloc(op->p, op->cap);
		if (!op->p)
			abort();
	}
	if (n)
		memcpy(op->p + op->len, p, n);
	op->len += n;
}

static void put_number(struct op *op, uint64_t number)
{
	put(op, &number, sizeof number);
}

static void put_bytes(struct op *op, const char *p, size_t n)
{
	put_number(op, n);
	put(op, p, n);
}

static void put_text(struct op *op, const char *text)
{
	put_bytes(op, text, text ? strlen(text) : 0);
}

static void put_items(struct op *op, const char *const *items, const size_t *lens, size_t count)
{
	put_number(op, count);
	for (size_t i = 0; i < count; i++)
		put_bytes(op, items[i], lens[i]);
}

rados_write_op_t rados_create_write_op(void)
{
	return calloc(1, sizeof(struct op));
}

rados_read_op_t rados_create_read_op(void)
{
	return calloc(1, sizeof(struct op));
}

static void release(struct op *op)
{
	free(op->p);
	free(op);
}

void rados_release_write_op(rados_write_op_t write_op)
{
	release(write_op);
}

void rados_release_read_op(rados_read_op_t read_op)
{
	release(read_op);
}

/* How an operation changes the modification time. */
struct mtime {
	uint64_t given, sec, nsec;
};

/* submit starts an operation. */
static int submit(struct op *op, int changes, rados_ioctx_t io, rados_completion_t completion, const char *oid, struct mtime mtime, int flags)
{
	return (int)CALL(OPERATE, P(io), P(oid), begin(completion), P(op->p), op->len, (uint64_t)changes, mtime.given, mtime.sec, mtime.nsec, (uint64_t)flags);
}

int rados_aio_write_op_operate(rados_write_op_t write_op, rados_ioctx_t io, rados_completion_t completion, const char *oid, time_t *mtime, int flags)
{
	return submit(write_op, 1, io, completion, oid, mtime ? (struct mtime){1, (uint64_t)*mtime, 0} : (struct mtime){0}, flags);
}

int rados_aio_write_op_operate2(rados_write_op_t write_op, rados_ioctx_t io, rados_completion_t completion, const char *oid, struct timespec *mtime, int flags)
{
	return submit(write_op, 1, io, completion, oid, mtime ? (struct mtime){1, (uint64_t)mtime->tv_sec, (uint64_t)mtime->tv_nsec} : (struct mtime){0}, flags);
}

int rados_write_op_operate2(rados_write_op_t write_op, rados_ioctx_t io, const char *oid, struct timespec *mtime, int flags)
{
	rados_completion_t completion;
	int ret = rados_aio_create_completion2(NULL, NULL, &completion);

	if (ret < 0)
		return ret;
	ret = rados_aio_write_op_operate2(write_op, io, completion, oid, mtime, flags);
	if (ret >= 0) {
		rados_aio_wait_for_complete(completion);
		ret = rados_aio_get_return_value(completion);
	}
	rados_aio_release(completion);
	return ret;
}

int rados_aio_read_op_operate(rados_read_op_t read_op, rados_ioctx_t io, rados_completion_t completion, const char *oid, int flags)
{
	return submit(read_op, 0, io, completion, oid, (struct mtime){0}, flags);
}

/* operate starts an operation that the caller does not need afterwards. */
static int operate(struct op *op, int changes, rados_ioctx_t io, rados_completion_t completion, const char *oid)
{
	int ret = submit(op, changes, io, completion, oid, (struct mtime){0}, 0);

	free(op->p);
	return ret;
}

/* Steps of operations. */

static void put_cmpext(struct op *op, const char *p, size_t n, uint64_t offset, int *code)
{
	put_number(op, RADOSMEM_CMPEXT);
	put_bytes(op, p, n);
	put_number(op, offset);
	put_number(op, P(code));
}

static void put_cmpxattr(struct op *op, const char *name, uint8_t comparison, const char *value, size_t n)
{
	put_number(op, RADOSMEM_CMPXATTR);
	put_text(op, name);
	put_number(op, comparison);
	put_bytes(op, value, n);
}

static void put_cmpomap(struct op *op, const char *key, size_t key_len, uint8_t comparison, const char *value, size_t n, int *code)
{
	put_number(op, RADOSMEM_CMPOMAP);
	put_bytes(op, key, key_len);
	put_number(op, comparison);
	put_bytes(op, value, n);
	put_number(op, P(code));
}

static void put_assert_version(struct op *op, uint64_t version)
{
	put_number(op, RADOSMEM_ASSERT_VERSION);
	put_number(op, version);
}

/* put_exec takes either memory, where the output is allocated, or a buffer. */
static void put_exec(struct op *op, const char *cls, const char *method, const char *in, size_t in_len, char **memory, char *buffer, size_t buffer_len, size_t *n, int *code)
{
	put_number(op, RADOSMEM_EXEC);
	put_text(op, cls);
	put_text(op, method);
	put_bytes(op, in, in_len);
	put_number(op, P(code));
	put_number(op, P(memory));
	put_number(op, P(buffer));
	put_number(op, buffer_len);
	put_number(op, P(n));
}

static void put_flags(struct op *op, int flags)
{
	put_number(op, RADOSMEM_SET_FLAGS);
	put_number(op, (uint64_t)flags);
}

static void put_offset_bytes(struct op *op, int step, const char *p, size_t n, uint64_t offset)
{
	put_number(op, (uint64_t)step);
	put_bytes(op, p, n);
	put_number(op, offset);
}

static void put_only_bytes(struct op *op, int step, const char *p, size_t n)
{
	put_number(op, (uint64_t)step);
	put_bytes(op, p, n);
}

static void put_writesame(struct op *op, const char *p, size_t n, size_t length, uint64_t offset)
{
	put_only_bytes(op, RADOSMEM_WRITESAME, p, n);
	put_number(op, length);
	put_number(op, offset);
}

static void put_name_value(struct op *op, const char *name, const char *value, size_t n)
{
	put_number(op, RADOSMEM_SETXATTR);
	put_text(op, name);
	put_bytes(op, value, n);
}

static void put_rmxattr(struct op *op, const char *name)
{
	put_number(op, RADOSMEM_RMXATTR);
	put_text(op, name);
}

static void put_stat(struct op *op, uint64_t *size, time_t *sec, struct timespec *mtime, int *code)
{
	put_number(op, RADOSMEM_STAT);
	put_number(op, P(size));
	put_number(op, P(sec));
	put_number(op, P(mtime));
	put_number(op, P(code));
}

void rados_write_op_append(rados_write_op_t op, const char *buffer, size_t len)
{
	put_only_bytes(op, RADOSMEM_APPEND, buffer, len);
}
void rados_write_op_assert_exists(rados_write_op_t op)
{
	put_number(op, RADOSMEM_ASSERT_EXISTS);
}
void rados_write_op_assert_version(rados_write_op_t op, uint64_t ver)
{
	put_assert_version(op, ver);
}
void rados_write_op_cmpext(rados_write_op_t op, const char *p, size_t n, uint64_t off, int *prval)
{
	put_cmpext(op, p, n, off, prval);
}
void rados_write_op_cmpxattr(rados_write_op_t op, const char *name, uint8_t comparison, const char *value, size_t n)
{
	put_cmpxattr(op, name, comparison, value, n);
}
void rados_write_op_omap_clear(rados_write_op_t op)
{
	put_number(op, RADOSMEM_OMAP_CLEAR);
}
void rados_write_op_remove(rados_write_op_t op)
{
	put_number(op, RADOSMEM_REMOVE);
}
void rados_write_op_rmxattr(rados_write_op_t op, const char *name)
{
	put_rmxattr(op, name);
}
void rados_write_op_set_flags(rados_write_op_t op, int flags)
{
	put_flags(op, flags);
}
void rados_write_op_setxattr(rados_write_op_t op, const char *name, const char *value, size_t n)
{
	put_name_value(op, name, value, n);
}
void rados_write_op_write(rados_write_op_t op, const char *p, size_t n, uint64_t offset)
{
	put_offset_bytes(op, RADOSMEM_WRITE, p, n, offset);
}
void rados_write_op_write_full(rados_write_op_t op, const char *p, size_t n)
{
	put_only_bytes(op, RADOSMEM_WRITE_FULL, p, n);
}
void rados_write_op_writesame(rados_write_op_t op, const char *p, size_t n, size_t length, uint64_t offset)
{
	put_writesame(op, p, n, length, offset);
}

void rados_write_op_create(rados_write_op_t op, int exclusive, const char *category)
{
	(void)category;
	put_number(op, RADOSMEM_CREATE);
	put_number(op, (uint64_t)exclusive);
}

void rados_write_op_exec(rados_write_op_t op, const char *cls, const char *method, const char *in, size_t in_len, int *prval)
{
	put_exec(op, cls, method, in, in_len, NULL, NULL, 0, NULL, prval);
}

void rados_write_op_omap_cmp2(rados_write_op_t op, const char *key, uint8_t comparison, const char *val, size_t key_len, size_t val_len, int *prval)
{
	put_cmpomap(op, key, key_len, comparison, val, val_len, prval);
}

void rados_write_op_omap_rm_keys2(rados_write_op_t op, const char *const *keys, const size_t *key_lens, size_t count)
{
	put_number(op, RADOSMEM_OMAP_RM_KEYS);
	put_items(op, keys, key_lens, count);
}

void rados_write_op_omap_rm_range2(rados_write_op_t op, const char *begin, size_t begin_len, const char *end, size_t end_len)
{
	put_number(op, RADOSMEM_OMAP_RM_RANGE);
	put_bytes(op, begin, begin_len);
	put_bytes(op, end, end_len);
}

void rados_write_op_omap_set2(rados_write_op_t op, const char *const *keys, const char *const *vals, const size_t *key_lens, const size_t *val_lens, size_t count)
{
	put_number(op, RADOSMEM_OMAP_SET);
	put_number(op, count);
	for (size_t i = 0; i < count; i++) {
		put_bytes(op, keys[i], key_lens[i]);
		put_bytes(op, vals[i], val_lens[i]);
	}
}

void rados_write_op_set_alloc_hint2(rados_write_op_t op, uint64_t object_size, uint64_t write_size, uint32_t flags)
{
	(void)object_size, (void)write_size, (void)flags;
	put_number(op, RADOSMEM_WRITE_HINT);
}

void rados_write_op_truncate(rados_write_op_t op, uint64_t offset)
{
	put_number(op, RADOSMEM_TRUNCATE);
	put_number(op, offset);
}

void rados_write_op_zero(rados_write_op_t op, uint64_t offset, uint64_t len)
{
	put_number(op, RADOSMEM_ZERO);
	put_number(op, offset);
	put_number(op, len);
}

void rados_read_op_assert_exists(rados_read_op_t op)
{
	put_number(op, RADOSMEM_ASSERT_EXISTS);
}
void rados_read_op_assert_version(rados_read_op_t op, uint64_t ver)
{
	put_assert_version(op, ver);
}
void rados_read_op_cmpext(rados_read_op_t op, const char *p, size_t n, uint64_t off, int *prval)
{
	put_cmpext(op, p, n, off, prval);
}
void rados_read_op_cmpxattr(rados_read_op_t op, const char *name, uint8_t comparison, const char *value, size_t n)
{
	put_cmpxattr(op, name, comparison, value, n);
}
void rados_read_op_set_flags(rados_read_op_t op, int flags)
{
	put_flags(op, flags);
}
void rados_read_op_stat(rados_read_op_t op, uint64_t *psize, time_t *pmtime, int *prval)
{
	put_stat(op, psize, pmtime, NULL, prval);
}
void rados_read_op_stat2(rados_read_op_t op, uint64_t *psize, struct timespec *pmtime, int *prval)
{
	put_stat(op, psize, NULL, pmtime, prval);
}

void rados_read_op_checksum(rados_read_op_t op, rados_checksum_type_t type, const char *init, size_t init_len, uint64_t offset, size_t len, size_t chunk, char *sums, size_t sums_len, int *prval)
{
	put_number(op, RADOSMEM_CHECKSUM);
	put_number(op, (uint64_t)type);
	put_bytes(op, init, init_len);
	put_number(op, offset);
	put_number(op, len);
	put_number(op, chunk);
	put_number(op, P(sums));
	put_number(op, sums_len);
	put_number(op, P(prval));
}

void rados_read_op_exec(rados_read_op_t op, const char *cls, const char *method, const char *in, size_t in_len, char **out, size_t *out_len, int *prval)
{
	put_exec(op, cls, method, in, in_len, out, NULL, 0, out_len, prval);
}

void rados_read_op_exec_user_buf(rados_read_op_t op, const char *cls, const char *method, const char *in, size_t in_len, char *out, size_t out_len, size_t *used, int *prval)
{
	put_exec(op, cls, method, in, in_len, NULL, out, out_len, used, prval);
}

void rados_read_op_getxattrs(rados_read_op_t op, rados_xattrs_iter_t *iter, int *prval)
{
	put_number(op, RADOSMEM_GETXATTRS);
	put_number(op, P(iter));
	put_number(op, P(prval));
}

void rados_read_op_omap_cmp2(rados_read_op_t op, const char *key, uint8_t comparison, const char *val, size_t key_len, size_t val_len, int *prval)
{
	put_cmpomap(op, key, key_len, comparison, val, val_len, prval);
}

void rados_read_op_omap_get_keys2(rados_read_op_t op, const char *start_after, uint64_t max_return, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	put_number(op, RADOSMEM_OMAP_KEYS);
	put_text(op, start_after);
	put_number(op, max_return);
	put_number(op, P(iter));
	put_number(op, P(pmore));
	put_number(op, P(prval));
}

void rados_read_op_omap_get_vals2(rados_read_op_t op, const char *start_after, const char *prefix, uint64_t max_return, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	put_number(op, RADOSMEM_OMAP_VALUES);
	put_text(op, start_after);
	put_text(op, prefix);
	put_number(op, max_return);
	put_number(op, P(iter));
	put_number(op, P(pmore));
	put_number(op, P(prval));
}

void rados_read_op_omap_get_vals_by_keys2(rados_read_op_t op, const char *const *keys, size_t count, const size_t *key_lens, rados_omap_iter_t *iter, int *prval)
{
	put_number(op, RADOSMEM_OMAP_BY_KEYS);
	put_items(op, keys, key_lens, count);
	put_number(op, P(iter));
	put_number(op, P(prval));
}

void rados_read_op_read(rados_read_op_t op, uint64_t offset, size_t len, char *buffer, size_t *bytes_read, int *prval)
{
	put_number(op, RADOSMEM_READ);
	put_number(op, offset);
	put_number(op, len);
	put_number(op, P(buffer));
	put_number(op, P(bytes_read));
	put_number(op, P(prval));
}

/* Operations of one step. */

int rados_aio_append(rados_ioctx_t io, const char *oid, rados_completion_t completion, const char *buf, size_t len)
{
	struct op op = {0};

	put_only_bytes(&op, RADOSMEM_APPEND, buf, len);
	return operate(&op, 1, io, completion, oid);
}

int rados_aio_cmpext(rados_ioctx_t io, const char *o, rados_completion_t completion, const char *cmp_buf, size_t cmp_len, uint64_t off)
{
	struct op op = {0};

	put_cmpext(&op, cmp_buf, cmp_len, off, NULL);
	return operate(&op, 0, io, completion, o);
}

int rados_aio_getxattr(rados_ioctx_t io, const char *o, rados_completion_t completion, const char *name, char *buf, size_t len)
{
	struct op op = {0};

	put_number(&op, RADOSMEM_GETXATTR);
	put_text(&op, name);
	put_number(&op, P(buf));
	put_number(&op, len);
	return operate(&op, 0, io, completion, o);
}

int rados_aio_remove(rados_ioctx_t io, const char *oid, rados_completion_t completion)
{
	struct op op = {0};

	put_number(&op, RADOSMEM_REMOVE);
	return operate(&op, 1, io, completion, oid);
}

int rados_aio_rmxattr(rados_ioctx_t io, const char *o, rados_completion_t completion, const char *name)
{
	struct op op = {0};

	put_rmxattr(&op, name);
	return operate(&op, 1, io, completion, o);
}

int rados_aio_setxattr(rados_ioctx_t io, const char *o, rados_completion_t completion, const char *name, const char *buf, size_t len)
{
	struct op op = {0};

	put_name_value(&op, name, buf, len);
	return operate(&op, 1, io, completion, o);
}

int rados_aio_stat(rados_ioctx_t io, const char *o, rados_completion_t completion, uint64_t *psize, time_t *pmtime)
{
	struct op op = {0};

	put_stat(&op, psize, pmtime, NULL, NULL);
	return operate(&op, 0, io, completion, o);
}

int rados_aio_stat2(rados_ioctx_t io, const char *o, rados_completion_t completion, uint64_t *psize, struct timespec *pmtime)
{
	struct op op = {0};

	put_stat(&op, psize, NULL, pmtime, NULL);
	return operate(&op, 0, io, completion, o);
}

int rados_aio_write(rados_ioctx_t io, const char *oid, rados_completion_t completion, const char *buf, size_t len, uint64_t off)
{
	struct op op = {0};

	put_offset_bytes(&op, RADOSMEM_WRITE, buf, len, off);
	return operate(&op, 1, io, completion, oid);
}

int rados_aio_write_full(rados_ioctx_t io, const char *oid, rados_completion_t completion, const char *buf, size_t len)
{
	struct op op = {0};

	put_only_bytes(&op, RADOSMEM_WRITE_FULL, buf, len);
	return operate(&op, 1, io, completion, oid);
}

int rados_aio_writesame(rados_ioctx_t io, const char *oid, rados_completion_t completion, const char *buf, size_t data_len, size_t write_len, uint64_t off)
{
	struct op op = {0};

	if (write_len > UINT32_MAX / 2)
		return -E2BIG;
	put_writesame(&op, buf, data_len, write_len, off);
	return operate(&op, 1, io, completion, oid);
}

int rados_aio_flush_async(rados_ioctx_t io, rados_completion_t completion)
{
	return (int)CALL(FLUSH, P(io), begin(completion));
}

/* Iterators over pairs. */

struct iter {
	size_t len, at;
	char pairs[];
};

void *radosmem_iter(const void *pairs, size_t len)
{
	struct iter *iter = malloc(sizeof *iter + len);

	if (!iter)
		abort();
	iter->len = len;
	iter->at = 0;
	if (len)
		memcpy(iter->pairs, pairs, len);
	return iter;
}

static const char *take(struct iter *iter, size_t *n)
{
	const char *p;

	memcpy(n, iter->pairs + iter->at, sizeof *n);
	p = iter->pairs + iter->at + sizeof *n;
	iter->at += sizeof *n + *n + 1;
	return p;
}

static void next_pair(struct iter *iter, const char **key, const char **val, size_t *key_len, size_t *val_len)
{
	*key = *val = NULL;
	*key_len = *val_len = 0;
	if (iter->at == iter->len)
		return;
	*key = take(iter, key_len);
	*val = take(iter, val_len);
}

int rados_omap_get_next2(rados_omap_iter_t iter, char **key, char **val, size_t *key_len, size_t *val_len)
{
	next_pair(iter, (const char **)key, (const char **)val, key_len, val_len);
	return 0;
}

void rados_omap_get_end(rados_omap_iter_t iter)
{
	free(iter);
}

int rados_getxattrs_next(rados_xattrs_iter_t iter, const char **name, const char **val, size_t *len)
{
	size_t name_len;

	next_pair(iter, name, val, &name_len, len);
	return 0;
}

void rados_getxattrs_end(rados_xattrs_iter_t iter)
{
	free(iter);
}

/* Connections. */

void rados_version(int *major, int *minor, int *extra)
{
	*major = 3;
	*minor = *extra = 0;
}

static int make_cluster(rados_t *cluster)
{
	*cluster = (rados_t)(uintptr_t)CALL(CLUSTER_NEW, 0);
	return 0;
}

int rados_create(rados_t *cluster, const char *const id)
{
	(void)id;
	return make_cluster(cluster);
}

int rados_create2(rados_t *cluster, const char *const clustername, const char *const name, uint64_t flags)
{
	(void)clustername, (void)name, (void)flags;
	return make_cluster(cluster);
}

int rados_create_with_context(rados_t *cluster, rados_config_t cct)
{
	*cluster = (rados_t)(uintptr_t)CALL(CLUSTER_NEW, P(cct));
	return 0;
}

rados_config_t rados_cct(rados_t cluster)
{
	return cluster;
}

int rados_connect(rados_t cluster)
{
	(void)cluster;
	return 0;
}

void rados_shutdown(rados_t cluster)
{
	CALL(CLUSTER_SHUTDOWN, P(cluster));
}
uint64_t rados_get_instance_id(rados_t cluster)
{
	return P(cluster);
}

int rados_conf_get(rados_t cluster, const char *option, char *buf, size_t len)
{
	return (int)CALL(CONF_GET, P(cluster), P(option), P(buf), len);
}

int rados_conf_set(rados_t cluster, const char *option, const char *value)
{
	return (int)CALL(CONF_SET, P(cluster), P(option), P(value));
}

/* Configuration files, the environment and arguments say where a cluster is, which does not matter. */

int rados_conf_read_file(rados_t cluster, const char *path)
{
	(void)cluster, (void)path;
	return 0;
}

int rados_conf_parse_env(rados_t cluster, const char *var)
{
	(void)cluster, (void)var;
	return 0;
}

int rados_conf_parse_argv(rados_t cluster, int argc, const char **argv)
{
	(void)cluster, (void)argc, (void)argv;
	return 0;
}

int rados_conf_parse_argv_remainder(rados_t cluster, int argc, const char **argv, const char **remargv)
{
	(void)cluster;
	for (int i = 0; i < argc; i++)
		remargv[i] = i == 0 || argv[i][0] != '-' ? argv[i] : NULL;
	return 0;
}

int rados_cluster_fsid(rados_t cluster, char *buf, size_t len)
{
	static const char id[] = "00000000-0000-4000-8000-000000000000";

	(void)cluster;
	if (len < sizeof id)
		return -ERANGE;
	memcpy(buf, id, sizeof id);
	return sizeof id - 1;
}

int rados_cluster_stat(rados_t cluster, struct gorados_rados_cluster_stat_t *result)
{
	return (int)CALL(CLUSTER_STAT, P(cluster), P(result));
}

int rados_getaddrs(rados_t cluster, char **addrs)
{
	(void)cluster;
	*addrs = strdup("127.0.0.1:0/0");
	return *addrs ? 0 : -ENOMEM;
}

int rados_wait_for_latest_osdmap(rados_t cluster)
{
	(void)cluster;
	return 0;
}

void rados_buffer_free(char *buf)
{
	free(buf);
}

/* Pools. */

int rados_pool_create(rados_t cluster, const char *pool_name)
{
	return (int)CALL(POOL_CREATE, P(cluster), P(pool_name));
}
int rados_pool_delete(rados_t cluster, const char *pool_name)
{
	return (int)CALL(POOL_DELETE, P(cluster), P(pool_name));
}
int rados_pool_list(rados_t cluster, char *buf, size_t len)
{
	return (int)CALL(POOL_LIST, P(cluster), P(buf), len);
}
int64_t rados_pool_lookup(rados_t cluster, const char *pool_name)
{
	return CALL(POOL_LOOKUP, P(cluster), P(pool_name));
}

int rados_pool_create_with_crush_rule(rados_t cluster, const char *pool_name, uint8_t rule)
{
	(void)rule;
	return rados_pool_create(cluster, pool_name);
}

int rados_pool_reverse_lookup(rados_t cluster, int64_t id, char *buf, size_t maxlen)
{
	return (int)CALL(POOL_NAME, P(cluster), (uint64_t)id, P(buf), maxlen);
}

int rados_pool_get_base_tier(rados_t cluster, int64_t pool, int64_t *base_tier)
{
	(void)cluster;
	*base_tier = pool;
	return 0;
}

/* I/O contexts. */

int rados_ioctx_create(rados_t cluster, const char *pool_name, rados_ioctx_t *ioctx)
{
	int64_t ret = CALL(IOCTX_NEW, P(cluster), P(pool_name));

	if (ret < 0)
		return (int)ret;
	*ioctx = (rados_ioctx_t)(uintptr_t)ret;
	return 0;
}

int rados_ioctx_create2(rados_t cluster, int64_t pool_id, rados_ioctx_t *ioctx)
{
	int64_t ret = CALL(IOCTX_NEW_BY_ID, P(cluster), (uint64_t)pool_id);

	if (ret < 0)
		return (int)ret;
	*ioctx = (rados_ioctx_t)(uintptr_t)ret;
	return 0;
}

void rados_ioctx_destroy(rados_ioctx_t io)
{
	CALL(IOCTX_DESTROY, P(io));
}
int64_t rados_ioctx_get_id(rados_ioctx_t io)
{
	return CALL(IOCTX_POOL_ID, P(io));
}
void rados_ioctx_set_namespace(rados_ioctx_t io, const char *nspace)
{
	CALL(IOCTX_NAMESPACE, P(io), 1, P(nspace));
}
void rados_ioctx_locator_set_key(rados_ioctx_t io, const char *key)
{
	CALL(IOCTX_LOCATOR, P(io), P(key));
}
void rados_ioctx_snap_set_read(rados_ioctx_t io, rados_snap_t snap)
{
	CALL(IOCTX_READ_SNAP, P(io), snap);
}

int rados_ioctx_get_namespace(rados_ioctx_t io, char *buf, unsigned int maxlen)
{
	return (int)CALL(IOCTX_NAMESPACE, P(io), 0, P(buf), maxlen);
}

int rados_ioctx_get_pool_name(rados_ioctx_t io, char *buf, unsigned int maxlen)
{
	return (int)CALL(IOCTX_POOL_NAME, P(io), P(buf), maxlen);
}

int rados_ioctx_pool_required_alignment2(rados_ioctx_t io, uint64_t *alignment)
{
	(void)io;
	*alignment = 0;
	return 0;
}

int rados_ioctx_pool_requires_alignment2(rados_ioctx_t io, int *req)
{
	(void)io;
	*req = 0;
	return 0;
}

int rados_ioctx_pool_stat(rados_ioctx_t io, struct gorados_rados_pool_stat_t *stats)
{
	memset(stats, 0, sizeof *stats);
	return (int)CALL(IOCTX_STAT, P(io), P(&stats->num_bytes), P(&stats->num_objects));
}

/* No pool is full. */
void rados_set_osdmap_full_try(rados_ioctx_t io)
{
	(void)io;
}
void rados_set_pool_full_try(rados_ioctx_t io)
{
	(void)io;
}
void rados_unset_osdmap_full_try(rados_ioctx_t io)
{
	(void)io;
}
void rados_unset_pool_full_try(rados_ioctx_t io)
{
	(void)io;
}

/* Snapshots. */

int rados_ioctx_snap_create(rados_ioctx_t io, const char *name)
{
	return (int)CALL(SNAP_CREATE, P(io), P(name));
}
int rados_ioctx_snap_remove(rados_ioctx_t io, const char *name)
{
	return (int)CALL(SNAP_REMOVE, P(io), P(name));
}
int rados_ioctx_snap_rollback(rados_ioctx_t io, const char *oid, const char *name)
{
	return (int)CALL(SNAP_ROLLBACK, P(io), P(oid), P(name));
}
int rados_ioctx_snap_list(rados_ioctx_t io, rados_snap_t *snaps, int maxlen)
{
	return (int)CALL(SNAP_LIST, P(io), P(snaps), (uint64_t)maxlen);
}
int rados_ioctx_snap_lookup(rados_ioctx_t io, const char *name, rados_snap_t *id)
{
	return (int)CALL(SNAP_LOOKUP, P(io), P(name), P(id));
}
int rados_ioctx_snap_get_stamp(rados_ioctx_t io, rados_snap_t id, time_t *t)
{
	return (int)CALL(SNAP_STAMP, P(io), id, P(t));
}

int rados_ioctx_snap_get_name(rados_ioctx_t io, rados_snap_t id, char *name, int maxlen)
{
	return (int)CALL(SNAP_NAME, P(io), id, P(name), (uint64_t)maxlen);
}

void rados_aio_ioctx_selfmanaged_snap_create(rados_ioctx_t io, rados_snap_t *snapid, rados_completion_t completion)
{
	CALL(SNAP_NEW_SELF_MANAGED, P(io), P(snapid), begin(completion));
}

void rados_aio_ioctx_selfmanaged_snap_remove(rados_ioctx_t io, rados_snap_t snapid, rados_completion_t completion)
{
	CALL(SNAP_REMOVE_SELF_MANAGED, P(io), snapid, begin(completion));
}

int rados_ioctx_selfmanaged_snap_rollback(rados_ioctx_t io, const char *oid, rados_snap_t snapid)
{
	return (int)CALL(SNAP_ROLLBACK_SELF_MANAGED, P(io), P(oid), snapid);
}

int rados_ioctx_selfmanaged_snap_set_write_ctx(rados_ioctx_t io, rados_snap_t seq, rados_snap_t *snaps, int num_snaps)
{
	return (int)CALL(IOCTX_WRITE_SNAPS, P(io), seq, P(snaps), (uint64_t)num_snaps);
}

/* Locks. */

static int take_lock(int exclusive, rados_ioctx_t io, const char *oid, const char *name, const char *cookie, const char *tag, const char *desc, const struct timeval *duration, uint8_t flags)
{
	uint64_t usec = duration ? (uint64_t)duration->tv_sec * 1000000 + (uint64_t)duration->tv_usec : 0;

	return (int)CALL(LOCK, P(io), P(oid), (uint64_t)exclusive, P(name), P(cookie), P(tag), P(desc), usec, flags);
}

int rados_lock_exclusive(rados_ioctx_t io, const char *oid, const char *name, const char *cookie, const char *desc, struct timeval *duration, uint8_t flags)
{
	return take_lock(1, io, oid, name, cookie, "", desc, duration, flags);
}

int rados_lock_shared(rados_ioctx_t io, const char *o, const char *name, const char *cookie, const char *tag, const char *desc, struct timeval *duration, uint8_t flags)
{
	return take_lock(0, io, o, name, cookie, tag, desc, duration, flags);
}

int rados_aio_unlock(rados_ioctx_t io, const char *o, const char *name, const char *cookie, rados_completion_t completion)
{
	return (int)CALL(UNLOCK, P(io), P(o), P(name), P(cookie), begin(completion));
}

int rados_break_lock(rados_ioctx_t io, const char *o, const char *name, const char *client, const char *cookie)
{
	return (int)CALL(BREAK_LOCK, P(io), P(o), P(name), P(client), P(cookie));
}

ssize_t rados_list_lockers(rados_ioctx_t io, const char *o, const char *name, int *exclusive, char *tag, size_t *tag_len, char *clients, size_t *clients_len, char *cookies, size_t *cookies_len, char *addrs, size_t *addrs_len)
{
	return (ssize_t)CALL(LOCKERS, P(io), P(o), P(name), P(exclusive), P(tag), P(tag_len), P(clients), P(clients_len), P(cookies), P(cookies_len), P(addrs), P(addrs_len));
}

/* Listings. A position and a cursor are numbers of Go. */

int rados_nobjects_list_open(rados_ioctx_t io, rados_list_ctx_t *ctx)
{
	*ctx = (rados_list_ctx_t)(uintptr_t)CALL(LIST_OPEN, P(io));
	return 0;
}

int rados_nobjects_list_next2(rados_list_ctx_t ctx, const char **entry, const char **key, const char **nspace, size_t *entry_size, size_t *key_size, size_t *nspace_size)
{
	return (int)CALL(LIST_NEXT, P(ctx), P(entry), P(key), P(nspace), P(entry_size), P(key_size), P(nspace_size));
}

void rados_nobjects_list_close(rados_list_ctx_t ctx)
{
	CALL(LIST_CLOSE, P(ctx));
}
uint32_t rados_nobjects_list_get_pg_hash_position(rados_list_ctx_t ctx)
{
	return (uint32_t)CALL(LIST_POSITION, P(ctx));
}
uint32_t rados_nobjects_list_seek(rados_list_ctx_t ctx, uint32_t pos)
{
	return (uint32_t)CALL(LIST_SEEK, P(ctx), pos);
}

int rados_nobjects_list_get_cursor(rados_list_ctx_t ctx, rados_object_list_cursor *cursor)
{
	*cursor = (rados_object_list_cursor)(uintptr_t)CALL(LIST_CURSOR, P(ctx));
	return 0;
}

uint32_t rados_nobjects_list_seek_cursor(rados_list_ctx_t ctx, rados_object_list_cursor cursor)
{
	return (uint32_t)CALL(LIST_SEEK_CURSOR, P(ctx), P(cursor));
}

rados_object_list_cursor rados_object_list_begin(rados_ioctx_t io)
{
	return (rados_object_list_cursor)(uintptr_t)CALL(CURSOR_NEW, P(io), 0);
}

rados_object_list_cursor rados_object_list_end(rados_ioctx_t io)
{
	return (rados_object_list_cursor)(uintptr_t)CALL(CURSOR_NEW, P(io), 1);
}

int rados_object_list_is_end(rados_ioctx_t io, rados_object_list_cursor cur)
{
	return CALL(CURSOR_COMPARE, P(io), P(cur), 0) == 0;
}

int rados_object_list_cursor_cmp(rados_ioctx_t io, rados_object_list_cursor lhs, rados_object_list_cursor rhs)
{
	return (int)CALL(CURSOR_COMPARE, P(io), P(lhs), P(rhs));
}

void rados_object_list_cursor_free(rados_ioctx_t io, rados_object_list_cursor cur)
{
	CALL(CURSOR_FREE, P(io), P(cur));
}

void rados_object_list_slice(rados_ioctx_t io, const rados_object_list_cursor start, const rados_object_list_cursor finish, const size_t n, const size_t m, rados_object_list_cursor *split_start, rados_object_list_cursor *split_finish)
{
	CALL(CURSOR_SLICE, P(io), P(start), P(finish), n, m, P(*split_start), P(*split_finish));
}

int rados_object_list(rados_ioctx_t io, const rados_object_list_cursor start, const rados_object_list_cursor finish, const size_t result_size, const char *filter, const size_t filter_len, struct gorados_rados_object_list_item *results, rados_object_list_cursor *next)
{
	(void)filter, (void)filter_len;
	return (int)CALL(LIST_SLICE, P(io), P(start), P(finish), result_size, P(results), P(*next));
}

void rados_object_list_free(const size_t result_size, struct gorados_rados_object_list_item *results)
{
	for (size_t i = 0; i < result_size; i++) {
		free(results[i].oid);
		free(results[i].nspace);
		free(results[i].locator);
	}
}

/* libradosstriper would use the I/O context as one of its own library. */
int rados_striper_create(rados_ioctx_t io, void **striper)
{
	(void)io, (void)striper;
	return MISSING;
}

/* What a cluster in memory does not have: monitors, daemons, applications, tiers. */

int rados_application_enable(rados_ioctx_t io, const char *app, int force)
{
	(void)io, (void)app, (void)force;
	return 0;
}
int rados_application_list(rados_ioctx_t io, char *values, size_t *len)
{
	(void)io, (void)values, (void)len;
	return MISSING;
}
int rados_application_metadata_get(rados_ioctx_t io, const char *app, const char *key, char *value, size_t *len)
{
	(void)io, (void)app, (void)key, (void)value, (void)len;
	return MISSING;
}
int rados_application_metadata_list(rados_ioctx_t io, const char *app, char *keys, size_t *key_len, char *vals, size_t *vals_len)
{
	(void)io, (void)app, (void)keys, (void)key_len, (void)vals, (void)vals_len;
	return MISSING;
}
int rados_application_metadata_remove(rados_ioctx_t io, const char *app, const char *key)
{
	(void)io, (void)app, (void)key;
	return MISSING;
}
int rados_application_metadata_set(rados_ioctx_t io, const char *app, const char *key, const char *value)
{
	(void)io, (void)app, (void)key, (void)value;
	return MISSING;
}
int rados_blacklist_add(rados_t cluster, char *address, uint32_t seconds)
{
	(void)cluster, (void)address, (void)seconds;
	return MISSING;
}
int rados_blocklist_add(rados_t cluster, char *address, uint32_t seconds)
{
	(void)cluster, (void)address, (void)seconds;
	return MISSING;
}
/* No pool is a cache tier. */
int rados_cache_pin(rados_ioctx_t io, const char *o)
{
	return (int)CALL(CACHE_PIN, P(io), P(o));
}
int rados_cache_unpin(rados_ioctx_t io, const char *o)
{
	return rados_cache_pin(io, o);
}

int rados_get_min_compatible_client(rados_t cluster, int8_t *min, int8_t *required)
{
	(void)cluster, (void)min, (void)required;
	return MISSING;
}
int rados_get_min_compatible_osd(rados_t cluster, int8_t *release)
{
	(void)cluster, (void)release;
	return MISSING;
}
int rados_inconsistent_pg_list(rados_t cluster, int64_t pool, char *buf, size_t len)
{
	(void)cluster, (void)pool, (void)buf, (void)len;
	return MISSING;
}
int rados_monitor_log2(rados_t cluster, const char *level, rados_log_callback2_t cb, void *arg)
{
	(void)cluster, (void)level, (void)cb, (void)arg;
	return MISSING;
}
int rados_ping_monitor(rados_t cluster, const char *mon, char **out, size_t *len)
{
	(void)cluster, (void)mon, (void)out, (void)len;
	return MISSING;
}
int rados_service_register(rados_t cluster, const char *service, const char *daemon, const char *metadata)
{
	(void)cluster, (void)service, (void)daemon, (void)metadata;
	return MISSING;
}
int rados_service_update_status(rados_t cluster, const char *status)
{
	(void)cluster, (void)status;
	return MISSING;
}

/* NO_COMMAND is the body of a function that sends a command. */
#define NO_COMMAND                                               \
	{                                                        \
		(void)cmd, (void)cmdlen, (void)in, (void)in_len; \
		*out = *status = NULL;                           \
		*out_len = *status_len = 0;                      \
		return MISSING;                                  \
	}

int rados_mgr_command(rados_t cluster, const char **cmd, size_t cmdlen, const char *in, size_t in_len, char **out, size_t *out_len, char **status, size_t *status_len)
{
	(void)cluster;
	NO_COMMAND
}

int rados_mgr_command_target(rados_t cluster, const char *name, const char **cmd, size_t cmdlen, const char *in, size_t in_len, char **out, size_t *out_len, char **status, size_t *status_len)
{
	(void)cluster, (void)name;
	NO_COMMAND
}

int rados_mon_command(rados_t cluster, const char **cmd, size_t cmdlen, const char *in, size_t in_len, char **out, size_t *out_len, char **status, size_t *status_len)
{
	(void)cluster;
	NO_COMMAND
}

int rados_mon_command_target(rados_t cluster, const char *name, const char **cmd, size_t cmdlen, const char *in, size_t in_len, char **out, size_t *out_len, char **status, size_t *status_len)
{
	(void)cluster, (void)name;
	NO_COMMAND
}

int rados_osd_command(rados_t cluster, int osd, const char **cmd, size_t cmdlen, const char *in, size_t in_len, char **out, size_t *out_len, char **status, size_t *status_len)
{
	(void)cluster, (void)osd;
	NO_COMMAND
}

int rados_pg_command(rados_t cluster, const char *pg, const char **cmd, size_t cmdlen, const char *in, size_t in_len, char **out, size_t *out_len, char **status, size_t *status_len)
{
	(void)cluster, (void)pg;
	NO_COMMAND
}
