int rados_get_label(rados_ioctx_t io, char *buf, size_t maxlen);
