/* Watches and notifications. Part of librados.c.
 *
 * Watches are remembered when they are gone as well, so that a test can call back too
 * late. Calls back come from a thread of their own, as with the real one.
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

/* A watch is known before the call is over: that is when the first notification may
 * come. */
int rados_watch3(rados_ioctx_t io, const char *o, uint64_t *cookie, rados_watchcb2_t watchcb, rados_watcherrcb_t watcherrcb, uint32_t timeout, void *arg)
{
	struct call c = enter(__func__, io, IOCTX);
	arg_text(&c, o);
	arg_number(&c, timeout);
	struct object *watch = make(WATCH, c.on, 0);
	if (watch_count == MAX_WATCHES)
		die("too many watches");
	watches[watch_count++] = (struct watch){watch, watchcb, watcherrcb, arg};
	if (proceed(&c))
		*cookie = cookie_of(watch);
	else
		bury(watch);
	return (int)leave(&c, 0);
}

/* find_watch is the watch of that cookie, on that ioctx. */
static struct object *find_watch(struct call *c, uint64_t cookie)
{
	struct object *watch = check(c->f->name, (void *)(uintptr_t)cookie, WATCH);

	if (watch->parent != c->on)
		die("%s was given a watch of another ioctx", c->f->name);
	return watch;
}

/* The watch is gone whatever is returned, as with the real one. */
int rados_unwatch2(rados_ioctx_t io, uint64_t cookie)
{
	struct call c = enter(__func__, io, IOCTX);
	struct object *watch = find_watch(&c, cookie);
	proceed(&c);
	bury(watch);
	return (int)leave(&c, 0);
}

int rados_watch_check(rados_ioctx_t io, uint64_t cookie)
{
	struct call c = enter(__func__, io, IOCTX);
	struct object *watch = find_watch(&c, cookie);
	watch->inside++;
	proceed(&c);
	watch->inside--;
	return (int)leave(&c, 0);
}

/* Calls back */

struct news {
	struct watch watch;
	uint64_t notify_id, notifier;
	char *p;
	size_t n;
	int err;
};

static void *call_back(void *arg)
{
	struct news *news = arg;
	uint64_t cookie = cookie_of(news->watch.object);

	if (news->err)
		news->watch.failed(news->watch.arg, cookie, news->err);
	else
		news->watch.notified(news->watch.arg, news->notify_id, cookie, news->notifier, news->p, news->n);
	if (news->p)
		memset(news->p, 0xdd, news->n); /* it was lent */
	return NULL;
}

static void tell(int i, struct news news)
{
	pthread_t thread;

	pthread_mutex_lock(&lock);
	if (i < 0 || i >= watch_count)
		die("there is no watch %d", i);
	news.watch = watches[i];
	pthread_mutex_unlock(&lock);
	if (pthread_create(&thread, NULL, call_back, &news) != 0 || pthread_join(thread, NULL) != 0)
		die("no thread to call back from");
	free(news.p);
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
	tell(i, (struct news){.notify_id = notify_id, .notifier = notifier, .p = data.p, .n = n});
}

void fake_watch_error(int i, int err)
{
	tell(i, (struct news){.err = err});
}
