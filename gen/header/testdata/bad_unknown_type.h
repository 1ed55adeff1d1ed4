int rados_fine(void);
int rados_stat(struct timespec *t, rados_missing_t m);
