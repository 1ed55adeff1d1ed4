int rados_get_numbers(rados_t cluster, int *width, uint64_t *height);
