int rados_put_name(rados_ioctx_t io, const char *oid, const char *key, const char *tag);
