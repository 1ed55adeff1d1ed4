/* Applications, snapshots that their users manage, slices of a pool, the cluster's log
 * and other functions that came later. Part of librados.c. */

/* Objects */

/* The answers are the size and the time, with its nanoseconds. */
int rados_stat2(rados_ioctx_t io, const char *o, uint64_t *psize, struct timespec *pmtime)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, o);
	if (proceed(&c)) {
		give_struct(&c, 0, psize, sizeof *psize);
		give_struct(&c, 1, pmtime, sizeof *pmtime);
	}
	return (int)leave(&c, 0);
}

int rados_writesame(rados_ioctx_t io, const char *oid, const char *buf, size_t data_len, size_t write_len, uint64_t off)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	bytes(&c, buf, data_len);
	number(&c, (int64_t)write_len);
	number(&c, (int64_t)off);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_cmpext(rados_ioctx_t io, const char *o, const char *cmp_buf, size_t cmp_len, uint64_t off)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, o);
	bytes(&c, cmp_buf, cmp_len);
	number(&c, (int64_t)off);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_exec(rados_ioctx_t io, const char *oid, const char *cls, const char *method, const char *in_buf, size_t in_len, char *buf, size_t out_len)
{
	struct call c = enter(__func__, io, IOCTX);
	const struct blob *a = answer(&c, 0);
	text(&c, oid);
	text(&c, cls);
	text(&c, method);
	bytes(&c, in_buf, in_len);
	number(&c, (int64_t)out_len);
	if (proceed(&c) && a->len > 0 && a->len <= out_len)
		memcpy(buf, a->p, a->len);
	return (int)leave(&c, a->len > out_len ? -ERANGE : (int64_t)a->len);
}

int rados_cache_pin(rados_ioctx_t io, const char *o) { return (int)on_texts(__func__, io, IOCTX, 1, o); }
int rados_cache_unpin(rados_ioctx_t io, const char *o) { return (int)on_texts(__func__, io, IOCTX, 1, o); }

/* Snapshots that their users manage */

int rados_ioctx_selfmanaged_snap_create(rados_ioctx_t io, rados_snap_t *snapid)
{
	struct call c = enter(__func__, io, IOCTX);
	if (proceed(&c))
		give_struct(&c, 0, snapid, sizeof *snapid);
	return (int)leave(&c, 0);
}

int rados_ioctx_selfmanaged_snap_remove(rados_ioctx_t io, rados_snap_t snapid)
{
	struct call c = enter(__func__, io, IOCTX);
	number(&c, (int64_t)snapid);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_ioctx_selfmanaged_snap_rollback(rados_ioctx_t io, const char *oid, rados_snap_t snapid)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	number(&c, (int64_t)snapid);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_ioctx_selfmanaged_snap_set_write_ctx(rados_ioctx_t io, rados_snap_t seq, rados_snap_t *snaps, int num_snaps)
{
	struct call c = enter(__func__, io, IOCTX);
	number(&c, (int64_t)seq);
	for (int i = 0; i < num_snaps; i++)
		number(&c, (int64_t)snaps[i]);
	proceed(&c);
	return (int)leave(&c, 0);
}

/* Pools */

int rados_pool_create_with_crush_rule(rados_t cluster, const char *pool_name, uint8_t crush_rule_num)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	text(&c, pool_name);
	number(&c, crush_rule_num);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_pool_get_base_tier(rados_t cluster, int64_t pool, int64_t *base_tier)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	number(&c, pool);
	if (proceed(&c))
		give_struct(&c, 0, base_tier, sizeof *base_tier);
	return (int)leave(&c, 0);
}

/* The answer is the list as a whole, with its NULs. */
int rados_inconsistent_pg_list(rados_t cluster, int64_t pool, char *buf, size_t len)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	const struct blob *a = answer(&c, 0);
	number(&c, pool);
	number(&c, (int64_t)len);
	if (proceed(&c))
		memcpy(buf, a->p, a->len < len ? a->len : len);
	return (int)leave(&c, (int64_t)a->len);
}

/* Applications: the answers are lists as a whole, with their NULs. */

int rados_application_enable(rados_ioctx_t io, const char *app_name, int force)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, app_name);
	number(&c, force);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_application_list(rados_ioctx_t io, char *values, size_t *values_len)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	number(&c, (int64_t)*values_len);
	if (proceed(&c))
		ret = fit(&c, 0, values, values_len) ? 0 : -ERANGE;
	return (int)leave(&c, ret);
}

/* The answer is the text; it comes with a NUL, which counts. */
int rados_application_metadata_get(rados_ioctx_t io, const char *app_name, const char *key, char *value, size_t *value_len)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	text(&c, app_name);
	text(&c, key);
	number(&c, (int64_t)*value_len);
	if (proceed(&c)) {
		const struct blob *a = answer(&c, 0);
		ret = give_text(a->p, value, *value_len, ERANGE);
		*value_len = a->len + 1;
	}
	return (int)leave(&c, ret < 0 ? ret : 0);
}

