/* The old function does the same job, though with less to tell it. */
int rados_fast(rados_ioctx_t io, const char *oid, int flags);
int rados_slow(rados_ioctx_t io, const char *oid);
void rados_set_fast(rados_ioctx_t io);
void rados_set_slow(rados_ioctx_t io);
