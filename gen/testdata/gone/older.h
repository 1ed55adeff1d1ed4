int rados_gone(rados_t cluster);