int rados_application_metadata_set(rados_ioctx_t io, const char *app_name, const char *key, const char *value)
{
	return (int)on_texts(__func__, io, IOCTX, 3, app_name, key, value);
}

int rados_application_metadata_remove(rados_ioctx_t io, const char *app_name, const char *key)
{
	return (int)on_texts(__func__, io, IOCTX, 2, app_name, key);
}

int rados_application_metadata_list(rados_ioctx_t io, const char *app_name, char *keys, size_t *key_len, char *values, size_t *vals_len)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	text(&c, app_name);
	number(&c, (int64_t)*key_len);
	number(&c, (int64_t)*vals_len);
	if (proceed(&c)) {
		bool fits = fit(&c, 0, keys, key_len);
		fits &= fit(&c, 1, values, vals_len);
		ret = fits ? 0 : -ERANGE;
	}
	return (int)leave(&c, ret);
}

/* The cluster */

/* What does not begin with a dash remains, and all from "--" on. The texts are the
 * caller's own. */
int rados_conf_parse_argv_remainder(rados_t cluster, int argc, const char **argv, const char **remargv)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	bool options = true;
	int n = 0;
	texts(&c, argv, (size_t)argc);
	proceed(&c);
	for (int i = 0; i < argc; i++) {
		options = options && strcmp(argv[i], "--") != 0;
		if (!options || argv[i][0] != '-')
			remargv[n++] = argv[i];
	}
	while (n < argc)
		remargv[n++] = NULL;
	return (int)leave(&c, 0);
}

static int blocklist(const char *function, rados_t cluster, const char *address, uint32_t expire_seconds)
{
	struct call c = enter(function, cluster, CLUSTER);
	text(&c, address);
	number(&c, expire_seconds);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_blocklist_add(rados_t cluster, char *client_address, uint32_t expire_seconds)
{
	return blocklist(__func__, cluster, client_address, expire_seconds);
}

int rados_blacklist_add(rados_t cluster, char *client_address, uint32_t expire_seconds)
{
	return blocklist(__func__, cluster, client_address, expire_seconds);
}

int rados_get_min_compatible_osd(rados_t cluster, int8_t *require_osd_release)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	if (proceed(&c))
		give_struct(&c, 0, require_osd_release, sizeof *require_osd_release);
	return (int)leave(&c, 0);
}

int rados_get_min_compatible_client(rados_t cluster, int8_t *min_compat_client, int8_t *require_min_compat_client)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	if (proceed(&c)) {
		give_struct(&c, 0, min_compat_client, sizeof *min_compat_client);
		give_struct(&c, 1, require_min_compat_client, sizeof *require_min_compat_client);
	}
	return (int)leave(&c, 0);
}

int rados_mgr_command_target(rados_t cluster, const char *name, const char **cmd, size_t cmdlen, const char *inbuf,
			     size_t inbuflen, char **outbuf, size_t *outbuflen, char **outs, size_t *outslen)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	text(&c, name);
	return command(&c, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
}

/* dict is keys and values by turns, up to an empty key. */
static void dict(struct call *c, const char *p)
{
	const char *end = p;

	while (*end) {
		end += strlen(end) + 1;
		end += strlen(end) + 1;
	}
	bytes(c, p, (size_t)(end - p));
}

int rados_service_register(rados_t cluster, const char *service, const char *daemon, const char *metadata_dict)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	text(&c, service);
	text(&c, daemon);
	dict(&c, metadata_dict);
	if (c.on->connecting)
		die("%s is called while the cluster connects, which may get lost", __func__);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_service_update_status(rados_t cluster, const char *status_dict)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	dict(&c, status_dict);
	proceed(&c);
	return (int)leave(&c, 0);
}

/* The cluster's log. Who is to be called is remembered when it is so no more, so that
 * a test can call back too late. */

enum { MAX_MONITORS = 1 << 16 };

static struct monitor {
	rados_log_callback2_t fn;
	void *arg;
} monitors[MAX_MONITORS];

static int monitor_count;

static void forget_monitors(void)
{
	monitor_count = 0;
}

void fake_monitor_end(void)
{
}

int rados_monitor_log2(rados_t cluster, const char *level, rados_log_callback2_t cb, void *arg)
{
	struct call c = enter(cb ? __func__ : "fake_monitor_end", cluster, CLUSTER);
	text(&c, level);
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
	struct blob lent = {NULL, 0};
	pthread_t thread;

	append(&lent, texts, n);
	for (size_t at = 0, k = 0; k < 6; k++) {
		line.texts[k] = lent.p + at;
		at += strlen(lent.p + at) + 1;
	}
	pthread_mutex_lock(&lock);
	if (i < 0 || i >= monitor_count)
		die("there is no monitor %d", i);
	line.monitor = monitors[i];
	pthread_mutex_unlock(&lock);
	if (pthread_create(&thread, NULL, call_back_line, &line) != 0 || pthread_join(thread, NULL) != 0)
		die("no thread to call back from");
	memset(lent.p, 0xdd, lent.len);
	free(lent.p);
}

