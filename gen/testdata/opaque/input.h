typedef void *rados_pin_t;
int rados_pin_move(rados_t cluster, rados_pin_t from, rados_pin_t *to);
