struct rados_growing_t { uint64_t bytes; };
int rados_get_growing(rados_t cluster, struct rados_growing_t *result);
int rados_set_amount(rados_t cluster, unsigned long amount, uint64_t sign);
