/* A librados that has no cluster: its functions do as they are told (fake.h),
 * remember what they were given, and keep account of what they handed out.
 *
 * Misuse that would be undefined behaviour of the real one ends the process
 * here, with a message: an object used after it was freed, freed twice, freed
 * under a call or before what depends on it.
 *
 * To add a function, write it like its neighbours:
 *
 *	struct call c = enter(__func__, HANDLE, KIND);
 *	text(&c, NAME); bytes(&c, BUF, LEN); number(&c, N);   what it was given
 *	if (proceed(&c))                                      held; told to fail?
 *		...                                           what it does
 *	return leave(&c, RET);
 *
 * One that takes texts alone and returns 0 is a line: on_texts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rados/librados.h>

#include "fake.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* over all that follows */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static _Noreturn void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("fake librados: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	abort();
}

/* Bytes that grow. */

struct blob {
	char *p;
	size_t len;
};

static void append(struct blob *b, const void *p, size_t n)
{
	char *grown = realloc(b->p, b->len + n + 1);

	if (!grown)
		die("out of memory");
	if (n > 0)
		memcpy(grown + b->len, p, n);
	b->p = grown;
	b->len += n;
	b->p[b->len] = 0;
}

/* Functions: their orders and records. */

enum { MAX_FUNCTIONS = 512, MAX_ANSWERS = 4096 };

struct function {
	char *name;
	uint64_t calls;
	struct blob args;

	bool told; /* to return ret, once skip calls have passed */
	uint64_t skip;
	int64_t ret;

	struct blob answers[MAX_ANSWERS];
	int answer_count;

	bool hold;
	int held;
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

/* Objects: what is handed out. Their memory is never used again, so that
 * whatever comes back can be told to be dead. */

enum kind { NONE = -1, CLUSTER, IOCTX, WRITE_OP, READ_OP, XATTRS, OMAP, LISTING, CURSOR, WATCH, COMPLETION, BUFFER, KINDS };

static const char *const kind_names[KINDS] = {"clusters", "ioctxs", "write ops", "read ops", "xattr iterators", "omap iterators", "listings", "cursors", "watches", "completions", "buffers"};
static int live[KINDS]; /* of what was made since fake_reset */
static int resets;
static size_t buried; /* bytes of objects, live or dead: they are never given back */

enum { MAGIC = 0x0b1ec7 };

struct object {
	int magic;
	enum kind kind;
	bool dead;
	int resets;   /* before it was made */
	int inside;   /* calls under way */
	bool tried, connecting; /* a cluster: rados_connect was called, is called */
	int children; /* objects that must go first */
	struct object *parent;
	char *pool, *nspace; /* of an ioctx */
	struct blob *xattrs; /* of an iterator: keys and values by turns */
	int next, count;
	bool unready; /* an iterator of a step that was not answered */
	struct step *steps; /* of an operation */
	int step_count;
	size_t len; /* of a buffer */
	char data[];
};

static struct object *make(enum kind kind, struct object *parent, size_t len)
{
	struct object *o = calloc(1, sizeof *o + len);

	if (!o)
		die("out of memory");
	o->magic = MAGIC;
	o->kind = kind;
	o->resets = resets;
	o->len = len;
	o->parent = parent;
	if (parent)
		parent->children++;
	live[kind]++;
	buried += malloc_usable_size(o) + sizeof(size_t);
	return o;
}

static struct object *check(const char *function, struct object *o, enum kind kind)
{
	if (!o || o->magic != MAGIC || o->kind != kind)
		die("%s was given %p, which is none of the %s", function, (void *)o, kind_names[kind]);
	if (o->dead)
		die("%s was given one of the %s that is freed", function, kind_names[kind]);
	return o;
}

static void drop_steps(struct object *op);

/* bury frees what the call at hand is about. */
static void bury(struct object *o)
{
	if (o->inside > 1)
		die("one of the %s was freed under a call", kind_names[o->kind]);
	if (o->children > 0)
		die("one of the %s was freed before what depends on it", kind_names[o->kind]);
	o->dead = true;
	drop_steps(o);
	if (o->resets == resets)
		live[o->kind]--;
	if (o->parent)
		o->parent->children--;
}

/* Calls */

/* A step of an operation, and where its results go (ops.c). */
struct step {
	struct function *f;
	struct blob args;
	bool failok;

