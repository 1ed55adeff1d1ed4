struct iovec;
int rados_gather(rados_t cluster, const struct iovec *iov, int iovcnt, int64_t offset);
