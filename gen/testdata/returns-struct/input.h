int rados_get_info(rados_ioctx_t io, const char *o, uint64_t *psize, time_t *pmtime, int *pown);
