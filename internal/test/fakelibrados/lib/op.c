/* Read and write operations. Part of librados.c. */

static struct object quick_op;

static void *make_op(const char *function, enum kind kind)
{
	struct call c = enter(function, NULL, NONE);
	void *op = proceed(&c) ? make(kind, NULL, 0) : NULL;
	leave(&c, 0);
	return op;
}

static void release_op(const char *function, void *op, enum kind kind)
{
	struct call c = enter(function, op, kind);
	proceed(&c);
	free_object(c.object);
	leave(&c, 0);
}

/* set_flags sets the flags of the step before it. */
static void set_flags(const char *function, void *op, enum kind kind, int flags)
{
	struct call c = enter(function, op, kind);
	arg_number(&c, flags);
	if (c.object->step_count > 0)
		c.object->steps[c.object->step_count - 1].failok = flags & LIBRADOS_OP_FLAG_FAILOK;
	leave(&c, 0);
}

/* Write operations */

rados_write_op_t rados_create_write_op(void)
{
	QUICK(&quick_op);
	return make_op(__func__, WRITE_OP);
}

void rados_release_write_op(rados_write_op_t write_op)
{
	QUICK();
	release_op(__func__, write_op, WRITE_OP);
}

void rados_write_op_set_flags(rados_write_op_t op, int flags)
{
	set_flags(__func__, op, WRITE_OP, flags);
}

int rados_write_op_operate(rados_write_op_t write_op, rados_ioctx_t io, const char *oid, time_t *mtime, int flags)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	arg_text(&c, oid);
	if (mtime)
		arg_number(&c, *mtime);
	else
		arg_text(&c, NULL);
	arg_number(&c, flags);
	return (int)leave(&c, operate(&c, write_op, WRITE_OP));
}

int rados_write_op_operate2(rados_write_op_t op, rados_ioctx_t io, const char *oid, struct timespec *mtime, int flags)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	arg_text(&c, oid);
	arg_number(&c, mtime ? mtime->tv_sec : -1);
	arg_number(&c, mtime ? mtime->tv_nsec : -1);
	arg_number(&c, flags);
	return (int)leave(&c, operate(&c, op, WRITE_OP));
}

/* Read operations */

rados_read_op_t rados_create_read_op(void)
{
	QUICK(&quick_op);
	return make_op(__func__, READ_OP);
}

void rados_release_read_op(rados_read_op_t op)
{
	QUICK();
	release_op(__func__, op, READ_OP);
}

void rados_read_op_set_flags(rados_read_op_t op, int flags)
{
	set_flags(__func__, op, READ_OP, flags);
}

static void quick_read(size_t len, size_t *bytes_read, int *prval)
{
	*bytes_read = len;
	if (prval)
		*prval = 0;
}

void rados_read_op_read(rados_read_op_t op, uint64_t offset, size_t len, char *buffer, size_t *bytes_read, int *prval)
{
	QUICK(quick_read(len, bytes_read, prval));
	struct call c = enter(__func__, op, READ_OP);
	arg_number(&c, (int64_t)offset);
	arg_number(&c, (int64_t)len);
	c.step = (struct step){.fill = fill_bytes, .rval = prval, .out = buffer, .cap = len, .used = bytes_read};
	leave(&c, 0);
}

/* give_iter makes an iterator, which must not be used until the step has been performed. */
static void give_iter(struct call *c, enum kind kind, void **iter, unsigned char *more, int *prval)
{
	struct object *it = make(kind, NULL, 0);

	it->unanswered = true;
	*iter = it;
	c->step.iter = it;
	c->step.most = UINT64_MAX;
	c->step.fill = fill_pairs;
	c->step.more = more;
	c->step.rval = prval;
}

void rados_read_op_getxattrs(rados_read_op_t op, rados_xattrs_iter_t *iter, int *prval)
{
	struct call c = enter(__func__, op, READ_OP);
	give_iter(&c, XATTRS, iter, NULL, prval);
	leave(&c, 0);
}

static void omap_step(struct call *c, const char *after, const char *prefix, uint64_t most, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	arg_number(c, (int64_t)most);
	give_iter(c, OMAP, iter, pmore, prval);
	append(&c->step.after, after, strlen(after));
	append(&c->step.prefix, prefix, strlen(prefix));
	c->step.most = most;
	leave(c, 0);
}

void rados_read_op_omap_get_vals2(rados_read_op_t op, const char *start_after, const char *filter_prefix, uint64_t max_return, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	QUICK(quick_omap(start_after, max_return, iter, pmore, prval));
	struct call c = enter(__func__, op, READ_OP);
	arg_text(&c, start_after);
	arg_text(&c, filter_prefix);
	omap_step(&c, start_after, filter_prefix, max_return, iter, pmore, prval);
}

void rados_read_op_omap_get_keys2(rados_read_op_t op, const char *start_after, uint64_t max_return, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
{
	struct call c = enter(__func__, op, READ_OP);
	arg_text(&c, start_after);
	omap_step(&c, start_after, "", max_return, iter, pmore, prval);
}

/* The answers are the entries that exist; the keys are not compared with them. */
void rados_read_op_omap_get_vals_by_keys2(rados_read_op_t op, char const *const *keys, size_t num_keys, const size_t *key_lens, rados_omap_iter_t *iter, int *prval)
{
	struct call c = enter(__func__, op, READ_OP);
	arg_keys(&c, keys, key_lens, num_keys);
	give_iter(&c, OMAP, iter, NULL, prval);
	leave(&c, 0);
}

int rados_read_op_operate(rados_read_op_t op, rados_ioctx_t io, const char *oid, int flags)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	arg_text(&c, oid);
	arg_number(&c, flags);
	return (int)leave(&c, operate(&c, op, READ_OP));
}
