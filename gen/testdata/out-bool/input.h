int rados_is_locked(rados_ioctx_t io, const char *oid, int *locked);
