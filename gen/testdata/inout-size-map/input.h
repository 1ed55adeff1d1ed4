int rados_labels(rados_ioctx_t io, char *names, size_t *names_len, char *texts, size_t *texts_len);
