/* Read and write operations. Part of librados.c.
 *
 * An operation keeps its steps in order, with what they were given and where their
 * results go. Operating hands out the results, as the orders say (fake.h).
 */

/* What is to come of the steps, by their number. */

enum { MAX_OUTCOMES = 32 };

static struct outcome {
	int code;
	bool more;
	struct blob answers[MAX_ANSWERS / 4];
	int answer_count;
} outcomes[MAX_OUTCOMES];

static int outcome_count;
static uint64_t omap_page;

/* The steps that were sent last: a function's name and its arguments each. */
static struct blob *sent;
static int sent_count;

static struct outcome *outcome(int i)
{
	if (i < 0 || i >= MAX_OUTCOMES)
		die("too many outcomes");
	if (i >= outcome_count)
		outcome_count = i + 1;
	return &outcomes[i];
}

void fake_outcome(int i, int code, int more)
{
	pthread_mutex_lock(&lock);
	outcome(i)->code = code;
	outcome(i)->more = more;
	pthread_mutex_unlock(&lock);
}

void fake_outcome_answer(int i, const void *p, size_t n)
{
	pthread_mutex_lock(&lock);
	struct outcome *o = outcome(i);
	if (o->answer_count == MAX_ANSWERS / 4)
		die("too many answers");
	append(&o->answers[o->answer_count++], p, n);
	pthread_mutex_unlock(&lock);
}

void fake_omap_page(uint64_t most)
{
	pthread_mutex_lock(&lock);
	omap_page = most;
	pthread_mutex_unlock(&lock);
}

size_t fake_sent(int i, char *buf, size_t cap)
{
	pthread_mutex_lock(&lock);
	size_t n = i < sent_count ? sent[i].len : 0;
	if (n > 0 && n <= cap)
		memcpy(buf, sent[i].p, n);
	pthread_mutex_unlock(&lock);
	return n;
}

static void forget_sent(void)
{
	for (int i = 0; i < sent_count; i++)
		free(sent[i].p);
	free(sent);
	sent = NULL;
	sent_count = 0;
}

static void forget_outcomes(void)
{
	for (int i = 0; i < outcome_count; i++)
		for (int j = 0; j < outcomes[i].answer_count; j++)
			free(outcomes[i].answers[j].p);
	memset(outcomes, 0, (size_t)outcome_count * sizeof *outcomes);
	outcome_count = 0;
	omap_page = 0;
	forget_sent();
}

/* Steps */

/* note_step adds the call to the steps of what it is about. */
static void note_step(struct call *c)
{
	struct object *op = c->on;
	struct step *s;

	op->steps = realloc(op->steps, (size_t)(op->step_count + 1) * sizeof *op->steps);
	if (!op->steps)
		die("out of memory");
	s = &op->steps[op->step_count++];
	*s = c->step;
	s->f = c->f;
	append(&s->args, c->f->args.p, c->f->args.len);
}

static void drop_steps(struct object *op)
{
	for (int i = 0; i < op->step_count; i++) {
		free(op->steps[i].args.p);
		free(op->steps[i].after.p);
		free(op->steps[i].prefix.p);
	}
	free(op->steps);
	op->steps = NULL;
	op->step_count = 0;
}

static void remember_sent(struct object *op)
{
	forget_sent();
	sent = calloc((size_t)op->step_count + 1, sizeof *sent);
	for (int i = 0; i < op->step_count; i++) {
		struct step *s = &op->steps[i];
		uint64_t n = strlen(s->f->name);
		append(&sent[i], "s", 1);
		append(&sent[i], &n, sizeof n);
		append(&sent[i], s->f->name, n);
		append(&sent[i], s->args.p, s->args.len);
	}
	sent_count = op->step_count;
}

/* answer_step hands out what comes of step i, and returns its code. */
static int answer_step(struct step *s, int i)
{
	const struct outcome *o = i < outcome_count ? &outcomes[i] : NULL;
	int code = o ? o->code : 0;

	s->answers = s->f->answers;
	s->answer_count = s->f->answer_count;
	if (o && o->answer_count > 0) {
		s->answers = o->answers;
		s->answer_count = o->answer_count;
	}
	if (s->more)
		*s->more = o && o->more;
	if (s->rval)
		*s->rval = code;
	if (s->fill)
		s->fill(s); /* may change the code that is reported */
	return s->failok && code < 0 ? 0 : code;
}

