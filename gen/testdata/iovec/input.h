struct iovec;
int rados_scatter(rados_t cluster, const struct iovec *iov, int iovcnt);
