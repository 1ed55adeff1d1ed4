typedef void *rados_peg_t;
rados_peg_t rados_peg_make(rados_t cluster);
