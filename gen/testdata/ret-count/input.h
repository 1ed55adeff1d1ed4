int64_t rados_count_all(rados_t cluster);
