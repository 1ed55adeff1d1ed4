/* What else there is of connections and pools. Part of librados.c. */

int rados_getaddrs(rados_t cluster, char **addrs)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	if (proceed(&c)) {
		struct object *buffer = make(BUFFER, NULL, answer(&c, 0)->len + 1); /* with a NUL */
		memcpy(buffer->data, answer(&c, 0)->p, answer(&c, 0)->len);
		*addrs = buffer->data;
	}
	return (int)leave(&c, 0);
}

int rados_ioctx_create2(rados_t cluster, int64_t pool_id, rados_ioctx_t *ioctx)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	number(&c, pool_id);
	if (proceed(&c)) {
		struct object *io = make(IOCTX, c.on, 0);
		io->pool = strdup("");
		io->nspace = strdup("");
		*ioctx = io;
	}
	return (int)leave(&c, 0);
}

void rados_ioctx_locator_set_key(rados_ioctx_t io, const char *key)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, key);
	proceed(&c);
	leave(&c, 0);
}

int rados_ioctx_pool_required_alignment2(rados_ioctx_t io, uint64_t *alignment)
{
	struct call c = enter(__func__, io, IOCTX);
	if (proceed(&c))
		give_struct(&c, 0, alignment, sizeof *alignment);
	return (int)leave(&c, 0);
}

int rados_ioctx_pool_requires_alignment2(rados_ioctx_t io, int *req)
{
	struct call c = enter(__func__, io, IOCTX);
	if (proceed(&c))
		give_struct(&c, 0, req, sizeof *req);
	return (int)leave(&c, 0);
}

int rados_set_alloc_hint2(rados_ioctx_t io, const char *o, uint64_t expected_object_size, uint64_t expected_write_size, uint32_t flags)
{
	struct call c = enter(__func__, io, IOCTX);
	text(&c, o);
	number(&c, (int64_t)expected_object_size);
	number(&c, (int64_t)expected_write_size);
	number(&c, flags);
	proceed(&c);
	return (int)leave(&c, 0);
}

/* The answer is the number of checksums and the checksums. */
int rados_checksum(rados_ioctx_t io, const char *oid, rados_checksum_type_t type, const char *init_value, size_t init_value_len, size_t len, uint64_t off, size_t chunk_size, char *pchecksum, size_t checksum_len)
{
	struct call c = enter(__func__, io, IOCTX);
	int ret = 0;
	text(&c, oid);
	number(&c, type);
	bytes(&c, init_value, init_value_len);
	number(&c, (int64_t)len);
	number(&c, (int64_t)off);
	number(&c, (int64_t)chunk_size);
	number(&c, (int64_t)checksum_len);
	if (proceed(&c)) {
		const struct blob *a = answer(&c, 0);
		ret = a->len > checksum_len ? -ERANGE : 0;
		if (ret == 0 && a->len > 0)
			memcpy(pchecksum, a->p, a->len);
	}
	return (int)leave(&c, ret);
}
