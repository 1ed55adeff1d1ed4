int rados_get_size(rados_t cluster, struct rados_size_t *result);
