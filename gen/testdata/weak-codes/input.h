int rados_unclaim(rados_ioctx_t io, const char *oid);
