int rados_count_data(rados_ioctx_t io, const char *oid, char *buf, size_t len, size_t *filled);
