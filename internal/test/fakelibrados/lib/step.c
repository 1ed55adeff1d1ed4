/* The steps of operations. Part of librados.c.
 *
 * An operation keeps its steps in order, with their arguments and where their results go. Operating
 * hands out the results that a test has ordered (fake.h).
 */

/* What the steps return, by their number. */

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
	size_t n = i < sent_count ? copy_blob(&sent[i], buf, cap) : 0;
	pthread_mutex_unlock(&lock);
	return n;
}

static void reset_sent(void)
{
	free_blobs(sent, sent_count);
	sent = NULL;
	sent_count = 0;
}

static void reset_steps(void)
{
	for (int i = 0; i < outcome_count; i++)
		for (int j = 0; j < outcomes[i].answer_count; j++)
			free(outcomes[i].answers[j].p);
	memset(outcomes, 0, (size_t)outcome_count * sizeof *outcomes);
	outcome_count = 0;
	omap_page = 0;
	reset_sent();
}

/* add_step adds the call to the steps of its operation. */
static void add_step(struct call *c)
{
	struct object *op = c->object;
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

static void record_sent(struct object *op)
{
	reset_sent();
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

/* answer_step hands out the results of step i, and returns its code. */
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
static void fill_structs(struct step *s);

/* skip_step answers a step after one that failed: with 0 and no bytes, which librados reports as an
 * error where it cannot decode them. */
static void skip_step(struct step *s)
{
	s->answers = NULL;
	s->answer_count = 0;
	if (s->more)
		*s->more = 0;
	if (s->rval)
		*s->rval = s->fill == fill_pairs || s->fill == fill_structs ? -EIO : 0;
	if (s->fill)
		s->fill(s);
}

/* operate performs the steps, unless a test told the function to fail before any of them. */
static int64_t operate(struct call *c, struct object *op, enum kind kind)
{
	int64_t ret = 0;

	check(c->f->name, op, kind);
	record_sent(op);
	op->calls++;
	bool performs = proceed(c);
	op->calls--;
	for (int i = 0; performs && i < op->step_count; i++) {
		if (ret < 0)
			skip_step(&op->steps[i]);
		else
			ret = answer_step(&op->steps[i], i);
	}
	return ret;
}

/* Results of steps */

static const struct blob *step_answer(struct step *s, int i)
{
	static const struct blob none = {"", 0};

	return i < s->answer_count ? &s->answers[i] : &none;
}

static void fill_bytes(struct step *s)
{
	const struct blob *a = step_answer(s, 0);
	size_t n = a->len < s->cap ? a->len : s->cap;

	if (n > 0)
		memcpy(s->out, a->p, n);
	if (s->used)
		*s->used = n;
}

/* fill_whole is fill_bytes for an answer that must not be cut. */
static void fill_whole(struct step *s)
{
	if (step_answer(s, 0)->len > s->cap)
		*s->rval = -ERANGE;
	else
		fill_bytes(s);
}

static void fill_owned(struct step *s)
{
	*s->owned = NULL;
	*s->used = 0;
	if (s->answer_count == 0)
		return;
	*s->owned = make_buffer(step_answer(s, 0), 0)->data;
	*s->used = step_answer(s, 0)->len;
}

static void fill_structs(struct step *s)
{
	for (int i = 0; i < s->struct_count && s->answer_count > 0; i++) {
		const struct blob *a = step_answer(s, i);
		memcpy(s->structs[i], a->p, a->len < s->sizes[i] ? a->len : s->sizes[i]);
	}
}

/* step_bytes has the step fill a buffer, which must be large enough. */
static void step_bytes(struct call *c, char *buf, size_t cap, size_t *used)
{
	c->step.fill = fill_whole;
	c->step.out = buf;
	c->step.cap = cap;
	c->step.used = used;
}

/* step_owned has the step hand out a buffer that the caller must free. */
static void step_owned(struct call *c, char **p, size_t *n)
{
	c->step.fill = fill_owned;
	c->step.owned = p;
	c->step.used = n;
}

/* step_struct has the step fill a struct or a number of n bytes. */
static void step_struct(struct call *c, void *p, size_t n)
{
	c->step.fill = fill_structs;
	c->step.structs[c->step.struct_count] = p;
	c->step.sizes[c->step.struct_count++] = n;
}

static int compare(const struct blob *a, const struct blob *b)
{
	int order = memcmp(a->p, b->p, a->len < b->len ? a->len : b->len);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

/* matches reports whether a key comes after the one that the step names, and has the prefix. */
static bool matches(const struct step *s, const struct blob *key)
{
	if (s->after.len > 0 && compare(key, &s->after) <= 0)
		return false;
	return key->len >= s->prefix.len && memcmp(key->p, s->prefix.p ? s->prefix.p : "", s->prefix.len) == 0;
}

/* fill_pairs hands out the pairs that match, up to the limit of a page. The answers are keys and
 * values that alternate, with the keys in order. */
static void fill_pairs(struct step *s)
{
	struct object *it = s->iter;
	uint64_t most = s->most;

	if (omap_page > 0 && it->kind == OMAP && omap_page < most)
		most = omap_page;
	it->unanswered = false;
	it->parts = calloc((size_t)s->answer_count + 2, sizeof *it->parts);
	for (int i = 0; i + 1 < s->answer_count; i += 2) {
		if (!matches(s, &s->answers[i]))
			continue;
		if ((uint64_t)it->count / 2 == most) {
			if (s->more)
				*s->more = 1;
			break;
		}
		for (int j = i; j < i + 2; j++)
			append(&it->parts[it->count++], s->answers[j].p, s->answers[j].len);
	}
}