static void fill_pairs(struct step *s);
static void fill_stat(struct step *s);

/* pass_step answers a step behind one that failed: with 0 and nothing, which librados
 * makes an error where it can't even decode nothing. */
static void pass_step(struct step *s)
{
	s->answers = NULL;
	s->answer_count = 0;
	if (s->more)
		*s->more = 0;
	if (s->rval)
		*s->rval = s->fill == fill_pairs || s->fill == fill_stat ? -EIO : 0;
	if (s->fill)
		s->fill(s);
}

/* operate performs the steps, unless it is told to fail before any of them. */
static int64_t operate(struct call *c, struct object *op, enum kind kind)
{
	int64_t ret = 0;

	check(c->f->name, op, kind);
	remember_sent(op);
	op->inside++;
	bool go = proceed(c);
	op->inside--;
	for (int i = 0; go && i < op->step_count; i++) {
		if (ret < 0)
			pass_step(&op->steps[i]);
		else
			ret = answer_step(&op->steps[i], i);
	}
	return ret;
}

static const struct blob *step_answer(struct step *s, int i)
{
	static const struct blob none = {"", 0};

	return i < s->answer_count ? &s->answers[i] : &none;
}

/* What steps hand out. */

static void fill_bytes(struct step *s)
{
	const struct blob *a = step_answer(s, 0);
	size_t n = a->len < s->cap ? a->len : s->cap;

	if (n > 0)
		memcpy(s->out, a->p, n);
	if (s->used)
		*s->used = n;
}

/* fill_whole is fill_bytes for what is no good in part. */
static void fill_whole(struct step *s)
{
	if (step_answer(s, 0)->len > s->cap)
		*s->rval = -ERANGE;
	else
		fill_bytes(s);
}

static void fill_owned(struct step *s)
{
	const struct blob *a = step_answer(s, 0);
	struct object *buffer;

	*s->owned = NULL;
	*s->used = 0;
	if (s->answer_count == 0)
		return;
	buffer = make(BUFFER, NULL, a->len);
	memcpy(buffer->data, a->p, a->len);
	*s->owned = buffer->data;
	*s->used = a->len;
}

static void fill_stat(struct step *s)
{
	const struct blob *size = step_answer(s, 0), *time = step_answer(s, 1);

	if (s->answer_count == 0)
		return;
	memcpy(s->size, size->p, size->len < sizeof *s->size ? size->len : sizeof *s->size);
	memcpy(s->time, time->p, time->len < s->time_len ? time->len : s->time_len);
}

