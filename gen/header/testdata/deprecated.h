#define CEPH_RADOS_API
CEPH_RADOS_API int rados_old(int c) __attribute__((deprecated));
CEPH_RADOS_API int rados_new(int c) __attribute__((warn_unused_result));
CEPH_RADOS_API void rados_older(void)
  __attribute__((__deprecated__("use rados_new")));
int rados_fine(void);
__attribute__((deprecated)) int rados_oldest(int a);
int rados_after(int a);
