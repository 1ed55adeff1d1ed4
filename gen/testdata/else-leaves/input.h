int rados_tidy2(rados_t cluster, uint64_t room);
