int rados_flush(rados_ioctx_t io);
