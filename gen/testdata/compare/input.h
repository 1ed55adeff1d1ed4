int rados_compare(rados_t cluster, size_t len, const char *cmp_buf, const void *buf, uint64_t *mismatch, int flags);
