/* Asynchronous functions. Part of librados.c.
 *
 * Each is its synchronous twin, called on a thread of its own with copies of what it was
 * given: so orders for the twin hold for it, too, and it is counted under the twin's name.
 */

struct completion {
	struct object *account; /* which tells of a leak; NULL in quick mode */
	rados_callback_t callback;
	void *arg;
	int ret;
	uint64_t version;
	bool complete, released;
	int refs;
	struct task *task; /* that is under way */
};

struct task {
	int (*run)(struct task *t);
	struct completion *c;
	void *io, *op;
	char *text[4];
	char *in;
	size_t in_len;
	char *out;
	size_t len;
	uint64_t number;
	void *size, *time;
	rados_watchcb2_t watched;
	rados_watcherrcb_t lost;
	struct timespec mtime;
	struct task *next; /* that is queued */
	/* As with the real one: stubborn can't be given up, and it is at what lingers until it
	 * calls back. */
	bool timed, stubborn, lingers, cancelled;
	bool many; /* has no thread of its own */
};

/* What the thread is at. */
static _Thread_local struct task *current;

static bool cancelled(void) { return current && current->cancelled && !current->stubborn; }

static uint64_t versions;

static bool pieces;         /* see fake_pieces */
static atomic_bool bounces; /* see fake_bounces */

void fake_pieces(int on)
{
	pthread_mutex_lock(&lock);
	pieces = on;
	pthread_mutex_unlock(&lock);
}

void fake_bounces(int on) { bounces = on; }

/* In quick mode each thread has a few completions, which it uses by turns: calls have ended
 * before they return. */
static struct completion *quick_completion(void)
{
	static _Thread_local struct completion own[16];
	static _Thread_local unsigned next;

	return &own[next++ % 16];
}

static int make_completion(const char *function, void *arg, rados_callback_t callback, rados_completion_t *pc)
{
	struct completion *c;

	if (atomic_load_explicit(&quick, memory_order_relaxed)) {
		c = quick_completion();
		c->callback = callback;
		c->arg = arg;
		*pc = c;
		return 0;
	}
	struct call call = enter(function, NULL, NONE);
	if (!proceed(&call))
		return (int)leave(&call, 0);
	c = calloc(1, sizeof *c);
	c->account = make(COMPLETION, NULL, 0);
	c->callback = callback;
	c->arg = arg;
	c->refs = 1;
	*pc = c;
	return (int)leave(&call, 0);
}

int rados_aio_create_completion(void *arg, rados_callback_t complete, rados_callback_t safe, rados_completion_t *pc)
{
	if (safe)
		die("nobody calls back when something is safe any more");
	return make_completion(__func__, arg, complete, pc);
}

int rados_aio_create_completion2(void *arg, rados_callback_t complete, rados_completion_t *pc)
{
	return make_completion(__func__, arg, complete, pc);
}

/* alive makes sure that a completion has not been released. The lock is held. */
static struct completion *alive(const char *function, void *p)
{
	struct completion *c = p;

	check(function, c->account, COMPLETION);
	return c;
}

/* put drops a reference to c. The lock is held. */
static void put(struct completion *c)
{
	if (--c->refs == 0)
		free(c);
}

/* seen is what there is to see of a completion. */
static struct completion seen(const char *function, rados_completion_t p)
{
	pthread_mutex_lock(&lock);
	struct completion c = *alive(function, p);
	pthread_mutex_unlock(&lock);
	return c;
}

int rados_aio_is_complete(rados_completion_t p)
{
	QUICK(1);
	return seen(__func__, p).complete;
}

int rados_aio_wait_for_complete(rados_completion_t p)
{
	QUICK(0);
	pthread_mutex_lock(&lock);
	struct completion *c = alive(__func__, p);
	while (!c->complete)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	return 0;
}

int rados_aio_get_return_value(rados_completion_t p)
{
	QUICK(0);
	return seen(__func__, p).ret;
}

uint64_t rados_aio_get_version(rados_completion_t p)
{
	QUICK(0);
	return seen(__func__, p).version;
}

void rados_aio_release(rados_completion_t p)
{
	QUICK();
	pthread_mutex_lock(&lock);
	struct completion *c = alive(__func__, p);
	bury(c->account);
	put(c);
	pthread_mutex_unlock(&lock);
}

int rados_aio_cancel(rados_ioctx_t io, rados_completion_t p)
{
	struct call call = enter(__func__, io, IOCTX);
	struct completion *c = alive(__func__, p);

	if (c->task)
		c->task->cancelled = true;
	pthread_cond_broadcast(&changed);
	proceed(&call);
	return (int)leave(&call, 0);
}