	void (*fill)(struct step *s); /* hands out what follows */
	int *rval;
	const struct blob *answers;
	int answer_count;
	unsigned char *more;
	char **owned, *out;
	size_t *used, cap;
	struct object *iter;
	struct blob after, prefix; /* which omap entries are wanted */
	uint64_t most;
	uint64_t *size;
	void *time;
	size_t time_len;
};

struct call {
	struct function *f;
	struct object *on;
	bool told;
	int64_t ret;
	struct step step; /* where the call is one */
};

static void note_step(struct call *c);

/* enter begins a call about an object, if any. The lock is held until leave,
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
		c.on = check(name, on, kind);
		c.on->inside++;
	}
	return c;
}

static void number(struct call *c, int64_t n)
{
	append(&c->f->args, "i", 1);
	append(&c->f->args, &n, sizeof n);
}

static struct blob looked_for;
static int found;

void fake_look_for(const char *text)
{
	pthread_mutex_lock(&lock);
	looked_for.len = 0;
	append(&looked_for, text, strlen(text));
	found = 0;
	pthread_mutex_unlock(&lock);
}

int fake_found(void)
{
	pthread_mutex_lock(&lock);
	int n = found;
	pthread_mutex_unlock(&lock);
	return n;
}

static void bytes(struct call *c, const char *p, size_t n)
{
	uint64_t len = n;

	if (n > 0 && n == looked_for.len && p && memcmp(p, looked_for.p, n) == 0)
		found++;

	if (n > INT_MAX) { /* nobody can have meant it: don't read it */
		number(c, (int64_t)n);
		return;
	}
	append(&c->f->args, p ? "s" : "n", 1);
	if (!p)
		return;
	append(&c->f->args, &len, sizeof len);
	append(&c->f->args, p, n);
}

static void text(struct call *c, const char *s)
{
	bytes(c, s, s ? strlen(s) : 0);
}

static void texts(struct call *c, const char **list, size_t n)
{
	number(c, n);
	for (size_t i = 0; i < n; i++)
		text(c, list[i]);
}

static bool given_up(void);

/* proceed waits while calls are held, and says whether the function is to do
 * its work: not if it was told what to return. */
static bool proceed(struct call *c)
{
	struct function *f = c->f;

	f->held++;
	pthread_cond_broadcast(&changed);
	while (f->hold && !given_up())
		pthread_cond_wait(&changed, &lock);
	f->held--;
	c->told = f->told && f->skip == 0;
	c->ret = f->ret;
	if (given_up()) {
		c->told = true;
		c->ret = -ECANCELED;
		return false;
	}
	if (f->skip > 0)
		f->skip--;
	return !c->told;
}

static int64_t leave(struct call *c, int64_t ret)
{
	if (c->on)
		c->on->inside--;
	if (c->on && (c->on->kind == WRITE_OP || c->on->kind == READ_OP) && !c->on->dead)
		note_step(c);
	if (c->told)
		ret = c->ret;
	pthread_mutex_unlock(&lock);
	return ret;
}

/* on_texts is a function that takes nothing but texts, n of them, and has nothing
 * to hand out. */
static int64_t on_texts(const char *function, void *on, enum kind kind, int n, ...)
{
	struct call c = enter(function, on, kind);
	va_list list;

	va_start(list, n);
	while (n-- > 0)
		text(&c, va_arg(list, const char *));
	va_end(list);
	proceed(&c);
	return leave(&c, 0);
}

/* Answers */

static const struct blob *answer(struct call *c, int i)
{
	static const struct blob none = {"", 0};

	return i < c->f->answer_count ? &c->f->answers[i] : &none;
}

/* give_struct fills in a struct of n bytes. */
static void give_struct(struct call *c, int i, void *p, size_t n)
{
	const struct blob *a = answer(c, i);

	memset(p, 0, n);
	memcpy(p, a->p, a->len < n ? a->len : n);
}

static atomic_bool unterminated;

