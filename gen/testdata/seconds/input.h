int rados_doze(rados_t cluster, uint32_t secs);
