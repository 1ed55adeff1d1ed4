/* Iterators of extended attributes and omap entries. Part of librados.c. */

/* answered returns the iterator of a call. It ends the process if the iterator's step was not
 * performed. */
static struct object *answered(struct call *c)
{
	if (c->object->unanswered)
		die("%s was given an iterator that was never begun", c->f->name);
	return c->object;
}

static void end_iter(const char *function, void *iter, enum kind kind)
{
	struct call c = enter(function, iter, kind);
	proceed(&c);
	poison_blobs(c.object->parts, c.object->count);
	free_object(c.object);
	leave(&c, 0);
}

/* The answers are names and values that alternate. The iterator has copies of its own, which are
 * freed with it. */
static int begin_xattrs(const char *function, void *on, enum kind kind, const char *oid, rados_xattrs_iter_t *iter)
{
	struct call c = enter(function, on, kind);
	arg_text(&c, oid);
	if (proceed(&c)) {
		struct object *it = make(XATTRS, NULL, 0);
		it->count = c.f->answer_count;
		it->parts = calloc((size_t)it->count + 1, sizeof *it->parts);
		for (int i = 0; i < it->count; i++)
			append(&it->parts[i], c.f->answers[i].p, c.f->answers[i].len);
		*iter = it;
	}
	return (int)leave(&c, 0);
}

static int next_xattr(const char *function, rados_xattrs_iter_t iter, const char **name, const char **val, size_t *len)
{
	struct call c = enter(function, iter, XATTRS);
	struct object *it = answered(&c);
	*name = *val = NULL;
	*len = 0;
	if (proceed(&c) && it->next < it->count) {
		*name = it->parts[it->next++].p;
		*len = it->parts[it->next].len;
		*val = *len > 0 ? it->parts[it->next].p : NULL; /* as in the real library */
		it->next++;
	}
	return (int)leave(&c, 0);
}

int rados_getxattrs(rados_ioctx_t io, const char *oid, rados_xattrs_iter_t *iter)
{
	return begin_xattrs(__func__, io, IOCTX, oid, iter);
}

int rados_getxattrs_next(rados_xattrs_iter_t iter, const char **name, const char **val, size_t *len)
{
	return next_xattr(__func__, iter, name, val, len);
}

void rados_getxattrs_end(rados_xattrs_iter_t iter)
{
	end_iter(__func__, iter, XATTRS);
}

/* In quick mode there are many keys with the same value. */
enum {
	QUICK_KEYS = 100000,
	QUICK_KEY_LEN = 11,
	QUICK_PAGE = 1024,
};

static char quick_keys[QUICK_KEYS][QUICK_KEY_LEN + 1];
static char quick_value[] = "sixteen bytes...";

struct quick_iter {
	int next, end;
};

void fake_quick(int on)
{
	for (int i = 0; i < QUICK_KEYS; i++)
		snprintf(quick_keys[i], sizeof quick_keys[i], "key%08d", i);
	atomic_store(&quick, on);
}

/* quick_omap performs a step when it is added. */
static void quick_omap(const char *after, uint64_t most, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	struct quick_iter *it = malloc(sizeof *it);

	it->next = *after ? atoi(after + 3) + 1 : 0;
	it->end = it->next + (most < QUICK_PAGE ? (int)most : QUICK_PAGE);
	if (it->end > QUICK_KEYS)
		it->end = QUICK_KEYS;
	*iter = it;
	*pmore = it->end < QUICK_KEYS;
	*prval = 0;
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
	struct object *it = answered(&c);
	*key = *val = NULL;
	*key_len = *val_len = 0;
	if (proceed(&c) && it->next < it->count) {
		*key = it->parts[it->next].p;
		*key_len = it->parts[it->next++].len;
		*val = it->parts[it->next].p;
		*val_len = it->parts[it->next++].len;
	}
	return (int)leave(&c, 0);
}

void rados_omap_get_end(rados_omap_iter_t iter)
{
	QUICK(free(iter));
	end_iter(__func__, iter, OMAP);
}
