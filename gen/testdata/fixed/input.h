int rados_fix(rados_t cluster, const char *name, const char *buf, size_t len, int flags);
