/* I/O contexts. Part of librados.c. */

static struct object *make_ioctx(struct object *cluster, const char *pool)
{
	struct object *io = make(IOCTX, cluster, 0);

	io->pool = strdup(pool);
	io->nspace = strdup("");
	return io;
}

int rados_ioctx_create(rados_t cluster, const char *pool_name, rados_ioctx_t *ioctx)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	arg_text(&c, pool_name);
	if (proceed(&c))
		*ioctx = make_ioctx(c.object, pool_name);
	return (int)leave(&c, 0);
}

int rados_ioctx_create2(rados_t cluster, int64_t pool_id, rados_ioctx_t *ioctx)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	arg_number(&c, pool_id);
	if (proceed(&c))
		*ioctx = make_ioctx(c.object, "");
	return (int)leave(&c, 0);
}

void rados_ioctx_destroy(rados_ioctx_t io)
{
	struct call c = enter(__func__, io, IOCTX);
	proceed(&c);
	free_object(c.object);
	free(c.object->pool);
	free(c.object->nspace);
	leave(&c, 0);
}

void rados_ioctx_set_namespace(rados_ioctx_t io, const char *nspace)
{
	struct call c = enter(__func__, io, IOCTX);
	arg_text(&c, nspace);
	proceed(&c);
	free(c.object->nspace);
	c.object->nspace = strdup(nspace);
	leave(&c, 0);
}

int rados_ioctx_get_namespace(rados_ioctx_t io, char *buf, unsigned int maxlen)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	arg_number(&c, maxlen);
	if (proceed(&c))
		ret = give_text(c.object->nspace, buf, maxlen, ERANGE);
	return (int)leave(&c, ret);
}

int rados_ioctx_get_pool_name(rados_ioctx_t io, char *buf, unsigned int maxlen)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	arg_number(&c, maxlen);
	if (proceed(&c))
		ret = give_text(c.object->pool, buf, maxlen, ERANGE);
	return (int)leave(&c, ret);
}

/* The answer may be longer than the buffer: then the function reads a part of the object. */
int rados_read(rados_ioctx_t io, const char *oid, char *buf, size_t len, uint64_t off)
{
	QUICK(0);
	struct call c = enter(__func__, io, IOCTX);
	const struct blob *a = answer(&c, 0);
	size_t n = a->len < len ? a->len : len;
	arg_text(&c, oid);
	arg_number(&c, (int64_t)len);
	arg_number(&c, (int64_t)off);
	if (proceed(&c) && n > 0)
		memcpy(buf, a->p, n);
	return (int)leave(&c, (int64_t)n);
}

ssize_t rados_list_lockers(rados_ioctx_t io, const char *o, const char *name, int *exclusive, char *tag, size_t *tag_len, char *clients, size_t *clients_len, char *cookies, size_t *cookies_len, char *addrs, size_t *addrs_len)
{
	struct call c = enter(__func__, io, IOCTX);
	ssize_t ret = 0;
	arg_text(&c, o);
	arg_text(&c, name);
	arg_number(&c, (int64_t)*tag_len);
	arg_number(&c, (int64_t)*clients_len);
	arg_number(&c, (int64_t)*cookies_len);
	arg_number(&c, (int64_t)*addrs_len);
	if (proceed(&c)) {
		ret |= fit_list(&c, 0, tag, tag_len);
		ret |= fit_list(&c, 1, clients, clients_len);
		ret |= fit_list(&c, 2, cookies, cookies_len);
		ret |= fit_list(&c, 3, addrs, addrs_len);
		*exclusive = 1;
		for (size_t i = 0; ret >= 0 && i < *clients_len; i++)
			ret += clients[i] == 0;
	}
	return leave(&c, ret);
}
