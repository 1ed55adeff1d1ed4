/* Objects: what the fake hands out. Their memory is not freed, so that a pointer to a dead one is
 * recognized, but kept in a list, so that a leak checker sees that it is not lost. Part of librados.c. */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all state of the fake */
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

static _Noreturn void undefined(const char *function)
{
	die("%s is called, and its prototype does not say what it does", function);
}

/* A blob is a growing array of bytes, with a NUL after the last one. */
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

static void free_blobs(struct blob *list, int n)
{
	for (int i = 0; i < n; i++)
		free(list[i].p);
	free(list);
}

/* poison_blobs frees memory that a caller has borrowed. It is overwritten first, so that a caller
 * that still reads it fails. */
static void poison_blobs(struct blob *list, int n)
{
	for (int i = 0; i < n; i++)
		memset(list[i].p, 0xdd, list[i].len);
	free_blobs(list, n);
}

enum kind {
	NONE = -1,
	CLUSTER,
	IOCTX,
	WRITE_OP,
	READ_OP,
	XATTRS,
	OMAP,
	LISTING,
	CURSOR,
	WATCH,
	COMPLETION,
	BUFFER,
	STRIPER,
	KINDS,
};

static const struct {
	const char *name, *type; /* the C type, where objects of the kind have one */
} kinds[KINDS] = {
	[CLUSTER] = {"clusters", "rados_t"},
	[IOCTX] = {"ioctxs", "rados_ioctx_t"},
	[WRITE_OP] = {"write ops", "rados_write_op_t"},
	[READ_OP] = {"read ops", "rados_read_op_t"},
	[XATTRS] = {"xattr iterators", "rados_xattrs_iter_t"},
	[OMAP] = {"omap iterators", "rados_omap_iter_t"},
	[LISTING] = {"listings", "rados_list_ctx_t"},
	[CURSOR] = {"cursors", "rados_object_list_cursor"},
	[WATCH] = {"watches", NULL},
	[COMPLETION] = {"completions", NULL},
	[BUFFER] = {"buffers", NULL},
	[STRIPER] = {"stripers", "rados_striper_t"},
};

/* kind_of returns the kind of the objects of a C type, or NONE. */
static enum kind kind_of(const char *type)
{
	for (int i = 0; i < KINDS; i++)
		if (kinds[i].type && strcmp(kinds[i].type, type) == 0)
			return (enum kind)i;
	return NONE;
}

static int live[KINDS]; /* objects that were made since fake_reset and not freed */
static int resets;
static size_t object_bytes;    /* bytes of all objects, alive or dead */
static struct object *objects; /* all of them, the last one first */

enum { MAGIC = 0x0b1ec7 };

struct object {
	int magic;
	enum kind kind;
	bool dead;
	int resets;   /* the value of resets when it was made */
	int calls;    /* in progress */
	int children; /* objects that must be freed first */
	struct object *parent;
	struct object *before;           /* the object that was made before it */
	bool connect_called, connecting; /* a cluster */
	char *pool, *nspace;             /* an ioctx */
	struct blob *parts;              /* an iterator: keys and values alternate; a listing: the current entry */
	int next, count;                 /* of its entries; the number of its parts */
	bool unanswered;                 /* an iterator: its step was not performed */
	bool failed;                     /* a listing: the last call */
	struct step *steps;              /* an operation */
	int step_count;
	size_t len; /* a buffer */
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
	o->before = objects;
	objects = o;
	o->parent = parent;
	if (parent)
		parent->children++;
	live[kind]++;
	object_bytes += malloc_usable_size(o) + sizeof(size_t);
	return o;
}

static struct object *check(const char *function, struct object *o, enum kind kind)
{
	if (!o || o->magic != MAGIC || o->kind != kind)
		die("%s was given %p, which is none of the %s", function, (void *)o, kinds[kind].name);
	if (o->dead)
		die("%s was given one of the %s that was freed", function, kinds[kind].name);
	return o;
}

static void drop_steps(struct object *op);

/* free_object frees an object. The call that frees it is the only one that may use it. */
static void free_object(struct object *o)
{
	if (o->calls > 1)
		die("one of the %s was freed during a call", kinds[o->kind].name);
	if (o->children > 0)
		die("one of the %s was freed before an object that depends on it", kinds[o->kind].name);
	o->dead = true;
	drop_steps(o);
	if (o->resets == resets)
		live[o->kind]--;
	if (o->parent)
		o->parent->children--;
}

static struct object *make_buffer(const struct blob *content, size_t extra)
{
	struct object *buffer = make(BUFFER, NULL, content->len + extra);

	memcpy(buffer->data, content->p, content->len);
	return buffer;
}

static struct object *buffer_of(char *data)
{
	return data ? (struct object *)(data - offsetof(struct object, data)) : NULL;
}

int fake_live(int kind, const char **name)
{
	if (kind < 0 || kind >= KINDS)
		return -1;
	pthread_mutex_lock(&lock);
	int n = live[kind];
	pthread_mutex_unlock(&lock);
	*name = kinds[kind].name;
	return n;
}

#if !__GLIBC_PREREQ(2, 33)
#define mallinfo2 mallinfo /* counts in ints, which is enough here */
#endif

size_t fake_heap(void)
{
	struct mallinfo2 all = mallinfo2();

	return (size_t)all.uordblks + (size_t)all.hblkhd - object_bytes;
}
