int rados_moody(rados_t cluster);
