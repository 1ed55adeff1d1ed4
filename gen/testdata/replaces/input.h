int rados_open_again(rados_t *cluster);
