int rados_take_address(rados_t cluster, char **address);
