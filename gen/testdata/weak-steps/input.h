/* Nothing is called unless all of it is there. */
int rados_new_walk(rados_ioctx_t io, rados_walk_t *walk);
int rados_new_next(rados_walk_t walk, uint64_t *tags);
void rados_new_walk_end(rados_walk_t walk);
int rados_new_text(rados_ioctx_t io, char *buf, size_t len);
