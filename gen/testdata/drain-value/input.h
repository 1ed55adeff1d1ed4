/* Key and value both have a length. */
int rados_walk_pairs(rados_ioctx_t io, rados_walk_t *walk);
int rados_next_pair(rados_walk_t walk, char **key, char **val, size_t *key_len, size_t *val_len);