static int compare(const struct blob *a, const struct blob *b)
{
	int order = memcmp(a->p, b->p, a->len < b->len ? a->len : b->len);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

/* wanted tells whether an entry is behind the one asked for, and has the prefix. */
static bool wanted(const struct step *s, const struct blob *key)
{
	if (s->after.len > 0 && compare(key, &s->after) <= 0)
		return false;
	return key->len >= s->prefix.len && memcmp(key->p, s->prefix.p ? s->prefix.p : "", s->prefix.len) == 0;
}

/* fill_pairs hands out the pairs that are wanted, as many as come at once. The
 * answers are keys and values by turns, keys in order. */
static void fill_pairs(struct step *s)
{
	struct object *it = s->iter;
	uint64_t most = s->most;

	if (omap_page > 0 && it->kind == OMAP && omap_page < most)
		most = omap_page;
	it->unready = false;
	it->xattrs = calloc((size_t)s->answer_count + 2, sizeof *it->xattrs);
	for (int i = 0; i + 1 < s->answer_count; i += 2) {
		if (!wanted(s, &s->answers[i]))
			continue;
		if ((uint64_t)it->count / 2 == most) {
			if (s->more)
				*s->more = 1;
			break;
		}
		for (int j = i; j < i + 2; j++)
			append(&it->xattrs[it->count++], s->answers[j].p, s->answers[j].len);
	}
}

/* give_iter makes an iterator that is of no use until the step is answered. */
static void give_iter(struct call *c, enum kind kind, void **iter, unsigned char *more, int *prval)
{
	struct object *it = make(kind, NULL, 0);

	it->unready = true;
	*iter = it;
	c->step.iter = it;
	c->step.most = UINT64_MAX;
	c->step.fill = fill_pairs;
	c->step.more = more;
	c->step.rval = prval;
}

/* ready is the iterator that a call is about. */
static struct object *ready(struct call *c)
{
	if (c->on->unready)
		die("%s was given an iterator that was never begun", c->f->name);
	return c->on;
}

/* Operations of one kind or the other. */

static void bare_step(const char *function, void *op, enum kind kind)
{
	struct call c = enter(function, op, kind);
	leave(&c, 0);
}

static void number_step(const char *function, void *op, enum kind kind, uint64_t n)
{
	struct call c = enter(function, op, kind);
	number(&c, (int64_t)n);
	leave(&c, 0);
}

static void flags_step(const char *function, void *op, enum kind kind, int flags)
{
	struct call c = enter(function, op, kind);
	number(&c, flags);
	if (c.on->step_count > 0)
		c.on->steps[c.on->step_count - 1].failok = flags & LIBRADOS_OP_FLAG_FAILOK;
	leave(&c, 0);
}

static void cmpext_step(const char *function, void *op, enum kind kind, const char *buf, size_t len, uint64_t off, int *prval)
{
	struct call c = enter(function, op, kind);
	bytes(&c, buf, len);
	number(&c, (int64_t)off);
	c.step.rval = prval;
	leave(&c, 0);
}

static void cmpxattr_step(const char *function, void *op, enum kind kind, const char *name, uint8_t how, const char *value, size_t len)
{
	struct call c = enter(function, op, kind);
	text(&c, name);
	number(&c, how);
	bytes(&c, value, len);
	leave(&c, 0);
}

static void omap_cmp_step(const char *function, void *op, enum kind kind, const char *key, size_t key_len, uint8_t how, const char *val, size_t val_len, int *prval)
{
	struct call c = enter(function, op, kind);
	bytes(&c, key, key_len);
	number(&c, how);
	bytes(&c, val, val_len);
	c.step.rval = prval;
	leave(&c, 0);
}

static void exec_args(struct call *c, const char *cls, const char *method, const char *in_buf, size_t in_len, int *prval)
{
	text(c, cls);
	text(c, method);
	bytes(c, in_buf, in_len);
	c->step.rval = prval;
}

/* Write operations */

void rados_write_op_assert_exists(rados_write_op_t op) { bare_step(__func__, op, WRITE_OP); }
void rados_write_op_remove(rados_write_op_t op) { bare_step(__func__, op, WRITE_OP); }
void rados_write_op_assert_version(rados_write_op_t op, uint64_t ver) { number_step(__func__, op, WRITE_OP, ver); }
void rados_write_op_truncate(rados_write_op_t op, uint64_t offset) { number_step(__func__, op, WRITE_OP, offset); }
void rados_write_op_set_flags(rados_write_op_t op, int flags) { flags_step(__func__, op, WRITE_OP, flags); }

void rados_write_op_cmpext(rados_write_op_t op, const char *cmp_buf, size_t cmp_len, uint64_t off, int *prval)
{
	cmpext_step(__func__, op, WRITE_OP, cmp_buf, cmp_len, off, prval);
}

void rados_write_op_cmpxattr(rados_write_op_t op, const char *name, uint8_t how, const char *value, size_t value_len)
{
	cmpxattr_step(__func__, op, WRITE_OP, name, how, value, value_len);
}

void rados_write_op_omap_cmp2(rados_write_op_t op, const char *key, uint8_t how, const char *val, size_t key_len, size_t val_len, int *prval)
{
	omap_cmp_step(__func__, op, WRITE_OP, key, key_len, how, val, val_len, prval);
}

static void data_step(const char *function, void *op, const char *buffer, size_t len)
{
	struct call c = enter(function, op, WRITE_OP);
	bytes(&c, buffer, len);
	leave(&c, 0);
}

void rados_write_op_append(rados_write_op_t op, const char *buffer, size_t len) { data_step(__func__, op, buffer, len); }
void rados_write_op_write_full(rados_write_op_t op, const char *buffer, size_t len) { data_step(__func__, op, buffer, len); }

void rados_write_op_write(rados_write_op_t op, const char *buffer, size_t len, uint64_t offset)
{
	struct call c = enter(__func__, op, WRITE_OP);
	bytes(&c, buffer, len);
	number(&c, (int64_t)offset);
	leave(&c, 0);
}

void rados_write_op_writesame(rados_write_op_t op, const char *buffer, size_t data_len, size_t write_len, uint64_t offset)
{
	struct call c = enter(__func__, op, WRITE_OP);
	bytes(&c, buffer, data_len);
	number(&c, (int64_t)write_len);
	number(&c, (int64_t)offset);
	leave(&c, 0);
}

void rados_write_op_zero(rados_write_op_t op, uint64_t offset, uint64_t len)
{
	struct call c = enter(__func__, op, WRITE_OP);
	number(&c, (int64_t)offset);
	number(&c, (int64_t)len);
	leave(&c, 0);
}

void rados_write_op_setxattr(rados_write_op_t op, const char *name, const char *value, size_t value_len)
{
	struct call c = enter(__func__, op, WRITE_OP);
	text(&c, name);
	bytes(&c, value, value_len);
	leave(&c, 0);
}

void rados_write_op_rmxattr(rados_write_op_t op, const char *name)
{
	struct call c = enter(__func__, op, WRITE_OP);
	text(&c, name);
	leave(&c, 0);
}

void rados_write_op_set_alloc_hint2(rados_write_op_t op, uint64_t expected_object_size, uint64_t expected_write_size, uint32_t flags)
{
	struct call c = enter(__func__, op, WRITE_OP);
	number(&c, (int64_t)expected_object_size);
	number(&c, (int64_t)expected_write_size);
	number(&c, flags);
	leave(&c, 0);
}

void rados_write_op_exec(rados_write_op_t op, const char *cls, const char *method, const char *in_buf, size_t in_len, int *prval)
{
	struct call c = enter(__func__, op, WRITE_OP);
	exec_args(&c, cls, method, in_buf, in_len, prval);
	leave(&c, 0);
}

int rados_write_op_operate2(rados_write_op_t op, rados_ioctx_t io, const char *oid, struct timespec *mtime, int flags)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	number(&c, mtime ? mtime->tv_sec : -1);
	number(&c, mtime ? mtime->tv_nsec : -1);
	number(&c, flags);
	return (int)leave(&c, operate(&c, op, WRITE_OP));
}

