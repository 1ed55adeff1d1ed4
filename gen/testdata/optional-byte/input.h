int rados_mark(rados_ioctx_t io, const char *oid, uint8_t marks);
