int rados_probe_data(rados_ioctx_t io, char *buf, size_t len);