/* Read operations */

rados_read_op_t rados_create_read_op(void)
{
	QUICK(&quick_op);
	struct call c = enter(__func__, NULL, NONE);
	void *op = proceed(&c) ? make(READ_OP, NULL, 0) : NULL;
	leave(&c, 0);
	return op;
}

void rados_release_read_op(rados_read_op_t op)
{
	QUICK();
	struct call c = enter(__func__, op, READ_OP);
	proceed(&c);
	bury(c.on);
	leave(&c, 0);
}

void rados_read_op_assert_exists(rados_read_op_t op) { bare_step(__func__, op, READ_OP); }
void rados_read_op_assert_version(rados_read_op_t op, uint64_t ver) { number_step(__func__, op, READ_OP, ver); }
void rados_read_op_set_flags(rados_read_op_t op, int flags) { flags_step(__func__, op, READ_OP, flags); }

void rados_read_op_cmpext(rados_read_op_t op, const char *cmp_buf, size_t cmp_len, uint64_t off, int *prval)
{
	cmpext_step(__func__, op, READ_OP, cmp_buf, cmp_len, off, prval);
}

void rados_read_op_cmpxattr(rados_read_op_t op, const char *name, uint8_t how, const char *value, size_t value_len)
{
	cmpxattr_step(__func__, op, READ_OP, name, how, value, value_len);
}

