int rados_fleet(rados_ioctx_t io, char *names, size_t *names_len);
