typedef void *rados_attrs_t;
int rados_attrs(rados_ioctx_t io, const char *oid, rados_attrs_t *iter);
int rados_attrs_next(rados_attrs_t iter, const char **name, const char **val, size_t *len);
void rados_attrs_end(rados_attrs_t iter);
