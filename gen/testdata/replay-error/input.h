void rados_set_space(rados_ioctx_t io, const char *nspace);