void rados_read_op_omap_cmp2(rados_read_op_t op, const char *key, uint8_t how, const char *val, size_t key_len, size_t val_len, int *prval)
{
	omap_cmp_step(__func__, op, READ_OP, key, key_len, how, val, val_len, prval);
}

void rados_read_op_read(rados_read_op_t op, uint64_t offset, size_t len, char *buffer, size_t *bytes_read, int *prval)
{
	if (quick && prval)
		*prval = 0;
	QUICK((void)(*bytes_read = len));
	struct call c = enter(__func__, op, READ_OP);
	number(&c, (int64_t)offset);
	number(&c, (int64_t)len);
	c.step = (struct step){.fill = fill_bytes, .rval = prval, .out = buffer, .cap = len, .used = bytes_read};
	leave(&c, 0);
}

/* The answers are the size and the time. */
static void stat_step(const char *function, void *op, uint64_t *psize, void *time, size_t time_len, int *prval)
{
	struct call c = enter(function, op, READ_OP);
	c.step = (struct step){.fill = fill_stat, .rval = prval, .size = psize, .time = time, .time_len = time_len};
	leave(&c, 0);
}

void rados_read_op_stat(rados_read_op_t op, uint64_t *psize, time_t *pmtime, int *prval)
{
	stat_step(__func__, op, psize, pmtime, sizeof *pmtime, prval);
}

void rados_read_op_stat2(rados_read_op_t op, uint64_t *psize, struct timespec *pmtime, int *prval)
{
	stat_step(__func__, op, psize, pmtime, sizeof *pmtime, prval);
}

void rados_read_op_exec(rados_read_op_t op, const char *cls, const char *method, const char *in_buf, size_t in_len, char **out_buf, size_t *out_len, int *prval)
{
	struct call c = enter(__func__, op, READ_OP);
	exec_args(&c, cls, method, in_buf, in_len, prval);
	c.step.fill = fill_owned;
	c.step.owned = out_buf;
	c.step.used = out_len;
	leave(&c, 0);
}

void rados_read_op_exec_user_buf(rados_read_op_t op, const char *cls, const char *method, const char *in_buf, size_t in_len, char *out_buf, size_t out_len, size_t *used_len, int *prval)
{
	struct call c = enter(__func__, op, READ_OP);
	exec_args(&c, cls, method, in_buf, in_len, prval);
	number(&c, (int64_t)out_len);
	c.step.fill = fill_whole;
	c.step.out = out_buf;
	c.step.cap = out_len;
	c.step.used = used_len;
	leave(&c, 0);
}

void rados_read_op_checksum(rados_read_op_t op, rados_checksum_type_t type, const char *init_value, size_t init_value_len, uint64_t offset, size_t len, size_t chunk_size, char *pchecksum, size_t checksum_len, int *prval)
{
	struct call c = enter(__func__, op, READ_OP);
	number(&c, type);
	bytes(&c, init_value, init_value_len);
	number(&c, (int64_t)offset);
	number(&c, (int64_t)len);
	number(&c, (int64_t)chunk_size);
	number(&c, (int64_t)checksum_len);
	c.step = (struct step){.fill = fill_whole, .rval = prval, .out = pchecksum, .cap = checksum_len};
	leave(&c, 0);
}

void rados_read_op_getxattrs(rados_read_op_t op, rados_xattrs_iter_t *iter, int *prval)
{
	struct call c = enter(__func__, op, READ_OP);
	give_iter(&c, XATTRS, iter, NULL, prval);
	leave(&c, 0);
}

static bool quick_omap(const char *after, uint64_t most, rados_omap_iter_t *iter, unsigned char *pmore, int *prval);

static void omap_step(struct call *c, const char *after, const char *prefix, uint64_t most, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	number(c, (int64_t)most);
	give_iter(c, OMAP, iter, pmore, prval);
	append(&c->step.after, after, strlen(after));
	append(&c->step.prefix, prefix, strlen(prefix));
	c->step.most = most;
	leave(c, 0);
}

