int rados_write_at(rados_ioctx_t io, const char *oid, const char *buf, size_t len, time_t *mtime, int flags);
int rados_read_name(rados_ioctx_t io, const char *oid, char *buf, size_t len);