void fake_unterminated(int on)
{
	atomic_store(&unterminated, on);
}

/* give_text puts a text and its NUL in buf, or returns -too_small. */
static int give_text(const char *s, char *buf, size_t len, int too_small)
{
	size_t n = strlen(s);

	if (atomic_load(&unterminated)) {
		memset(buf, 'x', len);
		return (int)len;
	}
	if (n + 1 > len)
		return -too_small;
	memcpy(buf, s, n + 1);
	return (int)n;
}

/* give_owned hands out a buffer: none if there is no answer, one without any
 * bytes if the answer is empty. */
static void give_owned(struct call *c, int i, char **p, size_t *n)
{
	const struct blob *a = answer(c, i);

	*p = NULL;
	*n = 0;
	if (i >= c->f->answer_count)
		return;
	struct object *buffer = make(BUFFER, NULL, a->len);
	memcpy(buffer->data, a->p, a->len);
	*p = buffer->data;
	*n = a->len;
}

/* Orders (fake.h) */

static atomic_bool quick;
static bool pieces; /* replies arrive in pieces; see fake_pieces */
static atomic_bool bounces; /* replicas send reads on; see fake_bounces */
static void fill_quick_keys(void);

#define QUICK(ret) do { if (atomic_load_explicit(&quick, memory_order_relaxed)) return ret; } while (0)

void fake_quick(int on)
{
	fill_quick_keys();
	atomic_store(&quick, on);
}

static void forget_outcomes(void);
static void forget_watches(void);
static void forget_monitors(void);

void fake_reset(void)
{
	pthread_mutex_lock(&lock);
	for (struct function *f = functions; f->name; f++) {
		for (int i = 0; i < f->answer_count; i++) {
			free(f->answers[i].p);
			f->answers[i] = (struct blob){NULL, 0};
		}
		f->answer_count = 0;
		f->told = f->hold = false;
		f->skip = f->calls = 0;
		f->args.len = 0;
	}
	all_calls = 0;
	memset(live, 0, sizeof live);
	forget_outcomes();
	pieces = bounces = false;
	forget_watches();
	forget_monitors();
	fake_unterminated(0);
	resets++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void fake_return(const char *function, uint64_t skip, int64_t ret)
{
	pthread_mutex_lock(&lock);
	struct function *f = find(function);
	f->told = true;
	f->skip = skip;
	f->ret = ret;
	pthread_mutex_unlock(&lock);
}

void fake_proceed(const char *function)
{
	pthread_mutex_lock(&lock);
	find(function)->told = false;
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

size_t fake_args(const char *function, char *buf, size_t cap)
{
	pthread_mutex_lock(&lock);
	struct function *f = find(function);
	size_t n = f->args.len;
	if (n > 0 && n <= cap)
		memcpy(buf, f->args.p, n);
	pthread_mutex_unlock(&lock);
	return n;
}

int fake_live(int kind, const char **name)
{
	if (kind < 0 || kind >= KINDS)
		return -1;
	pthread_mutex_lock(&lock);
	int n = live[kind];
	pthread_mutex_unlock(&lock);
	*name = kind_names[kind];
	return n;
}

/* Connections */

void rados_version(int *major, int *minor, int *extra)
{
	struct call c = enter(__func__, NULL, NONE);
	proceed(&c);
	*major = 3;
	*minor = 1;
	*extra = 4;
	leave(&c, 0);
}

int rados_create(rados_t *cluster, const char *const id)
{
	struct call c = enter(__func__, NULL, NONE);
	text(&c, id);
	if (proceed(&c))
		*cluster = make(CLUSTER, NULL, 0);
	return (int)leave(&c, 0);
}

int rados_create2(rados_t *cluster, const char *const clustername, const char *const name, uint64_t flags)
{
	struct call c = enter(__func__, NULL, NONE);
	text(&c, clustername);
	text(&c, name);
	number(&c, flags);
	if (proceed(&c))
		*cluster = make(CLUSTER, NULL, 0);
	return (int)leave(&c, 0);
}

/* The context is the cluster itself. */
rados_config_t rados_cct(rados_t cluster)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	void *cct = proceed(&c) ? cluster : NULL;
	leave(&c, 0);
	return cct;
}

int rados_create_with_context(rados_t *cluster, rados_config_t cct)
{
	struct call c = enter(__func__, cct, CLUSTER);
	if (proceed(&c))
		*cluster = make(CLUSTER, NULL, 0);
	return (int)leave(&c, 0);
}

/* One that was tried before answers EINPROGRESS for ever, and building its map of the monitors twice
 * ends the process. */
int rados_connect(rados_t cluster)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	if (c.on->tried)
		die("%s is called a second time with a cluster", __func__);
	c.on->tried = c.on->connecting = true;
	proceed(&c);
	c.on->connecting = false;
	return (int)leave(&c, 0);
}

