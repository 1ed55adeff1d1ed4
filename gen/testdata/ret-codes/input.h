int rados_claim(rados_ioctx_t io, const char *oid);
