int rados_get_time(rados_ioctx_t io, time_t *mtime);
