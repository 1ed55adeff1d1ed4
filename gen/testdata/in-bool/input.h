int rados_force(rados_t cluster, int how);
