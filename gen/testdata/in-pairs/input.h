int rados_load(rados_ioctx_t io, const char *const *holds, const char *const *goods, const size_t *hold_lens, const size_t *goods_lens, size_t num);
