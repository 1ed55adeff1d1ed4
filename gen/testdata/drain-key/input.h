/* The key ends with a NUL, the value has a length. */
int rados_walk_tags(rados_ioctx_t io, rados_walk_t *walk);
int rados_next_tag(rados_walk_t walk, const char **name, const char **val, size_t *len);
