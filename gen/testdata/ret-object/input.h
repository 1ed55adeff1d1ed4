rados_walk_t rados_walk_begin(rados_ioctx_t io);
void rados_walk_skip(rados_walk_t walk, uint64_t n);