void rados_shutdown(rados_t cluster)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	proceed(&c);
	bury(c.on);
	leave(&c, 0);
}

int rados_conf_read_file(rados_t cluster, const char *path)
{
	return (int)on_texts(__func__, cluster, CLUSTER, 1, path);
}

int rados_conf_parse_argv(rados_t cluster, int argc, const char **argv)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	texts(&c, argv, (size_t)argc);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_conf_parse_env(rados_t cluster, const char *var)
{
	return (int)on_texts(__func__, cluster, CLUSTER, 1, var);
}

int rados_conf_set(rados_t cluster, const char *option, const char *value)
{
	return (int)on_texts(__func__, cluster, CLUSTER, 2, option, value);
}

int rados_conf_get(rados_t cluster, const char *option, char *buf, size_t len)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	int ret = 0;
	text(&c, option);
	number(&c, len);
	if (proceed(&c))
		ret = give_text(answer(&c, 0)->p, buf, len, ENAMETOOLONG);
	return (int)leave(&c, ret < 0 ? ret : 0);
}

uint64_t rados_get_instance_id(rados_t cluster)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	proceed(&c);
	return (uint64_t)leave(&c, 0);
}

int rados_cluster_stat(rados_t cluster, struct rados_cluster_stat_t *result)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	if (proceed(&c))
		give_struct(&c, 0, result, sizeof *result);
	return (int)leave(&c, 0);
}

int rados_cluster_fsid(rados_t cluster, char *buf, size_t len)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	int ret = 0;
	number(&c, len);
	if (proceed(&c))
		ret = give_text(answer(&c, 0)->p, buf, len, ERANGE);
	return (int)leave(&c, ret);
}

int rados_wait_for_latest_osdmap(rados_t cluster)
{
	return (int)on_texts(__func__, cluster, CLUSTER, 0);
}

/* Pools */

/* The answer is the list as a whole, with its NULs. */
int rados_pool_list(rados_t cluster, char *buf, size_t len)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	const struct blob *a = answer(&c, 0);
	number(&c, len);
	if (proceed(&c))
		memcpy(buf, a->p, a->len < len ? a->len : len);
	return (int)leave(&c, (int64_t)a->len);
}

int rados_pool_create(rados_t cluster, const char *pool_name)
{
	return (int)on_texts(__func__, cluster, CLUSTER, 1, pool_name);
}

int rados_pool_delete(rados_t cluster, const char *pool_name)
{
	return (int)on_texts(__func__, cluster, CLUSTER, 1, pool_name);
}

int64_t rados_pool_lookup(rados_t cluster, const char *pool_name)
{
	return on_texts(__func__, cluster, CLUSTER, 1, pool_name);
}

int rados_pool_reverse_lookup(rados_t cluster, int64_t id, char *buf, size_t maxlen)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	int ret = 0;
	number(&c, id);
	number(&c, maxlen);
	if (proceed(&c))
		ret = give_text(answer(&c, 0)->p, buf, maxlen, ERANGE);
	return (int)leave(&c, ret);
}

/* Commands: the answers are the output and the status. They come with an
 * error as well. */

static int command(struct call *c, const char **cmd, size_t cmdlen, const char *inbuf, size_t inbuflen,
		   char **outbuf, size_t *outbuflen, char **outs, size_t *outslen)
{
	texts(c, cmd, cmdlen);
	bytes(c, inbuf, inbuflen);
	proceed(c);
	give_owned(c, 0, outbuf, outbuflen);
	give_owned(c, 1, outs, outslen);
	return (int)leave(c, 0);
}