/* perform is the thread of a task. */
static void *perform(void *p)
{
	struct task *t = p;
	struct completion *c = t->c;

	current = t;
	int ret = t->run(t);
	pthread_mutex_lock(&lock);
	c->task = NULL;
	c->ret = ret;
	c->version = ++versions;
	c->complete = true;
	if (t->op) {
		((struct object *)t->op)->inside++; /* as the call that frees it is */
		bury(t->op);
	}
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	if (c->callback)
		c->callback(c, c->arg);
	pthread_mutex_lock(&lock);
	put(c);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < 4; i++)
		free(t->text[i]);
	free(t->in);
	free(t);
	return NULL;
}

/* Tasks of functions of which there may be thousands in flight share a thread, in order. */
static struct task *queued;
static bool queue_runs; /* a thread performs what is queued */

static void *perform_queued(void *p)
{
	struct task *t;

	pthread_mutex_lock(&lock);
	while ((t = queued)) {
		queued = t->next;
		pthread_mutex_unlock(&lock);
		perform(t);
		pthread_mutex_lock(&lock);
	}
	queue_runs = false;
	pthread_mutex_unlock(&lock);
	return p;
}

/* enqueue appends t and reports whether a thread has to be started. The lock is held. */
static bool enqueue(struct task *t)
{
	struct task **end = &queued;
	bool runs = queue_runs;

	while (*end)
		end = &(*end)->next;
	*end = t;
	queue_runs = true;
	return !runs;
}

/* start begins a task, of which it copies what the caller may change or free. */
static int start(void *p, struct task with)
{
	struct completion *c = p;
	struct task *t;
	pthread_t thread;
	bool needs_thread = true;

	t = malloc(sizeof *t);
	*t = with;
	t->c = c;
	for (int i = 0; i < 4; i++)
		t->text[i] = with.text[i] ? strdup(with.text[i]) : NULL;
	t->in = with.in || with.in_len ? malloc(with.in_len + 1) : NULL;
	if (with.in_len > 0 && with.in_len <= INT_MAX) /* nobody can have meant more */
		memcpy(t->in, with.in, with.in_len);
	pthread_mutex_lock(&lock);
	if (with.op) { /* the operation is free to go: its steps are ours */
		struct object *op = with.op, *own = make(op->kind, NULL, 0);
		own->steps = op->steps;
		own->step_count = op->step_count;
		op->steps = NULL;
		op->step_count = 0;
		t->op = own;
	}
	c = alive(__func__, c);
	if (t->lingers && !c->callback)
		die("nobody can tell when it is done with a watch or notification that does not call back");
	c->task = t;
	c->refs++;
	if (t->many)
		needs_thread = enqueue(t);
	pthread_mutex_unlock(&lock);
	if (!needs_thread)
		return 0;
	if (pthread_create(&thread, NULL, with.many ? perform_queued : perform, t) != 0)
		die("no more threads");
	pthread_detach(thread);
	return 0;
}

/* whole is ret, or -ERANGE if so many bytes of a reply are in more than one piece: secure
 * frames are filled up to multiples of 16 bytes. */
static int whole(int ret)
{
	pthread_mutex_lock(&lock);
	bool in_pieces = pieces && ret > 0 && ret % 16;
	pthread_mutex_unlock(&lock);
	return in_pieces ? -ERANGE : ret;
}

static int run_read(struct task *t) { return whole(rados_read(t->io, t->text[0], t->out, t->len, t->number)); }
static int run_write(struct task *t) { return rados_write(t->io, t->text[0], t->in, t->in_len, t->number); }
static int run_write_full(struct task *t) { return rados_write_full(t->io, t->text[0], t->in, t->in_len); }
static int run_append(struct task *t) { return rados_append(t->io, t->text[0], t->in, t->in_len); }
static int run_writesame(struct task *t) { return rados_writesame(t->io, t->text[0], t->in, t->in_len, t->len, t->number); }
static int run_cmpext(struct task *t) { return rados_cmpext(t->io, t->text[0], t->in, t->in_len, t->number); }
static int run_remove(struct task *t) { return rados_remove(t->io, t->text[0]); }
static int run_stat(struct task *t) { return rados_stat(t->io, t->text[0], t->size, t->time); }
static int run_stat2(struct task *t) { return rados_stat2(t->io, t->text[0], t->size, t->time); }
static int run_getxattr(struct task *t) { return rados_getxattr(t->io, t->text[0], t->text[1], t->out, t->len); }
static int run_setxattr(struct task *t) { return rados_setxattr(t->io, t->text[0], t->text[1], t->in, t->in_len); }
static int run_rmxattr(struct task *t) { return rados_rmxattr(t->io, t->text[0], t->text[1]); }
static int run_unlock(struct task *t) { return rados_unlock(t->io, t->text[0], t->text[1], t->text[2]); }
static int run_exec(struct task *t) { return whole(rados_exec(t->io, t->text[0], t->text[1], t->text[2], t->in, t->in_len, t->out, t->len)); }
static int run_write_op(struct task *t) { return rados_write_op_operate(t->op, t->io, t->text[0], t->timed ? &t->mtime.tv_sec : NULL, (int)t->number); }
static int run_write_op2(struct task *t) { return rados_write_op_operate2(t->op, t->io, t->text[0], t->timed ? &t->mtime : NULL, (int)t->number); }
static int run_read_op(struct task *t) { return rados_read_op_operate(t->op, t->io, t->text[0], (int)t->number); }

