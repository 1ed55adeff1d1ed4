int rados_touch(rados_t cluster, const char *path, struct timeval times[2]);
int rados_touch_exactly(rados_t cluster, const char *path, const struct timespec times[2], time_t until);
