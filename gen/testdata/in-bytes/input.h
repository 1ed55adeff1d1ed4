int rados_put_data(rados_ioctx_t io, const char *oid, const char *buf, size_t len);
