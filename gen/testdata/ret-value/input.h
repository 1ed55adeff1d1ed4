/* One has a result for after the end; the other returns an error then. */
uint64_t rados_get_id(rados_t cluster);
int64_t rados_get_version(rados_ioctx_t io);
uint32_t rados_get_shade(rados_ioctx_t io, int n);
