int rados_take_text(rados_t cluster, char **outbuf, size_t *outbuflen);
