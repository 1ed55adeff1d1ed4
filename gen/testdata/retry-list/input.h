int rados_list_names(rados_t cluster, char *buf, size_t len);
