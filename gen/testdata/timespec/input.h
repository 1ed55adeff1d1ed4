int rados_set_date(rados_ioctx_t io, const char *oid, struct timespec *date);