#define TEXT(s) (char *)(s)

/* In quick mode a call has ended when it returns. */
#define ENDED(p) do { \
	if (atomic_load_explicit(&quick, memory_order_relaxed)) { \
		struct completion *ended = p; \
		if (ended->callback) \
			ended->callback(ended, ended->arg); \
		return 0; \
	} \
} while (0)

int rados_aio_read(rados_ioctx_t io, const char *oid, rados_completion_t c, char *buf, size_t len, uint64_t off)
{
	ENDED(c);
	return start(c, (struct task){.run = run_read, .io = io, .text = {TEXT(oid)}, .out = buf, .len = len, .number = off});
}

int rados_aio_write(rados_ioctx_t io, const char *oid, rados_completion_t c, const char *buf, size_t len, uint64_t off)
{
	ENDED(c);
	return start(c, (struct task){.run = run_write, .io = io, .text = {TEXT(oid)}, .in = TEXT(buf), .in_len = len, .number = off});
}

int rados_aio_write_full(rados_ioctx_t io, const char *oid, rados_completion_t c, const char *buf, size_t len)
{
	ENDED(c);
	return start(c, (struct task){.run = run_write_full, .io = io, .text = {TEXT(oid)}, .in = TEXT(buf), .in_len = len});
}

int rados_aio_append(rados_ioctx_t io, const char *oid, rados_completion_t c, const char *buf, size_t len)
{
	ENDED(c);
	return start(c, (struct task){.run = run_append, .io = io, .text = {TEXT(oid)}, .in = TEXT(buf), .in_len = len});
}

int rados_aio_writesame(rados_ioctx_t io, const char *oid, rados_completion_t c, const char *buf, size_t data_len, size_t write_len, uint64_t off)
{
	ENDED(c);
	return start(c, (struct task){.run = run_writesame, .io = io, .text = {TEXT(oid)}, .in = TEXT(buf), .in_len = data_len, .len = write_len, .number = off});
}

int rados_aio_cmpext(rados_ioctx_t io, const char *o, rados_completion_t c, const char *buf, size_t len, uint64_t off)
{
	ENDED(c);
	return start(c, (struct task){.run = run_cmpext, .io = io, .text = {TEXT(o)}, .in = TEXT(buf), .in_len = len, .number = off});
}

int rados_aio_remove(rados_ioctx_t io, const char *oid, rados_completion_t c)
{
	ENDED(c);
	return start(c, (struct task){.run = run_remove, .io = io, .text = {TEXT(oid)}});
}

int rados_aio_stat(rados_ioctx_t io, const char *o, rados_completion_t c, uint64_t *psize, time_t *pmtime)
{
	ENDED(c);
	return start(c, (struct task){.run = run_stat, .io = io, .text = {TEXT(o)}, .size = psize, .time = pmtime});
}

int rados_aio_stat2(rados_ioctx_t io, const char *o, rados_completion_t c, uint64_t *psize, struct timespec *pmtime)
{
	ENDED(c);
	return start(c, (struct task){.run = run_stat2, .io = io, .text = {TEXT(o)}, .size = psize, .time = pmtime});
}

int rados_aio_getxattr(rados_ioctx_t io, const char *o, rados_completion_t c, const char *name, char *buf, size_t len)
{
	ENDED(c);
	return start(c, (struct task){.run = run_getxattr, .io = io, .text = {TEXT(o), TEXT(name)}, .out = buf, .len = len});
}

int rados_aio_setxattr(rados_ioctx_t io, const char *o, rados_completion_t c, const char *name, const char *buf, size_t len)
{
	ENDED(c);
	return start(c, (struct task){.run = run_setxattr, .io = io, .text = {TEXT(o), TEXT(name)}, .in = TEXT(buf), .in_len = len});
}

int rados_aio_rmxattr(rados_ioctx_t io, const char *o, rados_completion_t c, const char *name)
{
	ENDED(c);
	return start(c, (struct task){.run = run_rmxattr, .io = io, .text = {TEXT(o), TEXT(name)}});
}

