/* Calls: what a test has told the functions to do, and what it can ask about them afterwards. Part
 * of librados.c. */

enum {
	MAX_FUNCTIONS = 512,
	MAX_ANSWERS = 8192,
};

struct function {
	char *name;
	uint64_t calls;
	struct blob args; /* of the last call, encoded as fake_args says */

	bool overridden; /* to return ret, after skip more calls */
	uint64_t skip;
	int64_t ret;

	struct blob answers[MAX_ANSWERS];
	int answer_count;

	bool hold;
	int held; /* calls that are in proceed */
};

static struct function functions[MAX_FUNCTIONS];
static uint64_t all_calls;

static struct function *find(const char *name)
{
	struct function *f = functions;

	for (; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	if (f == functions + MAX_FUNCTIONS - 1)
		die("too many functions");
	if (!dlsym(RTLD_DEFAULT, name))
		die("there is no function %s", name);
	f->name = strdup(name);
	return f;
}

/* A step of an operation, and where its results go (step.c). */
struct step {
	struct function *f;
	struct blob args;
	bool failok;

	void (*fill)(struct step *s); /* fills the fields that follow */
	int *rval;
	const struct blob *answers;
	int answer_count;
	unsigned char *more;
	char **owned, *out;
	size_t *used, cap;
	struct object *iter;
	struct blob after, prefix; /* the omap entries that are returned */
	uint64_t most;
	void *structs[2]; /* an answer for each */
	size_t sizes[2];
	int struct_count;
};

struct call {
	struct function *f;
	struct object *object;
	bool overridden;
	int64_t ret;
	struct step step; /* if the call adds one to an operation */
};

/* enter begins a call of a function with an object, if it has one. The lock is held until leave,
 * except while the call is held. */
static struct call enter(const char *name, void *on, enum kind kind)
{
	struct call c = {0};