int rados_mon_command(rados_t cluster, const char **cmd, size_t cmdlen, const char *inbuf, size_t inbuflen,
		      char **outbuf, size_t *outbuflen, char **outs, size_t *outslen)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	return command(&c, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
}

int rados_mon_command_target(rados_t cluster, const char *name, const char **cmd, size_t cmdlen, const char *inbuf,
			     size_t inbuflen, char **outbuf, size_t *outbuflen, char **outs, size_t *outslen)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	text(&c, name);
	return command(&c, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
}

int rados_mgr_command(rados_t cluster, const char **cmd, size_t cmdlen, const char *inbuf, size_t inbuflen,
		      char **outbuf, size_t *outbuflen, char **outs, size_t *outslen)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	return command(&c, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
}

int rados_osd_command(rados_t cluster, int osdid, const char **cmd, size_t cmdlen, const char *inbuf, size_t inbuflen,
		      char **outbuf, size_t *outbuflen, char **outs, size_t *outslen)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	number(&c, osdid);
	return command(&c, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
}

int rados_pg_command(rados_t cluster, const char *pgstr, const char **cmd, size_t cmdlen, const char *inbuf,
		     size_t inbuflen, char **outbuf, size_t *outbuflen, char **outs, size_t *outslen)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	text(&c, pgstr);
	return command(&c, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
}

/* A monitor always says something: there is no answer only if there is an order
 * to return 0, as the real one does without a key. */
int rados_ping_monitor(rados_t cluster, const char *mon_id, char **outstr, size_t *outstrlen)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	text(&c, mon_id);
	if ((proceed(&c) || c.ret > 0) && c.f->answer_count == 0)
		append(&c.f->answers[c.f->answer_count++], "{}", 2);
	give_owned(&c, 0, outstr, outstrlen);
	return (int)leave(&c, 0);
}

void rados_buffer_free(char *buf)
{
	struct object *buffer = buf ? (struct object *)(buf - offsetof(struct object, data)) : NULL;
	struct call c = enter(__func__, buffer, BUFFER);
	proceed(&c);
	memset(buf, 0xdd, buffer->len); /* whoever still reads it will notice */
	bury(c.on);
	leave(&c, 0);
}

/* I/O contexts */

int rados_ioctx_create(rados_t cluster, const char *pool_name, rados_ioctx_t *ioctx)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	text(&c, pool_name);
	if (proceed(&c)) {
		struct object *io = make(IOCTX, c.on, 0);
		io->pool = strdup(pool_name);
		io->nspace = strdup("");
		*ioctx = io;
	}
	return (int)leave(&c, 0);
}

void rados_ioctx_destroy(rados_ioctx_t io)
{
	struct call c = enter(__func__, io, IOCTX);
	proceed(&c);
	bury(c.on);
	free(c.on->pool);
	free(c.on->nspace);
	leave(&c, 0);
}

void rados_ioctx_set_namespace(rados_ioctx_t io, const char *nspace)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, nspace);
	proceed(&c);
	free(c.on->nspace);
	c.on->nspace = strdup(nspace);
	leave(&c, 0);
}

int rados_ioctx_get_namespace(rados_ioctx_t io, char *buf, unsigned int maxlen)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	number(&c, maxlen);
	if (proceed(&c))
		ret = give_text(c.on->nspace, buf, maxlen, ERANGE);
	return (int)leave(&c, ret);
}

int64_t rados_ioctx_get_id(rados_ioctx_t io)
{
	return on_texts(__func__, io, IOCTX, 0);
}

int rados_ioctx_get_pool_name(rados_ioctx_t io, char *buf, unsigned int maxlen)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	number(&c, maxlen);
	if (proceed(&c))
		ret = give_text(c.on->pool, buf, maxlen, ERANGE);
	return (int)leave(&c, ret);
}

