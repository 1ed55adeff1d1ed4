int rados_take_data(rados_t cluster, const char *key, char **out, size_t *outlen);
