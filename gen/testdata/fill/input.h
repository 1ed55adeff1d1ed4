int rados_fill_data(rados_ioctx_t io, const char *oid, char *buf, size_t len, uint64_t off);
