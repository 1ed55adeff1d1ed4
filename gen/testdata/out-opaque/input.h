typedef void *rados_peg_t;
int rados_peg_take(rados_t cluster, rados_peg_t *peg);
