int rados_unhook(rados_ioctx_t io, uint64_t cookie);
void rados_nudge(rados_ioctx_t io);
int rados_branch(rados_t cluster, rados_ioctx_t *ioctx);
