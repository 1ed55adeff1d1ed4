int rados_parse_args(rados_t cluster, int argc, const char **argv);
