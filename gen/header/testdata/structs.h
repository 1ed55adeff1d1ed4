#include <stdint.h>
#include <sys/time.h>
struct rados_stat_t { uint8_t tag; uint64_t size; char addr[10]; uint32_t secs; };
typedef struct { char *oid; const char *const *keys; struct rados_stat_t st; } rados_item;
typedef struct rados_list { struct rados_list *next; struct timespec when[2]; } rados_list;
struct rados_opaque;
typedef struct rados_opaque rados_opaque_t;
struct rados_stat_t rados_stat(rados_item *i, struct rados_list *l, rados_opaque_t *o);
