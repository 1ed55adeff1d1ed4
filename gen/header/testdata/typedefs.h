#include <stdint.h>
typedef void *rados_t;
typedef rados_t rados_cluster_t;
typedef uint64_t rados_snap_t;
typedef const char *const *rados_names_t;
typedef rados_t rados_cluster_t;
