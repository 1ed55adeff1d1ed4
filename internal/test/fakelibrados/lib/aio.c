/* Asynchronous functions. Part of librados.c.
 *
 * Each one calls the synchronous function on a thread of its own, with copies of the arguments. What a
 * test tells the synchronous function applies to both, and the calls are counted under its name.
 */

struct completion {
	rados_callback_t callback;
	void *arg;
	int ret;
	uint64_t version;
	bool complete;
	struct task *task; /* that is in flight */
};

/* A task is a call of an asynchronous function. */
struct task {
	int (*run)(struct task *t); /* calls the synchronous function */
	struct object *completion;
	void *io, *op;
	char *text[4], *in; /* copies of the arguments that the function reads */
	size_t in_len;
	void *out[4]; /* memory that the function fills */
	uint64_t number[4];
	rados_watchcb2_t watched;
	rados_watcherrcb_t lost;
	struct timespec *mtime, mtime_copy;
	bool uncancellable, cancelled;
	bool completes_on_callback; /* the function uses its memory until then */
	bool queued;                /* thousands may be in flight, which share a thread */
	struct task *next;          /* in the queue */
};

static _Thread_local struct task *current; /* the task that the thread performs */

static bool cancelled(void)
{
	return current && current->cancelled && !current->uncancellable;
}

/* Completions. The handle is the object, except in quick mode. */

/* quick_completion returns one of a few completions of the thread: in quick mode a call is complete when
 * its function returns. */
static struct completion *quick_completion(void)
{
	static _Thread_local struct completion own[16];
	static _Thread_local unsigned next;

	return &own[next++ % 16];
}

static struct completion *completion_of(struct object *o)
{
	return (struct completion *)(void *)o->data;
}

/* live_completion returns a completion that must not have been released. The lock is held. */
static struct completion *live_completion(const char *function, void *p)
{
	return completion_of(check(function, p, COMPLETION));
}

static int make_completion(const char *function, void *arg, rados_callback_t callback, rados_completion_t *pc)
{
	if (IS_QUICK()) {
		struct completion *c = quick_completion();
		c->callback = callback;
		c->arg = arg;
		*pc = c;
		return 0;
	}
	struct call call = enter(function, NULL, NONE);
	if (proceed(&call)) {
		struct object *o = make(COMPLETION, NULL, sizeof(struct completion));
		*completion_of(o) = (struct completion){.callback = callback, .arg = arg};
		*pc = o;
	}
	return (int)leave(&call, 0);
}

int rados_aio_create_completion(void *arg, rados_callback_t complete, rados_callback_t safe, rados_completion_t *pc)
{
	if (safe)
		die("%s is given a callback that librados never calls", __func__);
	return make_completion(__func__, arg, complete, pc);
}

int rados_aio_create_completion2(void *arg, rados_callback_t complete, rados_completion_t *pc)
{
	return make_completion(__func__, arg, complete, pc);
}

/* snapshot returns a copy of a completion. */
static struct completion snapshot(const char *function, rados_completion_t p)
{
	pthread_mutex_lock(&lock);
	struct completion c = *live_completion(function, p);
	pthread_mutex_unlock(&lock);
	return c;
}

int rados_aio_is_complete(rados_completion_t p)
{
	QUICK(1);
	return snapshot(__func__, p).complete;
}

int rados_aio_wait_for_complete(rados_completion_t p)
{
	QUICK(0);
	pthread_mutex_lock(&lock);
	struct completion *c = live_completion(__func__, p);
	while (!c->complete)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	return 0;
}

int rados_aio_get_return_value(rados_completion_t p)
{
	QUICK(0);
	return snapshot(__func__, p).ret;
}

uint64_t rados_aio_get_version(rados_completion_t p)
{
	QUICK(0);
	return snapshot(__func__, p).version;
}

void rados_aio_release(rados_completion_t p)
{
	QUICK();
	pthread_mutex_lock(&lock);
	free_object(check(__func__, p, COMPLETION));
	pthread_mutex_unlock(&lock);
}

int rados_aio_cancel(rados_ioctx_t io, rados_completion_t p)
{
	struct call call = enter(__func__, io, IOCTX);
	struct completion *c = live_completion(__func__, p);

	if (c->task)
		c->task->cancelled = true;
	pthread_cond_broadcast(&changed);
	proceed(&call);
	return (int)leave(&call, 0);
}

/* Tasks */

static void free_task(struct task *t)
{
	for (int i = 0; i < 4; i++)
		free(t->text[i]);
	free(t->in);
	free(t);
}

/* perform is the function of a task's thread. */
static void *perform(void *p)
{
	static uint64_t versions;
	struct task *t = p;
	struct completion *c = completion_of(t->completion);

	current = t;
	int ret = t->run(t);
	pthread_mutex_lock(&lock);
	c->task = NULL;
	c->ret = ret;
	c->version = ++versions;
	c->complete = true;
	if (t->op) {
		((struct object *)t->op)->calls++; /* as the call that frees it */
		free_object(t->op);
	}
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	struct object *completion = t->completion;
	current = NULL;
	free_task(t); /* so that a test that waits for the callback can measure the heap */
	if (c->callback)
		c->callback(completion, c->arg);
	return NULL;
}

