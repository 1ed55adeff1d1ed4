typedef uint64_t rados_tide_t;
int rados_tides(rados_ioctx_t io, rados_tide_t *tides, int maxlen);
