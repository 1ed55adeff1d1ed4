/* Striped objects, the functions of libradosstriper. Part of librados.c.
 *
 * A Striper has to be freed before the I/O context, as each object before the one of which it was made.
 */

int rados_striper_create(rados_ioctx_t ioctx, rados_striper_t *striper)
{
	struct call c = enter(__func__, ioctx, IOCTX);
	if (proceed(&c))
		*striper = make(STRIPER, c.object, 0);
	return (int)leave(&c, 0);
}

void rados_striper_destroy(rados_striper_t striper)
{
	struct call c = enter(__func__, striper, STRIPER);
	proceed(&c);
	free_object(c.object);
	leave(&c, 0);
}

int rados_striper_getxattrs(rados_striper_t striper, const char *oid, rados_xattrs_iter_t *iter)
{
	return begin_xattrs(__func__, striper, STRIPER, oid, iter);
}

int rados_striper_getxattrs_next(rados_xattrs_iter_t iter, const char **name, const char **val, size_t *len)
{
	return next_xattr(__func__, iter, name, val, len);
}

void rados_striper_getxattrs_end(rados_xattrs_iter_t iter)
{
	end_iter(__func__, iter, XATTRS);
}