	pthread_mutex_lock(&lock);
	c.f = find(name);
	c.f->calls++;
	all_calls++;
	c.f->args.len = 0;
	if (kind != NONE) {
		c.object = check(name, on, kind);
		c.object->calls++;
	}
	return c;
}

static bool cancelled(void);

/* proceed blocks while calls are held. It reports whether the function is to do its work: not if a
 * test told it what to return. */
static bool proceed(struct call *c)
{
	struct function *f = c->f;

	f->held++;
	pthread_cond_broadcast(&changed);
	while (f->hold && !cancelled())
		pthread_cond_wait(&changed, &lock);
	f->held--;
	c->overridden = f->overridden && f->skip == 0;
	c->ret = f->ret;
	if (cancelled()) {
		c->overridden = true;
		c->ret = -ECANCELED;
		return false;
	}
	if (f->skip > 0)
		f->skip--;
	return !c->overridden;
}

static void add_step(struct call *c);

/* leave ends a call. It returns ret, or what a test told the function to return. */
static int64_t leave(struct call *c, int64_t ret)
{
	if (c->object)
		c->object->calls--;
	if (c->object && (c->object->kind == WRITE_OP || c->object->kind == READ_OP) && !c->object->dead)
		add_step(c);
	if (c->overridden)
		ret = c->ret;
	pthread_mutex_unlock(&lock);
	return ret;
}

/* Arguments */

static struct blob counted_text; /* the argument that is counted */
static int text_count;

static void arg_number(struct call *c, int64_t n)
{
	append(&c->f->args, "i", 1);
	append(&c->f->args, &n, sizeof n);
}

static void arg_numbers(struct call *c, const uint64_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		arg_number(c, (int64_t)list[i]);
}

static void arg_bytes(struct call *c, const char *p, size_t n)
{
	uint64_t len = n;

	if (n > 0 && n == counted_text.len && p && memcmp(p, counted_text.p, n) == 0)
		text_count++;

	if (n > INT_MAX) { /* a test of large sizes has no such buffer: don't read it */
		arg_number(c, (int64_t)n);
		return;
	}
	append(&c->f->args, p ? "s" : "n", 1);
	if (!p)
		return;
	append(&c->f->args, &len, sizeof len);
	append(&c->f->args, p, n);
}

static void arg_text(struct call *c, const char *s)
{
	arg_bytes(c, s, s ? strlen(s) : 0);
}

static void arg_texts(struct call *c, const char *const *list, size_t n)
{
	arg_number(c, (int64_t)n);
	for (size_t i = 0; i < n; i++)
		arg_text(c, list[i]);
}

static void arg_keys(struct call *c, const char *const *keys, const size_t *lens, size_t n)
{
	arg_number(c, (int64_t)n);
	for (size_t i = 0; i < n; i++)
		arg_bytes(c, keys[i], lens[i]);
}

static void arg_pairs(struct call *c, const char *const *keys, const char *const *vals, const size_t *key_lens, const size_t *val_lens, size_t n)
{
	arg_number(c, (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		arg_bytes(c, keys[i], key_lens[i]);
		arg_bytes(c, vals[i], val_lens[i]);
	}
}

/* arg_dict records a list of texts in which keys and values alternate. It ends with an empty key. */
static void arg_dict(struct call *c, const char *p)
{
	const char *end = p;

	while (*end) {
		end += strlen(end) + 1;
		end += strlen(end) + 1;
	}
	arg_bytes(c, p, (size_t)(end - p));
}

static void arg_duration(struct call *c, const struct timeval *d)
{
	arg_number(c, d ? d->tv_sec : -1);
	arg_number(c, d ? d->tv_usec : -1);
}

/* What a test tells the functions (fake.h) */

static atomic_bool quick;

#define IS_QUICK() atomic_load_explicit(&quick, memory_order_relaxed)
#define QUICK(ret)                  \
	do {                        \
		if (IS_QUICK())     \
			return ret; \
	} while (0)

static void reset_functions(void)
{
	for (struct function *f = functions; f->name; f++) {
		for (int i = 0; i < f->answer_count; i++) {
			free(f->answers[i].p);
			f->answers[i] = (struct blob){NULL, 0};
		}
		f->answer_count = 0;
		f->overridden = f->hold = false;
		f->skip = f->calls = 0;
		f->args.len = 0;
	}
	all_calls = 0;
}

void fake_return(const char *function, uint64_t skip, int64_t ret)
{
	pthread_mutex_lock(&lock);
	struct function *f = find(function);
	f->overridden = true;
	f->skip = skip;
	f->ret = ret;
	pthread_mutex_unlock(&lock);
}

void fake_proceed(const char *function)
{
	pthread_mutex_lock(&lock);
	find(function)->overridden = false;
	pthread_mutex_unlock(&lock);
}

void fake_answer(const char *function, const void *p, size_t n)
{
	pthread_mutex_lock(&lock);
	struct function *f = find(function);
	if (f->answer_count == MAX_ANSWERS)
		die("too many answers");
	append(&f->answers[f->answer_count++], p, n);
	pthread_mutex_unlock(&lock);
}

static void set_hold(const char *function, bool hold)
{
	pthread_mutex_lock(&lock);
	find(function)->hold = hold;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void fake_hold(const char *function)
{
	set_hold(function, true);
}

void fake_release(const char *function)
{
	set_hold(function, false);
}

int fake_await(const char *function, int n, int seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&lock);
	struct function *f = find(function);
	while (f->held < n && pthread_cond_timedwait(&changed, &lock, &until) == 0)
		;
	int held = f->held;
	pthread_mutex_unlock(&lock);
	return held;
}

uint64_t fake_calls(const char *function)
{
	pthread_mutex_lock(&lock);
	uint64_t n = function ? find(function)->calls : all_calls;
	pthread_mutex_unlock(&lock);
	return n;
}

/* copy_blob copies the content of b to buf if it fits, and returns its length. */
static size_t copy_blob(const struct blob *b, char *buf, size_t cap)
{
	if (b->len > 0 && b->len <= cap)
		memcpy(buf, b->p, b->len);
	return b->len;
}

size_t fake_args(const char *function, char *buf, size_t cap)
{
	pthread_mutex_lock(&lock);
	size_t n = copy_blob(&find(function)->args, buf, cap);
	pthread_mutex_unlock(&lock);
	return n;
}

void fake_count_text(const char *text)
{
	pthread_mutex_lock(&lock);
	counted_text.len = 0;
	append(&counted_text, text, strlen(text));
	text_count = 0;
	pthread_mutex_unlock(&lock);
}

int fake_text_count(void)
{
	pthread_mutex_lock(&lock);
	int n = text_count;
	pthread_mutex_unlock(&lock);
	return n;
}
