int rados_open_pool(rados_t cluster, const char *pool_name, rados_ioctx_t *ioctx);
