/* The first can't fail; the second says something, but only of an open handle. */
void rados_wake(rados_t cluster);
void rados_measure(rados_t cluster, uint64_t *size);
