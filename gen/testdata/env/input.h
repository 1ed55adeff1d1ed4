int rados_parse_variable(rados_t cluster, const char *var);
int rados_open_by_variable(rados_t *cluster);
