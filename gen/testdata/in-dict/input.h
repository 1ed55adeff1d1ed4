int rados_describe(rados_t cluster, const char *dict);