int rados_ioctx_pool_stat(rados_ioctx_t io, struct rados_pool_stat_t *stats)
{
	struct call c = enter(__func__, io, IOCTX);
	if (proceed(&c))
		give_struct(&c, 0, stats, sizeof *stats);
	return (int)leave(&c, 0);
}

uint64_t rados_get_last_version(rados_ioctx_t io)
{
	struct call c = enter(__func__, io, IOCTX);
	proceed(&c);
	return (uint64_t)leave(&c, 0);
}

/* Objects */

int rados_read(rados_ioctx_t io, const char *oid, char *buf, size_t len, uint64_t off)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	const struct blob *a = answer(&c, 0);
	size_t n = a->len < len ? a->len : len;
	text(&c, oid);
	number(&c, len);
	number(&c, off);
	if (proceed(&c) && n > 0)
		memcpy(buf, a->p, n);
	return (int)leave(&c, (int64_t)n);
}

int rados_write(rados_ioctx_t io, const char *oid, const char *buf, size_t len, uint64_t off)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	bytes(&c, buf, len);
	number(&c, off);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_write_full(rados_ioctx_t io, const char *oid, const char *buf, size_t len)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	bytes(&c, buf, len);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_append(rados_ioctx_t io, const char *oid, const char *buf, size_t len)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	bytes(&c, buf, len);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_trunc(rados_ioctx_t io, const char *oid, uint64_t size)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	number(&c, size);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_remove(rados_ioctx_t io, const char *oid)
{
	QUICK(0);
	return (int)on_texts(__func__, io, IOCTX, 1, oid);
}

/* The answers are the size and the time. */
int rados_stat(rados_ioctx_t io, const char *o, uint64_t *psize, time_t *pmtime)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	text(&c, o);
	if (proceed(&c)) {
		give_struct(&c, 0, psize, sizeof *psize);
		give_struct(&c, 1, pmtime, sizeof *pmtime);
	}
	return (int)leave(&c, 0);
}

/* Snapshots */

int rados_ioctx_snap_create(rados_ioctx_t io, const char *snapname)
{
	return (int)on_texts(__func__, io, IOCTX, 1, snapname);
}

int rados_ioctx_snap_remove(rados_ioctx_t io, const char *snapname)
{
	return (int)on_texts(__func__, io, IOCTX, 1, snapname);
}

int rados_ioctx_snap_rollback(rados_ioctx_t io, const char *oid, const char *snapname)
{
	return (int)on_texts(__func__, io, IOCTX, 2, oid, snapname);
}

int rados_ioctx_snap_lookup(rados_ioctx_t io, const char *name, rados_snap_t *id)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, name);
	if (proceed(&c))
		give_struct(&c, 0, id, sizeof *id);
	return (int)leave(&c, 0);
}

int rados_ioctx_snap_get_name(rados_ioctx_t io, rados_snap_t id, char *name, int maxlen)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	number(&c, (int64_t)id);
	number(&c, maxlen);
	if (proceed(&c)) {
		ret = give_text(answer(&c, 0)->p, name, (size_t)maxlen, ERANGE);
		ret = ret < 0 ? ret : 0;
	}
	return (int)leave(&c, ret);
}

int rados_ioctx_snap_get_stamp(rados_ioctx_t io, rados_snap_t id, time_t *t)
{
	struct call c = enter(__func__, io, IOCTX);
	number(&c, (int64_t)id);
	if (proceed(&c))
		give_struct(&c, 0, t, sizeof *t);
	return (int)leave(&c, 0);
}

int rados_ioctx_snap_list(rados_ioctx_t io, rados_snap_t *snaps, int maxlen)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	number(&c, maxlen);
	if (proceed(&c)) {
		const struct blob *all = answer(&c, 0);
		ret = (int)(all->len / sizeof *snaps);
		if (ret > maxlen)
			ret = -ERANGE;
		else if (ret > 0)
			memcpy(snaps, all->p, all->len);
	}
	return (int)leave(&c, ret);
}

void rados_ioctx_snap_set_read(rados_ioctx_t io, rados_snap_t snap)
{
	struct call c = enter(__func__, io, IOCTX);
	number(&c, (int64_t)snap);
	proceed(&c);
	leave(&c, 0);
}

/* Full pools */

