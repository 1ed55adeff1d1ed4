int rados_new_walk(rados_ioctx_t io, rados_walk_t *walk);
