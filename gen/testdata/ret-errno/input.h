int rados_try(rados_t cluster, uint64_t n);