static struct task *queue;
static bool queue_runs; /* a thread performs the queue */

static void *perform_queue(void *p)
{
	struct task *t;

	pthread_mutex_lock(&lock);
	while ((t = queue)) {
		queue = t->next;
		pthread_mutex_unlock(&lock);
		perform(t);
		pthread_mutex_lock(&lock);
	}
	queue_runs = false;
	pthread_mutex_unlock(&lock);
	return p;
}

/* enqueue appends t and reports whether a thread must be started. The lock is held. */
static bool enqueue(struct task *t)
{
	struct task **end = &queue;
	bool runs = queue_runs;

	while (*end)
		end = &(*end)->next;
	*end = t;
	queue_runs = true;
	return !runs;
}

/* copy_task copies a task with the arguments that the caller may change or free. */
static struct task *copy_task(const struct task *with)
{
	struct task *t = malloc(sizeof *t);

	*t = *with;
	for (int i = 0; i < 4; i++)
		t->text[i] = with->text[i] ? strdup(with->text[i]) : NULL;
	t->in = with->in || with->in_len ? malloc(with->in_len + 1) : NULL;
	if (with->in_len > 0 && with->in_len <= INT_MAX) /* a test of large sizes has no such buffer */
		memcpy(t->in, with->in, with->in_len);
	if (with->mtime) {
		t->mtime_copy = *with->mtime;
		t->mtime = &t->mtime_copy;
	}
	return t;
}

/* take_steps returns an operation with the steps of op, which the caller may release. */
static struct object *take_steps(struct object *op)
{
	struct object *own = make(op->kind, NULL, 0);

	own->steps = op->steps;
	own->step_count = op->step_count;
	op->steps = NULL;
	op->step_count = 0;
	return own;
}

/* start_detached starts a thread that nothing joins. pthread_detach would read the memory of a thread
 * that may have exited meanwhile, which frees it: glibc bug 19951. */
static void start_detached(void *(*run)(void *), void *arg)
{
	pthread_attr_t detached;
	pthread_t thread;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &detached, run, arg) != 0)
		die("a thread cannot be started");
	pthread_attr_destroy(&detached);
}

static int start(rados_completion_t completion, struct task with)
{
	struct task *t = copy_task(&with);
	bool needs_thread = true;

	pthread_mutex_lock(&lock);
	if (with.op)
		t->op = take_steps(with.op);
	t->completion = check(__func__, completion, COMPLETION);
	struct completion *c = completion_of(t->completion);
	if (t->completes_on_callback && !c->callback)
		die("a watch or notification uses its memory until it calls back, and has no callback");
	c->task = t;
	if (t->queued)
		needs_thread = enqueue(t);
	pthread_mutex_unlock(&lock);
	if (!needs_thread)
		return 0;
	start_detached(with.queued ? perform_queue : perform, t);
	return 0;
}

/* ENDED completes the call in quick mode, before its function returns. */
#define ENDED(p)                                                    \
	do {                                                        \
		if (IS_QUICK()) {                                   \
			struct completion *ended = p;               \
			if (ended->callback)                        \
				ended->callback(ended, ended->arg); \
			return 0;                                   \
		}                                                   \
	} while (0)

/* Functions with results that may arrive in pieces, or that need more than copies of their arguments.
 * The others are generated. */

static bool pieces;         /* see fake_pieces */
static atomic_bool bounces; /* see fake_bounces */

void fake_pieces(int on)
{
	pthread_mutex_lock(&lock);
	pieces = on;
	pthread_mutex_unlock(&lock);
}

void fake_bounces(int on)
{
	atomic_store(&bounces, on);
}

/* in_one_piece returns ret, or -ERANGE if a reply of that size arrives in pieces: secure frames
 * are padded to a multiple of 16 bytes. */
static int in_one_piece(int ret)
{
	pthread_mutex_lock(&lock);
	bool padded = pieces && ret > 0 && ret % 16;
	pthread_mutex_unlock(&lock);
	return padded ? -ERANGE : ret;
}

static int run_read(struct task *t)
{
	return in_one_piece(rados_read(t->io, t->text[0], t->out[0], t->number[0], t->number[1]));
}

int rados_aio_read(rados_ioctx_t io, const char *oid, rados_completion_t c, char *buf, size_t len, uint64_t off)
{
	ENDED(c);
	return start(c, (struct task){.run = run_read, .io = io, .text = {(char *)oid}, .number = {len, off}, .out = {buf}});
}

static int run_exec(struct task *t)
{
	return in_one_piece(rados_exec(t->io, t->text[0], t->text[1], t->text[2], t->in, t->in_len, t->out[0], t->number[0]));
}

