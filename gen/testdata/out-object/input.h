/* The handle is called io by one function and ctx by the other. */
int rados_walk_open(rados_ioctx_t io, int how, rados_walk_t *walk);
int rados_walk_count(rados_ioctx_t ctx, rados_walk_t walk, const char *oid);