int rados_aio_unlock(rados_ioctx_t io, const char *o, const char *name, const char *cookie, rados_completion_t c)
{
	ENDED(c);
	return start(c, (struct task){.run = run_unlock, .io = io, .text = {TEXT(o), TEXT(name), TEXT(cookie)}});
}

int rados_aio_exec(rados_ioctx_t io, const char *o, rados_completion_t c, const char *cls, const char *method, const char *in_buf, size_t in_len, char *buf, size_t out_len)
{
	ENDED(c);
	return start(c, (struct task){.run = run_exec, .io = io, .text = {TEXT(o), TEXT(cls), TEXT(method)}, .in = TEXT(in_buf), .in_len = in_len, .out = buf, .len = out_len});
}

int rados_aio_write_op_operate(rados_write_op_t op, rados_ioctx_t io, rados_completion_t c, const char *oid, time_t *mtime, int flags)
{
	ENDED(c);
	return start(c, (struct task){.run = run_write_op, .io = io, .op = op, .text = {TEXT(oid)}, .timed = mtime, .mtime = {mtime ? *mtime : 0, 0}, .number = (uint64_t)flags});
}

int rados_aio_write_op_operate2(rados_write_op_t op, rados_ioctx_t io, rados_completion_t c, const char *oid, struct timespec *mtime, int flags)
{
	ENDED(c);
	return start(c, (struct task){.run = run_write_op2, .io = io, .op = op, .text = {TEXT(oid)}, .timed = mtime, .mtime = mtime ? *mtime : (struct timespec){0}, .number = (uint64_t)flags});
}

int rados_aio_read_op_operate(rados_read_op_t op, rados_ioctx_t io, rados_completion_t c, const char *oid, int flags)
{
	ENDED(c);
	bool bounced = bounces && flags & (LIBRADOS_OPERATION_BALANCE_READS | LIBRADOS_OPERATION_LOCALIZE_READS);
	return start(c, (struct task){.run = run_read_op, .stubborn = bounced, .io = io, .op = op, .text = {TEXT(oid)}, .number = (uint64_t)flags});
}

static int run_flush(struct task *t) { return rados_aio_flush(t->io); }
static int run_snap_create(struct task *t) { return rados_ioctx_selfmanaged_snap_create(t->io, t->size); }
static int run_snap_remove(struct task *t) { return rados_ioctx_selfmanaged_snap_remove(t->io, t->number); }
static int run_watch(struct task *t) { return rados_watch3(t->io, t->text[0], t->size, t->watched, t->lost, (uint32_t)t->number, t->time); }
static int run_unwatch(struct task *t) { return rados_unwatch2(t->io, t->number); }
static int run_notify(struct task *t) { return rados_notify2(t->io, t->text[0], t->in, (int)t->in_len, t->number, t->time, t->size); }

int rados_aio_flush_async(rados_ioctx_t io, rados_completion_t c)
{
	ENDED(c);
	return start(c, (struct task){.run = run_flush, .stubborn = true, .io = io});
}

void rados_aio_ioctx_selfmanaged_snap_create(rados_ioctx_t io, rados_snap_t *snapid, rados_completion_t c)
{
	start(c, (struct task){.run = run_snap_create, .stubborn = true, .io = io, .size = snapid});
}

void rados_aio_ioctx_selfmanaged_snap_remove(rados_ioctx_t io, rados_snap_t snapid, rados_completion_t c)
{
	start(c, (struct task){.run = run_snap_remove, .stubborn = true, .io = io, .number = snapid});
}

int rados_aio_watch2(rados_ioctx_t io, const char *o, rados_completion_t c, uint64_t *handle, rados_watchcb2_t watchcb, rados_watcherrcb_t watcherrcb, uint32_t timeout, void *arg)
{
	return start(c, (struct task){.run = run_watch, .stubborn = true, .lingers = true, .io = io, .text = {TEXT(o)}, .size = handle, .watched = watchcb, .lost = watcherrcb, .number = timeout, .time = arg});
}

int rados_aio_unwatch(rados_ioctx_t io, uint64_t cookie, rados_completion_t c)
{
	return start(c, (struct task){.run = run_unwatch, .stubborn = true, .lingers = true, .many = true, .io = io, .number = cookie});
}

int rados_aio_notify(rados_ioctx_t io, const char *o, rados_completion_t c, const char *buf, int buf_len, uint64_t timeout_ms, char **reply_buffer, size_t *reply_buffer_len)
{
	return start(c, (struct task){.run = run_notify, .stubborn = true, .lingers = true, .io = io, .text = {TEXT(o)}, .in = TEXT(buf), .in_len = (size_t)buf_len, .number = timeout_ms, .time = reply_buffer, .size = reply_buffer_len});
}
