int rados_take_text(rados_t cluster, char **outbuf, size_t *outbuflen);
int rados_take_answer(rados_t cluster, char **outbuf, size_t *outbuflen);
