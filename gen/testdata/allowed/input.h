enum { LIBRADOS_PICK_ONE = 1, LIBRADOS_PICK_ALL = 7 };
int rados_pick(rados_t cluster, int how, uint64_t n);