void rados_read_op_omap_get_vals2(rados_read_op_t op, const char *start_after, const char *filter_prefix, uint64_t max_return, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	if (quick_omap(start_after, max_return, iter, pmore, prval))
		return;
	struct call c = enter(__func__, op, READ_OP);
	text(&c, start_after);
	text(&c, filter_prefix);
	omap_step(&c, start_after, filter_prefix, max_return, iter, pmore, prval);
}

void rados_read_op_omap_get_keys2(rados_read_op_t op, const char *start_after, uint64_t max_return, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	struct call c = enter(__func__, op, READ_OP);
	text(&c, start_after);
	omap_step(&c, start_after, "", max_return, iter, pmore, prval);
}

/* The answers are what is there, whatever was asked for. */
void rados_read_op_omap_get_vals_by_keys2(rados_read_op_t op, char const *const *keys, size_t num_keys, const size_t *key_lens, rados_omap_iter_t *iter, int *prval)
{
	struct call c = enter(__func__, op, READ_OP);
	number(&c, (int64_t)num_keys);
	for (size_t i = 0; i < num_keys; i++)
		bytes(&c, keys[i], key_lens[i]);
	give_iter(&c, OMAP, iter, NULL, prval);
	leave(&c, 0);
}

int rados_read_op_operate(rados_read_op_t op, rados_ioctx_t io, const char *oid, int flags)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	number(&c, flags);
	return (int)leave(&c, operate(&c, op, READ_OP));
}

/* Omap iterators */

/* What there is while all is quick: the same value behind each of many keys. */
enum { QUICK_KEYS = 100000, QUICK_KEY_LEN = 11, QUICK_PAGE = 1024 };

static char quick_keys[QUICK_KEYS][QUICK_KEY_LEN + 1];
static char quick_value[] = "sixteen bytes...";

struct quick_iter {
	int next, end;
};

static void fill_quick_keys(void)
{
	for (int i = 0; i < QUICK_KEYS; i++)
		snprintf(quick_keys[i], sizeof quick_keys[i], "key%08d", i);
}

/* quick_omap answers the step at once, if all is quick. */
static bool quick_omap(const char *after, uint64_t most, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	if (!atomic_load_explicit(&quick, memory_order_relaxed))
		return false;
	struct quick_iter *it = malloc(sizeof *it);
	it->next = *after ? atoi(after + 3) + 1 : 0;
	it->end = it->next + (most < QUICK_PAGE ? (int)most : QUICK_PAGE);
	if (it->end > QUICK_KEYS)
		it->end = QUICK_KEYS;
	*iter = it;
	*pmore = it->end < QUICK_KEYS;
	*prval = 0;
	return true;
}

static int quick_omap_next(struct quick_iter *it, char **key, char **val, size_t *key_len, size_t *val_len)
{
	*key = *val = NULL;
	*key_len = *val_len = 0;
	if (it->next == it->end)
		return 0;
	*key = quick_keys[it->next++];
	*key_len = QUICK_KEY_LEN;
	*val = quick_value;
	*val_len = sizeof quick_value - 1;
	return 0;
}

int rados_omap_get_next2(rados_omap_iter_t iter, char **key, char **val, size_t *key_len, size_t *val_len)
{
	QUICK(quick_omap_next(iter, key, val, key_len, val_len));
	struct call c = enter(__func__, iter, OMAP);
	struct object *it = ready(&c);
	*key = *val = NULL;
	*key_len = *val_len = 0;
	if (proceed(&c) && it->next < it->count) {
		*key = it->xattrs[it->next].p;
		*key_len = it->xattrs[it->next++].len;
		*val = it->xattrs[it->next].p;
		*val_len = it->xattrs[it->next++].len;
	}
	return (int)leave(&c, 0);
}

void rados_omap_get_end(rados_omap_iter_t iter)
{
	QUICK(free(iter));
	struct call c = enter(__func__, iter, OMAP);
	proceed(&c);
	for (int i = 0; i < c.on->count; i++) {
		memset(c.on->xattrs[i].p, 0xdd, c.on->xattrs[i].len);
		free(c.on->xattrs[i].p);
	}
	free(c.on->xattrs);
	bury(c.on);
	leave(&c, 0);
}