void rados_set_osdmap_full_try(rados_ioctx_t io) { on_texts(__func__, io, IOCTX, 0); }
void rados_unset_osdmap_full_try(rados_ioctx_t io) { on_texts(__func__, io, IOCTX, 0); }
void rados_set_pool_full_try(rados_ioctx_t io) { on_texts(__func__, io, IOCTX, 0); }
void rados_unset_pool_full_try(rados_ioctx_t io) { on_texts(__func__, io, IOCTX, 0); }

/* Locks */

static void lock_args(struct call *c, const char *desc, const struct timeval *duration, uint8_t flags)
{
	text(c, desc);
	number(c, duration ? duration->tv_sec : -1);
	number(c, duration ? duration->tv_usec : -1);
	number(c, flags);
}

int rados_lock_exclusive(rados_ioctx_t io, const char *oid, const char *name, const char *cookie, const char *desc, struct timeval *duration, uint8_t flags)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	text(&c, name);
	text(&c, cookie);
	lock_args(&c, desc, duration, flags);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_lock_shared(rados_ioctx_t io, const char *o, const char *name, const char *cookie, const char *tag, const char *desc, struct timeval *duration, uint8_t flags)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, o);
	text(&c, name);
	text(&c, cookie);
	text(&c, tag);
	lock_args(&c, desc, duration, flags);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_unlock(rados_ioctx_t io, const char *o, const char *name, const char *cookie)
{
	return (int)on_texts(__func__, io, IOCTX, 3, o, name, cookie);
}

/* fit puts an answer in buf, if it is large enough, and says how large it must be. */
static bool fit(struct call *c, int i, char *buf, size_t *len)
{
	const struct blob *all = answer(c, i);
	bool fits = all->len <= *len;

	if (fits && all->len > 0)
		memcpy(buf, all->p, all->len);
	*len = all->len;
	return fits;
}

ssize_t rados_list_lockers(rados_ioctx_t io, const char *o, const char *name, int *exclusive, char *tag, size_t *tag_len, char *clients, size_t *clients_len, char *cookies, size_t *cookies_len, char *addrs, size_t *addrs_len)
{
	struct call c = enter(__func__, io, IOCTX);
	ssize_t ret = 0;
	text(&c, o);
	text(&c, name);
	number(&c, (int64_t)*tag_len);
	number(&c, (int64_t)*clients_len);
	number(&c, (int64_t)*cookies_len);
	number(&c, (int64_t)*addrs_len);
	if (proceed(&c)) {
		bool fits = fit(&c, 0, tag, tag_len);
		fits &= fit(&c, 1, clients, clients_len);
		fits &= fit(&c, 2, cookies, cookies_len);
		fits &= fit(&c, 3, addrs, addrs_len);
		*exclusive = 1;
		for (size_t i = 0; fits && i < *clients_len; i++)
			ret += clients[i] == 0;
		ret = fits ? ret : -ERANGE;
	}
	return leave(&c, ret);
}

int rados_break_lock(rados_ioctx_t io, const char *o, const char *name, const char *client, const char *cookie)
{
	return (int)on_texts(__func__, io, IOCTX, 4, o, name, client, cookie);
}

/* Operations; more of them in ops.c */

static struct object quick_op;
static int64_t operate(struct call *c, struct object *op, enum kind kind);

void rados_write_op_omap_set2(rados_write_op_t write_op, char const *const *keys, char const *const *vals, const size_t *key_lens, const size_t *val_lens, size_t num)
{
	QUICK();
	struct call c = enter(__func__, write_op, WRITE_OP);
	number(&c, (int64_t)num);
	for (size_t i = 0; i < num; i++) {
		bytes(&c, keys[i], key_lens[i]);
		bytes(&c, vals[i], val_lens[i]);
	}
	proceed(&c);
	leave(&c, 0);
}

void rados_write_op_omap_rm_keys2(rados_write_op_t write_op, char const *const *keys, const size_t *key_lens, size_t keys_len)
{
	struct call c = enter(__func__, write_op, WRITE_OP);
	number(&c, (int64_t)keys_len);
	for (size_t i = 0; i < keys_len; i++)
		bytes(&c, keys[i], key_lens[i]);
	proceed(&c);
	leave(&c, 0);
}

