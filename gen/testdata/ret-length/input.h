int rados_get_key(rados_ioctx_t io, char *buf, unsigned len);
