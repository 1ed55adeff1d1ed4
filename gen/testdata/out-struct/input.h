struct rados_size_t { uint64_t bytes, objects; };
int rados_get_size(rados_t cluster, struct rados_size_t *result);
