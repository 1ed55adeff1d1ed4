/* The cluster's log. Part of librados.c.
 *
 * A callback is kept when it is no longer registered, so that a test can call it too late.
 */

enum { MAX_MONITORS = 1 << 16 };

static struct monitor {
	rados_log_callback2_t fn;
	void *arg;
} monitors[MAX_MONITORS];

static int monitor_count;

static void reset_monitors(void)
{
	monitor_count = 0;
}

void fake_monitor_end(void)
{
}

int rados_monitor_log2(rados_t cluster, const char *level, rados_log_callback2_t cb, void *arg)
{
	struct call c = enter(cb ? __func__ : "fake_monitor_end", cluster, CLUSTER);
	arg_text(&c, level);
	if (monitor_count == MAX_MONITORS)
		die("too many monitors");
	if (proceed(&c) && cb)
		monitors[monitor_count++] = (struct monitor){cb, arg};
	return (int)leave(&c, 0);
}

struct log_line {
	struct monitor monitor;
	const char *texts[6];
	uint64_t sec, nsec, seq;
};

static void *call_back_line(void *arg)
{
	struct log_line *l = arg;

	l->monitor.fn(l->monitor.arg, l->texts[0], l->texts[1], l->texts[2], l->texts[3],
		      l->sec, l->nsec, l->seq, l->texts[4], l->texts[5]);
	return NULL;
}

void fake_log(int i, uint64_t sec, uint64_t nsec, uint64_t seq, const char *texts, size_t n)
{
	struct log_line line = {.sec = sec, .nsec = nsec, .seq = seq};
	struct blob borrowed = {NULL, 0};
	pthread_t thread;

	append(&borrowed, texts, n);
	for (size_t at = 0, k = 0; k < 6; k++) {
		line.texts[k] = borrowed.p + at;
		at += strlen(borrowed.p + at) + 1;
	}
	pthread_mutex_lock(&lock);
	if (i < 0 || i >= monitor_count)
		die("there is no monitor %d", i);
	line.monitor = monitors[i];
	pthread_mutex_unlock(&lock);
	if (pthread_create(&thread, NULL, call_back_line, &line) != 0 || pthread_join(thread, NULL) != 0)
		die("no thread to call back from");
	memset(borrowed.p, 0xdd, borrowed.len);
	free(borrowed.p);
}
