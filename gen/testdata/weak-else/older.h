int rados_slow(rados_ioctx_t io, const char *oid);
void rados_set_slow(rados_ioctx_t io);