/* Slices of a pool. The answers of rados_object_list are a name, a namespace and a
 * locator for each object. A cursor is the number of an object; the one at the end is
 * behind any. */

enum { CURSOR_END = INT_MAX };

static void *make_cursor(const char *function, rados_ioctx_t io, int at)
{
	struct call c = enter(function, io, IOCTX);
	struct object *cursor = make(CURSOR, c.on, 0);
	proceed(&c);
	cursor->next = at;
	leave(&c, 0);
	return cursor;
}

rados_object_list_cursor rados_object_list_begin(rados_ioctx_t io) { return make_cursor(__func__, io, 0); }
rados_object_list_cursor rados_object_list_end(rados_ioctx_t io) { return make_cursor(__func__, io, CURSOR_END); }

/* cursor_of is a cursor of the ioctx that the call is about. */
static struct object *cursor_of(struct call *c, void *cursor)
{
	struct object *o = check(c->f->name, cursor, CURSOR);

	if (o->parent != c->on)
		die("%s was given a cursor of another ioctx", c->f->name);
	return o;
}

void rados_object_list_cursor_free(rados_ioctx_t io, rados_object_list_cursor cur)
{
	struct call c = enter(__func__, io, IOCTX);
	proceed(&c);
	bury(cursor_of(&c, cur));
	leave(&c, 0);
}

int rados_object_list_is_end(rados_ioctx_t io, rados_object_list_cursor cur)
{
	struct call c = enter(__func__, io, IOCTX);
	proceed(&c);
	return (int)leave(&c, cursor_of(&c, cur)->next == CURSOR_END);
}

int rados_object_list_cursor_cmp(rados_ioctx_t io, rados_object_list_cursor lhs, rados_object_list_cursor rhs)
{
	struct call c = enter(__func__, io, IOCTX);
	int l = cursor_of(&c, lhs)->next, r = cursor_of(&c, rhs)->next;
	proceed(&c);
	return (int)leave(&c, (l > r) - (l < r));
}

static int listed(void)
{
	return find("rados_object_list")->answer_count / 3;
}

void rados_object_list_slice(rados_ioctx_t io, const rados_object_list_cursor start, const rados_object_list_cursor finish, const size_t n, const size_t m, rados_object_list_cursor *split_start, rados_object_list_cursor *split_finish)
{
	struct call c = enter(__func__, io, IOCTX);
	size_t from = (size_t)cursor_of(&c, start)->next, to = (size_t)cursor_of(&c, finish)->next;
	bool all = to == CURSOR_END;
	number(&c, (int64_t)n);
	number(&c, (int64_t)m);
	proceed(&c);
	if (all)
		to = (size_t)listed();
	cursor_of(&c, *split_start)->next = (int)(from + (to - from) * n / m);
	cursor_of(&c, *split_finish)->next = all && n + 1 == m ? CURSOR_END : (int)(from + (to - from) * (n + 1) / m);
	leave(&c, 0);
}

/* give_part hands out an answer; where it is empty, there may be no memory at all. */
static void give_part(struct call *c, int i, char **p, size_t *n)
{
	give_owned(c, i, p, n);
	if (*p && *n == 0 && i % 3 != 0) {
		bury((struct object *)(*p - offsetof(struct object, data)));
		*p = NULL;
	}
}

int rados_object_list(rados_ioctx_t io, const rados_object_list_cursor start, const rados_object_list_cursor finish, const size_t result_size, const char *filter_buf, const size_t filter_buf_len, rados_object_list_item *results, rados_object_list_cursor *next)
{
	struct call c = enter(__func__, io, IOCTX);
	int at = cursor_of(&c, start)->next, to = cursor_of(&c, finish)->next, n = 0;
	number(&c, (int64_t)result_size);
	bytes(&c, filter_buf, filter_buf_len);
	memset(results, 0, result_size * sizeof *results);
	bool go = proceed(&c);
	for (; go && at < to && at < listed() && (size_t)n < result_size; at++, n++) {
		give_part(&c, 3 * at, &results[n].oid, &results[n].oid_length);
		give_part(&c, 3 * at + 1, &results[n].nspace, &results[n].nspace_length);
		give_part(&c, 3 * at + 2, &results[n].locator, &results[n].locator_length);
	}
	cursor_of(&c, *next)->next = !go || at >= listed() ? CURSOR_END : at;
	return (int)leave(&c, n);
}

void rados_object_list_free(const size_t result_size, rados_object_list_item *results)
{
	for (size_t i = 0; i < result_size; i++) {
		char *parts[] = {results[i].oid, results[i].nspace, results[i].locator};
		for (int j = 0; j < 3; j++)
			if (parts[j])
				rados_buffer_free(parts[j]);
	}
	struct call c = enter(__func__, NULL, NONE);
	number(&c, (int64_t)result_size);
	proceed(&c);
	leave(&c, 0);
}
