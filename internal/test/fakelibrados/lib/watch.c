/* Watches and notifications. Part of librados.c.
 *
 * The callbacks of a watch are kept when it is freed, so that a test can call them too late. They run
 * on a thread of their own, as in the real library.
 */

enum { MAX_WATCHES = 1 << 16 };

static struct watch {
	struct object *object;
	rados_watchcb2_t notified;
	rados_watcherrcb_t failed;
	void *arg;
} watches[MAX_WATCHES];

static int watch_count;

static void reset_watches(void)
{
	watch_count = 0;
}

static uint64_t cookie_of(const struct object *watch)
{
	return (uint64_t)(uintptr_t)watch;
}

/* A watch exists before the call returns: the first notification may arrive during the call. */
int rados_watch3(rados_ioctx_t io, const char *o, uint64_t *cookie, rados_watchcb2_t watchcb, rados_watcherrcb_t watcherrcb, uint32_t timeout, void *arg)
{
	struct call c = enter(__func__, io, IOCTX);
	arg_text(&c, o);
	arg_number(&c, timeout);
	struct object *watch = make(WATCH, c.object, 0);
	if (watch_count == MAX_WATCHES)
		die("too many watches");
	watches[watch_count++] = (struct watch){watch, watchcb, watcherrcb, arg};
	if (proceed(&c))
		*cookie = cookie_of(watch);
	else
		free_object(watch);
	return (int)leave(&c, 0);
}

/* find_watch returns the watch with a cookie, which must be one of the ioctx of the call. */
static struct object *find_watch(struct call *c, uint64_t cookie)
{
	struct object *watch = check(c->f->name, (void *)(uintptr_t)cookie, WATCH);

	if (watch->parent != c->object)
		die("%s was given a watch of another ioctx", c->f->name);
	return watch;
}

/* The watch is freed whether the call fails or not, as in the real library. */
int rados_unwatch2(rados_ioctx_t io, uint64_t cookie)
{
	struct call c = enter(__func__, io, IOCTX);
	struct object *watch = find_watch(&c, cookie);
	proceed(&c);
	free_object(watch);
	return (int)leave(&c, 0);
}

int rados_watch_check(rados_ioctx_t io, uint64_t cookie)
{
	struct call c = enter(__func__, io, IOCTX);
	struct object *watch = find_watch(&c, cookie);
	watch->calls++;
	proceed(&c);
	watch->calls--;
	return (int)leave(&c, 0);
}

/* Callbacks */

struct event {
	struct watch watch;
	uint64_t notify_id, notifier;
	char *p;
	size_t n;
	int err;
};

static void *call_back(void *arg)
{
	struct event *event = arg;
	uint64_t cookie = cookie_of(event->watch.object);

	if (event->err)
		event->watch.failed(event->watch.arg, cookie, event->err);
	else
		event->watch.notified(event->watch.arg, event->notify_id, cookie, event->notifier, event->p, event->n);
	if (event->p)
		memset(event->p, 0xdd, event->n); /* the callback has borrowed it */
	return NULL;
}

static void deliver(int i, struct event event)
{
	pthread_t thread;

	pthread_mutex_lock(&lock);
	if (i < 0 || i >= watch_count)
		die("there is no watch %d", i);
	event.watch = watches[i];
	pthread_mutex_unlock(&lock);
	if (pthread_create(&thread, NULL, call_back, &event) != 0 || pthread_join(thread, NULL) != 0)
		die("no thread to call back from");
	free(event.p);
}

int fake_watch_number(uint64_t cookie)
{
	int i;

	pthread_mutex_lock(&lock);
	for (i = watch_count - 1; i >= 0 && cookie_of(watches[i].object) != cookie; i--)
		;
	pthread_mutex_unlock(&lock);
	return i;
}

void fake_notify(int i, uint64_t notify_id, uint64_t notifier, const void *p, size_t n)
{
	struct blob data = {NULL, 0};

	if (n > 0)
		append(&data, p, n);
	deliver(i, (struct event){.notify_id = notify_id, .notifier = notifier, .p = data.p, .n = n});
}

void fake_watch_error(int i, int err)
{
	deliver(i, (struct event){.err = err});
}
