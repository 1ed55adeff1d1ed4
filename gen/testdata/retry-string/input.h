int rados_get_text(rados_t cluster, const char *key, char *buf, int buf_len);
