typedef int (*rados_progress_t)(uint64_t offset, uint64_t total, void *arg);
int rados_flatten(rados_t cluster, rados_progress_t progress, void *arg);
int rados_differ(rados_t cluster, int (*cb)(uint64_t offset, size_t length, int exists, void *arg), void *arg);
int rados_scan(rados_t cluster, uint64_t from, rados_progress_t progress, void *arg);