int rados_aio_exec(rados_ioctx_t io, const char *o, rados_completion_t c, const char *cls, const char *method, const char *in_buf, size_t in_len, char *buf, size_t out_len)
{
	ENDED(c);
	return start(c, (struct task){.run = run_exec, .io = io, .text = {(char *)o, (char *)cls, (char *)method}, .number = {out_len}, .out = {buf}, .in = (char *)in_buf, .in_len = in_len});
}

static int run_write_op(struct task *t)
{
	return rados_write_op_operate(t->op, t->io, t->text[0], t->mtime ? &t->mtime->tv_sec : NULL, (int)t->number[0]);
}

int rados_aio_write_op_operate(rados_write_op_t op, rados_ioctx_t io, rados_completion_t c, const char *oid, time_t *mtime, int flags)
{
	ENDED(c);
	struct timespec spec = {.tv_sec = mtime ? *mtime : 0};
	return start(c, (struct task){.run = run_write_op, .io = io, .op = op, .text = {(char *)oid}, .mtime = mtime ? &spec : NULL, .number = {(uint64_t)flags}});
}

static int run_write_op2(struct task *t)
{
	return rados_write_op_operate2(t->op, t->io, t->text[0], t->mtime, (int)t->number[0]);
}

int rados_aio_write_op_operate2(rados_write_op_t op, rados_ioctx_t io, rados_completion_t c, const char *oid, struct timespec *mtime, int flags)
{
	ENDED(c);
	return start(c, (struct task){.run = run_write_op2, .io = io, .op = op, .text = {(char *)oid}, .mtime = mtime, .number = {(uint64_t)flags}});
}

static int run_read_op(struct task *t)
{
	return rados_read_op_operate(t->op, t->io, t->text[0], (int)t->number[0]);
}

int rados_aio_read_op_operate(rados_read_op_t op, rados_ioctx_t io, rados_completion_t c, const char *oid, int flags)
{
	ENDED(c);
	bool bounced = bounces && flags & (LIBRADOS_OPERATION_BALANCE_READS | LIBRADOS_OPERATION_LOCALIZE_READS);
	return start(c, (struct task){.run = run_read_op, .uncancellable = bounced, .io = io, .op = op, .text = {(char *)oid}, .number = {(uint64_t)flags}});
}

static int run_flush(struct task *t)
{
	return rados_aio_flush(t->io);
}

int rados_aio_flush_async(rados_ioctx_t io, rados_completion_t c)
{
	ENDED(c);
	return start(c, (struct task){.run = run_flush, .uncancellable = true, .io = io});
}

static int run_snap_create(struct task *t)
{
	return rados_ioctx_selfmanaged_snap_create(t->io, t->out[0]);
}

void rados_aio_ioctx_selfmanaged_snap_create(rados_ioctx_t io, rados_snap_t *snapid, rados_completion_t c)
{
	start(c, (struct task){.run = run_snap_create, .uncancellable = true, .io = io, .out = {snapid}});
}

static int run_snap_remove(struct task *t)
{
	return rados_ioctx_selfmanaged_snap_remove(t->io, t->number[0]);
}

void rados_aio_ioctx_selfmanaged_snap_remove(rados_ioctx_t io, rados_snap_t snapid, rados_completion_t c)
{
	start(c, (struct task){.run = run_snap_remove, .uncancellable = true, .io = io, .number = {snapid}});
}

static int run_watch(struct task *t)
{
	return rados_watch3(t->io, t->text[0], t->out[0], t->watched, t->lost, (uint32_t)t->number[0], t->out[1]);
}

int rados_aio_watch2(rados_ioctx_t io, const char *o, rados_completion_t c, uint64_t *handle, rados_watchcb2_t watchcb, rados_watcherrcb_t watcherrcb, uint32_t timeout, void *arg)
{
	return start(c, (struct task){.run = run_watch, .uncancellable = true, .completes_on_callback = true, .io = io, .text = {(char *)o}, .watched = watchcb, .lost = watcherrcb, .number = {timeout}, .out = {handle, arg}});
}

static int run_unwatch(struct task *t)
{
	return rados_unwatch2(t->io, t->number[0]);
}

int rados_aio_unwatch(rados_ioctx_t io, uint64_t cookie, rados_completion_t c)
{
	return start(c, (struct task){.run = run_unwatch, .uncancellable = true, .completes_on_callback = true, .queued = true, .io = io, .number = {cookie}});
}

static int run_notify(struct task *t)
{
	return rados_notify2(t->io, t->text[0], t->in, (int)t->in_len, t->number[0], t->out[0], t->out[1]);
}

int rados_aio_notify(rados_ioctx_t io, const char *o, rados_completion_t c, const char *buf, int buf_len, uint64_t timeout_ms, char **reply_buffer, size_t *reply_buffer_len)
{
	return start(c, (struct task){.run = run_notify, .uncancellable = true, .completes_on_callback = true, .io = io, .text = {(char *)o}, .in = (char *)buf, .in_len = (size_t)buf_len, .number = {timeout_ms}, .out = {reply_buffer, reply_buffer_len}});
}
