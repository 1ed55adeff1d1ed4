#ifndef LIBRADOS_GUARD_H
#define LIBRADOS_GUARD_H
#include <stdint.h>
#define LIBRADOS_RENEW (1u<<0)
#define LIBRADOS_ALIAS LIBRADOS_RENEW
#define LIBRADOS_VERSION(maj, min) ((maj << 16) + (min << 8))
#define LIBRADOS_VERSION_CODE LIBRADOS_VERSION(3, 1)
#define CEPH_OSD_TMAP_HDR 'h'
#define CEPH_RADOS_API __attribute__((visibility("default")))
#define LIBRADOS_HEAD UINT64_C(-2)
#define LIBRADOS_DIR ((uint64_t)(-1))
#define LIBRADOS_ALL "\001"
#define LIBRADOS_QUOTED "say \"\\\t\""
#define OTHER 1
#endif
