int rados_sink(rados_ioctx_t io, const char *const *names, const size_t *lens, size_t num);
