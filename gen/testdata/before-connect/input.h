int rados_configure(rados_t cluster, const char *option);
