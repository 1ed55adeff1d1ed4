struct rados_fence { short kind; int64_t start, length; char owner[4]; } __attribute__((packed));
int rados_fence_get(rados_t cluster, struct rados_fence *fence);
struct stat;
struct flock;
int rados_stat_file(rados_t cluster, struct stat *st);
int rados_test_lock(rados_t cluster, struct flock *lock);
