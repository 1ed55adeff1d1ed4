typedef enum { LIBRADOS_THIN, LIBRADOS_THICK } rados_width_t;
int rados_sift(rados_t cluster, const rados_width_t *width, uint64_t *least, _Bool *rough);