void rados_write_op_omap_clear(rados_write_op_t write_op)
{
	struct call c = enter(__func__, write_op, WRITE_OP);
	proceed(&c);
	leave(&c, 0);
}

rados_write_op_t rados_create_write_op(void)
{
	QUICK(&quick_op);
	struct call c = enter(__func__, NULL, NONE);
	void *op = proceed(&c) ? make(WRITE_OP, NULL, 0) : NULL;
	leave(&c, 0);
	return op;
}

void rados_release_write_op(rados_write_op_t write_op)
{
	QUICK();
	struct call c = enter(__func__, write_op, WRITE_OP);
	proceed(&c);
	bury(c.on);
	leave(&c, 0);
}

void rados_write_op_create(rados_write_op_t write_op, int exclusive, const char *category)
{
	struct call c = enter(__func__, write_op, WRITE_OP);
	number(&c, exclusive);
	text(&c, category);
	proceed(&c);
	leave(&c, 0);
}

int rados_write_op_operate(rados_write_op_t write_op, rados_ioctx_t io, const char *oid, time_t *mtime, int flags)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	if (mtime)
		number(&c, *mtime);
	else
		text(&c, NULL);
	number(&c, flags);
	return (int)leave(&c, operate(&c, write_op, WRITE_OP));
}

/* Extended attributes */

int rados_getxattr(rados_ioctx_t io, const char *o, const char *name, char *buf, size_t len)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	const struct blob *a = answer(&c, 0);
	text(&c, o);
	text(&c, name);
	number(&c, len);
	if (proceed(&c) && a->len > 0 && a->len <= len)
		memcpy(buf, a->p, a->len);
	return (int)leave(&c, a->len > len ? -ERANGE : (int64_t)a->len);
}

int rados_setxattr(rados_ioctx_t io, const char *o, const char *name, const char *buf, size_t len)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	text(&c, o);
	text(&c, name);
	bytes(&c, buf, len);
	proceed(&c);
	return (int)leave(&c, 0);
}

int rados_rmxattr(rados_ioctx_t io, const char *o, const char *name)
{
	return (int)on_texts(__func__, io, IOCTX, 2, o, name);
}

/* The answers are names and values by turns. The iterator has its own copies,
 * which are gone when it is. */
int rados_getxattrs(rados_ioctx_t io, const char *oid, rados_xattrs_iter_t *iter)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, oid);
	if (proceed(&c)) {
		struct object *it = make(XATTRS, NULL, 0);
		it->count = c.f->answer_count;
		it->xattrs = calloc((size_t)it->count + 1, sizeof *it->xattrs);
		for (int i = 0; i < it->count; i++)
			append(&it->xattrs[i], c.f->answers[i].p, c.f->answers[i].len);
		*iter = it;
	}
	return (int)leave(&c, 0);
}

static struct object *ready(struct call *c);

int rados_getxattrs_next(rados_xattrs_iter_t iter, const char **name, const char **val, size_t *len)
{
	struct call c = enter(__func__, iter, XATTRS);
	struct object *it = ready(&c);
	*name = *val = NULL;
	*len = 0;
	if (proceed(&c) && it->next < it->count) {
		*name = it->xattrs[it->next++].p;
		*len = it->xattrs[it->next].len;
		*val = *len > 0 ? it->xattrs[it->next].p : NULL; /* as the real one has it */
		it->next++;
	}
	return (int)leave(&c, 0);
}

void rados_getxattrs_end(rados_xattrs_iter_t iter)
{
	struct call c = enter(__func__, iter, XATTRS);
	proceed(&c);
	for (int i = 0; i < c.on->count; i++) {
		memset(c.on->xattrs[i].p, 0xdd, c.on->xattrs[i].len);
		free(c.on->xattrs[i].p);
	}
	free(c.on->xattrs);
	bury(c.on);
	leave(&c, 0);
}

#include "ops.c"
#include "list.c"
#include "watch.c"
#include "pool.c"
#include "more.c"
#include "aio.c"
