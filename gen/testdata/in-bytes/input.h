int rados_put_data(rados_ioctx_t io, const char *oid, const char *buf, size_t len);
int rados_put_little(rados_ioctx_t io, const char *buf, int buf_len);
